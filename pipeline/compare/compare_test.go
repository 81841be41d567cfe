package compare_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/compare"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
	"baseline/sources/source"
)

var asOf = time.Date(2021, 4, 20, 0, 0, 0, 0, time.UTC)

// treaty is a row of treaty_status; consent may be "".
func treaty(t *testing.T, treaty, iso3, status, consent string) schemas.Row {
	t.Helper()
	day, err := schemas.Parse(schemas.Date, consent)
	if err != nil {
		t.Fatal(err)
	}
	return row(t, &schemas.TreatyStatus, schemas.Cells{
		"treaty": schemas.Str(treaty), "iso3": schemas.Str(iso3), "published_name": schemas.Str("name of " + iso3),
		"status": schemas.Str(status), "consent": day,
	})
}

func reports(t *testing.T, year int64, place string, n int64) schemas.Row {
	return row(t, &schemas.CybertipReports, schemas.Cells{
		"year": schemas.Num(year), "place": schemas.Str(place), "line": schemas.Num(1), "published_name": schemas.Str(place), "reports": schemas.Num(n),
	})
}

func row(t *testing.T, d *schemas.Dataset, cells schemas.Cells) schemas.Row {
	t.Helper()
	r, err := d.Row(cells)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// snap makes a snapshot of rows of one dataset, in parts by the dataset's first key
// column.
func snap(d *schemas.Dataset, complete bool, columns, universe []string, rows ...schemas.Row) *snapshot.Snapshot {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, d.CompareKeys)
	s := &snapshot.Snapshot{Tables: map[string][]schemas.Row{d.Name: rows}}
	var seen []schemas.Value
	for _, r := range rows {
		if v := r.Values[0]; !slices.Contains(seen, v) {
			seen = append(seen, v)
			s.Parts = append(s.Parts, snapshot.Part{Part: source.Part{
				Dataset: d.Name, Key: []source.Pin{{Column: d.Key[0], Value: v}}, Complete: complete, Columns: columns, Universe: universe,
			}, Confirmed: complete})
		}
	}
	return s
}

func brief(c schemas.Comparison) []string {
	var list []string
	for _, x := range c.Changes {
		s := fmt.Sprintf("%s %s %s", x.Kind, x.Key, x.Cause)
		for _, d := range x.Columns {
			s += fmt.Sprintf(" %s:%s>%s", d.Column, d.Old, d.New)
		}
		list = append(list, s)
	}
	return list
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %q\nwant\n  %q", got, want)
	}
}

func TestRevisedOnlyInColumnsThatBothRecord(t *testing.T) {
	older := snap(&schemas.TreatyStatus, true, []string{"treaty", "iso3", "status"}, nil,
		treaty(t, "ETS185", "SWE", "signed", ""), treaty(t, "ETS185", "FRA", "party", ""))
	newer := snap(&schemas.TreatyStatus, true, nil, nil,
		treaty(t, "ETS185", "SWE", "party", "2021-04-28"), treaty(t, "ETS185", "FRA", "party", "2006-01-10"))
	got := compare.Snapshots(older, newer, asOf)
	// France's date is new to us, not to the world.
	same(t, brief(got), []string{"revised ETS185/SWE source status:signed>party"})
	if since := got.Changes[0].Since.String(); since != "2021-04-28" {
		t.Errorf("since %q", since)
	}
}

func TestWithdrawnOnlyFromCompleteLists(t *testing.T) {
	older := snap(&schemas.TreatyStatus, true, nil, nil, treaty(t, "ETS185", "SMR", "party", ""), treaty(t, "ETS185", "FRA", "party", ""))
	whole := snap(&schemas.TreatyStatus, true, nil, nil, treaty(t, "ETS185", "FRA", "party", ""))
	same(t, brief(compare.Snapshots(older, whole, asOf)), []string{"withdrawn ETS185/SMR source status:party>"})

	half := snap(&schemas.TreatyStatus, false, nil, nil, treaty(t, "ETS185", "FRA", "party", ""))
	got := compare.Snapshots(older, half, asOf)
	same(t, brief(got), nil)
	if len(got.Unknown) != 1 || got.Unknown[0].Key != "ETS185/SMR" {
		t.Errorf("unknown: %v", got.Unknown)
	}
}

