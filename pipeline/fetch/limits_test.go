package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"baseline/pipeline/archive"
	"baseline/pipeline/fetch"
	"baseline/sources/source"
)

func plain(status int, body string) http.HandlerFunc {
	return func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(out, r)
			return
		}
		out.WriteHeader(status)
		fmt.Fprint(out, body)
	}
}

// times serves handlers in turn, the last one for ever.
func times(list ...http.HandlerFunc) http.HandlerFunc {
	n := 0
	return func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(out, r)
			return
		}
		h := list[min(n, len(list)-1)]
		n++
		h(out, r)
	}
}

func header(status int, name, value string) http.HandlerFunc {
	return func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set(name, value)
		out.WriteHeader(status)
		fmt.Fprint(out, "busy")
	}
}

func pages(log []string) (n int) {
	for _, l := range log {
		if !strings.HasSuffix(l, "/robots.txt") {
			n++
		}
	}
	return n
}

func TestAgainOnlyWhatIsWorthIt(t *testing.T) {
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		asked   int
		outcome string
		fault   string
	}{
		"busy, then well":   {times(plain(503, "busy"), plain(200, good)), 2, fetch.OutcomeNew, ""},
		"too many, for now": {times(header(429, "Retry-After", "30"), plain(200, good)), 2, fetch.OutcomeNew, ""},
		"always busy":       {times(plain(502, "busy")), 3, fetch.OutcomeFailed, "server-error"},
		"broken":            {times(plain(500, "broken")), 1, fetch.OutcomeFailed, "server-error"},
		"gone":              {times(plain(404, "nothing")), 1, fetch.OutcomeFailed, "not-found"},
		"wait an hour":      {times(header(503, "Retry-After", "3600")), 1, fetch.OutcomeFailed, "asked-to-wait"},
	} {
		w := play(t)
		w.on("a.example", c.handler)
		cl := w.client(nil)
		got := w.ask(cl, one("http://a.example/x"))
		if pages(w.log) != c.asked || got[0].Outcome != c.outcome || got[0].Fault != c.fault || got[0].Tries != c.asked {
			t.Errorf("%s: asked %d times, %+v; want %d, %s, %s", name, pages(w.log), got[0], c.asked, c.outcome, c.fault)
		}
		if name == "too many, for now" && !contains(w.slept, 30*time.Second) {
			t.Errorf("%s: slept %v, want 30 s", name, w.slept)
		}
		if name == "wait an hour" {
			w.ask(cl, one("http://a.example/y"))
			if pages(w.log) != 1 {
				t.Errorf("%s: asked again within the hour: %q", name, w.log)
			}
			w.clock = w.clock.Add(61 * time.Minute)
			w.ask(cl, one("http://a.example/y"))
			if pages(w.log) != 2 {
				t.Errorf("%s: not asked after the hour: %q", name, w.log)
			}
		}
	}
}

func contains(list []time.Duration, d time.Duration) bool {
	for _, x := range list {
		if x == d {
			return true
		}
	}
	return false
}

func TestRetryAfterAsADate(t *testing.T) {
	w := play(t)
	w.on("a.example", times(func(out http.ResponseWriter, r *http.Request) {
		header(503, "Retry-After", w.clock.Add(90*time.Second).Format(http.TimeFormat))(out, r)
	}, plain(200, good)))
	got := w.ask(w.client(nil), one("http://a.example/x"))
	if got[0].Outcome != fetch.OutcomeNew || !contains(w.slept, 90*time.Second) {
		t.Errorf("%+v, slept %v", got[0], w.slept)
	}
}

