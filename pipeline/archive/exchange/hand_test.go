package exchange_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/archive/exchange"
	"baseline/sources/source"
)

func handed(url, body string) exchange.Handed {
	return exchange.Handed{Source: demo{"demo"}, URL: url, By: "A. Steward", File: "/home/x/page.html", Body: []byte(body)}
}

// A page is found by its address, or by the id of its request, and is marked by hand.
func TestHanded(t *testing.T) {
	p := open(t)
	h := handed("http://example.org/a/?y=2&x=1#top", aPage)
	h.Note = "the site asks who is there"
	seen, err := exchange.Look(p, h)
	if err != nil || seen.Refused != "" {
		t.Fatalf("%+v, %v", seen, err)
	}
	if len(tree(t, p)) != 0 {
		t.Error("looking has stored something")
	}
	want := archive.Record{
		Source: "demo", Request: archive.Asked{ID: "a", URL: "https://www.example.org/a?x=1&y=2"}, FinalURL: "http://example.org/a/?y=2&x=1", RequestedAt: now, Status: 200,
		SHA256: sum(aPage), Bytes: len(aPage), Origin: archive.ByHand, OriginNote: "saved and handed in by A. Steward as page.html: the site asks who is there",
	}
	if seen.Record.Headers != nil || seen.TimeSaid || seen.Record.Path() != want.Path() || seen.Record.OriginNote != want.OriginNote || seen.Record.FinalURL != want.FinalURL || seen.Record.Request != want.Request || seen.Record.Origin != want.Origin {
		t.Errorf("%+v", seen.Record)
	}
	if err := seen.Store(p); err != nil {
		t.Fatal(err)
	}
	newest, err := archive.In(p.Workspace).Newest("demo")
	if err != nil || newest["a"].SHA256 != sum(aPage) || newest["a"].Origin != archive.ByHand {
		t.Errorf("%+v, %v", newest, err)
	}
	// The same file again is there already; saved anew at another time, it is news.
	if seen, err = exchange.Look(p, h); err != nil || seen.Already == nil {
		t.Errorf("again: %+v, %v", seen, err)
	}
	h.Taken = now.AddDate(0, 0, -1)
	if seen, err = exchange.Look(p, h); err != nil || seen.Already != nil || !seen.TimeSaid || len(seen.Warnings) != 1 || !strings.Contains(seen.Warnings[0], "newer answer") {
		t.Errorf("older: %+v, %v", seen, err)
	}
	// A page that goes back to what it was is news as well.
	put(t, p, rec("a", listPage, 0, 200), listPage)
	back := rec("a", listPage, 0, 200)
	back.RequestedAt = now.Add(-time.Minute)
	put(t, p, back, listPage)
	h.Body, h.Taken = []byte(listPage), time.Time{}
	if seen, err = exchange.Look(p, h); err != nil || seen.Already != nil {
		t.Errorf("back to what it was: %+v, %v", seen, err)
	}
}

func TestHandedByRequest(t *testing.T) {
	p := open(t)
	h := handed("https://cdn.example.org/2026/new.pdf", aPDF)
	h.Request, h.File, h.Taken = "file", "", time.Date(2026, 2, 3, 10, 0, 0, 0, time.UTC)
	seen, err := exchange.Look(p, h)
	if err != nil || seen.Refused != "" || seen.Record.Request.ID != "file" || seen.Record.Request.URL != h.URL || !seen.Record.RequestedAt.Equal(h.Taken) || !strings.Contains(seen.Record.OriginNote, "as standard input") {
		t.Errorf("%+v, %v", seen, err)
	}
	// What an answer leads to is known from the archive.
	put(t, p, rec("list", listPage, 0, 200), listPage)
	if seen, err = exchange.Look(p, handed("https://cdn.example.org/more/1", onePage)); err != nil || seen.Record.Request.ID != "one" {
		t.Errorf("%+v, %v", seen, err)
	}
	// A page that the Internet Archive keeps is the publisher's, of then.
	if seen, err = exchange.Look(p, handed("https://web.archive.org/web/20210412123456/https://www.example.org/list", listPage)); err != nil ||
		seen.Record.FinalURL != "https://www.example.org/list" || !seen.Record.RequestedAt.Equal(time.Date(2021, 4, 12, 12, 34, 56, 0, time.UTC)) || !strings.Contains(seen.Record.OriginNote, "Internet Archive") || !seen.Leads {
		t.Errorf("%+v, %v", seen, err)
	}
}

type tabled struct{ demo }

func (tabled) Tables() []source.Table { return nil }

