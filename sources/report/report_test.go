package report

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	figurespkg "baseline/output/figures"
	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// bundle are the files behind the captures that come with the program, by request.
var bundle = map[string]string{
	"figures": "report_figures.csv", "capabilities": "report_capabilities.csv", "safer-internet-day": "report_safer_internet_day.csv",
}

func facts(t testing.TB, request string) string {
	t.Helper()
	return string(sourcetest.File(t, filepath.Join(sourcetest.Root(t), "testdata", "facts", bundle[request])))
}

func reportText(t testing.TB) string {
	t.Helper()
	return string(sourcetest.File(t, sourcetest.Shared(t, "report", "baseline-mapping-2021.txt")))
}

// readAll reads the three tables that come with the program.
func readAll(t testing.TB) source.Reading {
	t.Helper()
	var all source.Reading
	for _, request := range New().Requests(source.Plan{}) {
		r := sourcetest.Read(t, New(), request.ID, []byte(facts(t, request.ID)))
		for i := range r.Rows {
			r.Rows[i].Part += len(all.Parts)
		}
		all.Rows = append(all.Rows, r.Rows...)
		all.Parts = append(all.Parts, r.Parts...)
		all.Findings = append(all.Findings, r.Findings...)
	}
	return all
}

func value(r source.Emitted, column string) schemas.Value {
	return r.Row.Values[schemas.Named(r.Dataset).Column(column)]
}

// TestCounts counts rows by part and word: what a reader can count in the print.
func TestCounts(t *testing.T) {
	reading := readAll(t)
	got := map[string]map[string]int{}
	for _, r := range reading.Rows {
		name := r.Dataset + " " + reading.Parts[r.Part].Name()
		if got[name] == nil {
			got[name] = map[string]int{}
		}
		got[name]["rows"]++
		for _, column := range []string{"status", "class", "reported", "criteria_met", "domain"} {
			if schemas.Named(r.Dataset).Column(column) >= 0 {
				got[name][value(r, column).String()]++
			}
		}
	}
	want := map[string]map[string]int{
		"report_cells figure=1":                            {"rows": 235},
		"report_cells figure=2":                            {"rows": 94},
		"report_cells figure=3":                            {"rows": 94},
		"report_cells figure=4":                            {"rows": 245},
		"report_cells figure=5":                            {"rows": 188},
		"report_cells figure=6":                            {"rows": 141},
		"report_cells figure=7":                            {"rows": 141},
		"treaty_status treaty=CRC":                         {"rows": 47, "party": 47},
		"treaty_status treaty=OPSC":                        {"rows": 47, "party": 46, "signed": 1},
		"treaty_status treaty=CETS201":                     {"rows": 47, "party": 47},
		"treaty_status treaty=ETS185":                      {"rows": 47, "party": 44, "signed": 2, "none": 1},
		"memberships network=weprotect":                    {"rows": 47, "member": 41, "none": 6},
		"memberships network=enoc":                         {"rows": 47, "full": 27, "associate": 5, "full / associate": 2, "none": 13},
		"memberships network=inhope":                       {"rows": 47, "member": 32, "reporting portal": 1, "none": 14},
		"memberships network=chi":                          {"rows": 47, "member": 42, "none": 5},
		"memberships network=insafe":                       {"rows": 47, "member": 37, "none": 10},
		"reported_mechanisms kind=other_ombudsperson":      {"rows": 47, "yes": 2, "no": 45},
		"reported_mechanisms kind=other_hotline":           {"rows": 47, "yes": 4, "no": 43},
		"legislation_ratings review=csam,edition=2018":     {"rows": 47, "2": 3, "3": 11, "4": 30, "5": 3},
		"legislation_ratings review=grooming,edition=2017": {"rows": 47, "0": 5, "1": 9, "3": 4, "4": 18, "5": 11},
		"cybertip_reports year=2019":                       {"rows": 48},
		"cybertip_reports year=2020":                       {"rows": 48},
		"states all":                                       {"rows": 47},
		"justice_access all":                               {"rows": 47},
		"minimum_ages kind=criminal_responsibility":        {"rows": 47},
		"minimum_ages kind=consent":                        {"rows": 47},
		"safer_internet_day year=2020":                     {"rows": 47, "celebrated": 41, "no report": 3, "none": 3},
		"safer_internet_day year=2021":                     {"rows": 47, "planned": 40, "awaiting update": 4, "none": 3},
		"model_response all":                               {"rows": 21, "Policy and Governance": 3, "Criminal Justice": 4, "Victim": 4, "Societal": 3, "Industry": 3, "Media and Communications": 4},
	}
	for name, counts := range want {
		if fmt.Sprint(got[name]) != fmt.Sprint(counts) {
			t.Errorf("%s: got %v, want %v", name, got[name], counts)
		}
	}
	if len(got) != len(want) || len(reading.Parts) != len(want) {
		t.Errorf("rows in %d parts of %d, want %d", len(got), len(reading.Parts), len(want))
	}
}

