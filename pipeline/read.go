package pipeline

import (
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/check"
	"baseline/pipeline/decisions"
	"baseline/pipeline/resolve"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
	"baseline/sources/source"
)

// Unreadable is the code of the finding for a capture that could not be read.
const Unreadable = "unreadable"

// readAll reads the newest capture of each request of the sources, several at a time.
func (p *Pipeline) readAll(sources []source.Source) []snapshot.Input {
	inputs := make([]snapshot.Input, len(sources))
	var jobs []func()
	for i, s := range sources {
		in := &inputs[i]
		in.About = s.About()
		in.Again = func(rec archive.Record) snapshot.Checked { return p.readRecord(s, rec) }
		a, err := p.newest(s)
		in.Checked = a.checked
		if err != nil {
			in.Captures = failed(in.About, err)
			continue
		}
		in.Captures = append(make([]snapshot.Checked, len(a.records)), a.lost...)
		for n, rec := range a.records {
			jobs = append(jobs, func() {
				in.Captures[n] = p.readNewest(s, rec, a.all)
				in.Captures[n].Failed = a.failed(rec)
			})
		}
		in.Findings = a.found
		in.Findings = append(in.Findings, notRenewed(s, a)...)
		in.Findings = append(in.Findings, fromElsewhere(a)...)
	}
	inParallel(p.Workers, jobs)
	return inputs
}

func inParallel(workers int, jobs []func()) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var wg sync.WaitGroup
	next := make(chan func())
	for range workers {
		wg.Go(func() {
			for job := range next {
				job()
			}
		})
	}
	for _, job := range jobs {
		next <- job
	}
	close(next)
	wg.Wait()
}

// asked is what the archive has of one source.
type asked struct {
	asks    []source.Request
	records []archive.Record          // to read, in the order of the source's requests
	faults  map[string]archive.Record // by request: the last one, if it brought nothing to read
	lost    []snapshot.Checked        // requests whose newest record is damaged
	found   []source.Finding          // on damaged records
	all     []archive.Record          // oldest first
	checked time.Time                 // when the source was last asked
}

// newest finds the newest answer to each request of the source.
func (p *Pipeline) newest(s source.Source) (a asked, err error) {
	about := s.About()
	if t, ok := s.(source.Tabled); ok {
		a.asks = s.Requests(source.Plan{})
		for _, table := range t.Tables() {
			a.records = append(a.records, tableRecord(about, table))
		}
	} else {
		records, err := p.records(about.ID)
		if err != nil {
			return a, err
		}
		newest := archive.NewestOf(records)
		a.asks = p.asks(s, newest)
		for _, req := range a.asks {
			if rec, ok := newest[req.ID]; ok {
				a.records = append(a.records, rec)
			}
		}
	}
	if a.all, err = p.records(about.ID); err != nil {
		return a, err
	}
	a.faults = map[string]archive.Record{}
	for _, rec := range a.all {
		a.checked = latest(a.checked, rec.RequestedAt)
		if old, ok := a.faults[rec.Request.ID]; !ok || !rec.RequestedAt.Before(old.RequestedAt) {
			a.faults[rec.Request.ID] = rec
		}
	}
	maps.DeleteFunc(a.faults, func(_ string, rec archive.Record) bool {
		return rec.Answers() || rec.Status == 200 && rec.Fault == "" || a.unneeded(rec)
	})
	return a, p.setAside(s, &a)
}

// records are those of a source that are to be read, oldest first.
func (p *Pipeline) records(source string) ([]archive.Record, error) {
	all, err := archive.In(p.Workspace).Records(source)
	if !p.until.IsZero() {
		all = slices.DeleteFunc(all, func(r archive.Record) bool { return r.RequestedAt.After(p.until) })
	}
	return all, err
}

// asks lists what the source asks for, following the archived answers that lead to more.
// What such an answer once led to stays, also when a newer one names it no more.
func (p *Pipeline) asks(s source.Source, newest map[string]archive.Record) []source.Request {
	asks := s.Requests(source.Plan{})
	for range maxRounds {
		var plan source.Plan
		leads := false
		for _, req := range asks {
			rec, ok := newest[req.ID]
			leads = leads || req.Leads
			if !ok || !req.Leads {
				continue
			}
			// A body that is damaged is told of where it is read.
			if body, err := archive.In(p.Workspace).Body(rec.SHA256); err == nil {
				plan.Answers = append(plan.Answers, source.Capture{
					Source: rec.Source, Request: rec.Request.ID, URL: rec.FinalURL, SHA256: rec.SHA256,
					Taken: rec.RequestedAt, Origin: rec.Origin, Body: body,
				})
			}
		}
		if !leads {
			return asks
		}
		more := s.Requests(plan)
		if len(more) == len(asks) {
			break
		}
		asks = more
	}
	for _, id := range slices.Sorted(maps.Keys(newest)) {
		if !slices.ContainsFunc(asks, func(r source.Request) bool { return r.ID == id }) {
			asks = append(asks, source.Request{ID: id})
		}
	}
	return asks
}

