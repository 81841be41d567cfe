package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/fetch/soft"
	"baseline/sources/source"
)

// staleFor is how long a candidate address that failed is left in peace while another one
// answers.
const staleFor = 28 * 24 * time.Hour

// visit is one source on its way through its requests.
type visit struct {
	*Client
	ctx     context.Context
	store   *archive.Archive
	source  source.Source
	about   source.About
	allowed map[string]bool
	tell    func(Event)
	records []archive.Record // oldest first
	newest  map[string]archive.Record
	answers map[string]source.Capture // of requests that lead to others
	done    map[string]Answer
	order   []string
	renewed bool // the request with the key was asked a second time
}

// Source asks everything that the source wants to know and archives every answer before
// anybody reads it. What a publisher does not let us read is in the report and in the
// archive, not an error: an error means that the archive or the caller failed.
func (c *Client) Source(ctx context.Context, store *archive.Archive, s source.Source, tell func(Event)) (Report, error) {
	if tell == nil {
		tell = func(Event) {}
	}
	v := &visit{
		Client: c, ctx: ctx, store: store, source: s, about: s.About(), tell: tell,
		answers: map[string]source.Capture{}, done: map[string]Answer{},
	}
	v.allowed = hostsOf(v.about)
	report := Report{Source: v.about.ID, Started: c.cfg.Now().UTC()}
	err := v.remember()
	if err == nil {
		err = v.all()
	}
	for _, id := range v.order {
		report.Answers = append(report.Answers, v.done[id])
	}
	report.Ended = c.cfg.Now().UTC()
	return report, err
}

func (v *visit) remember() (err error) {
	if v.records, err = v.store.Records(v.about.ID); err == nil {
		v.newest, err = v.store.Newest(v.about.ID)
	}
	return err
}

