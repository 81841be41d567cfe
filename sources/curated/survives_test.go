package curated_test

import (
	"strings"
	"testing"

	"baseline/sources/curated"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

func TestSurvives(t *testing.T) {
	src := curated.New()
	for _, table := range src.(source.Tabled).Tables() {
		t.Run(table.Request, func(t *testing.T) {
			whole := string(table.Body)
			head, rest, _ := strings.Cut(whole, "\n")
			lines := strings.SplitAfter(strings.TrimSuffix(rest, "\n"), "\n")
			names := strings.Split(head, ",")
			swapped := append([]string{names[1], names[0]}, names[2:]...)
			with := func(head string, lines ...string) []byte { return []byte(head + "\n" + strings.Join(lines, "")) }
			sourcetest.Survives(t, src, table.Request, table.Body, map[string][]byte{
				"label missing":   with(strings.Join(names[1:], ","), lines...),
				"columns swapped": with(strings.Join(swapped, ","), lines...),
				"one more column": with(head+",colour", lines...),
				"half the list":   with(head, lines[:len(lines)/2]...),
				"empty list":      with(head),
			})
		})
	}
}
