// Package fetch asks publishers, politely: it says who asks, reads robots.txt first, asks
// each host one thing at a time and not too often, transfers nothing that has not changed,
// and puts every answer into the archive before anybody reads it.
package fetch

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"baseline/sources/source"
)

// Config is how a client behaves. Contact is required; what else is zero has the default
// that stands beside it.
type Config struct {
	Contact    string            // mail address or page of whoever asks; publishers see it
	Version    string            // of this program
	Gap        time.Duration     // least time between the end of an answer and the next request to that host: 1 s
	Timeout    time.Duration     // for one answer, from the first byte sent to the last received: 60 s
	MaxBytes   int64             // of one answer on the wire: 64 MiB
	MaxDecoded int64             // of one answer when decompressed: 256 MiB
	Keys       map[string]string // given by the operator, by source
	Memory     Memory            // for robots.txt; nil: each client reads it anew
	// Exchanged is told of every request that was sent, also for robots.txt, by a redirect or
	// as one more try. outcome is the status of HTTP or, without an answer that could be read
	// whole, the word of the fault. It is called from several goroutines.
	Exchanged func(host, outcome string)

	// AllowLoopback lets tests ask this machine. Dial, RootCAs, Now and Sleep stand in for
	// the machine's own there.
	AllowLoopback bool
	Dial          func(ctx context.Context, network, address string) (net.Conn, error)
	RootCAs       *x509.CertPool
	Now           func() time.Time
	Sleep         func(context.Context, time.Duration) error
}

// Limits that nobody needs to set.
const (
	maxTries     = 3
	maxRedirects = 5
	maxRounds    = 10
	maxRequests  = 500
	maxAddresses = 20              // of one request
	longestWait  = 5 * time.Minute // of a Retry-After that is waited for
	longestDelay = time.Minute     // of a Crawl-delay that is kept
	firstBackoff = 2 * time.Second
)

// Outcomes of a request.
const (
	OutcomeNew         = "new"          // bytes that the archive did not have as its newest
	OutcomeSame        = "same"         // the same bytes as before
	OutcomeNotModified = "not-modified" // the publisher said so, without a body
	OutcomeFailed      = "failed"       // no answer, or none that may be read
	OutcomeNotAsked    = "not-asked"    // nothing was sent
)

// Event says what the client is doing.
type Event struct {
	Source, Request, Host string
	Doing                 string // such as "asks enoc.eu for members"
}

// Report is what became of the requests of one source.
type Report struct {
	Source         string
	Answers        []Answer
	Started, Ended time.Time
}

// Answer is what became of one request.
type Answer struct {
	Request string
	URL     string // candidate that was asked last
	Host    string
	Outcome string // one of the outcomes
	Status  int    // of HTTP; 0: there was none
	Bytes   int64  // of bodies on the wire, of all redirects, tries and candidates
	Fault   string // stable word; empty where the answer may be read
	Text    string // one sentence for people
	Took    time.Duration
	Tries   int
}

// Client asks publishers. It may be used from several goroutines: what it owes to a host
// is kept over all sources.
type Client struct {
	cfg     Config
	plain   *http.Client // of today
	old     *http.Client // of hosts in oldHosts
	mu      sync.Mutex
	hosts   map[string]*host
	proxies map[string]bool
}

// New makes a client. It fails if nobody says who asks.
func New(cfg Config) (*Client, error) {
	if strings.TrimSpace(cfg.Contact) == "" || strings.ContainsAny(cfg.Contact, "\r\n()") {
		return nil, errors.New("publishers must be able to write to whoever asks them: set a contact, a mail address or the address of a page")
	}
	cfg.Gap = cmp.Or(cfg.Gap, time.Second)
	cfg.Timeout = cmp.Or(cfg.Timeout, time.Minute)
	cfg.MaxBytes = cmp.Or(cfg.MaxBytes, 64<<20)
	cfg.MaxDecoded = cmp.Or(cfg.MaxDecoded, 256<<20)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Sleep == nil {
		cfg.Sleep = sleep
	}
	c := &Client{cfg: cfg, hosts: map[string]*host{}, proxies: map[string]bool{}}
	c.plain = c.over(c.transport(nil))
	c.old = c.over(c.transport(oldSuites()))
	return c, nil
}

// over is a client that follows no redirect by itself.
func (c *Client) over(t *http.Transport) *http.Client {
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Close ends connections that are kept open.
func (c *Client) Close() {
	c.plain.CloseIdleConnections()
	c.old.CloseIdleConnections()
}

// Agent is what the client calls itself.
func (c *Client) Agent() string {
	return "baseline/" + cmp.Or(c.cfg.Version, "dev") + " (+" + c.cfg.Contact + ")"
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// backoff is how long to wait before try n, from 1: somewhere up to a bound that doubles,
// so that many clients do not come back together.
func backoff(n int) time.Duration {
	return time.Duration(rand.Int64N(int64(firstBackoff)<<(n-1))) + firstBackoff/4
}

// hostsOf are the hosts that may be asked for a source.
func hostsOf(about source.About) map[string]bool {
	allowed := map[string]bool{}
	add := func(h string) {
		h = strings.ToLower(h)
		allowed[h] = true
		// The two usual names of one site.
		if bare, ok := strings.CutPrefix(h, "www."); ok {
			allowed[bare] = true
		} else {
			allowed["www."+h] = true
		}
	}
	for _, h := range about.Hosts {
		add(h)
	}
	for _, r := range about.Requests {
		for _, a := range r.Addresses {
			if u, err := url.Parse(a); err == nil && u.Host != "" {
				add(u.Hostname())
			}
		}
	}
	return allowed
}
