package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"baseline/pipeline"
	"baseline/pipeline/archive"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
)

func (a *app) explain() *cobra.Command {
	var at string
	c := verb(&cobra.Command{
		Use:   "explain DATASET KEY [COLUMN]",
		Short: "Show where a row or a cell comes from",
		Long: `explain prints a row with the chain from its cells to the archived bytes and the
address they came from. KEY is the row's key joined by slashes, in any order; parts
that leave no doubt may be left out.`,
		Example: "  baseline explain treaty_status SWE/ETS185\n  baseline explain cybertip_reports 2023/POL reports\n  baseline explain report_cells 1/SWE --edition 2021",
		RunE:    func(_ *cobra.Command, args []string) error { return a.doExplain(at, args) },
	}, cobra.RangeArgs(2, 3))
	c.Flags().StringVar(&at, "edition", "", "edition or snapshot (default: the snapshot in force)")
	a.asKnown(c, &at, "edition")
	return c
}

func (a *app) doExplain(at string, args []string) error {
	d := schemas.Named(args[0])
	if d == nil || d.Record {
		return usage("there is no dataset %q; there are %s", args[0], strings.Join(pipeline.Facts(), ", "))
	}
	if len(args) == 3 && d.Column(args[2]) < 0 {
		return usage("dataset %s has no column %q; it has %s", d.Name, args[2], strings.Join(columnNames(d), ", "))
	}
	p := a.pipeline()
	n, err := a.manifest(p, at)
	if err != nil {
		return err
	}
	rows, err := snapshot.Table(p.Workspace, n.man, d)
	if err != nil {
		return err
	}
	if rows == nil {
		return fmt.Errorf("snapshot %s has no %s: no source reads it yet", n.man.ID, d.Name)
	}
	found := find(d, rows, strings.Split(args[1], "/"))
	switch {
	case len(found) == 0:
		return &exitError{code: exitFailed, text: fmt.Sprintf("%s of snapshot %s has no row %s", d.Name, n.man.ID, args[1]), hint: fmt.Sprintf("its key is %s, such as %s", strings.Join(d.Key, "/"), d.KeyText(rows[0]))}
	case len(found) > 1:
		return &exitError{code: exitFailed, text: fmt.Sprintf("%s fits %d rows of %s", args[1], len(found), d.Name), hint: "one of " + keysOf(d, found)}
	}
	columns := columnNames(d)
	if len(args) == 3 {
		columns = args[2:]
	}
	return a.printRow(p, n, d, found[0], columns)
}

// find returns the rows whose keys hold all the given parts. An exact key wins.
func find(d *schemas.Dataset, rows []schemas.Row, parts []string) []schemas.Row {
	var found []schemas.Row
	for _, r := range rows {
		var key []string
		for _, at := range d.KeyColumns() {
			key = append(key, strings.ToUpper(r.Values[at].String()))
		}
		if len(parts) == len(key) && strings.EqualFold(strings.Join(parts, "/"), strings.Join(key, "/")) {
			return []schemas.Row{r}
		}
		// Rows that are about a place, but are not named by it, are found by it too.
		if d.Code != "" && !slices.Contains(d.Key, d.Code) {
			key = append(key, r.Values[d.Column(d.Code)].Text())
		}
		if subset(parts, key) {
			found = append(found, r)
		}
	}
	if ordered := slices.DeleteFunc(slices.Clone(found), func(r schemas.Row) bool { return !inOrder(d, r, parts) }); len(found) > 1 && len(ordered) > 0 {
		found = ordered
	}
	// Several rows of one place differ in a counter only: the first is meant.
	if at := d.Column("line"); len(found) > 1 && slices.Contains(d.Key, "line") && !slices.ContainsFunc(found, func(r schemas.Row) bool {
		return r.Values[d.Column(d.Code)] != found[0].Values[d.Column(d.Code)] || r.Values[0] != found[0].Values[0]
	}) {
		return slices.DeleteFunc(found, func(r schemas.Row) bool { return r.Values[at].Int() != 1 })
	}
	return found
}

