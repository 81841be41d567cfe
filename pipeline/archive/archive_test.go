package archive_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/workspace"
)

func record(id, body, origin string, at time.Time, status int) archive.Record {
	sum := sha256.Sum256([]byte(body))
	return archive.Record{
		Source: "test", Request: archive.Asked{ID: id, URL: "https://example.org/" + id}, RequestedAt: at, Status: status,
		SHA256: hex.EncodeToString(sum[:]), Bytes: len(body), Origin: origin,
	}
}

var day = time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)

func put(t *testing.T, a *archive.Archive, r archive.Record, body string) {
	t.Helper()
	if err := a.Put(r, []byte(body)); err != nil {
		t.Fatal(err)
	}
}

func TestNewestAnswerWins(t *testing.T) {
	a := archive.In(workspace.Open(t.TempDir()))
	put(t, a, record("x", "old", archive.Publisher, day, 200), "old")
	put(t, a, record("x", "new", archive.Publisher, day.AddDate(0, 0, 1), 200), "new")
	put(t, a, record("x", "not found", archive.Publisher, day.AddDate(0, 0, 2), 404), "not found")
	put(t, a, record("y", "rebuilt", archive.Rebuilt, day, 200), "rebuilt")
	put(t, a, record("y", "original", archive.Publisher, day, 200), "original")
	newest, err := a.Newest("test")
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"x": "new", "y": "original"} {
		body, err := a.Body(newest[id].SHA256)
		if err != nil || string(body) != want {
			t.Errorf("%s: got %q, %v; want %q", id, body, err, want)
		}
	}
	if records, err := a.Records("test"); err != nil || len(records) != 5 {
		t.Errorf("%d records, %v", len(records), err)
	}
}

func TestRecordMustFitItsBytes(t *testing.T) {
	a := archive.In(workspace.Open(t.TempDir()))
	if err := a.Put(record("x", "these", archive.Publisher, day, 200), []byte("those")); err == nil {
		t.Error("bytes were stored under the SHA-256 of others")
	}
}

func TestDamagedAndMissingBytesAreNamed(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	a := archive.In(ws)
	r := record("x", "whole", archive.Publisher, day, 200)
	put(t, a, r, "whole")
	if err := os.WriteFile(ws.Path(archive.BodyPath(r.SHA256)), []byte("hole"), 0o644); err != nil {
		t.Fatal(err)
	}
	var damaged *archive.DamagedError
	if _, err := a.Body(r.SHA256); !errors.As(err, &damaged) || !strings.Contains(err.Error(), r.SHA256[:12]) {
		t.Errorf("damaged bytes: %v", err)
	}
	if err := ws.Remove(archive.BodyPath(r.SHA256)); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Body(r.SHA256); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing bytes: %v", err)
	}
	put(t, a, r, "whole") // a record alone does not count as stored
	if _, err := a.Body(r.SHA256); err != nil {
		t.Errorf("stored again: %v", err)
	}
}

