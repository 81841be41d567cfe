package cli

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baseline/pipeline"
	"baseline/pipeline/edition"
	"baseline/pipeline/snapshot"
)

func (a *app) editionFreeze() *cobra.Command {
	var by string
	var despite []string
	c := verb(&cobra.Command{
		Use:   "freeze NAME",
		Short: "Freeze the snapshot in force under a name, for good",
		Long: `freeze writes an edition once: the files with their SHA-256, the schemas, the captures,
the decisions, what was open, who froze it and when. It can never become another
snapshot.

It refuses while rows are held, names are unknown, rows are only the last good ones, or
sources are older than their budget. A steward who freezes all the same says why, for
each kind that the refusal names, and the reason stays in the edition.`,
		Example: `  baseline edition freeze 2027 --by "A. Steward"
  baseline edition freeze 2027 --by "A. Steward" --despite budgets="INHOPE's page is down since June"`,
		RunE: func(_ *cobra.Command, args []string) error {
			reasons := map[string]string{}
			for _, d := range despite {
				kind, why, ok := strings.Cut(d, "=")
				if !ok || strings.TrimSpace(why) == "" {
					return usage("--despite %q is not of the form KIND=REASON", d)
				}
				reasons[kind] = strings.TrimSpace(why)
			}
			if strings.TrimSpace(by) == "" {
				return &exitError{code: exitUsage, text: "an edition needs the name of who signs it", hint: `--by "A. Steward"`}
			}
			return a.freeze(edition.Wish{Name: args[0], By: strings.TrimSpace(by), At: time.Now().UTC(), Despite: reasons})
		},
	}, cobra.ExactArgs(1))
	c.Flags().StringVar(&by, "by", "", "who signs the edition")
	c.Flags().StringArrayVar(&despite, "despite", nil, "KIND=REASON: freeze although held, names, kept or budgets stands against it")
	return c
}

func (a *app) freeze(w edition.Wish) error {
	p := a.pipeline()
	n, err := a.manifest(p, "")
	if err != nil {
		return err
	}
	release, err := p.Workspace.Lock(p.Holder)
	if err != nil {
		return err
	}
	defer release()
	if err := p.LoadDecisions(); err != nil {
		return err
	}
	e, already, err := edition.Sign(p.Workspace, n.man, p.Decisions, w)
	var refused *edition.RefusedError
	if errors.As(err, &refused) {
		hint := "decide or wait; or say why it is frozen all the same:"
		for _, against := range refused.Against {
			hint += fmt.Sprintf(" --despite %s=\"...\"", against.Kind)
		}
		return &exitError{code: exitFailed, text: err.Error(), hint: hint}
	}
	if err != nil {
		return err
	}
	if a.json {
		return a.object(editionJSON(e))
	}
	if already {
		fmt.Fprintf(a.out, "edition %s is frozen already as this snapshot, on %s by %s; nothing was changed\n\n", e.Name, day(e.FrozenAt), orUnknown(e.By))
	}
	a.printEdition(e)
	return nil
}

func orUnknown(s string) string {
	if s == "" {
		return "the program"
	}
	return s
}

func (a *app) editionShow() *cobra.Command {
	return verb(&cobra.Command{
		Use:     "show NAME",
		Short:   "Show what an edition holds, and how to cite it",
		Long:    `show prints who froze the edition and when, what it rests on, what was open, and a line to cite it by.`,
		Example: "  baseline edition show 2021",
		RunE: func(_ *cobra.Command, args []string) error {
			p := a.pipeline()
			e, err := edition.Read(p.Workspace, args[0])
			if errors.Is(err, fs.ErrNotExist) {
				return &exitError{code: exitFailed, text: fmt.Sprintf("there is no edition %q in %s", args[0], a.where()), hint: a.editionsHint(p)}
			}
			if err != nil {
				return err
			}
			if a.json {
				return a.object(editionJSON(e))
			}
			a.printEdition(e)
			return nil
		},
	}, cobra.ExactArgs(1))
}

func (a *app) printEdition(e edition.Edition) {
	line := func(what, text string) { fmt.Fprintf(a.out, "%-10s %s\n", what, text) }
	line("edition", e.Name)
	line("snapshot", fmt.Sprintf("%s (newest capture of %s)", e.Snapshot, day(e.AsOf)))
	line("facts", "SHA-256 "+e.FactsSHA256)
	if !e.Signed() {
		line("frozen", "by the program: a source is the record of this edition")
		line("cite as", cite(e))
		return
	}
	rows := 0
	for _, f := range e.Files {
		rows += f.Rows
	}
	line("frozen", fmt.Sprintf("on %s by %s, with version %s", day(e.FrozenAt), e.By, e.ToolVersion))
	line("files", fmt.Sprintf("%d with %s rows, their schemas in %s", len(e.Files), thousands(rows), edition.SchemasPath(e.Name)))
	line("captures", captureCounts(e.Captures))
	line("decisions", fmt.Sprintf("%d files", len(e.Decisions)))
	line("open", fmt.Sprintf("%d findings", len(e.Open)))
	for _, o := range e.Open {
		fmt.Fprintf(a.out, "  %s: %s: %s\n", o.Severity, o.Source, o.Text)
	}
	for _, kind := range slices.Sorted(maps.Keys(e.Despite)) {
		line("despite", kind+": "+e.Despite[kind])
	}
	line("cite as", cite(e))
}

