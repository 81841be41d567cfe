package fetch_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/fetch"
	"baseline/pipeline/workspace"
)

// refusing serves the first words of each client with an answer that is no TLS of today.
func refusing(t *testing.T, answer func(*net.TCPConn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				_, _ = conn.Read(make([]byte, 4096))
				answer(conn.(*net.TCPConn))
			}()
		}
	}()
	return l.Addr().String()
}

// Servers that can do nothing of what is offered say so in many ways.
func TestRefusedHandshakes(t *testing.T) {
	alert := func(n byte) func(*net.TCPConn) {
		return func(c *net.TCPConn) {
			_, _ = c.Write([]byte{0x15, 3, 1, 0, 2, 2, n})
			_, _ = io.Copy(io.Discard, c)
		}
	}
	for name, answer := range map[string]func(*net.TCPConn){
		"the connection is closed": func(*net.TCPConn) {},
		"the connection is reset":  func(c *net.TCPConn) { _ = c.SetLinger(0) },
		"handshake failure":        alert(40),
		"insufficient security":    alert(71),
		"protocol version":         alert(70),
		"internal error":           alert(80),
	} {
		at := refusing(t, answer)
		ask := func(host string) (fetch.Answer, archive.Record) {
			c, err := fetch.New(fetch.Config{
				Contact: "a@example.org", AllowLoopback: true, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
				Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
					return (&net.Dialer{}).DialContext(ctx, network, at)
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			store := archive.In(workspace.Open(t.TempDir()))
			s := one("https://" + host + "/x?a=1&b=2")
			s.about.ID = "coe-treaties"
			r, err := c.Source(context.Background(), store, s, nil)
			if err != nil {
				t.Fatal(err)
			}
			recs, err := store.Records("coe-treaties")
			if err != nil || len(recs) != 1 {
				t.Fatalf("%+v, %v", recs, err)
			}
			return r.Answers[0], recs[0]
		}
		way := `baseline capture add coe-treaties --url "https://conventions-ws.coe.int/x?a=1&b=2" FILE`
		if a, rec := ask("conventions-ws.coe.int"); a.Fault != "tls-failed" || !strings.Contains(a.Text, "finite-field Diffie-Hellman") || !strings.HasSuffix(a.Text, way) || rec.FaultText != a.Text {
			t.Errorf("%s, an old host: %+v", name, a)
		}
		if a, _ := ask("a.example"); a.Fault != "tls-failed" {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestPublicAddresses(t *testing.T) {
	for _, a := range strings.Fields(`127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 192.0.2.1 192.88.99.1 198.19.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1
		255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:10.0.0.1 ::ffff:127.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1 2001:0:7f00:1:: 2001:2::1 2001:20::1
		2001:db8::1 2002:7f00:1:: 3fff::1 5f00::1 fc00::1 fd00::1 fe80::1 fec0::1 ff02::1`) {
		if fetch.Public(netip.MustParseAddr(a)) {
			t.Errorf("%s is taken for public", a)
		}
	}
	for _, a := range strings.Fields("1.1.1.1 193.164.229.1 2606:4700::1111 2a00:1450:4001::1 2001:41d0::1 2400:cb00::1") {
		if !fetch.Public(netip.MustParseAddr(a)) {
			t.Errorf("%s is not taken for public", a)
		}
	}
}

func TestOnward(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"https://a.example/", "https://b.example/", true}, {"http://a.example/", "https://a.example/", true}, {"http://a.example/", "http://a.example/x", true},
		{"https://a.example/", "http://a.example/", false}, {"http://a.example/", "ftp://a.example/", false}, {"http://a.example/", "file:///etc/passwd", false},
		{"https://a.example/", "https://a.example:443/", true}, {"https://a.example/", "https://a.example:6379/", false}, {"https://a.example:8443/", "https://b.example:8443/", true}, {"http://a.example/", "http:///x", false},
	} {
		from, _ := url.Parse(c.from)
		to, _ := url.Parse(c.to)
		if got := fetch.Onward(from, to); got != c.want {
			t.Errorf("from %s to %s: %v", c.from, c.to, got)
		}
	}
}

// What a proxy does wrong is told of the proxy, without the password that it was given.
func TestFaultsOfAProxy(t *testing.T) {
	if os.Getenv("BASELINE_TEST_PROXY_FAULT") == "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(http.StatusProxyAuthRequired) })}
		go func() { _ = server.Serve(l) }()
		defer func() { _ = server.Close() }()
		for name, proxy := range map[string]string{"shut": l.Addr().String(), "away": "127.0.0.1:1"} {
			// The environment is read once in a process, so each proxy needs one of its own.
			cmd := exec.Command(os.Args[0], "-test.run=^TestFaultsOfAProxy$")
			cmd.Env = append(os.Environ(), "BASELINE_TEST_PROXY_FAULT="+proxy, "HTTPS_PROXY=http://user:sesame@"+proxy, "https_proxy=", "NO_PROXY=", "no_proxy=")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", name, err, out)
			}
		}
		return
	}
	w := play(t)
	c := w.client(func(cfg *fetch.Config) { cfg.AllowLoopback, cfg.Dial = false, nil })
	a := w.ask(c, one("https://a.example/x"))[0]
	if a.Fault != "proxy-failed" || !strings.Contains(a.Text, "the proxy "+os.Getenv("BASELINE_TEST_PROXY_FAULT")) || strings.Contains(a.Text, "sesame") {
		t.Errorf("%+v", a)
	}
}
