package pipeline_test

import (
	"strings"
	"testing"

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
