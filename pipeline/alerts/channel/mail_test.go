package channel_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/alerts/channel"
	"baseline/pipeline/alerts/subscription"
)

const scriptedMail = `kind: mail, host: 127.0.0.1, port: "%d", from: baseline@example.org`

// send sends and returns the fault; nil if there is none.
func send(t *testing.T, s channel.Sender, m channel.Rendered) *channel.Error {
	t.Helper()
	err := s.Send(context.Background(), m)
	if err == nil {
		return nil
	}
	var fault *channel.Error
	if !errors.As(err, &fault) {
		t.Fatalf("%T: %v", err, err)
	}
	return fault
}

// Servers repeat the command that they refuse, and the password is in it, alone or with the
// name of the user.
func TestServerThatRepeatsThePassword(t *testing.T) {
	for name, answer := range map[string]func(string) string{
		"refused":    func(line string) string { return "535 5.7.8 bad: " + line },
		"as a word":  func(line string) string { return "535 5.7.8 bad:" + strings.ReplaceAll(line, " ", "/") },
		"plain":      func(string) string { return "535 5.7.8 no such password: " + password },
		"later":      func(string) string { return "454 4.7.0 try later " + password },
		"no answer":  func(line string) string { return "what is " + line + "?" },
		"challenged": func(line string) string { return "334 " + strings.ReplaceAll(line, " ", "") },
	} {
		t.Run(name, func(t *testing.T) {
			cert, key, roots := certificate(t)
			port := overTLS(t, cert, key, []string{"AUTH PLAIN"}, func(line string) string {
				if strings.HasPrefix(line, "AUTH") {
					return answer(line)
				}
				return ""
			})
			s := open(t, channel.Options{Roots: roots}, `kind: mail, host: 127.0.0.1, port: "%d", tls: tls, user: someones, secret: "env:CHANNEL_SECRET", from: a@example.org`, port)
			fault := send(t, s, message())
			if fault == nil || !fault.Whole {
				t.Fatalf("%+v", fault)
			}
			for _, secret := range []string{password, base64.StdEncoding.EncodeToString([]byte(password)), base64.StdEncoding.EncodeToString([]byte("\x00someones\x00" + password)), "AGc", "bm90"} {
				if strings.Contains(fault.Error(), secret) {
					t.Errorf("%q is in %q", secret, fault.Error())
				}
			}
			if name == "refused" && (!strings.Contains(fault.Text, "535 5.7.8") || !fault.Permanent) {
				t.Errorf("%+v", fault)
			}
			if name == "later" && fault.Permanent {
				t.Errorf("%+v", fault)
			}
		})
	}
}

// A server that has let us in may repeat what it heard in any later answer.
func TestPasswordInALaterAnswer(t *testing.T) {
	heard := ""
	cert, key, roots := certificate(t)
	port := overTLS(t, cert, key, []string{"AUTH PLAIN"}, func(line string) string {
		switch {
		case strings.HasPrefix(line, "AUTH"):
			heard = line
			return "235 ok"
		case strings.HasPrefix(line, "RCPT"):
			return "451 4.3.0 after=" + strings.TrimPrefix(heard, "AUTH PLAIN ") + "; " + password
		}
		return ""
	})
	s := open(t, channel.Options{Roots: roots}, `kind: mail, host: 127.0.0.1, port: "%d", tls: tls, user: someones, secret: "env:CHANNEL_SECRET", from: a@example.org`, port)
	fault := send(t, s, message())
	if fault == nil || strings.Contains(fault.Text, password) || strings.Contains(fault.Text, base64.StdEncoding.EncodeToString([]byte("\x00someones\x00"+password))) || !strings.Contains(fault.Text, "[secret]") {
		t.Errorf("%+v", fault)
	}
}

// One mail that is put off does not make the next fail.
func TestMailThatIsPutOffHarmsNoOther(t *testing.T) {
	put := 0
	server := script(t, nil, func(line string) string {
		if line == "DATA" {
			if put++; put == 1 {
				return "451 4.7.1 greylisted"
			}
		}
		return ""
	})
	s := open(t, channel.Options{}, scriptedMail, server.port)
	if f := send(t, s, message()); f == nil || f.Permanent || f.Whole {
		t.Errorf("the first: %+v", f)
	}
	if f := send(t, s, message()); f != nil {
		t.Errorf("the second: %+v", f)
	}
}

