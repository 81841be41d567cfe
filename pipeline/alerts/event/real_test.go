package event_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/pipeline"
	"baseline/pipeline/alerts/event"
	"baseline/pipeline/archive"
	"baseline/pipeline/compare"
	"baseline/pipeline/edition"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/schemas/places"
	"baseline/sources"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
	"baseline/testdata"
)

// bench is a workspace that is refreshed, and whose events are made as they come.
type bench struct {
	*testing.T
	*pipeline.Pipeline
	chain  event.Chain
	before *snapshot.Snapshot
}

func newBench(t *testing.T, list ...source.Source) *bench {
	t.Helper()
	return &bench{T: t, Pipeline: &pipeline.Pipeline{
		Workspace: workspace.Open(filepath.Join(t.TempDir(), "ws")), Sources: list, Names: places.Default(), Holder: "the test",
	}}
}

// put stores a publisher's answer.
func (b *bench) put(src, request string, at time.Time, body string) archive.Record {
	b.Helper()
	sum := sha256.Sum256([]byte(body))
	s, err := b.Source(src)
	if err != nil {
		b.Fatal(err)
	}
	address := cmp.Or(sourcetest.Capture(s, request, nil).URL, "https://example.org/asked")
	rec := archive.Record{
		Source: src, Request: archive.Asked{ID: request, URL: address}, FinalURL: address + "?final",
		RequestedAt: at, Status: 200, SHA256: hex.EncodeToString(sum[:]), Bytes: len(body), Origin: archive.Publisher,
	}
	if err := archive.In(b.Workspace).Put(rec, []byte(body)); err != nil {
		b.Fatal(err)
	}
	return rec
}

// refresh makes the next snapshot and returns what happened since the last one.
func (b *bench) refresh() (pipeline.Outcome, []event.Event, []event.Doubt) {
	b.Helper()
	out, err := b.Refresh()
	if err != nil {
		b.Fatal(err)
	}
	events, findings := b.since(&b.chain, b.before, out.Snapshot)
	b.before = out.Snapshot
	return out, events, findings
}

func (b *bench) since(c *event.Chain, before, after *snapshot.Snapshot) ([]event.Event, []event.Doubt) {
	b.Helper()
	if before == nil {
		return c.Next(nil, nil, after)
	}
	again, err := b.Replay(before)
	if err != nil {
		b.Fatal(err)
	}
	return c.Next(compare.WithCause(before, again, after, before.AsOf()).Changes, before, after)
}

// What happened between the report of 2021 and the bundled captures.
func TestSinceTheReport(t *testing.T) {
	b := newBench(t, sources.All()...)
	b.Bundle = testdata.Captures()
	out, events, _ := b.refresh()
	if events != nil {
		t.Errorf("the first refresh tells %q", briefs(events))
	}
	if _, events, findings := b.refresh(); events != nil || findings != nil {
		t.Errorf("a second refresh of the same tells %q, %v", briefs(events), findings)
	}
	e, err := edition.Read(b.Workspace, "2021")
	if err != nil {
		t.Fatal(err)
	}
	older, _, err := snapshot.Load(b.Workspace, e.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	events, findings := b.since(&event.Chain{}, older, out.Snapshot)
	got := briefs(events)
	for _, want := range []string{
		"party SWE ETS185/SWE status {status:signed} > {consent:2021-04-28 consent_kind:unspecified status:party} on 2021-04-28",
		"party MLT ETS189/MLT status {signed:2003-01-28 status:signed} > {consent:2025-06-04 consent_kind:unspecified in_force:2025-10-01 signed:2003-01-28 status:party} on 2025-06-04",
		"in-force MLT ETS189/MLT in_force {status:party} > {consent:2025-06-04 in_force:2025-10-01 status:party} on 2025-10-01",
		"class-changed AZE enoc/AZE/ class {class:associate} > {class:full since:2025-09-01 since_precision:month} on 2025-09-01",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("not told: %s\nbut\n%s", want, strings.Join(got, "\n"))
		}
	}
	years := 0
	for _, e := range events {
		switch {
		case e.Kind == event.ReportYear:
			years++
		case e.On.IsZero() || !e.On.After(older.AsOf()):
			t.Errorf("of %s no day proves that it happened since the report", brief(e))
		}
	}
	if years != 3 || len(events) < 10 || len(events) > 60 {
		t.Errorf("%d new years, %d events: %s", years, len(events), strings.Join(got, "\n"))
	}
	// Where the report and another source differ without a day, the steward is asked.
	if len(findings) != 1 || findings[0].Code != event.TookOver || !strings.Contains(findings[0].Text, "inhope/UKR/") {
		t.Errorf("findings %+v", findings)
	}
}

const (
	members = "Albania|Andorra|Armenia|Austria|Azerbaijan|Belgium|Bosnia and Herzegovina|Bulgaria|Croatia|Cyprus|Czech Republic|Denmark|Estonia|" +
		"Finland|France|Georgia|Germany|Greece|Hungary|Iceland|Ireland|Italy|Latvia|Liechtenstein|Lithuania|Luxembourg|Malta|Monaco|Montenegro|" +
		"Netherlands|North Macedonia|Norway|Poland|Portugal|Republic of Moldova|Romania|San Marino|Serbia|Slovak Republic|Slovenia|Spain|Sweden|" +
		"Switzerland|Türkiye|Ukraine|United Kingdom"
	others = "Canada|Japan|Russian Federation|Tunisia"
)

