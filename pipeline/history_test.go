package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/history"
	"baseline/schemas"
)

// known prints the statuses of the history: value, since when it is known (days after the
// start), and until when.
func (b bench) known() (list []string) {
	b.Helper()
	cells, err := history.Read(b.Workspace)
	if err != nil {
		b.Fatal(err)
	}
	day := func(v schemas.Value) string {
		if v.IsNull() {
			return ""
		}
		return fmt.Sprint(int(v.Time().Sub(start).Hours() / 24))
	}
	for _, c := range cells {
		if c.Column == "status" {
			list = append(list, fmt.Sprintf("%s %s %s-%s", c.Key(), c.Value, day(c.KnownFrom), day(c.KnownTo)))
		}
	}
	return list
}

// on sets the clock of the runs.
func (b bench) on(days int) bench {
	b.Now = func() time.Time { return start.AddDate(0, 0, days) }
	return b
}

func TestHistory(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France signed", "CRC Sweden party", "CRC Malta party")
	b.on(1).refresh()
	b.on(2).refresh() // nothing new
	b.capture("a", "list", 3, "CRC France party", "CRC Sweden party")
	b.on(3).refresh()
	b.want("on day 3", b.known(), "CRC/FRA signed 1-3", "CRC/FRA party 3-", "CRC/MLT party 1-", "CRC/SWE party 1-")
	b.capture("a", "list", 11, "CRC France party", "CRC Sweden party")
	b.on(11).refresh()
	want := []string{"CRC/FRA signed 1-3", "CRC/FRA party 3-", "CRC/MLT party 1-11", "CRC/SWE party 1-"}
	b.want("on day 11, when the withdrawal is confirmed", b.known(), want...)

	// The whole fold gives what the steps gave; so does one from a damaged file.
	for name, damage := range map[string]func() error{
		"gone":    func() error { return b.Workspace.Remove("data/history") },
		"damaged": func() error { return b.Workspace.Write(history.Path, []byte("no parquet")) },
		"older":   func() error { return b.Workspace.Write("data/history/moments.json", []byte(`{"moments": []}`)) },
		"a crash between the two files": func() error {
			text, err := b.Workspace.Read("data/history/moments.json")
			if err != nil {
				return err
			}
			return b.Workspace.Write("data/history/moments.json", []byte(strings.Replace(string(text), `"sha256": "`, `"sha256": "0`, 1)))
		},
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		if err := history.Update(b.Workspace); err != nil {
			t.Fatal(err)
		}
		b.want(name, b.known(), want...)
	}
	// A state that a failed source no longer vouches for is still what is known.
	b.capture("a", "list", 12, "error")
	b.on(12).refresh()
	b.want("when the source fails", b.known(), want...)

	list, err := history.Moments(b.Workspace)
	if err != nil {
		t.Fatal(err)
	}
	var days []int
	for _, m := range list {
		days = append(days, int(m.At.Sub(start).Hours()/24))
	}
	if !slices.Equal(days, []int{1, 3, 11, 12}) {
		t.Errorf("moments on the days %v", days)
	}
	for at, want := range map[int]string{1: list[0].Name, 2: list[0].Name, 3: list[1].Name, 10: list[1].Name, 40: list[3].Name} {
		if m, ok := history.Known(list, start.AddDate(0, 0, at)); !ok || m.Name != want {
			t.Errorf("on day %d %s was known, not %s", at, m.Name, want)
		}
	}
	if m, ok := history.Known(list, start); ok || m.Name != list[0].Name {
		t.Errorf("before the first run %s was known", m.Name)
	}
}

// What is learnt late about an older day is valid then and known now.
func TestHistoryKeepsTheTwoTimesApart(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden party")
	b.on(1).refresh()
	b.decide("right.yaml", "do: correct, dataset: treaty_status, key: CRC/SWE, set: {signed: 1990-01-26, consent: 1990-06-29}, from: the depositary, as_of: 2026-02-04")
	b.on(2).refresh()
	cells, err := history.Read(b.Workspace)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range cells {
		if c.Column == "status" && c.Place == "SWE" {
			got = append(got, strings.TrimSpace(fmt.Sprintf("%s valid %s to %s known %s to %s", c.Value, c.ValidFrom, c.ValidTo, c.KnownFrom.Time().Format("01-02"), c.KnownTo)))
		}
	}
	b.want("statuses", got,
		"party valid  to  known 02-04 to 2026-02-05T12:00:00Z",
		"signed valid 1990-01-26 to 1990-06-29 known 02-05 to",
		"party valid 1990-06-29 to  known 02-05 to",
	)
}

// Folding the same moment twice changes nothing.
func TestHistoryFoldsOnce(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France signed", "CRC Sweden party")
	out := b.on(1).refresh()
	m := history.Moment{At: start, Name: "x"}
	once := history.Fold(nil, m, out.Snapshot)
	twice := history.Fold(once, history.Moment{At: start.AddDate(0, 0, 1), Name: "y"}, out.Snapshot)
	if len(once) != 2 || len(twice) != len(once) {
		t.Fatalf("%d cells, then %d", len(once), len(twice))
	}
	for i := range once {
		if once[i].KnownIn != twice[i].KnownIn || !twice[i].KnownTo.IsNull() {
			t.Errorf("%v became %v", once[i], twice[i])
		}
	}
}
