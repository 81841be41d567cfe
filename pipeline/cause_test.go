package pipeline_test

import (
	"slices"
	"testing"

	"baseline/pipeline/archive"
	"baseline/pipeline/compare"
	"baseline/sources/source"
)

// Why a value differs, for each of the three things that can have changed and for all
// at once: what the reader makes of a word, which place a spelling means, what the page
// says.
func TestCauseIsProven(t *testing.T) {
	reader := func(status string) string {
		if status == "joined" {
			return "party"
		}
		return status
	}
	asRead := func(status string) string {
		if status == "joined" {
			return "signed"
		}
		return status
	}
	named := func(place string) string { return "do: map, source: a, spelling: Oceania, place: " + place }
	first := []string{"CRC France joined", "CRC Sweden signed", "CRC Oceania party"}
	for name, c := range map[string]struct {
		reader func(string) string
		lookup string
		page   []string
		want   []string
	}{
		"nothing":       {asRead, "MLT", first, nil},
		"reader alone":  {reader, "MLT", first, []string{"revised CRC/FRA reading"}},
		"lookup alone":  {asRead, "ITA", first, []string{"added CRC/ITA reading", "withdrawn CRC/MLT reading"}},
		"page alone":    {asRead, "MLT", []string{"CRC France joined", "CRC Sweden party", "CRC Oceania party"}, []string{"revised CRC/SWE source"}},
		"bytes alone":   {asRead, "MLT", []string{"", "CRC Sweden signed", "CRC Oceania party", "CRC France joined"}, nil},
		"all three":     {reader, "ITA", []string{"CRC France joined", "CRC Sweden party", "CRC Oceania party"}, []string{"added CRC/ITA reading", "revised CRC/FRA reading", "revised CRC/SWE source", "withdrawn CRC/MLT reading"}},
		"both on a row": {reader, "MLT", []string{"CRC France withdrawn", "CRC Sweden signed", "CRC Oceania party"}, []string{"revised CRC/FRA reading", "revised CRC/FRA source"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, fake{id: "a", read: asRead})
			b.decide("names.yaml", named("MLT"))
			b.capture("a", "list", 0, first...)
			old := b.refresh().Manifest.ID

			b.Sources = []source.Source{fake{id: "a", read: c.reader}}
			b.decide("names.yaml", named(c.lookup))
			b.capture("a", "list", 1, c.page...)
			b.refresh()
			// A name that means another place leaves the list it was in at once: nothing has
			// gone from the page.
			got := b.changesSince(old)
			slices.Sort(got)
			b.want("changes", got, c.want...)
		})
	}
}

// A list that loses too much at once is held whole, and stays so when it is read again.
func TestTooMuchGoneAtOnce(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden party", "CRC Malta party", "CRC Italy party", "CRC Spain party")
	first := b.refresh().Manifest.ID
	b.capture("a", "list", 1, "CRC France party", "CRC Sweden party")
	out := b.refresh()
	b.want("rows", b.rows(), "CRC/ESP party kept", "CRC/FRA party kept", "CRC/ITA party kept", "CRC/MLT party kept", "CRC/SWE party kept")
	b.want("findings", codes(out), "too-many-withdrawn")
	if out.Held != 2 {
		t.Errorf("%d rows are held, not 2", out.Held)
	}
	b.want("changes", b.changesSince(first))
	second := out.Manifest.ID
	b.want("changes since the held one", b.changesSince(second))

	f := out.Snapshot.Findings[0]
	b.decide("release.yaml", "do: release, source: a, code: too-many-withdrawn, capture: "+f.Capture)
	b.refresh()
	b.want("rows after the release", b.rows(), "CRC/ESP party unconfirmed", "CRC/FRA party read", "CRC/ITA party unconfirmed", "CRC/MLT party unconfirmed", "CRC/SWE party read")
}

// One party that is a signatory again is a question, three are a reader's fault.
func TestFactsThatMoveBack(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden party", "CRC Malta party", "CRC Italy signed")
	b.refresh()
	b.capture("a", "list", 1, "CRC France signed", "CRC Sweden party", "CRC Malta party", "CRC Italy party")
	b.want("one", codes(b.refresh()), "went-back")
	b.want("still, when nothing is new", codes(b.refresh()), "went-back")
	b.want("rows", b.rows(), "CRC/FRA signed read", "CRC/ITA party read", "CRC/MLT party read", "CRC/SWE party read")
	b.capture("a", "list", 2, "CRC France signed", "CRC Sweden signed", "CRC Malta signed", "CRC Italy signed")
	b.want("three", codes(b.refresh()), "went-back", "went-back", "went-back")
	b.want("rows", b.rows(), "CRC/FRA signed kept", "CRC/ITA party kept", "CRC/MLT party kept", "CRC/SWE party kept")
}

// A publisher that gives no readable answer keeps its last good rows, marked, and their
// old clocks; only the clock of asking moves on.
func TestAnswerThatCannotBeRead(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden party")
	good := b.refresh()
	b.challenge("a", "list", 3)
	out := b.refresh()
	b.want("rows", b.rows(), "CRC/FRA party kept", "CRC/SWE party kept")
	b.want("findings", codes(out), "challenge-page")
	b.want("failed", out.Failed, "a")
	was, now := good.Snapshot.Sources[0].Clocks, out.Snapshot.Sources[0].Clocks
	if !now.Checked.After(was.Checked) || !now.Captured.Equal(was.Captured) || !now.Changed.Equal(was.Changed) {
		t.Errorf("clocks %v, before %v", now, was)
	}
	b.want("changes", b.changesSince(good.Manifest.ID))
	b.capture("a", "list", 4, "CRC France party", "CRC Sweden party")
	out = b.refresh()
	b.want("rows when it answers again", b.rows(), "CRC/FRA party read", "CRC/SWE party read")
	b.want("findings", codes(out))
}

// challenge puts an answer into the archive in which a fault was seen.
func (b bench) challenge(src, request string, days int) {
	b.Helper()
	const body = "<title>Just a moment...</title>"
	rec := recordOf(src, request, days, body)
	rec.Fault, rec.FaultText = "challenge-page", "a challenge stands in front of the page"
	if err := archive.In(b.Workspace).Put(rec, []byte(body)); err != nil {
		b.Fatal(err)
	}
}

// A page whose bytes changed and whose facts did not is counted, and is no change.
func TestOtherBytesSameFacts(t *testing.T) {
	b := newBench(t, fake{id: "a"}, fake{id: "b"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden party")
	b.capture("b", "list", 0, "OPSC France party", "OPSC Sweden signed")
	older := b.refresh().Snapshot
	b.capture("a", "list", 1, "a new menu", "CRC France party", "CRC Sweden party")
	b.capture("b", "list", 1, "OPSC France party", "OPSC Sweden party")
	newer := b.refresh().Snapshot
	changes := compare.Snapshots(older, newer, older.AsOf()).Changes
	if n := compare.SameFacts(older, newer, changes); n != 1 || len(changes) != 1 {
		t.Errorf("%d captures with the same facts and %d changes, want 1 and 1", n, len(changes))
	}
	if n := compare.SameFacts(older, older, nil); n != 0 {
		t.Errorf("%d captures differ from themselves", n)
	}
}
