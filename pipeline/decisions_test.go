package pipeline_test

import (
	"fmt"
	"strings"
	"testing"

	"baseline/pipeline/snapshot"
	"baseline/schemas"
	"baseline/sources/source"
)

// decide writes a file of decisions, each signed.
func (b bench) decide(name string, entries ...string) {
	b.Helper()
	text := "decisions:\n"
	for _, e := range entries {
		text += "- {" + e + ", by: A. Steward, on: 2026-02-04, why: because}\n"
	}
	if err := b.Workspace.Write("decisions/"+name, []byte(text)); err != nil {
		b.Fatal(err)
	}
}

func texts(found []source.Finding, severity source.Severity) (list []string) {
	for _, f := range found {
		if f.Severity == severity {
			list = append(list, f.Code+": "+f.Text)
		}
	}
	return list
}

func TestDecisionMapsASpelling(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Swedenland party")
	b.decide("names.yaml", "do: map, source: a, spelling: Swedenland, place: SWE")
	out := b.refresh()
	b.want("rows", b.rows(), "CRC/FRA party read", "CRC/SWE party read")
	if out.Held != 0 || len(out.Snapshot.Findings) != 0 {
		t.Errorf("held %d, findings %+v", out.Held, out.Snapshot.Findings)
	}
	// Another source does not follow it.
	b = newBench(t, fake{id: "b"})
	b.capture("b", "list", 0, "CRC France party", "CRC Swedenland party", "CRC Malta party")
	b.decide("names.yaml", "do: map, source: a, spelling: Swedenland, place: SWE")
	out = b.refresh()
	b.want("rows", b.rows(), "CRC/FRA party read", "CRC/MLT party read")
	b.want("findings", codes(out), "unknown-name", "decision-idle")
}

func TestDecisionExcludesARow(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden party", "CRC Malta party", "CRC Atlantis party")
	b.decide("out.yaml", "do: exclude, source: a, dataset: treaty_status, key: CRC/MLT", "do: exclude, source: a, dataset: treaty_status, key: Atlantis")
	out := b.refresh()
	b.want("rows", b.rows(), "CRC/FRA party read", "CRC/SWE party read")
	b.want("findings", codes(out), "excluded", "excluded")
}

func TestDecisionOnHeldRows(t *testing.T) {
	first := []string{"CRC France party", "CRC Sweden party"}
	held := []string{"CRC France party", "CRC Sweden signed", "hold"}
	for verb, want := range map[string]struct {
		rows []string
		held int
	}{
		"":        {[]string{"CRC/FRA party kept", "CRC/SWE party kept"}, 2},
		"release": {[]string{"CRC/FRA party read", "CRC/SWE signed read"}, 0},
		"reject":  {[]string{"CRC/FRA party kept", "CRC/SWE party kept"}, 0},
	} {
		b := newBench(t, fake{id: "a"})
		b.capture("a", "list", 0, first...)
		b.refresh()
		rec := b.capture("a", "list", 1, held...)
		if verb != "" {
			b.decide("held.yaml", fmt.Sprintf("do: %s, source: a, capture: %.12s, code: told-to", verb, rec.SHA256))
		}
		out := b.refresh()
		b.want(verb+" rows", b.rows(), want.rows...)
		if out.Held != want.held {
			t.Errorf("%q: %d rows held, want %d", verb, out.Held, want.held)
		}
		if verb != "" && !strings.Contains(texts(out.Snapshot.Findings, source.Note)[0], "ed by A. Steward on 2026-02-04: because") {
			t.Errorf("%q: %+v", verb, out.Snapshot.Findings)
		}
		// The next capture is another question.
		if verb == "release" {
			b.capture("a", "list", 2, "CRC France signed", "CRC Sweden signed", "hold")
			b.refresh()
			b.want("rows of the next capture", b.rows(), "CRC/FRA party kept", "CRC/SWE signed kept")
		}
	}
}

