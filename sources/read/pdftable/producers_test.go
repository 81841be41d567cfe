package pdftable

import (
	"path/filepath"
	"testing"
)

// TestProducersCellForCell reads one table as a dozen producers set it; testdata/pdf/README.md says what each file has.
func TestProducersCellForCell(t *testing.T) {
	dir := upwards("testdata/pdf")
	files, err := filepath.Glob(filepath.Join(dir, "*.pdf"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files in testdata/pdf, want at least 5 (%v)", len(files), err)
	}
	var want [][2]string
	for _, row := range readCSV(t, filepath.Join(dir, "table.csv")) {
		want = append(want, [2]string{row["country"], thousands(row["reports"])})
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			_, tables := open(t, readFile(t, f), byCountry)
			compare(t, pairs(tables), want)
		})
	}
}
