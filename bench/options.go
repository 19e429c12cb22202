//go:build linux && cgo

package main

import (
	"flag"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// options are the command-line options.
type options struct {
	caddy   string
	dir     string
	folder  string
	only    *regexp.Regexp
	without []string
	clients []int
	time    time.Duration
	rounds  int
	memory  string
	budget  int64 // memory, in bytes
	quick   bool

	processors int
}

func parseOptions(args []string) (o options, err error) {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.StringVar(&o.caddy, "caddy", "bin/caddy", "the `program` to measure")
	f.StringVar(&o.dir, "dir", "bin/bench-files", "where the corpus and the servers' files go")
	f.StringVar(&o.folder, "folder", "", "a `folder` of pictures of your own, to be measured too")
	only := f.String("only", "", "measure only jobs whose name matches this regular `expression`; hits of the cache are called hits")
	without := f.String("without", "", "contenders to leave out, with commas between: vips_thumbnail,isolation off,sharp,nginx")
	clients := f.String("clients", "1,2,8,32", "how many clients ask at a time, in ascending order")
	f.DurationVar(&o.time, "time", time.Second, "how long each round of each measurement takes at least")
	f.IntVar(&o.rounds, "rounds", 4, "in how many rounds the contenders take turns")
	f.StringVar(&o.memory, "memory", "512MiB", "the handler's memory option")
	f.BoolVar(&o.quick, "quick", false, "small pictures and few requests, to see whether it works")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument: %s", f.Arg(0))
	}
	if o.quick {
		o.time, o.rounds, *clients = 20*time.Millisecond, 1, "1,2"
	}
	if o.only, err = regexp.Compile(*only); err != nil {
		return o, err
	}
	budget, err := humanize.ParseBytes(o.memory)
	if err != nil {
		return o, fmt.Errorf("-memory: %w", err)
	}
	o.budget, o.processors = int64(budget), runtime.GOMAXPROCS(0)
	o.without = strings.Split(*without, ",")
	for field := range strings.SplitSeq(*clients, ",") {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 {
			return o, fmt.Errorf("-clients: %q is not a number of clients", field)
		}
		o.clients = append(o.clients, n)
	}
	if !slices.IsSorted(o.clients) || o.rounds < 1 {
		return o, fmt.Errorf("-clients are to ascend, and -rounds to be 1 or more")
	}
	return o, nil
}

// alone, busy and crowd are the numbers of clients in the tables: the fewest;
// about four per processor, so that none is ever idle; and the most.
func (o options) alone() int { return o.clients[0] }
func (o options) crowd() int { return o.clients[len(o.clients)-1] }
func (o options) busy() int {
	for _, n := range o.clients {
		if n >= 4*o.processors {
			return n
		}
	}
	return o.crowd()
}

func (o options) wants(contender string) bool { return !slices.Contains(o.without, contender) }
