package transform

import "testing"

func TestNamedColor(t *testing.T) {
	if len(colorNames) != 148 {
		t.Errorf("there are %d named colours, want 148", len(colorNames))
	}
	for name, want := range map[string]Color{"red": Opaque(255, 0, 0), "rebeccapurple": Opaque(0x66, 0x33, 0x99)} {
		if got, ok := NamedColor(name); !ok || got != want {
			t.Errorf("%s is %s, %t; want %s", name, got, ok, want)
		}
	}
	if c, ok := NamedColor("Red"); ok {
		t.Errorf("Red is %s; names are in lower case", c)
	}
}
