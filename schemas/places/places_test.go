package places

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestRegistryIsComplete(t *testing.T) {
	r := Default()
	iso, kinds := 0, map[string]int{}
	for _, p := range r.Places() {
		if len(p.Code) == 3 && !p.Former && p.Code != "XKX" && p.Code != "EUR" && p.Code != "EUE" {
			iso++
		}
		kinds[p.Kind]++
		if p.Kind != "territory" && p.Parent != "" {
			t.Errorf("%s is a %s with a parent", p.Code, p.Kind)
		}
	}
	if iso != 249 {
		t.Errorf("%d codes of ISO 3166-1, want 249", iso)
	}
	// 193 members of the United Nations, its two observers, Cook Islands and Niue;
	// four former states.
	if kinds["state"] != 197+4 {
		t.Errorf("%d states, want 201", kinds["state"])
	}
	for group, n := range map[string]int{"coe47": 47, "coe46": 46, "eu27": 27, "focus": 9} {
		codes := r.Group(group)
		if len(codes) != n || !slices.IsSorted(codes) {
			t.Errorf("group %s has %d codes, want %d in order: %q", group, len(codes), n, codes)
		}
		for _, code := range codes {
			if group != "coe47" && group != "coe46" && group != "eu27" && !slices.Contains(r.Group("coe46"), code) {
				t.Errorf("%s of group %s is no member of the Council of Europe", code, group)
			}
		}
	}
	if slices.Contains(r.Group("coe46"), "RUS") || !slices.Contains(r.Group("coe47"), "RUS") {
		t.Error("the Russian Federation belongs to coe47 and not to coe46")
	}
	if r.Group("coe48") != nil {
		t.Error("a group that does not exist has members")
	}
	r.Group("focus")[0] = "XXX"
	if r.Group("focus")[0] != "ALB" {
		t.Error("a caller can change a group")
	}
}

func TestLookupForgivesOnlyForm(t *testing.T) {
	for _, c := range []struct{ spelling, code string }{
		{"TÜRKIYE", "TUR"},
		{"Tu\u0308rkiye", "TUR"}, // decomposed
		{"  Bosnia\u00a0 and\tHerzegovina\n", "BIH"},
		{"COTE D\u2019IVOIRE (IVORY COAST)", "CIV"},
		{"Cote d\u02bcIvoire (Ivory Coast)", "CIV"},
		{"CO\u0302TE D'IVOIRE", "CIV"},
		{"BOSNIA & HERZEGOVINA", "BIH"},
		{"MOLDOVA", "MDA"},
		{"null", ""},
		{"Turkiye", ""},       // no diacritic
		{"Cote d'Ivoire", ""}, // ditto
		{"Cote dIvoire", ""},  // no apostrophe
		{"Moldova.", ""},      // a full stop
		{"Bosnia Herzegovina", ""},
		{"ALB", ""}, // a code is no spelling
		{"", ""},
		{" ", ""},
		{"European Union", "EUE"}, {"European Commission", ""},
	} {
		p, ok := Default().Lookup(c.spelling)
		want := c.code
		if c.spelling == "null" {
			want = "UNKNOWN"
		}
		if p.Code != want || ok != (want != "") {
			t.Errorf("%q is %q, %v; want %q", c.spelling, p.Code, ok, want)
		}
	}
	if why, ok := Default().NotState("EUROPEAN  COMMISSION"); !ok || why == "" {
		t.Error("the European Commission is not told apart from the unknown")
	}
	if _, ok := Default().NotState("Albania"); ok {
		t.Error("Albania counts as no state")
	}
}

// A spelling altered by one letter is either listed itself or unknown: there is no
// way from one state to another.
func TestLookupNeverGuesses(t *testing.T) {
	r := Default()
	listed := map[string]string{}
	for _, record := range records(t, spellingsCSV)[1:] {
		listed[strings.ToLower(norm.NFC.String(record[0]))] = record[1]
	}
	tried, met := 0, map[string]bool{}
	for text := range listed {
		for _, altered := range alter([]rune(text)) {
			tried++
			p, ok := r.Lookup(altered)
			if !ok {
				continue
			}
			same := strings.ToLower(strings.Join(strings.Fields(strings.NewReplacer("’", "'", "ʼ", "'").Replace(altered)), " "))
			code, known := listed[same]
			if !known {
				code, known = listed[strings.ReplaceAll(same, "'", "’")]
			}
			if !known || code != p.Code {
				t.Errorf("%q, altered from %q, is taken for %s", altered, text, p.Code)
			}
			if code != listed[text] {
				met[altered] = true
			}
		}
	}
	if tried < 100_000 || len(met) > 6 {
		t.Errorf("%d alterations tried, %d of them another state's listed spelling: %v", tried, len(met), met)
	}
}

