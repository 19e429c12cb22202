package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"golang.org/x/term"
)

// warmCommand returns `caddy images warm`.
func warmCommand() *cobra.Command {
	var w warming
	cmd := &cobra.Command{
		Use:   "warm [--base <url>] [--transformations <file>] [--concurrency <n>] [--accept <types>] <file|->",
		Short: "Requests images so that they are in the cache",
		Long: `
Reads URLs of images, one a line, from a file or from standard input where the file is -,
and requests each. A line may be a path below --base instead. Empty lines and lines that
begin with # are left out.

With --transformations every line is an original, and is requested once for each line of
that file, in which {} stands for the path of the original:

  /tr:w-300{}
  {}?tr=w-300

Prints what failed, and ends with an error if something did. What is kept depends on the
format too: --accept is the Accept of the requests.
`,
		Example: "  $ caddy images warm --base https://img.example.com --transformations widths.txt uploaded.txt",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			return w.run(ctx, cmd, args[0])
		},
	}
	cmd.Flags().StringVar(&w.base, "base", "", "The URL that paths are below")
	cmd.Flags().StringVar(&w.transformations, "transformations", "", "A file with what to request of each original")
	cmd.Flags().IntVar(&w.concurrency, "concurrency", 4, "How many requests are sent at a time, 1 to 256")
	cmd.Flags().StringVar(&w.accept, "accept", "image/avif,image/webp,*/*", "The header Accept")
	cmd.Flags().DurationVar(&w.timeout, "timeout", 2*time.Minute, "The time for one request")
	return cmd
}

// warming is one run of the command.
type warming struct {
	base, transformations, accept string
	concurrency                   int
	timeout                       time.Duration

	mu             sync.Mutex // guards the following, and what is printed
	done, failed   int
	errors, screen io.Writer // screen is nil if there is no terminal
}

// longestLine limits the lines of the files.
const longestLine = 64 << 10

func (w *warming) run(ctx context.Context, cmd *cobra.Command, name string) error {
	if w.concurrency < 1 || w.concurrency > 256 {
		return fmt.Errorf("--concurrency is %d; it takes 1 to 256", w.concurrency)
	}
	if w.base != "" {
		if u, err := url.Parse(w.base); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" {
			return fmt.Errorf("--base is %q; it takes a URL such as https://img.example.com", w.base)
		}
	}
	forms := []string{"{}"}
	if w.transformations != "" {
		var err error
		if forms, err = lines(cmd.InOrStdin(), w.transformations); err != nil {
			return err
		}
		for _, form := range forms {
			if strings.Count(form, "{}") != 1 {
				return fmt.Errorf("%s: %q has no {}, or more than one; it stands for the path of the original, as in /tr:w-300{}", w.transformations, form)
			}
		}
	}
	names, err := lines(cmd.InOrStdin(), name)
	if err != nil {
		return err
	}
	var urls []string
	for _, line := range names {
		for _, form := range forms {
			u, err := w.url(line, form)
			if err != nil {
				return err
			}
			urls = append(urls, u)
		}
	}
	w.errors = cmd.ErrOrStderr()
	if file, ok := w.errors.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		w.screen = file
	}
	return w.request(ctx, cmd.OutOrStdout(), urls)
}

// lines returns the lines of a file that say something; of standard input for -.
func lines(stdin io.Reader, name string) (all []string, err error) {
	from := stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		from = file
	}
	scanner := bufio.NewScanner(from)
	scanner.Buffer(nil, longestLine)
	for scanner.Scan() {
		if line := strings.TrimSpace(scanner.Text()); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: there are no lines", name)
	}
	return all, nil
}

// url returns the URL of an image: a line in a form.
func (w *warming) url(line, form string) (string, error) {
	base, path := w.base, line
	if strings.HasPrefix(line, "http://") || strings.HasPrefix(line, "https://") {
		at := strings.Index(line, "://") + 3
		end := strings.IndexByte(line[at:], '/')
		if end < 0 {
			return "", fmt.Errorf("%q has no path", line)
		}
		base, path = line[:at+end], line[at+end:]
	}
	if base == "" {
		return "", fmt.Errorf("%q is no URL; for paths give the site as --base", line)
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	whole := strings.TrimSuffix(base, "/") + strings.Replace(form, "{}", path, 1)
	if _, err := url.Parse(whole); err != nil {
		return "", fmt.Errorf("%q is no URL", whole)
	}
	return whole, nil
}

// request requests all URLs.
func (w *warming) request(ctx context.Context, out io.Writer, urls []string) error {
	client := &http.Client{Timeout: w.timeout, Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: w.concurrency, ForceAttemptHTTP2: true,
	}}
	defer client.CloseIdleConnections()
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(w.concurrency)
	for _, u := range urls {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			err := w.get(ctx, client, u)
			w.note(u, err, len(urls))
			return ctx.Err()
		})
	}
	err := group.Wait()
	if w.screen != nil {
		fmt.Fprintln(w.screen)
	}
	fmt.Fprintf(out, "%s requested in %s, %d failed.\n", count(w.done, "image"), time.Since(began).Round(100*time.Millisecond), w.failed)
	switch {
	case err != nil:
		return fmt.Errorf("interrupted: %w", err)
	case w.failed > 0:
		return fmt.Errorf("%s failed", count(w.failed, "request"))
	}
	return nil
}

// get requests one image.
func (w *warming) get(ctx context.Context, client *http.Client, u string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", w.accept)
	response, err := client.Do(r)
	if err != nil {
		if inner, ok := errors.AsType[*url.Error](err); ok {
			err = inner.Err // the URL is printed anyway
		}
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return fmt.Errorf("the image is cut off: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		if said := response.Header.Get("Ik-Error"); said != "" {
			return fmt.Errorf("%d %s", response.StatusCode, said)
		}
		return errors.New(response.Status)
	}
	return nil
}

// barWidth is that of the progress bar, in characters.
const barWidth = 30

// note counts a request, prints its failure, and moves the progress bar.
func (w *warming) note(u string, err error, all int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done++
	if err != nil {
		w.failed++
		if w.screen != nil {
			fmt.Fprint(w.screen, "\r\x1b[K")
		}
		fmt.Fprintf(w.errors, "%s: %v\n", u, err)
	}
	if w.screen != nil {
		full := barWidth * w.done / all
		fmt.Fprintf(w.screen, "\r[%s%s] %d of %d", strings.Repeat("#", full), strings.Repeat(" ", barWidth-full), w.done, all)
	}
}
