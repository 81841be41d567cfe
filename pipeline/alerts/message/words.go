package message

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"baseline/pipeline/alerts/event"
)

// treaty is a treaty's names in one language: short, with what a language puts before it,
// and in full, with its article.
type treaty struct{ name, to, of, full string }

// network is a network's names in one language: short, short after the language's "of",
// what a member is in, and its list in full.
type network struct{ name, of, in, list string }

// words are one language. What is worded in different ways for one kind of event has a
// variant behind a full stop, such as party.accession; see variants.
type words struct {
	code                    string
	months                  [12]string
	first, thousands, colon string
	semicolon               string
	open, close             string
	innerOpen, innerClose   string
	labels, texts           map[string]string
	plurals                 map[string][3]string // for one, for several, for none; "" if that is as for several
	columns, values         map[string]string
	treaties                map[string]treaty
	networks                map[string]network
	headings, sentences     map[string]string
	meanings, issues        map[string]string
	place                   func(code string) string
	theName, ofName         func(code string) string // with the article inside a sentence, and after "of"
	who                     func(code string) actor
	offTreaty, toTreaty     func(string) string
}

// actor is who acts, where its name need not be said again: the state, the European Union.
type actor struct{ name, it, ending string }

var languages = map[string]*words{"en": &english, "fr": &french}

func parseDay(s string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil
}

// pick returns the form for a kind, that of the first variant that has one of its own.
func pick(forms map[string]string, kind string, variants []string) string {
	for _, v := range variants {
		if form, ok := forms[kind+"."+v]; ok {
			return form
		}
	}
	return forms[kind]
}

// variants says which kind of words an event takes, and which variants of them, the most
// fitting first.
func variants(e event.Event) (kind string, list []string) {
	yes := func(is bool, v string) {
		if is {
			list = append(list, v)
		}
	}
	if e.Correction {
		yes(e.Source == bySteward, "steward")
		yes(e.Place == "", "all")
		return "correction", list
	}
	named, others := e.New["organisation"] != "" || e.Old["organisation"] != "", e.New["others"] != ""
	switch e.Kind {
	case event.Party:
		yes(e.How != "", e.How)
		day, ok := parseDay(e.New["in_force"])
		yes(ok && !day.After(e.Seen), "bound")
		yes(ok && day.After(e.Seen), "later")
	case event.InForce:
		yes(e.Place == "", "all")
		yes(e.On.After(e.Seen), "later")
	case event.Denounced:
		yes(over(e), "over")
	case event.DeclarationMade, event.DeclarationWithdrawn:
		yes(listsBoth(e.Treaty), "un")
	case event.Joined:
		yes(named && (e.Old["others"] != ""), "another")
		yes(!named && (e.Old["others"] != ""), "more")
		yes(named, "named")
		yes(e.Network == coe, coe)
	case event.Left:
		yes(named && !others, "last")
		yes(!named && others, "more")
		yes(named, "named")
		yes(e.Network == coe, coe)
	case event.ClassChanged:
		yes(named, "named")
	case event.ReportYear:
		yes(e.Dataset == "legislation_ratings", "edition")
	case event.RatingChanged:
		yes(e.Old["criteria_met"] != "" && e.New["criteria_met"] != "" && e.Old["criteria_met"] != e.New["criteria_met"], "count")
	case event.SIDUpdated:
		yes(e.Old["status"] == e.New["status"], "again")
	}
	return string(e.Kind), list
}

// coe is the network whose members are the states themselves.
const coe = "coe"

// bySteward is the source of what a steward corrected.
const bySteward = "decisions"

// listsBoth reports whether the treaty's depositary lists declarations and reservations
// together, without telling which is which.
func listsBoth(treaty string) bool { return treaty == "CRC" || treaty == "OPSC" }

