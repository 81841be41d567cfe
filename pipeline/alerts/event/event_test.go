package event_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/archive"
	"baseline/pipeline/compare"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
	"baseline/sources/source"
)

var (
	yesterday = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	today     = yesterday.AddDate(0, 0, 1)
)

// rows are rows of one dataset in the short form "column=value; column=value". A source
// other than "a", and a standing, are given as source=b and standing=kept.
func snap(t *testing.T, d *schemas.Dataset, at time.Time, lines ...string) *snapshot.Snapshot {
	t.Helper()
	s := &snapshot.Snapshot{
		ID: "snapshot-" + at.Format("0102"), Tables: map[string][]schemas.Row{}, Sources: []snapshot.SourceState{{ID: "a", Publisher: "Publisher of a"}},
	}
	capture := archive.Record{
		Source: "a", Request: archive.Asked{ID: "list", URL: "https://example.org/asked"}, FinalURL: "https://example.org/list",
		SHA256: strings.Repeat(at.Format("02"), 32), RequestedAt: at,
	}
	s.Captures = []archive.Record{capture}
	for _, line := range lines {
		cells := schemas.Cells{}
		src, standing := "a", schemas.Read
		for field := range strings.SplitSeq(line, "; ") {
			name, value, _ := strings.Cut(field, "=")
			switch name {
			case "source":
				src = value
				continue
			case "standing":
				standing = schemas.Standing(value)
				continue
			}
			v, err := schemas.Parse(d.Columns[d.Column(name)].Kind, value)
			if err != nil {
				t.Fatal(err)
			}
			cells[name] = v
		}
		r, err := d.Row(cells)
		if err != nil {
			t.Fatal(err)
		}
		r.Source, r.Standing = src, standing
		r.Evidence = schemas.Evidence{Capture: capture.SHA256, Locator: "line 1", Quote: line, Observed: schemas.At(at)}
		s.Tables[d.Name] = append(s.Tables[d.Name], r)
	}
	slices.SortFunc(s.Tables[d.Name], d.CompareKeys)
	s.Parts = []snapshot.Part{{Part: source.Part{Dataset: d.Name, Complete: true}, Source: "a", Request: "list", Confirmed: true}}
	return s
}

// brief prints an event without its evidence.
func brief(e event.Event) string {
	words := []string{string(e.Kind)}
	if e.Correction {
		words = append(words, "(correction)")
	}
	words = append(words, e.Place, e.Key, e.Column, cells(e.Old)+" > "+cells(e.New))
	if e.How != "" {
		words = append(words, "by "+e.How)
	}
	if !e.On.IsZero() {
		words = append(words, "on "+e.On.Format(time.DateOnly))
	}
	return strings.Join(words, " ")
}

func cells(m map[string]string) string {
	var list []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, k+":"+m[k])
	}
	return "{" + strings.Join(list, " ") + "}"
}

