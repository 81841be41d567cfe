// Package schemas says what the baseline's tables are: their columns, keys,
// units and words. It knows no publisher, no file format and no network, so that
// every other package can agree on it.
package schemas

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Kind is the type of a column and of every value in it.
type Kind uint8

// The kinds a column can have. Null is the kind of an absent value only: no
// column is declared with it.
const (
	Null  Kind = iota
	Text       // UTF-8 text
	Int        // 64-bit integer; counts
	Float      // 64-bit IEEE 754
	Bool       // yes or no
	Date       // calendar day, no time zone
	Time       // instant, UTC, microseconds
)

var kindNames = [...]string{"null", "text", "int", "float", "bool", "date", "time"}

// String returns the kind's name as documentation and data packages print it.
func (k Kind) String() string { return kindNames[k] }

// Value is one typed cell. The zero Value is null: not known, or not printed by
// the publisher. Values of one kind are equal exactly when == says so, which is
// what comparison and uniqueness rest on.
type Value struct {
	s string
	n int64
	k Kind
}

// Str is a text value. The empty text is null: no publisher means anything by it.
func Str(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{s: s, k: Text}
}

// Num is an integer value.
func Num(n int64) Value { return Value{n: n, k: Int} }

// Real is a floating point value.
func Real(f float64) Value { return Value{n: int64(math.Float64bits(f)), k: Float} }

// Yes is a boolean value.
func Yes(b bool) Value {
	if b {
		return Value{n: 1, k: Bool}
	}
	return Value{k: Bool}
}

// Day is the calendar day of t, read in t's own location. The zero time is null.
func Day(t time.Time) Value {
	if t.IsZero() {
		return Value{}
	}
	y, m, d := t.Date()
	return Value{n: time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400, k: Date}
}

// At is the instant t, cut to microseconds. The zero time is null.
func At(t time.Time) Value {
	if t.IsZero() {
		return Value{}
	}
	return Value{n: t.UnixMicro(), k: Time}
}

// Kind returns the kind of the value, Null if it is absent.
func (v Value) Kind() Kind { return v.k }

// IsNull reports whether the value is absent.
func (v Value) IsNull() bool { return v.k == Null }

// Text returns the text of a Text value and "" for any other.
func (v Value) Text() string { return v.s }

// Int returns an Int's number, a Bool's 0 or 1, a Date's days or a Time's
// microseconds since 1970-01-01, as the Parquet file stores them.
func (v Value) Int() int64 { return v.n }

// Float returns the number of a Float value.
func (v Value) Float() float64 { return math.Float64frombits(uint64(v.n)) }

// Bool returns the answer of a Bool value.
func (v Value) Bool() bool { return v.k == Bool && v.n == 1 }

// Time returns the day (at 00:00 UTC) or instant of a Date or Time value and the
// zero time for any other.
func (v Value) Time() time.Time {
	switch v.k {
	case Date:
		return time.Unix(v.n*86400, 0).UTC()
	case Time:
		return time.UnixMicro(v.n).UTC()
	default:
		return time.Time{}
	}
}

// String prints the value for people and for CSV: null as "", booleans as yes and
// no, days as 2021-04-28, instants as RFC 3339 in UTC.
func (v Value) String() string {
	switch v.k {
	case Text:
		return v.s
	case Int:
		return strconv.FormatInt(v.n, 10)
	case Float:
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	case Bool:
		if v.n == 1 {
			return "yes"
		}
		return "no"
	case Date:
		return v.Time().Format(time.DateOnly)
	case Time:
		return v.Time().Format(time.RFC3339Nano)
	default:
		return ""
	}
}

// Any returns the value as encoding/json should write it: nil, a string, a number
// or a boolean; days and instants as their String.
func (v Value) Any() any {
	switch v.k {
	case Null:
		return nil
	case Int:
		return v.n
	case Float:
		return v.Float()
	case Bool:
		return v.Bool()
	default:
		return v.String()
	}
}

// Parse reads a value of kind k as String writes it. The empty text is null.
func Parse(k Kind, s string) (Value, error) {
	if s == "" {
		return Value{}, nil
	}
	switch k {
	case Text:
		return Str(s), nil
	case Int:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return Value{}, fmt.Errorf("%q is not a whole number", s)
		}
		return Num(n), nil
	case Float:
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return Value{}, fmt.Errorf("%q is not a number", s)
		}
		return Real(f), nil
	case Bool:
		switch s {
		case "yes":
			return Yes(true), nil
		case "no":
			return Yes(false), nil
		}
		return Value{}, fmt.Errorf("%q is neither yes nor no", s)
	case Date:
		t, err := time.Parse(time.DateOnly, s)
		if err != nil {
			return Value{}, fmt.Errorf("%q is not a day like 2021-04-28", s)
		}
		return Day(t), nil
	case Time:
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return Value{}, fmt.Errorf("%q is not a time like 2021-04-28T09:00:00Z", s)
		}
		return At(t), nil
	default:
		return Value{}, fmt.Errorf("nothing can be read as %s", k)
	}
}

// Compare orders two values: null first, then by kind, then by content; text by
// bytes. It returns a negative number, zero or a positive number.
func (v Value) Compare(w Value) int {
	if v.k != w.k {
		return int(v.k) - int(w.k)
	}
	switch {
	case v.k == Text && v.s < w.s:
		return -1
	case v.k == Text && v.s > w.s:
		return 1
	case v.k == Text:
		return 0
	case v.k == Float && v.Float() < w.Float():
		return -1
	case v.k == Float && v.Float() > w.Float():
		return 1
	case v.k != Float && v.n < w.n:
		return -1
	case v.k != Float && v.n > w.n:
		return 1
	default:
		return 0
	}
}
