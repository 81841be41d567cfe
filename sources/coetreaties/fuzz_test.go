package coetreaties

import (
	"testing"

	"baseline/schemas"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// Nothing breaks the reader, and what it emits always fits the datasets, with days that
// are days, in one part. A capture reads the same twice.
func FuzzParse(f *testing.F) {
	requests := []string{"signatures-185", "signatures-224", "treaties", "declarations-201", "key"}
	for _, write := range forms {
		f.Add(0, []byte(write(fixture()[40:])))
	}
	for i, s := range []string{`[[{}]]`, "<html><table><tr><td>Signature<td>Ratification</table></html>", madeTreaties, madeDeclarations, "window.conventions_api_key='x'"} {
		f.Add(i, []byte(s))
	}
	f.Fuzz(func(t *testing.T, which int, body []byte) {
		request := requests[uint(which)%uint(len(requests))]
		capture := sourcetest.Capture(New(), request, body)
		reading, err := source.Read(New(), capture)
		again, err2 := source.Read(New(), capture)
		if (err == nil) != (err2 == nil) || len(reading.Rows) != len(again.Rows) || len(reading.Findings) != len(again.Findings) {
			t.Fatalf("two readings differ: %v and %v", err, err2)
		}
		if err != nil && err.Error() != err2.Error() {
			t.Fatalf("two errors: %v and %v", err, err2)
		}
		for i, r := range reading.Rows {
			if schemas.Named(r.Dataset).KeyText(r.Row) != schemas.Named(again.Rows[i].Dataset).KeyText(again.Rows[i].Row) || r.Row.Evidence.Locator == "" {
				t.Fatalf("row %d: %+v and %+v", i, r.Row, again.Rows[i].Row)
			}
			if r.Dataset == "treaty_status" && cell(r, "status") == "none" && cell(r, "consent")+cell(r, "signed") != "" {
				t.Fatalf("row %d: %v", i, r.Row.Values)
			}
		}
	})
}