// heading is an event in one line. Its form has choices in brackets, with bars between them:
// the first is taken that is not too long, at last none.
func (w *words) heading(e event.Event) string {
	kind, list := variants(e)
	form := pick(w.headings, kind, list)
	for choice := 0; ; choice++ {
		last := true
		chosen := optional.ReplaceAllStringFunc(form, func(choices string) string {
			list := append(strings.Split(choices[1:len(choices)-1], "|"), "")
			last = last && choice+1 >= len(list)
			return list[min(choice, len(list)-1)]
		})
		s := strings.TrimSuffix(upper(tidy(w.about(chosen, e))), ",")
		if last || utf8.RuneCountInString(s) <= longest {
			return s
		}
	}
}

var optional = regexp.MustCompile(`\[[^\]]*\]`)

// happened is what happened in one sentence.
func (w *words) happened(e event.Event) string {
	kind, list := variants(e)
	s := w.about(pick(w.sentences, kind, list), e)
	if e.Kind == event.Left && e.New["missing_since"] != "" {
		s += " " + w.texts["confirmed"]
	}
	return upper(tidy(s))
}

// meaning is what it means in one sentence.
func (w *words) meaning(e event.Event) string {
	kind, list := variants(e)
	return upper(tidy(w.about(pick(w.meanings, kind, list), e)))
}

// about fills a form with what an event is about, as its fields in braces say.
func (w *words) about(form string, e event.Event) string {
	t, ok := w.treaties[e.Treaty]
	if !ok {
		t = treaty{e.Treaty, e.Treaty, e.Treaty, e.Treaty}
	}
	n, ok := w.networks[e.Network]
	if !ok {
		n = network{e.Network, e.Network, e.Network, e.Network}
	}
	who := w.who(e.Place)
	organ := plain(cmp.Or(e.New["organisation"], e.Old["organisation"]))
	state, the, of := "", "", ""
	if e.Place != "" {
		state, the, of = w.marked(w.place(e.Place), e.Place), w.marked(w.theName(e.Place), e.Place), w.marked(w.ofName(e.Place), e.Place)
	}
	was, now := w.corrected(e)
	pairs := []string{
		"{state}", state, "{the}", the, "{from}", of, "{who}", w.marked(who.name, e.Place), "{it}", who.it, "{ending}", who.ending,
		"{treaty}", t.name, "{to}", t.to, "{of}", t.of, "{full}", t.full, "{offull}", w.offTreaty(t.full), "{tofull}", w.toTreaty(t.full),
		"{bare}", bare(t.name), "{ofnet}", n.of, "{innet}", n.in, "{list}", n.list, "{organ}", organ, "{short}", cut(organ, 45),
		"{on}", w.on(e), "{since}", w.since(e), "{effect}", w.effect(e), "{inforce}", w.cellDay(e.New["in_force"]),
		"{class}", w.value("class", e.New["class"]), "{wasclass}", w.wasClass(e),
		"{met}", w.met(e), "{wasmet}", e.Old["criteria_met"], "{review}", w.value("review", review(e)),
		"{year}", e.New["year"], "{edition}", e.New["edition"], "{status}", w.value("status", e.New["status"]),
		"{column}", strings.TrimSpace(strings.ReplaceAll(w.columns[e.Column], "%s", "")), "{now}", now, "{before}", was, "{nowfull}", w.cellDay(e.New[e.Column]),
	}
	return strings.NewReplacer(pairs...).Replace(form)
}

// met is how many criteria are met.
func (w *words) met(e event.Event) string {
	n, err := strconv.Atoi(e.New["criteria_met"])
	if err != nil {
		return ""
	}
	return w.count(n, "criteria")
}

// value words the value of a column.
func (w *words) value(column, v string) string {
	return cmp.Or(w.values[column+"="+v], w.values[v], plain(v))
}

// review is which of ICMEC's reviews an event is about; "" for other events.
func review(e event.Event) string {
	review, _, _ := strings.Cut(e.Key, "/")
	return cmp.Or(e.New["review"], review)
}

// precision says how precise the event's day is.
func precision(e event.Event) string {
	for _, column := range []string{"since_precision", "updated_precision"} {
		if p := e.New[column]; p != "" && (e.New["since"] != "" || e.New["updated"] != "") {
			return p
		}
	}
	return "day"
}

