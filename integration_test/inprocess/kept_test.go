package inprocess_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// photographed puts EXIF into a JPEG: who made it, and a text that is neither that nor of
// a camera.
func photographed(jpeg []byte) []byte {
	be := binary.BigEndian
	texts := []string{"By the lake\x00", "Ann Artist\x00"}
	exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08"), 0, 2)
	at := uint32(8 + 2 + 2*12 + 4)
	for n, tag := range []uint16{0x010e, 0x013b} { // ImageDescription, Artist
		exif = be.AppendUint32(append(be.AppendUint16(exif, tag), 0, 2), uint32(len(texts[n])))
		exif = be.AppendUint32(exif, at)
		at += uint32(len(texts[n]))
	}
	exif = append(append(append(exif, 0, 0, 0, 0), texts[0]...), texts[1]...)
	segment := be.AppendUint16([]byte{0xff, 0xe1}, uint16(2+len(exif)))
	return bytes.Join([][]byte{jpeg[:2], segment, exif, jpeg[2:]}, nil)
}

// What a URL says counts over what the site keeps.
func TestMetadataOption(t *testing.T) {
	type kept struct{ credit, rest bool }
	nothing, credit, all := kept{}, kept{credit: true}, kept{true, true}
	for _, site := range []struct {
		name, option string
		urls         map[string]kept
	}{
		{"default", "", map[string]kept{"/tr:w-100/red.jpg": nothing, "/tr:w-100,md-true/red.jpg": all, "/tr:w-100,md-false/red.jpg": nothing}},
		{"strip", "metadata strip", map[string]kept{"/tr:w-100/red.jpg": nothing, "/tr:w-100,md-true/red.jpg": all}},
		{"copyright", "metadata copyright", map[string]kept{
			"/tr:w-100/red.jpg": credit, "/tr:w-100,f-png/red.jpg": credit, "/tr:w-100,f-webp/red.jpg": credit, "/tr:w-100,f-gif/red.jpg": credit,
			"/tr:w-100,md-true/red.jpg": all, "/tr:w-100,md-false/red.jpg": nothing, "/tr:w-100,md-true:md-false/red.jpg": nothing,
			"/tr:f-auto/red.jpg": credit, "/tr:w-100,cp-false/red.jpg": credit,
		}},
		{"keep", "metadata keep", map[string]kept{
			"/tr:w-100/red.jpg": all, "/tr:w-100,md-false/red.jpg": nothing, "/tr:w-100,cp-false/red.jpg": all,
			"/tr:w-100/missing.jpg": all,
			// The base image of a layer has none.
			"/tr:w-100,l-image,i-red.jpg,w-20,l-end/sub/a%20b.jpg": nothing,
			"/red.jpg": all, // the file as it is
		}},
	} {
		t.Run(site.name, func(t *testing.T) {
			s := serve(t, "images {\n origin fs ROOT\n default_image /red.jpg\n "+site.option+"\n}")
			path := filepath.Join(s.root, "red.jpg")
			file, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, photographed(file), 0o644); err != nil {
				t.Fatal(err)
			}
			etags := map[string]kept{}
			for url, want := range site.urls {
				a := s.get(t, url)
				a.wants(t, 200)
				got := kept{bytes.Contains(a.body, []byte("Ann Artist")), bytes.Contains(a.body, []byte("By the lake"))}
				if got != want {
					t.Errorf("%s keeps %+v, want %+v", url, got, want)
				}
				if other, ok := etags[a.Header.Get("Etag")]; ok && other != got {
					t.Errorf("%s has the entity tag of an image that keeps %+v", url, other)
				}
				etags[a.Header.Get("Etag")] = got
				s.get(t, url, "If-None-Match", a.Header.Get("Etag")).wants(t, 304)
			}
		})
	}
}

// Imagizer's strip is about metadata and the profile.
func TestMetadataOptionOfImagizer(t *testing.T) {
	s := serve(t, "images {\n dialect imagizer {\n  endpoint /img\n  post {\n   open\n  }\n }\n origin fs ROOT\n metadata copyright\n color_profile keep\n}")
	path := filepath.Join(s.root, "red.jpg")
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file = photographed(file)
	if err := os.WriteFile(path, file, 0o644); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string][2]bool{"width=100": {true, false}, "width=100&strip=true": {}, "width=100&strip=false": {true, true}} {
		for _, body := range [][]byte{s.get(t, "/img/red.jpg?"+query).body, s.sendForm(t, "/img?"+query, file).body} {
			if got := [2]bool{bytes.Contains(body, []byte("Ann Artist")), bytes.Contains(body, []byte("By the lake"))}; got != want {
				t.Errorf("%s keeps %v, want %v", query, got, want)
			}
		}
	}
}

// A site that keeps profiles serves what cp-true asks for, and one that says it keeps none
// leaves them out of what keeps the rest.
func TestColorProfileOption(t *testing.T) {
	for option, same := range map[string][][2]string{
		"":                                     {{"w-100", "w-100,cp-false"}, {"w-100,md-true", "w-100,md-true,cp-false"}},
		"color_profile strip":                  {{"w-100", "w-100,cp-false"}, {"w-100,md-true,cp-false", "w-100,md-true"}},
		"color_profile keep":                   {{"w-100", "w-100,cp-true"}, {"w-100,md-true", "w-100,md-true,cp-true"}},
		"metadata keep":                        {{"w-100", "w-100,md-true"}},
		"metadata copyright":                   {{"w-100", "w-100,cp-false"}},
		"metadata keep\n color_profile strip":  {{"w-100", "w-100,md-true,cp-false"}},
		"metadata strip\n color_profile strip": {{"w-100", "w-100,md-false,cp-false"}},
	} {
		s := serve(t, "images {\n origin fs ROOT\n "+option+"\n}")
		etag := func(tr string) string { return s.get(t, "/tr:"+tr+"/red.jpg").Header.Get("Etag") }
		for n, pair := range same {
			// Without an option, md-true keeps the profile, and cp-false leaves it out.
			want := option != "" || n == 0
			if got := etag(pair[0]) == etag(pair[1]); got != want {
				t.Errorf("%q: %s and %s are one image: %v, want %v", option, pair[0], pair[1], got, want)
			}
		}
		if etag("w-100,cp-true") == etag("w-100,cp-false") || etag("w-100,md-true") == etag("w-100,md-false") {
			t.Errorf("%q: what is kept makes no difference", option)
		}
	}
}
