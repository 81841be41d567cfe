package report

import (
	"strings"
	"testing"

	"baseline/sources/sourcetest"
)

func TestSurvives(t *testing.T) {
	for _, request := range []string{"figures", "capabilities", "safer-internet-day"} {
		t.Run(request, func(t *testing.T) {
			whole := facts(t, request)
			head, rest, _ := strings.Cut(whole, "\n")
			lines := strings.SplitAfter(rest, "\n")
			names := strings.Split(head, ",")
			swapped := append([]string{names[1], names[0]}, names[2:]...)
			with := func(head string, lines ...string) []byte { return []byte(head + "\n" + strings.Join(lines, "")) }
			more := strings.ReplaceAll(strings.TrimSuffix(whole, "\n"), "\n", ",x\n") + ",x\n"
			sourcetest.Survives(t, New(), request, []byte(whole), map[string][]byte{
				"label missing":   with(strings.Join(names[1:], ","), lines...),
				"columns swapped": with(strings.Join(swapped, ","), lines...),
				"one more column": []byte(more),
				"half the list":   with(head, lines[:len(lines)/2]...),
				"empty list":      with(head),
			})
		})
	}
}
