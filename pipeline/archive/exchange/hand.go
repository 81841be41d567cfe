package exchange

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"baseline/pipeline"
	"baseline/pipeline/archive"
	"baseline/pipeline/fetch/soft"
	"baseline/pipeline/snapshot"
	"baseline/sources/source"
)

// Handed is a page that a steward saved and hands in.
type Handed struct {
	Source  source.Source
	URL     string
	Request string    // id; "": the one whose address it is
	Taken   time.Time // when it was saved, UTC; zero: not said
	By      string
	Note    string
	File    string // its name, for messages and the note
	Body    []byte
}

// Fault codes of what is kept although it cannot be read, besides those of package soft.
const (
	notReadable = "unreadable"
	savedOther  = "saved-as-something-else"
)

// Seen is what the program thinks of a page before it is stored.
type Seen struct {
	Record   archive.Record
	Body     []byte           // what is stored: the page, but for keys in it
	Checked  snapshot.Checked // what the reader made of it; nothing if Fault
	Leads    bool             // its request leads to others, so that it may have no rows
	TimeSaid bool             // the time is the steward's or the archive's, not the clock's
	Warnings []string
	// Refused says why a refresh would not read it; it is also in Record.Fault. Do is what
	// to do instead.
	Refused, Do string
	// Already is the record of the same bytes, if they are there; then there is nothing to
	// store.
	Already *archive.Record
}

// RefusedError says why a page cannot be stored at all, and what to do.
type RefusedError struct{ Text, Do string }

func (e *RefusedError) Error() string { return e.Text }

func refused(do, format string, args ...any) error {
	return &RefusedError{Text: fmt.Sprintf(format, args...), Do: do}
}

// Look checks a page as an answer of the publisher would be, reads it, and stores nothing.
// What cannot be stored in any case is a *RefusedError.
func Look(p *pipeline.Pipeline, h Handed) (seen Seen, err error) {
	about := h.Source.About()
	store := archive.In(p.Workspace)
	if _, ok := h.Source.(source.Tabled); ok {
		return seen, refused("add or correct a row there; see docs/steward.md", "%s is a table of this project, which is read from sources/%s and not from the archive", about.ID, about.ID)
	}
	asks, err := Asks(store, h.Source)
	if err != nil {
		return seen, err
	}
	address, wayback, err := h.address()
	if err != nil {
		return seen, err
	}
	if names := hosts(about, asks); !onHost(address, names) {
		return seen, refused("baseline sources show "+about.ID+" lists its addresses", "%s is not a host of %s; its hosts are %s", address.Hostname(), about.ID, strings.Join(names, ", "))
	}
	req, candidate, err := h.request(asks, address)
	if err != nil {
		return seen, err
	}
	note := h.note(wayback)
	body, sure := withoutKeys(h.Source, asks, h.Body)
	if !sure {
		return seen, refused("save the answer of the service instead, or take the key out of the file with an editor", "%s seems to hold a key that cannot be told apart, and keys are never stored", fileName(h.File))
	}
	if !bytes.Equal(body, h.Body) {
		h.Body = body
		note += "; a key in it was blanked"
	}
	now := clock(p)
	rec := archive.Record{
		Source: about.ID, Request: archive.Asked{ID: req.ID, URL: candidate}, FinalURL: address.String(),
		Status: http.StatusOK, Bytes: len(h.Body), Origin: archive.ByHand, OriginNote: note, RequestedAt: now.Truncate(time.Second),
	}
	taken := wayback.taken
	if taken.IsZero() {
		taken = h.Taken.UTC().Truncate(time.Second)
	}
	if !h.Taken.IsZero() && !taken.Equal(h.Taken.UTC().Truncate(time.Second)) {
		return seen, refused("leave out --taken", "the address says that the page was taken %s, --taken says %s", taken.Format(time.RFC3339), h.Taken.UTC().Format(time.RFC3339))
	}
	if !taken.IsZero() {
		rec.RequestedAt, seen.TimeSaid = taken, true
	}
	sum := sha256.Sum256(h.Body)
	rec.SHA256 = hex.EncodeToString(sum[:])
	if err := h.bytes(rec, now); err != nil {
		return seen, err
	}
	seen.Record, seen.Body, seen.Leads = rec, h.Body, req.Leads
	if err := seen.compare(store); err != nil || seen.Already != nil {
		return seen, err
	}
	if from := noted(h.Body); from != "" {
		if u, err := url.Parse(from); err == nil && u.Hostname() != "" && page(u) != page(address) && page(u) != page(parsed(candidate)) {
			return seen, refused("give the address of the page with --url", "the browser has noted in %s that it was saved from %s, not from %s", fileName(h.File), from, address)
		}
		seen.Warnings = append(seen.Warnings, `the browser has rewritten this page while saving it; "Webpage, HTML only" keeps the publisher's bytes`)
	}
	seen.read(p, h, req)
	if ok := !wayback.taken.IsZero() && !wayback.asIs; ok && seen.Refused != "" && seen.Record.Fault != savedOther {
		seen.Do = "the page is as the Internet Archive shows it; save the publisher's own bytes, from " + wayback.whole()
	} else if ok {
		seen.Warnings = append(seen.Warnings, "the page is as the Internet Archive shows it, with its banner and links; the publisher's own bytes are at "+wayback.whole())
	}
	return seen, nil
}

