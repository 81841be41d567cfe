// Package exchange is what goes into and out of the archive other than by fetching: pages
// that a steward hands in, and WARC files.
package exchange

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"baseline/pipeline/archive"
	"baseline/sources/source"
)

// MaxBytes bounds one capture, 64 MB.
const MaxBytes = 64 << 20

// maxRounds bounds how far answers may lead from one to the next.
const maxRounds = 10

// Asks lists what a source asks its publisher for, following the archived answers that lead
// to more.
func Asks(store *archive.Archive, s source.Source) ([]source.Request, error) {
	asks := s.Requests(source.Plan{})
	newest, err := store.Newest(s.About().ID)
	if err != nil {
		return nil, err
	}
	for range maxRounds {
		var plan source.Plan
		for _, req := range asks {
			rec, ok := newest[req.ID]
			if !ok || !req.Leads {
				continue
			}
			body, err := store.Body(rec.SHA256)
			var damaged *archive.DamagedError
			switch {
			case errors.As(err, &damaged), errors.Is(err, fs.ErrNotExist):
				continue // a refresh tells of it
			case err != nil:
				return nil, err
			}
			plan.Answers = append(plan.Answers, source.Capture{
				Source: rec.Source, Request: rec.Request.ID, URL: rec.FinalURL, SHA256: rec.SHA256,
				Taken: rec.RequestedAt, Origin: rec.Origin, Body: body,
			})
		}
		if plan.Answers == nil {
			break
		}
		more := s.Requests(plan)
		if len(more) == len(asks) {
			return more, nil
		}
		asks = more
	}
	return asks, nil
}

// ids are the names of the requests, for messages.
func ids(asks []source.Request) string {
	var names []string
	for _, r := range asks {
		names = append(names, r.ID)
	}
	return strings.Join(names, ", ")
}

// page reduces an address to what names the page: http or https, www. or not, a slash at
// its end, the order of its query and its fragment make no difference.
func page(u *url.URL) string {
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		host += ":" + port
	}
	key := host + strings.TrimRight((&url.URL{Path: u.Path}).EscapedPath(), "/")
	if u.RawQuery != "" {
		key += "?" + u.Query().Encode()
	}
	return key
}

// parse reads an absolute address of the web.
func parse(address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "":
		return nil, fmt.Errorf("%q is not an address like https://www.example.org/page", address)
	case u.User != nil:
		return nil, errors.New("the address holds a name or password; it would be stored: leave it out")
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// hosts are those that the source may be read from, without www.
func hosts(about source.About, asks []source.Request) []string {
	names := slices.Clone(about.Hosts)
	for _, r := range asks {
		for _, address := range r.Addresses {
			if u, err := url.Parse(address); err == nil {
				names = append(names, u.Hostname())
			}
		}
	}
	for i, n := range names {
		names[i] = strings.TrimPrefix(strings.ToLower(n), "www.")
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func onHost(u *url.URL, names []string) bool {
	return slices.Contains(names, strings.TrimPrefix(strings.ToLower(u.Hostname()), "www."))
}

// kept is a page as the Internet Archive keeps it.
type kept struct {
	url   string    // of the publisher
	said  string    // the time as the address says it
	taken time.Time // UTC; zero if the address does not say it to the second
	asIs  bool      // the bytes are those of the publisher, without a banner and with its own links
}

var waybackForm = regexp.MustCompile(`(?i)^https?://web\.archive\.org/(?:web/)?([0-9*]+)([a-z]{2}_)?/(.+)$`)

// stamped is the form of a time of the Internet Archive: to the second, in UTC.
const stamped = "20060102150405"

// wayback takes an address of the Internet Archive apart. Only a whole time tells when the
// page was taken: the shorter ones lead to whatever capture is near.
func wayback(address string) (kept, bool) {
	m := waybackForm.FindStringSubmatch(strings.TrimSpace(address))
	if m == nil {
		return kept{}, false
	}
	k := kept{url: m[3], said: m[1], asIs: strings.EqualFold(m[2], "id_")}
	if !strings.Contains(k.url, "://") {
		if scheme, rest, ok := strings.Cut(k.url, ":/"); ok { // some tools fold the slashes
			k.url = scheme + "://" + rest
		} else {
			k.url = "http://" + k.url
		}
	}
	if at, err := time.Parse(stamped, m[1]); err == nil && len(m[1]) == len(stamped) {
		k.taken = at.UTC()
	}
	return k, true
}

// whole is the address under which the Internet Archive gives the publisher's own bytes.
func (k kept) whole() string {
	return "https://web.archive.org/web/" + k.taken.Format(stamped) + "id_/" + k.url
}
