package s3

import (
	"context"
	stderrors "errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// roleTimeout limits the search for a role: without one, a cloud's metadata
// address often swallows requests.
const roleTimeout = 3 * time.Second

// newCredentials returns nil for an anonymous origin.
func (o Origin) newCredentials() (*credentials.Credentials, error) {
	switch {
	case (o.AccessKey == "") != (o.SecretKey == ""):
		return nil, fmt.Errorf("access_key and secret_key need each other")
	case o.SessionToken != "" && o.AccessKey == "":
		return nil, fmt.Errorf("session_token needs access_key and secret_key")
	case o.Anonymous && o.AccessKey != "":
		return nil, fmt.Errorf("anonymous and access_key exclude each other")
	case o.Anonymous:
		return nil, nil
	case o.AccessKey != "":
		return credentials.NewStaticV4(o.AccessKey, o.SecretKey, o.SessionToken), nil
	}
	// The metadata server is local; a proxy cannot reach it.
	direct := &http.Client{Timeout: roleTimeout, Transport: &http.Transport{DialContext: new(net.Dialer).DialContext}}
	return credentials.NewChainCredentials([]credentials.Provider{
		&credentials.EnvAWS{},
		&credentials.FileAWSCredentials{},
		&credentials.IAM{Client: direct, Region: o.Region},
	}), nil
}

var errNoCredentials = stderrors.New("found neither in the environment nor in a credentials file nor by a role")

// keys returns the current credentials, renewed when they are about to
// expire.
func (o *Origin) keys(ctx context.Context) (credentials.Value, error) {
	keys, err := o.credentials.GetWithContext(&credentials.CredContext{Client: o.client, Context: ctx})
	if err == nil && keys.AccessKeyID == "" {
		err = errNoCredentials
	}
	if ctx.Err() != nil {
		return credentials.Value{}, origin.GivenUp(ctx)
	}
	if err != nil {
		return credentials.Value{}, errors.New(errors.AccessDenied, "No credentials for S3 were found").Because(err)
	}
	return keys, nil
}
