package pdftable

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenRefuses(t *testing.T) {
	whole := onePage(at(small))
	replaced := func(old, new string) []byte { return bytes.Replace(whole, []byte(old), []byte(new), 1) }
	form := func(content string) []byte {
		b := &builder{}
		x := b.stream("/Subtype /Form", content)
		b.forms = fmt.Sprintf("/X %d 0 R", x)
		return b.file([]string{at(small) + "/X Do"})
	}
	cases := []struct {
		name string
		data []byte
		kind error
	}{
		{"empty", nil, ErrNotPDF},
		{"an image", []byte("\x89PNG\r\n\x1a\n0000"), ErrNotPDF},
		{"a header and nothing else", []byte("%PDF-1.7\n%%EOF"), ErrNotPDF},
		{"html", []byte("<!DOCTYPE html><html><body>Page not found</body></html>"), ErrHTML},
		{"html after a byte order mark and blanks", []byte("\xEF\xBB\xBF \r\n<HTML><head>"), ErrHTML},
		{"xhtml", []byte(`<?xml version="1.0"?><!DOCTYPE html><html xmlns="x">`), ErrHTML},
		{"a page tree that is a circle", replaced("/Kids [4 0 R]", "/Kids [2 0 R]"), ErrLimit},
		{"no pages", replaced("/Pages 2 0 R", "/Nothing null"), ErrNotPDF},
		{"a damaged cross-reference", replaced("startxref\n", "startxref\n9"), ErrNotPDF},
		{"more objects than any file has", replaced("/Size ", "/Size 99999999"), ErrLimit},
		{"an xref that numbers too many", replaced("xref\n0 ", "xref\n99999999999 "), ErrLimit},
		{"sections in a circle", replaced("/Root ", fmt.Sprintf("/Prev %d /Root ", bytes.Index(whole, []byte("xref\n")))), ErrNotPDF},
		{"encrypted, unreadable handler", replaced("/Root ", "/Encrypt <</Filter /Other>> /Root "), ErrEncrypted},
		{"an unknown filter", replaced("<< /Length", "<</Filter /JPXDecode /Length"), ErrNotPDF},
		{"no text", onePage("0 0 100 100 re f q 100 0 0 100 0 0 cm /Im Do Q"), ErrNoText},
		{"invisible text", onePage("3 Tr " + at(small)), ErrNoText},
		{"blanks only", onePage("BT /F 10 Tf (   ) Tj ET"), ErrNoText},
		{"text in a font that is not there", onePage(strings.ReplaceAll(at(small), "/F ", "/G ")), ErrNotPDF},
		{"a form within itself", form("/X Do"), ErrLimit},
		{"graphics states without end", form(strings.Repeat("q ", maxSaved+1)), ErrLimit},
		{"a text beyond any page", onePage("BT /F 10 Tf 1000000000 0 0 1 0 0 Tm (a) Tj ET"), ErrLimit},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			doc, err := Open(c.data)
			refused(t, err, c.kind)
			if doc != nil {
				t.Error("a document came with the error")
			}
		})
	}
}

// refused checks that an error is of its kind and one sentence.
func refused(t *testing.T, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("the error is %v, want one of the kind %q", err, kind)
	}
	if len(err.Error()) <= len(kind.Error())+2 || strings.Contains(err.Error(), "\n") {
		t.Errorf("the error does not say what was found: %q", err)
	}
}

// encrypted files of a page with one word, made with qpdf --encrypt: 40-bit RC4, AES-256, with and without a password.
func TestOpenRefusesEncrypted(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join("testdata", "encrypted-*.pdf"))
	if len(files) < 4 {
		t.Fatalf("%d encrypted files in testdata, want 4", len(files))
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			_, err := Open(readFile(t, f))
			refused(t, err, ErrEncrypted)
		})
	}
}

