package channel

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	netmail "net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"baseline/pipeline/alerts/subscription"
)

// mailer sends mail through one SMTP server, over one connection for as long as that lasts.
type mailer struct {
	base
	from, replyTo *netmail.Address
	signsIn       bool
	client        *mail.Client
	conn          *smtp.Client // nil: none
}

func newMail(b base, f map[string]string) (Sender, error) {
	m := &mailer{base: b, signsIn: f["user"] != ""}
	var err error
	if m.from, err = address(f["from"]); err != nil {
		return nil, b.whole("from is no mail address: %v", err)
	}
	if f["reply_to"] != "" {
		if m.replyTo, err = address(f["reply_to"]); err != nil {
			return nil, b.whole("reply_to is no mail address: %v", err)
		}
	}
	port, err := strconv.Atoi(f["port"])
	if err != nil {
		return nil, b.whole("port is no number")
	}
	options := []mail.Option{
		mail.WithPort(port), mail.WithTimeout(b.options.Timeout),
		mail.WithTLSConfig(&tls.Config{ServerName: f["host"], RootCAs: b.options.Roots, MinVersion: tls.VersionTLS12}),
	}
	switch tlsWord := f["tls"]; {
	case tlsWord == "tls":
		options = append(options, mail.WithSSL())
	case tlsWord == "none" && subscription.IsLoopback(f["host"]):
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	case tlsWord == "none":
		return nil, b.whole("tls: none is for a server on this machine alone")
	case tlsWord == "starttls" && subscription.IsLoopback(f["host"]):
		options = append(options, mail.WithTLSPolicy(mail.TLSOpportunistic)) // nobody stands between
	case tlsWord == "starttls":
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	default:
		return nil, b.whole("tls must be starttls, tls or none")
	}
	if m.signsIn {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(f["user"]), mail.WithPassword(b.secret))
	}
	if m.client, err = mail.NewClient(f["host"], options...); err != nil {
		return nil, b.whole("%v", err)
	}
	return m, nil
}

// address reads one mail address and refuses what could begin a header.
func address(s string) (*netmail.Address, error) {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, errors.New("there are line ends or control characters in it")
	}
	a, err := netmail.ParseAddress(s)
	if err != nil {
		return nil, errors.New("write one as name@example.org")
	}
	if strings.ContainsFunc(a.Name+a.Address, func(r rune) bool { return r < ' ' || r == 0x7f }) || strings.ContainsAny(a.Address, " <>\"") {
		return nil, errors.New("there are characters in it that no address here needs")
	}
	return a, nil
}

// Send sends one mail. A connection that the server has closed in the meantime is opened
// again, as long as nothing of this message went over it.
func (m *mailer) Send(ctx context.Context, r Rendered) error {
	msg, fault := m.compose(r)
	if fault != nil {
		return fault
	}
	for try := 0; ; try++ {
		fresh := m.conn == nil
		conn, err := m.connect(ctx)
		if err != nil {
			return err
		}
		err = m.over(ctx, conn, msg)
		if err == nil || msg.IsDelivered() {
			if err != nil { // it is delivered, and what came after it broke
				m.drop()
			}
			return nil
		}
		var se *mail.SendError
		code, unsent, half := 0, false, false
		var reason mail.SendErrReason = -1
		if errors.As(err, &se) {
			code, reason = se.ErrorCode(), se.Reason
			unsent = slices.Contains([]mail.SendErrReason{mail.ErrConnCheck, mail.ErrSMTPMailFrom, mail.ErrSMTPRcptTo, mail.ErrSMTPData}, reason)
			// The library does not end the transaction after these, and the server would refuse
			// the next mail for it.
			half = reason == mail.ErrSMTPData || reason == mail.ErrWriteContent
		}
		gone := code == 0 || code == 421
		if gone || half {
			m.drop()
		}
		if unsent && gone && !fresh && try == 0 && ctx.Err() == nil {
			continue
		}
		return m.refusal(code, reason, gone, err)
	}
}

