package main

import (
	"fmt"
	"os"
	"strings"
)

// section is a table of the documentation.
type section struct {
	Title string
	Rows  []row
}

// row is a parameter that works.
type row struct {
	Name, Takes, Example, Notes string
}

// documented reads the parameters that work, and their examples, off the tables
// of a dialect's page that have the columns Parameter, State and Example.
func documented(path string) ([]section, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var sections []section
	title, columns := "", map[string]int(nil)
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if heading, ok := strings.CutPrefix(line, "### "); ok {
			title, columns = heading, nil
			continue
		}
		if !strings.HasPrefix(line, "|") {
			columns = nil
			continue
		}
		cells := cells(line)
		if columns == nil {
			columns = map[string]int{}
			for i, name := range cells {
				columns[name] = i
			}
			continue
		}
		get := func(name string) string {
			if i, ok := columns[name]; ok && i < len(cells) {
				return cells[i]
			}
			return ""
		}
		// What stands beside a transformation is in no example of one.
		name := strings.ReplaceAll(get("Parameter"), "`", "")
		if state := get("State"); name == "" || state != "yes" && state != "ours" || strings.HasPrefix(name, "?") || strings.HasPrefix(name, "/") {
			continue
		}
		r := row{name, get("Takes"), strings.Trim(get("Example"), "`"), strings.ReplaceAll(get("Notes"), "`", "")}
		if r.Example == "" {
			return nil, fmt.Errorf("%s: %s has no example", path, r.Name)
		}
		if n := len(sections); n == 0 || sections[n-1].Title != title {
			sections = append(sections, section{Title: title})
		}
		last := &sections[len(sections)-1]
		last.Rows = append(last.Rows, r)
	}
	if len(sections) == 0 {
		return nil, fmt.Errorf("%s has no parameters that work", path)
	}
	return sections, nil
}

// cells takes a row of a table apart.
func cells(line string) []string {
	const bar, barLess = `\|`, "\x00" // a bar within a cell
	cells := strings.Split(strings.Trim(strings.ReplaceAll(line, bar, barLess), "|"), "|")
	for i, c := range cells {
		cells[i] = strings.ReplaceAll(strings.TrimSpace(c), barLess, "|")
	}
	return cells
}
