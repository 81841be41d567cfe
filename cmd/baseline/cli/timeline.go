package cli

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baseline/pipeline"
	"baseline/pipeline/history"
	"baseline/schemas"
	"baseline/schemas/places"
)

// timelineQuery is what to show of a history.
type timelineQuery struct {
	state, dataset, format string
	validOn, knownOn       string
}

func (a *app) timeline() *cobra.Command {
	var q timelineQuery
	c := verb(&cobra.Command{
		Use:   "timeline STATE",
		Short: "Show what is known of a state over time, and since when it is known",
		Long: `timeline prints every fact about a state in two times. valid: since when it is true,
by the source's own word. known: since when this workspace knew it, that is when a
snapshot or edition that says so came into force here. What was known once and is known
otherwise now stands below, as "was".

--valid-on shows what was true on a day, as far as the sources give days; --as-known-on
shows what was known at the end of a day.`,
		Example: "  baseline timeline SWE\n  baseline timeline Sweden --dataset treaty_status\n  baseline timeline SWE --as-known-on 2024-03-01",
		RunE: func(_ *cobra.Command, args []string) (err error) {
			if q.state, err = stateCode(args[0]); err != nil {
				return err
			}
			if a.json {
				q.format = "json"
			}
			return a.doTimeline(q)
		},
	}, cobra.ExactArgs(1))
	f := c.Flags()
	f.StringVar(&q.dataset, "dataset", "", "only this dataset")
	f.StringVar(&q.validOn, "valid-on", "", "only what was true on this day, such as 2021-04-20")
	f.StringVar(&q.knownOn, "as-known-on", "", "as it was known at the end of this day")
	f.StringVar(&q.format, "format", "text", "text, csv, json")
	return c
}

func (a *app) doTimeline(q timelineQuery) error {
	if q.dataset != "" && (schemas.Named(q.dataset) == nil || schemas.Named(q.dataset).Record) {
		return usage("there is no dataset %q; there are %s", q.dataset, strings.Join(pipeline.Facts(), ", "))
	}
	if !slices.Contains([]string{"text", "csv", "json"}, q.format) {
		return usage("there is no format %q; there are text, csv, json", q.format)
	}
	valid, known := schemas.Value{}, time.Time{}
	if q.validOn != "" {
		day, err := time.Parse(time.DateOnly, q.validOn)
		if err != nil {
			return usage("--valid-on %q is not a day like 2021-04-20", q.validOn)
		}
		valid = schemas.Day(day)
	}
	p := a.pipeline()
	if q.knownOn != "" {
		end, _, err := a.knownOn(p, q.knownOn)
		if err != nil {
			return err
		}
		known = end
	}
	cells, err := history.Read(p.Workspace)
	if err != nil {
		return err
	}
	cells = slices.DeleteFunc(cells, func(c history.Cell) bool {
		return c.Place != q.state || q.dataset != "" && c.Dataset != q.dataset || !holdsOn(c, valid) || !knownAt(&c, known)
	})
	if !known.IsZero() {
		for i := range cells {
			knownAt(&cells[i], known)
		}
	}
	switch q.format {
	case "json":
		return a.timelineJSON(cells)
	case "csv":
		return a.timelineCSV(cells)
	}
	place, _ := places.Default().Place(q.state)
	fmt.Fprintf(a.out, "%s (%s)", place.Name, place.Code)
	if q.knownOn != "" {
		fmt.Fprintf(a.out, ", as known on %s", q.knownOn)
	}
	if q.validOn != "" {
		fmt.Fprintf(a.out, ", as true on %s", q.validOn)
	}
	fmt.Fprintln(a.out)
	if len(cells) == 0 {
		fmt.Fprintln(a.out, "nothing is known")
	}
	a.timelineText(cells)
	return nil
}

// holdsOn reports whether a cell was true on a day. Of what has no day, nobody knows
// since when: it is shown.
func holdsOn(c history.Cell, day schemas.Value) bool {
	return day.IsNull() || (c.ValidFrom.IsNull() || c.ValidFrom.Compare(day) <= 0) && (c.ValidTo.IsNull() || c.ValidTo.Compare(day) > 0)
}

// knownAt reports whether a cell was known at an instant; what ended its being known
// later was not known then.
func knownAt(c *history.Cell, at time.Time) bool {
	if at.IsZero() {
		return true
	}
	t := schemas.At(at)
	if c.KnownFrom.Compare(t) > 0 || !c.KnownTo.IsNull() && c.KnownTo.Compare(t) <= 0 {
		return false
	}
	c.KnownTo = schemas.Value{}
	return true
}

func (a *app) timelineText(cells []history.Cell) {
	for _, d := range schemas.Facts {
		var now, was []history.Cell
		for _, c := range cells {
			switch {
			case c.Dataset != d.Name || inIntervals(c) || c.Column == "place_kind":
			case c.KnownTo.IsNull():
				now = append(now, c)
			default:
				was = append(was, c)
			}
		}
		if now == nil && was == nil {
			continue
		}
		fmt.Fprintf(a.out, "\n%s\n", d.Title)
		t := &table{width: make([]int, 5)}
		byTime(now)
		for _, c := range now {
			t.row(append([]string{"", validText(c), subject(c), c.Column + " " + c.Value}, knownText(c))...)
		}
		byTime(was)
		for _, c := range was {
			t.row("was", validText(c), subject(c), c.Column+" "+c.Value, knownText(c))
		}
		t.print(a.out)
	}
}

