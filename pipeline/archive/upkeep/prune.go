package upkeep

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/workspace"
)

// Prune is what may go from an archive.
type Prune struct {
	Workspace *workspace.Workspace
	// Before is the time before which a record must have been taken to go.
	Before time.Time
	// Bundle holds the captures compiled into the program. They stay: a refresh would put
	// them back.
	Bundle fs.FS
	// Rest is how long bytes without a record must have lain, by the clock of the disk or bucket,
	// to go: a fetch stores them before their record.
	Rest time.Duration
}

// Gone is one file that goes.
type Gone struct {
	Path    string
	Source  string // "" of bytes without a record
	Request string
	Taken   time.Time
	SHA256  string
	Bytes   int // of a capture; 0 for a record
}

// Going is what goes, records first, and what stays.
type Going struct {
	Records, Bodies []Gone
	StayRecords     int
	StayBodies      int
}

// Bytes is how much room the captures take that go.
func (g Going) Bytes() (n int64) {
	for _, b := range g.Bodies {
		n += int64(b.Bytes)
	}
	return n
}

// Look finds what nothing refers to: no snapshot, edition or run, none of the steward's
// decisions, and that is neither the newest answer nor the newest record of a request. It
// changes nothing. It fails if something that may refer to captures cannot be read.
func (p Prune) Look() (Going, error) {
	var g Going
	to, err := references(p.Workspace)
	if err != nil {
		return g, fmt.Errorf("nothing may go, for not everything that rests on the archive can be read: %w", err)
	}
	if err := p.bundled(to); err != nil {
		return g, err
	}
	store := archive.In(p.Workspace)
	names, err := store.Sources()
	if err != nil {
		return g, err
	}
	stay := to.sums
	unread := map[string]bool{} // first letters of sums that damaged records may name
	for _, name := range names {
		entries, err := p.entries(store, name, unread)
		if err != nil {
			return g, err
		}
		for _, e := range choose(entries, to.records, p.Before) {
			if e.stays {
				stay[e.SHA256] = true
				g.StayRecords++
			} else {
				g.Records = append(g.Records, Gone{Path: e.path, Source: e.Source, Request: e.Request.ID, Taken: e.RequestedAt.UTC(), SHA256: e.SHA256})
			}
		}
	}
	sums, _, err := store.Bodies()
	if err != nil {
		return g, err
	}
	var now time.Time // by the clock of the disk or bucket, which is asked by writing: only where it is needed
	of := map[string]Gone{}
	for _, r := range g.Records {
		of[r.SHA256] = r
	}
	for _, sum := range sums {
		if stay[sum] || unread[sum[:8]] {
			g.StayBodies++
			continue
		}
		b, recorded := of[sum]
		b.Path, b.SHA256 = archive.BodyPath(sum), sum
		if p.Rest > 0 && !recorded {
			if now.IsZero() {
				if now, err = p.Workspace.Clock(); err != nil {
					return g, err
				}
			}
			at, err := p.Workspace.Written(b.Path)
			if err != nil {
				return g, fmt.Errorf("read capture %.12s: %w", sum, err)
			}
			if now.Sub(at) < p.Rest {
				g.StayBodies++
				continue
			}
		}
		body, err := p.Workspace.Read(b.Path)
		if err != nil {
			return g, fmt.Errorf("read capture %.12s: %w", sum, err)
		}
		b.Bytes = len(body)
		g.Bodies = append(g.Bodies, b)
	}
	return g, nil
}

// Do removes what goes: records before bytes, so that none ever names bytes that are gone. If
// it is cut short, the next time finds the rest. A fetch takes no lock and may store a record
// of those very bytes meanwhile: they stay, or come back, and g then has them no more. Only the
// holder of the workspace may call it.
func (p Prune) Do(g *Going) error {
	if !p.Workspace.Held() {
		return fmt.Errorf("prune %s: the workspace is not held", p.Workspace.Root())
	}
	for _, x := range g.Records {
		if err := p.Workspace.Remove(x.Path); err != nil {
			return err
		}
	}
	store := archive.In(p.Workspace)
	named, err := store.Named()
	if err != nil {
		return err
	}
	var gone []Gone
	for left := g.Bodies; len(left) > 0; {
		n, size := 0, 0
		for n < len(left) && n < batchFiles && size < batchBytes {
			size += left[n].Bytes
			n++
		}
		var of []Gone
		of, named, err = p.batch(store, left[:n], named)
		gone = append(gone, of...)
		if err != nil {
			return err
		}
		left = left[n:]
	}
	g.StayBodies += len(g.Bodies) - len(gone)
	g.Bodies = gone
	return nil
}

