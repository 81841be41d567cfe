package warc_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"baseline/pipeline/archive/warc"
)

const page = "<!DOCTYPE html><html><body>Grüße from the year 2021</body></html>"

var day = time.Date(2021, 4, 20, 10, 0, 0, 0, time.UTC)

func written(t testing.TB, zipped bool, records ...warc.Out) []byte {
	t.Helper()
	var b bytes.Buffer
	w := warc.NewWriter(&b, zipped)
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func sample() []warc.Out {
	id := func(n int) string { return fmt.Sprintf("urn:uuid:00000000-0000-5000-8000-%012d", n) }
	head := warc.WriteHead(200, map[string]string{"Content-Type": "text/html; charset=utf-8", "Transfer-Encoding": "chunked", "Etag": `"x"`}, len(page))
	return []warc.Out{
		{Type: warc.Info, ID: id(0), Date: day, ContentType: "application/warc-fields", Payload: []byte("software: test\r\n")},
		{Type: warc.Response, ID: id(1), Date: day, Target: "https://example.org/ä?b=1", ContentType: warc.HTTPResponse, Head: head, Payload: []byte(page)},
		{Type: warc.Resource, ID: id(2), Date: day.Add(time.Nanosecond), Target: "https://example.org/pdf", ContentType: "application/pdf", Payload: []byte("%PDF-1.7\r\n\r\nWARC/1.1\r\n")},
		{Type: warc.Revisit, ID: id(3), Date: day, Target: "https://example.org/ä?b=1", ContentType: warc.HTTPResponse, Head: warc.WriteHead(304, nil, -1), More: warc.Header{{Name: "WARC-Profile", Value: warc.NotModified}}},
		{Type: warc.Response, ID: id(4), Date: day, Target: "https://example.org/empty", ContentType: warc.HTTPResponse, Head: warc.WriteHead(500, nil, 0)},
	}
}

// What is written is read again, with gzip and without.
func TestWrittenIsRead(t *testing.T) {
	for _, zipped := range []bool{false, true} {
		file, err := warc.NewReader(bytes.NewReader(written(t, zipped, sample()...)))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range sample() {
			r, err := file.Next()
			if err != nil {
				t.Fatal(err)
			}
			block, err := r.Block(1 << 20)
			if at, dateErr := r.Date(); err != nil || dateErr != nil || !at.Equal(want.Date) || r.Number != i+1 || r.Type() != want.Type || r.Target() != want.Target || !bytes.Equal(block, append(bytes.Clone(want.Head), want.Payload...)) {
				t.Errorf("record %d: %+v, %q, %v, %v", i, r.Header, block, err, dateErr)
			}
			if r.IsNotModified() != (i == 3) {
				t.Errorf("record %d: not modified %v", i, r.IsNotModified())
			}
		}
		if _, err := file.Next(); !errors.Is(err, io.EOF) {
			t.Errorf("after the last record: %v", err)
		}
	}
}

// Each record is a member of its own, so that readers can begin at any.
func TestEachRecordIsAMember(t *testing.T) {
	b := bytes.NewReader(written(t, true, sample()...))
	zip, err := gzip.NewReader(b)
	if err != nil {
		t.Fatal(err)
	}
	members := 0
	for {
		zip.Multistream(false)
		text, err := io.ReadAll(zip)
		if err != nil || !bytes.HasPrefix(text, []byte("WARC/1.1\r\n")) || !bytes.HasSuffix(text, []byte("\r\n\r\n")) {
			t.Fatalf("member %d: %q, %v", members, text, err)
		}
		members++
		if err := zip.Reset(b); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if members != len(sample()) {
		t.Errorf("%d members", members)
	}
}

func TestNoFieldHoldsALineBreak(t *testing.T) {
	err := warc.NewWriter(io.Discard, false).Write(warc.Out{Type: warc.Resource, ID: "urn:uuid:1", Target: "https://example.org/\r\nWARC-Type: response"})
	if err == nil {
		t.Error("a header was written into a header")
	}
	if head := string(warc.WriteHead(200, map[string]string{"A\r\nB": "x", "C": "y\r\nD: z", "E": "f", "content-length": "9"}, 3)); head != "HTTP/1.1 200 OK\r\nE: f\r\nContent-Length: 3\r\n\r\n" {
		t.Errorf("HTTP header %q", head)
	}
}

// A file that is cut off anywhere gives whole records, then an error that says where; never
// a record that was not written.
func TestCutOff(t *testing.T) {
	for _, zipped := range []bool{false, true} {
		whole := written(t, zipped, sample()...)
		for n := range whole {
			records, err := readAll(whole[:n])
			var broken *warc.BrokenError
			switch {
			case n == 0:
				if err == nil {
					t.Error("an empty file was read")
				}
			case err == nil && records == len(sample()): // only the line ends after the last are missing
			case err == nil && (records == 0 || !zipped && !bytes.HasPrefix(bytes.TrimLeft(whole[n:], "\r\n"), []byte("WARC/1.1")) || zipped && whole[n] != 0x1f):
				t.Errorf("%v, cut at %d: %d records and no error", zipped, n, records)
			case err != nil && records > 0 && (!errors.As(err, &broken) || broken.Record < records):
				t.Errorf("%v, cut at %d: after %d records: %v", zipped, n, records, err)
			}
		}
	}
}

func readAll(file []byte) (records int, err error) {
	r, err := warc.NewReader(bytes.NewReader(file))
	if err != nil {
		return 0, err
	}
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return records, nil
		}
		if err != nil {
			return records, err
		}
		if _, err := rec.Block(1 << 20); err != nil {
			return records, err
		}
		records++
	}
}

