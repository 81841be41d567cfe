package untreaties

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
)

// page is a parsed status page. Elements are found by the end of their id: the
// beginning names the ASP.NET containers, which have changed before.
type page struct {
	doc                        *goquery.Document
	dateElement, countsElement *goquery.Selection
}

// participant is one row of the table, or one name in a list of declarations.
type participant struct {
	name, references string // references are footnotes' numbers, separated by blanks
	signed, consent  time.Time
	kind             string // of consent, a word of schemas.ConsentKinds
	linked           bool   // the name leads to a declaration
	locator, quote   string
}

func (p participant) status() string {
	switch {
	case !p.consent.IsZero():
		return "party"
	case !p.signed.IsZero():
		return "signed"
	default:
		return "none"
	}
}

// open parses the bytes of a page. A page whose end is missing is refused here,
// since a table that was cut off still parses.
func open(body []byte) (*page, error) {
	text := bytes.TrimSpace(body)
	switch {
	case len(text) == 0:
		return nil, errors.New("the page is empty")
	case !utf8.Valid(text):
		return nil, fmt.Errorf("the page is not UTF-8: byte %d", badByte(body))
	case !bytes.HasSuffix(bytes.ToLower(text), []byte("</html>")):
		return nil, fmt.Errorf("the page breaks off: after %d bytes it does not end with </html>", len(body))
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("parse the page: %w", err)
	}
	return &page{doc: doc}, nil
}

