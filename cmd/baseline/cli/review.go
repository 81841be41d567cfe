package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baseline/pipeline/decisions"
	"baseline/schemas"
	"baseline/sources/source"
)

// queue is a group of open findings.
type queue struct {
	title    string
	codes    []string // nil: every other finding of the severity
	severity source.Severity
	do       string // how to decide
}

func (q queue) takes(f source.Finding) bool {
	return q.severity == f.Severity && (q.codes == nil || slices.Contains(q.codes, f.Code))
}

// queues are shown in this order, the most serious first. A finding belongs to the
// first that takes it.
var queues = []queue{
	{"names that are not in the registry", []string{"unknown-name", "not-a-state"}, source.Hold, "baseline review decide ID map --place CODE, or exclude"},
	{"captures that could not be read", []string{"unreadable", "empty-answer", "damaged-capture", "damaged-record"}, source.Hold, "nothing lets them pass: look at the capture, fetch again, or have the reader changed; until then, snooze"},
	{"rows held by a check", nil, source.Hold, "baseline review decide ID release, or reject"},
	{"sources that disagree", []string{"sources-disagree", "correction-agrees"}, source.Question, "baseline review decide ID exclude --of SOURCE, or accept; or baseline review correct DATASET KEY COLUMN=VALUE"},
	{"rows that have gone, not confirmed yet", []string{"unconfirmed-withdrawal"}, source.Question, "wait; or, if the publisher has said that it is gone, baseline review decide ID accept"},
	{"watched pages that moved", []string{"newer-edition", "new-document", "page-moved"}, source.Question, "look at the page, then baseline review decide ID accept"},
	{"decisions that apply to nothing", []string{"decision-idle", "decisions-empty"}, source.Question, "edit the file: remove the entry, or put its words right"},
	{"other questions", nil, source.Question, "baseline review decide ID accept, or snooze --until DAY"},
}

// rowsShown is how many held rows of a finding are shown unless all are asked for.
const rowsShown = 6

// reviewFlags are the flags of review itself.
type reviewFlags struct {
	all, allRows, ask, list bool
	by                      string
}

func (f reviewFlags) rows() int {
	if f.allRows {
		return 0
	}
	return rowsShown
}

func (a *app) review() *cobra.Command {
	var f reviewFlags
	c := verb(&cobra.Command{
		Use:   "review",
		Short: "List what a steward must decide, and decide it",
		Long: `review shows what is open in the snapshot in force, the most serious first: names that
nobody knows, rows that a check holds, sources that disagree, rows that have gone, watched
pages that moved. Each has an id that stays the same until it is decided.

On a terminal it asks for each in turn; --list only lists. Every answer is written at
once: stop when you like, and begin again where you stopped.

A decision is written into the folder decisions of the workspace, as YAML with who, when,
why and the evidence. The next refresh follows it. Questions that are put off are not
shown until their day; --all shows them.`,
		Example: `  baseline review --list
  baseline review --interactive --by "A. Steward"
  baseline review decide 3f2a9c01d7 map --place XKX --by "A. Steward" --why "asterisk as in CM documents"`,
		RunE: func(*cobra.Command, []string) error {
			_, typed := terminal(a.in)
			_, seen := terminal(a.out)
			switch {
			case f.ask && (f.list || a.json):
				return usage("--interactive asks, and --list and --json only list; leave one out")
			case f.ask, typed && seen && !f.list && !a.json:
				return a.interview(f)
			}
			return a.doReview(f)
		},
	}, cobra.NoArgs)
	c.Flags().BoolVar(&f.all, "all", false, "show questions that were put off, too")
	c.Flags().BoolVar(&f.allRows, "all-rows", false, "show all held rows of each finding, not only the first")
	c.Flags().BoolVarP(&f.ask, "interactive", "i", false, "ask for a decision on each, one after the other")
	c.Flags().BoolVarP(&f.list, "list", "l", false, "only list, on a terminal too")
	c.Flags().StringVar(&f.by, "by", os.Getenv("BASELINE_STEWARD"), "who decides, where it asks (default: $BASELINE_STEWARD)")
	c.AddCommand(a.reviewDecide(), a.reviewCorrect())
	return c
}

// sorted parts what lies before the steward into what waits for a decision, what was
// decided since the last refresh, and what was put off.
func sorted(list []open, all bool) (waiting, decided, later []open) {
	for _, o := range list {
		switch {
		case o.Code == "decision-idle" && o.entry == nil: // its entry was removed, or put right
			decided = append(decided, o)
		case o.decided == nil, all && o.decided.Do == decisions.Snooze:
			waiting = append(waiting, o)
		case o.decided.Do == decisions.Snooze:
			later = append(later, o)
		default:
			decided = append(decided, o)
		}
	}
	return waiting, decided, later
}

