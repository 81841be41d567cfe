package listing

import (
	"fmt"
	"strings"
	"testing"
)

// The class in a cell of its own is that of its row alone, however few rows have one.
func TestClassInTheCellOfOneRow(t *testing.T) {
	want := Want{Classes: []Class{{"full", []string{"full members", "full member"}}, {"associate", []string{"associate members", "associate member"}}}}
	states := []string{"Albania", "Austria", "Belgium", "Bulgaria", "Croatia", "Cyprus", "Denmark", "Estonia"}
	for _, cell := range []string{"<td>Associate member</td>", "<td><em>Associate member</em></td>"} {
		for at := range states {
			for _, heading := range []string{"Members", "Full members"} {
				var b strings.Builder
				fmt.Fprintf(&b, "<html><body><h2>%s</h2><table>", heading)
				for i, s := range states {
					class := "<td></td>"
					if i == at {
						class = cell
					}
					fmt.Fprintf(&b, "<tr><td>%s</td><td>Ombudsperson %c</td>%s</tr>", s, 'A'+i, class)
				}
				b.WriteString("</table></body></html>")
				r, err := Read([]byte(b.String()), want)
				if err != nil {
					t.Fatal(err)
				}
				if len(r.Records) != len(states) {
					t.Errorf("%s, row %d: %d records, left %v", heading, at, len(r.Records), r.Left)
					continue
				}
				for i, x := range r.Records {
					over := map[string]string{"Members": "", "Full members": "full"}[heading]
					if i == at {
						over = "associate"
					}
					if x.Class != over {
						t.Errorf("%s, class in row %d: %s is %q, want %q", heading, at, x.Name, x.Class, over)
					}
				}
			}
		}
	}
}
