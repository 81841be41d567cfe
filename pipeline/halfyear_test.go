package pipeline_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/output/parquet/parquettest"
	"baseline/pipeline/archive"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
)

// What the publisher says, from its first page to its last.
var pages = map[string][]string{
	"first":  {"CRC France party", "CRC Sweden signed", "CRC Malta party"},
	"second": {"CRC France party", "CRC Sweden party", "CRC Malta party"},
	"third":  {"CRC France party", "CRC Sweden party", "CRC Malta party", "CRC Italy signed"},
	"flap":   {"CRC France party", "CRC Sweden party", "CRC Malta party", "CRC Italy party"},
	"fourth": {"CRC France party", "CRC Sweden party", "CRC Malta party", "CRC Italy party", "CRC Norway party"},
}

// halfYear is the story of one source, day by day. A day's answer is good if it is one of
// the pages and not an old one. What nobody tells the pipeline is which page is true.
func halfYear(day int) (answer string, good bool) {
	switch {
	case day < 10:
		return "first", true
	case day < 30:
		return "second", true
	case day < 45:
		return "503", false
	case day == 45:
		return "second", true
	case day < 60:
		return "empty", false
	case day == 60:
		return "third", true
	case day < 76:
		return "first", false // a page of months ago, under the time of today
	case day < 81:
		return "third", true
	case day < 91:
		return "503", false // and from here on, the disk has damaged the last good page
	case day < 100:
		return "third", true
	case day < 103:
		return "flap", true
	case day < 110:
		return "third", true
	case day == 110:
		return "fourth", true
	case day < 114:
		return "silence", false // and its record is damaged
	case day < 120:
		return "fourth", true
	default:
		return "silence", false
	}
}

// believed is what the outputs may say on a day.
type believed struct {
	captured time.Time // when the newest good answer was taken
	lines    []string
}

// For half a year a source answers well, then with errors, nothing, old pages; its captures
// and records are damaged; it recovers, flaps, and falls silent. On no day does any output
// call a fact fresher than it is, and on each good day it is as fresh as it can be.
func TestHalfAYear(t *testing.T) {
	t.Parallel()
	b := newBench(t, fake{id: "a"}, fake{id: "b"})
	clock := start
	b.Now = func() time.Time { return clock }
	const every = 2
	var now believed
	var flapped, held, failed int
	edition := ""
	for day := 0; day < 183; day++ {
		clock = start.AddDate(0, 0, day).Add(time.Hour)
		answer, good := halfYear(day)
		rec := b.answer(day, answer)
		if good {
			now = believed{start.AddDate(0, 0, day), pages[answer]}
		}
		b.second(day)
		switch day {
		case 81:
			b.spoil(archive.BodyPath(recordOf("a", "list", 80, strings.Join(pages["third"], "\n")).SHA256), "CRC France none")
		case 111:
			b.spoilRecord("20260524T120000Z-list-")
		}
		// Days on which something begins are never left out.
		if before, _ := halfYear(day - 1); day%every != 0 && before == answer && day != 81 && day != 111 {
			continue
		}
		out := b.refresh()
		b.fresh(fmt.Sprintf("day %d (%s)", day, answer), out.Manifest, now, good, rec)
		flapped += len(find(out, snapshot.Flapped))
		if out.Held > 0 {
			held++
		}
		if slices.Contains(out.Failed, "a") {
			failed++
		}
		if day < 100 {
			edition = out.Manifest.ID
		}
		if day == 103 {
			b.want("changes over the flap", b.changesSince(edition))
		}
	}
	if flapped == 0 || held < 15/every || failed < 100/every {
		t.Errorf("the story was not told: %d notes on flapping, %d days with held rows, %d failed days", flapped, held, failed)
	}
	// The publisher has been silent for longer than its budget of 30 days: whoever reckons
	// by the captured clock sees it.
	m, err := snapshot.ReadManifest(b.Workspace, b.current())
	if err != nil {
		t.Fatal(err)
	}
	if e, _ := m.Source("a"); clock.Sub(e.Captured) <= time.Duration(e.Budget)*24*time.Hour || clock.Sub(e.Checked) > 24*time.Hour {
		t.Errorf("after two months of silence the clocks are %+v", e.Clocks)
	}
}

// answer puts into the archive what the publisher says on a day.
func (b bench) answer(day int, what string) archive.Record {
	b.Helper()
	body := strings.Join(pages[what], "\n")
	switch what {
	case "503":
		body = "Service Unavailable. CRC France none"
	case "empty", "silence":
		body = ""
	}
	rec := recordOf("a", "list", day, body)
	store, put := archive.In(b.Workspace), error(nil)
	switch what {
	case "silence":
		rec.Status, rec.SHA256 = 0, ""
		put = store.Note(rec)
	case "503":
		rec.Status = 503
		fallthrough
	default:
		put = store.Put(rec, []byte(body))
	}
	if put != nil {
		b.Fatal(put)
	}
	return rec
}

