package source_test

import (
	"strings"
	"testing"

	"baseline/schemas"
	"baseline/sources/source"
)

const whole = `
id: x
title: T
publisher: P
homepage: https://example.org/
schedule: "0 6 * * *"
budget_days: 30
`

func TestReadAbout(t *testing.T) {
	if a, err := source.ReadAbout([]byte(whole)); err != nil || a.ID != "x" || a.Age().Hours() != 720 {
		t.Errorf("%+v, %v", a, err)
	}
	for name, c := range map[string]struct{ yaml, want string }{
		"a misspelt field": {whole + "licenze: x\n", "licenze"},
		"no title":         {strings.Replace(whole, "title: T", "", 1), "title"},
		"no budget":        {strings.Replace(whole, "budget_days: 30", "", 1), "budget_days"},
		"no yaml":          {"\t:", "source.yaml"},
	} {
		if _, err := source.ReadAbout([]byte(c.yaml)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
	if _, err := source.ReadAbout([]byte(strings.Replace(whole, "budget_days: 30", "frozen: true", 1))); err != nil {
		t.Errorf("a frozen source needs no budget: %v", err)
	}
}

// emitter is a source whose Parse is given by the test.
type emitter func(source.Emit)

func (emitter) About() source.About                              { return source.About{ID: "x"} }
func (emitter) Requests(source.Plan) []source.Request            { return nil }
func (e emitter) Parse(_ source.Capture, emit source.Emit) error { e(emit); return nil }

// Mistakes of a source's code do not become rows.
func TestReadRefusesRowsThatDoNotFit(t *testing.T) {
	cells := schemas.Cells{"treaty": schemas.Str("CRC")}
	part := source.Part{Dataset: "treaty_status", Key: []source.Pin{{Column: "treaty", Value: schemas.Str("CRC")}}}
	for name, c := range map[string]struct {
		emit emitter
		want string
	}{
		"no dataset": {func(e source.Emit) { e.Row("treatys", cells, "", "") }, `no dataset "treatys"`},
		"no column":  {func(e source.Emit) { e.Row("memberships", cells, "", "") }, `no column "treaty"`},
		"no part":    {func(e source.Emit) { e.Row("treaty_status", cells, "", "") }, "belongs to no part"},
		"another part": {func(e source.Emit) {
			e.Part(part)
			e.Row("treaty_status", schemas.Cells{"treaty": schemas.Str("OPSC")}, "", "")
		}, "belongs to no part"},
	} {
		if _, err := source.Read(c.emit, source.Capture{Source: "x"}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
	good := emitter(func(e source.Emit) { e.Row("treaty_status", cells, "line 1", "CRC"); e.Part(part) })
	r, err := source.Read(good, source.Capture{Source: "x", SHA256: "ab"})
	if err != nil || len(r.Rows) != 1 || r.Rows[0].Row.Evidence.Capture != "ab" || r.Rows[0].Row.Evidence.Locator != "line 1" || r.Rows[0].Row.Source != "x" {
		t.Errorf("%+v, %v", r, err)
	}
}
