package publishers_test

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"baseline/pipeline/fetch/publishers"
)

// got is an answer as a plain client has it.
type got struct {
	status int
	header http.Header
	body   string
	err    error
	proto  string
}

func ask(t *testing.T, c *http.Client, method, url, body string, header ...string) got {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := c.Do(r)
	if err != nil {
		return got{err: err}
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	return got{res.StatusCode, res.Header, string(b), err, res.Proto}
}

func get(t *testing.T, w *publishers.World, url string, header ...string) got {
	t.Helper()
	return ask(t, w.Client(), http.MethodGet, url, "", header...)
}

func TestHostsByName(t *testing.T) {
	w := publishers.Start(t)
	w.Host("one.example").Page("/", "<p>one</p>").Page("/?page_id=7", "<p>seven</p>")
	w.Host("two.example").Page("/", "<p>two</p>").Speak(publishers.HTTP1)
	for url, want := range map[string]got{
		"https://one.example/":           {status: 200, body: "<p>one</p>", proto: "HTTP/2.0"},
		"https://one.example/?page_id=7": {status: 200, body: "<p>seven</p>", proto: "HTTP/2.0"},
		"https://one.example/?page_id=8": {status: 200, body: "<p>one</p>", proto: "HTTP/2.0"},
		"https://one.example/none":       {status: 404, proto: "HTTP/2.0"},
		"https://one.example/robots.txt": {status: 200, body: "User-agent: *\nDisallow:\n", proto: "HTTP/2.0"},
		"https://ONE.example:8443/":      {status: 200, body: "<p>one</p>", proto: "HTTP/2.0"},
		"https://two.example/":           {status: 200, body: "<p>two</p>", proto: "HTTP/1.1"},
		"http://two.example/":            {status: 200, body: "<p>two</p>", proto: "HTTP/1.1"},
	} {
		if g := get(t, w, url); g.err != nil || g.status != want.status || g.body != want.body || g.proto != want.proto {
			t.Errorf("%s: %+v", url, g)
		}
	}
	g := get(t, w, "https://three.example/")
	var dns *net.DNSError
	if !errors.As(g.err, &dns) || !dns.IsNotFound {
		t.Errorf("a host that is none: %v", g.err)
	}
	if g := get(t, w, "https://10.0.0.8/"); g.err == nil {
		t.Error("a private address answers")
	}
	if s := strings.Join(w.Strays(), " "); s != "three.example:443 10.0.0.8:443" {
		t.Errorf("strays %q", s)
	}
}

func TestCertificates(t *testing.T) {
	w := publishers.Start(t)
	for name, kind := range map[string]publishers.Certificate{"name": publishers.OtherName, "expired": publishers.Expired, "notyet": publishers.NotYet, "self": publishers.SelfSigned} {
		w.Host(name+".example").Certify(kind).Page("/", "x")
		err := get(t, w, "https://"+name+".example/").err
		var host x509.HostnameError
		var invalid x509.CertificateInvalidError
		var unknown x509.UnknownAuthorityError
		switch {
		case name == "name" && errors.As(err, &host), (name == "expired" || name == "notyet") && errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		case name == "self" && (errors.As(err, &unknown) || errors.As(err, &invalid)):
		default:
			t.Errorf("%s: %v", name, err)
		}
	}
	w.Host("dh.example").Speak(publishers.Unknown).Page("/", "x")
	w.Host("rsa.example").Speak(publishers.OldRSA).Page("/", "x")
	for _, name := range []string{"dh", "rsa"} {
		if err := get(t, w, "https://"+name+".example/").err; err == nil || !strings.Contains(err.Error(), "handshake failure") {
			t.Errorf("%s: %v", name, err)
		}
	}
	old := w.Client()
	old.Transport.(*http.Transport).TLSClientConfig.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}
	if g := ask(t, old, "GET", "https://rsa.example/", ""); g.err != nil || g.body != "x" {
		t.Errorf("with the old suite: %+v", g)
	}
	if g := ask(t, old, "GET", "https://dh.example/", ""); g.err == nil {
		t.Error("a handshake that nobody can do")
	}
}

const text = "<p>Norway and Sweden and Iceland, and again Norway and Sweden and Iceland.</p>"

func good() http.Handler {
	return publishers.Static(publishers.HTML, []byte(strings.Repeat(text, 100)))
}

