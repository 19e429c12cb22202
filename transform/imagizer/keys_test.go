package imagizer_test

import (
	"bytes"
	"testing"

	"github.com/caddy-images/caddy-images/transform/imagekit"
	"github.com/caddy-images/caddy-images/transform/imagizer"
)

// TestOnePictureInBothDialects: what Imagizer and ImageKit say in their own
// words is one image, with one key.
func TestOnePictureInBothDialects(t *testing.T) {
	theirs, err := imagekit.New(imagekit.Config{})
	if err != nil {
		t.Fatal(err)
	}
	own, err := imagizer.New(imagizer.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for query, tr := range map[string]string{
		"":                                  "",
		"width=300&height=200&crop=fit":     "w-300,h-200",
		"width=300&height=200":              "w-300,h-200,c-at_max",
		"width=300&height=200&upscale=true": "w-300,h-200,c-at_max_enlarge",
		"width=300&height=200&crop=fit&upscale=false": "w-300,h-200,c-maintain_ratio_no_enlarge",
		"width=300":                                      "w-300,c-at_max",
		"width=300&upscale=true":                         "w-300",
		"height=300&crop=fit":                            "h-300,c-maintain_ratio_no_enlarge",
		"width=300&height=200&crop=top":                  "w-300,h-200,fo-top",
		"width=300&height=200&crop=bottom":               "w-300,h-200,fo-bottom",
		"width=300&height=200&crop=entropy":              "w-300,h-200,fo-auto",
		"width=300&height=200&crop=pad":                  "w-300,h-200,cm-pad_resize,bg-FFFFFF",
		"width=300&height=200&crop=pad&pad_color=f3f3f3": "w-300,h-200,cm-pad_resize,bg-F3F3F3",
		"crop=65,190,300,301":                            "w-300,h-301,cm-extract,x-65,y-190",
		"crop=65,190,300,301&width=30&upscale=true":      "w-300,h-301,cm-extract,x-65,y-190:w-30",
		"width=300&height=200&crop=fit&dpr=2":            "w-300,h-200,dpr-2",
		"width=600&height=400&crop=fit":                  "w-300,h-200,dpr-2",
		"width=300&height=200&crop=fit&scale=1.5":        "w-300,h-200,dpr-1.5",
		"scale=0.5":                    "w-0.5,c-at_max",
		"dpr=2":                        "dpr-1",
		"angle=90":                     "rt-90",
		"angle=-90":                    "rt-270",
		"angle=40&pad_color=red":       "rt-40,bg-red",
		"flip=h":                       "fl-h",
		"flip=hv":                      "fl-h_v",
		"trim":                         "t-true",
		"trim=5":                       "t-5",
		"blur=10":                      "bl-10",
		"blur=0":                       "dpr-1",
		"filter=21":                    "e-grayscale",
		"filter=20":                    "e-contrast",
		"filter=0":                     "dpr-1",
		"sharp_amount=50":              "e-sharpen-50",
		"colorize=red":                 "e-colorize-co-red",
		"colorize=FF0000":              "e-colorize-co-red_in-100",
		"pad=20&pad_color=000":         "b-20_000000,bg-000000",
		"border=5&border_color=FF0000": "b-5_FF0000",
		"radius=10":                    "r-10",
		"radius=10,max,20,0":           "r-10_max_20_0",
		"quality=80":                   "q-80",
		"format=webp&quality=80":       "f-webp,q-80",
		"format=jpg&progressive=true":  "f-jpg,pr-true",
		"format=webp&lossless=true":    "f-webp,lo-true",
		"format=auto":                  "f-auto",
		"strip=false":                  "md-true",
		"page=2":                       "pg-2",
		"mark=/a/dice.png":             "l-image,i-a@@dice.png,t-false,lfo-bottom_right,l-end",
		"mark=/dice.png&mark_scale=60&mark_alpha=40":                              "l-image,i-dice.png,t-false,w-bw_mul_0.6,o-40,lfo-bottom_right,l-end",
		"mark=/dice.png&mark_pos=top":                                             "l-image,i-dice.png,t-false,lfo-top,l-end",
		`layers=[{"url":"/a","pos":"center"},{"url":"/b","angle":45,"scale":50}]`: "l-image,i-a,t-false,l-end,l-image,i-b,t-false,w-bw_mul_0.5,rt-45,l-end",
		`layers=[{"url":"/a?blur=5"}]`:                                            "l-image,i-a,t-false,bl-5,l-end",
		"text=Hello":                                                              "l-text,i-Hello,l-end",
		"text=Hello&text_size=20&text_color=red&text_font=Lora&text_pos=top,left&text_pad=4&text_width=200&text_align=left": "l-text,i-Hello,fs-20,co-red,ff-Lora,lfo-top_left,pa-4,w-200,ia-left,l-end",
	} {
		if query != "" && !bytes.Contains([]byte(query), []byte("format=")) {
			tr += ",f-orig" // without a word ImageKit's format is the client's choice
		}
		a, _, err := own.Parse("/photo.jpg", query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		b, _, err := theirs.Parse("/photo.jpg", "tr="+tr)
		if err != nil {
			t.Errorf("%s: %v", tr, err)
			continue
		}
		if !bytes.Equal(a.Plan.Key(), b.Plan.Key()) || a.Ref != b.Ref {
			t.Errorf("%s is\n%s\n%s is\n%s", query, a.Plan.Key(), tr, b.Plan.Key())
		}
	}
}
