package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baseline/pipeline"
	"baseline/pipeline/schedule"
	"baseline/pipeline/snapshot"
	"baseline/sources/source"
)

func (a *app) status() *cobra.Command {
	var notes bool
	var now string
	c := verb(&cobra.Command{
		Use:   "status",
		Short: "Show how fresh each source is, and what a steward should look at",
		Long: `status prints, for each source of the snapshot in force, its three clocks: when it
was last checked, when bytes last came, when its facts last differed; its age against
the budget; its rows; the number of open findings; when its schedule asks it next (UTC);
and the findings themselves. It ends with 5 if a source is older than
its budget, with 4 if rows are held.`,
		Example: "  baseline status\n  baseline status --notes",
		RunE: func(*cobra.Command, []string) error {
			at := time.Now()
			if now != "" {
				t, err := time.Parse(time.DateOnly, now)
				if err != nil {
					return usage("--now %q is not a day like 2026-02-03", now)
				}
				at = t
			}
			return a.doStatus(at, notes)
		},
	}, cobra.NoArgs)
	c.Flags().BoolVar(&notes, "notes", false, "list findings that are only for the record, too")
	c.Flags().StringVar(&now, "now", "", "reckon ages as of this day instead of today")
	return c
}

func (a *app) doStatus(now time.Time, notes bool) error {
	p := a.pipeline()
	n, err := a.manifest(p, "")
	if err != nil {
		return err
	}
	found, err := snapshot.Findings(p.Workspace, n.man)
	if err != nil {
		return err
	}
	old, held := a.sourceTable(p, n.man, found, now)
	if !a.json {
		fmt.Fprintf(a.out, "\nsnapshot %s\n", n.man.ID)
	}
	if err := a.statusFindings(found, notes); err != nil {
		return err
	}
	switch {
	case len(old) > 0:
		return &exitError{code: exitBudget, text: "never read, or older than the budget: " + strings.Join(old, ", "), hint: "fetch again, or look whether the publisher has stopped"}
	case held > 0:
		return &exitError{code: exitHeld, text: fmt.Sprintf("%d rows are held", held)}
	}
	return nil
}

// sourceTable prints the sources and returns the ids of those over budget and the
// number of held rows.
func (a *app) sourceTable(p *pipeline.Pipeline, m snapshot.Manifest, found []source.Finding, now time.Time) (old []string, held int) {
	next := nextRuns(p)
	t := newTable("source", "checked", "captured", "changed", "age", "budget", "rows", "of 47", "kept", "held", "open", "next run", "captures")
	for _, e := range m.Sources {
		s := e.State()
		days := int(now.Sub(e.Captured).Hours() / 24)
		age := fmt.Sprintf("%d days", days)
		if e.Captured.IsZero() {
			age = "never read"
		}
		budget := fmt.Sprintf("%d days", e.Budget)
		mark := ""
		if e.Budget == 0 {
			budget = "frozen"
		}
		if e.TooOld(now) {
			mark = " !"
			old = append(old, e.ID)
		}
		held += e.Held
		if a.json {
			object := sourceJSON(s)
			object["over_budget"] = mark != ""
			if !e.Captured.IsZero() {
				object["age_days"] = days
			}
			object["open"] = openOf(found, e.ID)
			if at := next[e.ID].Next; !at.IsZero() {
				object["next_run"] = at
			}
			_ = a.object(object)
			continue
		}
		t.row(e.ID, day(e.Checked), day(e.Captured), day(e.Changed), age+mark, budget,
			fmt.Sprint(e.Rows), fmt.Sprint(e.States), fmt.Sprint(e.Kept), fmt.Sprint(e.Held), fmt.Sprint(openOf(found, e.ID)), nextText(p, next, e.ID), s.Captures.String())
	}
	if !a.json {
		t.print(a.out)
	}
	return old, held
}

// openOf counts what a steward should look at of one source.
func openOf(found []source.Finding, src string) (n int) {
	for _, f := range found {
		if f.Source == src && f.Severity != source.Note {
			n++
		}
	}
	return n
}

// nextRuns is what the schedule will do with each source that it asks, with the usual
// jitter. It is that of today, whatever day ages are reckoned as of.
func nextRuns(p *pipeline.Pipeline) map[string]schedule.Entry {
	s := &schedule.Scheduler{Workspace: p.Workspace, Sources: p.Sources, Jitter: schedule.Jitter}
	list, err := s.Entries()
	if err != nil {
		return nil // a line that is none: baseline schedule tells it
	}
	next := map[string]schedule.Entry{}
	for _, e := range list {
		next[e.ID] = e
	}
	return next
}

func nextText(p *pipeline.Pipeline, next map[string]schedule.Entry, src string) string {
	e, ok := next[src]
	if !ok {
		s, err := p.Source(src)
		if err == nil && s.About().Frozen {
			return "never"
		}
		return "with the program"
	}
	switch {
	case e.Next.IsZero():
		return "unknown"
	case !e.Next.After(time.Now()):
		return "due"
	}
	return e.Next.Format("2006-01-02 15:04")
}

func (a *app) statusFindings(found []source.Finding, notes bool) error {
	if !a.json {
		if !notes {
			a.findings(found)
			return nil
		}
		a.serious(found)
		for _, f := range found {
			if f.Severity == source.Note {
				fmt.Fprintf(a.out, "note: %s: %s\n", f.Source, f.Text)
			}
		}
		return nil
	}
	for _, f := range found {
		if err := a.object(map[string]any{
			"type": "finding", "severity": f.Severity, "code": f.Code, "source": f.Source, "dataset": f.Dataset, "part": f.Part,
			"text": f.Text, "hint": f.Hint, "capture": f.Capture, "locator": f.Locator, "quote": f.Quote,
		}); err != nil {
			return err
		}
	}
	return nil
}
