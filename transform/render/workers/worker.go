//go:build unix

package workers

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/gob"
	stderrors "errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/render"
)

// The inherited descriptors.
const (
	socketFD = 3
	windowFD = 4 // if settings say so
)

// isWorker reports whether this process was started as a worker.
func isWorker() bool { return os.Getenv(marker) != "" && os.Args[0] == Name }

// worker is the child's side.
type worker struct {
	conn    *net.UnixConn
	draw    render.Draw
	trim    func() // returns free memory
	window  []byte // holds small files
	text    bytes.Buffer
	decoder *gob.Decoder

	mu     sync.Mutex
	atWork uint64 // the current or next job
	cancel context.CancelFunc
}

// request is a fully received order.
type request struct {
	ctx  context.Context
	id   uint64
	job  render.Job
	free func() // releases the files

	trim bool // only return memory
}

// begin runs the worker's program up to its first job: prepare starts the
// library and gives up the rights.
func begin(draw render.Draw, prepare func(settings) ready, trim func()) (*worker, error) {
	if err := disown(); err != nil {
		return nil, err
	}
	// Stopping Caddy often signals the whole process group, while Caddy
	// finishes its requests. A worker ends with its socket. And a SIGQUIT
	// would look like a crash caused by the image.
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	conn, err := connOf(os.NewFile(socketFD, "socket"))
	if err != nil {
		return nil, fmt.Errorf("a worker of Caddy's images handler cannot be started by hand: %w", err)
	}
	w := &worker{conn: conn, draw: draw, trim: trim}
	w.decoder = gob.NewDecoder(&w.text)
	var s settings
	kind, _, err := w.receive(&s)
	if err == nil && kind != frameSettings {
		err = fmt.Errorf("a frame of kind %d instead of settings", kind)
	}
	if err != nil {
		return nil, err
	}
	if s.Window > 0 {
		if w.window, _, err = mapMemory(windowFD, s.Window); err != nil {
			return nil, err
		}
		_ = syscall.Close(windowFD)
	}
	greeting := prepare(s)
	frame, err := appendText(nil, frameReady, greeting)
	if err == nil {
		_, err = conn.Write(frame)
	}
	if greeting.Error != "" {
		err = fmt.Errorf("not ready: %s", greeting.Error)
	}
	return w, err
}

// work draws until the parent is gone or closes the socket.
func (w *worker) work() error {
	requests := make(chan request)
	go func() {
		if err := w.listen(requests); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}()
	for r := range requests {
		if r.trim {
			w.trim()
			continue
		}
		if err := w.do(r); err != nil {
			return err
		}
	}
	return nil
}

// listen reads the parent's messages until they end, which is not an error.
func (w *worker) listen(requests chan<- request) error {
	for {
		var o order
		kind, memory, err := w.receive(&o)
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case kind == frameCancel:
			w.stop(o.ID)
			continue
		case kind == frameTrim:
			requests <- request{trim: true}
			continue
		}
		r, err := w.accept(o, memory)
		if err != nil {
			return err
		}
		requests <- r
	}
}

// accept receives the files, and tells the parent.
func (w *worker) accept(o order, memory []int) (r request, err error) {
	r = request{id: o.ID, job: o.Job, free: func() {}}
	var data []byte
	switch size := total(o.Sizes); o.By {
	case byWindow:
		data = w.window[:size]
	case byMemory:
		r.job.Original, r.job.Files, r.free, err = mapFiles(memory, o.Sizes)
	default:
		data = make([]byte, size)
		_, err = io.ReadFull(w.conn, data)
	}
	if err != nil {
		return r, err
	}
	if o.By != byMemory {
		files := split(data, o.Sizes)
		r.job.Original, r.job.Files = files[0], files[1:]
	}
	w.mu.Lock()
	w.atWork = o.ID
	r.ctx, w.cancel = context.WithCancel(context.Background())
	w.mu.Unlock()
	_, err = w.conn.Write(appendAccepted(nil, o.ID))
	return r, err
}

func (w *worker) stop(id uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.atWork == id {
		w.cancel()
	}
}

// do draws and answers.
func (w *worker) do(r request) error {
	defer r.free()
	result, err := w.draw.Do(r.ctx, r.job)
	w.stop(r.id) // releases the context
	if err == nil && len(result.Body) > maxResult {
		err = errors.New(errors.Limit, "The result has %d bytes, more than %d", len(result.Body), maxResult)
	}
	if err != nil {
		frame, err := appendFailure(nil, r.id, errors.From(err))
		if err == nil {
			_, err = w.conn.Write(frame)
		}
		return err
	}
	if result.Details != nil {
		frame, err := appendText(nil, frameDetails, told{r.id, *result.Details})
		if err == nil {
			_, err = w.conn.Write(frame)
		}
		return err
	}
	answer := net.Buffers{appendResult(nil, r.id, result), result.Body}
	_, err = answer.WriteTo(w.conn)
	return err
}

// receive reads a frame of the parent into v, and the descriptors that came
// with it. For a cancelled job only the id of v is set.
func (w *worker) receive(v any) (kind frameKind, memory []int, err error) {
	header, memory, err := w.header()
	if err != nil {
		return 0, nil, err
	}
	kind, length := parseHeader(header)
	if kind == frameCancel {
		var id [idSize]byte
		_, err = io.ReadFull(w.conn, id[:])
		if o, ok := v.(*order); ok {
			o.ID = binary.BigEndian.Uint64(id[:])
		}
		return kind, memory, err
	}
	if kind == frameTrim {
		return kind, memory, nil
	}
	w.text.Reset()
	if _, err = io.CopyN(&w.text, w.conn, int64(length)); err == nil {
		err = w.decoder.Decode(v)
	}
	return kind, memory, err
}

// header reads a frame's header. Descriptors come with its first byte.
func (w *worker) header() (header []byte, memory []int, err error) {
	header = make([]byte, 0, headerSize)
	control := make([]byte, syscall.CmsgSpace(4*mostFiles))
	for len(header) < headerSize {
		n, c, _, _, err := w.conn.ReadMsgUnix(header[len(header):headerSize], control)
		if err != nil || n == 0 {
			if len(header) == 0 {
				return nil, nil, io.EOF
			}
			return nil, nil, io.ErrUnexpectedEOF
		}
		header = header[:len(header)+n]
		if c > 0 {
			if memory, err = descriptorsOf(control[:c]); err != nil {
				return nil, nil, err
			}
		}
	}
	return header, memory, nil
}

func descriptorsOf(control []byte) ([]int, error) {
	messages, err := syscall.ParseSocketControlMessage(control)
	if err != nil {
		return nil, err
	}
	return syscall.ParseUnixRights(&messages[0])
}

// mapFiles maps the memory of files, of which those that are empty have none.
func mapFiles(memory, sizes []int) (original []byte, files [][]byte, free func(), err error) {
	var frees []func()
	free = func() {
		for _, f := range frees {
			f()
		}
	}
	all := make([][]byte, len(sizes))
	for i, size := range sizes {
		if size == 0 {
			continue
		}
		if len(memory) == 0 {
			return nil, nil, free, errDescriptors
		}
		var unmap func()
		all[i], unmap, err = mapMemory(memory[0], size)
		_ = syscall.Close(memory[0])
		memory = memory[1:]
		if err != nil {
			return nil, nil, free, err
		}
		frees = append(frees, unmap)
	}
	return all[0], all[1:], free, nil
}

var errDescriptors = stderrors.New("fewer descriptors than files")
