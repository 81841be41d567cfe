// Package archive keeps every capture for good: the bytes under their SHA-256, and
// beside them one record for each time they were asked for.
package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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
	SHA256      string            `json:"sha256"`
	Bytes       int               `json:"bytes"`
	Origin      string            `json:"origin"`
	OriginNote  string            `json:"origin_note,omitempty"`
}

// Asked is the request of a record.
type Asked struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

// DamagedError says that archived bytes are no longer what they were.
type DamagedError struct{ SHA256, Path string }

func (e *DamagedError) Error() string {
	return fmt.Sprintf("capture %.12s is damaged: the bytes in %s have another SHA-256; restore the file from a backup, or delete it and refresh again", e.SHA256, e.Path)
}

// Archive is the part of a workspace that holds captures.
type Archive struct{ ws *workspace.Workspace }

// In returns the archive of a workspace.
func In(ws *workspace.Workspace) *Archive { return &Archive{ws: ws} }

// BodyPath returns the path of a capture's bytes in the workspace.
func BodyPath(sum string) string { return "captures/" + sum[:2] + "/" + sum }

// Put stores a capture: the bytes first, then the record, so that a record never
// names bytes that are not there. Storing the same capture again changes nothing.
func (a *Archive) Put(r Record, body []byte) error {
	sum := sha256.Sum256(body)
	if got := hex.EncodeToString(sum[:]); got != r.SHA256 {
		return fmt.Errorf("capture of %s %s: the record says SHA-256 %.12s, the bytes have %.12s", r.Source, r.Request.ID, r.SHA256, got)
	}
	name := logPath(r)
	if a.ws.Has(name) && a.ws.Has(BodyPath(r.SHA256)) {
		return nil
	}
	if !a.ws.Has(BodyPath(r.SHA256)) {
		if err := a.ws.Write(BodyPath(r.SHA256), body); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return a.ws.Write(name, append(text, '\n'))
}

func logPath(r Record) string {
	// Time first, so that a listing is in order; the request keeps two captures of
	// one second apart, and the sum two answers to one request.
	id := strings.Map(func(c rune) rune {
		if c == '/' || c == '\\' || c == ' ' {
			return '_'
		}
		return c
	}, r.Request.ID)
	return fmt.Sprintf("captures/log/%s/%s-%s-%.8s.json", r.Source, r.RequestedAt.UTC().Format("20060102T150405Z"), id, r.SHA256)
}

// Body returns the bytes of a capture. It fails with a *DamagedError if they are not
// what they were, and with one that wraps fs.ErrNotExist if they are gone.
func (a *Archive) Body(sum string) ([]byte, error) {
	if len(sum) != sha256.Size*2 {
		return nil, fmt.Errorf("%q is not a SHA-256", sum)
	}
	body, err := a.ws.Read(BodyPath(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("capture %.12s is not in the archive: %w", sum, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read capture %.12s: %w", sum, err)
	}
	if got := sha256.Sum256(body); hex.EncodeToString(got[:]) != sum {
		return nil, &DamagedError{SHA256: sum, Path: a.ws.Path(BodyPath(sum))}
	}
	return body, nil
}

// Records returns all records of a source, oldest first.
func (a *Archive) Records(source string) ([]Record, error) {
	folder := "captures/log/" + source
	names, err := a.ws.List(folder)
	if err != nil {
		return nil, fmt.Errorf("list captures of %s: %w", source, err)
	}
	records := make([]Record, 0, len(names))
	for _, name := range names {
		data, err := a.ws.Read(folder + "/" + name)
		if err != nil {
			return nil, fmt.Errorf("read record %s: %w", name, err)
		}
		var r Record
		if err := json.Unmarshal(data, &r); err != nil {
			return nil, fmt.Errorf("record %s/%s cannot be read: %w; restore it from a backup, or delete it", folder, name, err)
		}
		records = append(records, r)
	}
	return records, nil
}

// Newest returns, for each request of the source, the newest record with an answer
// (HTTP status 200); of two of one instant, the publisher's own before a rebuilt one.
func (a *Archive) Newest(source string) (map[string]Record, error) {
	records, err := a.Records(source)
	if err != nil {
		return nil, err
	}
	newest := map[string]Record{}
	for _, r := range records {
		old, have := newest[r.Request.ID]
		if r.Status != 200 || have && !newer(r, old) {
			continue
		}
		newest[r.Request.ID] = r
	}
	return newest, nil
}

func newer(r, old Record) bool {
	if !r.RequestedAt.Equal(old.RequestedAt) {
		return r.RequestedAt.After(old.RequestedAt)
	}
	return old.Origin == Rebuilt && r.Origin != Rebuilt
}
