package fetch_test

import (
	"maps"
	"net/http"
	"testing"

	"baseline/pipeline/fetch"
)

// What a host sees is counted: robots.txt, redirects, further tries and the next candidate,
// not only the answer that counted in the end.
func TestEveryExchangeIsTold(t *testing.T) {
	w := play(t)
	w.on("b.example/page", func(out http.ResponseWriter, r *http.Request) { http.Redirect(out, r, "/here", http.StatusFound) })
	w.on("b.example/here", func(out http.ResponseWriter, _ *http.Request) { _, _ = out.Write([]byte(good)) })
	w.on("a.example/page", func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(http.StatusBadGateway) })
	seen := map[string]int{}
	c := w.client(func(cfg *fetch.Config) {
		cfg.Exchanged = func(host, outcome string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			seen[host+" "+outcome]++
		}
	})
	w.ask(c, one("http://a.example/page", "http://b.example/page"))
	want := map[string]int{"a.example 404": 1, "a.example 502": 3, "b.example 404": 1, "b.example 302": 1, "b.example 200": 1}
	if !maps.Equal(seen, want) {
		t.Errorf("told of %v, want %v", seen, want)
	}
}
