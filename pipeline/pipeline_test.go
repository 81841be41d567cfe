package pipeline_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"baseline/pipeline"
	"baseline/pipeline/archive"
	"baseline/pipeline/compare"
	"baseline/pipeline/edition"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
)

// fake reads lines such as "CRC France party". A line "hold" is a finding that holds
// everything, "panic" breaks the reader, "error" is an error; read can change what a
// status means, as a new version of a reader would.
type fake struct {
	id, edition string
	read        func(status string) string
}

func (f fake) About() source.About {
	return source.About{
		ID: f.id, Title: "Title of " + f.id, Publisher: "Publisher", Homepage: "https://example.org/", Budget: 30, Edition: f.edition,
		Requests: []source.Address{{ID: "list"}, {ID: "more"}},
		Bounds:   []source.Bound{{Dataset: "treaty_status", MinRows: 2, MaxRows: 6}},
		Caveats:  []source.Caveat{{Dataset: "treaty_status", Text: "a caveat"}},
	}
}

func (f fake) Requests(source.Plan) []source.Request { return f.About().Ask() }

func (f fake) Parse(c source.Capture, emit source.Emit) error {
	seen := map[string]bool{}
	for i, line := range strings.Split(string(c.Body), "\n") {
		switch words := strings.Fields(line); {
		case line == "hold":
			emit.Finding(source.Finding{Code: "told-to", Severity: source.Hold, Text: "the page says hold"})
		case line == "panic":
			panic("as told")
		case line == "error":
			return fmt.Errorf("line %d: an error page", i+1)
		case len(words) == 3:
			status := words[2]
			if f.read != nil {
				status = f.read(status)
			}
			if !seen[words[0]] {
				seen[words[0]] = true
				emit.Part(source.Part{Dataset: "treaty_status", Key: []source.Pin{{Column: "treaty", Value: schemas.Str(words[0])}}, Complete: true})
			}
			emit.Row("treaty_status", schemas.Cells{
				"treaty": schemas.Str(words[0]), "published_name": schemas.Str(words[1]), "status": schemas.Str(status),
			}, fmt.Sprintf("line %d", i+1), line)
		}
	}
	return nil
}

var start = time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)

// bench is a workspace with fake sources.
type bench struct {
	*testing.T
	*pipeline.Pipeline
}

func newBench(t *testing.T, sources ...source.Source) bench {
	t.Helper()
	return bench{t, &pipeline.Pipeline{
		Workspace: workspace.Open(filepath.Join(t.TempDir(), "ws")), Sources: sources, Names: places.Default(), Holder: "the test",
	}}
}

// capture puts an answer into the archive, taken so many days after the start.
func (b bench) capture(src, request string, days int, lines ...string) archive.Record {
	b.Helper()
	body := strings.Join(lines, "\n")
	rec := recordOf(src, request, days, body)
	if err := archive.In(b.Workspace).Put(rec, []byte(body)); err != nil {
		b.Fatal(err)
	}
	return rec
}

func recordOf(src, request string, days int, body string) archive.Record {
	sum := sha256.Sum256([]byte(body))
	return archive.Record{
		Source: src, Request: archive.Asked{ID: request, URL: "https://example.org/" + request}, FinalURL: "https://example.org/" + request,
		RequestedAt: start.AddDate(0, 0, days), Status: 200, SHA256: hex.EncodeToString(sum[:]), Bytes: len(body), Origin: archive.Publisher,
	}
}

