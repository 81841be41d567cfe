package exchange

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strings"
)

// saved are forms in which browsers and tools save a page that is no page any more, by how
// the file begins or how its name ends, with what to do instead.
var saved = []struct {
	begins []string
	ends   []string
	is, do string
}{
	{nil, []string{".mhtml", ".mht"}, "an MHTML archive, a page with all its parts in one", `save the page again as "Webpage, HTML only"`},
	{[]string{"bplist00"}, []string{".webarchive"}, "a Safari web archive", `save the page again with the format "Page Source"`},
	{[]string{"WARC/"}, []string{".warc", ".warc.gz"}, "a WARC file", "baseline archive import reads it"},
	{[]string{"HTTP/1.", "HTTP/2", "HTTP/3"}, nil, "an answer with its HTTP header before it", "run curl without -i and --include"},
	{[]string{"\x1f\x8b"}, nil, "compressed with gzip", "run curl with --compressed, or unpack it with gunzip"},
	{[]string{"PK\x03\x04"}, []string{".maff", ".wacz"}, "a ZIP file or an office document", "save the page itself as the publisher serves it"},
	{[]string{"{\\rtf", "\xd0\xcf\x11\xe0"}, nil, "a document of a word processor", "save the page itself as the publisher serves it"},
	{[]string{"\x89PNG", "\xff\xd8\xff", "GIF8"}, nil, "a picture", "save the page itself, not how it looks"},
	{[]string{"\xff\xfe", "\xfe\xff"}, nil, "text in UTF-16, as PowerShell writes with >", "run curl with -o FILE"},
}

// savedAs says what the file is if it is no page, and what to do instead.
func savedAs(file string, body []byte) (is, do string) {
	head := bytes.TrimLeft(body[:min(len(body), 4<<10)], " \t\r\n")
	if bytes.Contains(head, []byte("MIME-Version:")) && bytes.Contains(head, []byte("multipart/related")) {
		return saved[0].is, saved[0].do
	}
	for _, s := range saved {
		for _, b := range s.begins {
			if bytes.HasPrefix(head, []byte(b)) {
				return s.is, s.do
			}
		}
		for _, e := range s.ends {
			if strings.HasSuffix(strings.ToLower(file), e) {
				return s.is, s.do
			}
		}
	}
	if bytes.Contains(head, []byte(`id="viewsource"`)) || bytes.Contains(head, []byte("viewsource.css")) {
		return "the page on which a browser shows the source of another", "save the page itself, not its source view"
	}
	return "", ""
}

var savedFrom = regexp.MustCompile(`(?s)<!-- saved from url=\([0-9]+\)(\S+) -->|<!--\s*Page saved with SingleFile\s+url: (\S+)`)

// noted returns the address that a browser has noted in a page that it saved and rewrote;
// "" if it has not.
func noted(body []byte) string {
	m := savedFrom.FindSubmatch(body[:min(len(body), 4<<10)])
	if m == nil {
		return ""
	}
	return string(m[1]) + string(m[2])
}

// fileName is the name of a file without its folder, as a note may have it.
func fileName(file string) string {
	if file == "" || file == "-" {
		return "standard input"
	}
	return fmt.Sprintf("%.100s", path.Base(strings.ReplaceAll(file, "\\", "/")))
}
