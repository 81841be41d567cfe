package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"baseline/output/figures"
	"baseline/output/prose"
	"baseline/pipeline"
	"baseline/pipeline/archive"
	"baseline/pipeline/edition"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
)

func (a *app) edition() *cobra.Command {
	c := verb(&cobra.Command{
		Use:     "edition",
		Short:   "Freeze an edition, list, show and verify editions",
		Long:    `edition freezes the snapshot in force under a name, and shows and verifies what was frozen.`,
		Example: "  baseline edition list\n  baseline edition verify 2021",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &exitError{code: exitUsage, text: fmt.Sprintf("edition has no command %q", args[0]), hint: cmd.CommandPath() + " --help lists them"}
			}
			return cmd.Help()
		},
	}, cobra.ArbitraryArgs)
	c.AddCommand(
		a.editionFreeze(), a.editionShow(),
		verb(&cobra.Command{
			Use:     "list",
			Short:   "List the editions of the workspace",
			Long:    `list prints each edition with its snapshot, the day of its newest capture and the hash of its facts.`,
			Example: "  baseline edition list",
			RunE:    func(*cobra.Command, []string) error { return a.listEditions() },
		}, cobra.NoArgs),
		verb(&cobra.Command{
			Use:   "verify NAME",
			Short: "Hash an edition's files again, and compute again what it states",
			Long: `verify hashes every file, every capture and the decisions of an edition again and
compares them with its manifest. Then it reads the captures again, with the readers of
today and the decisions of then, and compares each cell with what is stored. Cells that
this version reads as another version did not are listed, and no failure; if the same
version wrote them, it ends with 1. Of the report of 2021 it then computes again, from the typed datasets
alone, each printed cell of the seven figures and each statement that the report makes
about them in its prose: counts, shares, averages, lists of states.

What does not follow is listed with the line of the report's text, the stated and the
computed value. That is a finding about the report, and no failure: the exit code is 0.
Nothing is corrected. A file that is not what the manifest says ends with 1.`,
			Example: "  baseline edition verify 2021\n  baseline edition verify 2021 --json",
			RunE:    func(_ *cobra.Command, args []string) error { return a.verifyEdition(args[0]) },
		}, cobra.ExactArgs(1)),
	)
	return c
}

func (a *app) listEditions() error {
	list, err := edition.List(a.pipeline().Workspace)
	if err != nil {
		return err
	}
	if len(list) == 0 && !a.json {
		fmt.Fprintln(a.out, "there is no edition yet: baseline refresh makes edition 2021")
		return nil
	}
	t := newTable("edition", "as of", "snapshot", "facts", "frozen", "by")
	for _, e := range list {
		if a.json {
			if err := a.object(editionJSON(e)); err != nil {
				return err
			}
			continue
		}
		frozen := "-"
		if e.Signed() {
			frozen = day(e.FrozenAt)
		}
		t.row(e.Name, day(e.AsOf), e.Snapshot, e.FactsSHA256[:min(len(e.FactsSHA256), 16)], frozen, orUnknown(e.By))
	}
	if !a.json {
		t.print(a.out)
	}
	return nil
}

func (a *app) verifyEdition(name string) error {
	p := a.pipeline()
	e, err := edition.Read(p.Workspace, name)
	if errors.Is(err, fs.ErrNotExist) {
		return &exitError{code: exitFailed, text: fmt.Sprintf("there is no edition %q in %s", name, a.where()), hint: a.editionsHint(p)}
	}
	if err != nil {
		return err
	}
	m, err := snapshot.ReadManifest(p.Workspace, e.Snapshot)
	if err != nil {
		return err
	}
	if !a.json {
		fmt.Fprintf(a.out, "edition %s, snapshot %s (as of %s)\n\n", e.Name, e.Snapshot, day(e.AsOf))
	}
	snap, err := a.verifyHashes(p, e, m)
	if err != nil {
		return err
	}
	if err := a.verifyAgain(e, snap, m.ToolVersion); err != nil {
		return err
	}
	cells := snap.Tables[schemas.ReportCells.Name]
	if cells == nil {
		if !a.json {
			fmt.Fprintln(a.out, "\nno printed tables or prose belong to this edition: there is nothing more to verify")
		}
		return nil
	}
	facts := factsOf(snap, m)
	checks, err := figures.Check(facts, cells)
	if err != nil {
		return err
	}
	results := prose.Check(facts)
	if a.json {
		return a.verifiedJSON(checks, results)
	}
	a.printChecks(checks)
	a.printStatements(results)
	return nil
}