// What no publisher could have answered cannot be stored at all.
func TestHandedRefused(t *testing.T) {
	at := "https://www.example.org/list"
	for name, c := range map[string]struct {
		h    exchange.Handed
		want string
	}{
		"no address":         {handed("list.html", aPage), "is not an address"},
		"not the web":        {handed("file:///etc/passwd", aPage), "is not an address"},
		"a password":         {handed("https://me:word@www.example.org/list", aPage), "name or password"},
		"another host":       {handed("https://example.com/list", aPage), "example.com is not a host of demo; its hosts are cdn.example.org, example.org"},
		"unknown address":    {handed("https://www.example.org/nothing", aPage), "is not an address of demo"},
		"two requests":       {handed("https://www.example.org/old.pdf", aPDF), "is an address of 2 requests of demo"},
		"holds a key":        {handed("https://www.example.org/key", aPage), "holds a key"},
		"empty":              {handed(at, ""), "page.html is empty"},
		"too large":          {handed(at, strings.Repeat(" ", exchange.MaxBytes+1)), "larger than 64 MB"},
		"saved from another": {handed(at, "<!DOCTYPE html>\n<!-- saved from url=(0030)https://www.example.org/other -->\n<html></html>"), "was saved from https://www.example.org/other"},
	} {
		_, err := exchange.Look(open(t), c.h)
		var refused *exchange.RefusedError
		if !errors.As(err, &refused) || !strings.Contains(refused.Text, c.want) || strings.Contains(refused.Text, "word") && name == "a password" && strings.Contains(refused.Text, "me:") {
			t.Errorf("%s: %v", name, err)
		}
	}
	h := handed(at, listPage)
	h.Request = "nothing"
	if _, err := exchange.Look(open(t), h); err == nil || !strings.Contains(err.Error(), `no request "nothing"; there are list, a, file`) {
		t.Errorf("unknown request: %v", err)
	}
	h.Request, h.Taken = "", now.Add(time.Second)
	if _, err := exchange.Look(open(t), h); err == nil || !strings.Contains(err.Error(), "future") {
		t.Errorf("future: %v", err)
	}
	h = handed(at, listPage)
	h.Source = tabled{demo{"demo"}}
	if _, err := exchange.Look(open(t), h); err == nil || !strings.Contains(err.Error(), "table of this project") {
		t.Errorf("tabled: %v", err)
	}
}

// What browsers and tools make of a page is named, with what to do instead; kept, it is
// never an answer.
func TestSavedAsSomethingElse(t *testing.T) {
	for name, c := range map[string]struct{ file, body, want, do string }{
		"MHTML":        {"x.html", "From: <Saved by Blink>\r\nSnapshot-Content-Location: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;", "MHTML", "HTML only"},
		"mht name":     {"x.MHT", aPage, "MHTML", "HTML only"},
		"webarchive":   {"x", "bplist00\xd1", "Safari", "Page Source"},
		"WARC":         {"x", "WARC/1.0\r\n", "WARC", "archive import"},
		"curl -i":      {"x", "HTTP/2 200 \r\ncontent-type: text/html\r\n\r\n" + aPage, "HTTP header", "without -i"},
		"gzip":         {"x", "\x1f\x8b\x08", "gzip", "--compressed"},
		"zip":          {"x", "PK\x03\x04", "ZIP", "the page itself"},
		"picture":      {"x", "\x89PNG\r\n", "picture", "not how it looks"},
		"PowerShell":   {"x", "\xff\xfe<\x00h\x00", "UTF-16", "-o FILE"},
		"source view":  {"x", `<html id="viewsource"><head></head></html>`, "source of another", "not its source view"},
		"PDF for HTML": {"x", aPDF, "", ""},
		"unreadable":   {"x", strings.Replace(aPage, "words of page a", "words unreadable to the reader", 1), "the table has gone", "right page"},
	} {
		p := open(t)
		h := handed("https://www.example.org/list", c.body)
		h.File = c.file
		seen, err := exchange.Look(p, h)
		if err != nil || seen.Refused == "" || seen.Record.Fault == "" || seen.Record.FaultText == "" || strings.HasSuffix(seen.Record.FaultText, ".") || !strings.Contains(seen.Refused, c.want) || !strings.Contains(seen.Do, c.do) {
			t.Errorf("%s: %+v, %v", name, seen, err)
			continue
		}
		if err := seen.Store(p); err != nil {
			t.Fatal(err)
		}
		if newest, err := archive.In(p.Workspace).Newest("demo"); err != nil || len(newest) != 0 {
			t.Errorf("%s: is read as an answer: %+v, %v", name, newest, err)
		}
	}
	seen, err := exchange.Look(open(t), handed("https://www.example.org/list", "<!DOCTYPE html>\n<!-- saved from url=(0030)https://example.org/list -->\n"+strings.TrimPrefix(listPage, "<!DOCTYPE html>")))
	if err != nil || seen.Refused != "" || len(seen.Warnings) != 1 || !strings.Contains(seen.Warnings[0], "rewritten") {
		t.Errorf("rewritten by a browser: %+v, %v", seen, err)
	}
}

// Many stewards at once lose nothing.
func TestHandedAtOnce(t *testing.T) {
	p := open(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			h := handed("https://www.example.org/a?x=1&y=2", strings.Replace(aPage, "words", strings.Repeat("w", i+1), 1))
			seen, err := exchange.Look(p, h)
			if err == nil {
				err = seen.Store(p)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if list, err := archive.In(p.Workspace).Records("demo"); err != nil || len(list) != 8 {
		t.Errorf("%d records, %v", len(list), err)
	}
}
