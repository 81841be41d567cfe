package fetch

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"baseline/pipeline/fetch/robots"
)

// robotsFor is how long a robots.txt is believed, and outFor how long a host that did not
// give one is left in peace: what it has more pages for fails the same way.
const (
	robotsFor = 24 * time.Hour
	outFor    = 5 * time.Minute
)

// robotsName is how this program is called in robots.txt.
const robotsName = "baseline"

// Memory keeps what a client knows of hosts from one run to the next. A
// *workspace.Workspace is one. The error of Read for a name that is not there is like any
// other: nothing is known then.
type Memory interface {
	Read(name string) ([]byte, error)
	Write(name string, data []byte) error
}

// site is a host by one scheme and port: what a robots.txt is for.
type site struct {
	key     string
	reading chan struct{} // holds one token: one robots.txt is read once
	// What follows is guarded by reading.
	robots robotsFile
	rules  robots.Rules
	text   string // why nothing may be asked; empty: the rules decide
	word   string // the same as a stable word
	out    time.Time
	known  bool // the memory was looked into
}

// robotsFile is what is kept of a robots.txt.
type robotsFile struct {
	URL          string    `json:"url"` // that answered
	Read         time.Time `json:"read"`
	Status       int       `json:"status"`
	ETag         string    `json:"etag,omitempty"`
	LastModified string    `json:"last_modified,omitempty"`
	Text         []byte    `json:"text,omitempty"`
}

func (c *Client) siteOf(h *host, u *url.URL) *site {
	key := strings.ToLower(u.Scheme) + "-" + h.name
	if p := u.Port(); p != "" && p != map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		key += "-" + p
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	st := h.sites[key]
	if st == nil {
		st = &site{key: key, reading: make(chan struct{}, 1)}
		h.sites[key] = st
	}
	return st
}

// path is where the memory has the robots.txt of a site.
func (st *site) path() string { return "robots/" + url.PathEscape(st.key) + ".json" }

// mayAsk reads the robots.txt of an address's site if it is not known, and says why the
// address may not be asked; empty: it may. evidence is the file that forbids it.
func (c *Client) mayAsk(ctx context.Context, h *host, u *url.URL, say func(string)) (fault, text string, evidence *robotsFile, err error) {
	st := c.siteOf(h, u)
	select {
	case st.reading <- struct{}{}:
		defer func() { <-st.reading }()
	case <-ctx.Done():
		return "", "", nil, ctx.Err()
	}
	c.recall(h, st)
	now := c.cfg.Now()
	stale := st.robots.Read.IsZero() || now.Sub(st.robots.Read) > robotsFor
	if st.text != "" {
		stale = now.Sub(st.out) > outFor
	}
	if stale {
		if fault, text, err = c.readRobots(ctx, h, st, u, say); fault != "" || err != nil {
			return fault, text, nil, err
		}
	}
	switch {
	case st.text != "":
		return st.word, st.text, nil, nil
	case !st.rules.Allows(u.RequestURI()):
		file := st.robots
		return "robots-forbids", fmt.Sprintf("robots.txt of %s asks programs not to read %s", h.name, shown(u)), &file, nil
	}
	return "", "", nil, nil
}

// recall takes from the memory what an earlier run knew.
func (c *Client) recall(h *host, st *site) {
	if st.known || c.cfg.Memory == nil {
		return
	}
	st.known = true
	data, err := c.cfg.Memory.Read(st.path())
	var file robotsFile
	if err != nil || json.Unmarshal(data, &file) != nil || file.Read.After(c.cfg.Now()) {
		return
	}
	c.obey(h, st, file)
}

// obey makes a file the rules of its site.
func (c *Client) obey(h *host, st *site, file robotsFile) {
	st.robots, st.rules, st.text, st.word = file, robots.Read(file.Text, robotsName), "", ""
	c.mu.Lock()
	defer c.mu.Unlock()
	c.widen(h, min(st.rules.CrawlDelay, longestDelay))
}

