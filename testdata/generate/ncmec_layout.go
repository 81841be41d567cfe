package main

import (
	"strconv"
	"strings"
)

// Places on the page in points, from the left and from the top.
const (
	pageWidth, pageHeight = 612.0, 792.0
	rowPitch              = 16.313
	lineLeading           = 13.2
	slotsPerPage          = 37 // rows on a page, or in one half of it
	bodySize              = 11.0
	headSize              = 12.0
)

// column is where one table stands: its names begin at left, its numbers end at
// right.
type column struct{ left, right float64 }

var (
	wholePage  = column{122.2, 489.8}
	leftHalf   = column{49.4, 283.6}
	rightHalf  = column{328.4, 562.6}
	totalTable = column{49, 563}
)

// mark is a text at its place: lines below each other, the first with its
// baseline at y. at says what x is: 'l' the left edge, 'r' the right, 'c' the
// middle.
type mark struct {
	x, y  float64
	at    byte
	bold  bool
	size  float64
	lines []string
}

// sheet is one page: a table, or two, and what stands around it, in the order
// of drawing.
type sheet struct {
	before []mark
	tables [][]mark
	after  []mark
}

// sheets lays the edition out. The last row is the total.
func (e *ncmecEdition) sheets(rows []ncmecRow) []sheet {
	pages := []sheet{{before: e.opening()}}
	if e.twoUp {
		pages = append(pages, e.twoUpSheets(rows)...)
	} else {
		pages = e.oneUpSheets(pages[0], rows)
	}
	for i := range pages {
		if i > 0 {
			pages[i].before = e.pageHead(i + 1)
		}
		if i == len(pages)-1 {
			pages[i].after = append(pages[i].after, mark{x: 306, y: 739, at: 'c', bold: true, size: headSize, lines: []string{e.site}})
		}
		pages[i].after = append(pages[i].after, mark{x: 306, y: 756.6, at: 'c', size: 8, lines: []string{e.copyright}})
	}
	if e.tableFirst {
		pages[0].before, pages[0].after = nil, append(pages[0].before, pages[0].after...)
	}
	return pages
}

// opening is the title and the prose of page 1.
func (e *ncmecEdition) opening() []mark {
	marks := []mark{
		{x: 306, y: 175.8, at: 'c', bold: true, size: 18, lines: []string{e.year + " CyberTipline Reports"}},
		{x: 306, y: 197.4, at: 'c', bold: true, size: 18, lines: []string{"by Country"}},
		{x: 60.75, y: 238, at: 'l', size: 10, lines: e.prose},
	}
	if e.leadIn != "" {
		marks = append(marks, mark{x: 306, y: 400, at: 'c', size: bodySize, lines: []string{e.leadIn}})
	}
	return marks
}

// pageHead is what stands at the top of the pages from 2 on.
func (e *ncmecEdition) pageHead(number int) []mark {
	marks := []mark{{x: 540, y: 45.6, at: 'r', bold: true, size: 13, lines: []string{strconv.Itoa(number)}}}
	if e.runningHead != "" {
		marks = append(marks, mark{x: 520, y: 45.6, at: 'r', bold: true, size: 13, lines: []string{e.runningHead}})
	}
	return marks
}

// header is the header row. Where the number column has a header of two lines,
// the other stands at half height.
func (e *ncmecEdition) header(c column, y float64) []mark {
	marks := []mark{{x: c.left, y: y, at: 'l', bold: true, size: headSize, lines: []string{e.nameHead}}}
	for i, line := range e.numberHead {
		up := float64(len(e.numberHead)-1)/2 - float64(i)
		marks = append(marks, mark{x: c.right, y: y - up*14.4, at: 'r', bold: true, size: headSize, lines: []string{line}})
	}
	return marks
}

