package listing

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"baseline/schemas/places"
)

// run is a sequence of names in one text: "Albania, Korea, Republic Of and Ghana".
type run struct {
	names   []name
	unknown []string // what stands between separators like a name and is none
	label   string   // what stands before the first name
	whole   bool     // the text is the run and at most a label before it
	states  int      // distinct codes
}

// word is a word of a text with where it begins and ends, without the punctuation
// behind it.
type word struct {
	from, to, next int
	mark           string // the punctuation behind it
}

func wordsOf(s string) []word {
	words := make([]word, 0, len(s)/7+1)
	for i := 0; i < len(s); {
		if s[i] == ' ' {
			i++
			continue
		}
		j := i
		for j < len(s) && s[j] != ' ' {
			j++
		}
		core := strings.TrimRight(s[i:j], ".,;:|·•/*†–—")
		w := word{from: i, to: i + len(core), next: j, mark: s[i+len(core) : j]}
		if strings.HasSuffix(core, ".") || len(core) <= 2 && strings.HasPrefix(w.mark, ".") { // "St. Lucia"
			w.to, w.mark = w.to+1, w.mark[1:]
		}
		words = append(words, w)
		i = j
	}
	return words
}

// mayBegin reports whether a name may begin with this word: with a capital, or in a
// script that has none.
func mayBegin(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r) || r >= 0x80 && unicode.IsLetter(r) && !unicode.IsLower(r) || r >= 0x1F1E6 && r <= 0x1F1FF
}

// severalNames reports cheaply whether s may hold at least that many names: it asks
// only for single words. A text whose names all have several words is not found.
func (n *names) severalNames(s string, atLeast int) bool {
	found, last := 0, ""
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if !unicode.IsLetter(r) {
			i += size
			continue
		}
		j := i + size
		for j < len(s) && s[j] != ' ' && s[j] != ',' && s[j] != ';' && s[j] != '.' && s[j] != ')' && s[j] != ':' {
			j++
		}
		if (unicode.IsUpper(r) || r >= 0x80) && j-i > 3 && j-i < 40 {
			if code := n.lookup(s[i:j]); code != "" && code != last {
				last = code
				if found++; found >= atLeast {
					return true
				}
			}
		}
		i = j
	}
	return false
}

const wordsInName = 8

// prose reads the run with the most states in s. Names are found by the longest match
// that leaves the fewest words over, so that a comma inside a name divides nothing.
func (n *names) prose(s string) (best run) {
	words := wordsOf(s)
	type choice struct {
		covered, length int
		name            name
	}
	at := make([]choice, len(words)+1)
	for i := len(words) - 1; i >= 0; i-- {
		at[i] = choice{covered: at[i+1].covered}
		if !mayBegin(s[words[i].from:]) {
			continue
		}
		for k := min(wordsInName, len(words)-i); k > 0; k-- {
			if !joins(words[i : i+k]) {
				continue
			}
			covered := k + at[i+k].covered
			if covered <= at[i].covered {
				continue
			}
			if r, ok := n.proseName(s[words[i].from:words[i+k-1].to]); ok {
				at[i] = choice{covered, k, r}
			}
		}
	}
	var now run
	gap, after := 0, 0 // where the words since the last name begin, and in bytes
	end := func() {
		now.states = distinct(now.names)
		if now.states > best.states {
			best = now
		}
		now = run{}
	}
	class := ""
	for i := 0; i < len(words); {
		if at[i].length == 0 {
			i++
			continue
		}
		between := words[gap:i]
		r := at[i].name
		if len(now.names) > 0 {
			g := n.gap(s, between)
			switch {
			case g.breaks:
				end()
				class = ""
			case g.class != "":
				class = g.class
			case g.note != "":
				now.names[len(now.names)-1].note = g.note
			}
			now.unknown = append(now.unknown, g.unknown...)
		}
		if len(now.names) == 0 {
			now.label = strings.TrimSpace(s[after:words[i].from])
			now.label = n.labelOf(now.label, &now)
			class = n.classIn(now.label)
		}
		if r.class == "" {
			r.class = class
		}
		if date := strings.Trim(now.label, " :"); date != "" && strings.Trim(date, "0123456789./-") == "" && r.note == "" {
			r.note = date
		}
		now.names = append(now.names, r)
		i += at[i].length
		gap, after = i, words[i-1].next
	}
	rest := strings.Trim(s[after:], " .,;:*")
	lastWords := words[gap:]
	last := len(now.names) > 0
	if last {
		switch g := n.gap(s, lastWords); {
		case g.note != "" && !g.breaks:
			now.names[len(now.names)-1].note = g.note
			rest = ""
		case !g.breaks && len(g.unknown) > 0:
			now.unknown = append(now.unknown, g.unknown...)
			rest = ""
		}
	}
	whole := last && rest == ""
	only := now
	end()
	if whole && len(only.names) == len(best.names) {
		best.whole = best.label == "" || strings.HasSuffix(best.label, ":") || strings.Trim(best.label, "0123456789./-: ") == "" || n.classIn(best.label) != "" && len(best.label) < 80
	}
	return best
}

