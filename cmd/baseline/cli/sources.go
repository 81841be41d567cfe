package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"baseline/sources"
	"baseline/sources/source"
)

func (a *app) sources() *cobra.Command {
	c := &cobra.Command{
		Use:     "sources",
		Short:   "List the sources, show one, or begin a new one",
		Long:    "sources tells what is read, from whom, how often, and what the data may not be used for.\n" + exitHelp,
		Example: "  baseline sources list\n  baseline sources show ncmec",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &exitError{code: exitUsage, text: fmt.Sprintf("sources has no verb %q", args[0]), hint: "baseline sources list, baseline sources show SOURCE, or baseline sources new ID"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(verb(&cobra.Command{
		Use: "list", Short: "List the sources", Long: "list prints each source with its publisher and what it is read for.", Example: "  baseline sources list",
		RunE: func(*cobra.Command, []string) error { return a.listSources() },
	}, cobra.NoArgs), verb(&cobra.Command{
		Use: "show SOURCE", Short: "Show one source", Long: "show prints all that a source.yaml says: addresses, schedule, age budget, bounds and caveats.", Example: "  baseline sources show ncmec",
		RunE: func(_ *cobra.Command, args []string) error { return a.showSource(args[0]) },
	}, cobra.ExactArgs(1)), a.newSource())
	return c
}

func (a *app) listSources() error {
	t := newTable("source", "title", "publisher", "figures", "datasets")
	for _, s := range sources.All() {
		about := s.About()
		if a.json {
			if err := a.object(aboutJSON(about)); err != nil {
				return err
			}
			continue
		}
		t.row(about.ID, about.Title, about.Publisher, strings.Join(about.Figures, ", "), strings.Join(about.Datasets, ", "))
	}
	if !a.json {
		t.print(a.out)
	}
	return nil
}

func aboutJSON(s source.About) map[string]any {
	return map[string]any{
		"type": "source", "id": s.ID, "title": s.Title, "publisher": s.Publisher, "homepage": s.Homepage, "licence": s.Licence, "terms": s.Terms,
		"schedule": s.Schedule, "budget_days": s.Budget, "frozen": s.Frozen, "edition": s.Edition, "datasets": s.Datasets, "figures": s.Figures,
	}
}

func (a *app) showSource(id string) error {
	s, err := a.pipeline().Source(id)
	if err != nil {
		return &exitError{code: exitUsage, text: err.Error(), hint: "baseline sources list"}
	}
	about := s.About()
	if a.json {
		return a.object(aboutJSON(about))
	}
	fmt.Fprintf(a.out, "%s: %s\n\n", about.ID, about.Title)
	t := &table{width: make([]int, 2)}
	budget := fmt.Sprintf("%d days", about.Budget)
	if about.Frozen {
		budget = "frozen: it will not change"
	}
	t.row("  publisher", about.Publisher)
	t.row("  homepage", about.Homepage)
	t.row("  licence", about.Licence)
	t.row("  schedule", about.Schedule+" (cron, UTC)")
	t.row("  budget", budget)
	t.row("  datasets", strings.Join(about.Datasets, ", "))
	t.row("  figures", strings.Join(about.Figures, ", "))
	for _, b := range about.Bounds {
		t.row("  bound", fmt.Sprintf("%d to %d rows in each part of %s", b.MinRows, b.MaxRows, b.Dataset))
	}
	t.print(a.out)
	fmt.Fprintf(a.out, "\n  %s\n", about.Terms)
	fmt.Fprintln(a.out, "\naddresses, newest first:")
	for _, r := range about.Requests {
		for _, address := range r.Addresses {
			fmt.Fprintf(a.out, "  %s (%s)  %s\n", r.ID, r.Media, address)
		}
	}
	if len(about.Caveats) > 0 {
		fmt.Fprintln(a.out, "\nwhat must be said with the data:")
		for _, c := range about.Caveats {
			fmt.Fprintf(a.out, "  %s: %s\n", c.Dataset, c.Text)
		}
	}
	return nil
}
