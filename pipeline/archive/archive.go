// Package archive keeps every capture for good: the bytes under their SHA-256, and
// beside them one record for each time they were asked for.
package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"baseline/pipeline/workspace"
)

// Origins of a capture. Rebuilt ones must never look like the publisher's own.
const (
	Publisher = "publisher" // the publisher's own bytes
	Rebuilt   = "rebuilt"   // made from facts, because no original was to be had
	Curated   = "curated"   // a reviewed table of this project, where there is no page to read
	ByHand    = "by hand"   // saved and handed in by a steward
)

// Record says what was asked for, when, and what came back.
type Record struct {
	Source      string            `json:"source"`
	Request     Asked             `json:"request"`
	FinalURL    string            `json:"final_url"`
	RequestedAt time.Time         `json:"requested_at"`
	Status      int               `json:"status"`
	Headers     map[string]string `json:"headers,omitempty"`
	File        string            `json:"file,omitempty"` // name in the bundle it came from
	SHA256      string            `json:"sha256"`         // of the bytes; "" if none came. Of an answer 304, those of before.
	Bytes       int               `json:"bytes"`
	Fault       string            `json:"fault,omitempty"`      // stable word: why the answer is not read, such as challenge-page; "" if it may be
	FaultText   string            `json:"fault_text,omitempty"` // one sentence on it
	Origin      string            `json:"origin"`
	OriginNote  string            `json:"origin_note,omitempty"`
	// Before is the address that answered until this answer came from another one; it stays
	// in the records until that one answers again.
	Before string `json:"before,omitempty"`
}

// Robots is the request of a robots.txt that forbids what a source asks for. It never
// answers: it is kept as evidence.
const Robots = "robots"

// Asked is the request of a record.
type Asked struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

// Archive is the part of a workspace that holds captures.
type Archive struct{ ws *workspace.Workspace }

// In returns the archive of a workspace.
func In(ws *workspace.Workspace) *Archive { return &Archive{ws: ws} }

// BodyPath returns the path of a capture's bytes in the workspace.
func BodyPath(sum string) string { return "captures/" + sum[:2] + "/" + sum }

// Put stores a capture: the bytes first, then the record, so that a record never
// names bytes that are not there. Storing the same capture again changes nothing, but
// makes whole what was damaged; the damaged bytes are set aside.
func (a *Archive) Put(r Record, body []byte) error {
	sum := sha256.Sum256(body)
	if got := hex.EncodeToString(sum[:]); got != r.SHA256 {
		return fmt.Errorf("capture of %s %s: the record says SHA-256 %.12s, the bytes have %.12s", r.Source, r.Request.ID, r.SHA256, got)
	}
	if err := a.replace(r.SHA256, body); err != nil {
		return err
	}
	if err := a.note(r); err != nil {
		return err
	}
	return a.still(r.SHA256, body)
}

// still stores a body again that went while its record was on its way: a prune on another
// machine may have found it without one. The prune looks for new records after it has deleted,
// so that one of the two always sees the other.
func (a *Archive) still(sum string, body []byte) error {
	if a.ws.Held() {
		return nil // no prune but our own is at work
	}
	there, err := a.HasBody(sum)
	if err != nil || there {
		return err
	}
	return a.ws.Write(BodyPath(sum), body)
}

// Note stores the record of a request that brought no bytes: no answer at all, or a 304,
// whose SHA256 is that of the bytes it vouches for.
func (a *Archive) Note(r Record) error { return a.note(r) }

func logFolder(source string) string { return "captures/log/" + source }

// stampForm is how the time of a request stands in the name of its record.
const stampForm = "20060102T150405Z"

func logPath(r Record) string {
	// Time first, so that a listing is in order; the request keeps two captures of
	// one second apart, and the sum two answers to one request.
	return fmt.Sprintf("%s/%s-%s-%.8s.json", logFolder(r.Source), r.RequestedAt.UTC().Format(stampForm), inName(r.Request.ID), r.SHA256)
}

// inName is the id of a request as it stands in the name of a file.
func inName(request string) string {
	return strings.Map(func(c rune) rune {
		if c == '/' || c == '\\' || c == ' ' {
			return '_'
		}
		return c
	}, request)
}

// Body returns the bytes of a capture. It fails with a *DamagedError if they are not
// what they were, and with one that wraps fs.ErrNotExist if they are gone.
func (a *Archive) Body(sum string) ([]byte, error) {
	if len(sum) != sha256.Size*2 {
		return nil, fmt.Errorf("%q is not a SHA-256", sum)
	}
	body, err := a.ws.Read(BodyPath(sum))
	if errors.Is(err, fs.ErrNotExist) {
		if aside, fault := a.asideOf(sum); fault == nil && aside != "" {
			return nil, &DamagedError{SHA256: sum, Path: BodyPath(sum), Aside: aside}
		}
		return nil, fmt.Errorf("capture %.12s is not in the archive: %w", sum, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read capture %.12s: %w", sum, err)
	}
	if got := sha256.Sum256(body); hex.EncodeToString(got[:]) != sum {
		return nil, &DamagedError{SHA256: sum, Path: BodyPath(sum)}
	}
	return body, nil
}

// Records returns all records of a source that can be read, oldest first. DamagedRecords
// names the others.
func (a *Archive) Records(source string) ([]Record, error) {
	records, _, err := a.log(source)
	return records, err
}

// Answers reports whether the record has bytes that may be read: an answer 200, or a 304
// that vouches for the bytes of before, in which no fault was seen.
func (r Record) Answers() bool {
	return (r.Status == 200 || r.Status == 304) && r.Fault == "" && r.SHA256 != ""
}

// Newest returns, for each request of the source, the newest record that Answers; of two
// of one instant, the publisher's own before a rebuilt one.
func (a *Archive) Newest(source string) (map[string]Record, error) {
	records, err := a.Records(source)
	if err != nil {
		return nil, err
	}
	return NewestOf(records), nil
}

// NewestOf is Newest among these records.
func NewestOf(records []Record) map[string]Record {
	newest := map[string]Record{}
	for _, r := range records {
		old, have := newest[r.Request.ID]
		if !r.Answers() || have && !newer(r, old) {
			continue
		}
		newest[r.Request.ID] = r
	}
	return newest
}

func newer(r, old Record) bool {
	if !r.RequestedAt.Equal(old.RequestedAt) {
		return r.RequestedAt.After(old.RequestedAt)
	}
	return old.Origin == Rebuilt && r.Origin != Rebuilt
}
