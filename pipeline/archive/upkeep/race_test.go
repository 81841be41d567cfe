package upkeep_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"baseline/pipeline"
	"baseline/pipeline/archive"
	"baseline/pipeline/workspace"
)

// A fetch takes no lock: at each instant of a prune it may store an answer, new or of bytes
// that are about to go. The prune ends well and nothing that the fetch has stored is lost.
func TestFetchDuringPrune(t *testing.T) {
	for _, body := range []string{"an answer of long ago", "a wholly new answer"} {
		for at := 0; ; at++ {
			p := refreshed(t)
			for d := range 3 {
				put(t, p, "CRC", fmt.Sprintf("answer of day %d", d), now.AddDate(-2, 0, d), 200)
			}
			put(t, p, "CRC", "an answer of long ago", now.AddDate(-2, 0, 4), 200)
			put(t, p, "CRC", "an answer since", now.AddDate(-2, 0, 5), 200)
			fetching := open(p.Workspace.Root())
			n, stored := 0, false
			pruning := open(p.Workspace.Root(), workspace.Before(func(op, _ string) error {
				if op != "remove" {
					return nil
				}
				if n == at {
					put(t, fetching, "CRC", body, now, 200)
					stored = true
				}
				n++
				return nil
			}))
			release, err := pruning.Workspace.Lock("the test")
			if err != nil {
				t.Fatal(err)
			}
			g, err := prune(pruning, 365).Look()
			if err == nil {
				err = prune(pruning, 365).Do(&g)
			}
			release()
			if err != nil {
				t.Fatal(err)
			}
			if !stored {
				if at < 8 {
					t.Errorf("%d instants only", at)
				}
				break
			}
			told(t, p, fmt.Sprintf("%s at instant %d", body, at))
			for _, b := range g.Bodies {
				if there, err := p.Workspace.Exists(b.Path); err != nil || there {
					t.Errorf("instant %d: %s is told to have gone and is there, %v", at, b.Path, err)
				}
			}
		}
	}
}

// told fails if the newest answer has lost its bytes, or anything else has.
func told(t *testing.T, p *pipeline.Pipeline, what string) {
	t.Helper()
	newest, err := archive.In(p.Workspace).Newest("un-treaties")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := archive.In(p.Workspace).Body(newest["CRC"].SHA256); err != nil || !newest["CRC"].RequestedAt.Equal(now) {
		t.Errorf("%s: the newest answer, of %s: %v", what, newest["CRC"].RequestedAt, err)
	}
	if v := verified(t, p); v.Faults != nil {
		t.Errorf("%s: %+v", what, v.Faults)
	}
}

// Bytes that go right before the record that names them is written come back with it.
func TestBytesThatGoBeforeTheirRecord(t *testing.T) {
	p := refreshed(t)
	other := open(p.Workspace.Root())
	body := archive.BodyPath(put(t, p, "CRC", "old", now.AddDate(-2, 0, 0), 200).SHA256)
	fetching := open(p.Workspace.Root(), workspace.Before(func(op, file string) error {
		if op == "create" && strings.Contains(file, "20261124T120000Z") {
			return other.Workspace.Remove(body)
		}
		return nil
	}))
	put(t, fetching, "CRC", "old", now, 200)
	told(t, p, "without the bytes")
}

// Bytes without a record may be of a fetch that is at work: they stay until they have lain for
// a while by the clock of the disk.
func TestYoungBytesStay(t *testing.T) {
	p := refreshed(t)
	r := put(t, p, "CRC", "without a record", now, 200)
	if err := p.Workspace.Remove(r.Path()); err != nil {
		t.Fatal(err)
	}
	rested := prune(p, 365)
	rested.Rest = time.Hour
	if g, err := rested.Look(); err != nil || len(g.Bodies) != 0 {
		t.Errorf("young bytes go: %+v, %v", g.Bodies, err)
	}
	then := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(p.Workspace.Path(archive.BodyPath(r.SHA256)), then, then); err != nil {
		t.Fatal(err)
	}
	if g, err := rested.Look(); err != nil || len(g.Bodies) != 1 {
		t.Errorf("old bytes stay: %+v, %v", g.Bodies, err)
	}
}
