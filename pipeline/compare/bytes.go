package compare

import (
	"baseline/pipeline/snapshot"
	"baseline/schemas"
)

// SameFacts counts the captures of newer that have other bytes than the older capture of
// the same request, and in which no change has its evidence: a new menu, a new date of
// printing. Both snapshots must be of the same sources.
func SameFacts(older, newer *snapshot.Snapshot, changes []schemas.Change) int {
	type request struct{ source, id string }
	was := map[request]map[string]bool{}
	for _, c := range older.Captures {
		r := request{c.Source, c.Request.ID}
		if was[r] == nil {
			was[r] = map[string]bool{}
		}
		was[r][c.SHA256] = true
	}
	told := map[string]bool{}
	for _, c := range changes {
		if c.Cause == schemas.BySource {
			told[c.Old.Capture], told[c.New.Capture] = true, true
		}
	}
	n := 0
	for _, c := range newer.Captures {
		before := was[request{c.Source, c.Request.ID}]
		if before == nil || before[c.SHA256] || told[c.SHA256] {
			continue
		}
		quiet := true
		for sum := range before {
			quiet = quiet && !told[sum]
		}
		if quiet {
			n++
		}
	}
	return n
}
