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
}

var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

func path(name string) string { return "editions/" + name + "/manifest.json" }

// Freeze names the snapshot. It fails if the name is taken by another snapshot.
func Freeze(ws *workspace.Workspace, name string, m snapshot.Manifest) error {
	if !nameForm.MatchString(name) {
		return fmt.Errorf("%q is no name for an edition: use letters, digits, dots and hyphens", name)
	}
	e := Edition{Name: name, Snapshot: m.ID, AsOf: m.AsOf, FactsSHA256: m.FactsSHA256}
	if old, err := Read(ws, name); err == nil {
		if old == e {
			return nil
		}
		return fmt.Errorf("edition %s is frozen as snapshot %s and cannot become %s", name, old.Snapshot, m.ID)
	}
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return err
	}
	return ws.Write(path(name), append(text, '\n'))
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
