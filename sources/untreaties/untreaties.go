// Package untreaties reads the status pages of the United Nations Treaty
// Collection for the Convention on the Rights of the Child (CRC) and its optional
// protocol on the sale of children (OPSC): who signed, who became a party and how,
// and which states made declarations or objections.
package untreaties

import (
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"baseline/schemas"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

type untreaties struct{ about source.About }

// New returns the source un-treaties.
func New() source.Source { return untreaties{source.MustAbout(about)} }

func (u untreaties) About() source.About { return u.about }

func (u untreaties) Requests(source.Plan) []source.Request { return u.about.Ask() }

// treaty is how a page says which treaty it is about: chapter, number in the
// chapter, letter of a protocol, words of the title.
type treaty struct{ chapter, number, letter, title string }

var treaties = map[string]treaty{
	"CRC":  {"CHAPTER IV", "11", "", "Convention on the Rights of the Child"},
	"OPSC": {"CHAPTER IV", "11", "c", "Optional Protocol to the Convention on the Rights of the Child on the sale of children"},
}

// statusColumns are the columns that a status page records. It records footnotes
// only where it has any.
var statusColumns = []string{"treaty", "iso3", "published_name", "status", "signed", "consent", "consent_kind", "as_of"}

// Parse reads one status page. It fails, and emits nothing, on anything that is
// not the complete status page of the treaty that was asked for; a page that
// contradicts itself is held.
func (u untreaties) Parse(c source.Capture, emit source.Emit) error {
	want, ok := treaties[c.Request]
	if !ok {
		return fmt.Errorf("request %q is none of the treaties CRC and OPSC", c.Request)
	}
	page, err := open(c.Body)
	if err != nil {
		return err
	}
	if err := page.isAbout(want); err != nil {
		return err
	}
	asOf, err := page.statusDate()
	if err != nil {
		return err
	}
	signatories, parties, err := page.counts()
	if err != nil {
		return err
	}
	rows, err := page.participants()
	if err != nil {
		return err
	}
	declared, err := page.section("dgDec")
	if err != nil {
		return err
	}
	objected, err := page.section("dgObj")
	if err != nil {
		return err
	}

	s := &status{emit: emit, treaty: schemas.Str(c.Request), asOf: asOf, rows: rows}
	s.checkDate(c.Taken, page.dateElement)
	s.checkCounts(signatories, parties, page.countsElement)
	s.emitStatus(page.hasFootnotes())
	s.emitDeclarations("declaration", declared)
	s.emitDeclarations("objection", objected)
	return nil
}

// status is what one page says, on its way out.
type status struct {
	emit      source.Emit
	treaty    schemas.Value
	asOf      time.Time
	rows      []participant
	contested bool // the page contradicts itself
}

func (s *status) pins(more ...source.Pin) []source.Pin {
	return append([]source.Pin{{Column: "treaty", Value: s.treaty}}, more...)
}

func (s *status) part(columns []string) source.Part {
	return source.Part{Dataset: "treaty_status", Key: s.pins(), Complete: !s.contested, Columns: columns}
}

func (s *status) find(severity source.Severity, code, locator, quote, format string, args ...any) {
	s.contested = s.contested || severity == source.Hold
	s.emit.Finding(source.Finding{
		Code: code, Severity: severity, Dataset: "treaty_status", Part: s.part(nil).Name(),
		Text: fmt.Sprintf(format, args...), Locator: locator, Quote: quote,
		Hint: "compare with the publisher's page",
	})
}

// checkDate compares the status date with the time of the capture. The page is
// made when it is asked for, so the two are a day apart at most; a page that put
// the month before the day must not pass.
func (s *status) checkDate(taken time.Time, e *goquery.Selection) {
	if taken.IsZero() {
		return
	}
	apart := func(day time.Time) int { return int(day.Sub(taken).Hours() / 24) }
	year, month, day := s.asOf.Date()
	swapped := time.Date(year, time.Month(day), int(month), 0, 0, 0, 0, time.UTC)
	severity, code := source.Question, "status-date-old"
	switch days := apart(s.asOf); {
	case days >= 1:
		severity, code = source.Hold, "status-date-in-future"
	case days > -7:
		return
	case day <= 12 && apart(swapped) >= -1 && apart(swapped) < 1:
		severity, code = source.Hold, "status-date-order"
	}
	s.find(severity, code, locate(e), words(e), "the status date, read as %s, is not that of the capture, %s",
		s.asOf.Format(time.DateOnly), taken.Format(time.DateOnly))
}

// checkCounts compares the page's own counts with its rows, and the rows with each
// other.
func (s *status) checkCounts(signatories, parties int, e *goquery.Selection) {
	signed, joined, seen := 0, 0, map[string]bool{}
	for _, r := range s.rows {
		if !r.signed.IsZero() {
			signed++
		}
		if !r.consent.IsZero() {
			joined++
		}
		if seen[strings.ToLower(r.name)] {
			s.find(source.Hold, "name-twice", r.locator, r.quote, "%q stands twice in the table of participants", r.name)
		}
		seen[strings.ToLower(r.name)] = true
		s.checkRow(r)
	}
	if signed != signatories || joined != parties {
		s.find(source.Hold, "counts-differ", locate(e), words(e),
			"the page counts %d signatories and %d parties, its table has %d and %d", signatories, parties, signed, joined)
	}
}

func (s *status) checkRow(r participant) {
	both := !r.signed.IsZero() && !r.consent.IsZero()
	if both && (r.kind == "accession" || r.kind == "succession") {
		// Only a state that has not signed accedes. A page, or a copy of one, that
		// confuses the letters A and a shows here.
		s.find(source.Hold, "kind-contradicts-signature", r.locator, r.quote, "%s signed and is listed with an %s", r.name, r.kind)
	}
	if both && r.consent.Before(r.signed) {
		s.find(source.Question, "consent-before-signature", r.locator, r.quote, "%s became a party before it signed", r.name)
	}
	if r.signed.After(s.asOf) || r.consent.After(s.asOf) {
		s.find(source.Question, "date-after-status-date", r.locator, r.quote, "%s has a date after the status date %s", r.name, s.asOf.Format(time.DateOnly))
	}
}

func (s *status) emitStatus(footnotes bool) {
	columns := statusColumns
	if footnotes {
		columns = append([]string{"references"}, columns...)
	}
	s.emit.Part(s.part(columns))
	for _, r := range s.rows {
		s.emit.Row("treaty_status", schemas.Cells{
			"treaty": s.treaty, "published_name": schemas.Str(r.name), "status": schemas.Str(r.status()),
			"signed": schemas.Day(r.signed), "consent": schemas.Day(r.consent), "consent_kind": schemas.Str(r.kind),
			"references": schemas.Str(r.references), "as_of": schemas.Day(s.asOf),
		}, r.locator, r.quote)
	}
}

// emitDeclarations emits a section's participants. A page without the section says
// nothing about declarations, so there is no part then. The table of participants
// links each state that has a declaration, which makes the list of declarations
// checkable; nothing on the page vouches for the list of objections.
func (s *status) emitDeclarations(kind string, listed []participant) {
	if listed == nil {
		return
	}
	part := source.Part{
		Dataset: "treaty_declarations", Key: s.pins(source.Pin{Column: "kind", Value: schemas.Str(kind)}),
		Columns: []string{"treaty", "iso3", "kind", "published_name", "references"},
	}
	find := func(severity source.Severity, code string, p participant, text string) {
		s.emit.Finding(source.Finding{
			Code: code, Severity: severity, Dataset: part.Dataset, Part: part.Name(),
			Text: text, Locator: p.locator, Quote: p.quote, Hint: "compare with the publisher's page",
		})
	}
	rows, left, seen := map[string]participant{}, map[string]bool{}, map[string]bool{}
	for _, r := range s.rows {
		rows[r.name] = r
		left[r.name] = r.linked && kind == "declaration"
	}
	part.Complete = kind == "declaration" && !s.contested
	for _, p := range listed {
		row, ok := rows[p.name]
		switch {
		case seen[strings.ToLower(p.name)]:
			part.Complete = false
			find(source.Hold, "name-twice", p, fmt.Sprintf("%q stands twice among the %ss", p.name, kind))
		case !ok:
			find(source.Note, "declaration-without-row", p, fmt.Sprintf("%s has %ss and no row in the table of participants", p.name, kind))
		case kind == "declaration" && !row.linked:
			part.Complete = false
			find(source.Hold, "declarations-differ", p, p.name+" has a declaration, but its row links to none")
		}
		left[p.name], seen[strings.ToLower(p.name)] = false, true
	}
	for _, r := range s.rows {
		if left[r.name] {
			part.Complete = false
			find(source.Hold, "declarations-differ", r, "the row of "+r.name+" links to a declaration that the page does not have")
		}
	}
	s.emit.Part(part)
	for _, p := range listed {
		s.emit.Row(part.Dataset, schemas.Cells{
			"treaty": s.treaty, "kind": schemas.Str(kind), "published_name": schemas.Str(p.name), "references": schemas.Str(p.references),
		}, p.locator, p.quote)
	}
}
