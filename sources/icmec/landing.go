package icmec

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"baseline/schemas"
	"baseline/sources/source"
)

// landing is a page on which new editions of a review appear.
type landing struct {
	page    string   // its name in watched_pages
	curated int      // number of the edition from which the curated rows are
	titles  []string // titles of the review, of which one is on the right page, in lower case
}

var landings = map[string]landing{
	"csam-landing":     {"icmec-csam", 9, []string{"child sexual abuse material: model legislation & global review", "child pornography: model legislation & global review"}},
	"grooming-landing": {"icmec-grooming", 1, []string{"online grooming of children for sexual purposes: model legislation & global review"}},
}

var namedEdition = regexp.MustCompile(`(?i)\b(\d{1,2}(?:st|nd|rd|th)|` + strings.Join(ordinals, "|") + `) ed(?:ition\b|\.)`)

// read takes a landing page for what it names and links.
func (l landing) read(c source.Capture, emit source.Emit) error {
	text, documents, err := readPage(c)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(l.titles, func(t string) bool { return strings.Contains(strings.ToLower(text), t) }) {
		return fmt.Errorf("the page does not name the review %q", l.titles[0])
	}
	newest, quote := 0, ""
	for _, m := range namedEdition.FindAllStringSubmatch(text, -1) {
		if n := ordinal(m[1]); n > newest {
			newest, quote = n, m[0]
		}
	}
	sum := sha256.Sum256([]byte(text))
	cells := schemas.Cells{
		"page": schemas.Str(l.page), "address": schemas.Str(c.URL), "curated_edition": schemas.Str(ordinalText(l.curated)),
		"sha256": schemas.Str(hex.EncodeToString(sum[:])),
	}
	if newest > 0 {
		cells["newest_edition"] = schemas.Str(ordinalText(newest))
	}
	if len(documents) > 0 {
		cells["documents"] = schemas.Str(strings.Join(documents, " "))
	}
	part := source.Part{Dataset: "watched_pages", Key: []source.Pin{{Column: "page", Value: schemas.Str(l.page)}}}
	question := func(code, text, hint string) {
		emit.Finding(source.Finding{
			Code: code, Severity: source.Question, Dataset: part.Dataset, Part: part.Name(), Text: text, Hint: hint, Locator: "body", Quote: quote,
		})
	}
	switch {
	case newest == 0:
		question("no-edition-named", fmt.Sprintf("the page %s names no edition; curated is the %s", l.page, ordinalText(l.curated)), "look whether the page has changed")
	case newest > l.curated:
		question("newer-edition", fmt.Sprintf("the page %s names the %s edition; curated is the %s", l.page, ordinalText(newest), ordinalText(l.curated)),
			"add the address of the new document to the requests of this source, or bring the curated table up to date")
	case newest < l.curated:
		question("older-edition", fmt.Sprintf("the newest edition that the page %s names is the %s; curated is the %s", l.page, ordinalText(newest), ordinalText(l.curated)), "look whether it is the right page")
	}
	if len(documents) == 0 {
		question("no-document-linked", fmt.Sprintf("the page %s links no PDF", l.page), "look where the document has gone")
	}
	emit.Row(part.Dataset, cells, "body", quote)
	emit.Part(part)
	return nil
}

// unseen is what nobody reads, or what stands on every page of the site.
const unseen = "script, style, noscript, template, head, nav, footer, aside, dialog, iframe, svg, [hidden], [aria-hidden=true]"

// readPage returns the visible text of a page with blanks folded, and the addresses of the
// PDFs that it links, sorted.
func readPage(c source.Capture) (text string, documents []string, err error) {
	body := bytes.TrimSpace(c.Body)
	switch {
	case len(body) == 0:
		return "", nil, errors.New("the page is empty")
	case !utf8.Valid(body):
		return "", nil, errors.New("the page is not UTF-8")
	case !bytes.HasSuffix(bytes.ToLower(body), []byte("</html>")):
		return "", nil, fmt.Errorf("the page breaks off: after %d bytes it does not end with </html>", len(c.Body))
	}
	base, err := url.Parse(c.URL)
	if err != nil {
		return "", nil, fmt.Errorf("the address of the page: %w", err)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return "", nil, fmt.Errorf("parse the page: %w", err)
	}
	doc.Find(unseen).Remove()
	for _, a := range doc.Find("a[href]").EachIter() {
		u, err := base.Parse(strings.TrimSpace(a.AttrOr("href", "")))
		if err == nil && (u.Scheme == "https" || u.Scheme == "http") && strings.HasSuffix(strings.ToLower(u.Path), ".pdf") {
			u.RawQuery, u.Fragment = "", ""
			documents = append(documents, u.String())
		}
	}
	slices.Sort(documents)
	var words strings.Builder
	for _, n := range doc.Nodes {
		write(&words, n)
	}
	return strings.Join(strings.Fields(words.String()), " "), slices.Compact(documents), nil
}

// inline are the elements that do not part the words before them from those after.
var inline = []string{"a", "abbr", "b", "em", "font", "i", "small", "span", "strong", "sub", "sup", "u"}

func write(b *strings.Builder, n *html.Node) {
	if n.Type == html.TextNode {
		b.WriteString(n.Data)
	}
	parts := n.Type == html.ElementNode && !slices.Contains(inline, n.Data)
	if parts {
		b.WriteByte(' ')
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		write(b, c)
	}
	if parts {
		b.WriteByte(' ')
	}
}
