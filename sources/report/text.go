package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
)

// Headers of the three CSV files. "line" is the line of the report's text.
const (
	figuresHeader      = "figure,row,column_number,published_name,column,value,footnote,line"
	capabilitiesHeader = "capability,domain,title,description,line"
	daysHeader         = "published_name,status,updated,line"
)

// records reads a CSV file without its header and gives each record to take.
func records(body []byte, take func(r []string) error) error {
	in := csv.NewReader(bytes.NewReader(body))
	all, err := in.ReadAll() // the header sets the number of fields
	if err != nil {
		return err
	}
	for i, r := range all[1:] {
		if err := take(r); err != nil {
			return fmt.Errorf("record %d, after the header: %w", i+1, err)
		}
	}
	return nil
}

// count reads a number of lines, rows or columns.
func count(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a position from 1", s)
	}
	return n, nil
}

func figuresCSV(body []byte) (*document, error) {
	d := &document{figures: [][]printed{}}
	err := records(body, func(r []string) error {
		var at [4]int // figure, row, column, line
		for i, field := range []int{0, 1, 2, 7} {
			var err error
			if at[i], err = count(r[field]); err != nil {
				return err
			}
		}
		if at[0] == len(d.figures)+1 {
			d.figures = append(d.figures, nil)
		}
		if at[0] != len(d.figures) || at[0] > len(figures) {
			return fmt.Errorf("a cell of figure %d is out of place", at[0])
		}
		rows, spec := &d.figures[at[0]-1], figures[at[0]-1]
		if at[2] == 1 {
			*rows = append(*rows, printed{line: at[3], name: r[3]})
		}
		if at[1] != len(*rows) {
			return fmt.Errorf("row %d of figure %d is out of place", at[1], at[0])
		}
		row := &(*rows)[at[1]-1]
		if row.name != r[3] || row.line != at[3] || at[2] != len(row.cells)+1 || at[2] > len(spec.columns) || spec.columns[at[2]-1].name != r[4] {
			return fmt.Errorf("column %d (%s) of row %d of figure %d is out of place", at[2], r[4], at[1], at[0])
		}
		row.cells = append(row.cells, cell{text: r[5], footnote: r[6]})
		return nil
	})
	for i, rows := range d.figures {
		for _, row := range rows {
			if err == nil && len(row.cells) != len(figures[i].columns) {
				err = fmt.Errorf("row %q of figure %d has %d cells, not %d", row.name, i+1, len(row.cells), len(figures[i].columns))
			}
		}
	}
	return d, err
}

func capabilitiesCSV(body []byte) (*document, error) {
	d := &document{capabilities: []capability{}}
	err := records(body, func(r []string) error {
		number, err := count(r[0])
		if err != nil {
			return err
		}
		line, err := count(r[4])
		d.capabilities = append(d.capabilities, capability{number: number, line: line, domain: r[1], title: r[2], description: r[3]})
		return err
	})
	return d, err
}

func daysCSV(body []byte) (*document, error) {
	d := &document{days: []day{}}
	err := records(body, func(r []string) error {
		updated, err := schemas.Parse(schemas.Date, r[2])
		if err != nil {
			return err
		}
		line, err := count(r[3])
		d.days = append(d.days, day{line: line, name: r[0], status: r[1], updated: updated})
		return err
	})
	return d, err
}

