package coetreaties

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"baseline/schemas"
	"baseline/sources/source"
)

// natures are the words of nature_Dec, in small letters, with their kinds. The whole
// list of the service's words is not known: another word is a question.
var natures = map[string]string{
	"declaration": "declaration", "declarations": "declaration",
	"reservation": "reservation", "reservations": "reservation",
	"objection": "objection", "objections": "objection",
	"authority": "authority", "authorities": "authority",
	"territorial application": "territorial application",
	"communication":           "communication", "communications": "communication",
	"denunciation": "denunciation", "denunciations": "denunciation",
}

// declared is what one state declared of one kind.
type declared struct {
	name, kind, locator string
	count, withdrawn    int64
	articles            []string
	latest              time.Time
	quote               []string
}

var declarationFields = []string{"code_Pays", "code_Organisation", "nature_Dec", "numero_Article", "date_Effet", "date_Effet_Retrait", "texte_Decl"}

// parseDeclarations counts a treaty's declarations by state and kind. Their texts are
// not looked at.
func parseDeclarations(t treaty, c source.Capture, emit source.Emit) error {
	list, err := records(c.Body)
	if err != nil {
		return fmt.Errorf("declarations on treaty %s: %w", t.number, err)
	}
	d := &declarations{
		part: source.Part{
			Dataset: "treaty_declarations", Key: t.key(), Complete: len(list) > 0,
			Columns: []string{"treaty", "iso3", "kind", "published_name", "count", "withdrawn", "articles", "latest"},
		},
		emit: emit, asOf: day(c.Taken), treaty: t, of: map[[2]string]*declared{}, fields: map[string]bool{}, natures: map[string]bool{},
	}
	if len(list) == 0 {
		d.find(source.Question, "list-empty", "see whether the service has lost its list", "$", "", "the service lists no declaration on treaty "+t.number)
	}
	for i, r := range list {
		if err := d.take(fmt.Sprintf("$[%d]", i), r); err != nil {
			return fmt.Errorf("declarations on treaty %s: record $[%d]: %w", t.number, i, err)
		}
	}
	d.send()
	return nil
}

type declarations struct {
	part    source.Part
	emit    source.Emit
	asOf    time.Time
	treaty  treaty
	of      map[[2]string]*declared
	fields  map[string]bool // that are new
	natures map[string]bool // that are new
	all     int
	undated int // without a day of effect
}

func (d *declarations) find(severity source.Severity, code, hint, locator, quote, text string) {
	d.part.Complete = d.part.Complete && severity != source.Hold
	d.emit.Finding(source.Finding{
		Code: code, Severity: severity, Dataset: d.part.Dataset, Part: d.part.Name(), Text: text, Hint: hint, Locator: locator, Quote: quote,
	})
}

func (d *declarations) take(at string, r record) error {
	for _, f := range declarationFields {
		if _, ok := r[f]; !ok {
			return fmt.Errorf("field %s is missing", f)
		}
	}
	for f := range r {
		if !slices.Contains(declarationFields, f) {
			d.fields[f] = true
		}
	}
	d.all++
	name, err := declarant(r)
	if err != nil {
		return err
	}
	nature, err := text(r["nature_Dec"])
	if err != nil || nature == "" {
		return fmt.Errorf("nature_Dec %s is no word", r["nature_Dec"])
	}
	articles, err := text(r["numero_Article"])
	if err != nil {
		return fmt.Errorf("numero_Article %s is no text", r["numero_Article"])
	}
	effect, err := timestamp(r["date_Effet"])
	if err != nil {
		return fmt.Errorf("date_Effet: %w", err)
	}
	ended, err := timestamp(r["date_Effet_Retrait"])
	if err != nil {
		return fmt.Errorf("date_Effet_Retrait: %w", err)
	}
	kind, known := natures[strings.ToLower(nature)]
	if !known {
		kind = "other"
		if !d.natures[nature] {
			d.find(source.Question, "nature-unknown", "add the word to the source's list", at, nature, fmt.Sprintf("the nature %q is not known: it is counted as other", nature))
		}
		d.natures[nature] = true
	}
	quote := fmt.Sprintf("%s, %s, article %s, %s to %s", name, nature, articles, r["date_Effet"], r["date_Effet_Retrait"])
	if effect.IsZero() {
		d.undated++
	}
	if !ended.IsZero() && ended.Before(effect) {
		d.find(source.Question, "withdrawn-before-effect", "compare with the publisher's page", at, quote, name+" withdrew a "+kind+" before it had effect")
	}
	d.add(declared{name: name, kind: kind, locator: at}, articles, effect, ended, quote)
	return nil
}

func (d *declarations) add(what declared, articles string, effect, ended time.Time, quote string) {
	key := [2]string{what.name, what.kind}
	of := d.of[key]
	if of == nil {
		of = &what
		d.of[key] = of
	}
	switch {
	case !ended.IsZero() && !ended.After(d.asOf):
		of.withdrawn++
	case !effect.After(d.asOf): // one whose effect is still to come is not in force
		of.count++
	}
	for _, a := range strings.FieldsFunc(articles, func(c rune) bool { return strings.ContainsRune(" ,;", c) }) {
		if !slices.Contains(of.articles, a) {
			of.articles = append(of.articles, a)
		}
	}
	for _, t := range []time.Time{effect, ended} {
		if t.After(of.latest) {
			of.latest = t
		}
	}
	of.quote = append(of.quote, quote)
}

// declarant is the state, or the organisation. Where there is no organisation, its
// label is the word Null.
func declarant(r record) (string, error) {
	var state struct{ Value *string }
	var organisation struct{ Libelle *string }
	if err := json.Unmarshal(r["code_Pays"], &state); err != nil {
		return "", fmt.Errorf("code_Pays has another shape: %w", err)
	}
	if err := json.Unmarshal(r["code_Organisation"], &organisation); err != nil {
		return "", fmt.Errorf("code_Organisation has another shape: %w", err)
	}
	given := func(s *string) string {
		if s == nil || fold(*s) == "Null" {
			return ""
		}
		return fold(*s)
	}
	one, other := given(state.Value), given(organisation.Libelle)
	if (one == "") == (other == "") {
		return "", fmt.Errorf("want a state or an organisation, got %q and %q", one, other)
	}
	return one + other, nil
}

func (d *declarations) send() {
	if len(d.fields) > 0 {
		names := strings.Join(slices.Sorted(maps.Keys(d.fields)), ", ")
		d.find(source.Note, "unknown-field", "see what it says", "$", names, "records have fields that nobody has read yet: "+names)
	}
	if 2*d.undated > d.all {
		// The end of effect stands in the other field: a list of withdrawn ones would pass for one in force.
		d.find(source.Hold, "effect-missing", "see whether the fields of the days were renamed", "$", "", fmt.Sprintf("%d of %d declarations have no day of effect", d.undated, d.all))
	}
	d.emit.Part(d.part)
	for _, of := range slices.SortedFunc(maps.Values(d.of), func(a, b *declared) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.kind, b.kind))
	}) {
		d.emit.Row(d.part.Dataset, schemas.Cells{
			"treaty": schemas.Str(d.treaty.code), "published_name": schemas.Str(of.name), "kind": schemas.Str(of.kind),
			"count": schemas.Num(of.count), "withdrawn": schemas.Num(of.withdrawn),
			"articles": schemas.Str(strings.Join(of.articles, " ")), "latest": schemas.Day(of.latest),
		}, of.locator, strings.Join(of.quote, "; "))
	}
}
