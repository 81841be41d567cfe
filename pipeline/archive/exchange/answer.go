package exchange

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/archive/warc"
	"baseline/pipeline/fetch/soft"
)

// answer is a record of another archive that answers a request.
type answer struct {
	*importing
	rec     *warc.Record
	url     *url.URL
	kept    kept
	wayback bool

	at     time.Time
	status int
	header http.Header
	body   []byte
	sum    string // "" if it brought no bytes
}

// read reads the record: what came, and when.
func (a *answer) read() error {
	var err error
	if a.at, err = a.rec.Date(); err != nil {
		return err
	}
	if a.wayback {
		if a.kept.taken.IsZero() {
			return fmt.Errorf("its address in the Internet Archive does not say when the page was taken: %q is no time to the second", a.kept.said)
		}
		a.at = a.kept.taken
	}
	a.at = a.at.Truncate(time.Second)
	if a.at.After(a.now) {
		return fmt.Errorf("its time %s lies in the future", a.at.Format(time.RFC3339))
	}
	if why := a.rec.Get("WARC-Truncated"); why != "" {
		return fmt.Errorf("it is cut off (%.40q, says whoever took it)", why)
	}
	if a.rec.Get("WARC-Segment-Number") != "" {
		return errors.New("it is one of several segments, which are not put together")
	}
	block, err := a.rec.Block(MaxBytes + 1<<20)
	if err != nil {
		return err
	}
	digest := a.rec.Get("WARC-Payload-Digest")
	if a.rec.Type() == warc.Resource && !strings.HasPrefix(a.rec.Get("Content-Type"), "application/http") {
		if fits, known := warc.Fits(digest, block); known && !fits {
			return fmt.Errorf("payload digest: %w", warc.ErrDigest)
		}
		a.status, a.body = http.StatusOK, block
		a.header = http.Header{"Content-Type": {a.rec.Get("Content-Type")}}
		return a.weigh()
	}
	if a.rec.Type() == warc.Revisit {
		return a.revisit(digest, block)
	}
	m, err := warc.ReadMessage(block)
	if err != nil {
		return err
	}
	a.status, a.header = m.Status, m.Header
	if a.status == http.StatusNotModified {
		return nil // its bytes are those of before; take finds them
	}
	if a.body, err = m.Payload(digest, MaxBytes); err != nil {
		return err
	}
	return a.weigh()
}

// weigh checks the size and takes the sum. Revisits that follow find it by the digest.
func (a *answer) weigh() error {
	if len(a.body) > MaxBytes {
		return &warc.TooLargeError{Limit: MaxBytes}
	}
	sum := sha256.Sum256(a.body)
	a.sum = hex.EncodeToString(sum[:])
	for _, name := range []string{a.rec.Get("WARC-Payload-Digest"), a.rec.Get("WARC-Record-ID")} {
		if name != "" {
			a.stood[name] = stoodThere{a.sum, a.status, a.header}
		}
	}
	return nil
}

// revisit finds the bytes that an earlier record of the file has, by their digest or by the id of
// that record. Its own block may be empty: then it answered as that one did.
func (a *answer) revisit(digest string, block []byte) error {
	before, ok := a.stood[digest]
	if !ok || digest == "" {
		before, ok = a.stood[a.rec.Get("WARC-Refers-To")]
	}
	there, err := a.store.HasBody(before.sum)
	switch {
	case err != nil:
		return err
	case !ok || !there:
		return errors.New("its bytes stand in another record, which is not in the file or was not taken over")
	}
	a.status, a.header, a.sum = before.status, before.header, before.sum
	if len(block) > 0 {
		m, err := warc.ReadMessage(block)
		if err != nil {
			return err
		}
		a.status, a.header = m.Status, m.Header
	}
	if a.rec.IsNotModified() {
		a.status = http.StatusNotModified
	} else if a.status == http.StatusNotModified {
		a.status = http.StatusOK
	}
	a.body, err = a.store.Body(before.sum)
	return err
}

