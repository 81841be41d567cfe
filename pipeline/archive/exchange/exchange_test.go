package exchange_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gocloud.dev/blob/memblob"

	"baseline/pipeline"
	"baseline/pipeline/archive"
	"baseline/pipeline/archive/exchange"
	"baseline/pipeline/archive/warc"
	"baseline/pipeline/workspace"
)

func exportTo(t *testing.T, p *pipeline.Pipeline, name string, e exchange.Export) (string, exchange.Exported) {
	t.Helper()
	e.Store, e.File, e.Zipped, e.Version = archive.In(p.Workspace), name, strings.HasSuffix(name, ".gz"), "test"
	var b bytes.Buffer
	out, err := e.Write(&b)
	if err != nil {
		t.Fatal(err)
	}
	if out.Bytes != int64(b.Len()) {
		t.Errorf("says %d bytes, wrote %d", out.Bytes, b.Len())
	}
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, out
}

func importOf(t *testing.T, p *pipeline.Pipeline, file, only string) (exchange.Imported, []exchange.Took) {
	t.Helper()
	var took []exchange.Took
	out, err := exchange.Import{Pipeline: p, File: file, Only: only, Tell: func(k exchange.Took) { took = append(took, k) }}.Run()
	if err != nil {
		t.Fatal(err)
	}
	return out, took
}

// An export gives the archive back byte for byte, and the same archive the same file.
func TestExportAndBack(t *testing.T) {
	for _, name := range []string{"all.warc", "all.warc.gz"} {
		p := full(t)
		want := tree(t, p)
		file, out := exportTo(t, p, name, exchange.Export{})
		if out.Records != 13 || out.Left != nil {
			t.Errorf("%s: %+v", name, out)
		}
		into := open(t)
		got, took := importOf(t, into, file, "")
		if got.New != 13 || got.Had != 0 || got.Refused != 0 || got.Others != 0 || got.Faulty != 2 {
			t.Errorf("%s: %+v, %+v", name, got, took)
		}
		if have := tree(t, into); !maps.Equal(have, want) {
			t.Errorf("%s: the archive came back as %v, want %v", name, slices.Sorted(maps.Keys(have)), slices.Sorted(maps.Keys(want)))
		}
		if again, _ := importOf(t, into, file, ""); again.New != 0 || again.Had != 13 || !maps.Equal(tree(t, into), want) {
			t.Errorf("%s: imported again: %+v", name, again)
		}
		second, _ := exportTo(t, into, name, exchange.Export{})
		a, errA := os.ReadFile(file)
		b, errB := os.ReadFile(second)
		if err := errors.Join(errA, errB); err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s: the same archive gives another file: %v", name, err)
		}
	}
}

// An archive in a bucket goes into a folder and back.
func TestExportFromABucket(t *testing.T) {
	folder, bucket := full(t), open(t)
	bucket.Workspace = workspace.OpenBucket(memblob.OpenBucket(nil), "")
	t.Cleanup(func() { _ = bucket.Workspace.Close() })
	file, _ := exportTo(t, folder, "all.warc.gz", exchange.Export{})
	if got, _ := importOf(t, bucket, file, ""); got.New != 13 {
		t.Errorf("%+v", got)
	}
	file, _ = exportTo(t, bucket, "all.warc.gz", exchange.Export{})
	back := open(t)
	if got, _ := importOf(t, back, file, ""); got.New != 13 || !maps.Equal(tree(t, back), tree(t, folder)) {
		t.Errorf("%+v", got)
	}
}

type entry struct {
	rec  *warc.Record
	text string
}

func entries(t *testing.T, file string) (list []entry) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r, err := warc.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		block, err := rec.Block(1 << 20)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, entry{rec, string(block)})
	}
}