func TestConditional(t *testing.T) {
	w := publishers.Start(t)
	w.Host("a.example").Handle("/", good()).Handle("/gz", publishers.Gzip(good())).Handle("/daily", w.Daily("Members", text))
	now := time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)
	w.SetNow(func() time.Time { return now })
	for _, path := range []string{"/", "/gz", "/daily"} {
		first := get(t, w, "https://a.example"+path, "Accept-Encoding", "gzip")
		tag, at := first.header.Get("ETag"), first.header.Get("Last-Modified")
		if first.status != 200 || tag == "" || at == "" {
			t.Fatalf("%s: %+v", path, first)
		}
		if g := get(t, w, "https://a.example"+path, "If-None-Match", tag, "Accept-Encoding", "gzip"); g.status != 304 || g.body != "" {
			t.Errorf("%s with its tag: %d, %d bytes", path, g.status, len(g.body))
		}
		if g := get(t, w, "https://a.example"+path, "If-None-Match", `"other"`); g.status != 200 {
			t.Errorf("%s with another tag: %d", path, g.status)
		}
		if g := get(t, w, "https://a.example"+path, "If-Modified-Since", at); g.status != 304 {
			t.Errorf("%s with its time: %d", path, g.status)
		}
	}
	before := get(t, w, "https://a.example/daily")
	now = now.AddDate(0, 0, 1)
	after := get(t, w, "https://a.example/daily", "If-None-Match", before.header.Get("ETag"))
	if after.status != 200 || after.body == before.body || !strings.Contains(after.body, text) || !strings.Contains(after.body, "25 November 2026") {
		t.Errorf("the next day: %d %s", after.status, after.body)
	}
}

// Every quirk, as a plain client sees it over both versions of HTTP.
func TestQuirks(t *testing.T) {
	w := publishers.Start(t)
	for _, proto := range []string{"one", "two"} {
		h := w.Host(proto + ".example")
		if proto == "one" {
			h.Speak(publishers.HTTP1)
		}
		h.Handle("/gzip", publishers.Gzip(good())).Handle("/brotli", publishers.Brotli(good())).Handle("/chunked", publishers.Chunked(good())).
			Handle("/slow", publishers.Slow(good(), 4, 20*time.Millisecond)).Handle("/hang", publishers.Hang()).Handle("/half", publishers.HangMidway(good())).
			Handle("/reset", publishers.Reset(good())).Handle("/cut", publishers.CutOff(good())).Handle("/later", publishers.After(2, publishers.Later(503, "3"), good())).
			Handle("/429", publishers.Later(429, "Tue, 24 Nov 2026 06:00:30 GMT")).Handle("/500", publishers.Status(500)).Handle("/bomb", publishers.Bomb(20)).Handle("/endless", publishers.Endless()).
			Handle("/foreign", publishers.Redirect(302, "https://foreign.example/")).Chain("/chain", 3, good()).Loop("/loop").
			Handle("/key", publishers.NeedsKey("token", "k", good())).Handle("/post", publishers.Post(good())).RobotsStatus(503)
		at := "https://" + proto + ".example"
		whole := strings.Repeat(text, 100)

		if g := get(t, w, at+"/gzip", "Accept-Encoding", "gzip, br"); g.header.Get("Content-Encoding") != "gzip" || unpack(t, g.body) != whole || len(g.body) > 500 {
			t.Errorf("%s gzip: %+v", proto, g.header)
		}
		if g := get(t, w, at+"/gzip"); g.header.Get("Content-Encoding") != "" || g.body != whole {
			t.Errorf("%s gzip for one who cannot: %+v", proto, g.header)
		}
		if g := get(t, w, at+"/brotli", "Accept-Encoding", "gzip, br"); g.header.Get("Content-Encoding") != "br" {
			t.Errorf("%s brotli: %+v", proto, g.header)
		} else if b, err := io.ReadAll(brotli.NewReader(strings.NewReader(g.body))); err != nil || string(b) != whole {
			t.Errorf("%s brotli: %v", proto, err)
		}
		if g := get(t, w, at+"/chunked"); g.err != nil || g.body != whole || g.header.Get("Content-Length") != "" {
			t.Errorf("%s chunked: %+v", proto, g)
		}
		start := time.Now()
		if g := get(t, w, at+"/slow"); g.body != whole || time.Since(start) < 60*time.Millisecond {
			t.Errorf("%s slow: %d bytes in %s", proto, len(g.body), time.Since(start))
		}
		for _, path := range []string{"/hang", "/half", "/endless"} {
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
			r, _ := http.NewRequestWithContext(ctx, http.MethodGet, at+path, nil)
			res, err := w.Client().Do(r)
			if err == nil {
				_, err = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
			}
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s %s: %v", proto, path, err)
			}
		}
		if g := get(t, w, at+"/reset"); g.err == nil || g.status != 200 || len(g.body) == 0 || len(g.body) > len(whole)/2 {
			t.Errorf("%s reset: %d bytes, %v", proto, len(g.body), g.err)
		}
		if g := get(t, w, at+"/cut"); !errors.Is(g.err, io.ErrUnexpectedEOF) || len(g.body) == 0 || g.header.Get("Content-Length") != "7800" {
			t.Errorf("%s cut off: %d bytes, %v, %v", proto, len(g.body), g.err, g.header)
		}
		for i, want := range []int{503, 503, 200} {
			if g := get(t, w, at+"/later"); g.status != want || want == 503 && g.header.Get("Retry-After") != "3" {
				t.Errorf("%s, request %d: %+v", proto, i, g)
			}
		}
		if g := get(t, w, at+"/429"); g.status != 429 || !strings.HasSuffix(g.header.Get("Retry-After"), "GMT") {
			t.Errorf("%s: %+v", proto, g)
		}
		if g := get(t, w, at+"/bomb", "Accept-Encoding", "gzip"); len(g.body) > 100_000 || len(unpack(t, g.body)) != 20<<20 {
			t.Errorf("%s bomb: %d bytes", proto, len(g.body))
		}
		next, hops := "/chain", 0
		for ; hops < 9; hops++ {
			g := get(t, w, at+next)
			if g.status == 200 {
				break
			}
			next = g.header.Get("Location")
		}
		if hops != 3 {
			t.Errorf("%s: %d redirects", proto, hops)
		}
		if a, b := get(t, w, at+"/loop"), get(t, w, at+"/loop/on"); a.header.Get("Location") != "/loop/on" || b.header.Get("Location") != "/loop" {
			t.Errorf("%s loop: %v %v", proto, a.header, b.header)
		}
		if g := get(t, w, at+"/key"); g.status != 401 {
			t.Errorf("%s without the key: %d", proto, g.status)
		}
		if g := get(t, w, at+"/key", "Token", "k"); g.status != 200 {
			t.Errorf("%s with the key: %d", proto, g.status)
		}
		for want, p := range map[int][]string{405: {"GET", "", "x"}, 415: {"POST", "{}", "text/plain"}, 400: {"POST", "{", "application/json"}, 200: {"POST", "{}", "application/json; charset=utf-8"}} {
			if g := ask(t, w.Client(), p[0], at+"/post", p[1], "Content-Type", p[2]); g.status != want {
				t.Errorf("%s %v: %d, want %d", proto, p, g.status, want)
			}
		}
		if g := get(t, w, at+"/robots.txt"); g.status != 503 {
			t.Errorf("%s robots: %d", proto, g.status)
		}
	}
}