func TestOneAtATimeOverAllSources(t *testing.T) {
	w := play(t)
	var now, most atomic.Int32
	w.on("a.example", func(out http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		most.Store(max(most.Load(), n))
		time.Sleep(time.Millisecond)
		page(good, "")(out, r)
	})
	c := w.client(nil)
	done := make(chan error, 8)
	for i := range 8 {
		s := one("http://a.example/" + strconv.Itoa(i))
		s.about.ID = "s" + strconv.Itoa(i)
		go func() {
			_, err := c.Source(context.Background(), w.store, s, nil)
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if most.Load() != 1 || pages(w.log) != 8 || len(w.log) != 9 {
		t.Errorf("%d at once, %d pages, asked %q", most.Load(), pages(w.log), w.log)
	}
	for i := 1; i < len(w.at); i++ {
		if gap := w.at[i].Sub(w.at[i-1]); gap < time.Second {
			t.Errorf("request %d came %s after the one before", i, gap)
		}
	}
}

func redirect(to string, status int) http.HandlerFunc {
	return func(out http.ResponseWriter, r *http.Request) { http.Redirect(out, r, to, status) }
}

func TestRedirectsStayOnTheList(t *testing.T) {
	w := play(t)
	for path, h := range map[string]http.HandlerFunc{
		"/near":     redirect("http://www.a.example/good", 301),
		"/listed":   redirect("http://b.example/good", 302),
		"/foreign":  redirect("http://evil.example/good", 302),
		"/inside":   redirect("http://127.0.0.1/good", 302),
		"/metadata": redirect("http://169.254.169.254/latest", 302),
		"/loop":     redirect("/loop", 302),
		"/file":     redirect("file:///etc/passwd", 302),
		"/nowhere":  func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(302) },
	} {
		w.on("a.example"+path, h)
	}
	for _, host := range []string{"www.a.example", "b.example", "evil.example", "127.0.0.1"} {
		w.on(host, page(good, ""))
	}
	ask := func(path string) fetch.Answer {
		s := one("http://a.example" + path)
		s.about.Hosts = []string{"b.example"}
		return w.ask(w.client(nil), s)[0]
	}
	for _, path := range []string{"/near", "/listed"} {
		if a := ask(path); a.Outcome != fetch.OutcomeNew && a.Outcome != fetch.OutcomeSame {
			t.Errorf("%s: %+v", path, a)
		}
	}
	recs := w.records("test")
	if last := recs[len(recs)-1]; last.FinalURL != "http://b.example/good" && last.FinalURL != "http://www.a.example/good" || !strings.HasPrefix(last.Request.URL, "http://a.example/") {
		t.Errorf("record %+v", last)
	}
	for path, fault := range map[string]string{
		"/foreign": "redirected-elsewhere", "/inside": "redirected-elsewhere", "/metadata": "redirected-elsewhere",
		"/loop": "redirected-too-often", "/file": "redirected-elsewhere",
	} {
		if a := ask(path); a.Fault != fault {
			t.Errorf("%s: %+v, want %s", path, a, fault)
		}
	}
	if a := ask("/nowhere"); a.Outcome != fetch.OutcomeFailed || a.Fault == "" {
		t.Errorf("a redirect without an address: %+v", a)
	}
	for _, l := range w.log {
		if strings.Contains(l, "evil.example") || strings.Contains(l, "127.0.0.1") || strings.Contains(l, "169.254") {
			t.Errorf("asked %s", l)
		}
	}
}

func TestNeverInsideAPrivateNetwork(t *testing.T) {
	w := play(t)
	c := w.client(func(cfg *fetch.Config) { cfg.AllowLoopback, cfg.Dial = false, nil })
	port := w.server.Listener.Addr().(*net.TCPAddr).Port
	w.on("localhost:"+strconv.Itoa(port), page(good, ""))
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "100.64.0.1", "[fd00::1]", "0.0.0.0", "[::ffff:127.0.0.1]"} {
		a := w.ask(c, one(fmt.Sprintf("http://%s:%d/x", host, port)))[0]
		if a.Outcome != fetch.OutcomeFailed || !strings.Contains(a.Text, "inside a private network") {
			t.Errorf("%s: %+v", host, a)
		}
	}
	if len(w.log) != 0 {
		t.Errorf("asked %q", w.log)
	}
}

