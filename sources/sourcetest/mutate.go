package sourcetest

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"baseline/schemas"
	"baseline/sources/source"
)

// mutants is how many random changes are made to each capture.
const mutants = 200

// operators are what can happen to a unit of a capture: an element, a row, a cell, a text.
var operators = []string{"drop", "duplicate", "swap", "truncate", "digit", "heading"}

// Score is how many mutants of a capture ended how.
type Score struct {
	Same      int // the same facts
	Told      int // an error, held rows, or a finding
	Waits     int // rows are gone from a complete list: they stay until a second capture agrees
	Plausible int // one or two rows differ, in values that could be facts; no reader can know
}

// mutate changes a good capture in random ways and fails the test for each mutant that
// passes for other facts without a word, unless it is plausible: one or two rows differ,
// each in a way in which the publisher might have meant it. The same capture always has the
// same mutants.
func mutate(t *testing.T, src source.Source, request string, good []byte, whole passed) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(len(good)), 2021))
	n := mutants
	if testing.Short() {
		n = mutants / 5
	}
	var s Score
	for i := range n {
		op := operators[i%len(operators)]
		body := mutant(r, op, good)
		got, err := passSafely(src, request, body)
		switch {
		case err != nil:
			s.Told++
		case sameFacts(got, whole):
			s.Same++
		case got.held > 0 || len(got.findings) > len(whole.findings):
			s.Told++
		default:
			added, lost := differ(got.facts, whole.facts), differ(whole.facts, got.facts)
			switch {
			case len(added) == 0 && allComplete(got):
				s.Waits++
			case plausible(op, added, lost):
				s.Plausible++
			default:
				t.Errorf("mutant %d (%s): %d facts are new and %d gone, and nothing says why: such as %.200q, %.200q", i, op, len(added), len(lost), first(added), first(lost))
			}
		}
	}
	record(t, src.About().ID, request, good, n, s)
}

// plausible reports whether the publisher might have meant it: one or two rows differ; up
// to four, where two texts have changed places; any number, where one altered digit
// changes one column of all, such as the year over a group.
func plausible(op string, added, lost []string) bool {
	switch {
	case len(added) <= 2 && len(lost) <= 2:
		return true
	case op == "swap":
		return len(added) <= 4 && len(lost) <= 4
	case op == "digit":
		return oneColumn(added, lost)
	}
	return false
}

// oneColumn reports whether the facts of each place differ in the same column alone.
func oneColumn(added, lost []string) bool {
	place := func(fact string) string { return fact[strings.LastIndex(fact, " place=")+1:] }
	column := ""
	for _, a := range added {
		paired := false
		for _, l := range lost {
			x, y := strings.Split(a, `" `), strings.Split(l, `" `)
			if place(a) != place(l) || len(x) != len(y) {
				continue
			}
			paired = true
			for i := range x {
				if name, _, _ := strings.Cut(x[i], "="); x[i] != y[i] {
					if column != "" && column != name {
						return false
					}
					column = name
				}
			}
		}
		if !paired {
			return false
		}
	}
	return len(added) == len(lost)
}

// record leaves the score for the table in docs/reliability.md, if that is being made.
func record(t *testing.T, src, request string, good []byte, n int, s Score) {
	t.Helper()
	folder := os.Getenv("BASELINE_SCORES")
	if folder == "" {
		return
	}
	name := strings.NewReplacer("/", "_", " ", "_").Replace(src + "-" + t.Name())
	line := fmt.Sprintf("%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\n", src, request, strings.TrimPrefix(t.Name(), "Test"), kindOf(good), n, s.Same, s.Told, s.Waits, s.Plausible)
	if err := os.WriteFile(filepath.Join(folder, name), []byte(line), 0o644); err != nil {
		t.Fatal(err)
	}
}

// passSafely is pass for a reader that may panic: the pipeline takes that for an error.
func passSafely(src source.Source, request string, body []byte) (p passed, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the reader broke: %v", fault)
		}
	}()
	return pass(src, request, body)
}

func sameFacts(a, b passed) bool {
	return a.held == 0 && len(differ(a.facts, b.facts)) == 0 && len(differ(b.facts, a.facts)) == 0
}

