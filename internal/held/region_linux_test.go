package held_test

import (
	"bytes"
	"io"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/caddy-images/caddy-images/internal/held"
)

const mega = 1 << 20

// mapping has room for 64 MiB of files.
func mapping() *held.Bodies { return held.New(256*mega, true).Bodies }

// meter returns the meter of a single file.
func meter(t *testing.T, b *held.Bodies) *held.Meter {
	t.Helper()
	claim := b.Claim(time.Second, true, files(10))
	if err := claim.Enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	return claim.Take(10)
}

// written returns a file of n bytes, written in pieces of this size, with room made for
// some of it at first, and its meter.
func written(t *testing.T, b *held.Bodies, n, room, piece int) ([]byte, *held.Meter) {
	t.Helper()
	m := meter(t, b)
	buffer := held.NewBuffer(held.WithMeter(t.Context(), m))
	if err := buffer.Grow(room); err != nil {
		t.Fatal(err)
	}
	for at := 0; at < n; at += piece {
		if _, err := buffer.Write(content(n)[at:min(at+piece, n)]); err != nil {
			t.Fatal(err)
		}
	}
	file, err := buffer.File()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file, content(n)) {
		t.Fatalf("a file of %d bytes has others", n)
	}
	return file, m
}

func content(n int) []byte { return contents[:n:n] }

var contents = func() []byte {
	all := make([]byte, 16*mega)
	for i := range all {
		all[i] = byte(i * 7 / 5)
	}
	return all
}()

// Large files are in memory with a descriptor, counted once; small ones are on the heap.
func TestRegions(t *testing.T) {
	for _, tt := range []struct {
		n, room, piece int
		mapped         bool
		counts         int64
	}{
		{8*mega - 1, 8*mega - 1, 8 * mega, false, 16*mega - 2},
		{8 * mega, 8 * mega, 8 * mega, true, 8 * mega},
		{9*mega + 5, 0, 100_000, true, 9*mega + 5},
		{9*mega + 5, 0, 3 * mega, true, 9*mega + 5},
		{7 * mega, 0, 100_000, true, 7 * mega}, // it might have become larger
		{100, 9 * mega, 100, true, 100},
	} {
		b := mapping()
		file, m := written(t, b, tt.n, tt.room, tt.piece)
		if _, ok := held.Descriptor(file); ok != tt.mapped {
			t.Errorf("%+v: it is mapped: %v", tt, ok)
		}
		body := m.Body(len(file))
		want(t, b, tt.counts, "whole")
		release := held.Keep(file, []byte("on the heap"), nil)
		body.Release()
		want(t, b, 0, "released")
		if !bytes.Equal(file, content(tt.n)) {
			t.Errorf("%+v: what is kept changed", tt)
		}
		release()
		release()
		if _, ok := held.Descriptor(file); ok {
			t.Errorf("%+v: it is still known", tt)
		}
		if tt.mapped && !bytes.Equal(file, make([]byte, tt.n)) {
			t.Errorf("%+v: its memory is still there", tt)
		}
	}
}

// The memory of a file cannot be changed by anybody who has its descriptor.
func TestRegionIsSealed(t *testing.T) {
	file, m := written(t, mapping(), 8*mega, 8*mega, 8*mega)
	defer m.Cancel()
	fd, _ := held.Descriptor(file)
	if n, err := unix.Pwrite(fd, []byte("x"), 0); err == nil {
		t.Errorf("%d bytes are written", n)
	}
	for _, size := range []int64{0, 9 * mega} {
		if unix.Ftruncate(fd, size) == nil {
			t.Errorf("its size becomes %d", size)
		}
	}
	if _, err := unix.Mmap(fd, 0, 8*mega, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err == nil {
		t.Error("it is mapped for writing")
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, 0); err == nil {
		t.Error("its seals can be changed")
	}
}

// Whatever happens to a file, its memory and its descriptor are given back.
func TestRegionsAreFreed(t *testing.T) {
	before := descriptors(t)
	b := mapping()
	unfinished := meter(t, b)
	buffer := held.NewBuffer(held.WithMeter(t.Context(), unfinished))
	if _, err := buffer.Write(content(9 * mega)); err != nil {
		t.Fatal(err)
	}
	unfinished.Cancel()
	dropped := meter(t, b)
	buffer = held.NewBuffer(held.WithMeter(t.Context(), dropped))
	if _, err := buffer.Write(content(9 * mega)); err != nil {
		t.Fatal(err)
	}
	buffer.Drop()
	want(t, b, 9*mega, "what is dropped is left to the next part of the file")
	dropped.Cancel()
	packed, both := written(t, b, 9*mega, 0, mega)
	buffer = held.NewBuffer(held.WithMeter(t.Context(), both))
	if _, err := buffer.Write(content(10 * mega)); err != nil {
		t.Fatal(err)
	}
	both.Drop(packed)
	both.Body(10 * mega).Release()
	want(t, b, 0, "in the end")
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors of memory, %d before", after, before)
	}
}

// descriptors returns how many memfds the process has.
func descriptors(t *testing.T) (n int) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && len(to) > 7 && to[:7] == "/memfd:" {
			if _, err := strconv.Atoi(e.Name()); err == nil {
				n++
			}
		}
	}
	return n
}

// Origins that may keep what they return have it on the heap, as has who keeps a file for
// longer than it is counted.
func TestOnHeap(t *testing.T) {
	m := meter(t, mapping())
	m.StayOnHeap()
	buffer := held.NewBuffer(held.WithMeter(t.Context(), m))
	if _, err := io.Copy(buffer, bytes.NewReader(content(9*mega))); err != nil {
		t.Fatal(err)
	}
	file, err := buffer.File()
	if _, ok := held.Descriptor(file); ok || err != nil {
		t.Errorf("it is in a region, %v", err)
	}
	m.Cancel()
	mapped, m := written(t, mapping(), 9*mega, 0, mega)
	kept := held.OnHeap(mapped)
	m.Cancel()
	if !bytes.Equal(kept, content(9*mega)) {
		t.Error("the copy is another file")
	}
	if small := []byte("small"); &held.OnHeap(small)[0] != &small[0] {
		t.Error("what is on the heap is copied")
	}
}

// Many at the same time.
func TestRegionsConcurrently(t *testing.T) {
	b := held.New(4<<30, true).Bodies
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 5 {
				file, m := written(t, b, 8*mega+i, 0, mega)
				body := m.Body(len(file))
				release := held.Keep(file)
				body.Release()
				if !bytes.Equal(file, content(8*mega+i)) {
					t.Error("it changed")
				}
				release()
			}
		})
	}
	all.Wait()
	want(t, b, 0, "in the end")
}
