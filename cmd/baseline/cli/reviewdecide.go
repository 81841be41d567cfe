package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baseline/pipeline"
	"baseline/pipeline/decisions"
	"baseline/schemas"
	"baseline/sources/source"
)

// choice is a decision that fits a finding, and the letter that stands for it.
type choice struct {
	letter string
	do     decisions.Verb
	text   string
}

// noRows are the codes of findings that hold rows which no decision can let pass: there is
// nothing to read, or one of two rows must go from the page.
var noRows = []string{"unreadable", "empty-answer", "damaged-capture", "damaged-record", "two-captures"}

// choices are the decisions that fit a finding; none if only a file can be put right.
func (o *open) choices() []choice {
	later := choice{"z", decisions.Snooze, "put it off until a day"}
	accept := choice{"a", decisions.Accept, "accept: it was looked at and stays as it is"}
	switch {
	case o.name != "":
		return []choice{{"m", decisions.Map, "map it to a place"}, {"x", decisions.Exclude, "exclude the row: it is no fact"}, later}
	case o.Severity == source.Hold && slices.Contains(noRows, o.Code):
		return []choice{later}
	case o.Severity == source.Hold:
		return []choice{{"r", decisions.Release, "release: the held rows may pass"}, {"j", decisions.Reject, "reject: the last good rows stay"}, later}
	case o.Code == "decision-idle" || o.Code == "decisions-empty":
		return nil
	case o.gone != nil:
		later.text = "put it off: wait for a capture of " + day(o.until) + " or later"
		return []choice{
			{"a", decisions.Accept, "accept: the publisher has said that it is gone; it goes with the next refresh"},
			{"x", decisions.Exclude, "exclude the row: it never was a fact"}, later,
		}
	case o.sides != nil:
		list := []choice{{"a", decisions.Accept, "accept: both were looked at, and " + o.sides[len(o.sides)-1].source + " is followed"}, {"x", decisions.Exclude, "exclude the row of the source that is wrong"}}
		for _, s := range o.sides {
			if s.followed {
				list[0].text = "accept: both were looked at, and " + s.source + " is followed"
			}
		}
		if o.correctable() != "" {
			list = append(list, choice{"c", decisions.Correct, "correct it: both are wrong, or you know more"})
		}
		return append(list, later)
	case o.row != "":
		return []choice{accept, {"x", decisions.Exclude, "exclude the row: it is no fact"}, {"c", decisions.Correct, "correct it"}, later}
	}
	return []choice{accept, later}
}

// correctable is the key of the row of the snapshot that a correction would change; "" if
// there is none, or more than one.
func (o *open) correctable() string {
	for _, s := range o.sides {
		if s.followed && len(s.keys) == 1 {
			return s.keys[0]
		}
	}
	return o.row
}

// decide makes the decisions of a verb on the finding, with their evidence. Several rows of
// one state are excluded one by one. of is the source whose row is excluded; "" where only
// one has a row.
func (o *open) decide(do decisions.Verb, place, until, of string) ([]decisions.Decision, error) {
	var fits []string
	for _, c := range o.choices() {
		fits = append(fits, string(c.do))
	}
	switch {
	case !slices.Contains([]decisions.Verb{decisions.Map, decisions.Exclude, decisions.Release, decisions.Reject, decisions.Accept, decisions.Snooze, decisions.Correct}, do):
		return nil, usage("there is no verb %q; there are map, exclude, release, reject, accept, snooze", do)
	case fits == nil:
		return nil, &exitError{code: exitUsage, text: fmt.Sprintf("finding %s asks for no decision", o.id), hint: o.Hint}
	case !slices.Contains(fits, string(do)):
		return nil, usage("%s does not fit finding %s (%s); what fits: %s", do, o.id, o.Code, strings.Join(fits, ", "))
	case do == decisions.Correct:
		return nil, &exitError{code: exitUsage, text: "a correction needs its values", hint: fmt.Sprintf("baseline review correct %s %s COLUMN=VALUE", o.Dataset, o.correctable())}
	case do != decisions.Exclude && of != "":
		return nil, usage("--of names the source whose row is excluded; %s takes none", do)
	}
	d := decisions.Decision{Do: do, Finding: o.id, Capture: o.Capture}
	switch do {
	case decisions.Map:
		d.Source, d.Spelling, d.Place = o.Source, o.name, place
	case decisions.Release, decisions.Reject:
		d.Source, d.Dataset, d.Part, d.Code = o.Source, o.Dataset, o.Part, o.Code
	case decisions.Accept:
		if o.gone != nil { // for whoever reads the file: which row it is
			d.Source, d.Dataset, d.Key = o.Source, o.Dataset, schemas.Named(o.Dataset).KeyText(*o.gone)
		}
	case decisions.Snooze:
		if until != "" && until < time.Now().UTC().Format(time.DateOnly) && len(until) == len(time.DateOnly) {
			return nil, usage("%s has passed; put it off until a day to come", until)
		}
		d.Until = until
	case decisions.Exclude:
		return o.exclude(d, of)
	}
	return []decisions.Decision{d}, nil
}

