package imagizer

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

func TestWhere(t *testing.T) {
	d := dialect(t, read(t, `{"endpoint": "/img", "hosts_allowed": ["example.com"], "origin_query": ["v"], "legacy_paths": true}`))
	server := "https://example.com"
	for target, want := range map[string]origin.Ref{
		"/img/a/b%20c.jpg":                                     {Path: "a/b%20c.jpg"},
		"/img/a.jpg?v=1&width=3&x=2&v=2":                       {Path: "a.jpg", Query: "v=1&v=2"},
		"/img/a.jpg?hostname=example.com":                      {Server: server, Path: "a.jpg"},
		"/img/a.jpg?hostname=http://Example.com:8080":          {Server: "http://example.com:8080", Path: "a.jpg"},
		"/img/a.jpg?hostname=https%3A%2F%2Fexample.com":        {Server: server, Path: "a.jpg"},
		"/img/a.jpg?origin=https://example.com/base/&v=1":      {Server: server, Path: "base/a.jpg", Query: "v=1"},
		"/img/a.jpg?origin64=aHR0cHM6Ly9leGFtcGxlLmNvbQ":       {Server: server, Path: "a.jpg"},
		"/img/300x/b%3Fc.jpg?origin=example.com":               {Server: server, Path: "b%3Fc.jpg"},
		"/img/x.jpg?source_url=https://example.com/a%2520b":    {Server: server, Path: "a%20b"},
		"/img?source_url=https://example.com/a%3Fb%3D1%26v=2":  {Server: server, Path: "a", Query: "b=1&v=2"},
		"/img/?source_url=https://example.com/a%3Fb&v=2":       {Server: server, Path: "a", Query: "b&v=2"},
		"/img/a.jpg?bucket=my.s3.bucket":                       {Server: "s3://my.s3.bucket", Path: "a.jpg"},
		"/img/a.jpg?bucket=photos&region=eu-central-1":         {Server: "s3://photos@eu-central-1", Path: "a.jpg"},
		"/img/?source_url=data:image/png;base64,AQID":          {Server: "data:", Path: "image/png;base64,AQID"},
		"/img/?source_url=DATA:image/png;base64,AQI%2B":        {Server: "data:", Path: "image/png;base64,AQI+"},
		"/img/https%3A%2F%2Fexample.com%2Fa.png%3Ffoo%3D%2520": {Server: server, Path: "a.png", Query: "foo=%20"},
		"/img/https://example.com/a.png?w=5&v=1":               {Server: server, Path: "a.png", Query: "v=1"},
	} {
		path, query, _ := strings.Cut(target, "?")
		if got, ok, err := d.Parse(path, query); !ok || err != nil || got.Ref != want {
			t.Errorf("%s\ngives %+v, %v\nwant  %+v", target, got.Ref, err, want)
		}
	}
	for query, want := range map[string]string{
		"origin=example.com&hostname=example.com": "The URL has origin and hostname; it takes one of them",
		"bucket=abc&source_url=x":                 "The URL has source_url and bucket; it takes one of them",
		"region=us-east-1":                        "The URL has region without bucket",
		"region=a_b&bucket=abc":                   `region is "a_b"; it takes the name of a region, such as eu-central-1`,
		"origin=https://example.com/%3Fa":         `origin is "https://example.com/?a"; it takes a host, or a URL without a query`,
		"origin=ftp://example.com":                `origin is "ftp://example.com/photo.jpg": The URL of the original begins with neither http:// nor https://`,
		"hostname=u:p@example.com":                "The URL of the original has no host such as www.example.com",
		"hostname=%0Aexample.com":                 "The URL of the original has no host",
		"source_url=a.jpg":                        `source_url is "a.jpg": The URL of the original begins with neither http:// nor https://`,
		"source_url=data:text/html,x":             "The data URL is not of an image",
		"bucket=A":                                `bucket is "A"; it takes the name of an S3 bucket`,
		"bucket=ab":                               `bucket is "ab"`,
		"bucket=a..b":                             `bucket is "a..b"`,
		"bucket=-ab":                              `bucket is "-ab"`,
		"bucket=192.0.2.1":                        `bucket is "192.0.2.1"`,
		"bucket=abc@evil":                         `bucket is "abc@evil"`,
	} {
		checkRefusal(t, dialect(t, Config{}), query, errors.BadTransform, want)
	}
	// Where no URL may be named, it is a path like any other.
	plain := dialect(t, Config{})
	if got, _, err := plain.Parse("/https%3A%2F%2Fexample.com%2Fa.png", ""); err != nil || got.Ref.Server != "" {
		t.Errorf("%+v, %v", got.Ref, err)
	}
}

func TestOriginalsAreNoPictures(t *testing.T) {
	d := dialect(t, Config{})
	for _, query := range []string{"hostname=example.com", "bucket=photos&region=us-east-1", "source_url=https://example.com/a", "meta=false", "face=false", "hostname=example.com&webp=true"} {
		if r, _, err := d.Parse("/a.jpg", query); err != nil || !r.Plan.IsZero() || r.Meta {
			t.Errorf("%s gives %+v, %v", query, r, err)
		}
	}
	for _, query := range []string{"meta=true", "meta", "meta=1&width=300&mark=/b"} {
		if r, _, err := d.Parse("/a.jpg", query); err != nil || !r.Plan.IsZero() || !r.Meta {
			t.Errorf("%s gives %+v, %v", query, r, err)
		}
	}
	checkNoFile := func(path, query string) {
		if r, ok, err := d.Parse(path, query); !ok || !errors.Is(err, errors.BadTransform) || !strings.Contains(err.Error(), "names no file") {
			t.Errorf("%s?%s gives %+v, %v", path, query, r, err)
		}
	}
	checkNoFile("/", "width=300")
	checkNoFile("", "meta=true")
	if r, ok, err := d.Parse("/", "utm_source=x"); !ok || err != nil || r.Ref.Path != "" {
		t.Errorf("a home page: %+v, %v", r, err)
	}
}

