// Package edition keeps the names under which snapshots were frozen. An edition is
// written once.
package edition

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
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

// WholeText reports whether the text of a manifest is what was signed, whichever version wrote it.
// What is not signed is not judged.
func WholeText(text []byte) bool {
	var e Edition
	var all bytes.Buffer
	if json.Unmarshal(text, &e) != nil || json.Compact(&all, text) != nil {
		return false
	}
	bare, ok := strings.CutSuffix(all.String(), `,"sha256":"`+e.SHA256+`"}`)
	return !e.Signed() && e.SHA256 == "" || ok && sum([]byte(bare+"}")) == e.SHA256
}

var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

func path(name string) string { return "editions/" + name + "/manifest.json" }

// Freeze names the snapshot. It fails if the name is taken by another snapshot, or if it cannot
// be known whether it is.
func Freeze(ws *workspace.Workspace, name string, m snapshot.Manifest) error {
	if !nameForm.MatchString(name) {
		return fmt.Errorf("%q is no name for an edition: use letters, digits, dots and hyphens", name)
	}
	e := Edition{Name: name, Snapshot: m.ID, AsOf: m.AsOf, FactsSHA256: m.FactsSHA256}
	switch old, err := Read(ws, name); {
	case err == nil && old.Snapshot == e.Snapshot && old.AsOf.Equal(e.AsOf) && old.FactsSHA256 == e.FactsSHA256:
		return nil
	case err == nil:
		return fmt.Errorf("edition %s is frozen as snapshot %s and cannot become %s", name, old.Snapshot, m.ID)
	case !errors.Is(err, fs.ErrNotExist):
		return err // what cannot be read may be an edition
	}
	return write(ws, e)
}

// write stores the manifest of an edition, unless there is one: an edition is written once, also
// where two machines do so at the same time.
func write(ws *workspace.Workspace, e Edition) error {
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	err = ws.Create(path(e.Name), text)
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	old, err := ws.Read(path(e.Name))
	if err != nil {
		return fmt.Errorf("edition %s: %w", e.Name, err)
	}
	if !bytes.Equal(old, text) { // the same: a write of ours whose answer was lost
		return fmt.Errorf("edition %s was frozen by somebody else at the same time and cannot be frozen again; look at it with baseline edition list, or choose another name", e.Name)
	}
	return nil
}

// writeSchemas stores the schemas of an edition before its manifest. Those of a freeze that did
// not end are replaced, those of an edition never.
func writeSchemas(ws *workspace.Workspace, name string, text []byte) error {
	err := ws.Create(SchemasPath(name), text)
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	old, err := ws.Read(SchemasPath(name))
	if err == nil && bytes.Equal(old, text) {
		return nil
	}
	there, err := ws.Exists(path(name))
	if err != nil {
		return fmt.Errorf("edition %s: %w", name, err)
	}
	if there {
		return fmt.Errorf("edition %s was frozen by somebody else at the same time and cannot be frozen again; look at it with baseline edition list, or choose another name", name)
	}
	return ws.Write(SchemasPath(name), text)
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