func TestOpenRefusesTruncated(t *testing.T) {
	files := map[string][]byte{"by hand": onePage(at(small))}
	for _, name := range []string{"libreoffice.pdf", "objstm.pdf", "pdftex.pdf"} {
		data, err := os.ReadFile(filepath.Join(upwards("testdata/pdf"), name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			end := bytes.LastIndex(data, []byte("%%EOF"))
			first := bytes.Index(data, []byte("%%EOF")) + 5
			for n := 5; n < end; n += max(1, end/300) {
				_, err := Open(data[:n])
				// A linearised file has an end mark near its beginning too.
				atFirstMark := first < end && n >= first && n < first+1100 && errors.Is(err, ErrNotPDF)
				if !errors.Is(err, ErrTruncated) && !atFirstMark {
					t.Fatalf("cut after %d of %d bytes, the error is %v", n, len(data), err)
				}
			}
		})
	}
}

func TestTablesRefuse(t *testing.T) {
	head := "100 100 Country\n300 100 Reports\n"
	rows := "100 120 Albania\n300 120 1,234\n100 140 Austria\n300 140 56\n100 160 Belgium\n300 160 7\n"
	cases := []struct {
		name, texts string
		kind        error
	}{
		{"no header", rows, ErrNoTable},
		{"prose with a header's word", "100 100 Country\n" + rows, ErrNoTable},
		{"a header and no row", head, ErrEmptyTable},
		{"a header and a note", head + "100 130 *Reasons include no address.", ErrEmptyTable},
		{"a further column of numbers", "400 100 Referrals\n" + head + rows + "400 120 12\n400 140 3", ErrColumns},
		{"a column of numbers without a header, right", head + rows + "400 120 12\n400 140 3", ErrColumns},
		{"a column of numbers without a header, left", head + rows + "80 120 1\n80 140 2", ErrColumns},
		{"a column of numbers without a header, between", head + rows + "210 120 12\n210 140 3", ErrColumns},
		{"two candidates", head + "400 100 Number of Reports\n" + rows, ErrColumns},
		{"a longer header", head + "300 88 Informational\n" + rows, ErrColumns},
		{"a cell across two columns", head + rows + "100 180 The Former Yugoslav Republic of Macedonia, see also North\n300 180 8\n100 200 Malta\n300 200 9", ErrLayout},
		{"a name of its own between two rows", head + "100 120 Albania\n300 120 1,234\n100 140 Europe\n100 160 Austria\n300 160 56", ErrLayout},
		{"a number without a name", head + rows + "300 180 8\n100 200 Malta\n300 200 9", ErrLayout},
		{"rows after a gap", head + rows + "100 260 Malta\n300 260 9", ErrLayout},
		{"a number over a number", head + rows + "100 180 Malta\n300 180 1,234\n305 180 777", ErrLayout},
		{"a second number beside the first", head + rows + "100 180 Malta\n300 180 12\n340 180 34", ErrColumns},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			doc, err := Open(onePage(at(c.texts)))
			if err != nil {
				t.Fatal(err)
			}
			tables, err := doc.Tables(byCountry)
			refused(t, err, c.kind)
			if tables != nil {
				t.Errorf("tables came with the error: %v", tables)
			}
		})
	}
}

// TestMarkOnANumber: a note's mark that is hardly raised must not become a digit of the number.
func TestMarkOnANumber(t *testing.T) {
	doc, err := Open(onePage(at(small) + "BT /F 10 Tf 100 640 Td (Malta) Tj 200 0 Td (12) Tj /F 6 Tf 1 Ts (3) Tj ET"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = doc.Tables(byCountry)
	refused(t, err, ErrLayout)
}

// TestContinuedWithoutHeader: the header of the second page is missing altogether.
func TestContinuedWithoutHeader(t *testing.T) {
	doc, err := Open((&builder{}).file([]string{at(small)}, []string{at("100 100 Malta\n300 100 7\n100 120 Monaco\n300 120 -")}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = doc.Tables(byCountry)
	refused(t, err, ErrLayout)
}

// TestLostHeader: a page that has only a part of the header would be left out without a word.
func TestLostHeader(t *testing.T) {
	b := &builder{}
	doc, err := Open(b.file([]string{at(small)}, []string{at(strings.Replace(small, "Reports", "Rep0rts", 1))}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = doc.Tables(byCountry)
	refused(t, err, ErrColumns)
}
