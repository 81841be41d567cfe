package fetch

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"baseline/pipeline/archive"
	"baseline/sources/source"
)

// staleFor is how long a candidate address at which there is nothing is left in peace.
const staleFor = 28 * 24 * time.Hour

// tiredAfter is how often in a row a candidate must have said that there is nothing, before
// it is left in peace though no other one answers either.
const tiredAfter = 3

// request asks for one thing at its candidate addresses, until one lets us read. Where the
// address that answered last fails, an older one could put old facts in place of new ones:
// the next is tried only if there is nothing at that address any more.
func (v *visit) request(r source.Request) (Answer, error) {
	started := v.cfg.Now()
	a := Answer{Request: r.ID, Outcome: OutcomeFailed}
	last := v.answered(r)
	addresses, later := v.candidates(r)
	for _, address := range append(addresses, later...) {
		one, err := v.candidate(r, address)
		if err != nil {
			return a, err
		}
		one.Bytes, one.Tries, one.Took = one.Bytes+a.Bytes, one.Tries+a.Tries, v.cfg.Now().Sub(started)
		a = one
		if a.Outcome != OutcomeFailed || address == last && !gone(a.Status, a.Fault) {
			break
		}
	}
	if a.Outcome == OutcomeFailed && r.Leads {
		v.lead(r, v.newest[r.ID])
	}
	return a, nil
}

// gone reports whether an answer says that nothing is at an address any more.
func gone(status int, fault string) bool {
	return status == http.StatusNotFound || status == http.StatusGone || fault == "no-such-host"
}

// answered is the address that answered last; empty if none of the request's ever did. What
// was rebuilt from facts is no answer.
func (v *visit) answered(r source.Request) string {
	good, ok := v.newest[r.ID]
	if !ok || good.Origin != archive.Publisher && good.Origin != archive.ByHand || !slices.Contains(r.Addresses, good.Request.URL) {
		return ""
	}
	return good.Request.URL
}

// candidates are the addresses in their order. Those at which there was nothing lately,
// while another one answered, come only if that one fails now. Where none ever answered,
// those that keep saying so are left out but for the first.
func (v *visit) candidates(r source.Request) (now, later []string) {
	last := v.answered(r)
	addresses := r.Addresses[:min(len(r.Addresses), maxAddresses)]
	for i, address := range addresses {
		ever, nothing, failed := false, 0, time.Time{}
		var end archive.Record
		for _, rec := range v.records {
			if rec.Request.ID != r.ID || rec.Request.URL != address || rec.Origin != archive.Publisher || hop(rec) {
				continue
			}
			ever = ever || rec.Answers()
			if end = rec; gone(rec.Status, rec.Fault) {
				nothing++
			} else {
				nothing = 0
			}
			if failed = rec.RequestedAt; rec.Answers() {
				failed = time.Time{}
			}
		}
		lately := !failed.IsZero() && v.cfg.Now().Sub(failed) < staleFor
		switch {
		case last != "" && address != last && lately && (!ever || gone(end.Status, end.Fault)):
			later = append(later, address)
		case last == "" && i > 0 && lately && nothing >= tiredAfter:
		default:
			now = append(now, address)
		}
	}
	return now, later
}

// hop reports whether a record is that of a redirect on the way to an answer.
func hop(rec archive.Record) bool {
	return rec.Status/100 == 3 && rec.Status != http.StatusNotModified && rec.Fault == ""
}

// candidate asks at one address, as often as is worth it.
func (v *visit) candidate(r source.Request, address string) (Answer, error) {
	a := Answer{Request: r.ID, URL: address, Outcome: OutcomeFailed}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		a.Fault, a.Text = "bad-address", fmt.Sprintf("%q is no address that can be asked", address)
		return a, v.note(r, address, a)
	}
	a.Host = u.Hostname()
	if !v.allowed[strings.ToLower(u.Hostname())] {
		a.Fault, a.Text = "address-elsewhere", fmt.Sprintf("%s is not among the hosts of this source; if it is right, add it to hosts in source.yaml", u.Hostname())
		return a, v.note(r, address, a)
	}
	for try := 1; ; try++ {
		one, err := v.follow(r, address, u, a.Tries)
		if err != nil {
			return a, err
		}
		one.Bytes += a.Bytes
		again := one.again
		a = one.Answer
		if !again || a.Tries >= maxTries {
			return a, nil
		}
		wait := backoff(try)
		if one.hasWait {
			wait = one.wait
		}
		v.say(r.ID, a.Host, fmt.Sprintf("waits %s and asks %s once more", wait.Round(time.Second/10), a.Host))
		if err := v.cfg.Sleep(v.ctx, wait); err != nil {
			return a, err
		}
	}
}

// note records a request for which nothing could be sent.
func (v *visit) note(r source.Request, address string, a Answer) error {
	return v.store.Note(archive.Record{
		Source: v.about.ID, Request: archive.Asked{ID: r.ID, URL: address}, FinalURL: address, RequestedAt: v.cfg.Now().UTC(),
		Fault: a.Fault, FaultText: a.Text, Origin: archive.Publisher,
	})
}
