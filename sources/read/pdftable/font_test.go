package pdftable

import (
	"fmt"
	"strings"
	"testing"
)

// subsetDigits is a font whose code 0x0A is a 7 and whose codes 1 to 9 are the other digits and the comma, as subset fonts
// number their glyphs in the order of use.
const subsetDigits = "<</Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Digits /FirstChar 1 /LastChar 10 " +
	"/Widths [500 500 500 500 500 500 500 500 250 500] /FontDescriptor <</Type /FontDescriptor /Flags 4>> "

// TestNoDigitIsAdded: a reader that puts a line feed after each array of strings reads 1,2347 here.
func TestNoDigitIsAdded(t *testing.T) {
	toUnicode := "beginbfrange\n<01> <04> <0031>\nendbfrange\nbeginbfchar\n<09> <002C>\n<0A> <0037>\nendbfchar"
	cases := []struct {
		name string
		font func(b *builder) string
	}{
		{"by ToUnicode", func(b *builder) string { return fmt.Sprintf("/ToUnicode %d 0 R>>", b.stream("", toUnicode)) }},
		{"by Differences", func(*builder) string {
			return "/Encoding <</Differences [1 /one /two /three /four 9 /comma /seven]>>>>"
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := &builder{}
			b.fonts = "/F " + helvetica + " /D " + subsetDigits + c.font(b)
			number := "BT /D 10 Tf 300 680 Td [(\\001)10(\\011\\002)-5(\\003)(\\004)] TJ ET "
			ten := "BT /D 10 Tf 300 660 Td [(\\012)] TJ ET "
			data := b.file([]string{at("100 100 Country\n300 100 Reports\n100 120 Albania\n100 140 Austria") + number + ten})
			_, tables := open(t, data, byCountry)
			compare(t, pairs(tables), [][2]string{{"Albania", "1,234"}, {"Austria", "7"}})
		})
	}
}

func TestFonts(t *testing.T) {
	type file = func(b *builder) string // gives the font dictionary
	cases := []struct {
		name, draw, want string
		font             file
	}{
		{"WinAnsi", `(Barth\351lemy \222 \200)`, "Barthélemy ’ €", func(*builder) string { return helvetica }},
		{"MacRoman", `(Barth\216lemy)`, "Barthélemy", func(*builder) string {
			return strings.Replace(helvetica, "WinAnsi", "MacRoman", 1)
		}},
		{"standard encoding when there is none", `(Cote d'Ivoire \256)`, "Cote d’Ivoire fi", func(*builder) string {
			return "<</Type /Font /Subtype /Type1 /BaseFont /Times-Roman>>"
		}},
		{"differences", `(\001\002\003\004\005)`, "éffi—Ωa", func(*builder) string {
			return "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding <</BaseEncoding /WinAnsiEncoding /Differences [1 /eacute /f_f_i /uni2014 /u03A9 /a.sc]>>>>"
		}},
		{"a glyph name that says nothing is marked, not dropped", `(1\0012)`, "1\ufffd2", func(*builder) string {
			return "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding <</Differences [1 /g17]>>>>"
		}},
		{"ToUnicode goes before the encoding", `(A)`, "B", func(b *builder) string {
			return strings.Replace(helvetica, ">>", fmt.Sprintf("/ToUnicode %d 0 R>>", b.stream("", "beginbfchar <41> <0042> endbfchar")), 1)
		}},
		{"a symbol font without an explanation", `(12)`, "\ufffd\ufffd", func(*builder) string {
			return "<</Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats>>"
		}},
		{"built-in encoding of a Type 1 program", `(\001\002)`, "A7", func(b *builder) string {
			program := b.stream("", "/Encoding 256 array 0 1 255 {1 index exch /.notdef put} for\ndup 1 /A put\ndup 2 /seven put\nreadonly def\ncurrentfile eexec")
			return fmt.Sprintf("<</Type /Font /Subtype /Type1 /BaseFont /XYZABC+F /FirstChar 1 /Widths [500 500] /FontDescriptor <</Flags 4 /FontFile %d 0 R>>>>", program)
		}},
		{"Type 3 with a matrix of its own", `(ab)`, "é7", func(*builder) string {
			return "<</Type /Font /Subtype /Type3 /FontMatrix [.01 0 0 .01 0 0] /FirstChar 97 /Widths [50 50] /Encoding <</Differences [97 /eacute /seven]>> /CharProcs <<>>>>"
		}},
		{"Type 0, two bytes, ToUnicode in ranges and lists", `<0003000400050010>`, "ABfiX", func(b *builder) string {
			u := b.stream("", "begincodespacerange <0000> <FFFF> endcodespacerange beginbfrange <0003> <0004> <0041> <0005> <0005> [<00660069>] endbfrange beginbfchar <0010> <0058> endbfchar")
			return fmt.Sprintf("<</Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H /ToUnicode %d 0 R "+
				"/DescendantFonts [<</Subtype /CIDFontType2 /DW 500 /W [3 [600 600] 5 16 550]>>]>>", u)
		}},
		{"Type 0, embedded map of codes of one and two bytes", `<418142>`, "AB", func(b *builder) string {
			enc := b.stream("", "begincodespacerange <00> <7F> <8100> <81FF> endcodespacerange begincidrange <41> <41> 7 endcidrange begincidchar <8142> 9 endcidchar")
			u := b.stream("", "beginbfchar <41> <0041> <8142> <0042> endbfchar")
			return fmt.Sprintf("<</Type /Font /Subtype /Type0 /Encoding %d 0 R /ToUnicode %d 0 R /DescendantFonts [<</W [7 [600] 9 9 600]>>]>>", enc, u)
		}},
		{"Type 0 without ToUnicode is marked, not dropped", `<00110012>`, "\ufffd\ufffd", func(*builder) string {
			return "<</Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [<</DW 600>>]>>"
		}},
		{"characters beyond 16 bits", `(A)`, "𝟕", func(b *builder) string {
			return strings.Replace(helvetica, ">>", fmt.Sprintf("/ToUnicode %d 0 R>>", b.stream("", "beginbfchar <41> <D835DFD5> endbfchar")), 1)
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := &builder{}
			b.fonts = "/F " + c.font(b)
			doc, err := Open(b.file([]string{"BT /F 10 Tf 100 700 Td " + c.draw + " Tj ET"}))
			if err != nil {
				t.Fatal(err)
			}
			if got := doc.Pages[0].Lines[0].Text(); got != c.want {
				t.Errorf("read %q, want %q", got, c.want)
			}
		})
	}
}

func TestStandardWidths(t *testing.T) {
	cases := []struct {
		font string
		r    rune
		want float64
	}{
		{"Helvetica", 'A', 0.667}, {"ABCDEF+Helvetica-Bold", 'A', 0.722}, {"Times-Roman", '1', 0.5}, {"TimesNewRomanPS-BoldItalicMT", 'W', 0.889},
		{"Courier-Bold", 'i', 0.6}, {"ArialMT", 'é', 0.556}, {"Times-Italic", '’', 0.333},
	}
	for _, c := range cases {
		if got := standardWidths(c.font)(c.r); got != c.want {
			t.Errorf("%s %q is %g wide, want %g", c.font, c.r, got, c.want)
		}
	}
}
