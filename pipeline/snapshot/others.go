package snapshot

import (
	"encoding/json"
	"fmt"

	"baseline/pipeline/workspace"
	"baseline/schemas"
	"baseline/sources/source"
)

// othersOf reads the rows of other sources of a stored snapshot.
func othersOf(rows []schemas.Row) ([]Other, error) {
	t := &schemas.OtherRows
	var list []Other
	for _, r := range rows {
		cell := func(name string) schemas.Value { return r.Values[t.Column(name)] }
		d := schemas.Named(cell("dataset").Text())
		if d == nil {
			return nil, fmt.Errorf("a row of %s, which this version does not know, cannot be read", cell("dataset"))
		}
		row, err := fromJSON(d, cell("row").Text())
		if err != nil {
			return nil, fmt.Errorf("row %s of %s, of another source: %w", cell("key"), d.Name, err)
		}
		row.Source = cell("source").Text()
		row.Evidence = schemas.Evidence{
			Capture: cell("capture").Text(), Locator: cell("locator").Text(), Quote: cell("quote").Text(), Observed: cell("observed_at"),
		}
		list = append(list, Other{Emitted: source.Emitted{Dataset: d.Name, Row: row}, By: cell("followed").Text(), Agrees: cell("agrees").Bool()})
	}
	return list, nil
}

// fromJSON reads what rowJSON printed.
func fromJSON(d *schemas.Dataset, text string) (schemas.Row, error) {
	raw := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return schemas.Row{}, err
	}
	cells := schemas.Cells{}
	for name, value := range raw {
		at := d.Column(name)
		if at < 0 {
			return schemas.Row{}, fmt.Errorf("%s has no column %q", d.Name, name)
		}
		var v schemas.Value
		var err error
		switch d.Columns[at].Kind {
		case schemas.Bool:
			var yes bool
			err = json.Unmarshal(value, &yes)
			v = schemas.Yes(yes)
		case schemas.Int, schemas.Float:
			v, err = schemas.Parse(d.Columns[at].Kind, string(value))
		default:
			var s string
			if err = json.Unmarshal(value, &s); err == nil {
				v, err = schemas.Parse(d.Columns[at].Kind, s)
			}
		}
		if err != nil {
			return schemas.Row{}, fmt.Errorf("column %s: %w", name, err)
		}
		cells[name] = v
	}
	return d.Row(cells)
}

// HeldBack reads the rows that a stored snapshot held back. Their spellings and cells are as
// they were read; a row whose name nobody knew has no code.
func HeldBack(ws *workspace.Workspace, m Manifest) ([]Held, error) {
	t := &schemas.HeldRows
	rows, err := Table(ws, m, t)
	if err != nil {
		return nil, err
	}
	var list []Held
	for _, r := range rows {
		cell := func(name string) string { return r.Values[t.Column(name)].Text() }
		d := schemas.Named(cell("dataset"))
		if d == nil {
			return nil, fmt.Errorf("a held row of %s, which this version does not know, cannot be read", cell("dataset"))
		}
		row, err := fromJSON(d, cell("row"))
		if err != nil {
			return nil, fmt.Errorf("a held row of %s: %w", d.Name, err)
		}
		row.Source = cell("source")
		row.Evidence = schemas.Evidence{Capture: cell("capture"), Locator: cell("locator"), Quote: cell("quote")}
		list = append(list, Held{Emitted: source.Emitted{Dataset: d.Name, Row: row}, Part: cell("part"), Reason: cell("reason")})
	}
	return list, nil
}
