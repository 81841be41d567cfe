package pdftable

import (
	"bytes"
	"fmt"
	"strings"
)

// A builder writes small PDFs by hand: objects in order, a classic cross-reference table, no compression.
type builder struct {
	objects []string
	page    string // further entries of each page
	fonts   string // of the page's resources
	forms   string // likewise
}

// add appends an object and gives its number; the first is number 3, after the catalogue and the page tree.
func (b *builder) add(body string) int {
	b.objects = append(b.objects, body)
	return len(b.objects) + 2
}

func (b *builder) stream(dict, data string) int {
	return b.add(fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", dict, len(data), data))
}

// file writes one page for each list of content streams.
func (b *builder) file(pages ...[]string) []byte {
	fonts := b.fonts
	if fonts == "" {
		fonts = "/F " + helvetica
	}
	var kids []string
	for _, parts := range pages {
		var contents []string
		for _, p := range parts {
			contents = append(contents, fmt.Sprintf("%d 0 R", b.stream("", p)))
		}
		page := b.add(fmt.Sprintf("<</Type /Page /Parent 2 0 R /Contents [%s] %s>>", strings.Join(contents, " "), b.page))
		kids = append(kids, fmt.Sprintf("%d 0 R", page))
	}
	tree := fmt.Sprintf("<</Type /Pages /Count %d /Kids [%s] /MediaBox [0 0 600 800] /Resources <</Font <<%s>> /XObject <<%s>>>>>>",
		len(kids), strings.Join(kids, " "), fonts, b.forms)
	return b.write(append([]string{"<</Type /Catalog /Pages 2 0 R>>", tree}, b.objects...), "")
}

func (b *builder) write(objects []string, trailer string) []byte {
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n")
	var offsets []int
	for i, body := range objects {
		offsets = append(offsets, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	xref := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&out, "trailer\n<</Size %d /Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, xref)
	return out.Bytes()
}

const helvetica = "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>"

// onePage is a page of 600 by 800 points with Helvetica as /F.
func onePage(content string) []byte { return (&builder{}).file([]string{content}) }

// at draws texts in Helvetica 10, each "x y text" with y from the top of the page, one a line.
func at(texts string) string {
	var out strings.Builder
	for line := range strings.Lines(texts) {
		var x, y float64
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		parts := strings.SplitN(line, " ", 3)
		if _, err := fmt.Sscan(parts[0]+" "+parts[1], &x, &y); err != nil {
			panic(fmt.Sprintf("the test's own line %q: %v", line, err))
		}
		fmt.Fprintf(&out, "BT /F 10 Tf 1 0 0 1 %g %g Tm %s Tj ET\n", x, 800-y, literal(parts[2]))
	}
	return out.String()
}

func literal(s string) string {
	return "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s) + ")"
}

// small is a table of two rows and what it says.
const small = `
	100 100 Country
	300 100 Reports
	100 120 Albania
	300 120 1,234
	100 140 Austria
	300 140 56`

var smallRows = [][2]string{{"Albania", "1,234"}, {"Austria", "56"}}
