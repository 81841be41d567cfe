package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/snapshot"
	"baseline/sources/source"
)

// Codes of the findings that keep the last good rows of a request.
const (
	DamagedCapture = "damaged-capture" // its bytes are not those of its SHA-256 any more
	DamagedRecord  = "damaged-record"  // nobody knows what the newest answer was
	EmptyAnswer    = "empty-answer"    // the capture says nothing at all
	OldPage        = "old-page"        // the publisher answers with bytes that it had replaced
)

// readNewest reads the newest capture of a request, in a refresh. What is damaged is set
// aside; an answer that says nothing, or an old one served again, does not pass.
func (p *Pipeline) readNewest(s source.Source, rec archive.Record, all []archive.Record) snapshot.Checked {
	c := p.readRecord(s, rec)
	var damaged *archive.DamagedError
	switch {
	case errors.As(c.Err, &damaged) && damaged.Aside == "":
		return lostBytes(rec, archive.In(p.Workspace).SetAside(rec.SHA256))
	case c.Err != nil:
	case len(c.Parts) == 0 && (rec.Bytes == 0 || len(s.About().Datasets) > 0):
		c.Err = fmt.Errorf("source %s, %s (capture %.12s): nothing that this source reads is in the answer of %d bytes", rec.Source, rec.Request.ID, rec.SHA256, rec.Bytes)
		f := unreadable(rec, c.Err)
		f.Code, f.Hint = EmptyAnswer, "the last good rows were kept; look at the page, and fetch again"
		c.Findings = append(c.Findings, f)
	default:
		p.doubtOld(s, &c, all)
	}
	return c
}

// lostBytes stands for a capture whose bytes are damaged.
func lostBytes(rec archive.Record, err error) snapshot.Checked {
	c := snapshot.Checked{Record: rec, Err: fmt.Errorf("source %s, %s: %w", rec.Source, rec.Request.ID, err)}
	f := unreadable(rec, c.Err)
	f.Code = DamagedCapture
	f.Hint = "the last good rows were kept; as soon as the same bytes are in their place again, or newer ones come, a refresh reads them"
	c.Findings = []source.Finding{f}
	return c
}

// setAside sets the damaged records of a source aside. A request whose newest record may
// be among them is not read: an older answer would bring old facts back.
func (p *Pipeline) setAside(s source.Source, a *asked) error {
	store := archive.In(p.Workspace)
	damaged, err := store.DamagedRecords(s.About().ID)
	if err != nil {
		return err
	}
	_, tabled := s.(source.Tabled)
	for _, d := range damaged {
		if d, err = store.SetRecordAside(d); err != nil {
			return err
		}
		f := source.Finding{
			Code: DamagedRecord, Severity: source.Note, Source: s.About().ID, Text: d.Text(),
			Hint: "nothing of today rests on it; edition verify and changes may need it",
		}
		for _, req := range a.asks {
			i := slices.IndexFunc(a.records, func(r archive.Record) bool { return r.Request.ID == req.ID })
			if tabled || !d.Concerns(req.ID) || i >= 0 && a.records[i].RequestedAt.Truncate(time.Second).After(d.RequestedAt) {
				continue
			}
			f.Severity, f.Hint = source.Hold, "the last good rows of "+req.ID+" were kept, for no newer answer is known; a newer one ends it"
			if i >= 0 {
				a.records = slices.Delete(a.records, i, i+1)
			}
			a.lose(s.About().ID, req.ID, errors.New(d.Text()))
		}
		a.checked = latest(a.checked, d.RequestedAt)
		a.found = append(a.found, f)
	}
	return nil
}

func latest(x, y time.Time) time.Time {
	if y.After(x) {
		return y
	}
	return x
}

// lose lets the last good rows of a request stand.
func (a *asked) lose(src, request string, err error) {
	if !slices.ContainsFunc(a.lost, func(c snapshot.Checked) bool { return c.Record.Request.ID == request }) {
		a.lost = append(a.lost, snapshot.Checked{Record: archive.Record{Source: src, Request: archive.Asked{ID: request}}, Err: err})
	}
}

// replacedLongAgo is the age from which on bytes that had been replaced are not believed
// when they come again: a copy put back by mistake is then as likely as a change of mind.
const replacedLongAgo = 30 * 24 * time.Hour

// doubtOld looks whether a publisher answers with bytes that it had replaced. Within the
// time of confirmation that is flapping; later a question; after a month the rows are
// held. Bytes that say the same as those that replaced them are no surprise.
func (p *Pipeline) doubtOld(s source.Source, c *snapshot.Checked, all []archive.Record) {
	since, before, between := replaced(c.Record, all)
	if before.SHA256 == "" || since.Sub(before.RequestedAt) <= s.About().ConfirmAfter() {
		return
	}
	for _, rec := range between {
		b := p.readRecord(s, rec)
		p.doubtOld(s, &b, all)
		if b.Err != nil || len(b.Parts) == 0 || slices.ContainsFunc(b.Parts, func(p snapshot.CheckedPart) bool { return p.Reason != "" }) {
			continue // it was never in force
		}
		if factsOf(s.About(), b) == factsOf(s.About(), *c) {
			return
		}
		p.judgeOld(c, since, before, rec)
		return
	}
}

// replaced looks for an earlier time at which the request had the same bytes, with others
// in between. since is from when on it has them again; between are those others, newest
// first, each with its last record.
func replaced(rec archive.Record, all []archive.Record) (since time.Time, before archive.Record, between []archive.Record) {
	since = rec.RequestedAt
	var same []archive.Record
	for _, r := range all {
		if r.Request.ID == rec.Request.ID && r.Answers() && !r.RequestedAt.After(rec.RequestedAt) && r.Origin != archive.Rebuilt {
			same = append(same, r)
		}
	}
	slices.SortStableFunc(same, func(x, y archive.Record) int { return y.RequestedAt.Compare(x.RequestedAt) })
	for _, r := range same {
		switch {
		case r.SHA256 == rec.SHA256 && between != nil:
			return since, r, between
		case r.SHA256 == rec.SHA256:
			since = r.RequestedAt
		case !slices.ContainsFunc(between, func(b archive.Record) bool { return b.SHA256 == r.SHA256 }):
			between = append(between, r)
		}
	}
	return since, archive.Record{}, nil
}

func factsOf(about source.About, c snapshot.Checked) string {
	return snapshot.Build([]snapshot.Input{{About: about, Captures: []snapshot.Checked{c}}}, nil, nil).Hash()
}

func (p *Pipeline) judgeOld(c *snapshot.Checked, since time.Time, before, between archive.Record) {
	day := func(t time.Time) string { return t.UTC().Format(time.DateOnly) }
	f := source.Finding{
		Code: OldPage, Severity: source.Question, Source: c.Record.Source, Capture: c.Record.SHA256,
		Text: fmt.Sprintf("%s answers since %s with the very bytes that it had until %s, though on %s it said something else (capture %.12s)",
			c.Record.Request.ID, day(since), day(before.RequestedAt), day(between.RequestedAt), between.SHA256),
		Hint: "look whether the publisher has taken its words back, or serves an old copy",
	}
	if since.Sub(before.RequestedAt) > replacedLongAgo {
		f.Severity, f.Hint = source.Hold, "the last good rows were kept; if the publisher has taken its words back, release the rows"
	}
	found := []source.Finding{f}
	rejected := p.decide(found)
	c.Findings = append(c.Findings, found...)
	for i := range c.Parts {
		if c.Parts[i].Reason == "" {
			judge(&c.Parts[i], rejected, found)
		}
	}
}
