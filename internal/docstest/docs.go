// Package docstest reads the documentation for tests that compare it with the code. It
// finds tables and sections by what they say, wherever they are, so that pages can move.
package docstest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Page is a page of the documentation.
type Page struct {
	Path string // from the root of the module, with slashes
	Text string
}

// Pages are all pages: those below docs, and those at the root of the module.
func Pages(t *testing.T) (pages []Page) {
	t.Helper()
	root := Root(t)
	files, err := filepath.Glob(filepath.Join(root, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(filepath.Join(root, "docs"), func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".md" {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		path, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, Page{filepath.ToSlash(path), string(text)})
	}
	return pages
}

// Root is the directory of the module's go.mod.
func Root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("the test runs outside of the module")
		}
		dir = parent
	}
}

var fence = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")

// Blocks are the fenced blocks of a language.
func (p Page) Blocks(language string) (blocks []string) {
	for _, m := range fence.FindAllStringSubmatch(p.Text, -1) {
		if m[1] == language {
			blocks = append(blocks, m[2])
		}
	}
	return blocks
}

// WithoutBlocks is the text without fenced blocks.
func (p Page) WithoutBlocks() string { return fence.ReplaceAllString(p.Text, "") }

var heading = regexp.MustCompile(`(?m)^(#+) (.*)$`)

// Section is the text below the only heading of this name, up to the next one of its
// level or above.
func Section(t *testing.T, name string) string {
	t.Helper()
	var found []string
	for _, p := range Pages(t) {
		// What looks like a heading in a block is a comment.
		text := fence.ReplaceAllStringFunc(p.Text, func(block string) string { return strings.Repeat(" ", len(block)) })
		headings := heading.FindAllStringSubmatchIndex(text, -1)
		for i, h := range headings {
			if p.Text[h[4]:h[5]] != name {
				continue
			}
			end := len(p.Text)
			for _, next := range headings[i+1:] {
				if next[3]-next[2] <= h[3]-h[2] {
					end = next[0]
					break
				}
			}
			found = append(found, p.Text[h[1]:end])
		}
	}
	if len(found) != 1 {
		t.Fatalf("the docs have %d sections %q, want one", len(found), name)
	}
	return found[0]
}

// Table is a table without its heading, cell by cell, without backticks.
type Table struct {
	Page Page
	Rows [][]string
}

// Tables are those whose first heading is first.
func Tables(t *testing.T, first string) (tables []Table) {
	t.Helper()
	for _, p := range Pages(t) {
		for _, rows := range TablesIn(p.Text, first) {
			tables = append(tables, Table{p, rows})
		}
	}
	if len(tables) == 0 {
		t.Fatalf("the docs have no table that begins with %s", first)
	}
	return tables
}

// TableWith is the only one of Tables in whose first column the words are.
func TableWith(t *testing.T, first string, words ...string) Table {
	t.Helper()
	var found []Table
	for _, table := range Tables(t, first) {
		column := table.Column(0)
		if !slices.ContainsFunc(words, func(word string) bool { return !slices.Contains(column, word) }) {
			found = append(found, table)
		}
	}
	if len(found) != 1 {
		t.Fatalf("the docs have %d tables that begin with %s and have %q, want one", len(found), first, words)
	}
	return found[0]
}

// Column has one cell of each row, sorted.
func (table Table) Column(n int) (cells []string) {
	for _, row := range table.Rows {
		cells = append(cells, row[n])
	}
	slices.Sort(cells)
	return cells
}

// TablesIn are the rows of each table of a text whose first heading is first.
func TablesIn(text, first string) (tables [][][]string) {
	within := false
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case strings.HasPrefix(line, "| "+first+" |"):
			within = true
			tables = append(tables, nil)
		case !strings.HasPrefix(line, "|"):
			within = false
		case within && !strings.HasPrefix(line, "|---"):
			cells := strings.Split(strings.Trim(line, "|"), "|")
			for i := range cells {
				cells[i] = strings.ReplaceAll(strings.TrimSpace(cells[i]), "`", "")
			}
			tables[len(tables)-1] = append(tables[len(tables)-1], cells)
		}
	}
	return tables
}
