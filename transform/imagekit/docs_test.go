package imagekit

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// docRow is a row of a table in docs/reference/imagekit.md.
type docRow struct {
	names                 []string
	takes, state, example string
	notes                 string
}

var code = regexp.MustCompile("`([^`]+)`")

func docs(t *testing.T) (page string, rows []docRow) {
	t.Helper()
	text, err := os.ReadFile("../../docs/reference/imagekit.md")
	if err != nil {
		t.Fatal(err)
	}
	page = string(text)
	columns := 0
	for line := range strings.SplitSeq(page, "\n") {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if strings.HasPrefix(line, "| Parameter |") {
			columns = len(cells)
		} else if !strings.HasPrefix(line, "|") {
			columns = 0
		}
		if columns == 0 || !strings.HasPrefix(line, "| `") {
			continue
		}
		if len(cells) != 6 {
			t.Fatalf("%s\nhas %d cells, want 6", line, len(cells))
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		r := docRow{takes: cells[1], state: cells[3], example: strings.Trim(cells[4], "`"), notes: cells[5]}
		for _, m := range code.FindAllStringSubmatch(cells[0], -1) {
			r.names = append(r.names, m[1])
		}
		rows = append(rows, r)
	}
	return page, rows
}

func TestDocsHaveEveryParameter(t *testing.T) {
	page, rows := docs(t)
	listed := map[string]bool{}
	for _, d := range rows {
		for _, name := range d.names {
			if listed[name] {
				t.Errorf("%s is listed twice", name)
			}
			listed[name] = true
			switch name[0] {
			case '?', '/':
				continue
			}
			if name == "fo-<object>" {
				for _, object := range objects {
					if !regexp.MustCompile(`\b` + object + `\b`).MatchString(page) {
						t.Errorf("the object %s is missing", object)
					}
					listed["fo-"+object] = true
				}
				name = "fo-person"
			}
			checkDocs(t, d, name)
		}
	}
	for _, r := range parameters {
		if !listed[r.name] {
			t.Errorf("%s is missing", r.name)
		}
	}
	for _, r := range segments {
		if !listed["/"+r.name] {
			t.Errorf("/%s is missing", r.name)
		}
	}
	for name := range switches {
		if !listed["?"+name] {
			t.Errorf("?%s is missing", name)
		}
	}
	for name := range versions {
		if !listed["?"+name] {
			t.Errorf("?%s is missing", name)
		}
	}
}

// checkDocs compares a row of the page with the parser's.
func checkDocs(t *testing.T, d docRow, name string) {
	t.Helper()
	r, ok := byName[name]
	if !ok {
		t.Errorf("the parser knows no %s", name)
		return
	}
	if d.state != r.state.String() || d.takes != r.accepts() {
		t.Errorf("%s is %q and takes %q, the parser has %q and %q", name, d.state, d.takes, r.state, r.accepts())
	}
	plainNotes := strings.ReplaceAll(d.notes, "`", "")
	if r.state != later && !strings.Contains(plainNotes, r.why) {
		t.Errorf("the notes of %s lack %q", name, r.why)
	}
	named := &Dialect{names: map[string]named{"thumbnail": {chain: [][]item{{{text: "w-1"}}}}}}
	_, err := named.parseChain(d.example, transform.Plan{})
	if r.state == supported {
		if err != nil || !regexp.MustCompile("[,:]"+name+"[-,_]").MatchString(","+d.example+",") {
			t.Errorf("the example of %s is %s, which gives %v", name, d.example, err)
		}
		return
	}
	if len(d.names) > 1 && name != d.names[0] {
		opener, closer := name+"-1", ""
		if strings.HasPrefix(name, "l-") {
			opener, closer = name, ",l-end"
		}
		_, err = parseChain(opener + closer)
	}
	want := r.refusal().Error()
	if d.names[0] == "fo-<object>" {
		want = strings.Replace(want, name, "fo-cat", 1)
	}
	if refusal(t, err) != want {
		t.Errorf("%s or its example, %s, gives %v, want %s", name, d.example, err, want)
	}
}

// TestDocsOfTheURL tries what the page says of query parameters and of special
// path components.
func TestDocsOfTheURL(t *testing.T) {
	_, rows := docs(t)
	for _, d := range rows {
		path, query := "/photo.jpg", ""
		switch d.names[0][0] {
		case '?':
			query = d.example[1:]
		case '/':
			path = d.example
		default:
			continue
		}
		r, ok, err := new(Dialect).Parse(path, query)
		_, refusal := (&Dialect{access: access{keys: [][]byte{{}}}}).Admit(path+"?"+query, path, r, time.Now())
		got := ""
		switch {
		case !ok:
			got = "not handled"
		case err != nil && strings.Contains(err.Error(), strings.Trim(d.names[0], "?/")+" is not supported yet"):
			got = "later"
		case err != nil && strings.Contains(err.Error(), strings.Trim(d.names[0], "?/")+" is not supported: "+d.notes):
			got = "never"
		case err != nil:
			got = err.Error()
		case refusal != nil:
			got = "yes" // a signature, checked
		case query != "" && r.Ref.Query == query:
			got = "forwarded"
		case reflect.DeepEqual(r, transform.Request{Ref: origin.Ref{Path: strings.TrimPrefix(path, "/")}}):
			got = "ignored"
		default:
			got = "yes"
		}
		if got != d.state {
			t.Errorf("%s is %q, the parser gives %q for %s", d.names[0], d.state, got, d.example)
		}
	}
}
