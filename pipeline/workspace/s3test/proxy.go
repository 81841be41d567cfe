package s3test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

// Through returns the address of the same workspace behind a proxy. hook sees each request
// before it is passed on; if it returns true it has answered itself. It may wait: the network
// then hangs.
func Through(t testing.TB, at string, hook func(w http.ResponseWriter, r *http.Request) bool) string {
	t.Helper()
	before, server, _ := strings.Cut(at, "endpoint=")
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	// The signature holds the name of the host: it stays.
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = u.Scheme, u.Host, r.In.Host
	}, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !hook(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return before + "endpoint=" + s.URL
}
