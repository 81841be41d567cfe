// Package edition keeps the names under which snapshots were frozen. An edition is
// written once.
package edition

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"time"

	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
)

// Edition is a frozen snapshot with its name.
type Edition struct {
	Name        string    `json:"name"`
	Snapshot    string    `json:"snapshot"`
	AsOf        time.Time `json:"as_of"`
	FactsSHA256 string    `json:"facts_sha256"`

	// What follows is of an edition that a steward signed; an edition of which a source is
	// the record, such as 2021, has none of it.
	FrozenAt       time.Time              `json:"frozen_at,omitzero"` // UTC
	By             string                 `json:"by,omitempty"`
	ToolVersion    string                 `json:"tool_version,omitempty"`
	Despite        map[string]string      `json:"despite,omitempty"` // why it was frozen although, by kind
	Files          []snapshot.File        `json:"files,omitempty"`
	SchemasSHA256  string                 `json:"schemas_sha256,omitempty"`  // of schemas.json beside this file
	ManifestSHA256 string                 `json:"manifest_sha256,omitempty"` // of the snapshot's manifest
	Decisions      []Decisions            `json:"decisions,omitempty"`
	Captures       []Capture              `json:"captures,omitempty"`
	Open           []Open                 `json:"open_findings,omitempty"`
	Sources        []snapshot.SourceEntry `json:"sources,omitempty"`
	SHA256         string                 `json:"sha256,omitempty"` // of this manifest without this line's value
}

// Signed reports whether a steward froze the edition.
func (e Edition) Signed() bool { return e.By != "" }

// sum is the SHA-256 of the manifest with an empty SHA256.
func (e Edition) sum() string {
	e.SHA256 = ""
	text, err := json.Marshal(e)
	if err != nil {
		panic(err) // plain fields only
	}
	return sum(text)
}

// Whole reports whether the manifest is what was signed.
func (e Edition) Whole() bool { return !e.Signed() && e.SHA256 == "" || e.SHA256 == e.sum() }

var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

func path(name string) string { return "editions/" + name + "/manifest.json" }

// Freeze names the snapshot. It fails if the name is taken by another snapshot.
func Freeze(ws *workspace.Workspace, name string, m snapshot.Manifest) error {
	if !nameForm.MatchString(name) {
		return fmt.Errorf("%q is no name for an edition: use letters, digits, dots and hyphens", name)
	}
	e := Edition{Name: name, Snapshot: m.ID, AsOf: m.AsOf, FactsSHA256: m.FactsSHA256}
	if old, err := Read(ws, name); err == nil {
		if old.Snapshot == e.Snapshot && old.AsOf.Equal(e.AsOf) && old.FactsSHA256 == e.FactsSHA256 {
			return nil
		}
		return fmt.Errorf("edition %s is frozen as snapshot %s and cannot become %s", name, old.Snapshot, m.ID)
	}
	return write(ws, e)
}

func write(ws *workspace.Workspace, e Edition) error {
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return err
	}
	return ws.Write(path(e.Name), append(text, '\n'))
}

// Read returns the edition of that name; the error wraps fs.ErrNotExist if there is
// none.
func Read(ws *workspace.Workspace, name string) (Edition, error) {
	var e Edition
	if !nameForm.MatchString(name) {
		return e, fmt.Errorf("%q is no name for an edition: %w", name, fs.ErrNotExist)
	}
	data, err := ws.Read(path(name))
	if err != nil {
		return e, fmt.Errorf("edition %s: %w", name, err)
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return e, fmt.Errorf("edition %s: %s cannot be read: %w", name, path(name), err)
	}
	return e, nil
}

// List returns all editions, oldest first by name.
func List(ws *workspace.Workspace) ([]Edition, error) {
	names, err := ws.List("editions")
	if err != nil {
		return nil, err
	}
	var editions []Edition
	for _, name := range names {
		e, err := Read(ws, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a folder without a manifest is the leftover of a crash
		}
		if err != nil {
			return nil, err
		}
		editions = append(editions, e)
	}
	return editions, nil
}
