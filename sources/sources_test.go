package sources_test

import (
	"slices"
	"strings"
	"testing"

	"baseline/schemas"
	"baseline/sources"
	"baseline/sources/source"
)

// Where several sources may speak of one fact, somebody must have decided whom to
// follow.
func TestEverySharedDatasetHasAnOrderOfTrust(t *testing.T) {
	of := map[string][]string{}
	for _, s := range sources.All() {
		about := s.About()
		if about.Edition != "" {
			continue // the record of an edition stands alone
		}
		for _, name := range about.Datasets {
			of[name] = append(of[name], about.ID)
		}
	}
	for name, ids := range of {
		d := schemas.Named(name)
		if d == nil {
			t.Errorf("%s write a dataset %q, which there is not", strings.Join(ids, ", "), name)
			continue
		}
		for _, id := range ids {
			if len(ids) > 1 && d.Trusted(id) == len(d.Trust) {
				t.Errorf("%s is read by %s; its order of trust %q does not place %s", name, strings.Join(ids, ", "), d.Trust, id)
			}
		}
	}
	for _, d := range schemas.Facts {
		for _, id := range d.Trust {
			if id != schemas.AnySource && !slices.Contains(of[d.Name], id) {
				t.Errorf("%s trusts %s, which does not say that it writes it", d.Name, id)
			}
		}
	}
}

func TestSourcesAreWhatTheySay(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources.All() {
		about := s.About()
		if seen[about.ID] {
			t.Errorf("two sources are called %s", about.ID)
		}
		seen[about.ID] = true
		asked := map[string]bool{}
		for _, r := range s.Requests(source.Plan{}) {
			if asked[r.ID] {
				t.Errorf("%s asks twice for %s", about.ID, r.ID)
			}
			asked[r.ID] = true
			for _, a := range r.Addresses {
				if !strings.HasPrefix(a, "https://") {
					t.Errorf("%s, %s: the address %q is not https", about.ID, r.ID, a)
				}
			}
			if !slices.Contains([]string{"pdf", "html", "json", "csv", "text"}, r.Media) {
				t.Errorf("%s, %s: media %q", about.ID, r.ID, r.Media)
			}
		}
		for _, b := range about.Bounds {
			if !slices.Contains(about.Datasets, b.Dataset) || b.MinRows > b.MaxRows {
				t.Errorf("%s: bound %+v", about.ID, b)
			}
		}
		for _, c := range about.Caveats {
			if !slices.Contains(about.Datasets, c.Dataset) {
				t.Errorf("%s: a caveat on %s, which it does not write", about.ID, c.Dataset)
			}
		}
		if l := about.Listing; l != nil {
			for _, c := range l.Classes {
				if !slices.Contains(schemas.MembershipClasses, c.Class) {
					t.Errorf("%s: class %q", about.ID, c.Class)
				}
			}
			if l.MinUnderstood <= 0 || l.MinUnderstood > 1 || l.MinStates <= 0 || l.MinStates > l.MaxStates {
				t.Errorf("%s: bounds of its listing: %+v", about.ID, *l)
			}
		}
	}
}
