// Package report reads the tables of the Council of Europe's baseline mapping of
// 2021: figures 1 to 7 and the facts of appendices 2 and 3.
//
// Captures come in two forms: three CSV files that come with the program, and the
// report's text, which does not, as it is not ours to copy. Both are read into one
// document, checked and emitted on one path, so that they give the same rows with the
// same evidence. A locator such as "line 194, column 3" means the line of the text
// and the third column after the state's name.
package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

type reader struct{ about source.About }

// New returns the source.
func New() source.Source { return reader{source.MustAbout(about)} }

func (r reader) About() source.About                   { return r.about }
func (r reader) Requests(source.Plan) []source.Request { return r.about.Ask() }

// Parse reads one capture in whichever form it is. It fails, naming the line of the
// report, on a table that is not whole, on a state that is missing or stands twice, and
// on a cell whose word is not known.
func (r reader) Parse(c source.Capture, emit source.Emit) error {
	doc, err := read(c.Body)
	if err != nil {
		return err
	}
	if err := doc.check(); err != nil {
		return err
	}
	doc.emit(emit)
	return nil
}

// document is what a capture holds of the report. What it does not hold is nil.
type document struct {
	figures      [][]printed // by number, less one
	capabilities []capability
	days         []day
	findings     []source.Finding // met while reading the text
}

// printed is one printed row of a figure.
type printed struct {
	line  int // of the report's text, from 1
	name  string
	cells []cell
}

type cell struct {
	text     string // without the number of the footnote
	footnote string
	value    schemas.Value // set by check
}

// capability is one row of appendix 2.
type capability struct {
	number, line               int
	domain, title, description string
}

// day is what appendix 3 says of Safer Internet Day 2021 in one state.
type day struct {
	line         int
	name, status string
	updated      schemas.Value // Date
}

// The form is told by content: a steward's file may have any name.
func read(body []byte) (*document, error) {
	head, _, _ := bytes.Cut(body, []byte("\n"))
	switch header := strings.TrimSuffix(string(head), "\r"); {
	case header == figuresHeader:
		return figuresCSV(body)
	case header == capabilitiesHeader:
		return capabilitiesCSV(body)
	case header == daysHeader:
		return daysCSV(body)
	case bytes.Contains(body, []byte("\nBaseline Mapping\nSecond Edition\n")):
		return readText(string(body))
	}
	return nil, fmt.Errorf("line 1 is neither the header of a table of the report nor the start of its text, but %.60q: capture one of these", head)
}

// check reads every cell and refuses a document that is not whole.
func (d *document) check() error {
	if d.figures != nil && len(d.figures) != len(figures) {
		return fmt.Errorf("%d figures, not %d: the capture is not whole", len(d.figures), len(figures))
	}
	for i, rows := range d.figures {
		if err := figures[i].check(rows); err != nil {
			return fmt.Errorf("figure %d: %w", i+1, err)
		}
	}
	if d.capabilities != nil {
		if err := checkCapabilities(d.capabilities); err != nil {
			return fmt.Errorf("appendix 2: %w", err)
		}
	}
	if d.days != nil {
		if err := checkDays(d.days); err != nil {
			return fmt.Errorf("appendix 3: %w", err)
		}
	}
	if d.figures != nil && d.days != nil {
		return agree(d.figures[6], d.days)
	}
	return nil
}

// totals are the rows that follow the states of figure 4.
var totals = []string{"GLOBAL TOTAL", "COE MEMBER STATES TOTAL"}

func (f figure) check(rows []printed) error {
	var codes stateList
	for i, row := range rows {
		states := len(places.Default().Group("coe47"))
		total := f.totals && i >= states
		switch {
		case total && (i-states >= len(totals) || row.name != totals[i-states]):
			return fmt.Errorf("line %d: %q follows the states, not one of the rows %s", row.line, row.name, strings.Join(totals, ", "))
		case !total:
			if err := codes.add(row.line, row.name); err != nil {
				return err
			}
		}
		for j := range row.cells {
			if total && row.cells[j].text == "" {
				continue // a total has no share of itself
			}
			v, err := f.columns[j].read(row.cells[j].text)
			if err != nil {
				return fmt.Errorf("line %d, column %d (%s): %w", row.line, j+1, f.columns[j].name, err)
			}
			row.cells[j].value = v
		}
	}
	if want := len(codes) + len(totals); f.totals && len(rows) != want {
		return fmt.Errorf("%d rows, not %d: a row of totals is missing", len(rows), want)
	}
	return codes.whole()
}

// stateList gathers the codes of the states that a table lists.
type stateList []string

func (l *stateList) add(line int, name string) error {
	place, _ := places.Default().Lookup(name)
	switch {
	case !slices.Contains(places.Default().Group("coe47"), place.Code):
		return fmt.Errorf("line %d: %q is no member state of 2021", line, name)
	case slices.Contains(*l, place.Code):
		return fmt.Errorf("line %d: %q stands twice", line, name)
	}
	*l = append(*l, place.Code)
	return nil
}

func (l stateList) whole() error {
	for _, code := range places.Default().Group("coe47") {
		if !slices.Contains(l, code) {
			return fmt.Errorf("the row of %s is missing", code)
		}
	}
	return nil
}

func checkCapabilities(list []capability) error {
	var domains []string
	for i, c := range list {
		if c.number != i+1 {
			return fmt.Errorf("line %d: capability %d stands where %d should", c.line, c.number, i+1)
		}
		if c.domain == "" || c.title == "" || c.description == "" {
			return fmt.Errorf("line %d: capability %d lacks its domain, title or description", c.line, c.number)
		}
		if !slices.Contains(domains, c.domain) {
			domains = append(domains, c.domain)
		}
	}
	if len(list) != 21 || len(domains) != 6 {
		return fmt.Errorf("%d capabilities in %d domains, not 21 in 6", len(list), len(domains))
	}
	return nil
}

func checkDays(days []day) error {
	var codes stateList
	for _, d := range days {
		if err := codes.add(d.line, d.name); err != nil {
			return err
		}
		switch d.status {
		case planned, awaiting, none:
		default:
			return fmt.Errorf("line %d: status %q is none of %s, %s, %s", d.line, d.status, planned, awaiting, none)
		}
		if d.updated.IsNull() != (d.status == none) {
			return fmt.Errorf("line %d: %s has status %q and day %q: a day belongs to all but %q", d.line, d.name, d.status, d.updated, none)
		}
	}
	return codes.whole()
}

// agree holds appendix 3 against figure 7, where the text has both.
func agree(figure7 []printed, days []day) error {
	for _, row := range figure7 {
		for _, d := range days {
			if want := d.inFigure7(); sameState(row.name, d.name) && row.cells[2].text != want {
				return fmt.Errorf("line %d: figure 7 says %q of %s in 2021, but appendix 3 (line %d) %q", row.line, row.cells[2].text, row.name, d.line, want)
			}
		}
	}
	return nil
}

// inFigure7 is the cell by which figure 7 says the same.
func (d day) inFigure7() string {
	switch d.status {
	case planned:
		return tick
	case awaiting:
		return "Awaiting update (at " + d.printedDate() + ")"
	}
	return ""
}

func (d day) printedDate() string {
	if d.updated.IsNull() {
		return ""
	}
	return d.updated.Time().Format(printedDay)
}
