package event

import (
	"cmp"
	"slices"
	"strings"

	"baseline/pipeline/snapshot"
	"baseline/schemas"
	"baseline/sources/source"
)

// memberships tells who joined, left or changed class. Lists name institutions, and these
// change their names: where one has gone and another of the same state has come, that is
// asked of the steward. As long as nobody has confirmed that the first has gone, the second
// waits.
func (s *step) memberships(changes []pair) {
	d := &schemas.Memberships
	missing, gone := map[string][]schemas.Row{}, map[string][]pair{}
	for _, r := range s.after.Tables[d.Name] {
		if r.Standing == schemas.Unconfirmed {
			missing[stateKey(d, r)] = append(missing[stateKey(d, r)], r)
		}
	}
	for _, p := range changes {
		if p.now == nil {
			state := stateKey(d, *p.old)
			gone[state] = append(gone[state], p)
		}
	}
	for _, p := range changes {
		if p.now == nil {
			continue
		}
		state := stateKey(d, *p.now)
		was, is := p.was("class").Text(), p.is("class").Text()
		switch same := slices.IndexFunc(gone[state], func(g pair) bool { return g.was("class") == p.is("class") }); {
		case p.c.Kind == schemas.Added && same >= 0:
			s.renamed(p, gone[state][same].c.Key)
			gone[state] = slices.Delete(gone[state], same, same+1)
		case p.c.Kind == schemas.Added && len(missing[state]) > 0:
			s.waits(p, missing[state])
		case !isMember(was) && isMember(is):
			s.joined(p, was)
		case isMember(was) && is == "none":
			s.left(p)
		case isMember(was) && isMember(is) && was != is:
			s.classChanged(p, was, is)
		}
	}
	s.waited(gone)
	for _, list := range gone {
		for _, p := range list {
			if isMember(p.was("class").Text()) {
				s.left(p)
			}
		}
	}
}

func isMember(class string) bool { return class != "" && class != "none" && class != "unknown" }

// member are the columns that say what a membership is.
func member(of func(string) schemas.Value) map[string]string {
	return map[string]string{
		"class": of("class").String(), "organisation": of("organisation").String(), "since": of("since").String(),
		"since_precision": of("since_precision").String(), "joined_year": of("joined_year").String(),
	}
}

// others are the other members of the row's state in its network, by institution; "" for
// none. A state has left a network only when nobody of it is left.
func others(snap *snapshot.Snapshot, row schemas.Row) string {
	d := &schemas.Memberships
	cell := func(r schemas.Row, column string) string { return r.Values[d.Column(column)].Text() }
	var names []string
	for _, r := range snap.Tables[d.Name] {
		if d.CompareCoarse(r, row) == 0 && d.KeyText(r) != d.KeyText(row) && isMember(cell(r, "class")) {
			names = append(names, cmp.Or(cell(r, "organisation"), cell(r, "published_name")))
		}
	}
	return strings.Join(names, ", ")
}

// beside adds who else of the state was a member before, and is now.
func (s *step) beside(w *what, row schemas.Row) {
	for snap, cells := range map[*snapshot.Snapshot]*map[string]string{s.before: &w.old, s.after: &w.new} {
		if names := others(snap, row); names != "" {
			if *cells == nil {
				*cells = map[string]string{}
			}
			(*cells)["others"] = names
		}
	}
}

// joining says that somebody joined. Its day is not part of what was, if the row is new.
func (s *step) joining(p pair, was string) what {
	w := what{
		kind: Joined, column: "class", on: p.is("since"), family: "member",
		new: member(p.is), facts: []string{"class=" + p.is("class").String()},
	}
	if was != "" {
		w.old = map[string]string{"class": was}
	} else if s.leftOut(p) {
		w.old = map[string]string{"class": "none"}
	}
	s.beside(&w, *p.now)
	return w
}

func (s *step) joined(p pair, was string) {
	if w := s.joining(p, was); s.known(p, was, w) {
		s.tellIfNews(p, w)
	}
}

func (s *step) left(p pair) {
	w := what{kind: Left, column: "class", family: "member", old: member(p.was)}
	if p.now == nil {
		s.beside(&w, *p.old)
		if s.gone(p) {
			s.tell(p, w)
		} else {
			s.setAside(p, w)
		}
		return
	}
	w.new = map[string]string{"class": p.is("class").String(), "organisation": p.is("organisation").String()}
	s.beside(&w, *p.now)
	s.tellIfNews(p, w)
}

func (s *step) classChanged(p pair, was, is string) {
	// Since when it has its class; an older row that recorded no such day says nothing about it.
	on := p.is("since")
	if !p.changed("since") && p.old != nil && on.Compare(p.d.Day(*p.old)) <= 0 {
		on = schemas.Value{}
	}
	before := func(column string) schemas.Value {
		if column == "class" {
			return p.was(column)
		}
		return p.had(column) // was takes what an older list does not record for unchanged
	}
	s.tellIfNews(p, what{kind: ClassChanged, column: "class", on: on, family: "member", old: member(before), new: member(p.is), facts: []string{"class=" + was + ">" + is}})
}

func (s *step) renamed(p pair, gone string) {
	s.offer(p, []what{s.joining(p, "")}, Renamed, source.Question, "look at the page: is it the same institution under another name?",
		"%s is in the list and %s, of the same class, has gone", p.c.Key, gone)
}

// waits puts off the news of a member whose state misses another.
func (s *step) waits(p pair, missing []schemas.Row) {
	if !s.news(p, p.is("since")) {
		s.setAside(p, s.joining(p, ""))
		return
	}
	w := Waiting{telling: s.telling(p, s.joining(p, ""))}
	for _, r := range missing {
		w.For = append(w.For, p.d.KeyText(r))
	}
	s.chain.Waiting = append(s.chain.Waiting, w)
	s.doubt(p, MaybeRenamed, source.Note, "nothing to do but wait: it is told as soon as the other is back, or as a question once it is confirmed that it has gone",
		"%s is new in the list, which lacks %s: the same under another name?", p.c.Key, strings.Join(w.For, " and "))
}

// waited looks again at those that wait: it tells of them if nobody is missing any more,
// and drops them if one of the same class has gone for good, or if they have gone again.
func (s *step) waited(gone map[string][]pair) {
	d := &schemas.Memberships
	waiting := s.chain.Waiting
	s.chain.Waiting = nil
	for _, w := range waiting {
		if w.Question || w.Day {
			s.chain.Waiting = append(s.chain.Waiting, w)
			continue
		}
		now := s.row(s.after, d, w.Event.Key)
		if now == nil || now.Standing == schemas.Unconfirmed {
			continue
		}
		p := pair{d: d, now: now, c: schemas.Change{Dataset: d.Name, Key: w.Event.Key, Kind: schemas.Added, Place: w.Event.Place}}
		state := stateKey(d, *now)
		same := slices.IndexFunc(gone[state], func(g pair) bool {
			return slices.Contains(w.For, g.c.Key) && g.was("class").String() == w.Event.New["class"]
		})
		still := slices.ContainsFunc(w.For, func(key string) bool {
			r := s.row(s.after, d, key)
			return r != nil && d.KeyText(*r) == key && r.Standing == schemas.Unconfirmed
		})
		switch {
		case same >= 0:
			s.renamed(p, gone[state][same].c.Key)
			gone[state] = slices.Delete(gone[state], same, same+1)
		case still:
			s.chain.Waiting = append(s.chain.Waiting, w)
		default:
			s.told = append(s.told, w.telling)
		}
	}
}
