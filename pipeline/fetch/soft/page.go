package soft

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// page is what of a page tells whether it is the right one. Texts have their blanks folded.
type page struct {
	title    string
	headings []string // main headings
	lang     string   // as html declares it
	noscript string
	scripts  string   // code within the page, in lower case
	loads    []string // addresses of scripts and frames, in lower case
	frames   []string // addresses of frames alone, in lower case

	all     int    // characters that a visitor can see
	text    string // the first of them
	content string // the first of those outside of menus, footers and boxes that ask for consent
	consent string // the first of those in such boxes
	buttons string // the words on buttons, in lower case

	mains    int  // elements that hold what the page is about
	body     int  // characters within them but for headings
	things   int  // images, tables, forms and the like outside of menus and footers
	rows     int  // rows of tables and items of lists there
	emptyApp bool // there is a place for an application, and nothing in it
	password bool
	inputs   int // fields to write into, but for passwords
	captcha  bool
	refresh  string
}

// kept is how many bytes of a text are kept: enough to judge short pages by.
const kept = 6000

// read parses a page; nil if it cannot be.
func read(body []byte, contentType string) *page {
	r, err := charset.NewReader(bytes.NewReader(body), contentType)
	if err != nil {
		return nil
	}
	doc, err := html.Parse(r)
	if err != nil {
		return nil
	}
	w := walker{page: &page{}}
	w.walk(doc, place{})
	p := w.page
	p.title, p.text, p.content, p.consent = folded(p.title), folded(w.text.String()), folded(w.content.String()), folded(w.consent.String())
	p.noscript, p.scripts, p.buttons = folded(w.noscript.String()), strings.ToLower(w.scripts.String()), folded(strings.ToLower(w.buttons.String()))
	return p
}

type walker struct {
	page                                               *page
	text, content, consent, noscript, scripts, buttons strings.Builder
}

// place says within what a node stands. What is hidden at first, such as the items of a list
// that opens when it is clicked, is there for whoever reads; but it is no sign of what the page
// is about.
type place struct{ chrome, main, consent, heading, button, svg, hidden bool }

var unseen = []string{"template", "style", "head", "object", "svg"}

