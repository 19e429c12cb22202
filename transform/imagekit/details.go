package imagekit

import "strings"

// details takes the value of an effect apart into its own parameters, such as
// `ld-top_right_from-red`: they are separated by underscores, and so may be parts
// of their values. Only their names tell; the last of a name counts. ok is false
// for a value that begins with another.
func details(v string, names ...string) (values map[string]string, ok bool) {
	values = map[string]string{}
	if v == "" {
		return values, true
	}
	current := ""
	for part := range strings.SplitSeq(v, "_") {
		if name, value, cut := strings.Cut(part, "-"); cut && isOneOf(name, names) {
			current = name
			values[name] = value
			continue
		}
		if current == "" {
			return nil, false
		}
		values[current] += "_" + part
	}
	return values, true
}

func isOneOf(name string, names []string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}
