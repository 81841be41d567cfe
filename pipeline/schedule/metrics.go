package schedule

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"baseline/pipeline/runs"
	"baseline/pipeline/snapshot"
	"baseline/sources/source"
)

// Metrics are the numbers of a workspace and of the runs of this process. Those of sources
// are taken from the snapshot in force at each look, so that they are right after a restart.
type Metrics struct {
	scheduler *Scheduler
	registry  *prometheus.Registry
	runs      *prometheus.CounterVec
	requests  *prometheus.CounterVec
	duration  prometheus.Histogram
	lastLook  prometheus.Gauge
}

// NewMetrics makes the metrics of a scheduler. version is that of the program.
func NewMetrics(s *Scheduler, version string) *Metrics {
	m := &Metrics{
		scheduler: s, registry: prometheus.NewRegistry(),
		runs:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "baseline_runs_total", Help: "Runs of this process, by how they ended."}, []string{"outcome"}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "baseline_requests_total", Help: "Requests that this process has sent, those for robots.txt, by redirects and further tries included, by host and outcome: the status, or why there was none."}, []string{"host", "outcome"}),
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "baseline_run_duration_seconds", Help: "How long runs took, waiting for publishers included.", Buckets: []float64{1, 5, 15, 60, 180, 600, 1800, 3600},
		}),
		lastLook: prometheus.NewGauge(prometheus.GaugeOpts{Name: "baseline_last_look_timestamp_seconds", Help: "When this process last looked at what is due; at least once an hour, unless a run takes longer."}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "baseline_build_info", Help: "Always 1; the label tells the version.", ConstLabels: prometheus.Labels{"version": version}})
	build.Set(1)
	m.runs.WithLabelValues("done")
	m.runs.WithLabelValues("failed")
	m.runs.WithLabelValues("stopped")
	m.lastLook.SetToCurrentTime()
	m.registry.MustRegister(m.runs, m.requests, m.duration, m.lastLook, build, m)
	return m
}

// Exchanged counts a request that was sent to a host.
func (m *Metrics) Exchanged(host, outcome string) { m.requests.WithLabelValues(host, outcome).Inc() }

// Looked counts a look, and the run if there was one.
func (m *Metrics) Looked(l Look) {
	m.lastLook.SetToCurrentTime()
	if !l.Ran {
		return
	}
	m.duration.Observe(l.Took.Seconds())
	switch {
	case l.Result.Stopped:
		m.runs.WithLabelValues("stopped").Inc()
	case l.Result.Err != nil:
		m.runs.WithLabelValues("failed").Inc()
	default:
		m.runs.WithLabelValues("done").Inc()
	}
}

func perSource(name, help string, more ...string) *prometheus.Desc {
	return prometheus.NewDesc("baseline_source_"+name, help, append([]string{"source"}, more...), nil)
}

var (
	checked  = perSource("checked_timestamp_seconds", "When the publisher was last asked.")
	captured = perSource("captured_timestamp_seconds", "When the newest facts were true or taken.")
	changed  = perSource("changed_timestamp_seconds", "When the facts last differed.")
	budget   = perSource("age_budget_seconds", "How old the newest capture may be.")
	rows     = perSource("rows", "Rows in the snapshot in force.")
	kept     = perSource("kept_rows", "Rows that are last good ones, because newer ones could not be read.")
	heldRows = perSource("held_rows", "Rows that a check did not let in.")
	findings = perSource("findings", "Open findings.", "severity")
	nextRun  = perSource("next_run_timestamp_seconds", "When the source will be asked next.")
	failures = perSource("consecutive_failures", "Runs in a row in which the source did not let us read.")

	lastRun = prometheus.NewDesc("baseline_last_run_timestamp_seconds", "End of the last run that put a snapshot in force, of whichever process.", nil, nil)
	failing = prometheus.NewDesc("baseline_run_consecutive_failures", "Runs in a row that failed as a whole, of whichever process.", nil, nil)
)

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{checked, captured, changed, budget, rows, kept, heldRows, findings, nextRun, failures, lastRun, failing} {
		ch <- d
	}
}

// Collect implements prometheus.Collector: it reads the workspace.
func (m *Metrics) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	instant := func(d *prometheus.Desc, t time.Time, labels ...string) {
		if !t.IsZero() {
			gauge(d, float64(t.Unix()), labels...)
		}
	}
	run, _ := m.scheduler.runState()
	gauge(failing, float64(run.Failures))
	if last, err := runs.Last(m.scheduler.Workspace); err == nil {
		instant(lastRun, last.Ended)
	}
	if list, err := m.scheduler.Entries(); err == nil {
		for _, e := range list {
			instant(nextRun, e.Next, e.ID)
			if e.unread {
				continue // what is not known is not 0
			}
			gauge(failures, float64(e.State.Failures), e.ID)
		}
	}
	for _, s := range m.scheduler.Sources {
		if about := s.About(); about.Edition == "" && !about.Frozen {
			gauge(budget, about.Age().Seconds(), about.ID)
		}
	}
	ws := m.scheduler.Workspace
	id, err := snapshot.CurrentID(ws)
	if err != nil {
		return
	}
	man, err := snapshot.ReadManifest(ws, id)
	if err != nil {
		return
	}
	open := map[[2]string]int{}
	if list, err := snapshot.Findings(ws, man); err == nil {
		for _, f := range list {
			open[[2]string{f.Source, string(f.Severity)}]++
		}
	}
	for _, e := range man.Sources {
		s := e.State()
		instant(checked, s.Clocks.Checked, s.ID)
		instant(captured, s.Clocks.Captured, s.ID)
		instant(changed, s.Clocks.Changed, s.ID)
		gauge(rows, float64(s.Rows), s.ID)
		gauge(kept, float64(s.Kept), s.ID)
		gauge(heldRows, float64(s.Held), s.ID)
		for _, sev := range []source.Severity{source.Hold, source.Question, source.Note} {
			gauge(findings, float64(open[[2]string{s.ID, string(sev)}]), s.ID, string(sev))
		}
	}
}

// WriteTextfile writes the metrics for the textfile collector of a node exporter, whole or
// not at all.
func (m *Metrics) WriteTextfile(file string) error {
	if err := prometheus.WriteToTextfile(file, m.registry); err != nil {
		return fmt.Errorf("write the metrics to %s: %w", file, err)
	}
	return nil
}

// Server answers /healthz, /readyz and /metrics.
type Server struct {
	http *http.Server
	at   net.Addr
}

// Serve listens on address until Close.
func (m *Metrics) Serve(address string) (*Server, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, "alive", m.scheduler.Alive()) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { answer(w, "ready", m.ready()) })
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	s := &Server{http: &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second}, at: l.Addr()}
	go func() { _ = s.http.Serve(l) }()
	return s, nil
}

// ready returns an error if no snapshot is in force, or the one that should be is not there.
func (m *Metrics) ready() error {
	id, err := snapshot.CurrentID(m.scheduler.Workspace)
	if err == nil {
		_, err = snapshot.ReadManifest(m.scheduler.Workspace, id)
	}
	if err != nil {
		return fmt.Errorf("no snapshot is in force: %w", err)
	}
	return nil
}

func answer(w http.ResponseWriter, well string, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, well+"\n")
}

// Address is where the server listens.
func (s *Server) Address() string { return s.at.String() }

// Close ends the server, giving answers in hand a moment.
func (s *Server) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = s.http.Shutdown(ctx)
}
