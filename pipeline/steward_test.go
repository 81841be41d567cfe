package pipeline_test

import (
	"strings"
	"testing"

	"baseline/pipeline/decisions"
	"baseline/sources/source"
)

// What a steward knows to be gone goes at once, with a tombstone, and stays gone; the
// decision has its object for as long as the tombstone stands.
func TestStewardKnowsThatARowHasGone(t *testing.T) {
	for verb, cause := range map[string]string{"accept": "source", "exclude": "reading"} {
		t.Run(verb, func(t *testing.T) {
			b := newBench(t, fake{id: "a"})
			b.capture("a", "list", 0, "CRC France party", "CRC Sweden party", "CRC Malta party")
			first := b.refresh().Manifest.ID
			b.capture("a", "list", 1, "CRC France party", "CRC Malta party")
			waits := b.refresh().Snapshot.Findings[0]
			b.want("while it waits", b.rows(), "CRC/FRA party read", "CRC/MLT party read", "CRC/SWE party unconfirmed")

			entry := "do: accept, finding: \"" + decisions.ID(waits) + "\""
			if verb == "exclude" {
				entry = "do: exclude, source: a, dataset: treaty_status, key: CRC/SWE"
			}
			b.decide("gone.yaml", entry)
			for run := range 3 { // a tombstone and its decision last
				out := b.refresh()
				b.want("rows", b.rows(), "CRC/FRA party read", "CRC/MLT party read")
				b.want("questions", texts(out.Snapshot.Findings, source.Question))
				b.want("notes", texts(out.Snapshot.Findings, source.Note),
					"withdrawn-by-decision: row CRC/SWE of treaty_status, gone since 2026-02-04, is withdrawn by A. Steward on 2026-02-04: because")
				if len(out.Snapshot.Gone) != 1 || out.Snapshot.Gone[0].Key != "CRC/SWE" || !strings.Contains(out.Snapshot.Gone[0].Row, `"party"`) {
					t.Fatalf("run %d: tombstones %+v", run, out.Snapshot.Gone)
				}
				b.want("changes", b.changesSince(first), "withdrawn CRC/SWE "+cause)
			}

			// It comes back, and goes again: what was accepted then says nothing of now.
			b.capture("a", "list", 2, "CRC France party", "CRC Sweden party", "CRC Malta party")
			out := b.refresh()
			if verb == "exclude" {
				b.want("rows", b.rows(), "CRC/FRA party read", "CRC/MLT party read")
				return
			}
			b.want("rows", b.rows(), "CRC/FRA party read", "CRC/MLT party read", "CRC/SWE party read")
			b.want("findings", codes(out), "decision-idle")
			b.capture("a", "list", 3, "CRC France party", "CRC Malta party", "")
			b.refresh()
			b.want("rows", b.rows(), "CRC/FRA party read", "CRC/MLT party read", "CRC/SWE party unconfirmed")
		})
	}
}

// A row that a steward takes out while the page lists it is not said to have gone.
func TestExcludedIsNotWithdrawn(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden party", "CRC Malta party")
	b.refresh()
	b.decide("out.yaml", "do: exclude, source: a, dataset: treaty_status, key: CRC/SWE")
	out := b.refresh()
	b.want("rows", b.rows(), "CRC/FRA party read", "CRC/MLT party read")
	b.want("findings", codes(out), "excluded")
	if len(out.Snapshot.Gone) != 0 {
		t.Errorf("tombstones %+v", out.Snapshot.Gone)
	}
}

// Where two sources disagree, the row of either can be taken out; the other then speaks.
func TestExclusionSettlesADisagreement(t *testing.T) {
	for src, want := range map[string]string{"curated": "ETS185/SWE signed read", "coe-treaties": "ETS185/SWE party read"} {
		b := newBench(t, fake{id: "curated"}, fake{id: "coe-treaties"})
		b.capture("coe-treaties", "list", 0, "ETS185 France party", "ETS185 Malta party", "ETS185 Sweden signed")
		b.capture("curated", "list", 0, "ETS185 France party", "ETS185 Malta party", "ETS185 Sweden party")
		b.want("findings", codes(b.refresh()), "sources-disagree")
		b.decide("out.yaml", "do: exclude, source: "+src+", dataset: treaty_status, key: ETS185/SWE")
		out := b.refresh()
		b.want("findings without "+src, codes(out), "excluded")
		b.want("rows without "+src, b.rows(), "ETS185/FRA party read", "ETS185/MLT party read", want)
	}
}

// A question that was put off is still a question, and putting it off is not idle.
func TestSnoozeHasItsObject(t *testing.T) {
	b := newBench(t, fake{id: "curated"}, fake{id: "coe-treaties"})
	b.capture("coe-treaties", "list", 0, "ETS185 France party", "ETS185 Sweden signed")
	b.capture("curated", "list", 0, "ETS185 France party", "ETS185 Sweden party")
	asked := b.refresh().Snapshot.Findings[0]
	b.decide("later.yaml", "do: snooze, finding: \""+decisions.ID(asked)+"\", until: 2027-01-31")
	b.want("findings", codes(b.refresh()), "sources-disagree")
	b.decide("later.yaml", "do: snooze, finding: \"0123456789\", until: 2027-01-31")
	b.want("findings", codes(b.refresh()), "sources-disagree", "decision-idle")
}

// A file in which nothing can be read decides nothing, and that is told.
func TestFileWithoutDecisions(t *testing.T) {
	for body, want := range map[string]string{
		"":              "decisions-empty: decisions x.yaml, line 1: the file is empty, so nothing is decided by it",
		"\n# nothing\n": "decisions-empty: decisions x.yaml, line 1: the file has only comments, so nothing is decided by it",
		"decisions:\n":  "",
	} {
		b := newBench(t, fake{id: "a"})
		b.capture("a", "list", 0, "CRC France party", "CRC Sweden party")
		if err := b.Workspace.Write("decisions/x.yaml", []byte(body)); err != nil {
			t.Fatal(err)
		}
		var wants []string
		if want != "" {
			wants = []string{want}
		}
		b.want("questions", texts(b.refresh().Snapshot.Findings, source.Question), wants...)
	}
}
