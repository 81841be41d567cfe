package listing

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// builder makes a tree from tokens.
type builder struct {
	t       *tree
	arena   []byte
	open    []int32 // open elements, outermost first
	count   map[atom.Atom]int
	tokens  int
	blank   bool // a blank stands before the next text
	silent  int  // open elements whose text does not count
	foreign int  // open svg and math elements
	line    line
	inLine  bool
	sawHTML bool // an end tag of html or body
	cut     bool // the bytes end within a tag, a comment or a script
}

func newBuilder(size int) *builder {
	b := &builder{t: &tree{names: map[int32]string{}}, arena: make([]byte, 0, size/3), count: map[atom.Atom]int{}}
	b.t.nodes = make([]node, 0, size/24+16)
	return b
}

// parse builds the tree of a page.
func parse(body []byte) (*tree, error) {
	b := newBuilder(len(body))
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(maxBytes + 1)
	for {
		z.AllowCDATA(b.foreign > 0)
		kind := z.Next()
		if kind == html.ErrorToken {
			// What is left over is a tag or a comment that the end of the bytes cut.
			b.cut = b.cut || len(z.Raw()) > 0
			break
		}
		if b.tokens++; b.tokens > maxTokens {
			return nil, fmt.Errorf("the page has more than %d tags and texts: %w", maxTokens, ErrLimit)
		}
		var err error
		switch kind {
		case html.TextToken:
			err = b.content(z)
		case html.StartTagToken, html.SelfClosingTagToken:
			err = b.start(z, kind == html.SelfClosingTagToken)
		case html.EndTagToken:
			name, _ := z.TagName()
			b.endTag(name)
		case html.CommentToken:
			// A comment that the end of the bytes cut comes without its closing mark.
			raw := z.Raw()
			b.cut = !bytes.HasSuffix(raw, []byte(">")) || bytes.HasPrefix(raw, []byte("<!--")) && !bytes.HasSuffix(raw, []byte("->")) && !bytes.HasSuffix(raw, []byte("--!>"))
		}
		if err != nil {
			return nil, err
		}
	}
	return b.finish(), nil
}

func (b *builder) finish() *tree {
	b.breakLine()
	must := false
	for _, i := range b.open {
		if roles[b.t.nodes[i].tag]&isOptional == 0 {
			must = true
		}
	}
	for len(b.open) > 0 {
		b.pop()
	}
	b.t.text = string(b.arena)
	b.t.ended = !b.cut && (b.sawHTML || !b.t.opened && !must)
	return b.t
}

func (b *builder) top() int32 {
	if len(b.open) == 0 {
		return -1
	}
	return b.open[len(b.open)-1]
}

func (b *builder) add(n node) (int32, error) {
	if len(b.t.nodes) >= maxNodes {
		return 0, fmt.Errorf("the page has more than %d elements and texts: %w", maxNodes, ErrLimit)
	}
	n.parent = b.top()
	i := int32(len(b.t.nodes))
	n.end = i + 1
	if n.parent >= 0 {
		p := &b.t.nodes[n.parent]
		n.depth = p.depth + 1
		if n.kind == element {
			p.to++ // of an element: how many elements it has
			n.nth = p.to
		}
	} else {
		n.nth = 1
	}
	b.t.nodes = append(b.t.nodes, n)
	return i, nil
}

// push opens an element.
func (b *builder) push(tag atom.Atom) (int32, error) {
	if len(b.open) >= maxDepth {
		return 0, fmt.Errorf("elements lie more than %d deep within each other: %w", maxDepth, ErrLimit)
	}
	r := roles[tag]
	if r&isInline == 0 {
		b.breakLine()
	}
	i, err := b.add(node{tag: tag})
	if err != nil {
		return 0, err
	}
	b.open = append(b.open, i)
	b.count[tag]++
	if tag == atom.Svg || tag == atom.Math {
		b.foreign++
	} else if r&isSilent != 0 && b.foreign == 0 {
		b.silent++
	}
	return i, nil
}

func (b *builder) pop() {
	i := b.top()
	b.open = b.open[:len(b.open)-1]
	n := &b.t.nodes[i]
	n.end = int32(len(b.t.nodes))
	n.to = 0
	b.count[n.tag]--
	r := roles[n.tag]
	if r&isInline == 0 {
		b.breakLine()
	}
	if n.tag == atom.Svg || n.tag == atom.Math {
		b.foreign--
	} else if r&isSilent != 0 && b.foreign == 0 {
		b.silent--
	}
}

