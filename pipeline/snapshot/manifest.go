package snapshot

import (
	"fmt"
	"slices"
	"time"

	"baseline/pipeline/archive"
	"baseline/schemas"
	"baseline/sources/source"
)

// Manifest is what snapshots/<id>/manifest.json says: everything needed to check,
// read again and cite a snapshot. It holds nothing of the run that wrote it, so that
// the same captures give the same manifest.
type Manifest struct {
	Format      int              `json:"format"` // of this file; 1
	ID          string           `json:"id"`
	AsOf        time.Time        `json:"as_of"` // newest capture
	FactsSHA256 string           `json:"facts_sha256"`
	ToolVersion string           `json:"tool_version"`
	Files       []File           `json:"files"`
	Sources     []SourceEntry    `json:"sources"`
	Parts       []PartEntry      `json:"parts"`
	Captures    []archive.Record `json:"captures"`
	Findings    map[string]int   `json:"findings"` // by severity
	HeldRows    int              `json:"held_rows"`
}

// File is one file of the snapshot.
type File struct {
	Dataset string `json:"dataset"`
	Path    string `json:"path"` // in the workspace
	Rows    int    `json:"rows"`
	Bytes   int    `json:"bytes"`
	SHA256  string `json:"sha256"`
}

// SourceEntry is a source in a manifest.
type SourceEntry struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Publisher string `json:"publisher"`
	Clocks
	Budget   int      `json:"budget_days"`
	Rows     int      `json:"rows"`
	Kept     int      `json:"kept"`
	Held     int      `json:"held"`
	States   int      `json:"states_of_47"`
	Captures Captures `json:"captures"`
	Caveats  []string `json:"caveats,omitempty"`
}

// PartEntry is a part in a manifest.
type PartEntry struct {
	Dataset  string     `json:"dataset"`
	Key      []KeyEntry `json:"key,omitempty"`
	Source   string     `json:"source"`
	Request  string     `json:"request"`
	Rows     int        `json:"rows"`
	Complete bool       `json:"complete"`
	Standing string     `json:"standing"`
	Columns  []string   `json:"columns,omitempty"`
	Universe []string   `json:"universe,omitempty"`
	// CompleteSince and Confirmed are as in Part.
	CompleteSince time.Time `json:"complete_since,omitzero"`
	Confirmed     bool      `json:"confirmed,omitempty"`
}

// KeyEntry is one pinned key column of a part.
type KeyEntry struct {
	Column string `json:"column"`
	Value  string `json:"value"`
}

func (s *Snapshot) manifest(tool string, files []File) Manifest {
	m := Manifest{
		Format: 1, FactsSHA256: s.Hash(), ToolVersion: tool, Files: files, AsOf: s.AsOf(),
		Captures: s.Captures, Findings: map[string]int{}, HeldRows: len(s.Held),
	}
	for _, f := range s.Findings {
		m.Findings[string(f.Severity)]++
	}
	for _, src := range s.Sources {
		e := SourceEntry{
			ID: src.ID, Title: src.Title, Publisher: src.Publisher, Clocks: src.Clocks, Budget: src.Budget,
			Rows: src.Rows, Kept: src.Kept, Held: src.Held, States: src.States, Captures: src.Captures,
		}
		for _, c := range src.Caveats {
			e.Caveats = append(e.Caveats, c.Dataset+": "+c.Text)
		}
		m.Sources = append(m.Sources, e)
	}
	for _, p := range s.Parts {
		e := PartEntry{
			Dataset: p.Dataset, Source: p.Source, Request: p.Request, Rows: p.Rows, Complete: p.Complete,
			Standing: string(p.Standing), Columns: p.Columns, Universe: p.Universe,
			CompleteSince: p.CompleteSince, Confirmed: p.Confirmed,
		}
		for _, pin := range p.Key {
			e.Key = append(e.Key, KeyEntry{pin.Column, pin.Value.String()})
		}
		m.Parts = append(m.Parts, e)
	}
	return m
}

// AsOf is when the newest capture was taken.
func (s *Snapshot) AsOf() time.Time {
	var newest time.Time
	for _, c := range s.Captures {
		if c.RequestedAt.After(newest) {
			newest = c.RequestedAt
		}
	}
	return newest.UTC()
}

// TooOld reports whether the source is older than its budget at that time, or was never
// read. A frozen source, of budget 0, never grows too old.
func (e SourceEntry) TooOld(at time.Time) bool {
	return e.Captured.IsZero() || e.Budget > 0 && int(at.Sub(e.Captured).Hours()/24) > e.Budget
}

// State returns the entry as the state of a source; caveats stay in the manifest.
func (e SourceEntry) State() SourceState {
	return SourceState{
		ID: e.ID, Title: e.Title, Publisher: e.Publisher, Clocks: e.Clocks, Budget: e.Budget,
		Rows: e.Rows, Kept: e.Kept, Held: e.Held, States: e.States, Captures: e.Captures,
	}
}

func (e PartEntry) part() (Part, error) {
	p := Part{
		Part:   source.Part{Dataset: e.Dataset, Complete: e.Complete, Columns: e.Columns, Universe: e.Universe},
		Source: e.Source, Request: e.Request, Rows: e.Rows, Standing: schemas.Standing(e.Standing),
		CompleteSince: e.CompleteSince, Confirmed: e.Confirmed,
	}
	d := schemas.Named(e.Dataset)
	if d == nil {
		return Part{}, fmt.Errorf("part of dataset %q, which this version does not know", e.Dataset)
	}
	for _, k := range e.Key {
		at := d.Column(k.Column)
		if at < 0 {
			return Part{}, fmt.Errorf("part of %s by column %q, which this version does not know", e.Dataset, k.Column)
		}
		v, err := schemas.Parse(d.Columns[at].Kind, k.Value)
		if err != nil {
			return Part{}, fmt.Errorf("part of %s: %w", e.Dataset, err)
		}
		p.Key = append(p.Key, source.Pin{Column: k.Column, Value: v})
	}
	return p, nil
}

// File returns the entry of a dataset's file, if the snapshot has one.
func (m Manifest) File(dataset string) (File, bool) {
	i := slices.IndexFunc(m.Files, func(f File) bool { return f.Dataset == dataset })
	if i < 0 {
		return File{}, false
	}
	return m.Files[i], true
}

// Source returns the entry of a source, if the snapshot has it.
func (m Manifest) Source(id string) (SourceEntry, bool) {
	i := slices.IndexFunc(m.Sources, func(s SourceEntry) bool { return s.ID == id })
	if i < 0 {
		return SourceEntry{}, false
	}
	return m.Sources[i], true
}
