package pdftable

import (
	"bytes"
	"strings"

	"github.com/ledongthuc/pdf"
)

// A font tells for each code of a string its character and its advance. Widths are in text space: 1 is the font size.
type font struct {
	face      int32 // the same for all subsets of one typeface
	composite bool

	// simple fonts: by code
	text  [256]rune // negative: see alphabet; 0 cannot occur
	width [256]float64

	// composite fonts
	codes        *cmap // code to CID; nil: two bytes, CID equals code
	toUnicode    map[uint32]rune
	cidWidth     map[uint32]float64
	defaultWidth float64
}

// A fontSet decodes each font of a document once. Fonts are told apart by how their dictionary is written in the file,
// references included, which is exact and needs no object numbers.
type fontSet struct {
	file    *file
	letters alphabet
	byText  map[string]*font
	byGroup map[string]map[string]*font
	faces   map[string]int32
	count   int
}

// maxFonts bounds the distinct fonts of a document.
const maxFonts = 4096

// group is the fonts of a resource dictionary by their names there.
func (s *fontSet) group(resources pdf.Value) (map[string]*font, error) {
	dict := resources.Key("Font")
	written := dict.String()
	if g, ok := s.byGroup[written]; ok {
		return g, nil
	}
	g := map[string]*font{}
	for _, name := range dict.Keys() {
		f, err := s.font(dict.Key(name))
		if err != nil {
			return nil, err
		}
		g[name] = f
	}
	s.byGroup[written] = g
	return g, nil
}

func (s *fontSet) font(v pdf.Value) (*font, error) {
	written := v.String()
	if f, ok := s.byText[written]; ok {
		return f, nil
	}
	if s.count++; s.count > maxFonts {
		return nil, fail(ErrLimit, "the document has more than %d fonts", maxFonts)
	}
	f := &font{face: s.face(v.Key("BaseFont").Name())}
	var unicode *cmap
	if u := v.Key("ToUnicode"); u.Kind() == pdf.Stream {
		data, err := s.file.stream(u)
		if err != nil {
			return nil, err
		}
		if unicode, err = readCMap(data, &s.letters); err != nil {
			return nil, err
		}
		f.toUnicode = unicode.text
	}
	var err error
	if v.Key("Subtype").Name() == "Type0" {
		err = s.composite(f, v)
	} else {
		err = s.simple(f, v)
	}
	if err != nil {
		return nil, err
	}
	s.byText[written] = f
	return f, nil
}

// face numbers the typefaces by name; the six letters that mark a subset are no part of it.
func (s *fontSet) face(name string) int32 {
	name = withoutSubset(name)
	id, ok := s.faces[name]
	if !ok {
		id = int32(len(s.faces))
		s.faces[name] = id
	}
	return id
}

func withoutSubset(name string) string {
	if strings.IndexByte(name, '+') == 6 {
		return name[7:]
	}
	return name
}

// composite reads the code map and the widths of a Type 0 font.
func (s *fontSet) composite(f *font, v pdf.Value) error {
	f.composite = true
	if enc := v.Key("Encoding"); enc.Kind() == pdf.Stream {
		data, err := s.file.stream(enc)
		if err != nil {
			return err
		}
		if f.codes, err = readCMap(data, &s.letters); err != nil {
			return err
		}
	}
	d := v.Key("DescendantFonts").Index(0)
	f.defaultWidth = 1
	if dw := d.Key("DW"); !dw.IsNull() {
		f.defaultWidth = dw.Float64() / 1000
	}
	f.cidWidth = map[uint32]float64{}
	w := d.Key("W")
	for i, n := 0, int64(0); i < w.Len(); {
		first := w.Index(i).Int64()
		if list := w.Index(i + 1); list.Kind() == pdf.Array {
			for j := 0; j < list.Len(); j++ {
				f.cidWidth[uint32(first)+uint32(j)] = list.Index(j).Float64() / 1000
			}
			n += int64(list.Len())
			i += 2
			continue
		}
		last, width := w.Index(i+1).Int64(), w.Index(i+2).Float64()/1000
		if n += last - first + 1; first < 0 || last > 0xFFFF || n > maxMappings {
			return fail(ErrLimit, "a font has widths for glyph %d, or for more than %d", last, maxMappings)
		}
		for c := first; c <= last; c++ {
			f.cidWidth[uint32(c)] = width
		}
		i += 3
	}
	return nil
}

