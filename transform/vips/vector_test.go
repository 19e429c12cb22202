//go:build cgo

package vips

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// Images whose programs are freed on several threads at once do not corrupt the
// list of code that Orc keeps: see orc.c. TestConcurrencyManyTimes of package draw
// does the same with whole jobs.
func TestOrcIsOneAtATime(t *testing.T) {
	const threads, rounds, images = 8, 2, 10
	before := orcCalls()
	for range rounds {
		scopes := make([]*Scope, threads)
		together := func(do func(n int)) {
			var group sync.WaitGroup
			for n := range threads {
				group.Go(func() { do(n) })
			}
			group.Wait()
		}
		together(func(n int) {
			scopes[n] = NewScope(context.Background())
			for range images {
				picture, err := scopes[n].NewSolid(4, 16, 1, 2, 3)
				if err == nil {
					_, err = picture.Resize(1, 0.7, KernelLinear) // compiles, and computes nothing yet
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
		together(func(n int) { scopes[n].Close() })
	}
	calls := orcCalls() - before
	if compilesWithOrc := Vectors() && strings.HasPrefix(Version(), "8.14."); compilesWithOrc && calls < 2*threads*rounds*images {
		t.Errorf("Orc compiled and freed %d times under the lock", calls)
	}
}

// Variables of the environment, which workers do not get, change no byte.
func TestVectorsWhateverTheEnvironment(t *testing.T) {
	const variable = "VIPS_TEST_VECTORS"
	reduce := func() []byte {
		s := newScope(t)
		noise := must[*Image](t)(must[*Image](t)(s.image("gaussnoise", args{"width": 64, "height": 64, "mean": 128.0, "sigma": 40.0, "seed": 1})).Cast(BandFormatUchar))
		small := must[*Image](t)(noise.Resize(0.4, 0.4, KernelLanczos3))
		return must[[]byte](t)(must[*Image](t)(small.GaussBlur(2)).ExportPng(PngOptions{}))
	}
	if os.Getenv(variable) != "" {
		_, _ = os.Stdout.Write(reduce())
		os.Exit(0)
	}
	want := reduce()
	for _, setting := range []string{"VIPS_NOVECTOR=1", "IM_NOVECTOR=1", "VIPS_VECTOR=-1"} {
		child := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		child.Env = append(os.Environ(), variable+"=1", setting)
		got, err := child.Output()
		if err != nil {
			t.Fatalf("%s: %v", setting, err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s changes the bytes of a result", setting)
		}
	}
}
