package imagekit

import (
	"strings"
	"testing"
)

func TestPlacesOfErrors(t *testing.T) {
	for tr, want := range map[string]string{
		"q-x":                                  " (character 1)",
		"w-1,q-x":                              " (character 5)",
		"w-1:,,é:q-5":                          " (character 7)",
		"e-é,q-5":                              " (character 1)",
		"l-image,i-é,l-end:q-x":                " (character 19)",
		"ar-4:3,q-x":                           " (character 8)",
		"l-image,i-a,q-x,l-end":                " (character 13)",
		"l-image,l-end":                        " (character 1)",
		"w-1:if-w_gt_1,q-5,if-else,q-x,if-end": " (character 27)",
		"w-1:if-w_foo_1,if-end":                " (character 5)",
		"w-1,l-end":                            " (character 5)",
		"w-1:l-text,i-a":                       " (character 5)",
		"l-text,if-end":                        " (character 8)",
		"w-1,n-none":                           " (character 5)",
	} {
		_, err := parseChain(tr)
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s gives %v, want %s", tr, err, want)
		}
	}
}
