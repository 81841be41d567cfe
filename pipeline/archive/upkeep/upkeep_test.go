package upkeep_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gocloud.dev/blob/memblob"

	"baseline/pipeline"
	"baseline/pipeline/archive"
	"baseline/pipeline/archive/upkeep"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/schemas/places"
	"baseline/sources"
	"baseline/testdata"
)

var (
	now  = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	made = "" // a workspace that was refreshed once, to be copied
)

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "upkeep")
	if err != nil {
		panic(err)
	}
	made = folder
	if _, err := open(folder).Refresh(); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

func open(folder string, options ...workspace.Option) *pipeline.Pipeline {
	return &pipeline.Pipeline{
		Workspace: workspace.Open(folder, options...), Sources: sources.All(), Names: places.Default(), Bundle: testdata.Captures(),
		Holder: "the test", Now: func() time.Time { return now },
	}
}

func refreshed(t *testing.T) *pipeline.Pipeline {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "ws")
	if err := os.CopyFS(folder, os.DirFS(made)); err != nil {
		t.Fatal(err)
	}
	return open(folder)
}

func put(t *testing.T, p *pipeline.Pipeline, request, body string, at time.Time, status int) archive.Record {
	t.Helper()
	sum := sha256.Sum256([]byte(body))
	r := archive.Record{
		Source: "un-treaties", Request: archive.Asked{ID: request, URL: "https://treaties.un.org/x"}, FinalURL: "https://treaties.un.org/x",
		RequestedAt: at, Status: status, SHA256: hex.EncodeToString(sum[:]), Bytes: len(body), Origin: archive.Publisher,
	}
	store := archive.In(p.Workspace)
	err := error(nil)
	if status == 304 {
		r.Bytes = 0
		err = store.Note(r)
	} else {
		err = store.Put(r, []byte(body))
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func verified(t *testing.T, p *pipeline.Pipeline) upkeep.Verified {
	t.Helper()
	v, err := upkeep.Verify(p.Workspace, 2)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSoundArchive(t *testing.T) {
	v := verified(t, refreshed(t))
	if v.Faults != nil || v.Notes != nil || v.Captures < 20 || v.Records < v.Captures || v.Snapshots != 2 || v.Editions != 1 || v.Bytes < 100_000 {
		t.Errorf("%+v", v)
	}
	empty, err := upkeep.Verify(workspace.Open(t.TempDir()), 0)
	if err != nil || empty.Faults != nil || empty.Captures != 0 {
		t.Errorf("an empty workspace: %+v, %v", empty, err)
	}
}

// Every single damaged capture is found, with one line.
func TestEveryDamagedCapture(t *testing.T) {
	p := refreshed(t)
	sums, _, err := archive.In(p.Workspace).Bodies()
	if err != nil {
		t.Fatal(err)
	}
	for i, sum := range sums {
		path := archive.BodyPath(sum)
		if i%2 == 0 {
			err = p.Workspace.Remove(path)
		} else {
			body, readErr := p.Workspace.Read(path)
			body[len(body)/2] ^= 1
			err = errors.Join(readErr, p.Workspace.Write(path, body))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	v := verified(t, p)
	if len(v.Faults) != len(sums) || v.Captures != 0 {
		t.Fatalf("%d captures, %d faults", len(sums), len(v.Faults))
	}
	for i, f := range v.Faults {
		if !strings.Contains(f.Path, f.Text[len("capture "):len("capture ")+12]) || !strings.Contains(f.Text, "rest on it") || !strings.Contains(f.Text, "it is ") || f.Do == "" || strings.Contains(f.Text, "\n") {
			t.Errorf("%d: %+v", i, f)
		}
	}
}

func TestFaults(t *testing.T) {
	const crc = "captures/log/un-treaties/"
	crcRecord := func(t *testing.T, p *pipeline.Pipeline) string {
		names, err := p.Workspace.List(strings.TrimSuffix(crc, "/"))
		i := slices.IndexFunc(names, func(n string) bool { return strings.Contains(n, "-CRC-") })
		if err != nil || i < 0 {
			t.Fatalf("%v, %v", names, err)
		}
		return crc + names[i]
	}
	change := func(t *testing.T, p *pipeline.Pipeline, path string, f func(string) string) {
		text, err := p.Workspace.Read(path)
		if err == nil {
			err = p.Workspace.Write(path, []byte(f(string(text))))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		damage func(*testing.T, *pipeline.Pipeline)
		want   []string // one for each fault, in what it says
		note   string
	}{
		"a record that is cut off": {damage: func(t *testing.T, p *pipeline.Pipeline) {
			change(t, p, crcRecord(t, p), func(s string) string { return s[:len(s)/2] })
		}, want: []string{"record captures/log/un-treaties/"}},
		"a record set aside": {damage: func(t *testing.T, p *pipeline.Pipeline) {
			name := crcRecord(t, p)
			if err := p.Workspace.Move(name, strings.Replace(name, "captures/log", "captures/damaged/log", 1)+"-1"); err != nil {
				t.Fatal(err)
			}
		}, want: []string{"was set aside as captures/damaged/log/un-treaties"}},
		"another length": {damage: func(t *testing.T, p *pipeline.Pipeline) {
			change(t, p, crcRecord(t, p), func(s string) string { return strings.Replace(s, `"bytes": `, `"bytes": 1`, 1) })
		}, want: []string{"in bytes"}},
		"a manifest": {damage: func(t *testing.T, p *pipeline.Pipeline) {
			id, err := snapshot.CurrentID(p.Workspace)
			if err != nil {
				t.Fatal(err)
			}
			change(t, p, "snapshots/"+id+"/manifest.json", func(s string) string { return s[:99] })
		}, want: []string{"manifest of snapshot"}},
		"the manifest in force is gone": {damage: func(t *testing.T, p *pipeline.Pipeline) {
			id, err := snapshot.CurrentID(p.Workspace)
			if err == nil {
				err = p.Workspace.Remove("snapshots/" + id + "/manifest.json")
			}
			if err != nil {
				t.Fatal(err)
			}
		}, want: []string{"in force has no manifest"}},
		"an edition": {damage: func(t *testing.T, p *pipeline.Pipeline) {
			change(t, p, "editions/2021/manifest.json", func(s string) string { return s[:20] })
		}, want: []string{"edition 2021"}},
		"bytes set aside": {damage: func(t *testing.T, p *pipeline.Pipeline) {
			r := put(t, p, "CRC", "old words", now.AddDate(-2, 0, 0), 404)
			if err := p.Workspace.Move(archive.BodyPath(r.SHA256), "captures/damaged/"+r.SHA256+"-1"); err != nil {
				t.Fatal(err)
			}
		}, want: []string{"are set aside as captures/damaged/"}},
		"a 304 without its bytes": {damage: func(t *testing.T, p *pipeline.Pipeline) { put(t, p, "CRC", "never seen", now, 304) }, want: []string{"is not in the archive; it is un-treaties CRC of 2026-11-24"}},
		"bytes without a record":  {damage: func(t *testing.T, p *pipeline.Pipeline) { orphan(t, p, "an orphan") }, note: "1 captures have no record"},
		"a stray file": {damage: func(t *testing.T, p *pipeline.Pipeline) {
			if err := p.Workspace.Write("captures/ab/notes.txt", nil); err != nil {
				t.Fatal(err)
			}
		}, note: "captures/ab/notes.txt is no file of the archive"},
		"damaged and made whole": {damage: func(t *testing.T, p *pipeline.Pipeline) {
			r := put(t, p, "CRC", "old words", now.AddDate(-2, 0, 0), 404)
			if err := p.Workspace.Write(archive.BodyPath(r.SHA256), []byte("x")); err != nil {
				t.Fatal(err)
			}
			put(t, p, "CRC", "old words", now.AddDate(-2, 0, 0), 404)
		}, note: "is whole again"},
	} {
		t.Run(name, func(t *testing.T) {
			p := refreshed(t)
			c.damage(t, p)
			v := verified(t, p)
			if len(v.Faults) != len(c.want) || (c.note == "") != (v.Notes == nil) || c.note != "" && !strings.Contains(strings.Join(v.Notes, "\n"), c.note) {
				t.Fatalf("%+v", v)
			}
			for i, want := range c.want {
				if !strings.Contains(v.Faults[i].Text, want) {
					t.Errorf("%+v, want %s", v.Faults[i], want)
				}
			}
		})
	}
}

func orphan(t *testing.T, p *pipeline.Pipeline, text string) string {
	t.Helper()
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
	if err := p.Workspace.Write(archive.BodyPath(sum), []byte(text)); err != nil {
		t.Fatal(err)
	}
	return sum
}

func prune(p *pipeline.Pipeline, days int) upkeep.Prune {
	return upkeep.Prune{Workspace: p.Workspace, Before: now.AddDate(0, 0, -days), Bundle: p.Bundle}
}

// pruned does it and returns the paths that went.
func pruned(t *testing.T, p *pipeline.Pipeline, days int) []string {
	t.Helper()
	release, err := p.Workspace.Lock("the test")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	g, err := prune(p, days).Look()
	if err == nil {
		err = prune(p, days).Do(&g)
	}
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, x := range slices.Concat(g.Records, g.Bodies) {
		paths = append(paths, x.Path)
	}
	return paths
}

func files(t *testing.T, p *pipeline.Pipeline) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(p.Workspace.Root()), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, "lock") {
			return err
		}
		body, err := os.ReadFile(p.Workspace.Path(name))
		all[name] = string(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// crowded has captures of all kinds around those that a snapshot rests on: stay are those
// that must stay, go those that may go.
func crowded(t *testing.T) (p *pipeline.Pipeline, stay, goes []archive.Record) {
	t.Helper()
	p = refreshed(t)
	old := func(days int) time.Time { return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days) }
	goes = append(goes, put(t, p, "CRC", "error of 2024", old(0), 404), put(t, p, "CRC", "answer of 2024", old(1), 200), put(t, p, "CRC", "answer of 2024", old(2), 304), put(t, p, "CRC", "answer of 2024", old(3), 200))
	silent := archive.Record{Source: "un-treaties", Request: archive.Asked{ID: "CRC"}, RequestedAt: old(4), Origin: archive.Publisher, Fault: "timeout"}
	if err := archive.In(p.Workspace).Note(silent); err != nil {
		t.Fatal(err)
	}
	goes = append(goes, silent)
	// Of a request that no snapshot knows the newest answer, with the record of its bytes,
	// and the newest record stay.
	goes = append(goes, put(t, p, "OLD", "first", old(0), 200))
	stay = append(stay, put(t, p, "OLD", "second", old(1), 200))
	goes = append(goes, put(t, p, "OLD", "second", old(2), 304))
	stay = append(stay, put(t, p, "OLD", "second", old(3), 304))
	goes = append(goes, put(t, p, "OLD", "gone", old(4), 404))
	stay = append(stay, put(t, p, "OLD", "gone for good", old(5), 404))
	// Within the days for which everything is kept.
	stay = append(stay, put(t, p, "CRC", "young", now.AddDate(0, 0, -300), 500), put(t, p, "CRC", "younger", now.AddDate(0, 0, -299), 500))
	return p, stay, goes
}

// Only what nothing rests on goes, and with it nothing that anybody reads.
func TestPrune(t *testing.T) {
	p, stay, goes := crowded(t)
	lost := orphan(t, p, "an orphan")
	before := files(t, p)
	g, err := prune(p, 365).Look()
	if err != nil || !maps.Equal(files(t, p), before) {
		t.Fatalf("looking has changed something: %v", err)
	}
	if err := prune(p, 365).Do(&g); err == nil {
		t.Error("pruned by one who does not hold the workspace")
	}
	gone := pruned(t, p, 365)
	want := []string{archive.BodyPath(lost)}
	for _, r := range goes {
		if want = append(want, r.Path()); r.SHA256 != "" && !slices.ContainsFunc(stay, func(s archive.Record) bool { return s.SHA256 == r.SHA256 }) {
			want = append(want, archive.BodyPath(r.SHA256))
		}
	}
	slices.Sort(want)
	want = slices.Compact(want)
	slices.Sort(gone)
	if !slices.Equal(gone, want) {
		t.Errorf("went:\n%s\nwant:\n%s", strings.Join(gone, "\n"), strings.Join(want, "\n"))
	}
	for _, path := range gone {
		delete(before, path)
	}
	if !maps.Equal(files(t, p), before) {
		t.Error("more or less has changed than was said")
	}
	for _, r := range stay {
		if !archive.In(p.Workspace).Has(r) {
			t.Errorf("%s is gone", r.Path())
		}
	}
	if v := verified(t, p); v.Faults != nil {
		t.Errorf("faults after pruning: %+v", v.Faults)
	}
	if again := pruned(t, p, 365); again != nil {
		t.Errorf("the second time: %v", again)
	}
	for _, id := range []string{mustCurrent(t, p)} {
		s, _, err := snapshot.Load(p.Workspace, id)
		if err == nil {
			err = p.LoadDecisions()
		}
		if err == nil {
			_, err = p.Replay(s)
		}
		if err != nil {
			t.Errorf("snapshot %s cannot be read again: %v", id, err)
		}
	}
}

func mustCurrent(t *testing.T, p *pipeline.Pipeline) string {
	t.Helper()
	id, err := snapshot.CurrentID(p.Workspace)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// What only a finding, a decision or an alert names stays.
func TestPruneKeepsWhatIsNamed(t *testing.T) {
	p := refreshed(t)
	bad := put(t, p, "CRC", "<html><body>an error page</body></html>", now.AddDate(-1, -3, 0), 200)
	if _, err := p.Refresh(); err != nil { // its finding names the capture
		t.Fatal(err)
	}
	named := put(t, p, "CRC", "named by a decision", now.AddDate(-2, 0, 0), 404)
	if err := p.Workspace.Write("outbox/1.json", []byte(`{"capture":"`+named.SHA256+`"}`)); err != nil {
		t.Fatal(err)
	}
	free := put(t, p, "CRC", "named by nobody", now.AddDate(-2, 0, 0), 404)
	gone := pruned(t, p, 30)
	store := archive.In(p.Workspace)
	if !has(t, store, named.SHA256) || has(t, store, free.SHA256) || !slices.Contains(gone, archive.BodyPath(free.SHA256)) {
		t.Errorf("went: %v", gone)
	}
	m, err := snapshot.ReadManifest(p.Workspace, mustCurrent(t, p))
	if err != nil {
		t.Fatal(err)
	}
	found, err := snapshot.Findings(p.Workspace, m)
	if err != nil {
		t.Fatal(err)
	}
	names := false
	for _, f := range found {
		names = names || f.Capture == bad.SHA256
	}
	if names != has(t, store, bad.SHA256) {
		t.Errorf("a finding names the error page: %v; it is there: %v", names, has(t, store, bad.SHA256))
	}
}

// Pruning may be cut short at any file: no record is ever without its bytes, and the next
// time finds the rest.
func TestPruneCutShort(t *testing.T) {
	p, _, _ := crowded(t)
	whole, err := prune(p, 365).Look()
	if err != nil {
		t.Fatal(err)
	}
	n := len(whole.Records) + len(whole.Bodies)
	for after := range n {
		p, _, _ := crowded(t)
		left := after
		cut := open(p.Workspace.Root(), workspace.Before(func(op, _ string) error {
			if op == "remove" {
				if left == 0 {
					return errors.New("killed")
				}
				left--
			}
			return nil
		}))
		release, err := cut.Workspace.Lock("the test")
		if err != nil {
			t.Fatal(err)
		}
		err = prune(cut, 365).Do(&whole)
		release()
		if err == nil {
			t.Fatalf("was not cut short after %d files", after)
		}
		if v := verified(t, p); v.Faults != nil {
			t.Errorf("cut short after %d files: %+v", after, v.Faults)
		}
		if rest := pruned(t, p, 365); len(rest) != n-after {
			t.Errorf("cut short after %d files: %d are left, want %d", after, len(rest), n-after)
		}
	}
}

// Where something that may name captures cannot be read, nothing goes.
func TestPruneRefuses(t *testing.T) {
	for name, damage := range map[string]func(*testing.T, *pipeline.Pipeline) error{
		"a manifest is cut off": func(t *testing.T, p *pipeline.Pipeline) error {
			return p.Workspace.Write("snapshots/"+mustCurrent(t, p)+"/manifest.json", []byte("{"))
		},
		"an old manifest is cut off": func(t *testing.T, p *pipeline.Pipeline) error {
			return p.Workspace.Write("snapshots/20200101-0123456789/manifest.json", []byte("{"))
		},
		"a manifest of another": func(t *testing.T, p *pipeline.Pipeline) error {
			text, err := p.Workspace.Read("snapshots/" + mustCurrent(t, p) + "/manifest.json")
			return errors.Join(err, p.Workspace.Write("snapshots/20200101-0123456789/manifest.json", text))
		},
		"a manifest is gone": func(t *testing.T, p *pipeline.Pipeline) error {
			return p.Workspace.Remove("snapshots/" + mustCurrent(t, p))
		},
		"a run names a snapshot that is gone": func(_ *testing.T, p *pipeline.Pipeline) error {
			return p.Workspace.Write("runs/20260101T000000.000000000Z.json", []byte(`{"snapshot": "20200101-0123456789"}`))
		},
		"a run cannot be read": func(_ *testing.T, p *pipeline.Pipeline) error {
			return p.Workspace.Write("runs/20260101T000000.000000000Z.json", []byte(`{`))
		},
		"an edition cannot be read": func(_ *testing.T, p *pipeline.Pipeline) error {
			return p.Workspace.Write("editions/2021/manifest.json", []byte(`{`))
		},
		"a dataset is damaged": func(t *testing.T, p *pipeline.Pipeline) error {
			m, err := snapshot.ReadManifest(p.Workspace, mustCurrent(t, p))
			return errors.Join(err, p.Workspace.Write(m.Files[0].Path, []byte("x")))
		},
		"a dataset of another version": func(t *testing.T, p *pipeline.Pipeline) error {
			path := "snapshots/" + mustCurrent(t, p) + "/manifest.json"
			text, err := p.Workspace.Read(path)
			return errors.Join(err, p.Workspace.Write(path, bytes.Replace(text, []byte(`"dataset": "memberships"`), []byte(`"dataset": "tomorrows"`), 1)))
		},
	} {
		p, _, goes := crowded(t)
		if err := damage(t, p); err != nil {
			t.Fatal(err)
		}
		if g, err := prune(p, 365).Look(); err == nil || !strings.Contains(err.Error(), "nothing may go") || g.Records != nil {
			t.Errorf("%s: %+v, %v", name, g, err)
		}
		if !archive.In(p.Workspace).Has(goes[0]) {
			t.Errorf("%s: something went", name)
		}
	}
}

// A damaged record may be of any bytes that fit its name: they stay.
func TestPruneKeepsWhatDamagedRecordsMayName(t *testing.T) {
	p := refreshed(t)
	r := put(t, p, "CRC", "whose record is damaged", now.AddDate(-2, 0, 0), 404)
	if err := p.Workspace.Write(r.Path(), []byte("{half")); err != nil {
		t.Fatal(err)
	}
	if gone := pruned(t, p, 30); gone != nil || !has(t, archive.In(p.Workspace), r.SHA256) {
		t.Errorf("went: %v", gone)
	}
}

// In a bucket everything is as in a folder.
func TestInABucket(t *testing.T) {
	p := open("")
	p.Workspace = workspace.OpenBucket(memblob.OpenBucket(nil), "kept/here")
	t.Cleanup(func() { _ = p.Workspace.Close() })
	if _, err := p.Refresh(); err != nil {
		t.Fatal(err)
	}
	if v := verified(t, p); v.Faults != nil || v.Captures < 20 || v.Snapshots != 2 || v.Editions != 1 {
		t.Errorf("%+v", v)
	}
	free := put(t, p, "CRC", "named by nobody", now.AddDate(-2, 0, 0), 404)
	named := put(t, p, "CRC", "named by an alert", now.AddDate(-2, 0, 0), 404)
	if err := p.Workspace.Write("outbox/sent/1.json", []byte(named.SHA256)); err != nil {
		t.Fatal(err)
	}
	if gone := pruned(t, p, 30); !slices.Equal(gone, []string{free.Path(), named.Path(), archive.BodyPath(free.SHA256)}) && !slices.Equal(gone, []string{named.Path(), free.Path(), archive.BodyPath(free.SHA256)}) {
		t.Errorf("went: %v", gone)
	}
	if err := p.Workspace.Remove("snapshots/" + mustCurrent(t, p) + "/manifest.json"); err != nil {
		t.Fatal(err)
	}
	if _, err := prune(p, 30).Look(); err == nil {
		t.Error("a manifest is gone, and something might go")
	}
	if v := verified(t, p); len(v.Faults) != 1 {
		t.Errorf("%+v", v.Faults)
	}
}

// What is compiled into the program would come back with the next refresh, and stays.
func TestPruneKeepsTheBundle(t *testing.T) {
	folder := t.TempDir()
	p := open(folder)
	bundled := 0
	err := fs.WalkDir(p.Bundle, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".json" {
			return err
		}
		text, err := fs.ReadFile(p.Bundle, name)
		if err != nil {
			return err
		}
		var r archive.Record
		if err := json.Unmarshal(text, &r); err != nil {
			return err
		}
		body, err := fs.ReadFile(p.Bundle, filepath.ToSlash(filepath.Join(filepath.Dir(name), r.File)))
		if err != nil {
			return err
		}
		bundled++
		newer := r
		newer.RequestedAt = now
		return errors.Join(archive.In(p.Workspace).Put(r, body), archive.In(p.Workspace).Put(newer, body))
	})
	if err != nil || bundled < 20 {
		t.Fatal(bundled, err)
	}
	if gone := pruned(t, p, 0); gone != nil {
		t.Errorf("went: %v", gone)
	}
}

func has(t *testing.T, store *archive.Archive, sum string) bool {
	t.Helper()
	there, err := store.HasBody(sum)
	if err != nil {
		t.Fatal(err)
	}
	return there
}
