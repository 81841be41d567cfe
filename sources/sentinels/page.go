package sentinels

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// page is what a visitor sees of a page.
type page struct {
	title    string   // of the document; the first main heading where it has none
	headings []string // main headings
	text     string   // visible text with blanks folded
	links    []string // targets as written, in the order of the page
	base     *url.URL
}

// unseen is what nobody reads, or what differs from visit to visit: code, menus and
// footers with the day's date, and boxes that ask for consent.
const unseen = "script, style, noscript, template, head, nav, footer, aside, dialog, iframe, svg, [hidden], [aria-hidden=true], [role=dialog], [role=alertdialog], " +
	"div[id*=cookie i], div[class*=cookie i], section[id*=cookie i], section[class*=cookie i], div[id*=consent i], div[class*=consent i]"

// open reads the HTML of a page that answered at base.
func open(body []byte, base *url.URL) (page, error) {
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return page{}, errors.New("the page is empty")
	case !utf8.Valid(body):
		return page{}, errors.New("the page is not UTF-8")
	case !bytes.Contains(bytes.ToLower(body), []byte("</html>")):
		return page{}, errors.New("the page breaks off: it has no end of its html")
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return page{}, fmt.Errorf("read the page: %w", err)
	}
	p := page{base: base, title: folded(doc.Find("head > title").First().Text())}
	if href, ok := doc.Find("head > base[href]").First().Attr("href"); ok {
		if u, err := base.Parse(href); err == nil {
			p.base = u
		}
	}
	doc.Find(unseen).Remove()
	doc.Find("h1").Each(func(_ int, h *goquery.Selection) { p.headings = append(p.headings, folded(h.Text())) })
	if p.title == "" && len(p.headings) > 0 {
		p.title = p.headings[0]
	}
	doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) { p.links = append(p.links, a.AttrOr("href", "")) })
	var b strings.Builder
	for _, n := range doc.Nodes {
		write(&b, n)
	}
	p.text = folded(b.String())
	return p, nil
}

// inline are the elements that do not part the words before them from those after.
var inline = []string{"a", "abbr", "b", "cite", "em", "font", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u", "wbr"}

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

func folded(s string) string { return strings.Join(strings.Fields(s), " ") }

// endings are those of documents.
var endings = []string{".pdf", ".xlsx", ".xls", ".ods", ".csv", ".docx", ".doc"}

// naming are parameters that name a document. Others are times and tokens, which change
// while the document stays.
var naming = []string{"documentId", "file", "filename", "id"}

// documents returns the addresses of the documents that the page links, sorted, and
// the links that are no addresses.
func (p page) documents(also []*regexp.Regexp) (list, unread []string) {
	for _, href := range p.links {
		u, err := p.base.Parse(strings.TrimSpace(href))
		if err != nil {
			unread = append(unread, href)
			continue
		}
		if u.Scheme != "http" && u.Scheme != "https" {
			continue
		}
		address := plain(u)
		ends := func(ending string) bool { return strings.HasSuffix(strings.ToLower(u.Path), ending) }
		if slices.ContainsFunc(endings, ends) ||
			slices.ContainsFunc(also, func(re *regexp.Regexp) bool { return re.MatchString(address) }) {
			list = append(list, address)
		}
	}
	slices.Sort(list)
	return slices.Compact(list), unread
}

// plain is an address without what may change while it leads to the same document.
func plain(u *url.URL) string {
	q := url.Values{}
	for name, values := range u.Query() {
		if slices.Contains(naming, name) {
			q[name] = values
		}
	}
	v := *u
	v.Scheme, v.Host, v.Fragment, v.RawFragment, v.RawQuery = "https", strings.ToLower(u.Host), "", "", q.Encode()
	return v.String()
}

var ordinals = []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}

// editions returns the editions that the text names, each once, the newest last:
// numbers in words, then years.
func (p page) editions(patterns []*regexp.Regexp) (list []string) {
	for _, re := range patterns {
		for _, m := range re.FindAllStringSubmatch(p.text, -1) {
			name := strings.ToLower(m[1])
			n, err := strconv.Atoi(strings.TrimRight(name, "stndrh"))
			if err == nil && n >= 1 && n <= len(ordinals) {
				name = ordinals[n-1]
			}
			list = append(list, name)
		}
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
	return slices.Compact(list)
}

func rank(edition string) int {
	if year, err := strconv.Atoi(edition); err == nil {
		return year
	}
	return slices.Index(ordinals, edition)
}
