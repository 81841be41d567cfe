package listing

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html/atom"
)

// entryState is an entry while its texts are read one after the other.
type entryState struct {
	rd    *reader
	base  Record
	orgs  []Record // its institutions so far
	loose []Link   // links before the first of them
	notes []string // notes before the first of them
	role  string   // what a label said of the next text
	class string   // of the whole entry
	none  string   // the text that says that there is no institution
	lead  atom.Atom
	named bool // an institution was found
}

// records turns the texts of an entry into records: one for each institution, or one
// for the state.
func (rd *reader) records(s *section, n name, texts []entryText, path, quote string) {
	st := entryState{rd: rd, notes: nonEmpty(n.note)}
	st.base = Record{Code: n.code, Name: n.printed, Part: n.part, Class: n.class, Path: path, Quote: quote}
	for i, t := range texts {
		if !st.label(&t, i+1 < len(texts)) && !st.classText(t) {
			st.text(t)
		}
	}
	if len(st.orgs) == 0 {
		if st.none != "" && st.class == "" && st.base.Class == "" && s.class == "" {
			rd.aside(quote, path, "the entry says that there is none: "+st.none)
			return
		}
		st.orgs = []Record{st.base}
	}
	st.orgs[0].Links = append(st.orgs[0].Links, st.loose...)
	for _, o := range st.orgs {
		o.Class = cmp.Or(o.Class, st.class, s.class)
		o.Note = strings.Join(slices.Concat(st.notes, nonEmpty(o.Note)), "; ")
		rd.emit(o)
	}
}

// label takes a text that is a label, and cuts one from the front of t. The role it
// gives is left in t.
func (st *entryState) label(t *entryText, more bool) bool {
	before := st.role
	st.role = ""
	if t.role != "" {
		return false
	}
	t.role = before
	if t.s == "" {
		return false
	}
	if r := labelRole(t.s); r != "" && (strings.HasSuffix(t.s, ":") || r == "link" || !st.named && more && !isLabel(t.s, weakLabels)) {
		if r != "link" {
			st.role = r
		}
		st.loose = append(st.loose, t.links...)
		return true
	}
	if label, rest, ok := strings.Cut(t.s, ": "); ok {
		if r := labelRole(label); r != "" {
			t.s, t.role = rest, r
		}
	}
	return false
}

// classText takes a text that is the words of a class.
func (st *entryState) classText(t entryText) bool {
	c := st.rd.p.n.classOf(t.s)
	if c == "" || t.role == "organisation" {
		return false
	}
	st.class = cmp.Or(st.class, c)
	if n := len(st.orgs); n > 0 && (st.orgs[n-1].Class == "" || !t.item) && st.base.Class == "" {
		st.orgs[n-1].Class = c
	}
	st.loose = append(st.loose, t.links...)
	return true
}

func (st *entryState) text(t entryText) {
	switch {
	case t.role == "country":
	case nothing[strings.ToLower(t.s)]:
		if (t.role == "" || t.role == "organisation") && !st.named {
			st.none = t.s
		}
	case t.s == "" || t.role == "link" || isAddress(t.s):
		if isAddress(t.s) && len(t.links) == 0 {
			t.links = []Link{{Text: t.s, Address: t.s}}
		}
		st.attach(t.links)
	case t.role == "class" || t.role == "note" || t.role != "organisation" && isDetail(t.s, st.named && !t.item),
		st.named && t.role != "organisation" && !t.item && (t.lead == 0 || t.lead != st.lead):
		st.attach(t.links)
		st.note(t.s)
	default:
		for _, one := range strings.Split(t.s, "; ") {
			st.orgs = append(st.orgs, st.rd.organisation(st.base, one))
		}
		if !st.named {
			st.lead, st.named = t.lead, true
		}
		st.attach(t.links)
	}
}

// attach gives links to the institution that was found last.
func (st *entryState) attach(links []Link) {
	if n := len(st.orgs); n > 0 {
		st.orgs[n-1].Links = append(st.orgs[n-1].Links, links...)
		return
	}
	st.loose = append(st.loose, links...)
}

