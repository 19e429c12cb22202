package imagekit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// Values of Config.Unsupported.
const (
	UnsupportedRefuse = "refuse"
	UnsupportedIgnore = "ignore"
)

// ignoresUnsupported reads Config.Unsupported.
func (c Config) ignoresUnsupported() (bool, error) {
	switch c.Unsupported {
	case "", UnsupportedRefuse:
		return false, nil
	case UnsupportedIgnore:
		return true, nil
	}
	return false, fmt.Errorf("unsupported is %q; it takes refuse or ignore", c.Unsupported)
}

// leaveOut ignores a parameter that is not supported, or refuses it.
func (s *step) leaveOut(r row, value string) error {
	if s.ignored == nil || r.state == removed {
		return r.refusal()
	}
	if hides(r, value) {
		return errors.New(errors.BadTransform, "%s is not supported, and is not ignored because its prompt may ask to hide something: %s", r.name, r.why)
	}
	kind := kindOf(r)
	isText := s.layer != nil && s.layer.Kind == transform.TextLayer
	if kind == transform.IgnoredFocus && strings.HasPrefix(r.name, "fo-") && !isText {
		s.Resize.Focus = transform.FocusAuto
	}
	if !slices.ContainsFunc(*s.ignored, func(i transform.Ignored) bool { return i.Name == r.name }) {
		*s.ignored = append(*s.ignored, transform.Ignored{Name: r.name, Kind: kind, Why: r.why})
	}
	return nil
}

func kindOf(r row) transform.IgnoredKind {
	switch r.why {
	case needsAI:
		return transform.IgnoredAI
	case isVideo:
		return transform.IgnoredVideo
	case needsFaces, needsObjects, needsDetector:
		return transform.IgnoredFocus
	}
	return transform.IgnoredOther
}

// hides reports whether a parameter may protect privacy: an instruction to
// blur faces, or to remove something from the image. Ignoring it would show
// what must not be seen.
func hides(r row, value string) bool {
	if r.why != needsAI {
		return false
	}
	prompt := value
	if encoded, is := strings.CutPrefix(value, "prompte-"); is {
		var ok bool
		if prompt, ok = decodeBase64(encoded); !ok {
			return true // a malformed prompt may mean anything
		}
	}
	prompt = strings.ToLower(prompt)
	has := func(words []string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(prompt, word) })
	}
	return has(hiding) || has(taking) && has(ofPeople)
}

// Beginnings of words in prompts that hide something, and of those that do if
// the prompt is about people.
var (
	hiding = []string{"anonym", "black out", "blackout", "blur", "censor", "conceal", "hidden", "hide", "hiding", "mask", "mosaic", "obfuscat", "obscur", "pixel", "privacy", "redact"}
	taking = []string{"cover", "cut", "delet", "eras", "no ", "out of", "remov", "replac", "swap", "take", "without"}

	ofPeople = []string{
		"address", "badge", "body", "boy", "card", "child", "crowd", "document", "face", "girl", "guest", "human", "kid", "man", "men", "name", "number",
		"passport", "people", "person", "phone", "plate", "sign", "somebody", "someone", "tattoo", "visitor",
	}
)
