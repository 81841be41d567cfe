package crin

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// No markup of CRIN's ranking was to be had, and of its rows only the first 41. The pages of these tests are
// made up: the scores of the 47 states are those of the report of 2021, those of all others are not CRIN's.

func table(t *testing.T, comma rune, path string) [][]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(sourcetest.File(t, path)))
	r.Comma = comma
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %d rows, %v", path, len(rows), err)
	}
	return rows[1:]
}

// figure5 is a column of the report's figure 5, by code.
func figure5(t *testing.T, column string) map[string]string {
	t.Helper()
	values := map[string]string{}
	for _, r := range table(t, ',', filepath.Join(sourcetest.Root(t), "testdata", "facts", "report_figures.csv")) {
		if r[0] != "5" || r[4] != column {
			continue
		}
		place, ok := places.Default().Lookup(r[3])
		if !ok {
			t.Fatalf("no place is named %q", r[3])
		}
		values[place.Code] = r[5]
	}
	if len(values) != 47 {
		t.Fatalf("figure 5 has %d states", len(values))
	}
	return values
}

// line is a row of the ranking as printed.
type line struct{ rank, name, score, percent string }

// lines makes a whole ranking, with names in English or Russian.
func lines(t *testing.T, russian bool) []line {
	t.Helper()
	type scored struct {
		name  string
		score float64
	}
	names := map[string]string{"RUS": "Россия"} // in the registry as a local name
	if russian {
		for _, r := range table(t, ',', filepath.Join(sourcetest.Root(t), "schemas", "places", "spellings.csv")) {
			if strings.Contains(r[2], "russian") && names[r[1]] == "" {
				names[r[1]] = r[0]
			}
		}
	}
	scores := figure5(t, "justice_score")
	all := []scored{{"United Kingdom (England & Wales)", 190.5}, {"United Kingdom (Northern Ireland)", 183.5}, {"United Kingdom (Scotland)", 172.5}}
	if russian {
		all = []scored{{"Великобритания (Англия и Уэльс)", 190.5}, {"Великобритания (Северная Ирландия)", 183.5}, {"Великобритания (Шотландия)", 172.5}}
	}
	made := 168.0
	for _, p := range places.Default().Places() {
		if p.Kind != "state" || p.Former || p.Code == "GBR" || p.Code == "COK" || p.Code == "NIU" {
			continue
		}
		name := p.Name
		if russian {
			if name = names[p.Code]; name == "" {
				t.Fatalf("%s has no name in Russian", p.Code)
			}
		}
		made -= float64(len(p.Code+p.Name)%3) / 2 // with ties
		score := made
		if text, ok := scores[p.Code]; ok {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			score = n
		}
		all = append(all, scored{name, score})
	}
	if len(all) != jurisdictionCount {
		t.Fatalf("%d rows made", len(all))
	}
	slices.SortStableFunc(all, func(a, b scored) int { return int(2 * (b.score - a.score)) })
	var list []line
	for i, s := range all {
		rank := strconv.Itoa(i + 1)
		if i > 0 && all[i-1].score == s.score {
			rank = "="
		}
		text := strconv.FormatFloat(s.score, 'f', -1, 64)
		list = append(list, line{rank, s.name, text, share(s.score)})
	}
	return list
}

// heads are in the order rank, country, score, percent.
var (
	english = []string{"Rank", "Country", "Score (out of 261)", "% of score"}
	russian = []string{"Место", "Страна", "Баллы (из 261)", "Процент"}
)