// note gives a note to the institution that was found last.
func (st *entryState) note(s string) {
	if n := len(st.orgs); n > 0 {
		o := &st.orgs[n-1]
		o.Note = strings.Join(append(nonEmpty(o.Note), s), "; ")
		return
	}
	st.notes = append(st.notes, s)
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// organisation splits what belongs to an institution's name from what does not.
func (rd *reader) organisation(base Record, s string) Record {
	o := base
	s = strings.TrimLeft(s, "•·‣▪–- ")
	if before, class := rd.p.n.classAtEnd(s); class != "" && before != "" && len(before) < len(strings.TrimRight(s, " .,;:)]*")) && o.Class == "" {
		if cut := strings.TrimRight(s, " .,;:)]*"); strings.ContainsAny(cut[len(before):], "-–—|(,:") || len(before) > 0 && strings.HasSuffix(s, ")") {
			o.Class, s = class, before
		}
	}
	if before, inside, ok := bracket(s); ok {
		r := firstRune(inside)
		if isYear(inside) || unicode.IsLower(r) && startsNote(inside) || strings.Contains(strings.ToLower(inside), "joined ") {
			o.Note, s = inside, before
		} else if parts()[strings.ToLower(inside)] == o.Code && o.Part == "" {
			o.Part, s = inside, before
		}
	}
	if o.Part == "" {
		for _, sep := range []string{": ", " – ", " - "} {
			if left, right, ok := strings.Cut(s, sep); ok && parts()[strings.ToLower(left)] == o.Code {
				o.Part, s = left, right
				break
			}
		}
	}
	o.Organisation = strings.Trim(s, " ,;:")
	return o
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

func startsNote(s string) bool {
	low := strings.ToLower(s)
	for _, w := range noteStarts {
		if strings.HasPrefix(low, w) {
			return true
		}
	}
	return false
}

func isAddress(s string) bool {
	low := strings.ToLower(s)
	return !strings.Contains(s, " ") && (strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://") || strings.HasPrefix(low, "www.") || strings.HasPrefix(low, "mailto:"))
}

// isDetail reports texts that belong to an institution but are not its name: contacts,
// years, notes. Behind a name that was found, what holds a long number is one, too, such
// as a line of an address; before it, "Helpline 116 111" is a name.
func isDetail(s string, found bool) bool {
	low := strings.ToLower(s)
	if strings.Contains(s, "@") {
		return true
	}
	for _, w := range detailStarts {
		if strings.HasPrefix(low, w) {
			return true
		}
	}
	number := strings.ContainsAny(s, "0123456789")
	for _, w := range contactLabels {
		if rest, ok := strings.CutPrefix(low, w); ok && (strings.HasPrefix(rest, ":") || number && strings.Trim(rest, "0123456789 .:+()-/") == "") {
			return true
		}
	}
	if r := firstRune(s); startsNote(s) && len(s) < 60 && (number || unicode.IsLower(r) || strings.HasPrefix(low, "founding member")) {
		return true
	}
	letters := strings.IndexFunc(s, unicode.IsLetter) >= 0
	return !letters || found && longNumber(s)
}

// longNumber reports a word of three digits or more.
func longNumber(s string) bool {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '/' }) {
		digits := 0
		for _, r := range w {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		if digits >= 3 && digits*2 >= len(w) {
			return true
		}
	}
	return false
}

func labelRole(s string) string {
	switch {
	case isLabel(s, countryLabels):
		return "country"
	case isLabel(s, classLabels):
		return "class"
	case isLabel(s, organisationLabels):
		return "organisation"
	case isLabel(s, linkLabels):
		return "link"
	case isLabel(s, noteLabels):
		return "note"
	}
	return ""
}

// full reports that the list has more entries than a list of states has; choose then
// refuses it.
func (rd *reader) full() bool { return len(rd.r.Records) > maxRecords }

// emit adds a record. The same record again is one: pages print an entry twice for
// wide and narrow screens.
func (rd *reader) emit(r Record) {
	if rd.full() {
		return
	}
	k := [5]string{r.Code, r.Part, r.Organisation, r.Class, r.Note}
	if rd.seen[k] {
		rd.aside(r.Quote, r.Path, "the same entry stands on the page before")
		return
	}
	rd.seen[k] = true
	rd.r.Records = append(rd.r.Records, r)
}
