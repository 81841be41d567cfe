package cli

import (
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"baseline/output/figures"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
)

func (a *app) figures() *cobra.Command {
	var at, format string
	c := verb(&cobra.Command{
		Use:   "figures [N]",
		Short: "Print the report's tables",
		Long: `figures prints the tables of the report: figure N, or all seven. The cells of edition
2021 are those that the report prints, without the numbers of its footnotes.

As CSV it has a line for each cell: figure, iso3, published_name, column, value.`,
		Example: "  baseline figures 1\n  baseline figures --edition 2021 --format csv",
		RunE: func(_ *cobra.Command, args []string) error {
			n := 0
			if len(args) == 1 {
				var err error
				if n, err = strconv.Atoi(args[0]); err != nil || n < 1 || n > 7 {
					return usage("there is no figure %q; the report has figures 1 to 7", args[0])
				}
			}
			return a.doFigures(n, at, format)
		},
	}, cobra.MaximumNArgs(1))
	c.Flags().StringVar(&at, "edition", "2021", "edition whose tables to print")
	c.Flags().StringVar(&format, "format", "text", "text, markdown, csv")
	return c
}

func (a *app) doFigures(n int, at, format string) error {
	write, ok := map[string]func(io.Writer, []figures.Table) error{"text": figures.Text, "markdown": figures.Markdown, "csv": figures.CSV}[format]
	if !ok {
		return usage("there is no format %q; there are text, markdown, csv", format)
	}
	p := a.pipeline()
	edition, err := a.manifest(p, at)
	if err != nil {
		return err
	}
	cells, err := snapshot.Table(p.Workspace, edition.man, &schemas.ReportCells)
	if err != nil {
		return err
	}
	if cells == nil {
		return &exitError{code: exitFailed, text: fmt.Sprintf("snapshot %s has no printed tables: they are known of edition 2021 only", edition.man.ID), hint: "baseline figures --edition 2021"}
	}
	tables, err := figures.Printed(cells, n)
	if err != nil {
		return err
	}
	if a.json {
		return a.figuresJSON(cells, n)
	}
	return write(a.out, tables)
}

func (a *app) figuresJSON(cells []schemas.Row, n int) error {
	d := &schemas.ReportCells
	for _, r := range cells {
		if n != 0 && r.Values[d.Column("figure")].Int() != int64(n) {
			continue
		}
		object := map[string]any{"type": "cell"}
		for i, c := range d.Columns {
			object[c.Name] = r.Values[i].Any()
		}
		if err := a.object(object); err != nil {
			return err
		}
	}
	return nil
}
