package decisions_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"baseline/pipeline/decisions"
	"baseline/pipeline/workspace"
	"baseline/sources/source"
)

const signed = "by: A. Steward, on: 2026-11-24, why: because"

// Whoever made the slip is told the file, the line, what is wrong and what to do, in one
// sentence each.
func TestSlips(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"tab":                {"decisions:\n- do: map\n\tspelling: X\n", `decisions a.yaml, line 3: there is a tab before the text, which this format does not allow; put blanks in its place`},
		"tab after the dash": {"decisions:\n-\tdo: [\n", `decisions a.yaml, line 2: there is a tab before the text, which this format does not allow; put blanks in its place`},
		"no heading":         {"- do: map\n", `decisions a.yaml, line 1: the file does not begin with the line "decisions:"; put it before the list`},
		"other heading":      {"nonsense: 1\n", `decisions a.yaml, line 1: "nonsense" is nothing that a file of decisions has; its decisions stand in a list under the line "decisions:"`},
		"no list":            {"decisions: {do: map}\n", `decisions a.yaml, line 1: under "decisions:" there is no list; begin each decision with "- do:"`},
		"no decision":        {"decisions:\n- map\n", `decisions a.yaml, line 2: this entry is no decision; begin each with "- do:"`},
		"empty entry":        {"decisions:\n-\n", `decisions a.yaml, decision 1 (line 2): a decision needs the field do: map, exclude, release, reject, correct, accept or snooze`},
		"unknown field":      {"decisions:\n- do: map\n  colour: red\n", `decisions a.yaml, line 3: there is no field "colour" in a decision; its fields are do, source, dataset, part, capture, code, finding, spelling, place, key, set, from, as_of, until, by, on, why`},
		"field twice":        {"decisions:\n- do: map\n  do: map\n", `decisions a.yaml, line 3: "do" stands here for a second time, after line 2; remove one of them`},
		"list for a text":    {"decisions:\n- do: map\n  why: [a, b]\n", `decisions a.yaml, line 3: a field holds more than one text; put the text into quotes`},
		"set without column": {"decisions:\n- do: correct\n  set: party\n", `decisions a.yaml, line 3: "set" needs columns and their values; write it as set: {status: party}`},
		"star":               {"decisions:\n- do: map\n  why: *because\n", `decisions a.yaml, near line 3: a text begins with a *; put the text into quotes`},
		"quote":              {"decisions:\n- do: map\n  why: \"because\n", `decisions a.yaml, near line 3: this is not how a file of decisions is written; look for a missing blank after a colon, a quote that is not closed, or a line that is indented otherwise than its neighbours`},
		"no text":            {"decisions:\n- do: map\n  why: \xff\xfe\n", `decisions a.yaml, line 3: there are bytes that are no text; save the file as plain text in UTF-8`},
		"two documents":      {"decisions:\n---\ndecisions:\n", `decisions a.yaml, line 2: a second document begins after the first; put its decisions into the first`},
		"missing key":        {"decisions:\n# first\n- {do: exclude, source: a, dataset: treaty_status, " + signed + "}\n", `decisions a.yaml, decision 1 (line 3): exclude needs the field key`},
		"map and map": {"decisions:\n- {do: map, spelling: X, place: SWE, " + signed + "}\n\n- {do: map, spelling: X, place: FRA, " + signed + "}\n",
			`a.yaml, decision 1 and a.yaml, decision 2 contradict each other on spelling /X (lines 2 and 4); remove one`},
		"part of what is released": {"decisions:\n- {do: release, source: a, capture: \"0123456789abcdef\", code: x, " + signed + "}\n- {do: reject, source: a, dataset: treaty_status, capture: \"0123456789ab\", code: x, " + signed + "}\n",
			`a.yaml, decision 1 and a.yaml, decision 2 contradict each other on rows a/treaty_status//0123456789ab/x (lines 2 and 3); remove one`},
	} {
		_, err := decisions.Parse("a.yaml", []byte(c.body))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", name, err, c.want)
		}
	}
	for _, body := range []string{"", "# nothing\n", "decisions:\n", "decisions: []\n"} {
		if b, err := decisions.Parse("a.yaml", []byte(body)); err != nil || len(b.Files()) != 1 {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func mapped(spelling, place string) decisions.Decision {
	return decisions.Decision{Do: decisions.Map, Spelling: spelling, Place: place, By: "A. Steward", On: "2026-11-24", Why: "because: it is \"so\""}
}

// A decision is added to whatever a steward has made of the file, and read back as meant.
func TestAppend(t *testing.T) {
	one := "do: map, spelling: Y, place: FRA, " + signed
	for old, want := range map[string]struct {
		list int
		kept string
	}{
		"":                                    {1, "decisions:\n- do: map"},
		"# ours\n":                            {1, "# ours\ndecisions:\n- do: map"},
		"decisions: []\n":                     {1, "decisions:\n- do: map"},
		"decisions:\n":                        {1, "decisions:\n- do: map"},
		"decisions:\n  - {" + one + "} # a\n": {2, "} # a\n  - do: map\n    spelling: X"},
		"decisions:\n- {" + one + "}":         {2, "}\n- do: map"},
		"decisions: [{" + one + "}]\n":        {0, "nothing can be added to the end of a.yaml as it is written"},
		"decisions:\n- {" + one + "}\n...\n":  {0, "nothing can be added to the end of a.yaml as it is written"},
	} {
		ws := workspace.Open(t.TempDir())
		if err := ws.Write("decisions/a.yaml", []byte(old)); err != nil {
			t.Fatal(err)
		}
		err := decisions.Append(ws, "a.yaml", mapped("X", "SWE"))
		body, _ := ws.Read("decisions/a.yaml")
		if want.list == 0 {
			if err == nil || !strings.Contains(err.Error(), want.kept) || string(body) != old {
				t.Errorf("%q: %v\n%s", old, err, body)
			}
			continue
		}
		b, readErr := decisions.Read(ws)
		if err != nil || readErr != nil || !strings.Contains(string(body), want.kept) || strings.Count(string(body), "do: map") != want.list {
			t.Errorf("%q: %v, %v\n%s", old, err, readErr, body)
			continue
		}
		if p, ok := b.Place("a", "X"); !ok || p.Code != "SWE" {
			t.Errorf("%q: X is %v", old, p)
		}
	}
}

// What contradicts the book is refused before it is written, and so is all that comes with it.
func TestAppendRefuses(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	if err := decisions.Append(ws, "a.yaml", mapped("X", "SWE")); err != nil {
		t.Fatal(err)
	}
	before, _ := ws.Read("decisions/a.yaml")
	for _, file := range []string{"a.yaml", "b.yaml"} {
		err := decisions.Append(ws, file, mapped("Z", "NOR"), mapped("X", "FRA"))
		if err == nil || !strings.Contains(err.Error(), "the decision was not written: a.yaml, decision 1 and "+file) {
			t.Errorf("%s: %v", file, err)
		}
	}
	after, _ := ws.Read("decisions/a.yaml")
	if string(after) != string(before) || ws.Has("decisions/b.yaml") {
		t.Errorf("written all the same:\n%s", after)
	}
}

// Nothing is lost where many write at once.
func TestAppendAtOnce(t *testing.T) {
	root := t.TempDir()
	const many = 12
	var wg sync.WaitGroup
	faults := make([]error, many)
	for i := range many {
		wg.Go(func() {
			faults[i] = decisions.Append(workspace.Open(root), "a.yaml", mapped(fmt.Sprint("X", i), "SWE"))
		})
	}
	wg.Wait()
	b, err := decisions.Read(workspace.Open(root))
	if err != nil {
		t.Fatal(err)
	}
	for i := range many {
		if _, ok := b.Place("a", fmt.Sprint("X", i)); !ok || faults[i] != nil {
			t.Errorf("decision %d is lost: %v", i, faults[i])
		}
	}
}

// Whether a finding needs to be asked again follows from the book, whoever wrote it.
func TestAnswer(t *testing.T) {
	name := source.Finding{Code: "unknown-name", Severity: source.Hold, Source: "a", Dataset: "treaty_status", Text: `the name "X" is not in the registry of places, so its row is held`}
	held := source.Finding{Code: "too-few-rows", Severity: source.Hold, Source: "a", Dataset: "treaty_status", Capture: "bbbbbbbbbbbbbbbb"}
	gone := source.Finding{Code: "unconfirmed-withdrawal", Severity: source.Question, Source: "a", Dataset: "treaty_status", Text: "row CRC/SWE of treaty_status has gone from the list of 2026-11-20; it stays until a capture of 2026-11-27 or later agrees"}
	differ := source.Finding{Code: "sources-disagree", Severity: source.Question, Source: "a", Dataset: "treaty_status", Text: "treaty_status CRC/SWE: a says status party; b says status signed; b is followed"}
	row := "dataset: treaty_status, key: CRC/SWE, "
	for _, c := range []struct {
		f     source.Finding
		entry string
		want  bool
	}{
		{name, "do: map, spelling: X, place: SWE", true},
		{name, "do: map, source: b, spelling: X, place: SWE", false},
		{name, "do: map, spelling: Xy, place: SWE", false},
		{name, "do: exclude, source: a, dataset: treaty_status, key: X", true},
		{name, "do: exclude, source: a, dataset: memberships, key: X", false},
		{held, "do: release, source: a, code: too-few-rows, capture: bbbbbbbbbbbb, finding: " + decisions.ID(held), true},
		{held, "do: release, source: a, code: too-few-rows, capture: aaaaaaaaaaaa, finding: " + decisions.ID(held), false},
		{held, "do: snooze, until: 2026-11-24, finding: " + decisions.ID(held), true},
		{held, "do: snooze, until: 2026-11-23, finding: " + decisions.ID(held), false},
		{gone, "do: exclude, source: a, " + row, true},
		{gone, "do: exclude, source: b, " + row, false},
		{gone, "do: accept, finding: " + decisions.ID(gone), true},
		{differ, "do: exclude, source: b, " + row, true},
		{differ, "do: correct, " + row + "set: {status: party}, from: x, as_of: 2026-11-24", true},
		{gone, "do: correct, " + row + "set: {status: party}, from: x, as_of: 2026-11-24", false},
	} {
		b, err := decisions.Parse("a.yaml", []byte("decisions:\n- {"+strings.TrimSuffix(c.entry, ", ")+", "+signed+"}\n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, got := b.Answer(c.f, time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)); got != c.want {
			t.Errorf("%s answers %s: %v, want %v", c.entry, c.f.Code, got, c.want)
		}
	}
}
