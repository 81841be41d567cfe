// Package warc reads and writes WARC files (ISO 28500), the form in which web archives
// hand pages to each other: version 1.1 is written, 1.0 and 1.1 are read, plain or with
// gzip. It knows records and HTTP messages in them, and nothing of this project. Files are
// read and written one record at a time, whatever their size.
package warc

import (
	"fmt"
	"strings"
	"time"
)

// Version is what is written.
const Version = "WARC/1.1"

// Types of records.
const (
	Info     = "warcinfo"
	Response = "response" // an HTTP message as it came
	Resource = "resource" // bytes without their HTTP message
	Revisit  = "revisit"  // an answer whose bytes stand in another record
	Metadata = "metadata"
)

// Profiles of revisits, as they are written. Those of version 1.0 end in the same words.
const (
	NotModified   = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
	SameBytes     = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
	notModifiedOf = "/revisit/server-not-modified"
	sameBytesOf   = "/revisit/identical-payload-digest"
)

// HTTPResponse is the content type of a block that holds an HTTP message.
const HTTPResponse = "application/http; msgtype=response"

// Field is one line of a header.
type Field struct{ Name, Value string }

// Header is the fields of a record in their order.
type Header []Field

// Get returns the first value of a name, in any case of letters; "" if there is none.
func (h Header) Get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// IsNotModified reports whether the record is a revisit that stands for an answer 304.
func (h Header) IsNotModified() bool {
	return strings.HasSuffix(h.Get("WARC-Profile"), notModifiedOf)
}

// IsSameBytes reports whether the record is a revisit whose payload, named by its digest,
// stands in an earlier record.
func (h Header) IsSameBytes() bool { return strings.HasSuffix(h.Get("WARC-Profile"), sameBytesOf) }

// Target is the address that the record is about. Some writers put it in angle brackets.
func (h Header) Target() string {
	t := strings.TrimSpace(h.Get("WARC-Target-URI"))
	if strings.HasPrefix(t, "<") && strings.HasSuffix(t, ">") {
		t = t[1 : len(t)-1]
	}
	return t
}

// Date is when the bytes were taken, UTC.
func (h Header) Date() (time.Time, error) {
	text := strings.TrimSpace(h.Get("WARC-Date"))
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("its WARC-Date %q is not a time like 2021-04-20T10:00:00Z", text)
	}
	return at.UTC(), nil
}
