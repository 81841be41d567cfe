// Scores rewrites the table of mutation scores in docs/reliability.md from the lines that
// the tests of the sources have left in a folder.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	begin = "<!-- scores -->\n"
	end   = "<!-- end of scores -->\n"
)

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: scores FOLDER docs/reliability.md"))
	}
	table, err := read(os.Args[1])
	fail(err)
	text, err := os.ReadFile(os.Args[2])
	fail(err)
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		fail(fmt.Errorf("%s has no place for the table, between %q and %q", os.Args[2], begin, end))
	}
	fail(os.WriteFile(os.Args[2], []byte(before+begin+table+end+after), 0o644))
	fmt.Print(table)
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// line is the score of one capture, or the sum of a source's.
type line struct {
	source, kind string
	captures     int
	n            [5]int // mutants, same, told, waits, plausible
}

// read adds up the lines of each source and kind.
func read(folder string) (string, error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	sums := map[string]*line{}
	total := line{source: "all"}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			return "", err
		}
		cells := strings.Split(strings.TrimSpace(string(text)), "\t")
		if len(cells) != 9 {
			return "", fmt.Errorf("%s has %d cells, not 9", f.Name(), len(cells))
		}
		key := cells[0] + " " + cells[3]
		if sums[key] == nil {
			sums[key] = &line{source: cells[0], kind: cells[3]}
		}
		for _, l := range []*line{sums[key], &total} {
			l.captures++
			for i := range l.n {
				v, err := strconv.Atoi(cells[4+i])
				if err != nil {
					return "", fmt.Errorf("%s: %w", f.Name(), err)
				}
				l.n[i] += v
			}
		}
	}
	var list []*line
	for _, l := range sums {
		list = append(list, l)
	}
	slices.SortFunc(list, func(a, b *line) int { return strings.Compare(a.source+a.kind, b.source+b.kind) })
	var b strings.Builder
	b.WriteString("| source | kind | captures | mutants | same facts | told | waits | plausible | silently wrong |\n|---|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, l := range append(list, &total) {
		wrong := l.n[0] - l.n[1] - l.n[2] - l.n[3] - l.n[4]
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %d | %d | %d |\n", l.source, l.kind, l.captures, l.n[0], l.n[1], l.n[2], l.n[3], l.n[4], wrong)
	}
	return b.String(), nil
}