// A record that cannot be read, or that says something else than its name, is named; the
// others are read.
func TestDamagedRecordIsNamed(t *testing.T) {
	for name, damage := range map[string]func(string) string{
		"cut off":        func(s string) string { return s[:len(s)/2] },
		"empty":          func(string) string { return "" },
		"another time":   func(s string) string { return strings.Replace(s, "2026-02-03", "2026-12-03", 1) },
		"another source": func(s string) string { return strings.Replace(s, `"test"`, `"nest"`, 1) },
		"another sum":    func(s string) string { return strings.Replace(s, `"sha256": "`, `"sha256": "0`, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			ws := workspace.Open(t.TempDir())
			a := archive.In(ws)
			old, now := record("x/1", "old", archive.Publisher, day.AddDate(0, 0, -1), 200), record("x/1", "new", archive.Publisher, day, 200)
			put(t, a, old, "old")
			put(t, a, now, "new")
			path := "captures/log/test/20260203T120000Z-x_1-" + now.SHA256[:8] + ".json"
			text, err := ws.Read(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := ws.Write(path, []byte(damage(string(text)))); err != nil {
				t.Fatal(err)
			}
			if records, err := a.Records("test"); err != nil || len(records) != 1 || records[0].SHA256 != old.SHA256 {
				t.Errorf("the other record: %+v, %v", records, err)
			}
			want := func(where string, aside bool) archive.DamagedRecord {
				t.Helper()
				list, err := a.DamagedRecords("test")
				if err != nil || len(list) != 1 || list[0].Path != path || !list[0].RequestedAt.Equal(day) || !list[0].Concerns("x/1") || list[0].Concerns("x") || (list[0].Aside != "") != aside {
					t.Fatalf("%s: damaged records %+v, %v", where, list, err)
				}
				return list[0]
			}
			d := want("in its place", false)
			if d, err := a.SetRecordAside(d); err != nil || d.Aside != "" {
				t.Fatalf("a record was moved by one who does not hold the workspace: %+v, %v", d, err)
			}
			release, err := ws.Lock("the test")
			if err != nil {
				t.Fatal(err)
			}
			defer release()
			if d, err = a.SetRecordAside(d); err != nil || ws.Has(path) || !ws.Has(d.Aside) {
				t.Fatalf("set aside: %+v, %v", d, err)
			}
			if again := want("aside", true); again != d {
				t.Errorf("the damage reads %+v, and later %+v", d, again)
			}
			put(t, a, now, "new") // the same answer again
			if list, err := a.DamagedRecords("test"); err != nil || len(list) != 0 {
				t.Errorf("after it was stored again: %+v, %v", list, err)
			}
			if got, err := ws.Read(d.Aside); err != nil || string(got) != damage(string(text)) {
				t.Errorf("what was set aside is lost: %q, %v", got, err)
			}
		})
	}
}

// Damaged bytes are set aside, each time under a name of their own, and are made whole by
// the same bytes, wherever they come from.
func TestDamagedBytesAreSetAside(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	a := archive.In(ws)
	r := record("x", "whole", archive.Publisher, day, 200)
	put(t, a, r, "whole")
	path := archive.BodyPath(r.SHA256)
	var aside []string
	for _, hole := range []string{"whose", "w", "", "whose"} {
		if err := os.WriteFile(ws.Path(path), []byte(hole), 0o644); err != nil {
			t.Fatal(err)
		}
		var e *archive.DamagedError
		if err := a.SetAside(r.SHA256); !errors.As(err, &e) || e.Aside != "" || !ws.Has(path) {
			t.Fatalf("bytes were moved by one who does not hold the workspace: %v", err)
		}
		release, err := ws.Lock("the test")
		if err != nil {
			t.Fatal(err)
		}
		first := a.SetAside(r.SHA256)
		if !errors.As(first, &e) || e.Aside == "" || ws.Has(path) {
			t.Fatalf("set aside: %v", first)
		}
		aside = append(aside, e.Aside)
		release()
		if _, err := a.Body(r.SHA256); err == nil || err.Error() != first.Error() {
			t.Errorf("read later: %v, want %v", err, first)
		}
		put(t, a, r, "whole")
		if body, err := a.Body(r.SHA256); err != nil || string(body) != "whole" {
			t.Errorf("made whole: %q, %v", body, err)
		}
	}
	for i, hole := range []string{"whose", "w", "", "whose"} {
		if got, err := ws.Read(aside[i]); err != nil || string(got) != hole {
			t.Errorf("%s holds %q, %v; want %q", aside[i], got, err, hole)
		}
	}
	// Put alone does not trust what stands there either.
	for n, hole := range []string{"whose", "who"} {
		if err := os.WriteFile(ws.Path(path), []byte(hole), 0o644); err != nil {
			t.Fatal(err)
		}
		put(t, a, r, "whole")
		if body, err := a.Body(r.SHA256); err != nil || string(body) != "whole" {
			t.Errorf("stored over %q: %q, %v", hole, body, err)
		}
		if names, err := ws.List("captures/damaged"); err != nil || len(names) != 5+n {
			t.Errorf("set aside: %v, %v", names, err)
		}
	}
}
