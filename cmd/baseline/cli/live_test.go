package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/fetch"
	"baseline/pipeline/fetch/publishers"
)

// run runs the program against servers that play the publishers.
func run(t *testing.T, stage *publishers.Stage, args ...string) (code int, out, errs string) {
	t.Helper()
	loopback = func(cfg *fetch.Config) {
		cfg.AllowLoopback, cfg.Dial, cfg.RootCAs = true, stage.Dial, stage.Roots
		cfg.Gap = time.Millisecond
		cfg.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	}
	t.Cleanup(func() { loopback = nil })
	var stdout, stderr bytes.Buffer
	code = Run(args, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestRefreshFromPublishers(t *testing.T) {
	stage := publishers.Publishers(t)
	ws := filepath.Join(t.TempDir(), "ws")
	t.Setenv("BASELINE_CONTACT", "team@example.org")
	code, out, errs := run(t, stage, "--workspace", ws, "refresh", "un-treaties", "coe-treaties", "weprotect")
	if code != exitDone && code != exitHeld && code != exitSource {
		t.Fatalf("exit %d\n%s\n%s", code, out, errs)
	}
	for _, want := range []string{"asked 3 sources:", "is now in force"} {
		if !strings.Contains(out, want) {
			t.Errorf("the screen lacks %q:\n%s", want, out)
		}
	}
	for _, want := range []string{"un-treaties: 2 new", "weprotect: 1 new"} {
		if !strings.Contains(errs, want) {
			t.Errorf("progress lacks %q:\n%s", want, errs)
		}
	}
	if strings.Contains(errs, "\x1b") {
		t.Errorf("steering of a terminal in plain output: %q", errs)
	}
	if strings.Contains(out+errs, publishers.Token) {
		t.Error("the key of the Treaty Office is told")
	}
	// What was fetched is the publisher's own now, and says what the bundled capture said.
	code, out, _ = run(t, stage, "--workspace", ws, "--json", "status")
	if code == exitFailed {
		t.Fatal(out)
	}
	seen := map[string]float64{}
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		var o struct {
			Type string
			ID   string
			Rows float64
		}
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if o.Type == "source" {
			seen[o.ID] = o.Rows
		}
	}
	if seen["weprotect"] != 102 || seen["un-treaties"] != 480 {
		t.Errorf("rows %v", seen)
	}
	// The next day nothing has changed.
	code, out, errs = run(t, stage, "--workspace", ws, "refresh", "un-treaties", "weprotect")
	if !strings.Contains(out, "0 new answers, 3 unchanged") || !strings.Contains(out, "still stands") && !strings.Contains(out, "its facts are those of") {
		t.Errorf("exit %d\n%.300s\n%s", code, out, errs)
	}
	// The schedule knows that they were asked by hand.
	_, out, _ = run(t, stage, "--workspace", ws, "schedule", "--list", "--only", "weprotect")
	if strings.Contains(out, "never") || strings.Contains(out, "due") {
		t.Errorf("schedule\n%s", out)
	}
	// Once: only what is due is asked.
	stage.Forget()
	t.Setenv("BASELINE_PING_URL", "")
	code, out, errs = run(t, stage, "--workspace", ws, "schedule", "--once", "--only", "weprotect,enoc")
	if code == exitFailed || strings.Contains(errs, "weprotect.org") || !strings.Contains(errs, "enoc") {
		t.Errorf("exit %d\n%s\n%s", code, out, errs)
	}
	for _, q := range stage.Requests("") {
		if strings.Contains(q.Host, "weprotect") {
			t.Errorf("asked %s, which is not due", q.Host)
		}
	}
	if _, err := os.Stat(filepath.Join(ws, "schedule", "enoc.json")); err != nil {
		t.Error(err)
	}
}

// A dry run says what a run would do: with the same settings, and the same key.
func TestDryRunIsWhatWouldBeAsked(t *testing.T) {
	stage := publishers.Publishers(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "settings.yaml")
	if err := os.WriteFile(file, []byte("gap_seconds: 7\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BASELINE_CONTACT", "")
	t.Setenv("BASELINE_KEY_COE_TREATIES", "")
	code, out, errs := run(t, stage, "--workspace", filepath.Join(dir, "ws"), "refresh", "coe-treaties", "--dry-run", "--settings", file)
	if code != exitDone || !strings.Contains(out, "\n  key\n") || !strings.Contains(out, "  signatures-201, after key\n") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	t.Setenv("BASELINE_KEY_COE_TREATIES", "sesame")
	code, out, errs = run(t, stage, "--workspace", filepath.Join(dir, "ws"), "refresh", "coe-treaties", "--dry-run", "--settings", file)
	if code != exitDone || strings.Contains(out, "\n  key\n") || strings.Contains(out, "after key") || strings.Contains(out+errs, "sesame") {
		t.Errorf("with a key: exit %d\n%s%s", code, out, errs)
	}
	if err := os.WriteFile(file, []byte("gap_secs: 7\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, errs = run(t, stage, "--workspace", filepath.Join(dir, "ws"), "refresh", "coe-treaties", "--dry-run", "--settings", file); code != exitUsage || !strings.Contains(errs, "gap_seconds") {
		t.Errorf("settings with a mistake: exit %d, %s", code, errs)
	}
	if n := len(stage.Requests("")); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// The archive of one source is damaged: the others are asked and read all the same.
func TestOneArchiveThatFailsStopsNoOtherSource(t *testing.T) {
	stage := publishers.Publishers(t)
	ws := filepath.Join(t.TempDir(), "ws")
	log := filepath.Join(ws, "captures", "log")
	if err := os.MkdirAll(log, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(log, "weprotect"), []byte("no folder"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BASELINE_CONTACT", "team@example.org")
	code, out, errs := run(t, stage, "--workspace", ws, "refresh", "weprotect", "un-treaties")
	if code != exitFailed || !strings.Contains(errs, "weprotect: ") || !strings.Contains(errs, "un-treaties: 2 new") || !strings.Contains(errs, "is in force") {
		t.Errorf("exit %d\n%.500s\n%s", code, out, errs)
	}
	if files, err := os.ReadDir(filepath.Join(log, "un-treaties")); err != nil || len(files) < 2 {
		t.Errorf("%d answers of un-treaties, %v", len(files), err)
	}
}