// cells places rows below each other from the baseline y on, and says where
// the next would stand.
func (e *ncmecEdition) cells(c column, y float64, rows []ncmecRow) ([]mark, float64) {
	var marks []mark
	for _, r := range rows {
		lines, wrapped := e.wraps[r.name]
		if !wrapped {
			lines = []string{r.name}
		}
		extra := float64(len(lines)-1) * lineLeading
		number := y
		if e.between {
			number += extra / 2
		}
		heavy := strings.HasPrefix(r.name, "Total") || strings.HasPrefix(r.name, "TOTAL")
		if r.name != "" {
			marks = append(marks,
				mark{x: c.left, y: y, at: 'l', size: bodySize, bold: heavy, lines: lines},
				mark{x: c.right, y: number, at: 'r', size: bodySize, bold: heavy, lines: []string{e.pad(r, heavy)}})
		}
		y += rowPitch + extra
	}
	return marks, y
}

// pad puts the blanks around a number that the 2023 file has; its total has
// none in front.
func (e *ncmecEdition) pad(r ncmecRow, total bool) string {
	switch {
	case !e.padded:
		return r.number
	case total:
		return r.number + " "
	}
	return " " + r.number + " "
}

// take cuts off the rows that fit into so many slots; a wrapped name takes two.
func (e *ncmecEdition) take(rows []ncmecRow, slots int) (fit, rest []ncmecRow) {
	for i, r := range rows {
		slots -= max(1, len(e.wraps[r.name]))
		if slots < 0 {
			return rows[:i], rows[i:]
		}
	}
	return rows, nil
}

func (e *ncmecEdition) oneUpSheets(first sheet, rows []ncmecRow) []sheet {
	total := rows[len(rows)-1]
	body := rows[:len(rows)-1]
	fit, rest := e.take(body, e.firstSlots)
	table, _ := e.cells(wholePage, e.firstHead+24, fit)
	first.tables = [][]mark{append(e.header(wholePage, e.firstHead), table...)}
	pages := []sheet{first}
	for len(rest) > 0 {
		fit, rest = e.take(rest, slotsPerPage)
		if len(rest) == 0 {
			fit = append(fit[:len(fit):len(fit)], e.ending(total)...)
		}
		table, y := e.cells(wholePage, 115.6, fit)
		page := sheet{tables: [][]mark{append(e.header(wholePage, 92), table...)}}
		if len(rest) == 0 {
			page.after = []mark{{x: 108, y: y + 12, at: 'l', size: bodySize, lines: e.note}}
		}
		pages = append(pages, page)
	}
	return pages
}

// ending is the total, with an empty row before it where the edition has one,
// and then a trailing blank in 2021 as in the publisher's text.
func (e *ncmecEdition) ending(total ncmecRow) []ncmecRow {
	if e.year == "2021" {
		total.name += " "
	}
	if e.emptyBeforeTotal {
		return []ncmecRow{{}, total}
	}
	return []ncmecRow{total}
}

// twoUpSheets fills the left half of a page, then its right half; the last page
// is balanced and has the total in a table of its own.
func (e *ncmecEdition) twoUpSheets(rows []ncmecRow) []sheet {
	total := rows[len(rows)-1]
	rest := rows[:len(rows)-1]
	var pages []sheet
	for len(rest) > 0 {
		slots := slotsPerPage
		if len(rest) <= 2*slotsPerPage-4 {
			slots = (len(rest) + 1) / 2
		}
		var left, right []ncmecRow
		left, rest = e.take(rest, slots)
		right, rest = e.take(rest, slots)
		table := e.header(leftHalf, 92.5)
		cells, y := e.cells(leftHalf, 116.4, left)
		table = append(append(table, cells...), e.header(rightHalf, 92.5)...)
		cells, _ = e.cells(rightHalf, 116.4, right)
		page := sheet{tables: [][]mark{append(table, cells...)}}
		if len(rest) == 0 {
			e.addTotal(&page, total, y+34.5)
		}
		pages = append(pages, page)
	}
	return pages
}

func (e *ncmecEdition) addTotal(page *sheet, total ncmecRow, y float64) {
	table := []mark{
		{x: totalTable.left, y: y, at: 'l', bold: true, size: headSize, lines: []string{"Country"}},
		{x: totalTable.right, y: y, at: 'r', bold: true, size: headSize, lines: []string{"Total Reports"}},
	}
	cells, _ := e.cells(totalTable, y+21, []ncmecRow{total})
	page.tables = append(page.tables, append(table, cells...))
	page.after = []mark{{x: 48.2, y: y + 50.4, at: 'l', size: bodySize, lines: e.note}}
}
