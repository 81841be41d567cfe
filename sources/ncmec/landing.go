package ncmec

import (
	"bytes"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"github.com/PuerkitoBio/goquery"

	"baseline/sources/source"
)

// landing is the request for the publisher's page that links the files of all years.
const landing = "landing"

// firstYear is that of the first edition of this table. Older files have another form.
const firstYear = 2019

// byCountry is the name of a file of this table. That of the reports by provider (by-esp)
// stands beside it.
var byCountry = regexp.MustCompile(`(?i)^.*/(20\d\d)(?:[ _-]+cybertipline)?[ _-]+reports[ _-]+by[ _-]+country[^/]*\.pdf$`)

// link is the address of the file of one year.
type link struct{ year, address string }

// links returns the files that the page links, newest year first, each address once.
func links(c source.Capture) ([]link, error) {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(c.Body))
	if err != nil {
		return nil, err
	}
	page, err := url.Parse(c.URL)
	if err != nil {
		return nil, err
	}
	var found []link
	for _, a := range doc.Find("a[href]").EachIter() {
		at, err := page.Parse(a.AttrOr("href", ""))
		if err != nil || at.Scheme != "https" {
			continue
		}
		at.Fragment = ""
		m := byCountry.FindStringSubmatch(at.Path)
		if m == nil {
			continue
		}
		l := link{m[1], at.String()}
		if year, err := strconv.Atoi(l.year); err != nil || year < firstYear || slices.Contains(found, l) {
			continue
		}
		found = append(found, l)
	}
	slices.SortStableFunc(found, func(x, y link) int { return bytes.Compare([]byte(y.year), []byte(x.year)) })
	return found, nil
}

// Requests asks for the landing page first, then for each year that it links or that the
// yaml knows.
func (r reader) Requests(p source.Plan) []source.Request {
	asks := r.about.Ask()
	page, ok := p.Answer(landing)
	if !ok {
		return asks
	}
	found, err := links(page)
	if err != nil {
		return asks // Parse says so
	}
	for _, l := range slices.Backward(found) {
		i := slices.IndexFunc(asks, func(q source.Request) bool { return q.ID == l.year })
		if i < 0 {
			asks = slices.Insert(asks, 1, source.Request{ID: l.year, Media: "pdf", After: landing})
			i = 1
		}
		others := slices.DeleteFunc(slices.Clone(asks[i].Addresses), func(a string) bool { return a == l.address })
		asks[i].Addresses = append([]string{l.address}, others...)
	}
	return asks
}

// readLanding looks whether the page still links what it is asked for.
func readLanding(c source.Capture, emit source.Emit) error {
	found, err := links(c)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return errors.New("the landing page links no file of reports by country: see whether the publisher renamed them or moved the page")
	}
	emit.Finding(source.Finding{
		Code: "links", Severity: source.Note, Dataset: "cybertip_reports",
		Text: "the landing page links reports by country of " + found[len(found)-1].year + " to " + found[0].year,
		Hint: "nothing to do",
	})
	return nil
}
