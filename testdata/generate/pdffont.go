package main

import "fmt"

// pdfFont is one of the standard fonts. Their widths are needed to set numbers
// flush right, and readers need them to know where a word ends.
type pdfFont struct {
	name   string
	widths [224]int // of the codes 32 to 255, in thousandths of the size
}

var regularFont = pdfFont{name: "Helvetica", widths: [224]int{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, 350,
	556, 350, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 350, 611, 350,
	350, 222, 222, 333, 333, 350, 556, 1000, 333, 1000, 500, 333, 944, 350, 500, 667,
	278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333,
	400, 584, 333, 333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611,
	667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
	722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
	556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
}}

var boldFont = pdfFont{name: "Helvetica-Bold", widths: [224]int{
	278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
	975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
	333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
	611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584, 350,
	556, 350, 278, 556, 500, 1000, 556, 556, 333, 1000, 667, 333, 1000, 350, 611, 350,
	350, 278, 278, 500, 500, 350, 556, 1000, 333, 1000, 556, 333, 944, 350, 500, 667,
	278, 333, 556, 556, 556, 556, 280, 556, 333, 737, 370, 556, 584, 333, 737, 333,
	400, 584, 333, 333, 333, 611, 556, 278, 333, 333, 365, 556, 834, 834, 834, 611,
	722, 722, 722, 722, 722, 722, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
	722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
	556, 556, 556, 556, 556, 556, 889, 556, 556, 556, 556, 556, 278, 278, 278, 278,
	611, 611, 611, 611, 611, 611, 611, 584, 611, 611, 611, 611, 611, 556, 611, 556,
}}

// specialCodes are the WinAnsi codes that differ from Latin-1 and that names,
// prose or notes may need.
var specialCodes = map[rune]byte{
	'\u2013': 0x96, // en dash
	'\u2018': 0x91, // quotation marks and the apostrophe
	'\u2019': 0x92,
	'\u201c': 0x93,
	'\u201d': 0x94,
}

// winAnsi encodes text for a font with WinAnsiEncoding. A character outside of
// it is an error: a missing letter in a name would be a false fact.
func winAnsi(text string) ([]byte, error) {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		switch code, special := specialCodes[r]; {
		case special:
			out = append(out, code)
		case r >= 0x20 && r < 0x7f || r >= 0xa0 && r <= 0xff:
			out = append(out, byte(r))
		default:
			return nil, fmt.Errorf("character %U of %q is not in WinAnsi", r, text)
		}
	}
	return out, nil
}

// kerns are the pairs that are moved closer, in thousandths of the size. They
// cut names and numbers into splinters, as in the publisher's files.
var kerns = map[string]int{
	"Ta": 120, "To": 120, "Tr": 120, "Tu": 120, "Ti": 35, "Tw": 120, "TO": 40,
	"Va": 70, "Ve": 80, "Vi": 20, "Ya": 140, "Ye": 140, "Wa": 30, "We": 30,
	"Po": 50, "Pa": 40, "Fa": 50, "Fr": 45, "Fi": 20, "Re": 20, "Ko": 20, "Ke": 30,
	"Le": 15, "Li": 10, "Au": 20, "Ar": 15, "Al": 10, "Bu": 10, "ra": 10, "rr": -10,
	"ry": -30, "ar": 8, "re": 5, "ay": 20, "ey": 20, "n/": -20, "e/": -15, "r,": 50,
	"y,": 80, "11": 74, "1,": 20, "7,": 60,
}

// kerned cuts encoded text into splinters. gaps[i] is the kern after pieces[i].
func kerned(code []byte) (pieces [][]byte, gaps []int) {
	start := 0
	for i := 1; i < len(code); i++ {
		if k, ok := kerns[string(code[i-1:i+1])]; ok {
			pieces, gaps = append(pieces, code[start:i]), append(gaps, k)
			start = i
		}
	}
	return append(pieces, code[start:]), gaps
}

// width is the length of encoded text in thousandths of the size.
func (f *pdfFont) width(code []byte) int {
	sum := 0
	for _, c := range code {
		sum += f.widths[c-32]
	}
	return sum
}