// failed reports whether the request of rec, or one that it needs, brought nothing to
// read since.
func (a *asked) failed(rec archive.Record) bool {
	if _, ok := a.faults[rec.Request.ID]; ok {
		return true
	}
	i := slices.IndexFunc(a.asks, func(q source.Request) bool { return q.ID == rec.Request.ID && q.Needs })
	if i < 0 {
		return false
	}
	_, ok := a.faults[a.asks[i].After]
	return ok
}

// maxRounds bounds how far answers may lead from one to the next.
const maxRounds = 10

// unneeded reports whether the fault of a request that opens others does no harm: they
// were answered after it, because the operator has given the key or a page by hand.
func (a *asked) unneeded(fault archive.Record) bool {
	var after []string
	for _, req := range a.asks {
		if req.After == fault.Request.ID && req.Needs {
			after = append(after, req.ID)
		}
	}
	return len(after) > 0 && slices.ContainsFunc(a.all, func(rec archive.Record) bool {
		return rec.Answers() && slices.Contains(after, rec.Request.ID) && rec.RequestedAt.After(fault.RequestedAt)
	})
}

// failed stands for all requests of a source whose archive could not be read, so
// that all its last good rows are kept.
func failed(about source.About, err error) []snapshot.Checked {
	var all []snapshot.Checked
	for _, req := range about.Requests {
		c := snapshot.Checked{Record: archive.Record{Source: about.ID, Request: archive.Asked{ID: req.ID}}, Err: err}
		c.Findings = []source.Finding{unreadable(c.Record, err)}
		all = append(all, c)
	}
	return all
}

func unreadable(rec archive.Record, err error) source.Finding {
	return source.Finding{
		Code: Unreadable, Severity: source.Hold, Source: rec.Source, Capture: rec.SHA256, Text: err.Error(),
		Hint: "the last good rows were kept; look at the capture, then correct the reader or fetch again",
	}
}

// readRecord takes one capture of the archive through reading, resolving and checking.
func (p *Pipeline) readRecord(s source.Source, rec archive.Record) snapshot.Checked {
	body, err := archive.In(p.Workspace).Body(rec.SHA256)
	var damaged *archive.DamagedError
	if errors.As(err, &damaged) {
		return lostBytes(rec, err)
	}
	if err != nil {
		err = fmt.Errorf("source %s, %s: %w", rec.Source, rec.Request.ID, err)
		return snapshot.Checked{Record: rec, Err: err, Findings: []source.Finding{unreadable(rec, err)}}
	}
	return p.ReadBody(s, rec, body)
}

// ReadBody takes the bytes of one capture through reading, resolving and checking.
func (p *Pipeline) ReadBody(s source.Source, rec archive.Record, body []byte) (c snapshot.Checked) {
	c.Record = rec
	// A reader that panics on odd bytes must not take the other sources with it.
	defer func() {
		if fault := recover(); fault != nil {
			c.Parts = nil
			c.Err = fmt.Errorf("source %s, %s (capture %.12s): the reader broke on these bytes: %v", rec.Source, rec.Request.ID, rec.SHA256, fault)
			c.Findings = []source.Finding{unreadable(rec, c.Err)}
		}
	}()
	reading, err := source.Read(s, source.Capture{
		Source: rec.Source, Request: rec.Request.ID, URL: rec.FinalURL, SHA256: rec.SHA256,
		Taken: rec.RequestedAt, Origin: rec.Origin, Body: body,
	})
	if err != nil {
		c.Err = err
		c.Findings = []source.Finding{unreadable(rec, err)}
		return c
	}
	c.Findings = reading.Findings
	known, unknown, found := resolve.Rows(p.Names, p.Decisions, reading.Rows)
	c.Parts = make([]snapshot.CheckedPart, len(reading.Parts))
	excluded := func(d *schemas.Dataset, r source.Emitted, key string) bool {
		by, out := p.Decisions.Excluded(rec.Source, r.Dataset, key)
		if out {
			c.Findings = append(c.Findings, exclusion(by, d, r))
		}
		return out
	}
	for _, r := range known {
		if d := schemas.Named(r.Dataset); excluded(d, r, d.KeyText(r.Row)) {
			c.Parts[r.Part].Excluded = append(c.Parts[r.Part].Excluded, r.Row)
			continue
		}
		if part := reading.Parts[r.Part]; !part.Holds(r.Row) {
			f := check.AnotherPlace(part, r.Row)
			reading.Findings, c.Findings = append(reading.Findings, f), append(c.Findings, f)
		}
		c.Parts[r.Part].Rows = append(c.Parts[r.Part].Rows, r.Row)
	}
	for i, r := range unknown {
		if d := schemas.Named(r.Dataset); excluded(d, r, r.Row.Values[d.Column(d.Spelling)].Text()) {
			continue
		}
		found[i].Part = reading.Parts[r.Part].Name()
		c.Findings = append(c.Findings, found[i])
		c.Parts[r.Part].Aside = append(c.Parts[r.Part].Aside, r)
	}
	for i, part := range reading.Parts {
		cp := &c.Parts[i]
		cp.Part = part
		c.Findings = append(c.Findings, check.Part(s.About(), part, cp.Rows)...)
	}
	rejected := p.decide(c.Findings)
	for i := range c.Parts {
		judge(&c.Parts[i], rejected, c.Findings)
	}
	return c
}

