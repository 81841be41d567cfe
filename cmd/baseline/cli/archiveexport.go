package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"baseline/pipeline"
	"baseline/pipeline/archive"
	"baseline/pipeline/archive/exchange"
	"baseline/pipeline/edition"
	"baseline/pipeline/snapshot"
)

// exportWish is what to export.
type exportWish struct {
	file, since, snapshot, edition string
	sources                        []string
}

func (a *app) archiveExport() *cobra.Command {
	var w exportWish
	c := verb(&cobra.Command{
		Use:   "export --warc FILE [SOURCE...]",
		Short: "Write captures into a WARC file that web archives and their tools read",
		Long: `export writes captures into a WARC 1.1 file (ISO 28500), with gzip if its name ends in .gz:
all of them, or those of some sources, since a day, or those that a snapshot or an edition
rests on.

Each capture is a record with its HTTP answer, as far as that is known; rebuilt pages, tables
and pages saved by hand are resource records, and days on which nothing was new are revisits.
Beside each stands the archive's own record, so that archive import gives the same archive
back. The same archive gives the same file. Damaged captures are left out and named, and it
ends with 1 then.`,
		Example: "  baseline archive export --warc captures.warc.gz\n  baseline archive export --warc ncmec.warc --since 2026-01-01 ncmec\n  baseline archive export --warc edition-2021.warc.gz --edition 2021",
		RunE: func(_ *cobra.Command, args []string) error {
			w.sources = args
			return a.exportArchive(w)
		},
	}, cobra.ArbitraryArgs)
	f := c.Flags()
	f.StringVar(&w.file, "warc", "", "file to write; it must not be there yet")
	f.StringVar(&w.since, "since", "", "only what was taken on this day or later, UTC")
	f.StringVar(&w.snapshot, "snapshot", "", "only what this snapshot rests on (an id, or current)")
	f.StringVar(&w.edition, "edition", "", "only what this edition rests on")
	return c
}

func (a *app) exportArchive(w exportWish) error {
	if w.file == "" {
		return &exitError{code: exitUsage, text: "the file to write is missing", hint: "--warc captures.warc.gz"}
	}
	if w.snapshot != "" && w.edition != "" {
		return usage("--snapshot and --edition do not go together")
	}
	p := a.pipeline()
	e := exchange.Export{
		Store: archive.In(p.Workspace), Sources: w.sources, File: filepath.Base(w.file), Zipped: strings.HasSuffix(w.file, ".gz"), Version: pipeline.Version,
	}
	var err error
	if e.Since, err = instantOf(w.since); err != nil {
		return err
	}
	if err := a.knownInArchive(p, e.Store, w.sources); err != nil {
		return err
	}
	if w.snapshot != "" || w.edition != "" {
		if err := a.restOn(p, w, &e); err != nil {
			return err
		}
	}
	out, err := writeNew(w.file, e)
	if err != nil {
		return err
	}
	return a.exported(w.file, out)
}

// knownInArchive checks the names of sources. What is no source any more may still be there.
func (a *app) knownInArchive(p *pipeline.Pipeline, store *archive.Archive, names []string) error {
	there, err := store.Sources()
	if err != nil {
		return err
	}
	for _, name := range names {
		known := false
		for _, t := range there {
			known = known || t == name
		}
		if _, err := p.Source(name); err != nil && !known {
			return &exitError{code: exitUsage, text: err.Error(), hint: "baseline sources list"}
		}
	}
	return nil
}

// restOn limits the export to what a snapshot or an edition rests on.
func (a *app) restOn(p *pipeline.Pipeline, w exportWish, e *exchange.Export) error {
	e.Records, e.Bodies = map[string]bool{}, map[string]bool{}
	id := w.snapshot
	if w.edition != "" {
		ed, err := edition.Read(p.Workspace, w.edition)
		if errors.Is(err, fs.ErrNotExist) {
			return &exitError{code: exitFailed, text: fmt.Sprintf("there is no edition %q in %s", w.edition, a.where()), hint: a.editionsHint(p)}
		}
		if err != nil {
			return err
		}
		id = ed.Snapshot
		for _, d := range ed.Decisions {
			e.Bodies[d.SHA256] = true
		}
	}
	if id == "current" {
		var err error
		if id, err = snapshot.CurrentID(p.Workspace); err != nil {
			return err
		}
	}
	m, err := snapshot.ReadManifest(p.Workspace, id)
	if err != nil {
		return &exitError{code: exitFailed, text: err.Error(), hint: a.editionsHint(p)}
	}
	for _, c := range m.Captures {
		e.Records[c.Path()] = true
	}
	return nil
}

// writeNew writes the file whole or not at all, and never over another.
func writeNew(file string, e exchange.Export) (out exchange.Exported, err error) {
	if _, err := os.Lstat(file); err == nil {
		return out, &exitError{code: exitFailed, text: file + " is there already", hint: "give another name, or delete it"}
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".writing-*")
	if err != nil {
		return out, err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	buf := bufio.NewWriterSize(tmp, 1<<20)
	out, err = e.Write(buf)
	if err == nil && out.Records == 0 {
		err = &exitError{code: exitFailed, text: "there is nothing to export; " + file + " was not written"}
	}
	if err == nil {
		err = buf.Flush()
	}
	if err == nil {
		err = tmp.Chmod(0o644)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return out, err
	}
	// A link, and not a rename: it fails where another file has come meanwhile.
	if err := os.Link(tmp.Name(), file); err == nil || errors.Is(err, fs.ErrExist) {
		return out, err
	}
	return out, os.Rename(tmp.Name(), file) // no links on this disk
}

func (a *app) exported(file string, out exchange.Exported) error {
	for _, left := range out.Left {
		if err := a.line(map[string]any{"type": "left_out", "text": left}, "left out: %s", left); err != nil {
			return err
		}
	}
	if err := a.line(map[string]any{"type": "exported", "file": file, "records": out.Records, "requests": out.Requests, "bytes": out.Bytes, "left_out": len(out.Left)},
		"%s: %s records of %s requests, %s", file, thousands(out.Records), thousands(out.Requests), size(out.Bytes)); err != nil {
		return err
	}
	if n := len(out.Left); n > 0 {
		return &exitError{code: exitFailed, text: fmt.Sprintf("%d records are not in %s", n, file), hint: "baseline archive verify tells what is damaged"}
	}
	return nil
}
