//go:build linux

// Command burst shows how much memory bursts of requests take: Caddy and its
// workers together, sampled ten times a second, while clients ask for more
// than the limit `memory` allows, and ten seconds later.
//
//	go run ./bench/burst -caddy bin/caddy
//	go run ./bench/burst -caddy bin/caddy -cgroup /sys/fs/cgroup/burst
//
// With -cgroup, a directory of a control group (version 1 or 2) that does not
// exist yet, the group's own count is printed beside, and with -limit it is the
// kernel that ends what takes more.
package main

import (
	"flag"
	"fmt"
	"os"
	"text/tabwriter"
	"time"
)

type options struct {
	caddy, cgroup, memory, only string
	limit                       int64
}

func main() {
	var o options
	flag.StringVar(&o.caddy, "caddy", "bin/caddy", "the program to measure")
	flag.StringVar(&o.memory, "memory", "512MiB", "the option memory")
	flag.StringVar(&o.cgroup, "cgroup", "", "directory of a control group to make")
	flag.Int64Var(&o.limit, "limit", 0, "limit of the control group in MiB; 0 for none")
	flag.StringVar(&o.only, "only", "", "name of the only burst to measure")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "burst:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	from, err := startOrigin()
	if err != nil {
		return err
	}
	defer from.close()
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer table.Flush()
	fmt.Fprintln(table, "burst\tidle MiB\tpeak above\t10 s later\tgroup's peak\tgroup later\tresponses\tlongest")
	for _, b := range bursts {
		if o.only != "" && o.only != b.name {
			continue
		}
		if err := measure(o, b, from, table); err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
	}
	return nil
}

func measure(o options, b burst, from *originServer, table *tabwriter.Writer) error {
	s, err := startCaddy(o, from.url)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.warmUp(); err != nil {
		return err
	}
	idle := s.sample()
	group := s.group.used()
	watch := s.watch()
	said := b.run(s.url)
	peak := watch()
	if s.hasEnded() {
		return fmt.Errorf("caddy has ended, see %s", s.log)
	}
	time.Sleep(10 * time.Second)
	later := s.sample()
	fmt.Fprintf(table, "%s\t%d\t%+d\t%+d\t%+d\t%+d\t%s\t%.1f s\n", b.name, mebi(idle), mebi(peak.process-idle), mebi(later-idle),
		mebi(peak.group-group), mebi(s.group.used()-group), said.statuses(), said.longest.Seconds())
	return nil
}

func mebi(bytes int64) int64 { return bytes >> 20 }
