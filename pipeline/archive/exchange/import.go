package exchange

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"baseline/pipeline"
	"baseline/pipeline/archive"
	"baseline/pipeline/archive/warc"
	"baseline/pipeline/fetch/soft"
	"baseline/sources/source"
)

// Import is a WARC file to read into the archive.
type Import struct {
	Pipeline *pipeline.Pipeline
	File     string
	Only     string // id of a source; "": all
	// Tell, if not nil, is called for each record that was taken over or refused.
	Tell func(Took)
}

// Took is one record of the file that concerns a source.
type Took struct {
	Number  int // in the file, from 1
	Record  archive.Record
	New     bool   // it was not in the archive
	Own     bool   // it is of an archive of this program, and is now as it was there
	Refused string // why it was not taken over; "" if it was
}

// Imported says what came of a file.
type Imported struct {
	SHA256  string // of the file
	Records int    // in the file
	New     int
	Had     int // were in the archive already
	Faulty  int // of the new and those that the archive had: error pages and the like, which are not read
	Read    int // of the new: a refresh may read them
	Refused int
	Others  int // answers of other addresses
}

// keptFields are the fields of an answer that say something about its bytes. Cookies are
// not among them, nor is how the bytes were sent.
var keptFields = []string{
	"Cache-Control", "Cf-Mitigated", "Content-Language", "Content-Type", "Date", "Etag", "Last-Modified", "Retry-After", "Server",
}

// importing is an import on its way through a file.
type importing struct {
	Import
	store *archive.Archive
	now   time.Time
	note  string
	out   Imported
	book  map[string][]wanted // the requests that an address answers, by page
	round int                 // pass over the file, from 0
	fresh int                 // addresses for the next pass
	own   *archive.Record     // that the last metadata record held; nil if it is not to be restored
	text  []byte              // of own
	ownID string              // of the record that it is about
	sums  map[string]string   // payload digest to SHA-256
}

// wanted is a request that an address answers.
type wanted struct {
	source  source.Source
	request source.Request
	asked   string // candidate address
	hosts   []string
	round   int // the pass that looks for it
}

// Run reads the file. It is read again as long as answers in it lead to further addresses,
// by redirects or by what they say. Running it again changes nothing. What was taken over
// before an error stays.
func (im Import) Run() (Imported, error) {
	x := &importing{
		Import: im, store: archive.In(im.Pipeline.Workspace), now: clock(im.Pipeline),
		book: map[string][]wanted{}, sums: map[string]string{},
	}
	sum, err := x.hash()
	if err != nil {
		return x.out, err
	}
	x.out.SHA256, x.note = sum, fmt.Sprintf("imported from %s (SHA-256 %s)", fileName(im.File), sum)
	for ; x.round < maxRounds; x.round++ {
		if err := x.plan(); err != nil {
			return x.out, err
		}
		if x.fresh == 0 && x.round > 0 {
			break
		}
		x.fresh = 0
		if err := x.pass(); err != nil {
			return x.out, fmt.Errorf("%s: %w", im.File, err)
		}
	}
	return x.out, nil
}

func (x *importing) open(read func(io.Reader) error) error {
	f, err := os.Open(x.File)
	if err != nil {
		return err
	}
	return errors.Join(read(f), f.Close())
}

func (x *importing) hash() (sum string, err error) {
	h := sha256.New()
	err = x.open(func(r io.Reader) error { _, err := io.Copy(h, r); return err })
	return hex.EncodeToString(h.Sum(nil)), err
}

// plan enters the addresses of all requests that are known by now. Redirects have been
// entered as they came.
func (x *importing) plan() error {
	for _, s := range x.Pipeline.Sources {
		about := s.About()
		if _, ok := s.(source.Tabled); ok || x.Only != "" && x.Only != about.ID {
			continue
		}
		asks, err := Asks(x.store, s)
		if err != nil {
			return err
		}
		names := hosts(about, asks)
		for _, r := range asks {
			// The answer to a POST depends on more than its address, and one with a key
			// is never stored.
			if r.Private || r.Method != "" && r.Method != http.MethodGet {
				continue
			}
			for _, a := range r.Addresses {
				if u, err := url.Parse(a); err == nil {
					x.enter(page(u), wanted{s, r, a, names, x.round})
				}
			}
		}
	}
	return nil
}

func (x *importing) enter(key string, w wanted) {
	for _, have := range x.book[key] {
		if have.source.About().ID == w.source.About().ID && have.request.ID == w.request.ID {
			return
		}
	}
	x.book[key] = append(x.book[key], w)
	x.fresh++
}

// pass reads the file once and takes over what answers the addresses of this round.
func (x *importing) pass() error {
	x.own, x.ownID = nil, ""
	return x.open(func(r io.Reader) error {
		file, err := warc.NewReader(r)
		if err != nil {
			return err
		}
		for {
			rec, err := file.Next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if x.round == 0 {
				x.out.Records++
			}
			if err := x.one(rec); err != nil {
				return err
			}
		}
	})
}

