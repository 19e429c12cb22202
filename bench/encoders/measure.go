//go:build cgo

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// result is the result of a setting for all images together.
type result struct {
	setting
	bytes       int
	cpu         time.Duration // of all threads, for a million pixels
	mean, worst float64       // of the images' distances
}

// judge measures settings.
type judge struct {
	tool   string
	long   time.Duration
	folder string

	// seen are distances by what was compared: settings that only compress
	// the same pixels differently are compared once.
	seen map[[2][32]byte]float64
}

func (j *judge) measure(s setting, pictures []picture) (result, error) {
	r := result{setting: s}
	pixels := 0
	for _, p := range pictures {
		body, cpu, err := j.encode(s, p)
		if err != nil {
			return r, fmt.Errorf("%s as %s: %w", p.name, s, err)
		}
		distance, err := j.distance(p, body)
		if err != nil {
			return r, fmt.Errorf("%s as %s: %w", p.name, s, err)
		}
		r.bytes += len(body)
		r.cpu += cpu
		pixels += p.pixels
		r.mean += distance / float64(len(pictures))
		r.worst = max(r.worst, distance)
	}
	r.cpu = time.Duration(float64(r.cpu) * 1e6 / float64(pixels))
	return r, nil
}

// encode encodes an image in memory. The minimum of several runs is closest
// to the time without other load.
func (j *judge) encode(s setting, p picture) (body []byte, least time.Duration, err error) {
	scope := vips.NewScope(context.Background())
	defer scope.Close()
	image, err := scope.NewImageFromBuffer(p.png, sniff.PNG, vips.LoadOptions{})
	if err != nil {
		return nil, 0, err
	}
	if image, err = image.CopyMemory(); err != nil {
		return nil, 0, err
	}
	begin := time.Now()
	for n := 0; n == 0 || n < 5 && time.Since(begin) < j.long; n++ {
		before := cpuTime()
		if body, err = s.export(image); err != nil {
			return nil, 0, err
		}
		if took := cpuTime() - before; n == 0 || took < least {
			least = took
		}
	}
	return body, least, nil
}

// cpuTime returns the processor time of all threads of this process. Unlike
// wall-clock time it counts all threads of an encoder, and no other
// program's.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// distance returns the distance of a file from its original image.
func (j *judge) distance(p picture, body []byte) (float64, error) {
	decoded, err := asPNG(body)
	if err != nil {
		return 0, err
	}
	if j.seen == nil {
		j.seen = map[[2][32]byte]float64{}
	}
	key := [2][32]byte{sha256.Sum256(p.png), sha256.Sum256(decoded)}
	if known, ok := j.seen[key]; ok {
		return known, nil
	}
	before, after := filepath.Join(j.folder, "before.png"), filepath.Join(j.folder, "after.png")
	if err := os.WriteFile(before, p.png, 0o600); err != nil {
		return 0, err
	}
	if err := os.WriteFile(after, decoded, 0o600); err != nil {
		return 0, err
	}
	var stderr bytes.Buffer
	command := exec.Command("nice", "-n", "19", j.tool, before, after)
	command.Stderr = &stderr
	printed, err := command.Output()
	if err != nil {
		return 0, fmt.Errorf("%s: %w: %s", j.tool, err, stderr.Bytes())
	}
	j.seen[key], err = number(string(printed))
	return j.seen[key], err
}

// number returns the first word that a tool prints.
func number(printed string) (float64, error) {
	words := strings.Fields(printed)
	if len(words) == 0 {
		return 0, fmt.Errorf("the tool printed nothing")
	}
	return strconv.ParseFloat(words[0], 64)
}

func asPNG(body []byte) ([]byte, error) {
	scope := vips.NewScope(context.Background())
	defer scope.Close()
	format, _ := sniff.Sniff(body)
	image, err := scope.NewImageFromBuffer(body, format, vips.LoadOptions{})
	if err != nil {
		return nil, err
	}
	if image.HasAlpha() {
		if image, err = image.Flatten([]float64{255, 255, 255}); err != nil {
			return nil, err
		}
	}
	return image.ExportPng(vips.PngOptions{Compression: 1})
}
