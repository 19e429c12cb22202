package imagekit

import "github.com/caddy-images/caddy-images/transform"

var focuses = map[string]transform.Focus{
	"center":       transform.FocusCenter,
	"top":          transform.FocusTop,
	"left":         transform.FocusLeft,
	"bottom":       transform.FocusBottom,
	"right":        transform.FocusRight,
	"top_left":     transform.FocusTopLeft,
	"top_right":    transform.FocusTopRight,
	"bottom_left":  transform.FocusBottomLeft,
	"bottom_right": transform.FocusBottomRight,
	"auto":         transform.FocusAuto,
	"custom":       transform.FocusArea,

	"auto-custom_override": transform.FocusAreaOrAuto,
}

func readFocus(s *step, v string) bool {
	focus, ok := focuses[v]
	s.Resize.Focus = focus
	return ok
}

// objects are the values of fo for objects, the 80 classes of COCO.
var objects = [...]string{
	"person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "trafficLight",
	"fireHydrant", "stopSign", "parkingMeter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
	"elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee",
	"skis", "snowboard", "sportsBall", "kite", "baseballBat", "baseballGlove", "skateboard", "surfboard", "tennisRacket", "bottle",
	"wineGlass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange",
	"broccoli", "carrot", "hotDog", "pizza", "donut", "cake", "chair", "couch", "pottedPlant", "bed",
	"diningTable", "toilet", "tv", "laptop", "mouse", "remote", "keyboard", "cellPhone", "microwave", "oven",
	"toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors", "teddyBear", "hairDrier", "toothbrush",
}
