// Package changes prints what differs between two snapshots: as text and Markdown
// for people, as CSV and JSON for machines.
package changes

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"baseline/schemas"
)

// Report is a comparison with the names of what was compared.
type Report struct {
	Since, Until string // such as "edition 2021 (20 April 2021)"
	schemas.Comparison
}

// Formats are the names that Write knows.
var Formats = []string{"text", "markdown", "csv", "json"}

// Write prints the report in one of Formats.
func Write(w io.Writer, format string, r Report) error {
	switch format {
	case "text":
		return text(w, r)
	case "markdown":
		return markdown(w, r)
	case "csv":
		return asCSV(w, r)
	case "json":
		return asJSON(w, r)
	default:
		return fmt.Errorf("there is no format %q; there are %s", format, strings.Join(Formats, ", "))
	}
}

// asCSV writes one line for each column that differs; an added or withdrawn row has
// a line for each of its cells.
func asCSV(w io.Writer, r Report) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"dataset", "key", "place", "name", "change", "cause", "column", "old", "new", "since", "old_capture", "old_locator", "new_capture", "new_locator"}}
	for _, c := range r.Changes {
		for _, d := range cells(c) {
			rows = append(rows, []string{
				c.Dataset, c.Key, c.Place, c.Name, string(c.Kind), string(c.Cause), d.Column, d.Old.String(), d.New.String(),
				c.SinceText(), c.Old.Capture, c.Old.Locator, c.New.Capture, c.New.Locator,
			})
		}
	}
	return out.WriteAll(rows)
}

// cells are the differences of a change; a row that is all key has one without a
// column.
func cells(c schemas.Change) []schemas.Difference {
	if len(c.Columns) == 0 {
		return []schemas.Difference{{}}
	}
	return c.Columns
}

type jsonChange struct {
	Type    string          `json:"type"`
	Dataset string          `json:"dataset"`
	Key     string          `json:"key"`
	Place   string          `json:"place,omitempty"`
	Name    string          `json:"name,omitempty"`
	Change  string          `json:"change"`
	Cause   string          `json:"cause"`
	Columns []jsonDifferent `json:"columns"`
	Since   any             `json:"since"`
	Old     *jsonEvidence   `json:"old_evidence,omitempty"`
	New     *jsonEvidence   `json:"new_evidence,omitempty"`
}

type jsonDifferent struct {
	Column string `json:"column"`
	Old    any    `json:"old"`
	New    any    `json:"new"`
}

type jsonEvidence struct {
	Capture string `json:"capture"`
	Locator string `json:"locator"`
	Quote   string `json:"quote"`
}

type jsonGap struct {
	Type    string `json:"type"`
	Dataset string `json:"dataset"`
	Key     string `json:"key"`
	Place   string `json:"place,omitempty"`
	Name    string `json:"name,omitempty"`
}

type jsonSummary struct {
	Type    string   `json:"type"`
	Since   string   `json:"since"`
	Until   string   `json:"until"`
	Changes int      `json:"changes"`
	NotRead []string `json:"not_read"`
	Outside int      `json:"rows_outside"`
	Widened int      `json:"rows_newly_covered"`
	Same    int      `json:"captures_with_the_same_facts"`
}

// asJSON writes one object a line: the changes, then what is not known, then a
// summary.
func asJSON(w io.Writer, r Report) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, c := range r.Changes {
		line := jsonChange{
			Type: "change", Dataset: c.Dataset, Key: c.Key, Place: c.Place, Name: c.Name, Change: string(c.Kind),
			Cause: string(c.Cause), Since: sinceJSON(c), Old: evidence(c.Old), New: evidence(c.New), Columns: []jsonDifferent{},
		}
		for _, d := range c.Columns {
			line.Columns = append(line.Columns, jsonDifferent{d.Column, d.Old.Any(), d.New.Any()})
		}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	for _, g := range r.Unknown {
		if err := enc.Encode(jsonGap{"unknown", g.Dataset, g.Key, g.Place, g.Name}); err != nil {
			return err
		}
	}
	return enc.Encode(jsonSummary{"summary", r.Since, r.Until, len(r.Changes), append([]string{}, r.NotRead...), r.Outside, r.Widened, r.SameFacts})
}

func evidence(e schemas.Evidence) *jsonEvidence {
	if e.Capture == "" {
		return nil
	}
	return &jsonEvidence{e.Capture, e.Locator, e.Quote}
}

// Thousands prints a whole number with commas.
func Thousands(n int64) string {
	digits := strconv.FormatInt(max(n, -n), 10)
	var b strings.Builder
	if n < 0 {
		b.WriteByte('-')
	}
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// sinceJSON is null where the source does not say since when.
func sinceJSON(c schemas.Change) any {
	if c.Since.IsNull() {
		return nil
	}
	return c.SinceText()
}
