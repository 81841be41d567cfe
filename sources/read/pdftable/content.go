package pdftable

import (
	"bytes"

	"github.com/ledongthuc/pdf"
)

// A graphics state is what q saves and Q restores.
type graphics struct {
	ctm     matrix // user space to the displayed page
	font    *font
	size    float64
	char    float64 // Tc
	word    float64 // Tw
	stretch float64 // Tz, 1 is normal
	leading float64
	rise    float64
	mode    int
}

// An interpreter runs the content streams of one page and hands each glyph to its collector. Operators that draw no text
// and move no text are passed over; marked content is read as if its marks were not there.
type interpreter struct {
	file  *file
	fonts *fontSet
	out   *collector
	forms int

	graphics
	saved    []graphics
	tm, line matrix
}

// maxSaved bounds the nesting of q; maxOperands the operands of one operator.
const (
	maxSaved    = 1 << 12
	maxOperands = 1 << 18
)

// A scope is the resources that names in a content stream refer to.
type scope struct {
	resources pdf.Value
	fonts     map[string]*font
	depth     int
}

func (in *interpreter) scope(resources pdf.Value, depth int) (scope, error) {
	fonts, err := in.fonts.group(resources)
	return scope{resources, fonts, depth}, err
}

// run interprets a content stream.
func (in *interpreter) run(content []byte, s scope) error {
	l := &lexer{data: content}
	var args []token
	for {
		t := l.next()
		if t.kind == tokenEnd {
			return nil
		}
		if t.kind != tokenWord {
			if args = append(args, t); len(args) > maxOperands {
				return fail(ErrLimit, "an operator has more than %d operands", maxOperands)
			}
			continue
		}
		op := l.bytes(t)
		if len(op) == 2 && op[0] == 'I' && op[1] == 'D' {
			skipInlineImage(l)
		} else if err := in.operator(op, args, l, s); err != nil {
			return err
		}
		args, l.text = args[:0], l.text[:0]
	}
}

// skipInlineImage moves behind the EI that ends an inline image: one between white space with text, not image data, after it.
func skipInlineImage(l *lexer) {
	for {
		i := bytes.Index(l.data[l.pos:], []byte("EI"))
		if i < 0 {
			l.pos = len(l.data)
			return
		}
		at := l.pos + i
		l.pos = at + 2
		after := l.data[l.pos:min(len(l.data), l.pos+12)]
		if at > 0 && class[l.data[at-1]] == 1 && (len(after) == 0 || class[after[0]] == 1) && plain(after) {
			return
		}
	}
}

func plain(b []byte) bool {
	for _, c := range b {
		if c >= 0x7F || c < ' ' && class[c] != 1 {
			return false
		}
	}
	return true
}

// number is the i'th operand from the end, counted from 0; 0 when there is none.
func number(args []token, i int) float64 {
	if i = len(args) - 1 - i; i < 0 {
		return 0
	}
	return args[i].number
}

func matrixOf(args []token) matrix {
	return matrix{number(args, 5), number(args, 4), number(args, 3), number(args, 2), number(args, 1), number(args, 0)}
}

func (in *interpreter) operator(op []byte, args []token, l *lexer, s scope) error {
	switch string(op) {
	case "q":
		if len(in.saved) >= maxSaved {
			return fail(ErrLimit, "graphics states are nested %d deep", maxSaved)
		}
		in.saved = append(in.saved, in.graphics)
	case "Q":
		if n := len(in.saved); n > 0 {
			in.graphics, in.saved = in.saved[n-1], in.saved[:n-1]
		}
	case "cm":
		in.ctm = matrixOf(args).mul(in.ctm)
	case "BT":
		in.tm, in.line = identity, identity
	case "Do":
		if n := len(args); n > 0 && args[n-1].kind == tokenName {
			return in.form(s.resources.Key("XObject").Key(string(l.bytes(args[n-1]))), s)
		}
	case "gs":
		if n := len(args); n > 0 && args[n-1].kind == tokenName {
			return in.external(s.resources.Key("ExtGState").Key(string(l.bytes(args[n-1]))))
		}
	default:
		return in.text(op, args, l, s)
	}
	return nil
}

func (in *interpreter) text(op []byte, args []token, l *lexer, s scope) error {
	switch string(op) {
	case "Tf":
		if n := len(args); n > 1 && args[n-2].kind == tokenName {
			in.font, in.size = s.fonts[string(l.bytes(args[n-2]))], number(args, 0)
		}
	case "Td":
		in.move(number(args, 1), number(args, 0))
	case "TD":
		in.leading = -number(args, 0)
		in.move(number(args, 1), number(args, 0))
	case "Tm":
		in.tm = matrixOf(args)
		in.line = in.tm
	case "T*":
		in.move(0, -in.leading)
	case "Tj":
		return in.show(args, l)
	case "TJ":
		return in.show(args, l)
	case "'":
		in.move(0, -in.leading)
		return in.show(args, l)
	case `"`:
		in.word, in.char = number(args, 2), number(args, 1)
		in.move(0, -in.leading)
		return in.show(args[max(0, len(args)-1):], l)
	case "Tc":
		in.char = number(args, 0)
	case "Tw":
		in.word = number(args, 0)
	case "Tz":
		in.stretch = number(args, 0) / 100
	case "TL":
		in.leading = number(args, 0)
	case "Ts":
		in.rise = number(args, 0)
	case "Tr":
		in.mode = int(number(args, 0))
	}
	return nil
}

func (in *interpreter) move(x, y float64) {
	in.line = in.line.shifted(x, y)
	in.tm = in.line
}

// external sets the font that an extended graphics state names, the one entry of it that moves text.
func (in *interpreter) external(state pdf.Value) error {
	setting := state.Key("Font")
	if setting.Len() != 2 {
		return nil
	}
	f, err := in.fonts.font(setting.Index(0))
	in.font, in.size = f, setting.Index(1).Float64()
	return err
}

// form draws a form XObject with its own matrix and resources.
func (in *interpreter) form(v pdf.Value, s scope) error {
	if v.Kind() != pdf.Stream || v.Key("Subtype").Name() != "Form" {
		return nil
	}
	if s.depth >= maxFormDepth {
		return fail(ErrLimit, "forms are nested more than %d deep", maxFormDepth)
	}
	if in.forms++; in.forms > maxForms {
		return fail(ErrLimit, "more than %d forms are drawn", maxForms)
	}
	inner := s
	inner.depth++
	if resources := v.Key("Resources"); !resources.IsNull() {
		var err error
		if inner, err = in.scope(resources, s.depth+1); err != nil {
			return err
		}
	}
	content, err := in.file.stream(v)
	if err != nil {
		return err
	}
	before, saved, tm, line := in.graphics, in.saved, in.tm, in.line
	if m := v.Key("Matrix"); m.Len() == 6 {
		at := func(i int) float64 { return m.Index(i).Float64() }
		in.ctm = matrix{at(0), at(1), at(2), at(3), at(4), at(5)}.mul(in.ctm)
	}
	in.saved = nil
	err = in.run(content, inner)
	in.graphics, in.saved, in.tm, in.line = before, saved, tm, line
	return err
}