// A flipped bit in a block is found by its digest; the next record can be read.
func TestDamageIsFound(t *testing.T) {
	whole := written(t, false, sample()...)
	at := bytes.Index(whole, []byte("year 2021"))
	whole[at] ^= 1
	r, err := warc.NewReader(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	for i := range sample() {
		rec, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := rec.Block(1 << 20); errors.Is(err, warc.ErrDigest) != (i == 1) {
			t.Errorf("record %d: %v", i, err)
		}
	}
}

func TestLargerThanAllowed(t *testing.T) {
	r, err := warc.NewReader(bytes.NewReader(written(t, true, sample()...)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range sample() {
		rec, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		var large *warc.TooLargeError
		if _, err := rec.Block(100); errors.As(err, &large) != (i == 1) {
			t.Errorf("record %d: %v", i, err)
		}
	}
}

// What writers do that the norm does not ask for.
func TestLenient(t *testing.T) {
	record := "WARC/1.0\nwarc-type: Response\nWARC-Target-URI: <http://example.org/x>\nWARC-Date: 2021-04-20T10:00:00Z\nX-Long: a\n b\nContent-Length: 3\n\nabc"
	for name, file := range map[string]string{
		"lines without return":      record + "\n\n" + record + "\n\n",
		"one empty line between":    record + "\r\n" + record,
		"many empty lines, and end": "\r\n\r\n" + record + "\r\n\r\n\r\n\r\n" + record + "\r\n\r\n\r\n",
	} {
		r, err := warc.NewReader(strings.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		for n := range 2 {
			rec, err := r.Next()
			if err != nil || rec.Type() != "response" || rec.Target() != "http://example.org/x" || rec.Get("x-long") != "a b" || rec.Version != "WARC/1.0" {
				t.Errorf("%s: record %d: %+v, %v", name, n, rec, err)
			}
		}
		if _, err := r.Next(); !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is no WARC file, or one of another version, is named.
func TestRefused(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"", "empty"},
		{"<!DOCTYPE html>", "no WARC file"},
		{"PK\x03\x04xxxxxxxxxxxxxx", "WACZ"},
		{"\x28\xb5\x2f\xfdxxxxxxxxxxxxxxxx", "zstd -d"},
		{"filedesc://IAH-2005.arc 0.0.0.0 2005", "ARC file"},
		{"\x1f\x8bnot really gzip", "unpack"},
		{"WARC/0.18\r\nWARC-Type: response\r\n\r\n", `"WARC/0.18"`},
		{"WARC/1.1\r\nno field\r\n\r\n", "no field"},
		{"WARC/1.1\r\nWARC-Type: response\r\n\r\n", "Content-Length"},
		{"WARC/1.1\r\nContent-Length: -1\r\n\r\n", "Content-Length"},
		{"WARC/1.1\r\nContent-Length: 1\r\n\r\nabcd\r\n", `"bcd"`},
		{"WARC/1.1\r\nContent-Length: 999999\r\n\r\nabcd\r\n", "cut off"},
		{"WARC/1.1\r\n" + strings.Repeat("A: b\r\n", 2000) + "\r\n", "too many"},
		{"WARC/1.1\r\nA: " + strings.Repeat("b", 1<<20) + "\r\n\r\n", "too long"},
		{"WARC/1.1\r\nA: b\r\n" + strings.Repeat(" "+strings.Repeat("c", 60000)+"\r\n", 9), "too long"},
	} {
		if _, err := readAll([]byte(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40q: %v, want %s", c.file, err, c.want)
		}
	}
}

func TestDigests(t *testing.T) {
	sum := sha1.Sum([]byte(page))
	b32 := base32.StdEncoding.EncodeToString(sum[:])
	for digest, want := range map[string]struct{ fits, known bool }{
		"sha1:" + b32:                       {true, true},
		"SHA-1:" + strings.ToLower(b32):     {true, true},
		"sha1:" + fmt.Sprintf("%x", sum):    {true, true},
		warc.Digest([]byte(page)):           {true, true},
		warc.Digest([]byte(page), nil):      {true, true},
		"sha1:" + strings.Repeat("A", 32):   {false, true},
		"sha256:" + strings.Repeat("0", 64): {false, true},
		"sha256:" + b32:                     {false, false},
		"xxh3:abc":                          {false, false},
		"":                                  {false, false},
	} {
		if fits, known := warc.Fits(digest, []byte(page)); fits != want.fits || known != want.known {
			t.Errorf("%s: fits %v, known %v", digest, fits, known)
		}
	}
}

func zipped(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.Bytes()
}

func browned(text string) []byte {
	var b bytes.Buffer
	z := brotli.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.Bytes()
}

func chunked(body []byte) []byte {
	half := len(body) / 2
	return fmt.Appendf(nil, "%x\r\n%s\r\n%x;x=y\r\n%s\r\n0\r\n\r\n", half, body[:half], len(body)-half, body[half:])
}

// Chunks and compression are undone, also where the archive did so and kept the fields;
// what is cut off, not known or too large is refused. A digest may be that before or after.
func TestPayload(t *testing.T) {
	const limit = 1 << 16
	for name, c := range map[string]struct {
		head string
		body []byte
		want string // "": refused
	}{
		"plain":                    {"Server: x", []byte(page), page},
		"length":                   {"Content-Length: 67", []byte(page), page},
		"cut off":                  {"Content-Length: 169", []byte(page), ""},
		"length of the compressed": {"Content-Length: 9000\r\nX-Orig-Content-Encoding: gzip", []byte(page), page},
		"gzip":                     {"Content-Encoding: gzip", zipped(page), page},
		"gzip kept as field":       {"content-encoding: GZIP", []byte(page), page},
		"gzip cut off":             {"Content-Encoding: gzip", zipped(page)[:40], ""},
		"brotli":                   {"Content-Encoding: br", browned(page), page},
		"brotli broken":            {"Content-Encoding: br", []byte(page), ""},
		"gzip, then brotli":        {"Content-Encoding: gzip, br", browned(string(zipped(page))), page},
		"zstd":                     {"Content-Encoding: zstd", []byte("\x28\xb5\x2f\xfd"), ""},
		"chunked":                  {"Transfer-Encoding: chunked", chunked([]byte(page)), page},
		"chunked gzip":             {"Transfer-Encoding: chunked\r\nContent-Encoding: gzip", chunked(zipped(page)), page},
		"chunked kept as field":    {"Transfer-Encoding: chunked", []byte(page), page},
		"chunked cut off":          {"Transfer-Encoding: chunked", chunked([]byte(page))[:30], ""},
		"gzip bomb":                {"Content-Encoding: gzip", zipped(strings.Repeat("0", limit+1)), ""},
		"folded and odd lines":     {"no field at all\r\nContent-Encoding:\r\n gzip", zipped(page), page},
	} {
		m, err := warc.ReadMessage([]byte("HTTP/1.1 200 OK\r\n" + c.head + "\r\n\r\n" + string(c.body)))
		if err != nil || m.Status != 200 {
			t.Errorf("%s: %+v, %v", name, m, err)
			continue
		}
		digests := []string{"", "x:y", warc.Digest(c.body)}
		if c.want != "" {
			digests = append(digests, warc.Digest([]byte(c.want)))
		}
		for _, digest := range digests {
			got, err := m.Payload(digest, limit)
			if string(got) != c.want && err == nil || (err == nil) != (c.want != "") {
				t.Errorf("%s, digest %.20q: %q, %v", name, digest, got, err)
			}
		}
		if _, err := m.Payload(warc.Digest([]byte("others")), limit); err == nil {
			t.Errorf("%s: bytes of another digest were read", name)
		}
	}
}

func TestMessage(t *testing.T) {
	for head, want := range map[string]int{
		"HTTP/1.1 404 Not Found\r\n\r\n": 404, "HTTP/2 200\n\n": 200, "HTTP/1.0 301 \r\nLocation: /x": 301,
		"GET / HTTP/1.1\r\n\r\n": 0, "": 0, "HTTP/1.1\r\n\r\n": 0, "HTTP/1.1 9 x\r\n\r\n": 0, "HTTP/1.1 abc\r\n\r\n": 0,
	} {
		m, err := warc.ReadMessage([]byte(head))
		if want == 0 && err == nil || want != 0 && (err != nil || m.Status != want) {
			t.Errorf("%q: %+v, %v", head, m, err)
		}
	}
	m, err := warc.ReadMessage(append(warc.WriteHead(200, map[string]string{"Etag": `"x"`}, len(page)), page...))
	if err != nil || m.Header.Get("etag") != `"x"` || string(m.Raw) != page || m.Header.Get("Content-Length") != fmt.Sprint(len(page)) {
		t.Errorf("written and read: %+v, %v", m, err)
	}
	if got := http.StatusText(http.StatusNotModified); !strings.Contains(string(warc.WriteHead(304, nil, -1)), "304 "+got+"\r\n\r\n") {
		t.Error("a 304 has a length")
	}
}

// FuzzRead: no bytes make the reader panic, hang, or return a block whose digest is wrong.
func FuzzRead(f *testing.F) {
	for _, zip := range []bool{false, true} {
		f.Add(written(f, zip, sample()...))
	}
	f.Add([]byte("WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 60\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := warc.NewReader(bytes.NewReader(file))
		if err != nil {
			return
		}
		for range 1000 {
			rec, err := r.Next()
			if err != nil {
				return
			}
			block, err := rec.Block(1 << 16)
			if err != nil {
				continue
			}
			if int64(len(block)) != rec.Length {
				t.Fatalf("%d bytes of %d", len(block), rec.Length)
			}
			if fits, known := warc.Fits(rec.Get("WARC-Block-Digest"), block); known && !fits {
				t.Fatal("another digest")
			}
			if m, err := warc.ReadMessage(block); err == nil {
				if body, err := m.Payload(rec.Get("WARC-Payload-Digest"), 1<<16); err == nil && len(body) > 1<<16 {
					t.Fatalf("%d bytes", len(body))
				}
			}
		}
	})
}
