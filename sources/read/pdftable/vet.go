package pdftable

import (
	"bytes"
	"compress/zlib"
	"io"
)

// The file layer can be driven into an endless loop, an endless recursion or an allocation of any size by the few numbers of
// a file's cross-references, and Go cannot recover from the last two. So these are vetted before the file layer sees them:
// sizes, circles of sections, object streams within object streams, and object streams that end in the middle of a string.

// The bounds of cross-references.
const (
	maxObjects  = 1 << 20
	maxSections = 1 << 10
	maxInStream = 1 << 16 // objects of one object stream
)

// An entry is where the cross-references say that an object is.
type entry struct {
	known, inStream bool
	at              int // its offset, or the number of its object stream
}

type vetter struct {
	data    []byte
	entries []entry
	total   int // entries read so far
	decoded int // bytes decoded so far
}

// vet checks the cross-references of a file. For each object stream it gives the offset of its data and the bytes that they
// decode to, which the file layer does again for each object.
func vet(data []byte) (map[int64]int, error) {
	v := &vetter{data: data}
	offset, err := v.start()
	if err != nil {
		return nil, err
	}
	visited := map[int]bool{}
	for offset >= 0 {
		if visited[offset] || len(visited) > maxSections {
			return nil, fail(ErrNotPDF, "the cross-reference sections go in a circle")
		}
		visited[offset] = true
		if offset, err = v.section(offset); err != nil {
			return nil, err
		}
	}
	return v.objectStreams()
}

// start finds the offset of the newest cross-reference section at the end of the file.
func (v *vetter) start() (int, error) {
	tail := v.data[max(0, len(v.data)-100):]
	for end := len(tail); ; {
		i := bytes.LastIndex(tail[:end], []byte("startxref"))
		if i <= 0 {
			return 0, fail(ErrNotPDF, "the file has no startxref at its end")
		}
		if next := i + len("startxref"); next < len(tail) && lineBreak(tail[i-1]) && lineBreak(tail[next]) {
			l := &lexer{data: tail, pos: next}
			return int(l.next().number), nil
		}
		end = i
	}
}

func lineBreak(c byte) bool { return c == '\n' || c == '\r' }

// section reads one cross-reference section and gives the offset of the one before it, or -1.
func (v *vetter) section(offset int) (int, error) {
	if offset < 0 || offset >= len(v.data) {
		return 0, fail(ErrNotPDF, "a cross-reference section is said to be at byte %d of %d", offset, len(v.data))
	}
	l := &lexer{data: v.data, pos: offset}
	first := l.next()
	var dict rawValue
	var err error
	if first.kind == tokenWord && string(l.bytes(first)) == "xref" {
		if err = v.table(l); err == nil {
			dict = l.value(0)
		}
	} else {
		l.next()
		l.next() // "12 0 obj"
		dict = l.value(0)
		switch _, encrypted := dict.dict["Encrypt"]; {
		case dict.key("Type").name != "XRef":
			err = fail(ErrNotPDF, "there is no cross-reference section at byte %d", offset)
		case !encrypted:
			err = v.xrefStream(l, dict)
		}
	}
	if err != nil {
		return 0, err
	}
	if _, ok := dict.dict["Encrypt"]; ok {
		return 0, fail(ErrEncrypted, "the file names an encryption dictionary")
	}
	if size := dict.key("Size").number; size < 0 || size > maxObjects {
		return 0, fail(ErrLimit, "the file claims %.0f objects", size)
	}
	if prev, ok := dict.dict["Prev"]; ok {
		return int(prev.number), nil
	}
	return -1, nil
}

// table checks the subsections of a classic cross-reference table; all its objects are in the file itself.
func (v *vetter) table(l *lexer) error {
	for {
		l.text = l.text[:0]
		start := l.next()
		if start.kind != tokenNumber {
			return nil
		}
		count := l.next()
		if err := v.count(start.number, count.number); err != nil {
			return err
		}
		for range 3 * int(count.number) {
			l.text = l.text[:0]
			if l.next().kind == tokenEnd {
				return fail(ErrNotPDF, "the cross-reference table has fewer entries than it says")
			}
		}
	}
}

