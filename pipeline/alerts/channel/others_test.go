package channel_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"baseline/pipeline/alerts/channel"
)

// A webhook is called with the message's JSON, signed, with the message's id as its key; the
// same again at a second try.
func TestWebhook(t *testing.T) {
	var mu sync.Mutex
	var keys []string
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		at, _, _ := strings.Cut(strings.TrimPrefix(r.Header.Get(channel.SignatureHeader), "t="), ",")
		var unix int64
		if err := json.Unmarshal([]byte(at), &unix); err != nil || channel.Sign(password, time.Unix(unix, 0), body) != r.Header.Get(channel.SignatureHeader) {
			t.Errorf("signature %q", r.Header.Get(channel.SignatureHeader))
		}
		if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("User-Agent") != "baseline/1.2" || !bytes.Equal(body, message().JSON) {
			t.Errorf("%s %v %s", r.Method, r.Header, body)
		}
		keys = append(keys, r.Header.Get(channel.KeyHeader))
	}))
	defer s.Close()
	w := open(t, channel.Options{Version: "1.2"}, `kind: webhook, url: "%s/in", secret: "env:CHANNEL_SECRET"`, s.URL)
	for range 2 {
		if f := send(t, w, message()); f != nil {
			t.Fatal(f)
		}
	}
	if len(keys) != 2 || keys[0] != message().ID || keys[1] != keys[0] {
		t.Errorf("keys %q", keys)
	}
	// As openssl dgst -hmac works it out.
	if got, want := channel.Sign("key", time.Unix(1700000000, 0), []byte(`{"a":1}`)), "t=1700000000,v1=a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What an answer says of the message and of the channel. Redirects are not followed.
func TestWhatAWebhookAnswers(t *testing.T) {
	for _, c := range []struct {
		code                    int
		retry                   string
		whole, permanent, maybe bool
		after                   time.Duration
	}{
		{code: 302, whole: true, permanent: true}, {code: 400, permanent: true}, {code: 401, whole: true, permanent: true}, {code: 404, whole: true, permanent: true},
		{code: 408}, {code: 425}, {code: 422, permanent: true}, {code: 429, whole: true}, {code: 429, retry: "90", whole: true, after: 90 * time.Second},
		{code: 500, whole: true, maybe: true}, {code: 503, whole: true}, {code: 503, retry: "99999999", whole: true, after: 24 * time.Hour}, {code: 503, retry: "soon", whole: true},
		{code: 500, retry: "10", whole: true, after: 10 * time.Second},
	} {
		calls := 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			calls++
			w.Header().Set("Location", "/other")
			if c.retry != "" {
				w.Header().Set("Retry-After", c.retry)
			}
			w.WriteHeader(c.code)
		}))
		f := send(t, open(t, channel.Options{}, `kind: webhook, url: "%s/in", secret: "env:CHANNEL_SECRET"`, s.URL), message())
		s.Close()
		if f == nil || f.Whole != c.whole || f.Permanent != c.permanent || f.Maybe != c.maybe || f.After != c.after || calls != 1 {
			t.Errorf("%d %s: %d calls, %+v", c.code, c.retry, calls, f)
		}
	}
}

// An address that is a secret is kept elsewhere, and no fault holds it.
func TestWebhookAddressThatIsASecret(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	t.Setenv("HOOK_URL", s.URL+"/T000/hunter2?sig=hunter2")
	f := send(t, open(t, channel.Options{}, `kind: webhook, url: "env:HOOK_URL", secret: "env:CHANNEL_SECRET"`), message())
	if f == nil || strings.Contains(f.Error(), "hunter2") || !strings.Contains(f.Text, "answers 404") {
		t.Errorf("%+v", f)
	}
	s.Close()
	if f := send(t, open(t, channel.Options{}, `kind: webhook, url: "env:HOOK_URL", secret: "env:CHANNEL_SECRET"`), message()); f == nil || strings.Contains(f.Error(), "hunter2") || !f.Whole || f.Permanent {
		t.Errorf("%+v", f)
	}
	t.Setenv("HOOK_URL", "http://example.org/hunter2")
	if _, err := tryOpen(t, channel.Options{}, `kind: webhook, url: "env:HOOK_URL", secret: "env:CHANNEL_SECRET"`); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
}