func badByte(body []byte) int {
	at := 0
	for at < len(body) {
		r, size := utf8.DecodeRune(body[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return at
}

// one returns the only element whose id ends in suffix, and its words.
func (p *page) one(suffix string) (*goquery.Selection, string, error) {
	found := p.doc.Find(`[id$="_` + suffix + `"]`)
	if found.Length() != 1 {
		return nil, "", fmt.Errorf("want one element with an id ending in %s, found %d, on the page titled %q",
			suffix, found.Length(), words(p.doc.Find("title").First()))
	}
	return found, words(found), nil
}

var treatyLine = regexp.MustCompile(`^(\d+)\. (?:([a-z]) )?(\S.*)$`)

// isAbout fails unless chapter, number and title are those of the treaty.
func (p *page) isAbout(want treaty) error {
	_, line, err := p.one("rptTreaty_ctl00_tcTreaty")
	if err != nil {
		return err
	}
	_, chapter, err := p.one("rptHead_ctl00_tcHead")
	if err != nil {
		return err
	}
	m := treatyLine.FindStringSubmatch(line)
	if m == nil || chapter != want.chapter || m[1] != want.number || m[2] != want.letter || !want.names(m[3]) {
		return fmt.Errorf("the page is about %q of %q, not about %q, number %s",
			line, chapter, want.title, strings.TrimSpace(want.number+". "+want.letter))
	}
	return nil
}

// names reports whether a title is the treaty's. A protocol's title goes on after
// the words that tell it from the others.
func (t treaty) names(title string) bool {
	if t.letter == "" {
		return strings.EqualFold(title, t.title)
	}
	begin, _, more := strings.Cut(title, ",")
	return more && strings.EqualFold(begin, t.title)
}

var statusLine = regexp.MustCompile(`^STATUS AS AT : (\d\d-\d\d-\d{4}) \d\d:\d\d:\d\d [A-Z]{2,4}$`)

// statusDate reads the day for which the page vouches. The hour's zone says EDT in
// winter too, so the hour is left out.
func (p *page) statusDate() (time.Time, error) {
	found, line, err := p.one("div3")
	if err != nil {
		return time.Time{}, fmt.Errorf("status date: %w", err)
	}
	p.dateElement = found
	m := statusLine.FindStringSubmatch(line)
	if m == nil {
		return time.Time{}, fmt.Errorf("status date: %q is not like \"STATUS AS AT : 03-02-2026 10:16:18 EDT\"", line)
	}
	day, err := time.Parse("02-01-2006", m[1])
	if err != nil {
		return time.Time{}, fmt.Errorf("status date: %q is no day-month-year", m[1])
	}
	return day, nil
}

var countsLine = regexp.MustCompile(`^Signatories : (\d+)\. Parties : (\d+)\.?$`)

// counts reads how many signatories and parties the page itself counts.
func (p *page) counts() (signatories, parties int, err error) {
	found, line, err := p.one("rptStatus_ctl00_tcText")
	if err != nil {
		return 0, 0, fmt.Errorf("counts: %w", err)
	}
	p.countsElement = found
	m := countsLine.FindStringSubmatch(line)
	if m == nil {
		return 0, 0, fmt.Errorf("counts: %q is not like \"Signatories : 140. Parties : 196\"", line)
	}
	signatories, err1 := strconv.Atoi(m[1])
	parties, err2 := strconv.Atoi(m[2])
	return signatories, parties, errors.Join(err1, err2)
}

// participants reads the table of participants.
func (p *page) participants() ([]participant, error) {
	table, _, err := p.one("tblgrid")
	if err != nil {
		return nil, fmt.Errorf("table of participants: %w", err)
	}
	lines := table.Find("tr")
	if inner := table.ChildrenFiltered("tbody").ChildrenFiltered("tr"); inner.Length() != lines.Length() || table.Children().Length() != 1 || lines.Length() < 2 {
		return nil, fmt.Errorf("table of participants: %d rows in %d sections, want a header and rows in one section", lines.Length(), table.Children().Length())
	}
	letters, err := readHeader(cellsOf(lines.First()))
	if err != nil {
		return nil, fmt.Errorf("table of participants: %w", err)
	}
	var rows []participant
	for i, line := range lines.Slice(1, goquery.ToEnd).EachIter() {
		row, err := readRow(cellsOf(line), letters)
		if err != nil {
			return nil, fmt.Errorf("table of participants: row %d: %w", i+2, err)
		}
		row.locator = fmt.Sprintf("%s > tbody > tr:nth-child(%d)", locate(table), i+2)
		rows = append(rows, row)
	}
	return rows, nil
}

func cellsOf(line *goquery.Selection) []*goquery.Selection {
	var cells []*goquery.Selection
	for _, cell := range line.Children().EachIter() {
		cells = append(cells, cell)
	}
	return cells
}

// consentKinds are the letters after a date. They differ by case alone: A is
// acceptance, a is accession. No letter is ratification.
var consentKinds = map[string]string{"": "ratification", "A": "acceptance", "AA": "approval", "a": "accession", "d": "succession"}

var headerWord = regexp.MustCompile(`^([A-Z][a-z]+)(?:\(([A-Za-z]+)\))?$`)

// readHeader checks the header and returns the letters that it explains, such as A
// in "Ratification, Acceptance(A), Accession(a)". Its third cell differs by treaty.
func readHeader(cells []*goquery.Selection) ([]string, error) {
	heads := []string{"", "", ""}
	if len(cells) != len(heads) {
		return nil, fmt.Errorf("the header has %d cells, want 3", len(cells))
	}
	for i, cell := range cells {
		heads[i] = words(cell)
	}
	if heads[0] != "Participant" || heads[1] != "Signature" {
		return nil, fmt.Errorf("the header reads %q, want Participant, Signature and kinds of consent", strings.Join(heads, " | "))
	}
	var letters []string
	for _, word := range strings.Split(heads[2], ", ") {
		m := headerWord.FindStringSubmatch(word)
		if m == nil || consentKinds[m[2]] != strings.ToLower(m[1]) {
			return nil, fmt.Errorf("the header's third cell reads %q: %q is no kind of consent with its letter", heads[2], word)
		}
		letters = append(letters, m[2])
	}
	return letters, nil
}

func readRow(cells []*goquery.Selection, letters []string) (participant, error) {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		texts[i] = words(cell)
	}
	row := participant{quote: strings.Join(texts, " | ")}
	if len(cells) != 3 {
		return row, fmt.Errorf("%q has %d cells, want 3", row.quote, len(cells))
	}
	var notes []string
	for i, cell := range cells {
		bare, numbers, err := withoutNotes(cell)
		if err != nil {
			return row, err
		}
		texts[i] = bare
		notes = append(notes, numbers...)
	}
	if row.name = texts[0]; row.name == "" {
		return row, fmt.Errorf("%q has no name", row.quote)
	}
	row.references = strings.Join(notes, " ")
	row.linked = cells[0].Find(`a[onclick*="ShowDeclarations"]`).Length() > 0
	var letter string
	var err error
	if row.signed, letter, err = readDate(texts[1]); err != nil || letter != "" {
		return row, fmt.Errorf("%s: signature %q is no date like 26 Jan 1990", row.name, texts[1])
	}
	if row.consent, letter, err = readDate(texts[2]); err != nil {
		return row, fmt.Errorf("%s: %q is no date like 6 Feb 1995 with the letter of its kind", row.name, texts[2])
	}
	if !row.consent.IsZero() {
		if !slices.Contains(letters, letter) {
			return row, fmt.Errorf("%s: the header does not explain the letter %q in %q", row.name, letter, texts[2])
		}
		row.kind = consentKinds[letter]
	}
	return row, nil
}

// withoutNotes returns the words of a cell and the numbers of its footnotes, which
// follow them raised. Digits that are not raised belong to the words.
func withoutNotes(cell *goquery.Selection) (text string, numbers []string, err error) {
	for _, raised := range cell.Find("sup").EachIter() {
		for number := range strings.FieldsFuncSeq(words(raised), func(r rune) bool { return r == ',' || r == ' ' }) {
			if strings.Trim(number, "0123456789") != "" {
				return "", nil, fmt.Errorf("%q has the footnote %q, which is no number", words(cell), number)
			}
			numbers = append(numbers, number)
		}
	}
	bare := cell.Clone()
	bare.Find("sup").Remove()
	return words(bare), numbers, nil
}

var (
	printedDate = regexp.MustCompile(`^(\d{1,2}) ([A-Z][a-z]{2}) (\d{4})(?: ([A-Za-z]+))?$`)
	months      = []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
)

// readDate reads a date and the letter after it. An empty cell is the zero date.
func readDate(text string) (day time.Time, letter string, err error) {
	if text == "" {
		return time.Time{}, "", nil
	}
	m := printedDate.FindStringSubmatch(text)
	if m == nil || !slices.Contains(months, m[2]) {
		return time.Time{}, "", fmt.Errorf("%q is no date", text)
	}
	day, err = time.Parse("2 Jan 2006", strings.Join(m[1:4], " "))
	return day, m[4], err
}

// section reads the participants of a list of declarations (dgDec) or objections
// (dgObj). It returns nil where the page has no such list.
func (p *page) section(id string) ([]participant, error) {
	list := p.doc.Find(`[id$="_` + id + `"]`)
	if list.Length() == 0 {
		return nil, nil
	}
	names := list.Find(`[id*="_` + id + `_ctl"][id$="_divParticipant"]`)
	texts := list.Find(`[id*="_` + id + `_ctl"][id$="_divText"]`)
	if list.Length() != 1 || names.Length() == 0 || names.Length() != texts.Length() {
		return nil, fmt.Errorf("section %s: %d lists with %d names and %d texts, want one list and as many names as texts",
			id, list.Length(), names.Length(), texts.Length())
	}
	var found []participant
	for i, cell := range names.EachIter() {
		// The server numbers the entries from 02: a gap is an entry that went missing.
		if want := fmt.Sprintf("_%s_ctl%02d_divParticipant", id, i+2); !strings.HasSuffix(cell.AttrOr("id", ""), want) {
			return nil, fmt.Errorf("section %s: entry %d has the id %q, want one ending in %s", id, i+1, cell.AttrOr("id", ""), want)
		}
		name, notes, err := withoutNotes(cell)
		if err != nil {
			return nil, fmt.Errorf("section %s: entry %d: %w", id, i+1, err)
		}
		if name == "" {
			return nil, fmt.Errorf("section %s: entry %d has no name", id, i+1)
		}
		found = append(found, participant{name: name, references: strings.Join(notes, " "), locator: locate(cell), quote: words(cell)})
	}
	return found, nil
}

// hasFootnotes reports whether the page carries footnotes at all.
func (p *page) hasFootnotes() bool {
	return p.doc.Find(`[id$="_dgNotesAll"], [id$="_tblgrid"] sup`).Length() > 0
}

// locate returns the CSS path of an element that has an id.
func locate(e *goquery.Selection) string { return "#" + e.AttrOr("id", "") }

// words returns the text of an element with blanks of any kind made single.
func words(e *goquery.Selection) string { return strings.Join(strings.Fields(e.Text()), " ") }
