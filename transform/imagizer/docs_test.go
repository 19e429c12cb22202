package imagizer

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// docTable returns the cells of the rows of all tables in docs/reference/imagizer.md whose
// first heading is first.
func docTable(t *testing.T, first string, columns int) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/reference/imagizer.md")
	if err != nil {
		t.Fatal(err)
	}
	within := false
	for line := range strings.SplitSeq(string(text), "\n") {
		switch {
		case strings.HasPrefix(line, "| "+first+" |"):
			within = true
		case !strings.HasPrefix(line, "|"):
			within = false
		case within && !strings.HasPrefix(line, "|---"):
			cells := strings.Split(strings.Trim(strings.ReplaceAll(line, `\|`, "\x00"), "|"), "|")
			if len(cells) != columns {
				t.Fatalf("%s\nhas %d cells, want %d", line, len(cells), columns)
			}
			for i := range cells {
				cells[i] = strings.ReplaceAll(strings.TrimSpace(cells[i]), "\x00", "|")
			}
			rows = append(rows, cells)
		}
	}
	if len(rows) == 0 {
		t.Fatalf("there is no table that begins with %s", first)
	}
	return rows
}

var code = regexp.MustCompile("`([^`]+)`")

func codes(cell string) (names []string) {
	for _, m := range code.FindAllStringSubmatch(cell, -1) {
		names = append(names, m[1])
	}
	return names
}

func TestDocsHaveEveryParameter(t *testing.T) {
	listed := map[string]bool{}
	for _, cells := range docTable(t, "Parameter", 6) {
		names := codes(cells[0])
		if listed[names[0]] {
			t.Errorf("%s is listed twice", names[0])
		}
		listed[names[0]] = true
		i := slices.IndexFunc(parameters, func(r row) bool { return r.name == names[0] })
		if i < 0 {
			t.Errorf("the parser knows no %s", names[0])
			continue
		}
		r := parameters[i]
		if alias := strings.Join(names[1:], " "); alias != r.alias {
			t.Errorf("%s has the alias %q, the parser has %q", r.name, alias, r.alias)
		}
		if takes := cells[1]; takes != r.takes && r.state < ignored {
			t.Errorf("%s takes %q, the parser has %q", r.name, takes, r.takes)
		}
		if cells[3] != r.state.String() {
			t.Errorf("%s is %q, the parser has %q", r.name, cells[3], r.state)
		}
		if !strings.Contains(cells[5], r.why) {
			t.Errorf("the notes of %s lack %q", r.name, r.why)
		}
		checkExample(t, r, strings.Trim(cells[4], "`"))
	}
	for _, r := range parameters {
		if !listed[r.name] {
			t.Errorf("%s is missing", r.name)
		}
	}
}

// checkExample tries the example of a row.
func checkExample(t *testing.T, r row, example string) {
	t.Helper()
	name, value, _ := strings.Cut(r.name, "=")
	values, err := url.ParseQuery(example)
	if err != nil || values.Get(name) == "" || value != "" && values.Get(name) != value {
		t.Errorf("the example of %s is %s", r.name, example)
	}
	d := dialect(t, Config{Presets: map[string]string{"thumb": "width=200"}})
	asked, _, err := d.Parse("/photo.jpg", example)
	values.Del(name)
	without, _, _ := d.Parse("/photo.jpg", values.Encode())
	same := fmt.Sprintf("%+v %s", asked, asked.Plan.Key()) == fmt.Sprintf("%+v %s", without, without.Plan.Key())
	switch {
	case r.state < ignored && (err != nil || same):
		t.Errorf("the example of %s, %s, gives %+v, %v", r.name, example, asked, err)
	case r.state == ignored && (err != nil || !same):
		t.Errorf("the example of %s, which is ignored, gives %+v, %v", r.name, asked, err)
	case r.state > ignored && (err == nil || errors.From(err).Message != errors.From(r.refusal()).Message):
		t.Errorf("the example of %s gives %v, want %v", r.name, err, r.refusal())
	}
	if _, _, err := d.Parse("/photo.jpg", r.name+"=false"); r.state > ignored && r.flag && err != nil {
		t.Errorf("%s=false gives %v", r.name, err)
	}
}

func TestDocsLayers(t *testing.T) {
	rows := docTable(t, "Key", 3)
	for i, cells := range rows[:len(layerKeys)] {
		if key := layerKeys[i]; cells[0] != "`"+key.name+"`" || cells[1] != key.takes {
			t.Errorf("the docs have %s, %q; the parser %s, %q", cells[0], cells[1], key.name, key.takes)
		}
	}
}

func TestDocsFilters(t *testing.T) {
	rows := docTable(t, "Filter", 2)
	if len(rows) != len(filters)-1 {
		t.Errorf("%d filters are listed, there are %d", len(rows), len(filters)-1)
	}
	for i, cells := range rows {
		f, want := filters[i+1], ""
		switch f {
		case transform.Effects{Contrast: true}:
			want = "contrast, stretched to the full range"
		case transform.Effects{Grayscale: true}:
			want = "grey"
		case transform.Effects{Look: f.Look}:
			want = f.Look.String()
		}
		if cells[0] != strconv.Itoa(i+1) || cells[1] != want {
			t.Errorf("the docs have %s, %s; the parser %d, %s", cells[0], cells[1], i+1, want)
		}
	}
}

// TestDocsOldPaths: a path of the table is what its row says.
func TestDocsOldPaths(t *testing.T) {
	d := dialect(t, Config{LegacyPaths: true})
	for _, cells := range docTable(t, "form", 2) {
		want := codes(cells[1])
		for _, path := range codes(cells[0]) {
			if !strings.HasPrefix(path, "/") || len(want) == 0 || strings.Contains(path, "?") || !strings.HasPrefix(want[0], "/") {
				continue
			}
			got, _, err := d.Parse(path, "")
			file, query, _ := strings.Cut(want[0], "?")
			plain, _, _ := d.Parse(file, query)
			if err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", plain) {
				t.Errorf("%s gives %+v, %v\nwant %+v", path, got, err, plain)
			}
		}
	}
}
