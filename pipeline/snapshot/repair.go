package snapshot

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"baseline/pipeline/workspace"
)

// LostError says that a file of a snapshot is gone or damaged for good, and not only out of
// reach.
type LostError struct{ ID, Text string }

func (e *LostError) Error() string { return e.Text }

func lost(id, format string, args ...any) error {
	return &LostError{ID: id, Text: fmt.Sprintf(format, args...)}
}

// Lost reports whether files that are gone or damaged are all that is wrong. What a disk or
// network just does not give is not lost.
func Lost(err error) bool {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		for _, one := range joined.Unwrap() {
			if !Lost(one) {
				return false
			}
		}
		return true
	}
	var lost *LostError
	return errors.As(err, &lost)
}

// Repair writes the files anew that a stored snapshot has lost, from s, which was built again,
// if s has those very bytes. It reports whether the snapshot is whole. A manifest comes back
// only if s is that snapshot in all it says.
func Repair(ws *workspace.Workspace, id string, s *Snapshot, tool string) (whole bool, err error) {
	made, text, bodies, err := compose(s, tool)
	if err != nil {
		return false, err
	}
	m, err := ReadManifest(ws, id)
	if err != nil && !Lost(err) {
		return false, err
	}
	noManifest := err != nil
	if noManifest {
		if made.ID != id {
			return false, nil
		}
		m = made
	}
	sums := map[string][]byte{}
	for _, body := range bodies {
		sum := sha256.Sum256(body)
		sums[hex.EncodeToString(sum[:])] = body
	}
	for _, f := range m.Files {
		have, err := ws.Read(f.Path)
		if sum := sha256.Sum256(have); err == nil && hex.EncodeToString(sum[:]) == f.SHA256 {
			continue
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err // out of reach, and perhaps not lost
		}
		body, ok := sums[f.SHA256]
		if !ok {
			return false, nil
		}
		if err := ws.Write(f.Path, body); err != nil {
			return false, err
		}
	}
	if noManifest {
		return true, ws.Write(manifestPath(id), text)
	}
	return true, nil
}
