package pipeline_test

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"baseline/pipeline"
	"baseline/pipeline/archive"
	"baseline/pipeline/decisions"
	"baseline/pipeline/snapshot"
	"baseline/sources/source"
)

// spoil overwrites a file of the workspace as a failing disk would.
func (b bench) spoil(name, with string) {
	b.Helper()
	if err := os.WriteFile(b.Workspace.Path(name), []byte(with), 0o644); err != nil {
		b.Fatal(err)
	}
}

func find(out pipeline.Outcome, code string) (list []source.Finding) {
	for _, f := range out.Snapshot.Findings {
		if f.Code == code {
			list = append(list, f)
		}
	}
	return list
}

// A capture whose bytes are damaged is named and set aside; the last good rows stay, with
// their clocks. It is whole again when the bytes come again, from wherever.
func TestDamagedCaptureIsSetAside(t *testing.T) {
	const body = "CRC France party\nCRC Sweden party"
	for name, again := range map[string]func(b bench, rec archive.Record){
		"restored by hand": func(b bench, rec archive.Record) { b.spoil(archive.BodyPath(rec.SHA256), body) },
		"fetched again":    func(b bench, _ archive.Record) { b.capture("a", "list", 11, body) },
		"added again": func(b bench, rec archive.Record) {
			if err := archive.In(b.Workspace).Put(rec, []byte(body)); err != nil {
				b.Fatal(err)
			}
		},
	} {
		for _, hole := range []string{strings.Replace(body, "party", "none!", 1), body[:20], ""} {
			b := newBench(t, fake{id: "a"})
			b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
			b.capture("a", "more", 0, "OPSC France party", "OPSC Sweden party")
			b.refresh()
			rec := b.capture("a", "list", 10, body)
			good := b.refresh()
			b.spoil(archive.BodyPath(rec.SHA256), hole)

			// Who only reads is told, and moves nothing.
			var damaged *archive.DamagedError
			if _, err := b.Replay(good.Snapshot); !errors.As(err, &damaged) || !b.Workspace.Has(archive.BodyPath(rec.SHA256)) {
				t.Fatalf("read again without the workspace: %v", err)
			}
			out := b.refresh()
			aside := "captures/damaged/" + rec.SHA256 + "-1"
			b.want(name+": rows", b.rows(), "CRC/FRA party kept", "CRC/SWE party kept", "OPSC/FRA party read", "OPSC/SWE party read")
			if f := find(out, pipeline.DamagedCapture); len(f) != 1 || f[0].Severity != source.Hold || f[0].Capture != rec.SHA256 || !strings.Contains(f[0].Text, aside) || f[0].Hint == "" {
				t.Errorf("%s: findings %+v", name, out.Snapshot.Findings)
			}
			if got, err := b.Workspace.Read(aside); err != nil || string(got) != hole || b.Workspace.Has(archive.BodyPath(rec.SHA256)) {
				t.Errorf("%s: set aside %q, %v", name, got, err)
			}
			if out.Snapshot.Sources[0].Clocks != good.Snapshot.Sources[0].Clocks || !slices.Equal(out.Failed, []string{"a"}) {
				t.Errorf("%s: clocks %+v, failed %v", name, out.Snapshot.Sources[0].Clocks, out.Failed)
			}
			if second := b.refresh(); !second.Same {
				t.Errorf("%s: a second run over the same damage gives another snapshot", name)
			}
			again(b, rec)
			whole := b.refresh()
			b.want(name+": rows of the whole", b.rows(), "CRC/FRA party read", "CRC/SWE party read", "OPSC/FRA party read", "OPSC/SWE party read")
			if len(codes(whole)) != 0 || name != "fetched again" && whole.Manifest.ID != good.Manifest.ID {
				t.Errorf("%s: findings %q, snapshot %s, was %s", name, codes(whole), whole.Manifest.ID, good.Manifest.ID)
			}
			if got, err := b.Workspace.Read(aside); err != nil || string(got) != hole {
				t.Errorf("%s: what was set aside is lost: %q, %v", name, got, err)
			}
		}
	}
}