func unpack(t *testing.T, s string) string {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPagesThatLead(t *testing.T) {
	w := publishers.Start(t)
	h := w.Host("a.example").Paged("/list", "Members", "<p>Norway</p>", "<p>Sweden</p>", "<p>Iceland</p>").Countries("/day", "Committees", map[string]string{"norway": "<p>N</p>", "albania": "<p>A</p>"})
	h.Handle("/docs", publishers.Links("Reports", [2]string{"/2023.pdf", "2023"}, [2]string{"/2022.pdf", "2022"}))
	if g := get(t, w, "https://a.example/list"); g.header.Get("Link") != `</list?page=2>; rel="next"` || !strings.Contains(g.body, `<a rel="next" href="/list?page=2">`) {
		t.Errorf("page 1: %+v", g)
	}
	if g := get(t, w, "https://a.example/list?page=3"); g.header.Get("Link") != "" || !strings.Contains(g.body, "Iceland") || strings.Contains(g.body, "next") {
		t.Errorf("page 3: %+v", g)
	}
	if g := get(t, w, "https://a.example/day"); !strings.Contains(g.body, `<a href="/day/albania">albania</a></li>`+"\n"+`<li><a href="/day/norway">`) {
		t.Errorf("countries: %s", g.body)
	}
	if g := get(t, w, "https://a.example/day/norway"); !strings.Contains(g.body, "<p>N</p>") {
		t.Errorf("a country: %s", g.body)
	}
	if g := get(t, w, "https://a.example/docs"); strings.Count(g.body, ".pdf") != 2 {
		t.Errorf("links: %s", g.body)
	}
}

func TestLog(t *testing.T) {
	w := publishers.Start(t)
	clock := publishers.NewClock(time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC))
	w.SetNow(clock.Now)
	pass := func(d time.Duration) {
		if err := clock.Sleep(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	w.Host("a.example").Handle("/", publishers.Gzip(good())).Handle("/post", publishers.Post(good())).Handle("/cut", publishers.CutOff(good()))
	w.Host("b.example").Page("/", "x")
	if w.RobotsFirst("a.example") || w.MinGap("a.example") != math.MaxInt64 || w.MaxPerSecond("a.example") != 0 || w.Concurrent("a.example") != 0 {
		t.Error("nothing was asked yet")
	}
	get(t, w, "https://a.example/robots.txt", "User-Agent", "me")
	pass(1200 * time.Millisecond)
	first := get(t, w, "https://a.example/?x=1", "Accept-Encoding", "gzip")
	pass(700 * time.Millisecond)
	get(t, w, "https://a.example/", "If-None-Match", first.header.Get("ETag"))
	pass(300 * time.Millisecond)
	ask(t, w.Client(), "POST", "https://a.example/post", `{"a":1}`, "Content-Type", "application/json")
	pass(24 * time.Hour)
	get(t, w, "https://a.example/cut")
	get(t, w, "http://b.example/")
	all := w.Requests("a.example")
	if len(all) != 5 || len(w.Requests("")) != 6 || len(w.Requests("b.example")) != 1 {
		t.Fatalf("%d requests to a, %d in all", len(all), len(w.Requests("")))
	}
	if q := all[1]; q.Path != "/?x=1" || q.Status != 200 || q.Bytes != int64(len(first.body)) || q.Proto != "HTTP/2.0" || !q.TLS || !q.Done || q.Host != "a.example" {
		t.Errorf("%+v", q)
	}
	if q := all[0]; q.Header.Get("User-Agent") != "me" || q.Bytes != 24 {
		t.Errorf("%+v", q)
	}
	if q := all[2]; q.Status != 304 || q.Bytes != 0 {
		t.Errorf("%+v", q)
	}
	if q := all[3]; q.Method != "POST" || q.Body != `{"a":1}` {
		t.Errorf("%+v", q)
	}
	if q := all[4]; q.Bytes != 3900 {
		t.Errorf("a body that is cut off: %+v", q)
	}
	if w.MinGap("a.example") != 300*time.Millisecond || w.MaxPerSecond("a.example") != 2 || !w.RobotsFirst("a.example") || w.RobotsFirst("b.example") || w.Concurrent("a.example") != 1 {
		t.Errorf("gap %s, %d in a second, robots first %v, at once %d", w.MinGap("a.example"), w.MaxPerSecond("a.example"), w.RobotsFirst("a.example"), w.Concurrent("a.example"))
	}
	start := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	if n := w.BodyBytes("a.example", start, start.AddDate(0, 0, 1)); n != 24+int64(len(first.body))+7800 {
		t.Errorf("%d bytes on the first day", n)
	}
	if n := w.BodyBytes("a.example", start.AddDate(0, 0, 1), start.AddDate(0, 0, 2)); n != 3900 {
		t.Errorf("%d bytes on the second day", n)
	}
	w.Forget()
	if len(w.Requests("")) != 0 {
		t.Error("the log was not forgotten")
	}
}

// One after the other is never at once, however fast; at once is.
func TestConcurrent(t *testing.T) {
	w := publishers.Start(t)
	w.Host("a.example").Handle("/", publishers.Slow(good(), 2, 40*time.Millisecond)).Handle("/big", publishers.Fresh("text/plain", make([]byte, 300_000)))
	c := w.Client()
	for range 200 {
		if g := ask(t, c, "GET", "https://a.example/big", ""); g.err != nil || len(g.body) != 300_000 {
			t.Fatal(g.err)
		}
	}
	if n := w.Concurrent("a.example"); n != 1 {
		t.Errorf("%d at once", n)
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() { ask(t, c, "GET", "https://a.example/", "") })
	}
	all.Wait()
	if n := w.Concurrent("a.example"); n < 2 || n > 3 {
		t.Errorf("%d at once, want 2 or 3", n)
	}
}

// A world leaves no goroutine behind, whatever was under way.
func TestEndsCleanly(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("world", func(t *testing.T) {
		w := publishers.Start(t)
		w.Host("a.example").Handle("/hang", publishers.Hang()).Handle("/endless", publishers.Endless()).Handle("/half", publishers.HangMidway(good()))
		w.Host("b.example").Speak(publishers.HTTP1).Handle("/hang", publishers.Hang()).Handle("/endless", publishers.Endless())
		var started sync.WaitGroup
		for _, url := range []string{"https://a.example/hang", "https://a.example/endless", "https://a.example/half", "https://b.example/hang", "https://b.example/endless", "http://a.example/hang"} {
			started.Add(1)
			go func() {
				r, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
				c := w.Client()
				started.Done()
				if res, err := c.Do(r); err == nil {
					_, _ = io.Copy(io.Discard, res.Body)
					_ = res.Body.Close()
				}
			}()
		}
		started.Wait()
		for len(w.Requests("")) < 6 {
			time.Sleep(5 * time.Millisecond)
		}
	})
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	stacks := make([]byte, 1<<16)
	t.Errorf("%d goroutines before, %d after\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
}