// What a server says of the sender, or of who signs in, is no fault of the message.
func TestWhoseFaultItIs(t *testing.T) {
	for _, c := range []struct {
		verb, says       string
		whole, permanent bool
	}{
		{"MAIL", "550 5.7.1 sender not allowed", true, true},
		{"MAIL", "451 4.7.0 slow down", true, false},
		{"MAIL", "530 5.7.0 sign in first", true, true},
		{"RCPT", "530 5.7.0 sign in first", true, true},
		{"RCPT", "535 5.7.8 no", true, true},
		{"DATA", "538 5.7.11 encryption required", true, true},
		{"RCPT", "550 5.1.1 no such user", false, true},
		{"RCPT", "450 4.2.1 greylisted", false, false},
		{"DATA", "554 5.7.1 no", false, true},
		{"RCPT", "421 4.3.2 closing", true, false},
	} {
		server := script(t, nil, func(line string) string {
			if strings.HasPrefix(line, c.verb) {
				return c.says
			}
			return ""
		})
		s := open(t, channel.Options{}, scriptedMail, server.port)
		f := send(t, s, message())
		if f == nil || f.Whole != c.whole || f.Permanent != c.permanent {
			t.Errorf("%s %s: %+v", c.verb, c.says, f)
		}
	}
}

// On the way to another machine nothing is sent without encryption; a server on this one may
// have none.
func TestEncryptionIsNotGivenUp(t *testing.T) {
	server := script(t, nil, func(string) string { return "" })
	s := open(t, channel.Options{}, `kind: mail, host: "%s", port: "%d", from: a@example.org`, strange(t), server.port)
	f := send(t, s, message())
	if f == nil || !f.Whole || !f.Permanent || !strings.Contains(f.Text, "STARTTLS") {
		t.Errorf("%+v", f)
	}
	if _, commands := server.seen(); slices.ContainsFunc(commands, func(c string) bool { return strings.HasPrefix(c, "MAIL") }) {
		t.Errorf("a mail began: %q", commands)
	}
}

// strange is a name that is not this machine's as far as the channel can tell, and leads to
// 127.0.0.1 all the same.
func strange(t *testing.T) string {
	t.Helper()
	own, _ := os.Hostname()
	for _, name := range []string{"localhost.", "LOCALHOST", own} {
		addresses, err := net.LookupHost(name)
		if err == nil && slices.Contains(addresses, "127.0.0.1") && !subscription.IsLoopback(name) {
			return name
		}
	}
	t.Skip("no name but localhost leads to 127.0.0.1 here: that encryption is not given up was left out")
	return ""
}

// What stands in a message begins no header and no command.
func TestLineEndsBeginNothing(t *testing.T) {
	port, stop := startMail(t, "none", "", "", "")
	s := open(t, channel.Options{}, `kind: mail, host: 127.0.0.1, port: "%s", from: a@example.org`, port)
	m := message()
	m.Subject = "Sweden\r\nBcc: all@example.org\r\n\r\nbody"
	m.Language = "en\r\nX-Evil: 1"
	m.Text = "one\r\n.\r\nMAIL FROM:<x@example.org>\r\n"
	m.Headers = map[string]string{"X-Baseline-Kind": "a\r\nX-Evil: 2"}
	if f := send(t, s, m); f != nil {
		t.Fatal(f)
	}
	m.To = "a@example.org\r\nRCPT TO:<b@example.org>"
	if f := send(t, s, m); f == nil || !f.Permanent || f.Whole {
		t.Errorf("%+v", f)
	}
	m.To, m.Headers = "a@example.org", map[string]string{"Bcc": "b@example.org"}
	if f := send(t, s, m); f == nil {
		t.Error("a message sets its own Bcc")
	}
	got := stop()
	if len(got) != 1 || len(got[0].To) != 1 {
		t.Fatalf("%+v", got)
	}
	parsed, err := mail.ReadMessage(strings.NewReader(got[0].Text))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Bcc", "X-Evil"} {
		if parsed.Header.Get(name) != "" {
			t.Errorf("%s: %q", name, parsed.Header.Get(name))
		}
	}
}

