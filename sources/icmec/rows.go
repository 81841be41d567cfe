package icmec

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/read/pdftable"
	"baseline/sources/source"
)

// marks are the glyphs that stand for yes and no, whatever the font gives for them.
type marks struct{ yes, no string }

// A legend is a text of nothing but its items, such as "✓ = Yes; ✗ = No", or the other way round,
// "Yes: ✓". Prose like "Section 5 – No person shall" is none.
const (
	separator = ` ?(?:=|:|–|—|-|means|indicates) ?`
	meaning   = `["“]?(?:yes|no)["”]?`
)

var (
	legendForm = regexp.MustCompile(`(?i)^(?:(?:key|legend) ?:? ?)?((?:(?:\S` + separator + meaning + `|` + meaning + separator + `\S)(?: ?[;,|/.] ?| |$))+)$`)
	markMeans  = regexp.MustCompile(`(?i)(\S)` + separator + `["“]?(yes|no)\b`)
	meansMark  = regexp.MustCompile(`(?i)\b(yes|no)["”]?` + separator + `(\S)`)
)

// readLegend finds which glyph means yes and which no. A glyph that the font does not explain, a
// glyph with two meanings or a meaning with two glyphs is an error: nothing is guessed.
func readLegend(lines []pdftable.Line) (m marks, err error) {
	found := map[string]map[string]bool{"yes": {}, "no": {}}
	for _, text := range legends(lines) {
		for _, f := range markMeans.FindAllStringSubmatch(text, -1) {
			found[strings.ToLower(f[2])][f[1]] = true
		}
		for _, f := range meansMark.FindAllStringSubmatch(text, -1) {
			found[strings.ToLower(f[1])][f[2]] = true
		}
	}
	for word, into := range map[string]*string{"yes": &m.yes, "no": &m.no} {
		if len(found[word]) != 1 {
			return marks{}, fmt.Errorf("the document has %d marks for yes and %d for no in its legend, not one of each", len(found["yes"]), len(found["no"]))
		}
		for glyph := range found[word] {
			*into = glyph
		}
	}
	if m.yes == m.no || m.yes == "\ufffd" || m.no == "\ufffd" {
		return marks{}, errors.New("the marks for yes and no cannot be told apart: the file's font does not say what its glyphs are")
	}
	return m, nil
}

// legends returns the items of legends: those of whole lines, or of texts that stand by themselves in one.
func legends(lines []pdftable.Line) (items []string) {
	for _, l := range lines {
		texts := []string{l.Text()}
		for _, s := range l.Segments {
			texts = append(texts, s.Text)
		}
		for _, text := range texts {
			if m := legendForm.FindStringSubmatch(text); m != nil {
				items = append(items, m[1])
				break
			}
		}
	}
	return items
}

// book gathers what one edition says while its rows are read.
type book struct {
	identity
	marks   marks
	part    source.Part
	emit    source.Emit
	names   map[string]bool
	codes   map[string]int64 // criteria met by code of the place
	met     map[string]int   // countries by criterion
	first4  int              // countries that meet the first four criteria
	rows    int
	leftOut int
}

var (
	noted  = regexp.MustCompile(`^(.*?) ?([⁰¹²³⁴⁵⁶⁷⁸⁹][⁰¹²³⁴⁵⁶⁷⁸⁹, ]*)?$`)
	plain  = strings.NewReplacer("⁰", "0", "¹", "1", "²", "2", "³", "3", "⁴", "4", "⁵", "5", "⁶", "6", "⁷", "7", "⁸", "8", "⁹", "9", ",", " ")
	unsure = regexp.MustCompile(`[\d⁰¹²³⁴-⁹\x{FFFD}]`)
)

// withoutNotes parts a cell from the raised numbers of its footnotes.
func withoutNotes(cell string) (text string, numbers []string) {
	m := noted.FindStringSubmatch(cell)
	if m == nil {
		return cell, nil
	}
	return m[1], strings.Fields(plain.Replace(m[2]))
}

