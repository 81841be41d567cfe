package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// oldHosts are those whose servers offer no key exchange of today. conventions-ws.coe.int
// was seen with a 1024-bit Diffie-Hellman group, which Go does not know at all. It may take
// an RSA key exchange instead: no forward secrecy, but the certificate is checked as ever, and
// what travels is public but for a key that any visitor of the publisher's page is given.
var oldHosts = map[string]bool{"conventions-ws.coe.int": true}

// oldSuites are those of TLS 1.2 with an RSA key exchange, after those of today.
func oldSuites() []uint16 {
	var ids []uint16
	for _, s := range tls.CipherSuites() {
		ids = append(ids, s.ID)
	}
	return append(ids,
		tls.TLS_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_RSA_WITH_AES_256_CBC_SHA, tls.TLS_RSA_WITH_AES_128_CBC_SHA)
}

func (c *Client) transport(suites []uint16) *http.Transport {
	t := &http.Transport{
		Proxy:                  c.proxy,
		DialContext:            c.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: suites, RootCAs: c.cfg.RootCAs},
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // decompressed here, within a limit
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        30 * time.Second,
		TLSHandshakeTimeout:    20 * time.Second,
		ResponseHeaderTimeout:  c.cfg.Timeout,
		MaxResponseHeaderBytes: 1 << 20,
		OnProxyConnectResponse: throughProxy,
	}
	return t
}

// proxyError says that the proxy failed, and not the host behind it.
type proxyError struct {
	address, text string
	again         bool
}

func (e *proxyError) Error() string { return "the proxy " + e.address + " " + e.text }

func throughProxy(_ context.Context, proxy *url.URL, _ *http.Request, res *http.Response) error {
	if res.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyError{address: proxy.Host, text: fmt.Sprintf("did not let us through (status %d)", res.StatusCode), again: worthAgain[res.StatusCode]}
}

// proxy is the one of the environment. Its own address may be private.
func (c *Client) proxy(r *http.Request) (*url.URL, error) {
	u, err := http.ProxyFromEnvironment(r)
	if u != nil {
		port := u.Port()
		if port == "" {
			port = map[string]string{"https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
		}
		if port == "" {
			port = "80"
		}
		c.mu.Lock()
		c.proxies[net.JoinHostPort(u.Hostname(), port)] = true
		c.mu.Unlock()
	}
	return u, err
}

// errPrivate says that an address is not one of the public network.
var errPrivate = errors.New("not an address of the public network")

// dial connects to public addresses only. The check is on the address that is dialled, so
// that no name can lead elsewhere.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if c.cfg.Dial != nil {
		return c.cfg.Dial(ctx, network, address)
	}
	d := net.Dialer{Timeout: 20 * time.Second, KeepAlive: 30 * time.Second}
	c.mu.Lock()
	proxy := c.proxies[address]
	c.mu.Unlock()
	if proxy {
		conn, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, &proxyError{address: address, text: "cannot be reached: " + innermost(err), again: true}
		}
		return conn, nil
	}
	if !c.cfg.AllowLoopback {
		d.Control = func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil || !public(at.Addr()) {
				return fmt.Errorf("%s: %w", address, errPrivate)
			}
			return nil
		}
	}
	return d.DialContext(ctx, network, address)
}

// notPublic are networks that netip does not name.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	// Of IPv6 only 2000::/3 is given out; within it are those that carry an address of IPv4.
	netip.MustParsePrefix("::/3"), netip.MustParsePrefix("4000::/2"), netip.MustParsePrefix("8000::/1"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("3fff::/20"),
}

func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// handshakeRefused reports whether the server refused every way of talking that was
// offered.
func handshakeRefused(err error) bool {
	text := err.Error()
	return strings.Contains(text, "tls: handshake failure") || strings.Contains(text, "tls: insufficient security level") ||
		strings.Contains(text, "tls: no cipher suite supported") || strings.Contains(text, "tls: server selected unsupported")
}

// noKeyExchange ends the sentence on a server that offers nothing safe.
const noKeyExchange = "offers no key exchange that this program can do safely, perhaps only finite-field Diffie-Hellman"

// inWords tells why there was no answer: a stable word, a sentence, and whether it may help to
// ask again. Shaking says that it came in the middle of a TLS handshake: servers refuse what
// they cannot do with an alert of one kind or another, or by closing the connection.
func inWords(err error, u *url.URL, shaking bool) (fault, text string, again bool) {
	host := u.Hostname()
	var cert *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var dns *net.DNSError
	var record tls.RecordHeaderError
	var timeout net.Error
	var through *proxyError
	slow := errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
	switch {
	case errors.As(err, &through):
		return "proxy-failed", through.Error() + ", on the way to " + host, through.again
	case errors.Is(err, errPrivate):
		return "private-address", host + " leads to an address inside a private network, which is never asked", false
	case errors.As(err, &cert), errors.As(err, &unknown), errors.As(err, &name), errors.As(err, &invalid):
		return "tls-failed", "the certificate of " + host + " is not valid: " + innermost(err), false
	case handshakeRefused(err):
		return "tls-failed", host + " " + noKeyExchange, false
	case errors.As(err, &record):
		return "tls-failed", host + " does not speak TLS on this port", false
	case shaking && oldHosts[host] && !slow:
		return "tls-failed", host + " broke off the handshake (" + innermost(err) + "): it " + noKeyExchange, false
	case shaking && strings.Contains(err.Error(), "remote error"):
		return "tls-failed", host + " refused the TLS handshake: " + innermost(err), false
	case shaking && !slow:
		return "tls-failed", host + " broke off the TLS handshake: " + innermost(err), true
	case errors.As(err, &dns) && dns.IsNotFound:
		return "no-such-host", "there is no host " + host, false
	case slow:
		return "too-slow", host + " did not answer in time", true
	}
	return "no-answer", "there was no answer from " + host + ": " + innermost(err), true
}

// innermost is the last error of a chain: the words of libraries around it say nothing to
// people.
func innermost(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}
