package pdftable

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"testing"
)

func reference(id int) string { return fmt.Sprintf("%d 0 R", id) }

func formEntry(id int) string { return "/X " + reference(id) }

func deflate(s string) string {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	_, err := z.Write([]byte(s))
	if err = errors.Join(err, z.Close()); err != nil {
		panic(err) // a bytes.Buffer takes everything
	}
	return out.String()
}

// packing is what can be wrong with a file of an object stream and a cross-reference stream.
type packing struct {
	holder int    // the object stream that the objects are said to be in; it is object 4
	dict   string // further entries of the object stream
	tail   string // after its objects
	count  int    // its objects, as said
	index  string // of the cross-reference stream
}

// packed is a whole file with an object stream and a cross-reference stream.
func packed() []byte { return packing{holder: 4, count: 3, index: "0 7"}.write() }

func (p packing) write() []byte {
	objects := []string{"<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Count 1 /Kids [3 0 R]>>",
		"<</Type /Page /Contents 5 0 R /Resources <</Font <</F " + helvetica + ">>>>>>"}
	head, body := "", ""
	for i, o := range objects {
		head += fmt.Sprintf("%d %d ", i+1, len(body))
		body += o + "\n"
	}
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n")
	put := func(id int, dict, data string) int {
		at := out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n<<%s /Length %d>>\nstream\n%s\nendstream\nendobj\n", id, dict, len(data), data)
		return at
	}
	four := put(4, fmt.Sprintf("/Type /ObjStm /N %d /First %d /Filter /FlateDecode %s", p.count, len(head), p.dict), deflate(head+body+p.tail))
	five := put(5, "/Filter /FlateDecode", deflate(at(small)))
	six := out.Len()
	rows := []byte{0, 0, 0, 0}
	for i := range objects {
		rows = append(rows, 2, 0, byte(p.holder), byte(i))
	}
	for _, offset := range []int{four, five, six} {
		rows = append(rows, 1, byte(offset>>8), byte(offset), 0)
	}
	put(6, "/Type /XRef /W [1 2 1] /Size 7 /Root 1 0 R /Index ["+p.index+"] /Filter /FlateDecode", deflate(string(rows)))
	fmt.Fprintf(&out, "startxref\n%d\n%%%%EOF\n", six)
	return out.Bytes()
}

func TestPacked(t *testing.T) {
	_, tables := open(t, packed(), byCountry)
	compare(t, pairs(tables), smallRows)
}

// An object stream may name another that it extends, as InDesign's do, if nobody has to look there.
func TestExtends(t *testing.T) {
	_, tables := open(t, packing{holder: 4, count: 3, index: "0 7", dict: "/Extends 4 0 R"}.write(), byCountry)
	compare(t, pairs(tables), smallRows)
}

// TestVetting: each of these drives the file layer into a loop, a recursion or an allocation that Go cannot recover from.
func TestVetting(t *testing.T) {
	cases := []struct {
		name string
		p    packing
		kind error
	}{
		{"an object stream in an object stream", packing{holder: 1, count: 3, index: "0 7"}, ErrNotPDF},
		{"an object stream that lacks an object and extends itself", packing{holder: 4, count: 2, index: "0 7", dict: "/Extends 4 0 R"}, ErrNotPDF},
		{"an object stream whose type is within it", packing{holder: 4, count: 3, index: "0 7", dict: "/Type 1 0 R"}, ErrNotPDF},
		{"an object stream that ends within a string", packing{holder: 4, count: 3, index: "0 7", tail: "<00 "}, ErrNotPDF},
		{"more objects in a stream than there are bytes", packing{holder: 4, count: 1 << 40, index: "0 7"}, ErrLimit},
		{"rows of any size", packing{holder: 4, count: 3, index: "0 7", dict: "/DecodeParms <</Predictor 12 /Columns 99999999999>>"}, ErrLimit},
		{"an index that starts far out", packing{holder: 4, count: 3, index: "99999999999 7"}, ErrLimit},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Open(c.p.write()); !errors.Is(err, c.kind) {
				t.Errorf("the error is %v, want one of the kind %q", err, c.kind)
			}
		})
	}
}

// TestUnpackedWithoutEnd: a stream that decodes to more than any listing has is given up in time.
func TestUnpackedWithoutEnd(t *testing.T) {
	b := &builder{}
	bomb := deflate(string(bytes.Repeat([]byte("0 "), maxStream/2+1)))
	b.forms = formEntry(b.stream("/Subtype /Form /Filter /FlateDecode", bomb))
	if _, err := Open(b.file([]string{"/X Do"})); !errors.Is(err, ErrLimit) {
		t.Errorf("the error is %v, want a limit", err)
	}
}
