package listing

import (
	"golang.org/x/net/html/atom"
)

func tagSet(tags ...atom.Atom) map[atom.Atom]bool {
	set := make(map[atom.Atom]bool, len(tags))
	for _, t := range tags {
		set[t] = true
	}
	return set
}

// role is what an element means for building the tree, one look-up for all sets.
type role uint16

var roles = func() map[atom.Atom]role {
	all := map[atom.Atom]role{}
	for _, s := range []struct {
		set map[atom.Atom]bool
		bit role
	}{{void, isVoid}, {inline, isInline}, {silent, isSilent}, {scope, isScope}, {mayStayOpen, isOptional}, {inHead, isInHead}, {endsParagraph, isEndingP}} {
		for t := range s.set {
			all[t] |= s.bit
		}
	}
	return all
}()

// closes lists for a start tag which open elements it ends, and the elements beyond
// which it does not look.
var closes = map[atom.Atom]struct{ ends, upTo map[atom.Atom]bool }{
	atom.Li:       {tagSet(atom.Li), tagSet(atom.Ul, atom.Ol, atom.Menu, atom.Dir)},
	atom.Dt:       {tagSet(atom.Dt, atom.Dd), tagSet(atom.Dl)},
	atom.Dd:       {tagSet(atom.Dt, atom.Dd), tagSet(atom.Dl)},
	atom.Tr:       {tagSet(atom.Tr, atom.Td, atom.Th, atom.Caption, atom.Colgroup), tagSet(atom.Table, atom.Tbody, atom.Thead, atom.Tfoot)},
	atom.Td:       {tagSet(atom.Td, atom.Th), tagSet(atom.Table, atom.Tr)},
	atom.Th:       {tagSet(atom.Td, atom.Th), tagSet(atom.Table, atom.Tr)},
	atom.Thead:    {tagSet(atom.Tr, atom.Td, atom.Th, atom.Tbody, atom.Thead, atom.Tfoot, atom.Caption, atom.Colgroup), tagSet(atom.Table)},
	atom.Tbody:    {tagSet(atom.Tr, atom.Td, atom.Th, atom.Tbody, atom.Thead, atom.Tfoot, atom.Caption, atom.Colgroup), tagSet(atom.Table)},
	atom.Tfoot:    {tagSet(atom.Tr, atom.Td, atom.Th, atom.Tbody, atom.Thead, atom.Tfoot, atom.Caption, atom.Colgroup), tagSet(atom.Table)},
	atom.Option:   {tagSet(atom.Option), tagSet(atom.Select, atom.Datalist, atom.Optgroup)},
	atom.Optgroup: {tagSet(atom.Option, atom.Optgroup), tagSet(atom.Select)},
	atom.A:        {tagSet(atom.A), tagSet(atom.Table, atom.Td, atom.Li, atom.Div, atom.P)},
}

// The attributes that are kept. Never class, id or data of scripts.
var keys = []string{"href", "alt", "title", "aria-label", "value", "label", "rowspan", "colspan", "role", "type", "scope"}

func internKey(key []byte) string {
	for _, k := range keys {
		if string(key) == k {
			return k
		}
	}
	return ""
}

func wanted(key []byte) bool {
	switch len(key) {
	case 3, 4, 5, 7, 10:
		return internKey(key) != ""
	}
	return false
}