// alter returns text with one letter left out, doubled, swapped with the next, or
// replaced by another.
func alter(text []rune) []string {
	var out []string
	for i := range text {
		head, tail := string(text[:i]), string(text[i+1:])
		out = append(out, head+tail, head+string(text[i])+string(text[i:]))
		if i+1 < len(text) {
			out = append(out, head+string(text[i+1])+string(text[i])+string(text[i+2:]))
		}
		for _, c := range "aeioustnrq-' .é" {
			out = append(out, head+string(c)+tail)
		}
	}
	return out
}

func TestSuggestRanksTheRightOneFirst(t *testing.T) {
	for spelling, code := range map[string]string{
		"Eretria": "ERI", "Eritria": "ERI", "Türkye": "TUR", "Turkiye": "TUR", "Moldovia": "MDA", "Slovak Rep.": "SVK",
		"Bosnia-Herzegovina": "BIH", "Bosnia & Hercegovina": "BIH", "Rep. of Moldova": "MDA", "Moldova, Rep. of": "MDA",
		"Macedonia (North)": "MKD", "FYR Macedonia": "MKD", "Check Republic": "CZE", "Lichtenstein": "LIE", "Luxemberg": "LUX",
		"Netherland": "NLD", "The Netherlands (Kingdom)": "NLD", "Great Britain and Northern Ireland": "GBR", "UK": "GBR",
		"Azerbajan": "AZE", "Ukrain": "UKR", "Albanie ": "ALB", "Mazedonia": "MKD", "Rumania": "ROU", "Cote dIvoire": "CIV",
		"St Vincent & the Grenadines": "VCT", "Serbia, Republic of": "SRB", "Montenergo": "MNE", "Gorgia": "GEO", "Russia Fed.": "RUS",
		"Nigerria": "NGA", "Solvenia": "SVN", "Slovkia": "SVK", "Armenai": "ARM", "Iceland (Republic)": "ISL",
	} {
		got := Default().Suggest(spelling, 3)
		if len(got) != 3 || got[0].Place.Code != code {
			t.Errorf("%q: %v, want %s first", spelling, got, code)
		}
		if p, ok := Default().Lookup(got[0].Spelling); !ok || p != got[0].Place {
			t.Errorf("%q: suggested spelling %q is not listed for %s", spelling, got[0].Spelling, got[0].Place.Code)
		}
		if again := Default().Suggest(spelling, 3); !slices.Equal(got, again) {
			t.Errorf("%q: suggestions differ from call to call", spelling)
		}
	}
	if got := Default().Suggest("  ", 3); got != nil {
		t.Errorf("suggestions for nothing: %v", got)
	}
}

func TestReadRefusesContradictions(t *testing.T) {
	const head = "code,name,kind,parent,former,note\nALB,Albania,state,,,\nAND,Andorra,state,,,\n"
	const names = "spelling,code,where\nAlbania,ALB,x\nAndorra,AND,x\n"
	for name, c := range map[string]struct{ places, spellings, not, groups, want string }{
		"unknown kind":       {head + "XXX,X,planet,,,\n", names, "", "", "kind \"planet\" of XXX"},
		"code twice":         {head + "ALB,X,state,,,\n", names, "", "", "code ALB stands twice"},
		"parent no state":    {head + "GRL,Greenland,territory,DNK,,\n", names + "Greenland,GRL,x\n", "", "", "parent \"DNK\" of GRL is no state"},
		"two codes":          {head, names + "ALBANIA,AND,x\n", "", "", "\"ALBANIA\" stands twice, for ALB and AND"},
		"no such place":      {head, names + "X,XXX,x\n", "", "", "\"XXX\", which is no place"},
		"name not listed":    {head + "DNK,Denmark,state,,,\n", names, "", "", "name of DNK"},
		"state and no state": {head, names, "albania,x\n", "", "\"albania\" is listed as ALB"},
		"group of no state":  {head, names, "", "coe47,XXX\n", "group coe47 names \"XXX\""},
		"columns":            {strings.Replace(head, "kind", "sort", 1), names, "", "", "columns are"},
	} {
		_, err := read([]byte(c.places), []byte(c.spellings), []byte("spelling,why\n"+c.not), []byte("group,code\n"+c.groups))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v does not say %q", name, err, c.want)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		if _, err := read(placesCSV, spellingsCSV, notStatesCSV, groupsCSV); err != nil {
			b.Fatal(err)
		}
	}
}

func records(t *testing.T, data []byte) [][]string {
	t.Helper()
	all, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}
