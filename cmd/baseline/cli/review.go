package cli

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baseline/pipeline"
	"baseline/pipeline/decisions"
	"baseline/pipeline/snapshot"
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
	{"captures that could not be read", []string{"unreadable", "damaged-capture"}, source.Hold, "look at the capture; the reader or the address must change"},
	{"rows held by a check", nil, source.Hold, "baseline review decide ID release, or reject"},
	{"sources that disagree", []string{"sources-disagree", "correction-agrees"}, source.Question, "baseline review decide ID accept, or exclude (the row of the first source named), or baseline review correct DATASET KEY COLUMN=VALUE"},
	{"rows that have gone, not confirmed yet", []string{"unconfirmed-withdrawal"}, source.Question, "wait; or, if the publisher has said that it is gone, baseline review decide ID exclude"},
	{"watched pages that moved", []string{"newer-edition", "new-document", "page-moved"}, source.Question, "look at the page, then baseline review decide ID accept"},
	{"decisions that apply to nothing", []string{"decision-idle"}, source.Question, "remove the entry from its file"},
	{"other questions", nil, source.Question, "baseline review decide ID accept, or snooze --until DAY"},
}

// signature are the flags that every decision needs.
type signature struct{ by, why, file string }

func (s *signature) flags(c *cobra.Command) {
	c.Flags().StringVar(&s.by, "by", "", "who decides")
	c.Flags().StringVar(&s.why, "why", "", "the reason")
	c.Flags().StringVar(&s.file, "file", "review.yaml", "file in the folder decisions of the workspace")
}

func (s signature) sign(d decisions.Decision) decisions.Decision {
	d.By, d.Why, d.On = s.by, s.why, time.Now().UTC().Format(time.DateOnly)
	return d
}

func (a *app) review() *cobra.Command {
	var all, asking bool
	var by string
	c := verb(&cobra.Command{
		Use:   "review",
		Short: "List what a steward must decide, and decide it",
		Long: `review lists what is open in the snapshot in force, the most serious first: names that
nobody knows, rows that a check holds, sources that disagree, watched pages that moved.
Each has an id that stays the same until it is decided.

A decision is written into the folder decisions of the workspace, as YAML with who, when
and why. The next refresh follows it. Questions that are put off are not shown until
their day; --all shows them.

With --interactive it asks for each in turn. Every answer is written at once: stop when
you like, and begin again where you stopped.`,
		Example: `  baseline review
  baseline review --interactive --by "A. Steward"
  baseline review decide 3f2a9c01d7 map --place XKX --by "A. Steward" --why "asterisk as in CM documents"`,
		RunE: func(*cobra.Command, []string) error {
			if asking {
				return a.interview(all, by)
			}
			return a.doReview(all)
		},
	}, cobra.NoArgs)
	c.Flags().BoolVar(&all, "all", false, "show questions that were put off, too")
	c.Flags().BoolVarP(&asking, "interactive", "i", false, "ask for a decision on each, one after the other")
	c.Flags().StringVar(&by, "by", os.Getenv("BASELINE_STEWARD"), "with --interactive: who decides (default: $BASELINE_STEWARD)")
	c.AddCommand(a.reviewDecide(), a.reviewCorrect())
	return c
}

func (a *app) reviewDecide() *cobra.Command {
	var s signature
	var place, until string
	c := verb(&cobra.Command{
		Use:   "decide ID VERB",
		Short: "Decide on an open finding",
		Long: `decide writes a decision on the finding with that id. The verbs:

  map      the name is a spelling of the place --place
  exclude  the row is no fact
  release  the held rows may pass
  reject   the held rows may not pass; the last good ones stay
  accept   the question was looked at; it stays as it is
  snooze   ask again after the day --until`,
		Example: `  baseline review decide 3f2a9c01d7 release --by "A. Steward" --why "compared with the printed table"`,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.doDecide(args[0], decisions.Verb(args[1]), s, place, until)
		},
	}, cobra.ExactArgs(2))
	s.flags(c)
	c.Flags().StringVar(&place, "place", "", "code of the place that a name is mapped to")
	c.Flags().StringVar(&until, "until", "", "last day on which not to ask, such as 2027-01-31")
	return c
}

