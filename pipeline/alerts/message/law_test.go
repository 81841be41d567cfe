package message_test

import (
	"strings"
	"testing"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
)

// With its deposit a state consents to be bound, by the act that the source names; a party
// it is once the treaty is in force for it.
func TestDepositAndParty(t *testing.T) {
	for how, want := range map[string][2]string{
		"ratification": {"Ireland has ratified the Budapest Convention (1 October 2026)", "Irlande : ratification de la Convention de Budapest (1er octobre 2026)"},
		"acceptance":   {"Ireland has accepted the Budapest Convention (1 October 2026)", "Irlande : acceptation de la Convention de Budapest (1er octobre 2026)"},
		"approval":     {"Ireland has approved the Budapest Convention (1 October 2026)", "Irlande : approbation de la Convention de Budapest (1er octobre 2026)"},
		"accession":    {"Ireland has acceded to the Budapest Convention (1 October 2026)", "Irlande : adhésion à la Convention de Budapest (1er octobre 2026)"},
		"succession":   {"Ireland has succeeded to the Budapest Convention (1 October 2026)", "Irlande : succession à la Convention de Budapest (1er octobre 2026)"},
		"":             {"Ireland has joined the Budapest Convention (1 October 2026)", "Irlande : consentement à être lié par la Convention de Budapest (1er octobre 2026)"},
	} {
		for i, language := range []string{"en", "fr"} {
			if got := flat(message.Heading(language, like(ratified, by(how)))); got != want[i] {
				t.Errorf("%s: %q, want %q", language, got, want[i])
			}
		}
	}
	inForce := like(ratified, func(e *event.Event) { e.New = with(e.New, "in_force", "2026-10-05") })
	says(t, about(inForce), "en", []string{"Now: party", "In force since: 5 October 2026", "The state is a party"}, []string{"Now: has consented", "In force from"})
	none := like(ratified, func(e *event.Event) { e.New = with(e.New, "in_force", "") })
	says(t, about(none), "en", []string{"Now: has consented to be bound", "is a party once the treaty is in force for it"}, []string{"Now: party", "In force"})
	says(t, about(none), "fr", []string{"Maintenant : a consenti à être lié", "sera partie dès l’entrée en vigueur du traité à son égard"}, []string{"Maintenant : partie", "En vigueur"})
}

// A message is headed by what reaches farthest, and a signature that came with the deposit
// is told with it: nobody reads of one state that it is bound and that it is not.
func TestFarthestLeads(t *testing.T) {
	signed := like(told[0].event, func(e *event.Event) { e.ID, e.Treaty = "ev-11111111111111111111111111111111", "ETS185" })
	m := about(signed, like(ratified, func(e *event.Event) { e.Old = cells{"status": "none"} }))
	says(t, m, "en", []string{"Ireland has ratified the Budapest Convention (1 October 2026)", "Signed on: 28 February 2002", "Before: neither signatory nor party", "ev-11111111111111111111111111111111"}, []string{"Now: signatory", "not yet bound", "and 1 more"})
	says(t, m, "fr", []string{"Irlande : ratification de la Convention de Budapest"}, []string{"Maintenant : signataire", "et 1 de plus"})
	digest := m
	digest.Kind = outbox.Digest
	says(t, digest, "en", nil, []string{"Now: signatory", "2 pieces of news"})
	denounced := told[13].event
	if r := render(t, about(like(ratified, func(e *event.Event) { e.Treaty = "CETS201" }), denounced), "en"); !strings.HasPrefix(r.Subject, "The Russian Federation has denounced") || !strings.HasSuffix(r.Subject, ", and 1 more") {
		t.Errorf("subject %q", r.Subject)
	}
	inForce := told[11].event
	none := like(ratified, func(e *event.Event) { e.New = cells{"status": "party"} })
	if r := render(t, about(none, inForce), "en"); r.Subject != "Ireland has ratified the Budapest Convention (1 October 2026), in force for it since 1 September 2026" {
		t.Errorf("subject %q", r.Subject)
	}
}