func (a *app) doReview(f reviewFlags) error {
	k, err := a.desk()
	if err != nil {
		return err
	}
	waiting, decided, later := sorted(k.open(time.Now().UTC()), f.all)
	if a.json {
		for _, o := range slices.Concat(waiting, decided) {
			if err := a.object(o.json()); err != nil {
				return err
			}
		}
		return nil
	}
	p := newPage(a.out)
	for i, q := range queues {
		var here []open
		for _, o := range waiting {
			if o.queue == i {
				here = append(here, o)
			}
		}
		if here == nil {
			continue
		}
		fmt.Fprintf(a.out, "%s (%d)\n", capital(q.title), len(here))
		for _, o := range here {
			p.say(2, o.id+"  ", o.Source+": "+o.sentence())
			p.show(14, o, f.rows())
		}
		p.say(2, "decide: ", q.do)
		fmt.Fprintln(a.out)
	}
	if decided != nil {
		fmt.Fprintf(a.out, "Decided since the last refresh (%d)\n", len(decided))
		for _, o := range decided {
			p.cut(2, o.id+"  ", o.Source+": "+o.sentence(), 1)
			if o.decided != nil {
				p.say(14, "", decidedText(o.decided))
			}
		}
		fmt.Fprintln(a.out)
	}
	switch len(waiting) {
	case 0:
		p.say(0, "", "snapshot "+k.snap.ID+": nothing is open")
	default:
		p.say(0, "", fmt.Sprintf("snapshot %s: %d open; a decision takes effect with the next refresh", k.snap.ID, len(waiting)))
	}
	if decided != nil {
		p.say(0, "", fmt.Sprintf("%d decided; the next refresh makes them count", len(decided)))
	}
	if later != nil {
		p.say(0, "", fmt.Sprintf("%d put off until their day; --all shows them", len(later)))
	}
	return nil
}

func capital(title string) string { return strings.ToUpper(title[:1]) + title[1:] }

// json is the finding for machines, with all of its evidence.
func (o *open) json() map[string]any {
	fields := map[string]any{
		"type": "open", "id": o.id, "times": o.times, "queue": queues[o.queue].title, "severity": o.Severity, "code": o.Code, "source": o.Source, "dataset": o.Dataset,
		"part": o.Part, "text": o.Text, "hint": o.Hint, "capture": o.Capture, "captured_at": instant(o.taken), "locator": o.Locator, "quote": o.Quote,
	}
	verbs := []string{}
	for _, c := range o.choices() {
		verbs = append(verbs, string(c.do))
	}
	fields["verbs"] = verbs
	if o.name != "" {
		near := []map[string]any{}
		for i, s := range o.near {
			near = append(near, map[string]any{"rank": i + 1, "place": s.Place.Name, "code": s.Place.Code, "spelling": s.Spelling, "score": s.Score})
		}
		fields["name"], fields["suggestions"] = o.name, near
	}
	if o.held > 0 {
		var list []map[string]any
		for _, x := range o.changes {
			cells := []map[string]any{}
			for _, c := range x.cells {
				cells = append(cells, map[string]any{"column": c.column, "old": c.old.Any(), "new": c.new.Any()})
			}
			list = append(list, map[string]any{"dataset": x.dataset, "key": x.key, "kind": x.kind, "columns": cells})
		}
		fields["held_rows"], fields["differences"] = o.held, list
	}
	if o.sides != nil {
		var list []map[string]any
		for _, s := range o.sides {
			list = append(list, map[string]any{
				"source": s.source, "says": s.says, "keys": append([]string{}, s.keys...), "followed": s.followed,
				"capture": s.Capture, "captured_at": s.Observed.Any(), "locator": s.Locator, "quote": s.Quote,
			})
		}
		fields["sides"] = list
	}
	if o.gone != nil {
		fields["key"], fields["missing_since"], fields["confirmed_from"] = schemas.Named(o.Dataset).KeyText(*o.gone), o.gone.MissingSince.Any(), instant(o.until)
		fields["last_capture"] = o.gone.Evidence.Capture
	}
	if d := o.decided; d != nil {
		fields["decided"] = map[string]any{"do": d.Do, "by": d.By, "on": d.On, "why": d.Why, "until": d.Until, "file": d.File, "line": d.Line()}
	}
	return fields
}
