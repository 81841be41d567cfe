package message

import (
	"cmp"

	"baseline/pipeline/alerts/event"
)

// membership says what a state's institution is in a network, and who else of the state is
// in it: that one has left does not mean that the state has.
func (l *lines) membership(e event.Event) {
	w := l.words
	was, is := e.Old["class"], e.New["class"]
	if was != "" && was != "unknown" {
		l.add("was", w.value("class", was))
	}
	if e.Kind == event.Left {
		if is == "" {
			l.add("is", w.texts["not-listed"])
		} else {
			l.add("is", w.value("class", is))
		}
		l.add("missing", w.cellDay(e.New["missing_since"]))
		still := plain(e.New["others"])
		if still == "" && e.Old["organisation"] != "" {
			still = w.texts["nobody-else"]
		}
		l.add("still", still)
		return
	}
	l.add("is", w.value("class", is))
	switch label := map[event.Kind]string{event.Joined: "member-since", event.ClassChanged: "class-since"}[e.Kind]; {
	case e.On.IsZero() && e.Kind == event.Joined && e.New["joined_year"] != "":
		l.add(label, e.New["joined_year"])
	default:
		l.dated(label, e.On, precision(e))
	}
	l.add("others", plain(cmp.Or(e.New["others"], e.Old["others"])))
}