func packed(body string, how string) []byte {
	var b bytes.Buffer
	var z io.WriteCloser = gzip.NewWriter(&b)
	if how == "br" {
		z = brotli.NewWriter(&b)
	}
	_, _ = io.WriteString(z, body)
	_ = z.Close()
	return b.Bytes()
}

func encoded(body []byte, how string) http.HandlerFunc {
	return func(out http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), how) {
			out.WriteHeader(http.StatusNotAcceptable)
			return
		}
		out.Header().Set("Content-Encoding", how)
		_, _ = out.Write(body)
	}
}

func TestCompressionAndLimits(t *testing.T) {
	w := play(t)
	long := strings.ReplaceAll(good, "</p>", strings.Repeat(" and others", 5000)+"</p>")
	w.on("a.example/gzip", encoded(packed(long, "gzip"), "gzip"))
	w.on("a.example/br", encoded(packed(long, "br"), "br"))
	w.on("a.example/bomb", encoded(packed(strings.Repeat("0", 3<<20), "gzip"), "gzip"))
	w.on("a.example/cut", encoded(packed(long, "gzip")[:100], "gzip"))
	w.on("a.example/odd", func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Encoding", "zstd")
		fmt.Fprint(out, "x")
	})
	w.on("a.example/endless", func(out http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := out.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	})
	w.on("a.example/exact", func(out http.ResponseWriter, _ *http.Request) {
		_, _ = out.Write([]byte(good + strings.Repeat(" ", 1<<20-len(good))))
	})
	w.on("a.example/short", func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Length", "5000")
		fmt.Fprint(out, good)
	})
	c := w.client(func(cfg *fetch.Config) { cfg.MaxBytes, cfg.MaxDecoded = 1<<20, 2<<20 })
	for _, path := range []string{"/gzip", "/br"} {
		a := w.ask(c, one("http://a.example"+path))[0]
		newest, err := w.store.Newest("test")
		if err != nil {
			t.Fatal(err)
		}
		body, err := w.store.Body(newest["page"].SHA256)
		if a.Fault != "" || err != nil || string(body) != long || a.Bytes > 2000 {
			t.Errorf("%s: %+v, %d bytes archived, %v", path, a, len(body), err)
		}
	}
	if a := w.ask(c, one("http://a.example/exact"))[0]; a.Fault != "" || a.Bytes != 1<<20 {
		t.Errorf("as large as is allowed: %+v", a)
	}
	for path, fault := range map[string]string{"/bomb": "too-large", "/endless": "too-large", "/cut": "cut-off", "/odd": "wrong-encoding", "/short": "cut-off"} {
		if a := w.ask(c, one("http://a.example"+path))[0]; a.Fault != fault || a.Bytes > 3<<20 || fault != "cut-off" && a.Tries != 1 {
			t.Errorf("%s: %+v, want %s", path, a, fault)
		}
		// What could not be taken whole is there as evidence, as it came.
		recs := w.records("test")
		rec := recs[len(recs)-1]
		if body, err := w.store.Body(rec.SHA256); err != nil || len(body) == 0 || rec.Answers() || !strings.Contains(rec.OriginNote, "as they came") {
			t.Errorf("%s: record %+v, %v", path, rec, err)
		}
	}
}

// A stream of brotli that ends too early is whole for a reader that does not look for its
// last block, however the connection ended.
func TestCutStreamsAreNoAnswers(t *testing.T) {
	var long strings.Builder
	long.WriteString(strings.TrimSuffix(good, "</body></html>"))
	for i := range 3000 {
		fmt.Fprintf(&long, "<p>Member %d of %x</p>", i, i*i*2654435761)
	}
	for _, how := range []string{"br", "gzip"} {
		whole := packed(long.String(), how)
		for _, share := range []float64{0.1, 0.5, 0.9, 0.9999} {
			part := whole[:int(share*float64(len(whole)))]
			for name, h := range map[string]http.HandlerFunc{
				"all that was announced": encoded(part, how),
				"less than was announced": func(out http.ResponseWriter, r *http.Request) {
					out.Header().Set("Content-Length", strconv.Itoa(len(whole)))
					encoded(part, how)(out, r)
				},
				"broken off": func(out http.ResponseWriter, r *http.Request) {
					encoded(part, how)(out, r)
					out.(http.Flusher).Flush()
					panic(http.ErrAbortHandler)
				},
			} {
				w := play(t)
				w.on("a.example/x", h)
				if a := w.ask(w.client(nil), one("http://a.example/x"))[0]; a.Fault != "cut-off" || a.Outcome != fetch.OutcomeFailed {
					t.Errorf("%s, %d of %d bytes, %s: %+v", how, len(part), len(whole), name, a)
				}
			}
		}
	}
}

