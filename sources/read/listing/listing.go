// Package listing finds, in any HTML, the list whose entries are states, and reads it
// by the names of states and the words of headings. It knows no class names, no ids and
// no publisher, so that a redesign of a page does not empty a table.
package listing

import "errors"

// Want says what to look for on a page.
type Want struct {
	// Place tells which place a text names, by its code. Nil stands for the registry of
	// package places.
	Place func(text string) (code string, ok bool)
	// Classes are the words by which the page tells classes of entries apart, in a
	// heading over a part of the list or in an entry itself. Empty: it has none.
	Classes []Class
	// Under, if not empty, are words of headings: only a list under one of them counts.
	Under []string
	// Not are words of headings over lists of something else.
	Not []string
}

// Class is a class of entries and the words that stand for it, compared without regard
// to case, such as full: "full members", "full member".
type Class struct {
	Name  string
	Words []string
}

// Record is one entry: a state, or one of its institutions.
type Record struct {
	Code         string // code of the place
	Name         string // name of the state as printed, without what Part and Note hold
	Part         string // part of the state that the page names, such as Catalonia; "" for the whole
	Organisation string // institution; "" where the page names only the state
	Class        string // name of one of Want.Classes; "" if the page does not say
	Links        []Link // in the entry, in their order
	Note         string // remaining text of the entry: brackets, "joined 1999", …
	Path         string // CSS path of the entry's element; a JSON pointer after " json " inside a script
	Quote        string // text of the entry, blanks folded
}

// Link is a link in an entry.
type Link struct{ Text, Address string }

// Left is a text that was not taken for an entry, and why.
type Left struct{ Text, Path, Why string }

// Result is what Read found.
type Result struct {
	Records []Record // in the order of the page
	Shape   string   // table, list, definitions, headings, cards, options, script, prose, map
	// Texts counts the texts inside the list that should be entries or belong to one,
	// Understood those that were.
	Texts, Understood int
	// Left are the texts inside the list that were not understood, then what else on the
	// page names places and was left out.
	Left []Left
	// Ended says that the page was read to its own end: nothing in it was cut off.
	Ended bool
}

// Share is the share of the list's texts that were understood, from 0 to 1.
func (r *Result) Share() float64 {
	if r.Texts == 0 {
		return 0
	}
	return float64(r.Understood) / float64(r.Texts)
}

// Errors of Read, for errors.Is. Each is wrapped in a sentence that says what and where.
var (
	ErrNoList   = errors.New("no list of states")
	ErrTwoLists = errors.New("two lists of states that could both be meant")
	ErrLimit    = errors.New("beyond the limits of what is read")
	ErrNotHTML  = errors.New("not HTML")
)