// A batch of bytes is held in memory until it is known that no record names them.
const (
	batchFiles = 256
	batchBytes = 64 << 20
)

// batch removes those of the bytes that no record names, looks again, and puts back those that
// one names by then. It returns what went, and what is named.
func (p Prune) batch(store *archive.Archive, list []Gone, named map[string]bool) (gone []Gone, now map[string]bool, err error) {
	bodies := map[string][]byte{}
	for _, x := range list {
		if named[x.SHA256[:8]] {
			continue
		}
		var body []byte
		if body, err = p.Workspace.Read(x.Path); err != nil {
			err = fmt.Errorf("read capture %.12s: %w", x.SHA256, err)
			break
		}
		// Before it is gone: a removal whose answer is lost may have been one.
		bodies[x.SHA256], gone = body, append(gone, x)
		if err = p.Workspace.Remove(x.Path); err != nil {
			break
		}
	}
	now, fault := store.Named()
	err = errors.Join(err, fault)
	gone = slices.DeleteFunc(gone, func(x Gone) bool {
		if fault == nil && !now[x.SHA256[:8]] { // with a fault nobody knows, and all come back
			return false
		}
		err = errors.Join(err, p.Workspace.Write(x.Path, bodies[x.SHA256]))
		return true
	})
	return gone, now, err
}

// weighed is a record that goes or stays.
type weighed struct {
	archive.Record
	path  string
	stays bool
}

func (p Prune) entries(store *archive.Archive, source string, unread map[string]bool) (list []weighed, err error) {
	err = store.Each(source, func(e archive.Entry) error {
		if !e.Damaged {
			list = append(list, weighed{e.Record, e.Path, false})
			return nil
		}
		// What it said is not known; the name has the first letters of the sum.
		if sum, ok := archive.SumOfName(e.Path); ok {
			unread[sum] = true
		}
		return nil
	})
	return list, err
}

// choose says of each record of a source whether it stays.
func choose(list []weighed, named map[string]bool, before time.Time) []weighed {
	newest, answer := map[string]time.Time{}, map[string]time.Time{}
	for _, e := range list {
		if id, at := e.Request.ID, e.RequestedAt; at.After(newest[id]) {
			newest[id] = at
		}
		if id, at := e.Request.ID, e.RequestedAt; e.Answers() && at.After(answer[id]) {
			answer[id] = at
		}
	}
	vouched := map[string]bool{}
	for i := len(list) - 1; i >= 0; i-- { // newest first
		e := &list[i]
		id, at := e.Request.ID, e.RequestedAt
		own := e.SHA256 != "" && e.Status != 304
		e.stays = named[e.path] || !at.Before(before) || at.Equal(newest[id]) || e.Answers() && at.Equal(answer[id]) || own && vouched[e.SHA256]
		switch {
		case own && e.stays:
			delete(vouched, e.SHA256)
		case e.stays && e.SHA256 != "":
			vouched[e.SHA256] = true // a 304: the record with the bytes stays too
		}
	}
	return list
}

// bundled enters the captures compiled into the program.
func (p Prune) bundled(to refers) error {
	if p.Bundle == nil {
		return nil
	}
	return fs.WalkDir(p.Bundle, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".json" {
			return err
		}
		text, err := fs.ReadFile(p.Bundle, name)
		if err != nil {
			return err
		}
		var r archive.Record
		if err := json.Unmarshal(text, &r); err != nil {
			return fmt.Errorf("the captures compiled into this program: %s: %w", name, err)
		}
		to.sums[r.SHA256], to.records[r.Path()] = true, true
		return nil
	})
}
