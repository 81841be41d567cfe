package alerts_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
)

// samples are messages of every kind, with an event of every kind.
func samples(t *testing.T) (messages, events []json.RawMessage) {
	t.Helper()
	keep := func(list *[]json.RawMessage, v any) {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		*list = append(*list, text)
	}
	var all []event.Event
	for _, m := range event.All {
		for _, kind := range m.Kinds {
			e := event.Event{
				ID: "ev-0123456789abcdef0123456789abcdef", Kind: kind, Dataset: m.Dataset, Key: "x", Column: "status", Old: map[string]string{"status": "signed"}, New: map[string]string{"status": "party"},
				On: began, Seen: began.Add(time.Hour), Source: "a", Publisher: "A", Capture: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", Locator: "line 1", Quote: "x",
				Address: "https://example.org/x", Origin: "rebuilt", Snapshot: "20260105-0123456789",
			}
			if m.Place {
				e.Place = "SWE"
			}
			if m.Treaty {
				e.Treaty, e.How = "ETS185", "ratification"
			}
			if m.Network {
				e.Network = "inhope"
			}
			all = append(all, e)
			keep(&events, e)
		}
	}
	issue := outbox.Issue{ID: "issue-enoc.not-renewed", Source: "enoc", Code: "not-renewed", Text: "there was no answer", Hint: "look", Count: 2, Since: began, Runs: 3}
	notice := outbox.Notice{Open: []outbox.Issue{issue}, Resolved: []outbox.Issue{issue}, Burst: "burst-1-20260105-0123456789", Messages: 3, Sources: 16, Rows: 2000, Since: "2021", Count: len(all), Questions: map[string]int{"question": 2}}
	for _, kind := range []outbox.Kind{outbox.Told, outbox.Digest, outbox.Test, outbox.Health, outbox.Doubt, outbox.Burst, outbox.Summary, outbox.Undelivered} {
		m := outbox.Message{ID: outbox.ID(string(kind)), Class: outbox.Steward, Kind: kind, Notice: &notice, Created: began, Due: began}
		switch kind {
		case outbox.Told, outbox.Digest, outbox.Test:
			m.Class, m.Subscription, m.Notice, m.Events = outbox.Subscriber, "all", nil, all
		case outbox.Burst:
			m.Events = all
		}
		for _, language := range []string{"en", "fr"} {
			r, err := message.Render(m, message.Reader{Language: language, Subscription: "all"})
			if err != nil {
				t.Fatal(err)
			}
			messages = append(messages, r.JSON)
		}
	}
	return messages, events
}

// What webhooks get is what the schemas say, by a judge of its own: ajv, in its strict mode.
func TestSchemasAreJudgedByOthers(t *testing.T) {
	modules, err := filepath.Abs("../../bin/node/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	node, err := exec.LookPath("node")
	if _, missing := os.Stat(filepath.Join(modules, "ajv-formats")); err != nil || missing != nil {
		const why = "ajv is not installed (make tools): its judgement of the JSON Schemas was left out"
		if os.Getenv("CI") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	messages, events := samples(t)
	folder := t.TempDir()
	if err := os.Symlink(modules, filepath.Join(folder, "node_modules")); err != nil {
		t.Fatal(err)
	}
	write := func(name string, text []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	script, err := os.ReadFile("testdata/judge.cjs")
	if err != nil {
		t.Fatal(err)
	}
	input, err := json.Marshal(map[string]any{
		"schemas":  map[string]json.RawMessage{"event": event.Schema, "message": message.Schema},
		"samples":  map[string][]json.RawMessage{"event": events, "message": messages},
		"mistakes": map[string][]json.RawMessage{"event": {json.RawMessage(`{"id": "ev-1"}`)}, "message": {json.RawMessage(`{"type": "baseline.message"}`)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	write("judge.cjs", script)
	write("input.json", input)
	if out, err := exec.Command(node, filepath.Join(folder, "judge.cjs"), filepath.Join(folder, "input.json")).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