// A chat gets all of a long message in pieces, and how to stop in the last. No fault holds the
// address, and a port is no status.
func TestChat(t *testing.T) {
	var got []string
	code := http.StatusOK
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, string(body))
		w.WriteHeader(code)
	}))
	defer s.Close()
	t.Setenv("CHAT", strings.Replace(s.URL, "http://", "generic://", 1)+"/hunter2?disabletls=yes")
	c := open(t, channel.Options{}, `kind: chat, secret: "env:CHAT"`)
	if f := send(t, c, message()); f != nil || len(got) != 1 || !strings.Contains(got[0], "Sweden: party\n\nSweden is a party.") {
		t.Fatalf("%+v %q", f, got)
	}
	got = nil
	m := message()
	m.Text = strings.Repeat("A paragraph of a digest, about a réserve.\nIts second line.\n\n", 150) + "-- \nHow to stop."
	if f := send(t, c, m); f != nil || len(got) < 5 {
		t.Fatalf("%+v, %d pieces", f, len(got))
	}
	for i, piece := range got {
		if n := utf8.RuneCountInString(piece); n > 2000 || !strings.HasPrefix(piece, "(") {
			t.Errorf("piece %d has %d characters: %q", i, n, piece[:20])
		}
	}
	all := strings.Join(got, "")
	if strings.Count(all, "A paragraph") != 150 || strings.Count(all, "second line") != 150 || !strings.HasSuffix(strings.TrimSpace(got[len(got)-1]), "How to stop.") {
		t.Errorf("the last piece: %q", got[len(got)-1])
	}
	for _, c := range []struct {
		code             int
		permanent, maybe bool
	}{{404, true, false}, {500, false, true}, {429, false, false}} {
		code = c.code
		f := send(t, open(t, channel.Options{}, `kind: chat, secret: "env:CHAT"`), message())
		if f == nil || !f.Whole || f.Permanent != c.permanent || f.Maybe != c.maybe || strings.Contains(f.Error(), "hunter2") {
			t.Errorf("%d: %+v", c.code, f)
		}
	}
	for text, want := range map[string]string{
		"Post \"https://chat.example.org:443/x\": connection refused": "", "dial tcp chat.example.org:443: refused": "", "unexpected response status code 404": "404",
		"server returned 503 Service Unavailable": "503", "http status: 401": "401", "HTTP/1.1 429 Too Many": "429",
	} {
		if got := channel.StatusIn(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// A file has each message once, whatever a crash or somebody else has left at its end.
func TestFile(t *testing.T) {
	for name, c := range map[string]struct{ before, keeps string }{
		"new": {}, "cut short": {`{"id":"msg-11111111111111111111111111111111","da`, ""}, "hardly begun": {`{"i`, ""},
		"of somebody else": {"# kept by hand", "# kept by hand\n"}, "whole": {"{\"id\":\"x\"}\n", "{\"id\":\"x\"}\n"},
	} {
		path := filepath.Join(t.TempDir(), "messages.jsonl")
		if err := os.WriteFile(path, []byte(c.before), 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			s := open(t, channel.Options{}, `kind: file, path: "%s"`, path)
			for range 2 {
				if f := send(t, s, message()); f != nil {
					t.Fatal(f)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rest, ok := strings.CutPrefix(string(text), c.keeps)
		if !ok || strings.Count(rest, "\n") != 1 || !json.Valid([]byte(rest)) || !strings.Contains(rest, message().ID) {
			t.Errorf("%s: %q", name, text)
		}
	}
	f := send(t, open(t, channel.Options{}, `kind: file, path: "%s"`, filepath.Join(t.TempDir(), "none", "x")), message())
	if f == nil || !f.Whole {
		t.Errorf("%+v", f)
	}
}

// Standard output gets subject and text, with nothing in the subject that begins a line.
func TestStdout(t *testing.T) {
	var out bytes.Buffer
	m := message()
	m.Subject = "one\nline"
	if f := send(t, open(t, channel.Options{Out: &out}, "kind: stdout"), m); f != nil {
		t.Fatal(f)
	}
	if want := m.ID + "\none line\n\nSweden is a party.\n"; !strings.HasPrefix(out.String(), want) {
		t.Errorf("%q", out.String())
	}
	if err := open(t, channel.Options{Out: broken{}}, "kind: stdout").Send(context.Background(), m); err == nil {
		t.Error("nobody reads, and it counts as sent")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
