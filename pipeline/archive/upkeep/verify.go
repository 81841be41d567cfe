package upkeep

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/edition"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
)

// Fault is one thing that is not what it was.
type Fault struct {
	Path string // in the workspace
	Text string // one sentence: what, and who needs it
	Do   string
}

// Verified is what was looked at, and what is wrong.
type Verified struct {
	Captures  int // different bytes
	Bytes     int64
	Records   int
	Snapshots int
	Editions  int
	Files     int      // of snapshots and editions, that are what their manifests say
	Faults    []Fault  // by path
	Notes     []string // what is odd and does no harm
}

// Verify hashes all captures and all files of snapshots and editions again, several at a time,
// looks whether every manifest and every record on which a snapshot rests says what it said, and
// whether all have what they rest on. Of a record on which no snapshot rests, nothing vouches for
// more than its name and its bytes. It changes nothing and needs no lock. An error
// means that the workspace as such could not be read.
func Verify(ws *workspace.Workspace, workers int) (Verified, error) {
	v := verifying{ws: ws, store: archive.In(ws), needs: map[string]*need{}, said: map[string]seen{}, told: map[string]bool{}, stored: map[string]file{}}
	for _, step := range []func() error{v.records, v.snapshots, v.editions, func() error { return v.files(workers) }, func() error { return v.captures(workers) }, v.aside} {
		if err := step(); err != nil {
			return v.out, err
		}
	}
	slices.SortFunc(v.out.Faults, func(a, b Fault) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Text, b.Text)) })
	slices.Sort(v.out.Notes)
	return v.out, nil
}

// need is who needs the bytes of one sum.
type need struct {
	records   []archive.Record
	snapshots int
	editions  []string
}

type verifying struct {
	ws    *workspace.Workspace
	store *archive.Archive
	needs map[string]*need
	whole map[string]int // length by sum of what is there and right

	said   map[string]seen // by path of record
	told   map[string]bool // records of which a fault is told already, by path
	stored map[string]file // files that manifests name, by path
	out    Verified
}

func (v *verifying) need(sum string) *need {
	n := v.needs[sum]
	if n == nil {
		n = &need{}
		v.needs[sum] = n
	}
	return n
}

func (v *verifying) fault(path, do, format string, args ...any) {
	v.out.Faults = append(v.out.Faults, Fault{path, fmt.Sprintf(format, args...), do})
}

const restore = "restore it from a backup, or fetch again"

func (v *verifying) records() error {
	names, err := v.store.Sources()
	if err != nil {
		return err
	}
	asides, err := v.store.AsideRecords()
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := v.store.Each(name, func(e archive.Entry) error {
			if !e.Damaged {
				v.said[e.Path] = said(e.Record)
			}
			if v.out.Records++; !e.Damaged && e.Record.SHA256 != "" {
				n := v.need(e.Record.SHA256)
				n.records = append(n.records, archive.Record{Source: e.Record.Source, Request: e.Record.Request, RequestedAt: e.Record.RequestedAt, Status: e.Record.Status, Bytes: e.Record.Bytes, File: e.Path})
			}
			return nil
		}); err != nil {
			return err
		}
	}
	all := slices.Concat(names, asides)
	slices.Sort(all)
	for _, name := range slices.Compact(all) {
		damaged, err := v.store.DamagedRecords(name)
		if err != nil {
			return err
		}
		for _, d := range damaged {
			text, _, _ := strings.Cut(d.Text(), "; ")
			v.told[d.Path] = true
			v.fault(d.Path, restore, "%s", text)
		}
	}
	return nil
}

func (v *verifying) snapshots() error {
	names, err := v.ws.List("snapshots")
	if err != nil {
		return fmt.Errorf("list the snapshots: %w", err)
	}
	for _, id := range names {
		name := "snapshots/" + id + "/manifest.json"
		there, err := v.ws.Exists(name)
		if err != nil {
			return err
		}
		if id == "current" || !there {
			continue
		}
		v.out.Snapshots++
		m, err := snapshot.ReadManifest(v.ws, id)
		if err != nil {
			v.fault(name, "restore it from a backup; until then prune removes nothing", "%v", err)
			continue
		}
		text, err := v.ws.Read(name)
		if err != nil {
			return err
		}
		if made, err := snapshot.IDOf(text); err != nil || made != id || m.ID != id {
			v.fault(name, "restore it from a backup", "the manifest does not say what it said: its id does not follow from it any more")
			continue
		}
		for _, c := range m.Captures {
			v.need(c.SHA256).snapshots++
		}
		v.names(m.Files, "snapshot "+id)
		if err := v.captured(m); err != nil {
			return err
		}
	}
	id, err := snapshot.CurrentID(v.ws)
	there := true
	if err == nil {
		there, err = v.ws.Exists("snapshots/" + id + "/manifest.json")
	}
	if err == nil && !there {
		v.fault("snapshots/"+id+"/manifest.json", "restore it from a backup, or refresh", "the snapshot in force has no manifest")
	}
	if err != nil && !errors.Is(err, snapshot.ErrNone) {
		return err
	}
	return nil
}