func TestPartThatNobodyReadsIsNotWithdrawn(t *testing.T) {
	older := snap(&schemas.TreatyStatus, true, nil, nil, treaty(t, "CRC", "FRA", "party", ""), treaty(t, "OPSC", "FRA", "party", ""))
	newer := snap(&schemas.TreatyStatus, true, nil, nil, treaty(t, "CRC", "FRA", "party", ""))
	got := compare.Snapshots(older, newer, asOf)
	same(t, brief(got), nil)
	same(t, got.NotRead, []string{"treaty_status treaty=OPSC"})
}

func TestNewYearIsNewsForTheStatesOfTheOlderTables(t *testing.T) {
	older := snap(&schemas.CybertipReports, true, nil, []string{"FRA", "SWE"}, reports(t, 2020, "FRA", 1), reports(t, 2020, "SWE", 2))
	newer := snap(&schemas.CybertipReports, true, nil, nil,
		reports(t, 2019, "FRA", 9), reports(t, 2020, "FRA", 1), reports(t, 2020, "SWE", 2), reports(t, 2020, "USA", 7), reports(t, 2021, "FRA", 3), reports(t, 2021, "USA", 8))
	got := compare.Snapshots(older, newer, asOf)
	same(t, brief(got), []string{"added 2021/FRA/1 source reports:>3"})
	if got.Outside != 2 || got.Widened != 1 { // USA twice; 2019 is older than what was there
		t.Errorf("outside %d, newly covered %d", got.Outside, got.Widened)
	}
}

func TestNewInstrumentTellsOnlyWhatHappenedSince(t *testing.T) {
	older := snap(&schemas.TreatyStatus, true, nil, []string{"ISL", "FRA"}, treaty(t, "ETS185", "ISL", "party", ""))
	newer := snap(&schemas.TreatyStatus, false, nil, nil,
		treaty(t, "ETS185", "ISL", "party", ""), treaty(t, "ETS189", "FRA", "party", "2006-01-10"), treaty(t, "ETS189", "ISL", "party", "2023-01-30"))
	got := compare.Snapshots(older, newer, asOf)
	same(t, brief(got), []string{"added ETS189/ISL source status:>party consent:>2023-01-30"})
	if got.Widened != 1 {
		t.Errorf("newly covered %d", got.Widened)
	}
}

func TestCause(t *testing.T) {
	written := snap(&schemas.TreatyStatus, true, nil, nil, treaty(t, "CRC", "FRA", "signed", ""), treaty(t, "CRC", "SWE", "signed", ""))
	again := snap(&schemas.TreatyStatus, true, nil, nil, treaty(t, "CRC", "FRA", "party", ""), treaty(t, "CRC", "SWE", "signed", ""))
	newer := snap(&schemas.TreatyStatus, true, nil, nil, treaty(t, "CRC", "FRA", "party", ""), treaty(t, "CRC", "SWE", "party", ""))
	same(t, brief(compare.WithCause(written, again, newer, asOf)), []string{
		"revised CRC/SWE source status:signed>party", "revised CRC/FRA reading status:signed>party",
	})
	same(t, brief(compare.WithCause(written, again, again, asOf)), []string{"revised CRC/FRA reading status:signed>party"})
}

// Applying the changes to the older rows gives the newer ones; a snapshot does not
// differ from itself; neither evidence nor the publisher's wording makes a change.
func TestChangesAreExactlyTheDifference(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		older, newer := randomRows(t, rng), randomRows(t, rng)
		a := snap(&schemas.TreatyStatus, true, nil, nil, older...)
		b := snap(&schemas.TreatyStatus, true, nil, nil, newer...)
		if got := compare.Snapshots(a, a, asOf); len(got.Changes) != 0 {
			t.Fatalf("round %d: a snapshot differs from itself: %q", round, brief(got))
		}
		got := apply(t, facts(a), compare.Snapshots(a, b, asOf).Changes)
		if want := facts(b); !reflect.DeepEqual(got, want) {
			t.Fatalf("round %d: got %v, want %v", round, got, want)
		}
		rng.Shuffle(len(b.Parts), func(i, k int) { b.Parts[i], b.Parts[k] = b.Parts[k], b.Parts[i] })
		var streamed schemas.Comparison
		if err := compare.Each(a, b, asOf, func(c schemas.Change) error { streamed.Changes = append(streamed.Changes, c); return nil }); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(brief(streamed), brief(compare.Snapshots(a, b, asOf))) {
			t.Fatalf("round %d: one by one, or with its parts in another order, other changes come", round)
		}
		added, gone := 0, 0
		for _, c := range compare.Snapshots(a, b, asOf).Changes {
			added += strings.Count(string(c.Kind), "added")
			gone += strings.Count(string(c.Kind), "withdrawn")
		}
		for _, c := range compare.Snapshots(b, a, asOf).Changes {
			added -= strings.Count(string(c.Kind), "withdrawn")
			gone -= strings.Count(string(c.Kind), "added")
		}
		if added != 0 || gone != 0 {
			t.Fatalf("round %d: what comes one way does not go the other", round)
		}
		for i := range b.Tables["treaty_status"] {
			r := &b.Tables["treaty_status"][i]
			r.Evidence.Locator = "elsewhere"
			r.Values = slices.Clone(r.Values)
			r.Values[schemas.TreatyStatus.Column("published_name")] = schemas.Str("another spelling")
		}
		if again := apply(t, facts(a), compare.Snapshots(a, b, asOf).Changes); !reflect.DeepEqual(again, got) {
			t.Fatalf("round %d: evidence or wording made a change", round)
		}
	}
}

