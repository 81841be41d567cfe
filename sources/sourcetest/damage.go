package sourcetest

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
)

// Made names the damages that only a test of the source itself can make, because they
// depend on how its listing looks.
var Made = []string{"label missing", "columns swapped", "one more column", "half the list", "empty list"}

// Survives damages a capture in every way that publishers, networks and redesigns do,
// and fails the test for each damage that src takes for facts. A damaged capture must
// end in an error, in held rows, or in a finding beside rows that are all right; only
// one that still gives exactly the facts of the good capture may pass without a word.
//
// made holds the damages named in Made, nil where one cannot happen to this source, and
// any more under names of their own. The others are made here: no bytes, bytes cut off,
// an error page with status 200, a page of another site, a page in another language,
// other encodings.
func Survives(t *testing.T, src source.Source, request string, good []byte, made map[string][]byte) {
	t.Helper()
	for _, name := range Made {
		if _, ok := made[name]; !ok {
			t.Errorf("damage %q is missing: make it, or give nil where it cannot happen", name)
		}
	}
	whole, err := pass(src, request, good)
	if err != nil {
		t.Fatalf("the good capture cannot be read: %v", err)
	}
	if whole.held > 0 {
		t.Fatalf("%d rows of the good capture are held: %v", whole.held, whole.findings)
	}
	t.Run("mutants", func(t *testing.T) { mutate(t, src, request, good, whole) })
	all := standard(good)
	maps.Copy(all, made)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		body := all[name]
		if body == nil && slices.Contains(Made, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			if bytes.Equal(body, good) {
				t.Fatal("the damage changed nothing")
			}
			if err := judge(src, request, whole, body); err != nil {
				t.Error(err)
			}
		})
	}
}

// standard makes the damages that can happen to any capture.
func standard(good []byte) map[string][]byte {
	all := map[string][]byte{
		"no bytes":         {},
		"blanks only":      []byte(" \r\n\t "),
		"error page":       []byte(errorPage),
		"another site":     []byte(otherSite),
		"another language": []byte(otherLanguage),
		"utf-16":           toUTF16(good),
		"read as latin-1":  misread(good),
	}
	for _, share := range []int{10, 35, 50, 75, 90, 99} {
		all[fmt.Sprintf("cut at %d percent", share)] = good[:len(good)*share/100]
	}
	if bytes.Equal(all["read as latin-1"], good) {
		delete(all, "read as latin-1") // nothing but ASCII
	}
	return all
}

const errorPage = `<!DOCTYPE html><html lang="en"><head><title>Service unavailable</title></head><body><h1>We are sorry</h1>
<p>This page cannot be shown at the moment. Please try again later.</p><p>Reference 0.8f2b1702.1763971200</p></body></html>`

// Another site, with states in it: a shop that ships to some.
const otherSite = `<!DOCTYPE html><html lang="en"><head><title>Delivery</title></head><body><nav><a href="/">Home</a> <a href="/basket">Basket</a></nav>
<h1>Where we deliver</h1><table><tr><th>Country</th><th>Days</th></tr><tr><td>France</td><td>2</td></tr><tr><td>Germany</td><td>3</td></tr>
<tr><td>Sweden</td><td>4</td></tr></table><p>Orders to Norway and Switzerland take longer.</p></body></html>`

const otherLanguage = `<!DOCTYPE html><html lang="fr"><head><title>Accueil</title></head><body><h1>Bienvenue</h1>
<p>Cette page est disponible en français uniquement.</p><ul><li>Allemagne</li><li>Suède</li><li>Norvège</li></ul></body></html>`

func toUTF16(b []byte) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(string(b))) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// misread is b after somebody took its bytes for Latin-1 and saved them as UTF-8.
func misread(b []byte) []byte {
	if !utf8.Valid(b) {
		return b
	}
	var out []byte
	for _, c := range b {
		out = utf8.AppendRune(out, rune(c))
	}
	return out
}

// passed is what of a capture would get into a snapshot.
type passed struct {
	facts    map[string]bool // printed, without evidence and what is aside
	held     int
	findings []string
	complete map[string]bool // parts that may withdraw, by dataset and name
}

// pass reads body and drops what the pipeline would hold. A reader that panics is at
// fault, even if the pipeline survives it.
func pass(src source.Source, request string, body []byte) (p passed, err error) {
	reading, err := source.Read(src, Capture(src, request, body))
	if err != nil {
		return p, err
	}
	p = passed{facts: map[string]bool{}, complete: map[string]bool{}}
	for _, f := range reading.Findings {
		p.findings = append(p.findings, f.Code)
	}
	for i, part := range reading.Parts {
		var rows []source.Emitted
		for _, r := range reading.Rows {
			if r.Part == i {
				rows = append(rows, r)
			}
		}
		if holds(src.About(), reading.Findings, part, rows) || unfit(schemas.Named(part.Dataset), rows) {
			p.held += len(rows)
			continue
		}
		p.complete[part.Dataset+" "+part.Name()] = part.Complete
		for _, r := range rows {
			if fact, known := factOf(r); known {
				p.facts[fact] = true
			} else {
				p.findings = append(p.findings, "unknown-name")
				p.complete[part.Dataset+" "+part.Name()] = false
			}
		}
	}
	return p, nil
}

func holds(about source.About, findings []source.Finding, part source.Part, rows []source.Emitted) bool {
	if b, ok := about.Bound(part.Dataset); ok && (len(rows) < b.MinRows || b.MaxRows > 0 && len(rows) > b.MaxRows) {
		return true
	}
	return slices.ContainsFunc(findings, func(f source.Finding) bool {
		return f.Severity == source.Hold && (f.Dataset == "" || f.Dataset == part.Dataset) && (f.Part == "" || f.Part == part.Name())
	})
}

// factOf prints a row's facts. known is false if its place is not in the registry.
func factOf(r source.Emitted) (fact string, known bool) {
	d := schemas.Named(r.Dataset)
	var b strings.Builder
	b.WriteString(d.Name)
	for i, c := range d.Columns {
		if !c.Aside && c.Name != d.Code {
			fmt.Fprintf(&b, " %s=%q", c.Name, r.Row.Values[i].String())
		}
	}
	if d.Spelling == "" {
		return b.String(), true
	}
	spelling := r.Row.Values[d.Column(d.Spelling)].Text()
	place, ok := places.Default().Lookup(spelling)
	fmt.Fprintf(&b, " place=%s", place.Code)
	_, not := places.Default().NotState(spelling)
	return b.String(), ok || not
}

// judge compares what passes of a damaged capture with the whole one.
func judge(src source.Source, request string, whole passed, body []byte) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the reader broke: %v", fault)
		}
	}()
	got, err := pass(src, request, body)
	if err != nil {
		if err.Error() == "" {
			return errors.New("the error says nothing")
		}
		return nil
	}
	for fact := range got.facts {
		if !whole.facts[fact] {
			return fmt.Errorf("a wrong row passes: %s", fact)
		}
	}
	if len(got.facts) == len(whole.facts) {
		return nil // nothing is lost
	}
	if got.held == 0 && len(got.findings) <= len(whole.findings) {
		return fmt.Errorf("%d of %d facts pass, and nothing says why", len(got.facts), len(whole.facts))
	}
	for part, complete := range got.complete {
		if complete && whole.complete[part] {
			return fmt.Errorf("%d of %d facts pass, and part %s is called complete: the others would be withdrawn", len(got.facts), len(whole.facts), part)
		}
	}
	return nil
}
