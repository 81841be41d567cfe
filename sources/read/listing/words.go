package listing

import "strings"

// The words of pages that the reader knows, beside names of places and the classes of
// a Want. All are compared in lower case.
var (
	// Words of a heading or a label that say that names of states follow.
	countryLabels = wordSet("country", "countries", "state", "member state", "member states", "country/territory", "country or territory",
		"country / territory", "country/region", "nation", "jurisdiction", "pays", "land", "état", "état membre", "country name", "location", "territory", "name of country", "member country")
	organisationLabels = wordSet("organisation", "organization", "organisations", "organizations", "institution", "institutions", "member", "members", "hotline",
		"hotlines", "listed hotline(s)", "hotline(s)", "helpline", "helplines", "name", "ombudsperson", "ombudsman", "office", "member organisation", "member organization", "member institution", "agency", "body", "centre", "center", "institution name", "organisation name", "nom", "org")
	classLabels = wordSet("class", "status", "category", "type", "membership", "membership type", "membership status", "type of membership", "statut", "member type", "level", "kind", "role")
	linkLabels  = wordSet("website", "web site", "web", "url", "link", "links", "report", "listed report link", "report link", "site", "homepage", "visit website", "visit site", "more", "read more", "contact", "e-mail", "email", "mail", "page", "profile", "href")
	noteLabels  = wordSet("joined", "since", "year", "member since", "date", "accession", "date of accession", "year of accession", "joined in", "notes", "note", "address", "phone", "telephone", "tel", "fax", "remarks", "comment", "city", "person", "contact person")
	// Words of a heading over parts of one list that say nothing but where on Earth.
	geographic = wordSet("europe", "africa", "asia", "america", "americas", "oceania", "pacific", "caribbean", "latin", "north", "south", "east", "west", "central",
		"northern", "southern", "eastern", "western", "middle", "sub-saharan", "south-east", "southeast", "mena", "eu", "non-eu", "nordic", "baltic", "balkans", "caucasus",
		"and", "the", "&", "of", "in", "region", "regions", "countries", "states", "australia", "arab", "gulf")
	// Words of headings over lists that lead elsewhere.
	chrome = []string{"language", "languages", "choose your", "select your", "select a", "select country", "choose a country", "change country", "navigation",
		"menu", "cookie", "cookies", "news", "latest", "related", "share", "follow us", "our offices", "field offices", "other sites", "search", "filter", "ships to", "shipping",
		"langue", "langues", "international sites", "partner sites", "local sites", "our websites", "events", "vacancies", "sitemap", "site map", "your country", "worldwide sites", "privacy", "read more", "see also", "quick links", "legal", "in the press", "time zone", "phone code"}
	// Words of headings over the list that is meant, on many pages.
	telling = []string{"member", "members", "membership", "participating", "signatories", "parties", "network", "governments", "countries", "hotlines", "helplines", "states", "portals", "centres", "centers", "directory", "map", "institutions", "membres", "pays"}
	// Rows that sum up.
	totals = wordSet("total", "totals", "sum", "all", "grand total", "total:", "all countries", "overall", "world", "number of members", "total members")
	// Texts that say that an entry has nothing.
	nothing = wordSet("not listed", "none", "n/a", "na", "no member", "no members", "not a member", "no hotline", "-", "–", "—", "no data", "nil", "vacant", "none listed")
	// Words that form names of states and nothing else, so that what they make up in
	// brackets belongs to the name.
	formWords = wordSet("republic", "kingdom", "state", "states", "federated", "plurinational", "bolivarian", "islamic", "democratic", "people's", "peoples", "people’s",
		"federal", "federation", "grand", "duchy", "principality", "united", "socialist", "arab", "sultanate", "commonwealth", "union", "special", "administrative", "region", "of", "the", "and", "co-operative", "hashemite", "confederation",
		"rep", "dem", "fed", "fyr", "former", "yugoslav")
	// Names that several places share, so that what stands in brackets after them may
	// tell which. Only listed forms count for them.
	shared = wordSet("congo", "guinea", "korea", "sudan", "samoa", "saint martin", "micronesia", "virgin islands", "ireland", "china", "yemen", "macedonia", "dominica")
	// Those of them after which a comma or a dash, too, may tell which.
	sharedBeforeComma = wordSet("congo", "guinea", "korea", "sudan", "samoa", "saint martin", "micronesia", "virgin islands", "yemen", "macedonia")
	// Words with which a note on an entry begins.
	noteStarts = []string{"joined", "since", "member since", "from", "until", "founded", "founding", "as of", "not ", "also ", "via ", "see ", "including", "formerly", "until ", "suspended", "observer", "candidate", "pending", "left", "provisional", "temporarily"}
	// Labels before a contact. They count with a colon or a number behind them:
	// "Telefono Azzurro" is an institution.
	contactLabels = []string{"tel", "phone", "telephone", "fax", "e-mail", "email", "mail", "address", "website", "web", "url", "call", "mobile", "contact", "hotline", "helpline"}
	// How other lines begin that are no institution.
	detailStarts = []string{"www.", "http", "p.o. box", "po box", "visit website", "visit site", "visit page", "read more", "more info", "learn more", "report here", "report now", "last updated", "profile last"}
	// Kinds of institutions that are labels only with a colon or in the header of a table.
	weakLabels = wordSet("ombudsperson", "ombudsman", "office", "hotline", "helpline", "centre", "center", "agency", "body", "institution", "hotlines", "helplines", "land", "contact", "person", "nation", "city", "nom", "org", "site", "page", "kind", "role", "level", "tel", "more")
)

func wordSet(words ...string) map[string]bool {
	set := make(map[string]bool, len(words))
	for _, w := range words {
		set[w] = true
	}
	return set
}

// isLabel reports whether s, without a colon at its end, is one of the labels.
func isLabel(s string, labels map[string]bool) bool {
	if len(s) > 40 {
		return false
	}
	return labels[strings.ToLower(strings.TrimSpace(strings.TrimRight(s, ":* ")))]
}

// anyLabel reports whether s is a label of whichever kind.
func anyLabel(s string) bool {
	return len(s) <= 40 && (isLabel(s, countryLabels) || isLabel(s, organisationLabels) || isLabel(s, classLabels) || isLabel(s, linkLabels) || isLabel(s, noteLabels))
}

// neutral reports whether a heading only sorts one list: by letter or by region.
func neutral(s string) bool {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == ',' || r == '/' || r == '(' || r == ')' || r == ':' })
	if len(words) == 0 {
		return true
	}
	letters := true
	for _, w := range words {
		letters = letters && len([]rune(w)) <= 1 || w == "a-z" || len([]rune(w)) == 3 && strings.ContainsAny(w, "-–")
	}
	if letters {
		return true
	}
	for _, w := range words {
		if !geographic[w] && strings.Trim(w, "0123456789.-") != "" {
			return false
		}
	}
	return true
}

// mentions reports whether one of the phrases stands in s at borders of words.
func mentions(s string, phrases []string) bool {
	low := strings.ToLower(s)
	for _, p := range phrases {
		if wordsIn(low, p) >= 0 {
			return true
		}
	}
	return false
}

// wordsIn returns where phrase stands in s between borders of words, or -1. Both are
// in lower case.
func wordsIn(s, phrase string) int {
	for from := 0; phrase != ""; {
		i := strings.Index(s[from:], phrase)
		if i < 0 {
			return -1
		}
		i += from
		if !letterBefore(s, i) && !letterAfter(s, i+len(phrase)) {
			return i
		}
		from = i + 1
	}
	return -1
}
