package cli

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/fetch/publishers"
	"baseline/pipeline/schedule"
	"baseline/pipeline/workspace"
)

// stated is what the schedule has noted of a source.
func stated(t *testing.T, ws, id string) schedule.State {
	t.Helper()
	s, fault, err := schedule.Load(workspace.Open(ws), id, time.Now())
	if err != nil || fault != "" {
		t.Fatal(fault, err)
	}
	return s
}

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A mistake in a file of the steward's fails each run as a whole. The publishers were asked
// all the same, and are not asked again for it.
func TestAMistakeHereIsNoReasonToAskAgain(t *testing.T) {
	stage := publishers.Publishers(t)
	ws := filepath.Join(t.TempDir(), "ws")
	t.Setenv("BASELINE_CONTACT", "team@example.org")
	names := filepath.Join(ws, "decisions", "names.yaml")
	put(t, names, "- {this is no")
	once := []string{"--workspace", ws, "schedule", "--once", "--only", "weprotect"}
	code, out, errs := run(t, stage, once...)
	if code != exitFailed || len(stage.Requests("")) == 0 || stated(t, ws, "weprotect").Asked.IsZero() {
		t.Fatalf("exit %d, %d requests\n%s\n%s", code, len(stage.Requests("")), out, errs)
	}
	stage.Forget()
	code, _, errs = run(t, stage, once...)
	if code != exitDone || len(stage.Requests("")) > 0 || !strings.Contains(errs, "nothing is tried now") {
		t.Errorf("exit %d, %d requests\n%s", code, len(stage.Requests("")), errs)
	}
	// An hour later it is put right, and what was asked is read.
	if err := os.Remove(names); err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(ws, "schedule", "_run.json")
	text, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	put(t, state, regexp.MustCompile(`"ended": "[^"]*"`).ReplaceAllString(string(text), `"ended": "2026-01-01T00:00:00Z"`))
	code, _, errs = run(t, stage, once...)
	if code == exitFailed || len(stage.Requests("")) > 0 || !strings.Contains(errs, "run ended") {
		t.Errorf("exit %d, %d requests\n%s", code, len(stage.Requests("")), errs)
	}
	// Whoever refreshes by hand need not wait for that.
	put(t, state, `{"failures": 4, "told": 3, "ended": "`+time.Now().UTC().Format(time.RFC3339)+`", "unread": true}`)
	if code, _, errs := run(t, stage, "--workspace", ws, "refresh", "--offline"); code == exitFailed {
		t.Errorf("exit %d\n%s", code, errs)
	}
	code, _, errs = run(t, stage, once...)
	if code != exitDone || !strings.Contains(errs, "nothing is due") {
		t.Errorf("exit %d\n%s", code, errs)
	}
}

// A page that came, but could not be read, is a failure of its source whoever asked for it.
// The next run is then the same in both tables that show it.
func TestAnUnreadablePageIsNotedAsFailure(t *testing.T) {
	t.Setenv("BASELINE_CONTACT", "team@example.org")
	for _, verb := range [][]string{{"refresh", "weprotect"}, {"schedule", "--once", "--only", "weprotect"}} {
		t.Run(verb[0], func(t *testing.T) {
			stage := publishers.Publishers(t)
			for path := range map[string]bool{"/members/governments": true, "/alliance/governments/": true} {
				stage.Host("www.weprotect.org").Page(path, `<html lang="en"><head><title>Governments</title></head><body><main><h1>Governments</h1><p>`+
					strings.Repeat("The alliance has many governments among its members. ", 40)+`</p></main></body></html>`)
			}
			ws := filepath.Join(t.TempDir(), "ws")
			code, out, errs := run(t, stage, append([]string{"--workspace", ws}, verb...)...)
			if code != exitSource {
				t.Errorf("exit %d\n%s\n%s", code, out, errs)
			}
			if s := stated(t, ws, "weprotect"); s.Failures != 1 || s.Why == "" {
				t.Errorf("%+v", s)
			}
			if _, err := schedule.Note(workspace.Open(ws), "weprotect", time.Now(), "again"); err != nil {
				t.Fatal(err)
			}
			_, status, _ := run(t, stage, "--workspace", ws, "--json", "status")
			_, list, _ := run(t, stage, "--workspace", ws, "--json", "schedule", "--list", "--only", "weprotect")
			next := func(text, name, id string) (at time.Time) {
				for _, line := range strings.Split(text, "\n") {
					var o map[string]any
					if json.Unmarshal([]byte(line), &o) == nil && (o["id"] == id || o["source"] == id) && o[name] != nil {
						at, _ = time.Parse(time.RFC3339, o[name].(string))
					}
				}
				return at
			}
			a, b := next(status, "next_run", "weprotect"), next(list, "next", "weprotect")
			if !a.Equal(b) || a.Before(time.Now().AddDate(0, 0, 7)) {
				t.Errorf("status says %s, schedule %s, for a weekly source that failed twice", a, b)
			}
			if at := next(status, "next_run", "crin"); !at.IsZero() {
				t.Errorf("crin is frozen, and will be asked %s", at)
			}
		})
	}
}

