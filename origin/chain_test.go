package origin_test

import (
	"context"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// fetchFunc is an origin made of a function.
type fetchFunc func(context.Context, origin.Request) (*origin.Source, error)

func (f fetchFunc) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	return f(ctx, req)
}

func holding(body string) origin.Origin {
	return fetchFunc(func(context.Context, origin.Request) (*origin.Source, error) {
		return &origin.Source{Body: []byte(body)}, nil
	})
}

func failing(kind errors.Kind, message string) origin.Origin {
	return fetchFunc(func(context.Context, origin.Request) (*origin.Source, error) {
		return nil, errors.New(kind, "%s", message)
	})
}

func TestChain(t *testing.T) {
	var (
		absent     = failing(errors.NotFound, "No file was found on S3 at the specified path")
		denied     = failing(errors.AccessDenied, "denied")
		deniedToo  = failing(errors.AccessDenied, "denied too")
		refused    = failing(errors.Refused, "refused")
		timeout    = failing(errors.OriginTimeout, "timeout")
		tooLarge   = failing(errors.Limit, "too large")
		clientGone = failing(errors.ClientClosed, "gone")
		picture    = holding("picture")
	)
	all := []errors.Kind{errors.AccessDenied, errors.Refused, errors.OriginTimeout}
	tests := []struct {
		name    string
		origins []origin.Origin
		goOn    []errors.Kind
		body    string
		kind    errors.Kind
		message string
	}{
		{"the first that has it", []origin.Origin{picture, holding("other")}, nil, "picture", 0, ""},
		{"not there goes on", []origin.Origin{absent, picture}, nil, "picture", 0, ""},
		{"a failure does not go on", []origin.Origin{denied, picture}, nil, "", errors.AccessDenied, "denied"},
		{"a failure that may go on", []origin.Origin{denied, picture}, all, "picture", 0, ""},
		{"too large was found", []origin.Origin{absent, tooLarge, picture}, all, "", errors.Limit, "too large"},
		{"the client went away", []origin.Origin{denied, clientGone, picture}, all, "", errors.ClientClosed, "gone"},
		{"one origin speaks for itself", []origin.Origin{absent}, nil, "", errors.NotFound, "No file was found on S3 at the specified path"},
		{"absent everywhere", []origin.Origin{absent, absent}, nil, "", errors.NotFound, "No file was found at any origin at the specified path"},
		{"none", nil, nil, "", errors.NotFound, "No file was found at any origin at the specified path"},
		{"EACCES before ENOENT", []origin.Origin{denied, absent}, all, "", errors.AccessDenied, "denied"},
		{"EACCES after ENOENT", []origin.Origin{absent, denied}, nil, "", errors.AccessDenied, "denied"},
		{"EACCES before ECONNREFUSED", []origin.Origin{denied, refused}, all, "", errors.AccessDenied, "denied"},
		{"EACCES after ETIMEDOUT", []origin.Origin{timeout, denied, absent}, all, "", errors.AccessDenied, "denied"},
		{"the first of equals", []origin.Origin{denied, deniedToo}, all, "", errors.AccessDenied, "denied"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			source, err := origin.Chain{Origins: tt.origins, GoOn: tt.goOn}.Fetch(t.Context(), origin.Request{MaxBytes: 1})
			if tt.body != "" {
				if err != nil || string(source.Body) != tt.body {
					t.Fatalf("got %v, %v, want %q", source, err, tt.body)
				}
				return
			}
			if got := errors.From(err); got == nil || got.Kind != tt.kind || got.Message != tt.message {
				t.Errorf("got %v, want %s - %s", err, tt.kind.Code(), tt.message)
			}
		})
	}
}

func TestParseGoOn(t *testing.T) {
	for name, want := range map[string]errors.Kind{
		"not_found": errors.NotFound, "access_denied": errors.AccessDenied, "bad_request": errors.BadOriginRequest,
		"failed": errors.Unidentified, "timeout": errors.OriginTimeout, "refused": errors.Refused, "unresolved": errors.Unresolved,
	} {
		if got, err := origin.ParseGoOn(name); err != nil || got != want {
			t.Errorf("ParseGoOn(%q) = %v, %v", name, got, err)
		}
	}
	_, err := origin.ParseGoOn("limit")
	if err == nil || !strings.Contains(err.Error(), `"limit" is not a failure of an origin; the names are not_found, access_denied,`) {
		t.Errorf("an unknown name gives %v", err)
	}
}