// randomRows are rows of one treaty; both sides always have it.
func randomRows(t *testing.T, rng *rand.Rand) []schemas.Row {
	rows := []schemas.Row{treaty(t, "CRC", "AAA", "party", "")}
	for _, iso := range []string{"ALB", "FRA", "ISL", "SMR", "SWE", "UKR"} {
		if rng.IntN(3) > 0 {
			rows = append(rows, treaty(t, "CRC", iso, []string{"signed", "party"}[rng.IntN(2)], []string{"", "1990-01-02", "2020-03-04"}[rng.IntN(3)]))
		}
	}
	return rows
}

// facts are the cells of a snapshot that can make a change, by key and column.
func facts(s *snapshot.Snapshot) map[string]map[string]string {
	d := &schemas.TreatyStatus
	all := map[string]map[string]string{}
	for _, r := range s.Tables[d.Name] {
		cells := map[string]string{}
		for i, c := range d.Columns {
			if !c.Aside && !slices.Contains(d.Key, c.Name) && !r.Values[i].IsNull() {
				cells[c.Name] = r.Values[i].String()
			}
		}
		all[d.KeyText(r)] = cells
	}
	return all
}

func apply(t *testing.T, rows map[string]map[string]string, changes []schemas.Change) map[string]map[string]string {
	t.Helper()
	for _, c := range changes {
		switch c.Kind {
		case schemas.Withdrawn:
			delete(rows, c.Key)
			continue
		case schemas.Added:
			if rows[c.Key] != nil {
				t.Fatalf("%s was there already", c.Key)
			}
			rows[c.Key] = map[string]string{}
		}
		for _, d := range c.Columns {
			if rows[c.Key][d.Column] != d.Old.String() {
				t.Fatalf("%s %s: the change says it was %q, it was %q", c.Key, d.Column, d.Old, rows[c.Key][d.Column])
			}
			if d.New.IsNull() {
				delete(rows[c.Key], d.Column)
			} else {
				rows[c.Key][d.Column] = d.New.String()
			}
		}
	}
	return rows
}

func member(t *testing.T, network, iso3, organisation, class string) schemas.Row {
	t.Helper()
	return row(t, &schemas.Memberships, schemas.Cells{
		"network": schemas.Str(network), "iso3": schemas.Str(iso3), "organisation": schemas.Str(organisation),
		"published_name": schemas.Str(iso3), "class": schemas.Str(class),
	})
}

var stateLevel = []string{"network", "iso3", "published_name", "class"}

