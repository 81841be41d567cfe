package event

import (
	"slices"

	"baseline/pipeline/snapshot"
	"baseline/schemas"
	"baseline/sources/source"
)

const lookAtPage = "look at the page: did the publisher correct a mistake, or did a column move?"

// forward are the statuses in the only order in which a state passes them.
var forward = []string{"none", "signed", "party", "withdrawn"}

// treaty makes events of a change in a state's status in a treaty. Entries into force are
// told by entries.
func (s *step) treaty(p pair) {
	if p.now == nil {
		if !s.gone(p) {
			return
		}
		s.doubt(p, RowGone, source.Question, lookAtPage, "%s %s was %s and is no longer in the list", p.d.Name, p.c.Key, p.was("status"))
		return
	}
	was, is := s.statusBefore(p), p.is("status").Text()
	if p.wentBack(was, is) {
		s.doubt(p, WentBack, source.Question, lookAtPage, "%s %s was %s and is now %s, which does not happen", p.d.Name, p.c.Key, was, is)
		return
	}
	s.signed(p, was, is)
	s.becameParty(p, was, is)
	s.denounced(p, was, is)
	s.suspended(p)
	if was == is {
		for kind, column := range map[Kind]string{Signed: "signed", Party: "consent", Denounced: "denounced", Suspended: "suspended"} {
			s.corrected(p, kind, column)
		}
	}
}

// statusBefore is the status that was known before; "" if nothing was.
func (s *step) statusBefore(p pair) string {
	if was := p.was("status").Text(); was != "" {
		return was
	}
	signed := p.is("signed")
	switch {
	case s.leftOut(p):
		return "none"
	case !signed.IsNull() && signed.Compare(schemas.Day(s.before.AsOf())) <= 0:
		return "signed" // by its own day, though nobody had looked
	}
	return ""
}

// signedBefore is the day of the signature that made a state the signatory that it was.
func (p pair) signedBefore(was string) string {
	if day := p.was("signed"); !day.IsNull() || was != "signed" {
		return day.String()
	}
	return p.is("signed").String()
}

// leftOut reports whether a list that was complete before had no such row.
func (s *step) leftOut(p pair) bool {
	return p.old == nil && p.now != nil && slices.ContainsFunc(s.before.Parts, func(part snapshot.Part) bool {
		return part.Dataset == p.d.Name && part.Complete && part.Holds(*p.now)
	})
}

// wentBack reports whether a state would have to undo what cannot be undone. Who denounced
// can become a party again, by a new deposit.
func (p pair) wentBack(was, is string) bool {
	from, to := slices.Index(forward, was), slices.Index(forward, is)
	switch {
	case was == "withdrawn" && is == "party":
		return !p.changed("consent") || p.is("consent").IsNull()
	case was == "withdrawn" && is == "signed":
		return !p.changed("signed") || p.is("signed").IsNull()
	case was == "signed" && is == "withdrawn":
		return true // only a party denounces
	case was == "party" && is == "party" && p.changed("denounced") && p.is("denounced").IsNull():
		return true // a denunciation that was announced is not there any more
	}
	return from >= 0 && to >= 0 && to < from
}

// known reports whether what follows a status that nobody knew is news: only what is dated
// after the older row is, or where there was none, after the older snapshot. A list that was
// complete and left the row out knew that there was nothing; where another source has taken
// over, news judges. What may have happened since is asked of the steward.
func (s *step) known(p pair, was string, w what) bool {
	if was != "" && was != "unknown" || was == "" && (s.differ(p) || s.leftOut(p)) {
		return true
	}
	since := schemas.Day(s.before.AsOf())
	if p.old != nil {
		since = p.d.Day(*p.old)
	}
	if !w.on.IsNull() && w.on.Compare(since) > 0 {
		return true
	}
	if w.on.IsNull() || was == "unknown" {
		s.offer(p, []what{w}, NotSeenBefore, source.Question, lookAtPage, "%s %s has %s; what was before is not known, and no day says that it happened since", p.d.Name, p.c.Key, w.kind)
	}
	return false
}

func (s *step) signed(p pair, was, is string) {
	on := p.is("signed")
	if was == "signed" || was == "party" || was == "withdrawn" && is != "signed" || on.IsNull() && is != "signed" {
		return
	}
	if is != "signed" && on.Compare(schemas.Day(s.before.AsOf())) <= 0 && (s.differ(p) || was == "unknown") {
		return // a signature of long ago, beside the news that the state became a party
	}
	w := what{
		kind: Signed, column: "status", on: on, family: "signed",
		old: map[string]string{"status": was}, new: map[string]string{"status": "signed", "signed": on.String()},
	}
	if s.known(p, was, w) && !s.isOld(p, w) {
		s.tellIfNews(p, w)
	}
}

