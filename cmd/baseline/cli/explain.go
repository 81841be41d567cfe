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
	case len(found) == 0 && a.explainGone(p, n, d, args[1]):
		return nil
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
	others, err := othersOn(p, n.man, d, r)
	if err != nil {
		return err
	}
	if a.json {
		cells := map[string]any{}
		for _, name := range columns {
			cells[name] = r.Values[d.Column(name)].Any()
		}
		return a.object(map[string]any{
			"type": "row", "others": othersJSON(others), "dataset": d.Name, "key": d.KeyText(r), "snapshot": n.man.ID, "cells": cells, "source": r.Source, "standing": r.Standing,
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
	a.printOthers(others, r)
	return nil
}

// othersOn returns the rows of other sources on the same state and instrument, as they
// stand in the dataset other_rows.
func othersOn(p *pipeline.Pipeline, m snapshot.Manifest, d *schemas.Dataset, r schemas.Row) (list []snapshot.Other, err error) {
	all, err := snapshot.Others(p.Workspace, m)
	for _, o := range all {
		if o.Dataset == d.Name && d.CompareCoarse(o.Row, r) == 0 {
			list = append(list, o)
		}
	}
	return list, err
}

func (a *app) printOthers(others []snapshot.Other, r schemas.Row) {
	if len(others) == 0 {
		return
	}
	fmt.Fprintf(a.out, "\nwhat others say (%s is followed):\n", r.Source)
	for _, o := range others {
		verdict := "disagrees"
		if o.Agrees {
			verdict = "agrees"
		}
		fmt.Fprintf(a.out, "  %s %s, for %s: %s\n", o.Row.Source, verdict, schemas.Named(o.Dataset).Day(o.Row), saysOf(o))
		fmt.Fprintf(a.out, "    printed as %.100q at %s, capture %.12s\n", o.Row.Evidence.Quote, o.Row.Evidence.Locator, o.Row.Evidence.Capture)
	}
}

// saysOf prints the cells of another source's row that are facts.
func saysOf(o snapshot.Other) string {
	d := schemas.Named(o.Dataset)
	var said []string
	for i, c := range d.Columns {
		if v := o.Row.Values[i]; !c.Aside && !v.IsNull() && !slices.Contains(d.Key, c.Name) {
			said = append(said, strings.ReplaceAll(c.Name, "_", " ")+" "+v.String())
		}
	}
	return strings.Join(said, ", ")
}

func othersJSON(others []snapshot.Other) []map[string]any {
	list := []map[string]any{}
	for _, o := range others {
		d := schemas.Named(o.Dataset)
		cells := map[string]any{}
		for i, c := range d.Columns {
			cells[c.Name] = o.Row.Values[i].Any()
		}
		list = append(list, map[string]any{
			"source": o.Row.Source, "agrees": o.Agrees, "followed": o.By, "cells": cells,
			"capture": o.Row.Evidence.Capture, "locator": o.Row.Evidence.Locator, "quote": o.Row.Evidence.Quote,
		})
	}
	return list
}

// explainGone shows the last evidence of a row that was withdrawn, if there is one.
func (a *app) explainGone(p *pipeline.Pipeline, n named, d *schemas.Dataset, key string) bool {
	gone, err := snapshot.Withdrawn(p.Workspace, n.man)
	if err != nil {
		return false
	}
	shown := false
	for _, g := range gone {
		if g.Dataset != d.Name || !subset(strings.Split(key, "/"), strings.Split(strings.ToUpper(g.Key), "/")) {
			continue
		}
		shown = true
		if a.json {
			_ = a.object(map[string]any{
				"type": "withdrawn", "dataset": g.Dataset, "key": g.Key, "source": g.Source, "missing_since": g.MissingSince, "confirmed_at": g.Confirmed,
				"row": g.Row, "capture": g.Evidence.Capture, "locator": g.Evidence.Locator, "quote": g.Evidence.Quote,
			})
			continue
		}
		fmt.Fprintf(a.out, "%s %s was withdrawn: %s has not had it since %s, confirmed on %s\n", g.Dataset, g.Key, g.Source, day(g.MissingSince), day(g.Confirmed))
		fmt.Fprintf(a.out, "  last printed as  %s\n  where            %s\n  capture          %s\n", g.Evidence.Quote, g.Evidence.Locator, g.Evidence.Capture)
	}
	return shown
}

func standing(r schemas.Row) string {
	switch r.Standing {
	case schemas.Kept:
		return " (kept: the last good row)"
	case schemas.Unconfirmed:
		return " (unconfirmed: gone from the list since " + day(r.MissingSince.Time()) + ", and no second capture agrees yet)"
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
