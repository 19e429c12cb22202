package imagekit

import "strings"

// details splits the value of an effect into its own parameters, such as
// `ld-top_right_from-red`: underscores separate them and may also occur in
// values. Only the names distinguish the two; the last of repeated names
// counts. ok is false for a value that does not begin with a name.
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
