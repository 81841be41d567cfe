package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"golang.org/x/term"

	"baseline/cmd/baseline/cli/progress"
	"baseline/pipeline"
	"baseline/pipeline/archive"
	"baseline/pipeline/fetch"
	"baseline/pipeline/schedule"
	"baseline/pipeline/settings"
	"baseline/pipeline/workspace"
	"baseline/sources/source"
)

// asking is what the verbs that ask publishers are told by flags.
type asking struct {
	settings string        // name of the file
	contact  string        // goes before the file
	wait     time.Duration // for another run that holds the workspace

	exchanged func(host, outcome string) // told of every request that was sent; nil: nobody
	waits     func(text string)          // told that another run is waited for; nil: the screen
}

func (how *asking) flags(c *cobra.Command) {
	c.Flags().StringVar(&how.contact, "contact", "", "mail address or page by which publishers reach whoever asks them")
	c.Flags().StringVar(&how.settings, "settings", "", "file with contact and pace; default "+settings.Default+" in this folder, if it is there")
	c.Flags().DurationVar(&how.wait, "wait", 10*time.Minute, "how long to wait for another run that writes to the workspace")
}

// loopback lets tests stand in for the publishers.
var loopback func(*fetch.Config)

// sourcesAtOnce is how many sources are asked at a time where the settings do not say.
// It is no matter of politeness: one host is asked one thing at a time whatever it is.
const sourcesAtOnce = 8

// chosen are the sources with these ids, or all that can be asked.
func chosen(p *pipeline.Pipeline, ids []string) ([]source.Source, error) {
	if len(ids) == 0 {
		return slices.DeleteFunc(slices.Clone(p.Sources), func(s source.Source) bool { return !schedule.Asks(s) }), nil
	}
	var list []source.Source
	for _, id := range ids {
		s, err := p.Source(id)
		if err != nil {
			return nil, &exitError{code: exitUsage, text: err.Error(), hint: "baseline sources list shows them"}
		}
		if !schedule.Asks(s) {
			return nil, &exitError{code: exitUsage, text: id + " has no publisher to ask: " + whyNot(s), hint: "baseline refresh --offline reads it"}
		}
		if !slices.ContainsFunc(list, func(o source.Source) bool { return o.About().ID == id }) {
			list = append(list, s)
		}
	}
	return list, nil
}

func whyNot(s source.Source) string {
	switch about := s.About(); {
	case about.Frozen:
		return "it is frozen, the publisher will not change it"
	case about.Edition != "":
		return "it is the record of edition " + about.Edition
	}
	return "its facts are tables in this program"
}

// nobody stands for the contact where nobody is asked.
const nobody = "nobody is asked"

// client makes the client that asks publishers, as the settings say. Without a contact it
// makes one for a dry run only.
func (a *app) client(p *pipeline.Pipeline, how asking, dry bool) (*fetch.Client, settings.Settings, error) {
	set, err := settings.Load(how.settings)
	if err != nil {
		return nil, set, &exitError{code: exitUsage, text: err.Error()}
	}
	if how.contact != "" {
		if err := settings.CheckContact(how.contact); err != nil {
			return nil, set, &exitError{code: exitUsage, text: err.Error()}
		}
		set.Contact = how.contact
	}
	if set.Contact == "" && dry {
		set.Contact = nobody
	}
	if set.Contact == "" {
		return nil, set, &exitError{
			code: exitUsage, text: "publishers must be able to write to whoever asks them, and no contact is set",
			hint: "baseline refresh --contact you@example.org, or contact: you@example.org in " + settings.Default + "; without a network: baseline refresh --offline",
		}
	}
	var ids []string
	for _, s := range p.Sources {
		ids = append(ids, s.About().ID)
	}
	cfg := fetch.Config{
		Contact: set.Contact, Version: pipeline.Version, Gap: set.GapTime(), Timeout: set.TimeoutTime(), Keys: settings.Keys(ids), Memory: p.Workspace,
		Exchanged: how.exchanged,
	}
	if a.onLoopback != nil {
		a.onLoopback(&cfg)
	}
	c, err := fetch.New(cfg)
	return c, set, err
}

// ask asks the publishers of the sources, several sources at a time, and archives what
// they answer. A source that another process is asking is left to it: its report has no
// start. What goes wrong with one source is in its report and stops no other; an error
// means that nobody could be asked or that ctx has ended.
func (a *app) ask(ctx context.Context, p *pipeline.Pipeline, list []source.Source, how asking) ([]fetch.Report, error) {
	c, set, err := a.client(p, how, false)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	to := a.err
	if a.quiet || a.json {
		to = io.Discard
	}
	board := progress.On(to, a.terminal(), len(list))
	defer board.Close()
	reports := make([]fetch.Report, len(list))
	var group errgroup.Group
	group.SetLimit(cmp.Or(set.Workers, sourcesAtOnce))
	for i, s := range list {
		group.Go(func() error {
			id := s.About().ID
			reports[i] = fetch.Report{Source: id}
			release, err := p.Workspace.TryGuard("asking-"+id, p.Holder)
			var held *workspace.HeldError
			if errors.As(err, &held) {
				board.Done(id, "is being asked by "+held.Holder, false)
				return nil
			}
			r := fetch.Report{Source: id, Started: time.Now().UTC(), Ended: time.Now().UTC()}
			if err == nil {
				defer release()
				r, err = c.Source(ctx, archive.In(p.Workspace), s, func(e fetch.Event) { board.Doing(e.Source, e.Doing) })
			}
			if err != nil && ctx.Err() == nil {
				r.Answers = append(r.Answers, fetch.Answer{Request: "archive", Outcome: fetch.OutcomeFailed, Fault: brokenHere, Text: err.Error()})
			}
			reports[i] = r
			if ctx.Err() != nil {
				return ctx.Err()
			}
			text, bad := summary(r)
			board.Done(id, text, bad)
			return nil
		})
	}
	return reports, group.Wait()
}

