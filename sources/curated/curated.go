// Package curated reads the tables that lie beside its code: facts that have no page
// to read, one a row, each with where it is known from. The bytes of a table are the
// capture.
package curated

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"baseline/schemas"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

//go:embed states.csv
var states []byte

//go:embed treaty-status.csv
var treatyStatus []byte

// table is how one file becomes rows.
type table struct {
	request, dataset string
	body             []byte
	pin              string // key column whose values are the parts; "" for one part
	complete         bool   // the table lists all there is
}

var tables = []table{
	{request: "states", dataset: "states", body: states, complete: true},
	{request: "treaty-status", dataset: "treaty_status", body: treatyStatus, pin: "treaty"},
}

// knownFrom is the column that says where a fact is known from: a curated row's
// evidence.
const knownFrom = "known_from"

type reader struct{ about source.About }

// New returns the source.
func New() source.Source { return reader{source.MustAbout(about)} }

func (r reader) About() source.About                   { return r.about }
func (r reader) Requests(source.Plan) []source.Request { return r.about.Ask() }

// Tables returns the compiled-in tables. A table is as old as its newest row.
func (r reader) Tables() []source.Table {
	var list []source.Table
	for _, t := range tables {
		list = append(list, source.Table{Request: t.request, AsOf: newest(t.body), Body: t.body})
	}
	return list
}

// newest is the latest as_of in a table. Rows that cannot be read are left to Parse,
// which says where they stand.
func newest(body []byte) time.Time {
	var latest time.Time
	rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil || len(rows) == 0 {
		return latest
	}
	at := slices.Index(rows[0], "as_of")
	for _, row := range rows[1:] {
		if at < 0 {
			break
		}
		if day, err := time.Parse(time.DateOnly, row[at]); err == nil && day.After(latest) {
			latest = day
		}
	}
	return latest
}

// Parse reads a table whose header names columns of its dataset, and known_from.
func (r reader) Parse(c source.Capture, emit source.Emit) error {
	i := slices.IndexFunc(tables, func(t table) bool { return t.request == c.Request })
	if i < 0 {
		return fmt.Errorf("there is no curated table %q", c.Request)
	}
	t := tables[i]
	d := schemas.Named(t.dataset)
	rows := csv.NewReader(bytes.NewReader(c.Body))
	header, err := rows.Read()
	if err != nil {
		return fmt.Errorf("read the header: %w", err)
	}
	if !slices.Contains(header, knownFrom) {
		return fmt.Errorf("the header has no column %s: a fact must say where it is known from", knownFrom)
	}
	var parts []schemas.Value
	for {
		cells, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err // it names the line
		}
		line, _ := rows.FieldPos(0)
		row, from, err := rowOf(d, header, cells)
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		if from == "" {
			return fmt.Errorf("line %d: %s is empty: a fact must say where it is known from", line, knownFrom)
		}
		emit.Row(t.dataset, row, fmt.Sprintf("line %d", line), strings.Join(nonEmpty(cells), " | "))
		if t.pin != "" && !slices.Contains(parts, row[t.pin]) {
			parts = append(parts, row[t.pin])
		}
	}
	for _, p := range t.parts(header, parts) {
		emit.Part(p)
	}
	return nil
}

func (t table) parts(header []string, values []schemas.Value) []source.Part {
	d := schemas.Named(t.dataset)
	columns := append([]string{d.Code}, slices.DeleteFunc(slices.Clone(header), func(c string) bool { return c == knownFrom })...)
	if t.pin == "" {
		return []source.Part{{Dataset: t.dataset, Complete: t.complete, Columns: columns}}
	}
	var parts []source.Part
	for _, v := range values {
		parts = append(parts, source.Part{
			Dataset: t.dataset, Key: []source.Pin{{Column: t.pin, Value: v}}, Complete: t.complete, Columns: columns,
		})
	}
	return parts
}

func rowOf(d *schemas.Dataset, header, cells []string) (row schemas.Cells, from string, err error) {
	row = schemas.Cells{}
	for i, name := range header {
		if name == knownFrom {
			from = cells[i]
			continue
		}
		at := d.Column(name)
		if at < 0 {
			return nil, "", fmt.Errorf("dataset %s has no column %q", d.Name, name)
		}
		v, err := schemas.Parse(d.Columns[at].Kind, cells[i])
		if err != nil {
			return nil, "", fmt.Errorf("column %s: %w", name, err)
		}
		row[name] = v
	}
	return row, from, nil
}

func nonEmpty(cells []string) []string {
	return slices.DeleteFunc(slices.Clone(cells), func(c string) bool { return c == "" })
}