func differ(a, b map[string]bool) (only []string) {
	for fact := range a {
		if !b[fact] {
			only = append(only, fact)
		}
	}
	return only
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func allComplete(p passed) bool {
	for _, complete := range p.complete {
		if !complete {
			return false
		}
	}
	return len(p.complete) > 0
}

func kindOf(body []byte) string {
	head := bytes.TrimLeft(body[:min(len(body), 64)], "\ufeff \r\n\t")
	switch {
	case bytes.HasPrefix(head, []byte("%PDF")):
		return "PDF"
	case bytes.HasPrefix(head, []byte("{")) || bytes.HasPrefix(head, []byte("[")):
		return "JSON"
	case bytes.HasPrefix(head, []byte("<")):
		return "HTML"
	}
	return "text"
}

// Units of the kinds of captures. Of each, the first group or the whole match is the unit.
var (
	htmlUnits    = regexp.MustCompile(`(?s)<tr\b.*?</tr>|<li\b.*?</li>|<option\b.*?</option>|<p\b.*?</p>|<td\b.*?</td>|<th\b.*?</th>`)
	htmlCells    = regexp.MustCompile(`>([^<>]*[^<>\s][^<>]*)<`)
	htmlHeadings = regexp.MustCompile(`(?s)<(?:h[1-6]|th|title|caption|strong)\b[^>]*>([^<>]+)<`)
	jsonUnits    = regexp.MustCompile(`(?s)\{[^{}]*\},?`)
	jsonCells    = regexp.MustCompile(`:\s*("(?:[^"\\]|\\.)*"|[0-9.]+)`)
	jsonHeadings = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"\s*:`)
	textUnits    = regexp.MustCompile(`(?m)^.+\n?`)
	textCells    = regexp.MustCompile(`[^,;|\t\n]+`)
	textHeadings = regexp.MustCompile(`\A[^\n]+`)
	pdfUnits     = regexp.MustCompile(`(?:\([^()]*\)|<[0-9A-Fa-f]+>)\s*Tj|\[[^\]]*\]\s*TJ`)
	pdfCells     = regexp.MustCompile(`\(([^()]+)\)|<([0-9A-Fa-f]+)>`)
	digits       = regexp.MustCompile(`[0-9]`)
)

func mutant(r *rand.Rand, op string, good []byte) []byte {
	units, cells, headings := textUnits, textCells, textHeadings
	switch kindOf(good) {
	case "PDF":
		if body, ok := inStream(r, op, good); ok {
			return body
		}
		units, cells, headings = pdfUnits, pdfCells, pdfCells
	case "HTML":
		units, cells, headings = htmlUnits, htmlCells, htmlHeadings
	case "JSON":
		units, cells, headings = jsonUnits, jsonCells, jsonHeadings
	}
	return change(r, op, good, units, cells, headings)
}

// change applies an operator to bytes. Where it finds no unit, it truncates.
func change(r *rand.Rand, op string, good []byte, units, cells, headings *regexp.Regexp) []byte {
	pick := func(re *regexp.Regexp) (from, to int, ok bool) {
		all := re.FindAllSubmatchIndex(good, -1)
		if len(all) == 0 {
			return 0, 0, false
		}
		m := all[r.IntN(len(all))]
		for g := 2; g+1 < len(m); g += 2 {
			if m[g] >= 0 {
				return m[g], m[g+1], true
			}
		}
		return m[0], m[1], true
	}
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	unit := units
	if r.IntN(2) == 0 {
		unit = cells
	}
	switch op {
	case "drop":
		if from, to, ok := pick(unit); ok {
			return join(good[:from], good[to:])
		}
	case "duplicate":
		if from, to, ok := pick(units); ok {
			return join(good[:to], good[from:to], good[to:])
		}
	case "swap":
		a, b, ok := pick(unit)
		c, d, _ := pick(unit)
		if a > c {
			a, b, c, d = c, d, a, b
		}
		if ok && b <= c {
			return join(good[:a], good[c:d], good[b:c], good[a:b], good[d:])
		}
	case "digit":
		from, to, ok := pick(cells)
		at := digits.FindAllIndex(good[from:to], -1)
		if ok && len(at) > 0 {
			i := from + at[r.IntN(len(at))][0]
			return join(good[:i], []byte{'0' + (good[i]-'0'+byte(1+r.IntN(9)))%10}, good[i+1:])
		}
	case "heading":
		if from, to, ok := pick(headings); ok {
			return join(good[:from], []byte("Other heading"), good[to:])
		}
	}
	return good[:r.IntN(len(good)+1)]
}

var flated = regexp.MustCompile(`(?s)/FlateDecode.{0,200}?stream\r?\n`)

// inStream applies an operator to the text of a compressed content stream of a PDF. The
// stream keeps its length: what it has too few of is filled up behind its end.
func inStream(r *rand.Rand, op string, good []byte) ([]byte, bool) {
	starts := flated.FindAllIndex(good, -1)
	for range 20 {
		if len(starts) == 0 {
			return nil, false
		}
		from := starts[r.IntN(len(starts))][1]
		length := bytes.Index(good[from:], []byte("endstream"))
		if length < 0 {
			continue
		}
		z, err := zlib.NewReader(bytes.NewReader(good[from : from+length]))
		if err != nil {
			continue
		}
		text, err := io.ReadAll(z)
		if err != nil || !pdfUnits.Match(text) {
			continue
		}
		var packed bytes.Buffer
		w, err := zlib.NewWriterLevel(&packed, zlib.BestCompression)
		if err != nil {
			return nil, false
		}
		if _, err := w.Write(change(r, op, text, pdfUnits, pdfCells, pdfCells)); err != nil || w.Close() != nil || packed.Len() > length {
			continue
		}
		body := bytes.Clone(good)
		copy(body[from:], packed.Bytes())
		for i := from + packed.Len(); i < from+length; i++ {
			body[i] = '\n'
		}
		return body, true
	}
	return nil, false
}

// unfit reports whether a check of the pipeline would hold rows as they are: a required
// value is missing, a word is not in its list, a key stands twice.
func unfit(d *schemas.Dataset, rows []source.Emitted) bool {
	seen := map[string]bool{}
	for _, r := range rows {
		for i, c := range d.Columns {
			v := r.Row.Values[i]
			if v.IsNull() && c.Required && c.Name != d.Code && c.Name != d.PlaceKind {
				return true
			}
			if !v.IsNull() && c.Words != nil && !contains(c.Words, v.Text()) {
				return true
			}
		}
		fact, known := factOf(r)
		key := ""
		for _, at := range d.KeyColumns() {
			key += r.Row.Values[at].String() + "/"
		}
		if d.Spelling != "" {
			key += fact[strings.LastIndex(fact, " place="):]
		}
		if known && seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}

func contains(words []string, w string) bool {
	for _, x := range words {
		if x == w {
			return true
		}
	}
	return false
}
