// Package pdftable reads tables from the text layer of a PDF: positioned glyphs become lines, lines become cells, cells
// become rows, each with its page and its box.
//
// Open decodes a document; Document.Tables finds the tables whose header has the words of a Spec. Columns are chosen by the
// words of their header and by geometry, never by their position or by the order in which a page was drawn. Reading is
// strict: a text that cannot be given to one row and one column is an error that names its page and box, not a guess.
//
// The file layer (cross-references, objects, filters) is github.com/ledongthuc/pdf. Its text functions are not used: they
// ignore relative moves, and they add a code 0x0A to each TJ, which a subset font may map to a digit.
//
// The package is pure: it asks neither clock, network nor disk, and the same bytes give the same result. A Document may be
// read from several goroutines at once.
package pdftable

import (
	"strconv"
	"strings"
)

// A Document is the visible text of a PDF by pages.
type Document struct {
	Pages []Page
	Info  Info
}

// Info is the document information dictionary; an entry that the file does not have is empty. CreationDate is as the
// file writes it ("D:20220317…").
type Info struct {
	Title, Author, Subject, Producer, Creator, CreationDate string
}

// A Page is one page as a viewer shows it. Number counts from 1; Width and Height are in points, after rotation. Lines go
// from top to bottom.
type Page struct {
	Number        int
	Width, Height float64
	Lines         []Line
}

// A Line is one visual line of text. Segments go from left to right, apart by more than a space between words. Turned says
// that the text does not run from left to right on the displayed page, such as a stamp along the margin; it is in no table.
type Line struct {
	Page     int
	Box      Box
	Segments []Segment
	Turned   bool
}

// Text is the line's segments joined by single blanks.
func (l Line) Text() string {
	if len(l.Segments) == 1 {
		return l.Segments[0].Text
	}
	texts := make([]string, len(l.Segments))
	for i, s := range l.Segments {
		texts[i] = s.Text
	}
	return strings.Join(texts, " ")
}

// A Segment is a run of words with no more than ordinary space between them. Text has its words joined by single blanks;
// a character that the font does not explain is U+FFFD, a raised digit is a superscript digit (U+00B2).
type Segment struct {
	Text string
	Box  Box

	base  float64 // baseline, in points from the top of the page
	size  float64 // font size, in points as displayed
	first float64 // width of its first word
	font  int32   // which typeface of the document
	over  bool    // some of its words are drawn over each other
	mixed bool    // it has words of several sizes that are no superscripts
	id    int32   // its number within the page
}

// A Box is a rectangle in points; the origin is the top left corner of the displayed page.
type Box struct{ X0, Y0, X1, Y1 float64 }

// String gives the box as "x0,y0,x1,y1" with one decimal.
func (b Box) String() string {
	out := make([]byte, 0, 32)
	for i, v := range [4]float64{b.X0, b.Y0, b.X1, b.Y1} {
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendFloat(out, v, 'f', 1, 64)
	}
	return string(out)
}

// union is the smallest box around both; the zero box counts as nothing.
func (b Box) union(c Box) Box {
	if b == (Box{}) {
		return c
	}
	if c == (Box{}) {
		return b
	}
	return Box{min(b.X0, c.X0), min(b.Y0, c.Y0), max(b.X1, c.X1), max(b.Y1, c.Y1)}
}

// overlapX is how far two boxes overlap horizontally; negative, it is the gap between them.
func (b Box) overlapX(c Box) float64 { return min(b.X1, c.X1) - max(b.X0, c.X0) }

// overlapY is how far two boxes overlap vertically; negative, it is the gap between them.
func (b Box) overlapY(c Box) float64 { return min(b.Y1, c.Y1) - max(b.Y0, c.Y0) }
