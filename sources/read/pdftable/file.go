package pdftable

import (
	"bytes"
	"errors"
	"io"

	"github.com/ledongthuc/pdf"
)

// The bounds of what one document may ask for. The largest listing seen has 8 pages and 0.7 MB.
const (
	maxFile      = 32 << 20 // bytes of the file
	maxStream    = 32 << 20 // decoded bytes of one stream
	maxDocument  = 64 << 20 // decoded bytes of all streams, forms counted as often as they are drawn
	maxPages     = 5000
	maxGlyphs    = 4 << 20   // of the document
	maxPage      = 1 << 18   // glyphs of one page
	maxSegments  = 1 << 20   // of the document
	maxHeads     = 200       // header cells of one page
	maxTreeDepth = 64        // of the page tree
	maxFormDepth = 12        // of forms within forms
	maxForms     = 1 << 16   // forms drawn
	maxReads     = 1 << 17   // reads of the file by the file layer
	maxRead      = 64 << 20  // bytes of these reads, beyond eight times the file
	maxUnpacked  = 192 << 20 // bytes that object streams decode to, as often as the file layer decodes them
)

// A file is the objects and the decoded streams of a PDF.
type file struct {
	reader  *pdf.Reader
	decoded int
	buffer  bytes.Buffer
}

// stream decodes a stream; the bytes are the caller's until the next call.
func (f *file) stream(v pdf.Value) ([]byte, error) {
	if columns := v.Key("DecodeParms").Key("Columns").Int64(); columns > maxColumns || columns < 0 {
		return nil, fail(ErrLimit, "a stream has rows of %d bytes", columns)
	}
	room := min(maxStream, maxDocument-f.decoded)
	f.buffer.Reset()
	n, err := f.buffer.ReadFrom(io.LimitReader(v.Reader(), int64(room)+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fail(ErrTruncated, "a stream ends before its data do")
	case err != nil:
		return nil, fail(ErrNotPDF, "a stream cannot be decoded: %v", err)
	case int(n) > room:
		return nil, fail(ErrLimit, "a stream has more than %d bytes, or all streams more than %d", maxStream, maxDocument)
	}
	f.decoded += int(n)
	return bytes.Clone(f.buffer.Bytes()), nil
}

// A boundedReader gives the file's bytes to the file layer, and stops it when it reads without end.
type boundedReader struct {
	data        []byte
	costs       map[int64]int // what a read at the start of an object stream sets off
	reads, read int
	unpacked    int
}

func (b *boundedReader) ReadAt(p []byte, offset int64) (int, error) {
	b.reads++
	b.unpacked += b.costs[offset]
	if b.reads > maxReads || b.read > maxRead+8*len(b.data) || b.unpacked > maxUnpacked {
		panic(fail(ErrLimit, "the file's objects refer to each other without end"))
	}
	if offset < 0 || offset >= int64(len(b.data)) {
		return 0, io.EOF
	}
	n := copy(p, b.data[offset:])
	b.read += n
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
