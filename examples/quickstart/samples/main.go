// Command samples makes the pictures that the quickstart shows. They are computed, not photographed, so that the
// repository needs no large files and nobody has to ask about their licence; the same program always makes the same bytes.
//
//	go run ./examples/quickstart/samples DIR
package main

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"log"
	"os"
	"path/filepath"
)

// samples are the files it makes. Every entry shows something that an image service has to get right.
var samples = []struct {
	name  string
	write func(io.Writer) error
}{
	{"lake.jpg", func(w io.Writer) error { return writeJPEG(w, lake(2400, 1600)) }},
	{"aurora.jpg", func(w io.Writer) error { return writeJPEG(w, aurora(2400, 1600)) }},
	{"spheres.jpg", func(w io.Writer) error { return writeJPEG(w, spheres(1500, 1000)) }},
	{"balloon.jpg", writeRotated},
	{"logo.png", func(w io.Writer) error { return writePNG(w, logo(800, 800)) }},
	{"chart.png", func(w io.Writer) error { return writePNG(w, chart(1600, 1000)) }},
	{"planet.gif", writePlanet},
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("samples: ")
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: samples DIR") }
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := makeAll(flag.Arg(0)); err != nil {
		log.Fatal(err)
	}
}

// makeAll writes every sample that dir does not have yet. A file appears under its name only when it is complete, so
// that an interrupted run is mended by the next one.
func makeAll(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, s := range samples {
		path := filepath.Join(dir, s.name)
		if _, err := os.Stat(path); err == nil {
			continue
		}
		var b bytes.Buffer
		if err := s.write(&b); err != nil {
			return fmt.Errorf("making %s: %w", s.name, err)
		}
		if err := os.WriteFile(path+".part", b.Bytes(), 0o644); err != nil {
			return err
		}
		if err := os.Rename(path+".part", path); err != nil {
			return err
		}
		fmt.Printf("made %s (%d kB)\n", path, b.Len()/1000)
	}
	return nil
}

func writeJPEG(w io.Writer, img image.Image) error {
	return jpeg.Encode(w, img, &jpeg.Options{Quality: 88})
}

func writePNG(w io.Writer, img image.Image) error {
	return png.Encode(w, img)
}

// writeRotated stores the balloon the way a phone held upright does: the pixels lie on their side, and EXIF says so.
func writeRotated(w io.Writer) error {
	var b bytes.Buffer
	if err := writeJPEG(&b, turnLeft(balloon(1400, 2100))); err != nil {
		return err
	}
	return withOrientation(w, b.Bytes(), 6)
}
