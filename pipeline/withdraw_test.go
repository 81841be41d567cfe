package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"baseline/pipeline/compare"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
)

// changesSince compares a snapshot with the one in force, with causes.
func (b bench) changesSince(id string) []string {
	b.Helper()
	now, err := snapshot.CurrentID(b.Workspace)
	if err != nil {
		b.Fatal(err)
	}
	older, man, err := snapshot.Load(b.Workspace, id)
	if err != nil {
		b.Fatal(err)
	}
	newer, _, err := snapshot.Load(b.Workspace, now)
	if err != nil {
		b.Fatal(err)
	}
	again, err := b.Replay(older)
	if err != nil {
		b.Fatal(err)
	}
	var list []string
	for _, c := range compare.WithCause(older, again, newer, man.AsOf).Changes {
		list = append(list, string(c.Kind)+" "+c.Key+" "+string(c.Cause))
	}
	return list
}

// A row that goes from a list stays until a second capture, late enough, agrees.
func TestWithdrawalNeedsASecondCapture(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden party", "CRC Malta party")
	first := b.refresh().Manifest.ID

	b.capture("a", "list", 1, "CRC France party", "CRC Malta party")
	out := b.refresh()
	b.want("rows on day 1", b.rows(), "CRC/FRA party read", "CRC/MLT party read", "CRC/SWE party unconfirmed")
	b.want("findings on day 1", codes(out), "unconfirmed-withdrawal")
	b.want("changes on day 1", b.changesSince(first))
	second := out.Manifest.ID

	b.capture("a", "list", 5, "CRC France party", "CRC Malta party", "")
	b.refresh()
	b.want("rows on day 5", b.rows(), "CRC/FRA party read", "CRC/MLT party read", "CRC/SWE party unconfirmed")
	b.want("changes on day 5", b.changesSince(second))

	b.capture("a", "list", 8, "CRC Malta party", "CRC France party")
	out = b.refresh()
	b.want("rows on day 8", b.rows(), "CRC/FRA party read", "CRC/MLT party read")
	b.want("changes on day 8 since the first", b.changesSince(first), "withdrawn CRC/SWE source")
	b.want("changes on day 8 since the second", b.changesSince(second), "withdrawn CRC/SWE source")
	gone, err := snapshot.Table(b.Workspace, out.Manifest, &schemas.WithdrawnRows)
	if err != nil || len(gone) != 1 {
		t.Fatalf("withdrawn rows: %v, %v", gone, err)
	}
	d := &schemas.WithdrawnRows
	if got := gone[0].Values[d.Column("missing_since")].Time(); !got.Equal(start.AddDate(0, 0, 1)) {
		t.Errorf("missing since %s", got.Format(time.RFC3339))
	}
	if got := gone[0].Values[d.Column("row")].Text(); !strings.Contains(got, `"party"`) {
		t.Errorf("tombstone %s", got)
	}
	// The tombstone stays with later snapshots, and goes when the row comes back.
	b.capture("a", "list", 9, "CRC Malta party", "CRC France signed")
	if out = b.refresh(); len(out.Snapshot.Gone) != 1 {
		t.Errorf("withdrawn rows a day later: %+v", out.Snapshot.Gone)
	}
	b.capture("a", "list", 10, "CRC Malta party", "CRC France signed", "CRC Sweden party")
	if out = b.refresh(); len(out.Snapshot.Gone) != 0 {
		t.Errorf("withdrawn rows after it came back: %+v", out.Snapshot.Gone)
	}
}

// A list that lost a row for some days has changed nothing.
func TestFlappingIsNoChange(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	full := []string{"CRC France party", "CRC Sweden party", "CRC Malta party"}
	b.capture("a", "list", 0, full...)
	first := b.refresh().Manifest.ID
	b.capture("a", "list", 1, full[:2]...)
	b.refresh()
	b.capture("a", "list", 2, append(full, "")...)
	out := b.refresh()
	b.want("rows", b.rows(), "CRC/FRA party read", "CRC/MLT party read", "CRC/SWE party read")
	b.want("changes", b.changesSince(first))
	if len(out.Snapshot.Gone)+len(out.Snapshot.Findings) != 0 {
		t.Errorf("gone %v, findings %v", out.Snapshot.Gone, out.Snapshot.Findings)
	}
	// Missing again, it waits anew: the days before it came back do not count.
	b.capture("a", "list", 9, full[:2]...)
	b.refresh()
	b.want("rows when missing again", b.rows(), "CRC/FRA party read", "CRC/MLT party unconfirmed", "CRC/SWE party read")
}
