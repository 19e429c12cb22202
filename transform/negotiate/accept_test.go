package negotiate

import (
	"slices"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

const (
	webp = transform.WebP
	avif = transform.AVIF
)

type formats = []transform.Format

// What clients really send for an <img>, and for a page.
func TestBrowsers(t *testing.T) {
	tests := []struct {
		client, accept string
		want           formats
	}{
		{"Chrome 150", "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", formats{avif, webp}},
		{"Chrome 84, before AVIF", "image/webp,image/apng,image/*,*/*;q=0.8", formats{webp}},
		{"Chrome, the picture opened as a page", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7", formats{avif, webp}},
		{"Firefox 140", "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", formats{avif, webp}},
		{"Firefox 65", "image/webp,*/*", formats{webp}},
		{"Firefox 60", "*/*", nil},
		{"Safari 18", "image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", formats{avif, webp}},
		{"Safari 14", "image/webp,image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5", formats{webp}},
		{"Safari 13", "image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5", nil},
		{"Opera 12", "text/html, application/xml;q=0.9, application/xhtml+xml, image/png, image/webp, image/jpeg, image/gif, image/x-xbitmap, */*;q=0.1", formats{webp}},
		{"Internet Explorer 11", "image/png, image/svg+xml, image/jxr, image/*;q=0.8, */*;q=0.5", nil},
		{"Java", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", nil},
		{"curl", "*/*", nil},
		{"an empty header", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.client, func(t *testing.T) {
			check(t, []string{tt.accept}, formats{avif, webp}, tt.want)
		})
	}
	t.Run("no header", func(t *testing.T) {
		check(t, nil, formats{avif, webp}, nil)
	})
}

func TestRFC9110_12_5_1_Weight(t *testing.T) {
	tests := []struct {
		accept  string
		offered formats
		want    formats
	}{
		{"image/webp;q=0.9,image/avif;q=0.5", formats{avif, webp}, formats{webp, avif}},
		{"image/webp;q=0.5,image/avif;q=0.9", formats{webp, avif}, formats{avif, webp}},
		{"image/webp;q=0.5,image/avif", formats{webp, avif}, formats{avif, webp}},
		{"image/webp;q=0.001,image/avif;q=0.002", formats{webp, avif}, formats{avif, webp}},
		{"image/avif;q=1.000,image/webp", formats{webp, avif}, formats{webp, avif}},
		{"image/webp;q=0,image/avif", formats{webp, avif}, formats{avif}},
		{"image/webp;q=0.000", formats{webp}, nil},
		{"image/webp;q=0,image/*,*/*", formats{webp}, nil},
		{"image/*,image/webp;q=0", formats{webp}, nil},
		{"image/webp,image/webp;q=0", formats{webp}, nil},
		{"image/webp;q=0,image/webp", formats{webp}, nil},
		{"image/webp;q=.5", formats{webp}, formats{webp}},
	}
	for _, tt := range tests {
		t.Run(tt.accept, func(t *testing.T) {
			check(t, []string{tt.accept}, tt.offered, tt.want)
		})
	}
}

func TestRFC9110_12_5_1_Wildcards(t *testing.T) {
	for _, accept := range []string{"*/*", "image/*", "image/*;q=1,*/*;q=0.1", "*", "image/", "image"} {
		check(t, []string{accept}, formats{avif, webp}, nil)
	}
}

func TestRFC9110_8_3_1_MediaTypesIgnoreCase(t *testing.T) {
	check(t, []string{"IMAGE/WebP;Q=0.5, Image/AVIF;q=0.1"}, formats{avif, webp}, formats{webp, avif})
	check(t, []string{"image/webp;Q=0"}, formats{webp}, nil)
}

func TestRFC9110_5_6_6_Parameters(t *testing.T) {
	tests := []struct {
		accept string
		want   formats
	}{
		{"image/webp;v=1", formats{webp}},
		{"image/webp;v=1;q=0", nil},
		{"image/webp;q=0;v=1", nil},
		{"image/webp;q=0 ;v=1", nil},
		{"image/webp;q=0.5 ;v=1", formats{webp}},
		{`image/webp;q="0"`, nil},
		{`image/webp;v="a,b;q=0"`, formats{webp}},
		{`text/plain;v="a, image/webp, b"`, nil},
		{`text/plain;v="a\", image/webp, b"`, nil},
		{`text/plain;v="a\\", image/webp`, formats{webp}},
		{"image/webp;", formats{webp}},
		{"image/webp \t;\tq=0.5\t", formats{webp}},
		{"\timage/webp ;\tq=0", nil},
		{"image/webp;q = 0", nil},
	}
	for _, tt := range tests {
		t.Run(tt.accept, func(t *testing.T) {
			check(t, []string{tt.accept}, formats{webp}, tt.want)
		})
	}
}

func TestRFC9110_5_3_SeveralLinesAreOneList(t *testing.T) {
	check(t, []string{"image/avif;q=0.5", "", "text/html, image/webp"}, formats{avif, webp}, formats{webp, avif})
	check(t, []string{"image/webp", "image/webp;q=0"}, formats{webp}, nil)
}

func TestRFC9110_5_6_1_EmptyMembers(t *testing.T) {
	check(t, []string{",, image/webp ,\t, ,"}, formats{webp}, formats{webp})
}

func TestMalformedMembersAreSkipped(t *testing.T) {
	for _, bad := range []string{
		"image/webp;q=", "image/webp;q=x", "image/webp;q=2", "image/webp;q=-1", "image/webp;q=NaN", "image/webp;q=+Inf",
		"image/webp;q", "image/webp;q=1;q=0", "image/webp;q=0.5x", "image/webp/x", "image /webp",
		"image/we bp", "/webp", "\x00", "image/webp\x00", ";q=1", "=", "image//webp",
	} {
		t.Run(bad, func(t *testing.T) {
			check(t, []string{bad}, formats{avif, webp}, nil)
			check(t, []string{bad + ",image/avif"}, formats{avif, webp}, formats{avif})
			check(t, []string{"image/avif," + bad}, formats{avif, webp}, formats{avif})
		})
	}
	check(t, []string{`image/avif,text/plain;v="never closed, image/webp`}, formats{avif, webp}, formats{avif})
}

func TestOffered(t *testing.T) {
	const all = "image/jpeg,image/png,image/gif,image/heic,image/tiff,image/svg+xml,image/avif,image/webp"
	tests := []struct {
		name          string
		offered, want formats
	}{
		{"nothing", nil, nil},
		{"one", formats{webp}, formats{webp}},
		{"the operator's order", formats{webp, avif}, formats{webp, avif}},
		{"twice", formats{webp, avif, webp}, formats{webp, avif}},
		{"what every client takes", formats{transform.JPEG, transform.PNG, webp, transform.GIF}, formats{webp}},
		{"what cannot be written", formats{transform.HEIC, transform.TIFF, transform.SVG, avif}, formats{avif}},
		{"no formats at all", formats{transform.FormatAuto, transform.FormatOriginal}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, []string{all}, tt.offered, tt.want)
		})
	}
}

func TestLongHeaderIsReadAsNone(t *testing.T) {
	fits := "image/webp" + strings.Repeat(",", maxAccept-len("image/webp"))
	check(t, []string{fits}, formats{webp}, formats{webp})
	check(t, []string{fits + ","}, formats{webp}, nil)
	check(t, []string{fits, "image/webp"}, formats{webp}, nil)
}

func FuzzFormats(f *testing.F) {
	for _, seed := range []string{
		"image/avif,image/webp,image/*,*/*;q=0.8", `image/webp;v="a\",b";q=0.5`, "image/webp;q=0", "image/webp;q*0=1", ",;=\"\\",
	} {
		f.Add(seed, "image/avif;q=0.1")
	}
	offered := formats{avif, transform.JPEG, webp}
	f.Fuzz(func(t *testing.T, first, second string) {
		got := Formats([]string{first, second}, offered)
		if len(got) > 2 {
			t.Fatalf("%v has more formats than were offered", got)
		}
		for _, format := range got {
			if format != webp && format != avif {
				t.Errorf("%v was not offered", format)
			}
			if named := strings.ToLower(first + "," + second); !strings.Contains(named, format.MIME()) {
				t.Errorf("%v was not named", format)
			}
		}
		if swapped := Formats([]string{second, first}, offered); !slices.Equal(got, swapped) {
			t.Errorf("the order of the lines matters: %v, %v", got, swapped)
		}
		for _, format := range got {
			refused := Formats([]string{first, second, format.MIME() + ";q=0"}, offered)
			if slices.Contains(refused, format) {
				t.Errorf("%v was refused and yet taken", format)
			}
		}
	})
}

func check(t *testing.T, accept []string, offered, want formats) {
	t.Helper()
	if got := Formats(accept, offered); !slices.Equal(got, want) {
		t.Errorf("Formats(%q, %v) = %v, want %v", accept, offered, got, want)
	}
}
