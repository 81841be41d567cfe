package edition

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/decisions"
	"baseline/pipeline/resolve"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/schemas"
	"baseline/sources/source"
)

// Kinds of what stands against freezing a snapshot. A steward may freeze despite each,
// with a reason that is kept in the edition.
const (
	HeldRows = "held"    // a check holds rows
	Names    = "names"   // names of places that nobody knows
	Kept     = "kept"    // last good rows, because their source failed
	Budgets  = "budgets" // sources older than their budget, or never read
)

// Capture is what an edition rests on.
type Capture struct {
	Source  string    `json:"source"`
	Request string    `json:"request"`
	URL     string    `json:"url"`
	Taken   time.Time `json:"taken"`
	Origin  string    `json:"origin"`
	SHA256  string    `json:"sha256"`
	Bytes   int       `json:"bytes"`
}

// Decisions is one file of decisions that was in force. Its bytes are in the archive.
type Decisions struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// Open is a finding that was open when the edition was frozen.
type Open struct {
	ID       string `json:"id"`
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Source   string `json:"source"`
	Dataset  string `json:"dataset,omitempty"`
	Text     string `json:"text"`
}

// Against is one kind of what stands against freezing.
type Against struct{ Kind, Text string }

// RefusedError lists what stands against freezing without a reason.
type RefusedError struct {
	Name    string
	Against []Against
}

func (e *RefusedError) Error() string {
	var said []string
	for _, a := range e.Against {
		said = append(said, a.Kind+": "+a.Text)
	}
	return fmt.Sprintf("edition %s is not frozen: %s", e.Name, strings.Join(said, "; "))
}

// Wish is how a steward wants a snapshot to be frozen.
type Wish struct {
	Name    string
	By      string
	At      time.Time         // UTC
	Despite map[string]string // reasons, by kind
}

var snapshotForm = regexp.MustCompile(`^[0-9]{8}-[0-9a-f]{10}$`)

// Sign freezes the snapshot under a name, for good: what it holds, what it rests on, the
// decisions in force, what was open, and why it was frozen despite that. It fails with a
// *RefusedError where something stands against it without a reason. Frozen again with the
// same snapshot, it returns the edition as it is.
func Sign(ws *workspace.Workspace, m snapshot.Manifest, book *decisions.Book, w Wish) (e Edition, already bool, err error) {
	switch {
	case w.Name == "current" || snapshotForm.MatchString(w.Name):
		return e, false, fmt.Errorf("%q is no name for an edition: it would be taken for a snapshot", w.Name)
	case !nameForm.MatchString(w.Name):
		return e, false, fmt.Errorf("%q is no name for an edition: use letters, digits, dots and hyphens", w.Name)
	}
	switch old, err := Read(ws, w.Name); {
	case err == nil && old.Snapshot == m.ID:
		return old, true, nil
	case err == nil:
		return e, false, fmt.Errorf("edition %s is frozen as snapshot %s and cannot become %s; choose another name", w.Name, old.Snapshot, m.ID)
	case !errors.Is(err, fs.ErrNotExist):
		return e, false, err
	}
	found, err := snapshot.Findings(ws, m)
	if err != nil {
		return e, false, err
	}
	against := standsAgainst(m, found, w.At)
	if err := reasoned(w, against); err != nil {
		return e, false, err
	}
	e = Edition{
		Name: w.Name, Snapshot: m.ID, AsOf: m.AsOf, FactsSHA256: m.FactsSHA256, FrozenAt: w.At.UTC(), By: w.By,
		ToolVersion: m.ToolVersion, Files: m.Files, Sources: m.Sources, Despite: w.Despite,
	}
	for _, c := range m.Captures {
		e.Captures = append(e.Captures, Capture{c.Source, c.Request.ID, c.FinalURL, c.RequestedAt.UTC(), c.Origin, c.SHA256, c.Bytes})
	}
	for _, f := range book.Files() {
		if _, err := archive.In(ws).Body(f.SHA256); err != nil {
			return e, false, fmt.Errorf("decisions %s have changed since the last refresh; refresh, then freeze", f.Name)
		}
		e.Decisions = append(e.Decisions, Decisions{f.Name, f.SHA256})
	}
	for _, f := range found {
		if f.Severity != source.Note {
			e.Open = append(e.Open, Open{decisions.ID(f), string(f.Severity), f.Code, f.Source, f.Dataset, f.Text})
		}
	}
	text, err := schemaText(m)
	if err != nil {
		return e, false, err
	}
	e.SchemasSHA256 = sum(text)
	manifest, err := ws.Read("snapshots/" + m.ID + "/manifest.json")
	if err != nil {
		return e, false, err
	}
	e.ManifestSHA256 = sum(manifest)
	e.SHA256 = e.sum()
	if err := writeSchemas(ws, w.Name, text); err != nil {
		return e, false, err
	}
	return e, false, write(ws, e) // last: without it there is no edition
}

