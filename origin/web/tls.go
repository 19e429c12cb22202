package web

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/origin/internal/option"
)

// TLS configures trust in web servers. It holds for every server connected
// to, even after a redirect.
type TLS struct {
	// Files with PEM certificates of the trusted authorities, instead of the
	// system's. Placeholders are replaced when the configuration is loaded.
	CAFiles []string `json:"ca_files,omitempty"`

	// The name in the certificate, if it is not the host of the URL.
	// Placeholders are replaced when the configuration is loaded.
	ServerName string `json:"server_name,omitempty"`

	// Whether to accept any certificate. For experiments only: an attacker in
	// the network can then replace every image. Default: `false`
	InsecureSkipVerify bool `json:"insecure_skip_verify,omitempty"`
}

// config returns nil, Go's default, for a nil TLS.
func (t *TLS) config(repl *caddy.Replacer) (*tls.Config, error) {
	if t == nil {
		return nil, nil
	}
	serverName, err := option.Replace(repl, "server_name", t.ServerName)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		ServerName:         serverName,
		InsecureSkipVerify: t.InsecureSkipVerify, // explicitly configured
		MinVersion:         tls.VersionTLS12,
	}
	for _, file := range t.CAFiles {
		if config.RootCAs == nil {
			config.RootCAs = x509.NewCertPool()
		}
		file, err := option.Replace(repl, "ca", file)
		if err != nil {
			return nil, err
		}
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("ca: %w", err)
		}
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca: %s has no PEM certificate", file)
		}
	}
	return config, nil
}