func TestTooSlow(t *testing.T) {
	w := play(t)
	w.on("a.example/x", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	w.on("a.example/drip", func(out http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			fmt.Fprint(out, "<p>")
			out.(http.Flusher).Flush()
			time.Sleep(5 * time.Millisecond)
		}
	})
	c := w.client(func(cfg *fetch.Config) { cfg.Timeout = 40 * time.Millisecond })
	for _, path := range []string{"/x", "/drip"} {
		if a := w.ask(c, one("http://a.example"+path))[0]; a.Fault != "too-slow" || a.Tries != 3 {
			t.Errorf("%s: %+v", path, a)
		}
	}
}

func TestStoppingLeavesNothingHalf(t *testing.T) {
	w := play(t)
	ctx, stop := context.WithCancel(context.Background())
	w.on("a.example/x", func(_ http.ResponseWriter, r *http.Request) { stop(); <-r.Context().Done() })
	_, err := w.client(nil).Source(ctx, w.store, one("http://a.example/x"), nil)
	if !errors.Is(err, context.Canceled) || len(w.records("test")) != 0 {
		t.Errorf("%v, records %+v", err, w.records("test"))
	}
}

// keyed plays a service that wants the key of a page.
func keyed(w *world, key *string) asking {
	w.on("a.example/key", func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Set-Cookie", "session=cookie-secret")
		fmt.Fprint(out, strings.Replace(good, "Albania", "key="+*key+" Albania", 1))
	})
	w.on("b.example/data", func(out http.ResponseWriter, r *http.Request) {
		if r.Header.Get("token") != *key {
			http.Error(out, "no", http.StatusUnauthorized)
			return
		}
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(out, `{"method":%q,"body":%q}`, r.Method, body)
	})
	about := source.About{ID: "test", Requests: []source.Address{
		{ID: "key", Media: "html", Private: true, Addresses: []string{"http://a.example/key"}},
		{ID: "data", Media: "json", After: "key", Needs: true, Method: "POST", Body: "{}", Addresses: []string{"http://b.example/data"}},
	}}
	return asking{
		about: about,
		asks: func(p source.Plan) []source.Request {
			asks := about.Ask()
			if page, ok := p.Answer("key"); ok {
				_, rest, _ := strings.Cut(string(page.Body), "key=")
				found, _, _ := strings.Cut(rest, " ")
				asks[1].Secret = map[string]string{"token": found}
			}
			return asks
		},
		parse: func(c source.Capture) error {
			if c.Request == "key" && !strings.Contains(string(c.Body), "key=") {
				return errors.New("the page has no key")
			}
			return nil
		},
	}
}

func TestKeysAreUsedAndLeaveNoTrace(t *testing.T) {
	w := play(t)
	key := "secret-1"
	s := keyed(w, &key)
	got := w.ask(w.client(nil), s)
	if len(got) != 2 || got[0].Outcome != fetch.OutcomeNew || got[1].Outcome != fetch.OutcomeNew {
		t.Fatalf("%+v", got)
	}
	newest, err := w.store.Newest("test")
	if err != nil {
		t.Fatal(err)
	}
	if body, err := w.store.Body(newest["data"].SHA256); err != nil || string(body) != `{"method":"POST","body":"{}"}` {
		t.Errorf("%s, %v", body, err)
	}
	if _, ok := newest["key"]; ok {
		t.Error("the page with the key is in the archive")
	}
	text := fmt.Sprintf("%+v %+v", got, w.records("test"))
	if strings.Contains(text, "secret") {
		t.Errorf("a secret is told: %s", text)
	}
}

