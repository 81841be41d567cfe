package exchange_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base32"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/archive/exchange"
	"baseline/pipeline/archive/warc"
)

// foreign writes a file as other programs do.
func foreign(t *testing.T, records ...warc.Out) string {
	t.Helper()
	var b bytes.Buffer
	w := warc.NewWriter(&b, true)
	for i, r := range records {
		if r.ID == "" {
			r.ID = fmt.Sprintf("urn:uuid:%d", i+1)
		}
		if r.Date.IsZero() {
			r.Date = day
		}
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "crawl.warc.gz")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func response(target, head, body string) warc.Out {
	first, fields, _ := strings.Cut(head, "\r\n")
	if fields != "" {
		fields += "\r\n"
	}
	return warc.Out{Type: warc.Response, Target: target, ContentType: warc.HTTPResponse, Head: []byte("HTTP/1.1 " + first + "\r\nContent-Type: text/html\r\nSet-Cookie: secret\r\n" + fields + "\r\n"), Payload: []byte(body)}
}

func sha1Of(body string) string {
	s := sha1.Sum([]byte(body))
	return "sha1:" + base32.StdEncoding.EncodeToString(s[:])
}

func zip(body string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(body))
	_ = z.Close()
	return b.String()
}

// records are those of demo after an import, by request and day.
func records(t *testing.T, store *archive.Archive) map[string]archive.Record {
	t.Helper()
	list, err := store.Records("demo")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]archive.Record{}
	for _, r := range list {
		got[r.Request.ID+" "+r.RequestedAt.Format(time.DateOnly)] = r
	}
	return got
}

// Answers to a source's addresses are taken over, however the address is written; the
// others are counted.
func TestForeignAnswers(t *testing.T) {
	next := day.AddDate(0, 0, 1)
	redirect := response("http://example.org/new.pdf", "302 Found\r\nLocation: https://cdn.example.org/files/7.pdf", "")
	away := response("https://www.example.org/old.pdf", "301 Moved\r\nLocation: https://elsewhere.net/x.pdf", "")
	digest := response("http://www.example.org:80/a/?y=2&x=1#top", "200 OK\r\nETag: \"e\"\r\nContent-Encoding: gzip", zip(aPage))
	digest.Digest = sha1Of(digestBody(digest))
	gone := response("https://example.org/a?x=1&y=2", "404 Not Found", "not found")
	gone.Date = next
	// What the list leads to stands before the list: the file is read again.
	p := open(t)
	file := foreign(t,
		warc.Out{Type: warc.Info, ContentType: "application/warc-fields", Payload: []byte("software: x\r\n")},
		response("https://cdn.example.org/more/1", "200 OK", onePage),
		warc.Out{Type: "request", Target: "https://www.example.org/a?x=1&y=2", ContentType: "application/http; msgtype=request", Payload: []byte("GET /a HTTP/1.1\r\n\r\n")},
		digest, gone, redirect, away,
		response("https://cdn.example.org/files/7.pdf", "200 OK", aPDF),
		response("https://www.example.org/list", "200 OK", listPage),
		response("https://www.example.org/key", "200 OK", aPage),
		response("https://www.example.org/search", "200 OK", "{}"),
		response("https://www.example.org/a?x=1", "200 OK", aPage),
		warc.Out{Type: warc.Response, Target: "dns:www.example.org", ContentType: "text/dns", Payload: []byte("x")},
		response("https://elsewhere.net/x.pdf", "200 OK", aPDF),
	)
	out, took := importOf(t, p, file, "demo")
	got := records(t, archive.In(p.Workspace))
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, []string{"a 2026-02-03", "a 2026-02-04", "file 2026-02-03", "list 2026-02-03", "one 2026-02-03"}) {
		t.Fatalf("taken over: %v, %+v", names, took)
	}
	if out.New != 5 || out.Faulty != 1 || out.Refused != 0 || out.Others != 4 || out.Records != 14 {
		t.Errorf("%+v", out)
	}
	a := got["a 2026-02-03"]
	if a.SHA256 != sum(aPage) || a.Request.URL != "https://www.example.org/a?x=1&y=2" || a.FinalURL != "http://www.example.org:80/a/?y=2&x=1" || a.Status != 200 || a.Origin != archive.Publisher ||
		!maps.Equal(a.Headers, map[string]string{"Content-Type": "text/html", "Etag": `"e"`}) || a.OriginNote != "imported from crawl.warc.gz (SHA-256 "+out.SHA256+")" || !a.RequestedAt.Equal(day) {
		t.Errorf("%+v", a)
	}
	if g := got["a 2026-02-04"]; g.Status != 404 || g.Fault == "" || g.Answers() {
		t.Errorf("%+v", g)
	}
	if f := got["file 2026-02-03"]; f.Request.URL != "https://www.example.org/new.pdf" || f.FinalURL != "https://cdn.example.org/files/7.pdf" || f.SHA256 != sum(aPDF) {
		t.Errorf("%+v", f)
	}
	if again, _ := importOf(t, p, file, "demo"); again.New != 0 || again.Had != 5 {
		t.Errorf("imported again: %+v", again)
	}
	// Without a limit, both sources have these addresses.
	if both, _ := importOf(t, p, file, ""); both.New != 5 || both.Had != 5 {
		t.Errorf("for all sources: %+v", both)
	}
}

