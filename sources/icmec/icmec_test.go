package icmec

import (
	"slices"
	"strings"
	"testing"

	"baseline/schemas"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// released is the source after a steward has released both editions.
func released() source.Source {
	r, ok := New().(reader)
	if !ok {
		panic("New gives another type")
	}
	r.released = []release{{"csam", "2018", ""}, {"grooming", "2017", ""}}
	return r
}

func cell(r source.Emitted, column string) string {
	return r.Row.Values[schemas.LegislationRatings.Column(column)].String()
}

// cells is what a made-up country must be read as.
func (c country) cells() string {
	var references []string
	for _, n := range c.notes {
		if n != "" {
			references = append(references, n)
		}
	}
	met := 0
	for _, m := range c.marks {
		if m == "yes" {
			met++
		}
	}
	return strings.Join([]string{strings.Join(c.lines, " "), strings.Join(c.marks[:], " "), schemas.Num(int64(met)).String(), strings.Join(references, " ")}, "|")
}

func cellsOf(r source.Emitted) string {
	var marks []string
	for _, c := range criteria {
		marks = append(marks, cell(r, c))
	}
	return strings.Join([]string{cell(r, "published_name"), strings.Join(marks, " "), cell(r, "criteria_met"), cell(r, "references")}, "|")
}

func TestMarksInEveryTypeface(t *testing.T) {
	for _, face := range typefaces {
		for request, doc := range map[string]*review{"csam-2018": csam2018(), "grooming-2017": grooming2017()} {
			t.Run(face.name+" "+request, func(t *testing.T) {
				got := sourcetest.Read(t, released(), request, doc.set(face))
				compare(t, got, doc.rows)
				for _, f := range got.Findings {
					t.Errorf("finding: %s", f.Text)
				}
				name, edition, _ := strings.Cut(request, "-")
				if len(got.Parts) != 1 || got.Parts[0].Name() != "review="+name+",edition="+edition || !got.Parts[0].Complete {
					t.Errorf("parts %+v", got.Parts)
				}
			})
		}
	}
}

func compare(t *testing.T, got source.Reading, want []country) {
	t.Helper()
	if len(got.Rows) != len(want) || len(want) < 19 {
		t.Fatalf("%d rows, want %d", len(got.Rows), len(want))
	}
	for i, c := range want {
		if cells := cellsOf(got.Rows[i]); cells != c.cells() {
			t.Errorf("row %d: got %s, want %s", i+1, cells, c.cells())
		}
		if e := got.Rows[i].Row.Evidence; !strings.HasPrefix(e.Locator, "page ") || !strings.HasPrefix(e.Quote, c.lines[0]) {
			t.Errorf("row %d: evidence %+v", i+1, e)
		}
	}
}

// Columns are found by their heads: their order does not matter.
func TestColumnsInAnotherOrder(t *testing.T) {
	doc := csam2018()
	doc.columns = []int{4, 2, 0, 3, 1}
	compare(t, sourcetest.Read(t, released(), "csam-2018", doc.set(typefaces[0])), doc.rows)
}

// Set by LibreOffice Writer with real footnotes; see testdata/generate.sh.
func TestWordProcessor(t *testing.T) {
	got, err := source.Read(released(), sourcetest.Capture(released(), "csam-2018", sourcetest.File(t, "testdata/libreoffice.pdf")))
	if err != nil {
		t.Fatal(err)
	}
	names := strings.Split("Afghanistan|Albania|Algeria|Andorra|Angola|Antigua & Barbuda|Argentina|Armenia|Australia|Austria|Azerbaijan|Bahamas|Bosnia-Herzegovina|"+
		"Congo, Democratic Republic of the|Saint Vincent & the Grenadines|Sweden|United Kingdom|United States|Zimbabwe", "|")
	var want []country
	note := 3 // the heads of three columns have notes
	for i, name := range names {
		c := country{lines: []string{name}}
		for j := range c.notes {
			if j == 0 && i%5 == 2 || j > 0 && (i+j-1)%4 == 0 {
				note++
				c.notes[j] = schemas.Num(int64(note)).String()
			}
			if j > 0 {
				c.marks[j-1] = map[bool]string{true: "yes", false: "no"}[(i*7+(j-1)*3)%5 < 3]
			}
		}
		want = append(want, c)
	}
	want[12].lines[0] = "Bosnia- Herzegovina" // broken at its hyphen; the registry does not know it without its "and"
	compare(t, got, want)
}

// A document whose font gives one and the same character for both marks.
func TestMarksThatNobodyCanTellApart(t *testing.T) {
	for name, body := range map[string][]byte{
		"one character for both":  sourcetest.File(t, "testdata/libreoffice-missing-font.pdf"),
		"codes without a meaning": csam2018().set(typeface{"", simple(""), "", "01", "02", 10, 0, bothOnALine}),
		"one of two codes":        csam2018().set(typeface{"", simple(" /ToUnicode %d 0 R"), "<01> <2713>", "01", "02", 10, 0, bothOnALine}),
		"one code for both":       csam2018().set(typeface{"", simple(" /Encoding /WinAnsiEncoding"), "", "59", "59", 10, 0, bothOnALine}),
	} {
		r := sourcetest.Read(t, released(), "csam-2018", body)
		if len(r.Rows) != 0 || !has(r, "no-legend", source.Hold) || r.Parts[0].Complete {
			t.Errorf("%s: %d rows, %v", name, len(r.Rows), r.Findings)
		}
	}
}

func has(r source.Reading, code string, severity source.Severity) bool {
	for _, f := range r.Findings {
		if f.Code == code && f.Severity == severity {
			return true
		}
	}
	return false
}

func TestSurvives(t *testing.T) {
	made := map[string][]byte{}
	for name, change := range map[string]func(*review){
		"label missing":    func(r *review) { r.heads[4] = []string{"Possession"} },
		"columns swapped":  func(r *review) { r.columns = []int{1, 0, 2, 3, 4} },
		"one more column":  func(r *review) { r.columns, r.further = []int{0, 1, 2, 3, 4, -1}, []string{"Data", "Retention"} },
		"half the list":    func(r *review) { r.rows = r.rows[:98] },
		"empty list":       func(r *review) { r.rows = nil },
		"two of one head":  func(r *review) { r.heads[3] = r.heads[4] },
		"other review":     func(r *review) { r.cover, r.imprint = grooming2017().cover, grooming2017().imprint },
		"other edition":    func(r *review) { r.cover[2], r.imprint[2] = "2018 • 10th Edition", "Tenth Edition" },
		"no legend":        func(r *review) { r.legend = []string{} },
		"half a legend":    func(r *review) { r.legend = []string{"{yes} = Yes"} },
		"legend twice":     func(r *review) { r.legend = []string{"{yes} = Yes; {no} = No", "{no} = Yes"} },
		"a row twice":      func(r *review) { r.rows[20] = r.rows[19] },
		"a row missing":    func(r *review) { r.rows = append(r.rows[:30:30], r.rows[31:]...) },
		"a note for marks": func(r *review) { r.rows[40].marks = [5]string{"yes", "varies", "no", "no", "no"} },
		"a mark missing":   func(r *review) { r.rows[41].marks[3] = "" },
		"digits in a name": func(r *review) { r.rows[5].lines = []string{"Albania12"} },
	} {
		doc := csam2018()
		change(doc)
		made[name] = doc.set(typefaces[0])
	}
	made["no marks font"] = csam2018().set(typeface{"", simple(""), "", "01", "02", 10, 0, bothOnALine})
	sourcetest.Survives(t, released(), "csam-2018", csam2018().set(typefaces[0]), made)
}

// What is wrong must be told by the right word.
func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*review)
		want   string // code of a finding, or part of the error
		hold   bool
	}{
		"a renamed column":        {func(r *review) { r.heads[4] = []string{"Possession"} }, "no table with this header", false},
		"a sixth criterion":       {func(r *review) { r.columns, r.further = []int{0, 1, 2, 3, 4, -1}, []string{"Data", "Retention"} }, `a column "Data Retention"`, false},
		"one column twice":        {func(r *review) { r.columns, r.further = []int{0, 1, 2, 3, 4, -1}, []string{"ISP", "Reporting"} }, "twice", false},
		"another review":          {func(r *review) { r.cover, r.imprint = grooming2017().cover, grooming2017().imprint }, "edition 2017 of the review grooming", false},
		"an edition nobody knows": {func(r *review) { r.cover[2], r.imprint[2] = "2026 • 11th Edition", "Eleventh Edition" }, "must be added", false},
		"two editions":            {func(r *review) { r.cover[2] = "2018 • 8th Edition" }, "names no edition, or another", false},
		"an edition of another year": {func(r *review) {
			r.cover[2], r.imprint[1] = "2023 • 9th Edition", "Copyright © 2023, a made-up document."
		}, "do not say the year", false},
		"two titles":               {func(r *review) { r.imprint[0] = grooming2017().imprint[0] }, "or there are two titles", false},
		"two numbers of countries": {func(r *review) { r.prose = append(r.prose, "Of 193 countries, most are in it.") }, "number-of-countries", false},
		"no title":                 {func(r *review) { r.cover, r.imprint = nil, nil; r.cover = []string{"Annual report"} }, "no title", false},
		"a note for a mark":        {func(r *review) { r.rows[40].marks[1] = "varies" }, "criterion-without-mark", false},
		"a row twice":              {func(r *review) { r.rows[20] = r.rows[19] }, "double-name", true},
		"a place twice": {func(r *review) {
			r.rows[20].lines = []string{"Albania"}
			r.rows[1].lines = []string{"Republic of Albania"}
		}, "place-twice", true},
		"a row missing":       {func(r *review) { r.rows = r.rows[1:] }, "number-of-countries", false},
		"columns mixed up":    {func(r *review) { r.heads[2], r.heads[5] = r.heads[5], r.heads[2] }, "world-count-differs", false},
		"a digit in a name":   {func(r *review) { r.rows[5].lines = []string{"Albania12"} }, "name-not-understood", true},
		"no legend":           {func(r *review) { r.legend = []string{} }, "no-legend", true},
		"a contradicting one": {func(r *review) { r.legend = []string{"{yes} = Yes; {no} = No", "{no} = Yes"} }, "no-legend", true},
	} {
		t.Run(name, func(t *testing.T) {
			doc := csam2018()
			c.change(doc)
			r, err := source.Read(released(), sourcetest.Capture(released(), "csam-2018", doc.set(typefaces[0])))
			if err != nil {
				if !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want one with %q", err, c.want)
				}
				return
			}
			severity := source.Question
			if c.hold {
				severity = source.Hold
			}
			if !has(r, c.want, severity) {
				t.Errorf("%v, want %s", r.Findings, c.want)
			}
			if r.Parts[0].Complete && c.want != "world-count-differs" {
				t.Error("the part is complete")
			}
		})
	}
}

