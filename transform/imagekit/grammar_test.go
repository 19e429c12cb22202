package imagekit

import (
	"reflect"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// draw writes a chain with brackets, so that a test can say what it must be.
func draw(chain [][]item) string {
	var steps []string
	for _, s := range chain {
		var items []string
		for _, it := range s {
			text := it.text
			if it.body != nil || it.orElse != nil {
				text += "[" + draw(it.body) + "]"
			}
			if it.orElse != nil {
				text += "else[" + draw(it.orElse) + "]"
			}
			items = append(items, text)
		}
		steps = append(steps, strings.Join(items, " "))
	}
	return strings.Join(steps, " | ")
}

func TestGrammar(t *testing.T) {
	tests := []struct{ tr, want string }{
		{"", ""},
		{",:,:", ""},
		{"w-300", "w-300"},
		{"w-300,h-200", "w-300 h-200"},
		{"w-300:rt-90,q-5", "w-300 | rt-90 q-5"},
		{"w-300,,h-200::rt-90:", "w-300 h-200 | rt-90"},
		{"l-image,i-a.png,l-end", "l-image[i-a.png]"},
		{"ar-4:3:w-5", "ar-4:3 | w-5"},
		{"w-5,ar-4:3", "w-5 ar-4:3"},
		{"ar-4:w-5", "ar-4 | w-5"},
		{"ar-4-3:3", "ar-4-3 | 3"},
		{"l-image,ar-16:9,l-end", "l-image[ar-16:9]"},
		{"l-image,l-end", "l-image"},
		{"w-1,l-text,i-a,fs-5,l-end,h-1:q-5", "w-1 l-text[i-a fs-5] h-1 | q-5"},
		{"l-image,i-a,w-1:rt-90,l-end:q-5", "l-image[i-a w-1 | rt-90] | q-5"},
		{"l-image,i-a:l-image,i-b,l-end,l-end", "l-image[i-a | l-image[i-b]]"},
		{"l-image,i-a,l-image,i-b,l-end,l-end:l-text,i-c,l-end", "l-image[i-a l-image[i-b]] | l-text[i-c]"},
		{"if-ar_gt_1,w-200,if-else,w-300,if-end", "if-ar_gt_1[w-200]else[w-300]"},
		{"h-200:if-h_eq_200,w-100:rt-5,if-end:rt-90", "h-200 | if-h_eq_200[w-100 | rt-5] | rt-90"},
		{"if-h_eq_2,l-text,i-a,l-end,if-else,if-w_eq_1,w-2,if-end,if-end", "if-h_eq_2[l-text[i-a]]else[if-w_eq_1[w-2]]"},
	}
	for _, tt := range tests {
		chain, err := parse(tt.tr)
		if got := draw(chain); err != nil || got != tt.want {
			t.Errorf("%s\ngives %s, %v\nwant  %s", tt.tr, got, err, tt.want)
		}
	}
}

func TestMalformedBlocks(t *testing.T) {
	tests := []struct{ tr, want string }{
		{"l-end", "EINVAL - l-end has no matching beginning"},
		{"w-1,if-end", "EINVAL - if-end has no matching beginning"},
		{"if-else:w-1", "EINVAL - if-else has no matching beginning"},
		{"l-image,i-a,l-end,l-end", "EINVAL - l-end has no matching beginning"},
		{"l-image,i-a", `EINVAL - "l-image" has no l-end; a slash in a value is written @@`},
		{"l-image,l-text,l-end", `EINVAL - "l-image" has no l-end; a slash in a value is written @@`},
		{"if-w_eq_1,w-2", `EINVAL - "if-w_eq_1" has no if-end; a slash in a value is written @@`},
		{"if-w_eq_1,w-2,if-else,w-3", `EINVAL - "if-w_eq_1" has no if-end; a slash in a value is written @@`},
		{"if-w_eq_1,if-else,if-else,if-end", `EINVAL - "if-w_eq_1" is closed by if-else; it takes if-end`},
		{"l-text,w-2,if-end", `EINVAL - "l-text" is closed by if-end; it takes l-end`},
		{"l-text,w-2,if-else", `EINVAL - "l-text" is closed by if-else; it takes l-end`},
		{"if-w_eq_1,l-end", `EINVAL - "if-w_eq_1" is closed by l-end; it takes if-end`},
	}
	for _, tt := range tests {
		chain, err := parse(tt.tr)
		if got := refusal(t, located(tt.tr, err)); got != tt.want || chain != nil {
			t.Errorf("%s\ngives %s, %s\nwant  %s", tt.tr, draw(chain), got, tt.want)
		}
	}
}

func TestDeepNesting(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("l-a,", n) + strings.Repeat("l-end,", n) }
	if _, err := parse(nested(maxNesting) + nested(maxNesting)); err != nil {
		t.Error(err)
	}
	for _, n := range []int{maxNesting + 1, maxLength / len("l-a,l-end,")} {
		_, err := parse(nested(n))
		if got, want := refusal(t, located(nested(n), err)), "ELIMIT - Layers and conditions are nested deeper than 8 levels"; got != want {
			t.Errorf("%d levels give %s", n, got)
		}
	}
}

func TestFind(t *testing.T) {
	tests := []struct{ text, name, value string }{
		{"w-300", "w", "300"},
		{"w", "w", ""},
		{"w-", "w", ""},
		{"w_300", "", ""},
		{"w300", "", ""},
		{"w-auto", "w-auto", ""},
		{"w-automatic", "w", "automatic"},
		{"b-5-red", "b", "5-red"},
		{"bg-red", "bg", "red"},
		{"bg-blurred_25_N30", "bg-blurred", "25_N30"},
		{"bg-gradient_dominant_2", "bg-gradient_dominant", "2"},
		{"fo-cat_dog", "fo-cat", "_dog"},
		{"fo-top_left", "fo", "top_left"},
		{"fo-auto-custom_override", "fo", "auto-custom_override"},
		{"e-sharpen-10", "e-sharpen", "10"},
		{"e-blur-10", "", ""},
		{"e", "", ""},
		{"", "", ""},
		{"-", "", ""},
	}
	for _, tt := range tests {
		r, value, ok := find(tt.text)
		if r.name != tt.name || value != tt.value || ok != (tt.name != "") {
			t.Errorf("%s gives %q, %q, %t", tt.text, r.name, value, ok)
		}
	}
	for _, r := range parameters {
		if len(r.name) > longestName {
			t.Errorf("%s is too long to be found", r.name)
		}
		if found, _, _ := find(r.name); !reflect.DeepEqual(found.name, r.name) {
			t.Errorf("%s is found as %s", r.name, found.name)
		}
	}
}

// parseChain reads a transformation where none has a name.
func parseChain(tr string) (transform.Plan, error) {
	asked, err := new(Dialect).parseChain(tr, transform.Plan{})
	return asked.Plan, err
}