// withLast holds parts that are too far from the last good rows to be believed. Of the
// parts of last only those that want says are looked at.
func (p *Pipeline) withLast(inputs []snapshot.Input, last *snapshot.Snapshot, want func(snapshot.Part) bool) {
	for _, in := range inputs {
		for i := range in.Captures {
			c := &in.Captures[i]
			for k := range c.Parts {
				cp := &c.Parts[k]
				had := slices.ContainsFunc(last.Parts, func(q snapshot.Part) bool {
					return q.Source == in.About.ID && q.Dataset == cp.Dataset && q.Name() == cp.Name() && want(q)
				})
				if !had || cp.Reason != "" {
					continue
				}
				found := check.WithLast(in.About, cp.Part, cp.Rows, last.Said(in.About.ID, cp.Part), last.Remembered(in.About.ID, cp.Part))
				rejected := p.decide(found)
				judge(cp, rejected, found)
				c.Findings = append(c.Findings, found...)
			}
		}
	}
}

// judge says whether a part may pass, by the findings on it.
func judge(cp *snapshot.CheckedPart, rejected, found []source.Finding) {
	if held(rejected, cp.Part) != "" {
		cp.Reason, cp.Rows = "rejected", nil
		return
	}
	cp.Reason = held(found, cp.Part)
}

// decide applies to findings what a steward decided on them: a question that was
// accepted and a hold that was released become notes, so does one that was rejected,
// which is returned. Names that nobody knows are not held by part.
func (p *Pipeline) decide(findings []source.Finding) (rejected []source.Finding) {
	for i := range findings {
		f := &findings[i]
		if f.Severity == source.Question && p.Decisions.Accepted(*f) != nil {
			f.Severity = source.Note
		}
		if f.Severity != source.Hold {
			continue
		}
		verb, by := p.Decisions.Held(*f)
		switch verb {
		case decisions.Reject:
			rejected = append(rejected, *f)
		case decisions.Release:
		default:
			continue
		}
		f.Severity = source.Note
		f.Text += fmt.Sprintf(" (%s by %s on %s: %s)", map[decisions.Verb]string{decisions.Release: "released", decisions.Reject: "rejected"}[verb], by.By, by.On, by.Why)
	}
	return rejected
}

func exclusion(by *decisions.Decision, d *schemas.Dataset, r source.Emitted) source.Finding {
	return source.Finding{
		Code: "excluded", Severity: source.Note, Source: r.Row.Source, Dataset: r.Dataset, Capture: r.Row.Evidence.Capture,
		Locator: r.Row.Evidence.Locator, Quote: r.Row.Evidence.Quote,
		Text: fmt.Sprintf("row %s of %s is left out, by %s on %s: %s", d.KeyText(r.Row), r.Dataset, by.By, by.On, by.Why),
	}
}

// held returns the code of the first finding that holds the part, or "". An unknown
// name holds its row alone.
func held(findings []source.Finding, part source.Part) string {
	for _, f := range findings {
		if f.Severity == source.Hold && f.Code != resolve.UnknownName && f.Code != resolve.NotAState && (f.Dataset == "" || f.Dataset == part.Dataset) && (f.Part == "" || f.Part == part.Name()) {
			return f.Code
		}
	}
	return ""
}

// Facts lists the names of the datasets of facts, for messages.
func Facts() []string {
	names := make([]string, len(schemas.Facts))
	for i, d := range schemas.Facts {
		names[i] = d.Name
	}
	return names
}
