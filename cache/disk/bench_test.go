package disk

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/zap"
)

// BenchmarkHit is opening an entry that was verified, up to where its body can be sent.
func BenchmarkHit(b *testing.B) {
	for _, size := range []int{20_000, 200_000} {
		b.Run(fmt.Sprintf("%dkB", size/1000), func(b *testing.B) {
			tier := openIn(b, b.TempDir(), 1<<30)
			for i := range 1000 {
				put(b, tier, keyOf(i, 1), size)
			}
			get := func(i int) {
				e, err := tier.Get(context.Background(), keyOf(i%1000, 1))
				if err != nil || e == nil {
					b.Fatal(e, err)
				}
				_ = e.Body.Close()
			}
			b.Run("first", func(b *testing.B) {
				for i := range b.N {
					tier.index.verified(keyOf(i%1000, 1), 0)
					get(i)
				}
			})
			b.Run("again", func(b *testing.B) {
				for i := range b.N {
					get(i)
				}
			})
			b.Run("open, stat and close alone", func(b *testing.B) {
				for i := range b.N {
					file, err := os.Open(tier.file(keyOf(i%1000, 1)))
					if err != nil {
						b.Fatal(err)
					}
					_, _ = file.Stat()
					_ = file.Close()
				}
			})
		})
	}
}

func BenchmarkPut(b *testing.B) {
	tier := openIn(b, b.TempDir(), 256<<20)
	body := content(keyOf(1, 1), 50_000)
	b.SetBytes(int64(len(body)))
	for i := range b.N {
		if err := tier.Put(context.Background(), keyOf(i, 1), []byte("meta"), body, 1); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCount is the start with 100,000 files, whose names are in the system's memory.
func BenchmarkCount(b *testing.B) {
	const n = 100_000
	path := b.TempDir()
	for i := range n {
		key := keyOf(i, i%10)
		folder := filepath.Join(path, folderName(key.Original))
		if i < 5000 {
			_ = os.Mkdir(folder, 0o700)
		}
		if err := os.WriteFile(filepath.Join(folder, fileName(key)), nil, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		tier, err := open(config{path: path, limit: 64 << 30, minFree: -1, log: zap.NewNop()})
		if err != nil {
			b.Fatal(err)
		}
		waitCounted(b, tier)
		if u := tier.Usage(); u.Entries != n {
			b.Fatalf("%d are counted", u.Entries)
		}
		closeTier(b, tier)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/file")
}
