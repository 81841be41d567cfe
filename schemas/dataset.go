package schemas

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Column describes one column of a dataset.
type Column struct {
	Name     string
	Kind     Kind
	Unit     string   // "reports", "years", "" if it has none
	Doc      string   // one sentence for whoever opens the file without us
	Required bool     // a null here is a failing check
	Words    []string // the complete list of allowed texts, if there is one
	// Aside marks the publisher's wording, footnotes and clocks: published, but a
	// difference in them is no change of fact.
	Aside bool
}

// Dataset is a table with a schema and a key.
type Dataset struct {
	Name    string
	Title   string
	Doc     string
	Key     []string // columns whose values together name one row
	Columns []Column
	// Spelling is the column with the publisher's spelling of a place and Code the
	// column that the resolve step fills with its code. Both are empty where rows
	// are not about places.
	Spelling, Code string
	// PlaceKind is the column that the resolve step fills with the kind of place
	// (state, territory, …), if the dataset has one.
	PlaceKind string
	// Series is the key column that numbers the editions of a series, such as the
	// year: a new value in it is news. A new value in another key column, such as a
	// treaty that the older snapshot did not cover, only widens what is covered.
	Series string
	// Since names the column that says since when, by the publisher's own word, a
	// row is what it is: what "when" means in a list of changes. Empty if none.
	Since string
	// SinceOf, if set, is asked instead: which column it is depends on the row.
	SinceOf func(d *Dataset, r Row) Value
	// Record marks the pipeline's own record: what we asked and found. It is
	// published like any other dataset, but never compared between editions.
	Record bool
	// Finer is the key column that divides a state's entry, such as the organisation or
	// the part of the state; empty if there is none. Where one source knows the parts and
	// another only the state, RollUp makes the one row of the state from the rows of its
	// parts, which are sorted by key and at least one.
	Finer  string
	RollUp func(d *Dataset, rows []Row) Row
	// Absent is the cell by which a source says that a place has no entry. A complete
	// list says the same by leaving the place out.
	Absent Absence
	// Trust lists the sources of the dataset, the most trusted first: the depositary or
	// the network itself before a curated table. Where several speak of one state and
	// instrument, the first is followed. AnySource stands for those that are not named.
	Trust []string
	// InOrder are pairs of Date columns of which the first may not lie after the second.
	InOrder [][2]string
	// Forward is a column whose words only move forward in time.
	Forward Forward
	// Refers says which rows of other datasets the rows refer to.
	Refers []Reference
	// Verbatim marks the cells of one publication as printed: evidence of what it
	// says, never compared with another snapshot.
	Verbatim bool
}

// Absence is a column and the word in it that stands for no entry.
type Absence struct{ Column, Word string }

// Forward is a column and its words in the only order in which they follow each other.
// Other words of the column are not compared.
type Forward struct {
	Column string
	Order  []string
}

// Reference says that the columns, which both datasets have, name a row of Dataset. It
// counts only for values of the first column of which that dataset has rows at all.
type Reference struct {
	Columns []string
	Dataset string
}

// IsAbsent reports whether the row says that its place has no entry.
func (d *Dataset) IsAbsent(r Row) bool {
	return d.Absent.Column != "" && r.Values[d.Column(d.Absent.Column)] == Str(d.Absent.Word)
}

// Column returns the index of the named column, or -1.
func (d *Dataset) Column(name string) int {
	for i := range d.Columns {
		if d.Columns[i].Name == name {
			return i
		}
	}
	return -1
}

// KeyColumns returns the indexes of the key's columns, in the key's order.
func (d *Dataset) KeyColumns() []int {
	at := make([]int, len(d.Key))
	for i, name := range d.Key {
		at[i] = d.Column(name)
	}
	return at
}

// Cells are a row by column name, as a source emits it.
type Cells map[string]Value

// Row is one typed fact. Values stand in the order of the dataset's columns. The
// fields beside Values are never part of a row's identity and never make a change.
type Row struct {
	Values   []Value
	Source   string // id of the source that said so
	Standing Standing
	Evidence Evidence
	// MissingSince is, for an unconfirmed row, when the first capture without it was
	// taken; null otherwise.
	MissingSince Value
}

// Standing says how fresh a row is.
type Standing string

// A row was read from a capture of this run; or is the last good one, kept because the
// source failed or a check held its newer rows; or has gone from a complete list, and
// no second capture has confirmed that yet.
const (
	Read Standing = "read"
	Kept Standing = "kept"

	Unconfirmed Standing = "unconfirmed"
)

// Evidence leads from a cell to the bytes it was read from.
type Evidence struct {
	Capture  string // SHA-256 of the capture, hexadecimal
	Locator  string // page and box in a PDF, JSON pointer, CSS path, or line and column in text
	Quote    string // the text of the row as printed
	Observed Value  // Time: when the capture was taken
}

