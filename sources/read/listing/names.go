package listing

import (
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"baseline/schemas/places"
)

//go:embed parts.csv
var partsCSV string

// parts are the regions that institutions speak for, by their name in lower case: the
// code of the state they belong to.
var parts = sync.OnceValue(func() map[string]string {
	rows, err := csv.NewReader(strings.NewReader(partsCSV)).ReadAll()
	if err != nil {
		panic(err)
	}
	m := map[string]string{}
	for _, row := range rows[1:] {
		m[strings.ToLower(row[0])] = row[1]
	}
	return m
})

// names resolves texts for one reading. What it was once asked it remembers.
type names struct {
	place   func(string) (string, bool)
	classes []classWord
	known   map[string]string // text as asked: code, or "" for none
}

// name is a text in which a state was found.
type name struct {
	code, printed, part, note string
	class                     string
	rest                      string // what follows the name in the entry
}

func newNames(want Want) *names {
	n := &names{place: want.Place, known: map[string]string{}}
	if n.place == nil {
		n.place = placeOfRegistry
	}
	for _, c := range want.Classes {
		for _, w := range c.Words {
			if w = strings.ToLower(strings.Join(strings.Fields(w), " ")); w != "" {
				n.classes = append(n.classes, classWord{c.Name, w})
			}
		}
	}
	return n
}

// placeOfRegistry knows states and territories. Totals, areas and organisations of the
// registry are no entries of a list of states.
func placeOfRegistry(text string) (string, bool) {
	p, ok := places.Default().Lookup(text)
	return p.Code, ok && (p.Kind == "state" || p.Kind == "territory")
}

// longestName is longer than every listed spelling, in bytes.
const longestName = 80

func (n *names) lookup(s string) string {
	if len(s) < 2 || len(s) > longestName {
		return ""
	}
	if code, ok := n.known[s]; ok {
		return code
	}
	code, ok := n.place(s)
	if !ok {
		code = ""
	}
	n.known[s] = code
	return code
}

// footnotes are marks behind a name that belong to a footnote.
const footnotes = "*†‡§¹²³⁰⁴⁵⁶⁷⁸⁹#"

// exact resolves s, forgiving only marks of footnotes and punctuation around it. It
// returns the name without them.
func (n *names) exact(s string) (code, printed string) {
	if code = n.lookup(s); code != "" {
		return code, s
	}
	t := strings.TrimRight(s, footnotes+" .,;:")
	if i := strings.LastIndexByte(t, '['); i > 0 && strings.HasSuffix(t, "]") && strings.Trim(t[i:], "[]0123456789") == "" {
		t = strings.TrimSpace(t[:i])
	}
	if t = strings.Trim(t, " "); t == s || t == "" {
		return "", ""
	}
	return n.lookup(t), t
}

// full resolves a text that names one state, possibly with a bracket behind it: part
// of the name, a region, a class or a note.
func (n *names) full(s string) (name, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 160 {
		return name{}, false
	}
	open, inside, ok := bracket(s)
	if code, printed := n.exact(s); code != "" {
		if ok {
			if r, ok := n.bracketed(open, inside); ok && r.code == code {
				return r, true
			}
		}
		r := name{code: code, printed: printed}
		if parts()[strings.ToLower(printed)] == code {
			r.part = printed
		}
		return r, true
	}
	if ok {
		return n.bracketed(open, inside)
	}
	for _, sep := range []string{" - ", " – ", " — ", ", "} {
		if left, right, ok := strings.Cut(s, sep); ok {
			if code, printed := n.exact(left); code != "" && parts()[strings.ToLower(right)] == code {
				return name{code: code, printed: printed, part: right}, true
			}
		}
	}
	return name{}, false
}

// bracket splits "X (Y)".
func bracket(s string) (before, inside string, ok bool) {
	s = strings.TrimRight(s, footnotes+" .,;:")
	if !strings.HasSuffix(s, ")") {
		return "", "", false
	}
	i := strings.LastIndexByte(s, '(')
	if i <= 0 {
		return "", "", false
	}
	return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1 : len(s)-1]), true
}

func (n *names) bracketed(before, inside string) (name, bool) {
	whole := before + " (" + inside + ")"
	form := true
	for _, w := range strings.Fields(strings.ToLower(inside)) {
		form = form && formWords[strings.Trim(w, ",.")]
	}
	moved := n.lookup(inside + " " + before)
	if rest, ok := cutPrefixFold(inside, "the "); ok && moved == "" {
		moved = n.lookup(rest + " " + before)
	}
	if moved == "" {
		moved = n.lookup(before + ", " + inside)
	}
	listed := n.lookup(whole)
	code, printed := n.exact(before)
	switch {
	case form && (listed != "" || moved != ""):
		if listed == "" {
			listed = moved
		}
		return name{code: listed, printed: whole}, true
	case form && inside != "" || code == "" && moved == "" && listed == "":
		return name{}, false
	case moved != "" && moved != code && parts()[strings.ToLower(inside)] == "":
		return name{code: moved, printed: whole}, true
	case code == "":
		return name{code: listed, printed: whole}, listed != ""
	}
	r := name{code: code, printed: printed}
	if parts()[strings.ToLower(printed)] == code {
		r.part = printed
	}
	if class := n.classOf(inside); class != "" {
		r.class = class
		return r, true
	}
	if parts()[strings.ToLower(inside)] == code {
		r.part = inside
		return r, true
	}
	if other := n.lookup(inside); other != "" && other != code {
		p, _ := places.Default().Place(other)
		if p.Parent != code {
			return name{}, false
		}
		r.part = inside
		return r, true
	}
	if listed == "" && shared[strings.ToLower(printed)] && startsUpper(inside) {
		return name{}, false
	}
	r.note = inside
	return r, true
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

func startsUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

func letterBefore(s string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return i > 0 && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func letterAfter(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return i < len(s) && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
