package images

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"

	"github.com/caddy-images/caddy-images/internal/cli"
	"github.com/caddy-images/caddy-images/internal/fromimagizer"
)

func init() {
	caddycmd.RegisterCommand(caddycmd.Command{
		Name:  "images",
		Short: "Helps with the images handler",
		CobraFunc: func(cmd *cobra.Command) {
			cmd.AddCommand(importCommand())
			cmd.AddCommand(cli.Commands()...)
			cmd.Args = cobra.NoArgs // else a word that is not a command would be ignored
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		},
	})
}

// importCommand returns `caddy images import-imagizer`.
func importCommand() *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use:   "import-imagizer [--address <address>] <config.json>",
		Short: "Turns the configuration of an Imagizer into a Caddyfile",
		Long: `
Reads the JSON of an Imagizer's configuration, as its admin API gives it (GET
/config), from a file, or from standard input where the file is -, and prints a
Caddyfile with its counterpart. Comments in it say what has none, what to do
instead, and where Imagizer's default was not taken over because it is open to the
world. What needs a look is told on standard error, too.

Keys and passwords are not copied.
`,
		Args:    cobra.ExactArgs(1),
		Example: "  $ caddy images import-imagizer --address img.example.com imagizer.json > Caddyfile",
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := readLimited(cmd.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			if strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || strings.ContainsRune("{}\"`#,", r) }) || address == "" {
				return fmt.Errorf("--address is %q; it takes the address of a site, such as img.example.com or :8080", address)
			}
			converted, warnings, err := fromimagizer.Convert(text, address, checkOption)
			if err != nil {
				return fmt.Errorf("%s: %w", cmp.Or(strings.TrimPrefix(args[0], "-"), "standard input"), err)
			}
			formatted := caddyfile.Format([]byte(converted))
			if err := loadable(formatted); err != nil {
				warnings = append(warnings, fmt.Sprintf("This Caddyfile cannot be loaded as it is: %v", err))
			}
			for _, w := range warnings {
				fmt.Fprintln(cmd.ErrOrStderr(), "warning:", w)
			}
			_, err = cmd.OutOrStdout().Write(formatted)
			return err
		},
	}
	cmd.Flags().StringVar(&address, "address", "img.example.com", "The address of the site")
	return cmd
}

// readLimited reads a file, or standard input for -.
func readLimited(stdin io.Reader, name string) ([]byte, error) {
	from := stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		from = file
	}
	return io.ReadAll(io.LimitReader(from, fromimagizer.MaxSize+1))
}

// loadable returns what is wrong with a Caddyfile that has one images
// handler. It starts nothing.
func loadable(text []byte) error {
	config, _, err := caddyconfig.GetAdapter("caddyfile").Adapt(text, nil)
	if err != nil {
		return err
	}
	var adapted any
	if err := json.Unmarshal(config, &adapted); err != nil {
		return err
	}
	found, err := json.Marshal(findImages(adapted))
	if err != nil {
		return err
	}
	h := new(Handler)
	if err := json.Unmarshal(found, h); err != nil {
		return err
	}
	ctx, cancel := caddy.NewContext(caddy.Context{Context: context.Background()})
	defer cancel()
	defer func() { _ = h.Cleanup() }()
	return h.Provision(ctx)
}

// findImages finds the images handler in a configuration.
func findImages(within any) any {
	switch v := within.(type) {
	case map[string]any:
		if v["handler"] == "images" {
			return v
		}
		for _, inner := range v {
			if found := findImages(inner); found != nil {
				return found
			}
		}
	case []any:
		for _, inner := range v {
			if found := findImages(inner); found != nil {
				return found
			}
		}
	}
	return nil
}

// checkOption returns an error if an option of the handler does not take a
// value.
func checkOption(option, value string) error {
	switch option {
	case "add_response_headers":
		_, err := parseAdded([]string{value})
		return err
	case "cache_control":
		return checkCacheControl(value)
	}
	return errors.New("there is no such option")
}
