package crin

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
)

const (
	fewest = 40 // states on a page about Europe; fewer are not the whole page
	quoted = 80 // characters of a passage that serve as evidence
)

// passage is what the page says of one state, or of several parts of it.
type passage struct {
	name, code string
	at         block
	texts      []string // of its blocks, in order
	statutes   int      // blocks that end with a statute in square brackets
	open       bool     // it does not end with one
}

// chapter gathers the passages of a page.
type chapter struct {
	part     source.Part
	emit     source.Emit
	passages []*passage
	byCode   map[string]*passage
	current  *passage // nil before the first state, and under what is no state
}

// readAges cuts the page by states. A state begins with its name and a full stop, on a line of their own
// or in bold at the beginning of a paragraph; other names in the prose do not cut.
func readAges(blocks []block, emit source.Emit) error {
	outer := container(blocks)
	if outer == nil {
		return errors.New("the page names no state by itself on a line: it is not the page of passages on ages")
	}
	c := &chapter{part: source.Part{Dataset: "age_texts"}, emit: emit, byCode: map[string]*passage{}}
	for _, b := range blocks {
		if b.within(outer) {
			c.take(b)
		}
	}
	c.check()
	for _, p := range c.passages {
		text := strings.Join(p.texts, " ")
		sum := sha256.Sum256([]byte(text))
		cells := schemas.Cells{
			"published_name": schemas.Str(p.name), "characters": schemas.Num(int64(utf8.RuneCountInString(text))), "sha256": schemas.Str(hex.EncodeToString(sum[:])),
		}
		if ages := agesNamed(text); ages != "" {
			cells["ages_named"] = schemas.Str(ages)
		}
		emit.Row(c.part.Dataset, cells, p.at.path(), beginning(text))
	}
	emit.Part(c.part)
	return nil
}

// container is the smallest element around all names of states: what stands outside, such as menus and
// notes, belongs to no state.
func container(blocks []block) *html.Node {
	var outer *html.Node
	for _, b := range blocks {
		name, _, ok := heading(b)
		if _, known := places.Default().Lookup(name); !ok || !known {
			continue
		}
		if outer == nil {
			outer = b.node
		}
		for outer != nil && !b.within(outer) {
			outer = outer.Parent
		}
	}
	return outer
}

// heading parts a block that begins with a name from the prose behind it.
func heading(b block) (name, rest string, ok bool) {
	name = strings.TrimRight(b.text, ".")
	if name+"." == b.text && looksLikeName(name) {
		return name, "", true
	}
	name = strings.TrimSpace(strings.TrimRight(b.bold, ".: "))
	rest = strings.TrimSpace(strings.TrimPrefix(b.text, b.bold))
	stopped := strings.HasSuffix(b.bold, ".") || strings.HasPrefix(rest, ".")
	if !looksLikeName(name) || rest != "" && !stopped {
		return "", "", false
	}
	return name, strings.TrimSpace(strings.TrimPrefix(rest, ".")), true
}

// linking words do not count for or against a name.
var linking = []string{"and", "of", "the", "&", "de", "la"}

// looksLikeName reports whether a text has the form of a state's name: that of one that is known, or a
// few words of which half at least are capitalised. One that nobody knows must be noticed, or its passage
// would go to the state before it.
func looksLikeName(s string) bool {
	if _, ok := places.Default().Lookup(s); ok {
		return true
	}
	if s == "" || len(s) > 60 || strings.ContainsAny(s, ".;:?![]0123456789") {
		return false
	}
	capital, other := 0, 0
	for i, w := range strings.Fields(s) {
		first, _ := utf8.DecodeRuneInString(strings.TrimLeft(w, "(“\"'"))
		switch {
		case unicode.IsUpper(first):
			capital++
		case i == 0:
			return false
		case !slices.Contains(linking, w):
			other++
		}
	}
	return capital > 0 && capital >= other
}

func (c *chapter) take(b block) {
	name, rest, ok := heading(b)
	if !ok {
		c.current.add(b.text)
		return
	}
	place, known := places.Default().Lookup(name)
	_, none := places.Default().NotState(name)
	switch before := c.byCode[place.Code]; {
	case !known && len(c.passages) == 0: // a heading of the introduction
	case !known:
		if !none {
			c.find(source.Hold, "heading-not-understood", fmt.Sprintf("%q stands like the name of a state and is none that is known", name),
				"add the spelling, if it is a state; until then the passages around it are not sure", b)
		}
		c.current = nil
	case before == nil:
		p := &passage{name: name, code: place.Code, at: b}
		c.passages, c.byCode[place.Code], c.current = append(c.passages, p), p, p
		p.add(rest)
	case jurisdictionOf(name) != "":
		c.find(source.Note, "parts-of-a-state", fmt.Sprintf("%q is a part of %s; its passage goes with that of %q", name, place.Name, before.name), "", b)
		c.current = before
		before.add(rest)
	default:
		c.find(source.Hold, "place-twice", fmt.Sprintf("%q is a second passage on %s", name, place.Name), "look which is right, or whether the name stands in prose", b)
		c.current = nil
	}
}