// TestTextAndBundleAgree proves that the tables that come with the program are the
// report's: the text gives the same rows, with the same evidence, and the same parts.
func TestTextAndBundleAgree(t *testing.T) {
	text := sourcetest.Read(t, New(), "text", []byte(reportText(t)))
	all := readAll(t)
	if len(text.Rows) != len(all.Rows) {
		t.Fatalf("the text gives %d rows, the bundle %d", len(text.Rows), len(all.Rows))
	}
	for i, r := range text.Rows {
		a, b := r.Row.Evidence, all.Rows[i].Row.Evidence
		same := r.Dataset == all.Rows[i].Dataset && slices.Equal(r.Row.Values, all.Rows[i].Row.Values)
		if !same || a.Locator != b.Locator || a.Quote != b.Quote {
			t.Errorf("row %d of %s:\ntext   %v %s %q\nbundle %v %s %q", i, r.Dataset, r.Row.Values, a.Locator, a.Quote, all.Rows[i].Row.Values, b.Locator, b.Quote)
		}
	}
	if fmt.Sprint(text.Parts) != fmt.Sprint(all.Parts) {
		t.Errorf("parts differ:\ntext   %v\nbundle %v", text.Parts, all.Parts)
	}
}

// TestQuotesAreInTheText looks up the evidence of every cell without the reader: the
// quote, its bars made tabs, is the line of the report that the locator names.
func TestQuotesAreInTheText(t *testing.T) {
	lines := strings.Split(reportText(t), "\n")
	for _, r := range readAll(t).Rows {
		if r.Dataset != "report_cells" {
			continue
		}
		line, column := value(r, "line").Int(), value(r, "column_number").Int()
		if want := fmt.Sprintf("line %d, column %d", line, column); r.Row.Evidence.Locator != want {
			t.Errorf("locator %s, want %s", r.Row.Evidence.Locator, want)
		}
		printed := lines[line-1]
		if got := strings.ReplaceAll(r.Row.Evidence.Quote, " | ", "\t"); got != printed {
			t.Errorf("line %d: quote %q, printed %q", line, got, printed)
		}
		cell := strings.Split(printed, "\t")[column]
		if !strings.HasPrefix(cell, value(r, "value").Text()) {
			t.Errorf("line %d, column %d: value %q, printed %q", line, column, value(r, "value"), cell)
		}
	}
}

// TestFindings: what is odd in the report is said, and nothing is held.
func TestFindings(t *testing.T) {
	describe := func(list []source.Finding) string {
		var out []string
		for _, f := range list {
			out = append(out, fmt.Sprintf("%s %s %s", f.Severity, f.Code, f.Locator))
		}
		return strings.Join(out, "\n")
	}
	doubtful := "question domain-doubtful line 1575\nquestion domain-doubtful line 1578\nquestion domain-doubtful line 1579"
	if got := describe(readAll(t).Findings); got != doubtful {
		t.Errorf("bundle: got\n%s\nwant\n%s", got, doubtful)
	}
	text := sourcetest.Read(t, New(), "text", []byte(reportText(t)))
	if got, want := describe(text.Findings), doubtful+"\nnote stray-row line 1622"; got != want {
		t.Errorf("text: got\n%s\nwant\n%s", got, want)
	}
}

