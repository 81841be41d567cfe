package crin

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// block is a text that stands by itself on the page: a cell, a paragraph, a line.
type block struct {
	text string     // with blanks folded
	bold string     // what is bold at its beginning
	node *html.Node // the element that it stands in; nil for no block
}

// Elements that nobody reads, and those that do not part the words before them from those after. A
// cell of a table is a block even where it is empty.
var (
	unseen = []string{"script", "style", "noscript", "template", "head", "nav", "footer", "iframe", "svg", "select"}
	inline = []string{"a", "abbr", "b", "big", "em", "font", "i", "small", "span", "strong", "sub", "sup", "u"}
	strong = []string{"b", "strong"}
	cell   = []string{"td", "th"}
)

// open reads a page into blocks. A page whose end is missing is refused: a table that was cut off still
// parses.
func open(body []byte) ([]block, error) {
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
	w := &walker{node: root}
	w.walk(root, false)
	w.end()
	return w.blocks, nil
}

// walker gathers the texts of the block that it is in.
type walker struct {
	blocks     []block
	node       *html.Node
	text, bold strings.Builder
	plain      bool // a text that is not bold has begun
}

func (w *walker) walk(n *html.Node, bold bool) {
	switch {
	case n.Type == html.TextNode:
		w.text.WriteString(n.Data)
		if w.plain = w.plain || !bold && strings.TrimSpace(n.Data) != ""; !w.plain {
			w.bold.WriteString(n.Data)
		}
		return
	case n.Type == html.ElementNode && (slices.Contains(unseen, n.Data) || hidden(n)), n.Type == html.CommentNode:
		return
	}
	own := n.Type == html.ElementNode && !slices.Contains(inline, n.Data)
	outer, before := w.node, len(w.blocks)
	if own {
		w.end()
		w.node, before = n, len(w.blocks)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.walk(c, bold || n.Type == html.ElementNode && slices.Contains(strong, n.Data))
	}
	if own {
		w.end()
		if len(w.blocks) == before && slices.Contains(cell, n.Data) {
			w.blocks = append(w.blocks, block{node: n})
		}
		w.node = outer
	}
}

// end closes the block, if it has any words.
func (w *walker) end() {
	if text := folded(w.text.String()); text != "" {
		w.blocks = append(w.blocks, block{text: text, bold: folded(w.bold.String()), node: w.node})
	}
	w.text.Reset()
	w.bold.Reset()
	w.plain = false
}

func hidden(n *html.Node) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool {
		return a.Key == "hidden" || a.Key == "aria-hidden" && a.Val == "true" || a.Key == "style" && strings.Contains(strings.ReplaceAll(a.Val, " ", ""), "display:none")
	})
}

func folded(s string) string { return strings.Join(strings.Fields(s), " ") }

// path is the CSS path of the block's element; "" for no block.
func (b block) path() string {
	var steps []string
	for n := b.node; n != nil && n.Type == html.ElementNode; n = n.Parent {
		place := 1
		for s := n.PrevSibling; s != nil; s = s.PrevSibling {
			if s.Type == html.ElementNode {
				place++
			}
		}
		step := n.Data
		if n.Data != "html" && n.Data != "body" {
			step = fmt.Sprintf("%s:nth-child(%d)", n.Data, place)
		}
		steps = append(steps, step)
	}
	slices.Reverse(steps)
	return strings.Join(steps, " > ")
}

// within reports whether the block stands in the element.
func (b block) within(outer *html.Node) bool {
	for n := b.node; n != nil; n = n.Parent {
		if n == outer {
			return true
		}
	}
	return false
}