// A country with a note instead of a mark has no row, and the others have theirs.
func TestNoteInsteadOfAMark(t *testing.T) {
	doc := csam2018()
	doc.rows[40].marks[1] = "varies"
	name := strings.Join(doc.rows[40].lines, " ")
	r := sourcetest.Read(t, released(), "csam-2018", doc.set(typefaces[3]))
	if len(r.Rows) != 195 || len(r.Findings) != 1 || !strings.Contains(r.Findings[0].Text, name+` has "varies"`) || !strings.Contains(r.Findings[0].Quote, "varies") {
		t.Fatalf("%d rows, %v", len(r.Rows), r.Findings)
	}
	for _, row := range r.Rows {
		if cell(row, "published_name") == name {
			t.Errorf("%s has a row", name)
		}
	}
}

// Nobody has released an edition yet: whatever can be read is held, with what to compare.
func TestEditionNotSeenBefore(t *testing.T) {
	doc := csam2018()
	for i, c := range doc.rows {
		if c.lines[0] == "Lithuania" || c.lines[0] == "Sweden" {
			doc.rows[i].marks = [5]string{"yes", "no", "no", "no", "no"}
		}
	}
	body := doc.set(typefaces[1])
	r := sourcetest.Read(t, New(), "csam-2018", body)
	if len(r.Rows) != 196 || len(r.Findings) != 1 || r.Parts[0].Complete {
		t.Fatalf("%d rows, %v", len(r.Rows), r.Findings)
	}
	f := r.Findings[0]
	want := "edition 2018 of the review csam was not released yet: 45 of 47 counts agree with those that the report of 2021 prints from edition 2018; differing: Lithuania 1 instead of 2, Sweden 1 instead of 4"
	if f.Code != "edition-not-seen-before" || f.Severity != source.Hold || f.Text != want || f.Part != r.Parts[0].Name() {
		t.Errorf("got  %s\nwant %s", f.Text, want)
	}
	// A release of other bytes releases nothing; that of these does.
	src, _ := New().(reader)
	for sha, held := range map[string]bool{strings.Repeat("0", 64): true, sourcetest.Capture(src, "csam-2018", body).SHA256: false} {
		src.released = []release{{"csam", "2018", sha}}
		if has(sourcetest.Read(t, src, "csam-2018", body), "edition-not-seen-before", source.Hold) != held {
			t.Errorf("release of %.8s: want held %v", sha, held)
		}
	}
}

// The review and the edition are the document's, and both must be those that were asked for.
func TestForeignRequest(t *testing.T) {
	body := csam2018().set(typefaces[0])
	for _, request := range []string{"csam", "csam-2023", "csam-2017", "grooming-2018", "grooming-2017"} {
		want := "asked for edition"
		if request == "csam" {
			want = "no request"
		}
		if _, err := source.Read(New(), source.Capture{Source: "icmec", Request: request, Body: body}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the edition of 2018, read as %s: %v", request, err)
		}
	}
}

// A name that is broken at its hyphen is mended where that gives a place.
func TestNameBrokenAtItsHyphen(t *testing.T) {
	doc := csam2018()
	i := slices.IndexFunc(doc.rows, func(c country) bool { return c.lines[0] == "Guinea-Bissau" })
	doc.rows[i].lines = []string{"Guinea-", "Bissau"}
	r := sourcetest.Read(t, released(), "csam-2018", doc.set(typefaces[0]))
	if got := cell(r.Rows[i], "published_name"); got != "Guinea-Bissau" {
		t.Errorf("the name is %q", got)
	}
}