func (a *app) reviewCorrect() *cobra.Command {
	var s signature
	var from, asOf string
	c := verb(&cobra.Command{
		Use:   "correct DATASET KEY COLUMN=VALUE...",
		Short: "Put right values over a row that is wrong at its source",
		Long: `correct writes a decision that these values are the fact, with where they are known
from. What was read stays beside the row. When the source says the same, review tells.`,
		Example: `  baseline review correct treaty_status ETS185/SWE status=party consent=2021-04-28 \
    --from https://www.coe.int/ --as-of 2021-04-28 --by "A. Steward" --why "the list was late"`,
		RunE: func(_ *cobra.Command, args []string) error {
			key, err := a.knownRow(args[0], args[1])
			if err != nil {
				return err
			}
			set := map[string]string{}
			for _, pair := range args[2:] {
				column, value, ok := strings.Cut(pair, "=")
				if !ok {
					return usage("%q is not of the form COLUMN=VALUE", pair)
				}
				set[column] = value
			}
			return a.write(s.file, s.sign(decisions.Decision{Do: decisions.Correct, Dataset: args[0], Key: key, Set: set, From: from, AsOf: asOf}))
		},
	}, cobra.MinimumNArgs(3))
	s.flags(c)
	c.Flags().StringVar(&from, "from", "", "where the values are known from")
	c.Flags().StringVar(&asOf, "as-of", "", "day for which that vouches")
	return c
}

// knownRow returns the key of the row of the snapshot in force that the steward means,
// so that no correction is written that could never apply.
func (a *app) knownRow(dataset, key string) (string, error) {
	d := schemas.Named(dataset)
	if d == nil || d.Record {
		return "", usage("there is no dataset of facts %q; there are %s", dataset, strings.Join(pipeline.Facts(), ", "))
	}
	p := a.pipeline()
	n, err := a.manifest(p, "")
	if err != nil {
		return "", err
	}
	rows, err := snapshot.Table(p.Workspace, n.man, d)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(rows, func(r schemas.Row) bool { return d.KeyText(r) == key }) {
		hint := "its key is " + strings.Join(d.Key, "/")
		if len(rows) > 0 {
			hint += ", such as " + d.KeyText(rows[0])
		}
		return "", &exitError{code: exitUsage, text: fmt.Sprintf("%s has no row %s that could be corrected", d.Name, key), hint: hint}
	}
	return key, nil
}

// open is a finding that waits for a decision.
type open struct {
	id    string
	times int // rows that ask the same
	source.Finding
}

// openFindings returns the open findings by queue.
func (a *app) openFindings(all bool) (snap string, found [][]open, held []schemas.Row, err error) {
	p := a.pipeline()
	n, err := a.manifest(p, "")
	if err != nil {
		return "", nil, nil, err
	}
	if err := p.LoadDecisions(); err != nil {
		return "", nil, nil, err
	}
	list, err := snapshot.Findings(p.Workspace, n.man)
	if err != nil {
		return "", nil, nil, err
	}
	held, err = snapshot.Table(p.Workspace, n.man, &schemas.HeldRows)
	if err != nil {
		return "", nil, nil, err
	}
	found = make([][]open, len(queues))
	for _, f := range list {
		q := slices.IndexFunc(queues, func(q queue) bool { return q.takes(f) })
		id := decisions.ID(f)
		if q < 0 || !all && p.Decisions.Quiet(id, time.Now().UTC()) {
			continue
		}
		if i := slices.IndexFunc(found[q], func(o open) bool { return o.id == id }); i >= 0 {
			found[q][i].times++
			continue
		}
		found[q] = append(found[q], open{id, 1, f})
	}
	return n.man.ID, found, held, nil
}

