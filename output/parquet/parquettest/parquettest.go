// Package parquettest reads Parquet files with a reader that shares no code with the
// writer of package parquet. Only tests import it.
package parquettest

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	ours "baseline/output/parquet"
	"baseline/schemas"
)

// Open opens a file.
func Open(t testing.TB, data []byte) *parquet.File {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Same fails the test if the file does not hold exactly the rows, cell for cell.
func Same(t testing.TB, d *schemas.Dataset, f *parquet.File, want []schemas.Row) {
	t.Helper()
	for i, c := range ours.Columns(d) {
		if fields := f.Schema().Fields(); fields[i].Name() != c.Name {
			t.Fatalf("%s: column %d is %s, want %s", d.Name, i, fields[i].Name(), c.Name)
		}
	}
	n := 0
	each(t, f, func(cells []parquet.Value) {
		if n < len(want) {
			for c, v := range ours.Values(d, want[n]) {
				if got := text(cells[c], v.Kind()); got != v.String() {
					t.Fatalf("%s row %d column %d: an independent reader sees %q, want %q", d.Name, n, c, got, v)
				}
			}
		}
		n++
	})
	if n != len(want) {
		t.Errorf("%s: an independent reader sees %d rows, want %d", d.Name, n, len(want))
	}
}

func each(t testing.TB, f *parquet.File, do func([]parquet.Value)) {
	t.Helper()
	for _, g := range f.RowGroups() {
		r := g.Rows()
		buf := make([]parquet.Row, 500)
		for {
			n, err := r.ReadRows(buf)
			for _, row := range buf[:n] {
				do(row)
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// text prints a value as schemas.Value prints its own.
func text(v parquet.Value, kind schemas.Kind) string {
	if v.IsNull() {
		return ""
	}
	switch kind {
	case schemas.Text:
		return string(v.ByteArray())
	case schemas.Int:
		return schemas.Num(v.Int64()).String()
	case schemas.Float:
		return schemas.Real(v.Double()).String()
	case schemas.Bool:
		return schemas.Yes(v.Boolean()).String()
	case schemas.Date:
		return time.Unix(int64(v.Int32())*86400, 0).UTC().Format(time.DateOnly)
	case schemas.Time:
		return schemas.At(time.UnixMicro(v.Int64())).String()
	default:
		return v.String() // a value where null is wanted: it must differ
	}
}