func briefs(events []event.Event) (list []string) {
	for _, e := range events {
		list = append(list, brief(e))
	}
	return list
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

const (
	irl = "treaty=ETS185; iso3=IRL; published_name=Ireland; "
	swe = "network=enoc; iso3=SWE; published_name=Sweden; "
	dec = "treaty=ETS185; iso3=FRA; published_name=France; "
	icm = "review=csam; iso3=FRA; published_name=France; "
	sid = "year=2026; iso3=SRB; published_name=Serbia; "
	tip = "published_name=x; line=1; series=from-2024; "
)

// One case for each thing that happens, and for each that only looks like it.
func TestFrom(t *testing.T) {
	treaty, members, decls := &schemas.TreatyStatus, &schemas.Memberships, &schemas.TreatyDeclarations
	ratings, tips, days := &schemas.LegislationRatings, &schemas.CybertipReports, &schemas.SaferInternetDay
	for _, c := range []struct {
		name           string
		d              *schemas.Dataset
		before, after  []string
		want, findings []string
	}{
		{"signs", treaty, []string{irl + "status=none"}, []string{irl + "status=signed; signed=2026-11-20"},
			[]string{"signed IRL ETS185/IRL status {status:none} > {signed:2026-11-20 status:signed} on 2026-11-20"}, nil},
		{"signs, no day", treaty, []string{irl + "status=none"}, []string{irl + "status=signed"},
			[]string{"signed IRL ETS185/IRL status {status:none} > {status:signed}"}, nil},
		{"signs and ratifies on one day", treaty, []string{irl + "status=none"}, []string{irl + "status=party; signed=2026-11-20; consent=2026-11-20; consent_kind=ratification"},
			[]string{
				"signed IRL ETS185/IRL status {status:none} > {signed:2026-11-20 status:signed} on 2026-11-20",
				"party IRL ETS185/IRL status {status:none} > {consent:2026-11-20 consent_kind:ratification signed:2026-11-20 status:party} by ratification on 2026-11-20",
			}, nil},
		{"ratifies, in force later", treaty, []string{irl + "status=signed; signed=2002-02-28"}, []string{irl + "status=party; signed=2002-02-28; consent=2026-11-20; consent_kind=unspecified; in_force=2027-03-01"},
			[]string{"party IRL ETS185/IRL status {signed:2002-02-28 status:signed} > {consent:2026-11-20 consent_kind:unspecified in_force:2027-03-01 signed:2002-02-28 status:party} on 2026-11-20"}, nil},
		{"accedes, in force at once", treaty, []string{irl + "status=none"}, []string{irl + "status=party; consent=2026-07-20; consent_kind=accession; in_force=2026-11-01"},
			[]string{
				"party IRL ETS185/IRL status {status:none} > {consent:2026-07-20 consent_kind:accession in_force:2026-11-01 status:party} by accession on 2026-07-20",
				"in-force IRL ETS185/IRL in_force {status:party} > {consent:2026-07-20 in_force:2026-11-01 status:party} on 2026-11-01",
			}, nil},
		{"new in the list as a party", treaty, []string{dec + "status=party"}, []string{dec + "status=party", irl + "status=party; consent=2026-11-20"},
			[]string{"party IRL ETS185/IRL status {status:none} > {consent:2026-11-20 status:party} on 2026-11-20"}, nil},
		{"new in the list as none", treaty, []string{dec + "status=party"}, []string{dec + "status=party", irl + "status=none"}, nil, nil},
		{"day of entry named before it comes", treaty, []string{irl + "status=party; consent=2026-11-02"}, []string{irl + "status=party; consent=2026-11-02; in_force=2027-03-01"}, nil, nil},
		{"day of entry has come", treaty, []string{irl + "status=party; consent=2026-07-20; in_force=2026-11-24"}, []string{irl + "status=party; consent=2026-07-20; in_force=2026-11-24"},
			[]string{"in-force IRL ETS185/IRL in_force {status:party} > {consent:2026-07-20 in_force:2026-11-24 status:party} on 2026-11-24"}, nil},
		{"day of entry named after it came", treaty, []string{irl + "status=party; consent=2026-07-20"}, []string{irl + "status=party; consent=2026-07-20; in_force=2026-11-01"},
			[]string{"in-force IRL ETS185/IRL in_force {status:party} > {consent:2026-07-20 in_force:2026-11-01 status:party} on 2026-11-01"}, nil},
		{"day of entry filled in years later", treaty, []string{irl + "status=party; consent=2006-01-10"}, []string{irl + "status=party; consent=2006-01-10; in_force=2006-05-01"}, nil, nil},
		{"day of entry that was always there", treaty, []string{irl + "status=party; in_force=2006-05-01"}, []string{irl + "status=party; in_force=2006-05-01"}, nil, nil},
		{"day of ratification corrected", treaty, []string{irl + "status=party; consent=2006-01-10; consent_kind=ratification"}, []string{irl + "status=party; consent=2006-01-11; consent_kind=ratification"},
			[]string{"party (correction) IRL ETS185/IRL consent {consent:2006-01-10 status:party} > {consent:2006-01-11 status:party} by ratification on 2006-01-11"}, nil},
		{"day of entry corrected", treaty, []string{irl + "status=party; in_force=2006-05-01"}, []string{irl + "status=party; in_force=2006-06-01"},
			[]string{"in-force (correction) IRL ETS185/IRL in_force {in_force:2006-05-01 status:party} > {in_force:2006-06-01 status:party} on 2006-06-01"}, nil},
		{"day of entry moved before it came", treaty, []string{irl + "status=party; in_force=2027-03-01"}, []string{irl + "status=party; in_force=2027-04-01"}, nil, nil},
		{"day of ratification found", treaty, []string{irl + "status=party"}, []string{irl + "status=party; consent=2006-01-10; signed=2001-11-23"}, nil, nil},
		{"only the word for consent", treaty, []string{irl + "status=party; consent=2006-01-10; consent_kind=unspecified"}, []string{irl + "status=party; consent=2006-01-10; consent_kind=approval"}, nil, nil},
		{"denounces", treaty, []string{irl + "status=party; consent=2006-01-10"}, []string{irl + "status=party; consent=2006-01-10; denounced=2026-11-20; denunciation_effect=2027-11-20"},
			[]string{"denounced IRL ETS185/IRL denounced {status:party} > {denounced:2026-11-20 denunciation_effect:2027-11-20 status:party} on 2026-11-20"}, nil},
		{"denunciation takes effect", treaty, []string{irl + "status=party; denounced=2025-11-20; denunciation_effect=2026-11-24"}, []string{irl + "status=withdrawn; denounced=2025-11-20; denunciation_effect=2026-11-24"}, nil, nil},
		{"withdrawn, no day", treaty, []string{irl + "status=party"}, []string{irl + "status=withdrawn"},
			[]string{"denounced IRL ETS185/IRL denounced {status:party} > {status:withdrawn}"}, nil},
		{"becomes a party again", treaty, []string{irl + "status=withdrawn; consent=2006-01-10; denounced=2020-01-01"}, []string{irl + "status=party; consent=2026-11-20"},
			[]string{"party IRL ETS185/IRL status {status:withdrawn} > {consent:2026-11-20 status:party} on 2026-11-20"}, nil},
		{"suspends", treaty, []string{irl + "status=party"}, []string{irl + "status=party; suspended=2026-11-01"},
			[]string{"suspended IRL ETS185/IRL suspended {status:party} > {status:party suspended:2026-11-01} on 2026-11-01"}, nil},
		{"suspension over", treaty, []string{irl + "status=party; suspended=2026-11-01"}, []string{irl + "status=party"}, nil, []string{event.Lifted}},
		{"party that is none", treaty, []string{irl + "status=party; consent=2006-01-10"}, []string{irl + "status=none"}, nil, []string{event.WentBack}},
		{"party that is a signatory", treaty, []string{irl + "status=party; consent=2006-01-10"}, []string{irl + "status=signed; signed=2026-11-20"}, nil, []string{event.WentBack}},
		{"denunciation that is gone", treaty, []string{irl + "status=withdrawn; consent=2006-01-10; denounced=2020-01-01"}, []string{irl + "status=party; consent=2006-01-10"}, nil, []string{event.WentBack}},
		{"withdrawn that never was a party", treaty, []string{irl + "status=none"}, []string{irl + "status=withdrawn; denounced=2026-11-20"}, nil, []string{event.UnclearStatus}},
		{"party that is not in the list", treaty, []string{irl + "status=party", dec + "status=party"}, []string{dec + "status=party"}, nil, []string{event.RowGone}},
		{"nobody knew, and it is old", treaty, []string{irl + "status=unknown"}, []string{irl + "status=party; consent=2006-01-10"}, nil, []string{"may-be-old-news"}},
		{"nobody knew, and it is new", treaty, []string{irl + "status=unknown"}, []string{irl + "status=party; consent=2026-11-24"},
			[]string{"party IRL ETS185/IRL status {status:unknown} > {consent:2026-11-24 status:party} on 2026-11-24"}, nil},
		{"another source, another day", treaty, []string{irl + "status=signed; source=b; as_of=2020-01-01"}, []string{irl + "status=party; consent=2026-01-05"},
			[]string{"party IRL ETS185/IRL status {status:signed} > {consent:2026-01-05 status:party} on 2026-01-05"}, nil},
		{"another source, no news", treaty, []string{irl + "status=signed; source=b; as_of=2020-01-01"}, []string{irl + "status=party; consent=2006-01-10"}, nil, []string{event.TookOver}},
		{"row kept from the older snapshot's capture", treaty, []string{irl + "status=signed"}, []string{irl + "status=signed; standing=kept"}, nil, nil},
		{"a name and a footnote", treaty, []string{irl + "status=signed"}, []string{"treaty=ETS185; iso3=IRL; published_name=Éire; status=signed; references=12"}, nil, nil},

		{"ratifies tomorrow", treaty, []string{irl + "status=signed"}, []string{irl + "status=party; consent=2026-11-25"}, nil, []string{event.DayInDoubt}},
		{"ratified before the treaty was", treaty, []string{irl + "status=party; consent=2006-01-10"}, []string{irl + "status=party; consent=1006-01-10"}, nil, []string{event.DayInDoubt}},

		{"treaty enters into force", &schemas.Treaties, []string{"treaty=CETS224; title=x; opened=2022-05-12"}, []string{"treaty=CETS224; title=x; opened=2022-05-12; in_force=2026-11-01"},
			[]string{"in-force  CETS224 in_force {} > {in_force:2026-11-01} on 2026-11-01"}, nil},
		{"treaty will enter into force", &schemas.Treaties, []string{"treaty=CETS224; title=x"}, []string{"treaty=CETS224; title=x; in_force=2027-02-01"}, nil, nil},

		{"declares", decls, []string{irl + "kind=declaration"}, []string{irl + "kind=declaration", dec + "kind=declaration; count=2; withdrawn=0; latest=2026-11-01"},
			[]string{"declaration-made FRA ETS185/FRA/declaration count {kind:declaration} > {count:2 kind:declaration latest:2026-11-01 withdrawn:0} on 2026-11-01"}, nil},
		{"one reservation more", decls, []string{dec + "kind=reservation; count=1"}, []string{dec + "kind=reservation; count=2"},
			[]string{"reservation-made FRA ETS185/FRA/reservation count {count:1 kind:reservation} > {count:2 kind:reservation}"}, nil},
		{"one reservation withdrawn", decls, []string{dec + "kind=reservation; count=2; withdrawn=0"}, []string{dec + "kind=reservation; count=1; withdrawn=1"},
			[]string{"reservation-withdrawn FRA ETS185/FRA/reservation count {count:2 kind:reservation withdrawn:0} > {count:1 kind:reservation withdrawn:1}"}, nil},
		{"one for another", decls, []string{dec + "kind=reservation; count=2; withdrawn=0"}, []string{dec + "kind=reservation; count=3; withdrawn=1; latest=2026-11-01"},
			[]string{
				"reservation-made FRA ETS185/FRA/reservation count {count:2 kind:reservation withdrawn:0} > {count:3 kind:reservation withdrawn:1}",
				"reservation-withdrawn FRA ETS185/FRA/reservation count {count:2 kind:reservation withdrawn:0} > {count:3 kind:reservation withdrawn:1}",
			}, nil},
		{"reservations all gone", decls, []string{dec + "kind=reservation; count=1", irl + "kind=declaration"}, []string{irl + "kind=declaration"},
			[]string{"reservation-withdrawn FRA ETS185/FRA/reservation count {count:1 kind:reservation} > {kind:reservation}"}, nil},
		{"now they are counted", decls, []string{dec + "kind=declaration"}, []string{dec + "kind=declaration; count=4"}, nil, nil},
		{"an objection", decls, []string{irl + "kind=objection"}, []string{irl + "kind=objection", dec + "kind=objection"}, nil, nil},

		{"joins", members, []string{"network=enoc; iso3=FRA; published_name=France; class=full"}, []string{"network=enoc; iso3=FRA; published_name=France; class=full", swe + "organisation=Ombudsman; class=full; since=2026-09-01; since_precision=month"},
			[]string{"joined SWE enoc/SWE/Ombudsman class {class:none} > {class:full organisation:Ombudsman since:2026-09-01 since_precision:month} on 2026-09-01"}, nil},
		{"joins, said no before", members, []string{swe + "class=none"}, []string{swe + "class=associate"}, []string{"joined SWE enoc/SWE/ class {class:none} > {class:associate}"}, nil},
		{"leaves", members, []string{swe + "class=full; organisation=Ombudsman", "network=enoc; iso3=FRA; published_name=France; class=full"}, []string{"network=enoc; iso3=FRA; published_name=France; class=full"},
			[]string{"left SWE enoc/SWE/Ombudsman class {class:full organisation:Ombudsman} > {}"}, nil},
		{"leaves, said so", members, []string{swe + "class=full"}, []string{swe + "class=none"}, []string{"left SWE enoc/SWE/ class {class:full} > {class:none}"}, nil},
		{"may have left", members, []string{swe + "class=full"}, []string{swe + "class=full; standing=unconfirmed"}, nil, nil},
		{"changes class", members, []string{swe + "class=associate; since=2009-01-01"}, []string{swe + "class=full; since=2026-09-25"},
			[]string{"class-changed SWE enoc/SWE/ class {class:associate since:2009-01-01} > {class:full since:2026-09-25} on 2026-09-25"}, nil},
		{"only since when", members, []string{swe + "class=full"}, []string{swe + "class=full; since=2009-01-01; joined_year=2009"}, nil, nil},
		{"renamed", members, []string{swe + "organisation=Ombudsman; class=full"}, []string{swe + "organisation=Ombudsperson; class=full"}, nil, []string{event.Renamed}},
		{"another source's list lacks it", members, []string{swe + "class=full; source=b; as_of=2021-04-20", other}, []string{other}, nil, []string{event.TookOver}},
		{"another source, no day", members, []string{swe + "class=associate; source=b; as_of=2021-04-20"}, []string{swe + "class=full"}, nil, []string{event.TookOver}},

		{"criteria", ratings, []string{icm + "edition=2018; criteria_met=4; fifth=no"}, []string{icm + "edition=2018; criteria_met=5; fifth=yes"},
			[]string{"rating-changed FRA csam/2018/FRA criteria_met {criteria_met:4 edition:2018 fifth:no} > {criteria_met:5 edition:2018 fifth:yes review:csam}"}, nil},
		{"criteria now told apart", ratings, []string{icm + "edition=2018; criteria_met=5"}, []string{icm + "edition=2018; criteria_met=5; fifth=yes"}, nil, nil},
		{"new edition", ratings,
			[]string{icm + "edition=2018; criteria_met=4", "review=csam; iso3=IRL; published_name=Ireland; edition=2018; criteria_met=5"},
			[]string{icm + "edition=2018; criteria_met=4", "review=csam; iso3=IRL; published_name=Ireland; edition=2018; criteria_met=5",
				icm + "edition=2027; criteria_met=5", "review=csam; iso3=IRL; published_name=Ireland; edition=2027; criteria_met=5"},
			[]string{
				"report-year  csam/2027 edition {edition:2018} > {edition:2027 places:2 review:csam}",
				"rating-changed FRA csam/2027/FRA criteria_met {criteria_met:4 edition:2018} > {criteria_met:5 edition:2027 review:csam}",
			}, nil},

		{"new year", tips,
			[]string{tip + "year=2024; place=FRA; place_kind=state; reports=10"},
			[]string{tip + "year=2024; place=FRA; place_kind=state; reports=10", tip + "year=2025; place=FRA; place_kind=state; reports=12", tip + "year=2025; place=GUF; place_kind=territory; reports=1", tip + "year=2025; place=TOTAL; place_kind=total; reports=99"},
			[]string{"report-year  2025 year {year:2024} > {places:2 reports:99 series:from-2024 year:2025}"}, nil},
		{"older year", tips,
			[]string{tip + "year=2024; place=FRA; place_kind=state; reports=10"},
			[]string{tip + "year=2024; place=FRA; place_kind=state; reports=10", tip + "year=2022; place=FRA; place_kind=state; reports=12"}, nil, nil},
		{"revised figure, new place", tips,
			[]string{tip + "year=2024; place=FRA; place_kind=state; reports=10"},
			[]string{tip + "year=2024; place=FRA; place_kind=state; reports=11", tip + "year=2024; place=SWE; place_kind=state; reports=1"}, nil, nil},

		{"day marked", days, []string{sid + "status=planned; updated=2026-01-15"}, []string{sid + "status=celebrated; updated=2026-02-12"},
			[]string{"sid-updated SRB 2026/SRB status {status:planned updated:2026-01-15} > {status:celebrated updated:2026-02-12 updated_precision: year:2026} on 2026-02-12"}, nil},
		{"two committees", days, []string{"year=2025; iso3=SRB; published_name=Serbia; status=celebrated"},
			[]string{"year=2025; iso3=SRB; published_name=Serbia; status=celebrated", sid + "committee=1; status=planned; updated=2026-01-14", sid + "committee=2; status=planned; updated=2026-01-15"},
			[]string{"sid-updated SRB 2026/SRB status {} > {committees:2 status:planned updated:2026-01-15 year:2026} on 2026-01-15"}, nil},
		{"looked again", days, []string{sid + "status=awaiting update; updated=2026-01-15"}, []string{sid + "status=awaiting update; updated=2026-02-15"}, nil, nil},
		{"nothing reported", days, []string{sid + "status=planned; updated=2026-01-15"}, []string{sid + "status=no report"}, nil, nil},

		{"no dataset of events", &schemas.JusticeAccess, []string{"iso3=FRA; published_name=France; score=1; percent=1"}, []string{"iso3=FRA; published_name=France; score=2; percent=2"}, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, after := snap(t, c.d, yesterday, c.before...), snap(t, c.d, today, c.after...)
			changes := compare.Snapshots(before, after, before.AsOf()).Changes
			events, findings := event.From(changes, before, after)
			for i := range c.want {
				c.want[i] = strings.Replace(c.want[i], " updated_precision:", "", 1)
			}
			same(t, "events", briefs(events), c.want)
			var codes []string
			for _, f := range findings {
				codes = append(codes, f.Code)
				if f.Severity == "" || f.Text == "" || f.Hint == "" || f.Source == "" || f.Dataset != c.d.Name {
					t.Errorf("finding %+v", f)
				}
			}
			same(t, "findings", codes, c.findings)
			for _, e := range events {
				wellFormed(t, e)
			}
			// Whatever order the changes come in, and whatever is of our reading alone.
			for range 3 {
				rand.Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
				if again, _ := event.From(changes, before, after); !reflect.DeepEqual(again, events) {
					t.Errorf("another order gives %q", briefs(again))
				}
			}
			for i := range changes {
				changes[i].Cause = schemas.ByReading
			}
			for _, e := range first(event.From(changes, before, after)) {
				if e.Kind != event.InForce {
					t.Errorf("our reading alone makes %s", brief(e))
				}
			}
			if events, _ := event.From(changes, nil, after); events != nil {
				t.Errorf("a first snapshot tells %q", briefs(events))
			}
		})
	}
}

