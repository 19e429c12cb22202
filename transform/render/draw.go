package render

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/caddy-images/caddy-images/errors"
)

// Draw does one job. It stops early when ctx is done, if it can.
type Draw func(ctx context.Context, job Job) (*Result, error)

// Do does a job. It turns a panic, which would end the process, into an
// error, and the error of a stopped job into the reason for stopping.
func (d Draw) Do(ctx context.Context, job Job) (result *Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New(errors.Internal, "The image server failed").Because(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	result, err = d(ctx, job)
	if err != nil && ctx.Err() != nil {
		err = Stopped(ctx)
	}
	return result, err
}
