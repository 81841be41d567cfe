package source

import (
	"fmt"
	"slices"

	"baseline/schemas"
)

// Emitted is one row as a source emitted it.
type Emitted struct {
	Dataset string
	Row     schemas.Row
	Part    int // index in Reading.Parts, filled by Read
}

// Reading is everything that one capture says.
type Reading struct {
	Rows     []Emitted
	Parts    []Part
	Findings []Finding
}

// Read lets s parse the capture and collects what it emits. A row that does not fit
// its dataset, or that belongs to no declared part, is a mistake in the source's
// code and is returned as an error, as is whatever Parse returns.
func Read(s Source, c Capture) (Reading, error) {
	col := &collector{capture: c}
	if err := s.Parse(c, col); err != nil {
		return Reading{}, fmt.Errorf("source %s, %s (capture %.12s): %w", c.Source, c.Request, c.SHA256, err)
	}
	for i := range col.reading.Rows {
		r := &col.reading.Rows[i]
		n := slices.IndexFunc(col.reading.Parts, func(p Part) bool { return p.Dataset == r.Dataset && p.Holds(r.Row) })
		if n < 0 && col.fault == nil {
			col.fault = fmt.Errorf("row %s of %s belongs to no part", schemas.Named(r.Dataset).KeyText(r.Row), r.Dataset)
		}
		r.Part = n
	}
	if col.fault != nil {
		return Reading{}, fmt.Errorf("source %s, %s (capture %.12s): %w", c.Source, c.Request, c.SHA256, col.fault)
	}
	return col.reading, nil
}

// Sound reports whether the reading leaves no doubt that the capture is what was asked for:
// it has rows, nothing in it is held, and each part is within the bounds of the source, or
// where there are none, was read to its end.
func (r Reading) Sound(about About) bool {
	if len(r.Rows) == 0 || slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity == Hold }) {
		return false
	}
	rows := make([]int, len(r.Parts))
	for _, row := range r.Rows {
		rows[row.Part]++
	}
	for i, p := range r.Parts {
		b, ok := about.Bound(p.Dataset)
		bounded := ok && b.MinRows > 0
		if !p.Complete && !bounded || bounded && rows[i] < b.MinRows || ok && b.MaxRows > 0 && rows[i] > b.MaxRows {
			return false
		}
	}
	return true
}

// Holds reports whether a row of the part's dataset lies in the part. A row whose
// place has not been resolved yet may lie in the part of any place.
func (p Part) Holds(r schemas.Row) bool {
	d := schemas.Named(p.Dataset)
	for _, pin := range p.Key {
		at := d.Column(pin.Column)
		if pin.Column == d.Code && at >= 0 && r.Values[at].IsNull() {
			continue
		}
		if at < 0 || r.Values[at] != pin.Value {
			return false
		}
	}
	return true
}

type collector struct {
	capture Capture
	reading Reading
	fault   error
}

func (c *collector) Row(dataset string, cells schemas.Cells, locator, quote string) {
	d := schemas.Named(dataset)
	if d == nil {
		c.fail(fmt.Errorf("there is no dataset %q", dataset))
		return
	}
	row, err := d.Row(cells)
	if err != nil {
		c.fail(err)
		return
	}
	row.Source = c.capture.Source
	row.Evidence = schemas.Evidence{
		Capture: c.capture.SHA256, Locator: locator, Quote: quote, Observed: schemas.At(c.capture.Taken),
	}
	c.reading.Rows = append(c.reading.Rows, Emitted{Dataset: dataset, Row: row})
}

func (c *collector) Part(p Part) { c.reading.Parts = append(c.reading.Parts, p) }

func (c *collector) Finding(f Finding) {
	f.Source, f.Capture = c.capture.Source, c.capture.SHA256
	c.reading.Findings = append(c.reading.Findings, f)
}

func (c *collector) fail(err error) {
	if c.fault == nil {
		c.fault = err
	}
}
