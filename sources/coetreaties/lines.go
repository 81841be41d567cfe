package coetreaties

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"baseline/sources/source"
)

// line is a line of a rendered chart: a row of a table with its cells, or running text
// as one cell. A cell that spans several columns is followed by empty ones.
type line struct {
	cells   []string
	spans   []int // of each cell; 0 for the empty ones behind a spanning cell
	table   int   // number of the table, from 1; 0 for running text
	locator string
	odd     error // its cells cannot be laid out
}

func (l line) quote() string { return strings.TrimSpace(strings.Join(l.cells, " | ")) }

// reader reads the lines of a chart that somebody rendered: as HTML, or as text.
type reader struct {
	*chart
	group     string
	head      map[string][2]int // columns of the chart by name, from and to
	headTable int
	width     int
	ended     bool // a total has closed the list
	totals    int
	counted   int // rows up to the last total
	named     []string
	chartOf   []string
	seenHead  bool
}

var (
	groupWords = []struct {
		group string
		words *regexp.Regexp
	}{
		{"member", regexp.MustCompile(`(?i)^(members|member states) of (the )?council of europe$`)},
		{"non-member", regexp.MustCompile(`(?i)^non-? ?members?( states)?( of (the )?council of europe)?$`)},
		{"organisation", regexp.MustCompile(`(?i)^international organi[sz]ations?$`)},
	}
	chartLine  = regexp.MustCompile(`(?i)signatures and ratifications of treaty (\d{3})\b`)
	numberLine = regexp.MustCompile(`(?i)(?:\bC?ETS(?: No)?[ .:]*|\bNT=|treaty/|treatynum=)(\d{3})\b`)
	statusLine = regexp.MustCompile(`(?i)status as (?:of|at) ?:? ?(\d{1,2}/\d{1,2}/\d{4})`)
	totalLine  = regexp.MustCompile(`(?i)^total number of ratifications/accessions ?:? ?(\d*)$`)
	dateCell   = regexp.MustCompile(`^(\d{1,2}/\d{1,2}/\d{4})(?: (a|s|su|r))?$`)
	notesCell  = regexp.MustCompile(`^[\d ,()]*$`)
)

func fold(s string) string { return strings.Join(strings.Fields(s), " ") }

// groupNamed returns the group of which a line is the heading.
func groupNamed(s string) string {
	for _, g := range groupWords {
		if g.words.MatchString(strings.TrimRight(s, " :|")) {
			return g.group
		}
	}
	return ""
}

// take reads the next line.
func (r *reader) take(l line) error {
	full := strings.Trim(fold(strings.Join(l.cells, " ")), " |")
	if full == "" {
		return nil
	}
	for _, m := range chartLine.FindAllStringSubmatch(full, -1) {
		r.chartOf = append(r.chartOf, m[1])
	}
	for _, m := range numberLine.FindAllStringSubmatch(full, -1) {
		r.named = append(r.named, m[1])
	}
	if m := statusLine.FindStringSubmatch(full); m != nil {
		return r.takeStatus(m[1], l)
	}
	if m := totalLine.FindStringSubmatch(full); m != nil {
		r.takeTotal(m[1], l)
		return nil
	}
	if l.table > 0 && l.table != r.headTable {
		r.head = nil
	}
	if g := groupNamed(full); g != "" {
		r.group, r.ended = g, false
		return nil
	}
	if isHead(l.cells) {
		return r.takeHead(l)
	}
	if r.head == nil || r.ended || r.group == "" || l.table == 0 {
		if r.seenHead && slices.ContainsFunc(l.cells, dateCell.MatchString) {
			r.find(source.Hold, "line-not-read", "see whether the chart has a new form", l.locator, l.quote(), "a line with a date stands outside of the chart's groups")
		}
		return nil
	}
	if err := r.takeRow(l); err != nil {
		r.find(source.Hold, "row-not-read", "compare with the publisher's chart", l.locator, l.quote(), "a row cannot be read: %v", err)
	}
	return nil
}

func (r *reader) takeStatus(text string, l line) error {
	t, err := time.Parse("2/1/2006", text)
	if err != nil {
		return fmt.Errorf("the day of the status, %q, is no day/month/year", text)
	}
	if r.printed && !t.Equal(r.asOf) {
		return fmt.Errorf("the chart prints two days of its status, %s and %s", r.asOf.Format(time.DateOnly), t.Format(time.DateOnly))
	}
	if !r.printed {
		r.checkStatusDay(t, l)
	}
	r.asOf, r.printed = t, true
	return nil
}

