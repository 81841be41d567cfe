package coetreaties_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"baseline/pipeline"
	"baseline/pipeline/archive"
	"baseline/pipeline/archive/exchange"
	"baseline/pipeline/workspace"
	"baseline/schemas/places"
	"baseline/sources/coetreaties"
	"baseline/sources/source"
)

// The service cannot always be asked. Its page shows the same chart in a browser, and can be
// handed in where an answer of the service would be; the key in it stays out of the archive.
func TestAPageSavedFromABrowserIsTaken(t *testing.T) {
	const key, address = "made-up-4711", "https://www.coe.int/en/web/conventions/full-list?module=signatures-by-treaty&treatynum=185"
	s := coetreaties.New()
	p := &pipeline.Pipeline{
		Workspace: workspace.Open(t.TempDir()), Sources: []source.Source{s}, Names: places.Default(),
		Now: func() time.Time { return time.Date(2026, 2, 4, 0, 0, 0, 0, time.UTC) },
	}
	chart := coetreaties.ChartAsHTML()
	body := strings.Replace(chart, "<script>", "<script>window.conventions_api_url = 'https://conventions-ws.coe.int/WS_LFRConventions/'; window.conventions_api_key = '"+key+"';", 1)
	if body == chart {
		t.Fatal("the chart of the tests has no script to put the key into")
	}
	h := exchange.Handed{Source: s, Request: "signatures-185", URL: address, By: "A. Steward", File: "chart.html", Body: []byte(body)}
	seen, err := exchange.Look(p, h)
	if err != nil || seen.Refused != "" {
		t.Fatalf("%+v, %v", seen.Refused, err)
	}
	if n := len(seen.Checked.Parts); n == 0 || !seen.Checked.Parts[0].Complete || len(seen.Checked.Parts[0].Rows) != coetreaties.Rows() {
		t.Errorf("%d parts: %+v", n, seen.Checked.Findings)
	}
	if !strings.Contains(seen.Record.OriginNote, "; a key in it was blanked") || !strings.Contains(strings.Join(seen.Warnings, " "), "looks like something else") {
		t.Errorf("note %q, warnings %q", seen.Record.OriginNote, seen.Warnings)
	}
	if err := seen.Store(p); err != nil {
		t.Fatal(err)
	}
	store := archive.In(p.Workspace)
	newest, err := store.Newest(s.About().ID)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := store.Body(newest["signatures-185"].SHA256)
	if err != nil || bytes.Contains(kept, []byte(key)) || len(kept) != len(body) || string(kept) != strings.ReplaceAll(body, key, strings.Repeat(" ", len(key))) {
		t.Errorf("%d bytes kept of %d, %v; the key is among them: %v", len(kept), len(body), err, bytes.Contains(kept, []byte(key)))
	}
	if again, err := exchange.Look(p, h); err != nil || again.Already == nil {
		t.Errorf("the same file again: %+v, %v", again, err)
	}

	// Half a chart, another page and a chart of another treaty stay out.
	for name, other := range map[string]string{
		"half":         body[:len(body)/2],
		"another page": "<html><head><title>Conventions</title></head><body><h1>Full list</h1><p>Chart of signatures and ratifications.</p></body></html>",
		"other treaty": strings.NewReplacer("185", "189", "Cybercrime", "Racism").Replace(body),
	} {
		h.Body = []byte(other)
		if seen, err := exchange.Look(p, h); err != nil || seen.Refused == "" || bytes.Contains(seen.Body, []byte(key)) {
			t.Errorf("%s: refused for %q, %v", name, seen.Refused, err)
		}
	}
}
