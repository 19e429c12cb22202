package s3

import (
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/internal/docstest"
)

func TestDocsDefaults(t *testing.T) {
	docs := make(map[string]string)
	for _, rows := range docstest.TablesIn(docstest.Section(t, "s3"), "Option") {
		for _, row := range rows {
			docs[row[0]] = row[2]
		}
	}
	for option, value := range map[string]string{"region": defaultRegion, "timeout": time.Duration(defaultTimeout).String()} {
		if docs[option] != value {
			t.Errorf("the default of %s is %s, the docs say %q", option, value, docs[option])
		}
	}
}
