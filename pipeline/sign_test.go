package pipeline_test

import (
	"errors"
	"slices"
	"testing"

	"baseline/pipeline"
	"baseline/pipeline/edition"
)

func (b bench) sign(name string, despite map[string]string, out pipeline.Outcome) (edition.Edition, error) {
	b.Helper()
	e, _, err := edition.Sign(b.Workspace, out.Manifest, b.Decisions, edition.Wish{Name: name, By: "A. Steward", At: start.AddDate(0, 0, 10), Despite: despite})
	return e, err
}

// Editions with the same facts have the same hash, however they came to know them;
// editions with other facts have another.
func TestContentHashOfEditions(t *testing.T) {
	hash := func(name string, lines ...string) string {
		b := newBench(t, fake{id: "a"})
		b.capture("a", "list", len(lines)%3, lines...)
		e, err := b.sign("x", nil, b.refresh())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return e.FactsSHA256
	}
	one := hash("one", "CRC France party", "CRC Sweden signed")
	if same := hash("in another order, from other bytes", "", "CRC Sweden signed", "CRC France party", ""); same != one {
		t.Errorf("the same facts have the hashes %s and %s", one, same)
	}
	if other := hash("other", "CRC France party", "CRC Sweden party"); other == one {
		t.Error("other facts have the same hash")
	}
}

// What stands against an edition is named kind by kind, and each needs its reason.
func TestWhatStandsAgainstAnEdition(t *testing.T) {
	b := newBench(t, fake{id: "a"}, fake{id: "b"}, fake{id: "c"}, fake{id: "never"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden party", "CRC Atlantis party")
	b.capture("b", "list", 0, "OPSC France party", "OPSC Sweden party", "hold")
	b.capture("c", "list", 0, "ETS185 France party", "ETS185 Sweden party")
	b.refresh()
	b.capture("c", "list", 1, "error")
	out := b.refresh()
	_, err := b.sign("2027", nil, out)
	var refused *edition.RefusedError
	if !errors.As(err, &refused) {
		t.Fatalf("signed all the same, or %v", err)
	}
	var kinds []string
	for _, a := range refused.Against {
		kinds = append(kinds, a.Kind)
	}
	if want := []string{"held", "names", "kept", "budgets"}; !slices.Equal(kinds, want) {
		t.Errorf("against it: %q, want %q (%v)", kinds, want, err)
	}
	reasons := map[string]string{"held": "x", "names": "x", "kept": "x"}
	if _, err := b.sign("2027", reasons, out); err == nil {
		t.Error("signed without a reason for the budgets")
	}
	reasons["budgets"] = "x"
	e, err := b.sign("2027", reasons, out)
	if err != nil || len(e.Despite) != 4 || len(e.Open) < 3 || !e.Whole() {
		t.Errorf("%v: %+v", err, e)
	}
	again, err := edition.Read(b.Workspace, "2027")
	if err != nil || !again.Whole() || again.By != "A. Steward" {
		t.Errorf("read back: %v, whole %v", err, again.Whole())
	}
	again.Despite["held"] = "another reason"
	if again.Whole() {
		t.Error("an altered manifest passes for what was signed")
	}
}

// Decisions that no refresh has applied are not the ones the snapshot was made with.
func TestEditionNeedsTheDecisionsOfItsSnapshot(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.decide("names.yaml", "do: map, source: a, spelling: Oceania, place: MLT")
	b.capture("a", "list", 0, "CRC France party", "CRC Oceania party")
	out := b.refresh()
	b.decide("names.yaml", "do: map, source: a, spelling: Oceania, place: ITA")
	if err := b.LoadDecisions(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.sign("2027", nil, out); err == nil {
		t.Error("signed with decisions that no refresh has seen")
	}
	out = b.refresh()
	e, err := b.sign("2027", nil, out)
	if err != nil || len(e.Decisions) != 1 {
		t.Fatalf("%v, decisions %v", err, e.Decisions)
	}
	b.decide("names.yaml", "do: map, source: a, spelling: Oceania, place: ESP")
	book, err := e.Book(b.Workspace)
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := book.Place("a", "Oceania"); !ok || p.Code != "ITA" {
		t.Errorf("the edition's decision maps to %v", p)
	}
}