// A mail as its server gets it, with encryption from the first byte, with STARTTLS, and
// without; and with a name and password where the server asks for them.
func TestMail(t *testing.T) {
	cert, key, roots := certificate(t)
	for _, c := range []struct{ mode, password string }{{"starttls", ""}, {"starttls", password}, {"tls", password}, {"none", ""}} {
		t.Run(c.mode+" "+c.password, func(t *testing.T) {
			files := []string{cert, key}
			if c.mode == "none" {
				files = []string{"", ""}
			}
			port, stop := startMail(t, c.mode, files[0], files[1], c.password)
			user := ""
			if c.password != "" {
				user = `, user: someone, secret: "env:CHANNEL_SECRET"`
			}
			s := open(t, channel.Options{Roots: roots}, `kind: mail, host: 127.0.0.1, port: "%s", tls: %s, from: "Référence <baseline@example.org>", reply_to: steward@example.org`+user, port, c.mode)
			m := message()
			m.Subject, m.Text, m.HTML = "Türkiye, Åland: « partie »", "Une réserve.\n", "<p>Une réserve.</p>"
			m.Stop = "https://example.org/stop?s=sweden"
			other := m
			other.ID, other.Stop = "msg-00000000000000000000000000000000", "mailto:stop@example.org?subject=unsubscribe%20sweden"
			steward := message()
			steward.Thread = ""
			for _, m := range []channel.Rendered{m, m, other, steward} {
				if f := send(t, s, m); f != nil {
					t.Fatal(f)
				}
			}
			got := stop()
			if len(got) != 4 {
				t.Fatalf("%d mails", len(got))
			}
			if got[0].Encrypted != (c.mode != "none") || got[0].User != map[bool]string{true: "someone"}[c.password != ""] {
				t.Errorf("encrypted: %v, user %q", got[0].Encrypted, got[0].User)
			}
			h := headers(t, got[0])
			for name, want := range map[string]string{
				"Subject": "Türkiye, Åland: « partie »", "Message-Id": "<msg-0123456789abcdef0123456789abcdef@example.org>", "List-Unsubscribe": "<https://example.org/stop?s=sweden>",
				"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Date": "Wed, 04 Mar 2026 12:00:00 +0000", "Auto-Submitted": "auto-generated", "Content-Language": "en",
				"From": "Référence <baseline@example.org>", "Reply-To": "<steward@example.org>",
			} {
				if h[name] != want {
					t.Errorf("%s is %q, want %q", name, h[name], want)
				}
			}
			again, stopped, alone := headers(t, got[1]), headers(t, got[2]), headers(t, got[3])
			if again["Message-Id"] != h["Message-Id"] || again["Date"] != h["Date"] {
				t.Errorf("the same message again: %q and %q", again["Message-Id"], again["Date"])
			}
			if h["References"] == "" || h["References"] != stopped["References"] || h["In-Reply-To"] != h["References"] || h["References"] == h["Message-Id"] {
				t.Errorf("threads: %q, %q", h["References"], stopped["References"])
			}
			if stopped["List-Unsubscribe"] != "<mailto:stop@example.org?subject=unsubscribe%20sweden>" || stopped["List-Unsubscribe-Post"] != "" {
				t.Errorf("%q %q", stopped["List-Unsubscribe"], stopped["List-Unsubscribe-Post"])
			}
			if alone["References"] != "" || alone["List-Unsubscribe"] != "" {
				t.Errorf("%v", alone)
			}
			if text, html := parts(t, got[0]); strings.TrimSpace(text) != "Une réserve." || strings.TrimSpace(html) != "<p>Une réserve.</p>" {
				t.Errorf("%q %q", text, html)
			}
		})
	}
}

// A certificate that is not trusted and a password that is wrong need a person.
func TestMailThatNeedsAPerson(t *testing.T) {
	cert, key, roots := certificate(t)
	port, stop := startMail(t, "starttls", cert, key, "another one")
	for fields, o := range map[string]channel.Options{
		`kind: mail, host: 127.0.0.1, port: "%s", from: a@example.org`:                                                   {},
		`kind: mail, host: 127.0.0.1, port: "%s", from: a@example.org, user: someone, secret: "env:CHANNEL_SECRET"`:      {Roots: roots},
		`kind: mail, host: 127.0.0.1, port: "%s", from: a@example.org, tls: none, user: b, secret: "env:CHANNEL_SECRET"`: {},
	} {
		f := send(t, open(t, o, fields, port), message())
		if f == nil || !f.Whole || !f.Permanent || strings.Contains(f.Text, password) {
			t.Errorf("%s: %+v", fields, f)
		}
	}
	if got := stop(); len(got) > 0 {
		t.Errorf("%+v", got)
	}
}

// Who stops the program waits for no server.
func TestStoppingWaitsForNoServer(t *testing.T) {
	heard := make(chan bool, 1)
	silent := make(chan bool)
	server := script(t, nil, func(line string) string {
		if strings.HasPrefix(line, "RCPT") {
			heard <- true
			<-silent
		}
		return ""
	})
	defer close(silent)
	s := open(t, channel.Options{Timeout: time.Hour}, scriptedMail, server.port)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-heard; cancel() }()
	if err := s.Send(ctx, message()); err == nil {
		t.Error("it was sent")
	}
}

func headers(t *testing.T, m taken) map[string]string {
	t.Helper()
	parsed, err := mail.ReadMessage(strings.NewReader(m.Text))
	if err != nil {
		t.Fatal(err)
	}
	var words mime.WordDecoder
	h := map[string]string{}
	for name, values := range parsed.Header {
		if len(values) != 1 {
			t.Errorf("%s stands %d times", name, len(values))
		}
		if h[name], err = words.DecodeHeader(values[0]); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"From", "Reply-To"} {
		if a, err := mail.ParseAddress(parsed.Header.Get(name)); err == nil {
			h[name] = strings.TrimSpace(a.Name + " <" + a.Address + ">")
		}
	}
	return h
}

func parts(t *testing.T, m taken) (text, html string) {
	t.Helper()
	parsed, err := mail.ReadMessage(strings.NewReader(m.Text))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(parsed.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(parsed.Body, params["boundary"])
	var bodies []string
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, string(body))
	}
	if len(bodies) != 2 {
		t.Fatalf("%d parts", len(bodies))
	}
	return bodies[0], bodies[1]
}