// add takes a block of a passage.
func (p *passage) add(text string) {
	if p == nil || text == "" {
		return
	}
	p.texts = append(p.texts, text)
	if p.open = !strings.HasSuffix(strings.TrimRight(text, ". "), "]"); !p.open {
		p.statutes++
	}
}

// check looks at the passages as a whole. The last one has no name behind it: it ends with its statute.
func (c *chapter) check() {
	if n := len(c.passages); n < fewest {
		c.find(source.Hold, "too-few-states", fmt.Sprintf("the page has passages on %d states, want %d or more", n, fewest), "look whether the page is whole", block{})
	}
	var unsure []string
	for i, p := range c.passages {
		last := i == len(c.passages)-1
		for last && p.open && len(p.texts) > 0 && p.statutes > 0 {
			p.open = !strings.HasSuffix(strings.TrimRight(p.texts[len(p.texts)-1], ". "), "]")
			if p.open {
				p.texts = p.texts[:len(p.texts)-1]
			}
		}
		if len(p.texts) == 0 || last && (p.statutes == 0 || p.statutes > 1 && p.code != "GBR") {
			c.find(source.Hold, "passage-without-end", fmt.Sprintf("the passage on %s is empty, or the last one and without one statute at its end", p.name), "look where the text ends", p.at)
		}
		if p.open || p.statutes != 1 && p.code != "GBR" {
			unsure = append(unsure, p.name)
		}
	}
	if len(unsure) > 0 {
		c.find(source.Question, "statutes-differ", "these passages do not end with one statute in square brackets: "+strings.Join(unsure, ", "),
			"look whether a name was missed in them", block{})
	}
}

func (c *chapter) find(severity source.Severity, code, text, hint string, at block) {
	c.emit.Finding(source.Finding{
		Code: code, Severity: severity, Dataset: c.part.Dataset, Part: c.part.Name(), Text: text, Hint: hint, Locator: at.path(), Quote: beginning(at.text),
	})
}

// beginning is the first words of a text, no more than quoted characters.
func beginning(text string) string {
	runes := []rune(text)
	if len(runes) <= quoted {
		return text
	}
	short := string(runes[:quoted])
	if i := strings.LastIndexByte(short, ' '); i > 0 && runes[quoted] != ' ' {
		short = short[:i]
	}
	return short
}

const monthNames = `(?:January|February|March|April|May|June|July|August|September|October|November|December)`

// What has numbers that are no ages: statutes in square brackets, references to articles and laws, dates,
// and numbers with a fraction or a year behind them.
var noAges = []*regexp.Regexp{
	regexp.MustCompile(`\[[^\]]*\]?`),
	regexp.MustCompile(`(?i)(?:\b(?:articles?|art|sections?|sec|paragraphs?|para|chapters?|parts?|no|number|law|act|code|decree|page)\b\.?|§+) *\d+(?:\([^)]*\))*(?:,? ?(?:and|or|to|-|–|,) ?\d+(?:\([^)]*\))*)*`),
	regexp.MustCompile(`(?i)\b\d{1,2}(?:st|nd|rd|th)? (?:of )?` + monthNames + `\b`),
	regexp.MustCompile(`(?i)\b` + monthNames + ` \d{1,2}\b`),
	regexp.MustCompile(`\b\d+(?:[./:,]\d+)+`),
}

var numberWords = []string{"six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"}

// number finds numbers up to 99 in digits and words; twenty-two is one word, and no age here.
var number = regexp.MustCompile(`(?i)\b(?:(\d{1,2})|(twenty[- ]one)|twenty[- ](?:two|three|four|five|six|seven|eight|nine)|(` + strings.Join(numberWords, "|") + `))\b`)

// agesNamed are the numbers from 6 to 21 in a passage, ascending, separated by blanks.
func agesNamed(text string) string {
	for _, re := range noAges {
		text = re.ReplaceAllString(text, " ")
	}
	var ages []int
	for _, m := range number.FindAllStringSubmatch(text, -1) {
		n := slices.Index(numberWords, strings.ToLower(m[3])) + 6
		switch {
		case m[1] != "":
			n, _ = strconv.Atoi(m[1])
		case m[2] != "":
			n = 21
		case m[3] == "":
			continue
		}
		if n >= 6 && n <= 21 {
			ages = append(ages, n)
		}
	}
	slices.Sort(ages)
	var out []string
	for _, n := range slices.Compact(ages) {
		out = append(out, strconv.Itoa(n))
	}
	return strings.Join(out, " ")
}
