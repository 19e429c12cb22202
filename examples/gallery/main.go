// Command gallery makes a page that shows every parameter of both dialects: for each example of
// docs/reference/imagekit.md and docs/reference/imagizer.md the picture that a running Caddy makes of it, with its URL underneath.
//
//	go run ./examples/gallery -caddy bin/caddy -pictures DIR -out DIR [-photos DIR]
//
// pictures is a folder with the quickstart's samples, photos one with pictures of your own: each example is then made of
// up to three of these too.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gallery: ")
	var g gallery
	flag.StringVar(&g.caddy, "caddy", "bin/caddy", "the Caddy to ask")
	flag.StringVar(&g.docs, "docs", "docs/reference", "the folder of the pages that have the examples")
	flag.StringVar(&g.pictures, "pictures", "examples/quickstart/photos", "the folder of the quickstart's samples")
	flag.StringVar(&g.photos, "photos", "", "a folder of pictures of your own")
	flag.StringVar(&g.out, "out", "bin/gallery", "the folder that the page is written to")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	shown, failed, err := g.make(ctx)
	if err != nil {
		log.Fatal(err)
	}
	page, err := filepath.Abs(filepath.Join(g.out, "index.html"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d pictures, %d of them refused: file://%s\n", shown, failed, page)
	if failed > 0 {
		stop()
		os.Exit(1)
	}
}
