package images_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/prometheus/client_golang/prometheus"

	images "github.com/caddy-images/caddy-images"
	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/docstest"
	"github.com/caddy-images/caddy-images/internal/metrics"
	"github.com/caddy-images/caddy-images/origin/web"
	"github.com/caddy-images/caddy-images/transform/imagekit"
	"github.com/caddy-images/caddy-images/transform/imagizer"
	"github.com/caddy-images/caddy-images/transform/render/workers"
)

func same(t *testing.T, what string, docs, code []string) {
	t.Helper()
	slices.Sort(code)
	if !slices.Equal(docs, code) {
		t.Errorf("%s: the docs have\n%s\nthe code has\n%s", what, strings.Join(docs, " "), strings.Join(code, " "))
	}
}

// jsonNames are the names of the fields of a struct in JSON.
func jsonNames(of any) (names []string) {
	s := reflect.TypeOf(of)
	if s.Kind() == reflect.Pointer {
		s = s.Elem()
	}
	for i := range s.NumField() {
		if name, _, _ := strings.Cut(s.Field(i).Tag.Get("json"), ","); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func prefixed(prefix string, names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, prefix+name)
	}
	return all
}

// optionsOf are the options of a block of the Caddyfile, by the error that names them.
// The block is given by the lines that open it.
func optionsOf(t *testing.T, opened ...string) []string {
	t.Helper()
	closed := strings.Repeat("}\n", len(opened)+1)
	err := adaptHandler(t, ":80 {\n"+strings.Join(opened, " {\n")+" {\nno_option_at_all\n"+closed)
	_, list, ok := strings.Cut(err, "the options are ")
	list, _, found := strings.Cut(list, ", at Caddyfile:")
	if !ok || !found {
		t.Fatalf("%v: the error of an unknown option names no others: %s", opened, err)
	}
	return strings.Split(list, ", ")
}

// adapts checks that the adapt test of an option has it, alone in its block or with what
// it needs, and gets the JSON that the docs say.
func adapts(t *testing.T, name, option, path string) {
	t.Helper()
	c := readAdaptCase(t, name)
	words := strings.Fields(option)
	if !regexp.MustCompile(`(?m)^\t+` + words[len(words)-1] + `\b`).MatchString(c.caddyfile) {
		t.Errorf("%s lacks the option %s", c.path, option)
	}
	var value any
	if err := json.Unmarshal([]byte(c.want), &value); err != nil {
		t.Fatalf("%s: %v", c.path, err)
	}
	for name := range strings.SplitSeq(path, ".") {
		if list, ok := value.([]any); ok {
			value = list[0]
		}
		object, _ := value.(map[string]any) // nil has nothing
		var ok bool
		if value, ok = object[name]; !ok {
			t.Errorf("%s has no %s, as the docs have %s", c.path, path, option)
			return
		}
	}
}

// syntaxOf is the block of a page that shows the syntax of a directive or option.
func syntaxOf(t *testing.T, text, first string) string {
	t.Helper()
	for _, block := range (docstest.Page{Text: text}).Blocks("") {
		if strings.HasPrefix(strings.TrimLeft(block, "\t "), first) {
			return block
		}
	}
	t.Fatalf("no block shows the syntax of %s", first)
	return ""
}

func shows(t *testing.T, syntax, option string) {
	t.Helper()
	words := strings.Fields(option)
	if !regexp.MustCompile(`(?m)^\t+` + words[len(words)-1] + `\b`).MatchString(syntax) {
		t.Errorf("the syntax lacks %s", option)
	}
}

