package curated_test

import (
	"strings"
	"testing"
	"time"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/curated"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// table returns the compiled-in table of that name.
func table(t *testing.T, request string) source.Table {
	t.Helper()
	for _, table := range curated.New().(source.Tabled).Tables() {
		if table.Request == request {
			return table
		}
	}
	t.Fatalf("there is no table %s", request)
	return source.Table{}
}

// Every table is read whole, every spelling names a place, and no key stands twice.
func TestTables(t *testing.T) {
	wants := map[string]struct {
		rows  int
		asOf  string
		parts string
	}{
		"states":              {47, "2022-03-16", "all complete"},
		"treaty-status":       {152, "2026-01-14", "treaty=CETS201 treaty=ETS185 treaty=ETS189"},
		"memberships":         {254, "2026-10-09", "network=enoc network=inhope network=chi network=barnahus network=iwf-portals network=insafe"},
		"reported-mechanisms": {94, "2021-04-20", "kind=other_ombudsperson kind=other_hotline"},
		"legislation-ratings": {94, "2018-12-03", "review=csam,edition=2018 review=grooming,edition=2017"},
		"justice-access":      {47, "2016-02-15", "all"},
		"minimum-ages":        {94, "2021-04-20", "kind=criminal_responsibility kind=consent"},
		"capabilities":        {21, "2021-04-20", "all complete"},

		"safer-internet-day-dates": {8, "2026-02-10", "all"},
	}
	about := curated.New().About()
	for _, tab := range curated.New().(source.Tabled).Tables() {
		want, ok := wants[tab.Request]
		if !ok {
			t.Errorf("nothing is said of table %s", tab.Request)
			continue
		}
		delete(wants, tab.Request)
		r := sourcetest.Read(t, curated.New(), tab.Request, tab.Body)
		var parts []string
		for i, p := range r.Parts {
			name := p.Name()
			if p.Complete {
				name += " complete"
			}
			parts = append(parts, name)
			rows := 0
			for _, row := range r.Rows {
				if row.Part == i {
					rows++
				}
			}
			if b, ok := about.Bound(p.Dataset); ok && (rows < b.MinRows || rows > b.MaxRows) {
				t.Errorf("%s, %s: %d rows, outside %+v", tab.Request, name, rows, b)
			}
		}
		keys := map[string]bool{}
		for _, row := range r.Rows {
			key := schemas.Named(row.Dataset).KeyText(withCode(t, row))
			if keys[key] {
				t.Errorf("%s: two rows of %s", tab.Request, key)
			}
			keys[key] = true
		}
		if got := strings.Join(parts, " "); len(r.Rows) != want.rows || tab.AsOf.Format(time.DateOnly) != want.asOf || got != want.parts {
			t.Errorf("%s: %d rows, as of %s, parts %q", tab.Request, len(r.Rows), tab.AsOf, got)
		}
	}
	for name := range wants {
		t.Errorf("there is no table %s", name)
	}
}

// withCode is the row as the pipeline resolves it.
func withCode(t *testing.T, r source.Emitted) schemas.Row {
	t.Helper()
	d := schemas.Named(r.Dataset)
	if d.Code == "" {
		return r.Row
	}
	place, ok := places.Default().Lookup(r.Row.Values[d.Column(d.Spelling)].Text())
	if !ok {
		t.Errorf("no place for %q", r.Row.Evidence.Quote)
	}
	r.Row.Values[d.Column(d.Code)] = schemas.Str(place.Code)
	return r.Row
}

// The 47 members of 2021 and the 9 focus countries are those of the registry, and
// Russia is the one that left.
func TestStatesAgreeWithTheRegistry(t *testing.T) {
	d := &schemas.States
	groups := map[string]int{}
	for _, row := range sourcetest.Read(t, curated.New(), "states", table(t, "states").Body).Rows {
		r := withCode(t, row)
		code := r.Values[d.Column("iso3")].Text()
		for column, group := range map[string]string{"coe_member": "coe46", "eu_member": "eu27", "focus_state": "focus"} {
			in := r.Values[d.Column(column)].Bool()
			listed := false
			for _, c := range places.Default().Group(group) {
				listed = listed || c == code
			}
			if in != listed {
				t.Errorf("%s: %s is %v, the registry's group %s says %v", code, column, in, group, listed)
			}
			if in {
				groups[group]++
			}
		}
		if exit := r.Values[d.Column("coe_exit")].String(); (exit != "") != (code == "RUS") {
			t.Errorf("%s left on %q", code, exit)
		}
	}
	if groups["coe46"] != 46 || groups["eu27"] != 27 || groups["focus"] != 9 {
		t.Errorf("groups: %v", groups)
	}
}

// A curated fact that is not whole is refused, with its line.
func TestRefusals(t *testing.T) {
	const head = "treaty,published_name,status,consent,as_of,known_from\n"
	for name, c := range map[string]struct{ body, want string }{
		"empty":            {"", "header"},
		"no origin":        {"treaty,published_name,status,as_of\nETS185,France,party,2024-07-01\n", "no column known_from"},
		"origin empty":     {head + "ETS185,France,party,,2024-07-01,\n", "line 2: known_from is empty"},
		"no as_of":         {"treaty,published_name,status,known_from\nETS185,France,party,x\n", "no column as_of"},
		"as_of empty":      {head + "ETS185,France,party,,,x\n", "line 2: as_of is empty"},
		"bad as_of":        {head + "ETS185,France,party,,July 2024,x\n", "line 2: column as_of"},
		"unknown column":   {"treaty,published_name,status,state,as_of,known_from\nETS185,France,party,x,2024-07-01,x\n", `no column "state"`},
		"column missing":   {"treaty,published_name,as_of,known_from\nETS185,France,2024-07-01,x\n", "no column status"},
		"column twice":     {"treaty,published_name,status,status,as_of,known_from\nETS185,France,party,none,2024-07-01,x\n", "column status twice"},
		"required empty":   {head + "ETS185,France,,,2024-07-01,x\n", "line 2: column status is empty"},
		"no name":          {head + "ETS185,,party,,2024-07-01,x\n", "line 2: column published_name is empty"},
		"unknown word":     {head + "ETS185,France,party,,2024-07-01,x\nETS185,Malta,joined,,2024-07-01,x\n", `line 3: column status: "joined" is none of its words`},
		"bad date":         {head + "ETS185,France,party,10 Jan 2006,2024-07-01,x\n", "line 2: column consent"},
		"no such day":      {head + "ETS185,France,party,2006-02-30,2024-07-01,x\n", "line 2: column consent"},
		"a cell too many":  {head + "ETS185,France,party,,2024-07-01,x,y\n", "line 2"},
		"a cell too few":   {head + "ETS185,France,party,,x\n", "line 2"},
		"broken quotes":    {head + "ETS185,\"France,party,,2024-07-01,x\n", "line"},
		"another language": {"traité,nom,statut,as_of,known_from\n", `no column "traité"`},
	} {
		_, err := source.Read(curated.New(), sourcetest.Capture(curated.New(), "treaty-status", []byte(c.body)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
	if _, err := source.Read(curated.New(), sourcetest.Capture(curated.New(), "ages", []byte(head))); err == nil {
		t.Error("a table that does not exist was read")
	}
	// model_response publishes no as_of, but the table's age rests on it.
	const capability = "capability,domain,title,as_of,known_from\n1,Policy and Governance,Leadership,2021,x\n"
	_, err := source.Read(curated.New(), sourcetest.Capture(curated.New(), "capabilities", []byte(capability)))
	if err == nil || !strings.Contains(err.Error(), "line 2: column as_of") {
		t.Errorf("a year for a day: %v", err)
	}
}
