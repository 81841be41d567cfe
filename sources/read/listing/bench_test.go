package listing

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"baseline/schemas/places"
)

func registryCode(code string) (places.Place, bool) { return places.Default().Place(code) }

// benchPage is a page of about a megabyte: a list among much else, as publishers' pages
// are.
func benchPage() []byte {
	var b strings.Builder
	b.WriteString(withNoise(withNoise(wrappings["cards"](facts60(true)), "navigation"), "footer"))
	page := b.String()
	var rest strings.Builder
	for i := range 2200 {
		fmt.Fprintf(&rest, "<div class=\"wp-block-group alignwide has-global-padding\" style=\"margin-top:var(--wp--preset--spacing--40)\"><h4 class=\"entry-title\"><a href=\"https://example.org/news/%d\" rel=\"bookmark\">Report number %d of the Network</a></h4><p class=\"has-medium-font-size\">The Network met in Strasbourg with delegates of the Council, the Commission and partners from Albania and Moldova, and published a Handbook for Professionals. Nothing else happened on that day.</p></div>\n", i, i)
	}
	return []byte(strings.Replace(page, "</body>", "<h2>News</h2>"+rest.String()+"</body>", 1))
}

func BenchmarkRead(b *testing.B) {
	page := benchPage()
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := Read(page, fullOrAssociate)
		if err != nil || len(r.Records) != 60 {
			b.Fatal(r, err)
		}
	}
}

// BenchmarkParse is what x/net/html alone takes to build its tree.
func BenchmarkParse(b *testing.B) {
	page := benchPage()
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := html.Parse(bytes.NewReader(page)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTree is the light tree alone.
func BenchmarkTree(b *testing.B) {
	page := benchPage()
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parse(page); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTokenizer is the tokenizer alone.
func BenchmarkTokenizer(b *testing.B) {
	page := benchPage()
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		z := html.NewTokenizer(bytes.NewReader(page))
		for z.Next() != html.ErrorToken {
		}
	}
}