// second lets another source answer: one of its requests always, one for twenty days.
func (b bench) second(day int) {
	b.Helper()
	b.capture("b", "list", day, "OPSC France party", "OPSC Sweden party", strings.Repeat("-", day))
	rec := recordOf("b", "more", day, "ETS185 France party\nETS185 Sweden party")
	if day >= 20 {
		rec = recordOf("b", "more", day, "Not Found")
		rec.Status = 404
		if err := archive.In(b.Workspace).Put(rec, []byte("Not Found")); err != nil {
			b.Fatal(err)
		}
		return
	}
	b.capture("b", "more", day, "ETS185 France party", "ETS185 Sweden party")
}

// spoilRecord cuts the record of a day off.
func (b bench) spoilRecord(begins string) {
	b.Helper()
	names, err := b.Workspace.List("captures/log/a")
	if err != nil {
		b.Fatal(err)
	}
	i := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, begins) })
	if i < 0 {
		b.Fatalf("no record begins with %s", begins)
	}
	b.spoil("captures/log/a/"+names[i], `{"source": "a", "requ`)
}

func (b bench) current() string {
	b.Helper()
	id, err := snapshot.CurrentID(b.Workspace)
	if err != nil {
		b.Fatal(err)
	}
	return id
}

// fresh reads every output of a snapshot for what it says on how fresh the facts are.
func (b bench) fresh(when string, m snapshot.Manifest, now believed, good bool, asked archive.Record) {
	b.Helper()
	s, stored, err := snapshot.Load(b.Workspace, b.current())
	if err != nil {
		b.Fatal(err)
	}
	if stored.ID != m.ID {
		b.Errorf("%s: snapshot %s is in force, not %s", when, stored.ID, m.ID)
	}
	e, _ := stored.Source("a")
	if !e.Captured.Equal(now.captured) || e.Changed.After(e.Captured) || !e.Checked.Equal(asked.RequestedAt) {
		b.Errorf("%s: the manifest has the clocks %+v; the facts are of %s", when, e.Clocks, now.captured)
	}
	b.metadata(when, stored, now.captured)
	b.table(when, stored, now.captured)
	b.facts(when, s, now, good)
	// Of the other source the worse of two requests counts.
	if o, _ := stored.Source("b"); o.Captured.After(start.AddDate(0, 0, 19)) {
		b.Errorf("%s: b is called captured at %s, and half of its rows are of day 19", when, o.Captured)
	}
	for _, r := range s.Tables["treaty_status"] {
		if old := r.Values[0].Text() == "ETS185" && asked.RequestedAt.After(start.AddDate(0, 0, 19)); old != (r.Standing == schemas.Kept) && r.Source == "b" {
			b.Errorf("%s: row %v of b stands as %s", when, r.Values[:2], r.Standing)
		}
	}
}

// metadata checks what travels with the file of a dataset.
func (b bench) metadata(when string, m snapshot.Manifest, captured time.Time) {
	b.Helper()
	f, _ := m.File("treaty_status")
	data, err := b.Workspace.Read(f.Path)
	if err != nil {
		b.Fatal(err)
	}
	file := parquettest.Open(b.T, data)
	if got, _ := file.Lookup("baseline.source.a.captured_at"); got != captured.Format(time.RFC3339) {
		b.Errorf("%s: the file says captured_at %s; the facts are of %s", when, got, captured)
	}
	got, _ := file.Lookup("baseline.source.a.changed_at")
	if changed, err := time.Parse(time.RFC3339, got); err != nil || changed.After(captured) {
		b.Errorf("%s: the file says changed_at %s, %v", when, got, err)
	}
	text, err := b.Workspace.Read("datapackage.json")
	if err != nil || !json.Valid(text) || !strings.Contains(string(text), m.ID) {
		b.Errorf("%s: datapackage.json is not of snapshot %s: %v", when, m.ID, err)
	}
}

// table checks the published table of sources.
func (b bench) table(when string, m snapshot.Manifest, captured time.Time) {
	b.Helper()
	d := &schemas.SourceStates
	rows, err := snapshot.Table(b.Workspace, m, d)
	if err != nil || len(rows) != 2 {
		b.Fatalf("%s: the table of sources has %d rows, %v", when, len(rows), err)
	}
	if got := rows[0].Values[d.Column("captured_at")].Time(); !got.Equal(captured) {
		b.Errorf("%s: the table of sources says captured_at %s; the facts are of %s", when, got, captured)
	}
}

// facts checks the rows themselves.
func (b bench) facts(when string, s *snapshot.Snapshot, now believed, good bool) {
	b.Helper()
	var got []string
	for _, r := range s.Tables["treaty_status"] {
		if r.Source != "a" {
			continue
		}
		got = append(got, fmt.Sprintf("%s %s %s", r.Values[0], r.Values[2], r.Values[3]))
		if seen := r.Evidence.Observed.Time(); !seen.Equal(now.captured) {
			b.Errorf("%s: row %v is called observed at %s; it is of %s", when, r.Values[:2], seen, now.captured)
		}
		if (r.Standing == schemas.Read) != good {
			b.Errorf("%s: row %v stands as %s", when, r.Values[:2], r.Standing)
		}
	}
	want := slices.Sorted(slices.Values(now.lines))
	if slices.Sort(got); !slices.Equal(got, want) {
		b.Errorf("%s: the rows are %q, want %q", when, got, want)
	}
}
