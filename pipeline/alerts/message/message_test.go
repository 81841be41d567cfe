package message_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
	"baseline/schemas/places"
)

// flat is a text without its line ends and with plain blanks.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// page reads the HTML of a message.
func page(t *testing.T, html string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// says checks that a message says some things and not others, as text and as a page.
func says(t *testing.T, m outbox.Message, language string, want, not []string) {
	t.Helper()
	r := render(t, m, language)
	body := flat(page(t, r.HTML).Find("body").Text())
	for _, w := range want {
		if !strings.Contains(flat(r.Subject+" "+r.Text), flat(w)) {
			t.Errorf("%s: the text lacks %q:\nSubject: %s\n\n%s", language, w, r.Subject, r.Text)
		}
		_, value, cut := strings.Cut(w, ": ")
		if !strings.Contains(body, flat(w)) && (!cut || !strings.Contains(body, flat(value))) && !strings.Contains(flat(r.Subject), flat(w)) {
			t.Errorf("%s: the page lacks %q:\n%s", language, w, body)
		}
	}
	for _, n := range not {
		if strings.Contains(flat(r.Subject+" "+r.Text), flat(n)) || strings.Contains(body, flat(n)) {
			t.Errorf("%s: it says %q:\nSubject: %s\n\n%s", language, n, r.Subject, r.Text)
		}
	}
}

// The message about a ratification says who, what it was, what it is, since when, where it
// says so, what it means, and how to stop.
func TestRatification(t *testing.T) {
	says(t, about(ratified), "en", []string{
		"Ireland has ratified the Budapest Convention (1 October 2026), in force for it from 1 February 2027", "Ireland deposited its instrument of ratification of the Convention on Cybercrime (Budapest Convention, ETS No. 185).",
		"Before: signatory", "Now: has consented to be bound; party from 1 February 2027", "Signed on: 28 February 2002", "Deposited on: 1 October 2026", "In force from: 1 February 2027",
		"the treaty will bind it, subject to any reservations it has made, from 1 February 2027.", "Where it says so: Council of Europe, Treaty Office", "Reference: ev-0123456789abcdef0123456789abcdef",
		"because of the subscription “Ireland & ‘friends’”", "To stop these messages, use this address: https://example.org/stop?s=ireland", "Please check it at the source before you quote it.",
	}, []string{"party to", "became a party", "Since:", "The facts are those of the publishers"})
	says(t, about(ratified), "fr", []string{
		"Irlande : ratification de la Convention de Budapest (1er octobre 2026), en vigueur le 1er février 2027", "Dépôt par l’Irlande de l’instrument de ratification de la Convention sur la cybercriminalité (Convention de Budapest, STE n° 185).",
		"Avant : signataire", "Maintenant : a consenti à être lié ; partie à partir du 1er février 2027", "Signature le : 28 février 2002", "Dépôt le : 1er octobre 2026", "En vigueur à partir du : 1er février 2027",
		"sera partie, sous ses éventuelles réserves, à partir du 1er février 2027.", "Source : Council of Europe, Treaty Office", "Référence : ev-0123456789abcdef0123456789abcdef",
		"l’abonnement « Ireland & “friends” »", "Pour ne plus recevoir ces messages, utilisez cette adresse : https://example.org/stop?s=ireland", "Veuillez la vérifier à la source avant de la citer.",
	}, []string{"Depuis :"})
	doc := page(t, render(t, about(ratified), "fr").HTML)
	if link, _ := doc.Find("td a").Attr("href"); link != ratified.Address {
		t.Errorf("the page links to %q", link)
	}
	if doc.Find("script, img, link, iframe, form").Length() > 0 || doc.Find("html").AttrOr("lang", "") != "fr" {
		t.Error("the page loads something, or does not say its language")
	}
}

// A page has one main heading, those below it follow without a gap, and tables with headed
// rows are tables for those who cannot see them too.
func TestPageIsAccessible(t *testing.T) {
	for _, one := range examples() {
		r := render(t, one.message, "en")
		doc := page(t, r.HTML)
		if n := doc.Find("h1").Length(); n != 1 {
			t.Errorf("%s: %d main headings", one.name, n)
		}
		if doc.Find("[role=presentation]").Length() > 0 || doc.Find("table").Length() != doc.Find("table:has(th[scope=row])").Length() {
			t.Errorf("%s: a table hides its rows' heads", one.name)
		}
		if one.message.Class == outbox.Subscriber && doc.Find(`a[href^="https://example.org/stop"]`).Text() != "https://example.org/stop?s=ireland" {
			t.Errorf("%s: the link that stops does not show its address:\n%s", one.name, r.HTML)
		}
	}
}

// A test is marked in its subject, its text and its page.
func TestTestIsMarked(t *testing.T) {
	for language, mark := range map[string]string{"en": "TEST", "fr": "ESSAI"} {
		for _, events := range [][]event.Event{nil, {ratified}} {
			m := about(events...)
			m.Kind = outbox.Test
			r := render(t, m, language)
			if !strings.HasPrefix(r.Subject, "["+mark+"] ") || !strings.HasPrefix(r.Text, mark+".") || !strings.Contains(r.HTML, `class="mark">`+mark+".") {
				t.Errorf("%s: %s\n%s", language, r.Subject, r.Text)
			}
		}
	}
}

// The same message gives the same bytes; machines get it as JSON with the events as they are.
func TestJSONForm(t *testing.T) {
	a, b := render(t, about(ratified), "en"), render(t, about(ratified), "en")
	if string(a.JSON) != string(b.JSON) || a.HTML != b.HTML || a.Text != b.Text {
		t.Error("the same message gives other bytes")
	}
	var form struct {
		Type, ID, Kind, Class, Subject string
		Events                         []event.Event
	}
	if err := json.Unmarshal(a.JSON, &form); err != nil {
		t.Fatal(err)
	}
	if form.Type != "baseline.message" || form.ID != a.ID || len(form.Events) != 1 || !reflect.DeepEqual(form.Events[0], ratified) || form.Subject != a.Subject {
		t.Errorf("%+v", form)
	}
	var schema, got map[string]any
	for text, to := range map[string]*map[string]any{string(message.Schema): &schema, string(a.JSON): &got} {
		if err := json.Unmarshal([]byte(text), to); err != nil {
			t.Fatal(err)
		}
	}
	known := schema["properties"].(map[string]any)
	for name := range got {
		if known[name] == nil {
			t.Errorf("the schema does not know %q", name)
		}
	}
	for _, name := range schema["required"].([]any) {
		if got[name.(string)] == nil {
			t.Errorf("%q is missing", name)
		}
	}
}

// What a publisher's page says cannot become a part of the page or the header, and
// characters that turn the order of the text can be seen.
func TestForeignTextStaysText(t *testing.T) {
	e := ratified
	e.Quote, e.Publisher = "<script>alert(1)</script>\r\nBcc: x@example.org \u202eDNALERI\u202c", "<b>x</b>\u2066"
	e.Address = "javascript:alert(1)"
	r := render(t, about(e), "en")
	if strings.Contains(r.HTML, "<script>") || strings.Contains(r.HTML, "<b>x</b>") || strings.Contains(r.HTML, `href="javascript:`) || strings.ContainsAny(r.Subject, "\r\n") {
		t.Error(r.HTML)
	}
	if strings.ContainsAny(r.HTML+r.Text, "\u202e\u202c\u2066") || !strings.Contains(flat(r.Text), "[U+202E]DNALERI[U+202C]”") {
		t.Error(r.Text)
	}
	left := member(event.Left, "inhope", "DEU", day(2026, 1, 1), cells{"class": "full", "organisation": "A\u202eB\nC"}, cells{})
	if r := render(t, about(left), "en"); !strings.HasSuffix(r.Subject, "its member was A[U+202E]B C") {
		t.Error(r.Subject)
	}
}

// Quotation marks in a quote are the inner ones of the language.
func TestNestedQuotes(t *testing.T) {
	e := ratified
	e.Quote = "“x” « y »"
	for language, want := range map[string]string{"en": "“‘x’ « y »”", "fr": "«\u00a0“x” “y”\u00a0»"} {
		if r := render(t, about(e), language); !strings.Contains(r.Text, want) {
			t.Errorf("%s: %q is missing in\n%s", language, want, r.Text)
		}
	}
}

// Every state has a French name of its own, and in sentences names have their articles.
func TestNames(t *testing.T) {
	by := map[string]string{}
	for _, p := range places.Default().Places() {
		if p.Kind != "state" {
			continue
		}
		name := message.Place("fr", p.Code)
		if name == "" || name == p.Code || by[name] != "" {
			t.Errorf("%s: %q, also %s", p.Code, name, by[name])
		}
		by[name] = p.Code
	}
	for code, want := range map[string]string{"DEU": "Allemagne", "SWE": "Suède", "MKD": "Macédoine du Nord", "MDA": "République de Moldova", "EUE": "Union européenne", "XKX": "Kosovo", "GBR": "Royaume-Uni", "SWZ": "Eswatini"} {
		if got := message.Place("fr", code); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
	for code, want := range map[string][2]string{
		"GBR": {"The United Kingdom signed", "Signature par le Royaume-Uni d"}, "MDA": {"The Republic of Moldova signed", "Signature par la République de Moldova d"}, "NLD": {"The Netherlands signed", "Signature par les Pays-Bas d"},
		"RUS": {"The Russian Federation signed", "Signature par la Fédération de Russie d"}, "EUE": {"The European Union signed", "Signature par l’Union européenne d"}, "CZE": {"Czechia signed", "Signature par la République tchèque d"},
		"MLT": {"Malta signed", "Signature par Malte d"}, "PRT": {"Portugal signed", "Signature par le Portugal d"}, "ISL": {"Iceland signed", "Signature par l’Islande d"}, "USA": {"The United States of America signed", "Signature par les États-Unis d’Amérique d"},
		"MKD": {"North Macedonia signed", "Signature par la Macédoine du Nord d"}, "MEX": {"Mexico signed", "Signature par le Mexique d"}, "CIV": {"Côte d'Ivoire signed", "Signature par la Côte d’Ivoire d"}, "CYP": {"Cyprus signed", "Signature par Chypre d"},
		"VAT": {"The Holy See signed", "Signature par le Saint-Siège d"}, "HUN": {"Hungary signed", "Signature par la Hongrie d"}, "YEM": {"Yemen signed", "Signature par le Yémen d"},
	} {
		e := like(told[0].event, func(e *event.Event) { e.Place = code })
		for i, language := range []string{"en", "fr"} {
			if r := render(t, about(e), language); !strings.Contains(flat(r.Text), want[i]) {
				t.Errorf("%s: %q is missing in\n%s", language, want[i], r.Text)
			}
		}
	}
}