// verifyHashes hashes the files, the captures and the facts again, and returns what they
// hold. All that is wrong is named in the error.
func (a *app) verifyHashes(p *pipeline.Pipeline, e edition.Edition, m snapshot.Manifest) (*snapshot.Snapshot, error) {
	files, captures := badFiles(p, m), lostCaptures(p, m)
	facts := wrongRecords(a, e)
	if e.FactsSHA256 != m.FactsSHA256 || !e.AsOf.Equal(m.AsOf) {
		facts = append(facts, fmt.Sprintf("snapshot %s holds facts with the SHA-256 %s of %s, the edition was frozen with %s of %s", m.ID, m.FactsSHA256, day(m.AsOf), e.FactsSHA256, day(e.AsOf)))
	}
	var snap *snapshot.Snapshot
	if files == nil {
		var err error
		if snap, _, err = snapshot.Load(p.Workspace, m.ID); err != nil {
			return nil, err
		}
		if h := snap.Hash(); h != e.FactsSHA256 {
			facts = append(facts, fmt.Sprintf("the facts in the files have the SHA-256 %s, the edition was frozen with %s", h, e.FactsSHA256))
		}
	}
	wrong := slices.Concat(files, captures, facts)
	if err := a.printHashes(m, len(files), len(captures), wrong); err != nil {
		return nil, err
	}
	if wrong == nil {
		return snap, nil
	}
	return nil, &exitError{
		code: exitFailed, text: fmt.Sprintf("edition %s is not what was frozen: %s", e.Name, strings.Join(wrong, "; ")),
		hint: "restore the named files from a copy; baseline refresh writes the files of edition 2021 again",
	}
}

func badFiles(p *pipeline.Pipeline, m snapshot.Manifest) (wrong []string) {
	for _, f := range m.Files {
		body, err := p.Workspace.Read(f.Path)
		sum := sha256.Sum256(body)
		switch {
		case err != nil:
			wrong = append(wrong, fmt.Sprintf("%s cannot be read: %v", f.Path, err))
		case hex.EncodeToString(sum[:]) != f.SHA256:
			wrong = append(wrong, fmt.Sprintf("%s has the SHA-256 %x, not %s", f.Path, sum, f.SHA256))
		}
	}
	return wrong
}

func lostCaptures(p *pipeline.Pipeline, m snapshot.Manifest) (wrong []string) {
	for _, c := range m.Captures {
		if _, err := archive.In(p.Workspace).Body(c.SHA256); err != nil {
			wrong = append(wrong, fmt.Sprintf("capture %s of %s: %v", c.Request.ID, c.Source, err))
		}
	}
	return wrong
}

func (a *app) printHashes(m snapshot.Manifest, files, captures int, wrong []string) error {
	if a.json {
		return a.object(map[string]any{
			"type": "hashes", "snapshot": m.ID, "files": len(m.Files), "captures": len(m.Captures), "wrong": append([]string{}, wrong...),
		})
	}
	fmt.Fprintf(a.out, "%-9s %d of %d are what the manifest says\n", "files", len(m.Files)-files, len(m.Files))
	fmt.Fprintf(a.out, "%-9s %d of %d are what the manifest says\n", "captures", len(m.Captures)-captures, len(m.Captures))
	return nil
}