// on is the day of an event in brackets, or nothing if the source gives none.
func (w *words) on(e event.Event) string {
	if e.On.IsZero() {
		return ""
	}
	return " (" + w.day(e.On, precision(e)) + ")"
}

// wasClass is the class that a member had, in brackets, or nothing if nobody knows it.
func (w *words) wasClass(e event.Event) string {
	if was := e.Old["class"]; was != "" && was != "unknown" {
		return " " + strings.TrimSpace(fmt.Sprintf(w.texts["class-was"], w.value("class", was)))
	}
	return ""
}

// since is "since" or "from" and a day, or nothing if the source gives none.
func (w *words) since(e event.Event) string {
	day, p := e.On, precision(e)
	if day.IsZero() && e.Kind == event.Joined && e.New["joined_year"] != "" {
		day, _ = parseDay(e.New["joined_year"] + "-01-01")
		p = "year"
	}
	if day.IsZero() {
		return ""
	}
	return w.from(day, p, e.Seen)
}

// from words since when something is, or from when it will be.
func (w *words) from(day time.Time, precision string, seen time.Time) string {
	word := "since-"
	if day.After(seen) {
		word = "from-"
	}
	text := fmt.Sprintf(w.texts[word+precision], w.day(day, precision))
	return " " + strings.NewReplacer(" de a", " d’a", " de o", " d’o").Replace(text) // à partir d’avril
}

// bare is a name without its article.
func bare(name string) string {
	for _, a := range []string{"the ", "la ", "le ", "les "} {
		if rest, ok := strings.CutPrefix(name, a); ok {
			return rest
		}
	}
	return name
}

// corrected are the day that was and the one that is, without a year that both share where
// it comes first.
func (w *words) corrected(e event.Event) (was, now string) {
	was, now = w.cellDay(e.Old[e.Column]), w.cellDay(e.New[e.Column])
	x, ok := parseDay(e.Old[e.Column])
	y, too := parseDay(e.New[e.Column])
	if ok && too && x.Year() == y.Year() {
		now = strings.TrimSuffix(now, fmt.Sprintf(" %d", y.Year()))
	}
	return was, now
}

// cellDay words a day of a cell; what is none as it is.
func (w *words) cellDay(cell string) string {
	if t, ok := parseDay(cell); ok {
		return w.day(t, "day")
	}
	return plain(cell)
}

// day words a day as precisely as it is known.
func (w *words) day(t time.Time, precision string) string {
	t = t.UTC()
	switch precision {
	case "year":
		return fmt.Sprint(t.Year())
	case "month":
		return fmt.Sprintf("%s %d", w.months[t.Month()-1], t.Year())
	}
	number := fmt.Sprint(t.Day())
	if t.Day() == 1 {
		number = cmp.Or(w.first, number)
	}
	return fmt.Sprintf("%s %s %d", number, w.months[t.Month()-1], t.Year())
}

func (w *words) number(s string) string {
	if strings.Trim(s, "0123456789") != "" {
		return plain(s)
	}
	var parts []string
	for len(s) > 3 {
		parts = append([]string{s[len(s)-3:]}, parts...)
		s = s[:len(s)-3]
	}
	return strings.Join(append([]string{s}, parts...), w.thousands)
}

// count words a number of things.
func (w *words) count(n int, of string) string {
	forms := w.plurals[of]
	form := forms[1]
	switch {
	case n == 0 && forms[2] != "":
		form = forms[2]
	case n == 1 || n == 0 && w.code == "fr":
		form = forms[0]
	}
	if !strings.Contains(form, "%s") {
		return form
	}
	return fmt.Sprintf(form, w.number(fmt.Sprint(n)))
}

// tidy removes what an empty field has left.
func tidy(s string) string {
	s = strings.Join(fields(s), " ")
	return strings.NewReplacer(" .", ".", " ,", ",", "()", "").Replace(s)
}
