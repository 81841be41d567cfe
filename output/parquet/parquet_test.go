package parquet_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"baseline/output/parquet"
	"baseline/output/parquet/parquettest"
	"baseline/schemas"
)

// rows makes n rows of a dataset that has every kind of column, a third of their
// cells null.
func rows(d *schemas.Dataset, n int) []schemas.Row {
	out := make([]schemas.Row, n)
	for i := range out {
		values := make([]schemas.Value, len(d.Columns))
		for c, col := range d.Columns {
			if (i+c)%3 == 0 && !col.Required {
				continue
			}
			switch col.Kind {
			case schemas.Text:
				values[c] = schemas.Str(fmt.Sprintf("%s %d é ✓", col.Name, i))
			case schemas.Int:
				values[c] = schemas.Num(int64(i*1000 - c))
			case schemas.Float:
				values[c] = schemas.Real(float64(i) / 4)
			case schemas.Bool:
				values[c] = schemas.Yes(i%2 == 0)
			case schemas.Date:
				values[c] = schemas.Day(time.Date(1949+i%90, 5, 1+i%28, 0, 0, 0, 0, time.UTC))
			case schemas.Time:
				values[c] = schemas.At(time.Date(2026, 2, 3, 14, 16, i%60, 123456000, time.UTC))
			}
		}
		out[i] = schemas.Row{Values: values, Source: "test", Standing: schemas.Read, Evidence: schemas.Evidence{
			Capture: fmt.Sprintf("%064x", i), Locator: fmt.Sprintf("line %d", i), Quote: "a | b", Observed: schemas.At(time.Unix(int64(i), 0)),
		}}
	}
	return out
}

// All kinds of columns occur in these.
var sets = []*schemas.Dataset{&schemas.States, &schemas.TreatyStatus, &schemas.CybertipReports, &schemas.JusticeAccess, &schemas.Captures, &schemas.SourceStates}

func TestRoundTrip(t *testing.T) {
	for _, d := range sets {
		for _, n := range []int{0, 1, 100, 40000} { // 40,000: three row groups
			want := rows(d, n)
			data, err := parquet.Write(d, want, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := parquet.Read(d, data)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != n {
				t.Fatalf("%s: wrote %d rows, read %d", d.Name, n, len(got))
			}
			for i := range got {
				sameValues(t, d, i, parquet.Values(d, got[i]), parquet.Values(d, want[i]))
			}
		}
	}
}

func sameValues(t *testing.T, d *schemas.Dataset, row int, got, want []schemas.Value) {
	t.Helper()
	for c := range want {
		if got[c] != want[c] {
			t.Fatalf("%s row %d column %d: got %q, want %q", d.Name, row, c, got[c], want[c])
		}
	}
}

// A reader that shares no code with the writer must see the same cells.
func TestIndependentReader(t *testing.T) {
	for _, d := range sets {
		want := rows(d, 20000)
		data, err := parquet.Write(d, want, []parquet.Meta{{Key: "baseline.dataset", Value: d.Name}})
		if err != nil {
			t.Fatal(err)
		}
		f := parquettest.Open(t, data)
		if v, ok := f.Lookup("baseline.dataset"); !ok || v != d.Name {
			t.Errorf("%s: key-value metadata is %q, %v", d.Name, v, ok)
		}
		for i, g := range f.RowGroups() {
			if g.NumRows() > 16384 {
				t.Errorf("%s: row group %d has %d rows, more than the cap", d.Name, i, g.NumRows())
			}
		}
		parquettest.Same(t, d, f, want)
	}
}

func TestSameInputSameBytes(t *testing.T) {
	meta := []parquet.Meta{{Key: "b", Value: "1"}, {Key: "a", Value: "2"}}
	first, err := parquet.Write(&schemas.TreatyStatus, rows(&schemas.TreatyStatus, 20000), meta)
	if err != nil {
		t.Fatal(err)
	}
	second, err := parquet.Write(&schemas.TreatyStatus, rows(&schemas.TreatyStatus, 20000), meta)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("two files of the same rows differ")
	}
}

func TestDamagedFile(t *testing.T) {
	data, err := parquet.Write(&schemas.TreatyStatus, rows(&schemas.TreatyStatus, 300), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{0, 3, 100, len(data) / 2, len(data) - 1} {
		if _, err := parquet.Read(&schemas.TreatyStatus, data[:cut]); err == nil {
			t.Errorf("a file cut to %d of %d bytes was read without an error", cut, len(data))
		}
	}
}
