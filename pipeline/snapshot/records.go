package snapshot

import (
	"encoding/json"

	"baseline/schemas"
)

// records returns the rows of the pipeline's own record, which is published beside
// the facts.
func (s *Snapshot) records() map[*schemas.Dataset][]schemas.Row {
	return map[*schemas.Dataset][]schemas.Row{
		&schemas.SourceStates:  s.sourceRows(),
		&schemas.Captures:      s.captureRows(),
		&schemas.Findings:      s.findingRows(),
		&schemas.HeldRows:      s.heldRows(),
		&schemas.OtherRows:     s.otherRows(),
		&schemas.WithdrawnRows: s.goneRows(),
	}
}

func recordRow(values ...schemas.Value) schemas.Row { return schemas.Row{Values: values} }

func count(n int) schemas.Value { return schemas.Num(int64(n)) }

func (s *Snapshot) sourceRows() []schemas.Row {
	var rows []schemas.Row
	for _, x := range s.Sources {
		rows = append(rows, recordRow(
			schemas.Str(x.ID), schemas.Str(x.Title), schemas.Str(x.Publisher),
			schemas.At(x.Clocks.Checked), schemas.At(x.Clocks.Captured), schemas.At(x.Clocks.Changed),
			count(x.Budget), count(x.Rows), count(x.Kept), count(x.Held), count(x.States),
			count(x.Captures.Original), count(x.Captures.Rebuilt), count(x.Captures.Curated), count(x.Captures.ByHand),
		))
	}
	return rows
}

func (s *Snapshot) captureRows() []schemas.Row {
	var rows []schemas.Row
	for _, c := range s.Captures {
		rows = append(rows, recordRow(
			schemas.Str(c.Source), schemas.Str(c.Request.ID), schemas.Str(c.SHA256), count(c.Bytes),
			schemas.Str(c.Request.URL), schemas.Str(c.FinalURL), schemas.At(c.RequestedAt), count(c.Status),
			schemas.Str(c.Origin), schemas.Str(c.OriginNote),
		))
	}
	return rows
}

func (s *Snapshot) findingRows() []schemas.Row {
	var rows []schemas.Row
	for i, f := range s.Findings {
		rows = append(rows, recordRow(
			count(i+1), schemas.Str(string(f.Severity)), schemas.Str(f.Code), schemas.Str(f.Source),
			schemas.Str(f.Dataset), schemas.Str(f.Part), schemas.Str(f.Text), schemas.Str(f.Hint),
			schemas.Str(f.Capture), schemas.Str(f.Locator), schemas.Str(f.Quote),
		))
	}
	return rows
}

func (s *Snapshot) heldRows() []schemas.Row {
	var rows []schemas.Row
	for i, h := range s.Held {
		rows = append(rows, recordRow(
			count(i+1), schemas.Str(h.Row.Source), schemas.Str(h.Dataset), schemas.Str(h.Part), schemas.Str(h.Reason),
			schemas.Str(rowJSON(schemas.Named(h.Dataset), h.Row)),
			schemas.Str(h.Row.Evidence.Capture), schemas.Str(h.Row.Evidence.Locator), schemas.Str(h.Row.Evidence.Quote),
		))
	}
	return rows
}

func (s *Snapshot) otherRows() []schemas.Row {
	var rows []schemas.Row
	for i, o := range s.Others {
		d := schemas.Named(o.Dataset)
		rows = append(rows, recordRow(
			count(i+1), schemas.Str(o.Row.Source), schemas.Str(o.Dataset), schemas.Str(d.KeyText(o.Row)), schemas.Str(o.By),
			schemas.Yes(o.Agrees), o.Row.Evidence.Observed, schemas.Str(rowJSON(d, o.Row)),
			schemas.Str(o.Row.Evidence.Capture), schemas.Str(o.Row.Evidence.Locator), schemas.Str(o.Row.Evidence.Quote),
		))
	}
	return rows
}

// rowJSON prints a row as an object by column name; encoding/json sorts the names.
func rowJSON(d *schemas.Dataset, r schemas.Row) string {
	cells := map[string]any{}
	for i, c := range d.Columns {
		if !r.Values[i].IsNull() {
			cells[c.Name] = r.Values[i].Any()
		}
	}
	text, err := json.Marshal(cells)
	if err != nil {
		return err.Error() // text, numbers and booleans always have a JSON form
	}
	return string(text)
}
