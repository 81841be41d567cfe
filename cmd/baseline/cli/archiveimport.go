package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"baseline/pipeline/archive/exchange"
)

func (a *app) archiveImport() *cobra.Command {
	var only string
	c := verb(&cobra.Command{
		Use:   "import FILE",
		Short: "Read captures from a WARC file, of this program or of any web archive",
		Long: `import reads a WARC file of version 1.0 or 1.1, with gzip or without, such as those of the
Internet Archive, wget, warcio or a browser's recorder. Answers whose address is one that a
source asks for go into the archive, with the time at which they were taken; chunks and
compression are undone. http or https, www. or not, and a slash at the end make no
difference; redirects are followed within the file, and so are links that a source would
follow. An address of web.archive.org with a whole time stands for the page that it keeps.

A record whose bytes are not those of its digest, that is cut off, that lies in the future, or
of which it cannot be told when or of which answer it is, is refused and named. Error pages and the like are kept, but not read. Other addresses are
counted. A file that archive export wrote gives the archive back as it was. Importing a file
again changes nothing.`,
		Example: "  baseline archive import captures.warc.gz\n  baseline archive import --source coe-treaties CRAWL-2021.warc.gz",
		RunE:    func(_ *cobra.Command, args []string) error { return a.importArchive(args[0], only) },
	}, cobra.ExactArgs(1))
	c.Flags().StringVar(&only, "source", "", "only captures of this source")
	return c
}

func (a *app) importArchive(file, only string) error {
	p := a.pipeline()
	if only != "" {
		if _, err := p.Source(only); err != nil {
			return &exitError{code: exitUsage, text: err.Error(), hint: "baseline sources list"}
		}
	}
	t := newTable("source", "request", "taken", "status", "bytes", "")
	im := exchange.Import{Pipeline: p, File: file, Only: only, Tell: func(k exchange.Took) { a.took(t, k) }}
	out, err := im.Run()
	if !a.json && len(t.rows) > 1 {
		t.print(a.out)
		fmt.Fprintln(a.out)
	}
	if out.Records > 0 {
		if err := a.imported(file, out); err != nil {
			return err
		}
	}
	switch {
	case err != nil && out.New > 0:
		return &exitError{code: exitFailed, text: err.Error(), hint: "what stands above is in the archive; a whole file can be imported over it"}
	case err != nil:
		return err
	case out.Refused > 0:
		return &exitError{code: exitFailed, text: fmt.Sprintf("%d records of %s were refused", out.Refused, file)}
	}
	return nil
}

// took tells of one record: those that are new, and those that were refused.
func (a *app) took(t *table, k exchange.Took) {
	r := k.Record
	if a.json {
		state := "had"
		switch {
		case k.Refused != "":
			state = "refused"
		case k.New:
			state = "new"
		}
		_ = a.object(map[string]any{
			"type": "record", "number": k.Number, "state": state, "source": r.Source, "request": r.Request.ID, "url": r.FinalURL, "taken": instant(r.RequestedAt),
			"status": r.Status, "sha256": r.SHA256, "bytes": r.Bytes, "origin": r.Origin, "fault": r.Fault, "text": k.Refused,
		})
		return
	}
	switch {
	case k.Refused != "":
		fmt.Fprintf(a.out, "refused: record %d%s: %s\n", k.Number, ofAddress(r.FinalURL), k.Refused)
	case k.New && !k.Own:
		said := r.Origin
		if r.Fault != "" {
			said = "not read: " + r.FaultText
		}
		t.row(r.Source, r.Request.ID, r.RequestedAt.UTC().Format(time.DateOnly), fmt.Sprint(r.Status), thousands(r.Bytes), said)
	}
}

func ofAddress(url string) string {
	if url == "" {
		return ""
	}
	return " of " + url
}

func (a *app) imported(file string, out exchange.Imported) error {
	if a.json {
		return a.object(map[string]any{
			"type": "imported", "file": file, "sha256": out.SHA256, "records": out.Records, "new": out.New, "had": out.Had, "not_read": out.Faulty, "refused": out.Refused, "others": out.Others,
		})
	}
	fmt.Fprintf(a.out, "%s: %s new captures, %s that the archive has already\n", file, thousands(out.New), thousands(out.Had))
	if out.Faulty > 0 {
		fmt.Fprintf(a.out, "kept but not read, such as error pages: %s\n", thousands(out.Faulty))
	}
	if out.Others > 0 {
		fmt.Fprintf(a.out, "records of other addresses, not imported: %s\n", thousands(out.Others))
	}
	if out.Read > 0 {
		fmt.Fprintln(a.out, "baseline refresh --offline reads them")
	}
	return nil
}