func (v *vetter) count(start, count float64) error {
	if start < 0 || count < 0 || start+count > maxObjects || v.total+int(count) > 2*maxObjects {
		return fail(ErrLimit, "the cross-references number objects %.0f to %.0f", start, start+count)
	}
	v.total += int(count)
	return nil
}

// xrefStream reads the entries of a cross-reference stream, as the file layer does: the newest entry of an object counts.
func (v *vetter) xrefStream(l *lexer, dict rawValue) error {
	rows, err := v.decode(l, dict)
	if err != nil {
		return err
	}
	var w [3]int
	total := 0
	for i, width := range dict.key("W").items {
		if width.number < 0 || width.number > 8 || i > 8 {
			return fail(ErrLimit, "a cross-reference stream has fields of %.0f bytes", width.number)
		}
		if i < 3 {
			w[i] = int(width.number)
		}
		total += int(width.number)
	}
	index := dict.key("Index").items
	if index == nil {
		index = []rawValue{{}, dict.key("Size")}
	}
	for i := 0; i+1 < len(index); i += 2 {
		first, count := index[i].number, index[i+1].number
		if err := v.count(first, count); err != nil {
			return err
		}
		for id := int(first); id < int(first+count) && len(rows) >= total; id++ {
			v.enter(id, rows[:total], w)
			rows = rows[total:]
		}
	}
	return nil
}

func (v *vetter) enter(id int, row []byte, w [3]int) {
	for len(v.entries) <= id {
		v.entries = append(v.entries, make([]entry, id-len(v.entries)+1)...)
	}
	field := func(b []byte) (n int) {
		for _, c := range b {
			n = n<<8 | int(c)
		}
		return n
	}
	kind := 1
	if w[0]+w[1]+w[2] > len(row) {
		return
	}
	if w[0] > 0 {
		kind = field(row[:w[0]])
	}
	if !v.entries[id].known && kind <= 2 {
		v.entries[id] = entry{true, kind == 2, field(row[w[0] : w[0]+w[1]])}
	}
}

// decode gives the bytes of the stream whose dictionary the lexer has just read.
func (v *vetter) decode(l *lexer, dict rawValue) ([]byte, error) {
	length := dict.key("Length")
	if length.ref {
		length = v.direct(int(length.number))
	}
	start, n := v.streamStart(l), int(length.number)
	if start < 0 || n < 0 || n > len(v.data)-start {
		return nil, fail(ErrNotPDF, "a stream of the file's structure has no data or no length")
	}
	raw := v.data[start : start+n]
	filter, parms := dict.key("Filter"), dict.key("DecodeParms")
	if len(filter.items) == 1 {
		filter = filter.items[0]
		if len(parms.items) == 1 {
			parms = parms.items[0]
		}
	}
	if filter.ref || parms.ref || len(filter.items) > 0 || filter.name != "" && filter.name != "FlateDecode" {
		return nil, fail(ErrNotPDF, "a stream of the file's structure has a filter that cannot be read, %q", filter.name)
	}
	if filter.name == "" || n == 0 {
		return raw, nil
	}
	columns := parms.key("Columns").number
	if columns < 0 || columns > maxColumns {
		return nil, fail(ErrLimit, "a stream has rows of %.0f bytes", columns)
	}
	z, err := zlib.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fail(ErrNotPDF, "a stream of the file's structure cannot be decoded: %v", err)
	}
	out, err := io.ReadAll(io.LimitReader(z, maxStream))
	if err != nil {
		return nil, fail(ErrNotPDF, "a stream of the file's structure cannot be decoded: %v", err)
	}
	if v.decoded += len(out); v.decoded > maxDocument || len(out) == maxStream {
		return nil, fail(ErrLimit, "the streams of the file's structure have more than %d bytes", maxStream)
	}
	if parms.key("Predictor").number == 12 {
		return unpredict(out, int(columns)), nil
	}
	return out, nil
}