func TestDocsOptions(t *testing.T) {
	table := docstest.TableWith(t, "Option", "dialect", "origin")
	same(t, "options", table.Column(0), append(optionsOf(t, "images"), optionsOf(t, "images", "dialect imagekit")...))
	caching := without(without(jsonNames(images.Cache{}), "off"), "tiers") // which `cache` is about
	same(t, "JSON", table.Column(1), slices.Concat(jsonNames(images.Handler{}), prefixed("cache.", caching), prefixed("dialect.imagekit.", jsonNames(imagekit.Config{}))))
	syntax := syntaxOf(t, table.Page.Text, "images")
	for _, row := range table.Rows {
		shows(t, syntax, row[0])
		name := row[0]
		if strings.HasPrefix(row[1], "dialect.imagekit.") {
			name = "imagekit_" + name
		}
		adapts(t, name, row[0], row[1])
	}

	h := new(images.Handler)
	ctx, cancel := caddy.NewContext(caddy.Context{Context: t.Context()})
	defer cancel()
	defer func() {
		if err := h.Cleanup(); err != nil {
			t.Error(err)
		}
	}()
	if err := h.Provision(ctx); err != nil {
		t.Fatal(err)
	}
	for _, row := range table.Rows {
		if slices.Contains([]string{"isolation", "workers", "memory", "cache"}, row[0]) {
			continue // they depend on the machine
		}
		field := fieldOf(reflect.ValueOf(h), row[1])
		if !field.IsValid() || field.IsZero() {
			continue
		}
		said := regexp.MustCompile(`;| \(`).Split(row[2], 2)[0]
		if want := written(field); said != want {
			t.Errorf("the default of %s is %s, the docs say %s", row[0], want, row[2])
		}
	}
}

// fieldOf is the field of a struct with a name in JSON, such as dialect.imagekit.named;
// the zero value if there is no such struct.
func fieldOf(v reflect.Value, path string) reflect.Value {
	for name := range strings.SplitSeq(path, ".") {
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		if !v.IsValid() {
			return v
		}
		i := slices.IndexFunc(reflect.VisibleFields(v.Type()), func(f reflect.StructField) bool {
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			return tag == name
		})
		v = v.Field(i)
	}
	return v
}

// written is a default as the docs write it.
func written(field reflect.Value) string {
	switch v := field.Interface().(type) {
	case caddy.Duration:
		text := time.Duration(v).String()
		for _, zero := range []string{"m0s", "h0m"} {
			if strings.HasSuffix(text, zero) {
				text = text[:len(text)-2]
			}
		}
		return text
	case int64:
		if v%(1<<30) == 0 && v > 0 {
			return fmt.Sprintf("%dGiB", v>>30)
		}
		if v%(1<<20) == 0 {
			return fmt.Sprintf("%dMiB", v>>20)
		}
		return fmt.Sprint(v)
	case *bool:
		if *v {
			return "on"
		}
		return "off"
	case []string:
		return strings.Join(v, " ")
	case *images.Quality:
		return fmt.Sprintf("%d, webp %d, avif %d", v.JPEG, v.WebP, v.AVIF)
	case *images.Dialect:
		return "imagekit"
	default:
		return fmt.Sprint(v)
	}
}

// The options of Imagizer's dialect are on a page of their own.
func TestDocsImagizerOptions(t *testing.T) {
	table := docstest.TableWith(t, "Option", "legacy_paths")
	same(t, "options", table.Column(0), optionsOf(t, "images", "dialect imagizer"))
	same(t, "JSON", table.Column(1), append(jsonNames(imagizer.Config{}), "post"))
	for _, row := range table.Rows {
		adapts(t, "imagizer_"+row[0], row[0], "dialect.imagizer."+row[1])
	}
	table = docstest.TableWith(t, "Option of `post`", "token")
	same(t, "options", table.Column(0), optionsOf(t, "images", "dialect imagizer", "post"))
	same(t, "JSON", table.Column(1), jsonNames(images.Post{}))
	for _, row := range table.Rows {
		adapts(t, "imagizer_post_"+row[0], row[0], "dialect.imagizer.post."+row[1])
	}
}

