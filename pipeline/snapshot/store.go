package snapshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"baseline/output/parquet"
	"baseline/pipeline/workspace"
	"baseline/schemas"
	"baseline/sources/source"
)

// current is the file that names the snapshot in force. It is written last: without
// it, files of a snapshot are leftovers of a run that did not end.
const current = workspace.Current

// ErrNone says that the workspace has no snapshot yet.
var ErrNone = errors.New("there is no snapshot yet")

// Write stores the snapshot and returns its manifest. The id follows from the
// content, so that the same captures give the same files in the same places. It
// does not make the snapshot current.
func Write(ws *workspace.Workspace, s *Snapshot, tool string) (Manifest, error) {
	m, text, bodies, err := compose(s, tool)
	if err != nil {
		return Manifest{}, err
	}
	if old, err := ws.Read(manifestPath(m.ID)); err == nil && string(old) == string(text) && filesStand(ws, m) {
		return m, nil
	}
	for i, f := range m.Files {
		if err := ws.Write(f.Path, bodies[i]); err != nil {
			return Manifest{}, err
		}
	}
	return m, ws.Write(manifestPath(m.ID), text)
}

// compose makes the files of a snapshot and its manifest, also as text, and sets its id.
func compose(s *Snapshot, tool string) (m Manifest, text []byte, bodies [][]byte, err error) {
	files, bodies, err := encode(s)
	if err != nil {
		return m, nil, nil, err
	}
	m = s.manifest(tool, files)
	if m.ID, err = m.idOf(); err != nil {
		return m, nil, nil, err
	}
	s.ID = m.ID
	for i := range m.Files {
		m.Files[i].Path = fmt.Sprintf("data/%s/snapshot=%s/part-0.parquet", m.Files[i].Dataset, m.ID)
	}
	text, err = json.MarshalIndent(m, "", "  ")
	return m, append(text, '\n'), bodies, err
}

// idOf makes the id of a manifest. It is of everything that the manifest says, so that no
// manifest is ever rewritten: an edition may name it.
func (m Manifest) idOf() (string, error) {
	m.ID, m.Files = "", slices.Clone(m.Files)
	for i := range m.Files {
		m.Files[i].Path = ""
	}
	said, err := json.Marshal(m)
	return idFrom(m.AsOf, said), err
}

// IDOf makes the id of a snapshot from the text of its manifest, whichever version wrote it: what
// is stored under another id is not what was written.
func IDOf(text []byte) (string, error) {
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return "", fmt.Errorf("the manifest of a snapshot cannot be read: %w", err)
	}
	var said bytes.Buffer
	if err := json.Compact(&said, text); err != nil {
		return "", err
	}
	// The id and the paths, which hold it, are no part of what it is made of.
	bare := strings.Replace(said.String(), `"id":"`+m.ID+`"`, `"id":""`, 1)
	for _, f := range m.Files {
		bare = strings.Replace(bare, fmt.Sprintf(`"path":"data/%s/snapshot=%s/part-0.parquet"`, f.Dataset, m.ID), `"path":""`, 1)
	}
	return idFrom(m.AsOf, []byte(bare)), nil
}

func idFrom(asOf time.Time, said []byte) string {
	all := sha256.Sum256(said)
	return asOf.Format("20060102") + "-" + hex.EncodeToString(all[:])[:10]
}

// encode makes the Parquet files, several at a time: they do not depend on each
// other.
func encode(s *Snapshot) ([]File, [][]byte, error) {
	records := s.records()
	lists := slices.Concat(schemas.Facts, schemas.Records)
	bodies := make([][]byte, len(lists))
	rows := make([][]schemas.Row, len(lists))
	faults := make([]error, len(lists))
	var wg sync.WaitGroup
	for i, d := range lists {
		rows[i] = s.Tables[d.Name]
		if d.Record {
			rows[i] = records[d]
		} else if len(rows[i]) == 0 && !s.covers(d.Name) {
			continue // no source reads it yet: no file is honest, an empty one is not
		}
		wg.Go(func() { bodies[i], faults[i] = parquet.Write(d, rows[i], s.meta(d)) })
	}
	wg.Wait()
	var files []File
	var kept [][]byte
	for i, d := range lists {
		if faults[i] != nil {
			return nil, nil, faults[i]
		}
		if bodies[i] != nil {
			sum := sha256.Sum256(bodies[i])
			files = append(files, File{Dataset: d.Name, Rows: len(rows[i]), Bytes: len(bodies[i]), SHA256: hex.EncodeToString(sum[:])})
			kept = append(kept, bodies[i])
		}
	}
	return files, kept, nil
}

func (s *Snapshot) covers(dataset string) bool {
	return slices.ContainsFunc(s.Parts, func(p Part) bool { return p.Dataset == dataset })
}

