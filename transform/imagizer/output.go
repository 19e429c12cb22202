package imagizer

import "github.com/caddy-images/caddy-images/transform"

const takesFormat = "auto, jpeg, jpg, webp, png, avif or gif"

func readFormat(p *picture, v string) bool {
	f, ok := transform.ParseFormat(v)
	p.format = &f
	return v == "auto" || ok && f.Writable()
}

func readAutorotate(p *picture, v string) bool {
	rotate, ok := boolean(v)
	p.asStored = !rotate
	return ok
}

func readStrip(p *picture, v string) bool {
	strip, ok := boolean(v)
	p.output.Metadata, p.output.NoMetadata, p.output.NoProfile = !strip, strip, strip
	return ok
}
