package snapshot

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"

	"baseline/schemas"
)

// Hash returns the SHA-256 of the snapshot's facts: every value of every row except
// wording and clocks, without evidence. Two snapshots with the same facts have the
// same hash, however they came to know them.
func (s *Snapshot) Hash() string {
	h := sha256.New()
	for _, d := range schemas.Facts {
		for _, r := range s.Tables[d.Name] {
			hashRow(h, d, r)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// saidBy hashes what one source says, whether it is followed or not, before corrections.
func (s *Snapshot) saidBy(src string) string {
	h := sha256.New()
	for _, d := range schemas.Facts {
		var rows []schemas.Row
		for _, r := range s.asRead(d.Name) {
			if r.Source == src {
				rows = append(rows, r)
			}
		}
		for _, o := range s.Others {
			if o.Dataset == d.Name && o.Row.Source == src && o.By != src && o.By != Corrected {
				rows = append(rows, o.Row)
			}
		}
		slices.SortStableFunc(rows, d.CompareKeys)
		for _, r := range rows {
			hashRow(h, d, r)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func hashRow(h hash.Hash, d *schemas.Dataset, r schemas.Row) {
	fmt.Fprintf(h, "%s\x00", d.Name)
	for i, c := range d.Columns {
		if !c.Aside {
			fmt.Fprintf(h, "%d\x1f%s\x1e", r.Values[i].Kind(), r.Values[i])
		}
	}
	h.Write([]byte{'\n'})
}
