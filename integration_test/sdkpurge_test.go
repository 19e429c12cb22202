package integration_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// ImageKit's own Node SDK purges, with nothing changed but its base URL.
func TestSDKPurges(t *testing.T) {
	s := startCaddy(t, strings.NewReplacer("KEY", sdkKey, "ROOT", root(t)).Replace(`http://127.0.0.1:{$PORT} {
	handle_path /api/* {
		images_purge {
			private_key KEY
			hosts img.example.com
		}
	}
	images /shop/* {
		dialect imagekit {
			endpoint /shop
		}
		origin fs ROOT/testdata
	}
}
`))
	const url = "https://img.example.com/shop/tr:w-300/any.jpg"
	cmd := sdkCommand(t, "purge.mjs", url)
	cmd.Env = append(cmd.Env, "IMAGE_KIT_BASE_URL="+s.URL+"/api")
	var said []map[string]string
	if err := json.Unmarshal([]byte(run(t, cmd)), &said); err != nil || len(said) != 2 || said[0]["requestId"] == "" || said[1]["status"] != "Completed" {
		t.Errorf("the SDK got %v, %v", said, err)
	}
	wrong := sdkCommand(t, "purge.mjs", url)
	wrong.Env = append(wrong.Env, "IMAGE_KIT_BASE_URL="+s.URL+"/api", "IMAGEKIT_PRIVATE_KEY=another")
	if out, err := wrong.CombinedOutput(); err == nil || !strings.Contains(string(out), "401") {
		t.Errorf("with another key: %v, %s", err, out)
	}
	if status, _, _ := get(t, s.URL+"/api/v1/files/purge/x"); status != http.StatusUnauthorized {
		t.Errorf("without a key: %d", status)
	}
}
