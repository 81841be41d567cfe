package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baseline/pipeline"
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
	ok               []int
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
steward is told after a few failures in a row and when it has come back. Runs that fail as
a whole are tried again after an hour, then after two, and so on, at least once a day.
One process at a time does what is due in a workspace; another one waits for its turn.

With --once it does what is due now and ends with the exit code of refresh: for cron,
systemd timers and Kubernetes. --ok 3,4 ends with 0 in place of these codes. It ends with
0, too, if nothing is due, if another process does what is due, or if it is stopped. With
--list it shows when each source will be asked.

With --listen it answers /healthz, /readyz and /metrics there; --textfile writes the same
metrics after each look at what is due, at least once an hour. If ` + pingName + ` is set, its
address is called then, with /fail behind it as long as runs fail as a whole.`,
		Example: "  baseline schedule --contact you@example.org --listen 127.0.0.1:9090\n  baseline schedule --once --contact you@example.org\n  baseline schedule --list",
		RunE:    func(*cobra.Command, []string) error { return a.doSchedule(how) },
	}, cobra.NoArgs)
	how.flags(c)
	c.Flags().BoolVar(&how.once, "once", false, "run what is due now, then end")
	c.Flags().BoolVar(&how.list, "list", false, "show when each source will be asked, and ask nobody")
	c.Flags().StringVar(&how.listen, "listen", "", "address for /healthz, /readyz and /metrics, such as 127.0.0.1:9090")
	c.Flags().StringVar(&how.textfile, "textfile", "", "file for the metrics after each look, for a node exporter")
	c.Flags().StringVar(&how.logFormat, "log-format", "text", "text or json")
	c.Flags().DurationVar(&how.jitter, "jitter", schedule.Jitter, "put each time off by up to so much")
	c.Flags().IntVar(&how.patience, "patience", schedule.Patience, "failures in a row after which a steward is told")
	c.Flags().IntSliceVar(&how.ok, "ok", nil, "with --once: exit codes to end with 0 instead, 3 or 4 or both")
	c.Flags().StringSliceVar(&how.only, "only", nil, "these sources alone, with commas between")
	return c
}

// check says what is wrong with the flags and the environment: now, not at four in the
// morning.
func (how scheduling) check() error {
	switch {
	case how.jitter < 0:
		return usage("--jitter is a span such as 10m, not less than none: %s", how.jitter)
	case how.patience < 1:
		return usage("--patience is a number of failures, 1 or more, not %d", how.patience)
	case len(how.ok) > 0 && !how.once:
		return usage("--ok goes with --once: without it the program does not end")
	case how.logFormat != "text" && how.logFormat != "json":
		return usage("--log-format is text or json, not %q", how.logFormat)
	}
	for _, code := range how.ok {
		if code != exitSource && code != exitHeld {
			return usage("--ok takes %d and %d, which tell of sources and rows, not %d", exitSource, exitHeld, code)
		}
	}
	if address := pingAddress(); address != "" {
		if err := schedule.CheckPing(address); err != nil {
			return usage("%s cannot be called: %v", pingName, err)
		}
	}
	return nil
}

func pingAddress() string { return strings.TrimSpace(os.Getenv(pingName)) }

func (a *app) doSchedule(how scheduling) error {
	if err := how.check(); err != nil {
		return err
	}
	p := a.pipeline()
	list, err := chosen(p, how.only)
	if err != nil {
		return err
	}
	s := &schedule.Scheduler{Workspace: p.Workspace, Sources: list, Holder: p.Holder, Jitter: how.jitter, Patience: how.patience}
	if how.list {
		return a.scheduleList(s)
	}
	s.Log = slog.New(slog.NewTextHandler(a.err, nil))
	if how.logFormat == "json" {
		s.Log = slog.New(slog.NewJSONHandler(a.err, nil))
	}
	// A setting that is wrong must end the program now.
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
	how.exchanged = metrics.Exchanged
	how.waits = func(text string) { s.Log.Info("the workspace is in use", "run", text) }
	var last pipeline.Outcome
	s.Run = func(ctx context.Context, ids []string) schedule.Result {
		var r schedule.Result
		r, last = a.scheduled(ctx, p, ids, how.asking)
		if last.Recovered != "" {
			s.Log.Error("for the steward: the workspace was damaged", "recovered", last.Recovered, "do", "baseline archive verify looks at the rest")
		}
		return r
	}
	s.Tell = func(n schedule.Notice) { told(s.Log, n) }
	s.Looked = func(l schedule.Look) {
		metrics.Looked(l)
		afterLook(s.Log, metrics, how.textfile, l)
	}
	if !how.once {
		done := a.sendEvery(ctx, s.Log)
		defer done()
		return s.Loop(ctx)
	}
	defer func() { a.sendDue(ctx, s.Log, "") }()
	if err := s.Check(); err != nil {
		return err
	}
	return how.ends(s.Log, s.Once(ctx), last)
}

// ends is how the program ends after the one look of --once.
func (how scheduling) ends(log *slog.Logger, l schedule.Look, last pipeline.Outcome) error {
	switch {
	case l.Err != nil:
		return l.Err
	case l.HeldBy != "" || l.Result.Stopped: // the log has it
		return nil
	case !l.Ran && l.Failing > 0:
		log.Warn("nothing is tried now, because runs fail as a whole", "in_a_row", l.Failing, "again", l.Next)
		return nil
	case !l.Ran:
		log.Info("nothing is due", "next", l.Next)
		return nil
	case l.Result.Err != nil:
		return l.Result.Err
	}
	err := ending(last)
	var e *exitError
	if errors.As(err, &e) && slices.Contains(how.ok, e.code) {
		log.Warn("the run went well but for this", "what", e.text, "code", e.code)
		return nil
	}
	return err
}

// told writes a steward's notice to the log.
func told(log *slog.Logger, n schedule.Notice) {
	switch {
	case n.Source == "" && n.Failures == 0:
		log.Info("for the steward: runs go well again")
		return
	case n.Source == "":
		log.Error("for the steward: runs fail as a whole, so nothing new is read", "in_a_row", n.Failures, "why", n.Why,
			"do", "put right what it says, then baseline refresh --offline")
		return
	case n.Failures == 0:
		log.Info("for the steward: the source lets us read again", "source", n.Source)
		return
	}
	log.Error("for the steward: the source keeps failing", "source", n.Source, "in_a_row", n.Failures, "why", n.Why,
		"do", "baseline status; if it lasts, save its page and put it in with baseline capture add "+n.Source)
}

// scheduled is one run of the schedule; without ids it reads what is in the archive.
func (a *app) scheduled(ctx context.Context, p *pipeline.Pipeline, ids []string, how asking) (schedule.Result, pipeline.Outcome) {
	quiet := *a // its lines would mix with those of the log
	quiet.quiet = true
	if len(ids) == 0 {
		out, err := quiet.refreshWhenFree(ctx, p, how)
		return schedule.Result{Snapshot: out.Manifest.ID, Held: out.Held, Err: err}, out
	}
	list, err := chosen(p, ids)
	if err != nil {
		return schedule.Result{Err: err}, pipeline.Outcome{}
	}
	reports, out, err := quiet.live(ctx, p, list, how)
	r := schedule.Result{Failed: unreadable(reports, out), Snapshot: out.Manifest.ID, Held: out.Held, Err: err}
	var unread *unreadError
	r.Asked = err == nil || errors.As(err, &unread)
	for _, x := range reports {
		if x.Started.IsZero() {
			r.Skipped = append(r.Skipped, x.Source)
		}
	}
	return r, out
}

// afterLook tells machines that somebody has looked at what is due. What fails here is logged
// and harms nothing.
func afterLook(log *slog.Logger, m *schedule.Metrics, textfile string, l schedule.Look) {
	if textfile != "" {
		if err := m.WriteTextfile(textfile); err != nil {
			log.Error("metrics", "error", err)
		}
	}
	// The process that does what is due calls for both.
	if address := pingAddress(); address != "" && l.HeldBy == "" {
		// Also when the program is being stopped: it has looked either way.
		if err := schedule.Ping(context.Background(), address, l.Well()); err != nil {
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
		case e.Next.IsZero() && e.Fault != "":
			next = "unknown"
		case e.Next.IsZero():
		case !e.Next.After(now):
			next = "due"
		default:
			next = e.Next.UTC().Format("2006-01-02 15:04")
		}
		if a.json {
			if err := a.object(map[string]any{
				"type": "schedule", "source": e.ID, "line": e.Line, "asked": e.State.Asked, "next": e.Next, "failures": e.State.Failures, "why": e.State.Why, "fault": e.Fault,
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
