package untreaties

import (
	"regexp"
	"strings"
	"testing"

	"baseline/sources/sourcetest"
)

func TestSurvives(t *testing.T) {
	for _, treaty := range []string{"CRC", "OPSC"} {
		t.Run(treaty, func(t *testing.T) {
			whole := string(rebuilt(t, treaty))
			table := regexp.MustCompile(`(?s)<table id="[^"]*_tblgrid".*?</table>`).FindString(whole)
			rows := strings.SplitAfter(table, "</tr>")
			with := func(rows ...string) []byte {
				return []byte(strings.Replace(whole, table, strings.Join(rows, "")+"</table>", 1))
			}
			head := func(old, new string) []byte {
				if !strings.Contains(rows[0], old) {
					t.Fatalf("the header does not contain %q: %s", old, rows[0])
				}
				return with(append([]string{strings.Replace(rows[0], old, new, 1)}, rows[1:]...)...)
			}
			sourcetest.Survives(t, New(), treaty, []byte(whole), map[string][]byte{
				"label missing":          head("Signature", ""),
				"columns swapped":        head("Signature", "Participant"),
				"dates swapped":          []byte(swapDates(whole)),
				"one more column":        head("Signature<br></td>", "Signature<br></td><td>Notes</td>"),
				"half the list":          with(rows[:len(rows)/2]...),
				"empty list":             with(rows[0]),
				"page of another treaty": rebuilt(t, map[string]string{"CRC": "OPSC", "OPSC": "CRC"}[treaty]),
			})
		})
	}
}
