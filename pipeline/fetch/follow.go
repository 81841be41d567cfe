package fetch

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"baseline/pipeline/archive"
	"baseline/sources/source"
)

// tried is one try, and whether another is worth it.
type tried struct {
	Answer
	again   bool
	wait    time.Duration
	hasWait bool
}

// follow asks once and follows redirects to hosts on the list. Each of them is noted in the
// archive beside the answer.
func (v *visit) follow(r source.Request, address string, u *url.URL, tries int) (tried, error) {
	t := tried{Answer: Answer{Request: r.ID, URL: address, Host: u.Hostname(), Outcome: OutcomeFailed, Tries: tries + 1}}
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	have := v.validators(r, address)
	var hops []archive.Record
	for at := u; ; {
		re, err := v.once(r, method, at, u, have)
		if err != nil {
			return t, err
		}
		t.Bytes += int64(len(re.raw))
		t.Status, t.wait, t.hasWait = re.status, re.wait, re.hasWait
		if re.wait > longestWait {
			re.again = false
			re.fault, re.text = "asked-to-wait", fmt.Sprintf("%s asks not to be asked again for %s", at.Hostname(), re.wait.Round(time.Second))
		}
		to := re.location(at)
		if to != nil {
			if re.fault, re.text = v.elsewhere(address, method, at, to, re.status, len(hops)); re.fault == "" {
				hops = append(hops, v.record(r, address, re))
				at = to
				continue
			}
		}
		t.again = re.again
		if t, err = v.keep(r, address, re, t, have); err != nil {
			return t, err
		}
		for _, rec := range hops {
			if err := v.store.Note(rec); err != nil {
				return t, err
			}
		}
		return t, nil
	}
}

// elsewhere says why a redirect is not followed; empty: it is.
func (v *visit) elsewhere(address, method string, at, to *url.URL, status, hops int) (fault, text string) {
	switch {
	case hops == maxRedirects:
		return "redirected-too-often", fmt.Sprintf("%s leads from one address to the next more than %d times", address, maxRedirects)
	case !onward(at, to):
		return "redirected-elsewhere", fmt.Sprintf("%s leads to %s, which is not protected or no address of a web server", address, shown(to))
	case !v.allowed[strings.ToLower(to.Hostname())]:
		return "redirected-elsewhere", fmt.Sprintf("%s leads to the host %s, which is not on the list of this source; if it is right, add it to hosts in source.yaml", address, to.Hostname())
	case method != http.MethodGet && (to.Host != at.Host || status != http.StatusTemporaryRedirect && status != http.StatusPermanentRedirect):
		return "redirected-elsewhere", fmt.Sprintf("%s leads to %s, and what was posted is not sent there", address, shown(to))
	}
	return "", ""
}

// validators is the newest record of the address whose bytes the archive still has.
func (v *visit) validators(r source.Request, address string) *archive.Record {
	rec, ok := v.newest[r.ID]
	if !ok || r.Private || r.Method != "" && r.Method != http.MethodGet || rec.Request.URL != address || rec.Origin != archive.Publisher {
		return nil
	}
	if rec.Headers["Etag"] == "" && rec.Headers["Last-Modified"] == "" {
		return nil
	}
	if _, err := v.store.Body(rec.SHA256); err != nil {
		return nil
	}
	return &rec
}

// once asks what robots.txt allows, when it is one's turn. Validators go to the address
// alone that gave them: of another one they would be about other bytes.
func (v *visit) once(r source.Request, method string, at, first *url.URL, have *archive.Record) (*reply, error) {
	h := v.hostOf(at, time.Duration(v.about.Gap)*time.Second)
	say := func(text string) { v.say(r.ID, at.Hostname(), text) }
	now := v.cfg.Now().UTC()
	if fault, text := v.shut(h); fault != "" {
		return &reply{at: now, url: at, fault: fault, text: text, unsent: true}, nil
	}
	fault, text, evidence, err := v.mayAsk(v.ctx, h, at, say)
	if err != nil {
		return nil, err
	}
	if evidence != nil {
		if err := v.prove(*evidence, text); err != nil {
			return nil, err
		}
	}
	if fault != "" {
		return &reply{at: v.cfg.Now().UTC(), url: at, fault: fault, text: text, unsent: true}, nil
	}
	header := http.Header{"Accept": {accept[r.Media]}, "Accept-Language": {language(r) + ", *;q=0.1"}}
	if accept[r.Media] == "" {
		header.Set("Accept", "*/*")
	}
	for name, value := range r.Header {
		header.Set(name, value)
	}
	if at.Scheme == first.Scheme && at.Host == first.Host {
		for name, value := range r.Secret {
			header.Set(name, value)
		}
	}
	conditional := have != nil && have.FinalURL == shown(at) && unless(header, have.Headers["Etag"], have.Headers["Last-Modified"])
	re, err := v.inTurn(v.ctx, h, at, say, func() *reply {
		say("asks " + at.Hostname() + " for " + r.ID)
		return v.send(v.ctx, method, at, r.Body, header)
	})
	if err != nil {
		return nil, err
	}
	re.conditional = conditional
	return re, nil
}

var accept = map[string]string{
	"html": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1", "json": "application/json, */*;q=0.1",
	"pdf": "application/pdf, */*;q=0.1", "csv": "text/csv, text/plain;q=0.9, */*;q=0.1", "text": "text/plain, */*;q=0.1",
}

func language(r source.Request) string {
	if r.Language == "" {
		return "en"
	}
	return r.Language
}

func (v *visit) say(request, host, doing string) {
	v.tell(Event{Source: v.about.ID, Request: request, Host: host, Doing: doing})
}
