package warc

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Out is a record to be written.
type Out struct {
	Type        string
	ID          string // such as urn:uuid:…
	Date        time.Time
	Target      string // address; "" for none
	More        Header // further fields
	ContentType string // of the block
	Head        []byte // HTTP header in the block, before the payload; nil for none
	Payload     []byte // the rest of the block
	Digest      string // WARC-Payload-Digest; "": of Payload, where the type has one
}

// Writer writes records, each as a member of its own if with gzip, so that readers can seek.
type Writer struct {
	to  io.Writer
	zip *gzip.Writer
}

// NewWriter writes to a file, with gzip or without.
func NewWriter(to io.Writer, zipped bool) *Writer {
	w := &Writer{to: to}
	if zipped {
		w.zip = gzip.NewWriter(to)
	}
	return w
}

// Write writes one record.
func (w *Writer) Write(r Out) error {
	head, err := r.header()
	if err != nil {
		return fmt.Errorf("write a WARC record for %s: %w", r.Target, err)
	}
	to := w.to
	if w.zip != nil {
		w.zip.Reset(w.to)
		to = w.zip
	}
	for _, part := range [][]byte{[]byte(head), r.Head, r.Payload, []byte("\r\n\r\n")} {
		if _, err := to.Write(part); err != nil {
			return err
		}
	}
	if w.zip != nil {
		return w.zip.Close()
	}
	return nil
}

func (r Out) header() (string, error) {
	fields := Header{
		{"WARC-Type", r.Type},
		{"WARC-Record-ID", "<" + r.ID + ">"},
		{"WARC-Date", r.Date.UTC().Format(time.RFC3339Nano)},
	}
	if r.Target != "" {
		fields = append(fields, Field{"WARC-Target-URI", r.Target})
	}
	fields = append(fields, r.More...)
	digest := r.Digest
	if digest == "" && (r.Type == Response || r.Type == Resource) {
		digest = Digest(r.Payload)
	}
	if digest != "" {
		fields = append(fields, Field{"WARC-Payload-Digest", digest})
	}
	fields = append(fields,
		Field{"WARC-Block-Digest", Digest(r.Head, r.Payload)},
		Field{"Content-Type", r.ContentType},
		Field{"Content-Length", fmt.Sprint(len(r.Head) + len(r.Payload))},
	)
	var b strings.Builder
	b.WriteString(Version + "\r\n")
	for _, f := range fields {
		if strings.ContainsAny(f.Name+f.Value, "\r\n\x00") {
			return "", errors.New("the field " + f.Name + " has a line break")
		}
		b.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	b.WriteString("\r\n")
	return b.String(), nil
}
