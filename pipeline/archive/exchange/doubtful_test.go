package exchange_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/archive/exchange"
	"baseline/pipeline/archive/warc"
)

// An address of the Internet Archive that does not say the time to the second leads to whatever
// capture is near: nothing of it counts as taken at some other time.
func TestWaybackWithoutATime(t *testing.T) {
	const page = "/https://www.example.org/list"
	for _, at := range []string{"2021", "20210412", "2021041212345", "202104121234567", "20211399000000", "20210412123499", "2021id_", "20210412js_", "2*", "*"} {
		address := "https://web.archive.org/web/" + at + page
		for _, taken := range []time.Time{{}, day} {
			h := handed(address, listPage)
			h.Taken = taken
			var refused *exchange.RefusedError
			if _, err := exchange.Look(open(t), h); !errors.As(err, &refused) || !strings.Contains(refused.Text, "does not say when") || !strings.Contains(refused.Do, "14 digits") {
				t.Errorf("handed in from %s: %v", address, err)
			}
		}
		crawled := response(address, "200 OK", listPage)
		crawled.Date = now.Add(-time.Hour)
		out, took := importOf(t, open(t), foreign(t, crawled), "demo")
		if out.New != 0 || out.Refused != 1 || !strings.Contains(took[0].Refused, "does not say when") {
			t.Errorf("imported from %s: %+v, %+v", address, out, took)
		}
	}
}

// The time of the Internet Archive is the page's, and --taken cannot say another.
func TestWaybackAndTaken(t *testing.T) {
	at := time.Date(2021, 4, 12, 12, 34, 56, 0, time.UTC)
	h := handed("https://web.archive.org/web/20210412123456/https://www.example.org/list", listPage)
	h.Taken = at
	seen, err := exchange.Look(open(t), h)
	if err != nil || !seen.Record.RequestedAt.Equal(at) {
		t.Errorf("the same time: %s, %v", seen.Record.RequestedAt, err)
	}
	h.Taken = day
	var refused *exchange.RefusedError
	if _, err := exchange.Look(open(t), h); !errors.As(err, &refused) || !strings.Contains(refused.Text, "2021-04-12T12:34:56Z") || !strings.Contains(refused.Text, "2026-02-03") || refused.Do != "leave out --taken" {
		t.Errorf("another time: %v", err)
	}
}

// Whoever hands in a page as the Internet Archive shows it is told where the publisher's own
// bytes are; where it cannot be read, as what to do.
func TestWaybackAsItIsShown(t *testing.T) {
	const shown, own = "https://web.archive.org/web/20210412123456/https://www.example.org/list", "https://web.archive.org/web/20210412123456id_/https://www.example.org/list"
	seen, err := exchange.Look(open(t), handed(shown, listPage+"\n<!--\n FILE ARCHIVED ON 12:34:56 -->"))
	if err != nil || seen.Refused != "" || len(seen.Warnings) != 1 || !strings.Contains(seen.Warnings[0], own) {
		t.Errorf("read: %+v, %v", seen, err)
	}
	seen, err = exchange.Look(open(t), handed(shown, strings.Replace(listPage, "Here is", "unreadable to the reader", 1)))
	if err != nil || seen.Refused == "" || !strings.Contains(seen.Do, own) {
		t.Errorf("not read: %+v, %v", seen, err)
	}
	if seen, err = exchange.Look(open(t), handed(own, listPage)); err != nil || len(seen.Warnings) != 0 {
		t.Errorf("the publisher's own bytes: %+v, %v", seen, err)
	}
}