// readText reads the report's text: tables are lines with tabs, below a line that
// starts with "Country". Figures have their captions below them.
func readText(body string) (*document, error) {
	lines := strings.Split(body, "\n")
	var heads []int
	enablers := -1
	for i, l := range lines {
		switch {
		case strings.HasPrefix(l, "Country\t"):
			heads = append(heads, i)
		case l == modelHeader && enablers < 0:
			enablers = i
		case l == modelHeader:
			return nil, fmt.Errorf("line %d: a second table %q", i+1, modelHeader)
		}
	}
	if len(heads) != len(figures)+1 || enablers < 0 {
		return nil, fmt.Errorf("%d tables start with Country, not %d, or no table starts with %q: the text is not whole", len(heads), len(figures)+1, modelHeader)
	}
	d := &document{}
	for i, f := range figures {
		rows, err := f.readText(lines, heads[i])
		if err != nil {
			return nil, fmt.Errorf("figure %d: %w", i+1, err)
		}
		d.figures = append(d.figures, rows)
	}
	if err := d.readCapabilities(lines, enablers); err != nil {
		return nil, fmt.Errorf("appendix 2: %w", err)
	}
	if err := d.readDays(lines, heads[len(figures)]); err != nil {
		return nil, fmt.Errorf("appendix 3: %w", err)
	}
	return d, nil
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹"

var (
	toDigits   = strings.NewReplacer("⁰", "0", "¹", "1", "²", "2", "³", "3", "⁴", "4", "⁵", "5", "⁶", "6", "⁷", "7", "⁸", "8", "⁹", "9")
	toSupers   = strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")
	noted      = regexp.MustCompile(`^(.*?) ?([` + superscripts + `]+)$`)
	captioned  = regexp.MustCompile(`^Fig\. ?(\d) (.+)$`) // only the first has the blank
	footnote   = regexp.MustCompile(`^[` + superscripts + `]+ `)
	numbered   = regexp.MustCompile(`^(\d+) (\S.*)$`)
	separator  = regexp.MustCompile(`^-+\t--$`)
	dated      = regexp.MustCompile(`^<p>\(?(\d\d/\d\d/\d{4})\) `) // some dates have lost their opening bracket
	waiting    = regexp.MustCompile(`^<p>["“]We are awaiting an update on this SID Committee['’]s plans for Safer Internet Day 2021\.["”] \(Last checked (\d\d/\d\d/\d{4})\)</p>$`)
	paragraphs = strings.NewReplacer("<p>", "", "</p>", "")
)

// splitNote parts a cell from the number of its footnote.
func splitNote(s string) cell {
	if m := noted.FindStringSubmatch(s); m != nil {
		return cell{text: m[1], footnote: toDigits.Replace(m[2])}
	}
	return cell{text: s}
}

// readText reads the figure whose header is lines[head].
func (f figure) readText(lines []string, head int) ([]printed, error) {
	heads := strings.Split(lines[head], "\t")[1:]
	if len(heads) != len(f.columns) {
		return nil, fmt.Errorf("line %d: %d columns, not %d", head+1, len(heads), len(f.columns))
	}
	for j, h := range heads {
		if splitNote(h).text != f.columns[j].title {
			return nil, fmt.Errorf("line %d: the head of column %d is %q, not %q", head+1, j+1, h, f.columns[j].title)
		}
	}
	var rows []printed
	for i := head + 1; i < len(lines); i++ {
		l := lines[i]
		fields := strings.Split(l, "\t")
		switch m := captioned.FindStringSubmatch(l); {
		case l == "" || footnote.MatchString(l):
			// Footnotes stand in the middle of a table where a page ended.
		case m != nil && m[1] == strconv.Itoa(f.number) && splitNote(m[2]).text == f.caption:
			return rows, nil
		case len(fields) != len(f.columns)+1:
			return nil, fmt.Errorf("line %d: %.60q is neither a row of %d cells, nor a footnote, nor the caption", i+1, l, len(f.columns))
		default:
			row := printed{line: i + 1, name: fields[0]}
			for _, s := range fields[1:] {
				row.cells = append(row.cells, splitNote(s))
			}
			rows = append(rows, row)
		}
	}
	return nil, fmt.Errorf("line %d: no caption follows the table", head+1)
}

const modelHeader = "Enablers\tCapabilities\tOutcomes\t"

// untitled are the titles of the capabilities that the text prints without a colon.
var untitled = map[int]string{
	2: "Research, Analysis and Monitoring", 3: "Legislation",
	20: "Ethical and Informed Media Reporting", 21: "Universal Terminology",
}

// readCapabilities reads the four columns below the header: enabler, domain,
// capability, outcome. A domain stands in the first row of its merged cell.
func (d *document) readCapabilities(lines []string, head int) error {
	d.capabilities = []capability{}
	domain := ""
	for i := head + 1; i < len(lines) && lines[i] != ""; i++ {
		fields := strings.Split(lines[i], "\t")
		if len(fields) != 4 {
			return fmt.Errorf("line %d: %d cells, not 4", i+1, len(fields))
		}
		if s := strings.TrimSpace(fields[1]); s != "" {
			domain = s
		}
		m := numbered.FindStringSubmatch(fields[2])
		if m == nil {
			return fmt.Errorf("line %d: %.60q does not start with the number of a capability", i+1, fields[2])
		}
		n, err := count(m[1])
		if err != nil {
			return fmt.Errorf("line %d: %w", i+1, err)
		}
		title, description, ok := strings.Cut(m[2], ": ")
		if without := untitled[n]; without != "" {
			title = without
			description, ok = strings.CutPrefix(m[2], without+" ")
		}
		if !ok {
			return fmt.Errorf("line %d: nothing parts the title from the description in %.60q", i+1, m[2])
		}
		d.capabilities = append(d.capabilities, capability{n, i + 1, domain, title, description})
	}
	return nil
}

// readDays reads state, date and status of appendix 3, never its prose. A cell that
// ran over a page goes on in a row without a name.
func (d *document) readDays(lines []string, head int) error {
	if lines[head] != "Country\t2021 planned activities & date updated" {
		return fmt.Errorf("line %d: %q is not its header", head+1, lines[head])
	}
	d.days = []day{}
	var texts []string // without markup, to find repeated ones
	for i := head + 1; i < len(lines) && lines[i] != "--\t--"; i++ {
		l := lines[i]
		name, text, row := strings.Cut(l, "\t")
		name = paragraphs.Replace(name)
		plain := paragraphs.Replace(text)
		switch {
		case l == "" || separator.MatchString(l) || !row && footnote.MatchString(l):
		case !row:
			return fmt.Errorf("line %d: %.60q is neither a row nor a footnote", i+1, l)
		case name == "" && text != "" && len(d.days) > 0 && !dated.MatchString(text):
		case d.has(name) && text != "" && !dated.MatchString(text) && repeats(plain, texts):
			d.findings = append(d.findings, stray(i+1, name))
		default:
			status, updated, err := statusOf(text)
			if err != nil {
				return fmt.Errorf("line %d: %s: %w", i+1, name, err)
			}
			d.days = append(d.days, day{line: i + 1, name: name, status: status, updated: updated})
			texts = append(texts, plain)
		}
	}
	return nil
}

func (d *document) has(name string) bool {
	return slices.ContainsFunc(d.days, func(o day) bool { return o.name == name })
}

// repeats reports whether text is the end of a cell that was read before. A first
// letter may have been made large when the end was taken for a sentence.
func repeats(text string, before []string) bool {
	return slices.ContainsFunc(before, func(b string) bool {
		at := len(b) - len(text)
		return at > 0 && strings.EqualFold(b[at:], text)
	})
}

func stray(line int, name string) source.Finding {
	return source.Finding{
		Code: "stray-row", Severity: source.Note, Dataset: "safer_internet_day", Part: "year=2021",
		Text:    fmt.Sprintf("appendix 3 has a second row of %s, in line %d, without a date: it repeats the end of another state's cell and was left out", name, line),
		Locator: fmt.Sprintf("line %d", line), Quote: name,
	}
}

// printedDay is how the report prints days.
const printedDay = "02/01/2006"

func statusOf(text string) (status string, updated schemas.Value, err error) {
	if text == "" {
		return none, schemas.Value{}, nil
	}
	status = planned
	m := dated.FindStringSubmatch(text)
	if m == nil {
		status, m = awaiting, waiting.FindStringSubmatch(text)
	}
	if m == nil {
		return "", schemas.Value{}, fmt.Errorf("the cell starts neither with a day nor with the sentence that an update is awaited: %.60q", text)
	}
	t, err := time.Parse(printedDay, m[1])
	return status, schemas.Day(t), err
}

// sameState reports whether two spellings are of one state.
func sameState(a, b string) bool {
	p, _ := places.Default().Lookup(a)
	q, ok := places.Default().Lookup(b)
	return ok && p.Code == q.Code
}
