package listing

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// separators stand between a name and the rest of its entry.
var separators = []string{": ", " – ", " — ", " - ", " | ", " · ", " • ", " / ", "; ", ", ", " : "}

// undecorated cuts bullets, numbers of a list and flags from the front of an entry.
// With a flag it returns the name that the flag stands for.
func undecorated(s string) (rest, flagged string) {
	for {
		before := s
		s = strings.TrimLeft(s, " •·‣▪●○■–—-*►▸➤→✓✔|")
		if name, after, ok := flag(s); ok {
			flagged, s = name, after
		}
		if i := strings.IndexAny(s, ".)"); i > 0 && i <= 3 && strings.Trim(s[:i], "0123456789") == "" && i+1 < len(s) && s[i+1] == ' ' {
			s = strings.TrimSpace(s[i+1:])
		}
		if s == before {
			return s, flagged
		}
	}
}

// entry reads a text as an entry: a name of a state, and what follows it. Pieces are
// its text nodes.
func (n *names) entry(s string, pieces []string) (name, bool) {
	if r, ok := n.entryText(s); ok && (r.rest == "" || len(pieces) < 2) {
		return r, true
	}
	// A name in an element of its own, then the rest.
	if len(pieces) > 1 {
		for k, p := range pieces[:min(len(pieces), 3)] {
			rest, flagged := undecorated(p)
			if rest == "" && flagged == "" || isLabel(p, countryLabels) {
				continue
			}
			if rest == "" {
				if k+1 < len(pieces) && n.lookup(pieces[k+1]) != "" {
					continue
				}
				rest = flagged
			}
			r, ok := n.full(rest)
			if !ok {
				break
			}
			r.rest = trimSeparators(strings.Join(pieces[k+1:], "\n"))
			return r, true
		}
	}
	return n.entryText(s)
}

func trimSeparators(s string) string { return strings.Trim(s, " \n:–—-|·•,;/") }

func (n *names) entryText(s string) (name, bool) {
	rest, flagged := undecorated(s)
	if rest == "" {
		if flagged == "" {
			return name{}, false
		}
		r, ok := n.full(flagged)
		r.printed = strings.TrimSpace(s)
		return r, ok
	}
	r, _ := utf8.DecodeRuneInString(rest)
	if len(rest) > 400 || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return name{}, false
	}
	if r, ok := n.full(rest); ok {
		return r, true
	}
	before, class := n.classAtEnd(rest)
	if class != "" {
		if r, ok := n.full(before); ok {
			r.class = class
			return r, true
		}
	}
	if r, ok := n.beforeSeparator(rest); ok {
		return r, true
	}
	if class != "" {
		if r, ok := n.beforeSeparator(before); ok {
			r.class = class
			return r, true
		}
	}
	if r, ok := n.beforeNote(rest); ok {
		return r, true
	}
	if date, after, ok := leadingDate(rest); ok {
		if r, ok := n.full(after); ok {
			r.note = date
			return r, true
		}
	}
	if flagged != "" {
		// The flag stands instead of the name.
		if r, ok := n.full(flagged); ok {
			r.rest = rest
			return r, true
		}
	}
	return name{}, false
}

// beforeSeparator reads "Albania: rest" and its like. A label before the name is cut.
func (n *names) beforeSeparator(s string) (name, bool) {
	first := len(s)
	near := s[:min(len(s), longestName+8)]
	for _, sep := range separators {
		for from := 0; ; {
			i := strings.Index(near[from:], sep)
			if i < 0 {
				break
			}
			i += from
			left, right := s[:i], strings.TrimSpace(s[i+len(sep):])
			if isLabel(left, countryLabels) {
				return n.entryText(right)
			}
			if class := n.classOf(left); class != "" && sep == ": " {
				r, ok := n.full(strings.TrimRight(right, "."))
				r.class = class
				return r, ok
			}
			if r, ok := n.full(left); ok {
				if r, done, ok := n.turned(r, left, right, sep); done {
					return r, ok
				}
				if parts()[strings.ToLower(right)] == r.code {
					r.part = right
				} else {
					r.rest = right
				}
				return r, true
			}
			first = min(first, i)
			from = i + len(sep)
			if sep != ", " && sep != " - " {
				break
			}
		}
	}
	// "Belgium (Flanders) Kinderrechten" has no separator but the bracket.
	if i := strings.IndexByte(near, ')'); i > 0 && i < first && i+1 < len(s) {
		if r, ok := n.full(s[:i+1]); ok && r.part+r.note+r.class != "" {
			r.rest = trimSeparators(s[i+1:])
			return r, true
		}
	}
	return name{}, false
}

// turned tells whether what follows a separator belongs to the name: "Korea, Republic
// of". If so and no such name is listed, the text is not understood.
func (n *names) turned(r name, left, right, sep string) (name, bool, bool) {
	if sep == ": " || sep == " : " {
		return r, false, false
	}
	if code := n.lookup(right + " " + left); code != "" {
		return name{code: code, printed: left + sep + right}, true, true
	}
	form := right != ""
	for _, w := range strings.Fields(strings.ToLower(right)) {
		form = form && formWords[strings.Trim(w, ",.*")]
	}
	other := sharedBeforeComma[strings.ToLower(left)] && startsUpper(right) && !strings.Contains(right, " ")
	return r, form || other, false
}

// beforeNote reads "Albania joined 1999".
func (n *names) beforeNote(s string) (name, bool) {
	if len(s) > longestName+40 || !strings.ContainsAny(s, "0123456789") {
		return name{}, false
	}
	low := strings.ToLower(s)
	if len(low) != len(s) {
		return name{}, false
	}
	for _, w := range noteStarts[:4] {
		if i := wordsIn(low, w); i > 1 && strings.ContainsAny(s[i:], "0123456789") && len(s)-i < 40 {
			if r, ok := n.full(strings.TrimRight(s[:i], " ,(")); ok {
				r.note = strings.Trim(s[i:], " ()")
				return r, true
			}
		}
	}
	if i := strings.LastIndexByte(s, ' '); i > 0 && len(s)-i == 5 && isYear(s[i+1:]) {
		if r, ok := n.full(s[:i]); ok {
			r.note = s[i+1:]
			return r, true
		}
	}
	return name{}, false
}

func isYear(s string) bool {
	return len(s) == 4 && strings.Trim(s, "0123456789") == "" && (s[:2] == "19" || s[:2] == "20")
}

// leadingDate splits a year or a date in digits from the front of s.
func leadingDate(s string) (date, rest string, ok bool) {
	date, rest, ok = strings.Cut(s, " ")
	date = strings.TrimRight(date, ":")
	if !ok || len(date) < 4 || len(date) > 10 || strings.Trim(date, "0123456789./-") != "" {
		return "", s, false
	}
	return date, strings.TrimLeft(rest, " :–—-\t"), true
}
