package fetch

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"baseline/pipeline/archive"
	"baseline/sources/source"
)

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
	renewed bool            // the request with the key was asked a second time
	shown   map[string]bool // sites whose robots.txt is in the archive as evidence
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
		answers: map[string]source.Capture{}, done: map[string]Answer{}, shown: map[string]bool{},
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

// remember reads what the archive has of the source, and when its hosts asked earlier runs
// to come again.
func (v *visit) remember() (err error) {
	if v.records, err = v.store.Records(v.about.ID); err != nil {
		return err
	}
	now := v.cfg.Now()
	// What a clock that was wrong has noted says nothing of now.
	v.records = slices.DeleteFunc(v.records, func(rec archive.Record) bool { return rec.RequestedAt.Sub(now) > aheadOfUs })
	for _, rec := range v.records {
		wait, ok := retryAfter(http.Header{"Retry-After": {rec.Headers["Retry-After"]}}, rec.RequestedAt)
		if until := rec.RequestedAt.Add(wait); ok && rec.Status >= 400 && until.After(now) {
			if u, err := url.Parse(rec.FinalURL); err == nil {
				v.leaveUntil(v.hostOf(u, 0), until)
			}
		}
	}
	v.newest, err = v.store.Newest(v.about.ID)
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
