package soft

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"
)

// small are words that every text of a language has, and few texts of others.
var small = map[string][]string{
	"en": strings.Fields("the of and to is are was were that this with for from by on be has have which not or its their our you we it"),
	"fr": strings.Fields("le la les des du et est sont une dans pour qui que sur avec par ce cette aux ne pas nous vous leur ses ou l d qu"),
	"de": strings.Fields("der die das und ist sind ein eine den dem des mit für von zu auf nicht sich wir sie im zur zum oder auch werden wird"),
	"es": strings.Fields("el los las y es son una para que con por del en se al su sus como más esta este o no lo"),
	"it": strings.Fields("il gli le e è sono una per che con del della dei delle nel nella si al alla di da non questo questa"),
	"pt": strings.Fields("o os as e é são uma para que com por do da dos das em no na se ao mais não esta este"),
	"nl": strings.Fields("de het een en van is zijn met voor op te dat die niet aan ook door wij worden bij naar"),
	"ro": strings.Fields("și este sunt o un pentru care cu din la în pe nu sau mai ale ai al lui prin ca"),
	"pl": strings.Fields("i w na z jest są do dla że nie się o oraz przez od po jak lub ich które"),
	"sv": strings.Fields("och är en ett att för av som med på till inte den det de har om vi från"),
	"no": strings.Fields("og er en et å for av som med på til ikke den det de har om vi fra i"),
	"da": strings.Fields("og er en et at for af som med på til ikke den det de har om vi fra i"),
	"tr": strings.Fields("ve bir bu için ile olarak olan da de en çok daha gibi veya"),
	"ru": strings.Fields("и в на с не что по для от из к о это как или при их все"),
	"uk": strings.Fields("і в на з не що по для від із до про це як або та у є"),
	"el": strings.Fields("και το η ο των την της του στο με για από που είναι τα οι να"),
	"sq": strings.Fields("dhe e i të në me për nga që është një janë së si kjo"),
}

// foreign looks for a page that is in another language, and says so. What it declares alone
// is often that of the site's frame: its words must be of that language too. A page that
// declares nothing must have many.
func (p *page) foreign(want, header string) (code, text string) {
	if want == "" {
		want = "en"
	}
	wanted, known := base(want)
	if !known {
		return "", ""
	}
	declared, ok := base(p.lang)
	if !ok && !strings.Contains(header, ",") {
		declared, ok = base(header)
	}
	counts, words := p.words()
	switch {
	case ok && declared == wanted:
		return "", ""
	case !ok:
		for _, l := range []string{"fr", "de", "es", "it", "pl", "ru", "uk", "el", "tr"} {
			if l != wanted && small[wanted] != nil && counts[l] >= 20 && counts[l] >= 5*counts[wanted] {
				return "another-language", fmt.Sprintf("the page is in another language (%s) than the one asked for (%s)", l, wanted)
			}
		}
		return "", ""
	case small[declared] == nil:
		if words < 30 || counts[wanted]*20 > words {
			return "", ""
		}
	case counts[declared] < 2 || counts[declared] <= counts[wanted]:
		return "", ""
	}
	return "another-language", fmt.Sprintf("the page says that it is in another language (%s) than the one asked for (%s)", declared, wanted)
}

// words counts the small words of each language on the page, and all words.
func (p *page) words() (counts map[string]int, all int) {
	counts = map[string]int{}
	for _, w := range strings.FieldsFunc(strings.ToLower(p.text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		all++
		for l, list := range small {
			if slices.Contains(list, w) {
				counts[l]++
			}
		}
	}
	return counts, all
}

// base is the language itself, such as en for en-GB and eng. What is no language passes.
func base(tag string) (string, bool) {
	first, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(tag)), "_", "-"), "-")
	b, err := language.ParseBase(first)
	if err != nil || slices.Contains([]string{"und", "mul", "zxx", "mis"}, b.String()) {
		return "", false
	}
	return b.String(), true
}