// An answer 304 brings no bytes: it vouches for the answer before it, where a mark of the
// publisher says which that is, and is refused by name elsewhere.
func TestForeignNotModified(t *testing.T) {
	const at = "https://www.example.org/a?x=1&y=2"
	for name, c := range map[string]struct {
		days int // of what the archive has
		etag string
		want string // "": taken over
	}{
		"vouched for":      {-10, `"a"`, ""},
		"another version":  {-10, `"b"`, "another answer than that of 2026-01-24"},
		"no mark":          {-10, "", "nothing in it tells since which answer"},
		"only a later one": {10, `"a"`, "no earlier answer to a of demo"},
	} {
		p := open(t)
		put(t, p, rec("a", aPage, c.days, 200), aPage)
		head := "304 Not Modified"
		if c.etag != "" {
			head += "\r\nEtag: " + c.etag
		}
		out, took := importOf(t, p, foreign(t, response(at, head, "")), "demo")
		newest, err := archive.In(p.Workspace).Newest("demo")
		if err != nil || newest["a"].SHA256 != sum(aPage) {
			t.Errorf("%s: the newest answer is %+v, %v", name, newest["a"], err)
		}
		switch {
		case c.want != "":
			if out.New != 0 || out.Refused != 1 || !strings.Contains(took[0].Refused, c.want) {
				t.Errorf("%s: %+v, %+v", name, out, took)
			}
		case out.New != 1 || newest["a"].Status != 304 || !newest["a"].RequestedAt.Equal(day) || newest["a"].Bytes != len(aPage):
			t.Errorf("%s: %+v, %+v", name, out, newest["a"])
		}
	}
}

// The norm lets a revisit have an empty block, and one that was not modified have no digest.
func TestForeignRevisitsThatSayLittle(t *testing.T) {
	const at = "https://www.example.org/a?x=1&y=2"
	first := response(at, "200 OK", aPage)
	first.Digest = sha1Of(aPage)
	empty := warc.Out{Type: warc.Revisit, Target: at, ContentType: warc.HTTPResponse, Date: day.AddDate(0, 0, 1), Digest: sha1Of(aPage), More: warc.Header{{Name: "WARC-Profile", Value: warc.SameBytes}}}
	undigested := warc.Out{Type: warc.Revisit, Target: at, ContentType: warc.HTTPResponse, Date: day.AddDate(0, 0, 2), Head: []byte("HTTP/1.1 304 Not Modified\r\n\r\n"), More: warc.Header{{Name: "WARC-Profile", Value: warc.NotModified}, {Name: "WARC-Refers-To", Value: "<urn:uuid:1>"}}}
	stray := undigested
	stray.Date, stray.More = day.AddDate(0, 0, 3), warc.Header{{Name: "WARC-Profile", Value: warc.NotModified}, {Name: "WARC-Refers-To", Value: "<urn:uuid:77>"}}
	p := open(t)
	out, took := importOf(t, p, foreign(t, first, empty, undigested, stray), "demo")
	got := records(t, archive.In(p.Workspace))
	if out.New != 3 || out.Refused != 1 || got["a 2026-02-04"].Status != 200 || got["a 2026-02-05"].Status != 304 || got["a 2026-02-04"].SHA256 != sum(aPage) || got["a 2026-02-05"].SHA256 != sum(aPage) {
		t.Errorf("%+v, %+v", out, took)
	}
}

// An answer whose body was not kept, for it holds a key or is too large, is no answer without
// a body; and an answer 304 has only the fields that came with it.
func TestExportOfAnswersWithoutBytes(t *testing.T) {
	p := open(t)
	put(t, p, rec("a", aPage, 0, 200), aPage)
	for _, id := range []string{"key", "file"} {
		r := rec(id, "", 0, 200)
		r.SHA256 = ""
		put(t, p, r, "")
	}
	unchanged := rec("a", aPage, 1, 304)
	unchanged.Headers = map[string]string{"Content-Type": "text/html", "Etag": `"a"`, "Date": "Wed, 04 Feb 2026 12:00:00 GMT"}
	put(t, p, unchanged, "")
	file, out := exportTo(t, p, "x.warc", exchange.Export{})
	if out.Records != 4 || out.Left != nil {
		t.Errorf("%+v", out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte("WARC-Type: response")); n != 1 || bytes.Contains(text, []byte(warc.Digest(nil))) {
		t.Errorf("%d answers", n)
	}
	for _, e := range entries(t, file) {
		if e.rec.Type() == warc.Revisit && (strings.Contains(e.text, "Content-Type") || !strings.Contains(e.text, "Date: Wed, 04 Feb 2026")) {
			t.Errorf("the answer 304 has %q", e.text)
		}
	}
	into := open(t)
	if got, took := importOf(t, into, file, ""); got.New != 4 || got.Refused != 0 {
		t.Errorf("back: %+v, %+v", got, took)
	}
	if newest, err := archive.In(into.Workspace).Newest("demo"); err != nil || len(newest) != 1 {
		t.Errorf("newest: %+v, %v", newest, err)
	}
}