// page sets a ranking. order is that of the columns; form is how a row is marked up.
func page(heads []string, list []line, order []int, form string) []byte {
	var out strings.Builder
	out.WriteString(`<!DOCTYPE html><html><head><title>Ranking 261</title></head><body><nav>Rank Country</nav><h1>Global ranking of 197 countries</h1><p>How far the law of each country lets children enforce their rights.</p>` + "\n")
	wrap := map[string][4]string{
		"table":      {"<table><tbody>", "<tr><td>|</td></tr>", "</td>\n<td>", "</tbody></table>"},
		"paragraphs": {"<table><tbody>", "<tr><td><p>|</p></td></tr>", "</p></td><td><p>", "</tbody></table>"},
		"lines":      {"<div>", "|<br>", "<br>\n", "</div>"},
	}[form]
	row := func(cells []string) {
		var in []string
		for _, i := range order {
			in = append(in, html.EscapeString(cells[i]))
		}
		out.WriteString(strings.Replace(wrap[1], "|", strings.Join(in, wrap[2]), 1) + "\n")
	}
	out.WriteString(wrap[0])
	if heads != nil {
		row(heads)
	}
	for _, l := range list {
		row([]string{l.rank, l.name, l.score, l.percent})
	}
	out.WriteString(wrap[3] + "<p>1</p><p>Last words.</p><footer>2016</footer></body></html>\n")
	return []byte(out.String())
}

var inOrder = []int{0, 1, 2, 3}

func cellOf(r source.Emitted, column string) string {
	return r.Row.Values[schemas.JusticeAccess.Column(column)].String()
}

func TestRankingInEveryForm(t *testing.T) {
	for _, form := range []string{"table", "paragraphs", "lines"} {
		for _, heads := range [][]string{english, russian} {
			for _, order := range [][]int{inOrder, {2, 0, 3, 1}} {
				t.Run(fmt.Sprint(form, heads[0], order), func(t *testing.T) {
					want := lines(t, heads[0] != "Rank")
					equals(t, sourcetest.Read(t, New(), "ranking", page(heads, want, order, form)), want)
				})
			}
		}
	}
}

func equals(t *testing.T, got source.Reading, want []line) {
	t.Helper()
	if len(got.Rows) != len(want) || len(want) != 197 {
		t.Fatalf("%d rows, want %d", len(got.Rows), len(want))
	}
	rank, parts := "", []string{}
	for i, l := range want {
		if l.rank != "=" {
			rank = l.rank
		}
		row := got.Rows[i]
		score, err := strconv.ParseFloat(cellOf(row, "score"), 64)
		printed, err2 := strconv.ParseFloat(l.score, 64)
		percent, err3 := strconv.ParseFloat(l.percent, 64)
		if err != nil || err2 != nil || err3 != nil || score != printed || cellOf(row, "rank") != rank || cellOf(row, "published_name") != l.name ||
			row.Row.Values[schemas.JusticeAccess.Column("percent")].Float() != percent {
			t.Errorf("row %d: got %v, want %v", i+1, row.Row.Values, l)
		}
		if _, ok := places.Default().Lookup(l.name); !ok {
			t.Errorf("no place is named %q", l.name)
		}
		if part := cellOf(row, "jurisdiction"); part != "" {
			parts = append(parts, part)
		}
		if e := row.Row.Evidence; !strings.HasPrefix(e.Locator, "html > body > ") || !strings.Contains(e.Quote, " | ") || !strings.Contains(e.Quote, l.name) {
			t.Errorf("row %d: evidence %+v", i+1, e)
		}
	}
	if got := strings.Join(parts, "|"); got != "England and Wales|Northern Ireland|Scotland" {
		t.Errorf("parts %s", got)
	}
	for _, f := range got.Findings {
		t.Errorf("finding: %s", f.Text)
	}
	if len(got.Parts) != 1 || !got.Parts[0].Complete {
		t.Errorf("parts %+v", got.Parts)
	}
}

// The mean of the United Kingdom's rows is the report's score and percentage.
func TestUnitedKingdomIsTheMean(t *testing.T) {
	r := sourcetest.Read(t, New(), "ranking", page(russian, lines(t, true), inOrder, "table"))
	var parts []schemas.Row
	for _, row := range r.Rows {
		if cellOf(row, "jurisdiction") != "" {
			parts = append(parts, row.Row)
		}
	}
	state := schemas.JusticeAccess.RollUp(&schemas.JusticeAccess, parts)
	for column, printed := range map[string]string{"score": figure5(t, "justice_score")["GBR"], "percent": figure5(t, "justice_percent")["GBR"]} {
		got := state.Values[schemas.JusticeAccess.Column(column)].Float()
		if len(parts) != 3 || strconv.FormatFloat(got, 'f', 1, 64) != printed {
			t.Errorf("%s of %d parts is %v, the report prints %s", column, len(parts), got, printed)
		}
	}
}

