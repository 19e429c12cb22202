package cli

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"
)

// statistics is what `caddy images stats` prints of GET /images/stats.
type statistics struct {
	Uptime   float64 `json:"uptime_seconds"`
	Libvips  string
	Handlers int
	Caches   []struct {
		Tiers []struct {
			Name                 string
			Entries, Evictions   int64
			Bytes, Limit, Broken int64
			Failing              bool
		}
		Waiting int
		Dropped int64
	}
	Engines []struct {
		Isolation string
		Workers   int
		Memory    int64
		Version   string
		Refused   int
		Processes []struct {
			PID, Jobs int
			Busy      bool
			Resident  int64
		}
	}
	Queues []struct {
		Running, Waiting int
		Admitted         int64
		Bodies, Results  struct {
			Bytes, Limit int64
			Waiting      int
		}
	}
}

// statsCommand returns `caddy images stats`.
func statsCommand() *cobra.Command {
	var a admin
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Prints what the running Caddy keeps and renders",
		Long: `
Prints the tiers of the caches, the workers, and what requests hold and wait for. The
same as JSON, with all metrics: GET /images/stats at Caddy's admin endpoint.
`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var s statistics
			if err := a.ask(http.MethodGet, "/images/stats", nil, &s); err != nil {
				return err
			}
			return s.print(cmd.OutOrStdout())
		},
	}
	a.flags(cmd)
	return cmd
}

func (s statistics) print(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(format string, args ...any) { fmt.Fprintf(table, format+"\n", args...) }
	up := (time.Duration(s.Uptime) * time.Second).String()
	row("%s, up %s, libvips %s", count(s.Handlers, "handler"), up, cmp.Or(s.Libvips, "unknown"))
	for _, c := range s.Caches {
		row("\nCache\tentries\tbytes\tlimit\tevicted\tbroken\t")
		for _, t := range c.Tiers {
			limit, state := "none", ""
			if t.Limit > 0 {
				limit = size(t.Limit)
			}
			if t.Failing {
				state = "failing"
			}
			row("%s\t%d\t%s\t%s\t%d\t%d\t%s", t.Name, t.Entries, size(t.Bytes), limit, t.Evictions, t.Broken, state)
		}
		if c.Waiting > 0 || c.Dropped > 0 {
			row("%d entries wait to be written, %d were dropped", c.Waiting, c.Dropped)
		}
	}
	for _, e := range s.Engines {
		row("\nEngine\tworkers\tmemory\tversion\trefused\t")
		row("%s\t%d\t%s\t%s\t%d\t", e.Isolation, e.Workers, size(e.Memory), e.Version, e.Refused)
		for _, p := range e.Processes {
			state := "idle"
			if p.Busy {
				state = "busy"
			}
			row("worker %d\t%s\t%s\t%s\t\t", p.PID, state, size(p.Resident), count(p.Jobs, "job"))
		}
	}
	for _, q := range s.Queues {
		row("\nMemory\tin use\tlimit\twaiting\t")
		row("files\t%s\t%s\t%d\t", size(q.Bodies.Bytes), size(q.Bodies.Limit), q.Bodies.Waiting)
		row("renders (%d)\t%s\t\t%d\t", q.Running, size(q.Admitted), q.Waiting)
		row("results\t%s\t%s\t%d\t", size(q.Results.Bytes), size(q.Results.Limit), q.Results.Waiting)
	}
	return table.Flush()
}

func size(bytes int64) string { return humanize.IBytes(uint64(max(bytes, 0))) }
