// Package resolve turns published spellings of places into codes. It never guesses:
// a spelling that the registry does not list leaves its row aside, with suggestions
// for the steward.
package resolve

import (
	"fmt"
	"strings"

	"baseline/pipeline/decisions"
	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
)

// UnknownName is the code of the finding for a spelling that is not in the registry,
// and NotAState of the one for a name that is known to be no state.
const (
	UnknownName = "unknown-name"
	NotAState   = "not-a-state"
)

// suggestions is how many registered names are offered for an unknown spelling.
const suggestions = 3

// Rows fills the columns for a place's code and kind, by the registry or by what a
// steward decided. Rows whose spelling is unknown
// come back apart, untouched, each with its finding.
func Rows(names *places.Registry, book *decisions.Book, rows []source.Emitted) (known, unknown []source.Emitted, findings []source.Finding) {
	for _, r := range rows {
		d := schemas.Named(r.Dataset)
		if d.Spelling == "" {
			known = append(known, r)
			continue
		}
		spelling := r.Row.Values[d.Column(d.Spelling)].Text()
		place, ok := names.Lookup(spelling)
		if !ok {
			place, ok = book.Place(r.Row.Source, spelling)
		}
		if !ok {
			unknown = append(unknown, r)
			findings = append(findings, unknownName(names, d, r, spelling))
			continue
		}
		known = append(known, withPlace(d, r, place))
	}
	return known, unknown, findings
}

func withPlace(d *schemas.Dataset, r source.Emitted, place places.Place) source.Emitted {
	values := append([]schemas.Value(nil), r.Row.Values...)
	code := d.Column(d.Code)
	// Totals and rows without a place have a code of their own only where a dataset
	// keeps them as rows; elsewhere they stand without one.
	if d.Columns[code].Required || place.Kind != "total" && place.Kind != "unknown" {
		values[code] = schemas.Str(place.Code)
	}
	if d.PlaceKind != "" {
		values[d.Column(d.PlaceKind)] = schemas.Str(place.Kind)
	}
	r.Row.Values = values
	return r
}

func unknownName(names *places.Registry, d *schemas.Dataset, r source.Emitted, spelling string) source.Finding {
	f := source.Finding{
		Code: UnknownName, Severity: source.Hold, Dataset: d.Name, Source: r.Row.Source,
		Capture: r.Row.Evidence.Capture, Locator: r.Row.Evidence.Locator, Quote: r.Row.Evidence.Quote,
		Text: fmt.Sprintf("the name %q is not in the registry of places, so its row is held", spelling),
	}
	if why, ok := names.NotState(spelling); ok {
		f.Code = NotAState
		f.Text = fmt.Sprintf("the name %q is known to be no state (%s), so its row is held", spelling, why)
		f.Hint = "if this listing should have the row, its reader must say what it is"
		return f
	}
	var offers []string
	for _, s := range names.Suggest(spelling, suggestions) {
		offers = append(offers, fmt.Sprintf("%s (%s)", s.Place.Name, s.Place.Code))
	}
	f.Hint = "say which place it is: baseline review"
	if len(offers) > 0 {
		f.Hint += "; nearest names: " + strings.Join(offers, ", ")
	}
	return f
}
