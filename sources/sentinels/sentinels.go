// Package sentinels watches pages that nobody can read into rows: a study that was made
// once, a mapping that may get a new edition. It tells a steward to look when such a
// page names an edition, or links a document, that is not known. What is known is data,
// in pages.yaml.
package sentinels

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"baseline/schemas"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

type reader struct {
	about source.About
	config
}

// New returns the source.
func New() source.Source {
	c, err := readConfig(watched)
	if err != nil {
		panic(err) // it is compiled in: the first test that runs finds it
	}
	return reader{source.MustAbout(about), c}
}

func (r reader) About() source.About                   { return r.about }
func (r reader) Requests(source.Plan) []source.Request { return r.about.Ask() }

// Parse reads what a page links and which editions it names. It fails on whatever is not
// the page: another host, an error page, a page cut off.
func (r reader) Parse(c source.Capture, emit source.Emit) error {
	i := slices.IndexFunc(r.Pages, func(w watch) bool { return w.Page == c.Request })
	if i < 0 {
		return fmt.Errorf("pages.yaml does not say what to watch on %q", c.Request)
	}
	w := r.Pages[i]
	base, err := r.allowed(w, c.URL)
	if err != nil {
		return err
	}
	p, err := open(c.Body, base)
	if err != nil {
		return err
	}
	if err := r.recognise(w, p); err != nil {
		return err
	}
	documents, unread := p.documents(w.also)
	editions := p.editions(w.editions)
	sum := sha256.Sum256([]byte(p.text))
	key := source.Pin{Column: "page", Value: schemas.Str(w.Page)}
	part := source.Part{Dataset: "watched_pages", Key: []source.Pin{key}, Complete: true}
	newest := ""
	if len(editions) > 0 {
		newest = editions[len(editions)-1]
	}
	emit.Row(part.Dataset, schemas.Cells{
		"page": key.Value, "address": schemas.Str(c.URL), "curated_edition": schemas.Str(w.Curated), "newest_edition": schemas.Str(newest),
		"documents": schemas.Str(strings.Join(documents, " ")), "sha256": schemas.Str(hex.EncodeToString(sum[:])),
	}, "title", p.title)
	emit.Part(part)
	w.ask(emit, part, editions, documents, unread)
	return nil
}

// allowed returns the address that answered, if its host is one of the page's.
func (r reader) allowed(w watch, address string) (*url.URL, error) {
	base, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the address that answered cannot be read: %w", err)
	}
	hosts := slices.Clone(w.Hosts)
	for _, a := range r.about.Requests {
		if a.ID != w.Page {
			continue
		}
		for _, candidate := range a.Addresses {
			if u, err := url.Parse(candidate); err == nil {
				hosts = append(hosts, u.Hostname())
			}
		}
	}
	if !slices.Contains(hosts, base.Hostname()) {
		return nil, fmt.Errorf("host %q answered, which is none of %s: see where the page has gone", base.Hostname(), strings.Join(hosts, ", "))
	}
	return base, nil
}

// recognise fails if this is not the page that is meant.
func (r reader) recognise(w watch, p page) error {
	for _, head := range append([]string{p.title}, p.headings...) {
		for _, words := range r.Refusals {
			if strings.Contains(" "+wordsOf(head)+" ", " "+words+" ") {
				return fmt.Errorf("the page is headed %.80q: it is not the page of %s", head, w.Page)
			}
		}
	}
	if p.text == "" {
		return errors.New("the page has no visible text")
	}
	lower := strings.ToLower(p.text)
	for _, word := range w.Must {
		if !strings.Contains(lower, word) {
			return fmt.Errorf("the page headed %.80q does not contain %q: it is not the page of %s, or that was rewritten", p.title, word, w.Page)
		}
	}
	return nil
}

// wordsOf is a heading in lower case without its marks, so that "terror" is no "error".
func wordsOf(head string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(head), func(r rune) bool { return !unicode.IsLetter(r) }), " ")
}

// ask raises a question for each edition and document that is not known.
func (w watch) ask(emit source.Emit, part source.Part, editions, documents, unread []string) {
	question := func(code, text, hint, quote string) {
		emit.Finding(source.Finding{
			Code: code, Severity: source.Question, Dataset: part.Dataset, Part: part.Name(), Text: text, Hint: hint, Quote: quote,
		})
	}
	const hint = "look at it; correct the curated table if need be, then add it to what is known in sources/sentinels/pages.yaml"
	for _, e := range editions {
		if !slices.Contains(w.Known, e) {
			question("newer-edition", fmt.Sprintf("page %s names the edition %q, which is not among the known ones", w.Page, e), hint, e)
		}
	}
	for _, d := range documents {
		if !slices.Contains(w.Documents, d) {
			question("newer-edition", fmt.Sprintf("page %s links the document %s, which is not among the known ones", w.Page, d), hint, d)
		}
	}
	for _, href := range unread {
		question("link-unreadable", fmt.Sprintf("page %s has a link %.80q that is no address", w.Page, href), "open the page and follow the link by hand", href)
	}
}
