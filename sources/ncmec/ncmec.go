// Package ncmec reads NCMEC's yearly PDF "CyberTipline Reports by Country".
package ncmec

import (
	_ "embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"baseline/schemas"
	"baseline/sources/read/pdftable"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

// breakYear is the first year of the new series: reports of one event are bundled,
// and split into referrals and informational reports.
const breakYear = 2024

// The table's columns by their header words. "Total" over "Reports" stood in 2019,
// "Number of Reports" in 2020 and 2021, "Reports" since. The words of 2024 are a
// guess from what a third party tells of the file.
var spec = pdftable.Spec{Columns: []pdftable.Column{
	{Name: "place", Kind: pdftable.Text, Heads: []string{"Country", "Country / Territory"}},
	{Name: "referrals", Kind: pdftable.Number, Heads: []string{"Referrals"}, Optional: true},
	{Name: "informational", Kind: pdftable.Number, Heads: []string{"Informational"}, Optional: true},
	{Name: "reports", Kind: pdftable.Number, Heads: []string{"Total Reports", "Number of Reports", "Reports", "Total"}},
}}

type reader struct{ about source.About }

// New returns the source.
func New() source.Source { return reader{source.MustAbout(about)} }

func (r reader) About() source.About { return r.about }

// Parse reads one edition, or the page that links them. It refuses a file whose title does not say the year that
// was asked for; rows that do not add up to the printed total are held.
func (r reader) Parse(c source.Capture, emit source.Emit) error {
	if c.Request == landing {
		return readLanding(c, emit)
	}
	doc, err := pdftable.Open(c.Body)
	if err != nil {
		return err
	}
	tables, err := doc.Tables(spec)
	if err != nil {
		return err
	}
	outside := doc.Outside(tables)
	year, err := titleYear(outside)
	if err != nil {
		return err
	}
	if strconv.Itoa(year) != c.Request {
		return fmt.Errorf("asked for the edition of %s, but the title says %d", c.Request, year)
	}
	e := &edition{year: year, emit: emit, lines: map[string]int64{}, names: map[string]bool{}}
	e.part = source.Part{
		Dataset: "cybertip_reports", Key: []source.Pin{{Column: "year", Value: schemas.Num(int64(year))}}, Complete: true,
		Columns: []string{"year", "place", "line", "published_name", "place_kind", "reports", "series"},
	}
	e.heads(outside)
	for _, t := range tables {
		e.table(t)
	}
	e.totals()
	emit.Part(e.part)
	return nil
}

var (
	titleForm = regexp.MustCompile(`^(20\d\d) CyberTipline Reports( by Country)?$`)
	headForm  = regexp.MustCompile(`^(?:\d+ )?(20\d\d) Reports by ([A-Za-z /]+?)(?: \d+)?$`)
)

// titleYear reads the year of the data from the title on page 1. The copyright line
// has another year (one more), and so has the date of the file.
func titleYear(lines []pdftable.Line) (int, error) {
	year := 0
	for i, l := range lines {
		m := titleForm.FindStringSubmatch(l.Text())
		if l.Page != 1 || m == nil || m[2] == "" && (i+1 == len(lines) || lines[i+1].Text() != "by Country") {
			continue
		}
		y, err := strconv.Atoi(m[1])
		if err != nil || year != 0 && y != year {
			return 0, fmt.Errorf("page 1 has two titles, of %d and %s", year, m[1])
		}
		year = y
	}
	if year == 0 {
		return 0, fmt.Errorf(`page 1 has no title "YEAR CyberTipline Reports by Country"`)
	}
	return year, nil
}

// heads looks for running heads that contradict the title. The file of 2019 has
// "Reports by ESP" over pages that list countries.
func (e *edition) heads(lines []pdftable.Line) {
	for _, l := range lines {
		m := headForm.FindStringSubmatch(l.Text())
		if m == nil || m[1] == strconv.Itoa(e.year) && strings.EqualFold(m[2], "country") {
			continue
		}
		e.emit.Finding(source.Finding{
			Code: "running-head-contradicts", Severity: source.Note, Dataset: e.part.Dataset, Part: e.part.Name(),
			Text:    fmt.Sprintf("the head of page %d says %q, the title says reports by country of %d; the title was followed", l.Page, l.Text(), e.year),
			Locator: fmt.Sprintf("page %d, box %s", l.Page, l.Box), Quote: l.Text(),
		})
	}
}
