// Package coetreaties reads what the Treaty Office of the Council of Europe lists of
// CETS 201, ETS 185, ETS 189 and CETS 224: who signed and joined, the treaties
// themselves, and which states made declarations.
package coetreaties

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"baseline/schemas"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

type coetreaties struct{ about source.About }

// New returns the source coe-treaties.
func New() source.Source { return coetreaties{source.MustAbout(about)} }

func (s coetreaties) About() source.About { return s.about }

// base begins the addresses of the service, as far as the yaml knows.
const base = "https://conventions-ws.coe.int/WS_LFRConventions/"

// Requests asks the publisher's page for the key of its service first, unless the operator
// has given one. The service stands where that page says.
func (s coetreaties) Requests(p source.Plan) []source.Request {
	asks := s.about.Ask()
	api, key := base, p.Key
	if key != "" {
		asks = slices.DeleteFunc(asks, func(r source.Request) bool { return r.ID == "key" })
	} else if page, ok := p.Answer("key"); ok {
		if a, k, err := Key(page.Body); err == nil {
			api, key = strings.TrimSuffix(a, "/")+"/", k
		}
	}
	if key == "" {
		return asks
	}
	for i := range asks {
		r := &asks[i]
		if r.ID == "key" {
			continue
		}
		r.Secret = map[string]string{"token": key}
		if p.Key != "" {
			r.After, r.Needs = "", false
		}
		r.Addresses = slices.Clone(r.Addresses)
		for n, a := range r.Addresses {
			r.Addresses[n] = api + strings.TrimPrefix(a, base)
		}
	}
	return asks
}

// treaty is what is known for good of a treaty: no chart may contradict it.
type treaty struct {
	number, code string
	opened       time.Time
	general      time.Time // general entry into force; zero where it was not in force on 9 May 2026
}

var treaties = []treaty{
	{"201", "CETS201", date(2007, 10, 25), date(2010, 7, 1)},
	{"185", "ETS185", date(2001, 11, 23), date(2004, 7, 1)},
	{"189", "ETS189", date(2003, 1, 28), date(2006, 3, 1)},
	{"224", "CETS224", date(2022, 5, 12), time.Time{}},
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func (t treaty) key() []source.Pin {
	return []source.Pin{{Column: "treaty", Value: schemas.Str(t.code)}}
}

// inForce is the day on which a deposit brings the treaty into force for its state:
// the first of the month after three months have passed, not before the general day.
// ETS 185 article 36 and its like in ETS 189 and CETS 201. Zero: no rule is known.
func (t treaty) inForce(consent time.Time) time.Time {
	if t.general.IsZero() {
		return time.Time{}
	}
	day := date(consent.Year(), consent.Month()+4, 1)
	if day.Before(t.general) {
		return t.general
	}
	return day
}

// Parse reads the answer to one request: the page with the key, the list of treaties,
// or the chart of signatures or the declarations of one treaty.
func (s coetreaties) Parse(c source.Capture, emit source.Emit) error {
	switch c.Request {
	case "key":
		_, _, err := Key(c.Body)
		return err
	case "treaties":
		return parseTreaties(c, emit)
	}
	what, number, _ := strings.Cut(c.Request, "-")
	for _, t := range treaties {
		switch {
		case t.number != number:
		case what == "signatures":
			return parseSignatures(t, c, emit)
		case what == "declarations":
			return parseDeclarations(t, c, emit)
		}
	}
	return fmt.Errorf("request %q is none of the source's", c.Request)
}