func (a *app) printChecks(checks []figures.ColumnCheck) {
	all, wrong := 0, 0
	for _, c := range checks {
		all += c.Cells
		wrong += len(c.Differ)
	}
	fmt.Fprintf(a.out, "%-9s %s of %s printed cells follow from the typed datasets\n\n", "cells", thousands(all-wrong), thousands(all))
	fmt.Fprintln(a.out, "computed columns:")
	t := &table{width: make([]int, 4)}
	for _, c := range checks {
		if c.Rule != "" {
			t.row("  figure "+c.Figure, c.Column, fmt.Sprintf("%d of %d", c.Cells-len(c.Differ), c.Cells), c.Rule)
		}
	}
	t.print(a.out)
	if wrong > 0 {
		fmt.Fprintln(a.out, "\ncells that do not follow:")
		for _, c := range checks {
			for _, d := range c.Differ {
				fmt.Fprintf(a.out, "  figure %s, %s, %s: printed %q, derived %q\n", c.Figure, d.Row, c.Column, d.Printed, d.Derived)
			}
		}
	}
}

func (a *app) printStatements(results []prose.Result) {
	misfits, unchecked := prose.Of(results, prose.Misfit), prose.Of(results, prose.NotCheckable)
	fmt.Fprintf(a.out, "\n%d statements in the prose: %d follow, %d do not, %d cannot be checked here\n", len(results), len(prose.Of(results, prose.Follows)), len(misfits), len(unchecked))
	if len(misfits) > 0 {
		fmt.Fprintln(a.out, "\ndo not follow (nothing is corrected):")
	}
	for _, r := range misfits {
		fmt.Fprintf(a.out, "  %s: %s\n", place(r), r.About)
		fmt.Fprintf(a.out, "      stated   %s\n      computed %s\n", r.Says(), r.Computed)
		if r.Note != "" {
			fmt.Fprintf(a.out, "      note     %s\n", r.Note)
		}
	}
	if len(unchecked) > 0 {
		fmt.Fprintln(a.out, "\nnot checkable here:")
	}
	for _, r := range unchecked {
		stated := ""
		if r.Stated != "" {
			stated = " (stated: " + r.Says() + ")"
		}
		fmt.Fprintf(a.out, "  %s: %s%s\n      %s\n", place(r), r.About, stated, r.Why)
	}
}

// place prints where a statement stands and which figures it is about.
func place(r prose.Result) string {
	switch n := len(strings.Fields(r.Figures)); {
	case n == 1 && !strings.HasPrefix(r.Figures, "A"):
		return r.At() + ", figure " + r.Figures
	case n > 1 && n < 7:
		return r.At() + ", figures " + strings.ReplaceAll(r.Figures, " ", ", ")
	}
	return r.At()
}

func (a *app) verifiedJSON(checks []figures.ColumnCheck, results []prose.Result) error {
	for _, c := range checks {
		differ := []map[string]string{}
		for _, d := range c.Differ {
			differ = append(differ, map[string]string{"row": d.Row, "printed": d.Printed, "derived": d.Derived})
		}
		if err := a.object(map[string]any{"type": "column", "figure": c.Figure, "column": c.Column, "rule": orNull(c.Rule), "cells": c.Cells, "differ": differ}); err != nil {
			return err
		}
	}
	for _, r := range results {
		if err := a.object(map[string]any{
			"type": "statement", "id": r.ID, "lines": r.Lines, "figures": strings.Fields(r.Figures), "about": r.About, "kind": r.Kind,
			"group": orNull(r.Group), "where": orNull(r.Where), "stated": orNull(r.Stated), "outcome": string(r.Outcome),
			"computed": orNull(r.Computed), "why": orNull(r.Why), "note": orNull(r.Note),
		}); err != nil {
			return err
		}
	}
	return nil
}

// thousands prints a count with commas.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