// The records are what the norm wants: answers with an HTTP header that fits the stored
// bytes, revisits that name the record that they refer to, no bytes twice.
func TestExportedRecords(t *testing.T) {
	file, _ := exportTo(t, full(t), "all.warc", exchange.Export{})
	var types []string
	ids := map[string]entry{}
	bodies := map[string]int{}
	for _, e := range entries(t, file) {
		id := e.rec.Get("WARC-Record-ID")
		if _, twice := ids[id]; twice {
			t.Errorf("two records have the id %s", id)
		}
		ids[id] = e
		if e.rec.Type() == warc.Metadata || e.rec.Type() == warc.Info {
			continue
		}
		types = append(types, e.rec.Type())
		bodies[e.rec.Get("WARC-Payload-Digest")]++
		switch {
		case e.rec.Type() == warc.Revisit:
			to, ok := ids[e.rec.Get("WARC-Refers-To")]
			if !ok || to.rec.Type() != warc.Response || to.rec.Target() != e.rec.Get("WARC-Refers-To-Target-URI") && !strings.Contains(e.rec.Target(), "/a") || to.rec.Get("WARC-Date") != e.rec.Get("WARC-Refers-To-Date") {
				t.Errorf("a revisit refers to %+v", to)
			}
			if e.rec.IsNotModified() != strings.HasPrefix(e.text, "HTTP/1.1 304 ") || e.rec.IsSameBytes() == e.rec.IsNotModified() || !strings.HasSuffix(e.text, "\r\n\r\n") {
				t.Errorf("revisit %q with profile %s", e.text, e.rec.Get("WARC-Profile"))
			}
		case e.rec.Type() == warc.Response:
			m, err := warc.ReadMessage([]byte(e.text))
			if err != nil || m.Header.Get("Content-Encoding") != "" || m.Header.Get("Content-Length") == "7" || m.Header.Get("Etag") == "" {
				t.Errorf("response %q, %v", e.text, err)
			}
		case e.rec.Type() == warc.Resource && strings.HasPrefix(e.rec.Target(), "urn:") && e.rec.Target() != "urn:x-baseline:sources/curated/table%20x.csv":
			t.Errorf("a table has the address %s", e.rec.Target())
		}
	}
	// Records of curated come first; of demo in the order of time and then of request; a
	// silence, and an answer whose body was not kept, have no record but the archive's own.
	if got := strings.Join(types, " "); got != "resource response resource response resource revisit revisit revisit response resource revisit" {
		t.Errorf("records: %s", got)
	}
	for digest, n := range bodies {
		if digest == warc.Digest([]byte(aPage)) && n != 3 || digest == warc.Digest([]byte(aPDF)) && n != 2 {
			t.Errorf("%d records of %s", n, digest)
		}
	}
}

func TestExportOfSome(t *testing.T) {
	p := full(t)
	paths := func(e exchange.Export) (list []string) {
		file, _ := exportTo(t, p, "some.warc.gz", e)
		into := open(t)
		if got, took := importOf(t, into, file, ""); got.Refused != 0 {
			t.Errorf("%+v, %+v", got, took)
		}
		for _, name := range slices.Sorted(maps.Keys(tree(t, into))) {
			if rest, ok := strings.CutPrefix(name, "log/"); ok {
				list = append(list, rest[:strings.LastIndexByte(rest, '-')])
			}
		}
		return list
	}
	// A day on which nothing was new rests on the answer of before.
	if got := paths(exchange.Export{Since: day.AddDate(0, 0, 3), Sources: []string{"demo"}}); !slices.Equal(got, []string{
		"demo/20260205T120000Z-a", "demo/20260206T120000Z-a", "demo/20260207T120000Z-a", "demo/20260208T120000Z-a", "demo/20260209T120000Z-a", "demo/20260212T120000Z-file",
	}) {
		t.Errorf("since: %v", got)
	}
	wanted := rec("a", aPage, 1, 304)
	if got := paths(exchange.Export{Records: map[string]bool{wanted.Path(): true}, Bodies: map[string]bool{sum("a,b\n1,2\n"): true}}); !slices.Equal(got, []string{
		"curated/20260203T120000Z-table_x", "demo/20260203T120000Z-a", "demo/20260204T120000Z-a",
	}) {
		t.Errorf("by record: %v", got)
	}
	_, out := exportTo(t, p, "none.warc", exchange.Export{Records: map[string]bool{"captures/log/demo/20200101T000000Z-a-00000000.json": true}})
	if out.Records != 0 || len(out.Left) != 1 || !strings.Contains(out.Left[0], "is gone") {
		t.Errorf("a record that is gone: %+v", out)
	}
}