// implied opens what an author may leave out before tag: html, head, body, tbody, tr.
func (b *builder) implied(tag atom.Atom) error {
	for {
		var missing atom.Atom
		top := atom.Atom(0)
		if len(b.open) > 0 {
			top = b.t.nodes[b.top()].tag
		}
		switch {
		case len(b.open) == 0 && tag != atom.Html:
			missing = atom.Html
		case top == atom.Html && tag != atom.Head && tag != atom.Body && tag != atom.Frameset:
			missing = atom.Body
			if roles[tag]&isInHead != 0 && b.t.nodes[b.top()].to == 0 {
				missing = atom.Head
			}
		case top == atom.Head && b.silent == 0 && roles[tag]&isInHead == 0:
			b.pop()
			continue
		case tag == atom.Tr && top == atom.Table:
			missing = atom.Tbody
		case (tag == atom.Td || tag == atom.Th) && (top == atom.Tbody || top == atom.Thead || top == atom.Tfoot):
			missing = atom.Tr
		case (tag == atom.Td || tag == atom.Th) && top == atom.Table:
			missing = atom.Tbody
		}
		if missing == 0 {
			return nil
		}
		if _, err := b.push(missing); err != nil {
			return err
		}
	}
}

func (b *builder) start(z *html.Tokenizer, selfClosing bool) error {
	name, more := z.TagName()
	tag := atom.Lookup(name)
	if b.foreign > 0 {
		z.NextIsNotRawText() // in svg a title is an element like others
	}
	if tag == atom.Html || tag == atom.Body {
		b.t.opened = true
		if b.count[tag] > 0 || tag == atom.Body && b.count[atom.Frameset] > 0 {
			return nil
		}
		if tag == atom.Body && b.count[atom.Head] > 0 {
			b.closeTag(atom.Head)
		}
	}
	r := roles[tag]
	if r&isEndingP != 0 && b.count[atom.P] > 0 {
		b.closeWithin(tagSetP, tagSetNone)
	}
	if c, ok := closes[tag]; ok {
		for b.closeWithin(c.ends, c.upTo) {
		}
	}
	if err := b.implied(tag); err != nil {
		return err
	}
	if tag == atom.Br || tag == atom.Hr {
		b.breakLine()
	}
	i, err := b.push(tag)
	if err != nil {
		return err
	}
	if tag == 0 {
		b.t.names[i] = string(name)
	}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		if wanted(key) {
			b.t.attrs = append(b.t.attrs, attr{i, internKey(key), string(value)})
			if b.t.nodes[i].attr == 0 {
				b.t.nodes[i].attr = int32(len(b.t.attrs))
			}
		}
	}
	if err := b.label(i); err != nil {
		return err
	}
	if r&isVoid != 0 || selfClosing && b.foreign > 0 {
		b.pop()
	}
	return nil
}

// label turns the texts that stand in attributes into lines: areas of maps, shapes of
// drawings, groups of options, flags as pictures.
func (b *builder) label(i int32) error {
	n := &b.t.nodes[i]
	var s string
	switch n.tag {
	case atom.Area:
		s = b.t.attribute(i, "alt")
	case atom.Optgroup:
		s = b.t.attribute(i, "label")
	case atom.Img:
		s = b.t.attribute(i, "alt")
		// A picture speaks only where it may stand for a name, not in the middle of a text.
		if b.inLine || len(s) > 60 {
			s = ""
		}
	default:
		if b.foreign > 0 && n.tag != atom.Svg {
			if s = b.t.attribute(i, "aria-label"); s == "" {
				s = b.t.attribute(i, "title")
			}
		}
	}
	if s == "" {
		return nil
	}
	if n.tag != atom.Img {
		b.breakLine()
	}
	if err := b.appendText([]byte(s), true); err != nil {
		return err
	}
	if n.tag != atom.Img {
		b.breakLine()
	} else {
		b.blank = true
	}
	return nil
}

// closeWithin closes the innermost open element of ends, with all within it, unless
// one of upTo or a scope stands before it.
func (b *builder) closeWithin(ends, upTo map[atom.Atom]bool) bool {
	for k := len(b.open) - 1; k >= 0; k-- {
		tag := b.t.nodes[b.open[k]].tag
		switch {
		case ends[tag]:
			for len(b.open) > k {
				b.pop()
			}
			return true
		case upTo[tag] || roles[tag]&isScope != 0:
			return false
		}
	}
	return false
}

