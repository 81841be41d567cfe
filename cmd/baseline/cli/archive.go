package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"baseline/pipeline/archive/upkeep"
)

func (a *app) archive() *cobra.Command {
	c := &cobra.Command{
		Use:   "archive",
		Short: "Verify the archive, exchange it as WARC, or prune it",
		Long: `archive keeps what every fact rests on: the bytes of all captures, and a record of each
time they were asked for.` + "\n" + exitHelp,
		Example: "  baseline archive verify\n  baseline archive export --warc captures.warc.gz\n  baseline archive prune",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &exitError{code: exitUsage, text: fmt.Sprintf("archive has no verb %q", args[0]), hint: "archive verify, archive export, archive import, or archive prune"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(a.archiveExport(), a.archiveImport(), a.archivePrune(), a.archiveVerify())
	return c
}

func (a *app) archiveVerify() *cobra.Command {
	return verb(&cobra.Command{
		Use:   "verify",
		Short: "Hash all captures again, and look whether everything has what it rests on",
		Long: `verify reads every capture and every file of the snapshots and editions and compares it with
its SHA-256; looks whether each manifest says what it said when its id was made or it was
signed, whether each record can be read, has its bytes, and says what the snapshots that rest
on it say; and whether what was set aside as damaged has been made whole. It changes nothing,
and may run while others read and write.

Of a record on which no snapshot rests, only its name, its form and its bytes can be proven;
the records of runs, the outbox and the decisions have no sums of their own.

It prints one line for each fault, with what to do, and ends with 1 if there is one.
baseline edition verify reads an edition's captures again as well.`,
		Example: "  baseline archive verify\n  baseline archive verify --json",
		RunE:    func(*cobra.Command, []string) error { return a.verifyArchive() },
	}, cobra.NoArgs)
}

func (a *app) verifyArchive() error {
	v, err := upkeep.Verify(a.pipeline().Workspace, 0)
	if err != nil {
		return err
	}
	for _, f := range v.Faults {
		if err := a.line(map[string]any{"type": "fault", "path": f.Path, "text": f.Text, "hint": f.Do}, "%s: %s; %s", f.Path, f.Text, f.Do); err != nil {
			return err
		}
	}
	for _, n := range v.Notes {
		if err := a.line(map[string]any{"type": "note", "text": n}, "note: %s", n); err != nil {
			return err
		}
	}
	if err := a.line(map[string]any{
		"type": "verified", "captures": v.Captures, "bytes": v.Bytes, "records": v.Records, "snapshots": v.Snapshots, "editions": v.Editions, "files": v.Files, "faults": len(v.Faults),
	}, "%s captures (%s) are what they were; looked at records: %s, snapshots: %s, editions: %s, their files: %s",
		thousands(v.Captures), size(v.Bytes), thousands(v.Records), thousands(v.Snapshots), thousands(v.Editions), thousands(v.Files)); err != nil {
		return err
	}
	if n := len(v.Faults); n > 0 {
		return &exitError{code: exitFailed, text: fmt.Sprintf("%d faults in the archive of %s", n, a.where())}
	}
	return nil
}

// size is a number of bytes for people.
func size(n int64) string {
	switch {
	case n >= 1e10:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d bytes", n)
}