// What a state was before a treaty entered into force for it is no riddle.
func TestEntryIntoForce(t *testing.T) {
	e := told[11].event
	says(t, about(e), "en", []string{"Before: had consented to be bound; the treaty was not yet in force for it", "Now: party", "The state is now a party"}, []string{"nothing known"})
	says(t, about(e), "fr", []string{"Avant : avait consenti à être lié ; le traité n’était pas encore en vigueur à son égard", "Entrée en vigueur de la Convention sur la cybercriminalité"}, []string{"rien de connu", "Est entré"})
	unknown := like(told[7].event, func(e *event.Event) { e.Old = nil })
	says(t, about(unknown), "en", nil, []string{"Before", "nothing known", "unknown"})
}

// A signatory is not bound, and not free either (Vienna Convention, article 18).
func TestSignatory(t *testing.T) {
	says(t, about(told[0].event), "en", []string{"is not yet bound by the treaty, but must not act against its object and purpose until it has decided"}, []string{"means to join"})
	says(t, about(told[0].event), "fr", []string{"intention de devenir partie", "doit s’abstenir d’actes contraires à l’objet et au but du traité."}, []string{"d’adhérer"})
}

// A denunciation has two days: that of the notice and that of its effect.
func TestDenunciation(t *testing.T) {
	says(t, about(told[13].event), "en", []string{
		"The Russian Federation has denounced the Lanzarote Convention with effect from 1 January 2027", "Now: party until 1 January 2027", "Notice on: 1 September 2026", "Effect on: 1 January 2027", "stays bound by it until",
	}, []string{"Since:"})
	says(t, about(told[14].event), "en", []string{
		"The Russian Federation is no longer a party to the Lanzarote Convention since 1 January 2026", "Now: no longer a party", "Notice on: 1 September 2025", "Effect on: 1 January 2026", "is no longer bound",
	}, []string{"stays bound", "takes effect"})
	says(t, about(told[14].event), "fr", []string{"Fédération de Russie : n’est plus partie à la Convention de Lanzarote depuis le 1er janvier 2026", "L’État n’est plus lié par le traité."}, []string{"reste lié"})
}

// The UN does not tell declarations from reservations, and neither do messages about its
// treaties.
func TestDeclarationsOfTheUN(t *testing.T) {
	for i := 19; i < len(told); i++ {
		e := told[i].event
		if e.Kind != event.DeclarationMade && e.Kind != event.DeclarationWithdrawn {
			continue
		}
		for _, code := range []string{"CRC", "OPSC"} {
			e.Treaty = code
			says(t, about(e), "en", []string{"declaration or reservation", "a declaration or a reservation", "the UN’s list does not tell which", "in force"}, []string{"Now: declaration", "made a declaration on", "withdrew a declaration on"})
			says(t, about(e), "fr", []string{"déclaration ou réserve", "la liste des Nations Unies ne dit pas laquelle des deux"}, []string{"Maintenant : déclaration"})
		}
		e.Treaty = "CETS201"
		says(t, about(e), "en", nil, []string{"reservation"})
	}
}

// What was corrected is not told as if it had happened, and who corrected it is said.
func TestCorrection(t *testing.T) {
	e := like(ratified, corrected("consent", "2026-10-01", "2026-10-02"))
	says(t, about(e), "en", []string{"Correction: Ireland, Budapest Convention: deposited on 2 October, not 1 October 2026", "The publisher has corrected a day", "Before: deposited on 1 October 2026", "Now: deposited on 2 October 2026"}, []string{"has ratified", "Before: party"})
	e.Source, e.Publisher = "decisions", "this project"
	says(t, about(e), "en", []string{"A steward of this project has corrected a day", "a correction by a steward of this project"}, []string{"The publisher has corrected"})
	says(t, about(e), "fr", []string{"Un responsable de ce projet a corrigé une date", "une correction d’un responsable de ce projet"}, []string{"La source a corrigé", "this project"})
	all := like(told[12].event, corrected("in_force", "2026-09-01", "2026-10-01"))
	if got := message.Heading("en", all); got != "Correction: Second Protocol to the Budapest Convention: in force from 1 October 2026" {
		t.Errorf("%q", got)
	}
}
