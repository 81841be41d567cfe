package channel

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"baseline/pipeline/alerts/subscription"
)

// Headers of a webhook call.
const (
	// SignatureHeader is t=UNIXTIME,v1=HEX: the HMAC-SHA256 of UNIXTIME + "." + body, with the
	// channel's secret as its key. A receiver computes it over the bytes that it got, compares
	// in constant time, and refuses times that are more than a few minutes off.
	SignatureHeader = "Baseline-Signature"
	// KeyHeader holds the id of the message. A receiver that has seen it has the message
	// already.
	KeyHeader = "Idempotency-Key"
)

// Sign makes the value of SignatureHeader.
func Sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// webhook posts JSON to one address.
type webhook struct {
	base
	url    *url.URL
	client *http.Client
}

func newWebhook(b base, address string) (Sender, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !subscription.IsLoopback(u.Hostname())) {
		return nil, b.whole("url must begin with https://")
	}
	if b.secret == "" {
		return nil, b.whole("a webhook needs a secret to sign with")
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: b.options.Roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 1, ResponseHeaderTimeout: b.options.Timeout,
	}
	return &webhook{base: b, url: u, client: &http.Client{
		Transport: transport, Timeout: b.options.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Send posts the message's JSON. Only 2xx counts as taken.
func (w *webhook) Send(ctx context.Context, m Rendered) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url.String(), bytes.NewReader(m.JSON))
	if err != nil {
		return w.whole("url cannot be called")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", strings.TrimSuffix("baseline/"+w.options.Version, "/"))
	req.Header.Set(KeyHeader, m.ID)
	req.Header.Set(SignatureHeader, Sign(w.secret, time.Now(), m.JSON))
	res, err := w.client.Do(req)
	if err != nil {
		var about *url.Error
		if errors.As(err, &about) {
			err = about.Err // the address may hold what is not for logs
		}
		e := w.fault("%s cannot be reached: %s", w.url.Host, w.reply(err))
		var cert *tls.CertificateVerificationError
		e.Whole, e.Permanent = true, errors.As(err, &cert)
		e.Maybe = !e.Permanent
		return e
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
	return w.verdict(res)
}

func (w *webhook) verdict(res *http.Response) error {
	said := fmt.Sprintf("%s answers %d %s", w.url.Host, res.StatusCode, http.StatusText(res.StatusCode))
	switch code := res.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code >= 300 && code < 400:
		return w.whole("%s; redirects are not followed: write the address that it leads to", said)
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500, code < 200:
		e := w.fault("%s", said)
		e.After = retryAfter(res.Header.Get("Retry-After"), time.Now())
		e.Whole = code == http.StatusTooManyRequests || code >= 500 || e.After > 0
		e.Maybe = code >= 500 && code != http.StatusServiceUnavailable && e.After == 0
		return e
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code == http.StatusNotFound, code == http.StatusMethodNotAllowed, code == http.StatusGone:
		return w.whole("%s", said)
	}
	return w.permanent("%s", said)
}

// retryAfter reads seconds or a date; 0 for anything else, and never more than a day.
func retryAfter(s string, now time.Time) time.Duration {
	var d time.Duration
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && n > 0 {
		d = time.Duration(min(n, 86400)) * time.Second
	} else if at, err := http.ParseTime(s); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, 0), 24*time.Hour)
}

// Close ends idle connections.
func (w *webhook) Close() error {
	w.client.CloseIdleConnections()
	return nil
}
