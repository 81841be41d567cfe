// Package soft tells an answer that is not what was asked for from one that is: an HTML
// page saved as a PDF, a challenge, a wall, an error page with status 200. It raises no
// false alarm: whatever could be the right page passes, and the source's own strict
// reader has the last word.
package soft

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// most is how many bytes of an answer are looked at. The end of a PDF is looked at too,
// wherever it is.
const most = 4 << 20

// Fault names what is wrong with an answer. Media is what was asked for: pdf, html, json,
// csv or text; of another or none only challenges and empty answers are recognised. A page
// must be in language, as the lang of HTML has it; empty means en, and a page that declares
// none passes. The body is the decoded one; the header is that of the answer and may be nil.
//
// Code is a stable word with hyphens and text a sentence without its final stop. Both are
// empty where nothing is wrong, which includes status 304.
func Fault(media, language string, status int, header http.Header, body []byte) (code, text string) {
	if status == http.StatusNotModified {
		return "", ""
	}
	a := answer{media: strings.ToLower(media), language: language, header: header, body: body}
	a.look()
	if who := a.challenge(); who != "" {
		return "challenge", "the publisher answered with " + who
	}
	if status != http.StatusOK {
		return byStatus(status)
	}
	if len(a.trimmed) == 0 {
		return "empty-answer", "the publisher answered with status 200 and no content"
	}
	switch a.media {
	case "pdf":
		return a.pdf()
	case "json":
		return a.json()
	case "csv", "text":
		return a.plain()
	case "html":
		return a.html()
	}
	return "", ""
}

// Doubtful reports whether a code is a judgement by the look of an answer: where the reader
// of a source finds in it all that it should, the reader is right. Other codes say that
// something is missing, which a reader need not see, or that a page of another purpose was
// served, whose menu of states a reader may take for a list.
func Doubtful(code string) bool {
	return code != "" && !slices.Contains([]string{"cut-off-pdf", "empty-answer", "login-wall", "consent-wall", "error-page"}, code)
}

type answer struct {
	media, language string
	header          http.Header
	body            []byte
	trimmed         []byte // the first bytes of body, without a byte order mark and blanks around
	isHTML          bool
	page            *page // of an answer in HTML that could be parsed, else nil
}

func (a *answer) look() {
	head := a.body[:min(len(a.body), most)]
	a.trimmed = bytes.TrimFunc(unmarked(head), func(r rune) bool { return unicode.IsSpace(r) || r == 0 || r == '\ufeff' })
	a.isHTML = looksLikeHTML(a.trimmed)
	// A page for people may start with anything, such as a fragment without html and head.
	if a.isHTML || a.media == "html" && nature(a.trimmed) == "" && !looksLikeJSON(a.trimmed) {
		a.page = read(head, a.header.Get("Content-Type"))
	}
}

// unmarked drops a byte order mark, and makes UTF-8 of UTF-16 that has one.
func unmarked(b []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return bytes.TrimPrefix(b, []byte("\ufeff"))
	}
	units := make([]uint16, 0, len(b)/2)
	for pair := range slices.Chunk(b[2:], 2) {
		if len(pair) == 2 {
			units = append(units, order.Uint16(pair))
		}
	}
	return []byte(string(utf16.Decode(units)))
}

// looksLikeHTML reports whether b begins as pages do. Comments and an XML declaration may
// stand first.
func looksLikeHTML(b []byte) bool {
	for range 20 {
		b = bytes.TrimLeftFunc(b, unicode.IsSpace)
		var end string
		switch {
		case bytes.HasPrefix(b, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(b, []byte("<?xml")):
			end = "?>"
		default:
			start := string(bytes.ToLower(b[:min(len(b), 15)]))
			for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<title", "<script", "<meta", "<center>", "<h1"} {
				if strings.HasPrefix(start, tag) {
					return true
				}
			}
			return false
		}
		_, rest, ok := bytes.Cut(b, []byte(end))
		if !ok {
			return false
		}
		b = rest
	}
	return false
}

func looksLikeJSON(b []byte) bool { return len(b) > 0 && (b[0] == '{' || b[0] == '[') && json.Valid(b) }

// magic are the first bytes of files that are no text.
var magic = []struct{ bytes, name string }{
	{"%PDF-", "a PDF"}, {"PK\x03\x04", "a ZIP archive or an office document"}, {"\xd0\xcf\x11\xe0", "an old office document"},
	{"\x1f\x8b", "gzip data"}, {"\x89PNG", "an image"}, {"\xff\xd8\xff", "an image"}, {"GIF8", "an image"}, {"\x28\xb5\x2f\xfd", "zstd data"},
}

// nature names what binary file b is; empty for text. Text has no zero bytes, and does
// not consist of control characters.
func nature(b []byte) string {
	for _, m := range magic {
		if bytes.HasPrefix(b, []byte(m.bytes)) {
			return m.name
		}
	}
	b = b[:min(len(b), 4096)]
	odd := 0
	for _, c := range b {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b {
			odd++
		}
	}
	if odd > 2 && odd*20 > len(b) {
		return "binary data"
	}
	return ""
}

