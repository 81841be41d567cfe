package history

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"baseline/output/parquet"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/schemas"
)

// Path is the file of the dataset in a workspace. It lies apart from the snapshots,
// because it holds the clocks of runs.
const Path = "data/history/part-0.parquet"

// folded is the file that says which moments the dataset holds, and of which bytes it
// says so: after a crash between the two, the dataset is made anew.
const folded = "data/history/moments.json"

type foldedMoments struct {
	SHA256  string   `json:"sha256"` // of the dataset's file
	Moments []Moment `json:"moments"`
}

// Update brings the dataset up to the newest moment. Only moments that are new are read;
// if those before are not the ones that the file holds, or it cannot be read, all are.
func Update(ws *workspace.Workspace) error {
	list, err := Moments(ws)
	if err != nil {
		return err
	}
	cells, have := stored(ws)
	if len(have) > len(list) || !slices.EqualFunc(have, list[:len(have)], sameMoment) {
		cells, have = nil, nil
	}
	if len(have) == len(list) {
		return nil
	}
	cells, err = Whole(ws, cells, list[len(have):])
	if err != nil {
		return err
	}
	rows := make([]schemas.Row, len(cells))
	for i, c := range cells {
		if rows[i], err = toRow(c); err != nil {
			return err
		}
	}
	body, err := parquet.Write(&schemas.History, rows, []parquet.Meta{{Key: "baseline.dataset", Value: "history"}})
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	text, err := json.MarshalIndent(foldedMoments{hex.EncodeToString(sum[:]), list}, "", "  ")
	if err != nil {
		return err
	}
	if err := ws.Write(Path, body); err != nil {
		return err
	}
	return ws.Write(folded, append(text, '\n'))
}

// Whole folds moments into cells, oldest first. Of moments whose facts are those of the one
// before, nothing needs to be read. A snapshot that has lost files adds nothing.
func Whole(ws *workspace.Workspace, cells []Cell, list []Moment) ([]Cell, error) {
	for i, m := range list {
		if i > 0 && list[i-1].Facts == m.Facts {
			continue
		}
		s, _, err := snapshot.Load(ws, m.Snapshot)
		if err != nil && snapshot.Lost(err) {
			continue // archive verify tells of it; what the others say stays known
		}
		if err != nil {
			return nil, fmt.Errorf("history: %w", err)
		}
		cells = Fold(cells, m, s)
	}
	return cells, nil
}

// Read returns the cells of a workspace's history.
func Read(ws *workspace.Workspace) ([]Cell, error) {
	body, err := ws.Read(Path)
	if err != nil {
		return nil, fmt.Errorf("read the history: %w; baseline refresh writes it", err)
	}
	rows, err := parquet.Read(&schemas.History, body)
	if err != nil {
		return nil, fmt.Errorf("read the history: %w; delete %s and refresh again, it is made from the snapshots", err, Path)
	}
	cells := make([]Cell, len(rows))
	for i, r := range rows {
		if cells[i], err = fromRow(r); err != nil {
			return nil, err
		}
	}
	return cells, nil
}

// stored returns what the file holds; nothing if it cannot be read.
func stored(ws *workspace.Workspace) ([]Cell, []Moment) {
	text, err := ws.Read(folded)
	if err != nil {
		return nil, nil
	}
	var have foldedMoments
	if err := json.Unmarshal(text, &have); err != nil || len(have.Moments) == 0 {
		return nil, nil
	}
	body, err := ws.Read(Path)
	if sum := sha256.Sum256(body); err != nil || hex.EncodeToString(sum[:]) != have.SHA256 {
		return nil, nil
	}
	cells, err := Read(ws)
	if err != nil {
		return nil, nil
	}
	return cells, have.Moments
}

func sameMoment(a, b Moment) bool { return a.At.Equal(b.At) && a.Name == b.Name && a.Facts == b.Facts }
