package history

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"baseline/pipeline/snapshot"
	"baseline/schemas"
)

// Cell is one value of one cell in its two times. Null values stand for "not said" and,
// for KnownTo, for "still".
type Cell struct {
	Dataset, Column    string
	Row                schemas.Row // key values only
	Place, Name        string
	Value              string
	ValidFrom, ValidTo schemas.Value // Date
	Precision          string
	KnownFrom, KnownTo schemas.Value // Time
	KnownIn            string
	Source             string
	Evidence           schemas.Evidence
}

func (c Cell) dataset() *schemas.Dataset { return schemas.Named(c.Dataset) }

// Key is the row's key as people see it.
func (c Cell) Key() string { return c.dataset().KeyText(c.Row) }

// slot is what can hold one value at a time. A treaty's status has one for each word:
// signed and party are both true, one after the other.
func (c Cell) slot() string {
	s := c.Dataset + "\x00" + c.Key() + "\x00" + c.Column
	if c.Column == "status" && c.Dataset == schemas.TreatyStatus.Name {
		s += "\x00" + c.Value
	}
	return s
}

func (c Cell) same(o Cell) bool {
	return c.Value == o.Value && c.ValidFrom == o.ValidFrom && c.ValidTo == o.ValidTo
}

// Fold adds what a snapshot says to what was known before. A cell that says the same goes
// on; one that says something else ends the old one and begins a new one; one that is
// gone ends only where the snapshot covers it completely.
func Fold(cells []Cell, m Moment, s *snapshot.Snapshot) []Cell {
	now := map[string]Cell{}
	rows := map[string]bool{}
	for _, d := range schemas.Facts {
		if d.Verbatim {
			continue
		}
		for _, r := range s.Tables[d.Name] {
			rows[d.Name+"\x00"+d.KeyText(r)] = true
			for _, c := range said(d, r) {
				c.KnownFrom, c.KnownIn = schemas.At(m.At), m.Name
				now[c.slot()] = c
			}
		}
	}
	cells = slices.Clone(cells)
	for i := range cells {
		old := &cells[i]
		if !old.KnownTo.IsNull() {
			continue
		}
		new, ok := now[old.slot()]
		switch {
		case ok && old.same(new):
			delete(now, old.slot())
		case ok:
			old.KnownTo = schemas.At(m.At)
		case ended(s, *old, rows[old.Dataset+"\x00"+old.Key()]):
			old.KnownTo = schemas.At(m.At)
		}
	}
	for _, c := range now {
		cells = append(cells, c)
	}
	order := map[string]int{}
	for i, d := range schemas.Facts {
		order[d.Name] = i
	}
	slices.SortFunc(cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(order[a.Dataset], order[b.Dataset]), a.dataset().CompareKeys(a.Row, b.Row), cmp.Compare(a.Column, b.Column),
			a.KnownFrom.Compare(b.KnownFrom), a.ValidFrom.Compare(b.ValidFrom), cmp.Compare(a.Value, b.Value))
	})
	return cells
}

// ended reports whether a cell that the snapshot does not have is over. Where its row is
// still there, a part that records the column must cover it; where the row has gone, its
// list must have been read to its end and confirmed, or a steward knows that it has.
func ended(s *snapshot.Snapshot, c Cell, stays bool) bool {
	return slices.ContainsFunc(s.Parts, func(p snapshot.Part) bool {
		if p.Dataset != c.Dataset || !p.Holds(c.Row) {
			return false
		}
		if stays {
			return p.Columns == nil || slices.Contains(p.Columns, c.Column)
		}
		return p.Complete && (p.Confirmed || s.Withdrew(p.Source, c.dataset(), c.dataset().KeyText(c.Row)))
	})
}

// said returns the cells of a row.
func said(d *schemas.Dataset, r schemas.Row) (cells []Cell) {
	key := schemas.Row{Values: make([]schemas.Value, len(d.Columns)), Source: r.Source}
	for _, at := range d.KeyColumns() {
		key.Values[at] = r.Values[at]
	}
	base := Cell{Dataset: d.Name, Row: key, Source: r.Source, Evidence: r.Evidence}
	if d.Code != "" {
		base.Place, base.Name = r.Values[d.Column(d.Code)].Text(), r.Values[d.Column(d.Spelling)].Text()
	}
	since := d.SinceWhen(r)
	precision := "day"
	for _, name := range []string{"since_precision", "updated_precision"} {
		if at := d.Column(name); at >= 0 && !r.Values[at].IsNull() {
			precision = r.Values[at].Text()
		}
	}
	for i, col := range d.Columns {
		if col.Aside || slices.Contains(d.Key, col.Name) || r.Values[i].IsNull() {
			continue
		}
		c := base
		c.Column, c.Value = col.Name, r.Values[i].String()
		if d == &schemas.TreatyStatus && col.Name == "status" {
			cells = append(cells, statuses(c, d, r)...)
			continue
		}
		if c.ValidFrom = since; !since.IsNull() {
			c.Precision = precision
		}
		cells = append(cells, c)
	}
	return cells
}