// The part of the real ranking that was found, ranks 1 to 41, agrees with the report on all 21 members in
// it besides the United Kingdom; and it is only a part, so it may not pass.
func TestStoredPartOfTheRanking(t *testing.T) {
	var list []line
	codes := map[string]string{}
	for _, r := range table(t, '\t', sourcetest.Shared(t, "captures", "crin", "crin_ranking_ru_excerpt.tsv")) {
		list = append(list, line{r[0], r[1], r[2], r[3]})
		codes[r[1]] = r[4]
	}
	got := sourcetest.Read(t, New(), "ranking", page(russian, list, inOrder, "lines"))
	if len(got.Rows) != 41 || len(got.Findings) != 1 || got.Findings[0].Code != "ranking-incomplete" || got.Findings[0].Severity != source.Hold || got.Parts[0].Complete {
		t.Fatalf("%d rows, %v", len(got.Rows), got.Findings)
	}
	scores, percents := figure5(t, "justice_score"), figure5(t, "justice_percent")
	compared := 0
	for _, row := range got.Rows {
		name := cellOf(row, "published_name")
		place, ok := places.Default().Lookup(name)
		if code, _, _ := strings.Cut(codes[name], "-"); !ok || place.Code != code {
			t.Errorf("%q is %q, want %s", name, place.Code, codes[name])
		}
		printed, member := scores[place.Code]
		if !member || place.Code == "GBR" {
			continue
		}
		compared++
		percent := strconv.FormatFloat(row.Row.Values[schemas.JusticeAccess.Column("percent")].Float(), 'f', 1, 64)
		if cellOf(row, "score") != printed || percent != percents[place.Code] {
			t.Errorf("%s: CRIN %s and %s, the report %s and %s", name, cellOf(row, "score"), percent, printed, percents[place.Code])
		}
	}
	if compared != 21 { // and three rows for the United Kingdom
		t.Errorf("%d members compared", compared)
	}
}

func TestRankingSurvives(t *testing.T) {
	good := lines(t, true)
	change := func(i int, l line) []byte {
		list := slices.Clone(good)
		list[i] = l
		return page(russian, list, inOrder, "table")
	}
	l := good[100]
	without := func(name string) []byte {
		return page(russian, slices.DeleteFunc(slices.Clone(good), func(l line) bool { return strings.Contains(l.name, name) }), inOrder, "table")
	}
	whole := string(page(russian, good, inOrder, "table"))
	sourcetest.Survives(t, New(), "ranking", []byte(whole), map[string][]byte{
		"label missing":      page(nil, good, inOrder, "table"),
		"columns swapped":    page(russian, good, []int{1, 0, 3, 2}, "table"),
		"heads swapped":      page([]string{russian[0], russian[1], russian[3], russian[2]}, good, inOrder, "table"),
		"one more column":    []byte(strings.ReplaceAll(whole, "</td></tr>", "</td><td>7</td></tr>")),
		"half the list":      page(russian, good[:98], inOrder, "table"),
		"empty list":         page(russian, nil, inOrder, "table"),
		"another score":      change(100, line{l.rank, l.name, "9", l.percent}),
		"score and percent":  change(100, line{l.rank, l.name, "9", share(9)}),
		"another percent":    change(100, line{l.rank, l.name, l.score, "99.9"}),
		"decimal comma":      change(100, line{l.rank, l.name, strings.ReplaceAll(l.score+".5", ".", ","), l.percent}),
		"no name":            change(100, line{l.rank, "", l.score, l.percent}),
		"name twice":         change(100, line{l.rank, good[99].name, l.score, l.percent}),
		"rank wrong":         change(0, line{"2", good[0].name, good[0].score, good[0].percent}),
		"tie that is none":   change(1, line{"=", good[1].name, good[1].score, good[1].percent}),
		"a row missing":      without(good[50].name),
		"a part missing":     without("Шотландия"),
		"a part under other": change(slices.IndexFunc(good, func(l line) bool { return strings.Contains(l.name, "Шотландия") }), line{"=", "Каледония", "172.5", share(172.5)}),
		"ranking twice":      []byte(strings.Replace(whole, "</body>", whole[strings.Index(whole, "<table>"):strings.Index(whole, "<p>1</p>")]+"</body>", 1)),
	})
}

