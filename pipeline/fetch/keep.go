package fetch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"baseline/pipeline/archive"
	"baseline/pipeline/fetch/soft"
	"baseline/sources/source"
)

// maxEvidence is how much is kept of an answer that could not be taken whole.
const maxEvidence = 1 << 20

// query is what stands behind the address proper in a sentence.
var query = regexp.MustCompile(`\?[^\s,;]+`)

var errBroke = errors.New("the reader broke on the answer")

// record is what the archive says of an answer.
func (v *visit) record(r source.Request, address string, re *reply) archive.Record {
	rec := archive.Record{
		Source: v.about.ID, Request: archive.Asked{ID: r.ID, URL: address}, FinalURL: shown(re.url), RequestedAt: re.at,
		Status: re.status, Headers: kept(re.header), Origin: archive.Publisher, Fault: re.fault, FaultText: re.text,
	}
	if to := re.location(re.url); to != nil {
		rec.Headers["Location"] = shown(to)
	}
	if r.Private {
		// A key may stand anywhere in what comes with it.
		rec.FaultText = query.ReplaceAllString(rec.FaultText, "")
		rec.FinalURL, _, _ = strings.Cut(rec.FinalURL, "?")
		if rec.FinalURL == strings.SplitN(address, "?", 2)[0] {
			rec.FinalURL = address
		}
		delete(rec.Headers, "Location")
	}
	for _, key := range r.Secret {
		rec.FinalURL = hideIn(rec.FinalURL, key)
		if to := rec.Headers["Location"]; to != "" {
			rec.Headers["Location"] = hideIn(to, key)
		}
	}
	return rec
}

// hideIn takes a key out of an address.
func hideIn(address, key string) string {
	for _, form := range []string{key, url.QueryEscape(key)} {
		if form != "" {
			address = strings.ReplaceAll(address, form, "-")
		}
	}
	return address
}