// simple reads the encoding and the widths of a font with one-byte codes.
func (s *fontSet) simple(f *font, v pdf.Value) error {
	descriptor := v.Key("FontDescriptor")
	if err := s.encode(f, v, descriptor); err != nil {
		return err
	}
	standard := standardWidths(v.Key("BaseFont").Name())
	missing := descriptor.Key("MissingWidth").Float64() / 1000
	widths := v.Key("Widths")
	scale := 1.0 / 1000
	if v.Key("Subtype").Name() == "Type3" {
		scale = v.Key("FontMatrix").Index(0).Float64()
	}
	first := int(v.Key("FirstChar").Int64())
	for c := range f.width {
		switch i := c - first; {
		case i >= 0 && i < widths.Len():
			f.width[c] = widths.Index(i).Float64() * scale
		case widths.Kind() == pdf.Array:
			f.width[c] = missing
		default:
			f.width[c] = standard(f.text[c])
		}
	}
	// Widths are looked up by the encoding's characters, so ligatures and ToUnicode come last.
	for c, r := range f.text {
		if r >= 0xFB00 && r <= 0xFB06 {
			f.text[c] = s.letters.rune([]rune{r})
		}
	}
	for c, r := range f.toUnicode {
		if c < 256 {
			f.text[c] = r
		}
	}
	return nil
}

// encode fills the characters of a simple font from its base encoding and its differences.
func (s *fontSet) encode(f *font, v, descriptor pdf.Value) error {
	enc := v.Key("Encoding")
	base := enc.Name()
	if enc.Kind() == pdf.Dict {
		base = enc.Key("BaseEncoding").Name()
	}
	symbolic := descriptor.Key("Flags").Int64()&4 != 0
	switch {
	case base == "WinAnsiEncoding":
		f.text = winAnsiEncoding
	case base == "MacRomanEncoding":
		f.text = macRomanEncoding
	case base == "" && descriptor.Key("FontFile").Kind() == pdf.Stream:
		program, err := s.file.stream(descriptor.Key("FontFile"))
		if err != nil {
			return err
		}
		f.text = s.builtIn(program)
	case base == "" && standardSymbols[v.Key("BaseFont").Name()],
		base == "" && (symbolic || v.Key("Subtype").Name() == "Type3") && !descriptor.IsNull():
		// The codes are the font program's own: only Differences and ToUnicode explain them.
		for c := range f.text {
			f.text[c] = '\ufffd'
		}
	default:
		f.text = standardEncoding
	}
	differences, c := enc.Key("Differences"), int64(0)
	for i := 0; i < differences.Len(); i++ {
		switch d := differences.Index(i); d.Kind() {
		case pdf.Integer:
			c = d.Int64()
		case pdf.Name:
			if c >= 0 && c < 256 {
				f.text[c] = s.letters.rune(glyphText(d.Name()))
			}
			c++
		}
	}
	return nil
}

// standardSymbols are the standard fonts whose codes are no letters.
var standardSymbols = map[string]bool{"Symbol": true, "ZapfDingbats": true}

// builtIn reads the encoding in the clear text of a Type 1 font program: StandardEncoding, or "dup 65 /A put" for each code.
func (s *fontSet) builtIn(program []byte) (table [256]rune) {
	if i := bytes.Index(program, []byte("eexec")); i >= 0 {
		program = program[:i]
	}
	i := bytes.Index(program, []byte("/Encoding"))
	if i < 0 || bytes.HasPrefix(bytes.TrimLeft(program[i+len("/Encoding"):], " \r\n\t"), []byte("StandardEncoding")) {
		return standardEncoding
	}
	for c := range table {
		table[c] = '\ufffd'
	}
	l := &lexer{data: program[i:]}
	var last [2]token
	for t := l.next(); t.kind != tokenEnd; t = l.next() {
		if t.kind == tokenWord {
			switch string(l.bytes(t)) {
			case "put":
				if c := last[0].number; last[0].kind == tokenNumber && last[1].kind == tokenName && c >= 0 && c < 256 {
					table[int(c)] = s.letters.rune(glyphText(string(l.bytes(last[1]))))
				}
			case "def", "readonly":
				return table
			}
		}
		last[0], last[1] = last[1], t
	}
	return table
}

// standardFamily names the metrics that stand for a font without widths: those of the standard fonts by their names and
// their usual substitutes, and Helvetica's for any other.
func standardFamily(name string) string {
	lower := strings.ToLower(withoutSubset(name))
	bold := strings.Contains(lower, "bold")
	italic := strings.Contains(lower, "italic") || strings.Contains(lower, "oblique")
	switch {
	case strings.HasPrefix(lower, "courier"):
		return "Courier"
	case strings.HasPrefix(lower, "times") && bold && italic:
		return "Times-BoldItalic"
	case strings.HasPrefix(lower, "times") && bold:
		return "Times-Bold"
	case strings.HasPrefix(lower, "times") && italic:
		return "Times-Italic"
	case strings.HasPrefix(lower, "times"):
		return "Times-Roman"
	case bold:
		return "Helvetica-Bold"
	}
	return "Helvetica"
}