// pdf looks for the mark at the start and the one at the end. Software writes some bytes
// before the first, and publishers' servers some behind the last.
func (a *answer) pdf() (code, text string) {
	if !bytes.Contains(a.body[:min(len(a.body), 1024)], []byte("%PDF-")) {
		if a.isHTML {
			return "html-instead-of-pdf", "the publisher answered with an HTML page" + a.headed() + " in place of a PDF"
		}
		return "not-pdf", "the answer is " + a.what() + ", not a PDF: it does not start with %PDF"
	}
	end := []byte("%%EOF")
	if bytes.Contains(a.body[max(0, len(a.body)-2048):], end) {
		return "", ""
	}
	last := bytes.LastIndex(a.body, end)
	if last >= 0 && !bytes.Contains(a.body[last:], []byte(" obj")) {
		return "", "" // something was appended, but nothing of the document is missing
	}
	return "cut-off-pdf", fmt.Sprintf("the PDF breaks off: after %d bytes its end mark is missing", len(a.body))
}

func (a *answer) json() (code, text string) {
	if first := a.trimmed[0]; first != '{' && first != '[' && !json.Valid(a.trimmed) {
		if code, text = a.wall(); code != "" {
			return code, text
		}
		return "not-json", "the answer is " + a.what() + ", not JSON"
	}
	if len(a.body) > most {
		return "", "" // too much to look at here: the reader will
	}
	var v any
	if err := json.Unmarshal(a.trimmed, &v); err != nil {
		return "not-json", fmt.Sprintf("the answer starts as JSON and is none: %.80s", err.Error())
	}
	return failed(v)
}

// plain looks at what should be CSV or text.
func (a *answer) plain() (code, text string) {
	switch {
	case a.isHTML:
		if code, text = a.wall(); code != "" {
			return code, text
		}
		return "html-instead-of-" + a.media, "the publisher answered with an HTML page" + a.headed() + " in place of " + named[a.media]
	case nature(a.trimmed) != "":
		return "binary-instead-of-" + a.media, "the answer is " + nature(a.trimmed) + ", not " + named[a.media]
	case a.media == "csv" && looksLikeJSON(a.trimmed):
		return "not-csv", "the answer is JSON, not a table in CSV"
	}
	return "", ""
}

var named = map[string]string{"csv": "a table in CSV", "text": "text"}

// html looks at what should be a page. WordPress gives pages as JSON too, and sources ask
// for that where the page itself is gone.
func (a *answer) html() (code, text string) {
	if what := nature(a.trimmed); what != "" && !a.isHTML {
		return "binary-instead-of-html", "the answer is " + what + ", not a page"
	}
	if looksLikeJSON(a.trimmed) {
		if len(bytes.Trim(a.trimmed, "[]{} \r\n\t")) == 0 {
			return "empty-answer", "the publisher answered with an empty list in place of the page"
		}
		return "", ""
	}
	if a.page == nil {
		return "", ""
	}
	if code, text = a.wall(); code != "" {
		return code, text
	}
	if code, text = a.page.hollow(); code != "" {
		return code, text
	}
	return a.page.foreign(a.language, a.header.Get("Content-Language"))
}

// wall looks for pages that stand in the way of any kind of answer.
func (a *answer) wall() (code, text string) {
	if a.page == nil {
		return "", ""
	}
	return a.page.wall()
}

// headed is the title of the page in quotes, for a message.
func (a *answer) headed() string {
	if a.page == nil {
		return ""
	}
	return a.page.headed()
}

// what names the kind of the answer, for a message.
func (a *answer) what() string {
	switch {
	case a.isHTML:
		return "an HTML page" + a.headed()
	case nature(a.trimmed) != "":
		return nature(a.trimmed)
	case looksLikeJSON(a.trimmed):
		return "JSON"
	case utf8.Valid(a.trimmed):
		return "text"
	}
	return "data of an unknown kind"
}

// statuses are the words for the statuses that publishers send.
var statuses = map[int]struct{ code, text string }{
	400: {"bad-request", "says that it does not understand the request"},
	401: {"unauthorised", "asks for a key or a log-in"},
	402: {"payment-required", "asks for payment"},
	403: {"forbidden", "refuses access"},
	404: {"not-found", "says that there is nothing at this address"},
	405: {"method-not-allowed", "does not take this kind of request"},
	406: {"not-acceptable", "has no answer of the kind that was asked for"},
	408: {"timeout", "says that the request took too long"},
	410: {"gone", "says that what was at this address is gone for good"},
	415: {"unsupported-media", "does not take the form in which the request was sent"},
	429: {"too-many-requests", "says that it was asked too often"},
	451: {"legally-unavailable", "may not show this for legal reasons"},
	501: {"server-error", "does not know this kind of request"},
	502: {"server-error", "has a fault behind its front server"},
	503: {"unavailable", "says that it is out of service for now"},
	504: {"server-error", "waited too long for its own server"},
}

func byStatus(status int) (code, text string) {
	s, ok := statuses[status]
	switch {
	case ok:
	case status >= 500 && status < 600:
		s.code, s.text = "server-error", "has a fault on its side"
	case status >= 400 && status < 500:
		s.code, s.text = "refused", "refuses the request"
	case status >= 300 && status < 400:
		s.code, s.text = "redirected", "sends to another address"
	case status == 204 || status == 205:
		return "empty-answer", fmt.Sprintf("the publisher answered with status %d, which has no content", status)
	case status == 206:
		s.code, s.text = "partial-answer", "sent a part of the answer only"
	case status == 203:
		s.code, s.text = "altered-answer", "says that somebody on the way has altered the answer"
	default:
		s.code, s.text = "odd-status", "answered in a way that is not known"
	}
	return s.code, fmt.Sprintf("the publisher %s (status %d)", s.text, status)
}
