package parquet

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"baseline/schemas"
)

// Read returns the rows of a file that Write made for the dataset. Columns are found
// by name: one that the file lacks reads as null, one that the dataset lacks is
// passed over, so that snapshots of older schemas stay readable.
func Read(d *schemas.Dataset, data []byte) (rows []schemas.Row, err error) {
	// The reader panics on some damaged files.
	defer func() {
		if p := recover(); p != nil {
			rows, err = nil, fmt.Errorf("read %s from parquet: the file is damaged: %v", d.Name, p)
		}
	}()
	f, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("read %s from parquet: %w", d.Name, err)
	}
	defer func() { _ = f.Close() }() // it reads from memory
	r, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		return nil, fmt.Errorf("read %s from parquet: %w", d.Name, err)
	}
	table, err := r.ReadTable(context.Background())
	if err != nil {
		return nil, fmt.Errorf("read %s from parquet: %w", d.Name, err)
	}
	defer table.Release()
	return rowsOf(d, table)
}

func rowsOf(d *schemas.Dataset, table arrow.Table) ([]schemas.Row, error) {
	columns := Columns(d)
	cells := make([][]schemas.Value, len(columns))
	for i, c := range columns {
		at := table.Schema().FieldIndices(c.Name)
		if len(at) != 1 {
			cells[i] = make([]schemas.Value, table.NumRows())
			continue
		}
		values, err := columnValues(c, table.Column(at[0]))
		if err != nil {
			return nil, fmt.Errorf("read %s from parquet: %w", d.Name, err)
		}
		cells[i] = values
	}
	rows := make([]schemas.Row, table.NumRows())
	own := len(d.Columns)
	for n := range rows {
		values := make([]schemas.Value, own)
		for i := range values {
			values[i] = cells[i][n]
		}
		rows[n] = schemas.Row{Values: values}
		if !d.Record {
			rows[n].Source = cells[own][n].Text()
			rows[n].Standing = schemas.Standing(cells[own+1][n].Text())
			rows[n].Evidence = schemas.Evidence{
				Observed: cells[own+2][n], Capture: cells[own+3][n].Text(),
				Locator: cells[own+4][n].Text(), Quote: cells[own+5][n].Text(),
			}
			rows[n].MissingSince = cells[own+6][n]
		}
	}
	return rows, nil
}

func columnValues(c schemas.Column, col *arrow.Column) ([]schemas.Value, error) {
	values := make([]schemas.Value, 0, col.Len())
	for _, chunk := range col.Data().Chunks() {
		for i := range chunk.Len() {
			if chunk.IsNull(i) {
				values = append(values, schemas.Value{})
				continue
			}
			v, ok := valueAt(c.Kind, chunk, i)
			if !ok {
				return nil, fmt.Errorf("column %s is %s, not %s", c.Name, chunk.DataType(), c.Kind)
			}
			values = append(values, v)
		}
	}
	return values, nil
}

func valueAt(kind schemas.Kind, chunk arrow.Array, i int) (schemas.Value, bool) {
	switch a := chunk.(type) {
	case *array.String:
		return schemas.Str(a.Value(i)), kind == schemas.Text
	case *array.Int64:
		return schemas.Num(a.Value(i)), kind == schemas.Int
	case *array.Float64:
		return schemas.Real(a.Value(i)), kind == schemas.Float
	case *array.Boolean:
		return schemas.Yes(a.Value(i)), kind == schemas.Bool
	case *array.Date32:
		return schemas.Day(time.Unix(int64(a.Value(i))*86400, 0).UTC()), kind == schemas.Date
	case *array.Timestamp:
		return schemas.At(time.UnixMicro(int64(a.Value(i)))), kind == schemas.Time
	default:
		return schemas.Value{}, false
	}
}
