package membership

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// rightPage reports whether one of the words of listing.must stands in the text that
// the page shows, in its title included.
func (l *list) rightPage(body []byte) bool {
	text := strings.ToLower(pageText(body))
	for _, w := range l.about.Listing.Must {
		if strings.Contains(text, strings.ToLower(w)) {
			return true
		}
	}
	return false
}

// pageText is the text of a page with its blanks folded; of JSON that of all its texts.
func pageText(body []byte) string {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
		var v any
		if json.Unmarshal(trimmed, &v) == nil {
			var b strings.Builder
			jsonText(v, &b)
			return b.String()
		}
	}
	return htmlText(string(body))
}

func jsonText(v any, b *strings.Builder) {
	switch v := v.(type) {
	case string:
		b.WriteString(htmlText(v) + " ")
	case []any:
		for _, x := range v {
			jsonText(x, b)
		}
	case map[string]any:
		for _, x := range v {
			jsonText(x, b)
		}
	}
}

func htmlText(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	silent := false // in a script or a style
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(b.String()), " ")
		case html.StartTagToken, html.EndTagToken:
			start := z.Token()
			if start.Data == "script" || start.Data == "style" {
				silent = start.Type == html.StartTagToken
			}
			b.WriteByte(' ')
		case html.TextToken:
			if !silent {
				b.Write(z.Text())
			}
		}
	}
}

// misread are the characters that bytes of UTF-8 become when they are taken for
// Latin-1 or Windows-1252, such as Ã© for é.
var misread = regexp.MustCompile(`[\x{c2}-\x{f4}][\x{80}-\x{bf}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]+`)

// isMisread reports whether most of what is not ASCII in the page looks so. One stray
// case on a page that is right else is no reason to distrust its names.
func isMisread(body []byte) bool {
	bad, all := 0, 0
	for _, m := range misread.FindAll(body, -1) {
		bad += utf8.RuneCount(m)
	}
	for _, r := range string(body) {
		if r >= utf8.RuneSelf {
			all++
		}
	}
	return bad > 0 && bad*2 >= all
}
