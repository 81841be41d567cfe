package pdftable

import (
	"bytes"
	"runtime"
	"testing"
	"time"
)

// FuzzOpen: no bytes may make the reader panic, hang or take the machine's memory, and what it reads must be sound.
func FuzzOpen(f *testing.F) {
	b := &builder{}
	x := b.stream("/Subtype /Form /Matrix [1 0 0 1 0 0]", at(small))
	u := b.stream("", "begincodespacerange <00> <FF> endcodespacerange beginbfrange <20> <7E> <0020> endbfrange beginbfchar <01> <00660069> endbfchar")
	b.forms = formEntry(x)
	b.fonts = "/F " + helvetica + " /G <</Subtype /Type0 /Encoding /Identity-H /ToUnicode " + reference(u) + " /DescendantFonts [<</W [1 [500] 2 90 600]>>]>>"
	f.Add(b.file([]string{"/X Do", " BT /G 10 Tf 100 600 Td [<00410042>-500<0043>] TJ ET"}, []string{at("100 100 Country\n300 100 Total\n300 112 Reports\n100 140 a\n100 153 b\n300 146 1")}))
	f.Add(onePage(at(small)))
	f.Add((&builder{page: "/Rotate 90 /UserUnit 2 /CropBox [10 10 500 500]"}).file([]string{"q 1 0 0 -1 0 700 cm " + at(small) + " Q BI ID x EI"}))
	f.Add(packed())
	f.Add([]byte("<!doctype html><html>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		doc, err := Open(data)
		if err == nil {
			sound(t, doc)
		}
		runtime.ReadMemStats(&after)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 512<<20 {
			t.Errorf("it took %d MB", used>>20)
		}
	})
}

// sound checks what must hold for any document.
func sound(t *testing.T, doc *Document) {
	tables, err := doc.Tables(byCountry)
	if err != nil && tables != nil {
		t.Error("tables came with an error")
	}
	segments, outside := 0, 0
	for _, p := range doc.Pages {
		for _, l := range p.Lines {
			segments += len(l.Segments)
		}
	}
	for _, l := range doc.Outside(tables) {
		outside += len(l.Segments)
	}
	inside := 0
	for _, table := range tables {
		inside += len(table.taken)
		if len(table.Rows) == 0 {
			t.Error("a table without rows")
		}
		for _, r := range table.Rows {
			if len(r.Cells) != len(byCountry.Columns) || r.Cells[1].Text == "" {
				t.Errorf("a row without a number: %v", r)
			}
		}
	}
	if segments != inside+outside {
		t.Errorf("%d texts, of which %d in tables and %d outside", segments, inside, outside)
	}
}

func TestNoByteMattersTooMuch(t *testing.T) {
	data := packed()
	for i := range data {
		for _, c := range []byte{0, '<', '9', 0xFF} {
			changed := bytes.Clone(data)
			changed[i] = c
			if doc, err := Open(changed); err == nil {
				sound(t, doc)
			}
		}
	}
}