func first(events []event.Event, _ []event.Doubt) []event.Event { return events }

func encoded(t *testing.T, e event.Event) []byte {
	t.Helper()
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var idForm = regexp.MustCompile(`^ev-[0-9a-f]{32}$`)

// wellFormed checks what every event must have, and its JSON form.
func wellFormed(t *testing.T, e event.Event) {
	t.Helper()
	if !idForm.MatchString(e.ID) || e.Seen.IsZero() || e.Source == "" || e.Capture == "" || e.Address != "https://example.org/list" && e.Source == "a" || e.Snapshot != "snapshot-1124" || e.Publisher != "Publisher of a" {
		t.Errorf("%s: %+v", brief(e), e)
	}
	if (e.Quote == "") != (e.Kind == event.Left && len(e.New) == 0 || e.Kind == event.ReservationWithdrawn && e.New["count"] == "") {
		t.Errorf("%s: quote %q", brief(e), e.Quote)
	}
	text := encoded(t, e)
	for _, fault := range validate(t, text) {
		t.Errorf("%s: %s\n%s", brief(e), fault, text)
	}
	var back event.Event
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, e) {
		t.Errorf("read back %+v, was %+v", back, e)
	}
	made := false
	for _, m := range event.All {
		made = made || m.Dataset == e.Dataset && slices.Contains(m.Kinds, e.Kind) && m.Treaty == (e.Treaty != "") && m.Network == (e.Network != "") && m.Place == (e.Place != "")
	}
	if !made {
		t.Errorf("%s is not among what can happen", brief(e))
	}
}

