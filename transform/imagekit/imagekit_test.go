package imagekit

import "testing"

func TestEndpoint(t *testing.T) {
	d, err := New(Config{Endpoint: "/my_id/shop/"})
	if err != nil || d.Endpoint() != "/my_id/shop" {
		t.Errorf("%+v, %v", d, err)
	}
	if _, err := New(Config{Endpoint: "shop"}); err == nil {
		t.Error("an endpoint without a slash is accepted")
	}
}