func TestDecisionCorrectsARow(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden party")
	b.decide("right.yaml", `do: correct, dataset: treaty_status, key: CRC/SWE, set: {status: signed, signed: 1990-01-26}, from: "https://example.org/", as_of: 2026-02-04`,
		`do: correct, dataset: treaty_status, key: CRC/NOR, set: {status: signed}, from: "https://example.org/", as_of: 2026-02-04`)
	out := b.refresh()
	b.want("rows", b.rows(), "CRC/FRA party read", "CRC/SWE signed read")
	b.want("findings", codes(out), "decision-idle", "corrected")
	d := &schemas.TreatyStatus
	row := out.Snapshot.Tables[d.Name][1]
	if row.Source != snapshot.Corrected || row.Values[d.Column("signed")].String() != "1990-01-26" || !strings.Contains(row.Evidence.Quote, "A. Steward") {
		t.Errorf("corrected row: %+v", row)
	}
	others, err := snapshot.Table(b.Workspace, out.Manifest, &schemas.OtherRows)
	if err != nil || len(others) != 1 || !strings.Contains(others[0].Values[7].Text(), `"party"`) {
		t.Errorf("what was read has gone: %v %v", others, err)
	}
	// A source that fails keeps the corrected row; one that comes round makes the
	// correction needless.
	b.capture("a", "list", 1, "error")
	b.refresh()
	b.want("rows after a failure", b.rows(), "CRC/FRA party kept", "CRC/SWE signed kept")
}

func TestDecisionIsNoLongerNeeded(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	b.decide("right.yaml", `do: correct, dataset: treaty_status, key: CRC/SWE, set: {status: signed}, from: "https://example.org/", as_of: 2026-02-04`)
	out := b.refresh()
	b.want("rows", b.rows(), "CRC/FRA party read", "CRC/SWE signed read")
	b.want("findings", codes(out), "correction-agrees")
}

func TestDecisionsThatCannotBeMeant(t *testing.T) {
	for name, c := range map[string]struct{ entries, want string }{
		"unknown verb":  {"do: forget", `there is no decision "forget"`},
		"unknown place": {"do: map, spelling: X, place: QQQ", `there is no place with the code "QQQ"`},
		"no key":        {"do: exclude, source: a, dataset: treaty_status", "exclude needs the field key"},
		"bad word":      {"do: correct, dataset: treaty_status, key: CRC/SWE, set: {status: maybe}, from: x, as_of: 2026-01-01", `"maybe" is none of none, signed`},
		"bad column":    {"do: correct, dataset: treaty_status, key: CRC/SWE, set: {iso3: FRA}, from: x, as_of: 2026-01-01", "iso3 is no column"},
		"bad day":       {"do: snooze, finding: abc, until: soon", `"soon" is not a day`},
		"short capture": {"do: release, source: a, capture: abc, code: x", "at least the first 12 digits"},
		"unknown field": {"do: map, spelling: X, place: SWE, colour: red", "colour"},
	} {
		b := newBench(t, fake{id: "a"})
		b.capture("a", "list", 0, "CRC France party", "CRC Sweden party")
		b.decide("x.yaml", c.entries)
		if _, err := b.Refresh(); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "x.yaml") {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden party")
	b.decide("one.yaml", "do: map, spelling: X, place: SWE")
	b.decide("two.yaml", "do: map, spelling: X, place: FRA")
	if _, err := b.Refresh(); err == nil || !strings.Contains(err.Error(), "one.yaml, decision 1 and two.yaml, decision 1 contradict each other") {
		t.Errorf("contradiction: %v", err)
	}
}

// A steward who corrects a row has answered the question which source is right.
func TestCorrectionAnswersADisagreement(t *testing.T) {
	b := newBench(t, fake{id: "curated"}, fake{id: "coe-treaties"})
	b.capture("coe-treaties", "list", 0, "ETS185 France party", "ETS185 Sweden signed")
	b.capture("curated", "list", 0, "ETS185 France party", "ETS185 Sweden party")
	b.want("questions", texts(b.refresh().Snapshot.Findings, source.Question),
		"sources-disagree: treaty_status ETS185/SWE: curated says status party; coe-treaties says status signed; coe-treaties is followed")
	b.decide("right.yaml", `do: correct, dataset: treaty_status, key: ETS185/SWE, set: {status: party}, from: "https://example.org/", as_of: 2026-02-04`)
	out := b.refresh()
	b.want("rows", b.rows(), "ETS185/FRA party read", "ETS185/SWE party read")
	b.want("questions after the correction", texts(out.Snapshot.Findings, source.Question))
}