// Two requests that had the same bytes are damaged together.
func TestDamagedBytesOfTwoRequests(t *testing.T) {
	b := newBench(t, fake{id: "a"}, fake{id: "b"})
	rec := b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	b.capture("b", "list", 0, "CRC France party", "CRC Sweden signed")
	b.refresh()
	b.spoil(archive.BodyPath(rec.SHA256), "CRC")
	out := b.refresh()
	if f := find(out, pipeline.DamagedCapture); len(f) != 2 || strings.TrimPrefix(f[0].Text, "source a") != strings.TrimPrefix(f[1].Text, "source b") {
		t.Errorf("findings: %+v", f)
	}
	if names, err := b.Workspace.List("captures/damaged"); err != nil || len(names) != 1 {
		t.Errorf("set aside: %v, %v", names, err)
	}
}

// What is compiled into the program makes its captures whole in the same run.
func TestBundleMakesWhole(t *testing.T) {
	bundle := fstest.MapFS{}
	addTo(t, bundle, "a", "CRC France signed\nCRC Sweden signed")
	b := newBench(t, fake{id: "a"})
	b.Bundle = bundle
	want := b.refresh().Manifest.ID
	rec := recordOf("a", "list", 0, "CRC France signed\nCRC Sweden signed")
	records, err := b.Workspace.List("captures/log/a")
	if err != nil || len(records) != 1 {
		t.Fatalf("records %v, %v", records, err)
	}
	b.spoil(archive.BodyPath(rec.SHA256), "CRC France signed\nCRC Sweden SIGNED")
	b.spoil("captures/log/a/"+records[0], "{")
	if out := b.refresh(); out.Manifest.ID != want || !out.Same {
		t.Errorf("snapshot %s, want %s; findings %q", out.Manifest.ID, want, codes(out))
	}
	for _, name := range []string{"captures/damaged/" + rec.SHA256 + "-1", "captures/damaged/log/a/" + records[0] + "-1"} {
		if !b.Workspace.Has(name) {
			t.Errorf("%s is lost", name)
		}
	}
}

// Without the record of the newest answer, an older one does not bring its facts back.
func TestDamagedRecordKeepsTheLastGoodRows(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France signed", "CRC Sweden signed")
	b.capture("a", "more", 0, "OPSC France party", "OPSC Sweden party")
	b.refresh()
	b.capture("a", "list", 10, "CRC France party", "CRC Sweden party")
	good := b.refresh()
	records, err := b.Workspace.List("captures/log/a")
	if err != nil || len(records) != 3 {
		t.Fatalf("records %v, %v", records, err)
	}
	newest := "captures/log/a/" + records[2]
	text, err := b.Workspace.Read(newest)
	if err != nil {
		t.Fatal(err)
	}
	b.spoil(newest, string(text[:40]))
	out := b.refresh()
	b.want("rows", b.rows(), "CRC/FRA party kept", "CRC/SWE party kept", "OPSC/FRA party read", "OPSC/SWE party read")
	aside := "captures/damaged/log/a/" + records[2] + "-1"
	if f := find(out, pipeline.DamagedRecord); len(f) != 1 || f[0].Severity != source.Hold || !strings.Contains(f[0].Text, newest) || !strings.Contains(f[0].Text, aside) {
		t.Errorf("findings %+v", out.Snapshot.Findings)
	}
	if out.Snapshot.Sources[0].Clocks != good.Snapshot.Sources[0].Clocks || !slices.Equal(out.Failed, []string{"a"}) {
		t.Errorf("clocks %+v, were %+v; failed %v", out.Snapshot.Sources[0].Clocks, good.Snapshot.Sources[0].Clocks, out.Failed)
	}
	if got, err := b.Workspace.Read(aside); err != nil || string(got) != string(text[:40]) || b.Workspace.Has(newest) {
		t.Errorf("set aside: %q, %v", got, err)
	}
	if second := b.refresh(); !second.Same {
		t.Error("a second run over the same damage gives another snapshot")
	}
	b.spoil(newest, string(text)) // restored by hand
	if whole := b.refresh(); whole.Manifest.ID != good.Manifest.ID {
		t.Errorf("restored: snapshot %s, want %s; findings %q", whole.Manifest.ID, good.Manifest.ID, codes(whole))
	}
	// The record of an older answer is named, and holds nothing.
	b.spoil("captures/log/a/"+records[0], "")
	out = b.refresh()
	b.want("rows without an older record", b.rows(), "CRC/FRA party read", "CRC/SWE party read", "OPSC/FRA party read", "OPSC/SWE party read")
	if f := find(out, pipeline.DamagedRecord); len(f) != 1 || f[0].Severity != source.Note || out.Failed != nil {
		t.Errorf("findings %+v, failed %v", f, out.Failed)
	}
}