// grace is how long a server may take to answer once the program is to stop: a mail whose answer
// is not heard goes out again.
const grace = 3 * time.Second

// over sends a mail over a connection. The library waits for answers whatever the context says.
func (m *mailer) over(ctx context.Context, conn *smtp.Client, msg *mail.Msg) error {
	answered := make(chan bool)
	defer close(answered)
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-answered:
		case <-time.After(grace):
			_ = conn.Text.Close()
		}
	})
	defer stop()
	return m.client.SendWithSMTPClient(conn, msg)
}

// signIn are the codes by which a server asks for a name and password, for others, or for
// encryption (RFC 4954).
var signIn = []int{530, 534, 535, 538}

// refusal words why a mail was not taken. The sender is the same for all mail of a channel,
// and so is who signs in: a fault of those is none of the message.
func (m *mailer) refusal(code int, reason mail.SendErrReason, gone bool, err error) *Error {
	sender := reason == mail.ErrSMTPMailFrom
	switch {
	case slices.Contains(signIn, code):
		return m.whole("the mail server does not let this program send (%s); compare user and secret with what it asks for", replyCode(err))
	case code >= 500 && sender:
		return m.whole("the mail server refuses the sender: %s", m.reply(err))
	case code >= 500:
		return m.permanent("the mail server refuses the message: %s", m.reply(err))
	}
	e := m.fault("the mail server did not take the message: %s", m.reply(err))
	e.Whole, e.Maybe = gone || sender, gone && !sender
	return e
}

// reply is what a server or the network said, without secrets, on one short line.
func (b base) reply(err error) string {
	s := oneLine(b.scrub(err.Error()))
	if len(s) > 300 {
		s = strings.ToValidUTF8(s[:300], "") + "…"
	}
	return s
}

var enhanced = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// replyCode is the code of a server's answer, and its enhanced code, and none of its text.
func replyCode(err error) string {
	var said *textproto.Error
	if errors.As(err, &said) {
		return strings.TrimSpace(fmt.Sprintf("%d %s", said.Code, enhanced.FindString(said.Msg)))
	}
	var se *mail.SendError
	if errors.As(err, &se) {
		return strings.TrimSpace(fmt.Sprintf("%d %s", se.ErrorCode(), se.EnhancedStatusCode()))
	}
	return "no code"
}

// connect returns the connection, and opens one if there is none. It does not wait for a
// server once the context has ended.
func (m *mailer) connect(ctx context.Context) (*smtp.Client, error) {
	if m.conn != nil {
		return m.conn, nil
	}
	type answer struct {
		conn *smtp.Client
		err  error
	}
	dialled := make(chan answer, 1)
	go func() {
		conn, err := m.client.DialToSMTPClientWithContext(ctx)
		dialled <- answer{conn, err}
	}()
	select {
	case a := <-dialled:
		if a.err != nil {
			return nil, m.unreached(a.err)
		}
		m.conn = a.conn
		return a.conn, nil
	case <-ctx.Done():
		go func() {
			if a := <-dialled; a.err == nil {
				_ = a.conn.Close()
			}
		}()
		return nil, m.unreached(ctx.Err())
	}
}