// TestAdmit asks for each kind of place, as the original and as a layer.
func TestAdmit(t *testing.T) {
	places := map[string]string{
		"own":    "",
		"host":   "origin=https://www.example.com",
		"port":   "origin=https://www.example.com:8443",
		"other":  "source_url=http://example.org/a",
		"bucket": "bucket=photos",
		"region": "bucket=photos&region=eu-central-1",
		"others": "bucket=private",
		"data":   "source_url=data:image/png;base64,AQID",
	}
	for config, admitted := range map[string]string{
		`{}`:                                   "own",
		`{"allow_dynamic_origin": "off"}`:      "own",
		`{"hosts_allowed": ["*.example.com"]}`: "own host",
		`{"hosts_allowed": ["WWW.example.com:8443"]}`:                                                 "own port",
		`{"buckets_allowed": ["photos"]}`:                                                             "own bucket region",
		`{"allow_data_urls": true}`:                                                                   "own data",
		`{"allow_dynamic_origin": "off", "allow_data_urls": true}`:                                    "own data",
		`{"allow_dynamic_origin": "any"}`:                                                             "own host port other bucket region others",
		`{"allow_dynamic_origin": "any", "hosts_allowed": ["example.org"]}`:                           "own other bucket region others",
		`{"allow_dynamic_origin": "any", "buckets_allowed": ["photos"]}`:                              "own host port other bucket region",
		`{"allow_dynamic_origin": "any", "hosts_allowed": ["a.example"], "buckets_allowed": ["aaa"]}`: "own",
	} {
		d := dialect(t, read(t, config))
		for name, query := range places {
			want := strings.Contains(" "+admitted+" ", " "+name+" ")
			for _, q := range []string{query, "mark=" + url.QueryEscape("/b?"+query), "layers=" + url.QueryEscape(`[{"url":"/b"},{"url":"/b?mark=`+url.QueryEscape("/c?"+query)+`"}]`)} {
				r, ok, err := d.Parse("/a", q)
				if !ok || err != nil {
					t.Fatalf("%s: %v", q, err)
				}
				_, err = d.Admit("/a?"+q, "/a", r, time.Now())
				if (err == nil) != want || err != nil && !errors.Is(err, errors.Unauthorized) {
					t.Errorf("%s: %s gives %v", config, q, err)
				}
			}
		}
	}
	for query, want := range map[string]string{
		places["host"]:   `The URL names a file of "https://www.example.com", which this server does not allow (hosts_allowed)`,
		places["region"]: `The URL names the bucket "s3://photos@eu-central-1", which this server does not allow (buckets_allowed)`,
		places["data"]:   `The URL contains an image (data:), which this server does not allow (allow_data_urls)`,
	} {
		d := dialect(t, Config{})
		r, _, _ := d.Parse("/a", query)
		if _, err := d.Admit("", "", r, time.Now()); errors.From(err).Message != want {
			t.Errorf("%s gives %v", query, err)
		}
	}
	off := dialect(t, Config{AllowDynamicOrigin: DynamicOff})
	r, _, _ := off.Parse("/a", places["bucket"])
	if _, err := off.Admit("", "", r, time.Now()); errors.From(err).Message != "The URL names the origin of its original, which this server does not allow (allow_dynamic_origin)" {
		t.Error(err)
	}
}

func TestTakesURLs(t *testing.T) {
	for config, want := range map[string]bool{
		`{}`: false, `{"allow_dynamic_origin": "off"}`: false, `{"allow_dynamic_origin": "any"}`: true, `{"hosts_allowed": ["a.example"]}`: true,
		`{"buckets_allowed": ["abc"]}`: false, `{"allow_data_urls": true}`: false,
	} {
		if got := dialect(t, read(t, config)).TakesURLs(); got != want {
			t.Errorf("%s: %t", config, got)
		}
	}
}

func TestNothingToHide(t *testing.T) {
	d := dialect(t, Config{Endpoint: "/img/"})
	if d.Endpoint() != "/img" || d.Sender() != "imagizer" {
		t.Error(d.Endpoint(), d.Sender())
	}
	if err := d.MayShow(http.Header{"Is-Private-File": {"true"}}, transform.Request{}); err != nil {
		t.Error(err)
	}
	if area, err := d.Area(http.Header{"Custom-Coordinates": {"1,2,3,4"}}); err != nil || area != (transform.Rect{}) {
		t.Error(area, err)
	}
	if _, ok, err := d.Parse("/imgs/a", "width=x"); ok || err != nil {
		t.Error("a path of somebody else's is taken")
	}
	if _, ok, err := d.Parse("//img/a", ""); !ok || err == nil {
		t.Error("a path is hidden")
	}
	if _, ok := d.Detour("//img/a", ""); ok {
		t.Error("a hidden path has a detour")
	}
}
