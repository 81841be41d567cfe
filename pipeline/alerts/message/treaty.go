package message

import (
	"cmp"
	"fmt"
	"strconv"

	"baseline/pipeline/alerts/event"
)

// treaty says what a state has to do with a treaty. With its deposit a state consents to be
// bound; a party it is once the treaty is in force for it (Vienna Convention on the Law of
// Treaties, article 2, paragraph 1 (b) and (g)).
func (l *lines) treaty(e event.Event) {
	w := l.words
	switch e.Kind {
	case event.Signed:
		l.add("was", w.status(e.Old["status"]))
		l.add("is", w.status("signed"))
		l.dated("signed", e.On, "day")
	case event.Party:
		l.add("was", w.status(e.Old["status"]))
		l.add("is", w.about(w.bound(e), e))
		l.add("signed", w.cellDay(e.New["signed"]))
		if e.How == "succession" { // which is notified, not deposited
			l.dated("notice", e.On, "day")
		} else {
			l.dated("deposited", e.On, "day")
		}
		l.inForce(e)
	case event.InForce:
		if e.Place == "" {
			l.add("was", w.texts["not-in-force"])
			l.add("is", w.texts["in-force"])
		} else {
			if e.Old["status"] == "party" {
				l.add("was", w.about(w.texts["consented-only"], e))
			}
			l.add("is", w.about(w.bound(e), e))
			l.add("deposited", w.cellDay(e.New["consent"]))
		}
		l.inForce(e)
	case event.Denounced:
		l.add("was", w.status(e.Old["status"]))
		switch effect, ok := parseDay(e.New["denunciation_effect"]); {
		case over(e):
			l.add("is", w.status("withdrawn"))
		case ok:
			l.add("is", fmt.Sprintf(w.texts["party-until"], w.day(effect, "day")))
		default:
			l.add("is", w.texts["party-for-now"])
		}
		l.add("notice", w.cellDay(e.New["denounced"]))
		l.add("effect", w.cellDay(e.New["denunciation_effect"]))
		if e.New["denounced"]+e.New["denunciation_effect"] == "" {
			l.dated("notice", e.On, "day")
		}
	case event.Suspended:
		l.add("is", w.texts["suspended"])
		l.dated("suspended", e.On, "day")
	}
}

// status words a status. One that nobody knew is not told.
func (w *words) status(s string) string {
	if s == "" || s == "unknown" {
		return ""
	}
	return w.value("status", s)
}

// bound says what a state is after its deposit.
func (w *words) bound(e event.Event) string {
	day, ok := parseDay(e.New["in_force"])
	switch {
	case !ok && e.How == "succession":
		return w.status("party") // as a rule from the day on which it took the place of another state
	case !ok:
		return w.texts["consented"]
	case day.After(e.Seen):
		return fmt.Sprintf(w.texts["consented-until"], w.day(day, "day"))
	}
	return w.status("party")
}

// inForce adds the day on which the treaty enters into force.
func (l *lines) inForce(e event.Event) {
	day, ok := parseDay(e.New["in_force"])
	if !ok {
		if e.Kind == event.InForce {
			l.dated("in-force-since", e.On, "day")
		}
		return
	}
	label := "in-force-since"
	if day.After(e.Seen) {
		label = "in-force-from"
	}
	l.add(label, l.words.day(day, "day"))
}

// over reports whether a denunciation has taken effect.
func over(e event.Event) bool {
	effect, ok := parseDay(e.New["denunciation_effect"])
	return ok && !effect.After(e.Seen) || !ok && e.New["status"] == "withdrawn"
}

// effect words when a denunciation takes effect or took it. Where nothing is known of that,
// the day of the notice stands for it.
func (w *words) effect(e event.Event) string {
	effect, ok := parseDay(e.New["denunciation_effect"])
	switch {
	case e.Kind != event.Denounced:
		return ""
	case ok && over(e):
		return w.from(effect, "day", e.Seen)
	case ok:
		return " " + fmt.Sprintf(w.texts["with-effect"], w.day(effect, "day"))
	case over(e):
		return ""
	}
	return w.on(e)
}

// declaration says how many declarations or reservations stand: lists do not say which of
// them is new.
func (l *lines) declaration(e event.Event) {
	w := l.words
	of := cmp.Or(e.New["kind"], e.Old["kind"])
	if listsBoth(e.Treaty) {
		of = "either"
	} else if of != "reservation" {
		of = "declaration"
	}
	if n, err := strconv.Atoi(e.Old["count"]); err == nil {
		l.add("was", w.count(n, of))
	}
	n, err := strconv.Atoi(e.New["count"])
	if err != nil {
		n = 0
	}
	now := ""
	if err == nil || e.Kind == event.ReservationWithdrawn || e.Kind == event.DeclarationWithdrawn {
		now = w.count(n, of)
	}
	if gone, err := strconv.Atoi(e.New["withdrawn"]); err == nil && gone > 0 {
		if now != "" {
			now += w.semicolon + " "
		}
		now += w.count(gone, "withdrawn")
	}
	l.add("is", now)
	label := "made"
	if e.Kind == event.ReservationWithdrawn || e.Kind == event.DeclarationWithdrawn {
		label = "withdrawn"
	}
	l.dated(label, e.On, "day")
}
