package cli

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baseline/pipeline"
	"baseline/pipeline/fetch"
	"baseline/pipeline/schedule"
)

// scheduling is what baseline schedule is told by flags.
type scheduling struct {
	asking
	once, list       bool
	listen, textfile string
	logFormat        string
	jitter           time.Duration
	patience         int
	only             []string
}

// pingName is the environment variable with the address of a dead man's switch.
const pingName = "BASELINE_PING_URL"

func (a *app) schedule() *cobra.Command {
	var how scheduling
	c := verb(&cobra.Command{
		Use:   "schedule",
		Short: "Ask each source on its schedule, until stopped",
		Long: `schedule asks each source on the cron line in its source.yaml, in UTC, put off by a few
minutes so that not everybody asks at once, and refreshes the workspace each time. It
runs until it is stopped; SIGTERM and Ctrl-C let it finish what it is writing. What is due
in the outbox is sent each minute, with --once at the end; see baseline alerts.

When each source was asked is kept in the workspace. What was missed while the program or
the machine slept is caught up once. A source that keeps failing is asked less often, and a
steward is told after a few failures in a row and when it has come back.

With --once it runs what is due now and ends with the exit code of refresh: for cron,
systemd timers and Kubernetes. With --list it shows when each source will be asked.

With --listen it answers /healthz, /readyz and /metrics there; --textfile writes the same
metrics after each run. If ` + pingName + ` is set, its address is called after each run, with
/fail behind it after one that failed.`,
		Example: "  baseline schedule --contact you@example.org --listen 127.0.0.1:9090\n  baseline schedule --once --contact you@example.org\n  baseline schedule --list",
		RunE:    func(*cobra.Command, []string) error { return a.doSchedule(how) },
	}, cobra.NoArgs)
	how.flags(c)
	c.Flags().BoolVar(&how.once, "once", false, "run what is due now, then end")
	c.Flags().BoolVar(&how.list, "list", false, "show when each source will be asked, and ask nobody")
	c.Flags().StringVar(&how.listen, "listen", "", "address for /healthz, /readyz and /metrics, such as 127.0.0.1:9090")
	c.Flags().StringVar(&how.textfile, "textfile", "", "file for the metrics after each run, for a node exporter")
	c.Flags().StringVar(&how.logFormat, "log-format", "text", "text or json")
	c.Flags().DurationVar(&how.jitter, "jitter", 10*time.Minute, "put each time off by up to so much")
	c.Flags().IntVar(&how.patience, "patience", 3, "failures in a row after which a steward is told")
	c.Flags().StringSliceVar(&how.only, "only", nil, "these sources alone, with commas between")
	return c
}

func (a *app) doSchedule(how scheduling) error {
	p := a.pipeline()
	list, err := chosen(p, how.only)
	if err != nil {
		return err
	}
	s := &schedule.Scheduler{Workspace: p.Workspace, Sources: list, Jitter: how.jitter, Patience: how.patience}
	if how.list {
		return a.scheduleList(s)
	}
	switch how.logFormat {
	case "text":
		s.Log = slog.New(slog.NewTextHandler(a.err, nil))
	case "json":
		s.Log = slog.New(slog.NewJSONHandler(a.err, nil))
	default:
		return usage("--log-format is text or json, not %q", how.logFormat)
	}
	// A setting that is wrong must end the program now, not at four in the morning.
	c, _, err := a.client(p, how.asking, false)
	if err != nil {
		return err
	}
	c.Close()
	ctx, stop := untilStopped()
	defer stop()
	metrics := schedule.NewMetrics(s, pipeline.Version)
	if how.listen != "" {
		server, err := metrics.Serve(how.listen)
		if err != nil {
			return err
		}
		defer server.Close()
		s.Log.Info("listening", "address", server.Address())
	}
	var last pipeline.Outcome
	begun := time.Now()
	s.Run = func(ctx context.Context, ids []string) schedule.Result {
		begun = time.Now()
		var r schedule.Result
		r, last = a.scheduled(ctx, p, ids, how.asking)
		return r
	}
	s.Tell = func(n schedule.Notice) { told(s.Log, n) }
	s.Ran = func(r schedule.Result) {
		metrics.Ran(r, time.Since(begun))
		a.afterRun(s.Log, metrics, how.textfile, r)
	}
	if !how.once {
		done := a.sendEvery(ctx, s.Log)
		defer done()
		return s.Loop(ctx)
	}
	defer a.sendDue(ctx, s.Log)
	if err := s.Check(); err != nil {
		return err
	}
	r, ran, err := s.Once(ctx)
	switch {
	case err != nil:
		return err
	case !ran:
		s.Log.Info("nothing is due")
		return nil
	case r.Err != nil:
		return r.Err
	}
	return ending(last)
}

