package main

// dialect is a language of URLs, and how the server of the gallery speaks it.
type dialect struct {
	name, page string

	// options are those of its block in the Caddyfile.
	options string

	// url is the request target of an example on a picture.
	url func(picture, example string) string

	// samples are for parameters that show best, or only, on another sample than
	// the usual one.
	samples map[string]string

	// unseen are the parameters that work and are not about a picture, or about
	// one of another server.
	unseen []string
}

var dialects = []dialect{
	{
		name: "imagekit", page: "imagekit.md", options: "named thumbnail w-200,h-200,fo-auto",
		url: func(picture, example string) string { return "/tr:" + escape(example) + "/" + picture },
		samples: map[string]string{
			"pg": "planet.gif", "orig": "balloon.jpg", "rt-auto": "balloon.jpg", "t": "logo.png", "e-shadow": "logo.png",
			"bg": "logo.png", "o": "logo.png", "cr": "logo.png", "lo": "chart.png", "di": "not-there.jpg",
		},
	},
	{
		name: "imagizer", page: "imagizer.md", options: "preset thumb width=200&height=200&crop=fit",
		url: func(picture, example string) string { return "/" + picture + "?" + example },
		samples: map[string]string{
			"page": "planet.gif", "autorotate": "balloon.jpg", "trim": "logo.png", "flatten": "logo.png", "lossless": "chart.png",
			"auto_level": "balloon.jpg",
		},
		unseen: []string{"origin", "hostname", "source_url", "bucket", "region", "meta"},
	},
}

func (d dialect) sample(parameter string) string {
	if s, ok := d.samples[parameter]; ok {
		return s
	}
	return usual
}
