package snapshot

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"baseline/pipeline/archive"
	"baseline/pipeline/decisions"
	"baseline/schemas"
	"baseline/sources/source"
)

// Corrected is the source of rows that a steward corrected.
const Corrected = "decisions"

// correct puts the steward's values over those that were read. What was read stays
// beside them. A correction of a row that is not there corrects nothing, and is told as
// a decision that applies to nothing.
func (b *builder) correct() {
	for _, d := range schemas.Facts {
		for _, c := range b.book.Corrections(d) {
			i := slices.IndexFunc(b.out.Tables[d.Name], func(r schemas.Row) bool { return d.KeyText(r) == c.Key })
			if i < 0 {
				continue
			}
			c.Applied()
			row := &b.out.Tables[d.Name][i]
			was := *row
			row.Values = slices.Clone(row.Values)
			var said []string
			for _, name := range slices.Sorted(maps.Keys(c.Cells)) {
				at := d.Column(name)
				if row.Values[at] != c.Cells[name] {
					said = append(said, fmt.Sprintf("%s %s, not %s", strings.ReplaceAll(name, "_", " "), c.Cells[name], row.Values[at]))
				}
				row.Values[at] = c.Cells[name]
			}
			if said == nil {
				*row = was
				b.out.Findings = append(b.out.Findings, source.Finding{
					Code: "correction-agrees", Severity: source.Question, Source: Corrected, Dataset: d.Name,
					Text: fmt.Sprintf("%s: %s now says the same of %s %s as the correction", c.At(), was.Source, d.Name, c.Key),
					Hint: "the correction has done its work; remove it",
				})
				continue
			}
			b.answered(d, c.Key)
			row.Source, row.Evidence = Corrected, c.Evidence()
			b.out.Others = append(b.out.Others, Other{Emitted: source.Emitted{Dataset: d.Name, Row: was}, By: Corrected})
			b.out.Findings = append(b.out.Findings, source.Finding{
				Code: "corrected", Severity: source.Note, Source: Corrected, Dataset: d.Name, Capture: row.Evidence.Capture,
				Text: fmt.Sprintf("%s %s is corrected: %s (%s, %s: %s; from %s)", d.Name, c.Key, strings.Join(said, ", "), c.By, c.On, c.Why, c.From),
			})
			b.decided(row.Evidence.Capture)
		}
	}
}

// answered makes notes of the disagreements on a row that a steward has corrected.
func (b *builder) answered(d *schemas.Dataset, key string) {
	for i := range b.out.Findings {
		f := &b.out.Findings[i]
		if f.Code == disagreement && f.Dataset == d.Name && strings.HasPrefix(f.Text, d.Name+" "+key+": ") {
			f.Severity = source.Note
		}
	}
}

// Said returns the rows that the snapshot has from one source in one part, as they were
// read, without those that wait for a confirmation that they are gone.
func (s *Snapshot) Said(src string, p source.Part) []schemas.Row {
	var rows []schemas.Row
	for _, r := range s.asRead(p.Dataset) {
		if r.Source == src && r.Standing != schemas.Unconfirmed && p.Holds(r) {
			rows = append(rows, r)
		}
	}
	return rows
}

// Remembered returns what the source said in the part before the snapshot, as far as it is
// still within the time of confirmation.
func (s *Snapshot) Remembered(src string, p source.Part) []schemas.Row {
	var rows []schemas.Row
	for _, o := range s.Others {
		if o.Dataset == p.Dataset && o.Row.Source == src && o.By == src && p.Holds(o.Row) {
			rows = append(rows, o.Row)
		}
	}
	return rows
}

// asRead returns the rows of a dataset as they were before a steward corrected any: a
// correction is made anew in each run, by the decisions of that run.
func (s *Snapshot) asRead(dataset string) []schemas.Row {
	rows, d := s.Tables[dataset], schemas.Named(dataset)
	for i, r := range rows {
		if r.Source != Corrected {
			continue
		}
		at := slices.IndexFunc(s.Others, func(o Other) bool {
			return o.By == Corrected && o.Dataset == dataset && d.CompareKeys(o.Row, r) == 0
		})
		if at >= 0 {
			if &rows[0] == &s.Tables[dataset][0] {
				rows = slices.Clone(rows)
			}
			rows[i] = s.Others[at].Row
		}
	}
	return rows
}

// decided adds the file of decisions to the captures that rows rest on.
func (b *builder) decided(sum string) {
	for _, f := range b.book.Files() {
		if f.SHA256 == sum {
			b.capture(DecisionRecord(f))
		}
	}
}

// DecisionRecord is the record of a file of decisions in the archive.
func DecisionRecord(f decisions.File) archive.Record {
	path := "decisions/" + f.Name
	return archive.Record{
		Source: Corrected, Request: archive.Asked{ID: f.Name, URL: path}, FinalURL: path, RequestedAt: f.Newest.UTC(), Status: 200,
		File: f.Name, SHA256: f.SHA256, Bytes: len(f.Body), Origin: archive.Curated,
		OriginNote: "what the steward decided; each entry says who, when and why",
	}
}
