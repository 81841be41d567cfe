package fetch

import (
	"math"
	"net/http"
	"net/url"
	"strings"

	"baseline/pipeline/archive"
	"baseline/sources/source"
)

// Ask is one request that would be sent.
type Ask struct {
	Source, Request string
	Method          string
	Addresses       []string // in the order in which they would be tried
	Hosts           []string // of the addresses, each once
	Elsewhere       []string // addresses whose host is not on the list: they are not asked
	Conditional     bool     // only asks whether it has changed
	After           string   // the request that goes before
	Follows         bool     // its answer may name further requests
	Gap             int      // seconds between two requests to one host
}

// Plan says what would be asked of whom, and asks nothing. Requests that an answer would
// name are known as far as the archive has such an answer.
func (c *Client) Plan(store *archive.Archive, s source.Source) ([]Ask, error) {
	v := &visit{Client: c, store: store, source: s, about: s.About(), answers: map[string]source.Capture{}}
	v.allowed = hostsOf(v.about)
	if err := v.remember(); err != nil {
		return nil, err
	}
	for _, r := range v.asks() {
		if rec, ok := v.newest[r.ID]; ok && r.Leads {
			v.lead(r, rec)
		}
	}
	var list []Ask
	for _, r := range v.asks() {
		now, later := v.candidates(r)
		a := Ask{
			Source: v.about.ID, Request: r.ID, Method: r.Method, Addresses: append(now, later...), After: r.After, Follows: r.Leads,
			Gap: max(v.about.Gap, int(math.Ceil(c.cfg.Gap.Seconds()))),
		}
		if a.Method == "" {
			a.Method = http.MethodGet
		}
		seen := map[string]bool{}
		for _, address := range a.Addresses {
			u, err := url.Parse(address)
			switch {
			case err != nil || !v.allowed[strings.ToLower(u.Hostname())]:
				a.Elsewhere = append(a.Elsewhere, address)
			case !seen[u.Host]:
				seen[u.Host] = true
				a.Hosts = append(a.Hosts, u.Host)
			}
		}
		if len(a.Addresses) > 0 {
			a.Conditional = v.validators(r, a.Addresses[0]) != nil
		}
		list = append(list, a)
	}
	return list, nil
}