// checkStatusDay compares the printed day with that of the capture, which asOf still is.
func (r *reader) checkStatusDay(t time.Time, l line) {
	days := func(t time.Time) int { return int(t.Sub(r.asOf).Hours() / 24) }
	swapped := date(t.Year(), time.Month(t.Day()), int(t.Month()))
	hint := "compare with the publisher's chart"
	switch {
	case days(t) > 1:
		r.find(source.Hold, "status-date-in-future", hint, l.locator, l.quote(), "the chart's day %s lies after the capture's", t.Format(time.DateOnly))
	case days(t) < -7 && t.Day() <= 12 && days(swapped) >= -1 && days(swapped) <= 1:
		r.find(source.Hold, "status-date-order", hint, l.locator, l.quote(), "the chart's day, read as %s, has its month first", t.Format(time.DateOnly))
	case days(t) < -7:
		r.find(source.Question, "status-date-old", "expected of a copy from an archive alone", l.locator, l.quote(), "the chart's day is %s", t.Format(time.DateOnly))
	}
}

// takeTotal compares a printed total with the parties since the total before it: a chart
// may print one for all, or one for each group.
func (r *reader) takeTotal(digits string, l line) {
	parties := 0
	for _, row := range r.rows[r.counted:] {
		if !row.consent.IsZero() {
			parties++
		}
	}
	if digits != fmt.Sprint(parties) {
		r.find(source.Hold, "total-differs", "see which rows are missing", l.locator, l.quote(), "the chart's total is %q, its rows have %d parties", digits, parties)
	}
	r.totals, r.counted, r.ended = r.totals+1, len(r.rows), true
}

// headings of the columns, with the names that the reader gives them.
var headings = map[string]string{
	"signature": "signed", "ratification": "consent", "entry into force": "in_force", "notes": "notes",
	"r": "R", "d": "D", "a": "A", "t": "T", "c": "C", "o": "O",
}

func heading(cell string) string {
	return headings[strings.ToLower(strings.TrimRight(fold(cell), ". "))]
}

var dateColumns = []string{"signed", "consent", "in_force"}

func isHead(cells []string) bool {
	n := 0
	for _, cell := range cells {
		if slices.Contains(dateColumns, heading(cell)) {
			n++
		}
	}
	return n >= 2
}

// takeHead learns from the words of a heading where the columns are.
func (r *reader) takeHead(l line) error {
	if l.odd != nil {
		return fmt.Errorf("the chart's heading: %w", l.odd)
	}
	head := map[string][2]int{}
	for i, cell := range l.cells {
		name := heading(cell)
		switch {
		case i == 0:
			if g := groupNamed(fold(cell)); g != "" {
				r.group, r.ended = g, false
			} else if w := strings.ToLower(fold(cell)); w != "" && w != "state" && w != "states" {
				return fmt.Errorf("the chart's first column is headed %q, not by the states", cell)
			}
			name = "name"
		case fold(cell) == "":
			continue
		case name == "":
			return fmt.Errorf("the chart has an unknown column %q", cell)
		}
		if _, twice := head[name]; twice {
			return fmt.Errorf("the chart has two columns %q", cell)
		}
		head[name] = [2]int{i, i + max(l.spans[i], 1)}
	}
	for _, need := range dateColumns {
		if _, ok := head[need]; !ok {
			return fmt.Errorf("the chart's heading %q has no column for %s", l.quote(), need)
		}
	}
	r.record(head)
	r.head, r.headTable, r.width, r.seenHead, r.ended = head, l.table, len(l.cells), true, false
	return nil
}

var letters = []string{"R", "D", "A", "T", "C", "O"}

// record says which columns a heading has beyond those of every chart. A column that
// one table lacks is not recorded by the chart.
func (r *reader) record(head map[string][2]int) {
	has := map[string]bool{"remarks": true}
	_, has["references"] = head["notes"]
	for _, letter := range letters {
		_, ok := head[letter]
		has["remarks"] = has["remarks"] && ok
	}
	if !r.seenHead {
		r.columns = []string{"remarks", "references"}
	}
	r.columns = slices.DeleteFunc(r.columns, func(c string) bool { return !has[c] })
}

// finish checks what only the whole text can say.
func (r *reader) finish() error {
	if !r.seenHead {
		return errors.New("no table with the columns Signature, Ratification and Entry into Force: the page holds no chart")
	}
	named := r.chartOf
	if len(named) == 0 {
		named = r.named
	}
	slices.Sort(named)
	switch named = slices.Compact(named); {
	case len(named) == 0:
		r.find(source.Hold, "treaty-not-named", "see which treaty the chart is about", "", "", "the chart does not say which treaty it is about")
	case len(named) > 1 && slices.Contains(named, r.treaty.number):
		r.find(source.Hold, "treaty-not-named", "see which treaty the chart is about", "", strings.Join(named, ", "), "the chart names several treaties")
	case named[0] != r.treaty.number:
		return fmt.Errorf("the chart is about treaty %s", strings.Join(named, ", "))
	}
	r.find(source.Note, "colours-not-read", "ask the service, which gives the days", "", "",
		"rendered charts show suspension and denunciation by colour only: a party may have denounced the treaty")
	return nil
}