func digestBody(o warc.Out) string { return string(o.Payload) }

// What must not be believed is refused, and the rest of the file is read.
func TestForeignRefused(t *testing.T) {
	const at = "https://www.example.org/a?x=1&y=2"
	good := response("https://www.example.org/list", "200 OK", listPage)
	with := func(change func(*warc.Out)) warc.Out {
		o := response(at, "200 OK", aPage)
		change(&o)
		return o
	}
	for name, c := range map[string]struct {
		bad  warc.Out
		want string
	}{
		"another payload": {with(func(o *warc.Out) { o.Digest = sha1Of("others") }), "not those of its digest"},
		"in the future":   {with(func(o *warc.Out) { o.Date = now.Add(time.Second) }), "future"},
		"truncated":       {with(func(o *warc.Out) { o.More = warc.Header{{Name: "WARC-Truncated", Value: "length"}} }), "cut off"},
		"segment":         {with(func(o *warc.Out) { o.More = warc.Header{{Name: "WARC-Segment-Number", Value: "1"}} }), "segments"},
		"no HTTP":         {with(func(o *warc.Out) { o.Head = nil }), "no HTTP answer"},
		"cut gzip":        {response(at, "200 OK\r\nContent-Encoding: gzip", zip(aPage)[:50]), "unpack its gzip"},
		"cut body":        {response(at, "200 OK\r\nContent-Length: 9999", aPage), "cut off"},
		"revisit of bytes that are not there": {warc.Out{Type: warc.Revisit, Target: at, ContentType: warc.HTTPResponse, Head: warc.WriteHead(200, nil, -1), Digest: sha1Of("x"),
			More: warc.Header{{Name: "WARC-Profile", Value: warc.SameBytes}}}, "another record"},
		"resource of another digest": {warc.Out{Type: warc.Resource, Target: at, ContentType: "text/html", Payload: []byte(aPage), Digest: sha1Of("x")}, "digest"},
		"too large":                  {response(at, "200 OK\r\nContent-Encoding: gzip", zip(strings.Repeat(" ", exchange.MaxBytes+1))), "larger than 64 MB"},
	} {
		p := open(t)
		out, took := importOf(t, p, foreign(t, c.bad, good), "demo")
		if out.New != 1 || out.Refused != 1 || !strings.Contains(took[0].Refused, c.want) || took[0].Number != 1 || took[0].Record.FinalURL != at {
			t.Errorf("%s: %+v, %+v", name, out, took)
		}
	}
}

// A file that is cut off says where; what came before is kept, and a whole file can be
// imported over it.
func TestForeignCutOff(t *testing.T) {
	whole := foreign(t, response("https://www.example.org/list", "200 OK", listPage), response("https://www.example.org/a?x=1&y=2", "200 OK", aPage))
	body, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "cut.warc.gz")
	if err := os.WriteFile(file, body[:len(body)-30], 0o600); err != nil {
		t.Fatal(err)
	}
	p := open(t)
	out, err := exchange.Import{Pipeline: p, File: file, Only: "demo"}.Run()
	if err == nil || !strings.Contains(err.Error(), "record 2 cannot be read") || out.New != 1 {
		t.Errorf("%+v, %v", out, err)
	}
	if out, _ := importOf(t, p, whole, "demo"); out.New != 1 || out.Had != 1 {
		t.Errorf("the whole file: %+v", out)
	}
}

