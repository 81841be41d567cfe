package pdftable

import (
	"fmt"
	"strings"
	"testing"
)

// TestSameTableHoweverDrawn draws one table by each means that a content stream has; what is read must not differ.
func TestSameTableHoweverDrawn(t *testing.T) {
	plain := at(small)
	cases := []struct {
		name  string
		build func() []byte
	}{
		{"absolute matrices", func() []byte { return onePage(plain) }},
		{"cm scales and moves", func() []byte {
			return onePage("q .5 0 0 .5 20 30 cm q 2 0 0 2 -40 -60 cm " + plain + " Q Q")
		}},
		{"cm flips the page, the text matrix flips it back", func() []byte {
			return onePage("1 0 0 -1 0 800 cm BT /F 10 Tf 1 0 0 -1 100 100 Tm (Country) Tj 1 0 0 -1 300 100 Tm (Reports) Tj " +
				"1 0 0 -1 100 120 Tm (Albania) Tj 1 0 0 -1 300 120 Tm (1,234) Tj 1 0 0 -1 100 140 Tm (Austria) Tj 1 0 0 -1 300 140 Tm (56) Tj ET")
		}},
		{"a flipped page with a negative font size", func() []byte {
			return onePage("-1 0 0 -1 600 800 cm BT /F -10 Tf 1 0 0 1 500 100 Tm (Country) Tj 1 0 0 1 300 100 Tm (Reports) Tj " +
				"1 0 0 1 500 120 Tm (Albania) Tj 1 0 0 1 300 120 Tm (1,234) Tj 1 0 0 1 500 140 Tm (Austria) Tj 1 0 0 1 300 140 Tm (56) Tj ET")
		}},
		{"relative moves in one text object", func() []byte {
			return onePage("BT /F 10 Tf 100 700 Td (Country) Tj 200 0 Td (Reports) Tj -200 -20 TD (Albania) Tj 200 0 Td (1,234) Tj " +
				"-200 -20 Td (Austria) Tj 200 0 Td (56) Tj ET")
		}},
		{"T*, ' and \" with leading", func() []byte {
			return onePage("BT /F 10 Tf 20 TL 100 700 Td (Country) Tj T* (Albania) Tj (Austria) ' ET " +
				"BT 300 700 Td (Reports) Tj (1,234) ' 0 0 (56) \" ET")
		}},
		{"kerned arrays without blanks", func() []byte {
			return onePage("BT /F 10 Tf 100 700 Td [(Co)30(un)-10(try)-17000(Repo)5(rts)] TJ ET " +
				at("100 120 Albania\n100 140 Austria") + "BT 300 680 Td [(1)20(,)-15(23)10(4)] TJ 0 -20 Td [(5)-20(6)] TJ ET")
		}},
		{"blanks around the numbers", func() []byte {
			return onePage(strings.NewReplacer("(1,234)", "( 1,234 )", "(56)", "(  56 )").Replace(plain))
		}},
		{"streams that are cut within operators and strings of arrays", func() []byte {
			b := &builder{}
			return b.file(strings.SplitAfter(plain, " "))
		}},
		{"numbers drawn first, then names, header last", func() []byte {
			return onePage(at("300 140 56\n300 120 1,234\n100 140 Austria\n100 120 Albania\n300 100 Reports\n100 100 Country"))
		}},
		{"drawn twice for bold", func() []byte { return onePage(plain + strings.ReplaceAll(plain, " Tm", " Tm .3 0 Td")) }},
		{"an inline image between, with an operator in its data", func() []byte {
			return onePage("BI /W 2 /H 2 /BPC 8 /CS /G ID \x00\x01 EI \xff (9) Tj EI\n" + plain)
		}},
		{"marked content with a replacement text", func() []byte {
			return onePage("/Span <</ActualText (9)>> BDC " + plain + " EMC")
		}},
		{"invisible text beside it", func() []byte { return onePage(plain + "BT 3 Tr /F 10 Tf 320 680 Td (9) Tj ET") }},
		{"text off the page", func() []byte { return onePage(plain + "BT /F 10 Tf 700 680 Td (9) Tj ET") }},
		{"turned text across it", func() []byte {
			return onePage(plain + "BT /F 40 Tf .7 .7 -.7 .7 150 640 Tm (DRAFT 9) Tj ET")
		}},
		{"a form within a form, with matrices and fonts of their own", func() []byte {
			b := &builder{}
			inner := b.stream("/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Matrix [2 0 0 2 0 0] /Resources <</Font <</F "+helvetica+">>>>",
				strings.ReplaceAll(plain, "BT", ""))
			outer := b.stream(fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources <</XObject <</Y %d 0 R>>>>", inner),
				"q .5 0 0 .5 0 0 cm /Y Do Q")
			b.forms = fmt.Sprintf("/X %d 0 R", outer)
			return b.file([]string{"/X Do"})
		}},
		{"a font set by a graphics state", func() []byte {
			b := &builder{}
			font := b.add(helvetica)
			b.page = fmt.Sprintf("/Resources <</ExtGState <</G <</Font [%d 0 R 10]>>>>>>", font)
			return b.file([]string{"/G gs " + strings.ReplaceAll(plain, "/F 10 Tf", "")})
		}},
		{"a version 2.0 header, bytes before it and after the end", func() []byte {
			data := append([]byte("\r\n\r\n"), onePage(plain)...)
			return append([]byte(strings.Replace(string(data), "%PDF-1.7", "%PDF-2.0", 1)), "\r\n<!-- served by -->\r\n"...)
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, tables := open(t, c.build(), byCountry)
			compare(t, pairs(tables), smallRows)
		})
	}
}

