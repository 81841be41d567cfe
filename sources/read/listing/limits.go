package listing

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of what is read. They lie far above every real page and keep memory and time
// within what one page may cost.
const (
	maxBytes   = 50 << 20 // of a page
	maxDepth   = 512      // of elements within each other, as in browsers
	maxNodes   = 2 << 20  // elements and texts
	maxTokens  = 4 << 20  // tags, texts and comments
	maxRecords = 10_000   // entries of a list; no list of states has as many
	maxValues  = 1 << 20  // values of the data in scripts
	minStates  = 3        // fewer distinct states are a mention, not a list
)

// decode returns body as UTF-8 without a byte order mark. It honours one other
// declaration, Latin-1 in a meta element, which browsers read as Windows-1252. Whatever
// else is no text is refused.
func decode(body []byte) ([]byte, error) {
	if len(body) > maxBytes {
		return nil, fmt.Errorf("the page has %d bytes, more than %d: %w", len(body), maxBytes, ErrLimit)
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	head := body[:min(len(body), 1024)]
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return nil, fmt.Errorf("the bytes are a PDF, look for its reader: %w", ErrNotHTML)
	case bytes.IndexByte(body, 0) >= 0:
		return nil, fmt.Errorf("the bytes hold a NUL, so they are binary or UTF-16: %w", ErrNotHTML)
	case utf8.Valid(body):
		return body, nil
	case declaresLatin1(head):
		return fromWindows1252(body), nil
	}
	return nil, fmt.Errorf("the bytes are not UTF-8 and declare no encoding that is read here: %w", ErrNotHTML)
}

func declaresLatin1(head []byte) bool {
	low := strings.ToLower(string(head))
	_, after, ok := strings.Cut(low, "charset=")
	if !ok || !strings.Contains(low, "<meta") {
		return false
	}
	after = strings.TrimLeft(after, `"' `)
	for _, name := range []string{"iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252"} {
		if rest, ok := strings.CutPrefix(after, name); ok && (rest == "" || strings.ContainsAny(rest[:1], "\"' ;/>")) {
			return true
		}
	}
	return false
}

// windows1252 are the characters of the bytes 0x80 to 0x9f.
var windows1252 = [32]rune{
	'€', 0xfffd, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0xfffd, 'Ž', 0xfffd,
	0xfffd, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0xfffd, 'ž', 'Ÿ',
}

func fromWindows1252(body []byte) []byte {
	out := make([]byte, 0, len(body)+len(body)/8)
	for _, b := range body {
		switch {
		case b < 0x80:
			out = append(out, b)
		case b < 0xa0:
			out = utf8.AppendRune(out, windows1252[b-0x80])
		default:
			out = utf8.AppendRune(out, rune(b))
		}
	}
	return out
}

// hasTags reports whether body looks like HTML at all: somewhere a tag begins.
func hasTags(body []byte) bool {
	for rest := body; ; {
		i := bytes.IndexByte(rest, '<')
		if i < 0 || i+1 >= len(rest) {
			return false
		}
		rest = rest[i+1:]
		if c := rest[0] | 0x20; c >= 'a' && c <= 'z' || rest[0] == '!' {
			return true
		}
	}
}