// one looks at one record. An error ends the pass.
func (x *importing) one(rec *warc.Record) error {
	switch rec.Type() {
	case warc.Metadata:
		if strings.HasPrefix(rec.Get("Content-Type"), recordType) {
			return x.metadata(rec)
		}
		return nil
	case warc.Response, warc.Resource, warc.Revisit:
	default:
		return nil
	}
	// What a record of our own is about is restored with it, or not at all: without it, a
	// rebuilt capture would look like the publisher's.
	if id := rec.Get("WARC-Record-ID"); id != "" && id == x.ownID {
		if x.own == nil {
			return nil
		}
		return x.restore(rec, *x.own)
	}
	target := rec.Target()
	from, viaWayback := wayback(target)
	if viaWayback {
		target = from.url
	}
	u, err := parse(target)
	if err != nil {
		return nil // dns:, urn: and the like
	}
	key := page(u)
	wants := slices.DeleteFunc(slices.Clone(x.book[key]), func(w wanted) bool { return w.round != x.round })
	if len(wants) == 0 {
		if x.round == 0 {
			x.out.Others++
		}
		return nil
	}
	if x.round > 0 && !slices.ContainsFunc(x.book[key], func(w wanted) bool { return w.round < x.round }) {
		x.out.Others-- // the first pass did not know that it is wanted
	}
	a := answer{importing: x, rec: rec, url: u, kept: from, wayback: viaWayback}
	if fault := a.read(); fault != nil {
		return x.refuse(rec.Number, archive.Record{FinalURL: u.String()}, fault)
	}
	for _, w := range wants {
		if err := a.take(w); err != nil {
			return err
		}
	}
	return nil
}

// refuse tells of a record that was not taken over.
func (x *importing) refuse(number int, r archive.Record, fault error) error {
	var broken *warc.BrokenError
	if errors.As(fault, &broken) {
		return fault
	}
	x.out.Refused++
	if x.Tell != nil {
		x.Tell(Took{Number: number, Record: r, Refused: fault.Error()})
	}
	return nil
}

// metadata reads the archive's own record of the one that follows; one without is stored
// at once.
func (x *importing) metadata(rec *warc.Record) error {
	x.own, x.ownID = nil, rec.Get("WARC-Concurrent-To")
	if x.round > 0 {
		return nil
	}
	text, err := rec.Block(1 << 20)
	if err != nil {
		return x.refuse(rec.Number, archive.Record{}, err)
	}
	r, err := archive.ReadRecord(text)
	if err != nil {
		return x.refuse(rec.Number, r, err)
	}
	if x.Only != "" && x.Only != r.Source {
		return nil
	}
	if x.ownID != "" {
		x.own, x.text = &r, text
		return nil
	}
	return x.put(rec.Number, r, text, nil)
}

// restore stores a record of another archive of this program with its bytes.
func (x *importing) restore(rec *warc.Record, r archive.Record) error {
	block, err := rec.Block(MaxBytes + 1<<20)
	if err != nil {
		return x.refuse(rec.Number, r, err)
	}
	body := block
	if rec.Type() != warc.Resource {
		m, err := warc.ReadMessage(block)
		if err != nil {
			return x.refuse(rec.Number, r, err)
		}
		body = m.Raw
	}
	if rec.Type() == warc.Revisit || r.SHA256 == "" {
		body = nil
	} else if body == nil {
		body = []byte{}
	}
	return x.put(rec.Number, r, x.text, body)
}

func (x *importing) put(number int, r archive.Record, text, body []byte) error {
	release, err := x.Pipeline.Workspace.Guard(Guarded)
	if err != nil {
		return err
	}
	defer release()
	isNew, err := x.store.Restore(text, body)
	var unfit *archive.UnfitError
	if errors.As(err, &unfit) {
		return x.refuse(number, r, err)
	}
	if err != nil {
		return err
	}
	x.took(Took{Number: number, Record: r, New: isNew, Own: true})
	return nil
}

func (x *importing) took(t Took) {
	if t.New {
		x.out.New++
	} else {
		x.out.Had++
	}
	switch {
	case t.Record.Fault != "":
		x.out.Faulty++
	case t.New && t.Record.Answers():
		x.out.Read++
	}
	if x.Tell != nil {
		x.Tell(t)
	}
}

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
	if a.wayback && !a.kept.taken.IsZero() {
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
	m, err := warc.ReadMessage(block)
	if err != nil {
		return err
	}
	a.status, a.header = m.Status, m.Header
	if a.rec.Type() == warc.Revisit {
		return a.revisit(digest)
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
	if d := a.rec.Get("WARC-Payload-Digest"); d != "" {
		a.sums[d] = a.sum
	}
	return nil
}

// revisit finds the bytes that an earlier record of the file has.
func (a *answer) revisit(digest string) error {
	before, ok := a.sums[digest]
	if there, err := a.store.HasBody(before); err != nil || !ok || !there {
		if err != nil {
			return err
		}
		return errors.New("its bytes stand in another record, which is not in the file or was not taken over")
	}
	if a.rec.IsNotModified() {
		a.status = http.StatusNotModified
	} else if a.status == http.StatusNotModified {
		a.status = http.StatusOK
	}
	a.sum = before
	var err error
	a.body, err = a.store.Body(before)
	return err
}

// take stores the answer for one request, or follows where it leads.
func (a *answer) take(w wanted) error {
	if a.status >= 300 && a.status < 400 && a.status != http.StatusNotModified {
		a.redirect(w)
		return nil
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
