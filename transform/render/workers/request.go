//go:build unix

package workers

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/gob"
	stderrors "errors"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/transform/render"
)

// settings is the parent's first message.
type settings struct {
	Strict    bool
	MaxMemory int64
	Fonts     string // a directory; empty for none
	Window    int    // size of the memory that the worker inherits; 0 for none
}

// order is a message with a job.
type order struct {
	ID    uint64
	Job   render.Job // without its original and files
	Sizes []int      // of the original and of each file
	By    carrier    // how they are passed
}

// carrier is how the files of a job are passed to a worker.
type carrier uint8

const (
	bySocket carrier = iota // their bytes follow the frame, concatenated
	byWindow                // they are in the worker's window, concatenated
	byMemory                // a descriptor of the memory of each comes with the frame
)

// requests writes the messages to one worker.
type requests struct {
	conn   *net.UnixConn
	window []byte                         // shared with the worker; nil for none
	share  func([]byte) (*os.File, error) // see Pool

	// One gob stream lasts for the life of the worker, so types are described
	// once.
	text    bytes.Buffer
	encoder *gob.Encoder
	frame   []byte
}

func newRequests(conn *net.UnixConn, window []byte, share func([]byte) (*os.File, error)) *requests {
	r := &requests{conn: conn, window: window, share: share}
	r.encoder = gob.NewEncoder(&r.text)
	return r
}

func (r *requests) encode(kind frameKind, v any) error {
	r.text.Reset()
	if err := r.encoder.Encode(v); err != nil {
		return err
	}
	r.frame = appendHeader(r.frame[:0], kind, r.text.Len())
	r.frame = append(r.frame, r.text.Bytes()...)
	return nil
}

func (r *requests) settings(s settings) error {
	if err := r.encode(frameSettings, s); err != nil {
		return err
	}
	_, err := r.conn.Write(r.frame)
	return err
}

// job sends a job. It gives up when ctx is done; like after any other error,
// the worker is then unusable.
func (r *requests) job(ctx context.Context, id uint64, job render.Job) error {
	defer r.patience(ctx)()
	files := filesOf(job)
	o := order{ID: id, Job: job}
	o.Job.Original, o.Job.Files, o.Job.Source, o.Job.Key = nil, nil, render.Source{}, ""
	for _, file := range files {
		o.Sizes = append(o.Sizes, len(file))
	}
	var fds []int
	if total(o.Sizes) <= len(r.window) {
		at := r.window
		for _, file := range files {
			at = at[copy(at, file):]
		}
		o.By = byWindow
	} else if r.share != nil {
		descriptors, free, err := r.descriptors(files)
		defer free()
		if err == nil {
			fds, o.By = descriptors, byMemory
		}
	}
	if err := r.encode(frameJob, o); err != nil {
		return err
	}
	switch o.By {
	case byWindow:
		_, err := r.conn.Write(r.frame)
		return err
	case byMemory:
		return r.writeWith(fds)
	}
	all := append(net.Buffers{r.frame}, files...)
	_, err := all.WriteTo(r.conn)
	return err
}

// mostFiles limits the files of a job that are passed by descriptors: an original and
// its layers.
const mostFiles = 64

// descriptors returns a descriptor of sealed memory for each file that is not empty. They
// are valid until free is called.
func (r *requests) descriptors(files [][]byte) (fds []int, free func(), err error) {
	var copies []*os.File
	free = func() {
		for _, f := range copies {
			_ = f.Close()
		}
	}
	if len(files) > mostFiles {
		return nil, free, errManyFiles
	}
	for _, file := range files {
		if len(file) == 0 {
			continue
		}
		fd, ok := held.Descriptor(file)
		if !ok {
			memory, err := r.share(file)
			if err != nil {
				return nil, free, err
			}
			copies = append(copies, memory)
			fd = int(memory.Fd())
		}
		fds = append(fds, fd)
	}
	return fds, free, nil
}

var errManyFiles = stderrors.New("too many files for descriptors")

// writeWith writes the frame and passes descriptors with its first byte.
func (r *requests) writeWith(fds []int) error {
	n, _, err := r.conn.WriteMsgUnix(r.frame, syscall.UnixRights(fds...), nil)
	if err != nil {
		return err
	}
	_, err = r.conn.Write(r.frame[n:])
	return err
}

func (r *requests) cancel(id uint64) error {
	if err := r.conn.SetWriteDeadline(time.Now().Add(settleTime)); err != nil {
		return err
	}
	r.frame = binary.BigEndian.AppendUint64(appendHeader(r.frame[:0], frameCancel, idSize), id)
	_, err := r.conn.Write(r.frame)
	return err
}

// trim makes the worker return memory before its next job.
func (r *requests) trim() error {
	if err := r.conn.SetWriteDeadline(time.Now().Add(settleTime)); err != nil {
		return err
	}
	r.frame = appendHeader(r.frame[:0], frameTrim, 0)
	_, err := r.conn.Write(r.frame)
	return err
}

// patience makes writes fail when ctx is done. The returned function undoes
// that.
func (r *requests) patience(ctx context.Context) func() {
	_ = r.conn.SetWriteDeadline(time.Time{})
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		_ = r.conn.SetWriteDeadline(time.Unix(1, 0))
	})
	return func() {
		if !stop() {
			<-done
		}
	}
}