// TestPercentagesFollow: what the report computed follows from its counts, so that
// figures can compute them too.
func TestPercentagesFollow(t *testing.T) {
	rows := map[string][]string{}
	for _, r := range readAll(t).Rows {
		if r.Dataset == "report_cells" {
			key := fmt.Sprintf("%v %v", value(r, "figure"), value(r, "published_name"))
			rows[key] = append(rows[key], strings.NewReplacer(",", "", "%", "").Replace(value(r, "value").Text()))
		}
	}
	number := func(s string) float64 {
		v, err := schemas.Parse(schemas.Float, s)
		if err != nil {
			t.Error(err)
		}
		return v.Float()
	}
	checked := 0
	follows := func(key, printed string, is float64, step float64) {
		checked++
		// Ties may have been rounded either way.
		if printed != "" && math.Abs(number(printed)-is) > step/2+1e-9 {
			t.Errorf("%s prints %s, but its counts give %f", key, printed, is)
		}
	}
	world := rows["4 GLOBAL TOTAL"]
	for key, c := range rows {
		switch key[0] {
		case '4':
			follows(key, c[1], 100*number(c[0])/number(world[0]), 0.01)
			follows(key, c[3], 100*number(c[2])/number(world[2]), 0.01)
			follows(key, c[4], 100*(number(c[2])-number(c[0]))/number(c[0]), 0.01)
		case '5':
			follows(key, c[1], 100*number(c[0])/261, 0.1)
		}
	}
	if checked != 3*49+47 {
		t.Errorf("%d percentages were checked, want %d", checked, 3*49+47)
	}
}

// TestAppendix3AgreesWithFigure7, as the two come in different captures.
func TestAppendix3AgreesWithFigure7(t *testing.T) {
	seventh, err := read([]byte(facts(t, "figures")))
	if err != nil {
		t.Fatal(err)
	}
	third, err := read([]byte(facts(t, "safer-internet-day")))
	if err != nil {
		t.Fatal(err)
	}
	if err := agree(seventh.figures[6], third.days); err != nil {
		t.Error(err)
	}
	for i := range third.days {
		if third.days[i].name == "SPAIN" {
			third.days[i].status = planned
		}
	}
	if err := agree(seventh.figures[6], third.days); err == nil {
		t.Error("a plan of Spain must contradict figure 7")
	}
}

// TestNamesResolve: the registry knows every name that the report prints for a state,
// in each list for all 47.
func TestNamesResolve(t *testing.T) {
	reading := readAll(t)
	for i, p := range reading.Parts {
		if p.Dataset == "model_response" {
			continue
		}
		codes := map[string]bool{}
		for _, r := range reading.Rows {
			if r.Part != i {
				continue
			}
			name := value(r, "published_name").Text()
			place, ok := places.Default().Lookup(name)
			if !ok || place.Kind != "state" {
				if !slices.Contains(totals, name) {
					t.Errorf("%s %s: %q is no state", p.Dataset, p.Name(), name)
				}
				continue
			}
			codes[place.Code] = true
		}
		if len(codes) != 47 {
			t.Errorf("%s %s: %d states, want 47", p.Dataset, p.Name(), len(codes))
		}
		if p.Dataset != "report_cells" && !slices.IsSorted(p.Universe) || !p.Complete {
			t.Errorf("%s %s: the universe is not in order, or the part is not complete", p.Dataset, p.Name())
		}
	}
}