func (w *walker) walk(n *html.Node, at place) {
	switch n.Type {
	case html.TextNode:
		w.write(n.Data, at)
		return
	case html.ElementNode:
		if !w.element(n, &at) {
			return
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.walk(c, at)
	}
}

func (w *walker) write(s string, at place) {
	n := 0
	for _, r := range s {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	if n == 0 {
		return
	}
	w.page.all += n
	if !at.hidden {
		keep(&w.text, s)
	}
	switch {
	case at.consent && at.hidden:
	case at.consent:
		keep(&w.consent, s)
	case !at.chrome:
		keep(&w.content, s)
		if at.main && !at.heading {
			w.page.body += n
		}
	}
	if at.button && !at.hidden {
		keep(&w.buttons, s)
	}
}

func keep(b *strings.Builder, s string) {
	if b.Len() < kept {
		b.WriteByte(' ')
		b.WriteString(s[:min(len(s), kept)])
	}
}

// element notes what n is. It returns false if nobody sees what is within it.
func (w *walker) element(n *html.Node, at *place) bool {
	p := w.page
	switch n.Data {
	case "html":
		if p.lang = attr(n, "lang"); p.lang == "" {
			p.lang = attr(n, "xml:lang")
		}
	case "head":
		w.head(n)
		return false
	case "script":
		w.script(n)
		return false
	case "noscript":
		if n.FirstChild != nil {
			keep(&w.noscript, inside.ReplaceAllString(n.FirstChild.Data, " "))
		}
		return false
	case "iframe", "frame":
		src := strings.ToLower(attr(n, "src"))
		p.loads, p.frames = append(p.loads, src), append(p.frames, src)
		w.thing(*at)
		return false
	case "title":
		return at.svg
	}
	at.hidden = at.hidden || has(n, "hidden") || attr(n, "aria-hidden") == "true" && n.Data != "main" || invisible.MatchString(attr(n, "style"))
	if slices.Contains(unseen, n.Data) {
		if n.Data == "svg" || n.Data == "object" {
			w.thing(*at)
		}
		return false
	}
	w.shape(n, at)
	return true
}

var (
	inside    = regexp.MustCompile(`<[^>]*>`)
	invisible = regexp.MustCompile(`(?i)display\s*:\s*none|visibility\s*:\s*hidden`)
	asks      = regexp.MustCompile(`(?i)(?:^|[^a-z])(?:cookie|consent|gdpr|rgpd|dsgvo|cmpbox|cmpwrapper|onetrust|didomi|usercentrics|cookiebot|klaro|truste|tarteaucitron|qc-cmp2|sp_message)`)
	captchas  = regexp.MustCompile(`(?i)\b(?:g-recaptcha|h-captcha|cf-turnstile|px-captcha|frc-captcha|captcha-container|amzn-captcha)`)
)

// shape notes what n is among the things that a visitor sees.
func (w *walker) shape(n *html.Node, at *place) {
	p := w.page
	role, mark := attr(n, "role"), attr(n, "id")+" "+attr(n, "class")
	switch n.Data {
	case "main", "article":
		p.mains++
		at.main = true
	case "nav", "aside":
		at.chrome = true
	case "header", "footer":
		at.chrome = at.chrome || !at.main
	case "h1":
		if !at.hidden {
			p.headings = append(p.headings, folded(textOf(n)))
		}
		at.heading = true
	case "h2", "h3", "h4":
		at.heading = true
	case "button":
		at.button = true
	case "a":
		at.button = at.button || role == "button" || at.consent
	case "input":
		w.input(n, *at)
	case "textarea":
		p.inputs++
		w.thing(*at)
	case "img", "picture", "video", "canvas", "embed", "table", "select", "form":
		w.thing(*at)
	case "tr", "li", "dt":
		if !at.chrome && !at.consent {
			p.rows++
		}
	}
	if role == "main" && n.Data != "main" {
		p.mains++
		at.main = true
	}
	if role == "navigation" || role == "contentinfo" || role == "banner" {
		at.chrome = true
	}
	// What holds the whole page carries such classes too, while a box is open.
	if n.Data != "body" && !at.main && asks.MatchString(mark) && !holds(n, "main", "article", "h1") {
		at.consent = true
	}
	if captchas.MatchString(mark) && !at.hidden {
		p.captcha = true
	}
	if slices.Contains(apps, attr(n, "id")) || strings.HasPrefix(n.Data, "app-") || n.Data == "main-app" {
		p.emptyApp = p.emptyApp || short(textOf(n), 60) && !holds(n, "table", "form", "iframe", "ul", "ol")
	}
}

// apps are the names of the place where an application puts its page.
var apps = []string{"root", "app", "__next", "__nuxt", "___gatsby", "react-root", "app-root", "q-app", "svelte", "main-app", "ember-app", "spa-root", "application"}

func (w *walker) input(n *html.Node, at place) {
	switch strings.ToLower(attr(n, "type")) {
	case "password":
		w.page.password = true
	case "submit", "button":
		keep(&w.buttons, attr(n, "value"))
	case "", "text", "email", "search", "tel", "number", "date", "url":
		w.page.inputs++
		w.thing(at)
	}
}

func (w *walker) thing(at place) {
	if !at.chrome && !at.consent {
		w.page.things++
	}
}

func (w *walker) head(n *html.Node) {
	for c := range n.Descendants() {
		if c.Type != html.ElementNode {
			continue
		}
		switch c.Data {
		case "title":
			if w.page.title == "" {
				w.page.title = textOf(c)
			}
		case "script":
			w.script(c)
		case "noscript":
			if c.FirstChild != nil {
				keep(&w.noscript, inside.ReplaceAllString(c.FirstChild.Data, " "))
			}
		case "meta":
			if strings.EqualFold(attr(c, "http-equiv"), "refresh") {
				w.page.refresh = strings.ToLower(attr(c, "content"))
			}
		}
	}
}

func (w *walker) script(n *html.Node) {
	if src := attr(n, "src"); src != "" {
		w.page.loads = append(w.page.loads, strings.ToLower(src))
	} else if n.FirstChild != nil && w.scripts.Len() < 1<<20 {
		w.scripts.WriteString(n.FirstChild.Data)
		w.scripts.WriteByte('\n')
	}
}

// within is how many nodes below an element are looked at, so that elements within elements
// do not make the work grow with its square.
const within = 2000

// holds reports whether one of the elements is within n, or more than a box ever holds.
func holds(n *html.Node, tags ...string) bool {
	seen := 0
	for c := range n.Descendants() {
		if seen++; seen > within || c.Type == html.ElementNode && slices.Contains(tags, c.Data) {
			return true
		}
	}
	return false
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// textOf is the text within n that is no code.
func textOf(n *html.Node) string {
	var b strings.Builder
	seen := 0
	for c := range n.Descendants() {
		if seen++; seen > within {
			break
		}
		if c.Type == html.TextNode && c.Parent.Data != "script" && c.Parent.Data != "style" && c.Parent.Data != "noscript" {
			keep(&b, c.Data)
		}
	}
	return b.String()
}

// folded has one blank where s has several, and a typewriter's apostrophe.
func folded(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "\ufffd"), "’", "'")
}

// short reports whether s has fewer than n characters but for blanks.
func short(s string, n int) bool { return utf8.RuneCountInString(folded(s)) < n }

// headed is the title of the page, or its main heading, in quotes.
func (p *page) headed() string {
	title := p.title
	if title == "" && len(p.headings) > 0 {
		title = p.headings[0]
	}
	if title == "" {
		return ""
	}
	if utf8.RuneCountInString(title) > 80 {
		title = string([]rune(title)[:80]) + "…"
	}
	return fmt.Sprintf(" headed %q", title)
}