func (b bench) refresh() pipeline.Outcome {
	b.Helper()
	out, err := b.Refresh()
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// rows prints the stored treaty rows of the snapshot in force.
func (b bench) rows() []string {
	b.Helper()
	id, err := snapshot.CurrentID(b.Workspace)
	if err != nil {
		b.Fatal(err)
	}
	s, _, err := snapshot.Load(b.Workspace, id)
	if err != nil {
		b.Fatal(err)
	}
	d := &schemas.TreatyStatus
	var list []string
	for _, r := range s.Tables[d.Name] {
		list = append(list, d.KeyText(r)+" "+r.Values[d.Column("status")].String()+" "+string(r.Standing))
	}
	return list
}

func (b bench) want(what string, got []string, want ...string) {
	b.Helper()
	if !slices.Equal(got, want) {
		b.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func codes(out pipeline.Outcome) (list []string) {
	for _, f := range out.Snapshot.Findings {
		list = append(list, f.Code)
	}
	return list
}

func TestRefreshTwiceIsTheSameSnapshot(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	first := b.refresh()
	b.want("rows", b.rows(), "CRC/FRA party read", "CRC/SWE signed read")
	second := b.refresh()
	if first.Same || !second.Same || first.Manifest.ID != second.Manifest.ID {
		t.Errorf("first %v %s, second %v %s", first.Same, first.Manifest.ID, second.Same, second.Manifest.ID)
	}
}

// The same captures give the same files, byte for byte, in whatever order the sources
// stand and however many captures are read at a time.
func TestSameCapturesSameFiles(t *testing.T) {
	var want map[string]string
	for _, workers := range []int{1, 8} {
		for _, order := range [][]source.Source{{fake{id: "a"}, fake{id: "b"}}, {fake{id: "b"}, fake{id: "a"}}} {
			b := newBench(t, order...)
			b.Workers = workers
			b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
			b.capture("a", "more", 1, "OPSC France party", "OPSC Atlantis party", "OPSC Malta party")
			b.capture("b", "list", 2, "ETS185 France party", "ETS185 Malta none")
			b.refresh()
			got := files(t, b.Workspace.Root())
			if want == nil {
				want = got
			}
			for name, sum := range got {
				if want[name] != sum {
					t.Errorf("%d workers: %s differs", workers, name)
				}
			}
			if len(got) != len(want) || len(got) < 8 {
				t.Errorf("%d files, want %d", len(got), len(want))
			}
		}
	}
}

func files(t *testing.T, root string) map[string]string {
	t.Helper()
	sums := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "runs" || d.Name() == "history") {
			return fs.SkipDir // the clocks of runs
		}
		if err != nil || d.IsDir() || d.Name() == "lock" {
			return err
		}
		data, err := os.ReadFile(path)
		sum := sha256.Sum256(data)
		sums[strings.TrimPrefix(path, root)] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

func TestUnreadableCaptureKeepsTheLastGoodRows(t *testing.T) {
	for name, lines := range map[string][]string{
		"error":       {"error"},
		"panic":       {"CRC France party", "panic"},
		"held":        {"CRC France none", "CRC Sweden none", "hold"},
		"too few":     {"CRC France none"},
		"double":      {"CRC France none", "CRC Sweden none", "CRC France party"},
		"odd word":    {"CRC France perhaps", "CRC Sweden none"},
		"double name": {"CRC France none", "CRC Turkey none", "CRC Türkiye none"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, fake{id: "a"})
			b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
			b.capture("a", "more", 0, "OPSC France party", "OPSC Sweden party")
			before := b.refresh()
			b.capture("a", "list", 10, lines...)
			after := b.refresh()
			b.want("rows", b.rows(), "CRC/FRA party kept", "CRC/SWE signed kept", "OPSC/FRA party read", "OPSC/SWE party read")
			clocks, old := after.Snapshot.Sources[0].Clocks, before.Snapshot.Sources[0].Clocks
			if clocks.Captured != old.Captured || clocks.Changed != old.Changed || !clocks.Checked.Equal(start.AddDate(0, 0, 10)) {
				t.Errorf("clocks %+v, were %+v", clocks, old)
			}
			if after.Failed == nil && after.Held == 0 {
				t.Error("neither a failed source nor held rows are told of")
			}
			if len(codes(after)) == 0 || after.Snapshot.Findings[0].Severity != source.Hold {
				t.Errorf("findings: %+v", after.Snapshot.Findings)
			}
			// What was kept once is kept again, and a good capture ends it.
			b.capture("a", "list", 20, append(lines, "")...)
			b.refresh()
			b.want("rows", b.rows(), "CRC/FRA party kept", "CRC/SWE signed kept", "OPSC/FRA party read", "OPSC/SWE party read")
			b.capture("a", "list", 30, "CRC France party", "CRC Sweden party")
			b.refresh()
			b.want("rows", b.rows(), "CRC/FRA party read", "CRC/SWE party read", "OPSC/FRA party read", "OPSC/SWE party read")
		})
	}
}

// A name that nobody has registered holds its own row. The state it may stand for is
// not lost, nor is any other row.
func TestUnknownNameHoldsItsRowOnly(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed", "CRC Malta party")
	b.refresh()
	b.capture("a", "list", 1, "CRC France party", "CRC Swedenland party", "CRC Malta none")
	out := b.refresh()
	b.want("rows", b.rows(), "CRC/FRA party read", "CRC/MLT none read", "CRC/SWE signed kept")
	if out.Held != 1 || out.Snapshot.Held[0].Row.Evidence.Quote != "CRC Swedenland party" {
		t.Errorf("held: %+v", out.Snapshot.Held)
	}
	if out.Snapshot.Parts[0].Complete {
		t.Error("a list with a name that nobody knows was called complete")
	}
	f := out.Snapshot.Findings[0]
	if f.Code != "unknown-name" || !strings.Contains(f.Text, "Swedenland") || !strings.Contains(f.Hint, "Sweden (SWE)") {
		t.Errorf("finding: %+v", f)
	}
	table, err := snapshot.Table(b.Workspace, out.Manifest, &schemas.HeldRows)
	if err != nil || len(table) != 1 || !strings.Contains(table[0].Values[5].Text(), "Swedenland") {
		t.Errorf("published held rows: %v, %v", table, err)
	}
}

func TestTheMoreTrustedSourceIsFollowed(t *testing.T) {
	b := newBench(t, fake{id: "curated"}, fake{id: "coe-treaties"})
	b.capture("coe-treaties", "list", 0, "ETS185 France party", "ETS185 Sweden party")
	b.capture("curated", "list", 5, "ETS185 France signed", "ETS185 Malta party", "ETS185 Sweden party", "ETS185 Norway none", "ETS189 Malta party", "ETS189 France party")
	b.refresh()
	// One list without Malta proves little; a second one, a week later, does.
	b.want("rows", b.rows(), "ETS185/FRA party read", "ETS185/MLT party unconfirmed", "ETS185/SWE party read", "ETS189/FRA party read", "ETS189/MLT party read")
	b.capture("coe-treaties", "list", 7, "ETS185 Sweden party", "ETS185 France party")
	out := b.refresh()
	// The complete list of the depositary has no Malta, whatever the curated table says;
	// of ETS189 it says nothing.
	b.want("rows", b.rows(), "ETS185/FRA party read", "ETS185/SWE party read", "ETS189/FRA party read", "ETS189/MLT party read")
	b.want("findings", codes(out), "sources-disagree", "sources-disagree")
	for i, want := range []string{
		"treaty_status ETS185/FRA: curated says status signed; coe-treaties says status party; coe-treaties is followed",
		"treaty_status ETS185/MLT: curated says status party; coe-treaties leaves it out of a complete list; coe-treaties is followed",
	} {
		if got := out.Snapshot.Findings[i].Text; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	table, err := snapshot.Table(b.Workspace, out.Manifest, &schemas.OtherRows)
	if err != nil {
		t.Fatal(err)
	}
	var others []string
	for _, r := range table {
		others = append(others, fmt.Sprint(r.Values[1], " ", r.Values[3], " ", r.Values[4], " ", r.Values[5]))
	}
	b.want("other rows", others, "curated ETS185/FRA coe-treaties no", "curated ETS185/MLT coe-treaties no", "curated ETS185/NOR coe-treaties yes", "curated ETS185/SWE coe-treaties yes")
	if out.Held != 0 {
		t.Errorf("%d rows are held", out.Held)
	}
}

// Of two sources that nobody ranked, the choice must at least not depend on chance.
func TestEquallyTrustedSources(t *testing.T) {
	b := newBench(t, fake{id: "b"}, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden party")
	b.capture("b", "list", 0, "CRC France signed", "CRC Malta party")
	out := b.refresh()
	b.want("rows", b.rows(), "CRC/FRA party read", "CRC/MLT party read", "CRC/SWE party read")
	b.want("findings", codes(out), "sources-disagree")
}

func TestTwoCapturesOfOneRow(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden party")
	b.capture("a", "more", 0, "CRC France signed", "CRC Malta party")
	out := b.refresh()
	b.want("rows", b.rows(), "CRC/FRA party read", "CRC/MLT party read", "CRC/SWE party read")
	b.want("findings", codes(out), "two-captures")
}

func TestDamagedCaptureIsNamed(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	rec := b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	b.refresh()
	if err := os.WriteFile(b.Workspace.Path(archive.BodyPath(rec.SHA256)), []byte("CRC France none\nCRC Sweden none"), 0o644); err != nil {
		t.Fatal(err)
	}
	out := b.refresh()
	b.want("rows", b.rows(), "CRC/FRA party kept", "CRC/SWE signed kept")
	if len(out.Failed) != 1 || !strings.Contains(out.Snapshot.Findings[0].Text, "is damaged") {
		t.Errorf("failed %v, findings %+v", out.Failed, out.Snapshot.Findings)
	}
}

func TestDamagedSnapshotIsNamed(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	out := b.refresh()
	f, _ := out.Manifest.File("treaty_status")
	if err := os.WriteFile(b.Workspace.Path(f.Path), []byte("PAR1"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := snapshot.Load(b.Workspace, out.Manifest.ID); err == nil || !strings.Contains(err.Error(), f.Path) {
		t.Errorf("error does not name the file: %v", err)
	}
}

func TestLeftoversOfACrashAreSweptAway(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	b.refresh()
	left := "data/treaty_status/snapshot=20260204-0123456789/part-0.parquet"
	if err := b.Workspace.Write(left, []byte("half")); err != nil {
		t.Fatal(err)
	}
	age(t, b.Workspace.Path(left))
	half := "captures/log/a/.writing-1"
	if err := os.WriteFile(b.Workspace.Path(half), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.refresh()
	if b.Workspace.Has(left) || b.Workspace.Has(half) {
		t.Error("the data file of a snapshot without a manifest, or a file in the making, is still there")
	}
	b.want("rows", b.rows(), "CRC/FRA party read", "CRC/SWE signed read")
}

func TestWorkspaceInUse(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	release, err := b.Workspace.Lock("process 7")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	var held *workspace.HeldError
	if _, err := b.Refresh(); !errors.As(err, &held) || held.Holder != "process 7" {
		t.Errorf("refresh of a workspace in use: %v", err)
	}
}

func TestEditionIsWrittenOnce(t *testing.T) {
	bundle := fstest.MapFS{}
	addTo(t, bundle, "r", "CRC France signed\nCRC Sweden signed")
	b := newBench(t, fake{id: "a"}, fake{id: "r", edition: "2021"})
	b.Bundle = bundle
	b.capture("a", "list", 1, "CRC France party", "CRC Sweden signed")
	b.refresh()
	first, err := edition.Read(b.Workspace, "2021")
	if err != nil {
		t.Fatal(err)
	}
	b.want("rows of today", b.rows(), "CRC/FRA party read", "CRC/SWE signed read")

	// A reader of a later version reads more into the same page. The edition stays as
	// it was frozen; the difference is told as one of reading.
	b.Sources[1] = fake{id: "r", edition: "2021", read: func(s string) string { return strings.Replace(s, "signed", "none", 1) }}
	b.refresh()
	second, err := edition.Read(b.Workspace, "2021")
	if err != nil || !reflect.DeepEqual(first, second) {
		t.Errorf("edition was %+v, is %+v, %v", first, second, err)
	}
	older, _, err := snapshot.Load(b.Workspace, second.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.Replay(older)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range compare.WithCause(older, again, again, start).Changes {
		if c.Cause != schemas.ByReading {
			t.Errorf("a changed reader alone made a change by source: %+v", c)
		}
	}
	if n := len(compare.WithCause(older, again, again, start).Changes); n != 2 {
		t.Errorf("%d changes by reading, want 2", n)
	}
	if err := edition.Freeze(b.Workspace, "2021", snapshot.Manifest{ID: "another"}); err == nil {
		t.Error("an edition was frozen a second time")
	}
}

func TestFaultyEditionIsRefused(t *testing.T) {
	b := newBench(t, fake{id: "r", edition: "2021"})
	b.capture("r", "list", 0, "CRC France signed", "CRC Atlantis signed", "CRC Malta none")
	if _, err := b.Refresh(); err == nil || !strings.Contains(err.Error(), "Atlantis") {
		t.Errorf("an edition with an unknown name was frozen: %v", err)
	}
	if list, err := edition.List(b.Workspace); err != nil || len(list) != 0 {
		t.Errorf("editions: %v, %v", list, err)
	}
}

func TestEditionWithoutCapturesIsRefused(t *testing.T) {
	b := newBench(t, fake{id: "r", edition: "2021"})
	if _, err := b.Refresh(); err == nil || !strings.Contains(err.Error(), "edition 2021") {
		t.Errorf("an empty edition was frozen: %v", err)
	}
}

func TestBundleMustFitItsRecords(t *testing.T) {
	bundle := fstest.MapFS{}
	addTo(t, bundle, "a", "CRC France signed\nCRC Sweden signed")
	bundle["a/list.txt"].Data = bytes.ToUpper(bundle["a/list.txt"].Data)
	b := newBench(t, fake{id: "a"})
	b.Bundle = bundle
	if _, err := b.Refresh(); err == nil || !strings.Contains(err.Error(), "SHA-256") {
		t.Errorf("a bundled capture that is not what its record says: %v", err)
	}
}

func addTo(t *testing.T, bundle fstest.MapFS, src, body string) {
	t.Helper()
	rec := recordOf(src, "list", 0, body)
	rec.File, rec.Origin = "list.txt", archive.Rebuilt
	text, err := json.Marshal(rec)
	if err != nil {
		t.Fatal(err)
	}
	bundle[src+"/list.json"] = &fstest.MapFile{Data: text}
	bundle[src+"/list.txt"] = &fstest.MapFile{Data: []byte(body)}
}