// Bytes that a publisher had replaced months ago, and that come again, are held: the last
// good rows stay with their clocks, until a steward releases them.
func TestOldPageIsHeld(t *testing.T) {
	old, now := []string{"CRC France party", "CRC Sweden signed"}, []string{"CRC France party", "CRC Sweden party"}
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, old...)
	b.refresh()
	b.capture("a", "list", 5, now...)
	good := b.refresh()
	rec := b.capture("a", "list", 60, old...)
	out := b.refresh()
	b.want("rows", b.rows(), "CRC/FRA party kept", "CRC/SWE party kept")
	f := find(out, pipeline.OldPage)
	if len(f) != 1 || f[0].Severity != source.Hold || !strings.Contains(f[0].Text, "since 2026-04-04") || !strings.Contains(f[0].Text, "until 2026-02-03") || !strings.Contains(f[0].Text, "on 2026-02-08") {
		t.Fatalf("findings %+v", out.Snapshot.Findings)
	}
	if got, want := out.Snapshot.Sources[0].Clocks, good.Snapshot.Sources[0].Clocks; !got.Captured.Equal(want.Captured) || !got.Changed.Equal(want.Changed) || out.Held != 2 {
		t.Errorf("clocks %+v, were %+v; %d held", got, want, out.Held)
	}
	// It stays so as long as the page does, and what replaced it is no old page.
	b.capture("a", "list", 70, old...)
	b.refresh()
	b.want("rows ten days later", b.rows(), "CRC/FRA party kept", "CRC/SWE party kept")
	text, err := json.Marshal(map[string]any{"decisions": []any{map[string]any{
		"do": "release", "source": "a", "capture": rec.SHA256, "code": pipeline.OldPage, "by": "A Steward", "on": "2026-04-15", "why": "they took it back",
	}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Workspace.Write(decisions.Folder+"/review.yaml", text); err != nil {
		t.Fatal(err)
	}
	b.refresh()
	b.want("rows when released", b.rows(), "CRC/FRA party read", "CRC/SWE signed read")
	if err := b.Workspace.Remove(decisions.Folder); err != nil {
		t.Fatal(err)
	}
	b.refresh()
	b.capture("a", "list", 80, now...)
	out = b.refresh()
	b.want("rows of the page that came back", b.rows(), "CRC/FRA party read", "CRC/SWE party read")
	if f := find(out, pipeline.OldPage); len(f) != 0 {
		t.Errorf("findings: %+v", f)
	}
}

// The same facts in other bytes, or an outage, make no old page.
func TestOldBytesThatSayNothingElse(t *testing.T) {
	for name, between := range map[string][]string{
		"another layout": {"", "CRC France party", "CRC Sweden signed"},
		"an error page":  {"error"},
		"held":           {"CRC France party", "hold", "CRC Sweden party"},
	} {
		b := newBench(t, fake{id: "a"})
		b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
		b.refresh()
		b.capture("a", "list", 60, between...)
		b.refresh()
		b.capture("a", "list", 120, "CRC France party", "CRC Sweden signed")
		out := b.refresh()
		b.want(name, b.rows(), "CRC/FRA party read", "CRC/SWE signed read")
		if len(codes(out)) != 0 || !out.Snapshot.Sources[0].Clocks.Captured.Equal(start.AddDate(0, 0, 120)) {
			t.Errorf("%s: findings %q, clocks %+v", name, codes(out), out.Snapshot.Sources[0].Clocks)
		}
	}
}

// A value that changes and changes back within the time of confirmation leaves one note,
// and the captures of both as evidence; the note goes when that time has passed.
func TestFlappingValueIsOneNote(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	was, other := []string{"CRC France party", "CRC Sweden signed"}, []string{"CRC France party", "CRC Sweden party"}
	first := b.capture("a", "list", 0, was...)
	edition := b.refresh().Manifest.ID
	second := b.capture("a", "list", 2, other...)
	if out := b.refresh(); len(find(out, snapshot.Flapped)) != 0 {
		t.Errorf("a change alone: %q", codes(out))
	}
	b.want("changes on day 2", b.changesSince(edition), "revised CRC/SWE source")
	for day := 4; day <= 12; day++ {
		third := b.capture("a", "list", day, append(was, strings.Repeat("-", day))...)
		out := b.refresh()
		b.want("rows", b.rows(), "CRC/FRA party read", "CRC/SWE signed read")
		b.want("changes", b.changesSince(edition))
		flapped := find(out, snapshot.Flapped)
		if day > 7 { // what it was before is longer ago than the time of confirmation
			if len(flapped) != 0 {
				t.Errorf("day %d: %+v", day, flapped)
			}
			continue
		}
		if len(flapped) != 1 || flapped[0].Severity != source.Note || flapped[0].Capture != second.SHA256 || !strings.Contains(flapped[0].Text, "CRC/SWE said status party on 2026-02-05") || !strings.Contains(flapped[0].Text, first.SHA256[:12]) {
			t.Fatalf("day %d: findings %+v", day, out.Snapshot.Findings)
		}
		var sums []string
		for _, rec := range out.Manifest.Captures {
			sums = append(sums, rec.SHA256)
		}
		if !slices.Contains(sums, first.SHA256) || !slices.Contains(sums, second.SHA256) || !slices.Contains(sums, third.SHA256) {
			t.Errorf("day %d: the captures of both are not kept: %v", day, sums)
		}
		// That it went back is asked on the first day.
		if again := b.refresh(); day > 4 && !again.Same {
			t.Errorf("day %d: a second run gives another snapshot", day)
		}
	}
}

// When facts changed is not moved by the order of a page, nor by rows that another source
// overrules.
func TestChangedClockFollowsFacts(t *testing.T) {
	b := newBench(t, fake{id: "coe-treaties"}, fake{id: "a"})
	for day := range 4 {
		b.capture("coe-treaties", "list", day, "ETS185 France party", "ETS185 Malta party", strings.Repeat("-", day))
		b.capture("a", "list", day, "ETS185 Malta party", "CRC Sweden party", "ETS185 France signed", "CRC France party", strings.Repeat("-", day))
		out := b.refresh()
		for _, s := range out.Snapshot.Sources {
			if c := s.Clocks; !c.Captured.Equal(start.AddDate(0, 0, day)) || !c.Changed.Equal(start) {
				t.Errorf("day %d: %s has the clocks %+v", day, s.ID, c)
			}
		}
	}
	b.capture("a", "list", 5, "ETS185 Malta signed", "CRC Sweden party", "ETS185 France signed", "CRC France party")
	if c := b.refresh().Snapshot.Sources[0]; c.ID != "a" || !c.Clocks.Changed.Equal(start.AddDate(0, 0, 5)) {
		t.Errorf("a changed row that is overruled: %+v", c.Clocks)
	}
}
