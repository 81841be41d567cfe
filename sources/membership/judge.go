package membership

import (
	"fmt"
	"slices"
	"strings"

	"baseline/sources/read/listing"
	"baseline/sources/source"
)

// judge holds the rows where the list as read cannot be trusted.
func (r *reading) judge() {
	set, result := r.about.Listing, r.result
	if !result.Ended {
		r.hold("cut-off", "the page ends before its end: members may be missing", "fetch it again; if it stays so, look at the page's source")
	}
	if isMisread(r.capture.Body) {
		r.hold("wrong-encoding", "the page's letters were taken for those of another encoding, and saved so: names may be wrong", "fetch it again, or take the bytes as the publisher sends them")
	}
	if share := result.Share(); share < set.MinUnderstood {
		r.hold("not-understood", fmt.Sprintf("%d of the %d texts in the list (%.0f%%) were understood, %.0f%% are needed", result.Understood, result.Texts, 100*share, 100*set.MinUnderstood),
			"look at the texts that were not understood; the page may have a new form")
	}
	states, withClass := map[string]bool{}, map[string]map[string]bool{}
	for _, e := range r.members {
		states[e.Code] = true
		if withClass[e.Class] == nil {
			withClass[e.Class] = map[string]bool{}
		}
		withClass[e.Class][e.Code] = true
	}
	r.refuse("class-missing", "stand under no heading, and hold no word, that gives their class",
		"look for the page's words for classes and add them to listing.classes in source.yaml",
		func(e *Entry) bool { return e.Class == "" })
	r.refuse("organisation-unexpected", "name an organisation, in a list of states",
		"look whether it is a state that the registry does not know, or whether the page has a new form",
		func(e *Entry) bool { return r.statesOnly && e.Organisation != e.Part })
	years := slices.ContainsFunc(r.members, func(e *Entry) bool { return e.JoinedYear != 0 })
	r.refuse("joined-year-missing", "have no year of joining, though others have",
		"look whether the page has a new form",
		func(e *Entry) bool { return r.yearsForAll && years && e.JoinedYear == 0 })
	switch n := len(states); {
	case n < set.MinStates:
		r.hold("too-few-states", fmt.Sprintf("the list names %d states, at least %d are expected", n, set.MinStates), "look whether the page shows only a part of the list")
	case n > set.MaxStates:
		r.hold("too-many-states", fmt.Sprintf("the list names %d states, at most %d are expected", n, set.MaxStates), "look whether another list was read")
	}
	for _, l := range r.limits {
		if n := len(withClass[l.class]); n < l.from || n > l.to {
			r.hold("class-out-of-bounds", fmt.Sprintf("%d states have a member of class %s, from %d to %d are expected", n, l.class, l.from, l.to), "look whether a heading is missing, or two are swapped")
		}
	}
	r.leftovers()
}

// refuse holds the rows if there are entries that the test finds at fault.
func (r *reading) refuse(code, what, hint string, fault func(*Entry) bool) {
	var all []*Entry
	for _, e := range r.members {
		if fault(e) {
			all = append(all, e)
		}
	}
	if len(all) == 0 {
		return
	}
	r.find(source.Finding{
		Code: code, Severity: source.Hold, Hint: hint,
		Text: fmt.Sprintf("%d of %d entries %s; the first is %s", len(all), len(r.members), what, memberName(all[0])),
	}, all[0].Path, all[0].Quote)
}

func (r *reading) hold(code, text, hint string) {
	r.find(source.Finding{Code: code, Severity: source.Hold, Text: text, Hint: hint}, "", "")
}

// leftovers reports what was not taken for entries: texts in the list that were not
// understood, then what was left out for a reason.
func (r *reading) leftovers() {
	unknown := r.result.Left[:min(r.result.Texts-r.result.Understood, len(r.result.Left))]
	var doubtful, rest []listing.Left
	for _, left := range r.result.Left[len(unknown):] {
		if doubt := r.doubt(left); doubt != "" {
			doubtful = append(doubtful, listing.Left{Text: left.Text, Path: left.Path, Why: left.Why + "; " + doubt})
			continue
		}
		rest = append(rest, left)
	}
	r.open = r.open || len(unknown)+len(doubtful) > 0
	r.ask("text-not-understood", "a name that the registry lacks goes into schemas/places/spellings.csv; until then nobody who is not in the list counts as absent", unknown)
	r.ask("list-in-doubt", "compare with the page; until then nobody who is not in the list counts as absent", doubtful)
	if len(rest) > 0 {
		r.find(source.Finding{
			Code: "left-out", Severity: source.Note,
			Text: fmt.Sprintf("%d texts of the page were left out, the first is %q: %s", len(rest), short(rest[0].Text), rest[0].Why),
			Hint: "nothing, unless a member is among them",
		}, rest[0].Path, rest[0].Text)
	}
}

func (r *reading) ask(code, hint string, texts []listing.Left) {
	for _, left := range texts {
		r.find(source.Finding{
			Code: code, Severity: source.Question, Hint: hint,
			Text: fmt.Sprintf("the text %q: %s", short(left.Text), left.Why),
		}, left.Path, left.Text)
	}
}

// doubt says why a text that was left out may hold members all the same.
func (r *reading) doubt(left listing.Left) string {
	if strings.Contains(left.Why, "in the same list as") {
		return "the page shows its list twice, and the two differ"
	}
	for _, class := range r.about.Listing.Classes {
		for _, word := range class.Words {
			if strings.Contains(strings.ToLower(left.Why), strings.ToLower(word)) {
				return "it stands under words for the class " + class.Class
			}
		}
	}
	return ""
}

// short cuts a text to a length that fits into a sentence.
func short(s string) string {
	if runes := []rune(s); len(runes) > 60 {
		return string(runes[:60]) + " …"
	}
	return s
}