func (s *step) becameParty(p pair, was, is string) {
	if is != "party" || was == "party" {
		return
	}
	kind := p.is("consent_kind").Text()
	how := kind
	if kind == "unspecified" {
		how = ""
	}
	on := p.is("consent")
	w := what{
		kind: Party, column: "status", on: on, family: "party", how: how,
		old: map[string]string{"status": was, "signed": p.signedBefore(was)},
		new: map[string]string{"status": is, "consent": on.String(), "consent_kind": kind, "signed": p.is("signed").String(), "in_force": p.is("in_force").String()},
	}
	if !s.known(p, was, w) || s.isOld(p, w) {
		return
	}
	if !s.news(p, on) {
		s.setAside(p, w)
		return
	}
	if s.party == nil {
		s.party = map[string]bool{}
	}
	s.party[p.c.Key] = true
	s.tell(p, w)
}

// denounced tells of a denunciation once: when its day is known, or else when the state is
// no longer a party.
func (s *step) denounced(p pair, was, is string) {
	on := p.is("denounced")
	first := func(column string) bool { return p.changed(column) && p.was(column).IsNull() && !p.is(column).IsNull() }
	announced := first("denounced") || first("denunciation_effect") && on.IsNull() && p.had("denounced").IsNull()
	over := is == "withdrawn" && p.had("denounced").IsNull() && p.had("denunciation_effect").IsNull()
	if was != "party" || !announced && !over {
		if is == "withdrawn" && (was == "none" || was == "unknown") {
			s.doubt(p, UnclearStatus, source.Question, lookAtPage, "%s %s was %s and is now withdrawn, without having been a party", p.d.Name, p.c.Key, was)
		}
		return
	}
	if on.IsNull() {
		on = p.is("denunciation_effect")
	}
	w := what{
		kind: Denounced, column: "denounced", on: on, family: "party",
		old: map[string]string{"status": was},
		new: map[string]string{"status": is, "denounced": p.is("denounced").String(), "denunciation_effect": p.is("denunciation_effect").String()},
	}
	if !s.isOld(p, w) {
		s.tellIfNews(p, w)
	}
}

func (s *step) suspended(p pair) {
	was, is := p.was("suspended"), p.is("suspended")
	switch {
	case !p.changed("suspended") || p.moved("suspended"):
	case is.IsNull():
		s.doubt(p, Lifted, source.Question, "look at the page: is the suspension over?", "%s %s was suspended on %s, which is no longer said", p.d.Name, p.c.Key, was)
	case p.c.Kind == schemas.Revised:
		w := what{
			kind: Suspended, column: "suspended", on: is, family: "suspended",
			old: map[string]string{"status": p.was("status").String()}, new: map[string]string{"status": p.is("status").String(), "suspended": is.String()},
		}
		if !s.isOld(p, w) {
			s.tellIfNews(p, w)
		}
	}
}

// corrected tells that another day took the place of one that was known. Two sources that
// differ on a day correct nothing: that is asked of the steward where they are compared.
func (s *step) corrected(p pair, kind Kind, column string) {
	if !p.moved(column) || s.pending[pendingOn(p.d.Name, p.c.Key, column)] {
		return // what nobody was told of is not corrected; it is told when it is clear
	}
	if old, now := s.voice(p); old != now && now != snapshot.Corrected {
		return
	}
	was, is := p.was(column), p.is(column)
	how := ""
	if kind == Party && p.is("consent_kind").Text() != "unspecified" {
		how = p.is("consent_kind").Text()
	}
	cells := func(v schemas.Value) map[string]string {
		m := map[string]string{column: v.String()}
		if p.d.Column("status") >= 0 {
			m["status"] = p.is("status").String()
		}
		return m
	}
	s.tell(p, what{
		kind: kind, column: column, on: is, correction: true, how: how, family: column + " corrected",
		old: cells(was), new: cells(is), facts: []string{column + "=" + was.String() + ">" + is.String()},
	})
}

// late is how many days after a step into a treaty, or its entry into force, it is still news
// that a list names it: lists are brought up to date with weeks of delay, not with years.
// A day that is filled in years later is none.
const late = 365