func (v *verifying) editions() error {
	names, err := v.ws.List("editions")
	if err != nil {
		return fmt.Errorf("list the editions: %w", err)
	}
	for _, name := range names {
		path := "editions/" + name + "/manifest.json"
		e, err := edition.Read(v.ws, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // the leftover of a crash
		}
		v.out.Editions++
		if err != nil {
			v.fault(path, "restore it from a backup", "%v", err)
			continue
		}
		if err := v.signed(name, e); err != nil {
			return err
		}
		for _, c := range e.Captures {
			n := v.need(c.SHA256)
			n.editions = append(n.editions, name)
		}
		for _, d := range e.Decisions {
			n := v.need(d.SHA256)
			n.editions = append(n.editions, name)
		}
		if len(e.Captures) > 0 {
			continue
		}
		m, err := snapshot.ReadManifest(v.ws, e.Snapshot)
		if err != nil {
			v.fault(path, "restore the manifest of its snapshot from a backup", "edition %s: %v", name, err)
			continue
		}
		for _, c := range m.Captures {
			n := v.need(c.SHA256)
			n.editions = append(n.editions, name)
		}
	}
	return nil
}

// captures hashes all bytes, and then looks for those that are needed.
func (v *verifying) captures(workers int) error {
	sums, strays, err := v.store.Bodies()
	if err != nil {
		return err
	}
	for _, s := range strays {
		v.out.Notes = append(v.out.Notes, s+" is no file of the archive; it may be deleted")
	}
	sizes, faults := v.hash(sums, workers)
	v.whole = map[string]int{}
	unneeded := 0
	for i, sum := range sums {
		n := v.needs[sum]
		switch {
		case faults[i] == nil:
			v.whole[sum] = sizes[i]
			v.out.Captures++
			v.out.Bytes += int64(sizes[i])
			if n == nil {
				unneeded++
			}
			v.lengths(n, sizes[i])
		case errors.Is(faults[i], fs.ErrNotExist): // gone meanwhile; told below if needed
		default:
			v.fault(archive.BodyPath(sum), restore+"; a refresh sets it aside", "%s%s", before(sum, faults[i]), n.who())
		}
	}
	if unneeded > 0 {
		v.out.Notes = append(v.out.Notes, fmt.Sprintf("%d captures have no record, as a program that was killed leaves them; prune removes them", unneeded))
	}
	for sum, n := range v.needs {
		if _, there := slices.BinarySearch(sums, sum); there {
			continue
		}
		_, err := v.store.Body(sum)
		if err == nil {
			continue // came meanwhile
		}
		path := "captures"
		if len(sum) == 64 {
			path = archive.BodyPath(sum)
		}
		v.fault(path, restore, "%s%s", before(sum, err), n.who())
	}
	return nil
}

// before is what an error on a capture says before its advice.
func before(sum string, err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Sprintf("capture %.12s is not in the archive", sum)
	}
	text, _, _ := strings.Cut(err.Error(), "; ")
	return text
}

// hash reads all bytes, several at a time, and returns their lengths or faults.
func (v *verifying) hash(sums []string, workers int) ([]int, []error) {
	sizes, faults := make([]int, len(sums)), make([]error, len(sums))
	inParallel(len(sums), workers, func(i int) {
		body, err := v.store.Body(sums[i])
		sizes[i], faults[i] = len(body), err
	})
	return sizes, faults
}

// inParallel calls do with each number below n, so many at a time; 0 means one for each core.
func inParallel(n, workers int, do func(int)) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// lengths compares what records say of their bytes.
func (v *verifying) lengths(n *need, size int) {
	if n == nil {
		return
	}
	for _, r := range n.records {
		if r.Bytes != size && r.Status != 304 && !v.told[r.File] {
			v.fault(r.File, "restore the record from a backup", "the record says %d bytes, its capture has %d", r.Bytes, size)
		}
	}
}

// who says who needs the bytes, in a few words.
func (n *need) who() string {
	if n == nil {
		return "; nothing needs it"
	}
	var said []string
	if len(n.records) > 0 {
		r := n.records[len(n.records)-1]
		text := fmt.Sprintf("it is %s %s of %s", r.Source, r.Request.ID, r.RequestedAt.UTC().Format(time.DateOnly))
		if more := len(n.records) - 1; more > 0 {
			text += fmt.Sprintf(" and %d more records", more)
		}
		said = append(said, text)
	}
	if n.editions != nil {
		said = append(said, "edition "+strings.Join(slices.Compact(n.editions), ", ")+" rests on it")
	}
	if n.snapshots > 0 {
		said = append(said, fmt.Sprintf("%d snapshots rest on it", n.snapshots))
	}
	return "; " + strings.Join(said, ", ")
}

// aside looks at what was set aside: it is told of until its bytes are whole again.
func (v *verifying) aside() error {
	paths, sums, err := v.store.Aside()
	if err != nil {
		return err
	}
	for i, sum := range sums {
		_, whole := v.whole[sum]
		switch {
		case whole:
			v.out.Notes = append(v.out.Notes, fmt.Sprintf("%s is damaged, but capture %.12s is whole again; the file may be deleted", paths[i], sum))
		case v.needs[sum] == nil:
			v.fault(paths[i], restore, "damaged bytes were set aside, and capture %.12s is not there; nothing needs it", sum)
		}
	}
	return nil
}