// ids walks a chain of snapshots of one dataset, one line of rows a day, and returns the
// events of each step with their ids. rows are separated by " | ".
func walk(t *testing.T, c *event.Chain, d *schemas.Dataset, days ...string) (told []string, ids []string) {
	t.Helper()
	var before *snapshot.Snapshot
	for i, day := range days {
		day, open := strings.CutPrefix(day, "?")
		day, incomplete := strings.CutPrefix(day, "incomplete ")
		after := snap(t, d, yesterday.AddDate(0, 0, i), strings.Split(day, " | ")...)
		after.Parts[0].Complete = !incomplete
		if open {
			after.Findings = []source.Finding{{Severity: source.Question, Capture: after.Captures[0].SHA256, Locator: "line 1"}}
		}
		if before != nil {
			// The chain is kept as JSON between two runs.
			text, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			*c = event.Chain{}
			if err := json.Unmarshal(text, c); err != nil {
				t.Fatal(err)
			}
			events, findings := c.Next(compare.Snapshots(before, after, before.AsOf()).Changes, before, after)
			for _, e := range events {
				line := fmt.Sprintf("%d %s %s", i, e.Kind, e.Key)
				if e.Correction {
					line += " corrected to " + e.On.Format(time.DateOnly)
				}
				told = append(told, line)
				ids = append(ids, e.ID)
			}
			for _, f := range findings {
				told = append(told, fmt.Sprintf("%d %s", i, f.Code))
			}
		}
		before = after
	}
	return told, ids
}

