package places

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Suggestion is a place that an unknown spelling may mean.
type Suggestion struct {
	Place    Place
	Spelling string  // the listed spelling that is nearest
	Score    float64 // 0 to 1, for ranking only: no score makes a suggestion a fact
}

// Suggest returns the n places whose listed spellings are nearest to s, best
// first, each place once, equal scores in the order of the codes. It is for a
// person to choose from.
func (r *Registry) Suggest(s string, n int) []Suggestion {
	asked := wordsOf(s)
	if len(asked) == 0 || n <= 0 {
		return nil
	}
	best := map[string]Suggestion{}
	for _, known := range r.listed {
		score := nearness(asked, wordsOf(known.text))
		if old, ok := best[known.code]; !ok || score > old.Score {
			best[known.code] = Suggestion{Place: r.places[known.code], Spelling: known.text, Score: score}
		}
	}
	all := make([]Suggestion, 0, len(best))
	for _, code := range r.codes {
		if b, ok := best[code]; ok && b.Score > 0 {
			all = append(all, b)
		}
	}
	slices.SortStableFunc(all, func(a, b Suggestion) int { return cmp.Compare(b.Score, a.Score) })
	return all[:min(n, len(all))]
}

// shortForms are abbreviations in names of states, and words that say nothing
// about which state is meant.
var shortForms = map[string]string{
	"st": "saint", "ste": "saint", "rep": "republic", "dem": "democratic", "fed": "federation",
	"is": "islands", "isl": "islands", "the": "", "of": "", "and": "", "uk": "united kingdom", "usa": "united states america",
}

// forms of government stand in many names and tell few states apart.
var forms = []string{"republic", "democratic", "people", "peoples", "kingdom", "state", "states", "federated", "islamic", "arab", "federation"}

// wordsOf returns the words of a spelling in lower case, without diacritics.
func wordsOf(s string) []string {
	bare := strings.Map(func(c rune) rune {
		switch {
		case unicode.Is(unicode.Mn, c):
			return -1
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			return c
		case c == '\'' || c == '\u2019' || c == '\u02bc':
			return -1
		default:
			return ' '
		}
	}, norm.NFD.String(strings.ToLower(s)))
	var words []string
	for _, w := range strings.Fields(bare) {
		if long, ok := shortForms[w]; ok {
			words = append(words, strings.Fields(long)...)
			continue
		}
		words = append(words, w)
	}
	return words
}

// nearness blends three views: letters in order, runs of three letters wherever
// they stand, and words in any order.
func nearness(a, b []string) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	whole, other := strings.Join(a, " "), strings.Join(b, " ")
	if whole == other {
		return 1
	}
	return 0.3*likeness([]rune(whole), []rune(other)) + 0.2*sharedTrigrams(whole, other) + 0.5*wordLikeness(a, b)
}

// likeness is 1 minus the share of letters to change, with a swap of two
// neighbours as one change.
func likeness(a, b []rune) float64 {
	before, last, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			next[j] = min(last[j]+1, next[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, last, next = last, next, before
	}
	return 1 - float64(last[len(b)])/float64(max(len(a), len(b)))
}

// sharedTrigrams is Dice's coefficient over runs of three letters.
func sharedTrigrams(a, b string) float64 {
	count := map[[3]rune]int{}
	x, y := []rune("  "+a+" "), []rune("  "+b+" ")
	for i := range len(x) - 2 {
		count[[3]rune(x[i:i+3])]++
	}
	shared := 0
	for i := range len(y) - 2 {
		if k := [3]rune(y[i : i+3]); count[k] > 0 {
			count[k]--
			shared++
		}
	}
	return 2 * float64(shared) / float64(len(x)+len(y)-4)
}

// wordLikeness finds for each word its nearest on the other side, and weighs the
// words by their length. A word that begins the other counts as most of it.
func wordLikeness(a, b []string) float64 {
	oneWay := func(from, to []string) float64 {
		sum, weight := 0.0, 0.0
		for _, w := range from {
			nearest := 0.0
			for _, v := range to {
				l := likeness([]rune(w), []rune(v))
				if min(len(w), len(v)) >= 4 && (strings.HasPrefix(w, v) || strings.HasPrefix(v, w)) {
					l = max(l, 0.85)
				}
				nearest = max(nearest, l)
			}
			size := float64(len(w))
			if slices.Contains(forms, w) {
				size /= 4
			}
			sum += nearest * size
			weight += size
		}
		return sum / weight
	}
	return 0.6*oneWay(a, b) + 0.4*oneWay(b, a)
}
