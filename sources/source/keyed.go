package source

import (
	"bytes"
	"html"
	"net/url"
)

// Keyed is a source whose publisher gives keys in its pages. They are never stored.
type Keyed interface {
	// Keys returns the keys in an answer. sure is false where the answer seems to hold one that
	// cannot be told apart: then nobody may store it.
	Keys(body []byte) (keys []string, sure bool)
}

// Blank puts a blank in place of each character of the keys in a text, in the forms in which
// they stand in pages and addresses. The text itself is not changed.
func Blank(text []byte, keys []string) []byte {
	for _, key := range keys {
		for _, form := range []string{key, html.EscapeString(key), url.QueryEscape(key)} {
			if form != "" {
				text = bytes.ReplaceAll(text, []byte(form), bytes.Repeat([]byte(" "), len(form)))
			}
		}
	}
	return text
}
