package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"baseline/pipeline"
	"baseline/pipeline/edition"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/sources/source"
)

func (a *app) refresh() *cobra.Command {
	var offline bool
	c := verb(&cobra.Command{
		Use:   "refresh --offline",
		Short: "Read the sources, write a snapshot, and say what changed",
		Long: `refresh reads the newest capture of every source, checks what it says, writes a
snapshot of all datasets, and prints what changed since the last edition.

With --offline it works from the archive in the workspace, seeded with the captures
that are compiled into the program. A source that cannot be read keeps its last good
rows, marked as kept; rows that a check does not let in are held, never dropped.

This version reads only offline; it does not ask publishers.`,
		Example: "  baseline refresh --offline",
		RunE: func(*cobra.Command, []string) error {
			if !offline {
				return &exitError{code: exitUsage, text: "this version does not ask publishers", hint: "baseline refresh --offline works from the archive and the captures in the program"}
			}
			return a.doRefresh()
		},
	}, cobra.NoArgs)
	c.Flags().BoolVar(&offline, "offline", false, "work from the archive and the captures compiled into the program")
	return c
}

func (a *app) doRefresh() error {
	if !a.quiet && !a.json {
		fmt.Fprintf(a.err, "refreshing %s from its archive\n", a.workspace)
	}
	p := a.pipeline()
	out, err := p.Refresh()
	if err != nil {
		var held *workspace.HeldError
		if errors.As(err, &held) {
			return held
		}
		return fmt.Errorf("refresh: %w; %s", err, a.inForce(p))
	}
	if a.json {
		if err := a.refreshJSON(out); err != nil {
			return err
		}
	} else {
		a.refreshText(out)
	}
	last, err := lastEdition(p)
	if err != nil {
		return err
	}
	if last != "" {
		format := "text"
		if a.json {
			format = "json"
		}
		if _, err := a.printChanges(p, changesQuery{since: last, format: format}); err != nil {
			return err
		}
	}
	switch {
	case out.Failed != nil:
		return &exitError{code: exitSource, text: "could not read " + strings.Join(out.Failed, ", ") + "; the last good rows were kept", hint: "baseline status tells why"}
	case out.Held > 0:
		return &exitError{code: exitHeld, text: fmt.Sprintf("%d rows are held", out.Held), hint: "baseline status lists the findings"}
	}
	return nil
}

// inForce says which snapshot stands after a refresh that did not end.
func (a *app) inForce(p *pipeline.Pipeline) string {
	id, err := snapshot.CurrentID(p.Workspace)
	if err != nil {
		return "no snapshot is in force yet"
	}
	return "snapshot " + id + " is in force"
}

// lastEdition is the edition with the newest facts; "" if there is none.
func lastEdition(p *pipeline.Pipeline) (string, error) {
	list, err := edition.List(p.Workspace)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return slices.MaxFunc(list, func(a, b edition.Edition) int { return a.AsOf.Compare(b.AsOf) }).Name, nil
}

func (a *app) refreshText(out pipeline.Outcome) {
	t := newTable("source", "rows", "of 47", "kept", "held", "captures", "checked", "captured", "changed")
	for _, s := range out.Snapshot.Sources {
		t.row(s.ID, fmt.Sprint(s.Rows), fmt.Sprint(s.States), fmt.Sprint(s.Kept), fmt.Sprint(s.Held), s.Captures.String(),
			day(s.Clocks.Checked), day(s.Clocks.Captured), day(s.Clocks.Changed))
	}
	t.print(a.out)
	fmt.Fprintln(a.out, "(of 47: member states of 2021 on which the source says anything; captured: when its newest facts were true or taken)")
	state := "is now in force"
	if out.Same {
		state = "still stands: the captures say the same"
	}
	fmt.Fprintf(a.out, "\nsnapshot %s %s\n", out.Manifest.ID, state)
	if n := rebuilt(out.Snapshot); n > 0 {
		fmt.Fprintf(a.out, "rebuilt: %d of %d captures were made from published facts, because no original may be kept here\n", n, len(out.Manifest.Captures))
	}
	a.findings(out.Snapshot.Findings)
	fmt.Fprintln(a.out)
}

func rebuilt(s *snapshot.Snapshot) (n int) {
	for _, src := range s.Sources {
		n += src.Captures.Rebuilt
	}
	return n
}

// findings prints what a steward should look at, and counts the rest.
func (a *app) findings(list []source.Finding) {
	notes := a.serious(list)
	if notes > 0 {
		fmt.Fprintf(a.out, "notes: %d for the record; baseline status --notes lists them\n", notes)
	}
}

// serious prints the findings that are more than notes and returns the number of
// notes.
func (a *app) serious(list []source.Finding) (notes int) {
	for _, f := range list {
		if f.Severity == source.Note {
			notes++
			continue
		}
		fmt.Fprintf(a.out, "%s: %s: %s\n", f.Severity, f.Source, f.Text)
		if f.Hint != "" {
			fmt.Fprintf(a.out, "  hint: %s\n", f.Hint)
		}
	}
	return notes
}

func (a *app) refreshJSON(out pipeline.Outcome) error {
	for _, s := range out.Snapshot.Sources {
		if err := a.object(sourceJSON(s)); err != nil {
			return err
		}
	}
	return a.object(map[string]any{
		"type": "snapshot", "id": out.Manifest.ID, "unchanged": out.Same, "facts_sha256": out.Manifest.FactsSHA256,
		"held": out.Held, "failed": append([]string{}, out.Failed...),
	})
}