func TestPageGeometry(t *testing.T) {
	albania := Box{100, 120 - 7.5, 133.34, 122.2}
	cases := []struct {
		name, page, around string
		width, height      float64
		box                Box
	}{
		{"upright", "", "%s", 600, 800, albania},
		{"rotated by 90", "/Rotate 90 /MediaBox [0 0 800 600]", "0 1 -1 0 800 0 cm %s", 600, 800, albania},
		{"rotated by 180", "/Rotate 180", "-1 0 0 -1 600 800 cm %s", 600, 800, albania},
		{"rotated by -90", "/Rotate -90 /MediaBox [0 0 800 600]", "0 -1 1 0 0 600 cm %s", 600, 800, albania},
		{"media box away from the origin", "/MediaBox [-50 1000 550 1800]", "1 0 0 1 -50 1000 cm %s", 600, 800, albania},
		{"crop box", "/CropBox [60 0 560 750]", "%s", 500, 750, Box{40, 70 - 7.5, 73.34, 72.2}},
		{"crop box, rotated by 90", "/Rotate 90 /MediaBox [0 0 900 900] /CropBox [10 20 810 620]", "0 1 -1 0 810 20 cm %s", 600, 800, albania},
		{"user unit", "/UserUnit 2 /MediaBox [0 0 300 400]", ".5 0 0 .5 0 0 cm %s", 600, 800, albania},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := &builder{page: c.page}
			doc, tables := open(t, b.file([]string{fmt.Sprintf(c.around, at(small))}), byCountry)
			compare(t, pairs(tables), smallRows)
			if p := doc.Pages[0]; p.Width != c.width || p.Height != c.height {
				t.Errorf("the page is %g by %g, want %g by %g", p.Width, p.Height, c.width, c.height)
			}
			if got := tables[0].Rows[0].Cells[0].Box; got.String() != c.box.String() {
				t.Errorf("the cell is at %s, want %s", got, c.box)
			}
		})
	}
}

func TestSpacing(t *testing.T) {
	cases := []struct{ name, draw, want string }{
		{"blank", "(Cape Verde) Tj", "Cape Verde"},
		{"gap instead of a blank", "[(Cape)-300(Verde)] TJ", "Cape Verde"},
		{"blank and gap", "[(Cape )-20( Verde)] TJ", "Cape Verde"},
		{"kerning is no gap", "[(Cape)-60(Verde)60(s)] TJ", "CapeVerdes"},
		{"column gap", "[(Cape)-2000(Verde)] TJ", "Cape|Verde"},
		{"letters apart by Tc", "2 Tc (Cape) Tj", "Cape"},
		{"so far apart that they are words", "6 Tc (Cape) Tj", "C a p e"},
		{"Tw widens blanks", "30 Tw (Cape Verde) Tj", "Cape|Verde"},
		{"Tw does not widen letters", "30 Tw (Cape) Tj (Verde) Tj", "CapeVerde"},
		{"Tz narrows", "50 Tz (Cape) Tj 14.1 0 Td (Verde) Tj", "Cape Verde"},
		{"Tz narrows the next string's place", "50 Tz (Cape) Tj (Verde) Tj", "CapeVerde"},
		{"no-break blank", "(27\\240503) Tj", "27 503"},
		{"superscript", "(1,234) Tj /F 6 Tf 4 Ts (2) Tj", "1,234²"},
		{"octal and other escapes", `(\103ape\
 \(Verde\)) Tj`, "Cape (Verde)"},
		{"hexadecimal string", "<43 61 70 65> Tj", "Cape"},
		{"a font that is not there draws nothing", "(Cape) Tj /None 10 Tf (Verde) Tj", "Cape"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			doc, err := Open(onePage("BT /F 10 Tf 100 700 Td " + c.draw + " ET"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range doc.Pages[0].Lines[0].Segments {
				got = append(got, s.Text)
			}
			if text := strings.Join(got, "|"); text != c.want {
				t.Errorf("read %q, want %q", text, c.want)
			}
		})
	}
}
