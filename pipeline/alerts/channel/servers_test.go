package channel_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"baseline/pipeline/alerts/channel"
	"baseline/pipeline/alerts/subscription"
)

// password is what no fault, log or file may hold.
const password = "correct horse/battery+staple"

// message is what most tests send.
func message() channel.Rendered {
	return channel.Rendered{
		ID: "msg-0123456789abcdef0123456789abcdef", Subscription: "sweden", To: "reader@example.org", Language: "en",
		Subject: "Sweden: party", Text: "Sweden is a party.\n\n-- \nHow to stop.\n", HTML: "<p>Sweden is a party.</p>", JSON: []byte(`{"id":"msg-0123456789abcdef0123456789abcdef"}`),
		Thread: "CRC/SWE", Date: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC),
	}
}

// open makes a sender of a channel that a file describes as these fields.
func open(t *testing.T, o channel.Options, fields string, args ...any) channel.Sender {
	t.Helper()
	s, err := tryOpen(t, o, fields, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func tryOpen(t *testing.T, o channel.Options, fields string, args ...any) (channel.Sender, error) {
	t.Helper()
	t.Setenv("CHANNEL_SECRET", password)
	b, err := subscription.Load([]byte("channels:\n  it: {"+fmt.Sprintf(fields, args...)+"}\nsubscriptions: []\n"), "s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return channel.Open(b.Channels["it"], o)
}

// leftOut skips, except where everything must run.
func leftOut(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// certificate makes one for 127.0.0.1 that these tests alone trust.
func certificate(t *testing.T) (certFile, keyFile string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	like := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, like, like, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	certFile, keyFile = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "EC PRIVATE KEY", Bytes: keyDER}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots = x509.NewCertPool()
	roots.AddCert(cert)
	return certFile, keyFile, roots
}

// aiosmtpd prints each mail that it takes as one line of JSON. Its arguments: starttls, tls or
// none; the files of certificate and key; the password that it wants, or nothing.
const aiosmtpd = `
import asyncio, json, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult
mode, cert, key, password = sys.argv[1:5]
class Taker:
    async def handle_DATA(self, server, session, envelope):
        print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "encrypted": session.ssl is not None or mode == "tls",
            "user": getattr(session, "who", ""), "text": envelope.content.decode("latin-1")}), flush=True)
        return "250 taken"
def sign_in(server, session, envelope, mechanism, data):
    if data.password.decode() != password:
        return AuthResult(success=False, handled=False)
    session.who = data.login.decode()
    return AuthResult(success=True)
async def main():
    tls = None
    if cert:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(cert, key)
    auth = dict(authenticator=sign_in, auth_required=True, auth_require_tls=mode == "starttls") if password else {}
    make = lambda: SMTP(Taker(), hostname="localhost", enable_SMTPUTF8=True, tls_context=tls if mode == "starttls" else None, require_starttls=mode == "starttls", **auth)
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0, ssl=tls if mode == "tls" else None)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
`

// taken is a mail as the server got it.
type taken struct {
	From      string
	To        []string
	Encrypted bool
	User      string
	Text      string
}

// startMail runs aiosmtpd and returns its port, and what it has taken once it is stopped.
func startMail(t *testing.T, mode, cert, key, password string) (port string, stop func() []taken) {
	t.Helper()
	python := ""
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(name, "-c", "import aiosmtpd").Run() == nil {
			python = name
			break
		}
	}
	if python == "" {
		leftOut(t, "python3-aiosmtpd is not installed: mail to a real server was left out")
	}
	cmd := exec.Command(python, "-W", "ignore", "-c", aiosmtpd, mode, cert, key, password)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	if !lines.Scan() {
		_ = cmd.Wait()
		t.Fatalf("the mail server did not start: %s", said.String())
	}
	port = strings.TrimPrefix(lines.Text(), "port ")
	stop = sync.OnceValue(func() (list []taken) {
		_ = in.Close()
		for lines.Scan() {
			var m taken
			if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
				t.Errorf("%s: %v", lines.Text(), err)
			}
			list = append(list, m)
		}
		_ = cmd.Wait()
		return list
	})
	t.Cleanup(func() { _ = stop() })
	return port, stop
}

// scripted is an SMTP server that answers as a test says, for what no sound server does on
// demand. answer gets each command and gives the reply; "" for an ordinary one.
type scripted struct {
	port        int
	mu          sync.Mutex
	connections int
	commands    []string
	open        []net.Conn
}

func (s *scripted) seen() (connections int, commands []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections, append([]string{}, s.commands...)
}

func script(t *testing.T, offers []string, answer func(command string) string) *scripted {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return scriptOn(t, l, offers, answer)
}

func scriptOn(t *testing.T, l net.Listener, offers []string, answer func(command string) string) *scripted {
	t.Helper()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	s := &scripted{}
	s.port, _ = strconv.Atoi(port)
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.connections++
			s.open = append(s.open, c)
			s.mu.Unlock()
			all.Go(func() { s.talk(c, offers, answer) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		s.mu.Lock()
		for _, c := range s.open { // the library leaves some behind
			_ = c.Close()
		}
		s.mu.Unlock()
		all.Wait()
	})
	return s
}

func (s *scripted) talk(c net.Conn, offers []string, answer func(string) string) {
	defer func() { _ = c.Close() }()
	say := func(line string) { _, _ = fmt.Fprintf(c, "%s\r\n", line) }
	say("220 localhost")
	mail := false
	for in := bufio.NewScanner(c); in.Scan(); {
		line := in.Text()
		s.mu.Lock()
		s.commands = append(s.commands, line)
		s.mu.Unlock()
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		if said := answer(line); said != "" {
			say(said)
			if verb == "MAIL" && said[0] == '2' {
				mail = true
			}
			continue
		}
		switch verb {
		case "EHLO":
			say("250-localhost")
			for _, o := range offers {
				say("250-" + o)
			}
			say("250 HELP")
		case "MAIL":
			if mail {
				say("503 5.5.1 Error: nested MAIL command")
				continue
			}
			mail = true
			say("250 ok")
		case "RSET":
			mail = false
			say("250 ok")
		case "DATA":
			say("354 go on")
			for in.Scan() && in.Text() != "." {
			}
			mail = false
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// overTLS is script with encryption from the first byte; it returns the port.
func overTLS(t *testing.T, certFile, keyFile string, offers []string, answer func(string) string) int {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	return scriptOn(t, l, offers, answer).port
}
