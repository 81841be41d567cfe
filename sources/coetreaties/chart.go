package coetreaties

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
)

// row is one state of a chart. Zero dates are empty cells.
type row struct {
	name, group                           string // group is a word of schemas.TreatyGroups
	signed, consent, inForce              time.Time
	denounced, denounceEffect, suspended  time.Time
	remarks, references, note             string
	locator, quote                        string
	accession, succession, definitiveSign bool // letters after the dates
}

// chart is a chart of signatures, whatever form it was read from.
type chart struct {
	treaty   treaty
	asOf     time.Time
	printed  bool // the chart prints asOf itself
	noOrgs   bool // the answer says itself that no organisation takes part
	rows     []row
	columns  []string // recorded beyond the common ones
	findings []source.Finding
	part     source.Part
	tally    map[string][]int // rows in which a check failed, by code, until judged
}

// commonColumns are recorded by every form of the chart.
var commonColumns = []string{"treaty", "iso3", "published_name", "status", "signed", "consent", "consent_kind", "in_force", "treaty_group", "note", "as_of"}

func newChart(t treaty, asOf time.Time) *chart {
	part := source.Part{Dataset: "treaty_status", Key: t.key(), Complete: true}
	return &chart{treaty: t, asOf: day(asOf), part: part, tally: map[string][]int{}}
}

func day(t time.Time) time.Time { return date(t.Year(), t.Month(), t.Day()) }

func (c *chart) find(severity source.Severity, code, hint, locator, quote, format string, args ...any) {
	if severity == source.Hold {
		c.part.Complete = false
	}
	c.findings = append(c.findings, source.Finding{
		Code: code, Severity: severity, Dataset: c.part.Dataset, Part: c.part.Name(),
		Text: fmt.Sprintf(format, args...), Hint: hint, Locator: locator, Quote: quote,
	})
}

// status is what the dates say on the chart's day.
func (c *chart) status(r row) string {
	switch {
	case !r.denounceEffect.IsZero() && !r.denounceEffect.After(c.asOf):
		return "withdrawn"
	case !r.consent.IsZero():
		return "party"
	case !r.signed.IsZero():
		return "signed"
	}
	return "none"
}

// consentKind is the kind of consent. A letter tells it; else only a non-member's
// is known: those that took no part in the making of the treaty cannot sign, only accede.
func (r row) consentKind() string {
	switch {
	case r.consent.IsZero():
		return ""
	case r.accession:
		return "accession"
	case r.succession:
		return "succession"
	case r.group == "non-member" && r.signed.IsZero() && !r.definitiveSign:
		return "accession"
	}
	return "unspecified"
}

// emit checks the chart as a whole, and sends its rows on.
func (c *chart) emit(emit source.Emit) {
	c.checkNames()
	for i := range c.rows {
		c.checkDates(i)
		c.checkInForce(i)
		c.checkDenunciation(i)
	}
	c.judge()
	for _, f := range c.findings {
		emit.Finding(f)
	}
	c.part.Columns = append(slices.Clone(commonColumns), c.columns...)
	emit.Part(c.part)
	for _, r := range c.rows {
		emit.Row("treaty_status", schemas.Cells{
			"treaty": schemas.Str(c.treaty.code), "published_name": schemas.Str(r.name), "treaty_group": schemas.Str(r.group),
			"status": schemas.Str(c.status(r)), "consent_kind": schemas.Str(r.consentKind()),
			"signed": schemas.Day(r.signed), "consent": schemas.Day(r.consent), "in_force": schemas.Day(r.inForce),
			"denounced": schemas.Day(r.denounced), "denunciation_effect": schemas.Day(r.denounceEffect), "suspended": schemas.Day(r.suspended),
			"remarks": schemas.Str(r.remarks), "references": schemas.Str(r.references), "note": schemas.Str(r.note),
			"as_of": schemas.Day(c.asOf),
		}, r.locator, r.quote)
	}
}

// lastAccession is the end of the year in which Montenegro became the 47th member: in
// charts of days before, other states were members.
var lastAccession = date(2007, 12, 31)