// TestCaptionsAreThoseOfTheOutput: the reader checks the wording that the figures
// are printed with.
func TestCaptionsAreThoseOfTheOutput(t *testing.T) {
	for i, frame := range figurespkg.Frames() {
		f := figures[i]
		if f.caption != frame.Caption || len(f.columns) != len(frame.Columns) {
			t.Fatalf("figure %d: %q with %d columns, printed as %q with %d", i+1, f.caption, len(f.columns), frame.Caption, len(frame.Columns))
		}
		for j, c := range f.columns {
			if c.name != frame.Columns[j].Name || c.title != frame.Columns[j].Title {
				t.Errorf("figure %d, column %d: %s %q, printed as %+v", i+1, j+1, c.name, c.title, frame.Columns[j])
			}
		}
	}
}

// from returns text from the first place of mark on.
func from(text, mark string) string {
	_, rest, _ := strings.Cut(text, mark)
	return mark + rest
}

// broken says what a reader must refuse when old becomes new, and how.
type broken struct{ name, old, new, want string }

func (b broken) run(t *testing.T, request, body string) {
	t.Run(request+"/"+b.name, func(t *testing.T) {
		if strings.Count(body, b.old) == 0 {
			t.Fatalf("%q is not in the capture", b.old)
		}
		changed := strings.Replace(body, b.old, b.new, 1)
		_, err := source.Read(New(), sourcetest.Capture(New(), request, []byte(changed)))
		if err == nil || !strings.Contains(err.Error(), b.want) {
			t.Errorf("got %v, want an error with %q", err, b.want)
		}
	})
}

func TestBundleRefuses(t *testing.T) {
	for request, list := range map[string][]broken{
		"figures": {
			{"a header", "footnote,line", "note,line", "neither the header of a table"},
			{"an unknown word", ",SIGNED,", ",ACCEDED,", `column 2 (opsc): "ACCEDED" is no word`},
			{"a rating above five", "csam,4,", "csam,6,", `"6" is not a whole number from 0 to 5`},
			{"a count without commas", `"17,545"`, "17545", `"17545" is not a whole number`},
			{"a share", "0.10%", "0.1", "is not a number of the form"},
			{"a position", "1,1,2,ALBANIA", "1,1,x,ALBANIA", `"x" is not a position`},
			{"a cell missing", "1,1,2,ALBANIA,opsc,✓,,169\n", "", "column 3 (lanzarote) of row 1"},
			{"a cell twice", "1,1,2,ALBANIA,opsc,✓,,169\n", "1,1,2,ALBANIA,opsc,✓,,169\n1,1,2,ALBANIA,opsc,✓,,169\n", "out of place"},
			{"a figure twice", "2,1,1,", "1,1,1,", "out of place"},
			{"a figure too far", "2,1,1,", "3,1,1,", "a cell of figure 3 is out of place"},
			{"no state", "2,1,1,ALBANIA,enoc,Full,,343\n2,1,2,ALBANIA", "2,1,1,KOSOVO,enoc,Full,,343\n2,1,2,KOSOVO", `"KOSOVO" is no member state`},
			{"a state twice", "2,1,1,ALBANIA,enoc,Full,,343\n2,1,2,ALBANIA", "2,1,1,ANDORRA,enoc,Full,,343\n2,1,2,ANDORRA", `line 344: "ANDORRA" stands twice`},
			{"a figure missing", from(facts(t, "figures"), "7,1,1,"), "", "6 figures, not 7"},
			{"a state missing", "2,47,1,UNITED KINGDOM,enoc,Full,,394\n2,47,2,UNITED KINGDOM,other_ombudsperson,,,394\n", "", "the row of GBR is missing"},
			{"the last cell missing", "7,47,3,UNITED KINGDOM,sid_2021,✓,,1145\n", "", "has 2 cells, not 3"},
		},
		"capabilities": {
			{"one missing", "5,Criminal Justice,Judiciary and Prosecutors,\"Trained, victim focused\",1565\n", "", "capability 6 stands where 5 should"},
			{"no domain", "5,Criminal Justice", "5,", "lacks its domain"},
			{"a new domain", "5,Criminal Justice", "5,Justice", "21 capabilities in 7 domains"},
		},
		"safer-internet-day": {
			{"a day", "2021-01-23", "23/01/2021", "is not a day"},
			{"a status", "ALBANIA,planned", "ALBANIA,hoped", `status "hoped"`},
			{"a day for nothing", "ANDORRA,none,", "ANDORRA,none,2021-01-01", "a day belongs to all but"},
			{"a state missing", "SWEDEN,planned,2021-01-25,1649\n", "", "the row of SWE is missing"},
		},
	} {
		for _, b := range list {
			b.run(t, request, facts(t, request))
		}
	}
}

