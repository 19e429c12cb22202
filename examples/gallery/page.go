package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"os"
	"time"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"kilobytes": func(n int) string { return fmt.Sprintf("%.1f kB", float64(n)/1000) },
	"ms":        func(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) },
}).Parse(pageText))

func writePage(path string, chapters []chapter) error {
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, chapters); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}
