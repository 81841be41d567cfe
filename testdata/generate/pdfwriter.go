package main

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
)

// pdfFile collects the numbered objects of a PDF. It writes the same bytes for
// the same calls: no time, no random identifier.
type pdfFile struct {
	version string
	objects [][]byte
	streams map[int]bool // objects that may not go into an object stream
}

// reserve makes room for an object whose content is not known yet.
func (f *pdfFile) reserve() int {
	f.objects = append(f.objects, nil)
	return len(f.objects)
}

func (f *pdfFile) set(number int, format string, args ...any) {
	f.objects[number-1] = fmt.Appendf(nil, format, args...)
}

func (f *pdfFile) add(format string, args ...any) int {
	number := f.reserve()
	f.set(number, format, args...)
	return number
}

// addStream adds a compressed stream. entries are further dictionary entries.
func (f *pdfFile) addStream(data []byte, entries string) int {
	packed := deflate(data)
	number := f.add("<<%s /Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream", entries, len(packed), packed)
	if f.streams == nil {
		f.streams = map[int]bool{}
	}
	f.streams[number] = true
	return number
}

func deflate(data []byte) []byte {
	var out bytes.Buffer
	// Writing to a buffer does not fail.
	w, _ := zlib.NewWriterLevel(&out, zlib.BestCompression)
	_, _ = w.Write(data)
	_ = w.Close()
	return out.Bytes()
}

// addFont adds one of the standard fonts, with its widths as an embedding
// producer would write them.
func (f *pdfFile) addFont(font *pdfFont) int {
	widths := strings.Trim(fmt.Sprint(font.widths), "[]")
	return f.add("<</Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding"+
		" /FirstChar 32 /LastChar 255 /Widths [%s]>>", font.name, widths)
}

// bytes writes the file. From version 1.5 on it has object streams and a
// cross-reference stream, before that a classic table.
func (f *pdfFile) bytes(root, info int) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%%PDF-%s\n%%\xe2\xe3\xcf\xd3\n", f.version)
	if f.version >= "1.5" {
		f.writePacked(&out, root, info)
	} else {
		f.writeClassic(&out, root, info)
	}
	return out.Bytes()
}

func (f *pdfFile) writeObject(out *bytes.Buffer, number int) (offset int) {
	offset = out.Len()
	fmt.Fprintf(out, "%d 0 obj\n%s\nendobj\n", number, f.objects[number-1])
	return offset
}

func (f *pdfFile) writeClassic(out *bytes.Buffer, root, info int) {
	var table bytes.Buffer
	for number := 1; number <= len(f.objects); number++ {
		fmt.Fprintf(&table, "%010d 00000 n \n", f.writeObject(out, number))
	}
	start := out.Len()
	fmt.Fprintf(out, "xref\n0 %d\n0000000000 65535 f \n%s", len(f.objects)+1, table.Bytes())
	fmt.Fprintf(out, "trailer\n<</Size %d /Root %d 0 R /Info %d 0 R>>\n", len(f.objects)+1, root, info)
	fmt.Fprintf(out, "startxref\n%d\n%%%%EOF\n", start)
}

// writePacked puts all objects that are not streams into one object stream.
func (f *pdfFile) writePacked(out *bytes.Buffer, root, info int) {
	var index, body bytes.Buffer
	place := map[int]int{} // object number to its place in the object stream
	for i, object := range f.objects {
		if !f.streams[i+1] {
			fmt.Fprintf(&index, "%d %d ", i+1, body.Len())
			place[i+1] = len(place)
			fmt.Fprintf(&body, "%s\n", object)
		}
	}
	first := index.Len()
	index.Write(body.Bytes())
	pack := f.addStream(index.Bytes(), fmt.Sprintf("/Type /ObjStm /N %d /First %d", len(place), first))

	entries := []byte{0, 0, 0, 0, 0xff} // object 0: free
	for number := 1; number <= len(f.objects); number++ {
		if at, packed := place[number]; packed {
			entries = append(entries, 2, 0, byte(pack>>8), byte(pack), byte(at))
			continue
		}
		o := f.writeObject(out, number)
		entries = append(entries, 1, byte(o>>16), byte(o>>8), byte(o), 0)
	}
	// The table of cross-references lists itself last.
	start, own := out.Len(), len(f.objects)+1
	entries = append(entries, 1, byte(start>>16), byte(start>>8), byte(start), 0)
	f.addStream(entries, fmt.Sprintf("/Type /XRef /W [1 3 1] /Size %d /Root %d 0 R /Info %d 0 R", own+1, root, info))
	f.writeObject(out, own)
	fmt.Fprintf(out, "startxref\n%d\n%%%%EOF\n", start)
}

// pdfString writes encoded text as a literal string.
func pdfString(code []byte) string {
	var out strings.Builder
	out.WriteByte('(')
	for _, c := range code {
		switch {
		case c == '(' || c == ')' || c == '\\':
			out.WriteByte('\\')
			out.WriteByte(c)
		case c < 0x20 || c >= 0x7f:
			fmt.Fprintf(&out, "\\%03o", c)
		default:
			out.WriteByte(c)
		}
	}
	out.WriteByte(')')
	return out.String()
}