// inOrder reports whether the parts follow the order of the key. A part that names the
// row's place, but is not in its key, may stand anywhere.
func inOrder(d *schemas.Dataset, r schemas.Row, parts []string) bool {
	key := strings.Split(d.KeyText(r), "/")
	for _, p := range parts {
		if d.Code != "" && !slices.Contains(d.Key, d.Code) && strings.EqualFold(p, r.Values[d.Column(d.Code)].Text()) {
			continue
		}
		i := slices.IndexFunc(key, func(k string) bool { return strings.EqualFold(k, p) })
		if i < 0 {
			return false
		}
		key = key[i+1:]
	}
	return true
}

// subset reports whether each part stands in the key, each of the key's at most once.
func subset(parts, key []string) bool {
	key = slices.Clone(key)
	for _, p := range parts {
		i := slices.Index(key, strings.ToUpper(strings.TrimSpace(p)))
		if i < 0 {
			return false
		}
		key = slices.Delete(key, i, i+1)
	}
	return true
}

func keysOf(d *schemas.Dataset, rows []schemas.Row) string {
	var keys []string
	for _, r := range rows[:min(len(rows), 8)] {
		keys = append(keys, d.KeyText(r))
	}
	if len(rows) > len(keys) {
		keys = append(keys, "…")
	}
	return strings.Join(keys, ", ")
}

func columnNames(d *schemas.Dataset) []string {
	var names []string
	for _, c := range d.Columns {
		names = append(names, c.Name)
	}
	return names
}

func (a *app) printRow(p *pipeline.Pipeline, n named, d *schemas.Dataset, r schemas.Row, columns []string) error {
	rec := record(n.man, r)
	state := "verified: its SHA-256 is right"
	if _, err := archive.In(p.Workspace).Body(r.Evidence.Capture); err != nil {
		state = err.Error()
	}
	if a.json {
		cells := map[string]any{}
		for _, name := range columns {
			cells[name] = r.Values[d.Column(name)].Any()
		}
		return a.object(map[string]any{
			"type": "row", "dataset": d.Name, "key": d.KeyText(r), "snapshot": n.man.ID, "cells": cells, "source": r.Source, "standing": r.Standing,
			"evidence": map[string]any{
				"capture": r.Evidence.Capture, "locator": r.Evidence.Locator, "quote": r.Evidence.Quote, "observed_at": r.Evidence.Observed.Any(),
				"url": rec.FinalURL, "origin": rec.Origin, "origin_note": rec.OriginNote, "file": p.Workspace.Path(archive.BodyPath(r.Evidence.Capture)), "state": state,
			},
		})
	}
	fmt.Fprintf(a.out, "%s %s, in snapshot %s\n\n", d.Name, d.KeyText(r), n.man.ID)
	t := &table{width: make([]int, 2)}
	for _, name := range columns {
		v := r.Values[d.Column(name)].String()
		if v == "" {
			v = "–"
		}
		if unit := d.Columns[d.Column(name)].Unit; unit != "" && v != "–" {
			v += " (" + unit + ")"
		}
		t.row("  "+name, v)
	}
	t.print(a.out)
	fmt.Fprintln(a.out)
	e := &table{width: make([]int, 2)}
	e.row("  printed as", r.Evidence.Quote)
	e.row("  where", r.Evidence.Locator)
	e.row("  source", r.Source+standing(r))
	e.row("  address", rec.FinalURL)
	e.row("  taken", r.Evidence.Observed.String())
	e.row("  origin", origin(rec))
	e.row("  capture", r.Evidence.Capture)
	e.row("  file", p.Workspace.Path(archive.BodyPath(r.Evidence.Capture)))
	e.row("  bytes", state)
	e.print(a.out)
	return nil
}

func standing(r schemas.Row) string {
	if r.Standing == schemas.Kept {
		return " (kept: the last good row)"
	}
	return ""
}

func origin(rec archive.Record) string {
	if rec.OriginNote != "" {
		return rec.Origin + ": " + rec.OriginNote
	}
	return rec.Origin
}

func record(m snapshot.Manifest, r schemas.Row) archive.Record {
	for _, rec := range m.Captures {
		if rec.SHA256 == r.Evidence.Capture {
			return rec
		}
	}
	return archive.Record{}
}