func (a *app) doReview(all bool) error {
	snap, found, held, err := a.openFindings(all)
	if err != nil {
		return err
	}
	total := 0
	for i, q := range queues {
		if len(found[i]) == 0 {
			continue
		}
		total += len(found[i])
		if !a.json {
			fmt.Fprintf(a.out, "%s (%d)\n", strings.ToUpper(q.title[:1])+q.title[1:], len(found[i]))
		}
		for _, f := range found[i] {
			if a.json {
				if err := a.object(map[string]any{
					"type": "open", "id": f.id, "times": f.times, "queue": q.title, "severity": f.Severity, "code": f.Code, "source": f.Source, "dataset": f.Dataset,
					"part": f.Part, "text": f.Text, "hint": f.Hint, "capture": f.Capture, "locator": f.Locator, "quote": f.Quote,
				}); err != nil {
					return err
				}
				continue
			}
			a.printOpen(f, held)
		}
		if !a.json {
			fmt.Fprintf(a.out, "  decide: %s\n\n", q.do)
		}
	}
	if a.json {
		return nil
	}
	if total == 0 {
		fmt.Fprintf(a.out, "snapshot %s: nothing is open\n", snap)
		return nil
	}
	fmt.Fprintf(a.out, "snapshot %s: %d open; a decision takes effect with the next refresh\n", snap, total)
	return nil
}

func (a *app) printOpen(f open, held []schemas.Row) {
	fmt.Fprintf(a.out, "  %s  %s: %s\n", f.id, f.Source, shorten(f.Text, 400))
	if f.times > 1 {
		fmt.Fprintf(a.out, "              asked by %d rows; the first:\n", f.times)
	}
	if f.Quote != "" {
		fmt.Fprintf(a.out, "              quote: %.100q at %s\n", f.Quote, cmp.Or(f.Locator, "an unknown place"))
	}
	if f.Hint != "" {
		fmt.Fprintf(a.out, "              hint: %s\n", f.Hint)
	}
	if n := len(heldBy(f, held)); n > 1 {
		fmt.Fprintf(a.out, "              %d rows are held by it\n", n)
	}
	for _, line := range a.besideLastGood(f, held, 6) {
		fmt.Fprintf(a.out, "              %s\n", line)
	}
}

// heldBy returns the held rows that wait for the finding.
func heldBy(f open, held []schemas.Row) (rows []schemas.Row) {
	d := &schemas.HeldRows
	for _, r := range held {
		if r.Values[d.Column("source")].Text() == f.Source && r.Values[d.Column("reason")].Text() == f.Code &&
			(f.Part == "" || r.Values[d.Column("part")].Text() == f.Part) {
			rows = append(rows, r)
		}
	}
	return rows
}

// besideLastGood says how the rows that a finding holds differ from the last good ones,
// in at most so many lines.
func (a *app) besideLastGood(f open, held []schemas.Row, most int) (lines []string) {
	h := &schemas.HeldRows
	rows := heldBy(f, held)
	if f.Severity != source.Hold || len(rows) == 0 || f.Code == "unknown-name" || f.Code == "not-a-state" {
		return nil
	}
	p := a.pipeline()
	n, err := a.manifest(p, "")
	if err != nil {
		return nil
	}
	last := map[string]map[string]schemas.Row{}
	more := 0
	add := func(format string, args ...any) {
		if len(lines) < most {
			lines = append(lines, shorten(fmt.Sprintf(format, args...), 110))
		} else {
			more++
		}
	}
	seen := map[string]bool{}
	for _, r := range rows {
		d := schemas.Named(r.Values[h.Column("dataset")].Text())
		if d == nil {
			continue
		}
		if last[d.Name] == nil {
			last[d.Name] = map[string]schemas.Row{}
			table, err := snapshot.Table(p.Workspace, n.man, d)
			if err != nil {
				return nil
			}
			for _, good := range table {
				if good.Source == f.Source {
					last[d.Name][d.KeyText(good)] = good
				}
			}
		}
		row, err := snapshot.RowOf(d, r.Values[h.Column("row")].Text())
		if err != nil {
			continue
		}
		key := d.KeyText(row)
		seen[d.Name+" "+key] = true
		good, ok := last[d.Name][key]
		if !ok {
			add("held: %s %s is new", d.Name, key)
			continue
		}
		for i, c := range d.Columns {
			if !c.Aside && good.Values[i] != row.Values[i] {
				add("held: %s %s, %s: %s → %s", d.Name, key, c.Name, orDash(good.Values[i]), orDash(row.Values[i]))
			}
		}
	}
	for name, table := range last {
		var gone []string
		for key, good := range table {
			if good.Standing == schemas.Kept && !seen[name+" "+key] {
				gone = append(gone, key)
			}
		}
		slices.Sort(gone)
		if len(gone) > 0 {
			add("held: %d rows of %s would be gone: %s", len(gone), name, strings.Join(gone, ", "))
		}
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more differences; the dataset held has all rows", more))
	}
	return lines
}