// exclude takes out the rows that the finding is about.
func (o *open) exclude(d decisions.Decision, of string) (list []decisions.Decision, err error) {
	d.Source, d.Dataset = o.Source, o.Dataset
	wrong := side{source: o.Source, keys: []string{o.name + o.row}, Evidence: schemas.Evidence{Capture: o.Capture}}
	switch {
	case o.gone != nil:
		wrong.keys = []string{schemas.Named(o.Dataset).KeyText(*o.gone)}
	case o.sides != nil:
		var have []string
		found := false
		for _, s := range o.sides {
			if s.keys != nil {
				have = append(have, s.source)
			}
			if s.keys != nil && (s.source == of || of == "") {
				wrong, found = s, true
			}
		}
		if of == "" && len(have) > 1 || !found {
			return nil, usage("say whose row is wrong: --of %s", strings.Join(have, " or --of "))
		}
		of = wrong.source
	}
	if of != "" && of != wrong.source {
		return nil, usage("the row is one of %s, not of %s", wrong.source, of)
	}
	for _, key := range wrong.keys {
		x := d
		x.Source, x.Key, x.Capture = wrong.source, key, wrong.Capture
		list = append(list, x)
	}
	return list, nil
}

// signature are the flags that every decision needs.
type signature struct{ by, why, file string }

func (s *signature) flags(c *cobra.Command) {
	c.Flags().StringVar(&s.by, "by", os.Getenv("BASELINE_STEWARD"), "who decides (default: $BASELINE_STEWARD)")
	c.Flags().StringVar(&s.why, "why", "", "the reason")
	c.Flags().StringVar(&s.file, "file", reviewFile, "file in the folder decisions of the workspace")
}

// reviewFile is where decisions go unless a flag says otherwise.
const reviewFile = "review.yaml"

func (s signature) sign(list []decisions.Decision) []decisions.Decision {
	list = slices.Clone(list)
	for i := range list {
		list[i].By, list[i].Why, list[i].On = s.by, s.why, time.Now().UTC().Format(time.DateOnly)
	}
	return list
}