func TestDocsOrigins(t *testing.T) {
	var listed []string
	for _, m := range caddy.GetModules("http.images.origins") {
		name := m.ID.Name()
		listed = append(listed, name)
		t.Run(name, func(t *testing.T) {
			text := docstest.Section(t, name)
			if name == "next" {
				return // which has no options
			}
			var rows [][]string
			for _, table := range docstest.TablesIn(text, "Option") {
				rows = append(rows, table...)
			}
			table, syntax := docstest.Table{Rows: rows}, syntaxOf(t, text, "origin "+name)
			options, names := optionsOf(t, "images", "origin "+name), jsonNames(m.New())
			if slices.Contains(options, "tls") {
				options = append(without(options, "tls"), prefixed("tls ", optionsOf(t, "images", "origin "+name, "tls"))...)
				names = append(without(names, "tls"), prefixed("tls.", jsonNames(web.TLS{}))...)
			}
			same(t, "options", table.Column(0), options)
			same(t, "JSON", table.Column(1), names)
			for _, row := range rows {
				shows(t, syntax, row[0])
				adapts(t, "origin_"+name+"_"+strings.ReplaceAll(row[0], " ", "_"), row[0], "origins."+row[1])
			}
		})
	}
	for _, table := range docstest.Tables(t, "Option") {
		if i := slices.IndexFunc(table.Rows, func(row []string) bool { return row[0] == "origin" }); i >= 0 {
			for _, name := range listed {
				if !regexp.MustCompile(`\b` + name + `\b`).MatchString(strings.Join(table.Rows[i], " ")) {
					t.Errorf("the option origin does not mention %s", name)
				}
			}
		}
	}
}

func without(names []string, name string) []string {
	return slices.DeleteFunc(names, func(n string) bool { return n == name })
}

// The tables of errors are the table of package errors.
func TestDocsErrors(t *testing.T) {
	var code []string
	for k := range errors.ClientClosed + 1 {
		code = append(code, fmt.Sprint(k.Code(), " ", (&errors.Error{Kind: k}).Status(errors.ImageKit)))
	}
	for _, table := range docstest.Tables(t, "Code") {
		var docs []string
		for _, row := range table.Rows {
			docs = append(docs, row[0]+" "+row[1])
		}
		slices.Sort(docs)
		same(t, "errors", docs, code)
	}
	outages := map[string]int{}
	for _, row := range docstest.TableWith(t, "Failure", "ECONNREFUSED").Rows {
		outages[row[0]+" "+row[1]], _ = strconv.Atoi(row[2])
	}
	for k := range errors.ClientClosed + 1 {
		e := &errors.Error{Kind: k}
		if e.Fault() != errors.OfOrigin || e.Status(errors.ImageKit) != 404 {
			continue
		}
		name := k.Code()
		switch k {
		case errors.OriginTimeout:
			name += " of a fetch"
		case errors.BadOriginRequest:
			name += " of an origin"
		}
		if got, ok := outages[name+" 404"]; !ok || got != e.Status(errors.ImageKitOutages) {
			t.Errorf("the docs have %s as %d with origin_failures 502, the table of errors %d", name, got, e.Status(errors.ImageKitOutages))
		}
	}
	faults := map[string]string{}
	for _, row := range docstest.TableWith(t, "`fault`").Rows {
		faults[row[0]] = row[1]
	}
	for k := range errors.ClientClosed + 1 {
		if !strings.Contains(faults[string((&errors.Error{Kind: k}).Fault())], k.Code()) {
			t.Errorf("the docs do not say that %s is of the %s", k.Code(), (&errors.Error{Kind: k}).Fault())
		}
	}
	known := map[string]bool{}
	for _, c := range code {
		known[strings.Fields(c)[0]] = true
	}
	for _, table := range docstest.Tables(t, "From") {
		for _, row := range table.Rows {
			if !known[row[1]] {
				t.Errorf("%s: there is no code %q", table.Page.Path, row[1])
			}
		}
	}
}

