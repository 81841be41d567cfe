package listing

import (
	"fmt"
	"maps"
	"math/rand"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// everyWrapping calls f for each wrapping with its facts, in the order of their names.
func everyWrapping(t *testing.T, f func(t *testing.T, wrap func([]fact) string, facts []fact)) {
	for _, institutions := range []bool{true, false} {
		all := wrappings
		if !institutions {
			all = bareWrappings
		}
		facts := facts60(institutions)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			t.Run(name, func(t *testing.T) { f(t, all[name], facts) })
		}
	}
}

func sameKeys(t *testing.T, what, page string, want []string) {
	t.Helper()
	r, err := Read([]byte(page), fullOrAssociate)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	got := keysOf(r)
	if missing, extra := diff(want, got); len(missing)+len(extra) > 0 || len(got) != len(want) {
		t.Errorf("%s: %d records of %d\nmissing %q\nextra   %q", what, len(got), len(want), missing, extra)
	}
}

var menuStates = strings.Split("Albania Andorra Armenia Austria Azerbaijan Belgium Bulgaria Croatia Cyprus Czechia Denmark Estonia Finland France Georgia Germany Greece Hungary Iceland Ireland Italy Latvia Liechtenstein Lithuania Luxembourg Malta Monaco Montenegro Netherlands Norway Poland Portugal Romania Serbia Slovakia Slovenia Spain Sweden Switzerland Türkiye Ukraine", " ")

func items(states []string, form string) string {
	return each(states, func(s string) string { return fmt.Sprintf(form, s) })
}

// noise goes before or after a list and must not matter.
var noise = map[string]struct {
	text   string
	before bool // goes to the front of the body, otherwise to its end
}{
	"navigation":           {"<nav class=n><ul>" + items(menuStates, "<li><a href=/c>%s</a></li>") + "</ul></nav>", true},
	"menu without a nav":   {"<div><ul>" + items(menuStates, "<li><a href=/c>%s</a></li>") + "</ul></div>", true},
	"header with drop":     {"<header><form><label>Country</label><select>" + items(menuStates, "<option>%s</option>") + "</select></form></header>", true},
	"language menu":        {"<div><h2>Choose your country and language</h2><ul>" + items(menuStates, "<li><a href=/l>%s</a></li>") + "</ul></div>", false},
	"language menu, local": {"<div role=dialog><p>Select your country</p><ul><li>Deutschland</li><li>Österreich</li><li>Suisse</li><li>Belgique</li><li>France</li><li>Italia</li></ul></div>", true},
	"cookie box":           {"<div role=dialog><h2>Cookies</h2><p>We transfer data to the United States, Canada and Japan.</p><button>Accept</button></div>", true},
	"cookie prose":         {"<div><p>We use cookies and share data with partners in France, Germany, Ireland and the United Kingdom as our policy says.</p></div>", false},
	"news teasers":         {"<section><h2>News</h2><article><h3>Albania</h3><p>A new helpline opens.</p></article><article><h3>Moldova</h3><p>Training in Chisinau.</p></article><article><h3>Ukraine</h3><p>Support goes on.</p></article></section>", false},
	"news sentence":        {"<p>Delegates from Albania, Moldova and Ukraine met in Strasbourg.</p>", false},
	"footer":               {"<footer><p>Offices</p><ul>" + items(menuStates[:12], "<li>%s</li>") + "</ul></footer>", false},
	"shorter list":         {"<h2>Observers</h2><ul>" + items([]string{"Canada", "Japan", "Mexico", "Israel"}, "<li>%s</li>") + "</ul>", false},
	"shorter table":        {"<h2>Upcoming visits</h2><table><tr><th>Country</th><th>Date</th></tr>" + items(menuStates[:6], "<tr><td>%s</td><td>2026</td></tr>") + "</table>", false},
	"script of a map":      {"<script>var geo = [" + items(menuStates, "{\"name\":\"%s\",\"lat\":1.5},") + "];</script>", false},
	"phone codes":          {"<aside><h4>Phone codes</h4><select>" + items(menuStates, "<option>%s (+41)</option>") + "</select></aside>", false},
}

// withNoise puts noise into a page, also into the HTML inside JSON.
func withNoise(page, name string) string {
	n := noise[name]
	if page[0] == '{' {
		n.text = strings.Trim(strings.ReplaceAll(strings.ReplaceAll(n.text, `"`, `\"`), "\n", " "), " ")
		if n.before {
			return strings.Replace(page, `"rendered":"\n`, `"rendered":"`+n.text+`\n`, 1)
		}
		return strings.Replace(page, `\u003c/div\u003e"`, `\u003c/div\u003e`+n.text+`"`, 1)
	}
	if n.before {
		return strings.Replace(page, "<body>", "<body>"+n.text, 1)
	}
	return strings.Replace(page, "</body>", n.text+"</body>", 1)
}

func TestNoiseChangesNothing(t *testing.T) {
	everyWrapping(t, func(t *testing.T, wrap func([]fact) string, facts []fact) {
		page, want := wrap(facts), keysOfFacts(facts)
		all := page
		for name := range noise {
			noisy := withNoise(page, name)
			if noisy == page {
				t.Fatalf("%s did not get into the page", name)
			}
			sameKeys(t, name, noisy, want)
		}
		for _, name := range []string{"navigation", "cookie box", "news teasers", "footer", "shorter list"} {
			all = withNoise(all, name)
		}
		sameKeys(t, "all of it", all, want)
	})
}

