//go:build unix

package workers

import (
	"bytes"
	"encoding/binary"
	stderrors "errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

func read(b []byte) (answer, error) { return readAnswer(bytes.NewReader(b)) }

func TestAnswersCross(t *testing.T) {
	if a, err := read(appendAccepted(nil, 7)); err != nil || !a.accepted || a.id != 7 {
		t.Errorf("%+v, %v", a, err)
	}
	want := &render.Result{Body: []byte("picture"), Format: transform.AVIF, Size: transform.Size{Width: 70000, Height: 3}, Frames: 5}
	if a, err := read(append(appendResult(nil, 1<<40, want), want.Body...)); err != nil || a.id != 1<<40 || !reflect.DeepEqual(a.result, want) {
		t.Errorf("%+v, %v", a.result, err)
	}
	details := transform.Details{
		Format: transform.HEIC, Size: transform.Size{Width: 3, Height: 4}, Stored: transform.Size{Width: 4, Height: 3}, Orientation: 6,
		Frames: 1, Pages: 1, Depth: 10, EXIF: map[string]transform.Value{"Make": {Text: "<A & B>"}, "Flash": {Text: "16", Number: true}},
	}
	frame, err := appendText(nil, frameDetails, told{5, details})
	if err != nil {
		t.Fatal(err)
	}
	if a, err := read(frame); err != nil || a.id != 5 || !reflect.DeepEqual(a.result, &render.Result{Details: &details}) {
		t.Errorf("%+v, %v", a.result, err)
	}
	greeting := &ready{Version: "1/8.14", Missing: []string{"a", "b"}, Error: "no"}
	text, err := appendText(nil, frameReady, greeting)
	if err != nil {
		t.Fatal(err)
	}
	if a, err := read(text); err != nil || !reflect.DeepEqual(a.ready, greeting) {
		t.Errorf("%+v, %v", a.ready, err)
	}
}

// Whatever a file says fits into a frame, and what a worker says of it is bounded
// again.
func TestDetailsAreBounded(t *testing.T) {
	d := transform.Details{
		Format: transform.JPEG, Size: transform.Size{Width: 1, Height: 1}, Stored: transform.Size{Width: 1, Height: 1}, Orientation: 1,
		Frames: 1, Pages: 1, Depth: 8, EXIF: map[string]transform.Value{},
	}
	for n := range 1000 {
		d.EXIF[fmt.Sprint("Tag", n)] = transform.Value{Text: strings.Repeat("<", 1000)}
	}
	wild, err := appendText(nil, frameDetails, told{1, d})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := read(wild); !stderrors.Is(err, errNonsense) {
		t.Errorf("%d bytes: %v", len(wild), err)
	}
	d, ok := d.Bounded()
	tame, err := appendText(nil, frameDetails, told{1, d})
	if _, readErr := read(tame); !ok || err != nil || readErr != nil {
		t.Errorf("%d bytes, %t, %v, %v", len(tame), ok, err, readErr)
	}
	d.EXIF = map[string]transform.Value{"Make": {Text: "a\x1b[31m"}}
	escaping, err := appendText(nil, frameDetails, told{1, d})
	if err != nil {
		t.Fatal(err)
	}
	if a, err := read(escaping); err != nil || a.result.Details.EXIF["Make"].Text != "a[31m" {
		t.Errorf("%+v, %v", a.result, err)
	}
}

// Every kind of error crosses, and all that it says, if it is not a novel.
func TestFailuresCross(t *testing.T) {
	for k := errors.Kind(0); k.Valid(); k++ {
		want := errors.New(k, "%s", "100% \u00e9 \"quoted\"").Because(stderrors.New("the\ncause"))
		want.OriginStatus, want.RetryAfter = 404, time.Second
		frame, err := appendFailure(nil, 9, want)
		if err != nil {
			t.Fatal(err)
		}
		a, err := read(frame)
		if err != nil {
			t.Fatal(err)
		}
		got := a.failure
		if got.Kind != want.Kind || got.Message != want.Message || got.Error() != want.Error() ||
			got.OriginStatus != want.OriginStatus || got.RetryAfter != want.RetryAfter || a.id != 9 {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	novel := strings.Repeat("\x01", 1<<20)
	frame, err := appendFailure(nil, 9, errors.New(errors.Internal, "%s", novel).Because(stderrors.New(novel)))
	if err != nil || len(frame) > headerSize+maxText {
		t.Fatalf("%d bytes, %v", len(frame), err)
	}
	if _, err := read(frame); err != nil {
		t.Error(err)
	}
}

// A worker is not believed.
func TestNonsense(t *testing.T) {
	result := func(change func(*render.Result)) []byte {
		r := &render.Result{Body: []byte("x"), Format: transform.PNG, Size: transform.Size{Width: 1, Height: 1}, Frames: 1}
		change(r)
		return append(appendResult(nil, 1, r), r.Body...)
	}
	text := func(kind frameKind, s string) []byte { return append(appendHeader(nil, kind, len(s)), s...) }
	for name, b := range map[string][]byte{
		"no kind":                 appendHeader(nil, 0, 0),
		"a parent's kind":         appendHeader(nil, frameJob, 10),
		"an unknown kind":         appendHeader(nil, 200, 10),
		"a huge result":           appendHeader(nil, frameResult, resultSize+maxResult+1),
		"a huge greeting":         appendHeader(nil, frameReady, maxText+1),
		"a long acceptance":       appendHeader(nil, frameAccepted, idSize+1),
		"a short acceptance":      append(appendHeader(nil, frameAccepted, 1), 1),
		"a result with nothing":   appendHeader(nil, frameResult, 0),
		"an empty body":           result(func(r *render.Result) { r.Body = nil }),
		"no format":               result(func(r *render.Result) { r.Format = 0 }),
		"a format to read":        result(func(r *render.Result) { r.Format = transform.SVG }),
		"an unknown format":       result(func(r *render.Result) { r.Format = 250 }),
		"no width":                result(func(r *render.Result) { r.Size.Width = 0 }),
		"a negative height":       result(func(r *render.Result) { r.Size.Height = -1 }),
		"no frames":               result(func(r *render.Result) { r.Frames = 0 }),
		"effort reduced too much": result(func(r *render.Result) { r.Reduced = render.MostReduced + 1 }),
		"negative reduction":      result(func(r *render.Result) { r.Reduced = -1 }),
		"no JSON":                 text(frameFailure, "{"),
		"a kind of nobody":        text(frameFailure, `{"kind": 99}`),
		"a kind too large":        text(frameFailure, `{"kind": 256}`),
		"a greeting of numbers":   text(frameReady, `[1]`),
		"huge details":            appendHeader(nil, frameDetails, maxDetails+1),
		"details of nothing":      text(frameDetails, `{"id": 1, "details": {}}`),
		"details of a list":       text(frameDetails, `[]`),
	} {
		if a, err := read(b); !stderrors.Is(err, errNonsense) {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	for _, b := range [][]byte{nil, {1, 2}, appendHeader(nil, frameResult, 100)} {
		if _, err := read(b); err != io.EOF && err != io.ErrUnexpectedEOF {
			t.Errorf("%x: %v", b, err)
		}
	}
}

// Memory is spent on what came, not on what was announced.
func TestAnnouncedIsNotAllocated(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := read(append(appendHeader(nil, frameResult, maxResult), make([]byte, 100)...)); err == nil {
		t.Error("it is all there")
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > trusted+1<<20 {
		t.Errorf("%d bytes allocated", n)
	}
	large := make([]byte, 3*trusted+5)
	large[len(large)-1] = 1
	if got, err := readPayload(bytes.NewReader(large), len(large)); err != nil || !bytes.Equal(got, large) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// Whatever a worker says, the parent reads an answer that makes sense, or an
// error.
func FuzzReadAnswer(f *testing.F) {
	r := &render.Result{Body: []byte("x"), Format: transform.PNG, Size: transform.Size{Width: 1, Height: 1}, Frames: 1}
	f.Add(append(appendResult(nil, 1, r), r.Body...))
	f.Add(appendAccepted(nil, 1))
	for _, v := range []any{ready{Version: "1"}, failure{ID: 1, Kind: errors.BadImage, Message: "m", Cause: "c"}} {
		for _, kind := range []frameKind{frameReady, frameFailure} {
			text, err := appendText(nil, kind, v)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	details, err := appendText(nil, frameDetails, told{ID: 1, Details: transform.Details{
		Format: transform.JPEG, Size: transform.Size{Width: 1, Height: 1}, Stored: transform.Size{Width: 1, Height: 1}, Orientation: 1, Frames: 1, Pages: 1, Depth: 8,
	}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(details)
	f.Add(binary.BigEndian.AppendUint32([]byte{byte(frameResult)}, 1<<32-1))
	f.Fuzz(func(t *testing.T, b []byte) {
		from := bytes.NewReader(b)
		for {
			a, err := readAnswer(from)
			if err != nil {
				return
			}
			said := 0
			if a.ready != nil {
				said++
			}
			if a.accepted {
				said++
			}
			if r := a.result; r != nil {
				said++
				_ = r.Format.MIME()
				if d := r.Details; d != nil {
					if again, ok := d.Bounded(); !ok || !reflect.DeepEqual(&again, d) {
						t.Errorf("%+v", d)
					}
				} else if r.Size.Width < 1 || r.Size.Height < 1 || r.Frames < 1 || len(r.Body) > len(b) {
					t.Errorf("%+v", r)
				}
			}
			if a.failure != nil {
				said++
				_ = a.failure.Header()
				_ = a.failure.Status(errors.ImageKit)
			}
			if said != 1 {
				t.Errorf("%d things are said at once: %+v", said, a)
			}
		}
	})
}