// told writes a steward's notice to the log.
func told(log *slog.Logger, n schedule.Notice) {
	if n.Failures == 0 {
		log.Info("for the steward: the source lets us read again", "source", n.Source)
		return
	}
	log.Error("for the steward: the source keeps failing", "source", n.Source, "in_a_row", n.Failures, "why", n.Why,
		"do", "baseline status; if it lasts, save its page and put it in with baseline capture add "+n.Source)
}

// scheduled is one run of the schedule.
func (a *app) scheduled(ctx context.Context, p *pipeline.Pipeline, ids []string, how asking) (schedule.Result, pipeline.Outcome) {
	list, err := chosen(p, ids)
	if err != nil {
		return schedule.Result{Err: err}, pipeline.Outcome{}
	}
	quiet := *a // its lines would mix with those of the log
	quiet.quiet = true
	reports, out, err := quiet.live(ctx, p, list, how)
	r := schedule.Result{Failed: map[string]string{}, Snapshot: out.Manifest.ID, Held: out.Held, Requests: counted(reports), Err: err}
	for _, x := range reports {
		if text, bad := summary(x); bad {
			r.Failed[x.Source] = text
		}
	}
	for _, id := range out.Failed {
		if r.Failed[id] == "" {
			r.Failed[id] = "what it answered could not be read"
		}
	}
	return r, out
}

func counted(reports []fetch.Report) []schedule.Requests {
	var list []schedule.Requests
	at := map[[2]string]int{}
	for _, r := range reports {
		for _, x := range r.Answers {
			k := [2]string{x.Host, x.Outcome}
			i, ok := at[k]
			if !ok {
				i = len(list)
				at[k] = i
				list = append(list, schedule.Requests{Host: x.Host, Outcome: x.Outcome})
			}
			list[i].Count++
		}
	}
	return list
}

// afterRun tells machines that a run has ended. What fails here is logged and harms nothing.
func (a *app) afterRun(log *slog.Logger, m *schedule.Metrics, textfile string, r schedule.Result) {
	if textfile != "" {
		if err := m.WriteTextfile(textfile); err != nil {
			log.Error("metrics", "error", err)
		}
	}
	if address := strings.TrimSpace(os.Getenv(pingName)); address != "" {
		// Also when the program is being stopped: the run has ended either way.
		if err := schedule.Ping(context.Background(), address, r.Err == nil); err != nil {
			log.Error("ping", "error", err)
		}
	}
}

func (a *app) scheduleList(s *schedule.Scheduler) error {
	list, err := s.Entries()
	if err != nil {
		return err
	}
	t := newTable("source", "line (UTC)", "asked", "next", "failures")
	now := time.Now()
	for _, e := range list {
		asked, next := "never", "never"
		if !e.State.Asked.IsZero() {
			asked = e.State.Asked.UTC().Format("2006-01-02 15:04")
		}
		switch {
		case e.Next.IsZero():
		case !e.Next.After(now):
			next = "due"
		default:
			next = e.Next.UTC().Format("2006-01-02 15:04")
		}
		if a.json {
			if err := a.object(map[string]any{
				"type": "schedule", "source": e.ID, "line": e.Line, "asked": e.State.Asked, "next": e.Next, "failures": e.State.Failures, "why": e.State.Why,
			}); err != nil {
				return err
			}
		}
		t.row(e.ID, e.Line, asked, next, fmt.Sprint(e.State.Failures))
	}
	if !a.json {
		t.print(a.out)
	}
	return nil
}

// ending is how a refresh ends that wrote its snapshot.
func ending(out pipeline.Outcome) error {
	switch {
	case out.Failed != nil:
		return &exitError{code: exitSource, text: "could not read " + strings.Join(out.Failed, ", ") + "; the last good rows were kept", hint: "baseline status tells why"}
	case out.Held > 0:
		return &exitError{code: exitHeld, text: fmt.Sprintf("%d rows are held", out.Held), hint: "baseline status lists the findings"}
	}
	return nil
}