// inIntervals reports whether the days of the statuses say the same already.
func inIntervals(c history.Cell) bool {
	return c.Dataset == schemas.TreatyStatus.Name && slices.Contains([]string{"signed", "consent", "denounced", "denunciation_effect"}, c.Column)
}

func byTime(cells []history.Cell) {
	slices.SortStableFunc(cells, func(x, y history.Cell) int {
		if c := strings.Compare(subject(x), subject(y)); c != 0 {
			return c
		}
		return x.ValidFrom.Compare(y.ValidFrom)
	})
}

// subject is the key without the state.
func subject(c history.Cell) string {
	d := schemas.Named(c.Dataset)
	var parts []string
	for _, at := range d.KeyColumns() {
		if name := d.Columns[at].Name; name == "line" && c.Row.Values[at] == schemas.Num(1) {
			continue // the second of two lines is the odd one
		}
		if d.Columns[at].Name != d.Code && !c.Row.Values[at].IsNull() {
			parts = append(parts, c.Row.Values[at].String())
		}
	}
	return strings.Join(parts, " ")
}

func validText(c history.Cell) string {
	from := c.ValidFrom.String()
	if d := schemas.Named(c.Dataset); c.ValidFrom.IsNull() && d.Since == "" && d.SinceOf == nil {
		return "" // it is of a year or an edition, or nobody dates it
	}
	switch {
	case c.ValidFrom.IsNull():
		from = "day not known"
	case c.Precision == "month":
		from = from[:len("2006-01")]
	case c.Precision == "year":
		from = from[:len("2006")]
	}
	switch {
	case !c.ValidTo.IsNull() && c.ValidFrom.IsNull():
		return "until " + c.ValidTo.String()
	case !c.ValidTo.IsNull():
		return from + " to " + c.ValidTo.String()
	case c.ValidFrom.IsNull():
		return from
	}
	return "since " + from
}

func knownText(c history.Cell) string {
	text := "known since " + day(c.KnownFrom.Time())
	if len(c.KnownIn) <= 8 { // the name of an edition; ids of snapshots tell nobody more
		text += ", edition " + c.KnownIn
	}
	if !c.KnownTo.IsNull() {
		text += ", until " + day(c.KnownTo.Time())
	}
	return text
}

func (a *app) timelineJSON(cells []history.Cell) error {
	for _, c := range cells {
		if err := a.object(map[string]any{
			"type": "history", "dataset": c.Dataset, "key": c.Key(), "place": c.Place, "name": c.Name, "column": c.Column, "value": c.Value,
			"valid_from": c.ValidFrom.Any(), "valid_from_precision": orNull(c.Precision), "valid_to": c.ValidTo.Any(), "known_from": c.KnownFrom.Any(), "known_to": c.KnownTo.Any(),
			"known_in": c.KnownIn, "source": c.Source, "capture": c.Evidence.Capture, "locator": c.Evidence.Locator, "quote": c.Evidence.Quote,
		}); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) timelineCSV(cells []history.Cell) error {
	w := csv.NewWriter(a.out)
	lines := [][]string{{"dataset", "key", "place", "name", "column", "value", "valid_from", "valid_from_precision", "valid_to", "known_from", "known_to", "known_in", "source", "capture", "locator"}}
	for _, c := range cells {
		lines = append(lines, []string{
			c.Dataset, c.Key(), c.Place, c.Name, c.Column, c.Value, c.ValidFrom.String(), c.Precision, c.ValidTo.String(),
			c.KnownFrom.String(), c.KnownTo.String(), c.KnownIn, c.Source, c.Evidence.Capture, c.Evidence.Locator,
		})
	}
	return w.WriteAll(lines)
}

// knownOn returns the end of the day and the name of the edition or snapshot that was
// what was known then.
func (a *app) knownOn(p *pipeline.Pipeline, text string) (end time.Time, name string, err error) {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return end, "", usage("--as-known-on %q is not a day like 2024-03-01", text)
	}
	end = d.AddDate(0, 0, 1).Add(-time.Microsecond)
	list, err := history.Moments(p.Workspace)
	if err != nil {
		return end, "", err
	}
	m, ok := history.Known(list, end)
	switch {
	case len(list) == 0:
		return end, "", &exitError{code: exitFailed, text: fmt.Sprintf("nothing is known in %s", a.where()), hint: "baseline refresh --offline makes a snapshot"}
	case !ok:
		return end, "", &exitError{code: exitFailed, text: fmt.Sprintf("nothing was known on %s", text), hint: fmt.Sprintf("the first that was known is of %s: %s", day(m.At), m.Name)}
	}
	return end, m.Name, nil
}

// asKnown adds --as-known-on to a verb that shows a snapshot. It sets name, unless that was given.
func (a *app) asKnown(c *cobra.Command, name *string, flag string) {
	var on string
	c.Flags().StringVar(&on, "as-known-on", "", "as it was known at the end of this day, such as 2024-03-01")
	run := c.RunE
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if on == "" {
			return run(cmd, args)
		}
		if cmd.Flags().Changed(flag) {
			return usage("--as-known-on and --%s name two different things; give one", flag)
		}
		_, known, err := a.knownOn(a.pipeline(), on)
		if err != nil {
			return err
		}
		if !a.quiet && !a.json {
			fmt.Fprintf(a.err, "on %s, %s was what was known\n", on, known)
		}
		*name = known
		return run(cmd, args)
	}
}
