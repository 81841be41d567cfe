package figures

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// CSV writes the tables cell by cell in the order of print, one a line, below the
// header figure,iso3,published_name,column,value,note. Values are as printed; an empty
// one is an empty cell, and ? one of which nothing is known. The note says why, or as
// of when a cell is. Tables that were compared have two columns more: before, the cell
// then, and differs: yes, no, or unknown where one side is not known.
func CSV(w io.Writer, tables []Table) error {
	out := csv.NewWriter(w)
	head := []string{"figure", "iso3", "published_name", "column", "value", "note"}
	compared := slices.ContainsFunc(tables, func(t Table) bool { return t.Against != "" })
	if compared {
		head = append(head, "before", "differs")
	}
	if err := out.Write(head); err != nil {
		return err
	}
	for _, t := range tables {
		for _, r := range t.Rows {
			for j, c := range r.Cells {
				line := []string{t.ID, r.ISO3, r.Name, t.Columns[j].Name, c.Text, c.Note}
				if compared {
					line = append(line, c.Before, c.Diff.String())
				}
				if err := out.Write(line); err != nil {
					return err
				}
			}
		}
	}
	out.Flush()
	return out.Error()
}

// String is the word for machines: no, yes, unknown.
func (d Diff) String() string { return [...]string{"no", "yes", "unknown"}[d] }

var markdownText = strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;", "\n", " ")

// Markdown writes each table below its caption, as pipe tables of the common
// extension. Columns of numbers are aligned right.
func Markdown(w io.Writer, tables []Table) error {
	out := bufio.NewWriter(w)
	for i, t := range tables {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "**%s** %s\n\n", t.Label(), markdownText.Replace(t.Caption))
		fmt.Fprintf(out, "| %s |", t.Head)
		rule := "| :--- |"
		for j, c := range t.Columns {
			fmt.Fprintf(out, " %s |", markdownText.Replace(c.titled()))
			if t.numeric(j) {
				rule += " ---: |"
			} else {
				rule += " :--- |"
			}
		}
		fmt.Fprintf(out, "\n%s\n", rule)
		for _, r := range t.Rows {
			fmt.Fprintf(out, "| %s |", markdownText.Replace(r.Name+r.Mark))
			for _, c := range r.Cells {
				shown := markdownText.Replace(c.shown())
				switch {
				case shown == "":
					fmt.Fprint(out, " |")
				case c.Diff == Changed:
					fmt.Fprintf(out, " **%s** |", shown)
				default:
					fmt.Fprintf(out, " %s |", shown)
				}
			}
			fmt.Fprintln(out)
		}
		for _, line := range t.below() {
			fmt.Fprintf(out, "\n%s\n", markdownText.Replace(line))
		}
	}
	return out.Flush()
}

// numeric reports whether the cells of a column are numbers, counts with commas or
// percentages, and some cell is.
func (t Table) numeric(column int) bool {
	any := false
	for _, r := range t.Rows {
		cell := strings.ReplaceAll(strings.TrimSuffix(r.Cells[column].Text, "%"), ",", "")
		if cell == "" || cell == Unknown || cell == "–" {
			continue
		}
		if _, err := strconv.ParseFloat(cell, 64); err != nil {
			return false
		}
		any = true
	}
	return any
}