func orDash(v schemas.Value) string {
	if v.IsNull() {
		return "–"
	}
	return v.String()
}

// shorten cuts a text that is too long for a screen.
func shorten(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

func (a *app) doDecide(id string, do decisions.Verb, s signature, place, until string) error {
	_, found, _, err := a.openFindings(true)
	if err != nil {
		return err
	}
	var f *open
	for _, q := range found {
		for i := range q {
			if q[i].id == id {
				f = &q[i]
			}
		}
	}
	if f == nil {
		return &exitError{code: exitUsage, text: fmt.Sprintf("no open finding has the id %q", id), hint: "baseline review lists them"}
	}
	d, err := decisionOn(*f, do, place, until)
	if err != nil {
		return err
	}
	return a.write(s.file, s.sign(d))
}

// decisionOn is the decision that a verb makes on a finding, with its evidence.
func decisionOn(f open, do decisions.Verb, place, until string) (d decisions.Decision, err error) {
	id := f.id
	d = decisions.Decision{Do: do, Finding: id, Capture: f.Capture}
	switch do {
	case decisions.Map:
		name, ok := quotedName(f.Text)
		if !ok {
			return d, usage("finding %s is not about a name", id)
		}
		d.Source, d.Spelling, d.Place = f.Source, name, place
	case decisions.Exclude:
		key, ok := keyOf(f)
		if !ok {
			return d, usage("finding %s is not about one row; exclude takes a row", id)
		}
		d.Source, d.Dataset, d.Key = f.Source, f.Dataset, key
	case decisions.Release, decisions.Reject:
		if f.Severity != source.Hold {
			return d, usage("finding %s holds no rows", id)
		}
		d.Source, d.Dataset, d.Part, d.Capture, d.Code = f.Source, f.Dataset, f.Part, f.Capture, f.Code
	case decisions.Accept, decisions.Snooze:
		if f.Severity == source.Hold {
			return d, usage("finding %s holds rows: release or reject them", id)
		}
		d.Until = until
	default:
		return d, usage("there is no verb %q; there are map, exclude, release, reject, accept, snooze", do)
	}
	return d, nil
}

// keyOf is the row that a finding is about: a name that nobody knows, a row on which
// sources disagree, or one that has gone.
func keyOf(f open) (string, bool) {
	if name, ok := quotedName(f.Text); ok {
		return name, true
	}
	if rest, ok := strings.CutPrefix(f.Text, f.Dataset+" "); ok {
		key, _, ok := strings.Cut(rest, ": ")
		return key, ok
	}
	if rest, ok := strings.CutPrefix(f.Text, "row "); ok {
		key, _, ok := strings.Cut(rest, " of "+f.Dataset)
		return key, ok
	}
	return "", false
}

// quotedName is the spelling in the text of a finding on an unknown name.
func quotedName(text string) (string, bool) {
	rest, ok := strings.CutPrefix(text, "the name ")
	if !ok {
		return "", false
	}
	quoted, err := strconv.QuotedPrefix(rest)
	if err != nil {
		return "", false
	}
	name, err := strconv.Unquote(quoted)
	return name, err == nil
}

func (a *app) write(file string, d decisions.Decision) error {
	if err := decisions.Append(a.pipeline().Workspace, file, d); err != nil {
		return &exitError{code: exitUsage, text: err.Error(), hint: "baseline review --help has examples"}
	}
	fmt.Fprintf(a.out, "%s: written to %s/%s; it takes effect with the next refresh\n", d.Do, decisions.Folder, file)
	return nil
}
