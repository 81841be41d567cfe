package icmec

import (
	"fmt"
	"strings"

	"baseline/schemas/places"
)

// worldCounts are the numbers of countries that ICMEC or those who quote it publish for an
// edition. Those of the 9th do not fit each other by up to 4 countries, so they are compared with
// a tolerance. "first four" is the category of sufficient legislation.
var worldCounts = []struct {
	review, edition, of string
	count               int
}{
	{"csam", "2018", "specific_law", 180},
	{"csam", "2018", "definition", 125},
	{"csam", "2018", "fourth", 140},
	{"csam", "2018", "fifth", 32},
	{"csam", "2018", "first four", 118},
}

const worldTolerance = 6 // countries

func (b *book) world() {
	for _, w := range worldCounts {
		if w.review != b.review || w.edition != b.edition {
			continue
		}
		got := b.met[w.of]
		if w.of == "first four" {
			got = b.first4
		}
		if got < w.count-worldTolerance || got > w.count+worldTolerance {
			b.question("world-count-differs", fmt.Sprintf("%d countries meet %s in the table, ICMEC speaks of %d", got, w.of, w.count),
				"compare a page of the table with the document: columns or marks may be mixed up", "", "")
		}
	}
}

// notSeenBefore holds an edition that no steward has released, and says what to compare: the
// counts of the report of 2021 for the same review.
func (b *book) notSeenBefore() {
	agree, total, base := 0, 0, ""
	var differ, missing []string
	for _, p := range published {
		if p.review != b.review {
			continue
		}
		total, base = total+1, p.edition
		place, _ := places.Default().Lookup(p.name)
		switch met, ok := b.codes[place.Code]; {
		case !ok:
			missing = append(missing, place.Name)
		case met == p.met:
			agree++
		default:
			differ = append(differ, fmt.Sprintf("%s %d instead of %d", place.Name, met, p.met))
		}
	}
	text := fmt.Sprintf("edition %s of the review %s was not released yet: %d of %d counts agree with those that the report of 2021 prints from edition %s",
		b.edition, b.review, agree, total, base)
	if len(differ) > 0 {
		text += "; differing: " + strings.Join(differ, ", ")
	}
	if len(missing) > 0 {
		text += "; without a row: " + strings.Join(missing, ", ")
	}
	b.hold("edition-not-seen-before", text,
		"compare the rows with the document and with the published scores; then add the edition and its SHA-256 to released.csv of this source", "", "")
}
