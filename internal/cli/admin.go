// Package cli has the subcommands of `caddy images` that ask a running Caddy.
package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"
)

// Commands returns the subcommands.
func Commands() []*cobra.Command {
	return []*cobra.Command{purgeCommand(), statsCommand(), warmCommand()}
}

// admin is Caddy's admin endpoint.
type admin struct{ address, config, adapter string }

// flags adds the flags that say where the endpoint is, as those of `caddy reload` do.
func (a *admin) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.address, "address", "", "The address of Caddy's admin endpoint, if it is not in the configuration")
	cmd.Flags().StringVarP(&a.config, "config", "c", "", "The configuration file that has the address")
	cmd.Flags().StringVarP(&a.adapter, "adapter", "a", "", "The adapter of the configuration file")
}

// mostAnswered limits the endpoint's answer.
const mostAnswered = 64 << 20

// ask sends a request to the endpoint, with body as JSON unless it is nil, and reads the
// answer into v.
func (a *admin) ask(method, path string, body, v any) error {
	address, err := caddycmd.DetermineAdminAPIAddress(a.address, nil, a.config, a.adapter)
	if err != nil {
		return fmt.Errorf("finding the admin endpoint: %w", err)
	}
	var sent io.Reader
	header := http.Header{}
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(text)
		header.Set("Content-Type", "application/json")
	}
	response, err := caddycmd.AdminAPIRequest(address, method, path, header, sent)
	if err != nil {
		return fmt.Errorf("asking the admin endpoint, which must be a running Caddy with this module: %w", err)
	}
	defer response.Body.Close()
	return json.NewDecoder(io.LimitReader(response.Body, mostAnswered)).Decode(v)
}
