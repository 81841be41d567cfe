package channel

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"maps"
	netmail "net/mail"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// mailer sends mail through one SMTP server, over one connection for as long as that lasts.
type mailer struct {
	base
	from, replyTo *netmail.Address
	unsubscribe   []string
	client        *mail.Client
	connected     bool
}

func newMail(b base, f map[string]string) (Sender, error) {
	m := &mailer{base: b, unsubscribe: strings.Fields(f["unsubscribe"])}
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
	case tlsWord == "none":
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	case tlsWord == "starttls" && isLoopback(f["host"]):
		options = append(options, mail.WithTLSPolicy(mail.TLSOpportunistic)) // nobody stands between
	case tlsWord == "starttls":
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	default:
		return nil, b.whole("tls must be starttls, tls or none")
	}
	if f["user"] != "" {
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
		fresh := !m.connected
		if err := m.connect(ctx); err != nil {
			return err
		}
		err := m.client.Send(msg)
		if err == nil || msg.IsDelivered() {
			if err != nil { // it is delivered, and what came after it broke
				m.drop()
			}
			return nil
		}
		var se *mail.SendError
		code, unsent := 0, false
		if errors.As(err, &se) {
			code = se.ErrorCode()
			unsent = slices.Contains([]mail.SendErrReason{mail.ErrConnCheck, mail.ErrSMTPMailFrom, mail.ErrSMTPRcptTo, mail.ErrSMTPData}, se.Reason)
		}
		gone := code == 0 || code == 421
		if gone || code >= 500 && se.Reason == mail.ErrSMTPData {
			m.drop()
		}
		if unsent && gone && !fresh && try == 0 {
			continue
		}
		if code >= 500 {
			return m.permanent("the mail server refuses the message: %s", reply(err))
		}
		e := m.fault("the mail server did not take the message: %s", reply(err))
		e.Whole = gone
		return e
	}
}

// reply is what a server or the network said, on one short line.
func reply(err error) string {
	s := oneLine(err.Error())
	if len(s) > 300 {
		s = strings.ToValidUTF8(s[:300], "") + "…"
	}
	return s
}

func (m *mailer) connect(ctx context.Context) error {
	if m.connected {
		return nil
	}
	if err := m.client.DialWithContext(ctx); err != nil {
		e := m.fault("the mail server cannot be reached: %s", reply(err))
		e.Whole = true
		e.Permanent = needsPerson(err)
		return e
	}
	m.connected = true
	return nil
}

var firstCode = regexp.MustCompile(`^5\d\d\b`)

// needsPerson reports whether a connection failed for a reason that only a person can
// remove: the server refuses who signs in, has no encryption, or its certificate is not
// trusted.
func needsPerson(err error) bool {
	var code *textproto.Error
	var cert *tls.CertificateVerificationError
	return errors.As(err, &code) && code.Code >= 500 || errors.As(err, &cert) || firstCode.MatchString(err.Error()) ||
		strings.Contains(err.Error(), "STARTTLS") || strings.Contains(err.Error(), "AUTH") || errors.Is(err, mail.ErrNoSupportedAuthDiscovered)
}

// drop forgets a connection.
func (m *mailer) drop() {
	_ = m.client.Close()
	m.connected = false
}

// Close ends the connection in good order.
func (m *mailer) Close() error {
	if m.connected {
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
// RFC 8058). {subscription} in an address stands for the id of the subscription.
func (m *mailer) stop(msg *mail.Msg, r Rendered) *Error {
	if r.Subscription == "" || len(m.unsubscribe) == 0 {
		return nil
	}
	var list []string
	oneClick := false
	for _, at := range m.unsubscribe {
		at = strings.ReplaceAll(at, "{subscription}", url.QueryEscape(r.Subscription))
		u, err := url.Parse(at)
		if err != nil || u.Scheme != "https" && u.Scheme != "mailto" || strings.ContainsAny(at, "<>,\r\n\t ") {
			return m.whole("unsubscribe must be https://… or mailto:…")
		}
		oneClick = oneClick || u.Scheme == "https"
		list = append(list, "<"+at+">")
	}
	msg.SetGenHeaderPreformatted(mail.HeaderListUnsubscribe, strings.Join(list, ",\r\n "))
	if oneClick {
		msg.SetListUnsubscribePost()
	}
	return nil
}
