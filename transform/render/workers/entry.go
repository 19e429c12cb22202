//go:build unix && cgo

package workers

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
	"github.com/caddy-images/caddy-images/transform/render/sandbox"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// drawing is how workers draw.
var drawing render.Draw = draw.Draw

// A worker is this executable started anew. It must be recognised here, since
// main belongs to Caddy and builds by xcaddy cannot change it. Go initialises
// packages by dependencies and then by name, so most of Caddy is not
// initialised yet and costs a worker nothing.
//
// Setting the variable and the name by hand gives a process that looks for
// its socket and exits.
func init() {
	if !isWorker() {
		return
	}
	w, err := begin(drawing, prepare, trim)
	if err == nil {
		err = w.work()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// prepare starts libvips and then gives up the rights: libvips loads its
// modules when it starts, the operator's fonts are scanned, and no image was
// seen yet.
func prepare(s settings) ready {
	greeting := ready{Version: draw.Version()}
	if err := vips.Startup(vips.Config{}); err != nil {
		greeting.Error = err.Error()
		return greeting
	}
	paths := sandbox.ReadPaths()
	if s.Fonts != "" {
		if err := vips.AddFonts(s.Fonts); err != nil {
			greeting.Error = err.Error()
			return greeting
		}
		paths = append(paths, s.Fonts)
	}
	if err := draw.ReserveFontFiles(); err != nil {
		greeting.Error = err.Error()
		return greeting
	}
	report, err := sandbox.Enter(sandbox.Config{Memory: s.MaxMemory, FileSize: draw.MaxFontSize, ReadPaths: paths})
	for _, p := range report.Protections {
		if p.Lacks != "" {
			greeting.Missing = append(greeting.Missing, p.Name+": "+p.Lacks)
		}
	}
	switch {
	case err != nil:
		greeting.Error = err.Error()
	case s.Strict && !report.Complete():
		greeting.Error = "isolation is strict, and this system lacks " + strings.Join(greeting.Missing, "; ")
	}
	return greeting
}

// trim returns free memory to the system: Go's, and that of the C allocator.
func trim() {
	debug.FreeOSMemory()
	vips.Trim()
}
