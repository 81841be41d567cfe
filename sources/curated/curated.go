// Package curated reads the tables that lie beside its code: facts that have no page
// to read, one a row, each with where it is known from. The bytes of a table are the
// capture.
package curated

import (
	"bytes"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"baseline/schemas"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

//go:embed *.csv
var files embed.FS

// table is how one file becomes rows.
type table struct {
	request, dataset string
	pins             []string // key columns whose values together are the parts; none for one part
	complete         bool     // the table lists all there is
	// whole are parts that the table must have, with the fewest rows of each: a table that
	// was cut off must not pass for a shorter one. More parts may come.
	whole map[string]int
}

// The figures of the report list all 47 states, but nobody vouches for these tables as
// lists of today: a state that somebody takes out is unknown, not withdrawn.
var tables = []table{
	{request: "states", dataset: "states", complete: true, whole: map[string]int{"all": 47}},
	{request: "treaty-status", dataset: "treaty_status", pins: []string{"treaty"},
		whole: map[string]int{"treaty=CETS201": 48, "treaty=ETS185": 73, "treaty=ETS189": 31}},
	{request: "memberships", dataset: "memberships", pins: []string{"network"},
		whole: map[string]int{"network=enoc": 47, "network=inhope": 47, "network=chi": 47, "network=insafe": 47, "network=barnahus": 20, "network=iwf-portals": 20}},
	{request: "reported-mechanisms", dataset: "reported_mechanisms", pins: []string{"kind"},
		whole: map[string]int{"kind=other_ombudsperson": 47, "kind=other_hotline": 47}},
	{request: "legislation-ratings", dataset: "legislation_ratings", pins: []string{"review", "edition"},
		whole: map[string]int{"review=csam,edition=2018": 47, "review=grooming,edition=2017": 47}},
	{request: "justice-access", dataset: "justice_access", whole: map[string]int{"all": 47}},
	{request: "minimum-ages", dataset: "minimum_ages", pins: []string{"kind"},
		whole: map[string]int{"kind=criminal_responsibility": 47, "kind=consent": 47}},
	{request: "capabilities", dataset: "model_response", complete: true, whole: map[string]int{"all": 21}},
	{request: "safer-internet-day-dates", dataset: "safer_internet_day_dates", whole: map[string]int{"all": 8}},
}

// Columns that every table has, or may have, whether or not its dataset has them.
const (
	knownFrom = "known_from" // where the fact is known from: a curated row's evidence
	asOf      = "as_of"      // day for which that source vouches
	note      = "note"       // what a reader must know
)

type reader struct{ about source.About }

// New returns the source.
func New() source.Source { return reader{source.MustAbout(about)} }

func (r reader) About() source.About                   { return r.about }
func (r reader) Requests(source.Plan) []source.Request { return r.about.Ask() }

// Tables returns the compiled-in tables. A table is as old as its newest row.
func (r reader) Tables() []source.Table {
	var list []source.Table
	for _, t := range tables {
		body := t.body()
		list = append(list, source.Table{Request: t.request, AsOf: newest(body), Body: body})
	}
	return list
}

// body is the compiled-in file. A table without one is a mistake in the code.
func (t table) body() []byte {
	body, err := files.ReadFile(t.request + ".csv")
	if err != nil {
		panic(err)
	}
	return body
}

// newest is the latest as_of in a table. Rows that cannot be read are left to Parse,
// which says where they stand.
func newest(body []byte) time.Time {
	var latest time.Time
	rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil || len(rows) == 0 {
		return latest
	}
	at := slices.Index(rows[0], asOf)
	for _, row := range rows[1:] {
		if at < 0 {
			break
		}
		if day, err := time.Parse(time.DateOnly, row[at]); err == nil && day.After(latest) {
			latest = day
		}
	}
	return latest
}

// Parse reads a table whose header names columns of its dataset, as_of and known_from.
// It fails, naming the line, on the first row that is not whole.
func (r reader) Parse(c source.Capture, emit source.Emit) error {
	i := slices.IndexFunc(tables, func(t table) bool { return t.request == c.Request })
	if i < 0 {
		return fmt.Errorf("there is no curated table %q", c.Request)
	}
	if m := misread.Find(c.Body); m != nil {
		return fmt.Errorf("the table was saved in another encoding than UTF-8: it holds %q where a letter should be; save it anew", m)
	}
	rows := csv.NewReader(bytes.NewReader(c.Body))
	header, err := rows.Read()
	if err != nil {
		return fmt.Errorf("read the header: %w", err)
	}
	l := listing{table: tables[i], d: schemas.Named(tables[i].dataset), header: header}
	if err := l.checkHeader(); err != nil {
		return err
	}
	for {
		cells, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err // it names the line
		}
		line, _ := rows.FieldPos(0)
		row, err := l.row(cells)
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		emit.Row(l.dataset, row, fmt.Sprintf("line %d", line), strings.Join(nonEmpty(cells), " | "))
		l.partOf(row)
	}
	if err := l.isWhole(); err != nil {
		return err
	}
	for _, p := range l.parts {
		emit.Part(p)
	}
	return nil
}

// misread is what UTF-8 looks like to somebody who took its bytes for Latin-1.
var misread = regexp.MustCompile("[\u00c2-\u00c5][\u0080-\u00bf]")

func nonEmpty(cells []string) []string {
	return slices.DeleteFunc(slices.Clone(cells), func(c string) bool { return c == "" })
}