// unpredict undoes the PNG predictor "up".
func unpredict(data []byte, columns int) (out []byte) {
	above := make([]byte, columns)
	for ; len(data) > columns; data = data[columns+1:] {
		for i, b := range data[1 : columns+1] {
			above[i] += b
		}
		out = append(out, above...)
	}
	return out
}

// streamStart is where the data of a stream begin, or -1.
func (v *vetter) streamStart(l *lexer) int {
	if t := l.next(); t.kind != tokenWord || string(l.bytes(t)) != "stream" || l.pos >= len(v.data) {
		return -1
	}
	p := l.pos
	if v.data[p] == '\r' {
		p++
	}
	if p < len(v.data) && v.data[p] == '\n' {
		p++
	}
	return p
}

// direct is the value of an object that is in the file itself.
func (v *vetter) direct(id int) rawValue {
	if id < 0 || id >= len(v.entries) || v.entries[id].inStream || v.entries[id].at >= len(v.data) || v.entries[id].at < 0 {
		return rawValue{number: -1}
	}
	l := &lexer{data: v.data, pos: v.entries[id].at}
	l.next()
	l.next()
	l.next()
	return l.value(0)
}

// objectStreams checks each object stream that an object is said to be in.
func (v *vetter) objectStreams() (map[int64]int, error) {
	costs := map[int64]int{}
	checked := map[int]bool{}
	for _, e := range v.entries {
		if !e.inStream || checked[e.at] {
			continue
		}
		checked[e.at] = true
		if e.at < 0 || e.at >= len(v.entries) {
			continue
		}
		holder := v.entries[e.at]
		if holder.inStream {
			return nil, fail(ErrNotPDF, "the object stream %d is itself in an object stream", e.at)
		}
		if !holder.known || holder.at <= 0 || holder.at >= len(v.data) {
			continue
		}
		if err := v.objectStream(e.at, holder.at, costs); err != nil {
			return nil, err
		}
	}
	return costs, nil
}

// holds reports whether the head of the decoded object stream lists every object that
// the cross-references say is in it. The library looks into the stream that this one
// extends, and in turn into that one's, without end, only for an object that is not.
func (v *vetter) holds(data []byte, n, number int) bool {
	listed := map[int]bool{}
	for i := range 2 * n {
		var word []byte
		data = bytes.TrimLeft(data, " \t\r\n")
		end := bytes.IndexAny(data, " \t\r\n")
		if end < 0 || end > 10 {
			return false
		}
		word, data = data[:end], data[end:]
		id := 0
		for _, c := range word {
			if c < '0' || c > '9' {
				return false
			}
			id = 10*id + int(c-'0')
		}
		if i%2 == 0 {
			listed[id] = true
		}
	}
	for id, e := range v.entries {
		if e.inStream && e.at == number && !listed[id] {
			return false
		}
	}
	return true
}

func (v *vetter) objectStream(number, offset int, costs map[int64]int) error {
	l := &lexer{data: v.data, pos: offset}
	l.next()
	l.next()
	l.next()
	dict := l.value(0)
	for _, key := range []string{"Type", "N", "First"} {
		if dict.key(key).ref {
			return fail(ErrNotPDF, "an object stream has its %s in another object", key)
		}
	}
	n := dict.key("N").number
	if n < 0 || n > maxInStream {
		return fail(ErrLimit, "an object stream has %.0f objects", n)
	}
	before := l.pos
	data, err := v.decode(l, dict)
	if err != nil {
		return err
	}
	// A string that is not closed at the end of the data would be read without end.
	rest := bytes.TrimRight(data, "0123456789abcdefABCDEF \t\r\n\f\x00")
	if bytes.HasSuffix(rest, []byte("<")) {
		return fail(ErrNotPDF, "an object stream ends within a string")
	}
	if _, ok := dict.dict["Extends"]; ok && !v.holds(data, int(n), number) {
		return fail(ErrNotPDF, "the object stream %d lacks an object and extends another, which is not supported", number)
	}
	l.pos = before
	costs[int64(v.streamStart(l))] = len(data) + 64*int(n)
	return nil
}
