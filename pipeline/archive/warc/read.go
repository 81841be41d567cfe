package warc

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Bounds on what a header may be, so that a file that is no WARC cannot fill the memory.
const (
	maxLine   = 64 << 10
	maxFields = 1000
)

// Reader reads the records of a file in their order.
type Reader struct {
	in   *bufio.Reader
	zip  *gzip.Reader
	n    int
	left *io.LimitedReader // of the block in hand
}

// Record is one record. Its block can be read until the next record is asked for.
type Record struct {
	Header
	Number  int    // in the file, from 1
	Version string // WARC/1.0 or WARC/1.1
	Length  int64  // of the block, bytes
	block   io.Reader
}

// Type is the kind of the record, such as response.
func (r *Record) Type() string { return strings.ToLower(r.Get("WARC-Type")) }

// others are files that are taken for WARC files, by how they begin.
var others = []struct{ magic, text string }{
	{"\x28\xb5\x2f\xfd", "is compressed with zstd; unpack it with zstd -d first"},
	{"BZh", "is compressed with bzip2; unpack it with bunzip2 first"},
	{"PK\x03\x04", "is a ZIP file, perhaps a WACZ; unzip it and import the files in its folder archive"},
	{"filedesc:", "is an ARC file, the form before WARC; turn it into a WARC first"},
}

// NewReader begins to read a file. It tells gzip by its first bytes.
func NewReader(r io.Reader) (*Reader, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	head, err := in.Peek(16)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(head) == 0 {
		return nil, errors.New("the file is empty")
	}
	if !bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		return &Reader{in: in}, looksRight(head)
	}
	zip, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("unpack the file: %w", err)
	}
	plain := bufio.NewReaderSize(zip, 64<<10)
	if head, err = plain.Peek(16); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("unpack the file: %w", err)
	}
	return &Reader{in: plain, zip: zip}, looksRight(head)
}

func looksRight(head []byte) error {
	for _, o := range others {
		if bytes.HasPrefix(head, []byte(o.magic)) {
			return errors.New("it " + o.text)
		}
	}
	if !bytes.HasPrefix(bytes.TrimLeft(head, "\r\n"), []byte("WARC/")) {
		return fmt.Errorf("it is no WARC file: it begins with %q", head)
	}
	return nil
}

// Next returns the next record, and io.EOF after the last one. Other errors are a
// *BrokenError.
func (r *Reader) Next() (*Record, error) {
	if r.left != nil {
		if _, err := io.Copy(io.Discard, r.left); err != nil || r.left.N > 0 {
			return nil, r.broken(cut(err))
		}
	}
	version, err := r.version()
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	r.n++
	if err != nil {
		return nil, r.broken(err)
	}
	rec := &Record{Number: r.n, Version: version}
	if rec.Header, err = readHeader(r.in); err != nil {
		return nil, r.broken(err)
	}
	if rec.Length, err = strconv.ParseInt(strings.TrimSpace(rec.Get("Content-Length")), 10, 64); err != nil || rec.Length < 0 {
		return nil, r.broken(fmt.Errorf("its Content-Length %q is no number", rec.Get("Content-Length")))
	}
	r.left = &io.LimitedReader{R: r.in, N: rec.Length}
	rec.block = r.left
	return rec, nil
}

// BrokenError says where a file is cut off or damaged, so that nothing more can be read.
type BrokenError struct {
	Record int // number in the file, from 1
	Err    error
}

func (e *BrokenError) Error() string {
	return fmt.Sprintf("record %d cannot be read: %v; the file is cut off or damaged there", e.Record, e.Err)
}

// Unwrap returns what went wrong.
func (e *BrokenError) Unwrap() error { return e.Err }

func (r *Reader) broken(err error) error { return &BrokenError{max(r.n, 1), err} }

// cut is the error for a block that ends before its length.
func cut(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// version reads the line that begins a record. Writers differ in how many empty lines they
// leave before it.
func (r *Reader) version() (string, error) {
	for {
		line, err := readLine(r.in)
		switch {
		case errors.Is(err, io.EOF) && line == "":
			return "", io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return "", err
		case line == "":
			continue
		case line == "WARC/1.0" || line == "WARC/1.1":
			return line, nil
		case strings.HasPrefix(line, "WARC/"):
			return "", fmt.Errorf("it is of version %.20q; only WARC/1.0 and WARC/1.1 are read", line)
		}
		return "", fmt.Errorf("%.40q stands where a record must begin", line)
	}
}

// readHeader reads fields up to the empty line. A line that begins with a blank goes on
// from the one before.
func readHeader(in *bufio.Reader) (Header, error) {
	var h Header
	for {
		line, err := readLine(in)
		if err != nil {
			return nil, cut(err)
		}
		if line == "" {
			return h, nil
		}
		if (line[0] == ' ' || line[0] == '\t') && len(h) > 0 {
			last := &h[len(h)-1]
			if last.Value += " " + strings.TrimSpace(line); len(last.Value) > maxLine {
				return nil, errors.New("a field of its header is too long")
			}
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("the line %.40q of its header is no field", line)
		}
		if h = append(h, Field{strings.TrimSpace(name), strings.TrimSpace(value)}); len(h) > maxFields {
			return nil, errors.New("its header has too many fields")
		}
	}
}

// readLine returns a line without its end. At the end of the file it returns what there is,
// with io.EOF.
func readLine(in *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		if line = append(line, part...); len(line) > maxLine {
			return "", errors.New("a line of its header is too long")
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		return strings.TrimRight(string(line), "\r\n"), err
	}
}

// TooLargeError says that something is larger than the reader was told to take.
type TooLargeError struct{ Limit int64 }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("it is larger than %d MB", e.Limit>>20)
}

// ErrDigest says that bytes are not those of their digest.
var ErrDigest = errors.New("its bytes are not those of its digest")

// Block reads the whole block, which may have limit bytes, and checks it against its
// digest. It fails with a *TooLargeError, or with one that wraps ErrDigest; after those the
// next record can be read, after a *BrokenError not.
func (r *Record) Block(limit int64) ([]byte, error) {
	if r.Length > limit {
		return nil, &TooLargeError{limit}
	}
	// The length is what the file says: the memory follows what comes.
	var block bytes.Buffer
	if n, err := io.Copy(&block, r.block); err != nil || n < r.Length {
		return nil, &BrokenError{r.Number, cut(err)}
	}
	if fits, known := Fits(r.Get("WARC-Block-Digest"), block.Bytes()); known && !fits {
		return nil, fmt.Errorf("block digest: %w", ErrDigest)
	}
	return block.Bytes(), nil
}