// cite is a line for a list of references. The hash names the facts, however they came.
func cite(e edition.Edition) string {
	when := e.FrozenAt
	if when.IsZero() {
		when = e.AsOf
	}
	return fmt.Sprintf("OCSEA baseline mapping, edition %s, snapshot %s of %s, facts SHA-256 %.16s", e.Name, e.Snapshot, day(when), e.FactsSHA256)
}

func captureCounts(list []edition.Capture) string {
	n := map[string]int{}
	for _, c := range list {
		n[c.Origin]++
	}
	var said []string
	for _, origin := range slices.Sorted(maps.Keys(n)) {
		said = append(said, fmt.Sprintf("%d %s", n[origin], origin))
	}
	return fmt.Sprintf("%d: %s", len(list), strings.Join(said, ", "))
}

func editionJSON(e edition.Edition) map[string]any {
	object := map[string]any{"type": "edition", "name": e.Name, "as_of": e.AsOf, "snapshot": e.Snapshot, "facts_sha256": e.FactsSHA256, "cite_as": cite(e)}
	if e.Signed() {
		object["frozen_at"], object["by"], object["tool_version"], object["despite"] = e.FrozenAt, e.By, e.ToolVersion, e.Despite
		object["files"], object["captures"], object["decisions"], object["open_findings"] = e.Files, e.Captures, e.Decisions, e.Open
	}
	return object
}

// wrongRecords lists what is wrong with the edition's own record.
func wrongRecords(a *app, e edition.Edition) (wrong []string) {
	ws := a.pipeline().Workspace
	if !e.Whole() {
		wrong = append(wrong, fmt.Sprintf("editions/%s/manifest.json is not what was signed", e.Name))
	}
	if !e.Signed() {
		return wrong
	}
	for _, f := range []struct{ path, sum string }{
		{edition.SchemasPath(e.Name), e.SchemasSHA256},
		{"snapshots/" + e.Snapshot + "/manifest.json", e.ManifestSHA256},
	} {
		text, err := ws.Read(f.path)
		switch {
		case err != nil:
			wrong = append(wrong, fmt.Sprintf("%s cannot be read: %v", f.path, err))
		case fmt.Sprintf("%x", sha256.Sum256(text)) != f.sum:
			wrong = append(wrong, f.path+" is not what was signed")
		}
	}
	if _, err := e.Book(ws); err != nil {
		wrong = append(wrong, err.Error())
	}
	return wrong
}

// verifyAgain reads the edition's captures again with the readers of today and the
// decisions of then, and compares each cell.
func (a *app) verifyAgain(e edition.Edition, stored *snapshot.Snapshot, version string) error {
	p := a.pipeline()
	book, err := e.Book(p.Workspace)
	if err != nil {
		return err
	}
	p.Decisions = book
	again, err := p.Replay(stored)
	if err != nil {
		return err
	}
	differ, cells := edition.Differences(stored, again)
	if a.json {
		list := []map[string]string{}
		for _, d := range differ {
			list = append(list, map[string]string{"dataset": d.Dataset, "key": d.Key, "column": d.Column, "stored": d.Stored, "read": d.Read})
		}
		if err := a.object(map[string]any{"type": "read_again", "cells": cells, "differ": list}); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(a.out, "%-9s %s of %s cells read from the captures again are what is stored\n", "reading", thousands(cells-len(differ)), thousands(cells))
		for i, d := range differ {
			if i == 20 {
				fmt.Fprintf(a.out, "  and %d more; --json lists all\n", len(differ)-i)
				break
			}
			fmt.Fprintf(a.out, "  %s\n", d)
		}
	}
	if differ == nil {
		return nil
	}
	if version != pipeline.Version {
		if !a.json {
			fmt.Fprintf(a.out, "  version %s read these cells so, version %s reads them otherwise: the edition stands as it was signed\n", version, pipeline.Version)
		}
		return nil
	}
	return &exitError{code: exitFailed, text: fmt.Sprintf("%d cells of edition %s do not follow from its captures", len(differ), e.Name), hint: "this program says the same version as the one that wrote them: was it changed, or the files?"}
}
