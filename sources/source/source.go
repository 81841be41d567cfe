// Package source is the contract between the pipeline and the sources: what a
// source is told, what it may say, and nothing that would let it reach the
// network, the clock or the disk.
package source

import (
	"time"

	"baseline/schemas"
)

// Source is one publisher's listing that we read.
type Source interface {
	// About describes the source, from the source.yaml beside its code.
	About() About
	// Requests says what to ask the publisher for. Each request lists candidate
	// addresses, newest first. It is asked again with the answers that have come, until
	// it names nothing new: that is how links, pages and keys are followed. It is pure.
	Requests(Plan) []Request
	// Parse reads one capture: bytes in; rows, parts and findings out. It is pure:
	// the same capture always gives the same emissions in the same order. An error
	// means that the capture as a whole could not be read; it names the place.
	Parse(Capture, Emit) error
}

// Tabled is a source whose captures are tables in this repository, compiled into the
// program: facts that have no page to read. They need no asking.
type Tabled interface {
	Source
	Tables() []Table
}

// Table is one such table.
type Table struct {
	Request string
	AsOf    time.Time // newest day for which one of its rows vouches
	Body    []byte
}

// Plan is what a source may know when it says what to ask for.
type Plan struct {
	Now time.Time // start of the run, UTC; zero where only the archive is read
	// Answers are the newest answers to requests that lead to others or are secret, as far
	// as they have come, in the order of the requests.
	Answers []Capture
	// Key is a secret that the operator gave for this source, such as the key of a
	// service; empty where there is none. It is never stored.
	Key string
}

// Answer returns the answer to a request; ok is false if none has come.
func (p Plan) Answer(request string) (c Capture, ok bool) {
	for _, c := range p.Answers {
		if c.Request == request {
			return c, true
		}
	}
	return Capture{}, false
}

// Request is one thing to ask a publisher for.
type Request struct {
	ID        string   // stable name within the source, such as 2023 or CRC
	Addresses []string // candidate addresses, newest first; none as long as After has not been answered
	Media     string   // expected kind of answer: pdf, html, json, csv, text
	Method    string   // empty: GET
	Body      string   // what is sent with a POST
	// Header is sent besides the client's own fields. Names and values of Secret are
	// sent too, and appear in no record, log or message.
	Header map[string]string
	Secret map[string]string
	// After is the id of a request that goes first, because its answer names the addresses
	// or the key of this one. With Needs, this one is asked only if that one was answered.
	After string
	Needs bool
	// Leads says that the answer may name further requests, also when it is read again
	// from the archive.
	Leads bool
	// Private says that the answer holds a key: it goes to Requests and nowhere else, never
	// into the archive.
	Private bool
	// Language is the language that a page must be in, as HTML's lang says it; empty: en.
	Language string
}

// Capture is one answer of a source, as bytes. Parse must not change Body.
type Capture struct {
	Source  string
	Request string // ID of the request
	URL     string // address that answered
	SHA256  string
	Taken   time.Time // when it was taken, UTC
	Origin  string    // publisher, rebuilt or by hand
	Body    []byte
}

// Emit receives what a source reads.
type Emit interface {
	// Row takes one row of a dataset. The column for the place's code stays empty:
	// the resolve step fills it from the published spelling. Locator and quote lead
	// back to the printed row.
	Row(dataset string, cells schemas.Cells, locator, quote string)
	// Part declares a slice of a dataset that this capture covers. Rows of a
	// dataset must belong to a declared part.
	Part(Part)
	// Finding takes a surprise.
	Finding(Finding)
}

// Part is a slice of a dataset that one capture covers, such as all of
// cybertip_reports with year=2023.
type Part struct {
	Dataset string
	// Key holds the values of some key columns that all rows of the part share; it
	// is nil where the capture covers the dataset whole. A page about one state pins the
	// column of the place's code: rows that resolve to another place are held.
	Key []Pin
	// Complete says that a place absent from the part's rows is absent in the world:
	// the publisher's list was read to its end and its own counts agree. Only then
	// can a row be withdrawn.
	Complete bool
	// Columns are the columns that the listing records at all. A column outside it
	// is not known, not empty, and is left out of comparisons. Nil means all.
	Columns []string
	// Universe are the codes of the places that the listing is about; nil means no
	// limit. The report of 2021 is about 47 states.
	Universe []string
}

// Pin fixes one key column of a part.
type Pin struct {
	Column string
	Value  schemas.Value
}

// Severity says what a finding does to the rows of its part.
type Severity string

// Severities, most serious first.
const (
	Hold     Severity = "hold"     // the part's rows may not pass
	Question Severity = "question" // the rows pass, a steward should look
	Note     Severity = "note"     // for the record
)

// Finding is a surprise met while reading or checking, with its evidence.
type Finding struct {
	Code     string // stable word with hyphens, such as total-differs
	Severity Severity
	Dataset  string
	Part     string // as Part.Name prints it; empty: every part of the capture
	Text     string // one sentence: what and where
	Hint     string // what to do about it
	Source   string // filled by the pipeline
	Capture  string // SHA-256, filled by the pipeline
	Locator  string
	Quote    string
	// Unanswered says that a request brought nothing to read, for whatever reason Code gives:
	// that often passes by itself. Filled by the pipeline.
	Unanswered bool
}

// Name prints the part as people see it, such as year=2023, and "all" for a whole
// dataset.
func (p Part) Name() string {
	if len(p.Key) == 0 {
		return "all"
	}
	name := ""
	for i, pin := range p.Key {
		if i > 0 {
			name += ","
		}
		name += pin.Column + "=" + pin.Value.String()
	}
	return name
}