// meta are the clocks and caveats that travel with a dataset's file.
func (s *Snapshot) meta(d *schemas.Dataset) []parquet.Meta {
	meta := []parquet.Meta{{Key: "baseline.dataset", Value: d.Name}, {Key: "baseline.key", Value: strings.Join(d.Key, ",")}}
	if d.Record {
		return meta
	}
	for _, src := range s.Sources {
		if !slices.ContainsFunc(s.Parts, func(p Part) bool { return p.Dataset == d.Name && p.Source == src.ID }) {
			continue
		}
		at := "baseline.source." + src.ID + "."
		meta = append(meta,
			parquet.Meta{Key: at + "title", Value: src.Title},
			parquet.Meta{Key: at + "checked_at", Value: stamp(src.Clocks.Checked)},
			parquet.Meta{Key: at + "captured_at", Value: stamp(src.Clocks.Captured)},
			parquet.Meta{Key: at + "changed_at", Value: stamp(src.Clocks.Changed)},
			parquet.Meta{Key: at + "captures", Value: src.Captures.String()},
		)
		for i, c := range src.Caveats {
			if c.Dataset == d.Name {
				meta = append(meta, parquet.Meta{Key: fmt.Sprintf("%scaveat.%d", at, i+1), Value: c.Text})
			}
		}
	}
	return meta
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func filesStand(ws *workspace.Workspace, m Manifest) bool {
	return !slices.ContainsFunc(m.Files, func(f File) bool {
		body, err := ws.Read(f.Path)
		sum := sha256.Sum256(body)
		return err != nil || hex.EncodeToString(sum[:]) != f.SHA256
	})
}

func manifestPath(id string) string { return "snapshots/" + id + "/manifest.json" }

// MakeCurrent puts the snapshot in force. This is the instant at which a refresh
// happens for every reader.
func MakeCurrent(ws *workspace.Workspace, id string) error {
	if now, err := CurrentID(ws); err == nil && now == id {
		return nil
	}
	return ws.Write(current, []byte(id+"\n"))
}

// CurrentID returns the id of the snapshot in force, or an error that wraps ErrNone.
func CurrentID(ws *workspace.Workspace) (string, error) {
	data, err := ws.Read(current)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("workspace %s: %w", ws.Root(), ErrNone)
	}
	if err != nil {
		return "", fmt.Errorf("read %s: %w", current, err)
	}
	return strings.TrimSpace(string(data)), nil
}

// ReadManifest returns the manifest of a snapshot. It fails with a *LostError if there is none,
// or it cannot be read as one.
func ReadManifest(ws *workspace.Workspace, id string) (Manifest, error) {
	data, err := ws.Read(manifestPath(id))
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, lost(id, "workspace %s has no snapshot %s", ws.Root(), id)
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("read manifest of %s: %w", id, err)
	}
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return Manifest{}, lost(id, "the manifest of snapshot %s cannot be read: %v; refresh, which repairs the snapshot in force", id, err)
	}
	return m, nil
}

// Load reads a stored snapshot. Every file is checked against its SHA-256. If files are gone or
// damaged, Lost tells so of the error.
func Load(ws *workspace.Workspace, id string) (*Snapshot, Manifest, error) {
	m, err := ReadManifest(ws, id)
	if err != nil {
		return nil, m, err
	}
	s := &Snapshot{ID: id, Tables: map[string][]schemas.Row{}, Captures: m.Captures}
	for _, e := range m.Parts {
		p, err := e.part()
		if err != nil {
			return nil, m, fmt.Errorf("manifest of snapshot %s: %w", id, err)
		}
		s.Parts = append(s.Parts, p)
	}
	for _, e := range m.Sources {
		s.Sources = append(s.Sources, e.State())
	}
	tables := make([][]schemas.Row, len(schemas.Facts))
	faults := make([]error, len(schemas.Facts))
	var wg sync.WaitGroup
	for i, d := range schemas.Facts {
		wg.Go(func() { tables[i], faults[i] = Table(ws, m, d) })
	}
	wg.Wait()
	for i, d := range schemas.Facts {
		if tables[i] != nil {
			s.Tables[d.Name] = tables[i]
		}
	}
	gone, err := Table(ws, m, &schemas.WithdrawnRows)
	if err == nil {
		s.Gone, err = goneOf(gone)
	}
	faults = append(faults, err)
	others, err := Table(ws, m, &schemas.OtherRows)
	if err == nil {
		s.Others, err = othersOf(others)
	}
	return s, m, errors.Join(append(faults, err)...)
}

// Table reads one dataset of a stored snapshot; nil if the snapshot does not have it.
func Table(ws *workspace.Workspace, m Manifest, d *schemas.Dataset) ([]schemas.Row, error) {
	f, ok := m.File(d.Name)
	if !ok {
		return nil, nil
	}
	body, err := ws.Read(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, lost(m.ID, "snapshot %s: %s is gone; refresh, which repairs the snapshot in force, or restore the file from a backup", m.ID, f.Path)
	}
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", m.ID, err)
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, lost(m.ID, "snapshot %s: %s is damaged: its bytes have another SHA-256 than the manifest says; refresh, which repairs the snapshot in force, or restore the file from a backup", m.ID, f.Path)
	}
	return parquet.Read(d, body)
}

// Findings reads the findings of a stored snapshot.
func Findings(ws *workspace.Workspace, m Manifest) ([]source.Finding, error) {
	d := &schemas.Findings
	rows, err := Table(ws, m, d)
	if err != nil {
		return nil, err
	}
	var found []source.Finding
	for _, r := range rows {
		text := func(column string) string { return r.Values[d.Column(column)].Text() }
		found = append(found, source.Finding{
			Severity: source.Severity(text("severity")), Code: text("code"), Source: text("source"), Dataset: text("dataset"),
			Part: text("part"), Text: text("text"), Hint: text("hint"), Capture: text("capture"), Locator: text("locator"), Quote: text("quote"),
		})
	}
	return found, nil
}

// Others reads the rows of other sources of a stored snapshot.
func Others(ws *workspace.Workspace, m Manifest) ([]Other, error) {
	rows, err := Table(ws, m, &schemas.OtherRows)
	if err != nil {
		return nil, err
	}
	return othersOf(rows)
}

// Withdrawn reads the withdrawn rows of a stored snapshot.
func Withdrawn(ws *workspace.Workspace, m Manifest) ([]Gone, error) {
	rows, err := Table(ws, m, &schemas.WithdrawnRows)
	if err != nil {
		return nil, err
	}
	return goneOf(rows)
}
