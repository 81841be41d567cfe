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
	// stood are the answers of the file with bytes, by payload digest and by id of record.
	stood map[string]stoodThere
	hosts map[string][]string // by id of source
}

// stoodThere is an answer to which later records may refer.
type stoodThere struct {
	sum    string
	status int
	header http.Header
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
		book: map[string][]wanted{}, stood: map[string]stoodThere{}, hosts: map[string][]string{},
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
		x.hosts[about.ID] = names
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