// readRobots follows RFC 9309: no such file lets everything be asked, a server that fails
// nothing. So does a file that did not come whole. fault and text are set where it was not
// asked for now, which says nothing of later.
func (c *Client) readRobots(ctx context.Context, h *host, st *site, u *url.URL, say func(string)) (fault, text string, err error) {
	var r *reply
	for try := 1; try <= maxTries; try++ {
		if try > 1 {
			wait := backoff(try - 1)
			if r.hasWait {
				wait = r.wait
			}
			if wait > longestWait {
				break
			}
			if err := c.cfg.Sleep(ctx, wait); err != nil {
				return "", "", err
			}
		}
		if r, err = c.robotsOnce(ctx, st, &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}, say); err != nil {
			return "", "", err
		}
		if r.unsent {
			return r.fault, r.text, nil
		}
		if !r.again {
			break
		}
	}
	c.judge(h, st, r)
	return "", "", nil
}

// judge decides what an answer for robots.txt means.
func (c *Client) judge(h *host, st *site, r *reply) {
	now := c.cfg.Now()
	unknown := func(fault, format string, args ...any) {
		st.word, st.text, st.out = fault, fmt.Sprintf(format, args...), now
	}
	file := robotsFile{URL: shown(r.url), Read: now.UTC(), Status: r.status, ETag: r.header.Get("ETag"), LastModified: r.header.Get("Last-Modified")}
	switch {
	case r.status == 0 && strings.EqualFold(r.url.Hostname(), h.name):
		// Whatever stands in the way of robots.txt stands in the way of the page: say that.
		unknown(r.fault, "%s", r.text)
		return
	case r.status/100 == 4 && r.status != http.StatusTooManyRequests:
		file.ETag, file.LastModified = "", ""
	case r.status == http.StatusNotModified && r.conditional:
		file = st.robots
		file.Read = now.UTC()
	case r.fault == "too-large" && r.status/100 == 2:
		file.Text = r.body[:min(len(r.body), robots.MaxBytes+1)]
	case r.fault != "":
		unknown("robots-unknown", "robots.txt of %s did not come as it should, so nothing may be asked there now: %s", h.name, r.text)
		return
	case r.status/100 == 2:
		file.Text = r.body[:min(len(r.body), robots.MaxBytes+1)]
	default:
		unknown("robots-unknown", "robots.txt of %s could not be read (status %d), so nothing may be asked there now", h.name, r.status)
		return
	}
	c.obey(h, st, file)
	if c.cfg.Memory == nil {
		return
	}
	if data, err := json.Marshal(file); err == nil {
		// Where it cannot be kept, the next run reads it anew.
		_ = c.cfg.Memory.Write(st.path(), append(data, '\n'))
	}
}

// robotsOnce asks once and follows redirects, also to hosts that no source names: the RFC
// wants it, and nothing but robots.txt is asked there. Each host has its own turn and gap.
func (c *Client) robotsOnce(ctx context.Context, st *site, at *url.URL, say func(string)) (*reply, error) {
	for hops := 0; ; hops++ {
		header, conditional := http.Header{"Accept": {"text/plain, */*;q=0.1"}}, false
		if st.robots.Status/100 == 2 && st.robots.URL == shown(at) {
			conditional = unless(header, st.robots.ETag, st.robots.LastModified)
		}
		r, err := c.inTurn(ctx, c.hostOf(at, 0), at, say, func() *reply {
			say("reads robots.txt of " + at.Hostname())
			return c.send(ctx, http.MethodGet, at, "", header)
		})
		if err != nil {
			return nil, err
		}
		r.conditional = conditional
		to := r.location(at)
		switch {
		case to == nil:
			return r, nil
		case hops == maxRedirects:
			r.fault, r.text, r.again = "redirected-too-often", fmt.Sprintf("it leads from one address to the next more than %d times", maxRedirects), false
			return r, nil
		case !onward(at, to):
			r.fault, r.text, r.again = "redirected-elsewhere", "it leads to "+shown(to)+", which is not protected", false
			return r, nil
		}
		at = to
	}
}

// unless makes a request conditional: by the ETag alone where there is one, because a date
// can be that of other bytes. It reports whether it did.
func unless(header http.Header, etag, lastModified string) bool {
	switch {
	case etag != "":
		header.Set("If-None-Match", etag)
	case lastModified != "":
		header.Set("If-Modified-Since", lastModified)
	default:
		return false
	}
	return true
}
