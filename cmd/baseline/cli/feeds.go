package cli

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baseline/output/feeds"
	"baseline/pipeline/alerts"
	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/alerts/subscription"
)

func (a *app) alertsFeeds() *cobra.Command {
	var base, language string
	c := verb(&cobra.Command{
		Use:   "feeds FOLDER",
		Short: "Write Atom and JSON feeds of what has happened",
		Long: `feeds writes what has happened since the last edition as Atom and JSON feeds: all of it,
one feed for each state, and one for each treaty and network. Entries keep their ids for
good, so that a reader shows each once. Events of a burst that nobody has released are left
out, as are acknowledged ones.

--base is the address of the folder on the web, so that feeds can say where they are.`,
		Example: "  baseline alerts feeds ./feeds --base https://example.org/feeds/",
		RunE: func(_ *cobra.Command, args []string) error {
			if u, err := url.Parse(base); base != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
				return usage("--base is an address such as https://example.org/feeds/, not %q", base)
			}
			if base != "" && !strings.HasSuffix(base, "/") {
				base += "/"
			}
			if !slices.Contains(subscription.Languages, language) {
				return usage("--language is en or fr, not %q", language)
			}
			return a.feeds(args[0], base, language)
		},
	}, cobra.ExactArgs(1))
	c.Flags().StringVar(&base, "base", "", "address of the folder on the web")
	c.Flags().StringVar(&language, "language", "en", "en or fr")
	return c
}

func (a *app) feeds(folder, base, language string) error {
	steps, head, err := a.told()
	if err != nil {
		return err
	}
	words, err := outbox.In(a.opened).Words()
	if err != nil {
		return err
	}
	book, err := alerts.LoadBook(a.opened)
	if err != nil {
		return err
	}
	bound := subscription.Burst
	if book != nil {
		bound = book.Burst
	}
	var list []event.Event
	for _, s := range steps {
		if burst := s.Burst(bound); burst == "" || words[burst].Do == outbox.Release {
			list = append(list, s.Events...)
		}
	}
	var began time.Time
	if head != nil {
		if began, err = time.Parse("20060102", head.After[:8]); err != nil {
			return err
		}
	}
	byName := map[string]*feeds.Feed{}
	var order []string
	add := func(name, title string, e *event.Event) {
		f := byName[name]
		if f == nil {
			f = &feeds.Feed{Name: name, Title: title, Language: language, Base: base, Began: began}
			byName[name] = f
			order = append(order, name)
		}
		if e != nil {
			f.Entries = append(f.Entries, entry(*e, language))
		}
	}
	add("all", "baseline", nil)
	for _, e := range list {
		var shown *event.Event // what is acknowledged leaves a feed that has it
		if !outbox.Acked(words, e.ID) {
			shown = &e
		}
		add("all", "", shown)
		if e.Place != "" {
			add("state-"+e.Place, "baseline: "+message.Place(language, e.Place), shown)
		}
		switch {
		case e.Treaty != "":
			add("treaty-"+e.Treaty, "baseline: "+message.Treaty(language, e.Treaty), shown)
		case e.Network != "":
			add("network-"+e.Network, "baseline: "+message.Network(language, e.Network), shown)
		default:
			add("dataset-"+e.Dataset, "baseline: "+strings.ReplaceAll(e.Dataset, "_", " "), shown)
		}
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, name := range order {
		atom, err := feeds.Atom(*byName[name])
		if err != nil {
			return err
		}
		text, err := feeds.JSON(*byName[name])
		if err != nil {
			return err
		}
		for ending, body := range map[string][]byte{".atom": atom, ".json": text} {
			if err := replace(filepath.Join(folder, name+ending), body); err != nil {
				return err
			}
		}
	}
	if a.json {
		return a.object(map[string]any{"type": "feeds", "folder": folder, "feeds": len(order), "entries": len(byName["all"].Entries)})
	}
	fmt.Fprintf(a.out, "%s with %s in %s, each as .atom and .json\n", plural(len(order), "feed"), strings.Replace(plural(len(byName["all"].Entries), "entry"), "entrys", "entries", 1), folder)
	return nil
}

func entry(e event.Event, language string) feeds.Entry {
	text, html := message.Body(language, e)
	out := feeds.Entry{ID: e.ID, Title: message.Heading(language, e), Text: text, HTML: html, Link: e.Address, Published: e.Seen, Publisher: e.Publisher, Tags: []string{string(e.Kind)}}
	for _, tag := range []string{e.Place, e.Treaty, e.Network} {
		if tag != "" {
			out.Tags = append(out.Tags, tag)
		}
	}
	return out
}

// replace writes a file whole or not at all.
func replace(name string, body []byte) error {
	tmp := name + ".tmp"
	if err := os.WriteFile(tmp, body, 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, name)
}