const other = "network=enoc; iso3=FRA; published_name=France; class=full"

// What goes back and forth has other ids each time; the same chain has the same ids.
func TestIDsOfWhatGoesBackAndForth(t *testing.T) {
	in, out := other+" | "+swe+"class=full", other
	assoc := other + " | " + swe + "class=associate"
	for _, c := range []struct {
		name  string
		d     *schemas.Dataset
		days  []string
		alike [][2]int // which of the events are the same
	}{
		{"joined, left, joined, left", &schemas.Memberships, []string{out, in, out, in, out, in}, nil},
		{"classes", &schemas.Memberships, []string{in, assoc, in, assoc, in}, nil},
		{"joined by day", &schemas.Memberships, []string{out, in + "; since=2026-01-01", out, in + "; since=2026-05-01", out, in + "; since=2026-05-01"}, nil},
		{"party without a day that flaps", &schemas.TreatyStatus, []string{irl + "status=signed", irl + "status=party", irl + "status=signed", irl + "status=party"}, [][2]int{{0, 1}}},
		{"party without a day that denounced", &schemas.TreatyStatus, []string{irl + "status=signed", irl + "status=party", irl + "status=withdrawn", irl + "status=party; consent=2026-11-25"}, nil},
		{"a day corrected to and fro", &schemas.TreatyStatus, []string{irl + "status=party; consent=2006-01-10", irl + "status=party; consent=2006-01-11", irl + "status=party; consent=2006-01-10", irl + "status=party; consent=2006-01-11"}, nil},
		{"reservations", &schemas.TreatyDeclarations, []string{dec + "kind=reservation; count=1", dec + "kind=reservation; count=2", dec + "kind=reservation; count=1", dec + "kind=reservation; count=2"}, nil},
		{"ratings", &schemas.LegislationRatings, []string{icm + "edition=2018; criteria_met=4", icm + "edition=2018; criteria_met=5", icm + "edition=2018; criteria_met=4", icm + "edition=2018; criteria_met=5"}, nil},
	} {
		told, ids := walk(t, &event.Chain{}, c.d, c.days...)
		if len(ids) < 2 {
			t.Errorf("%s: told %q", c.name, told)
		}
		for i := range ids {
			for j := range i {
				if want := slices.Contains(c.alike, [2]int{j, i}); (ids[i] == ids[j]) != want {
					t.Errorf("%s: events %d and %d of %q: the same id %v, want %v", c.name, j, i, told, !want, want)
				}
			}
		}
		if _, again := walk(t, &event.Chain{}, c.d, c.days...); !slices.Equal(again, ids) {
			t.Errorf("%s: the same chain has the ids %q, then %q", c.name, ids, again)
		}
	}
}

