package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"baseline/output/figures"
	"baseline/pipeline"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
)

var figureFormats = []string{"text", "markdown", "csv", "html"}

// figuresQuery is which tables to print, of what, and how.
type figuresQuery struct {
	ids         []string
	of, against string
	format      string
}

func (a *app) figures() *cobra.Command {
	var q figuresQuery
	c := verb(&cobra.Command{
		Use:   "figures [N]",
		Short: "Print the report's tables, of today or of any edition",
		Long: `figures derives the tables of the report from the datasets: figure N, 1 to 7, or
appendix A2 (Model National Response) or A3 (Safer Internet Day by committee); without
N all seven figures, and with "all" the appendices too. --edition takes the name of an
edition or the id of a snapshot; by default the tables are those of the snapshot in
force. Of edition 2021 they are the report's, cell for cell.

An empty cell says that there is nothing; ? says that nobody read a list that could
say so. ° marks a cell that is clearly older than the others of its table, or was
looked up by hand.

--against sets another edition or snapshot beside it and marks the cells that differ.
A cell of which one side is not known counts as no difference.

As CSV it has a line for each cell: figure, iso3, published_name, column, value, note;
with --against also before and differs. As HTML it is one page that needs nothing else.`,
		Example: "  baseline figures 1\n  baseline figures --edition 2021 --format csv\n  baseline figures 1 --against 2021\n  baseline figures all --against 2021 --format html > figures.html",
		RunE: func(_ *cobra.Command, args []string) error {
			var err error
			if q.ids, err = figureIDs(args); err != nil {
				return err
			}
			if !slices.Contains(figureFormats, q.format) {
				return usage("there is no format %q; there are %s", q.format, strings.Join(figureFormats, ", "))
			}
			return a.doFigures(q)
		},
	}, cobra.MaximumNArgs(1))
	f := c.Flags()
	f.StringVar(&q.of, "edition", "current", "edition or snapshot whose tables to print")
	f.StringVar(&q.against, "against", "", "edition or snapshot to set beside them")
	f.StringVar(&q.format, "format", "text", strings.Join(figureFormats, ", "))
	a.asKnown(c, &q.of, "edition")
	return c
}

// figureIDs are the tables that the argument asks for.
func figureIDs(args []string) ([]string, error) {
	switch {
	case len(args) == 0:
		return figures.IDs[:7], nil
	case args[0] == "all":
		return figures.IDs, nil
	case slices.Contains(figures.IDs, strings.ToUpper(args[0])):
		return []string{strings.ToUpper(args[0])}, nil
	}
	return nil, usage("there is no figure %q; the report has figures 1 to 7 and the appendices A2 and A3", args[0])
}

func (a *app) doFigures(q figuresQuery) error {
	p := a.pipeline()
	of, tables, err := a.derive(p, q.of, q.ids)
	if err != nil {
		return err
	}
	what := of.title()
	if q.against != "" {
		other, before, err := a.derive(p, q.against, q.ids)
		if err != nil {
			return err
		}
		short := other.short()
		for i := range tables {
			tables[i] = figures.Versus(tables[i], before[i], short)
		}
		what += ", beside " + other.title()
	}
	if a.json {
		return a.figuresJSON(tables)
	}
	write := map[string]func(io.Writer, []figures.Table) error{
		"text": figures.Text, "markdown": figures.Markdown, "csv": figures.CSV,
		"html": func(w io.Writer, t []figures.Table) error {
			return figures.HTML(w, t, figures.Page{Of: what, Source: of.cite()})
		},
	}
	return write[q.format](a.out, tables)
}

// derive makes the tables of an edition or a snapshot.
func (a *app) derive(p *pipeline.Pipeline, name string, ids []string) (named, []figures.Table, error) {
	n, err := a.named(p, name)
	if err != nil {
		return n, nil, err
	}
	facts := factsOf(n.snap, n.man)
	var tables []figures.Table
	for _, id := range ids {
		t, err := figures.Derive(facts, id)
		if err != nil {
			return n, nil, fmt.Errorf("snapshot %s: table %s: %w", n.man.ID, id, err)
		}
		tables = append(tables, t)
	}
	return n, tables, nil
}

func (n named) short() string {
	if n.edition != "" {
		return "edition " + n.edition
	}
	return "snapshot " + n.man.ID
}

func (n named) cite() string {
	return fmt.Sprintf("Derived from snapshot %s, whose newest capture is of %s, by baseline %s. Facts SHA-256 %s.", n.man.ID, day(n.asOf), n.man.ToolVersion, n.man.FactsSHA256)
}

// factsOf takes from a stored snapshot what tables are derived from: its datasets, but
// not the printed cells of the report.
func factsOf(s *snapshot.Snapshot, m snapshot.Manifest) figures.Facts {
	f := figures.Facts{Rows: maps.Clone(s.Tables)}
	delete(f.Rows, schemas.ReportCells.Name)
	for _, p := range s.Parts {
		part := figures.Part{Dataset: p.Dataset, Complete: p.Complete, Universe: p.Universe}
		for _, k := range p.Key {
			part.Key = append(part.Key, figures.Pin(k))
		}
		f.Parts = append(f.Parts, part)
	}
	for _, e := range m.Sources {
		src := figures.Source{ID: e.ID, Line: fmt.Sprintf("%s, %s (captured %s; captures: %s)", e.Publisher, e.Title, day(e.Captured), e.Captures)}
		for _, c := range e.Caveats {
			dataset, text, _ := strings.Cut(c, ": ")
			src.Caveats = append(src.Caveats, figures.Caveat{Dataset: dataset, Text: text})
		}
		f.Sources = append(f.Sources, src)
	}
	return f
}

func (a *app) figuresJSON(tables []figures.Table) error {
	for _, t := range tables {
		var id any = t.ID
		if n, err := strconv.Atoi(t.ID); err == nil {
			id = n
		}
		for i, r := range t.Rows {
			for j, c := range r.Cells {
				object := map[string]any{
					"type": "cell", "figure": id, "row": i + 1, "column_number": j + 1, "iso3": orNull(r.ISO3), "published_name": r.Name,
					"column": t.Columns[j].Name, "value": orNull(c.Text), "note": orNull(c.Note),
				}
				if t.Against != "" {
					object["against"], object["before"], object["differs"] = t.Against, orNull(c.Before), c.Diff.String()
				}
				if err := a.object(object); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
