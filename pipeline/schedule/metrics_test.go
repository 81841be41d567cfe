package schedule_test

import (
	"baseline/pipeline/runs"
	"baseline/pipeline/schedule"
	"baseline/pipeline/workspace"
	"baseline/sources/source"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestMetricsAndHealth(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	s := &schedule.Scheduler{Workspace: ws, Sources: []source.Source{line("weekly", "0 5 * * 1")}}
	if _, err := schedule.Note(ws, "weekly", time.Now(), "the server answered 500"); err != nil {
		t.Fatal(err)
	}
	m := schedule.NewMetrics(s, "test")
	for range 3 {
		m.Exchanged("a.example", "200")
	}
	m.Looked(schedule.Look{})
	m.Looked(schedule.Look{Ran: true, Took: time.Second})
	m.Looked(schedule.Look{Ran: true, Result: schedule.Result{Err: errors.New("x")}})
	m.Looked(schedule.Look{Ran: true, Result: schedule.Result{Err: errors.New("x"), Stopped: true}})
	server, err := m.Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	at := "http://" + server.Address()
	if code, _ := get(t, at+"/healthz"); code != 200 {
		t.Errorf("healthz: %d", code)
	}
	if code, body := get(t, at+"/readyz"); code != 503 || !strings.Contains(body, "no snapshot") {
		t.Errorf("readyz: %d %s", code, body)
	}
	code, body := get(t, at+"/metrics")
	for _, want := range []string{
		`baseline_requests_total{host="a.example",outcome="200"} 3`, `baseline_runs_total{outcome="failed"} 1`, `baseline_runs_total{outcome="done"} 1`, `baseline_runs_total{outcome="stopped"} 1`,
		"baseline_last_look_timestamp_seconds 1", "baseline_run_consecutive_failures 0",
		`baseline_source_consecutive_failures{source="weekly"} 1`, `baseline_source_age_budget_seconds{source="weekly"} 604800`,
		`baseline_build_info{version="test"} 1`, "baseline_source_next_run_timestamp_seconds",
	} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("metrics (%d) lack %s:\n%s", code, want, body)
		}
	}
	problems, err := promlint.New(strings.NewReader(body)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	file := filepath.Join(t.TempDir(), "baseline.prom")
	if err := m.WriteTextfile(file); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "baseline_runs_total") {
		t.Errorf("%s, %v", text, err)
	}
	if err := m.WriteTextfile(filepath.Join(t.TempDir(), "no", "folder", "x.prom")); err == nil {
		t.Error("a file that cannot be written must be told")
	}
	if _, err := m.Serve(server.Address()); err == nil {
		t.Error("an address that is taken must be told")
	}
	var _ prometheus.Collector = m
}

// Restarts, damaged files and runs of others change nothing of what the metrics know.
func TestMetricsComeFromTheWorkspace(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	at := time.Date(2027, 1, 4, 5, 0, 0, 0, time.UTC)
	if err := runs.Put(ws, runs.Run{Started: at, Ended: at.Add(time.Minute), Snapshot: "one"}); err != nil {
		t.Fatal(err)
	}
	if err := ws.Write("schedule/_run.json", []byte(`{"failures": 4}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := schedule.Note(ws, "good", at, "the server answered 500"); err != nil {
		t.Fatal(err)
	}
	// What cannot be read of one source says nothing of the others.
	if err := os.MkdirAll(ws.Path("schedule/odd.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := &schedule.Scheduler{Workspace: ws, Sources: []source.Source{line("odd", "0 5 * * 1"), line("good", "0 5 * * 1")}}
	file := filepath.Join(t.TempDir(), "baseline.prom")
	if err := schedule.NewMetrics(s, "test").WriteTextfile(file); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"baseline_last_run_timestamp_seconds 1.79903886e+09", "baseline_run_consecutive_failures 4", `baseline_source_consecutive_failures{source="good"} 1`,
		`baseline_source_age_budget_seconds{source="odd"}`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("metrics lack %s:\n%s", want, text)
		}
	}
	if strings.Contains(string(text), `failures{source="odd"}`) {
		t.Error("what is not known is told as 0")
	}
}

func TestReadyOnlyWithASnapshotThatIsThere(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	if err := ws.Write(workspace.Current, []byte("gone\n")); err != nil {
		t.Fatal(err)
	}
	server, err := schedule.NewMetrics(&schedule.Scheduler{Workspace: ws}, "test").Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if code, body := get(t, "http://"+server.Address()+"/readyz"); code != 503 || !strings.Contains(body, "gone") {
		t.Errorf("readyz: %d %s", code, body)
	}
	if err := ws.Write("snapshots/gone/manifest.json", []byte(`{"id": "gone"}`)); err != nil {
		t.Fatal(err)
	}
	if code, body := get(t, "http://"+server.Address()+"/readyz"); code != 200 {
		t.Errorf("readyz: %d %s", code, body)
	}
}

// A loop that no longer turns, or a run that does not end, is not alive.
func TestAlive(t *testing.T) {
	c := &clock{now: time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC)}
	s := &schedule.Scheduler{Workspace: workspace.Open(t.TempDir()), Clock: c, Sources: []source.Source{line("weekly", "0 5 * * 1")}}
	server, err := schedule.NewMetrics(s, "test").Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	health := func() int { code, _ := get(t, "http://"+server.Address()+"/healthz"); return code }
	if code := health(); code != 200 {
		t.Errorf("before the first look: %d", code)
	}
	s.Run = func(context.Context, []string) schedule.Result {
		c.now = c.now.Add(11 * time.Hour)
		if code := health(); code != 200 {
			t.Errorf("in a long run: %d", code)
		}
		c.now = c.now.Add(2 * time.Hour)
		if code := health(); code != 503 {
			t.Errorf("in a run that does not end: %d", code)
		}
		return schedule.Result{}
	}
	s.Once(context.Background())
	c.now = c.now.Add(time.Hour)
	if code := health(); code != 200 {
		t.Errorf("an hour after a look: %d", code)
	}
	c.now = c.now.Add(2 * time.Hour)
	if code := health(); code != 503 {
		t.Errorf("three hours after the last look: %d", code)
	}
}