// joins reports whether words may be one name: no punctuation inside but commas and
// full stops of abbreviations.
func joins(words []word) bool {
	for _, w := range words[:len(words)-1] {
		if w.mark != "" && w.mark != "," && w.mark != "/" {
			return false
		}
	}
	return true
}

func (n *names) proseName(s string) (name, bool) {
	if strings.HasSuffix(s, ")") {
		return n.full(s)
	}
	if strings.ContainsAny(s, "()") {
		return name{}, false
	}
	code := n.lookup(s)
	if code == "" {
		return name{}, false
	}
	// "Serbia and Montenegro" in a list of today's states are two of them.
	if left, right, ok := strings.Cut(s, " and "); ok {
		if p, _ := places.Default().Place(code); p.Former && n.lookup(left) != "" && n.lookup(right) != "" {
			return name{}, false
		}
	}
	r := name{code: code, printed: s}
	if parts()[strings.ToLower(s)] == code {
		r.part = s
	}
	return r, true
}

var conjunctions = wordSet("and", "&", "et", "und", "the", "as", "well", "or", "y", "e", "og", "och", "–", "-", "—", "·", "•", "|", "/", ",", ";", "also", "la", "le", "les", "l'")

type gap struct {
	breaks      bool
	unknown     []string
	class, note string
}

// gap judges what stands between two names of a run.
func (n *names) gap(s string, words []word) (g gap) {
	if len(words) == 0 {
		return g
	}
	text := s[words[0].from:words[len(words)-1].next]
	if g.class = n.classIn(text); g.class != "" && len(words) <= 8 {
		return g
	}
	if trimmed := strings.TrimRight(text, " ,;."); strings.HasPrefix(trimmed, "(") && strings.HasSuffix(trimmed, ")") && len(trimmed) < 80 {
		g.note = strings.Trim(trimmed, "()")
		return g
	}
	var item []string
	flush := func() {
		if len(item) > 0 {
			g.unknown = append(g.unknown, strings.Join(item, " "))
			item = nil
		}
	}
	for i, w := range words {
		core := s[w.from:w.to]
		if low := strings.ToLower(core); core == "" || len(item) == 0 && conjunctions[low] {
			continue
		} else if len(item) == 0 && !mayBegin(core) && strings.Trim(core, "0123456789") != "" {
			g.breaks = true
		}
		item = append(item, core)
		if len(item) > 6 {
			g.breaks = true
		}
		if w.mark != "" {
			flush()
		}
		if strings.ContainsAny(w.mark, ".:") && i+1 < len(words) {
			g.breaks = true
		}
	}
	flush()
	if len(g.unknown) > 3 {
		g.breaks = true
	}
	return g
}

// labelOf splits what stands before the first name into a label and an unknown first
// item, as in "12 territories: Akrotiri; Anguilla" or in "Atlantis, Anguilla".
func (n *names) labelOf(before string, now *run) string {
	label, item := "", before
	if i := strings.LastIndex(before, ": "); i >= 0 {
		label, item = before[:i+1], before[i+2:]
	}
	divided := strings.HasSuffix(item, ";") || strings.HasSuffix(item, ",")
	item = strings.Trim(item, " ,;")
	words := strings.Fields(item)
	if len(words) == 0 || len(words) > 6 || strings.HasSuffix(item, ":") || n.classIn(item) != "" {
		return before
	}
	for _, w := range words {
		if !mayBegin(w) && (!divided || !mayBegin(item)) {
			return before // a sentence, or a date
		}
	}
	now.unknown = append(now.unknown, item)
	return label
}

func distinct(all []name) int {
	seen := make(map[string]bool, len(all))
	for _, n := range all {
		seen[n.code] = true
	}
	return len(seen)
}
