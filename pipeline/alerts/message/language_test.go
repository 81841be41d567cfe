package message_test

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
	"baseline/schemas"
)

type selection = goquery.Selection

var field = regexp.MustCompile(`\{[a-z]+\}|%[a-z]`)

// same are fields that say the same thing in the grammar of one language or another.
var same = strings.NewReplacer(
	"{state}", "{place}", "{the}", "{place}", "{from}", "{place}", "{who}", "{who}", "{it}", "{who}", "{ending}", "{who}",
	"{treaty}", "{law}", "{to}", "{law}", "{of}", "{law}", "{full}", "{law}", "{offull}", "{law}", "{tofull}", "{law}", "{bare}", "{law}",
	"{ofnet}", "{network}", "{innet}", "{network}", "{list}", "{network}", "{organ}", "{organ}", "{short}", "{organ}",
)

// fieldsOf are the facts that a form tells. Who acts is grammar in meanings: one language can
// say "it" where another repeats the name.
func fieldsOf(form string) []string {
	list := slices.Sorted(slices.Values(strings.Fields(same.Replace(strings.Join(field.FindAllString(form, -1), " ")))))
	return slices.DeleteFunc(slices.Compact(list), func(f string) bool { return f == "{who}" })
}

// The words of the two languages are complete: what one has the other has too, no more and no
// less, and each form tells the same facts in both.
func TestLanguagesAreComplete(t *testing.T) {
	en, fr := reflect.ValueOf(message.Words("en")).Elem(), reflect.ValueOf(message.Words("fr")).Elem()
	for i := range en.NumField() {
		name := en.Type().Field(i).Name
		a, b := en.Field(i), fr.Field(i)
		switch a.Kind() {
		case reflect.Map:
			texts := func(m reflect.Value) map[string]string {
				all := map[string]string{}
				for _, k := range m.MapKeys() {
					switch v := m.MapIndex(k); v.Kind() {
					case reflect.String:
						all[k.String()] = v.String()
					case reflect.Array:
						for j := range v.Len() {
							all[fmt.Sprint(k.String(), ".", j)] = v.Index(j).String()
						}
					case reflect.Struct:
						for j := range v.NumField() {
							all[fmt.Sprint(k.String(), ".", j)] = v.Field(j).String()
						}
					}
				}
				return all
			}
			x, y := texts(a), texts(b)
			for k := range x {
				if _, ok := y[k]; !ok {
					t.Errorf("French %s lacks %s", name, k)
				}
				if (x[k] == "") != (y[k] == "") {
					t.Errorf("%s %s is empty in one language: %q, %q", name, k, x[k], y[k])
				}
				if f, g := fieldsOf(x[k]), fieldsOf(y[k]); !slices.Equal(f, g) {
					t.Errorf("%s %s tells %v in English and %v in French", name, k, f, g)
				}
			}
			for k := range y {
				if _, ok := x[k]; !ok {
					t.Errorf("English %s lacks %s", name, k)
				}
			}
		case reflect.String, reflect.Array:
			if name != "first" && (a.IsZero() || b.IsZero()) {
				t.Errorf("%s is empty: %v, %v", name, a, b)
			}
		case reflect.Func:
			if a.IsNil() || b.IsNil() {
				t.Errorf("%s is missing", name)
			}
		}
	}
}

// Every kind of event that there is has a golden file, and every treaty, network and class a
// name in both languages.
func TestEveryKindIsTold(t *testing.T) {
	kinds := map[string]bool{}
	for _, one := range told {
		kinds[one.event.Dataset+" "+string(one.event.Kind)] = true
	}
	for _, made := range event.All {
		for _, kind := range made.Kinds {
			if !kinds[made.Dataset+" "+string(kind)] {
				t.Errorf("no golden file tells of %s of %s", kind, made.Dataset)
			}
		}
	}
	for _, language := range []string{"en", "fr"} {
		for _, code := range schemas.TreatyCodes {
			if message.Treaty(language, code) == code {
				t.Errorf("%s: %s has no name", language, code)
			}
		}
		for _, class := range schemas.MembershipClasses {
			e := like(told[24].event, func(e *event.Event) { e.New = cells{"class": class} })
			if r := render(t, about(e), language); language == "fr" && strings.Contains(flat(r.Text), "Maintenant : "+class+" Date") {
				t.Errorf("class %s has no French word", class)
			}
		}
	}
}

// english are words that French does not have.
var english = regexp.MustCompile(`(?i)\b(the|of|and|was|is|are|not|since|known|seen|by|from|this|that|with|state|states|party|signatory|member|members|day|source gives|nothing|correction by|table of|before|now|on|in force|list|report|reports|withdrawn|new)\b`)

// foreign is what stays in its own language in French messages too: names, quotes, addresses,
// commands, and the texts of findings.
var foreign = regexp.MustCompile(`«[^»]*»|https?://\S+|"[^"]*"|baseline [a-z ]+|Council of Europe, Treaty Office|The publisher of the (list|report)|Hope For Children|Child Helpline International|Promise Barnahus Network|WeProtect Global Alliance|Internet Watch Foundation|Ireland & .friends.|mute et ack.*|issue-\S+`)

// Nothing English is left in French messages, and no line can break before a colon.
func TestFrenchIsFrench(t *testing.T) {
	check := func(name string, r string) {
		if word := english.FindString(foreign.ReplaceAllString(flat(r), " ")); word != "" {
			t.Errorf("%s: %q is English in\n%s", name, word, r)
		}
		if at := regexp.MustCompile(` [:;»?!]|« |\bde [aeéiouh][a-zéû]+ 20\d\d|(^|\s)(de le|de les|à le|à les)\s|\b1 \p{L}+s\b|l’l’`).FindString(r); at != "" {
			t.Errorf("%s: %q in\n%s", name, at, r)
		}
	}
	for _, e := range variants() {
		e.Cited = ""
		r := render(t, about(e), "fr")
		check(string(e.Kind)+" "+e.Treaty+e.Network, r.Subject+"\n"+r.Text)
	}
	for _, one := range examples() {
		m := one.message
		if m.Notice != nil {
			n := *m.Notice
			for _, list := range []*[]outbox.Issue{&n.Open, &n.Resolved} {
				*list = slices.Clone(*list)
				for i := range *list {
					(*list)[i].Text, (*list)[i].Hint = "", ""
				}
			}
			m.Notice = &n
		}
		m.Events = slices.Clone(m.Events)
		for i := range m.Events {
			m.Events[i].Cited = ""
		}
		r := render(t, m, "fr")
		check(one.name, r.Subject+"\n"+r.Text)
	}
	for _, code := range slices.Sorted(maps.Keys(message.IssueWords("fr"))) {
		check(code, strings.ReplaceAll(message.IssueWords("fr")[code], "JSON", ""))
	}
}