// Where one list names states and the next their institutions, it is the state as a whole
// that is compared, and nothing of one institution is said of the state.
func TestStatesAndTheirInstitutions(t *testing.T) {
	d := &schemas.Memberships
	older := snap(t, d, yesterday, swe+"class=associate", other)
	older.Parts[0].Columns = []string{"network", "iso3", "published_name", "class"}
	newer := snap(t, d, today, swe+"organisation=A; class=full; since=2020-01-01", swe+"organisation=B; class=associate", other)
	changes := compare.Snapshots(older, newer, older.AsOf()).Changes
	events, findings := event.From(changes, older, newer)
	same(t, "events", briefs(events), []string{"class-changed SWE enoc/SWE/ class {class:associate} > {class:full / associate}"})
	if findings != nil {
		t.Errorf("findings %+v", findings)
	}
}

// An id is of the facts alone: not of who saw them, when, where and in what snapshot.
func TestIDIsOfTheFactsAlone(t *testing.T) {
	ids := map[string]string{}
	for name, at := range map[string]time.Time{"today": today, "later": today.AddDate(0, 3, 0)} {
		before := snap(t, &schemas.TreatyStatus, yesterday, irl+"status=signed")
		after := snap(t, &schemas.TreatyStatus, at, irl+"status=party; consent=2026-11-20; remarks=R")
		after.Tables["treaty_status"][0].Evidence.Quote = "printed otherwise " + name
		after.Sources[0].Publisher = name
		events, _ := event.From(compare.Snapshots(before, after, before.AsOf()).Changes, before, after)
		if len(events) != 1 {
			t.Fatalf("%s: %q", name, briefs(events))
		}
		ids[events[0].ID] = name
	}
	if len(ids) != 1 {
		t.Errorf("ids %v", ids)
	}
	// What must stay as it is for good: whoever has seen this id is not told again.
	if want := "ev-a97328dd9cffad14"; !strings.HasPrefix(slices.Collect(maps.Keys(ids))[0], want) {
		t.Errorf("the form of ids has changed: %v, was %s…", ids, want)
	}
}