// keep archives the answer, then says what it is.
func (v *visit) keep(r source.Request, address string, re *reply, t tried, have *archive.Record) (tried, error) {
	if re.status == http.StatusNotModified && re.fault == "" {
		if re.conditional {
			return v.unchanged(r, address, re, t, have)
		}
		re.fault, re.text = "unasked-304", re.url.Hostname()+" says that nothing has changed (status 304), though it was not asked for that"
	}
	whole := re.fault == ""
	rec := v.record(r, address, re)
	if whole {
		rec.Fault, rec.FaultText = soft.Fault(r.Media, language(r), re.status, re.header, re.body)
		if rec.Fault != "" && re.status == http.StatusOK && soft.Doubtful(rec.Fault) && v.sound(r, re) {
			rec.OriginNote = "it looked like " + rec.Fault + " (" + rec.FaultText + "), but its reader finds what it should"
			rec.Fault, rec.FaultText = "", ""
		}
		if rec.Fault == "challenge" {
			v.leave(v.hostOf(re.url, 0))
			t.again = false
		}
	}
	if rec.Fault == "" && r.Private {
		rec.Fault, rec.FaultText = v.unreadable(r, re)
	}
	if strings.HasSuffix(rec.FaultText, noKeyExchange) && !r.Private {
		rec.FaultText += fmt.Sprintf("; a page saved by a browser or by curl can be put in with: baseline capture add %s --url \"%s\" FILE", v.about.ID, address)
	}
	if last := v.answered(r); rec.Fault == "" && last != "" {
		rec.Before = before(r, v.newest[r.ID], address)
	}
	rec.FaultText = string(v.blank([]byte(rec.FaultText), re.body, r))
	t.Fault, t.Text = rec.Fault, rec.FaultText
	if t.Fault == "" {
		t.Outcome, t.again = OutcomeNew, false
	}
	if r.Private {
		if t.Fault == "" {
			v.answers[r.ID] = source.Capture{Source: v.about.ID, Request: r.ID, URL: rec.FinalURL, Taken: re.at, Origin: archive.Publisher, Body: re.body}
		}
		return t, v.store.Note(rec)
	}
	body := re.body
	if !whole {
		if body = re.raw[:min(len(re.raw), maxEvidence)]; len(body) > 0 {
			rec.OriginNote = fmt.Sprintf("%d bytes as they came", len(body))
			if packed := rec.Headers["Content-Encoding"]; packed != "" {
				rec.OriginNote += ", still packed with " + packed
			}
		}
	}
	if re.status == 0 || len(body) == 0 {
		return t, v.store.Note(rec)
	}
	if clean := v.blank(body, body, r); !bytes.Equal(clean, body) {
		body = clean
		rec.OriginNote = strings.TrimPrefix(rec.OriginNote+"; a key in it was blanked", "; ")
	}
	sum := sha256.Sum256(body)
	rec.SHA256, rec.Bytes = hex.EncodeToString(sum[:]), len(body)
	if old, ok := v.newest[r.ID]; ok && t.Outcome == OutcomeNew && old.SHA256 == rec.SHA256 {
		t.Outcome = OutcomeSame
	}
	if err := v.store.Put(rec, body); err != nil {
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

// blank puts blanks in place of the keys in a text: those that are sent with the request, and
// those that the answer holds. A service may repeat the one, or lead to the page of the other.
func (v *visit) blank(text, answer []byte, r source.Request) []byte {
	keys := []string{v.cfg.Keys[v.about.ID]}
	for _, key := range r.Secret {
		keys = append(keys, key)
	}
	keyed, ok := v.source.(source.Keyed)
	if ok {
		found, _ := keyed.Keys(answer)
		keys = append(keys, found...)
	}
	return source.Blank(text, keys)
}

// unchanged notes that the publisher vouches for the bytes of before.
func (v *visit) unchanged(r source.Request, address string, re *reply, t tried, have *archive.Record) (tried, error) {
	rec := v.record(r, address, re)
	for name, value := range have.Headers {
		if _, ok := rec.Headers[name]; !ok {
			rec.Headers[name] = value
		}
	}
	rec.OriginNote = have.OriginNote
	rec.SHA256, rec.Bytes, rec.File, rec.Before = have.SHA256, have.Bytes, have.File, before(r, *have, address)
	t.Outcome = OutcomeNotModified
	v.newest[r.ID] = rec
	if r.Leads {
		v.lead(r, rec)
	}
	return t, v.store.Note(rec)
}

// before is the address that answered until another one did in its place; empty where
// nothing is to be told of. Addresses are listed newest first: one that stands further behind
// may have an older page, one that stands before it has the newer one. It stays until the first
// answers again, or is listed no more.
func before(r source.Request, last archive.Record, address string) string {
	first := last.Request.URL
	if first == address {
		first = last.Before
	}
	if i, n := slices.Index(r.Addresses, first), slices.Index(r.Addresses, address); i >= 0 && n > i {
		return first
	}
	return ""
}

// prove puts the robots.txt that forbids something into the archive, once in a visit.
func (v *visit) prove(file robotsFile, why string) error {
	if v.shown[file.URL] || len(file.Text) == 0 {
		return nil
	}
	v.shown[file.URL] = true
	sum := sha256.Sum256(file.Text)
	return v.store.Put(archive.Record{
		Source: v.about.ID, Request: archive.Asked{ID: archive.Robots, URL: file.URL}, FinalURL: file.URL, RequestedAt: file.Read, Status: file.Status,
		SHA256: hex.EncodeToString(sum[:]), Bytes: len(file.Text), Origin: archive.Publisher, Fault: "robots-forbids", FaultText: why,
	}, file.Text)
}

// unreadable lets the source say whether it finds in a private answer what it is asked for:
// nobody will look at it later.
func (v *visit) unreadable(r source.Request, re *reply) (fault, text string) {
	if _, err := v.read(r, re); err != nil {
		return "unreadable", innermost(err)
	}
	return "", ""
}

// sound reports whether the source reads the answer as one of its own. What looks like
// something else is then what was asked for all the same.
func (v *visit) sound(r source.Request, re *reply) bool {
	reading, err := v.read(r, re)
	return err == nil && reading.Sound(v.about)
}

// read lets the source read an answer. The error is also that of a reader that broke.
func (v *visit) read(r source.Request, re *reply) (reading source.Reading, err error) {
	defer func() {
		if recover() != nil {
			err = errBroke
		}
	}()
	return source.Read(v.source, source.Capture{Source: v.about.ID, Request: r.ID, URL: shown(re.url), Taken: re.at, Origin: archive.Publisher, Body: re.body})
}

// lead hands the archived answer of before to the source.
func (v *visit) lead(r source.Request, rec archive.Record) {
	body, err := v.store.Body(rec.SHA256)
	if err != nil {
		return // it leads nowhere; reading tells of the damage
	}
	v.answers[r.ID] = source.Capture{Source: rec.Source, Request: r.ID, URL: rec.FinalURL, SHA256: rec.SHA256, Taken: rec.RequestedAt, Origin: rec.Origin, Body: body}
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
