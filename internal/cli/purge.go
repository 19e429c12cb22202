package cli

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"
)

// purgeCommand returns `caddy images purge`.
func purgeCommand() *cobra.Command {
	var a admin
	var asked struct {
		URLs  []string `json:"urls,omitempty"`
		Paths []string `json:"paths,omitempty"`
		Tags  []string `json:"tags,omitempty"`
		All   bool     `json:"all,omitempty"`
		Soft  bool     `json:"soft,omitempty"`
	}
	cmd := &cobra.Command{
		Use:   "purge [--soft] [--tag <tag>]... [--all] [<url|path|prefix*>...]",
		Short: "Purges images from the cache of the running Caddy",
		Long: `
Purges originals and all of their variants from every tier of the cache. What to purge
is named by the URLs of images, in any form, by paths of originals (/lake.jpg), by
prefixes of those with a * at the end ('/lakes/*'), or by tags that origins gave. What
was fetched or rendered before is not used any more when the command returns.

With --soft it may be used once more while its origin is asked.
`,
		Example: `  $ caddy images purge https://img.example.com/tr:w-300/lake.jpg
  $ caddy images purge --soft '/lakes/*'
  $ caddy images purge --tag lakes`,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, arg := range args {
				if strings.HasPrefix(arg, "http://") || strings.HasPrefix(arg, "https://") {
					asked.URLs = append(asked.URLs, arg)
				} else {
					asked.Paths = append(asked.Paths, arg)
				}
			}
			if !asked.All && len(args)+len(asked.Tags) == 0 {
				return errors.New("there is nothing to purge; name URLs, paths or tags, or use --all")
			}
			var purged struct{ Originals, Variants, Fetches, Renders, Refused int }
			if err := a.ask(http.MethodPost, "/images/cache", asked, &purged); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "Purged %s and %s in memory; %s in flight will not be shared.\n",
				count(purged.Originals, "original"), count(purged.Variants, "variant"), count(purged.Fetches+purged.Renders, "fetch or render", "fetches and renders"))
			return nil
		},
	}
	a.flags(cmd)
	cmd.Flags().StringArrayVar(&asked.Tags, "tag", nil, "Purge the originals with this tag; repeatable")
	cmd.Flags().BoolVar(&asked.All, "all", false, "Purge everything")
	cmd.Flags().BoolVar(&asked.Soft, "soft", false, "Use what is purged once more while its origin is asked")
	return cmd
}

// count returns a number with a word, in the plural unless it is one.
func count(n int, one string, many ...string) string {
	switch {
	case n == 1:
		return "1 " + one
	case len(many) > 0:
		return fmt.Sprintf("%d %s", n, many[0])
	}
	return fmt.Sprintf("%d %ss", n, one)
}
