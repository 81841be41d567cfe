package fetch

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/andybalholm/brotli"
)

// reply is one answer of a server, or why there is none.
type reply struct {
	at     time.Time // when it was asked
	url    *url.URL  // that answered
	status int
	header http.Header
	body   []byte // decompressed, as far as it could be
	raw    []byte // as it came
	fault  string
	text   string
	again  bool // it may help to ask again
	unsent bool // nothing was sent: the fault is an earlier one of the host

	wait        time.Duration // of a Retry-After
	hasWait     bool
	conditional bool // it was asked for only if it has changed
}

// worthAgain are answers of a server that may do better in a moment.
var worthAgain = map[int]bool{
	http.StatusTooManyRequests: true, http.StatusBadGateway: true, http.StatusServiceUnavailable: true, http.StatusGatewayTimeout: true,
}

// errTooLarge says that a body is larger than the client takes, and errEncoding that it is
// not packed as its header says.
var (
	errTooLarge = errors.New("too large")
	errEncoding = errors.New("not packed as its header says")
)

// send asks once and reads the whole answer, within the limits.
func (c *Client) send(ctx context.Context, method string, u *url.URL, body string, header http.Header) *reply {
	r := &reply{at: c.cfg.Now().UTC(), url: u}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	var shaking atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		TLSHandshakeStart: func() { shaking.Store(true) },
		TLSHandshakeDone:  func(_ tls.ConnectionState, err error) { shaking.Store(err != nil) },
	})
	var send io.Reader
	if body != "" {
		send = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), send)
	if err != nil {
		r.fault, r.text = "bad-address", fmt.Sprintf("the address %s cannot be asked: %s", shown(u), innermost(err))
		return r
	}
	if c.cfg.Exchanged != nil {
		defer func() { c.cfg.Exchanged(u.Hostname(), cmp.Or(r.fault, strconv.Itoa(r.status))) }()
	}
	req.Header = header.Clone()
	req.Header.Set("User-Agent", c.Agent())
	req.Header.Set("Accept-Encoding", "gzip, br")
	client := c.plain
	if oldHosts[u.Hostname()] {
		client = c.old
	}
	res, err := client.Do(req)
	if err != nil {
		r.fault, r.text, r.again = inWords(err, u, shaking.Load())
		return r
	}
	defer func() { _ = res.Body.Close() }()
	r.status, r.header = res.StatusCode, res.Header
	r.again = worthAgain[r.status]
	r.raw, err = upTo(res.Body, c.cfg.MaxBytes)
	encoding := strings.ToLower(strings.TrimSpace(res.Header.Get("Content-Encoding")))
	var packed error
	if r.body, packed = decoded(r.raw, encoding, c.cfg.MaxDecoded); err == nil {
		err = packed
	}
	switch {
	case errors.Is(err, errTooLarge):
		r.fault, r.text, r.again = "too-large", fmt.Sprintf("the answer of %s is larger than this program takes (%d MB, or %d MB when decompressed)", u.Hostname(), c.cfg.MaxBytes>>20, c.cfg.MaxDecoded>>20), false
	case errors.Is(err, context.DeadlineExceeded):
		r.fault, r.text, r.again = "too-slow", fmt.Sprintf("%s did not send its whole answer within %s", u.Hostname(), c.cfg.Timeout), true
	case errors.Is(err, errEncoding):
		r.fault, r.text, r.again = "wrong-encoding", fmt.Sprintf("the answer of %s is not packed with %.20q, as its header says, or with something that was not asked for", u.Hostname(), encoding), false
	case err != nil:
		r.fault, r.text, r.again = "cut-off", fmt.Sprintf("the answer of %s broke off: %s", u.Hostname(), innermost(err)), true
	}
	return r
}

// upTo reads a body that is no larger than a limit. What was read before a fault, or up to
// the limit, is returned with it.
func upTo(from io.Reader, limit int64) ([]byte, error) {
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(from, limit+1))
	if n > limit {
		return b.Bytes()[:limit], errTooLarge
	}
	return b.Bytes(), err
}

// decoded undoes the compression of a body, as far as it goes. The error is
// io.ErrUnexpectedEOF for one that was cut off, errTooLarge, errEncoding, or that of the
// library for one that is damaged.
func decoded(raw []byte, encoding string, limit int64) ([]byte, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var from io.Reader
	switch encoding {
	case "", "identity":
		return raw, nil
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil && len(raw) < 10 {
			return nil, io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, errEncoding
		}
		from = z
	case "br":
		from = brotli.NewReader(bytes.NewReader(raw))
	default:
		return nil, errEncoding
	}
	body, err := upTo(from, limit)
	if err != nil && len(body) == 0 && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, errTooLarge) {
		err = errEncoding
	}
	return body, err
}

// location is where a redirect leads; nil if the answer is none.
func (r *reply) location(from *url.URL) *url.URL {
	switch r.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil
	}
	to, err := from.Parse(r.header.Get("Location"))
	if r.fault != "" || err != nil || r.header.Get("Location") == "" {
		return nil
	}
	to.Fragment, to.User = "", nil
	return to
}

// onward reports whether a redirect may lead from one address to another, as far as their
// schemes and ports go: never from a protected address to one that is not, and never to a
// port of something that is no web server.
func onward(from, to *url.URL) bool {
	if to.Hostname() == "" || to.Scheme != "https" && (to.Scheme != "http" || from.Scheme == "https") {
		return false
	}
	p := to.Port()
	return p == "" || p == "80" || p == "443" || p == from.Port()
}

// secretNames are fields of a query that hold what nobody but the publisher should know.
var secretNames = []string{"token", "key", "apikey", "api_key", "access_token", "password", "secret", "signature", "sig"}

// shown is an address as records and messages have it: without a password, or a secret in
// its query.
func shown(u *url.URL) string {
	clean := *u
	clean.User = nil
	q := clean.Query()
	hidden := false
	for name := range q {
		for _, s := range secretNames {
			if strings.EqualFold(name, s) {
				q.Set(name, "-")
				hidden = true
			}
		}
	}
	if hidden {
		clean.RawQuery = q.Encode()
	}
	return clean.String()
}
