package pdftable

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestHostile: documents at the edge of the limits are read or refused in a bounded time.
func TestHostile(t *testing.T) {
	packedPage := func(content string) []byte {
		b := &builder{}
		b.forms = formEntry(b.stream("/Subtype /Form /Filter /FlateDecode", deflate(content)))
		return b.file([]string{at(small) + "/X Do"})
	}
	const n = maxPage - 200
	head := at("100 100 Country\n300 100 Reports")
	var lines, heads strings.Builder
	for i := range n / 2 {
		fmt.Fprintf(&lines, "1 0 0 1 100 %g Tm (a) Tj 1 0 0 1 300 %g Tm (1) Tj\n", 690-float64(i)*.002, 690-float64(i)*.002)
	}
	for i := range n / 7 {
		fmt.Fprintf(&heads, "1 0 0 1 %g 500 Tm (Country) Tj\n", float64(i)*.01)
	}
	cases := []struct {
		name string
		data []byte
	}{
		{"texts beside each other", packedPage("BT /F 1 Tf 0 500 Td " + strings.Repeat("(1) Tj .002 0 Td ", n) + "ET")},
		{"texts apart from each other", packedPage("BT /F .6 Tf .01 Tz 0 500 Td " + strings.Repeat("(1) Tj .5 0 Td ", n) + "ET")},
		{"rows without end", onePage(head + "BT /F 1 Tf " + lines.String() + "ET")},
		{"header cells without end", onePage("BT /F 1 Tf " + heads.String() + "ET")},
		{"operators without end", packedPage(strings.Repeat("0 0 m ", maxStream/6-1))},
		{"operands without end", packedPage(strings.Repeat("0 ", maxStream/2-1))},
		{"brackets without end", packedPage(strings.Repeat("[<<", maxStream/3-1))},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			doc, err := Open(c.data)
			if err == nil {
				_, err = doc.Tables(byCountry)
			}
			took := time.Since(start)
			t.Logf("%v, %v", took, err)
			if took > 10*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}
