package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baseline/pipeline"
	"baseline/pipeline/archive/exchange"
	"baseline/pipeline/snapshot"
	"baseline/sources/source"
)

func (a *app) capture() *cobra.Command {
	c := &cobra.Command{
		Use:     "capture",
		Short:   "Put a page that was saved by hand into the archive",
		Long:    "capture is for pages that the program cannot fetch, or must not.\n" + exitHelp,
		Example: "  baseline capture add coe-treaties --url URL page.json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &exitError{code: exitUsage, text: fmt.Sprintf("capture has no verb %q", args[0]), hint: "baseline capture add SOURCE --url URL FILE"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(a.captureAdd())
	return c
}

// handedIn are the flags of capture add.
type handedIn struct {
	url, request, taken, by, note string
	keep, dry                     bool
}

func (a *app) captureAdd() *cobra.Command {
	var h handedIn
	c := verb(&cobra.Command{
		Use:   "add SOURCE --url URL FILE",
		Short: "Put a saved page into the archive, as the answer to a request",
		Long: `add puts a page that was saved with a browser or with curl into the archive, marked "by
hand". The page is checked as a fetched one would be: its address must be on a host of
the source, it must be of the right kind, and the source's reader must understand it. What
the reader makes of it is shown before it is stored. FILE may be - for standard input.

--request names the request that the page answers, if the address does not tell. --taken is
when the page was saved, in UTC; by default now. An address of web.archive.org stands for
the page that it keeps, and for the time when that was taken: it must have all 14 digits of
that time. With id_ after them it gives the publisher's own bytes, which are better to read.

A page that cannot be read is refused. With --keep it is stored all the same, marked with
what is wrong, and a refresh does not read it.

A browser must save the page as the publisher serves it: "Webpage, HTML only", not an
archive in one file. baseline sources show SOURCE lists the addresses.`,
		Example: `  baseline capture add coe-treaties --url "https://conventions-ws.coe.int/WS_LFRConventions/api/signatures?numSTE=201&langue=ENG" 201.json
  curl -sS "$URL" | baseline capture add inhope --url "$URL" --by "A. Steward" -
  baseline capture add ncmec --request 2023 --url https://www.missingkids.org/new/2023.pdf --taken 2026-02-03T10:00:00Z 2023.pdf`,
		RunE: func(_ *cobra.Command, args []string) error { return a.addCapture(args[0], args[1], h) },
	}, cobra.ExactArgs(2))
	f := c.Flags()
	f.StringVar(&h.url, "url", "", "address of the page, as the browser shows it")
	f.StringVar(&h.request, "request", "", "id of the request that the page answers (default: the one with this address)")
	f.StringVar(&h.taken, "taken", "", "when the page was saved, such as 2026-02-03T10:00:00Z or 2026-02-03, UTC (default: now)")
	f.StringVar(&h.by, "by", "", "who saved it (default: the name of the user)")
	f.StringVar(&h.note, "note", "", "a sentence that stays with the capture")
	f.BoolVar(&h.keep, "keep", false, "store a page that cannot be read, too; it is not read")
	f.BoolVar(&h.dry, "dry-run", false, "show what the reader makes of it, and store nothing")
	return c
}

func (a *app) addCapture(id, file string, h handedIn) error {
	p := a.pipeline()
	s, err := p.Source(id)
	if err != nil {
		return &exitError{code: exitUsage, text: err.Error(), hint: "baseline sources list"}
	}
	if h.url == "" {
		return &exitError{code: exitUsage, text: "the address of the page is missing", hint: "--url, as the browser shows it; baseline sources show " + id + " lists the addresses"}
	}
	taken, err := instantOf(h.taken)
	if err != nil {
		return err
	}
	body, err := a.pageIn(file)
	if err != nil {
		return err
	}
	if err := p.LoadDecisions(); err != nil {
		return err
	}
	seen, err := exchange.Look(p, exchange.Handed{
		Source: s, URL: h.url, Request: h.request, Taken: taken, By: handedBy(h.by), Note: strings.Join(strings.Fields(h.note), " "), File: file, Body: body,
	})
	var refused *exchange.RefusedError
	if errors.As(err, &refused) {
		return &exitError{code: exitFailed, text: refused.Text, hint: refused.Do}
	}
	if err != nil {
		return err
	}
	if seen.Already == nil {
		if err := a.showSeen(seen); err != nil {
			return err
		}
	}
	switch {
	case seen.Already != nil, h.dry:
	case seen.Refused != "" && !h.keep:
		return &exitError{code: exitFailed, text: "not stored: " + seen.Refused, hint: hintOf(seen.Do, "--keep stores it all the same, and a refresh does not read it")}
	default:
		if err := seen.Store(p); err != nil {
			return err
		}
	}
	return a.stored(seen, h.dry)
}

func hintOf(texts ...string) string {
	var said []string
	for _, t := range texts {
		if t != "" {
			said = append(said, t)
		}
	}
	return strings.Join(said, "; ")
}

// instantOf reads a time or a day, UTC; zero for "".
func instantOf(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(form, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, usage("%q is no time like 2026-02-03T10:00:00Z and no day like 2026-02-03", text)
}

func handedBy(by string) string {
	if by = strings.Join(strings.Fields(by), " "); by != "" {
		return by
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return "user " + filepath.Base(strings.ReplaceAll(u.Username, "\\", "/"))
	}
	return "an unnamed user"
}

// pageIn reads the file, or standard input, up to the size that a capture may have.
func (a *app) pageIn(file string) (body []byte, err error) {
	from := a.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		from = f
	}
	if from == nil {
		return nil, usage("there is no standard input")
	}
	body, err = io.ReadAll(io.LimitReader(from, exchange.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return body, nil
}

// showSeen prints what the reader made of the page.
func (a *app) showSeen(seen exchange.Seen) error {
	for _, w := range seen.Warnings {
		if err := a.line(map[string]any{"type": "warning", "text": w}, "warning: %s", w); err != nil {
			return err
		}
	}
	for _, part := range seen.Checked.Parts {
		held := ""
		if part.Reason != "" {
			held = fmt.Sprintf(" (held: %s)", part.Reason)
		}
		n := len(part.Rows) + len(part.Aside)
		if err := a.line(map[string]any{"type": "part", "dataset": part.Dataset, "part": part.Name(), "rows": n, "complete": part.Complete, "held": part.Reason},
			"reads %d rows of %s, %s%s", n, part.Dataset, part.Name(), held); err != nil {
			return err
		}
	}
	if seen.Leads && len(seen.Checked.Parts) == 0 && seen.Refused == "" {
		if err := a.line(map[string]any{"type": "leads"}, "reads no rows: the page names what to ask for next"); err != nil {
			return err
		}
	}
	return a.foundIn(seen.Checked)
}

func (a *app) foundIn(c snapshot.Checked) error {
	if c.Err != nil {
		return nil // it is said as the reason
	}
	if !a.json {
		if notes := a.serious(c.Findings); notes > 0 {
			fmt.Fprintf(a.out, "notes: %d for the record\n", notes)
		}
		return nil
	}
	for _, f := range c.Findings {
		if err := a.object(findingJSON(f)); err != nil {
			return err
		}
	}
	return nil
}

func findingJSON(f source.Finding) map[string]any {
	return map[string]any{
		"type": "finding", "severity": f.Severity, "code": f.Code, "source": f.Source, "dataset": f.Dataset, "part": f.Part,
		"text": f.Text, "hint": f.Hint, "capture": f.Capture, "locator": f.Locator, "quote": f.Quote,
	}
}

// line prints an object for machines, or a line for people.
func (a *app) line(object map[string]any, format string, args ...any) error {
	if a.json {
		return a.object(object)
	}
	fmt.Fprintf(a.out, format+"\n", args...)
	return nil
}

// stored says what became of the page.
func (a *app) stored(seen exchange.Seen, dry bool) error {
	r := seen.Record
	state := "stored"
	switch {
	case seen.Already != nil:
		r, state = *seen.Already, "there"
	case dry:
		state = "dry-run"
	}
	if a.json {
		return a.object(map[string]any{
			"type": "capture", "state": state, "source": r.Source, "request": r.Request.ID, "url": r.FinalURL, "sha256": r.SHA256, "bytes": r.Bytes,
			"taken": r.RequestedAt.UTC(), "origin": r.Origin, "origin_note": r.OriginNote, "fault": r.Fault,
		})
	}
	what := fmt.Sprintf("%s %s, %s bytes, SHA-256 %.12s", r.Source, r.Request.ID, thousands(r.Bytes), r.SHA256)
	when := r.RequestedAt.UTC().Format(time.RFC3339)
	switch state {
	case "there":
		fmt.Fprintf(a.out, "%s is in the archive already, taken %s (%s); nothing was stored\n", what, when, r.Origin)
		if !seen.TimeSaid {
			fmt.Fprintln(a.out, "if the page was saved anew and is still the same, say when with --taken")
		}
		return nil
	case "dry-run":
		fmt.Fprintf(a.out, "%s was not stored (--dry-run)\n", what)
		if seen.Refused != "" {
			return &exitError{code: exitFailed, text: "it would be refused: " + seen.Refused, hint: seen.Do}
		}
		return nil
	}
	if !seen.TimeSaid {
		when += " (now; --taken says when it was saved)"
	}
	fmt.Fprintf(a.out, "%s is in the archive, taken %s, by hand\n", what, when)
	if r.Fault != "" {
		fmt.Fprintf(a.out, "it is kept as %s and is not read: %s\n", r.Fault, r.FaultText)
		return nil
	}
	fmt.Fprintln(a.out, "baseline refresh --offline reads it")
	return nil
}

// guarded runs f as the one that changes the archive.
func (a *app) guarded(p *pipeline.Pipeline, f func() error) error {
	release, err := p.Workspace.Lock(p.Holder)
	if err != nil {
		return err
	}
	defer release()
	free, err := p.Workspace.Guard(exchange.Guarded)
	if err != nil {
		return err
	}
	defer free()
	return f()
}
