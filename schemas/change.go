package schemas

// ChangeKind says what happened to a row.
type ChangeKind string

// The kinds of change.
const (
	Added     ChangeKind = "added"     // the row is new
	Withdrawn ChangeKind = "withdrawn" // a complete list no longer has it
	Revised   ChangeKind = "revised"   // some of its values differ
)

// Cause says why a row differs.
type Cause string

// The causes. They are proven by reading the older captures again: what then still
// differs is the world, what does not was our reading.
const (
	BySource  Cause = "source"  // the publisher says something else
	ByReading Cause = "reading" // our reader, registry or schema changed
)

// Change is a difference between two snapshots in one row.
type Change struct {
	Dataset string
	Key     string // as Dataset.KeyText prints it
	Kind    ChangeKind
	Cause   Cause
	Place   string // code of the place, "" if the row is about none
	Name    string // its published spelling
	Columns []Difference
	Since   Value // Date: since when, by the publisher's own word; null if it does not say
	// Precision is how precise Since is: day, month or year; "" is day.
	Precision string
	Old, New  Evidence
}

// SinceText prints Since as precisely as it is known: 2025-09 for a month.
func (c Change) SinceText() string {
	day := c.Since.String()
	switch {
	case c.Since.IsNull():
		return ""
	case c.Precision == "month":
		return day[:len("2006-01")]
	case c.Precision == "year":
		return day[:len("2006")]
	}
	return day
}

// Difference is one column of a change. Old is null for an added row, New for a
// withdrawn one.
type Difference struct {
	Column   string
	Old, New Value
}

// Gap is a row of the older snapshot of which the newer one knows nothing: its list
// was not read to its end. That is not known, and so no change.
type Gap struct {
	Dataset, Key, Place, Name string
}

// Comparison is what differs between two snapshots, and what could not be compared.
type Comparison struct {
	Changes []Change // by dataset in the order of Facts, then by key
	// NotRead are parts of the older snapshot that no source of the newer one reads,
	// as "dataset part".
	NotRead []string
	Unknown []Gap
	// Unconfirmed are rows of the older snapshot that a complete list of the newer one
	// leaves out, which no second capture has confirmed yet.
	Unconfirmed []Gap
	// SameFacts counts captures of which the bytes changed and no fact did.
	SameFacts int
	// Outside counts rows of the newer snapshot on places that the older is not about.
	Outside int
	// Widened counts rows of parts that the older snapshot did not cover and that are
	// not dated after it.
	Widened int
}
