// Package crin reads two pages of the archive of the Child Rights International Network: the
// ranking of children's access to justice, and the passages on the minimum ages of criminal
// responsibility in Europe. Neither changes any more.
package crin

import (
	_ "embed"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

type reader struct{ about source.About }

// New returns the source.
func New() source.Source { return reader{source.MustAbout(about)} }

func (r reader) About() source.About                   { return r.about }
func (r reader) Requests(source.Plan) []source.Request { return r.about.Ask() }

// Parse reads one of the pages.
func (r reader) Parse(c source.Capture, emit source.Emit) error {
	blocks, err := open(c.Body)
	if err != nil {
		return err
	}
	switch c.Request {
	case "ranking":
		return readRanking(blocks, emit)
	case "age-europe":
		return readAges(blocks, emit)
	default:
		return fmt.Errorf("there is no request %q", c.Request)
	}
}

const (
	jurisdictionCount = 197   // ranked by the study
	highest           = 261.0 // points
)

// The four columns of the ranking, in the order in which the page was seen.
const (
	rankColumn = iota
	countryColumn
	scoreColumn
	percentColumn
	columnCount
)

// labels are the heads of the columns of rank and country, in lower case. Those of score and
// percent are told by 261 and by the sign or the word of percent.
var labels = map[string]int{
	"rank": rankColumn, "ranking": rankColumn, "position": rankColumn, "#": rankColumn, "no": rankColumn, "no.": rankColumn, "№": rankColumn,
	"место": rankColumn, "ранг": rankColumn, "рейтинг": rankColumn, "позиция": rankColumn,
	"country": countryColumn, "state": countryColumn, "jurisdiction": countryColumn, "страна": countryColumn, "государство": countryColumn, "юрисдикция": countryColumn,
}

// columnOf says which column a head is of; -1 for any other text.
func columnOf(text string) int {
	lower := strings.ToLower(text)
	column, ok := labels[lower]
	switch {
	case ok:
		return column
	case len(lower) > 80: // bytes: a sentence
		return -1
	case strings.Contains(lower, "%"), strings.Contains(lower, "percent"), strings.Contains(lower, "per cent"), strings.Contains(lower, "процент"):
		return percentColumn
	case strings.Contains(lower, "261"):
		return scoreColumn
	}
	return -1
}

// header finds the four heads beside each other, in any order: the place behind them, and where in a
// row each column stands.
func header(blocks []block) (after int, at [columnCount]int, err error) {
	found := 0
	for i := 0; i+columnCount <= len(blocks); i++ {
		var order [columnCount]int
		seen := map[int]bool{}
		for k := range columnCount {
			column := columnOf(blocks[i+k].text)
			if column < 0 || seen[column] {
				break
			}
			seen[column], order[column] = true, k
		}
		if len(seen) == columnCount {
			found, after, at = found+1, i+columnCount, order
			i += columnCount - 1
		}
	}
	if found != 1 {
		return 0, at, fmt.Errorf("want one header of rank, country, score out of 261 and percent, found %d", found)
	}
	return after, at, nil
}

// ranking gathers what the page says while its rows are read.
type ranking struct {
	part  source.Part
	emit  source.Emit
	rows  int
	rank  int // of the row before
	score float64
	seen  map[string]bool // code and jurisdiction
	parts int             // rows of parts of the United Kingdom
}

func readRanking(blocks []block, emit source.Emit) error {
	i, at, err := header(blocks)
	if err != nil {
		return err
	}
	r := &ranking{part: source.Part{Dataset: "justice_access", Complete: true}, emit: emit, score: math.Inf(1), seen: map[string]bool{}}
	for ; i+columnCount <= len(blocks) && rankForm.MatchString(blocks[i+at[rankColumn]].text); i += columnCount {
		r.row(blocks[i:i+columnCount], at)
	}
	if r.rows != jurisdictionCount {
		r.hold("ranking-incomplete", fmt.Sprintf("the page has %d rows of the ranking, not %d", r.rows, jurisdictionCount),
			"look whether the page has been cut, or the ranking goes on on another page", block{}, "")
	}
	if r.parts != 0 && r.parts != len(jurisdictions) {
		r.hold("parts-missing", fmt.Sprintf("the United Kingdom has %d rows, not %d: their mean would be wrong", r.parts, len(jurisdictions)),
			"look for a spelling that is not known yet", block{}, "")
	}
	emit.Part(r.part)
	return nil
}

var (
	rankForm    = regexp.MustCompile(`^(?:\d{1,3}|=)$`)
	scoreForm   = regexp.MustCompile(`^\d{1,3}(?:\.[05])?$`)
	percentForm = regexp.MustCompile(`^\d{1,3}(?:\.\d)?$`)
)

// row reads one row. Its percentage must follow from its score, and its rank from its place.
func (r *ranking) row(cells []block, at [columnCount]int) {
	text := func(column int) string { return cells[at[column]].text }
	name, quote := text(countryColumn), cells[0].text
	for _, c := range cells[1:] {
		quote += " | " + c.text
	}
	r.rows++
	hold := func(code, text, hint string) { r.hold(code, text, hint, cells[0], quote) }
	if name == "" || !scoreForm.MatchString(text(scoreColumn)) || !percentForm.MatchString(text(percentColumn)) {
		hold("row-not-understood", fmt.Sprintf("row %d reads %q", r.rows, quote), "look whether cells have moved")
		return
	}
	score, err1 := strconv.ParseFloat(text(scoreColumn), 64)
	percent, err2 := strconv.ParseFloat(text(percentColumn), 64)
	if err1 != nil || err2 != nil || text(percentColumn) != share(score) {
		hold("percent-differs", fmt.Sprintf("%s has %s points of 261 and %s percent; it would be %s", name, text(scoreColumn), text(percentColumn), share(score)),
			"look which of the two numbers is right")
		return
	}
	tie := text(rankColumn) == "="
	rank := r.rank
	if !tie {
		rank, _ = strconv.Atoi(text(rankColumn)) // digits, by rankForm
	}
	if tie != (score == r.score) || !tie && rank != r.rows || score > r.score {
		hold("rank-differs", fmt.Sprintf("%s stands in row %d with rank %q and %s points, after one with %v", name, r.rows, text(rankColumn), text(scoreColumn), r.score),
			"look whether a row is missing above")
	}
	r.rank, r.score = rank, score
	values := schemas.Cells{
		"published_name": schemas.Str(name), "rank": schemas.Num(int64(rank)), "score": schemas.Real(score), "percent": schemas.Real(percent),
	}
	place, _ := places.Default().Lookup(name)
	part := jurisdictionOf(name)
	if part != "" {
		r.parts++
		values["jurisdiction"] = schemas.Str(part)
	}
	if key := place.Code + "/" + part; place.Code != "" && r.seen[key] {
		hold("place-twice", fmt.Sprintf("%q is a second row for %s", name, place.Name), "look which of the rows is right")
	} else {
		r.seen[key] = true
	}
	r.emit.Row(r.part.Dataset, values, cells[0].path(), quote)
}

// share writes a score as a percentage of 261, as CRIN does: one decimal, and none where it is 0.
// No score in steps of a half lies between two decimals.
func share(score float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(math.Round(score*1000/highest)/10, 'f', 1, 64), ".0")
}

func (r *ranking) hold(code, text, hint string, at block, quote string) {
	r.part.Complete = false
	r.emit.Finding(source.Finding{
		Code: code, Severity: source.Hold, Dataset: r.part.Dataset, Part: r.part.Name(), Text: text, Hint: hint, Locator: at.path(), Quote: quote,
	})
}

// jurisdictions are the parts of the United Kingdom that CRIN treats by themselves, with the words
// that name them.
var jurisdictions = []struct {
	name  string
	words []string
}{
	{"England and Wales", []string{"england and wales", "england & wales", "англия и уэльс"}},
	{"Northern Ireland", []string{"northern ireland", "северная ирландия"}},
	{"Scotland", []string{"scotland", "шотландия"}},
}

// jurisdictionOf returns the part of the United Kingdom that a name is of, alone or in brackets
// behind the state's; "" for a whole state.
func jurisdictionOf(name string) string {
	lower := strings.ToLower(name)
	for _, j := range jurisdictions {
		for _, w := range j.words {
			if lower == w || strings.HasSuffix(lower, "("+w+")") {
				return j.name
			}
		}
	}
	return ""
}
