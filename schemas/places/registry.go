// Package places is the registry of states and places: which spellings are known
// for each, and nothing else. It never guesses. A spelling that nobody has listed
// is unknown, and a steward decides; Suggest helps with that decision and must not
// be used in its place.
//
// The registry is data: places.csv, spellings.csv, not_states.csv and groups.csv
// lie beside this file.
package places

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Place is a state, or something that publishers print in the place of one.
type Place struct {
	Code   string // ISO 3166-1 alpha-3; XKX, EUR, UNKNOWN, TOTAL and codes of former states beside them
	Name   string // common English name
	Kind   string // one of the words of schemas.PlaceKinds; a former state is a state
	Parent string // for a territory: code of the state it belongs to; empty where the registry takes no position
	Former bool   // it exists no more, but publishers still print it
}

// Registry knows places by code and by spelling. It is safe for use by several
// goroutines.
type Registry struct {
	places    map[string]Place
	codes     []string          // in alphabetical order
	spellings map[string]string // folded spelling to code
	listed    []spelling        // as listed, in the files' order; what Suggest searches
	notStates map[string]string // folded spelling to the reason
	groups    map[string][]string
}

type spelling struct{ text, code string }

//go:embed places.csv
var placesCSV []byte

//go:embed spellings.csv
var spellingsCSV []byte

//go:embed not_states.csv
var notStatesCSV []byte

//go:embed groups.csv
var groupsCSV []byte

// Default returns the registry that is compiled into the program. It is read once;
// a mistake in its files panics, so that the first test that runs finds it.
var Default = sync.OnceValue(func() *Registry {
	r, err := read(placesCSV, spellingsCSV, notStatesCSV, groupsCSV)
	if err != nil {
		panic(err)
	}
	return r
})

// Lookup returns the place that a published spelling names. It reports false for
// every spelling that is not listed: apart from case, surrounding blanks, runs of
// blanks, the form of the apostrophe and the composition of Unicode letters,
// nothing is forgiven. A letter without its diacritic is another letter.
func (r *Registry) Lookup(spelling string) (Place, bool) {
	code, ok := r.spellings[fold(spelling)]
	if !ok {
		return Place{}, false
	}
	return r.places[code], true
}

// NotState says why a spelling names no place at all, such as "European Union".
// It forgives what Lookup forgives.
func (r *Registry) NotState(spelling string) (why string, ok bool) {
	why, ok = r.notStates[fold(spelling)]
	return why, ok
}

// Place returns the place with that code. Codes are upper case.
func (r *Registry) Place(code string) (Place, bool) {
	p, ok := r.places[code]
	return p, ok
}

// Places returns all places in the order of their codes.
func (r *Registry) Places() []Place {
	all := make([]Place, len(r.codes))
	for i, code := range r.codes {
		all[i] = r.places[code]
	}
	return all
}

// Group returns the codes of a group in alphabetical order: coe47 (the members of
// the Council of Europe in 2021), coe46 (those since 16 March 2022), eu27, focus.
// It returns nil for a name that is no group.
func (r *Registry) Group(name string) []string { return slices.Clone(r.groups[name]) }

var oneApostrophe = strings.NewReplacer("\u2019", "'", "\u02bc", "'")

// fold undoes what a publisher may change without meaning another place.
func fold(s string) string {
	if plain(s) {
		return strings.Join(strings.FieldsFunc(strings.ToLower(s), unicode.IsSpace), " ")
	}
	s = oneApostrophe.Replace(norm.NFC.String(strings.ToLower(norm.NFC.String(s))))
	return strings.Join(strings.FieldsFunc(s, unicode.IsSpace), " ")
}

// plain reports whether s is ASCII, for which there is nothing to compose. It
// saves most of the time of reading the registry.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