// statuses are the statuses of a state in a treaty that the days of its row prove, one
// after the other.
func statuses(c Cell, d *schemas.Dataset, r schemas.Row) (list []Cell) {
	cell := func(name string) schemas.Value { return r.Values[d.Column(name)] }
	end := cell("denunciation_effect")
	if end.IsNull() {
		end = cell("denounced")
	}
	add := func(status string, from, to schemas.Value) {
		c.Value, c.ValidFrom, c.ValidTo, c.Precision = status, from, to, ""
		if !from.IsNull() {
			c.Precision = "day"
		}
		list = append(list, c)
	}
	status := c.Value
	if signed := cell("signed"); status == "signed" || !signed.IsNull() && status != "none" {
		add("signed", signed, cell("consent"))
	}
	if status == "party" || status == "withdrawn" && !cell("consent").IsNull() {
		add("party", cell("consent"), end)
	}
	if status != "signed" && status != "party" {
		to := schemas.Value{}
		if status == "withdrawn" {
			add(status, end, to)
		} else {
			add(status, to, to)
		}
	}
	return list
}

func toRow(c Cell) (schemas.Row, error) {
	d := c.dataset()
	var texts []string
	for _, at := range d.KeyColumns() {
		texts = append(texts, c.Row.Values[at].String())
	}
	key, err := json.Marshal(texts)
	if err != nil {
		return schemas.Row{}, err
	}
	return schemas.History.Row(schemas.Cells{
		"dataset": schemas.Str(c.Dataset), "key": schemas.Str(c.Key()), "key_values": schemas.Str(string(key)), "place": schemas.Str(c.Place),
		"name": schemas.Str(c.Name), "column": schemas.Str(c.Column), "value": schemas.Str(c.Value), "valid_from": c.ValidFrom,
		"valid_from_precision": schemas.Str(c.Precision), "valid_to": c.ValidTo, "known_from": c.KnownFrom, "known_to": c.KnownTo,
		"known_in": schemas.Str(c.KnownIn), "source": schemas.Str(c.Source), "capture": schemas.Str(c.Evidence.Capture),
		"locator": schemas.Str(c.Evidence.Locator), "quote": schemas.Str(c.Evidence.Quote),
	})
}

func fromRow(r schemas.Row) (Cell, error) {
	h := &schemas.History
	cell := func(name string) schemas.Value { return r.Values[h.Column(name)] }
	text := func(name string) string { return cell(name).Text() }
	d := schemas.Named(text("dataset"))
	if d == nil {
		return Cell{}, fmt.Errorf("history of %q, which this version does not know", text("dataset"))
	}
	c := Cell{
		Dataset: d.Name, Column: text("column"), Place: text("place"), Name: text("name"), Value: text("value"), ValidFrom: cell("valid_from"),
		ValidTo: cell("valid_to"), Precision: text("valid_from_precision"), KnownFrom: cell("known_from"), KnownTo: cell("known_to"), KnownIn: text("known_in"),
		Source: text("source"), Evidence: schemas.Evidence{Capture: text("capture"), Locator: text("locator"), Quote: text("quote")},
		Row: schemas.Row{Values: make([]schemas.Value, len(d.Columns)), Source: text("source")},
	}
	var texts []string
	if err := json.Unmarshal([]byte(text("key_values")), &texts); err != nil || len(texts) != len(d.Key) {
		return Cell{}, fmt.Errorf("history of %s %s: its key cannot be read", d.Name, text("key"))
	}
	for i, at := range d.KeyColumns() {
		v, err := schemas.Parse(d.Columns[at].Kind, texts[i])
		if err != nil {
			return Cell{}, fmt.Errorf("history of %s %s: %w", d.Name, text("key"), err)
		}
		c.Row.Values[at] = v
	}
	return c, nil
}
