package publishers

import (
	"crypto/tls"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Host is one host of the world. Its methods return it, so that they can be chained.
type Host struct {
	Name string

	world *World
	mu    sync.Mutex
	paths map[string]http.Handler
	rest  http.Handler
	cert  Certificate
	made  *tls.Certificate
	speak Handshake
}

// Handle gives a path its answer. A path with a query is that query alone; one without is
// every query that has no answer of its own.
func (h *Host) Handle(path string, answer http.Handler) *Host {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.paths[path] = answer
	return h
}

// HandleFunc is Handle for a function.
func (h *Host) HandleFunc(path string, answer func(http.ResponseWriter, *http.Request)) *Host {
	return h.Handle(path, http.HandlerFunc(answer))
}

// Page gives a path a static page, as Static has it.
func (h *Host) Page(path, body string) *Host { return h.Handle(path, Static(HTML, []byte(body))) }

// Otherwise gives every path an answer that has none of its own. Without it that is status
// 404 without a body.
func (h *Host) Otherwise(answer http.Handler) *Host {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rest = answer
	return h
}

// Robots sets the host's robots.txt.
func (h *Host) Robots(text string) *Host {
	return h.Handle("/robots.txt", Static("text/plain; charset=utf-8", []byte(text)))
}

// RobotsStatus answers a request for robots.txt with a status and nothing else.
func (h *Host) RobotsStatus(status int) *Host { return h.Handle("/robots.txt", Status(status)) }

// Chain makes a path lead, over a number of redirects, to its answer.
func (h *Host) Chain(path string, redirects int, answer http.Handler) *Host {
	from := path
	for i := range redirects {
		to := path + "/" + string(rune('a'+i%26)) + string(rune('a'+i/26%26))
		h.Handle(from, Redirect([]int{301, 302, 303, 307, 308}[i%5], to))
		from = to
	}
	return h.Handle(from, answer)
}

// Loop makes a path lead to itself, over another one.
func (h *Host) Loop(path string) *Host {
	return h.Handle(path, Redirect(302, path+"/on")).Handle(path+"/on", Redirect(302, path))
}

func (h *Host) route(r *http.Request) http.Handler {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, path := range []string{r.URL.RequestURI(), r.URL.EscapedPath(), r.URL.Path} {
		if answer, ok := h.paths[path]; ok {
			return answer
		}
	}
	if h.rest != nil {
		return h.rest
	}
	return Status(http.StatusNotFound)
}

// answers reports whether the host has an answer of its own for a path.
func (h *Host) answers(path string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, ok := h.paths[path]
	return ok
}

// Certificate is what is wrong with a host's certificate.
type Certificate int

// Certificates.
const (
	Good       Certificate = iota
	OtherName              // it is for another host
	Expired                // it ended yesterday
	NotYet                 // it begins next month
	SelfSigned             // nobody known vouches for it
)

// Certify gives the host another certificate.
func (h *Host) Certify(c Certificate) *Host {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cert, h.made = c, nil
	return h
}

// Handshake is how a host agrees with a client on how to talk.
type Handshake int

// Handshakes.
const (
	Today   Handshake = iota // TLS 1.3 or 1.2, HTTP/2 or 1.1
	HTTP1                    // the same without HTTP/2
	OldRSA                   // TLS 1.2 with an RSA key exchange alone, without forward secrecy
	Unknown                  // nothing that this program can do, such as a finite-field Diffie-Hellman group
)

// Speak gives the host another handshake.
func (h *Host) Speak(s Handshake) *Host {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.speak, h.made = s, nil
	return h
}

// greet answers the first words of a client: which host it means decides on the rest.
func (w *World) greet(hello *tls.ClientHelloInfo) (*tls.Config, error) {
	w.mu.Lock()
	h := w.hosts[strings.ToLower(hello.ServerName)]
	w.mu.Unlock()
	if h == nil {
		return nil, errNoHost
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.made == nil {
		cert, err := w.authority.certificate(h.Name, h.cert, h.speak == OldRSA)
		if err != nil {
			return nil, err
		}
		h.made = &cert
	}
	cfg := &tls.Config{Certificates: []tls.Certificate{*h.made}, NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12}
	switch h.speak {
	case HTTP1:
		cfg.NextProtos = []string{"http/1.1"}
	case OldRSA:
		cfg.NextProtos, cfg.MaxVersion = []string{"http/1.1"}, tls.VersionTLS12
		cfg.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA}
	case Unknown:
		cfg.MaxVersion = tls.VersionTLS12
		cfg.CipherSuites = []uint16{dheRSA}
	}
	return cfg, nil
}

// dheRSA is TLS_DHE_RSA_WITH_AES_128_CBC_SHA, which neither side of crypto/tls knows.
const dheRSA = 0x0033

const day = 24 * time.Hour

type handler = http.Handler