// all asks in rounds: answers may lead to more requests.
func (v *visit) all() error {
	var asks []source.Request
	for range maxRounds {
		asks = v.asks()
		if len(asks) > maxRequests {
			return fmt.Errorf("source %s wants %d requests at once; at most %d are believed", v.about.ID, len(asks), maxRequests)
		}
		more, err := v.round(asks)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	for _, r := range asks {
		if _, ok := v.done[r.ID]; !ok {
			v.set(Answer{Request: r.ID, Outcome: OutcomeNotAsked, Fault: "no-address", Text: "no answer told where to ask for " + r.ID})
		}
	}
	return nil
}

func (v *visit) asks() []source.Request {
	plan := source.Plan{Now: v.cfg.Now().UTC(), Key: v.cfg.Keys[v.about.ID]}
	for _, id := range slices.Sorted(maps.Keys(v.answers)) {
		plan.Answers = append(plan.Answers, v.answers[id])
	}
	return v.source.Requests(plan)
}

// round asks what can be asked now; more says that something new is known since.
func (v *visit) round(asks []source.Request) (more bool, err error) {
	for _, r := range asks {
		if _, ok := v.done[r.ID]; ok || !v.ready(r, asks) {
			continue
		}
		if first, ok := v.done[r.After]; ok && r.Needs && (first.Outcome == OutcomeFailed || first.Outcome == OutcomeNotAsked) {
			v.set(Answer{Request: r.ID, Outcome: OutcomeNotAsked, Text: "needs the answer to " + r.After})
			continue
		}
		if len(r.Addresses) == 0 {
			continue
		}
		a, err := v.request(r)
		if err != nil {
			return false, err
		}
		if (a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden) && r.Needs && !v.renewed {
			// The key may have changed since it was read: ask for it once more, then go on.
			v.renewed = true
			delete(v.done, r.After)
			delete(v.answers, r.After)
			delete(v.done, r.ID)
			return true, nil
		}
		v.set(a)
		if r.Leads || r.Private {
			return true, nil
		}
	}
	return false, nil
}

// ready reports whether what goes before the request has been done.
func (v *visit) ready(r source.Request, asks []source.Request) bool {
	if r.After == "" {
		return true
	}
	_, done := v.done[r.After]
	return done || !slices.ContainsFunc(asks, func(q source.Request) bool { return q.ID == r.After })
}

func (v *visit) set(a Answer) {
	if _, ok := v.done[a.Request]; !ok && !slices.Contains(v.order, a.Request) {
		v.order = append(v.order, a.Request)
	}
	v.done[a.Request] = a
}

// request asks for one thing at its candidate addresses, until one lets us read.
func (v *visit) request(r source.Request) (Answer, error) {
	started := v.cfg.Now()
	a := Answer{Request: r.ID, Outcome: OutcomeFailed}
	addresses, later := v.candidates(r)
	for _, address := range append(addresses, later...) {
		one, err := v.candidate(r, address)
		if err != nil {
			return a, err
		}
		one.Bytes, one.Tries, one.Took = one.Bytes+a.Bytes, one.Tries+a.Tries, v.cfg.Now().Sub(started)
		a = one
		if a.Outcome != OutcomeFailed || a.Fault == "asked-to-wait" {
			break
		}
	}
	if a.Outcome == OutcomeFailed && r.Leads {
		v.lead(r, v.newest[r.ID])
	}
	return a, nil
}

// candidates are the addresses in their order. Those that failed lately, while another
// one answered, come only if that one fails now.
func (v *visit) candidates(r source.Request) (now, later []string) {
	good, ok := v.newest[r.ID]
	for _, address := range r.Addresses {
		failed := false
		for _, rec := range v.records {
			if rec.Request.ID == r.ID && rec.Request.URL == address && rec.Origin == archive.Publisher {
				failed = !rec.Answers() && ok && good.Request.URL != address && good.Origin == archive.Publisher &&
					v.cfg.Now().Sub(rec.RequestedAt) < staleFor && slices.Contains(r.Addresses, good.Request.URL)
			}
		}
		if failed {
			later = append(later, address)
		} else {
			now = append(now, address)
		}
	}
	return now, later
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

// tried is one try, and whether another is worth it.
type tried struct {
	Answer
	again   bool
	wait    time.Duration
	hasWait bool
}

// follow asks once and follows redirects to hosts on the list.
func (v *visit) follow(r source.Request, address string, u *url.URL, tries int) (tried, error) {
	t := tried{Answer: Answer{Request: r.ID, URL: address, Host: u.Hostname(), Outcome: OutcomeFailed, Tries: tries + 1}}
	method, body := r.Method, r.Body
	if method == "" {
		method = http.MethodGet
	}
	have := v.validators(r, address)
	for hops, at := 0, u; ; hops++ {
		re, err := v.once(r, method, at, body, u, have)
		if err != nil {
			return t, err
		}
		t.Bytes += re.wire
		t.Status = re.status
		if wait, ok := retryAfter(re.header, v.cfg.Now()); ok && re.again {
			t.wait, t.hasWait = wait, true
			if wait > longestWait {
				re.again = false
				re.fault, re.text = "asked-to-wait", fmt.Sprintf("%s asks not to be asked again for %s", at.Hostname(), wait.Round(time.Second))
				h := v.hostOf(at, 0)
				v.mu.Lock()
				h.until = v.cfg.Now().Add(wait)
				v.mu.Unlock()
			}
		}
		to := re.location(at)
		if to != nil && re.fault == "" {
			switch {
			case hops == maxRedirects:
				re.fault, re.text = "redirected-too-often", fmt.Sprintf("%s leads from one address to the next more than %d times", address, maxRedirects)
			case to.Scheme != "https" && at.Scheme == "https" || to.Scheme != "https" && to.Scheme != "http":
				re.fault, re.text = "redirected-elsewhere", fmt.Sprintf("%s leads to %s, which is not protected", address, to.Redacted())
			case !v.allowed[strings.ToLower(to.Hostname())]:
				re.fault, re.text = "redirected-elsewhere", fmt.Sprintf("%s leads to the host %s, which is not on the list of this source; if it is right, add it to hosts in source.yaml", address, to.Hostname())
			case method != http.MethodGet && (to.Host != at.Host || re.status != http.StatusTemporaryRedirect && re.status != http.StatusPermanentRedirect):
				re.fault, re.text = "redirected-elsewhere", fmt.Sprintf("%s leads to %s, and what was posted is not sent there", address, to.Redacted())
			default:
				at = to
				continue
			}
		}
		t.again = re.again
		return v.keep(r, address, re, t, have)
	}
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

// once waits for one's turn at the host and for what it asks of programs, then sends.
func (v *visit) once(r source.Request, method string, at *url.URL, body string, first *url.URL, have *archive.Record) (*reply, error) {
	h := v.hostOf(at, time.Duration(v.about.Gap)*time.Second)
	say := func(text string) { v.say(r.ID, at.Hostname(), text) }
	if err := h.take(v.ctx); err != nil {
		return nil, err
	}
	defer h.give()
	v.mu.Lock()
	until := h.until
	v.mu.Unlock()
	if now := v.cfg.Now(); until.After(now) {
		return &reply{at: now.UTC(), url: at, fault: "asked-to-wait", text: fmt.Sprintf("%s asked not to be asked before %s", h.name, until.UTC().Format("2006-01-02 15:04 UTC"))}, nil
	}
	fault, text, err := v.mayAsk(v.ctx, h, at, v.allowed, say)
	if err != nil {
		return nil, err
	}
	if fault != "" {
		return &reply{at: v.cfg.Now().UTC(), url: at, fault: fault, text: text}, nil
	}
	if err := v.pause(v.ctx, h, say); err != nil {
		return nil, err
	}
	header := http.Header{"Accept": {accept[r.Media]}, "Accept-Language": {language(r) + ", *;q=0.1"}}
	if accept[r.Media] == "" {
		header.Set("Accept", "*/*")
	}
	for name, value := range r.Header {
		header.Set(name, value)
	}
	if at.Host == first.Host {
		for name, value := range r.Secret {
			header.Set(name, value)
		}
	}
	if have != nil {
		if e := have.Headers["Etag"]; e != "" {
			header.Set("If-None-Match", e)
		}
		if m := have.Headers["Last-Modified"]; m != "" {
			header.Set("If-Modified-Since", m)
		}
	}
	say("asks " + at.Hostname() + " for " + r.ID)
	re := v.send(v.ctx, method, at, body, header)
	h.last = v.cfg.Now()
	if v.ctx.Err() != nil {
		return nil, v.ctx.Err() // what came of an answer that was cut off by us says nothing of the publisher
	}
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

// keep archives the answer, then says what it is.
func (v *visit) keep(r source.Request, address string, re *reply, t tried, have *archive.Record) (tried, error) {
	t.Fault, t.Text = re.fault, re.text
	rec := archive.Record{
		Source: v.about.ID, Request: archive.Asked{ID: r.ID, URL: address}, FinalURL: re.url.String(), RequestedAt: re.at,
		Status: re.status, Headers: kept(re.header), Origin: archive.Publisher,
	}
	if re.status == http.StatusNotModified && have != nil && re.fault == "" {
		for name, value := range have.Headers {
			if _, ok := rec.Headers[name]; !ok {
				rec.Headers[name] = value
			}
		}
		rec.SHA256, rec.Bytes, rec.File = have.SHA256, have.Bytes, have.File
		t.Outcome = OutcomeNotModified
		v.newest[r.ID] = rec
		if r.Leads {
			v.lead(r, rec)
		}
		return t, v.store.Note(rec)
	}
	if t.Fault == "" {
		t.Fault, t.Text = soft.Fault(r.Media, language(r), re.status, re.header, re.body)
	}
	if t.Fault == "" && r.Private {
		t.Fault, t.Text = v.unreadable(r, re)
	}
	rec.Fault, rec.FaultText = t.Fault, t.Text
	if t.Fault == "" {
		t.Outcome, t.again = OutcomeNew, false
	}
	if r.Private {
		if t.Fault == "" {
			v.answers[r.ID] = source.Capture{Source: v.about.ID, Request: r.ID, URL: rec.FinalURL, Taken: re.at, Origin: archive.Publisher, Body: re.body}
		}
		return t, v.store.Note(rec)
	}
	if re.status == 0 || len(re.body) == 0 {
		return t, v.store.Note(rec)
	}
	sum := sha256.Sum256(re.body)
	rec.SHA256, rec.Bytes = hex.EncodeToString(sum[:]), len(re.body)
	if old, ok := v.newest[r.ID]; ok && t.Outcome == OutcomeNew && old.SHA256 == rec.SHA256 {
		t.Outcome = OutcomeSame
	}
	if err := v.store.Put(rec, re.body); err != nil {
		return t, err
	}
	if t.Fault == "" {
		v.newest[r.ID] = rec
		if r.Leads {
			v.answers[r.ID] = source.Capture{Source: v.about.ID, Request: r.ID, URL: rec.FinalURL, SHA256: rec.SHA256, Taken: re.at, Origin: archive.Publisher, Body: re.body}
		}
	}
	return t, nil
}

// unreadable lets the source say whether it finds in a private answer what it is asked for:
// nobody will look at it later.
func (v *visit) unreadable(r source.Request, re *reply) (fault, text string) {
	defer func() {
		if recover() != nil {
			fault, text = "unreadable", "the reader broke on the answer"
		}
	}()
	_, err := source.Read(v.source, source.Capture{Source: v.about.ID, Request: r.ID, URL: re.url.String(), Taken: re.at, Origin: archive.Publisher, Body: re.body})
	if err != nil {
		return "unreadable", innermost(err)
	}
	return "", ""
}

// lead hands the archived answer of before to the source.
func (v *visit) lead(r source.Request, rec archive.Record) {
	body, err := v.store.Body(rec.SHA256)
	if err != nil {
		return // it leads nowhere; reading tells of the damage
	}
	v.answers[r.ID] = source.Capture{Source: rec.Source, Request: r.ID, URL: rec.FinalURL, SHA256: rec.SHA256, Taken: rec.RequestedAt, Origin: rec.Origin, Body: body}
}

// note records a request for which nothing could be sent.
func (v *visit) note(r source.Request, address string, a Answer) error {
	return v.store.Note(archive.Record{
		Source: v.about.ID, Request: archive.Asked{ID: r.ID, URL: address}, FinalURL: address, RequestedAt: v.cfg.Now().UTC(),
		Fault: a.Fault, FaultText: a.Text, Origin: archive.Publisher,
	})
}

// keptHeaders are the fields of an answer that say something about its bytes. Cookies are
// not among them.
var keptHeaders = []string{
	"Cache-Control", "Cf-Mitigated", "Content-Encoding", "Content-Language", "Content-Length", "Content-Type", "Date", "Etag",
	"Last-Modified", "Location", "Retry-After", "Server",
}

func kept(header http.Header) map[string]string {
	m := map[string]string{}
	for _, name := range keptHeaders {
		if v := header.Get(name); v != "" {
			m[name] = v
		}
	}
	return m
}
