package fetch

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
)

// reply is one answer of a server, or why there is none.
type reply struct {
	at     time.Time // when it was asked
	url    *url.URL  // that answered
	status int
	header http.Header
	body   []byte // decompressed
	wire   int64  // bytes of the body as they came
	fault  string
	text   string
	again  bool // it may help to ask again
}

// worthAgain are answers of a server that may do better in a moment.
var worthAgain = map[int]bool{
	http.StatusTooManyRequests: true, http.StatusBadGateway: true, http.StatusServiceUnavailable: true, http.StatusGatewayTimeout: true,
}

// errTooLarge says that a body is larger than the client takes.
var errTooLarge = errors.New("too large")

// send asks once and reads the whole answer, within the limits.
func (c *Client) send(ctx context.Context, method string, u *url.URL, body string, header http.Header) *reply {
	r := &reply{at: c.cfg.Now().UTC(), url: u}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	var send io.Reader
	if body != "" {
		send = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), send)
	if err != nil {
		r.fault, r.text = "bad-address", fmt.Sprintf("the address %s cannot be asked: %s", u.Redacted(), innermost(err))
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
		r.fault, r.text, r.again = inWords(err, u)
		return r
	}
	defer func() { _ = res.Body.Close() }()
	r.status, r.header = res.StatusCode, res.Header
	r.again = worthAgain[r.status]
	wire := &counter{from: res.Body, left: c.cfg.MaxBytes}
	r.body, err = decoded(wire, res.Header.Get("Content-Encoding"), c.cfg.MaxDecoded)
	r.wire = wire.read
	switch {
	case errors.Is(err, errTooLarge):
		r.fault, r.text, r.again = "too-large", fmt.Sprintf("the answer of %s is larger than this program takes (%d MB, or %d MB when decompressed)", u.Hostname(), c.cfg.MaxBytes>>20, c.cfg.MaxDecoded>>20), false
	case errors.Is(err, context.DeadlineExceeded):
		r.fault, r.text, r.again = "too-slow", fmt.Sprintf("%s did not send its whole answer within %s", u.Hostname(), c.cfg.Timeout), true
	case err != nil:
		r.fault, r.text, r.again = "cut-off", fmt.Sprintf("the answer of %s broke off: %s", u.Hostname(), innermost(err)), true
	}
	return r
}

// counter counts the bytes that come over the wire and stops at a limit.
type counter struct {
	from       io.Reader
	read, left int64
}

func (c *counter) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.from.Read(p)
	c.read += int64(n)
	c.left -= int64(n)
	if c.left <= 0 && err == nil {
		// One more byte would be too many; the end of the body is not.
		var one [1]byte
		if m, fault := c.from.Read(one[:]); m > 0 {
			return n, errTooLarge
		} else if fault != nil {
			err = fault
		}
	}
	return n, err
}

// decoded reads a body and undoes its compression. What was read before a fault is
// returned with it.
func decoded(wire io.Reader, encoding string, limit int64) ([]byte, error) {
	from := wire
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(wire)
		if errors.Is(err, io.EOF) {
			return nil, nil // no body at all
		}
		if err != nil {
			return nil, err
		}
		from = z
	case "br":
		from = brotli.NewReader(wire)
	default:
		return nil, fmt.Errorf("its compression %q was not asked for", encoding)
	}
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(from, limit+1))
	if n > limit {
		return b.Bytes()[:0], errTooLarge
	}
	return b.Bytes(), err
}

// location is where a redirect leads; nil if the answer is none.
func (r *reply) location(from *url.URL) *url.URL {
	switch r.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil
	}
	to, err := from.Parse(r.header.Get("Location"))
	if err != nil || r.header.Get("Location") == "" {
		return nil
	}
	to.Fragment = ""
	return to
}
