package coetreaties

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// readHTML reads a chart that the publisher's server rendered: the ASP pages of 2004,
// or the pages of the years after 2014. It goes by words alone; ids and classes of
// those pages are not known.
func (c *chart) readHTML(body []byte) error {
	if !bytes.HasSuffix(bytes.ToLower(body), []byte("</html>")) {
		return fmt.Errorf("the page breaks off: after %d bytes it does not end with </html>", len(body))
	}
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("parse the page: %w", err)
	}
	w := walker{r: &reader{chart: c}}
	w.walk(root)
	w.flush()
	switch {
	case w.err != nil:
		return w.err
	case !w.r.seenHead && isChallenge(body):
		return ErrChallenge
	case !w.r.seenHead && bytes.Contains(body, []byte("conventions_api_key")):
		return errors.New("the page holds a script and no chart: ask the service for the signatures")
	}
	return w.r.finish()
}

// walker makes lines of a page, in the order of its text.
type walker struct {
	r      *reader
	text   strings.Builder
	tables int // tables so far
	table  int // the one that is open, 0 for none
	rows   int // rows so far in all tables
	err    error
}

func (w *walker) take(l line) {
	if w.err == nil {
		w.err = w.r.take(l)
	}
}

// flush ends a line of running text.
func (w *walker) flush() {
	if s := fold(w.text.String()); s != "" {
		w.take(line{cells: []string{s}, spans: []int{1}})
	}
	w.text.Reset()
}

var inline = map[atom.Atom]bool{
	atom.A: true, atom.B: true, atom.I: true, atom.Em: true, atom.Strong: true, atom.Span: true, atom.Font: true, atom.Sup: true, atom.U: true, atom.Small: true, atom.Abbr: true,
}

func (w *walker) walk(n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		w.text.WriteString(n.Data)
		return
	case n.Type == html.CommentNode, n.DataAtom == atom.Script, n.DataAtom == atom.Style, n.DataAtom == atom.Noscript:
		return
	case n.DataAtom == atom.Tr && !holds(n, atom.Table):
		w.flush()
		w.rows++
		w.take(w.rowOf(n))
		return
	}
	block := n.Type == html.ElementNode && !inline[n.DataAtom]
	outer := w.table
	if n.DataAtom == atom.Table {
		w.tables++
		w.table = w.tables
	}
	if block {
		w.flush()
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		w.walk(child)
	}
	if block {
		w.flush()
	}
	w.table = outer
}

// holds reports whether an element of that kind lies below n: the row of a table that
// only lays out others is no row of a chart.
func holds(n *html.Node, kind atom.Atom) bool {
	for d := range n.Descendants() {
		if d.DataAtom == kind {
			return true
		}
	}
	return false
}

const mostColumns = 60

// rowOf lays the cells of a row out over the columns that they span.
func (w *walker) rowOf(tr *html.Node) line {
	l := line{table: w.table, locator: fmt.Sprintf("table %d, row %d of the page", w.table, w.rows)}
	for td := tr.FirstChild; td != nil; td = td.NextSibling {
		if td.DataAtom != atom.Td && td.DataAtom != atom.Th {
			continue
		}
		span := 1
		for _, a := range td.Attr {
			n, err := strconv.Atoi(strings.TrimSpace(a.Val))
			switch {
			case a.Key == "rowspan" && (err != nil || n > 1):
				l.odd = fmt.Errorf("a cell spans %q rows, which charts did not do", a.Val)
			case a.Key == "colspan" && (err != nil || n < 1 || len(l.cells)+n > mostColumns):
				l.odd = fmt.Errorf("a cell spans %q columns", a.Val)
			case a.Key == "colspan":
				span = n
			}
		}
		l.cells, l.spans = append(l.cells, textOf(td)), append(l.spans, span)
		for range span - 1 {
			l.cells, l.spans = append(l.cells, ""), append(l.spans, 0)
		}
	}
	return l
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode && d.Parent.DataAtom != atom.Script && d.Parent.DataAtom != atom.Style:
			b.WriteString(d.Data)
		case d.DataAtom == atom.Br:
			b.WriteString(" ")
		}
	}
	return fold(b.String())
}
