package saferinternetday

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// Elements that nobody reads, and those that do not part the words before them from
// those after.
var (
	unseen = []string{"script", "style", "noscript", "template", "head", "nav", "footer", "iframe", "svg", "select", "dialog"}
	inline = []string{"a", "abbr", "b", "big", "em", "font", "i", "label", "mark", "small", "span", "strong", "sub", "sup", "u", "wbr"}
)

// linesOf returns the visible texts of a page, one for each block, with blanks folded.
// A page whose end is missing is refused: what was cut off looks like a page without
// activities.
func linesOf(body []byte, own func(string) bool) ([]string, error) {
	text := bytes.TrimSpace(body)
	switch {
	case len(text) == 0:
		return nil, errors.New("the page is empty")
	case !utf8.Valid(text):
		return nil, errors.New("the page is not UTF-8")
	case !bytes.HasSuffix(bytes.ToLower(text), []byte("</html>")):
		return nil, fmt.Errorf("the page breaks off: after %d bytes it does not end with </html>", len(body))
	}
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("parse the page: %w", err)
	}
	w := &walker{own: own}
	if err := w.walk(root); err != nil {
		return nil, err
	}
	w.end()
	return w.lines, nil
}

// walker gathers the texts of the block that it is in. A label that own knows makes a
// line of its own also where it is only bold, at the beginning of a block.
type walker struct {
	lines []string
	text  strings.Builder
	own   func(string) bool
}

func (w *walker) walk(n *html.Node) error {
	switch n.Type {
	case html.TextNode:
		w.text.WriteString(n.Data)
		return nil
	case html.CommentNode:
		return nil
	case html.ElementNode:
		if n.Data == "html" {
			if lang := attribute(n, "lang"); lang != "" && !strings.HasPrefix(strings.ToLower(lang), "en") {
				return fmt.Errorf("the page is in the language %q, not in English: see where its address leads", lang)
			}
		}
		if slices.Contains(unseen, n.Data) || hidden(n) {
			return nil
		}
	}
	block := n.Type == html.ElementNode && (!slices.Contains(inline, n.Data) ||
		strings.TrimSpace(w.text.String()) == "" && w.own(folded(textOf(n))))
	if block {
		w.end()
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if err := w.walk(c); err != nil {
			return err
		}
	}
	if block {
		w.end()
	}
	return nil
}

func (w *walker) end() {
	if line := folded(w.text.String()); line != "" {
		w.lines = append(w.lines, line)
	}
	w.text.Reset()
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c))
	}
	return b.String()
}

func hidden(n *html.Node) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool {
		return a.Key == "hidden" || a.Key == "aria-hidden" && a.Val == "true"
	})
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func folded(s string) string { return strings.Join(strings.Fields(s), " ") }
