package fetch_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/fetch"
	"baseline/pipeline/workspace"
	"baseline/sources/source"
)

// A key that a service repeats, or that an answer leads to, is in no record and no body.
func TestKeysInAnswersAreNotStored(t *testing.T) {
	const key = "made-up-4711"
	for name, answer := range map[string]http.HandlerFunc{
		"repeated": func(out http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(out, `{"message":"token %s has expired"}`, r.Header.Get("token"))
		},
		"in the page that it leads to": func(out http.ResponseWriter, r *http.Request) {
			http.Redirect(out, r, "http://a.example/key?k="+key, http.StatusFound)
		},
	} {
		w := play(t)
		w.on("a.example/key", page(strings.Replace(good, "Albania", "key="+key+" Albania", 1), ""))
		w.on("a.example/robots.txt", bare(404))
		w.on("b.example", behind(bare(404), answer))
		about := source.About{ID: "test", Hosts: []string{"a.example"}, Requests: []source.Address{
			{ID: "key", Media: "html", Private: true, Addresses: []string{"http://a.example/key"}},
			{ID: "data", Media: "json", After: "key", Needs: true, Addresses: []string{"http://b.example/data"}},
		}}
		s := asking{about: about, asks: func(p source.Plan) []source.Request {
			asks := about.Ask()
			if _, ok := p.Answer("key"); ok {
				asks[1].Secret = map[string]string{"token": key}
			}
			return asks
		}}
		w.ask(w.client(nil), s)
		records := w.records("test")
		if len(records) < 2 {
			t.Errorf("%s: %d records", name, len(records))
		}
		for _, r := range records {
			body, _ := w.store.Body(r.SHA256)
			if text := fmt.Sprintf("%+v", r) + string(body); strings.Contains(text, key) {
				t.Errorf("%s: the key is in the archive: %s", name, text)
			}
		}
	}
}

// A host that asked to wait a day is left alone by every source and every later run, also if it
// said so for its robots.txt; what a clock that was wrong has noted holds nobody off.
func TestAHostThatAskedToWaitIsKnownToAll(t *testing.T) {
	for name, at := range map[string]string{"a page": "a.example/x", "robots.txt": "a.example/robots.txt"} {
		w := play(t)
		w.on("a.example", page(good, ""))
		w.on(at, func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Retry-After", "86400")
			out.WriteHeader(http.StatusServiceUnavailable)
		})
		memory := workspace.Open(t.TempDir())
		w.ask(w.client(func(c *fetch.Config) { c.Memory = memory }), one("http://a.example/x"))
		w.on(at, page(good, ""))
		w.clock = w.clock.Add(time.Hour)
		other := one("http://a.example/y")
		other.about.ID = "other"
		if a := w.ask(w.client(func(c *fetch.Config) { c.Memory = memory }), other)[0]; a.Fault != "asked-to-wait" {
			t.Errorf("%s: an hour later: %+v", name, a)
		}
		w.clock = w.clock.Add(24 * time.Hour)
		if a := w.ask(w.client(func(c *fetch.Config) { c.Memory = memory }), other)[0]; a.Fault == "asked-to-wait" {
			t.Errorf("%s: a day later: %+v", name, a)
		}
	}
}
