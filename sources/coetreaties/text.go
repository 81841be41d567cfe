package coetreaties

import (
	"fmt"
	"slices"
	"strings"

	"baseline/sources/source"
)

// readText reads the text of a rendered chart. Cells are apart by tabs, which keep the
// columns; in stored texts of old pages by bars or blanks, where empty cells are lost.
// Only the printed total shows that a text was kept to its end.
func (c *chart) readText(body []byte) error {
	r := &reader{chart: c}
	lines := strings.Split(strings.ReplaceAll(string(body), "\r\n", "\n"), "\n")
	tabs := slices.ContainsFunc(lines, func(s string) bool { return isHead(strings.Split(s, "\t")) })
	x := lost{reader: r}
	for i, s := range lines {
		locator := fmt.Sprintf("line %d", i+1)
		if m := totalLine.FindStringSubmatch(fold(s)); m != nil && m[1] == "" {
			continue // its number stands on the next line, below
		}
		if i > 0 && totalLine.MatchString(fold(lines[i-1])) && fold(s) != "" && !strings.Contains(lines[i-1], fold(s)) {
			s = fold(lines[i-1]) + " " + fold(s)
		}
		take := x.take
		if tabs {
			take = r.takeTabs
		}
		if err := take(s, locator); err != nil {
			return err
		}
	}
	if err := r.finish(); err != nil {
		return err
	}
	if r.totals == 0 {
		r.find(source.Hold, "end-not-seen", "take the whole text of the page", "", "", "the text breaks off: it has no total number of ratifications/accessions")
	}
	if x.crosses {
		r.columns = slices.DeleteFunc(r.columns, func(name string) bool { return name == "remarks" })
		for i := range r.rows {
			r.rows[i].remarks = ""
		}
	}
	return nil
}

// takeTabs reads a line whose cells are apart by tabs. Empty cells at its end may be gone.
func (r *reader) takeTabs(s, locator string) error {
	cells := strings.Split(s, "\t")
	l := line{cells: cells, locator: locator}
	if len(cells) > 1 {
		l.table = 1
	} else if fold(s) != "" && r.head != nil && r.group != "" && !r.ended && groupNamed(fold(s)) == "" && !totalLine.MatchString(fold(s)) {
		r.find(source.Hold, "line-not-read", "see whether it is a row of the chart", locator, fold(s), "a line within the chart has no cells")
		return nil
	}
	for l.table == 1 && r.head != nil && len(l.cells) < r.width && !isHead(cells) {
		l.cells = append(l.cells, "")
	}
	for i := range l.cells {
		l.cells[i] = fold(l.cells[i])
		l.spans = append(l.spans, 1)
	}
	return r.take(l)
}

// lost reads lines whose columns are lost: what a cell says must show where it stood.
type lost struct {
	*reader
	crosses bool // letters are crosses, whose columns cannot be known
}

func (x *lost) take(s, locator string) error {
	s = fold(strings.ReplaceAll(s, "|", " "))
	if strings.Trim(s, "- ") == "" {
		return nil
	}
	lower := strings.ToLower(s)
	if strings.HasPrefix(lower, "signature ratification entry into force") {
		x.seenHead, x.ended = true, false
		x.columns = []string{"remarks"}
		return nil
	}
	if !x.seenHead || x.group == "" || x.ended || groupNamed(s) != "" || totalLine.MatchString(s) || statusLine.MatchString(s) {
		return x.reader.take(line{cells: []string{s}, spans: []int{1}, locator: locator})
	}
	if err := x.takeWords(s, locator); err != nil {
		x.find(source.Hold, "row-not-read", "compare with the publisher's chart", locator, s, "a row cannot be read: %v", err)
	}
	return nil
}

// takeWords tells a row's cells by their words: the name up to the first date, the
// dates with their letters, then the letters of the last columns.
func (x *lost) takeWords(s, locator string) error {
	var name, dates, set []string
	for _, w := range strings.Fields(s) {
		letter, dotted := strings.CutSuffix(w, ".")
		switch {
		case dateCell.MatchString(w) && len(set) == 0:
			dates = append(dates, w)
		case len(dates) > 0 && len(set) == 0 && slices.Contains([]string{"a", "s", "su", "r"}, w):
			dates[len(dates)-1] += " " + w
		case w == "X":
			x.crosses = true
			set = append(set, w)
		case dotted && slices.Contains(letters, letter):
			set = append(set, letter)
		case len(dates) > 0 || len(set) > 0:
			return fmt.Errorf("%q is neither a date nor a letter of a column", w)
		default:
			name = append(name, w)
		}
	}
	out := row{name: strings.Join(name, " "), group: x.group, remarks: strings.Join(set, " "), locator: locator, quote: s}
	if out.name == "" {
		return fmt.Errorf("it has no name")
	}
	cells, err := x.place(dates)
	if err != nil {
		return err
	}
	if err := out.dates(cells[0], cells[1], cells[2]); err != nil {
		return err
	}
	x.rows = append(x.rows, out)
	return nil
}

// place finds the columns of dates whose empty neighbours are lost.
func (x *lost) place(dates []string) (cells [3]string, err error) {
	consents := func(s string) bool { return strings.HasSuffix(s, " a") || strings.HasSuffix(s, " su") }
	switch {
	case len(dates) == 0:
	case len(dates) == 3:
		copy(cells[:], dates)
	case len(dates) < 3 && consents(dates[0]):
		copy(cells[1:], dates)
	case len(dates) == 1 && x.group == "member":
		cells[0] = dates[0]
	default:
		return cells, fmt.Errorf("its columns are lost: %d dates may be several things", len(dates))
	}
	return cells, nil
}