// chart makes up the text of a chart of ETS 185: all members but Ireland are parties since
// one day. ireland are its cells: signature, ratification, entry into force, notes. No day
// of it is a fact.
func chart(at time.Time, ireland string) string {
	var s strings.Builder
	const head = "\n\tSignature\tRatification\tEntry into Force\tNotes\tR.\tD.\tA.\tT.\tC.\tO.\n"
	fmt.Fprintf(&s, "Chart of signatures and ratifications of Treaty 185\nConvention on Cybercrime\nStatus as of %s\nMembers of Council of Europe%s", at.Format("02/01/2006"), head)
	parties := 0
	for name := range strings.SplitSeq(members, "|") {
		cells := "23/11/2001\t10/01/2006\t01/05/2006\t"
		if name == "Ireland" {
			cells = ireland
		}
		if strings.Split(cells, "\t")[1] != "" {
			parties++
		}
		fmt.Fprintf(&s, "%s\t%s\t\t\t\t\t\t\n", name, cells)
	}
	s.WriteString("Non-members of Council of Europe" + head)
	for name := range strings.SplitSeq(others, "|") {
		fmt.Fprintf(&s, "%s\t\t\t\t\t\t\t\t\t\t\n", name)
	}
	fmt.Fprintf(&s, "International Organisations%sEuropean Union\t\t\t\t\t\t\t\t\t\t\nTotal number of ratifications/accessions\t%d\n", head, parties)
	return s.String()
}

// Ireland ratifies the Budapest Convention: told the day the depositary lists it, once, and
// again when it enters into force. Through the whole pipeline, with the bundled captures.
func TestIrelandRatifies(t *testing.T) {
	b := newBench(t, sources.All()...)
	b.Bundle = testdata.Captures()
	b.refresh()
	at := time.Date(2026, 11, 1, 4, 0, 0, 0, time.UTC)
	signed, party := "28/02/2002\t\t\t", "28/02/2002\t20/11/2026\t01/03/2027\t"
	b.put("coe-treaties", "signatures-185", at, chart(at, signed))
	// The first chart takes the place of the curated rows. What these say otherwise is of
	// years ago, and nothing that happened.
	if out, events, _ := b.refresh(); events != nil || out.Held > 0 {
		t.Fatalf("the first chart: %d rows held, told %q", out.Held, briefs(events))
	}
	var ids []string
	for _, c := range []struct {
		days int
		row  string
		want []string
	}{
		{1, signed, nil},
		{23, party, []string{"party IRL ETS185/IRL status {signed:2002-02-28 status:signed} > {consent:2026-11-20 consent_kind:unspecified in_force:2027-03-01 signed:2002-02-28 status:party} on 2026-11-20"}},
		{24, party, nil},
		{119, party, nil},
		{120, party, []string{"in-force IRL ETS185/IRL in_force {status:party} > {consent:2026-11-20 in_force:2027-03-01 status:party} on 2027-03-01"}},
		{121, party, nil},
	} {
		now := at.AddDate(0, 0, c.days)
		rec := b.put("coe-treaties", "signatures-185", now, chart(now, c.row))
		out, events, findings := b.refresh()
		same(t, fmt.Sprintf("day %d", c.days), briefs(events), c.want)
		// The curated parties that the made-up chart leaves out are asked of the steward once,
		// when a second chart has confirmed it.
		if len(findings) > 1 || len(findings) == 1 && (c.days != 23 || findings[0].Code != event.TookOver) || out.Held > 0 {
			t.Errorf("day %d: %d rows held, findings %.300v", c.days, out.Held, findings)
		}
		for _, e := range events {
			ids = append(ids, e.ID)
			if e.Capture != rec.SHA256 || e.Address != rec.FinalURL || !strings.HasPrefix(e.Quote, "Ireland") || e.Locator == "" || e.Publisher == "" ||
				e.Source != "coe-treaties" || !e.Seen.Equal(now) || e.Snapshot != out.Manifest.ID || e.Treaty != "ETS185" {
				t.Errorf("day %d: %+v", c.days, e)
			}
			for _, fault := range validate(t, encoded(t, e)) {
				t.Errorf("day %d: %s", c.days, fault)
			}
		}
	}
	// Another machine, which looked but once, tells the same with the same ids.
	c := newBench(t, sources.All()...)
	c.Bundle = testdata.Captures()
	c.refresh()
	c.put("coe-treaties", "signatures-185", at, chart(at, signed))
	c.refresh()
	now := at.AddDate(0, 0, 121)
	c.put("coe-treaties", "signatures-185", now, chart(now, party))
	_, events, _ := c.refresh()
	var again []string
	for _, e := range events {
		again = append(again, e.ID)
	}
	same(t, "ids of another machine", again, ids)
}
