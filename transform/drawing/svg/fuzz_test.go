package svg_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"testing"

	"github.com/caddy-images/caddy-images/transform/drawing/svg"
)

// FuzzRead: whatever a file holds, it is read or refused, and what it comes to is a
// number. What is read is well-formed to another parser of XML, too.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		drawing(`<style>.a,b>c[d="}"]{fill:url(#p);filter:blur(2px)}@media x{*{mask:url(#m)}}</style><pattern id="p" href="#q" width="10%%" height="2"><rect class="a" fill="url(#p)"/></pattern><mask id="m"/>`),
		drawing(`<path d="M-.5.5a1 1 0 0110 10zc1e3,1" stroke-dasharray="1 2%%" marker="url(#m)"/><marker id="m" viewBox="0 0 1 1"><path d="M0 0"/></marker>`),
		drawing(`<filter id="f"><feMorphology radius="2"/><feTile/><feImage href="#f"/></filter><text font="1em x" filter="url(#f)">A<tspan>B</tspan><tref href="#f"/></text>`),
		`<?xml version="1.0" encoding="utf-8"?><!DOCTYPE svg [<!ENTITY a "<g x='&b;'/>"><!ENTITY b "&#60;"><!ATTLIST g a (b|c) #IMPLIED>]>` + drawing(`&a;<![CDATA[<]]><!-- - --><?x y?>`),
		drawing(`<image href="data:image/svg+xml,%%3Csvg/%%3E"/><image href="data:;base64,iVBORw0KGgo="/>`),
		`<svg viewBox="0 0 1e-9 1"><use id="a" href="#a"/><symbol id="b" viewBox="0 0 1 0"/></svg>`,
	} {
		f.Add([]byte(seed), 100, 100)
	}
	f.Fuzz(func(t *testing.T, file []byte, w, h int) {
		d, err := svg.Read(file, 1_000_000)
		if err != nil {
			return
		}
		w, h = 1+w&0x3fff, 1+h&0x3fff
		if d.Memory(w, h) < 0 || d.Pixels < 0 {
			t.Errorf("%d bytes, %d pixels", d.Memory(w, h), d.Pixels)
		}
		if d.Check(w, h) == nil && !(d.Work(w, h) >= 0) {
			t.Errorf("%v seconds", d.Work(w, h))
		}
		if !bytes.Contains(file, []byte("<!DOCTYPE")) {
			wellFormed(t, file)
		}
	})
}

// wellFormed checks that as many elements begin as end, by another parser. It may refuse
// what is none of our business, such as characters that no name has.
func wellFormed(t *testing.T, file []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(file))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	depth := 0
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			if depth != 0 {
				t.Errorf("%d elements are open at the end", depth)
			}
			return
		}
		if err != nil {
			return
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
}
