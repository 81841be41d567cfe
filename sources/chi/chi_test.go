package chi_test

import (
	"slices"
	"strings"
	"testing"

	"baseline/schemas/places"
	"baseline/sources/chi"
	"baseline/sources/membership/membertest"
	"baseline/sources/sourcetest"
)

// The directory was never seen. This one is made up, of the size that the publisher
// names: a helpline in each of 130 states, and second ones in some.
func helplines() []membertest.Member {
	all := []membertest.Member{
		{State: "Egypt", Organisation: "Child Helpline Egypt", Link: "https://childhelplineinternational.org/egypt-child-helpline-egypt/", Note: "Tel. 16000"},
		{State: "Spain", Organisation: "Fundación ANAR", Link: "/spain-anar/", Note: "Tel. 116 111, 900 20 20 10"},
		{State: "Iraq", Organisation: "116 Helpline", Note: "Tel. 116"},
	}
	seen := []string{"EGY", "ESP", "IRQ"}
	for _, p := range places.Default().Places() {
		if p.Kind == "state" && !p.Former && !slices.Contains(seen, p.Code) && len(all) < 130 {
			all = append(all, membertest.Member{State: p.Name, Organisation: "Made-up Line of " + p.Code, Note: "Tel. 116 111"})
		}
	}
	for _, i := range []int{20, 10, 5} {
		second := all[i]
		second.Organisation, second.Note = "Second "+second.Organisation, "Tel. 0800 123 456"
		all = slices.Insert(all, i+1, second)
	}
	return all
}

func wanted(all []membertest.Member) []string {
	var out []string
	for _, m := range all {
		out = append(out, m.State+"|"+m.Organisation+"|member||"+m.Note)
	}
	return out
}

func page(wrap membertest.Wrap, all []membertest.Member) membertest.Page {
	return membertest.Page{Title: "Helplines | Child Helpline International", Wrap: wrap, Sections: []membertest.Section{{Heading: "Our members", Members: all}}}
}

func TestWrappings(t *testing.T) {
	all := helplines()
	if len(all) != 133 {
		t.Fatalf("%d helplines", len(all))
	}
	for _, wrap := range membertest.Wraps {
		reading := sourcetest.Read(t, chi.New(), "helplines", page(wrap, all).HTML())
		want := wanted(all)
		got := membertest.Rows(reading)
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				t.Fatalf("%s: %d rows, want %d; row %d is %q, want %q", wrap, len(got), len(want), i, got[i:min(i+1, len(got))], want[i:min(i+1, len(want))])
			}
		}
		if f := membertest.Findings(reading); len(f) > 0 || !reading.Parts[0].Complete || reading.Parts[0].Name() != "network=chi" {
			t.Errorf("%s: %s complete %v, findings %q", wrap, reading.Parts[0].Name(), reading.Parts[0].Complete, f)
		}
	}
}

func TestDamage(t *testing.T) {
	all := helplines()
	for _, wrap := range membertest.Wraps {
		p := page(wrap, all)
		good := string(p.HTML())
		t.Run(string(wrap), func(t *testing.T) {
			sourcetest.Survives(t, chi.New(), "helplines", p.HTML(), map[string][]byte{
				"label missing": p.WithoutHeadings(), "columns swapped": p.Swapped(), "one more column": p.Wider(),
				"half the list": p.Half(), "empty list": p.Empty(), "title missing": p.Untitled(),
				"first hundred only":  page(wrap, all[:100]).HTML(),
				"a name not known":    []byte(strings.Replace(good, "Iraq", "Aegyptia", 1)),
				"network of the past": []byte(strings.ReplaceAll(good, "Child Helpline International", "Helplines of the world")),
			})
		})
	}
}
