package upkeep

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"baseline/pipeline/archive"
	"baseline/pipeline/edition"
	"baseline/pipeline/snapshot"
)

// seen is what is remembered of a record: the sum of all it says.
type seen [sha256.Size]byte

// said is the sum of all that a record says. A table of this project is described anew by each
// version, its facts are not.
func said(r archive.Record) seen {
	if r.Origin == archive.Curated {
		r.OriginNote, r.File = "", ""
	}
	r.RequestedAt = r.RequestedAt.UTC()
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // plain fields only
	}
	return sha256.Sum256(text)
}

// differs names the fields in which two records differ.
func differs(a, b archive.Record) string {
	fields := func(r archive.Record) (m map[string]any) {
		text, _ := json.Marshal(r)
		_ = json.Unmarshal(text, &m)
		return m
	}
	x, y := fields(a), fields(b)
	for name := range y {
		if _, ok := x[name]; !ok {
			x[name] = nil
		}
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(x)) {
		if fmt.Sprint(x[name]) != fmt.Sprint(y[name]) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// captured compares the records with what a manifest says of them.
func (v *verifying) captured(m snapshot.Manifest) error {
	for _, c := range m.Captures {
		path := c.Path()
		have, ok := v.said[path]
		if v.told[path] || ok && have == said(c) {
			continue
		}
		if !ok {
			if e, err := v.store.Entry(path); err == nil && !e.Damaged && said(e.Record) == said(c) {
				continue // a run has written it since the records were listed
			}
			v.told[path] = true
			v.fault(path, restore, "the record is gone; snapshot %s rests on it", m.ID)
			continue
		}
		e, err := v.store.Entry(path)
		if err != nil {
			return err
		}
		v.told[path] = true
		v.fault(path, "restore the record from a backup", "the record says otherwise than snapshot %s, in %s", m.ID, differs(e.Record, c))
	}
	return nil
}

// files hashes the files that manifests name, several at a time.
func (v *verifying) files(workers int) error {
	names := slices.Sorted(maps.Keys(v.stored))
	faults := make([]error, len(names))
	inParallel(len(names), workers, func(i int) {
		body, err := v.ws.Read(names[i])
		if sum := sha256.Sum256(body); err == nil && hex.EncodeToString(sum[:]) != v.stored[names[i]].sum {
			err = errDamaged
		}
		faults[i] = err
	})
	current, err := snapshot.CurrentID(v.ws)
	if err != nil && !errors.Is(err, snapshot.ErrNone) {
		return err
	}
	for i, name := range names {
		f := v.stored[name]
		do := "restore it from a backup"
		if f.of == "snapshot "+current {
			do += ", or refresh, which makes it again"
		}
		switch {
		case faults[i] == nil:
			v.out.Files++
		case errors.Is(faults[i], fs.ErrNotExist):
			v.fault(name, do, "the file is gone; it is of %s", f.of)
		case errors.Is(faults[i], errDamaged):
			v.fault(name, do, "the file has another SHA-256 than its manifest says; it is of %s", f.of)
		default:
			v.fault(name, do, "%v; it is of %s", faults[i], f.of)
		}
	}
	return nil
}

var errDamaged = errors.New("damaged")

// file is one that a manifest names.
type file struct{ sum, of string }

func (v *verifying) names(files []snapshot.File, of string) {
	for _, f := range files {
		if _, ok := v.stored[f.Path]; !ok {
			v.stored[f.Path] = file{f.SHA256, of}
		}
	}
}

// signed looks whether an edition says what was signed, and names the snapshot that was.
func (v *verifying) signed(name string, e edition.Edition) error {
	path := "editions/" + name + "/manifest.json"
	own, err := v.ws.Read(path)
	if err != nil {
		return err
	}
	if !edition.WholeText(own) || e.Name != name {
		v.fault(path, "restore it from a backup", "edition %s is not what was signed", name)
		return nil
	}
	text, err := v.ws.Read("snapshots/" + e.Snapshot + "/manifest.json")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if e.Signed() {
		v.names([]snapshot.File{{Path: edition.SchemasPath(name), SHA256: e.SchemasSHA256}}, "edition "+name)
		v.names(e.Files, "edition "+name)
		if sum := sha256.Sum256(text); err == nil && hex.EncodeToString(sum[:]) != e.ManifestSHA256 {
			v.fault("snapshots/"+e.Snapshot+"/manifest.json", "restore it from a backup", "the manifest is not the one that edition %s was signed with", name)
		}
		return nil
	}
	m, err := snapshot.ReadManifest(v.ws, e.Snapshot)
	if err == nil && (!m.AsOf.Equal(e.AsOf) || m.FactsSHA256 != e.FactsSHA256) {
		v.fault(path, "restore it from a backup", "edition %s says otherwise than its snapshot %s", name, e.Snapshot)
	}
	return nil
}
