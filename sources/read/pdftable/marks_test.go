package pdftable

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

var marked = Spec{Columns: []Column{
	{Name: "place", Heads: []string{"Country"}},
	{Name: "defined", Heads: []string{"Definition"}, Kind: Mark},
	{Name: "duty", Heads: []string{"ISP Reporting"}, Kind: Mark},
}}

// marks sets a table of countries and marks, whose font is of another size and stands higher or lower than the text's. A row
// is "name/on several lines|mark|mark"; a digit behind a mark is a raised note.
type marks struct {
	size, down   float64 // of the marks
	row, line    float64 // distance of rows and of lines in them
	middle       bool    // the marks stand between the lines of the name
	heads, extra string
}

func (m marks) draw(rows ...string) string {
	heads := m.heads
	if heads == "" {
		heads = "100 100 Country\n250 100 Definition\n350 100 ISP Reporting"
	}
	var out strings.Builder
	out.WriteString(at(heads))
	y := 130.0
	for _, row := range rows {
		cells := strings.Split(row, "|")
		lines := strings.Split(cells[0], "/")
		for i, l := range lines {
			out.WriteString(at(fmt.Sprintf("100 %g %s", y+m.line*float64(i), l)))
		}
		top := y + m.down
		if m.middle {
			top += m.line * float64(len(lines)-1) / 2
		}
		for i, c := range cells[1:] {
			mark, note, _ := strings.Cut(c, "^")
			fmt.Fprintf(&out, "BT /F %g Tf 1 0 0 1 %d %g Tm %s Tj", m.size, 270+100*i, 800-top, literal(mark))
			if note != "" {
				fmt.Fprintf(&out, " /F %g Tf 4 Ts %s Tj 0 Ts", 0.6*m.size, literal(note))
			}
			out.WriteString(" ET\n")
		}
		y += m.row + m.line*float64(len(lines)-1)
	}
	return out.String() + at(m.extra)
}

var wrapped = []string{"Antigua and/Barbuda|x|o^1", "Chad^2|o|x", "Congo, Democratic/Republic of the|x^13|o", "Saint Vincent and/the Grenadines|o|o^4", "Sweden|x|x", "Zimbabwe|o|x"}

const wrappedCells = "place,defined,duty\nAntigua and Barbuda|x|o¹\nChad^2|o|x\nCongo, Democratic Republic of the|x¹³|o\nSaint Vincent and the Grenadines|o|o⁴\nSweden|x|x\nZimbabwe|o|x\n"

// TestMarksBesideText: marks of another font do not stand on the text's baseline, and their notes stand between the two. Where
// they stand farther from it than a quarter of their size, the table may be refused, and is never read otherwise.
func TestMarksBesideText(t *testing.T) {
	for _, size := range []float64{8, 10, 14} {
		for _, down := range []float64{-2.6, 0, 2} {
			for _, middle := range []bool{false, true} {
				t.Run(fmt.Sprint("size ", size, ", down ", down, ", middle ", middle), func(t *testing.T) {
					m := marks{size: size, down: down, row: 20, line: 12, middle: middle}
					doc, err := Open(onePage(m.draw(wrapped...)))
					if err != nil {
						t.Fatal(err)
					}
					tables, err := doc.Tables(marked)
					if far := math.Abs(down) > 0.25*size; far && errors.Is(err, ErrLayout) {
						return
					}
					if got := cells(tables); err != nil || got != wrappedCells {
						t.Errorf("read\n%s\nwant\n%s\n%v", got, wrappedCells, err)
					}
				})
			}
		}
	}
}

// TestMarksInATightTable: where rows are no farther apart than lines, a name's further lines may go with either row. Marks that
// stand higher than the text must not decide it.
func TestMarksInATightTable(t *testing.T) {
	for _, down := range []float64{-2.6, -1, 0, 2} {
		m := marks{size: 10, down: down, row: 12.6, line: 12.6}
		doc, err := Open(onePage(m.draw("Chad|o|x", "Congo,/Democratic Rep./Republic of the|x|o^2", "Saint Vincent and/the Grenadines|o^3|o", "Sweden|x|x^4", "Zimbabwe|o|x")))
		if err != nil {
			t.Fatal(err)
		}
		tables, err := doc.Tables(marked)
		if err == nil && cells(tables) != "place,defined,duty\nChad|o|x\nCongo, Democratic Rep. Republic of the|x|o²\nSaint Vincent and the Grenadines|o³|o\nSweden|x|x⁴\nZimbabwe|o|x\n" {
			t.Errorf("%g points down, read\n%s", down, cells(tables))
		}
		if err != nil && !errors.Is(err, ErrLayout) {
			t.Errorf("%g points down: %v", down, err)
		}
	}
}

// TestOthers: a caller can see that a table has a column that it did not ask for.
func TestOthers(t *testing.T) {
	m := marks{size: 10, row: 20, line: 12, heads: "100 100 Country\n250 100 Definition\n350 100 ISP Reporting\n450 100 Data Retention", extra: "460 130 x"}
	_, tables := open(t, onePage(m.draw("Chad|o|x", "Sweden|x|x")), marked)
	if len(tables) != 1 || len(tables[0].Others) != 1 || tables[0].Others[0].Text != "Data Retention" {
		t.Errorf("others: %+v", tables)
	}
	_, tables = open(t, onePage(marks{size: 10, row: 20, line: 12}.draw("Chad|o|x", "Sweden|x|x")), marked)
	if tables[0].Others != nil {
		t.Errorf("others: %+v", tables[0].Others)
	}
}

// TestSuperscriptPartsNoLine: the note's number stands between the baselines of the mark and of the text beside it.
func TestSuperscriptPartsNoLine(t *testing.T) {
	doc, err := Open(onePage("BT /F 10 Tf 1 0 0 1 100 702.6 Tm (x) Tj 1 0 0 1 150 700 Tm (Sweden) Tj /F 6 Tf 1.9 Ts (12) Tj ET"))
	if err != nil {
		t.Fatal(err)
	}
	if l := doc.Pages[0].Lines; len(l) != 1 || l[0].Text() != "x Sweden¹²" {
		t.Errorf("lines %+v", l)
	}
}