// TestTotalDiffers: a misread count shows in the printed sum and holds its year.
func TestTotalDiffers(t *testing.T) {
	body := strings.Replace(facts(t, "figures"), `"17,545"`, `"17,546"`, 1)
	reading := sourcetest.Read(t, New(), "figures", []byte(body))
	if len(reading.Findings) != 1 {
		t.Fatalf("%d findings, want 1", len(reading.Findings))
	}
	f := reading.Findings[0]
	if f.Code != "total-differs" || f.Severity != source.Hold || f.Part != "year=2019" || !strings.Contains(f.Text, "1246960") {
		t.Errorf("got %+v", f)
	}
}

func TestTextRefuses(t *testing.T) {
	body := reportText(t)
	for _, b := range []broken{
		{"a head", "CRIN Access to Justice Score /261\t", "CRIN Score\t", `the head of column 1 is "CRIN Score"`},
		{"a caption", "Fig. 1 Select", "Fig. 1 Some", "nor the caption"},
		{"a caption's number", "Fig.3 ICMEC", "Fig.4 ICMEC", "nor the caption"},
		{"a cell missing", "BELGIUM\tFull\t\n", "BELGIUM\tFull\n", "neither a row of 2 cells"},
		{"an unknown word", "SIGNED", "ACCEDED", `line 200, column 2 (opsc): "ACCEDED"`},
		{"a row missing", "MALTA\t119\t45.6\t14\t16\n", "", "figure 5: the row of MLT is missing"},
		{"prose in a table", "MALTA\t119\t45.6\t14\t16\n", "It is so.\n", "neither a row of 4 cells"},
		{"a table missing", "Country\tINHOPE", "State\tINHOPE", "7 tables start with Country"},
		{"a capability without a title", "5 Judiciary and Prosecutors: ", "5 Judiciary and Prosecutors ", "nothing parts the title"},
		{"a capability without a number", "\t5 Judiciary", "\tJudiciary", "does not start with the number"},
		{"appendix 3, no day", "<p>(23/01/2021) Safer Internet Day (SID) Albania", "<p>Safer Internet Day (SID) Albania", "ALBANIA: the cell starts neither with a day"},
		{"appendix 3, a day that is none", "<p>(23/01/2021) Safer Internet Day (SID) Albania", "<p>(33/01/2021) Safer", "out of range"},
		{"appendix 3, against figure 7", "<p>\"We are awaiting an update on this SID Committee's plans for Safer Internet Day 2021.\" (Last checked 20/04/2021)</p>", "<p>(20/01/2021) Yes.</p>", "figure 7 says"},
		{"appendix 3, a stray row that repeats nothing", "<p>Among children in schools,", "<p>Among pupils in schools,", "line 1622: CROATIA"},
		{"appendix 3, a state missing", "\nMALTA\t<p>", "\n\t<p>", "line 1628"},
	} {
		b.run(t, "text", body)
	}
}

// FuzzParse: whatever the bytes, an answer or an error, and always the same.
func FuzzParse(f *testing.F) {
	for request := range bundle {
		f.Add([]byte(facts(f, request)))
	}
	f.Add([]byte("\nBaseline Mapping\nSecond Edition\n" + strings.Repeat("Country\t%\n", 8) + modelHeader))
	f.Fuzz(func(t *testing.T, body []byte) {
		first, err := source.Read(New(), sourcetest.Capture(New(), "text", body))
		second, again := source.Read(New(), sourcetest.Capture(New(), "text", body))
		if fmt.Sprint(first, err) != fmt.Sprint(second, again) {
			t.Error("two readings of the same bytes differ")
		}
	})
}
