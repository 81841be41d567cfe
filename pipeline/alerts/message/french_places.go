package message

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

var frenchRegions = display.French.Regions()

// frenchNames are those that CLDR, from which the others come, does not have, has in an older
// form, or words otherwise than the depositaries do.
var frenchNames = map[string]string{
	"EUE": "Union européenne", kosovo: "Kosovo", "MKD": "Macédoine du Nord", "CZE": "République tchèque", "MDA": "République de Moldova", "TUR": "Türkiye",
	"RUS": "Fédération de Russie", "SVK": "République slovaque", "SWZ": "Eswatini", "GBR": "Royaume-Uni", "USA": "États-Unis d’Amérique", "VAT": "Saint-Siège",
	"PSE": "État de Palestine", "COD": "République démocratique du Congo", "COG": "Congo", "CIV": "Côte d’Ivoire", "KOR": "République de Corée",
	"DDR": "République démocratique allemande", "YUG": "Yougoslavie", "SUN": "Union des Républiques socialistes soviétiques", "CSK": "Tchécoslovaquie", "SCG": "Serbie-et-Monténégro", "ANT": "Antilles néerlandaises",
	"PRK": "République populaire démocratique de Corée", "LAO": "République démocratique populaire lao", "SYR": "République arabe syrienne", "IRN": "République islamique d’Iran",
	"TZA": "République-Unie de Tanzanie", "CPV": "Cabo Verde", "TLS": "Timor-Leste", "MMR": "Myanmar", "BRN": "Brunéi Darussalam", "VNM": "Viet Nam",
}

func frenchPlace(code string) string {
	if name := frenchNames[code]; name != "" {
		return name
	}
	region, err := language.ParseRegion(code)
	if err != nil {
		return englishPlace(code)
	}
	return cmp.Or(frenchRegions.Name(region), englishPlace(code))
}

// How French names take their article. Most of those that end in e are feminine; islands and
// cities mostly have no article.
var (
	frenchMany = regexp.MustCompile(`^(?:États-|Pays-Bas|Émirats|Philippines|Seychelles|Maldives|Comores|Bahamas|Fidji|Palaos|Îles |Antilles|Territoires? |Bermudes|Samoa américaines|Terres )|^.*Îles? mineures`)
	frenchBare = []string{
		"CYP", "MLT", "MCO", "SMR", "ISR", "CUB", "MDG", "OMN", "SGP", "DJI", "MUS", "BHR", "HTI", "STP", "TTO", "ATG", "KIR", "NRU", "TUV", "VUT", "PLW", "NIU", "WSM", "TON", "CPV",
		"KNA", "LCA", "VCT", "TWN", "HKG", "MAC", "ABW", "AIA", "CUW", "MSR", "MYT", "PRI", "SXM", "MAF", "BLM", "SPM", "GGY", "JEY", "GIB", "GUM", "TKL", "WLF", "SHN", "PCN", "BES",
	}
	// masculine though they end in e, and feminine though they do not
	frenchHe  = []string{"MEX", "KHM", "MOZ", "ZWE", "BLZ", "SUR", "VAT", "SAH"}
	frenchShe = []string{"MKD", "MDA", "RUS", "SVK", "CIV", "COD", "KOR", "GUF", "PNG", "SCG", "SAU", "ZAF", "PRK", "LAO", "GNB", "GNQ", "NZL", "NCL", "BIH", "SLE", "CSK", "ESH", "SGS", "SUN", "TZA", "IRN"}
)

// article is the French article of a place: le, la, l’, les, or none.
func article(code, name string) string {
	vowel := strings.ContainsRune("AEÉÈIÎOUÅÂ", []rune(name)[0])
	switch {
	case slices.Contains(frenchBare, code), name == code:
		return ""
	case frenchMany.MatchString(name):
		return "les "
	case vowel:
		return "l’"
	case slices.Contains(frenchShe, code), strings.HasSuffix(name, "e") && !slices.Contains(frenchHe, code):
		return "la "
	}
	return "le "
}

func theFrench(code string) string {
	name := frenchPlace(code)
	return article(code, name) + name
}

// ofFrench is the name after de.
func ofFrench(code string) string {
	name := frenchPlace(code)
	switch a := article(code, name); a {
	case "le ":
		return "du " + name
	case "les ":
		return "des " + name
	case "":
		if strings.ContainsRune("AEÉIÎOUH", []rune(name)[0]) {
			return "d’" + name
		}
		return "de " + name
	default:
		return "de " + a + name
	}
}

func whoFrench(code string) actor {
	switch code {
	case "EUE":
		return actor{"l’Union européenne", "elle", "e"}
	case "VAT", kosovo:
		return actor{theFrench(code), "il", ""}
	}
	return actor{"l’État", "il", ""}
}

// ofTheFrench and toTheFrench put de and à before a name with its article.
func ofTheFrench(name string) string {
	if rest, ok := strings.CutPrefix(name, "le "); ok {
		return "du " + rest
	}
	return "de " + name
}

func toTheFrench(name string) string {
	if rest, ok := strings.CutPrefix(name, "le "); ok {
		return "au " + rest
	}
	return "à " + name
}
