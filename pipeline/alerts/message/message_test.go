package message_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"baseline/pipeline/alerts/channel"
	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
	"baseline/schemas"
	"baseline/schemas/places"
)

var seen = time.Date(2021, 5, 2, 6, 0, 0, 0, time.UTC)

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// sweden became a party to the Budapest Convention.
var sweden = event.Event{
	ID: "ev-0123456789abcdef0123456789abcdef", Kind: event.Party, Place: "SWE", Dataset: "treaty_status", Key: "ETS185/SWE", Column: "status", Treaty: "ETS185",
	Old: map[string]string{"status": "signed", "signed": "2001-11-23"},
	New: map[string]string{"status": "party", "signed": "2001-11-23", "consent": "2021-04-28", "consent_kind": "ratification", "in_force": "2021-08-01"},
	How: "ratification", On: day(2021, 4, 28), Seen: seen, Source: "coe-treaties", Publisher: "Council of Europe, Treaty Office",
	Capture: strings.Repeat("ab", 32), Locator: "row 44", Quote: "Sweden | 23/11/2001 | 28/04/2021 | 01/08/2021",
	Address: "https://www.coe.int/en/web/conventions/full-list?module=signatures-by-treaty&treatynum=185", Snapshot: "20210502-0123456789",
}

// every is one event of each kind and dataset that there is.
func every() (list []event.Event) {
	for _, made := range event.All {
		for _, kind := range made.Kinds {
			e := event.Event{
				ID: fmt.Sprintf("ev-%032d", len(list)), Kind: kind, Dataset: made.Dataset, Key: "csam/2023/SWE", Column: "status", Seen: seen, Source: "x", Publisher: "A publisher",
				Old: map[string]string{}, New: map[string]string{}, Snapshot: "20210502-0123456789",
			}
			if made.Treaty {
				e.Treaty = "CETS201"
			}
			if made.Network {
				e.Network = "enoc"
				e.Old["class"], e.New["class"] = "associate", "full"
			}
			if made.Place {
				e.Place = "SWE"
			}
			switch made.Dataset {
			case "treaty_status":
				e.Old["status"], e.New["status"] = "signed", "party"
			case "legislation_ratings":
				e.Old["criteria_met"], e.New["criteria_met"], e.New["edition"] = "3", "5", "2023"
			case "cybertip_reports":
				e.New["year"], e.New["reports"] = "2024", "1234567"
			case "safer_internet_day":
				e.New["year"], e.New["status"] = "2026", "celebrated"
			}
			list = append(list, e)
		}
	}
	return list
}

