package figures

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// CSV writes the tables cell by cell in the order of print, one a line, below the
// header figure,iso3,published_name,column,value. Values are as printed; an empty one
// is an empty cell.
func CSV(w io.Writer, tables []Table) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"figure", "iso3", "published_name", "column", "value"}); err != nil {
		return err
	}
	for _, t := range tables {
		for _, r := range t.Rows {
			for j, cell := range r.Cells {
				if err := out.Write([]string{strconv.Itoa(t.Figure), r.ISO3, r.Name, t.Columns[j].Name, cell}); err != nil {
					return err
				}
			}
		}
	}
	out.Flush()
	return out.Error()
}

var markdownText = strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;", "\n", " ")

// Markdown writes each table below its caption, as pipe tables of the common
// extension. Columns of numbers are aligned right.
func Markdown(w io.Writer, tables []Table) error {
	out := bufio.NewWriter(w)
	for i, t := range tables {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "**Fig. %d** %s\n\n", t.Figure, markdownText.Replace(t.Caption))
		fmt.Fprint(out, "| Country |")
		rule := "| :--- |"
		for j, c := range t.Columns {
			fmt.Fprintf(out, " %s |", markdownText.Replace(c.Title))
			if t.numeric(j) {
				rule += " ---: |"
			} else {
				rule += " :--- |"
			}
		}
		fmt.Fprintf(out, "\n%s\n", rule)
		for _, r := range t.Rows {
			fmt.Fprintf(out, "| %s |", markdownText.Replace(r.Name))
			for _, cell := range r.Cells {
				if cell == "" {
					fmt.Fprint(out, " |")
					continue
				}
				fmt.Fprintf(out, " %s |", markdownText.Replace(cell))
			}
			fmt.Fprintln(out)
		}
	}
	return out.Flush()
}

// numeric reports whether the cells of a column are numbers, counts with commas or
// percentages, and some cell is.
func (t Table) numeric(column int) bool {
	any := false
	for _, r := range t.Rows {
		cell := strings.ReplaceAll(strings.TrimSuffix(r.Cells[column], "%"), ",", "")
		if cell == "" {
			continue
		}
		if _, err := strconv.ParseFloat(cell, 64); err != nil {
			return false
		}
		any = true
	}
	return any
}
