package pdftable

import (
	"bytes"
	"errors"

	"github.com/ledongthuc/pdf"
)

const maxColumns = 1 << 20 // bytes of one row of predicted data

// openFile checks that the bytes are a complete, unencrypted PDF that the file layer can read.
func openFile(data []byte) (*file, error) {
	data, err := sniff(data)
	if err != nil {
		return nil, err
	}
	costs, err := vet(data)
	if err != nil {
		return nil, err
	}
	reader, err := pdf.NewReader(&boundedReader{data: data, costs: costs}, int64(len(data)))
	switch {
	case errors.Is(err, ErrLimit):
		return nil, err
	case err != nil:
		return nil, fail(ErrNotPDF, "%v", err)
	}
	return &file{reader: reader}, nil
}

// sniff tells a PDF from an HTML page and from a fragment, and cuts what is around it: bytes before the header, to which
// offsets do not refer, and bytes after the last end-of-file mark.
func sniff(data []byte) ([]byte, error) {
	if len(data) > maxFile {
		return nil, fail(ErrLimit, "the file has %d bytes, more than %d", len(data), maxFile)
	}
	head := data[:min(len(data), 1024)]
	start := bytes.Index(head, []byte("%PDF-"))
	if start < 0 {
		return nil, notPDF(data)
	}
	data = data[start:]
	if !complete(data) {
		return nil, fail(ErrTruncated, "the end of the file is missing after %d bytes", len(data))
	}
	end := bytes.LastIndex(data, []byte("%%EOF"))
	data = data[:end+len("%%EOF")]
	if len(data) < 100 {
		return nil, fail(ErrNotPDF, "the file has %d bytes", len(data))
	}
	// The file layer knows the versions 1.0 to 1.7 followed by a line break; newer and sloppier headers have the same syntax.
	if h := data[:10]; !bytes.HasPrefix(h, []byte("%PDF-1.")) || h[7] < '0' || h[7] > '7' || h[8] != '\r' && h[8] != '\n' {
		data = bytes.Clone(data)
		copy(data, "%PDF-1.7\n")
	}
	return data, nil
}

// notPDF says what bytes without a PDF header are.
func notPDF(data []byte) error {
	text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(data[:min(len(data), 1024)], []byte("\xEF\xBB\xBF")), " \t\r\n"))
	for _, mark := range []string{"<!doctype html", "<html", "<head", "<body", "<script", "<!--"} {
		if bytes.HasPrefix(text, []byte(mark)) || bytes.Contains(text, []byte("<html")) {
			return fail(ErrHTML, "the server answered with a web page")
		}
	}
	if len(data) == 0 {
		return fail(ErrNotPDF, "the file is empty")
	}
	return fail(ErrNotPDF, "the file begins with %q", data[:min(len(data), 12)])
}