func (b *book) row(row pdftable.Row) {
	name, references := withoutNotes(row.Cells[0].Text)
	name = unbroken(name)
	at, quote := fmt.Sprintf("page %d, box %s", row.Page, boxOf(row)), quoteOf(row)
	if name == "" || unsure.MatchString(name) {
		b.hold("name-not-understood", fmt.Sprintf("the name %q has digits or unknown characters, or is empty", name),
			"look whether a footnote's number stands in the name", at, quote)
		return
	}
	if b.names[name] {
		b.hold("double-name", fmt.Sprintf("the name %q stands twice in the table", name), "look which of the rows is right", at, quote)
		return
	}
	b.names[name] = true
	cells := schemas.Cells{"review": schemas.Str(b.review), "edition": schemas.Str(b.edition), "published_name": schemas.Str(name)}
	met, count := make([]bool, len(criteria)), int64(0)
	for i, column := range criteria {
		mark, numbers := withoutNotes(row.Cells[i+1].Text)
		references = append(references, numbers...)
		if mark != b.marks.yes && mark != b.marks.no {
			b.leftOut, b.part.Complete = b.leftOut+1, false
			b.question("criterion-without-mark", fmt.Sprintf("%s has %q instead of a mark for %s; its criteria cannot be counted, and it has no row", name, mark, column),
				"read the note, and enter the country in the curated table", at, quote)
			return
		}
		met[i] = mark == b.marks.yes
		cells[column] = schemas.Yes(met[i])
		if met[i] {
			count++
		}
	}
	b.tally(name, met, count, at, quote)
	cells["criteria_met"] = schemas.Num(count)
	if len(references) > 0 {
		cells["references"] = schemas.Str(strings.Join(references, " "))
	}
	b.emit.Row(b.part.Dataset, cells, at, quote)
}

// tally counts a row for the checks.
func (b *book) tally(name string, met []bool, count int64, at, quote string) {
	b.rows++
	for i, column := range criteria {
		if met[i] {
			b.met[column]++
		}
	}
	if met[0] && met[1] && met[2] && met[3] {
		b.first4++
	}
	place, ok := places.Default().Lookup(name)
	if !ok {
		return
	}
	if _, twice := b.codes[place.Code]; twice {
		b.hold("place-twice", fmt.Sprintf("%q is a second row for %s", name, place.Name), "look which of the rows is right", at, quote)
	}
	b.codes[place.Code] = count
}

// unbroken mends a name that was broken at its hyphen, if only the mended name is a place.
func unbroken(name string) string {
	mended := strings.ReplaceAll(name, "- ", "-")
	if _, ok := places.Default().Lookup(name); !ok && mended != name {
		if _, ok := places.Default().Lookup(mended); ok {
			return mended
		}
	}
	return name
}

// boxOf is the smallest box around the row's printed cells.
func boxOf(row pdftable.Row) pdftable.Box {
	box := row.Cells[0].Box
	for _, c := range row.Cells[1:] {
		if c.Text != "" {
			box.X0, box.Y0 = min(box.X0, c.Box.X0), min(box.Y0, c.Box.Y0)
			box.X1, box.Y1 = max(box.X1, c.Box.X1), max(box.Y1, c.Box.Y1)
		}
	}
	return box
}

func quoteOf(row pdftable.Row) string {
	texts := make([]string, len(row.Cells))
	for i, c := range row.Cells {
		texts[i] = c.Text
	}
	return strings.Join(texts, " | ")
}

func (b *book) hold(code, text, hint, locator, quote string) {
	b.part.Complete = false
	b.find(source.Hold, code, text, hint, locator, quote)
}

func (b *book) question(code, text, hint, locator, quote string) {
	b.find(source.Question, code, text, hint, locator, quote)
}

func (b *book) find(severity source.Severity, code, text, hint, locator, quote string) {
	b.emit.Finding(source.Finding{
		Code: code, Severity: severity, Dataset: b.part.Dataset, Part: b.part.Name(), Text: text, Hint: hint, Locator: locator, Quote: quote,
	})
}

var countForm = regexp.MustCompile(`\b(19\d|200) (?:countries|states|nations)\b`)

// countries compares the rows with the number of countries of which the document speaks. Only
// where both agree was the table surely read to its end.
func (b *book) countries(outside []pdftable.Line) {
	said, words := map[int]bool{}, make([]string, len(outside))
	for i, l := range outside {
		words[i] = l.Text()
	}
	for _, m := range countForm.FindAllStringSubmatch(strings.Join(words, " "), -1) {
		n, err := strconv.Atoi(m[1])
		said[n] = err == nil
	}
	if len(said) != 1 || !said[b.rows+b.leftOut] {
		b.part.Complete = false
		b.question("number-of-countries", fmt.Sprintf("the table has %d countries; the document's text does not speak of that number, or of several", b.rows+b.leftOut),
			"look whether rows are missing", "", "")
	}
}
