package imagekit

import (
	"strings"
	"testing"
)

func TestMistypedQueries(t *testing.T) {
	const (
		none    = ""
		second  = "The query has a second ? before tr"
		outside = "The query has parameters outside of tr"
	)
	for _, tt := range []struct {
		query string
		tr    string // of the error with refuse and refuse_tr
		w     string // of the error with refuse only
	}{
		{"tr:w-300", `The query has "tr:w-300"; it takes tr= and the transformation`, none},
		{"tr%3Aw-300", `The query has "tr%3Aw-300"; it takes tr=`, none},
		{"tr:w-300,h-200=", `The query has "tr:w-300,h-200="`, none},
		{"tr-w-300", `The query has "tr-w-300"`, none},
		{"v=1&tr:w-300", `The query has "tr:w-300"`, none},
		{"TR=w-300", `The query has "TR"; the parameter is tr`, none},
		{"Tr:w-300", `The query has "Tr:w-300"`, none},
		{"v=1&amp;tr=w-300", `The query has "amp;tr"; the parameter is tr`, none},
		{"?tr=w-300", `The query has "?tr"`, none},
		{"tr=w-300?tr=h-200", second, none},
		{"tr=w-300?tr:h-200", second, none},
		{"v=1?tr=w-300", second, none},
		{"updatedAt=123?tr=w-300", second, none},
		{"v=1%3Ftr=w-300", second, none},
		{"v=1%3Ftr%3Dw-300", second, none},
		{"ik-s=abc?tr=w-1", second, none},

		{"w=300", none, outside + ", where they do nothing; it takes tr=w-300 (mistyped_queries)"},
		{"w=300px", none, outside},
		{"w=300&h=200", none, "it takes tr=w-300,h-200 "},
		{"w=300&h=200&q=80&f=webp", none, "it takes tr=w-300,h-200,q-80,... "},
		{"w=0.5", none, outside},
		{"w=auto", none, outside},
		{"w=300,h-200", none, "it takes tr=w-300,h-200 "},
		{"ar=16:9", none, outside},
		{"h=200", none, outside},
		{"ar=4-3", none, outside},
		{"c=at_max", none, outside},
		{"cm=extract", none, outside},
		{"fo=auto", none, outside},
		{"dpr=2", none, outside},
		{"dpr=auto", none, outside},
		{"q=80", none, outside},
		{"q=auto", none, outside},
		{"f=webp", none, outside},
		{"f=auto", none, outside},
		{"bl=10", none, outside},
		{"rt=90", none, outside},
		{"v=1&w=300", none, outside},
		{"tr=h-200&w=300", none, outside},

		// What breaks caches, counts campaigns and names versions.
		{"", none, none},
		{"tr=w-300", none, none},
		{"tr=w-300&tr=h-200", none, none},
		{"v=1", none, none},
		{"v=w-300", none, none},
		{"t=1700000000", none, none},
		{"t=5", none, none},
		{"ts=5&_=5&cb=5&r=90&n=1&x=1&y=1&b=1&z=2&o=1&i=1&s=1", none, none},
		{"updatedAt=1653775928", none, none},
		{"ik-s=abc&ik-t=123&ik-sdk-version=x-1&ik-attachment=true&ik-obj-version=q", none, none},
		{"utm_source=w&utm_medium=h&utm_campaign=300", none, none},
		{"alt=media&token=w-300", none, none},
		{"w=20231101", none, none},
		{"h=9f86d081884c7d65", none, none},
		{"h=abc_1", none, none},
		{"q=red+shoes", none, none},
		{"q=shoes", none, none},
		{"f=report", none, none},
		{"c=123abc", none, none},
		{"w", none, none},
		{"w=", none, none},
		{"tr-x=1&tr-id=2&tr-w=3", none, none},
		{"trace=1&track=2&true=1", none, none},
		{"x=%zz", none, none},
	} {
		for _, m := range []MistypedQueries{RefuseMistyped, RefuseMistypedTr, IgnoreMistyped} {
			want := tt.tr
			switch {
			case m == IgnoreMistyped:
				want = none
			case m == RefuseMistyped && want == none:
				want = tt.w
			}
			err := m.check(tt.query, "folder/photo.jpg", false)
			if (err == nil) != (want == none) || err != nil && !strings.Contains(refusal(t, err), want) {
				t.Errorf("%s: %s gives %v, want %q", m, tt.query, err, want)
			}
		}
	}
}

// Only what can be an image is looked at, and never what is another server's.
func TestMistypedQueriesAreOfPictures(t *testing.T) {
	for _, tt := range []struct {
		config       Config
		path, query  string
		isRefused    bool
		originsQuery string
	}{
		{Config{MistypedQueries: RefuseMistyped}, "/a.jpg", "w=300", true, ""},
		{Config{MistypedQueries: RefuseMistyped}, "/a.JPEG", "w=300", true, ""},
		{Config{MistypedQueries: RefuseMistyped}, "/a", "w=300", true, ""},
		{Config{MistypedQueries: RefuseMistyped}, "/tr:h-200/a.jpg", "w=300", true, ""},
		{Config{MistypedQueries: RefuseMistyped}, "/", "w=300", false, "w=300"},
		{Config{MistypedQueries: RefuseMistyped}, "/page.html", "w=300", false, "w=300"},
		{Config{MistypedQueries: RefuseMistyped}, "/a.mp4", "tr:w-300", false, "tr:w-300"},
		{Config{MistypedQueries: RefuseMistypedTr}, "/a.jpg", "w=300", false, "w=300"},
		{Config{MistypedQueries: RefuseMistypedTr}, "/a.jpg", "tr:w-300", true, ""},
		{Config{MistypedQueries: IgnoreMistyped}, "/a.jpg", "tr:w-300", false, "tr:w-300"},
		{Config{}, "/a.jpg", "w=300", false, "w=300"},
		{Config{MistypedQueries: RefuseMistyped, WebProxy: &WebProxy{Hosts: []string{"x.example"}}}, "/https://x.example/a.jpg", "w=300", false, "w=300"},
		{Config{MistypedQueries: RefuseMistyped, WebProxy: &WebProxy{Hosts: []string{"x.example"}}}, "/https%3A%2F%2Fx.example%2Fa.jpg", "w=300", false, "w=300"},
		{Config{MistypedQueries: RefuseMistyped, WebProxy: &WebProxy{Hosts: []string{"x.example"}}}, "/https://x.example/a.jpg", "tr:w-300", false, "tr:w-300"},
	} {
		d, err := New(tt.config)
		if err != nil {
			t.Fatal(err)
		}
		asked, _, err := d.Parse(tt.path, tt.query)
		if (err != nil) != tt.isRefused || err == nil && asked.Ref.Query != tt.originsQuery {
			t.Errorf("%s: %s?%s gives %v, and the query %q", tt.config.MistypedQueries, tt.path, tt.query, err, asked.Ref.Query)
		}
	}
	if _, err := New(Config{MistypedQueries: "no"}); err == nil {
		t.Error("a wrong value is taken")
	}
}