func render(t *testing.T, m outbox.Message, language string) channel.Rendered {
	t.Helper()
	r, err := message.Render(m, message.Reader{Language: language, Subscription: m.Subscription, Name: "Sweden & friends", Stop: message.Stop("https://example.org/stop?s={subscription}", m.Subscription)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func about(events ...event.Event) outbox.Message {
	return outbox.Message{ID: outbox.ID("test"), Class: outbox.Subscriber, Kind: outbox.Told, Subscription: "sweden", Events: events, Created: seen, Due: seen}
}

// The message about a ratification says who, what it was, what it is, since when, where it
// says so, what it means, and how to stop.
func TestRatification(t *testing.T) {
	for language, want := range map[string][]string{
		"en": {
			"Sweden: party to the Budapest Convention since 28 April 2021", "Sweden became a party to the Convention on Cybercrime (Budapest Convention, ETS No. 185) by ratification.",
			"It was: signatory", "It is: party; signed on 23 November 2001; instrument deposited on 28 April 2021; by ratification; in force from 1 August 2021", "Since: 28 April 2021",
			"Party: the state has consented to be bound.", "Where it says so: Council of Europe, Treaty Office", "“Sweden | 23/11/2001 | 28/04/2021 | 01/08/2021”",
			"because of the subscription “Sweden & friends”", "To stop these messages, use this address: https://example.org/stop?s=sweden",
		},
		"fr": {
			"Suède : partie à la Convention de Budapest depuis le 28 avril 2021", "L’État a consenti à être lié par la Convention sur la cybercriminalité (Convention de Budapest, STE n° 185) (ratification).",
			"Avant : signataire", "Maintenant : partie ; signature le 23 novembre 2001 ; dépôt de l’instrument le 28 avril 2021 ; par ratification ; entrée en vigueur le 1er août 2021", "Depuis : 28 avril 2021",
			"Partie : l’État a consenti à être lié.", "Source : Council of Europe, Treaty Office", "« Sweden | 23/11/2001 | 28/04/2021 | 01/08/2021 »",
			"l’abonnement « Sweden & friends »", "Pour ne plus recevoir ces messages, utilisez cette adresse : https://example.org/stop?s=sweden",
		},
	} {
		r := render(t, about(sweden), language)
		text := strings.Join(strings.Fields(r.Text), " ")
		page, err := goquery.NewDocumentFromReader(strings.NewReader(r.HTML))
		if err != nil {
			t.Fatal(err)
		}
		body := strings.Join(strings.Fields(page.Find("body").Text()), " ")
		for i, w := range want {
			w = strings.Join(strings.Fields(w), " ")
			if !strings.Contains(text, w) {
				t.Errorf("%s: the text lacks %q:\n%s", language, w, r.Text)
			}
			if label, value, ok := strings.Cut(w, ": "); ok && i > 1 && i < 9 {
				w = value
				if !strings.Contains(body, strings.TrimSuffix(label, " ")) {
					w = label
				}
			} else if i == len(want)-1 || i == 7 {
				continue // a link, and a quote without marks
			}
			if !strings.Contains(body, w) {
				t.Errorf("%s: the page lacks %q:\n%s", language, w, body)
			}
		}
		if got := strings.Join(strings.Fields(r.Subject), " "); got != want[0] {
			t.Errorf("%s: subject %q", language, r.Subject)
		}
		if link, _ := page.Find("td a").Attr("href"); link != sweden.Address {
			t.Errorf("%s: the page links to %q", language, link)
		}
		if page.Find("script, img, link, iframe, form").Length() > 0 || page.Find("html").AttrOr("lang", "") != language {
			t.Errorf("%s: the page loads something, or does not say its language", language)
		}
	}
}

var leftover = regexp.MustCompile(`[{}]|%!|%[a-z\[]|<no value>`)

// Every kind of event has its words in both languages, for every treaty, network and value
// that there is, and none of ours is left in it.
func TestEveryKindIsWorded(t *testing.T) {
	for _, language := range []string{"en", "fr"} {
		for _, e := range every() {
			for _, treaty := range schemas.TreatyCodes {
				if e.Treaty != "" {
					e.Treaty = treaty
				}
				e.On = time.Time{}
				for _, on := range []time.Time{{}, day(2020, 1, 1), day(2030, 12, 1)} {
					e.On = on
					r := render(t, about(e), language)
					for what, s := range map[string]string{"subject": r.Subject, "text": r.Text} {
						if leftover.MatchString(s) || strings.Contains(s, "  \n") {
							t.Errorf("%s, %s of %s: %s", language, what, e.Kind, s)
						}
					}
					if strings.Contains(r.Subject, "  ") || strings.HasSuffix(r.Subject, ":") || r.Subject == "" {
						t.Errorf("%s, %s: subject %q", language, e.Kind, r.Subject)
					}
					for _, line := range strings.Split(r.Text, "\n") {
						if len([]rune(line)) > 79 && !strings.Contains(line, "://") {
							t.Errorf("%s, %s: a line of %d characters: %s", language, e.Kind, len([]rune(line)), line)
						}
					}
					if !regexp.MustCompile(`(?m)^  (What it means|Ce que cela signifie)`).MatchString(r.Text) || !regexp.MustCompile(`(?m)^  (What happened|Ce qui s’est passé)`).MatchString(r.Text) {
						t.Errorf("%s, %s: it does not say what happened or what it means:\n%s", language, e.Kind, r.Text)
					}
				}
				if e.Treaty == "" {
					break
				}
			}
		}
	}
}

// What was corrected is not told as if it had happened.
func TestCorrectionIsNoNews(t *testing.T) {
	e := sweden
	e.Correction, e.Column = true, "consent"
	e.Old, e.New = map[string]string{"consent": "2021-04-27"}, map[string]string{"consent": "2021-04-28"}
	for language, want := range map[string]string{
		"en": "Correction: Sweden, the Budapest Convention: instrument deposited on 28 April 2021, not 27 April 2021",
		"fr": "Correction : Suède, Convention de Budapest : dépôt de l’instrument le 28 avril 2021, et non le 27 avril 2021",
	} {
		r := render(t, about(e), language)
		if got := strings.Join(strings.Fields(r.Subject), " "); got != want || strings.Contains(r.Text, "became a party") {
			t.Errorf("%s: %q\n%s", language, got, r.Text)
		}
	}
}

// A test is marked in its subject, its text and its page.
func TestTestIsMarked(t *testing.T) {
	for language, mark := range map[string]string{"en": "TEST", "fr": "ESSAI"} {
		for _, events := range [][]event.Event{nil, {sweden}} {
			m := about(events...)
			m.Kind = outbox.Test
			r := render(t, m, language)
			if !strings.HasPrefix(r.Subject, "["+mark+"] ") || !strings.HasPrefix(r.Text, mark+".") || !strings.Contains(r.HTML, `class="mark">`+mark+".") {
				t.Errorf("%s: %s\n%s", language, r.Subject, r.Text)
			}
		}
	}
}

// Notices to stewards say how many, what, and what to do, in both languages.
func TestNotices(t *testing.T) {
	issue := outbox.Issue{ID: "issue-enoc.not-renewed", Source: "enoc", Code: "not-renewed", Text: "the server does not answer", Hint: "baseline capture add enoc", Count: 3, Since: seen, Runs: 4}
	for _, kind := range []outbox.Kind{outbox.Health, outbox.Doubt, outbox.Burst, outbox.Summary, outbox.Undelivered} {
		for _, language := range []string{"en", "fr"} {
			m := outbox.Message{ID: outbox.ID("n"), Class: outbox.Steward, Kind: kind, Created: seen, Due: seen, Notice: &outbox.Notice{Open: []outbox.Issue{issue}, Resolved: []outbox.Issue{issue}}}
			switch kind {
			case outbox.Burst:
				m.Events = []event.Event{sweden}
				m.Notice = &outbox.Notice{Burst: "burst-2-20210502-0123456789", Messages: 7, Count: 40}
			case outbox.Summary:
				m.Notice = &outbox.Notice{Sources: 16, Rows: 28292, Since: "2021", Count: 18, Questions: map[string]int{"hold": 1, "question": 2}}
			}
			r := render(t, m, language)
			if leftover.MatchString(r.Subject+r.Text) || !strings.HasPrefix(r.Subject, "Baseline") || r.HTML == "" {
				t.Errorf("%s, %s: %s\n%s", kind, language, r.Subject, r.Text)
			}
			text := strings.Join(strings.Fields(r.Text), " ")
			for _, want := range map[outbox.Kind][]string{
				outbox.Health: {"the server does not answer", "baseline capture add enoc", "enoc"}, outbox.Burst: {"baseline alerts release burst-2-20210502-0123456789", "baseline alerts ack burst-2", "39"},
				outbox.Summary: {"16", "18", "2021"},
			}[kind] {
				if !strings.Contains(text, want) {
					t.Errorf("%s, %s: %q is missing in\n%s", kind, language, want, r.Text)
				}
			}
		}
	}
	if _, err := message.Render(outbox.Message{Kind: outbox.Health}, message.Reader{}); err == nil {
		t.Error("a notice that says nothing is rendered")
	}
}

// Every state has a French name of its own.
func TestFrenchNames(t *testing.T) {
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
}

// The words of the two languages are complete: what one has, the other has too.
func TestLanguagesAreComplete(t *testing.T) {
	en, fr := reflect.ValueOf(message.Words("en")).Elem(), reflect.ValueOf(message.Words("fr")).Elem()
	for i := range en.NumField() {
		name := en.Type().Field(i).Name
		switch en.Field(i).Kind() {
		case reflect.Map:
			var lack []string
			for _, k := range en.Field(i).MapKeys() {
				if !fr.Field(i).MapIndex(k).IsValid() || fr.Field(i).MapIndex(k).IsZero() {
					lack = append(lack, k.String())
				}
			}
			slices.Sort(lack)
			if len(lack) > 0 {
				t.Errorf("French %s lacks %v", name, lack)
			}
		case reflect.String, reflect.Array:
			if !slices.Contains([]string{"first"}, name) && (en.Field(i).IsZero() || fr.Field(i).IsZero()) {
				t.Errorf("%s is empty: %v, %v", name, en.Field(i), fr.Field(i))
			}
		}
	}
}

// The same message gives the same bytes; machines get it as JSON with the events as they are.
func TestJSONForm(t *testing.T) {
	a, b := render(t, about(sweden), "en"), render(t, about(sweden), "en")
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
	if form.Type != "baseline.message" || form.ID != a.ID || len(form.Events) != 1 || !reflect.DeepEqual(form.Events[0], sweden) || form.Subject != a.Subject {
		t.Errorf("%+v", form)
	}
	var schema map[string]any
	if err := json.Unmarshal(message.Schema, &schema); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(a.JSON, &got); err != nil {
		t.Fatal(err)
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

// What a publisher's page says cannot become a part of the page or the header.
func TestForeignTextStaysText(t *testing.T) {
	e := sweden
	e.Quote, e.Publisher = "<script>alert(1)</script>\r\nBcc: x@example.org", "<b>x</b>"
	e.Address = "javascript:alert(1)"
	r := render(t, about(e), "en")
	if strings.Contains(r.HTML, "<script>") || strings.Contains(r.HTML, "<b>x</b>") || strings.Contains(r.HTML, `href="javascript:`) || strings.ContainsAny(r.Subject, "\r\n") {
		t.Error(r.HTML)
	}
}
