package message

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"baseline/pipeline/alerts/event"
	"baseline/schemas/places"
)

// treaty is a treaty's names in one language: in a heading, with what a language puts before
// it, and in full.
type treaty struct{ name, to, of, full string }

// words are one language.
type words struct {
	code                                     string
	months                                   [12]string
	first, thousands, colon, open, close     string
	what, was, is, since, means, where, seen string
	nothing, noDay, hint, more, openSince    string
	bySteward, byProject                     string
	news                                     [2]string
	andMore, andInForce, semicolon           string
	digestSubject, digestLead                string
	testSubject, testLead, testMark          string
	testPrefix, footWhy, footFacts, footStop string
	footStopFile, footSteward                string
	health, healthLead, resolvedHead         string
	openSubject, resolvedSubject             [2]string
	doubtSubject, undeliveredSubject         [2]string
	doubtLead, undeliveredLead               string
	burstSubject                             [2]string
	burstLead                                string
	summarySubject, summaryLead, summaryOpen string
	from, fromLabel, correction              string
	treaties                                 map[string]treaty
	networks                                 map[string]string
	columns, values, issues, how             map[string]string
	headings                                 map[event.Kind]string
	sentences                                map[event.Kind]string
	meanings                                 map[string]string
	place                                    func(string) string
}

// What templates show of the words.
func (w *words) Where() string        { return w.where }
func (w *words) Hint() string         { return w.hint + w.colon }
func (w *words) ResolvedHead() string { return w.resolvedHead }

var languages = map[string]*words{"en": &english, "fr": &french}

func englishPlace(code string) string {
	if p, ok := places.Default().Place(code); ok {
		return p.Name
	}
	return code
}

// name is the state of an event, or what stands for it.
func (w *words) name(e event.Event) string {
	if e.Place == "" {
		return ""
	}
	return w.place(e.Place)
}

// about fills a form with what an event is about: {state}, {treaty}, {to}, {of}, {full},
// {network}, {day}, {class}, {how} and values of old and new as {old:COLUMN} and {new:COLUMN}.
func (w *words) about(form string, e event.Event) string {
	t, ok := w.treaties[e.Treaty]
	if !ok {
		t = treaty{e.Treaty, e.Treaty, e.Treaty, e.Treaty}
	}
	value := func(cells map[string]string, column string) string {
		v := cells[column]
		return cmp.Or(w.values[column+"="+v], w.values[v], v)
	}
	how := ""
	if e.How != "" {
		how = " " + fmt.Sprintf(w.how[""], w.how[e.How])
	}
	pairs := []string{
		"{state}", w.name(e), "{treaty}", t.name, "{to}", t.to, "{of}", t.of, "{full}", t.full,
		"{network}", cmp.Or(w.networks[e.Network], e.Network), "{day}", w.since1(e), "{how}", how, "{review}", w.values["review="+review(e)],
	}
	for column := range w.columns {
		pairs = append(pairs, "{old:"+column+"}", value(e.Old, column), "{new:"+column+"}", value(e.New, column))
	}
	return strings.NewReplacer(pairs...).Replace(form)
}

// review is which of ICMEC's reviews an event is about; "" for other events.
func review(e event.Event) string {
	review, _, _ := strings.Cut(e.Key, "/")
	return cmp.Or(e.New["review"], review)
}

// since1 is "since" and a day, or nothing if the source gives none.
func (w *words) since1(e event.Event) string {
	if e.On.IsZero() {
		return ""
	}
	word := w.values["since"]
	if p := precision(e); p != "day" {
		word = w.values["since-"+p]
	}
	if e.On.After(e.Seen) {
		word = w.from
	}
	return " " + word + " " + w.day(e.On, precision(e))
}

// heading is an event in one line.
func (w *words) heading(e event.Event) string {
	form := w.headings[e.Kind]
	switch {
	case e.Correction:
		text := w.about(w.correction, e)
		return strings.NewReplacer("{column}", strings.TrimSpace(strings.ReplaceAll(w.columns[e.Column], "%s", "")),
			"{before}", w.date(e.Old[e.Column]), "{now}", w.date(e.New[e.Column])).Replace(text)
	case e.Kind == event.InForce && e.Place == "":
		form = w.headings["in-force-all"]
	case e.Kind == event.ReportYear && e.Dataset == "legislation_ratings":
		form = w.headings["report-edition"]
	case (e.Kind == event.DeclarationMade || e.Kind == event.DeclarationWithdrawn) && (e.Treaty == "CRC" || e.Treaty == "OPSC"):
		form = w.headings[e.Kind+"-un"]
	}
	return tidy(w.about(form, e))
}

// date words a day of a cell; what is none as it is.
func (w *words) date(cell string) string {
	if t, ok := parseDay(cell); ok {
		return w.day(t, "day")
	}
	return cmp.Or(cell, w.nothing)
}

// happened is what happened in one sentence.
func (w *words) happened(e event.Event) string {
	form := w.sentences[e.Kind]
	switch {
	case e.Correction:
		form = w.sentences["correction"]
	case e.Kind == event.InForce && e.Place == "":
		form = w.sentences["in-force-all"]
	case e.Kind == event.InForce && e.On.After(e.Seen):
		form = w.sentences["in-force-later"]
	case e.Kind == event.ReportYear && e.Dataset == "legislation_ratings":
		form = w.sentences["report-edition"]
	}
	return upper(tidy(w.about(form, e)))
}

// meaning is what it means in one sentence.
func (w *words) meaning(e event.Event) string {
	if e.Correction {
		return w.meanings["correction"]
	}
	if m := w.meanings[string(e.Kind)+" "+e.Dataset]; m != "" {
		return m
	}
	return w.meanings[string(e.Kind)]
}

// upper begins a sentence.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// tidy removes what an empty field has left.
func tidy(s string) string {
	s = strings.Join(fields(s), " ")
	return strings.NewReplacer(" .", ".", " ,", ",", "()", "").Replace(s)
}