// What cannot be read of one source in the archive is that source's failure.
func TestOneBrokenSourceStopsNoOther(t *testing.T) {
	stage := publishers.Publishers(t)
	ws := filepath.Join(t.TempDir(), "ws")
	t.Setenv("BASELINE_CONTACT", "team@example.org")
	put(t, filepath.Join(ws, "captures", "log", "enoc"), "no folder")
	code, out, errs := run(t, stage, "--workspace", ws, "refresh", "enoc", "weprotect")
	if code != exitSource || !strings.Contains(out, "is now in force") {
		t.Errorf("exit %d\n%s\n%s", code, out, errs)
	}
	if a, b := stated(t, ws, "enoc"), stated(t, ws, "weprotect"); a.Failures != 1 || b.Failures != 0 || b.Asked.IsZero() {
		t.Errorf("enoc %+v\nweprotect %+v", a, b)
	}
}

// Requests are counted as a host sees them, and --ok makes what is no fault of this machine
// end with 0.
func TestOnceTellsMachines(t *testing.T) {
	stage := publishers.Publishers(t)
	dir := t.TempDir()
	t.Setenv("BASELINE_CONTACT", "team@example.org")
	file := filepath.Join(dir, "m.prom")
	code, _, errs := run(t, stage, "--workspace", filepath.Join(dir, "ws"), "schedule", "--once", "--only", "weprotect,enoc", "--textfile", file, "--ok", "3,4")
	if code != exitDone || !strings.Contains(errs, "run ended") {
		t.Errorf("exit %d\n%s", code, errs)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), `baseline_requests_total{host="www.weprotect.org",outcome="200"}`) || strings.Contains(string(text), `host=""`) {
		t.Errorf("%s", text)
	}
	seen := 0
	for _, line := range regexp.MustCompile(`(?m)^baseline_requests_total\{.*\} (\d+)$`).FindAllStringSubmatch(string(text), -1) {
		var n int
		if err := json.Unmarshal([]byte(line[1]), &n); err != nil {
			t.Fatal(err)
		}
		seen += n
	}
	if sent := len(stage.Requests("")); seen != sent {
		t.Errorf("%d requests are counted, the hosts have seen %d", seen, sent)
	}
	// Nothing is due now. Whoever watches hears of it all the same.
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	code, _, errs = run(t, stage, "--workspace", filepath.Join(dir, "ws"), "schedule", "--once", "--only", "weprotect,enoc", "--textfile", file)
	if _, err := os.Stat(file); err != nil || code != exitDone || !strings.Contains(errs, "nothing is due") {
		t.Errorf("exit %d, %v\n%s", code, err, errs)
	}
}

// Who waits says for whom.
func TestAnotherRunIsWaitedForAloud(t *testing.T) {
	stage := publishers.Publishers(t)
	dir := filepath.Join(t.TempDir(), "ws")
	t.Setenv("BASELINE_CONTACT", "team@example.org")
	ws := workspace.Open(dir)
	free, err := ws.TryGuard("schedule", "process 7")
	if err != nil {
		t.Fatal(err)
	}
	code, _, errs := run(t, stage, "--workspace", dir, "schedule", "--once", "--only", "weprotect")
	free()
	if code != exitDone || !strings.Contains(errs, "another process does what is due") || len(stage.Requests("")) > 0 {
		t.Errorf("exit %d, %d requests\n%s", code, len(stage.Requests("")), errs)
	}
	release, err := ws.Lock("process 7 on a.example")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	code, _, errs = run(t, stage, "--workspace", dir, "refresh", "weprotect", "--wait", "300ms")
	if code != exitFailed || !strings.Contains(errs, "workspace: waits for process 7 on a.example, up to 300ms\n") {
		t.Errorf("exit %d\n%s", code, errs)
	}
	if stated(t, dir, "weprotect").Asked.IsZero() {
		t.Error("the publisher was asked, and the schedule does not know it")
	}
}

// A mistake among the subscriptions is looked at each minute, and told when it is new.
func TestABadBookIsToldOnce(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	var log bytes.Buffer
	a := &app{opened: ws}
	said := ""
	for i, text := range []string{"{", "{", "{", "{", "this: is no book either", "{"} {
		if err := ws.Write("subscriptions.yaml", []byte(text)); err != nil {
			t.Fatal(err)
		}
		said = a.sendDue(t.Context(), slog.New(slog.NewTextHandler(&log, nil)), said)
		if n := strings.Count(log.String(), "nobody can be told"); n != max(1, i-2) {
			t.Errorf("after look %d: told %d times\n%s", i+1, n, log.String())
		}
	}
}
