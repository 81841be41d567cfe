package pdftable

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// samples is the publisher's own files, where they are, and those of testdata/pdf, by name.
func samples(t testing.TB) map[string]string {
	files := map[string]string{}
	if dir := upwards("shared/captures"); dir != "" {
		for _, year := range captureYears {
			files["ncmec "+year] = filepath.Join(dir, "ncmec", "ncmec-by-country-"+year+".pdf")
		}
	} else if os.Getenv("CI") != "" {
		t.Fatal("the publisher's own files are not here")
	}
	made, _ := filepath.Glob(filepath.Join(upwards("testdata/pdf"), "*.pdf"))
	for _, f := range made {
		files[filepath.Base(f)] = f
	}
	return files
}

func pdftotext(t testing.TB) string {
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		leftOut(t, "pdftotext is not installed (package poppler-utils): the comparison with it was left out")
	}
	return program
}

var numeral = regexp.MustCompile(`\d[\d,.]*`)

// TestNumbersAgainstPoppler compares the numbers of each page with those that pdftotext reads: none may differ, be lost or
// be added, in the tables or outside.
func TestNumbersAgainstPoppler(t *testing.T) {
	program := pdftotext(t)
	for name, file := range samples(t) {
		t.Run(name, func(t *testing.T) {
			out, err := exec.Command(program, "-layout", file, "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			doc, tables := open(t, readFile(t, file), byCountry)
			theirs := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
			if len(theirs) != len(doc.Pages) {
				t.Fatalf("%d pages, pdftotext has %d", len(doc.Pages), len(theirs))
			}
			for i := range doc.Pages {
				var text []string
				for _, table := range tables {
					for _, row := range table.Rows {
						if row.Page == i+1 {
							text = append(text, row.Cells[0].Text, row.Cells[1].Text)
						}
					}
				}
				for _, l := range doc.Outside(tables) {
					if l.Page == i+1 {
						text = append(text, l.Text())
					}
				}
				mine, want := numeral.FindAllString(strings.Join(text, "\n"), -1), numeral.FindAllString(theirs[i], -1)
				slices.Sort(mine)
				slices.Sort(want)
				if !slices.Equal(mine, want) {
					t.Errorf("page %d: %s", i+1, differ(mine, want))
				}
			}
		})
	}
}

// differ names what one sorted list has and the other has not.
func differ(mine, theirs []string) string {
	count := map[string]int{}
	for _, m := range mine {
		count[m]++
	}
	for _, o := range theirs {
		count[o]--
	}
	var out []string
	for n, c := range count {
		if c != 0 {
			out = append(out, fmt.Sprintf("%s %+d", n, c))
		}
	}
	slices.Sort(out)
	return "here and not in pdftotext (+), or the other way (-): " + strings.Join(out, ", ")
}

// BenchmarkRead reads a whole document, tables and the rest, beside pdftotext -layout on
// the same file, run as a program, as a caller of it has to. The metric x-pdftotext is
// the ratio of the two: below 1 means faster than pdftotext.
func BenchmarkRead(b *testing.B) {
	program := pdftotext(b)
	for name, file := range samples(b) {
		data := readFile(b, file)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var ours, theirs time.Duration
			for b.Loop() {
				start := time.Now()
				doc, tables := open(b, data, byCountry)
				doc.Outside(tables)
				ours += time.Since(start)
				b.StopTimer()
				start = time.Now()
				if err := exec.Command(program, "-layout", file, "-").Run(); err != nil {
					b.Fatal(err)
				}
				theirs += time.Since(start)
				b.StartTimer()
			}
			b.ReportMetric(float64(ours)/float64(theirs), "x-pdftotext")
		})
	}
}
