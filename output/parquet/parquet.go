// Package parquet writes datasets as Apache Parquet files and reads them back. The
// files carry what a reader needs to understand them alone: a sentence and a unit
// for each column, and the dataset's clocks and caveats.
package parquet

import (
	"bytes"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"baseline/schemas"
)

// rowGroup is the number of rows after which a new row group begins. In longer
// groups the writer spends most of its time on nullable columns.
const rowGroup = 16384

// Meta is one entry of a file's key-value metadata.
type Meta struct{ Key, Value string }

// Write returns the rows as a Parquet file compressed with zstd. The same rows and
// metadata give the same bytes. Rows must have the dataset's columns in its order.
func Write(d *schemas.Dataset, rows []schemas.Row, meta []Meta) ([]byte, error) {
	schema := arrowSchema(d, meta)
	var out bytes.Buffer
	props := parquet.NewWriterProperties(
		parquet.WithCompression(compress.Codecs.Zstd),
		parquet.WithMaxRowGroupLength(rowGroup),
		parquet.WithCreatedBy("baseline"),
	)
	w, err := pqarrow.NewFileWriter(schema, &out, props, pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		return nil, fmt.Errorf("write %s as parquet: %w", d.Name, err)
	}
	// No rows, no row group: an empty one is a file that some readers refuse.
	for start := 0; start < len(rows); start += rowGroup {
		rec := record(schema, d, rows[start:min(start+rowGroup, len(rows))])
		err := w.Write(rec)
		rec.Release()
		if err != nil {
			return nil, fmt.Errorf("write %s as parquet: %w", d.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write %s as parquet: %w", d.Name, err)
	}
	return out.Bytes(), nil
}

func arrowSchema(d *schemas.Dataset, meta []Meta) *arrow.Schema {
	columns := Columns(d)
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		keys, values := []string{"doc"}, []string{c.Doc}
		if c.Unit != "" {
			keys, values = append(keys, "unit"), append(values, c.Unit)
		}
		fields[i] = arrow.Field{Name: c.Name, Type: arrowType(c.Kind), Nullable: true, Metadata: arrow.NewMetadata(keys, values)}
	}
	keys, values := []string{"title", "description"}, []string{d.Title, d.Doc}
	for _, m := range meta {
		keys, values = append(keys, m.Key), append(values, m.Value)
	}
	md := arrow.NewMetadata(keys, values)
	return arrow.NewSchema(fields, &md)
}

// Columns are the columns of the dataset's file: its own, then, unless it is the
// pipeline's own record, the evidence.
func Columns(d *schemas.Dataset) []schemas.Column {
	columns := append([]schemas.Column(nil), d.Columns...)
	if !d.Record {
		columns = append(columns, schemas.EvidenceColumns...)
	}
	return columns
}

// Values are a row's values in the order of Columns.
func Values(d *schemas.Dataset, r schemas.Row) []schemas.Value {
	if d.Record {
		return r.Values
	}
	return append(append(make([]schemas.Value, 0, len(r.Values)+len(schemas.EvidenceColumns)), r.Values...), r.EvidenceValues()...)
}

func arrowType(k schemas.Kind) arrow.DataType {
	switch k {
	case schemas.Int:
		return arrow.PrimitiveTypes.Int64
	case schemas.Float:
		return arrow.PrimitiveTypes.Float64
	case schemas.Bool:
		return arrow.FixedWidthTypes.Boolean
	case schemas.Date:
		return arrow.FixedWidthTypes.Date32
	case schemas.Time:
		return arrow.FixedWidthTypes.Timestamp_us
	default:
		return arrow.BinaryTypes.String
	}
}

func record(schema *arrow.Schema, d *schemas.Dataset, rows []schemas.Row) arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Reserve(len(rows))
	for _, r := range rows {
		for i, v := range Values(d, r) {
			appendValue(b.Field(i), v)
		}
	}
	return b.NewRecord()
}

func appendValue(b array.Builder, v schemas.Value) {
	if v.IsNull() {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(v.Text())
	case *array.Int64Builder:
		b.Append(v.Int())
	case *array.Float64Builder:
		b.Append(v.Float())
	case *array.BooleanBuilder:
		b.Append(v.Bool())
	case *array.Date32Builder:
		b.Append(arrow.Date32(v.Int()))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(v.Int()))
	}
}
