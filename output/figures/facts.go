package figures

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"baseline/schemas"
	"baseline/schemas/places"
)

// Facts are the typed datasets of one snapshot or edition: all that a table is
// derived from.
type Facts struct {
	Rows    map[string][]schemas.Row // by dataset, sorted by key
	Parts   []Part
	Sources []Source
}

// Part is a slice of a dataset that one publisher's list covers.
type Part struct {
	Dataset string
	Key     []Pin
	// Complete says that a place without a row is absent in the world.
	Complete bool
	Universe []string // codes of the places that it is about; nil means no limit
}

// Pin fixes one key column.
type Pin struct {
	Column string
	Value  schemas.Value
}

// Source is a publisher's listing, as it is named below a table.
type Source struct {
	ID      string
	Line    string // title, publisher, day and origin of its captures
	Caveats []Caveat
}

// Caveat is what must travel with a dataset of a source.
type Caveat struct{ Dataset, Text string }

// Knowledge says what facts hold about a state and a list.
type Knowledge int

// A state is on no list that was read to its end, it is absent from a complete one, or
// there is a row.
const (
	Unlisted   Knowledge = iota // no source reads such a list at all
	Incomplete                  // the list that was read cannot be shown to be complete
	Absent                      // a complete list leaves the state out
	Known                       // there is a row
)

// Find returns what the facts say of one state in the part of a dataset that the pins
// select. Where several institutions or jurisdictions of the state have rows, the row
// is their roll-up. The row is empty unless the knowledge is Known.
func (f Facts) Find(dataset string, pins []Pin, iso3 string) (schemas.Row, Knowledge) {
	d := schemas.Named(dataset)
	var found []schemas.Row
	for _, r := range f.Rows[dataset] {
		if r.Values[d.Column(d.Code)].Text() == iso3 && holds(d, r, pins) {
			found = append(found, r)
		}
	}
	switch {
	case len(found) > 0 && d.RollUp != nil:
		return d.RollUp(d, found), Known
	case len(found) > 0 && d == &schemas.SaferInternetDay:
		return bestDay(found), Known
	case len(found) > 0:
		return found[0], Known
	}
	known := Unlisted
	for _, p := range f.Parts {
		switch {
		case p.Dataset != dataset || !p.overlaps(pins):
		case !p.covers(d, pins, iso3) || !p.Complete:
			known = max(known, Incomplete)
		default:
			known = Absent
		}
	}
	return schemas.Row{}, known
}

func holds(d *schemas.Dataset, r schemas.Row, pins []Pin) bool {
	return !slices.ContainsFunc(pins, func(p Pin) bool { return r.Values[d.Column(p.Column)] != p.Value })
}

// overlaps reports whether the part may hold rows with the pins.
func (p Part) overlaps(pins []Pin) bool {
	return !slices.ContainsFunc(p.Key, func(k Pin) bool {
		return slices.ContainsFunc(pins, func(pin Pin) bool { return pin.Column == k.Column && pin.Value != k.Value })
	})
}

// covers reports whether every row of the state with the pins would lie in the part.
func (p Part) covers(d *schemas.Dataset, pins []Pin, iso3 string) bool {
	for _, k := range p.Key {
		if k != (Pin{d.Code, schemas.Str(iso3)}) && !slices.Contains(pins, k) {
			return false
		}
	}
	return p.Universe == nil || slices.Contains(p.Universe, iso3)
}

// bestDay is the row of the committee of a state that did most.
func bestDay(rows []schemas.Row) schemas.Row {
	d := &schemas.SaferInternetDay
	at := d.Column("status")
	return slices.MinFunc(rows, func(a, b schemas.Row) int {
		return slices.Index(d.Columns[at].Words, a.Values[at].Text()) - slices.Index(d.Columns[at].Words, b.Values[at].Text())
	})
}

// newest returns the last n values of the dataset's series among the rows with the
// pins, in ascending order. There may be fewer.
func (f Facts) newest(dataset string, n int, pins ...Pin) []schemas.Value {
	d := schemas.Named(dataset)
	var values []schemas.Value
	for _, r := range f.Rows[dataset] {
		if v := r.Values[d.Column(d.Series)]; holds(d, r, pins) && !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	slices.SortFunc(values, schemas.Value.Compare)
	return values[max(0, len(values)-n):]
}

// publication reports whether all facts are of one source: the tables are then those
// of one publication, in its own spelling.
func (f Facts) publication() bool {
	source := ""
	for _, rows := range f.Rows {
		for _, r := range rows {
			if source != "" && r.Source != source {
				return false
			}
			source = r.Source
		}
	}
	return source != ""
}

// state is one row of a table.
type state struct {
	iso3, name, printed string // printed: as the dataset of states spells it
	member              bool
	exit                time.Time // day on which membership ended; zero if it did not, or is not known
}

// states returns the states in the order of their common names, as the report has
// them.
func (f Facts) states() ([]state, error) {
	d := &schemas.States
	var list []state
	for _, r := range f.Rows[d.Name] {
		s := state{
			iso3: r.Values[d.Column("iso3")].Text(), printed: r.Values[d.Column("published_name")].Text(),
			member: r.Values[d.Column("coe_member")].Bool(), exit: r.Values[d.Column("coe_exit")].Time(),
		}
		place, ok := places.Default().Place(s.iso3)
		if !ok {
			return nil, fmt.Errorf("states has a row with the code %q, which is no place of the registry", s.iso3)
		}
		s.name = place.Name
		list = append(list, s)
	}
	if list == nil {
		return nil, fmt.Errorf("there is no row of states: read a source of them first")
	}
	slices.SortFunc(list, func(a, b state) int { return strings.Compare(sorted(a.name), sorted(b.name)) })
	return list, nil
}

// sorted is the name as alphabetical lists take it.
func sorted(name string) string { return strings.TrimPrefix(name, "Republic of ") }