func TestAKeyIsRenewedOnce(t *testing.T) {
	w := play(t)
	key := "secret-1"
	s := keyed(w, &key)
	service := w.hosts["b.example/data"]
	refused := 0
	w.on("b.example/data", func(out http.ResponseWriter, r *http.Request) {
		if refused++; refused == 1 {
			key = "secret-2" // the publisher changes it at this moment
		}
		service(out, r)
	})
	got := w.ask(w.client(nil), s)
	if got[1].Outcome != fetch.OutcomeNew || refused != 2 {
		t.Errorf("%+v, asked %d times", got, refused)
	}
	w.on("b.example/data", func(out http.ResponseWriter, _ *http.Request) { refused++; out.WriteHeader(403) })
	refused = 0
	if got := w.ask(w.client(nil), s); got[1].Outcome != fetch.OutcomeFailed || refused != 2 {
		t.Errorf("%+v, asked %d times, want twice", got, refused)
	}
}

func TestWithoutTheKeyNothingIsAsked(t *testing.T) {
	w := play(t)
	key := "x"
	s := keyed(w, &key)
	w.on("a.example/key", page(good, ""))
	got := w.ask(w.client(nil), s)
	if got[0].Fault != "unreadable" || !strings.Contains(got[0].Text, "no key") || got[1].Outcome != fetch.OutcomeNotAsked {
		t.Errorf("%+v", got)
	}
	if recs := w.records("test"); len(recs) != 1 || recs[0].SHA256 != "" || recs[0].Fault == "" {
		t.Errorf("%+v", recs)
	}
}

func TestPagesLeadToPages(t *testing.T) {
	w := play(t)
	for i := 1; i <= 3; i++ {
		w.on(fmt.Sprintf("a.example/p%d", i), page(strings.Replace(good, "Albania", fmt.Sprintf("next=p%d Albania", i+1), 1), fmt.Sprintf(`"%d"`, i)))
	}
	w.on("a.example/p4", page(good, ""))
	about := source.About{ID: "test", Requests: []source.Address{{ID: "p1", Media: "html", Leads: true, Addresses: []string{"http://a.example/p1"}}}}
	s := asking{about: about, asks: func(p source.Plan) []source.Request {
		asks := about.Ask()
		for i := 1; ; i++ {
			c, ok := p.Answer(fmt.Sprintf("p%d", i))
			if !ok {
				return asks
			}
			if _, rest, ok := strings.Cut(string(c.Body), "next="); ok {
				id, _, _ := strings.Cut(rest, " ")
				asks = append(asks, source.Request{ID: id, Media: "html", Leads: true, Addresses: []string{"http://a.example/" + id}})
			}
		}
	}}
	c := w.client(nil)
	if got := w.ask(c, s); len(got) != 4 || got[3].Request != "p4" {
		t.Fatalf("%+v", got)
	}
	// Nothing has changed: the archived pages still lead on.
	got := w.ask(c, s)
	if len(got) != 4 || got[0].Outcome != fetch.OutcomeNotModified || got[3].Outcome != fetch.OutcomeSame {
		t.Errorf("%+v", got)
	}
	asks, err := c.Plan(w.store, s)
	if err != nil || len(asks) < 2 || !asks[0].Conditional {
		t.Errorf("plan %+v, %v", asks, err)
	}
	// The first page fails: what it led to is asked all the same.
	w.on("a.example/p1", plain(500, "broken"))
	if got := w.ask(c, s); len(got) != 4 || got[0].Outcome != fetch.OutcomeFailed || got[1].Outcome != fetch.OutcomeNotModified {
		t.Errorf("%+v", got)
	}
}