// An event of a row on which a question is open waits until the steward has answered, and
// is dropped if the row takes back what it said.
func TestEventInQuestion(t *testing.T) {
	signed, party := irl+"status=signed", irl+"status=party; consent=2026-11-20"
	for name, c := range map[string]struct {
		days []string // "?" begins a day on which the question is open
		want []string
	}{
		"answered":   {[]string{signed, "?" + party, "?" + party, party, party}, []string{"1 event-in-question", "3 party ETS185/IRL"}},
		"taken back": {[]string{signed, "?" + party, signed, party + "; references=1"}, []string{"1 event-in-question", "2 status-went-back", "3 party ETS185/IRL"}},
		"never open": {[]string{signed, party}, []string{"1 party ETS185/IRL"}},
	} {
		chain := &event.Chain{}
		told, _ := walk(t, chain, &schemas.TreatyStatus, c.days...)
		same(t, name, told, c.want)
		if len(chain.Waiting) != 0 {
			t.Errorf("%s: %d still wait", name, len(chain.Waiting))
		}
	}
}

// A member that comes while another of its state is missing may be the same under another
// name. It is told when the other is back, and never if the other has gone for good.
func TestMemberInDoubt(t *testing.T) {
	a, b := swe+"organisation=A; class=full", swe+"organisation=B; class=full"
	missing := a + "; standing=unconfirmed"
	for name, c := range map[string]struct{ days, want []string }{
		"renamed":        {[]string{a, missing + " | " + b, missing + " | " + b, b}, []string{"1 member-in-doubt", "3 member-renamed"}},
		"really joined":  {[]string{a, missing + " | " + b, a + " | " + b}, []string{"1 member-in-doubt", "2 joined enoc/SWE/B"}},
		"gone again":     {[]string{a, missing + " | " + b, a + " | " + b + "; standing=unconfirmed", a}, []string{"1 member-in-doubt", "3 left enoc/SWE/B"}},
		"another class":  {[]string{a, missing + " | " + swe + "organisation=B; class=associate", swe + "organisation=B; class=associate"}, []string{"1 member-in-doubt", "2 left enoc/SWE/A", "2 joined enoc/SWE/B"}},
		"nobody missing": {[]string{a, a + " | " + b}, []string{"1 joined enoc/SWE/B"}},
	} {
		told, _ := walk(t, &event.Chain{}, &schemas.Memberships, c.days...)
		same(t, name, told, c.want)
	}
}
