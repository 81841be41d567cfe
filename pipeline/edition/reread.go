package edition

import (
	"fmt"

	"baseline/pipeline/archive"
	"baseline/pipeline/decisions"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/schemas"
)

// Book returns the decisions that were in force when the edition was signed.
func (e Edition) Book(ws *workspace.Workspace) (*decisions.Book, error) {
	var files []decisions.File
	for _, d := range e.Decisions {
		body, err := archive.In(ws).Body(d.SHA256)
		if err != nil {
			return nil, fmt.Errorf("decisions %s of edition %s: %w", d.Name, e.Name, err)
		}
		files = append(files, decisions.File{Name: d.Name, SHA256: d.SHA256, Body: body})
	}
	return decisions.Of(files)
}

// Difference is a cell that reads otherwise today than it was stored. Of a row that one
// side lacks, Column is "".
type Difference struct {
	Dataset, Key, Column string
	Stored, Read         string
}

// Differences compares each cell of two readings of the same captures, wording included,
// and counts the cells.
func Differences(stored, again *snapshot.Snapshot) (list []Difference, cells int) {
	for _, d := range schemas.Facts {
		old, now := stored.Tables[d.Name], again.Tables[d.Name]
		for len(old) > 0 || len(now) > 0 {
			c := 0
			switch {
			case len(now) == 0:
				c = -1
			case len(old) == 0:
				c = 1
			default:
				c = d.CompareKeys(old[0], now[0])
			}
			switch {
			case c < 0:
				list = append(list, Difference{Dataset: d.Name, Key: d.KeyText(old[0]), Stored: "a row"})
				cells += len(d.Columns)
				old = old[1:]
			case c > 0:
				list = append(list, Difference{Dataset: d.Name, Key: d.KeyText(now[0]), Read: "a row"})
				now = now[1:]
			default:
				cells += len(d.Columns)
				for i, col := range d.Columns {
					if v, w := old[0].Values[i], now[0].Values[i]; v != w {
						list = append(list, Difference{d.Name, d.KeyText(old[0]), col.Name, v.String(), w.String()})
					}
				}
				old, now = old[1:], now[1:]
			}
		}
	}
	return list, cells
}

// String says what differs.
func (d Difference) String() string {
	switch {
	case d.Column == "" && d.Read == "":
		return fmt.Sprintf("%s %s: stored, not read", d.Dataset, d.Key)
	case d.Column == "":
		return fmt.Sprintf("%s %s: read, not stored", d.Dataset, d.Key)
	}
	return fmt.Sprintf("%s %s, %s: stored %q, read %q", d.Dataset, d.Key, d.Column, d.Stored, d.Read)
}