// brokenHere is the fault of a source that this side could not ask to the end, such as
// because its records are damaged.
const brokenHere = "broken-here"

// unreadable says of each source that was asked, but did not let us read all, what it said.
func unreadable(reports []fetch.Report, out pipeline.Outcome) map[string]string {
	failed := map[string]string{}
	for _, r := range reports {
		text, bad := summary(r)
		switch {
		case r.Started.IsZero(): // another process asked it
		case bad:
			failed[r.Source] = text
		case slices.Contains(out.Failed, r.Source):
			failed[r.Source] = "what it answered could not be read"
		}
	}
	return failed
}

// summary says in a line what became of the requests of one source.
func summary(r fetch.Report) (text string, failed bool) {
	count := map[string]int{}
	first := ""
	for _, x := range r.Answers {
		count[x.Outcome]++
		if x.Outcome == fetch.OutcomeFailed && first == "" {
			first = x.Request + ": " + x.Text
		}
	}
	var parts []string
	for _, o := range []struct{ outcome, word string }{
		{fetch.OutcomeNew, "new"}, {fetch.OutcomeSame, "unchanged"}, {fetch.OutcomeNotModified, "not modified"}, {fetch.OutcomeFailed, "failed"}, {fetch.OutcomeNotAsked, "not asked"},
	} {
		if n := count[o.outcome]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o.word))
		}
	}
	text = strings.Join(parts, ", ")
	if first != "" {
		text += " (" + first + ")"
	}
	return cmp.Or(text, "nothing to ask"), count[fetch.OutcomeFailed] > 0
}

// terminal returns the size of the terminal behind the error output; nil if it is none.
func (a *app) terminal() progress.Size {
	f, ok := a.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil // a dumb one, such as that of an editor, shows the steering as text
	}
	return func() (int, int) {
		columns, rows, err := term.GetSize(int(f.Fd()))
		if err != nil {
			return 80, 24
		}
		return columns, rows
	}
}

// untilStopped returns a context that ends when a person or the system stops the program.
// The second time the program ends at once.
func untilStopped() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() { <-ctx.Done(); stop() }()
	return ctx, stop
}

// live asks the publishers and then reads everything that is in the archive. What was
// archived before an interruption stays there; the snapshot in force then stands.
func (a *app) live(ctx context.Context, p *pipeline.Pipeline, list []source.Source, how asking) ([]fetch.Report, pipeline.Outcome, error) {
	reports, err := a.ask(ctx, p, list, how)
	if ctx.Err() != nil {
		n := 0
		for _, r := range reports {
			n += len(r.Answers)
		}
		return reports, pipeline.Outcome{}, &exitError{
			code: exitFailed, text: fmt.Sprintf("stopped while asking; %d answers are in the archive, and %s", n, a.inForce(p)),
			hint: "baseline refresh goes on; baseline refresh --offline reads what has come",
		}
	}
	if err != nil {
		return nil, pipeline.Outcome{}, err
	}
	out, err := a.refreshWhenFree(ctx, p, how)
	if err != nil {
		return reports, out, &unreadError{err}
	}
	for _, r := range reports {
		broken := slices.ContainsFunc(r.Answers, func(x fetch.Answer) bool { return x.Fault == brokenHere })
		if broken && !slices.Contains(out.Failed, r.Source) {
			out.Failed = append(out.Failed, r.Source)
		}
	}
	return reports, out, nil
}

// unreadError says that the publishers were asked, and what they answered is in the archive
// but could not be read or written.
type unreadError struct{ err error }

func (e *unreadError) Error() string { return e.err.Error() }

func (e *unreadError) Unwrap() error { return e.err }

// refreshWhenFree refreshes, waiting for another run to end.
func (a *app) refreshWhenFree(ctx context.Context, p *pipeline.Pipeline, how asking) (pipeline.Outcome, error) {
	to := a.err
	if a.quiet || a.json {
		to = io.Discard
	}
	board := progress.On(to, a.terminal(), 0)
	defer board.Close()
	p.Doing = func(step string) {
		if doing := map[string]string{"read": "reads what is in the archive", "write": "writes the snapshot"}[step]; doing != "" {
			board.Doing("workspace", doing)
		}
	}
	defer func() { p.Doing = nil }()
	until := time.Now().Add(how.wait)
	for waiting := false; ; waiting = true {
		out, err := p.Refresh()
		var held *workspace.HeldError
		if !errors.As(err, &held) || !time.Now().Before(until) {
			return out, err
		}
		if !waiting {
			text := fmt.Sprintf("waits for %s, up to %s", held.Holder, how.wait)
			board.Say("workspace", text)
			if how.waits != nil {
				how.waits(text)
			}
		}
		select {
		case <-ctx.Done():
			return out, err
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// noted lets the schedule know how asking these sources by hand went.
func noted(p *pipeline.Pipeline, reports []fetch.Report, out pipeline.Outcome) error {
	failed := unreadable(reports, out)
	for _, r := range reports {
		if r.Started.IsZero() {
			continue // another process asked it
		}
		if _, err := schedule.Note(p.Workspace, r.Source, r.Ended, failed[r.Source]); err != nil {
			return err
		}
	}
	return nil
}
