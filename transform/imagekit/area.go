package imagekit

import (
	"net/http"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// maxCoordinate limits custom coordinates. No image is that large.
const maxCoordinate = 1 << 24

// Area reads the custom coordinates of a file, for fo-custom: x, y, width and
// height in whole pixels of the upright image, separated by commas, as in
// ImageKit's customCoordinates ("Upload API"). They are in the header
// Custom-Coordinates or, on S3, in the metadata customcoordinates; they may
// be empty.
//
// The error is an *errors.Error of kind errors.BadTransform.
func (d *Dialect) Area(header http.Header) (transform.Rect, error) {
	var given []string
	for _, name := range []string{"Custom-Coordinates", "X-Amz-Meta-Customcoordinates"} {
		for _, value := range header.Values(name) {
			if v := strings.TrimSpace(value); v != "" {
				given = append(given, v)
			}
		}
	}
	if len(given) == 0 {
		return transform.Rect{}, nil
	}
	text := strings.Join(given, ", ")
	numbers := strings.Split(text, ",")
	var v [4]int
	ok := len(numbers) == len(v)
	for i := 0; ok && i < len(v); i++ {
		v[i], ok = whole(strings.TrimSpace(numbers[i]), i/2, maxCoordinate) // sides are at least 1
	}
	if !ok {
		return transform.Rect{}, errors.New(errors.BadTransform,
			"The file's custom coordinates are %s; they must be x,y,width,height in whole pixels, such as 10,20,300,200", errors.Quote(text))
	}
	return transform.Rect{Point: transform.Point{X: v[0], Y: v[1]}, Size: transform.Size{Width: v[2], Height: v[3]}}, nil
}
