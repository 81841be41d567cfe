// Package publishers plays the publishers on loopback, for tests: any number of hosts with
// certificates of their own behind one listener, each with the quirks that a test gives
// it, and a log of whatever was asked. Only tests import it.
package publishers

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// World is all hosts there are. Its methods may be called from several goroutines.
type World struct {
	// Roots holds the one authority that signed the hosts' certificates.
	Roots *x509.CertPool

	t             testing.TB
	authority     authority
	secure, plain net.Listener
	ctx           context.Context // ends when the world does

	mu     sync.Mutex
	now    func() time.Time
	hosts  map[string]*Host
	log    []*Request
	open   map[string][]*under // requests under way, by host
	most   map[string]int      // the greatest number of them at once
	strays []string
	conns  int
	idle   *sync.Cond
}

// Start starts a world without hosts. It ends with the test, and leaves nothing behind.
func Start(t testing.TB) *World {
	t.Helper()
	w := &World{t: t, now: time.Now, hosts: map[string]*Host{}, open: map[string][]*under{}, most: map[string]int{}}
	w.idle = sync.NewCond(&w.mu)
	var err error
	if w.authority, err = newAuthority(); err != nil {
		t.Fatal(err)
	}
	w.Roots = x509.NewCertPool()
	w.Roots.AddCert(w.authority.cert)
	for _, l := range []*net.Listener{&w.secure, &w.plain} {
		if *l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.ctx = ctx
	var served sync.WaitGroup
	server := func() *http.Server {
		return &http.Server{
			Handler: w, ErrorLog: log.New(io.Discard, "", 0), ConnState: w.connection, ReadHeaderTimeout: time.Minute,
			BaseContext: func(net.Listener) context.Context { return ctx },
		}
	}
	secure, plain := server(), server()
	secure.TLSConfig = &tls.Config{GetConfigForClient: w.greet, NextProtos: []string{"h2", "http/1.1"}}
	served.Go(func() { _ = secure.ServeTLS(w.secure, "", "") })
	served.Go(func() { _ = plain.Serve(w.plain) })
	t.Cleanup(func() {
		cancel()
		_, _ = secure.Close(), plain.Close()
		served.Wait()
		w.mu.Lock()
		defer w.mu.Unlock()
		for w.conns > 0 {
			w.idle.Wait()
		}
	})
	return w
}

// connection counts connections, so that the end of the world can wait for them.
func (w *World) connection(_ net.Conn, state http.ConnState) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch state {
	case http.StateNew:
		w.conns++
	case http.StateClosed, http.StateHijacked:
		w.conns--
	}
	w.idle.Broadcast()
}

// SetNow gives the world another clock. Without it, it has the machine's.
func (w *World) SetNow(now func() time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = now
}

// Now is the time by the world's clock.
func (w *World) Now() time.Time {
	w.mu.Lock()
	now := w.now
	w.mu.Unlock()
	return now()
}

// Host returns the host of that name, and makes it if there is none: it then has a valid
// certificate, a robots.txt that allows everything, and nothing else.
func (w *World) Host(name string) *Host {
	name = strings.ToLower(name)
	w.mu.Lock()
	defer w.mu.Unlock()
	h := w.hosts[name]
	if h == nil {
		h = &Host{Name: name, world: w, paths: map[string]http.Handler{}}
		h.Robots("User-agent: *\nDisallow:\n")
		w.hosts[name] = h
	}
	return h
}

// Hosts are the names of all hosts, sorted.
func (w *World) Hosts() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var names []string
	for name := range w.hosts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Dial connects to a host of the world, as a client's dial function: port 80 speaks HTTP,
// every other TLS. A name that is none of its hosts does not exist, and an address in
// numbers cannot be reached; both are kept in Strays.
func (w *World) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	name, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	known := w.hosts[strings.ToLower(name)] != nil
	if !known {
		w.strays = append(w.strays, address)
	}
	w.mu.Unlock()
	switch {
	case !known && net.ParseIP(name) != nil:
		return nil, &net.OpError{Op: "dial", Net: network, Err: fmt.Errorf("%s is not in this world", address)}
	case !known:
		return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}}
	}
	to := w.secure.Addr()
	if port == "80" {
		to = w.plain.Addr()
	}
	var d net.Dialer
	return d.DialContext(ctx, to.Network(), to.String())
}

// Strays are the addresses outside the world that were dialled.
func (w *World) Strays() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.strays)
}

// Client is a plain client that sees this world and nothing else. It follows no redirects,
// decompresses nothing, and ends with the test.
func (w *World) Client() *http.Client {
	tr := &http.Transport{
		DialContext: w.Dial, TLSClientConfig: &tls.Config{RootCAs: w.Roots, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true, DisableCompression: true,
	}
	w.t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// ServeHTTP answers for all hosts and writes the log.
func (w *World) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	name := strings.ToLower(r.Host)
	if bare, _, err := net.SplitHostPort(name); err == nil {
		name = bare
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	q := &Request{Host: name, Method: r.Method, Path: r.URL.RequestURI(), Proto: r.Proto, TLS: r.TLS != nil, Header: r.Header.Clone(), Body: string(body)}
	under := w.begin(q, r.Context().Done())
	out := &counted{ResponseWriter: rw}
	ended := false
	end := func(whole bool) {
		if !ended {
			ended = true
			w.end(q, under, out, whole)
		}
	}
	defer end(false)
	w.mu.Lock()
	h := w.hosts[name]
	w.mu.Unlock()
	if h == nil {
		out.WriteHeader(http.StatusMisdirectedRequest)
	} else {
		h.route(r).ServeHTTP(out, r)
	}
	// The log is written before the client can know that the answer is whole: else its next
	// request could seem to overlap this one.
	end(true)
	out.release()
}

// counted counts what is sent, and holds the last byte of a body back until it is released.
type counted struct {
	http.ResponseWriter
	status int
	sent   int64
	held   []byte
}

func (c *counted) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *counted) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(slices.Concat(c.held, p[:len(p)-1]))
	c.sent += int64(n)
	c.held = []byte{p[len(p)-1]}
	if err != nil {
		c.held = nil
		return 0, err
	}
	return len(p), nil
}

func (c *counted) Flush() { _ = http.NewResponseController(c.ResponseWriter).Flush() }

func (c *counted) release() {
	if len(c.held) > 0 {
		_, _ = c.ResponseWriter.Write(c.held)
	}
}