// What is wrong is told by the right word.
func TestRankingFindings(t *testing.T) {
	good := lines(t, false)
	scotland := slices.IndexFunc(good, func(l line) bool { return strings.Contains(l.name, "Scotland") })
	tie := slices.IndexFunc(good, func(l line) bool { return l.rank == "=" })
	for name, c := range map[string]struct {
		change func(list []line) []line
		code   string
	}{
		"percent":   {func(l []line) []line { l[5].percent = "1.1"; return l }, "percent-differs"},
		"rank":      {func(l []line) []line { l[5].rank = "9"; return l }, "rank-differs"},
		"no tie":    {func(l []line) []line { l[tie].rank = strconv.Itoa(tie + 1); return l }, "rank-differs"},
		"swapped":   {func(l []line) []line { l[2], l[3] = l[3], l[2]; return l }, "rank-differs"},
		"quarter":   {func(l []line) []line { l[5].score = "190.25"; return l }, "row-not-understood"},
		"empty":     {func(l []line) []line { l[5].name = ""; return l }, "row-not-understood"},
		"twice":     {func(l []line) []line { l[5].name = l[6].name; return l }, "place-twice"},
		"a part":    {func(l []line) []line { l[scotland].name = "Caledonia"; return l }, "parts-missing"},
		"part":      {func(l []line) []line { return l[:196] }, "ranking-incomplete"},
		"198 rows":  {func(l []line) []line { return append(l, line{"198", "Niue", "1", "0.4"}) }, "ranking-incomplete"},
		"cut short": {func(l []line) []line { l[50].rank = "51st"; return l }, "ranking-incomplete"},
	} {
		r := sourcetest.Read(t, New(), "ranking", page(english, c.change(slices.Clone(good)), inOrder, "table"))
		if !slices.ContainsFunc(r.Findings, func(f source.Finding) bool { return f.Code == c.code && f.Severity == source.Hold }) || r.Parts[0].Complete {
			t.Errorf("%s: not held as %s: %v", name, c.code, r.Findings)
		}
	}
}

// An empty cell moves no other.
func TestEmptyCell(t *testing.T) {
	list := lines(t, false)
	list[100].name = ""
	r := sourcetest.Read(t, New(), "ranking", page(english, list, inOrder, "table"))
	if len(r.Rows) != 196 || cellOf(r.Rows[100], "published_name") != list[101].name {
		t.Errorf("%d rows, %v", len(r.Rows), r.Findings)
	}
}

// Of two rankings on one page, nobody knows which is meant.
func TestTwoRankings(t *testing.T) {
	whole := string(page(english, lines(t, false), inOrder, "table"))
	ranking := whole[strings.Index(whole, "<table>"):strings.Index(whole, "<p>1</p>")]
	_, err := source.Read(New(), sourcetest.Capture(New(), "ranking", []byte(strings.Replace(whole, "</body>", ranking+"</body>", 1))))
	if err == nil || !strings.Contains(err.Error(), "found 2") {
		t.Errorf("two rankings: %v", err)
	}
}

// Percentages follow from scores: those that were seen, and the ends of the scale.
func TestShare(t *testing.T) {
	for score, want := range map[float64]string{213: "81.6", 201: "77", 177.5: "68", 190.5: "73", 0: "0", 0.5: "0.2", 261: "100", 30: "11.5"} {
		if got := share(score); got != want {
			t.Errorf("%v points are %s percent, want %s", score, got, want)
		}
	}
}

func TestJurisdictions(t *testing.T) {
	for name, want := range map[string]string{
		"United Kingdom": "", "United Kingdom of Great Britain and Northern Ireland": "", "Scotland": "Scotland", "UK (Scotland)": "Scotland",
		"England & Wales": "England and Wales", "Великобритания (Северная Ирландия)": "Northern Ireland", "Ireland": "",
	} {
		if got := jurisdictionOf(name); got != want {
			t.Errorf("%q is a part %q, want %q", name, got, want)
		}
	}
}