// Revisits bring the bytes of the record that they refer to.
func TestForeignRevisits(t *testing.T) {
	const at = "https://www.example.org/a?x=1&y=2"
	first := response(at, "200 OK", aPage)
	first.Digest = sha1Of(aPage)
	revisit := func(days, status int, profile string) warc.Out {
		return warc.Out{
			Type: warc.Revisit, Target: at, Date: day.AddDate(0, 0, days), ContentType: warc.HTTPResponse, Head: warc.WriteHead(status, map[string]string{"Etag": "x"}, -1), Digest: sha1Of(aPage),
			More: warc.Header{{Name: "WARC-Profile", Value: profile}},
		}
	}
	p := open(t)
	out, took := importOf(t, p, foreign(t, first, revisit(1, 200, warc.SameBytes), revisit(2, 304, "http://netpreserve.org/warc/1.0/revisit/server-not-modified")), "demo")
	got := records(t, archive.In(p.Workspace))
	if out.New != 3 || got["a 2026-02-04"].Status != 200 || got["a 2026-02-05"].Status != 304 || got["a 2026-02-05"].SHA256 != sum(aPage) || !got["a 2026-02-05"].Answers() {
		t.Errorf("%+v, %+v", out, took)
	}
}

// The Internet Archive's own addresses stand for the page, and for its time. A page as it
// shows it is not the publisher's bytes, and a rebuilt one never looks like them.
func TestForeignOrigins(t *testing.T) {
	p := open(t)
	out, took := importOf(t, p, foreign(t,
		response("https://web.archive.org/web/20210412123456id_/http://www.example.org/list", "200 OK\r\nEtag: theirs\r\nLast-Modified: today\r\nX-Archive-Orig-Etag: publisher's", listPage),
		response("https://web.archive.org/web/20210413000000/https://www.example.org/list", "200 OK", listPage),
		warc.Out{Type: warc.Resource, Target: "https://www.example.org/a?x=1&y=2", ContentType: "text/html", Payload: []byte(aPage)},
		warc.Out{Type: warc.Resource, Target: "https://www.example.org/new.pdf", ContentType: "application/pdf", Payload: []byte(aPDF), More: warc.Header{{Name: "Baseline-Origin", Value: "rebuilt"}}},
	), "demo")
	got := records(t, archive.In(p.Workspace))
	for name, origin := range map[string]string{"list 2021-04-12": archive.Publisher, "list 2021-04-13": archive.ByHand, "a 2026-02-03": archive.ByHand, "file 2026-02-03": archive.Rebuilt} {
		if got[name].Origin != origin {
			t.Errorf("%s is of origin %q", name, got[name].Origin)
		}
	}
	if h := got["list 2021-04-12"].Headers; !maps.Equal(h, map[string]string{"Content-Type": "text/html", "Etag": "publisher's"}) {
		t.Errorf("fields of the Internet Archive are the publisher's: %v", h)
	}
	if out.New != 4 || got["list 2021-04-12"].FinalURL != "http://www.example.org/list" || !got["list 2021-04-12"].RequestedAt.Equal(time.Date(2021, 4, 12, 12, 34, 56, 0, time.UTC)) {
		t.Errorf("%+v, %+v", out, took)
	}
}

// What is no page, but has status 200, is kept with its fault.
func TestForeignSoftFaults(t *testing.T) {
	p := open(t)
	out, _ := importOf(t, p, foreign(t, response("https://www.example.org/new.pdf", "200 OK", aPage), response("https://www.example.org/list", "200 OK", "")), "demo")
	got := records(t, archive.In(p.Workspace))
	if out.New != 2 || out.Faulty != 2 || got["file 2026-02-03"].Fault == "" || got["list 2026-02-03"].Fault == "" {
		t.Errorf("%+v, %+v", out, got)
	}
}
