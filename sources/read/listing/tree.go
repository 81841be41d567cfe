package listing

import (
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"
)

// tree is a light tree of a page: elements and texts in the order of the page, so that
// what lies within node i are the nodes from i+1 up to its end. It is built from tokens
// in one pass, with the tags that HTML lets authors leave out put back. It keeps only
// the attributes that carry text or an address.
type tree struct {
	nodes  []node
	text   string // all texts, blanks folded; nodes and lines hold places in it
	attrs  []attr
	names  map[int32]string // names of elements that package atom does not know
	lines  []line
	raw    []rawScript
	ended  bool // the page closed its html or body, or has neither and closed all it must
	opened bool // the page wrote a tag <html> or <body>
}

type node struct {
	parent   int32
	end      int32 // one after the last node within it
	tag      atom.Atom
	from, to int32 // of a text, in tree.text
	attr     int32 // one more than the place of its first attribute, 0 without
	nth      int32 // place among the elements of its parent, from 1
	depth    int16
	kind     kind
}

type kind uint8

const (
	element kind = iota
	text
)

type attr struct {
	node       int32
	key, value string
}

// line is what a reader sees as one line: text between the borders of blocks and line
// breaks. Its texts lie next to each other in tree.text.
type line struct {
	from, to    int32 // in tree.text
	first, last int32 // its text nodes, in nodes
	block       int32 // the innermost block around it
	depth       int16 // of the line below its block: one more than the block's
}

// rawScript is the content of a script element.
type rawScript struct {
	node int32
	body []byte
}

// The kinds of elements that matter for building the tree and breaking lines.
var (
	void = tagSet(atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input,
		atom.Link, atom.Meta, atom.Param, atom.Source, atom.Track, atom.Wbr)
	inline = tagSet(atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Big, atom.Cite, atom.Code, atom.Data, atom.Del, atom.Dfn,
		atom.Em, atom.Font, atom.I, atom.Img, atom.Input, atom.Ins, atom.Kbd, atom.Mark, atom.Picture, atom.Q, atom.S, atom.Samp,
		atom.Small, atom.Source, atom.Span, atom.Strike, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.Tt, atom.U, atom.Var, atom.Wbr, 0)
	// Their text is no text of the page.
	silent = tagSet(atom.Script, atom.Style, atom.Textarea, atom.Iframe, atom.Noembed, atom.Noframes, atom.Title, atom.Xmp, atom.Plaintext, atom.Object)
	// A closing tag inside one of these closes nothing outside it.
	scope = tagSet(atom.Table, atom.Td, atom.Th, atom.Caption, atom.Template, atom.Svg, atom.Select, atom.Button)
	// Elements that may be left open at the end of a page.
	mayStayOpen = tagSet(atom.Html, atom.Head, atom.Body, atom.P, atom.Li, atom.Dt, atom.Dd, atom.Tr, atom.Td, atom.Th,
		atom.Thead, atom.Tbody, atom.Tfoot, atom.Option, atom.Optgroup, atom.Colgroup, atom.Caption)
	inHead = tagSet(atom.Title, atom.Meta, atom.Link, atom.Script, atom.Style, atom.Base, atom.Noscript, atom.Template)
	// A start tag of these ends an open paragraph.
	endsParagraph = tagSet(atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Center, atom.Details, atom.Dialog, atom.Dir, atom.Div,
		atom.Dl, atom.Dt, atom.Dd, atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4,
		atom.H5, atom.H6, atom.Header, atom.Hgroup, atom.Hr, atom.Li, atom.Main, atom.Menu, atom.Nav, atom.Ol, atom.P, atom.Pre, atom.Section,
		atom.Summary, atom.Table, atom.Ul)
)

const (
	isVoid role = 1 << iota
	isInline
	isSilent
	isScope
	isOptional
	isInHead
	isEndingP
)

var (
	tagSetP    = tagSet(atom.P)
	tagSetNone = tagSet()
)

// of returns the text of a line or a text node.
func (t *tree) of(from, to int32) string { return strings.TrimSpace(t.text[from:to]) }

func (t *tree) lineText(l *line) string { return t.of(l.from, l.to) }

func (t *tree) attribute(i int32, key string) string {
	for k := t.nodes[i].attr; k > 0 && int(k) <= len(t.attrs) && t.attrs[k-1].node == i; k++ {
		if t.attrs[k-1].key == key {
			return t.attrs[k-1].value
		}
	}
	return ""
}

// above returns the ancestor of node i, or i itself, at that depth.
func (t *tree) above(i int32, depth int16) int32 {
	for t.nodes[i].depth > depth {
		i = t.nodes[i].parent
	}
	return i
}

// within returns the nearest of i and its ancestors with one of the tags, or -1.
func (t *tree) within(i int32, tags ...atom.Atom) int32 {
	for ; i >= 0; i = t.nodes[i].parent {
		for _, tag := range tags {
			if t.nodes[i].tag == tag && t.nodes[i].kind == element {
				return i
			}
		}
	}
	return -1
}

// path is the CSS path of an element.
func (t *tree) path(i int32) string {
	for i >= 0 && t.nodes[i].kind == text {
		i = t.nodes[i].parent
	}
	var steps []string
	for ; i >= 0; i = t.nodes[i].parent {
		name := t.nodes[i].tag.String()
		if t.nodes[i].tag == 0 {
			name = t.names[i]
		}
		switch t.nodes[i].tag {
		case atom.Html, atom.Head, atom.Body:
		default:
			name += ":nth-child(" + strconv.Itoa(int(t.nodes[i].nth)) + ")"
		}
		steps = append(steps, name)
	}
	for a, z := 0, len(steps)-1; a < z; a, z = a+1, z-1 {
		steps[a], steps[z] = steps[z], steps[a]
	}
	return strings.Join(steps, " > ")
}
