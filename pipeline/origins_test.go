package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
)

// What a steward handed in is counted apart from what the publisher sent, in every place that
// counts captures.
func TestCapturesByHandAreCountedApart(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden party")
	const body = "OPSC France party\nOPSC Sweden party"
	rec := recordOf("a", "more", 0, body)
	rec.Origin = archive.ByHand
	if err := archive.In(b.Workspace).Put(rec, []byte(body)); err != nil {
		t.Fatal(err)
	}
	out := b.refresh()
	want := snapshot.Captures{Original: 1, ByHand: 1}
	if got := out.Snapshot.Sources[0].Captures; got != want || got.String() != "1 original, 1 by hand" {
		t.Errorf("counted: %+v, %s", got, got)
	}
	loaded, _, err := snapshot.Load(b.Workspace, out.Manifest.ID)
	if err != nil || loaded.Sources[0].Captures != want {
		t.Errorf("stored: %+v, %v", loaded.Sources[0].Captures, err)
	}
	rows, err := snapshot.Table(b.Workspace, out.Manifest, &schemas.SourceStates)
	if err != nil || rows[0].Values[schemas.SourceStates.Column("by_hand")] != schemas.Num(1) || rows[0].Values[schemas.SourceStates.Column("original")] != schemas.Num(1) {
		t.Errorf("published: %+v, %v", rows, err)
	}
	file, _ := out.Manifest.File("treaty_status")
	data, err := b.Workspace.Read(file.Path)
	if err != nil || !strings.Contains(string(data), "1 original, 1 by hand") {
		t.Errorf("the metadata of the dataset do not have it: %v", err)
	}
}

// A page that was handed in makes no other request of its source fresh: the clock, and with it the
// budget, is that of the oldest. What the publisher was asked for is asked at once, and its newest
// answer counts.
func TestAPageByHandIsFreshForItselfAlone(t *testing.T) {
	day := func(n int) time.Time { return start.AddDate(0, 0, n) }
	for name, c := range map[string]struct {
		list, more     int // days on which they were taken
		byHand         string
		captured, said int
	}{
		"one of two by hand, today":       {0, 298, "more", 0, 298},
		"one of two by hand, long ago":    {298, 0, "more", 0, 298},
		"both by hand":                    {0, 298, "list more", 0, 298},
		"none by hand: the newest counts": {0, 298, "", 298, 298},
	} {
		b := newBench(t, fake{id: "a"})
		for request, days := range map[string]int{"list": c.list, "more": c.more} {
			body := map[string]string{"list": "CRC France party\nCRC Sweden party", "more": "OPSC France party\nOPSC Sweden party"}[request]
			rec := recordOf("a", request, days, body)
			if strings.Contains(c.byHand, request) {
				rec.Origin = archive.ByHand
			}
			if err := archive.In(b.Workspace).Put(rec, []byte(body)); err != nil {
				t.Fatal(err)
			}
		}
		out := b.refresh()
		e, _ := out.Manifest.Source("a")
		if !e.Captured.Equal(day(c.captured)) || !e.Changed.Equal(day(c.said)) || e.TooOld(day(300)) != (c.captured == 0) {
			t.Errorf("%s: clocks %+v, too old on day 300: %v", name, e.Clocks, e.TooOld(day(300)))
		}
	}
}
