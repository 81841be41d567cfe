package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"baseline/pipeline/snapshot"
)

// where names the workspace on the screen: without what stands behind a question mark, which
// may hold what is not for messages.
func (a *app) where() string {
	if a.opened == nil {
		before, _, _ := strings.Cut(a.workspace, "?")
		return before
	}
	return a.opened.Root()
}

// table prints columns aligned by what they hold. Numbers stand to the right.
type table struct {
	rows  [][]string
	width []int
}

func newTable(heads ...string) *table {
	t := &table{width: make([]int, len(heads))}
	t.row(heads...)
	return t
}

func (t *table) row(cells ...string) {
	for i, c := range cells {
		t.width[i] = max(t.width[i], utf8.RuneCountInString(c))
	}
	t.rows = append(t.rows, cells)
}

func (t *table) print(w io.Writer) {
	right := make([]bool, len(t.width))
	for i := range right {
		right[i] = len(t.rows) > 1 && strings.Trim(t.rows[1][i], "0123456789,") == "" && t.rows[1][i] != ""
	}
	for _, row := range t.rows {
		line := ""
		for i, c := range row {
			gap := strings.Repeat(" ", t.width[i]-utf8.RuneCountInString(c))
			if right[i] {
				line += gap + c + "  "
			} else {
				line += c + gap + "  "
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// day prints the day of an instant, and "never" for none.
func day(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.DateOnly)
}

// object writes one JSON object on a line.
func (a *app) object(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func sourceJSON(s snapshot.SourceState) map[string]any {
	return map[string]any{
		"type": "source", "id": s.ID, "title": s.Title, "publisher": s.Publisher, "rows": s.Rows, "kept": s.Kept, "held": s.Held,
		"states_of_47": s.States,
		"captures":     s.Captures, "budget_days": s.Budget,
		"checked_at": instant(s.Clocks.Checked), "captured_at": instant(s.Clocks.Captured), "changed_at": instant(s.Clocks.Changed),
	}
}

// instant is a clock for machines: null for one that never ran.
func instant(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}