func (b *builder) endTag(name []byte) {
	tag := atom.Lookup(name)
	if tag == atom.Html || tag == atom.Body {
		b.sawHTML = true
		return // what follows by mistake still belongs to the body
	}
	if tag == atom.Br {
		b.breakLine()
		return
	}
	if tag == 0 {
		if k := len(b.open) - 1; k >= 0 && b.t.names[b.open[k]] == string(name) {
			b.pop()
			return
		}
		for k := len(b.open) - 1; k >= 0 && b.count[0] > 0; k-- {
			if b.t.names[b.open[k]] == string(name) {
				for len(b.open) > k {
					b.pop()
				}
				return
			}
			if roles[b.t.nodes[b.open[k]].tag]&isScope != 0 {
				return
			}
		}
		return
	}
	b.closeTag(tag)
}

func (b *builder) closeTag(tag atom.Atom) {
	if b.count[tag] == 0 {
		return
	}
	for k := len(b.open) - 1; k >= 0; k-- {
		t := b.t.nodes[b.open[k]].tag
		if t == tag {
			for len(b.open) > k {
				b.pop()
			}
			return
		}
		if roles[t]&isScope != 0 && !insideTable(tag) {
			return
		}
	}
}

// insideTable reports the elements whose end tags also close a cell.
func insideTable(tag atom.Atom) bool {
	switch tag {
	case atom.Table, atom.Tr, atom.Tbody, atom.Thead, atom.Tfoot, atom.Select, atom.Svg, atom.Template:
		return true
	}
	return false
}

func (b *builder) content(z *html.Tokenizer) error {
	if top := b.top(); top >= 0 && b.t.nodes[top].tag == atom.Script && b.foreign == 0 {
		if len(b.t.raw) < 10_000 {
			b.t.raw = append(b.t.raw, rawScript{top, bytes.Clone(z.Text())})
		}
		return nil
	}
	if b.silent > 0 {
		return nil
	}
	txt := z.Text()
	if onlyBlanks(txt) {
		b.blank = true
		return nil
	}
	if top := b.top(); top < 0 || b.t.nodes[top].tag == atom.Html || b.t.nodes[top].tag == atom.Head {
		if err := b.implied(atom.P); err != nil {
			return err
		}
	}
	return b.appendText(txt, false)
}

func onlyBlanks(s []byte) bool {
	for _, c := range s {
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' && c != '\f' {
			return false
		}
	}
	return true
}

// appendText adds a text node, its blanks folded to one.
func (b *builder) appendText(s []byte, ofAttribute bool) error {
	if ofAttribute {
		b.blank = true
	}
	from := len(b.arena)
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			if c <= ' ' {
				b.blank = true
				continue
			}
			if b.blank && len(b.arena) > 0 {
				b.arena = append(b.arena, ' ')
			}
			b.blank = false
			b.arena = append(b.arena, c)
			continue
		}
		r, n := utf8.DecodeRune(s[i:])
		switch {
		case unicode.IsSpace(r):
			b.blank = true
		case r == '\u200b' || r == '\u200c' || r == '\u200d' || r == '\u2060' || r == '\ufeff' || r == '\u00ad':
			// marks that no reader sees
		default:
			if b.blank && len(b.arena) > 0 {
				b.arena = append(b.arena, ' ')
			}
			b.blank = false
			b.arena = append(b.arena, s[i:i+n]...)
		}
		i += n
	}
	if len(b.arena) == from {
		return nil
	}
	i, err := b.add(node{kind: text, from: int32(from), to: int32(len(b.arena))})
	if err != nil {
		return err
	}
	if !b.inLine {
		b.inLine = true
		block := b.blockOf()
		b.line = line{from: int32(from), first: i, block: block, depth: b.t.nodes[block].depth + 1}
	}
	b.line.to, b.line.last = int32(len(b.arena)), i
	return nil
}

func (b *builder) blockOf() int32 {
	for k := len(b.open) - 1; k > 0; k-- {
		if roles[b.t.nodes[b.open[k]].tag]&isInline == 0 {
			return b.open[k]
		}
	}
	return b.open[0]
}

func (b *builder) breakLine() {
	b.blank = true
	if b.inLine {
		b.inLine = false
		b.t.lines = append(b.t.lines, b.line)
	}
}
