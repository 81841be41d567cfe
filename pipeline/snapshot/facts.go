package snapshot

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"

	"baseline/schemas"
)

// Hash returns the SHA-256 of the snapshot's facts: every value of every row except
// wording and clocks, without evidence. Two snapshots with the same facts have the
// same hash, however they came to know them.
func (s *Snapshot) Hash() string { return factsOf(s, "") }

// factsOf hashes the facts of one source, or of all if src is empty.
func factsOf(s *Snapshot, src string) string {
	h := sha256.New()
	for _, d := range schemas.Facts {
		for _, r := range s.Tables[d.Name] {
			if src == "" || r.Source == src {
				hashRow(h, d, r)
			}
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
