package pipeline_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"baseline/pipeline"
	"baseline/pipeline/archive"
	"baseline/pipeline/workspace"
	"baseline/schemas/places"
	"baseline/sources/coetreaties"
	"baseline/sources/source"
)

// hintsOf are the hints of the findings that a refresh makes of a record, by code.
func hintsOf(t *testing.T, s source.Source, rec archive.Record, body string) map[string]source.Finding {
	t.Helper()
	p := &pipeline.Pipeline{Workspace: workspace.Open(t.TempDir()), Sources: []source.Source{s}, Names: places.Default(), Holder: "a test"}
	rec.Source, rec.RequestedAt, rec.Origin = s.About().ID, time.Date(2026, 2, 3, 4, 0, 0, 0, time.UTC), archive.Publisher
	store := archive.In(p.Workspace)
	if body == "" {
		if err := store.Note(rec); err != nil {
			t.Fatal(err)
		}
	} else {
		sum := sha256.Sum256([]byte(body))
		rec.SHA256 = hex.EncodeToString(sum[:])
		if err := store.Put(rec, []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	out, err := p.Refresh()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]source.Finding{}
	for _, f := range out.Snapshot.Findings {
		found[f.Code] = f
	}
	return found
}

// What a steward is told to do can be pasted into a shell, and brings what is missing.
func TestTheWayOut(t *testing.T) {
	const service = "https://conventions-ws.coe.int/WS_LFRConventions/api/"
	for name, c := range map[string]struct {
		rec  archive.Record
		want []string
	}{
		"the page with the key": {
			archive.Record{Request: archive.Asked{ID: "key", URL: "https://www.coe.int/x"}, Status: 403, Fault: "challenge"},
			[]string{"BASELINE_KEY_COE_TREATIES in the environment", `curl -fsS -H "token: $BASELINE_KEY_COE_TREATIES" -H "Accept: application/json" -o FILE "` + service + `signatures?numSTE=201&langue=ENG" && baseline capture add coe-treaties --request signatures-201 --url "` + service + `signatures?numSTE=201&langue=ENG" FILE`},
		},
		"what the key opens": {
			archive.Record{Request: archive.Asked{ID: "signatures-185", URL: service + "signatures?numSTE=185&langue=ENG"}, Fault: "tls-failed"},
			[]string{`curl -fsS --ciphers DEFAULT@SECLEVEL=1 -H "token: $BASELINE_KEY_COE_TREATIES"`, `&& baseline capture add coe-treaties --request signatures-185 --url "` + service + `signatures?numSTE=185&langue=ENG" FILE`},
		},
		"a form": {
			archive.Record{Request: archive.Asked{ID: "treaties", URL: service + "traites/search"}, Status: 500, Fault: "server-error"},
			[]string{`-H "Content-Type: application/json" --data '{"CodePays":null,`, `baseline capture add coe-treaties --request treaties --url "` + service + `traites/search" FILE`},
		},
	} {
		f := hintsOf(t, coetreaties.New(), c.rec, "")[c.rec.Fault]
		for _, want := range c.want {
			if !strings.Contains(f.Hint, want) {
				t.Errorf("%s: %q lacks %q", name, f.Hint, want)
			}
		}
	}
	rec := archive.Record{Request: archive.Asked{ID: "list", URL: "https://example.org/list?a=1&b=2"}, Status: 403, Fault: "challenge"}
	if f := hintsOf(t, fake{id: "a"}, rec, "")["challenge"]; !strings.HasSuffix(f.Hint, `baseline capture add a --url "https://example.org/list?a=1&b=2" FILE`) {
		t.Errorf("a page: %q", f.Hint)
	}
	// The robots.txt that forbids is evidence for what is told of the request itself.
	robots := archive.Record{Request: archive.Asked{ID: archive.Robots, URL: "https://example.org/robots.txt"}, Status: 200, Fault: "robots-forbids"}
	if found := hintsOf(t, fake{id: "a"}, robots, "User-agent: *"); found["robots-forbids"].Code != "" {
		t.Errorf("%+v", found)
	}
}

func TestAnswersFromAnotherAddressAreAsked(t *testing.T) {
	rec := archive.Record{Request: archive.Asked{ID: "list", URL: "https://old.example.org/list"}, Status: 200, Before: "https://example.org/list"}
	f := hintsOf(t, fake{id: "a"}, rec, "CRC France party\n")[pipeline.FromElsewhere]
	if f.Severity != source.Question || !strings.Contains(f.Text, "https://old.example.org/list") || !strings.Contains(f.Text, rec.Before) {
		t.Errorf("%+v", f)
	}
	rec.Before = ""
	if f := hintsOf(t, fake{id: "a"}, rec, "CRC France party\n")[pipeline.FromElsewhere]; f.Code != "" {
		t.Errorf("%+v", f)
	}
}
