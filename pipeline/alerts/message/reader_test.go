package message_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
)

// That one institution has left a network does not mean that the state has.
func TestInstitutionsAreNamed(t *testing.T) {
	left := func(old, new cells) event.Event { return member(event.Left, "inhope", "DEU", time.Time{}, old, new) }
	joined := func(old, new cells) event.Event {
		return member(event.Joined, "inhope", "DEU", time.Time{}, old, new)
	}
	for _, c := range []struct {
		event  event.Event
		en, fr string
		want   []string
	}{
		{left(with(fsm, "others", "eco"), cells{"others": "eco"}), "Germany: FSM is no longer in INHOPE (hotlines)", "Allemagne : FSM ne figure plus parmi les membres d’INHOPE (lignes de signalement)", []string{"FSM (Germany) is no longer in the list", "Still in it: eco"}},
		{left(fsm, cells{}), "Germany: no longer in INHOPE (hotlines); its member was FSM", "Allemagne : plus aucun membre d’INHOPE (lignes de signalement), le dernier était FSM", []string{"FSM (Germany) is no longer in the list", "Still in it: no other institution of this state"}},
		{left(cells{"class": "full"}, cells{}), "Germany: no longer in INHOPE (hotlines)", "Allemagne : ne figure plus parmi les membres d’INHOPE (lignes de signalement)", []string{"Germany is no longer in the list"}},
		{left(cells{"class": "full"}, cells{"others": "eco"}), "Germany: one of its institutions is no longer in INHOPE (hotlines)", "Allemagne : une institution de moins parmi les membres d’INHOPE (lignes de signalement)", []string{"Still in it: eco"}},
		{joined(cells{"others": "eco"}, with(fsm, "others", "eco")), "Germany: FSM, another member of INHOPE (hotlines)", "Allemagne : FSM, un autre membre d’INHOPE (lignes de signalement)", []string{"FSM (Germany) is new in the list", "Also in it: eco"}},
		{joined(nil, fsm), "Germany: FSM, new full member of INHOPE (hotlines)", "Allemagne : FSM, nouveau membre à part entière d’INHOPE (lignes de signalement)", nil},
		{joined(nil, cells{"class": "full"}), "Germany: new full member of INHOPE (hotlines)", "Allemagne : nouveau membre à part entière d’INHOPE (lignes de signalement)", nil},
	} {
		if en, fr := flat(message.Heading("en", c.event)), flat(message.Heading("fr", c.event)); en != c.en || fr != c.fr {
			t.Errorf("%q and %q, want %q and %q", en, fr, c.en, c.fr)
		}
		says(t, about(c.event), "en", c.want, []string{"or an institution of it", "A second look"})
	}
	says(t, about(left(fsm, cells{"missing_since": "2026-09-01"})), "en", []string{"A second look has confirmed it.", "Not in it since: 1 September 2026"}, nil)
	serbia := like(joined(cells{"class": "none"}, cells{"class": "member", "since": "2021-12-01", "since_precision": "month"}), func(e *event.Event) { e.Place, e.On = "SRB", day(2021, 12, 1) })
	if got := flat(message.Heading("fr", serbia)); got != "Serbie : nouveau membre d’INHOPE (lignes de signalement), depuis décembre 2021" {
		t.Errorf("%q", got)
	}
	if got := flat(message.Heading("fr", like(left(cells{"class": "member"}, cells{"class": "none"}), func(e *event.Event) { e.Place, e.Network = "SRB", "coe" }))); got != "Serbie : ne figure plus parmi les membres du Conseil de l’Europe" {
		t.Errorf("%q", got)
	}
	for _, c := range []struct {
		precision, want string
		on              time.Time
	}{
		{"year", "à partir de 2027", day(2027, 1, 1)}, {"month", "à partir de mars 2027", day(2027, 3, 1)}, {"month", "à partir d’août 2027", day(2027, 8, 1)}, {"day", "à partir du 1er mars 2027", day(2027, 3, 1)},
	} {
		e := like(serbia, func(e *event.Event) { e.On, e.New = c.on, with(e.New, "since_precision", c.precision) })
		if got := flat(message.Heading("fr", e)); !strings.HasSuffix(got, ", "+c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// Nothing looks more certain than it is: what the capture is stands in messages and feeds.
func TestOriginIsTold(t *testing.T) {
	for _, c := range []struct {
		event  event.Event
		en, fr []string
		not    []string
	}{
		{like(ratified, from("rebuilt", "")), []string{"Origin: rebuilt from published facts; the publisher’s own bytes could not be had"}, []string{"Origine : reconstitué à partir de faits publiés ; les données d’origine de la source n’ont pu être obtenues"}, nil},
		{like(ratified, from("by hand", "")), []string{"Origin: page saved and handed in by a steward"}, []string{"Origine : page enregistrée et remise par un responsable"}, nil},
		{like(sweden, from("curated", "coe.int news of 28 April 2021")), []string{"Where it says so: a table of this project", "Known from: coe.int news of 28 April 2021"}, []string{"Source : un tableau de ce projet", "Connu par : coe.int news of 28 April 2021"}, []string{" | ", "this project."}},
		{ratified, nil, nil, []string{"Origin", "Known from", "Connu par"}},
	} {
		says(t, about(c.event), "en", c.en, c.not)
		says(t, about(c.event), "fr", c.fr, c.not)
		for language, want := range map[string][]string{"en": c.en, "fr": c.fr} {
			text, html := message.Body(language, c.event)
			for _, w := range want {
				_, value, _ := strings.Cut(w, ": ")
				if !strings.Contains(flat(text), w) || !strings.Contains(flat(html), value) {
					t.Errorf("%s: the feed lacks %q:\n%s\n%s", language, w, text, html)
				}
			}
		}
	}
}

// Kosovo has its footnote wherever it is named, in feeds too.
func TestKosovo(t *testing.T) {
	e := member(event.Joined, "weprotect", "XKX", time.Time{}, nil, cells{"class": "member"})
	says(t, about(e), "en", []string{"Kosovo*: new member of the WeProtect Global Alliance", "* All reference to Kosovo, whether to the territory, institutions or population, shall be understood in full compliance with United Nations Security Council Resolution 1244"}, nil)
	says(t, about(e), "fr", []string{"Kosovo* : nouveau membre de la WeProtect Global Alliance", "* Toute référence au Kosovo"}, nil)
	for _, language := range []string{"en", "fr"} {
		if text, html := message.Body(language, e); !strings.Contains(text, "1244") || !strings.Contains(html, "1244") {
			t.Errorf("%s: the feed has no footnote", language)
		}
	}
	says(t, about(ratified), "en", nil, []string{"1244"})
}

// The European Union is no state.
func TestEuropeanUnion(t *testing.T) {
	for _, one := range told {
		if one.event.Treaty == "" || one.event.Place == "" || one.event.Correction {
			continue
		}
		e := like(one.event, func(e *event.Event) { e.Place = "EUE" })
		says(t, about(e), "en", []string{"he European Union"}, []string{"the state", "The state"})
		says(t, about(e), "fr", []string{"nion européenne"}, []string{"l’État", "L’État", "être lié par", "être lié,", "être lié ;", "est lié par"})
	}
}

// A digest is newest first: what has no day by when it was seen, reports by their years.
func TestDigestIsNewestFirst(t *testing.T) {
	year := func(y string) event.Event {
		return like(report(event.ReportYear, "cybertip_reports", "", y, nil, cells{"year": y}), func(e *event.Event) { e.Seen = day(2026, 10, 9) })
	}
	at := func(place string, on, seen time.Time) event.Event {
		return member(event.Joined, "inhope", place, on, nil, cells{"class": "member"})
	}
	old := like(at("SWE", time.Time{}, day(2025, 1, 1)), func(e *event.Event) { e.Seen = day(2025, 1, 1) })
	m := about(year("2022"), at("NOR", day(2025, 6, 1), seen), year("2024"), old, at("ITA", day(2024, 12, 31), seen), year("2023"), at("ALB", day(2025, 6, 1), seen), like(old, func(e *event.Event) { e.Place = "FIN" }))
	m.Kind = outbox.Digest
	var got []string
	page(t, render(t, m, "en").HTML).Find("h2").Each(func(_ int, h *goquery.Selection) { got = append(got, h.Text()) })
	want := []string{
		"CyberTipline reports by country for 2024", "CyberTipline reports by country for 2023", "CyberTipline reports by country for 2022", "Norway: new member of INHOPE (hotlines) since 1 June 2025",
		"Albania: new member of INHOPE (hotlines) since 1 June 2025", "Sweden: new member of INHOPE (hotlines)", "Finland: new member of INHOPE (hotlines)", "Italy: new member of INHOPE (hotlines) since 31 December 2024",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q", got)
	}
}

// A page on Safer Internet Day has no "since"; where only its day has moved, that is said.
func TestSaferInternetDay(t *testing.T) {
	planned := like(report(event.SIDUpdated, "safer_internet_day", "IRL", "2026/IRL", cells{"status": "planned"}, cells{"year": "2026", "status": "celebrated", "updated": "2026-02-20"}), func(e *event.Event) { e.On = day(2026, 2, 20) })
	says(t, about(planned), "en", []string{"Ireland: Safer Internet Day 2026 celebrated", "Before: planned", "Page updated: 20 February 2026"}, []string{"Since"})
	planned.Old = cells{"status": "celebrated"}
	says(t, about(planned), "en", []string{"Ireland: Safer Internet Day 2026, page updated again"}, []string{"Before"})
	says(t, about(planned), "fr", []string{"page de nouveau mise à jour", "Mise à jour de la page : 20 février 2026"}, []string{"Depuis"})
}

// A rating without its count has no hole where the count would be.
func TestRatingWithoutCount(t *testing.T) {
	e := report(event.RatingChanged, "legislation_ratings", "IRL", "grooming/2017/IRL", cells{"definition": "no"}, cells{"definition": "yes", "review": "grooming"})
	says(t, about(e), "en", []string{"Ireland: other criteria met in ICMEC’s review on online grooming"}, []string{"before:", ": of 5"})
	one := report(event.RatingChanged, "legislation_ratings", "IRL", "grooming/2017/IRL", cells{"criteria_met": "3"}, cells{"criteria_met": "1", "review": "grooming"})
	says(t, about(one), "fr", []string{"Irlande : 1 critère sur 5 (avant : 3)"}, nil)
}

// None is not told as zero, and the last reservation that was withdrawn is not there.
func TestReservations(t *testing.T) {
	e := declared(event.ReservationWithdrawn, "CETS201", "CHE", time.Time{}, cells{"kind": "reservation", "count": "1", "withdrawn": "0"}, cells{"kind": "reservation"})
	says(t, about(e), "en", []string{"Before: 1 reservation in force", "Now: no reservation in force"}, []string{"Now: reservation", "0 withdrawn"})
	e.New = cells{"kind": "reservation", "count": "2", "withdrawn": "1"}
	says(t, about(e), "fr", []string{"Maintenant : 2 réserves en vigueur ; 1 retirée"}, []string{"1 retirées"})
}