// Row puts cells into the order of the columns. It fails on a column that the
// dataset does not have and on a value of another kind.
func (d *Dataset) Row(cells Cells) (Row, error) {
	row := Row{Values: make([]Value, len(d.Columns)), Standing: Read}
	for name, v := range cells {
		i := d.Column(name)
		if i < 0 {
			return Row{}, fmt.Errorf("dataset %s has no column %q", d.Name, name)
		}
		if !v.IsNull() && v.Kind() != d.Columns[i].Kind {
			return Row{}, fmt.Errorf("column %s.%s holds %s, not %s", d.Name, name, d.Columns[i].Kind, v.Kind())
		}
		row.Values[i] = v
	}
	return row, nil
}

// KeyText prints a row's key as people write it on the command line:
// the key's values joined by slashes, such as ETS185/SWE.
func (d *Dataset) KeyText(r Row) string {
	parts := make([]string, len(d.Key))
	for i, at := range d.KeyColumns() {
		parts[i] = r.Values[at].String()
	}
	return strings.Join(parts, "/")
}

// CompareKeys orders two rows of the dataset by key.
func (d *Dataset) CompareKeys(a, b Row) int {
	for _, at := range d.KeyColumns() {
		if c := a.Values[at].Compare(b.Values[at]); c != 0 {
			return c
		}
	}
	return 0
}

// CompareCoarse orders two rows by key without what divides a state's entry.
func (d *Dataset) CompareCoarse(a, b Row) int {
	for i, at := range d.KeyColumns() {
		if d.Key[i] == d.Finer {
			continue
		}
		if c := a.Values[at].Compare(b.Values[at]); c != 0 {
			return c
		}
	}
	return 0
}

// AnySource stands in an order of trust for every source that it does not name.
const AnySource = "*"

// Trusted is the place of a source in the order of trust; 0 is the most trusted.
// Sources that are not in it, not even as AnySource, come last.
func (d *Dataset) Trusted(source string) int {
	for _, name := range []string{source, AnySource} {
		if i := slices.Index(d.Trust, name); i >= 0 {
			return i
		}
	}
	return len(d.Trust)
}

// Prefer orders two rows on the same thing, the one to follow first: by trust, then by
// the newer day for which the source vouches, then by the source's name.
func (d *Dataset) Prefer(a, b Row) int {
	return cmp.Or(cmp.Compare(d.Trusted(a.Source), d.Trusted(b.Source)), d.Day(b).Compare(d.Day(a)), cmp.Compare(a.Source, b.Source))
}

// Day is the day for which a row vouches: its as_of, or else that of its capture.
func (d *Dataset) Day(r Row) Value {
	if at := d.Column("as_of"); at >= 0 && !r.Values[at].IsNull() {
		return r.Values[at]
	}
	if r.Evidence.Observed.IsNull() {
		return Value{}
	}
	return Day(r.Evidence.Observed.Time())
}

// SinceWhen is since when, by the publisher's own word, the row is what it is; null if
// it does not say.
func (d *Dataset) SinceWhen(r Row) Value {
	if d.SinceOf != nil {
		return d.SinceOf(d, r)
	}
	if d.Since == "" {
		return Value{}
	}
	return r.Values[d.Column(d.Since)]
}

// EvidenceColumns are the columns that every dataset carries after its own.
var EvidenceColumns = []Column{
	{Name: "source", Kind: Text, Doc: "Source whose capture the row was read from."},
	{Name: "standing", Kind: Text, Doc: "read: from a capture of this run; kept: the last good row, because the source failed or a check held its newer rows; unconfirmed: the newest list does not have it, and a second capture must confirm that.", Words: []string{string(Read), string(Kept), string(Unconfirmed)}},
	{Name: "observed_at", Kind: Time, Doc: "When the capture was taken, UTC."},
	{Name: "evidence_capture", Kind: Text, Doc: "SHA-256 of the capture, hexadecimal."},
	{Name: "evidence_locator", Kind: Text, Doc: "Where in the capture: page and box of a PDF (points from the top left), CSS path, or line of a text."},
	{Name: "evidence_quote", Kind: Text, Doc: "The row as printed there."},
	{Name: "missing_since", Kind: Time, Doc: "For an unconfirmed row: when the first capture without it was taken, UTC."},
}

// EvidenceValues returns the values of EvidenceColumns for r.
func (r Row) EvidenceValues() []Value {
	return []Value{
		Str(r.Source), Str(string(r.Standing)), r.Evidence.Observed,
		Str(r.Evidence.Capture), Str(r.Evidence.Locator), Str(r.Evidence.Quote), r.MissingSince,
	}
}