func TestWhoAsks(t *testing.T) {
	for _, contact := range []string{"", "  ", "a@b.c\r\nX: y"} {
		if _, err := fetch.New(fetch.Config{Contact: contact}); err == nil {
			t.Errorf("contact %q passed", contact)
		}
	}
	w := play(t)
	var agent string
	w.on("a.example/x", func(out http.ResponseWriter, r *http.Request) { agent = r.UserAgent(); fmt.Fprint(out, good) })
	w.ask(w.client(nil), one("http://a.example/x"))
	if agent != "baseline/test (+team@example.org)" {
		t.Errorf("agent %q", agent)
	}
}

func TestThroughAProxy(t *testing.T) {
	if os.Getenv("BASELINE_TEST_PROXY") == "" {
		// The environment is read once in a process, so the proxy needs one of its own.
		proxy := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if r.URL.Host != "a.example" {
				http.Error(out, "not through me", http.StatusBadGateway)
				return
			}
			page(good, "")(out, r)
		}))
		defer proxy.Close()
		cmd := exec.Command(os.Args[0], "-test.run=^TestThroughAProxy$")
		cmd.Env = append(os.Environ(), "BASELINE_TEST_PROXY=1", "HTTP_PROXY="+proxy.URL, "NO_PROXY=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	w := play(t)
	c := w.client(func(cfg *fetch.Config) { cfg.AllowLoopback, cfg.Dial = false, nil })
	if a := w.ask(c, one("http://a.example/x"))[0]; a.Outcome != fetch.OutcomeNew {
		t.Errorf("%+v", a)
	}
}

// The Treaty Office's service was seen with finite-field Diffie-Hellman, which Go does not
// know. A real server of that kind must be told as what it is.
func TestServerThatOffersOnlyFiniteFieldDiffieHellman(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Log("left out: openssl is not installed")
		return
	}
	dir := t.TempDir()
	make := exec.Command(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=a.example", "-addext", "subjectAltName=DNS:a.example")
	make.Dir = dir
	if out, err := make.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	_, port, _ := net.SplitHostPort(address)
	serve := exec.Command(openssl, "s_server", "-accept", port, "-cert", "cert.pem", "-key", "key.pem", "-tls1_2", "-cipher", "DHE-RSA-AES256-GCM-SHA384", "-www", "-quiet")
	serve.Dir = dir
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = serve.Process.Kill(); _ = serve.Wait() })
	for range 200 {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	w := play(t)
	c := w.client(func(cfg *fetch.Config) {
		cfg.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}
	})
	for _, host := range []string{"a.example", "conventions-ws.coe.int"} {
		a := w.ask(c, one("https://"+host+"/x"))[0]
		if !strings.Contains(a.Text, "finite-field Diffie-Hellman") || !strings.Contains(a.Text, "capture add") {
			t.Errorf("%s: %+v", host, a)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "cert.pem")); err != nil {
		t.Error(err)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	w := play(t)
	w.on("a.example", page(good, `"1"`))
	w.on("b.example", plain(503, "busy"))
	c := w.client(nil)
	for range 20 {
		w.ask(c, one("http://b.example/x", "http://a.example/x"))
	}
	c.Close()
	w.server.Close()
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

func TestEveryAnswerIsArchivedAlsoErrorPages(t *testing.T) {
	w := play(t)
	w.on("a.example", times(plain(503, "come back"), plain(200, "<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script></body></html>")))
	got := w.ask(w.client(nil), one("http://a.example/x"))
	if got[0].Fault != "challenge" {
		t.Errorf("%+v", got)
	}
	recs := w.records("test")
	if len(recs) != 2 || recs[0].Status != 503 || recs[1].Fault != "challenge" {
		t.Fatalf("%+v", recs)
	}
	for _, r := range recs {
		if body, err := w.store.Body(r.SHA256); err != nil || len(body) == 0 || r.Answers() || r.Origin != archive.Publisher {
			t.Errorf("%+v: %v", r, err)
		}
	}
}