// checkNames counts the groups and looks for names that stand twice or in a group
// where they cannot be.
func (c *chart) checkNames() {
	seen, of, acted := map[string]bool{}, map[string]int{}, false
	for _, r := range c.rows {
		acted = acted || c.status(r) != "none"
		of[r.group]++
		name := strings.ToLower(r.name)
		if seen[name] {
			c.find(source.Hold, "name-twice", "compare with the publisher's chart", r.locator, r.quote, "%q stands twice in the chart", r.name)
		}
		seen[name] = true
		if place, ok := places.Default().Lookup(r.name); ok && !c.asOf.Before(lastAccession) && r.group != groupOf(place, r.group) {
			c.find(source.Hold, "group-contradicts-name", "see whether the groups of the chart changed their order", r.locator, r.quote,
				"%s stands among the rows of group %s", r.name, r.group)
		}
	}
	if !acted {
		c.find(source.Hold, "chart-empty", "see whether the service has lost its dates", "", "", "no state of the chart has signed or joined")
	}
	if n := of["member"]; n < 45 || n > 48 {
		c.find(source.Hold, "members-count", "see whether the list was cut off, or whether membership changed", "", "",
			"the group of members has %d rows, want 45 to 48", n)
	}
	for _, group := range []string{"non-member", "organisation"} {
		if of[group] == 0 && (group != "organisation" || !c.noOrgs) {
			c.part.Complete = false
			c.find(source.Note, "group-missing", "no row of this group can be withdrawn by this capture", "", "", "the chart has no rows of group %s", group)
		}
	}
}

// groupOf is the group in which a place must stand; group where it may stand in more
// than one. Russia stands in either of two: its membership ended in 2022.
func groupOf(p places.Place, group string) string {
	switch {
	case p.Code == "EUE":
		return "organisation"
	case p.Kind != "state" || p.Code == "RUS" && group != "organisation":
		return group
	case slices.Contains(places.Default().Group("coe47"), p.Code):
		return "member"
	}
	return "non-member"
}

// checkDates compares the dates of a row with each other, and with the treaty's life.
func (c *chart) checkDates(i int) {
	r := c.rows[i]
	wrong := func(code string) { c.tally[code] = append(c.tally[code], i) }
	both := func(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() }
	if both(r.signed, r.consent) && r.consent.Before(r.signed) {
		wrong("consent-before-signature")
	}
	if both(r.consent, r.inForce) && r.inForce.Before(r.consent) {
		wrong("in-force-before-consent")
	}
	if r.consent.IsZero() && !r.inForce.IsZero() {
		wrong("in-force-without-consent")
	}
	if r.group == "member" && !r.consent.IsZero() && r.signed.IsZero() && !r.accession && !r.succession && !r.definitiveSign {
		wrong("consent-without-signature")
	}
	if r.accession && both(r.signed, r.consent) {
		wrong("kind-contradicts-signature")
	}
	for _, d := range []time.Time{r.signed, r.consent} {
		if !d.IsZero() && d.Before(c.treaty.opened) {
			wrong("date-before-opening")
			break
		}
	}
	for _, d := range []time.Time{r.signed, r.consent, r.denounced} {
		if d.After(c.asOf) {
			wrong("date-after-status")
			break
		}
	}
}

// checkInForce holds the printed entry into force against the treaty's own rule.
func (c *chart) checkInForce(i int) {
	r := c.rows[i]
	want := c.treaty.inForce(r.consent)
	switch {
	case c.treaty.general.IsZero() && !r.inForce.IsZero():
		c.tally["in-force-news"] = append(c.tally["in-force-news"], i)
	case c.treaty.general.IsZero() || r.consent.IsZero() || r.inForce.Equal(want):
	case r.inForce.IsZero() && want.After(c.asOf):
		// A deposit whose effect is still to come may stand without its day.
	default:
		c.tally["in-force-breaks-rule"] = append(c.tally["in-force-breaks-rule"], i)
	}
}

func (c *chart) checkDenunciation(i int) {
	r := c.rows[i]
	if r.denounced.IsZero() != r.denounceEffect.IsZero() || r.denounceEffect.Before(r.denounced) || !r.denounced.IsZero() && r.consent.IsZero() {
		c.tally["denunciation-unclear"] = append(c.tally["denunciation-unclear"], i)
	}
}
