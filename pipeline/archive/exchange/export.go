package exchange

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"baseline/pipeline/archive"
	"baseline/pipeline/archive/warc"
)

// recordType is the content type of the metadata records that hold a Record in its very
// text. Import looks for it.
const recordType = "application/vnd.baseline.record+json"

// originField is a field of our own on records without an HTTP answer: where the archive's
// own records are lost on the way, a rebuilt capture must not look like the publisher's.
const originField = "Baseline-Origin"

// Export is what to write into a WARC file.
type Export struct {
	Store   *archive.Archive
	Sources []string  // empty: all
	Since   time.Time // only records of then or later, and what they rest on
	// Records and Bodies name, if not nil, what alone is wanted: paths of records, and
	// SHA-256 of bytes.
	Records map[string]bool
	Bodies  map[string]bool
	File    string // its name, for the first record
	Zipped  bool   // gzip, one member for each record
	Version string // of this program
}

// Exported says what was written.
type Exported struct {
	Records  int // of the archive
	Requests int // sources and their requests
	Bytes    int64
	Left     []string // what is damaged or gone, one sentence each
}

// space is the name space of the ids of records: they follow from what is in the archive,
// so that the same archive gives the same file.
var space = uuid.NewSHA1(uuid.NameSpaceURL, []byte("urn:x-baseline:capture"))

func recordID(kind string, r archive.Record) string {
	return "urn:uuid:" + uuid.NewSHA1(space, []byte(kind+"\n"+r.Path()+"\n"+r.SHA256)).String()
}

// chosen is one record that will be written.
type chosen struct {
	path    string
	request string
	sum     string
	note    bool // it brought no bytes of its own
	want    bool
}

// Write writes the file. Of the archive it holds one capture at a time in memory.
func (e Export) Write(to io.Writer) (Exported, error) {
	var out Exported
	list, newest, err := e.choose(&out)
	if err != nil {
		return out, err
	}
	w := &counting{to: to}
	file := warc.NewWriter(w, e.Zipped)
	if err := file.Write(e.info(list, newest)); err != nil {
		return out, err
	}
	x := writing{Export: e, file: file, out: &out, stands: map[string]*stood{}, requests: map[string]bool{}}
	for _, c := range list {
		if err := x.record(c); err != nil {
			return out, err
		}
	}
	out.Bytes, out.Requests = w.n, len(x.requests)
	return out, nil
}

type counting struct {
	to io.Writer
	n  int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += int64(n)
	return n, err
}

// choose lists the records to write, in order, and the newest time among them.
func (e Export) choose(out *Exported) (list []chosen, newest time.Time, err error) {
	names := e.Sources
	if len(names) == 0 {
		if names, err = e.Store.Sources(); err != nil {
			return nil, newest, err
		}
	}
	missing := map[string]bool{}
	for path := range e.Records {
		missing[path] = true
	}
	for _, name := range names {
		var of []chosen
		err := e.Store.Each(name, func(x archive.Entry) error {
			delete(missing, x.Path)
			if x.Damaged {
				if e.Records == nil || e.Records[x.Path] {
					out.Left = append(out.Left, fmt.Sprintf("the record %s is damaged; archive verify tells what to do", x.Path))
				}
				return nil
			}
			c := chosen{x.Path, x.Record.Request.ID, x.Record.SHA256, x.Record.SHA256 == "" || x.Record.Status == http.StatusNotModified, e.wants(x)}
			if of = append(of, c); c.want && x.Record.RequestedAt.After(newest) {
				newest = x.Record.RequestedAt
			}
			return nil
		})
		if err != nil {
			return nil, newest, err
		}
		list = append(list, slices.DeleteFunc(withBytes(of), func(c chosen) bool { return !c.want })...)
	}
	for path := range missing {
		if source := strings.Split(path, "/")[2]; slices.Contains(names, source) {
			out.Left = append(out.Left, fmt.Sprintf("the record %s is gone; archive verify tells what to do", path))
		}
	}
	slices.Sort(out.Left)
	return list, newest, nil
}

func (e Export) wants(x archive.Entry) bool {
	if e.Records != nil && !e.Records[x.Path] && !e.Bodies[x.Record.SHA256] {
		return false
	}
	return !x.Record.RequestedAt.Before(e.Since)
}

// withBytes adds to answers 304 the record of the bytes that they vouch for.
func withBytes(list []chosen) []chosen {
	has := map[string]bool{}
	for _, c := range list {
		if c.want && !c.note {
			has[c.sum] = true
		}
	}
	for i := len(list) - 1; i >= 0; i-- {
		c := list[i]
		if !c.want || !c.note || c.sum == "" || has[c.sum] {
			continue
		}
		for k := i - 1; k >= 0; k-- {
			if !list[k].note && list[k].sum == c.sum {
				list[k].want, has[c.sum] = true, true
				break
			}
		}
	}
	return list
}

// info is the first record. Its time is that of the newest capture, so that the same
// archive gives the same file.
func (e Export) info(list []chosen, newest time.Time) warc.Out {
	var all strings.Builder
	for _, c := range list {
		all.WriteString(c.path + " " + c.sum + "\n")
	}
	block := "software: baseline/" + e.Version + "\r\n" +
		"format: WARC File Format 1.1\r\n" +
		"conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n" +
		"description: Captures of an archive of baseline. Bodies are as decoded when they came; fields on chunks and compression are left out. " +
		"Each metadata record of type " + recordType + " is the archive's own record of the one that follows.\r\n"
	return warc.Out{
		Type: warc.Info, ID: "urn:uuid:" + uuid.NewSHA1(space, []byte("warcinfo\n"+e.File+"\n"+all.String())).String(), Date: newest,
		More: warc.Header{{Name: "WARC-Filename", Value: e.File}}, ContentType: "application/warc-fields", Payload: []byte(block),
	}
}

