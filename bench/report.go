//go:build linux && cgo

package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
)

// report has all results of a run.
type report struct {
	options    options
	machine    []string
	skipped    []string
	contenders []string
	jobs       []job
	all        measurements
	qualities  map[string]map[string]quality // by job and contender
}

func (r report) print(to io.Writer) {
	r.contenders = slices.DeleteFunc(slices.Clone(r.contenders), func(c string) bool { return !r.did(c) })
	for _, line := range r.machine {
		fmt.Fprintf(to, "* %s\n", line)
	}
	for _, line := range r.skipped {
		fmt.Fprintf(to, "* %s\n", line)
	}
	fmt.Fprintf(to, "\n### Requests per second, %d clients\n\nIn brackets, the part of what libvips alone does.\n\n", r.options.busy())
	r.throughput().print(to)
	fmt.Fprintf(to, "### Time of an answer in ms, p50 / p99\n\n")
	r.times().print(to)
	fmt.Fprintf(to, "### Processor time of a request in ms, %d clients\n\n", r.options.busy())
	r.grid(func(m measurement) string { return milliseconds(m.each()) }, r.options.busy()).print(to)
	fmt.Fprintf(to, "### Peak resident size of all processes in MiB, %d clients\n\n", r.options.crowd())
	r.grid(func(m measurement) string { return megabytes(m.peak) }, r.options.crowd()).print(to)
	fmt.Fprintf(to, "### Quality: PSNR in dB against a careful resize, and bytes\n\n")
	r.quality().print(to)
	printTargets(to, targets(r.jobs, r.all, r.options))
	fmt.Fprintf(to, "### Everything\n\n")
	r.everything().print(to)
}

// did reports whether the contender did any of the jobs.
func (r report) did(contender string) bool {
	for k := range r.all {
		if k.contender == contender {
			return true
		}
	}
	return false
}

// grid has a row for each job and a column for each contender.
func (r report) grid(cell func(measurement) string, clients int) table {
	t := table{append([]string{"Job"}, r.contenders...)}
	for _, j := range r.jobs {
		row := []string{j.Name}
		for _, c := range r.contenders {
			m, ok := r.all[key{j.Name, c, clients}]
			if !ok {
				row = append(row, "–")
				continue
			}
			row = append(row, cell(m))
		}
		t.row(row...)
	}
	return t
}

func (r report) throughput() table {
	t := table{append([]string{"Job"}, r.contenders...)}
	for _, j := range r.jobs {
		row := []string{j.Name}
		limit := r.all[key{j.Name, nameLibvips, r.options.busy()}].Rate()
		for _, c := range r.contenders {
			m, ok := r.all[key{j.Name, c, r.options.busy()}]
			switch {
			case !ok:
				row = append(row, "–")
			case c == nameLibvips:
				row = append(row, number(m.Rate()))
			default:
				row = append(row, number(m.Rate())+" ("+ratio(m.Rate(), limit)+")")
			}
		}
		t.row(row...)
	}
	return t
}

// times returns the times of a single client, and of all at once.
func (r report) times() table {
	t := table{append([]string{"Job", "Clients"}, r.contenders...)}
	for _, j := range r.jobs {
		for _, clients := range []int{r.options.alone(), r.options.crowd()} {
			row := []string{j.Name, strconv.Itoa(clients)}
			for _, c := range r.contenders {
				m, ok := r.all[key{j.Name, c, clients}]
				if !ok {
					row = append(row, "–")
					continue
				}
				row = append(row, milliseconds(m.Percentile(.5))+" / "+milliseconds(m.Percentile(.99)))
			}
			t.row(row...)
		}
	}
	return t
}

func (r report) quality() table {
	t := table{append([]string{"Job"}, r.contenders...)}
	for _, j := range r.jobs {
		if !j.isResize() {
			continue
		}
		row := []string{j.Name}
		for _, c := range r.contenders {
			q, ok := r.qualities[j.Name][c]
			if !ok || q.psnr < 0 {
				row = append(row, "–")
				continue
			}
			row = append(row, fmt.Sprintf("%.1f, %d", q.psnr, q.bytes))
		}
		t.row(row...)
	}
	return t
}

func printTargets(to io.Writer, all []target) {
	fmt.Fprintf(to, "### Targets\n\n")
	t := table{{"Target", "Measured", ""}}
	for _, target := range all {
		verdict := "reached"
		if !target.reached {
			verdict = "**missed**"
		}
		t.row(target.what, target.got, verdict)
	}
	t.print(to)
}

func (r report) everything() table {
	t := table{{"Job", "By", "Clients", "Requests", "Requests/s", "of libvips", "p50 ms", "p99 ms", "CPU ms", "CPU %", "Peak MiB"}}
	for _, j := range r.jobs {
		for _, clients := range r.options.clients {
			limit := r.all[key{j.Name, nameLibvips, clients}].Rate()
			for _, c := range r.contenders {
				m, ok := r.all[key{j.Name, c, clients}]
				if !ok {
					continue
				}
				t.row(j.Name, c, strconv.Itoa(clients), strconv.Itoa(len(m.Times)), number(m.Rate()), ratio(m.Rate(), limit),
					milliseconds(m.Percentile(.5)), milliseconds(m.Percentile(.99)), milliseconds(m.each()),
					fmt.Sprintf("%.0f", 100*m.cpu.Seconds()/m.Elapsed.Seconds()), megabytes(m.peak))
			}
		}
	}
	return t
}