// The report knows states, the network's page their institutions.
func TestInstitutionsAreRolledUpToStates(t *testing.T) {
	older := snap(&schemas.Memberships, true, stateLevel, nil,
		member(t, "enoc", "AZE", "", "associate"), member(t, "enoc", "BEL", "", "full"), member(t, "enoc", "GBR", "", "full"), member(t, "enoc", "ESP", "", "full / associate"))
	newer := snap(&schemas.Memberships, true, nil, nil,
		member(t, "enoc", "AZE", "Ombudsman", "full"), member(t, "enoc", "BEL", "Flanders", "full"), member(t, "enoc", "BEL", "Wallonia", "full"),
		member(t, "enoc", "ESP", "Catalonia", "full"), member(t, "enoc", "ESP", "Andalusia", "associate"))
	same(t, brief(compare.Snapshots(older, newer, asOf)), []string{
		"revised enoc/AZE/ source class:associate>full", "withdrawn enoc/GBR/ source class:full>",
	})
	// Institutions on both sides are compared as such.
	same(t, brief(compare.Snapshots(newer, snap(&schemas.Memberships, true, nil, nil,
		member(t, "enoc", "AZE", "Ombudsman", "full"), member(t, "enoc", "BEL", "Flanders", "full"),
		member(t, "enoc", "ESP", "Catalonia", "full"), member(t, "enoc", "ESP", "Andalusia", "associate")), asOf)), []string{
		"withdrawn enoc/BEL/Wallonia source class:full>",
	})
}

// A list says "none", another leaves the state out: that is the same, if the other is
// complete.
func TestAbsenceInTwoForms(t *testing.T) {
	said := snap(&schemas.Memberships, true, stateLevel, nil, member(t, "enoc", "FRA", "", "full"), member(t, "enoc", "CZE", "", "none"))
	left := snap(&schemas.Memberships, true, stateLevel, nil, member(t, "enoc", "FRA", "", "full"))
	for _, c := range []schemas.Comparison{compare.Snapshots(said, left, asOf), compare.Snapshots(left, said, asOf)} {
		if len(c.Changes)+len(c.Unknown)+c.Outside+c.Widened != 0 {
			t.Errorf("%+v", c)
		}
	}
	partial := snap(&schemas.Memberships, false, stateLevel, nil, member(t, "enoc", "FRA", "", "full"))
	if c := compare.Snapshots(said, partial, asOf); len(c.Changes) != 0 || len(c.Unknown) != 1 || c.Unknown[0].Place != "CZE" {
		t.Errorf("%+v", c)
	}
	joined := snap(&schemas.Memberships, true, stateLevel, nil, member(t, "enoc", "FRA", "", "full"), member(t, "enoc", "CZE", "", "associate"))
	same(t, brief(compare.Snapshots(said, joined, asOf)), []string{"revised enoc/CZE/ source class:none>associate"})
	same(t, brief(compare.Snapshots(left, joined, asOf)), []string{"added enoc/CZE/ source class:>associate"})
}

// A page about one state does not cover the list of all.
func TestPageOfOneStateCoversOnlyIt(t *testing.T) {
	day := func(year int64, iso3, status string) schemas.Row {
		return row(t, &schemas.SaferInternetDay, schemas.Cells{
			"year": schemas.Num(year), "iso3": schemas.Str(iso3), "published_name": schemas.Str(iso3), "status": schemas.Str(status),
		})
	}
	older := snap(&schemas.SaferInternetDay, true, nil, nil, day(2020, "BIH", "no report"), day(2020, "FRA", "celebrated"))
	newer := snap(&schemas.SaferInternetDay, false, nil, nil, day(2020, "BIH", "celebrated"))
	newer.Parts[0].Key = append(newer.Parts[0].Key, source.Pin{Column: "iso3", Value: schemas.Str("BIH")})
	c := compare.Snapshots(older, newer, asOf)
	same(t, brief(c), []string{"revised 2020/BIH/ source status:no report>celebrated"})
	same(t, c.NotRead, []string{"safer_internet_day year=2020"})
	if len(c.Unknown) != 0 {
		t.Errorf("unknown: %+v", c.Unknown)
	}
}

// A complete list that leaves a row out withdraws it only once a second capture agrees.
func TestUnconfirmedIsNotWithdrawn(t *testing.T) {
	older := snap(&schemas.TreatyStatus, true, nil, nil, treaty(t, "ETS185", "SWE", "party", ""), treaty(t, "ETS185", "FRA", "party", ""))
	newer := snap(&schemas.TreatyStatus, true, nil, nil, treaty(t, "ETS185", "FRA", "party", ""))
	newer.Parts[0].Confirmed = false
	got := compare.Snapshots(older, newer, asOf)
	if len(got.Changes) != 0 || len(got.Unconfirmed) != 1 || got.Unconfirmed[0].Key != "ETS185/SWE" {
		t.Errorf("%+v", got)
	}
	newer.Parts[0].Confirmed = true
	same(t, brief(compare.Snapshots(older, newer, asOf)), []string{"withdrawn ETS185/SWE source status:party>"})
}
