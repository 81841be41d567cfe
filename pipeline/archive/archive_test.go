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

func TestUnreadableRecordIsNamed(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	if err := ws.Write("captures/log/test/20260203T120000Z-x.json", []byte("{half")); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.In(ws).Records("test"); err == nil || !strings.Contains(err.Error(), "20260203T120000Z-x.json") {
		t.Errorf("error does not name the record: %v", err)
	}
}
