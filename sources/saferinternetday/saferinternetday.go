// Package saferinternetday reads the pages of the Safer Internet Day Committees: for
// which year a committee last told what it does, and when.
package saferinternetday

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"baseline/schemas"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

const dataset = "safer_internet_day"

type reader struct {
	about source.About
	names names
	words words
	hosts []string // of the addresses asked, without www.
}

// New returns the source safer-internet-day. A mistake in the files compiled into it
// panics, so that the first test that runs meets it.
func New() source.Source {
	r := reader{about: source.MustAbout(about)}
	var err error
	if r.names, err = readNames(statesCSV); err != nil {
		panic(err)
	}
	if err = yaml.Unmarshal(wordsYAML, &r.words); err != nil {
		panic(fmt.Errorf("words.yaml: %w", err))
	}
	for _, req := range r.about.Requests {
		if _, ok := r.names.asked[req.ID]; !ok {
			panic(fmt.Errorf("request %s of source.yaml is not in states.csv", req.ID))
		}
		for _, a := range req.Addresses {
			u, err := url.Parse(a)
			if err != nil {
				panic(err)
			}
			r.hosts = append(r.hosts, bareHost(u))
		}
	}
	slices.Sort(r.hosts)
	r.hosts = slices.Compact(r.hosts)
	return r
}

func (r reader) About() source.About                   { return r.about }
func (r reader) Requests(source.Plan) []source.Request { return r.about.Ask() }

// Parse reads one committee's page into at most one row. It fails on a page of another
// site, language, state or committee, on one that breaks off, and on one without the
// known heading. A page from which the year cannot be told gives a finding and no row.
func (r reader) Parse(c source.Capture, emit source.Emit) error {
	asked, ok := r.names.asked[c.Request]
	if !ok {
		return fmt.Errorf("states.csv does not say which state %q asks for", c.Request)
	}
	if err := r.answered(c.URL); err != nil {
		return err
	}
	lines, err := linesOf(c.Body, r.words.own)
	if err != nil {
		return err
	}
	p, err := r.words.read(lines, r.names)
	if err != nil {
		return err
	}
	if err := p.title.check(asked); err != nil {
		return err
	}
	if p.updated.After(c.Taken.AddDate(0, 0, 1)) {
		return fmt.Errorf("the page headed %q was updated on %s, after it was fetched: its date is wrong", p.title.text, p.updated.Format(time.DateOnly))
	}
	emitPage(emit, c, asked, p)
	return nil
}

var language = regexp.MustCompile(`^/([A-Za-z]{2})(?:[-_][A-Za-z]{2})?/`)

func bareHost(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") }

// answered refuses the answer of another host, or a page in another language.
func (r reader) answered(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("the address that answered cannot be read: %w", err)
	}
	if host := bareHost(u); host != "" && !slices.Contains(r.hosts, host) {
		return fmt.Errorf("%s answered, which is none of %s: copies of these pages stand on other hosts; if the publisher moved, add its address to source.yaml", host, strings.Join(r.hosts, ", "))
	}
	if m := language.FindStringSubmatch(u.Path); m != nil && !strings.EqualFold(m[1], "en") {
		return fmt.Errorf("the address that answered, %s, is of a page in the language %q, not in English", address, m[1])
	}
	return nil
}

// columns are those that each page records.
var columns = []string{"year", "iso3", "committee", "published_name", "status", "organiser", "address"}

// emitPage emits the row of a page, its part, and what is in doubt.
func emitPage(emit source.Emit, c source.Capture, asked state, p page) {
	report := func(list []source.Finding, part, locator, quote string) {
		for _, f := range list {
			f.Dataset, f.Part, f.Locator, f.Quote = dataset, part, locator, quote
			f.Text = fmt.Sprintf("page headed %q: %s", p.title.text, f.Text)
			emit.Finding(f)
		}
	}
	year, unknown := p.year()
	if unknown != nil {
		report(unknown, "", "title", p.title.text)
		return
	}
	cells := schemas.Cells{
		"year": schemas.Num(int64(year)), "committee": schemas.Str(p.title.committee), "published_name": schemas.Str(p.title.name),
		"organiser": schemas.Str(p.title.organiser), "address": schemas.Str(c.URL),
	}
	part := source.Part{Dataset: dataset, Columns: slices.Clone(columns), Key: []source.Pin{
		{Column: "year", Value: cells["year"]}, {Column: "iso3", Value: schemas.Str(asked.code)}, {Column: "committee", Value: cells["committee"]},
	}}
	record := func(column string, v schemas.Value) {
		cells[column] = v
		part.Columns = append(part.Columns, column)
	}
	v := p.judge(year)
	if v.status == "" {
		report(v.doubts, "", "title", p.title.text)
		return
	}
	cells["status"] = schemas.Str(v.status)
	locator, quote := "text on activities", first(p.activities, 80)
	switch {
	case v.status == awaiting:
		// Whoever waits has not updated: the day is that of our look.
		record("updated", schemas.Day(c.Taken))
		record("updated_precision", schemas.Str("day"))
		locator, quote = "sentence in place of activities", first(p.awaiting, 80)
	case !p.updated.IsZero():
		record("updated", schemas.Day(p.updated))
		record("updated_precision", schemas.Str(p.precision))
	}
	if c.Origin != "rebuilt" { // a rebuilt page holds but the first words
		text := strings.Join(strings.Fields(p.activities), " ")
		sum := sha256.Sum256([]byte(text))
		record("activity_characters", schemas.Num(int64(utf8.RuneCountInString(text))))
		record("activity_sha256", schemas.Str(hex.EncodeToString(sum[:])))
	}
	emit.Row(dataset, cells, locator, quote)
	emit.Part(part)
	report(v.doubts, part.Name(), locator, quote)
}

// first returns the first words of a text, at most n characters.
func first(text string, n int) string {
	words := ""
	for word := range strings.FieldsSeq(text) {
		next := strings.TrimSpace(words + " " + word)
		if utf8.RuneCountInString(next) > n {
			break
		}
		words = next
	}
	return words
}
