package curated_test

import (
	"strings"
	"testing"

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

func TestTables(t *testing.T) {
	for request, want := range map[string]struct {
		rows  int
		asOf  string
		parts string
	}{
		"states":        {47, "2022-03-16", "all complete"},
		"treaty-status": {150, "2026-01-14", "treaty=CETS201 treaty=ETS185 treaty=ETS189"},
	} {
		tab := table(t, request)
		r := sourcetest.Read(t, curated.New(), request, tab.Body)
		var parts []string
		for _, p := range r.Parts {
			name := p.Name()
			if p.Complete {
				name += " complete"
			}
			parts = append(parts, name)
		}
		keys := map[string]bool{}
		for _, row := range r.Rows {
			key := schemas.Named(row.Dataset).KeyText(withCode(t, row))
			if keys[key] {
				t.Errorf("%s: two rows of %s", request, key)
			}
			keys[key] = true
		}
		if got := strings.Join(parts, " "); len(r.Rows) != want.rows || tab.AsOf.Format("2006-01-02") != want.asOf || got != want.parts {
			t.Errorf("%s: %d rows, as of %s, parts %q", request, len(r.Rows), tab.AsOf, got)
		}
	}
}

func withCode(t *testing.T, r source.Emitted) schemas.Row {
	t.Helper()
	d := schemas.Named(r.Dataset)
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
		"empty":           {"", "header"},
		"no origin":       {"treaty,published_name,status\nETS185,France,party\n", "known_from"},
		"origin empty":    {head + "ETS185,France,party,,2024-07-01,\n", "line 2: known_from is empty"},
		"unknown column":  {"treaty,state,known_from\nETS185,France,x\n", `no column "state"`},
		"bad date":        {head + "ETS185,France,party,10 Jan 2006,2024-07-01,x\n", "line 2: column consent"},
		"a cell too many": {head + "ETS185,France,party,,2024-07-01,x,y\n", "line 2"},
		"broken quotes":   {head + "ETS185,\"France,party,,2024-07-01,x\n", "line"},
	} {
		_, err := source.Read(curated.New(), sourcetest.Capture(curated.New(), "treaty-status", []byte(c.body)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
	if _, err := source.Read(curated.New(), sourcetest.Capture(curated.New(), "ages", []byte(head))); err == nil {
		t.Error("a table that does not exist was read")
	}
}