func clock(p *pipeline.Pipeline) time.Time {
	if p.Now != nil {
		return p.Now().UTC()
	}
	return time.Now().UTC()
}

func parsed(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// address is where the page is the publisher's own.
func (h Handed) address() (*url.URL, kept, error) {
	k, ok := wayback(h.URL)
	switch {
	case !ok:
		k.url = h.URL
	case k.taken.IsZero():
		return nil, k, refused("open the page there, and give the address that the browser then shows: its time has 14 digits", "the address in the Internet Archive does not say when the page was taken: %q is no time to the second", k.said)
	}
	u, err := parse(k.url)
	if err != nil {
		return nil, k, refused("--url is the address as the browser shows it", "%v", err)
	}
	return u, k, nil
}

// request finds the request that the page answers, and its candidate address.
func (h Handed) request(asks []source.Request, address *url.URL) (req source.Request, candidate string, err error) {
	var fits []source.Request
	for _, r := range asks {
		for _, a := range r.Addresses {
			if u, err := url.Parse(a); err == nil && page(u) == page(address) {
				fits = append(fits, r)
				break
			}
		}
	}
	id := h.Source.About().ID
	if h.Request != "" {
		fits = slices.DeleteFunc(slices.Clone(asks), func(r source.Request) bool { return r.ID != h.Request })
		if len(fits) == 0 {
			return req, "", refused("--request ID", "%s has no request %q; there are %s", id, h.Request, ids(asks))
		}
	}
	switch {
	case len(fits) == 0:
		return req, "", refused("say with --request which of them the page answers: "+ids(asks), "%s is not an address of %s", address, id)
	case len(fits) > 1:
		return req, "", refused("say with --request which of them the page answers: "+ids(fits), "%s is an address of %d requests of %s", address, len(fits), id)
	}
	req = fits[0]
	if req.Private {
		return req, "", refused("", "the answer to request %s of %s holds a key, which is never stored", req.ID, id)
	}
	candidate = address.String()
	for _, a := range req.Addresses {
		if u, err := url.Parse(a); err == nil && page(u) == page(address) {
			candidate = a
		}
	}
	return req, candidate, nil
}

func (h Handed) note(k kept) string {
	note := fmt.Sprintf("saved and handed in by %s as %s", h.By, fileName(h.File))
	switch {
	case k.taken.IsZero():
	case k.asIs:
		note += ", from the Internet Archive's capture of " + k.taken.Format(time.DateTime) + " UTC"
	default:
		note += ", from the Internet Archive's capture of " + k.taken.Format(time.DateTime) + " UTC as it shows it"
	}
	if h.Note != "" {
		note += ": " + h.Note
	}
	return note
}

// bytes refuses what no publisher could have answered.
func (h Handed) bytes(rec archive.Record, now time.Time) error {
	switch {
	case len(h.Body) == 0:
		return refused("save the page again", "%s is empty", fileName(h.File))
	case len(h.Body) > MaxBytes:
		return refused("", "%s is larger than %d MB; no page of %s is", fileName(h.File), MaxBytes>>20, rec.Source)
	case rec.RequestedAt.After(now):
		return refused("--taken is in UTC, such as 2026-02-03T10:00:00Z", "%s lies in the future: nothing can have been saved then", rec.RequestedAt.Format(time.RFC3339))
	}
	return nil
}

// compare looks for the same bytes and for newer ones.
func (s *Seen) compare(store *archive.Archive) error {
	records, err := store.Records(s.Record.Source)
	if err != nil {
		return err
	}
	var newest *archive.Record
	for _, r := range records {
		if r.Request.ID != s.Record.Request.ID || !r.Answers() {
			continue
		}
		if r.SHA256 == s.Record.SHA256 && r.RequestedAt.Equal(s.Record.RequestedAt) {
			s.Already = &r
			return nil
		}
		if newest == nil || r.RequestedAt.After(newest.RequestedAt) {
			newest = &r
		}
	}
	switch {
	case newest == nil:
	case newest.SHA256 == s.Record.SHA256 && !s.TimeSaid:
		// Without a time of its own, the file may be the very one of before.
		s.Already = newest
	case newest.RequestedAt.After(s.Record.RequestedAt):
		s.Warnings = append(s.Warnings, fmt.Sprintf("the archive has a newer answer to %s, of %s (%s); a refresh reads that one", newest.Request.ID, newest.RequestedAt.UTC().Format(time.DateOnly), newest.Origin))
	}
	return nil
}

// read lets the source read the page, as a refresh would.
func (s *Seen) read(p *pipeline.Pipeline, h Handed, req source.Request) {
	fault := func(code, text, do string) {
		s.Record.Fault, s.Record.FaultText, s.Refused, s.Do = code, sentence(text), text, do
	}
	if is, do := savedAs(h.File, h.Body); is != "" {
		fault(savedOther, "the file is "+is, do)
		return
	}
	code, text := soft.Fault(req.Media, req.Language, http.StatusOK, nil, h.Body)
	if code != "" && soft.Doubtful(code) && s.sound(h) {
		// A page that shows what a service would answer is of another kind, and as good.
		s.Warnings = append(s.Warnings, "it looks like something else ("+text+"), but "+s.Record.Source+" reads it whole")
		code = ""
	}
	if code != "" {
		fault(code, text, "open the page in a browser, wait until its content is there, and save it again")
		return
	}
	s.Checked = p.ReadBody(h.Source, s.Record, h.Body)
	switch {
	case s.Checked.Err != nil:
		fault(notReadable, s.Checked.Err.Error(), "is it the right page, and as the publisher serves it?")
	case len(s.Checked.Parts) == 0 && !req.Leads && len(h.Source.About().Datasets) > 0:
		fault(notReadable, "nothing that "+s.Record.Source+" reads is in it", "is it the right page, and as the publisher serves it?")
	}
}

// sound reports whether the source reads the page as a whole answer of its own.
func (s *Seen) sound(h Handed) bool {
	defer func() { _ = recover() }() // the reading that follows tells of a reader that breaks
	reading, err := source.Read(h.Source, source.Capture{
		Source: s.Record.Source, Request: s.Record.Request.ID, URL: s.Record.FinalURL, SHA256: s.Record.SHA256,
		Taken: s.Record.RequestedAt, Origin: s.Record.Origin, Body: h.Body,
	})
	return err == nil && reading.Sound(h.Source.About())
}

// sentence is a text on one line without its stop.
func sentence(text string) string {
	text = strings.TrimSuffix(strings.Join(strings.Fields(text), " "), ".")
	if r := []rune(text); len(r) > 400 {
		text = string(r[:400]) + "…"
	}
	return text
}

// Guarded is what Store and imports take while they write, so that no prune takes bytes
// whose record is on its way.
const Guarded = "archive"

// Store puts the page into the archive.
func (s Seen) Store(p *pipeline.Pipeline) error {
	release, err := p.Workspace.Guard(Guarded)
	if err != nil {
		return err
	}
	defer release()
	return archive.In(p.Workspace).Put(s.Record, s.Body)
}
