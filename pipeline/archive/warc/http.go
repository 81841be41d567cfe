package warc

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
)

// Message is the HTTP answer in the block of a record.
type Message struct {
	Status int
	Header http.Header
	Raw    []byte // what follows the header, as it was sent or stored
}

// ReadMessage reads the HTTP answer in a block. It bears what servers and archives do:
// lines without a return, header lines that are none.
func ReadMessage(block []byte) (*Message, error) {
	line, rest := cutLine(block)
	words := strings.Fields(string(line[:min(len(line), 200)]))
	if len(words) < 2 || !strings.HasPrefix(words[0], "HTTP/") {
		return nil, fmt.Errorf("its block is no HTTP answer: it begins with %.40q", line)
	}
	status, err := strconv.Atoi(words[1])
	if err != nil || status < 100 || status > 999 {
		return nil, fmt.Errorf("its block is no HTTP answer: it begins with %.40q", line)
	}
	m := &Message{Status: status, Header: http.Header{}}
	last := ""
	for len(rest) > 0 {
		if line, rest = cutLine(rest); len(line) == 0 {
			break
		}
		if last != "" && (line[0] == ' ' || line[0] == '\t') {
			v := m.Header[last]
			v[len(v)-1] += " " + strings.TrimSpace(string(line))
			continue
		}
		name, value, ok := strings.Cut(string(line), ":")
		if !ok {
			continue
		}
		last = http.CanonicalHeaderKey(strings.TrimSpace(name))
		m.Header[last] = append(m.Header[last], strings.TrimSpace(value))
	}
	m.Raw = rest
	return m, nil
}

func cutLine(b []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(b, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), rest
}

// WriteHead is the header of an HTTP answer, of a body with length bytes that is neither
// chunked nor compressed any more; a negative length is that of no body. Fields that would
// say otherwise are left out, and so is what no header can hold.
func WriteHead(status int, fields map[string]string, length int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %s\r\n", strings.TrimSpace(fmt.Sprintf("%03d %s", status, http.StatusText(status))))
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if slices.Contains(asSent, http.CanonicalHeaderKey(name)) || strings.ContainsAny(name, "\r\n: ") || strings.ContainsAny(fields[name], "\r\n") {
			continue
		}
		b.WriteString(name + ": " + fields[name] + "\r\n")
	}
	if length >= 0 {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", length)
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// asSent are the fields on how the body was sent.
var asSent = []string{"Content-Encoding", "Content-Length", "Transfer-Encoding"}

// Payload undoes chunks and compression; the result may have limit bytes. digest is what
// the record says of its payload: writers take it before or after that, and one of the
// three must be right.
func (m *Message) Payload(digest string, limit int64) ([]byte, error) {
	body, err := m.unchunked(limit)
	if err != nil {
		return nil, err
	}
	stages := [][]byte{m.Raw, body}
	codings := strings.Split(strings.Join(m.Header.Values("Content-Encoding"), ","), ",")
	for i := len(codings) - 1; i >= 0; i-- {
		if body, err = decoded(body, strings.ToLower(strings.TrimSpace(codings[i])), limit); err != nil {
			return nil, err
		}
	}
	if int64(len(body)) > limit {
		return nil, &TooLargeError{limit}
	}
	for _, stage := range append(stages, body) {
		if fits, known := Fits(digest, stage); !fits && known {
			continue
		}
		if err := m.whole(); err != nil {
			return nil, err
		}
		return body, nil
	}
	return nil, fmt.Errorf("payload digest: %w", ErrDigest)
}

// whole compares the length that the server named with what was stored, where nothing that
// the archive has undone since stands between.
func (m *Message) whole() error {
	said, err := strconv.Atoi(m.Header.Get("Content-Length"))
	if err != nil || len(m.Raw) >= said || m.Header.Get("Transfer-Encoding") != "" {
		return nil
	}
	for name := range m.Header {
		if strings.HasPrefix(name, "X-Orig-") || strings.HasPrefix(name, "X-Archive-Orig-") || name == "Content-Encoding" {
			return nil
		}
	}
	return fmt.Errorf("it is cut off: %d of %d bytes", len(m.Raw), said)
}

// unchunked undoes Transfer-Encoding: chunked, where the archive has not.
func (m *Message) unchunked(limit int64) ([]byte, error) {
	if !strings.Contains(strings.ToLower(m.Header.Get("Transfer-Encoding")), "chunked") {
		return m.Raw, nil
	}
	line, _ := cutLine(m.Raw)
	size, _, _ := strings.Cut(string(line[:min(len(line), 100)]), ";")
	if _, err := strconv.ParseUint(strings.TrimSpace(size), 16, 63); err != nil {
		return m.Raw, nil
	}
	body, err := readAtMost(httputil.NewChunkedReader(bytes.NewReader(m.Raw)), limit)
	if err != nil {
		return nil, fmt.Errorf("undo its chunks: %w", err)
	}
	return body, nil
}

// decoded undoes one Content-Encoding. Archives keep the field at times of what they have
// unpacked: without the mark of the coding the body stays as it is.
func decoded(body []byte, coding string, limit int64) ([]byte, error) {
	var r io.Reader
	var err error
	switch coding {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
			return body, nil
		}
		r, err = gzip.NewReader(bytes.NewReader(body))
	case "deflate":
		if r, err = zlib.NewReader(bytes.NewReader(body)); err != nil {
			r, err = flate.NewReader(bytes.NewReader(body)), nil // as some servers send it
		}
	case "br":
		r = brotli.NewReader(bytes.NewReader(body))
	default:
		return nil, fmt.Errorf("it is packed with %.20q, which this program does not know", coding)
	}
	if err == nil {
		var plain []byte
		if plain, err = readAtMost(r, limit); err == nil {
			return plain, nil
		}
	}
	return nil, fmt.Errorf("unpack its %s: %w", coding, err)
}

func readAtMost(r io.Reader, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err == nil && int64(len(body)) > limit {
		err = &TooLargeError{limit}
	}
	return body, err
}
