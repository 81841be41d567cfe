package pdftable

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/ledongthuc/pdf"
)

// Open reads the text of a PDF. The bytes are not changed and not kept. The error wraps ErrNotPDF, ErrHTML, ErrTruncated,
// ErrEncrypted, ErrNoText or ErrLimit.
func Open(data []byte) (doc *Document, err error) {
	defer func() {
		if x := recover(); x != nil {
			doc, err = nil, broken(data, x)
		}
	}()
	f, err := openFile(data)
	if err != nil {
		return nil, err
	}
	trailer := f.reader.Trailer()
	doc = &Document{Info: info(trailer.Key("Info"))}
	pages, err := pageTree(trailer.Key("Root").Key("Pages"))
	if err != nil {
		return nil, err
	}
	if len(pages) == 0 {
		return nil, fail(ErrNotPDF, "the document has no pages")
	}
	if err := doc.read(f, pages); err != nil {
		return nil, err
	}
	return doc, nil
}

// broken turns what the file layer panicked with into an error.
func broken(data []byte, x any) error {
	if err, ok := x.(error); ok && errors.Is(err, ErrLimit) {
		return err
	}
	if !complete(data) {
		return fail(ErrTruncated, "the end of the file is missing (%v)", x)
	}
	return fail(ErrNotPDF, "the file's structure cannot be followed (%v)", x)
}

// read decodes the pages.
func (d *Document) read(f *file, pages []leaf) error {
	fonts := &fontSet{file: f, byText: map[string]*font{}, byGroup: map[string]map[string]*font{}, faces: map[string]int32{}}
	glyphs, forms, segments := 0, 0, 0
	var text, unseen, fontless bool
	for i, leaf := range pages {
		c := &collector{page: i + 1, letters: &fonts.letters, glyphs: &glyphs, blankX: -1e9}
		in := &interpreter{file: f, fonts: fonts, out: c, forms: forms}
		if err := in.page(leaf); err != nil {
			return fmt.Errorf("page %d: %w", i+1, err)
		}
		forms = in.forms
		lines := c.lines()
		for _, l := range lines {
			segments += len(l.Segments)
		}
		if segments > maxSegments {
			return fail(ErrLimit, "the document has more than %d texts", maxSegments)
		}
		text, unseen, fontless = text || len(lines) > 0, unseen || c.unseen, fontless || c.fontless
		d.Pages = append(d.Pages, Page{Number: i + 1, Width: c.width, Height: c.height, Lines: lines})
	}
	switch {
	case text:
		return nil
	case fontless:
		return fail(ErrNotPDF, "the fonts of the text are missing")
	case unseen:
		return fail(ErrNoText, "all text is invisible, as behind a scan")
	}
	return fail(ErrNoText, "none of %d pages draws text", len(pages))
}

// page interprets the content streams of a page as one.
func (in *interpreter) page(l leaf) error {
	var toDisplay matrix
	in.out.width, in.out.height, toDisplay = display(l.box, l.rotate, l.unit)
	in.graphics = graphics{ctm: toDisplay, stretch: 1}
	in.tm, in.line = identity, identity
	s, err := in.scope(l.resources, 0)
	if err != nil {
		return err
	}
	contents := l.page.Key("Contents")
	var content []byte
	switch contents.Kind() {
	case pdf.Stream:
		if content, err = in.file.stream(contents); err != nil {
			return err
		}
	case pdf.Array:
		for i := 0; i < contents.Len(); i++ {
			part, err := in.file.stream(contents.Index(i))
			if err != nil {
				return err
			}
			content = append(append(content, part...), '\n')
		}
	}
	return in.run(content, s)
}

func info(v pdf.Value) Info {
	return Info{
		Title: v.Key("Title").Text(), Author: v.Key("Author").Text(), Subject: v.Key("Subject").Text(),
		Producer: v.Key("Producer").Text(), Creator: v.Key("Creator").Text(), CreationDate: v.Key("CreationDate").Text(),
	}
}

// A leaf is a page with what it inherits.
type leaf struct {
	page, resources pdf.Value
	box             Box // in user space, y upwards
	rotate          int
	unit            float64
}

// pageTree lists the pages in reading order.
func pageTree(root pdf.Value) ([]leaf, error) {
	var pages []leaf
	nodes := 0
	var walk func(v pdf.Value, inherited leaf, crop, media pdf.Value, depth int) error
	walk = func(v pdf.Value, in leaf, crop, media pdf.Value, depth int) error {
		if nodes++; depth > maxTreeDepth || nodes > 2*maxPages || len(pages) >= maxPages {
			return fail(ErrLimit, "the page tree has more than %d pages or is nested more than %d deep", maxPages, maxTreeDepth)
		}
		if r := v.Key("Resources"); !r.IsNull() {
			in.resources = r
		}
		if r := v.Key("Rotate"); !r.IsNull() {
			in.rotate = int(r.Int64())
		}
		if b := v.Key("CropBox"); b.Len() == 4 {
			crop = b
		}
		if b := v.Key("MediaBox"); b.Len() == 4 {
			media = b
		}
		if kids := v.Key("Kids"); kids.Kind() == pdf.Array {
			for i := 0; i < kids.Len(); i++ {
				if err := walk(kids.Index(i), in, crop, media, depth+1); err != nil {
					return err
				}
			}
			return nil
		}
		if v.Kind() != pdf.Dict {
			return fail(ErrNotPDF, "page %d of the document is missing", len(pages)+1)
		}
		in.page, in.box, in.unit = v, shownBox(crop, media), 1
		if u := v.Key("UserUnit").Float64(); u > 0 && u <= 1000 {
			in.unit = u
		}
		pages = append(pages, in)
		return nil
	}
	err := walk(root, leaf{}, pdf.Value{}, pdf.Value{}, 0)
	return pages, err
}

// shownBox is the crop box within the media box; US Letter when the file has neither.
func shownBox(crop, media pdf.Value) Box {
	box, ok := boxOf(media)
	if !ok {
		box = Box{0, 0, 612, 792}
	}
	if c, ok := boxOf(crop); ok {
		c = Box{max(c.X0, box.X0), max(c.Y0, box.Y0), min(c.X1, box.X1), min(c.Y1, box.Y1)}
		if c.X1 > c.X0 && c.Y1 > c.Y0 {
			return c
		}
	}
	return box
}

func boxOf(v pdf.Value) (Box, bool) {
	a, b, c, d := v.Index(0).Float64(), v.Index(1).Float64(), v.Index(2).Float64(), v.Index(3).Float64()
	box := Box{min(a, c), min(b, d), max(a, c), max(b, d)}
	return box, v.Len() == 4 && box.X1 > box.X0 && box.Y1 > box.Y0 && box.X1-box.X0 < 1e6 && box.Y1-box.Y0 < 1e6
}

// complete says whether the file has an end-of-file mark in its last kilobyte.
func complete(data []byte) bool {
	return bytes.Contains(data[max(0, len(data)-1024):], []byte("%%EOF"))
}
