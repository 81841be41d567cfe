package channel

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/nicholas-fedor/shoutrrr"
	"github.com/nicholas-fedor/shoutrrr/pkg/router"
)

// chatRunes is how much text a chat message has at most: some services take no more than
// 2000 characters.
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

var httpStatus = regexp.MustCompile(`\b[45]\d\d\b`)

// Send sends the subject and as much of the text as chat services take. The library's errors
// are not passed on: they may hold the address.
func (c *chat) Send(_ context.Context, m Rendered) (fault error) {
	defer func() {
		if recover() != nil {
			fault = c.permanent("the library for %s fails with this message", c.service)
		}
	}()
	text := []rune(oneLine(m.Subject) + "\n\n" + strings.TrimSpace(m.Text))
	if len(text) > chatRunes {
		text = append(text[:chatRunes], '…')
	}
	for _, err := range c.router.Send(string(text), nil) {
		if err == nil {
			continue
		}
		if errors.Is(err, router.ErrServiceTimeout) {
			e := c.fault("%s did not answer within %s", c.service, c.router.Timeout.Round(time.Second))
			e.Whole = true
			return e
		}
		status := httpStatus.FindString(err.Error())
		if strings.HasPrefix(status, "4") && status != "408" && status != "429" {
			return c.whole("%s refuses the message with status %s", c.service, status)
		}
		e := c.fault("%s did not take the message", c.service)
		if status != "" {
			e.Text += " (status " + status + ")"
		}
		e.Whole = true
		return e
	}
	return nil
}

// Close does nothing: the library keeps no connection.
func (c *chat) Close() error { return nil }