// SchemasPath is where the schemas of an edition's datasets lie in the workspace.
func SchemasPath(name string) string { return "editions/" + name + "/schemas.json" }

// standsAgainst lists what a steward must give a reason for.
func standsAgainst(m snapshot.Manifest, found []source.Finding, at time.Time) []Against {
	names := map[string]bool{}
	rows, held := 0, m.HeldRows
	for _, f := range found {
		if f.Severity == source.Hold && (f.Code == resolve.UnknownName || f.Code == resolve.NotAState) {
			names[decisions.ID(f)] = true
			rows++
		}
	}
	held = max(0, held-rows)
	kept := 0
	var keeping, old []string
	for _, s := range m.Sources {
		if s.Kept > 0 {
			kept += s.Kept
			keeping = append(keeping, s.ID)
		}
		if s.TooOld(at) {
			old = append(old, s.ID)
		}
	}
	var list []Against
	for _, a := range []struct {
		kind string
		n    int
		text string
	}{
		{HeldRows, held, fmt.Sprintf("%d rows are held by a check", held)},
		{Names, len(names), fmt.Sprintf("%d names are not known", len(names))},
		{Kept, kept, fmt.Sprintf("%d rows are the last good ones of %s", kept, strings.Join(keeping, ", "))},
		{Budgets, len(old), fmt.Sprintf("never read, or older than the budget: %s", strings.Join(old, ", "))},
	} {
		if a.n > 0 {
			list = append(list, Against{a.kind, a.text})
		}
	}
	return list
}

// reasoned checks that each kind has its reason, and each reason its kind.
func reasoned(w Wish, against []Against) error {
	refused := &RefusedError{Name: w.Name}
	for _, a := range against {
		if w.Despite[a.Kind] == "" {
			refused.Against = append(refused.Against, a)
		}
	}
	if refused.Against != nil {
		return refused
	}
	for _, kind := range slices.Sorted(maps.Keys(w.Despite)) {
		if !slices.ContainsFunc(against, func(a Against) bool { return a.Kind == kind }) {
			return fmt.Errorf("edition %s is not frozen: a reason is given for %q, of which there is nothing; take it out", w.Name, kind)
		}
	}
	return nil
}

type schemaEntry struct {
	Name    string        `json:"name"`
	Title   string        `json:"title"`
	Doc     string        `json:"doc"`
	Key     []string      `json:"key"`
	Columns []columnEntry `json:"columns"`
}

type columnEntry struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Unit     string   `json:"unit,omitempty"`
	Required bool     `json:"required,omitempty"`
	Words    []string `json:"words,omitempty"`
	Wording  bool     `json:"wording,omitempty"` // the publisher's wording or a clock: no fact
	Doc      string   `json:"doc"`
}

// schemaText describes the columns of the snapshot's files, so that they can be read
// without this program.
func schemaText(m snapshot.Manifest) ([]byte, error) {
	var list []schemaEntry
	for _, f := range m.Files {
		d := schemas.Named(f.Dataset)
		entry := schemaEntry{Name: d.Name, Title: d.Title, Doc: d.Doc, Key: d.Key}
		columns := d.Columns
		if !d.Record {
			columns = slices.Concat(columns, schemas.EvidenceColumns)
		}
		for _, c := range columns {
			entry.Columns = append(entry.Columns, columnEntry{c.Name, c.Kind.String(), c.Unit, c.Required, c.Words, c.Aside, c.Doc})
		}
		list = append(list, entry)
	}
	text, err := json.MarshalIndent(list, "", "  ")
	return append(text, '\n'), err
}

func sum(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}