// vouched finds the bytes of an answer 304 that came without any: those of the newest answer
// before it, if a mark of the publisher says that it is the one. Whoever asked may have had
// another one.
func (a *answer) vouched(w wanted) error {
	id := w.source.About().ID
	records, err := a.store.Records(id)
	if err != nil {
		return err
	}
	var before *archive.Record
	for i, r := range records {
		if r.Request.ID == w.request.ID && r.Answers() && r.RequestedAt.Before(a.at) {
			before = &records[i]
		}
	}
	if before == nil {
		return fmt.Errorf("it says that nothing is new (304), and the archive has no earlier answer to %s of %s", w.request.ID, id)
	}
	same := false
	for _, name := range []string{"Etag", "Last-Modified"} {
		said, had := a.fields()[name], before.Headers[name]
		if said != "" && had != "" && said != had {
			return fmt.Errorf("it says that nothing is new (304) since another answer than that of %s, the newest before it in the archive", before.RequestedAt.UTC().Format(time.RFC3339))
		}
		same = same || said != "" && said == had
	}
	if !same {
		return errors.New("it says that nothing is new (304), and nothing in it tells since which answer")
	}
	a.sum = before.SHA256
	a.body, err = a.store.Body(before.SHA256)
	return err
}

// take stores the answer for one request, or follows where it leads.
func (a *answer) take(w wanted) error {
	if a.status >= 300 && a.status < 400 && a.status != http.StatusNotModified {
		a.redirect(w)
		return nil
	}
	if a.status == http.StatusNotModified && a.rec.Type() != warc.Revisit {
		if fault := a.vouched(w); fault != nil {
			return a.refuse(a.rec.Number, archive.Record{FinalURL: a.url.String()}, fault)
		}
	}
	r := archive.Record{
		Source: w.source.About().ID, Request: archive.Asked{ID: w.request.ID, URL: w.asked}, FinalURL: a.url.String(),
		RequestedAt: a.at, Status: a.status, Headers: a.fields(), SHA256: a.sum, Bytes: len(a.body), Origin: archive.Publisher, OriginNote: a.note,
	}
	switch {
	case a.wayback && !a.kept.asIs && strings.Contains(a.header.Get("Content-Type"), "html"):
		r.Origin, r.OriginNote = archive.ByHand, r.OriginNote+", the page as the Internet Archive shows it, with its own links and banner"
	case a.wayback:
		r.OriginNote += ", from the Internet Archive"
	case a.rec.Get(originField) == archive.Rebuilt:
		r.Origin, r.OriginNote = archive.Rebuilt, r.OriginNote+", rebuilt there from facts"
	case a.rec.Type() == warc.Resource:
		r.Origin, r.OriginNote = archive.ByHand, r.OriginNote+", without the HTTP answer"
	}
	code, text := soft.Fault(w.request.Media, w.request.Language, a.status, a.header, a.body)
	r.Fault, r.FaultText = code, text
	release, err := a.Pipeline.Workspace.Guard(Guarded)
	if err != nil {
		return err
	}
	defer release()
	isNew := !a.store.Has(r)
	if err := a.store.Put(r, a.body); err != nil {
		return err
	}
	a.took(Took{Number: a.rec.Number, Record: r, New: isNew})
	return nil
}

// fields are those of the publisher. The Internet Archive's own must not be taken for them:
// the next request would ask what has changed since the wrong day.
func (a *answer) fields() map[string]string {
	m := map[string]string{}
	for _, name := range keptFields {
		from := name
		if a.wayback && name != "Content-Type" {
			from = "X-Archive-Orig-" + name
		}
		if v := a.header.Get(from); v != "" {
			m[name] = v
		}
	}
	return m
}

// redirect enters the address to which the answer leads, if it is on a host of the source.
func (a *answer) redirect(w wanted) {
	to := a.header.Get("Location")
	if k, ok := wayback(to); ok {
		to = k.url
	}
	u, err := a.url.Parse(to)
	if err != nil || to == "" || !onHost(u, w.hosts) {
		return
	}
	w.round = a.round + 1
	a.enter(page(u), w)
}