// writing is an export on its way.
type writing struct {
	Export
	file     *warc.Writer
	out      *Exported
	stands   map[string]*stood // by SHA-256
	requests map[string]bool
}

// stood is a record that has bytes to which later ones refer.
type stood struct {
	id, target string
	date       time.Time
	http       bool
	headers    map[string]string
}

// record writes the archive's own record and, where there was an answer, the answer.
func (w *writing) record(c chosen) error {
	entry, err := w.Store.Entry(c.path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && entry.Damaged {
		w.out.Left = append(w.out.Left, fmt.Sprintf("the record %s went while the file was written", c.path))
		return nil
	}
	if err != nil {
		return err
	}
	r := entry.Record
	answer, write, err := w.answer(r)
	if err != nil {
		w.out.Left = append(w.out.Left, fmt.Sprintf("%s %s of %s: %v", r.Source, r.Request.ID, r.RequestedAt.UTC().Format(time.DateOnly), err))
		return nil
	}
	own := warc.Out{
		Type: warc.Metadata, ID: recordID("metadata", r), Date: r.RequestedAt, Target: target(r),
		ContentType: recordType, Payload: entry.Text,
	}
	if write {
		own.More = warc.Header{{Name: "WARC-Concurrent-To", Value: "<" + answer.ID + ">"}}
	}
	if err := w.file.Write(own); err != nil {
		return err
	}
	w.out.Records++
	w.requests[r.Source+" "+r.Request.ID] = true
	if !write {
		return nil
	}
	return w.file.Write(answer)
}

// answer is the record of what came; write is false if nothing did.
func (w *writing) answer(r archive.Record) (o warc.Out, write bool, err error) {
	o = warc.Out{ID: recordID("answer", r), Date: r.RequestedAt, Target: target(r)}
	before := w.stands[r.SHA256]
	switch {
	case r.Status == http.StatusNotModified && r.SHA256 != "":
		if before == nil {
			return o, false, fmt.Errorf("it says that nothing was new since bytes (SHA-256 %.12s) that are not in the archive", r.SHA256)
		}
		o.Type, o.ContentType, o.Head = warc.Revisit, warc.HTTPResponse, warc.WriteHead(r.Status, before.without(r.Headers), -1)
		o.More = before.refer(warc.NotModified)
		return o, true, nil
	case r.SHA256 == "":
		// There was no answer, or its body was not kept, as of one with a key: the archive's own
		// record says so. An answer without a body would be another one.
		return o, false, nil
	}
	sent := r.Origin == archive.Publisher && r.Status != 0
	if sent && before != nil && before.http {
		o.Type, o.ContentType, o.Head = warc.Revisit, warc.HTTPResponse, warc.WriteHead(r.Status, r.Headers, r.Bytes)
		o.More, o.Digest = before.refer(warc.SameBytes), "sha256:"+r.SHA256
		return o, true, nil
	}
	if o.Payload, err = w.Store.Body(r.SHA256); err != nil {
		return o, false, err
	}
	if sent {
		o.Type, o.ContentType, o.Head = warc.Response, warc.HTTPResponse, warc.WriteHead(r.Status, r.Headers, len(o.Payload))
	} else {
		o.Type, o.ContentType, o.More = warc.Resource, contentType(r, o.Payload), warc.Header{{Name: originField, Value: r.Origin}}
	}
	if before == nil || sent {
		w.stands[r.SHA256] = &stood{o.ID, o.Target, o.Date, sent, r.Headers}
	}
	return o, true, nil
}

func (s *stood) refer(profile string) warc.Header {
	return warc.Header{
		{Name: "WARC-Profile", Value: profile},
		{Name: "WARC-Refers-To", Value: "<" + s.id + ">"},
		{Name: "WARC-Refers-To-Target-URI", Value: s.target},
		{Name: "WARC-Refers-To-Date", Value: s.date.UTC().Format(time.RFC3339Nano)},
	}
}

// without are the fields of an answer 304 itself. The archive notes with them those of the answer
// that it vouches for, which the publisher did not send again.
func (s *stood) without(fields map[string]string) map[string]string {
	own := map[string]string{}
	for name, value := range fields {
		if s.headers[name] != value {
			own[name] = value
		}
	}
	return own
}

// contentType is that of bytes without an HTTP header: what was said, or how they look.
func contentType(r archive.Record, body []byte) string {
	for name, value := range r.Headers {
		if strings.EqualFold(name, "Content-Type") && !strings.ContainsAny(value, "\r\n") {
			return value
		}
	}
	return http.DetectContentType(body)
}

// target is the address of a record. The tables of this project have none on the web.
func target(r archive.Record) string {
	address := r.FinalURL
	if address == "" {
		address = r.Request.URL
	}
	if u, err := url.Parse(address); err == nil && u.IsAbs() && u.Host != "" {
		return u.String()
	}
	return "urn:x-baseline:" + (&url.URL{Path: address}).EscapedPath()
}
