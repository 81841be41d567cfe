package coetreaties

import (
	"maps"
	"slices"

	"baseline/sources/source"
)

// Each row that fails a check is a question: depositaries make typing errors. More
// rows than one can believe show that columns were taken for each other.
var checks = map[string]struct {
	text string
	most int // rows that may fail
}{
	"consent-before-signature":   {"consented before it signed", 2},
	"in-force-before-consent":    {"has an entry into force before its consent", 2},
	"in-force-without-consent":   {"has an entry into force and no consent", 0},
	"consent-without-signature":  {"is a member that consented without signing, with no letter that says how", 5},
	"kind-contradicts-signature": {"signed and is listed with an accession", 2},
	"date-before-opening":        {"has a date before the treaty was opened", 2},
	"date-after-status":          {"has a date after the day of the chart", 2},
	"in-force-breaks-rule":       {"has an entry into force that is not the one of the treaty's rule", 5},
	"in-force-news":              {"has an entry into force, of a treaty that was not in force in May 2026", 5},
	"denunciation-unclear":       {"has dates of a denunciation that do not fit together", 2},
}

// judge turns the failed checks into findings.
func (c *chart) judge() {
	for _, code := range slices.Sorted(maps.Keys(c.tally)) {
		rows, check := c.tally[code], checks[code]
		for _, i := range rows {
			r := c.rows[i]
			c.find(source.Question, code, "compare with the publisher's chart", r.locator, r.quote, "%s %s", r.name, check.text)
		}
		if len(rows) > check.most || code == "consent-before-signature" && 2*len(rows) > c.signedAndJoined() {
			c.find(source.Hold, code, "see whether the columns of the chart changed their places", c.rows[rows[0]].locator, c.rows[rows[0]].quote,
				"%d rows fail the same check: %s", len(rows), check.text)
		}
	}
}

func (c *chart) signedAndJoined() int {
	n := 0
	for _, r := range c.rows {
		if !r.signed.IsZero() && !r.consent.IsZero() {
			n++
		}
	}
	return n
}