func (a *app) reviewDecide() *cobra.Command {
	var s signature
	var place, until, of string
	c := verb(&cobra.Command{
		Use:   "decide ID VERB",
		Short: "Decide on an open finding",
		Long: `decide writes a decision on the finding with that id. The verbs:

  map      the name is a spelling of the place --place
  exclude  the row is no fact; where sources disagree, --of says whose
  release  the held rows may pass
  reject   the held rows may not pass; the last good ones stay
  accept   the question was looked at; it stays as it is. A row that has gone from
           its list goes at once: the publisher has said so
  snooze   ask again after the day --until`,
		Example: `  baseline review decide 3f2a9c01d7 release --by "A. Steward" --why "compared with the printed table"`,
		RunE: func(_ *cobra.Command, args []string) error {
			k, err := a.desk()
			if err != nil {
				return err
			}
			list := k.open(time.Now().UTC())
			i := slices.IndexFunc(list, func(o open) bool { return o.id == args[0] })
			if i < 0 {
				return &exitError{code: exitUsage, text: fmt.Sprintf("no open finding has the id %q", args[0]), hint: "baseline review lists them"}
			}
			made, err := list[i].decide(decisions.Verb(args[1]), place, until, of)
			if err != nil {
				return err
			}
			return a.write(s.file, s.sign(made))
		},
	}, cobra.ExactArgs(2))
	s.flags(c)
	c.Flags().StringVar(&place, "place", "", "code of the place that a name is mapped to")
	c.Flags().StringVar(&until, "until", "", "last day on which not to ask, such as 2027-01-31")
	c.Flags().StringVar(&of, "of", "", "where sources disagree: the source whose row is excluded")
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
			d := schemas.Named(args[0])
			if d == nil || d.Record {
				return usage("there is no dataset of facts %q; there are %s", args[0], strings.Join(pipeline.Facts(), ", "))
			}
			set := map[string]string{}
			for _, pair := range args[2:] {
				column, value, err := setCell(d, pair)
				if err != nil {
					return err
				}
				set[column] = value
			}
			k, err := a.desk()
			if err != nil {
				return err
			}
			made, err := k.correction(d, args[1], set)
			if err != nil {
				return err
			}
			made.From, made.AsOf = from, asOf
			return a.write(s.file, s.sign([]decisions.Decision{made}))
		},
	}, cobra.MinimumNArgs(3))
	s.flags(c)
	c.Flags().StringVar(&from, "from", "", "where the values are known from")
	c.Flags().StringVar(&asOf, "as-of", "", "day for which that vouches")
	return c
}

// setCell reads a pair such as status=party.
func setCell(d *schemas.Dataset, pair string) (column, value string, err error) {
	column, value, ok := strings.Cut(pair, "=")
	column, value = strings.TrimSpace(column), strings.TrimSpace(value)
	switch {
	case !ok:
		return "", "", usage("%q is not of the form COLUMN=VALUE", pair)
	case d.Column(column) < 0:
		return "", "", usage("%s has no column %q; it has %s", d.Name, column, strings.Join(columnNames(d), ", "))
	case slices.Contains(d.Key, column):
		return "", "", usage("%s says which row it is; exclude the row instead", column)
	}
	if _, err := decisions.Cell(d, column, value); err != nil {
		return "", "", usage("%v", err)
	}
	return column, value, nil
}

// correction corrects a row of the snapshot in force, so that none is written that could
// never apply. Its evidence is the capture of that row, and the disagreement that it ends.
func (k *desk) correction(d *schemas.Dataset, key string, set map[string]string) (made decisions.Decision, err error) {
	rows := k.snap.Tables[d.Name]
	i := slices.IndexFunc(rows, func(r schemas.Row) bool { return d.KeyText(r) == key })
	if i < 0 {
		hint := "its key is " + strings.Join(d.Key, "/")
		if len(rows) > 0 {
			hint += ", such as " + d.KeyText(rows[0])
		}
		return made, &exitError{code: exitUsage, text: fmt.Sprintf("%s has no row %s that could be corrected", d.Name, key), hint: hint}
	}
	made = decisions.Decision{Do: decisions.Correct, Dataset: d.Name, Key: key, Set: set, Capture: rows[i].Evidence.Capture}
	for _, o := range k.open(time.Now().UTC()) {
		if o.Dataset == d.Name && o.correctable() == key {
			made.Finding = o.id
		}
	}
	return made, nil
}

func (a *app) write(file string, list []decisions.Decision) error {
	if err := decisions.Append(a.pipeline().Workspace, file, list...); err != nil {
		return &exitError{code: exitUsage, text: err.Error(), hint: "baseline review --help has examples"}
	}
	fmt.Fprintf(a.out, "%s: written to %s/%s; it takes effect with the next refresh\n", list[0].Do, decisions.Folder, file)
	return nil
}
