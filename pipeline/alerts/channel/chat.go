package channel

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/nicholas-fedor/shoutrrr"
	"github.com/nicholas-fedor/shoutrrr/pkg/router"
)

// chatRunes is how much text one piece of a chat message has at most: some services take no
// more than 2000 characters.
const chatRunes = 1800

// chat sends to a chat service. Its secret is the service's address.
type chat struct {
	base
	service string // the address's scheme, such as slack
	router  *router.ServiceRouter
}

var serviceForm = regexp.MustCompile(`^([a-z0-9]+)(\+[a-z0-9]+)?://`)

func newChat(b base) (Sender, error) {
	form := serviceForm.FindStringSubmatch(b.secret)
	if form == nil {
		return nil, b.whole("the secret is no address of a chat service, such as slack://…")
	}
	r, err := shoutrrr.CreateSender(b.secret)
	if err != nil {
		// The library's own words may hold the address.
		return nil, b.whole("the address of the chat service is not one that %s takes; compare it with the documentation of shoutrrr", form[1])
	}
	r.Timeout = b.options.Timeout
	return &chat{base: b, service: form[1], router: r}, nil
}

// httpStatus finds a status that the library's text names as one: a port of an address looks
// the same.
var httpStatus = regexp.MustCompile(`(?i:status|code|response|http/[\d.]+)[^0-9/]{0,20}\b([45]\d\d)\b|(?:^|\s)([45]\d\d) [A-Z][a-z]`)

func statusIn(text string) string {
	m := httpStatus.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}

// Send sends the subject and the text, in as many pieces as chat services ask for. If one of
// them is not taken, all are sent again. The library's errors are not passed on: they may hold
// the address.
func (c *chat) Send(ctx context.Context, m Rendered) (fault error) {
	defer func() {
		if recover() != nil {
			fault = c.permanent("the library for %s fails with this message", c.service)
		}
	}()
	for _, piece := range pieces(oneLine(m.Subject)+"\n\n"+strings.TrimSpace(m.Text), chatRunes) {
		if err := ctx.Err(); err != nil {
			return c.fault("%v", err)
		}
		if err := c.piece(piece); err != nil {
			return err
		}
	}
	return nil
}

// pieces cuts a text between its paragraphs, or where a paragraph is too long by itself,
// between its lines and words. Each piece of several begins with its number.
func pieces(text string, most int) []string {
	if utf8.RuneCountInString(text) <= most {
		return []string{text}
	}
	most -= len("(100/100)\n")
	var list []string
	for text != "" {
		cut := text
		if utf8.RuneCountInString(text) > most {
			cut = string([]rune(text)[:most])
			for _, between := range []string{"\n\n", "\n", " "} {
				if at := strings.LastIndex(cut, between); at > len(cut)/3 {
					cut = cut[:at]
					break
				}
			}
		}
		text = strings.TrimLeft(text[len(cut):], "\n")
		list = append(list, strings.TrimRight(cut, "\n "))
	}
	for i := range list {
		list[i] = fmt.Sprintf("(%d/%d)\n%s", i+1, len(list), list[i])
	}
	return list
}

func (c *chat) piece(text string) error {
	for _, err := range c.router.Send(text, nil) {
		if err == nil {
			continue
		}
		if errors.Is(err, router.ErrServiceTimeout) {
			e := c.fault("%s did not answer within %s", c.service, c.router.Timeout.Round(time.Second))
			e.Whole, e.Maybe = true, true
			return e
		}
		status := statusIn(err.Error())
		if strings.HasPrefix(status, "4") && status != "408" && status != "425" && status != "429" {
			return c.whole("%s refuses the message with status %s", c.service, status)
		}
		e := c.fault("%s did not take the message", c.service)
		if status != "" {
			e.Text += " (status " + status + ")"
		}
		e.Whole, e.Maybe = true, status != "429" && status != "503"
		return e
	}
	return nil
}

// Close does nothing: the library keeps no connection.
func (c *chat) Close() error { return nil }
