package listing

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"baseline/schemas/places"
)

// Another reader of HTML finds at Record.Path one element, whose text is Record.Quote.
func TestPathsLeadToTheQuotedText(t *testing.T) {
	for name, wrap := range wrappings {
		page := wrap(facts60(true))
		r, err := Read([]byte(page), fullOrAssociate)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if page[0] == '{' || r.Shape == "script" || r.Shape == "prose" {
			continue
		}
		doc, err := goquery.NewDocumentFromReader(bytes.NewReader([]byte(page)))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range r.Records {
			found := doc.Find(x.Path)
			if found.Length() != 1 {
				t.Fatalf("%s: %d elements at %s", name, found.Length(), x.Path)
			}
			bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
			if at := bare(found.Text()); !strings.Contains(at, bare(x.Name)) && !strings.Contains(bare(x.Quote), at) {
				t.Fatalf("%s: at %s stands %q, quoted is %q", name, x.Path, at, x.Quote)
			}
		}
	}
}

func TestTagsThatMayBeLeftOut(t *testing.T) {
	for name, page := range map[string]string{
		"all written": "<html><head><title>x</title></head><body><ul><li>Malta</li><li>Cyprus</li><li>Spain</li></ul></body></html>",
		"items":       "<html><body><ul><li>Malta<li>Cyprus<li>Spain</ul></body></html>",
		"nearly none": "<!doctype html><title>x</title><p>Hello<ul><li>Malta<li>Cyprus<li>Spain</ul>",
		"bold open":   "<html><body><p><b>x<ul><li>Malta<li>Cyprus<li>Spain</ul></body></html>",
		"stray ends":  "<html><body><ul></div><li>Malta</span></td><li>Cyprus</table><li>Spain</ul></body></html>",
	} {
		r, err := Read([]byte(page), Want{})
		if err != nil || brief(r) != "MLT\nCYP\nESP" || !r.Ended {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	for name, page := range map[string]string{
		"inside the list":    "<!doctype html><ul><li>Malta<li>Cyprus<li>Spain",
		"inside a tag":       "<ul><li>Malta<li>Cyprus<li>Spain</ul><a href=",
		"inside a comment":   "<ul><li>Malta<li>Cyprus<li>Spain</ul><!-- x",
		"inside a script":    "<ul><li>Malta<li>Cyprus<li>Spain</ul><script>var x = ",
		"body never closed":  "<html><body><ul><li>Malta<li>Cyprus<li>Spain</ul>",
		"a block still open": "<div><ul><li>Malta<li>Cyprus<li>Spain</ul>",
		"end in a comment":   "<html><body><ul><li>Malta<li>Cyprus<li>Spain</ul><!-- </body></html> -->",
	} {
		r, err := Read([]byte(page), Want{})
		if err != nil || brief(r) != "MLT\nCYP\nESP" || r.Ended {
			t.Errorf("%s: %+v, %v; want it not to have ended", name, r, err)
		}
	}
}

// Every current code of the registry has a flag, and every flag a code.
func TestFlagsAreComplete(t *testing.T) {
	var codes []string
	for _, three := range flagCodes() {
		if _, ok := places.Default().Place(three); !ok {
			t.Errorf("flag for %s, which is no place", three)
		}
		codes = append(codes, three)
	}
	for _, p := range places.Default().Places() {
		if len(p.Code) == 3 && !p.Former && p.Kind != "area" && p.Kind != "organisation" && !slices.Contains(codes, p.Code) {
			t.Errorf("%s has no flag", p.Code)
		}
	}
	if len(codes) != 250 {
		t.Errorf("%d flags, want 249 of ISO 3166-1 and Kosovo", len(codes))
	}
}

func TestPartsBelongToPlaces(t *testing.T) {
	for part, code := range parts() {
		if _, ok := places.Default().Place(code); !ok {
			t.Errorf("%s belongs to %s, which is no place", part, code)
		}
		p, ok := places.Default().Lookup(part)
		if ok && p.Code != code && p.Parent != code {
			t.Errorf("%s is %s in the registry and a part of %s here", part, p.Code, code)
		}
	}
}

func TestNamesOfStatesInFrenchAndTheirOwnLanguages(t *testing.T) {
	for names, code := range map[string]string{
		"Albanie Shqipëria": "ALB", "Autriche Österreich": "AUT", "Allemagne Deutschland": "DEU", "Suède Sverige": "SWE", "Norvège Norge": "NOR", "Danemark Danmark": "DNK",
		"Finlande Suomi": "FIN", "Estonie Eesti": "EST", "Lettonie Latvija": "LVA", "Lituanie Lietuva": "LTU", "Pologne Polska": "POL", "Tchéquie Česko": "CZE",
		"Slovaquie Slovensko": "SVK", "Hongrie Magyarország": "HUN", "Slovénie Slovenija": "SVN", "Croatie Hrvatska": "HRV", "Serbie Srbija Србија": "SRB", "Grèce Ελλάδα": "GRC",
		"Chypre Κύπρος": "CYP", "Turquie Türkiye": "TUR", "Espagne España": "ESP", "Italie Italia": "ITA", "Suisse Schweiz Svizzera": "CHE", "Belgique België Belgien": "BEL",
		"Pays-Bas Nederland": "NLD", "Irlande Éire": "IRL", "Islande Ísland": "ISL", "Roumanie România": "ROU", "Bulgarie България": "BGR", "Ukraine Україна": "UKR", "Géorgie საქართველო": "GEO",
		"Arménie Հայաստան": "ARM", "Azerbaïdjan Azərbaycan": "AZE", "Monténégro Црна": "MNE", "Moldavie Moldova": "MDA", "Russie Россия": "RUS", "Luxembourg Lëtzebuerg": "LUX", "Malte Malta": "MLT",
		"Andorre Andorra": "AND", "Monaco": "MCO", "Liechtenstein": "LIE", "Portugal": "PRT", "France": "FRA", "Royaume-Uni": "GBR", "Saint-Marin": "SMR",
	} {
		for _, name := range strings.Fields(names) {
			if name == "Црна" {
				name = "Црна Гора"
			}
			if got := newNames(Want{}).lookup(name); got != code {
				t.Errorf("%s is %q, want %s", name, got, code)
			}
		}
	}
}
