package figures

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	lineWidth = 104 // of a table as text, in characters: figure 7 needs it to keep its names in one line
	headLines = 3   // that a column's head may take before the column is made wider
	gap       = "  "
)

// Text writes each table below its caption, with aligned columns, for a terminal or
// a mail: at most 104 characters wide, unless single words need more. Long heads and
// cells are broken between words. Every character, ✓ among them, is taken to be one
// place wide.
func Text(w io.Writer, tables []Table) error {
	out := bufio.NewWriter(w)
	for i, t := range tables {
		if i > 0 {
			fmt.Fprintln(out)
		}
		for _, l := range wrap(t.Label()+"  "+t.Caption, lineWidth) {
			fmt.Fprintln(out, l)
		}
		fmt.Fprintln(out)
		t.writeText(out)
		if lines := t.below(); lines != nil {
			fmt.Fprintln(out)
			for _, line := range lines {
				for _, l := range wrap(line, lineWidth) {
					fmt.Fprintln(out, l)
				}
			}
		}
	}
	return out.Flush()
}

func (t Table) writeText(out io.Writer) {
	lines := [][]string{{t.Head}}
	right := []bool{false}
	for j, c := range t.Columns {
		lines[0] = append(lines[0], c.titled())
		right = append(right, t.numeric(j))
	}
	for _, r := range t.Rows {
		line := []string{r.Name + r.Mark}
		for _, c := range r.Cells {
			line = append(line, c.shown())
		}
		lines = append(lines, line)
	}
	widths := fit(lines, lineWidth-len(gap)*len(t.Columns))
	for i, cells := range lines {
		writeRow(out, cells, widths, right)
		if i == 0 {
			rules := make([]string, len(widths))
			for j, width := range widths {
				rules[j] = strings.Repeat("-", width)
			}
			fmt.Fprintln(out, strings.Join(rules, gap))
		}
	}
}

// below are the lines below a table: its notes, and where its cells are from.
func (t Table) below() []string {
	var lines []string
	if t.Against != "" {
		lines = append(lines, fmt.Sprintf("Beside %s (old → new): %s", t.Against, t.differs()))
	}
	for _, n := range t.Notes {
		lines = append(lines, strings.TrimSpace(n.Mark+" "+n.Text))
	}
	for _, s := range t.Sources {
		lines = append(lines, "From "+s.Line)
	}
	return lines
}

// writeRow writes one row in as many lines as its highest cell needs.
func writeRow(out io.Writer, cells []string, widths []int, right []bool) {
	high := 1
	broken := make([][]string, len(cells))
	for j, cell := range cells {
		broken[j] = wrap(cell, widths[j])
		high = max(high, len(broken[j]))
	}
	for i := range high {
		line := ""
		for j, parts := range broken {
			part := ""
			if i < len(parts) {
				part = parts[i]
			}
			pad := strings.Repeat(" ", widths[j]-utf8.RuneCountInString(part))
			if right[j] {
				part = pad + part
			} else {
				part += pad
			}
			line += part + gap
		}
		fmt.Fprintln(out, strings.TrimRight(line, " "))
	}
}

// fit returns the widths of the columns. Each starts as wide as its longest word;
// what remains of the room goes, place by place, to the column with the most breaks.
func fit(rows [][]string, room int) []int {
	widths := make([]int, len(rows[0]))
	for _, cells := range rows {
		for j, cell := range cells {
			for _, word := range strings.Fields(cell) {
				widths[j] = max(widths[j], utf8.RuneCountInString(word))
			}
		}
	}
	for _, width := range widths {
		room -= width
	}
	for ; room > 0; room-- {
		most, worst := 0, -1
		for j := range widths {
			if n := breaks(rows, j, widths[j]); n > most {
				most, worst = n, j
			}
		}
		if worst < 0 {
			break
		}
		widths[worst]++
	}
	return widths
}

// breaks counts the lines that a column's cells need at a width beyond those they may
// have: one, or headLines for the head.
func breaks(rows [][]string, column, width int) int {
	n := 0
	for i, cells := range rows {
		allowed := 1
		if i == 0 {
			allowed = headLines
		}
		n += max(0, len(wrap(cells[column], width))-allowed)
	}
	return n
}

// wrap breaks a text between words into lines of at most width characters. A longer
// word gets a line of its own.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
