package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baseline/output/changes"
	"baseline/pipeline"
	"baseline/pipeline/compare"
	"baseline/pipeline/edition"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
	"baseline/schemas/places"
)

// changesQuery is what to compare, and which changes to show.
type changesQuery struct {
	since, until          string
	state, dataset, cause string
	format                string
}

func (a *app) changes() *cobra.Command {
	var q changesQuery
	var exitCode bool
	c := verb(&cobra.Command{
		Use:   "changes",
		Short: "Say what changed since an edition or a snapshot, and why",
		Long: `changes compares two snapshots. --since and --until take the name of an edition or
the id of a snapshot; by default it compares the last edition with the snapshot in
force.

Each change says its cause. source: the publisher says something else. reading: our
reader, registry or schema changed. To tell them apart, the captures of the older
snapshot are read again with the readers of today.

With --exit-code it ends with 1 if something changed, like git diff.`,
		Example: "  baseline changes\n  baseline changes --since 2021 --state Sweden\n  baseline changes --dataset treaty_status --format csv",
		RunE: func(*cobra.Command, []string) error {
			p := a.pipeline()
			if q.since == "" {
				last, err := lastEdition(p)
				if err != nil {
					return err
				}
				q.since = last
			}
			if a.json {
				q.format = "json"
			}
			n, err := a.printChanges(p, q)
			if err == nil && exitCode && n > 0 {
				return &exitError{code: exitFailed}
			}
			return err
		},
	}, cobra.NoArgs)
	f := c.Flags()
	f.StringVar(&q.since, "since", "", "edition or snapshot to compare with (default: the last edition)")
	f.StringVar(&q.until, "until", "", "edition or snapshot to compare (default: the snapshot in force)")
	f.StringVar(&q.state, "state", "", "only this state, by name or ISO code")
	f.StringVar(&q.dataset, "dataset", "", "only this dataset")
	f.StringVar(&q.cause, "cause", "", "only this cause: source or reading")
	f.StringVar(&q.format, "format", "text", strings.Join(changes.Formats, ", "))
	f.BoolVar(&exitCode, "exit-code", false, "end with 1 if something changed")
	a.asKnown(c, &q.until, "until")
	return c
}

// printChanges prints the changes that the query asks for and returns their number.
func (a *app) printChanges(p *pipeline.Pipeline, q changesQuery) (int, error) {
	if err := q.valid(); err != nil {
		return 0, err
	}
	older, err := a.named(p, q.since)
	if err != nil {
		return 0, err
	}
	newer, err := a.named(p, q.until)
	if err != nil {
		return 0, err
	}
	again, err := p.Replay(older.snap)
	if err != nil {
		return 0, fmt.Errorf("%w; without its captures the cause of a change cannot be told", err)
	}
	r := changes.Report{Since: older.title(), Until: newer.title(), Comparison: compare.WithCause(older.snap, again, newer.snap, older.asOf)}
	r.SameFacts = compare.SameFacts(older.snap, newer.snap, r.Changes)
	r.Comparison = q.only(r.Comparison)
	return len(r.Changes), changes.Write(a.out, q.format, r)
}

func (q *changesQuery) valid() error {
	if q.dataset != "" && schemas.Named(q.dataset) == nil {
		return usage("there is no dataset %q; there are %s", q.dataset, strings.Join(pipeline.Facts(), ", "))
	}
	if q.cause != "" && q.cause != string(schemas.BySource) && q.cause != string(schemas.ByReading) {
		return usage("there is no cause %q; there are source and reading", q.cause)
	}
	if !slices.Contains(changes.Formats, q.format) {
		return usage("there is no format %q; there are %s", q.format, strings.Join(changes.Formats, ", "))
	}
	if q.state != "" {
		code, err := stateCode(q.state)
		q.state = code
		return err
	}
	return nil
}

// stateCode takes a name or a code.
func stateCode(state string) (string, error) {
	reg := places.Default()
	if p, ok := reg.Place(strings.ToUpper(state)); ok {
		return p.Code, nil
	}
	if p, ok := reg.Lookup(state); ok {
		return p.Code, nil
	}
	var near []string
	for _, s := range reg.Suggest(state, 3) {
		near = append(near, s.Place.Name)
	}
	return "", &exitError{code: exitUsage, text: fmt.Sprintf("there is no state %q", state), hint: "nearest names: " + strings.Join(near, ", ")}
}

func (q changesQuery) only(c schemas.Comparison) schemas.Comparison {
	wanted := func(dataset, place string) bool {
		return (q.dataset == "" || q.dataset == dataset) && (q.state == "" || q.state == place)
	}
	c.Changes = slices.DeleteFunc(c.Changes, func(x schemas.Change) bool {
		return !wanted(x.Dataset, x.Place) || q.cause != "" && q.cause != string(x.Cause)
	})
	c.Unknown = slices.DeleteFunc(c.Unknown, func(g schemas.Gap) bool { return !wanted(g.Dataset, g.Place) })
	c.NotRead = slices.DeleteFunc(c.NotRead, func(part string) bool {
		dataset, _, _ := strings.Cut(part, " ")
		return q.dataset != "" && q.dataset != dataset
	})
	return c
}

// named is a snapshot with the name by which it was asked for.
type named struct {
	edition string
	snap    *snapshot.Snapshot
	man     snapshot.Manifest
	asOf    time.Time
}

func (n named) title() string {
	if n.edition != "" {
		return fmt.Sprintf("edition %s (as of %s)", n.edition, day(n.asOf))
	}
	return fmt.Sprintf("snapshot %s (newest capture of %s)", n.snap.ID, day(n.asOf))
}

// named loads an edition, a snapshot by id, or, for the empty name and "current",
// the snapshot in force.
func (a *app) named(p *pipeline.Pipeline, name string) (named, error) {
	n, err := a.manifest(p, name)
	if err != nil {
		return n, err
	}
	n.snap, n.man, err = snapshot.Load(p.Workspace, n.man.ID)
	return n, err
}

// manifest is named without its rows.
func (a *app) manifest(p *pipeline.Pipeline, name string) (n named, err error) {
	id := name
	if name == "" || name == "current" {
		if id, err = snapshot.CurrentID(p.Workspace); err != nil {
			return n, &exitError{code: exitFailed, text: err.Error(), hint: "baseline refresh --offline makes one"}
		}
	} else if e, err := edition.Read(p.Workspace, name); err == nil {
		n.edition, id = name, e.Snapshot
	}
	if n.man, err = snapshot.ReadManifest(p.Workspace, id); err != nil {
		return n, &exitError{code: exitFailed, text: fmt.Sprintf("there is no edition or snapshot %q in %s", id, a.where()), hint: a.editionsHint(p)}
	}
	n.asOf = n.man.AsOf
	return n, nil
}

func (a *app) editionsHint(p *pipeline.Pipeline) string {
	list, err := edition.List(p.Workspace)
	if err != nil || len(list) == 0 {
		return "baseline refresh --offline makes a snapshot and edition 2021"
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name)
	}
	return "editions here: " + strings.Join(names, ", ")
}
