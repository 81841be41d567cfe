package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"baseline/pipeline/scaffold"
)

func (a *app) newSource() *cobra.Command {
	var spec scaffold.Spec
	var page string
	var dry bool
	c := verb(&cobra.Command{
		Use:   "new ID",
		Short: "Begin a new source that is a list of members",
		Long: `new writes the first files of a source that reads a list of members: source.yaml, the
code, a test with the facts of the page, and the line in sources/sources.go. It needs
the page, saved from a browser, and runs at the root of the repository.

It prints what it found on the page and what it did not understand. The page itself is
not copied: it stays the publisher's.`,
		Example: `  baseline sources new eurochild --title "Eurochild: members" --publisher Eurochild \
    --address https://eurochild.org/about-us/our-members/ --page saved.html`,
		RunE: func(_ *cobra.Command, args []string) error {
			spec.ID = args[0]
			body, err := os.ReadFile(page)
			if err != nil {
				return &exitError{code: exitUsage, text: fmt.Sprintf("the page cannot be read: %v", err), hint: "save the list from a browser and name the file with --page"}
			}
			spec.Page = body
			return a.doNewSource(spec, dry)
		},
	}, cobra.ExactArgs(1))
	f := c.Flags()
	f.StringVar(&page, "page", "", "file with the page as it is today")
	f.StringVar(&spec.Title, "title", "", "title of the listing")
	f.StringVar(&spec.Publisher, "publisher", "", "who publishes it")
	f.StringVar(&spec.Address, "address", "", "address of the list")
	f.StringVar(&spec.Class, "class", "member", "class of an entry that the page gives no class")
	f.BoolVar(&dry, "dry-run", false, "only say what would be written")
	return c
}

// listOfSources is where every source is registered.
const listOfSources = "sources/sources.go"

func (a *app) doNewSource(spec scaffold.Spec, dry bool) error {
	list, err := os.ReadFile(listOfSources)
	if errors.Is(err, fs.ErrNotExist) {
		return &exitError{code: exitUsage, text: "there is no " + listOfSources + " here", hint: "run this at the root of the repository"}
	}
	if err != nil {
		return err
	}
	plan, err := scaffold.Make(spec, list)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "found %d entries of %d states in a %s; %d of %d texts of the list were understood\n",
		len(plan.Result.Records), plan.States, plan.Result.Shape, plan.Result.Understood, plan.Result.Texts)
	for i, left := range plan.Result.Left {
		if i == 12 {
			fmt.Fprintf(a.out, "  and %d more\n", len(plan.Result.Left)-i)
			break
		}
		fmt.Fprintf(a.out, "  not taken: %.60q (%s)\n", left.Text, left.Why)
	}
	if out := plan.Outside(); len(out) > 0 {
		fmt.Fprintf(a.out, "not member states of 2021: %s\n", strings.Join(out, ", "))
	}
	word := "wrote"
	if dry {
		word = "would write"
	} else if err := plan.Write("."); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(plan.Files)) {
		fmt.Fprintf(a.out, "%s %s\n", word, name)
	}
	fmt.Fprintf(a.out, `
next:
  1. read sources/%[1]s/source.yaml and correct it: words that must be on the page, classes, bounds, caveats
  2. go test ./sources/%[1]s
  3. docs/new-source.md tells the rest
`, spec.Package())
	return nil
}
