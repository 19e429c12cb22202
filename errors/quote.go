package errors

import (
	"strconv"
	"strings"
)

// Quote returns client input for use in a message: quoted, in printable
// ASCII, and shortened.
func Quote(s string) string {
	const most = 40
	q := quoted(s)
	if len(q) <= most {
		return q
	}
	runes := []rune(s[:min(len(s), most)])
	for len(q) > most {
		runes = runes[:len(runes)-1]
		q = quoted(string(runes) + "...")
	}
	return q
}

var markup = strings.NewReplacer("<", `\x3c`, ">", `\x3e`, "&", `\x26`)

// quoted also replaces markup: an operator's error page may show the message.
func quoted(s string) string { return markup.Replace(strconv.QuoteToASCII(s)) }