func TestRemovingOneRemovesExactlyIt(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	everyWrapping(t, func(t *testing.T, wrap func([]fact) string, facts []fact) {
		for range 6 {
			i := rng.Intn(len(facts))
			fewer := slices.Delete(slices.Clone(facts), i, i+1)
			sameKeys(t, "without "+facts[i].key(), wrap(fewer), keysOfFacts(fewer))
		}
	})
}

// A shuffled list has no order to lean on.
func TestOrderDoesNotMatter(t *testing.T) {
	rng := rand.New(rand.NewSource(2))
	everyWrapping(t, func(t *testing.T, wrap func([]fact) string, facts []fact) {
		mixed := slices.Clone(facts)
		rng.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		sameKeys(t, "shuffled", wrap(mixed), keysOfFacts(mixed))
	})
}

// scramble renames all classes and ids, adds some, and permutes attributes.
func scramble(rng *rand.Rand, page string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return b.String()
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			b.Write(z.Raw())
			continue
		}
		tok := z.Token()
		attrs := slices.DeleteFunc(tok.Attr, func(a html.Attribute) bool { return a.Key == "class" || a.Key == "id" })
		random := func() string { return fmt.Sprintf("%c%x", 'a'+rng.Intn(26), rng.Int63()) }
		for _, key := range []string{"class", "id", "data-" + random()} {
			if rng.Intn(2) == 0 {
				attrs = append(attrs, html.Attribute{Key: key, Val: random() + " nav menu footer"})
			}
		}
		rng.Shuffle(len(attrs), func(i, j int) { attrs[i], attrs[j] = attrs[j], attrs[i] })
		tok.Attr = attrs
		b.WriteString(tok.String())
	}
}

func TestClassesIdsAndOrderOfAttributesDoNotMatter(t *testing.T) {
	rng := rand.New(rand.NewSource(3))
	everyWrapping(t, func(t *testing.T, wrap func([]fact) string, facts []fact) {
		page := wrap(facts)
		if page[0] == '{' {
			t.Skip("tags lie within a string of JSON; the wrappings beside it cover them")
		}
		for range 3 {
			sameKeys(t, "scrambled", scramble(rng, page), keysOfFacts(facts))
		}
	})
}

func TestBlanksDoNotMatter(t *testing.T) {
	rng := rand.New(rand.NewSource(4))
	betweenTags := regexp.MustCompile(`>\s*<`)
	everyWrapping(t, func(t *testing.T, wrap func([]fact) string, facts []fact) {
		page := wrap(facts)
		if page[0] == '{' || strings.Contains(page, "<script") {
			t.Skip("blanks within strings of a script are no blanks of the page")
		}
		var b strings.Builder
		inTag := false
		for _, r := range page {
			switch r {
			case '<':
				inTag = true
			case '>':
				inTag = false
			}
			if r == ' ' && !inTag {
				b.WriteString([]string{" ", "  ", "\n\t", "&nbsp;", "\u00a0 ", " \u200b"}[rng.Intn(6)])
				continue
			}
			b.WriteRune(r)
		}
		sameKeys(t, "more blanks", b.String(), keysOfFacts(facts))
		sameKeys(t, "blanks between tags", betweenTags.ReplaceAllString(page, ">\n  <"), keysOfFacts(facts))
	})
}

// However the bytes are cut, a page that lost part of its list never counts as read to
// its end, and no record comes out that the whole page does not have.
func TestCutPagesNeverEnd(t *testing.T) {
	everyWrapping(t, func(t *testing.T, wrap func([]fact) string, facts []fact) {
		page := wrap(facts)
		step := len(page)/97 + 1
		for cut := len(page) - len("</body></html>") - 1; cut > 0; cut -= step {
			r, err := Read([]byte(page[:cut]), fullOrAssociate)
			if err == nil && r.Ended {
				t.Fatalf("cut at byte %d of %d: ended, with %d records", cut, len(page), len(r.Records))
			}
		}
	})
}

// A state that nobody knows takes its institutions along: no record of another state
// comes out, and the share of what was understood says so.
func TestUnknownStateIsLeftWithAllOfItsOwn(t *testing.T) {
	rng := rand.New(rand.NewSource(8))
	check := func(t *testing.T, page string, want []string) {
		t.Helper()
		r, err := Read([]byte(page), fullOrAssociate)
		if err != nil {
			t.Error(err)
			return
		}
		if missing, extra := diff(want, keysOf(r)); len(missing)+len(extra) > 0 {
			t.Errorf("missing %q, extra %q, left %v", missing, extra, r.Left)
		}
		if r.Share() == 1 || !slices.ContainsFunc(r.Left, func(l Left) bool { return strings.Contains(l.Text, "Atlantis") }) {
			t.Errorf("share %g, and of Atlantis nothing is said: %v", r.Share(), r.Left)
		}
	}
	strange := func(facts []fact, i int) (page, known []fact) {
		page = slices.Clone(facts)
		page[i].name, page[i].part = "Atlantis", ""
		return page, slices.Delete(slices.Clone(facts), i, i+1)
	}
	everyWrapping(t, func(t *testing.T, wrap func([]fact) string, facts []fact) {
		for i := range facts {
			page, known := strange(facts, i)
			check(t, wrap(page), keysOfFacts(known))
		}
	})
	t.Run("random layouts", func(t *testing.T) {
		for range 200 {
			page, known := strange(facts60(true), 1+rng.Intn(58))
			check(t, randomLayout(rng).page(page), keysOfFacts(known))
		}
	})
}