// Damaged bytes and records are left out and named; what rests on them too; the rest is
// written.
func TestDamagedIsLeftOut(t *testing.T) {
	p := full(t)
	ws := p.Workspace
	if err := ws.Write(archive.BodyPath(sum(aPage)), []byte("others")); err != nil {
		t.Fatal(err)
	}
	twin := rec("twin", "rebuilt", 0, 200)
	if err := ws.Write(twin.Path(), []byte("{half")); err != nil {
		t.Fatal(err)
	}
	file, out := exportTo(t, p, "some.warc", exchange.Export{})
	said := strings.Join(out.Left, "\n")
	if out.Records != 7 || len(out.Left) != 6 || strings.Count(said, "is damaged") != 4 || strings.Count(said, "nothing was new since bytes") != 2 || !strings.Contains(said, twin.Path()) {
		t.Errorf("%+v", out)
	}
	into := open(t)
	if got, took := importOf(t, into, file, ""); got.New != 7 || got.Refused != 0 {
		t.Errorf("%+v, %+v", got, took)
	}
}

// A forged record of our own cannot leave the archive, nor bring bytes of another sum.
func TestForgedRecords(t *testing.T) {
	good := rec("a", aPage, 0, 200)
	for name, forge := range map[string]func(*archive.Record){
		"source leads out":  func(r *archive.Record) { r.Source = "../../../etc" },
		"no source":         func(r *archive.Record) { r.Source = "" },
		"no request":        func(r *archive.Record) { r.Request.ID = "" },
		"no sum":            func(r *archive.Record) { r.SHA256 = "../../x" },
		"unknown origin":    func(r *archive.Record) { r.Origin = "the publisher, honestly" },
		"bytes of another":  func(r *archive.Record) { r.SHA256 = sum("others") },
		"bytes not in file": func(r *archive.Record) { r.Status, r.SHA256 = 304, sum("others") },
		"a time to come":    func(r *archive.Record) { r.RequestedAt = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC) },
		"another time":      func(r *archive.Record) { r.RequestedAt = r.RequestedAt.AddDate(0, 1, 0) },
		"another host":      func(r *archive.Record) { r.FinalURL = "https://evil.example/list" },
		"asked elsewhere":   func(r *archive.Record) { r.Request.URL = "https://evil.example/list" },
		"no address":        func(r *archive.Record) { r.FinalURL, r.Request.URL = "", "" },
		"another address":   func(r *archive.Record) { r.FinalURL = "https://www.example.org/list?page=2" },
		"another status":    func(r *archive.Record) { r.Status = 201 },
		"another origin":    func(r *archive.Record) { r.Origin = archive.Curated },
		"another length":    func(r *archive.Record) { r.Bytes++ },
	} {
		r := good
		r.FinalURL = "https://www.example.org/list"
		forge(&r)
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		own := warc.Out{Type: warc.Metadata, ID: "urn:uuid:1", Date: day, ContentType: "application/vnd.baseline.record+json", Payload: text}
		if r.Status != 304 {
			own.More = warc.Header{{Name: "WARC-Concurrent-To", Value: "<urn:uuid:2>"}}
		}
		answer := warc.Out{Type: warc.Response, ID: "urn:uuid:2", Date: day, Target: "https://www.example.org/list", ContentType: warc.HTTPResponse, Head: warc.WriteHead(200, nil, len(aPage)), Payload: []byte(aPage)}
		if name == "a time to come" { // in agreement with its WARC record
			own.Date, answer.Date = r.RequestedAt, r.RequestedAt
		}
		if name == "another host" {
			answer.Target = r.FinalURL
		}
		records := []warc.Out{own, answer}
		if r.Status == 304 {
			records = records[:1]
		}
		p := open(t)
		got, took := importOf(t, p, foreign(t, records...), "")
		if got.New != 0 || got.Refused != 1 || len(took) != 1 || took[0].Refused == "" {
			t.Errorf("%s: %+v, %+v", name, got, took)
		}
		for file := range tree(t, p) {
			if strings.HasPrefix(file, "log/") {
				t.Errorf("%s: %s was written", name, file)
			}
		}
	}
}

// warcio.js, another program, reads what is exported and finds every digest right.
func TestWarcioReadsAnExport(t *testing.T) {
	folder := os.Getenv("BASELINE_WARCIO")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "bin", "node")
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	_, noNode := exec.LookPath("node")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "warcio")); err != nil || noNode != nil {
		const why = "warcio.js is not installed (make tools): the comparison with it was left out"
		if os.Getenv("CI") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	for _, name := range []string{"all.warc", "all.warc.gz"} {
		file, _ := exportTo(t, full(t), name, exchange.Export{})
		out, err := exec.Command("node", "../warc/testdata/read.mjs", folder, file).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if lines := bytes.Count(out, []byte("\n")); lines != len(entries(t, file)) {
			t.Errorf("%s: warcio.js reads %d records of %d", name, lines, len(entries(t, file)))
		}
	}
}