// unreached words why there is no connection. Where somebody signs in, what the server says
// is left out: servers repeat the command that they refuse, and the password is in it.
func (m *mailer) unreached(err error) *Error {
	var said *textproto.Error
	var cert *tls.CertificateVerificationError
	var network net.Error
	e := m.fault("")
	e.Whole = true
	switch {
	case errors.As(err, &said):
		e.Permanent = said.Code >= 500
		e.Text = "the mail server answers " + replyCode(err)
		if !m.signsIn {
			e.Text = "the mail server answers " + m.reply(said)
		} else if e.Permanent {
			e.Text += "; compare user and secret with what it asks for"
		}
	case errors.As(err, &cert):
		e.Permanent = true
		e.Text = "the certificate of the mail server is not trusted: " + m.reply(cert.Err)
	case errors.Is(err, mail.ErrNoSupportedAuthDiscovered):
		e.Permanent = true
		e.Text = "the mail server offers no way to sign in that keeps the password safe; use tls: starttls or tls: tls"
	case strings.Contains(err.Error(), "STARTTLS"):
		e.Permanent = true
		e.Text = "the mail server offers no encryption (STARTTLS), and without it nothing is sent; use another port, or tls: tls"
	case strings.Contains(err.Error(), "AUTH"): // it offers none, or answered with what is no answer
		e.Permanent = true
		e.Text = "signing in at the mail server failed; compare user and secret with what it asks for, or remove user if it asks for nobody"
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, context.Canceled), !m.signsIn:
		e.Text = "the mail server cannot be reached: " + m.reply(err)
	default:
		e.Text = "the mail server cannot be reached, or its answer cannot be read"
	}
	return e
}

// drop forgets a connection.
func (m *mailer) drop() {
	if m.client.CloseWithSMTPClient(m.conn) != nil {
		_ = m.conn.Close()
	}
	m.conn = nil
}

// Close ends the connection in good order.
func (m *mailer) Close() error {
	if m.conn != nil {
		m.drop()
	}
	return nil
}

// compose makes a mail of a message.
func (m *mailer) compose(r Rendered) (*mail.Msg, *Error) {
	to, err := address(r.To)
	if err != nil {
		return nil, m.permanent("the receiver has no mail address that can be used: %v", err)
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	msg.FromMailAddress(m.from)
	msg.ToMailAddress(to)
	if m.replyTo != nil {
		msg.ReplyToMailAddress(m.replyTo)
	}
	msg.Subject(oneLine(r.Subject))
	_, domain, _ := strings.Cut(m.from.Address, "@")
	msg.SetMessageIDWithValue(r.ID + "@" + domain)
	if r.Thread != "" {
		sum := sha256.Sum256([]byte(r.Subscription + "\x1f" + r.Thread))
		root := "<thread-" + hex.EncodeToString(sum[:12]) + "@" + domain + ">"
		msg.SetGenHeader(mail.HeaderReferences, root)
		msg.SetGenHeader(mail.HeaderInReplyTo, root)
	}
	date := r.Date
	if date.IsZero() {
		date = time.Now()
	}
	msg.SetDateWithValue(date.UTC())
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if r.Language != "" {
		msg.SetGenHeader("Content-Language", oneLine(r.Language))
	}
	if err := m.stop(msg, r); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		if !headerName.MatchString(name) {
			return nil, m.permanent("%q is no name of a header that a message may have", name)
		}
		msg.SetGenHeader(mail.Header(name), oneLine(r.Headers[name]))
	}
	msg.SetBodyString(mail.TypeTextPlain, r.Text)
	if r.HTML != "" {
		msg.AddAlternativeString(mail.TypeTextHTML, r.HTML)
	}
	return msg, nil
}

// headerName takes headers of our own alone: those that route or identify mail are not for
// messages to set.
var headerName = regexp.MustCompile(`^(X|Baseline)-[A-Za-z0-9-]{1,60}$`)

// stop writes how to end the subscription, for mail readers that show a button (RFC 2369 and
// RFC 8058): the address that stands in the text.
func (m *mailer) stop(msg *mail.Msg, r Rendered) *Error {
	if r.Stop == "" {
		return nil
	}
	if wrong := subscription.WrongStop(r.Stop); wrong != "" {
		return m.whole("unsubscribe is not right; %s", wrong)
	}
	msg.SetGenHeaderPreformatted(mail.HeaderListUnsubscribe, "<"+r.Stop+">")
	if strings.HasPrefix(r.Stop, "https:") {
		msg.SetListUnsubscribePost()
	}
	return nil
}
