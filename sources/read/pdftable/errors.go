package pdftable

import (
	"errors"
	"fmt"
)

// The kinds of failure, to be told apart with errors.Is. Each is wrapped in a sentence that says what was found and where.
var (
	// ErrNotPDF: the bytes are no PDF, or a PDF whose structure cannot be followed.
	ErrNotPDF = errors.New("not a pdf")
	// ErrHTML: the bytes are an HTML page, as a server sends with status 200 when a file has moved.
	ErrHTML = errors.New("html instead of a pdf")
	// ErrTruncated: the PDF begins well and its end is missing.
	ErrTruncated = errors.New("truncated pdf")
	// ErrEncrypted: the PDF is encrypted, with or without a password.
	ErrEncrypted = errors.New("encrypted pdf")
	// ErrNoText: no page has visible text, as in a scan.
	ErrNoText = errors.New("no text layer")
	// ErrLimit: the PDF asks for more pages, bytes, objects or glyphs than any listing has.
	ErrLimit = errors.New("limit exceeded")
	// ErrNoTable: no page has the header that was asked for.
	ErrNoTable = errors.New("no table with this header")
	// ErrEmptyTable: a header was found with no row below it.
	ErrEmptyTable = errors.New("empty table")
	// ErrColumns: the header has more or other columns than were asked for, or two that answer to one name.
	ErrColumns = errors.New("unexpected columns")
	// ErrLayout: a text in a table belongs to no row or to no single column, so that any reading would be a guess.
	ErrLayout = errors.New("ambiguous table layout")
)

// fail wraps a kind of failure in a sentence.
func fail(kind error, format string, args ...any) error {
	return fmt.Errorf("%w: %s", kind, fmt.Sprintf(format, args...))
}
