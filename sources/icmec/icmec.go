// Package icmec reads ICMEC's two global reviews of legislation, on child sexual abuse
// material (CSAM) and on online grooming: which of five criteria the law of each country
// meets. It also watches the pages on which new editions appear.
//
// No original has been read yet. The columns' heads in criteria.csv are mostly guesses, and an
// edition that nobody has released in released.csv is held.
package icmec

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"

	"baseline/schemas"
	"baseline/sources/read/pdftable"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

type reader struct {
	about    source.About
	released []release
}

// New returns the source.
func New() source.Source { return reader{source.MustAbout(about), mustReleases(releasedCSV)} }

func (r reader) About() source.About                   { return r.about }
func (r reader) Requests(source.Plan) []source.Request { return r.about.Ask() }

var reviewRequest = regexp.MustCompile(`^(csam|grooming)-(20\d\d)$`)

// Parse reads one edition of a review, or a landing page.
func (r reader) Parse(c source.Capture, emit source.Emit) error {
	if p, ok := landings[c.Request]; ok {
		return p.read(c, emit)
	}
	m := reviewRequest.FindStringSubmatch(c.Request)
	if m == nil {
		return fmt.Errorf("there is no request %q: want a review and an edition, such as csam-2018", c.Request)
	}
	return r.review(c, m[1], m[2], emit)
}

// review reads one edition. It refuses a document whose own words do not say the review and
// the edition that were asked for, and columns that are not exactly the five criteria's.
func (r reader) review(c source.Capture, name, edition string, emit source.Emit) error {
	doc, err := pdftable.Open(c.Body)
	if err != nil {
		return err
	}
	is, err := identify(doc)
	if err != nil {
		return err
	}
	if is.review != name || is.edition != edition {
		return fmt.Errorf("asked for edition %s of the review %s, but the title says edition %s of the review %s", edition, name, is.edition, is.review)
	}
	tables, err := doc.Tables(specs[name])
	if err != nil {
		return err
	}
	if err := onlyCriteria(tables); err != nil {
		return err
	}
	b := &book{identity: is, emit: emit, names: map[string]bool{}, codes: map[string]int64{}, met: map[string]int{}}
	b.part = source.Part{
		Dataset: "legislation_ratings", Complete: true,
		Key: []source.Pin{{Column: "review", Value: schemas.Str(name)}, {Column: "edition", Value: schemas.Str(edition)}},
	}
	outside := doc.Outside(tables)
	if b.marks, err = readLegend(outside); err != nil {
		b.hold("no-legend", err.Error(), "look at the legend above the table: without it, no mark is understood and no row is made", "", "")
		emit.Part(b.part)
		return nil
	}
	for _, t := range tables {
		for _, row := range t.Rows {
			b.row(row)
		}
	}
	b.countries(outside)
	b.world()
	if !isReleased(r.released, is, c.SHA256) {
		b.notSeenBefore()
	}
	emit.Part(b.part)
	return nil
}

// onlyCriteria fails on a column that nobody asked for: a sixth criterion, or notes.
func onlyCriteria(tables []pdftable.Table) error {
	for _, t := range tables {
		for _, other := range t.Others {
			return fmt.Errorf("page %d: the table has a column %q at %s, which is none of the five criteria: if it is one under a new name, add it to criteria.csv",
				t.Page, other.Text, other.Box)
		}
	}
	return nil
}

// Title pages, as stored copies of five editions show them: "Review: Model Legislation & Global
// Review" in one line or two, "2017 1st Edition" on the cover, "Copyright © 2017, …" and
// "First Edition" on the page behind it.
var (
	titleForm     = regexp.MustCompile(`(?i)(Child Sexual Abuse Material|Online Grooming of Children for Sexual Purposes|Child Pornography) ?: ?Model Legislation (?:&|and) Global Review`)
	editionForm   = regexp.MustCompile(`(?i)^(?:(20\d\d)\W*)?(\d{1,2}(?:st|nd|rd|th)|[a-z]+) edition(?:\W*(20\d\d))?$`)
	copyrightForm = regexp.MustCompile(`(?i)^copyright ?© ?(20\d\d)\b`)
	reviews       = map[string]string{"child sexual abuse material": "csam", "online grooming of children for sexual purposes": "grooming"}
)

// identity is what a document says it is.
type identity struct {
	review, edition string
	number          int
}

// identify reads the review and the edition from the first three pages. The address says nothing:
// files are put up again under new names.
func identify(doc *pdftable.Document) (is identity, err error) {
	var lines []string
	for _, p := range doc.Pages[:min(3, len(doc.Pages))] {
		for _, l := range p.Lines {
			lines = append(lines, strings.Join(strings.Fields(l.Text()), " "))
		}
	}
	titles := titleForm.FindAllStringSubmatch(strings.Join(lines, " "), -1)
	if len(titles) == 0 {
		return is, fmt.Errorf(`the first three pages have no title like "Child Sexual Abuse Material: Model Legislation & Global Review"`)
	}
	for _, m := range titles {
		name, ok := reviews[strings.ToLower(m[1])]
		if !ok || is.review != "" && is.review != name {
			return is, fmt.Errorf("the title %q is that of no review that we read, or there are two titles", m[0])
		}
		is.review = name
	}
	years := map[string]bool{}
	for _, l := range lines {
		if m := copyrightForm.FindStringSubmatch(l); m != nil {
			years[m[1]] = true
		}
		m := editionForm.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		years[m[1]], years[m[3]] = true, true
		n := ordinal(m[2])
		if n == 0 || is.number != 0 && is.number != n {
			return is, fmt.Errorf("the line %q names no edition, or another than the lines before it", l)
		}
		is.number = n
	}
	is.edition = editionOf(is.review, is.number)
	if is.edition == "" || !years[is.edition] {
		return is, fmt.Errorf("the first three pages name edition %d of the review %s and do not say the year %q that editions.csv gives for it; a new edition must be added there", is.number, is.review, is.edition)
	}
	return is, nil
}
