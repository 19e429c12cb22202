package images_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/dustin/go-humanize"
	"github.com/prometheus/client_golang/prometheus"

	images "github.com/caddy-images/caddy-images"
	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/metrics"
	"github.com/caddy-images/caddy-images/transform/imagekit"
	"github.com/caddy-images/caddy-images/transform/imagizer"
	"github.com/caddy-images/caddy-images/transform/render/workers"
)

// table returns the rows of the tables of a text whose first heading is first,
// cell by cell, without backticks.
func table(t *testing.T, text, first string) (rows [][]string) {
	t.Helper()
	within := false
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case strings.HasPrefix(line, "| "+first+" |"):
			within = true
		case !strings.HasPrefix(line, "|"):
			within = false
		case within && !strings.HasPrefix(line, "|---"):
			cells := strings.Split(strings.Trim(line, "|"), "|")
			for i := range cells {
				cells[i] = strings.ReplaceAll(strings.TrimSpace(cells[i]), "`", "")
			}
			rows = append(rows, cells)
		}
	}
	if len(rows) == 0 {
		t.Fatalf("there is no table that begins with %s", first)
	}
	return rows
}

// section returns what stands below a heading of the second level.
func section(t *testing.T, p page, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(p.text, "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("%s has no section %s", p.path, heading)
	}
	below, _, _ := strings.Cut(rest, "\n## ")
	return below
}

// column returns one cell of each row, sorted.
func column(rows [][]string, n int) []string {
	var cells []string
	for _, row := range rows {
		cells = append(cells, row[n])
	}
	slices.Sort(cells)
	return cells
}

func same(t *testing.T, what string, docs, code []string) {
	t.Helper()
	slices.Sort(code)
	if !slices.Equal(docs, code) {
		t.Errorf("%s: the docs have\n%s\nthe code has\n%s", what, strings.Join(docs, " "), strings.Join(code, " "))
	}
}

// parse reads a Go file of this module.
func parse(t *testing.T, file string) *ast.File {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// optionsOf returns the strings that the switches of a file's functions about
// options distinguish.
func optionsOf(t *testing.T, file, function string) (options []string) {
	t.Helper()
	for _, d := range parse(t, file).Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Name.Name != function {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if c, ok := n.(*ast.CaseClause); ok {
				for _, value := range c.List {
					option, err := strconv.Unquote(value.(*ast.BasicLit).Value)
					if err != nil {
						t.Fatal(err)
					}
					options = append(options, option)
				}
			}
			return true
		})
	}
	return options
}

// jsonNames returns the names that a struct has in JSON.
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

