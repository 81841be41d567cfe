// Package check decides whether the rows of a part may pass into a snapshot. A part
// passes whole or is held whole: half a list is worse than an old one.
package check

import (
	"fmt"
	"slices"

	"baseline/schemas"
	"baseline/sources/source"
)

// Codes of the findings that checks make.
const (
	MissingValue = "missing-value" // a required column is empty
	UnknownWord  = "unknown-word"  // a category has a word outside its complete list
	DoubleKey    = "double-key"    // two rows of one key
	TooFewRows   = "too-few-rows"
	TooManyRows  = "too-many-rows"
	FewRows      = "few-rows"      // fewer than usual
	ManyRows     = "many-rows"     // more than usual
	OtherPlace   = "another-place" // a page about one state names another
)

// Part returns the findings about one part's rows. A finding of severity Hold means
// that the part may not pass. Rows must already have their places' codes.
func Part(about source.About, p source.Part, rows []schemas.Row) []source.Finding {
	d := schemas.Named(p.Dataset)
	var found []source.Finding
	report := func(f source.Finding) {
		f.Severity, f.Source, f.Dataset, f.Part = source.Hold, about.ID, d.Name, p.Name()
		found = append(found, f)
	}
	for _, r := range rows {
		columns(d, r, report)
	}
	keys(d, rows, report)
	bounds(about, d, len(rows), report)
	order(d, rows, func(s source.Severity, f source.Finding) {
		report(f)
		found[len(found)-1].Severity = s
	})
	soft(about, d, len(rows), func(f source.Finding) {
		report(f)
		found[len(found)-1].Severity = source.Question
	})
	return found
}

// AnotherPlace is the finding for a row of a page about one place that resolved to
// another.
func AnotherPlace(p source.Part, r schemas.Row) source.Finding {
	d := schemas.Named(p.Dataset)
	return about(r, source.Finding{
		Code: OtherPlace, Severity: source.Hold, Source: r.Source, Dataset: p.Dataset, Part: p.Name(),
		Text: fmt.Sprintf("%q is %s, not the place that was asked for (%s)", r.Values[d.Column(d.Spelling)].Text(), r.Values[d.Column(d.Code)].Text(), p.Name()),
		Hint: "look at the address that answered: it may have been redirected to another page",
	})
}

func about(r schemas.Row, f source.Finding) source.Finding {
	f.Capture, f.Locator, f.Quote = r.Evidence.Capture, r.Evidence.Locator, r.Evidence.Quote
	return f
}

func columns(d *schemas.Dataset, r schemas.Row, report func(source.Finding)) {
	for i, c := range d.Columns {
		v := r.Values[i]
		switch {
		case v.IsNull() && c.Required:
			report(about(r, source.Finding{
				Code: MissingValue, Text: fmt.Sprintf("row %s of %s has no %s", d.KeyText(r), d.Name, c.Name),
				Hint: "look at the page: has a column moved or been renamed?",
			}))
		case !v.IsNull() && c.Words != nil && !slices.Contains(c.Words, v.Text()):
			report(about(r, source.Finding{
				Code: UnknownWord, Text: fmt.Sprintf("row %s of %s has %s %q, which is not one of its words", d.KeyText(r), d.Name, c.Name, v.Text()),
				Hint: "if the publisher has a new word, add it to the dataset's words and to the reader",
			}))
		}
	}
}

func keys(d *schemas.Dataset, rows []schemas.Row, report func(source.Finding)) {
	seen := make(map[string]schemas.Row, len(rows))
	for _, r := range rows {
		key := d.KeyText(r)
		if first, twice := seen[key]; twice {
			report(about(r, source.Finding{
				Code: DoubleKey,
				Text: fmt.Sprintf("two rows of %s have the key %s: %q and %q", d.Name, key, first.Evidence.Quote, r.Evidence.Quote),
				Hint: "if both spellings are one place, the publisher lists it twice; if not, correct schemas/places/spellings.csv",
			}))
			continue
		}
		seen[key] = r
	}
}

func bounds(a source.About, d *schemas.Dataset, rows int, report func(source.Finding)) {
	b, ok := a.Bound(d.Name)
	switch {
	case ok && rows < b.MinRows:
		report(source.Finding{
			Code: TooFewRows, Text: fmt.Sprintf("%d rows of %s, fewer than the %d that %s has ever had reason to go below", rows, d.Name, b.MinRows, a.ID),
			Hint: "look at the page; if it is right, change the bound in the source.yaml with a reason",
		})
	case ok && b.MaxRows > 0 && rows > b.MaxRows:
		report(source.Finding{
			Code: TooManyRows, Text: fmt.Sprintf("%d rows of %s, more than the %d that %s allows", rows, d.Name, b.MaxRows, a.ID),
			Hint: "look at the page; if it is right, change the bound in the source.yaml with a reason",
		})
	}
}

// soft asks a steward to look where the number of rows is unusual, though it may pass.
func soft(a source.About, d *schemas.Dataset, rows int, report func(source.Finding)) {
	b, ok := a.Bound(d.Name)
	switch {
	case ok && rows >= b.MinRows && rows < b.UsualMin:
		report(source.Finding{
			Code: FewRows, Text: fmt.Sprintf("%d rows of %s; %s usually has %d or more", rows, d.Name, a.ID, b.UsualMin),
			Hint: "compare with the page; if it is right, accept",
		})
	case ok && b.UsualMax > 0 && rows > b.UsualMax && (b.MaxRows == 0 || rows <= b.MaxRows):
		report(source.Finding{
			Code: ManyRows, Text: fmt.Sprintf("%d rows of %s; %s usually has %d or fewer", rows, d.Name, a.ID, b.UsualMax),
			Hint: "compare with the page; if it is right, accept",
		})
	}
}