// The tables of metrics are the collectors, and the ends of workers.
func TestDocsMetrics(t *testing.T) {
	descriptor := regexp.MustCompile(`^Desc\{fqName: "([^"]*)", help: "[^"]*", unit: "", constLabels: \{\}, variableLabels: \{([^}]*)\}\}$`)
	var code []string
	for _, c := range images.Collectors() {
		kind := "gauge"
		switch c.(type) {
		case prometheus.Counter, *prometheus.CounterVec:
			kind = "counter"
		case prometheus.Histogram, *prometheus.HistogramVec:
			kind = "histogram"
		}
		descriptors := make(chan *prometheus.Desc, 100)
		c.Describe(descriptors)
		close(descriptors)
		for d := range descriptors {
			m := descriptor.FindStringSubmatch(d.String())
			if m == nil {
				t.Fatalf("no metric is told by %s", d)
			}
			if strings.HasSuffix(m[1], "_total") {
				kind = "counter"
			}
			code = append(code, m[1]+" "+kind+" "+strings.ReplaceAll(m[2], ",", " "))
		}
	}
	var told []string
	for _, row := range docstest.TableWith(t, "Metric").Rows {
		told = append(told, strings.Join(row[:3], " "))
	}
	slices.Sort(told)
	same(t, "metrics", told, code)

	var ends []string
	for _, why := range workers.Ends {
		ends = append(ends, string(why))
	}
	var outcomes []string
	for _, is := range metrics.Outcomes {
		outcomes = append(outcomes, string(is))
	}
	same(t, "outcomes of fetches", docstest.TableWith(t, "Outcome").Column(0), outcomes)
	codes := map[string]string{}
	for _, row := range docstest.TableWith(t, "Outcome").Rows {
		codes[row[0]] = row[1]
	}
	for _, k := range []errors.Kind{errors.NotFound, errors.AccessDenied, errors.Refused, errors.Limit, errors.Unidentified, errors.Unresolved, errors.OriginTimeout, errors.BadOriginRequest, errors.ClientClosed, errors.Internal} {
		if is := string(metrics.OutcomeOf(k)); !slices.Contains(strings.Split(codes[is], ", "), k.Code()) {
			t.Errorf("%s is %s, of which the docs have the codes %q", k.Code(), is, codes[is])
		}
	}
	same(t, "ends of workers", docstest.TableWith(t, "Reason").Column(0), ends)
}

// The tables of the admin API are its routes and the fields of its answers.
func TestDocsAdmin(t *testing.T) {
	var routes []string
	for _, r := range (images.Admin{}).Routes() {
		if r.Pattern != "/images/" { // which is for all that are not there
			routes = append(routes, r.Pattern)
		}
	}
	same(t, "routes", docstest.TableWith(t, "Method").Column(1), routes)
	engine, queue := images.Stats.Engines[0], images.Stats.Queues[0]
	same(t, "stats", docstest.TableWith(t, "Field", "engines").Column(0), slices.Concat(jsonNames(images.Stats),
		prefixed("caches.", jsonNames(images.Stats.Caches[0])), prefixed("caches.tiers.", jsonNames(images.Stats.Caches[0].Tiers[0])),
		prefixed("engines.", jsonNames(engine)), prefixed("engines.processes.", jsonNames(engine.Processes[0])), prefixed("queues.", jsonNames(queue))))
	same(t, "purged", docstest.TableWith(t, "Count").Column(0), jsonNames(images.Purged))
}

func TestDocsArchitecture(t *testing.T) {
	code := maps.Clone(mayImport)
	for _, row := range docstest.TableWith(t, "Package").Rows {
		allowed, ok := code[row[0]]
		if !ok || strings.Join(allowed, " ") != row[2] {
			t.Errorf("%s may import %s, the docs say %s", row[0], allowed, row[2])
		}
		delete(code, row[0])
	}
	for name := range code {
		t.Errorf("the docs lack %s", name)
	}
}