// entries tells of entries into force, each once: when a list first names a day that has
// come, or when a day that it named has come. Before that day nothing has entered into
// force; the message on the deposit names it.
func (s *step) entries(d *schemas.Dataset, changes []pair) {
	changed := map[string]pair{}
	for _, p := range changes {
		changed[p.c.Key] = p
	}
	for _, now := range s.after.Tables[d.Name] {
		key := d.KeyText(now)
		day := now.Values[d.Column("in_force")]
		old := s.row(s.before, d, key)
		p, differs := changed[key]
		if !differs {
			p = pair{d: d, old: old, now: &now, c: schemas.Change{Dataset: d.Name, Key: key, Kind: schemas.Revised}}
			if d.Code != "" {
				p.c.Place = now.Values[d.Column(d.Code)].Text()
			}
		}
		status := d.Column("status")
		if day.IsNull() || now.Standing != schemas.Read && !differs || status >= 0 && now.Values[status].Text() != "party" {
			continue
		}
		hasCome := day.Compare(schemas.Day(s.after.AsOf())) <= 0
		had := old != nil && p.moved("in_force") && p.was("in_force").Compare(s.toldUpTo(p)) <= 0
		switch {
		case had:
			s.corrected(p, InForce, "in_force")
		case hasCome && s.firstNamed(p, day):
			s.enters(p, day)
		}
	}
}

// firstNamed reports whether a day of entry into force that has come is news.
func (s *step) firstNamed(p pair, day schemas.Value) bool {
	if s.party[p.c.Key] {
		return true
	}
	if p.old == nil || day.Compare(schemas.Day(s.before.AsOf().AddDate(0, 0, -late))) <= 0 {
		return false
	}
	if day.Compare(s.toldUpTo(p)) > 0 {
		return true // it came since
	}
	x, ok := p.diff("in_force")
	return ok && x.Old.IsNull() && p.old.Source == p.now.Source
}

// toldUpTo is the day up to which entries into force of the row are told: that of the older
// snapshot, but for a row that was only kept then, or in doubt.
func (s *step) toldUpTo(p pair) schemas.Value {
	day := schemas.Day(s.before.AsOf())
	if p.old.Standing != schemas.Read && p.d.Day(*p.old).Compare(day) < 0 {
		return p.d.Day(*p.old)
	}
	return day
}

func (s *step) enters(p pair, day schemas.Value) {
	w := what{kind: InForce, column: "in_force", on: day, family: "in-force", new: map[string]string{"in_force": day.String()}}
	if p.d.Column("status") >= 0 {
		w.old = map[string]string{"status": "party"} // it has consented; the treaty is not in force for it
		w.new["status"] = p.is("status").String()
		w.new["consent"] = p.is("consent").String()
	}
	s.tell(p, w)
}

// Kinds of declarations that have events of their own.
var declared = map[string][2]Kind{
	"reservation": {ReservationMade, ReservationWithdrawn},
	"declaration": {DeclarationMade, DeclarationWithdrawn},
}

// declarations tells that a state made or withdrew some, by their number: lists do not say
// which. A number that was not given before proves nothing.
func (s *step) declarations(p pair) {
	row := p.now
	if row == nil {
		row = p.old
	}
	word := row.Values[p.d.Column("kind")].Text()
	kinds, ok := declared[word]
	if !ok {
		return
	}
	latest := schemas.Value{}
	if p.changed("latest") && p.is("latest").Compare(p.was("latest")) > 0 {
		latest = p.is("latest")
	}
	made := p.c.Kind == schemas.Added || p.rose("count")
	withdrawn := p.now == nil || p.rose("withdrawn") || p.c.Kind == schemas.Revised && p.fell("count")
	if made && withdrawn {
		latest = schemas.Value{} // of which of the two it is, the list does not say
	}
	cells := func(of func(string) schemas.Value) map[string]string {
		return map[string]string{"kind": word, "count": of("count").String(), "withdrawn": of("withdrawn").String()}
	}
	now := cells(p.is)
	now["latest"] = latest.String()
	for kind, yes := range map[Kind]bool{kinds[0]: made, kinds[1]: withdrawn} {
		w := what{
			kind: kind, column: "count", on: latest, family: "count", old: cells(p.was), new: now,
			facts: []string{"count=" + now["count"], "withdrawn=" + now["withdrawn"]},
		}
		switch {
		case !yes:
		case p.now != nil:
			s.tellIfNews(p, w)
		case s.gone(p):
			s.tell(p, w)
		}
	}
	if !made && !withdrawn && p.now != nil && p.moved("latest") && !latest.IsNull() {
		s.offer(p, []what{{
			kind: kinds[0], column: "count", on: latest, family: "count", old: cells(p.was), new: now,
			facts: []string{"count=" + now["count"], "withdrawn=" + now["withdrawn"]},
		}}, Replaced, source.Question, "look at the page: was one replaced by another?", "%s %s has as many as before, the latest of them of %s and no longer of %s", p.d.Name, p.c.Key, p.is("latest"), p.was("latest"))
	}
}

// rose reports whether one number took the place of a smaller one, fell of a greater one.
func (p pair) rose(column string) bool {
	return p.moved(column) && p.is(column).Compare(p.was(column)) > 0
}
func (p pair) fell(column string) bool {
	return p.moved(column) && p.is(column).Compare(p.was(column)) < 0
}