func TestDocsOptions(t *testing.T) {
	docs := readPage(t, "docs/reference/directive.md")
	rows := table(t, docs.text, "Option")
	options := optionsOf(t, "caddyfile.go", "unmarshalOption")
	options = append(options, optionsOf(t, "caddyfile_cache.go", "unmarshalCache")...)
	same(t, "options", column(rows, 0), append(options, optionsOf(t, "caddyfile_dialect.go", "unmarshalImageKit")...))
	caching := slices.DeleteFunc(jsonNames(images.Cache{}), func(name string) bool { return name == "off" || name == "tiers" }) // which `cache` is about
	same(t, "JSON", column(rows, 1), slices.Concat(jsonNames(images.Handler{}), prefixed("cache.", caching), prefixed("dialect.imagekit.", jsonNames(imagekit.Config{}))))
	syntax := docs.blocks("")[0]
	for _, row := range rows {
		if !regexp.MustCompile(`(?m)^\t+` + row[0] + `\b`).MatchString(syntax) {
			t.Errorf("the syntax lacks %s", row[0])
		}
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
	defaults := map[string]string{
		"max_source_size": strings.ReplaceAll(humanize.IBytes(uint64(h.MaxSourceSize)), " ", ""),
		"max_pdf_size":    strings.ReplaceAll(humanize.IBytes(uint64(h.MaxPDFSize)), ".0 ", ""),
		"max_svg_size":    strings.ReplaceAll(humanize.IBytes(uint64(h.MaxSVGSize)), ".0 ", ""),
		"max_pixels":      fmt.Sprint(h.MaxPixels),
		"max_frames":      fmt.Sprint(h.MaxFrames),
		"max_dimension":   fmt.Sprint(h.MaxDimension),
		"queue_size":      fmt.Sprint(h.QueueSize),
		"fetch_timeout":   time.Duration(h.FetchTimeout).String(),
		"render_timeout":  time.Duration(h.RenderTimeout).String(),
		"max_cost":        time.Duration(h.MaxCost).String(),
		"queue_timeout":   time.Duration(h.QueueTimeout).String(),
		"quality":         fmt.Sprintf("%d, webp %d, avif %d", h.Quality.JPEG, h.Quality.WebP, h.Quality.AVIF),
		"formats":         strings.Join(h.Formats, " "),
	}
	for _, row := range rows {
		if want, ok := defaults[row[0]]; ok && row[2] != want {
			t.Errorf("the default of %s is %s, the docs say %s", row[0], want, row[2])
		}
	}
}

// The options of Imagizer's dialect are on a page of their own.
func TestDocsImagizerOptions(t *testing.T) {
	docs := readPage(t, "docs/reference/imagizer.md")
	rows := table(t, section(t, docs, "Configuration"), "Option")
	same(t, "options", column(rows, 0), optionsOf(t, "caddyfile_imagizer.go", "unmarshalImagizer"))
	same(t, "JSON", column(rows, 1), append(jsonNames(imagizer.Config{}), "post"))
	rows = table(t, section(t, docs, "Configuration"), "Option of `post`")
	same(t, "options", column(rows, 0), optionsOf(t, "caddyfile_imagizer.go", "unmarshalPostOption"))
	same(t, "JSON", column(rows, 1), jsonNames(images.Post{}))
}

func TestDocsOrigins(t *testing.T) {
	docs := readPage(t, "docs/reference/origins.md")
	for name, has := range map[string]struct {
		nested, defaults map[string]string
		dir              string // where it is, if not in a package of its own
	}{
		"web": {
			nested: map[string]string{"tls": "TLS"},
			defaults: map[string]string{
				"max_redirects": "defaultMaxRedirects", "dial_timeout": "defaultDialTimeout",
				"response_header_timeout": "defaultResponseHeaderTimeout", "timeout": "defaultTimeout",
			},
		},
		"s3": {defaults: map[string]string{"region": "defaultRegion", "timeout": "defaultTimeout"}},
		"fs": {},
		"dynamic": {
			dir:    "origin/web/",
			nested: map[string]string{"tls": "TLS"},
			defaults: map[string]string{
				"max_redirects": "defaultMaxRedirects", "dial_timeout": "defaultDialTimeout",
				"response_header_timeout": "defaultResponseHeaderTimeout", "timeout": "defaultTimeout",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			text, dir, file := section(t, docs, name), "origin/"+name+"/", "caddyfile.go"
			if has.dir != "" {
				dir, file = has.dir, name+".go"
			}
			rows := table(t, text, "Option")
			options := optionsOf(t, dir+file, "unmarshalOption")
			if options == nil {
				options = optionsOf(t, dir+file, "UnmarshalCaddyfile")
			}
			module, err := caddy.GetModule("http.images.origins." + name)
			if err != nil {
				t.Fatal(err)
			}
			names := jsonNames(module.New())
			for option, field := range has.nested {
				options = without(options, option)
				names = without(names, option)
				inner, _ := reflect.TypeOf(module.New()).Elem().FieldByName(field)
				options = append(options, prefixed(option+" ", optionsOf(t, dir+"caddyfile.go", "unmarshal"+field))...)
				names = append(names, prefixed(option+".", jsonNames(reflect.New(inner.Type.Elem()).Interface()))...)
			}
			same(t, "options", column(rows, 0), options)
			same(t, "JSON", column(rows, 1), names)
			for _, row := range rows {
				words := strings.Fields(row[0])
				if !regexp.MustCompile(`(?m)^\t+` + words[len(words)-1] + `\b`).MatchString(text) {
					t.Errorf("the syntax lacks %s", row[0])
				}
				if constant, ok := has.defaults[row[0]]; ok && row[2] != constantOf(t, dir+"origin.go", constant) {
					t.Errorf("the default of %s is %s, the docs say %s", row[0], constantOf(t, dir+"origin.go", constant), row[2])
				}
			}
		})
	}
	var listed []string
	for _, m := range caddy.GetModules("http.images.origins") {
		listed = append(listed, m.ID.Name())
		section(t, docs, m.ID.Name())
	}
	if len(listed) != 5 {
		t.Errorf("the docs list five origins, there are %v", listed)
	}
}

func without(names []string, name string) []string {
	return slices.DeleteFunc(names, func(n string) bool { return n == name })
}

// constantOf returns a constant of a file as the docs write it: seconds as
// 5s.
func constantOf(t *testing.T, file, name string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^\t` + name + `\s+= (.*)$`).FindSubmatch(text)
	if m == nil {
		t.Fatalf("%s has no constant %s", file, name)
	}
	value := strings.Trim(string(m[1]), `"`)
	if s := regexp.MustCompile(`^caddy.Duration\((\d+) \* time.Second\)$`).FindStringSubmatch(value); s != nil {
		return s[1] + "s"
	}
	return value
}

// The tables of errors are the table of package errors.
func TestDocsErrors(t *testing.T) {
	var code []string
	for k := range errors.ClientClosed + 1 {
		code = append(code, fmt.Sprint(k.Code(), " ", (&errors.Error{Kind: k}).Status(errors.ImageKit)))
	}
	var docs []string
	for _, row := range table(t, section(t, readPage(t, "docs/reference/errors.md"), "The codes"), "Code") {
		docs = append(docs, row[0]+" "+row[1])
	}
	slices.Sort(docs)
	same(t, "errors", docs, code)
	outages := map[string]int{}
	for _, row := range table(t, section(t, readPage(t, "docs/reference/errors.md"), "Origins that are down"), "Failure") {
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
			t.Errorf("docs/reference/errors.md has %s as %d with origin_failures 502, the table of errors %d", name, got, e.Status(errors.ImageKitOutages))
		}
	}
	faults := map[string]string{}
	for _, row := range table(t, section(t, readPage(t, "docs/reference/errors.md"), "In the log"), "`fault`") {
		faults[row[0]] = row[1]
	}
	for k := range errors.ClientClosed + 1 {
		if !strings.Contains(faults[string((&errors.Error{Kind: k}).Fault())], k.Code()) {
			t.Errorf("docs/reference/errors.md does not say that %s is of the %s", k.Code(), (&errors.Error{Kind: k}).Fault())
		}
	}
	known := map[string]bool{}
	for _, c := range code {
		known[strings.Fields(c)[0]] = true
	}
	for _, row := range table(t, readPage(t, "docs/reference/origins.md").text, "From") {
		if !known[row[1]] {
			t.Errorf("docs/reference/origins.md: there is no code %q", row[1])
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
	docs := readPage(t, "docs/reference/metrics.md")
	var told []string
	for _, row := range table(t, docs.text, "Metric") {
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
	same(t, "outcomes of fetches", column(table(t, docs.text, "Outcome"), 0), outcomes)
	codes := map[string]string{}
	for _, row := range table(t, docs.text, "Outcome") {
		codes[row[0]] = row[1]
	}
	for _, k := range []errors.Kind{errors.NotFound, errors.AccessDenied, errors.Refused, errors.Limit, errors.Unidentified, errors.Unresolved, errors.OriginTimeout, errors.BadOriginRequest, errors.ClientClosed, errors.Internal} {
		if is := string(metrics.OutcomeOf(k)); !slices.Contains(strings.Split(codes[is], ", "), k.Code()) {
			t.Errorf("%s is %s, of which the docs have the codes %q", k.Code(), is, codes[is])
		}
	}
	same(t, "ends of workers", column(table(t, docs.text, "Reason"), 0), ends)
}

// The tables of the admin API are its routes and the fields of its answers.
func TestDocsAdmin(t *testing.T) {
	docs := readPage(t, "docs/reference/admin.md")
	var routes []string
	for _, r := range (images.Admin{}).Routes() {
		if r.Pattern != "/images/" { // which is for all that are not there
			routes = append(routes, r.Pattern)
		}
	}
	same(t, "routes", column(table(t, docs.text, "Method"), 1), routes)
	engine, queue := images.Stats.Engines[0], images.Stats.Queues[0]
	same(t, "stats", column(table(t, docs.text, "Field"), 0), slices.Concat(jsonNames(images.Stats),
		prefixed("caches.", jsonNames(images.Stats.Caches[0])), prefixed("caches.tiers.", jsonNames(images.Stats.Caches[0].Tiers[0])),
		prefixed("engines.", jsonNames(engine)), prefixed("engines.processes.", jsonNames(engine.Processes[0])), prefixed("queues.", jsonNames(queue))))
	same(t, "purged", column(table(t, docs.text, "Count"), 0), jsonNames(images.Purged))
}

func TestDocsArchitecture(t *testing.T) {
	docs := readPage(t, "docs/architecture.md")
	code := maps.Clone(mayImport)
	for _, row := range table(t, docs.text, "Package") {
		allowed, ok := code[row[0]]
		if !ok || strings.Join(allowed, " ") != row[2] {
			t.Errorf("%s may import %s, the docs say %s", row[0], allowed, row[2])
		}
		delete(code, row[0])
	}
	for name := range code {
		t.Errorf("docs/architecture.md lacks %s", name)
	}

	var steps []string
	ast.Inspect(parse(t, "transform/render/draw/draw.go"), func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && v.Names[0].Name == "steps" {
			for _, step := range v.Values[0].(*ast.CompositeLit).Elts {
				steps = append(steps, "`"+step.(*ast.Ident).Name+"`")
			}
		}
		return true
	})
	if line := strings.Join(steps, " "); len(steps) == 0 || !strings.Contains(docs.text, "\n"+line+"\n") {
		t.Errorf("docs/architecture.md lacks the drawing steps, %s", line)
	}
}

// The addresses that origin web refuses.
func TestDocsAddresses(t *testing.T) {
	docs := section(t, readPage(t, "docs/explanation/security.md"), "Addresses")
	source, err := os.ReadFile("origin/web/guard.go")
	if err != nil {
		t.Fatal(err)
	}
	networks := regexp.MustCompile(`[0-9a-f.:]+/\d+`)
	for _, line := range regexp.MustCompile(`(?m)^\t"([0-9a-f.:]+/\d+)",`).FindAllSubmatch(source, -1) {
		if !slices.Contains(networks.FindAllString(docs, -1), string(line[1])) {
			t.Errorf("docs/explanation/security.md lacks %s", line[1])
		}
	}
}
