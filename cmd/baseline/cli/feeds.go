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
	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/alerts/subscription"
	"baseline/schemas"
	"baseline/schemas/places"
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
	list, began, err := a.published()
	if err != nil {
		return err
	}
	byName := map[string]*feeds.Feed{}
	var order []string
	feed := func(name, title string) {
		if byName[name] == nil {
			byName[name] = &feeds.Feed{Name: name, Title: title, Language: language, Base: base, Began: began}
			order = append(order, name)
		}
	}
	// Whoever waits for the first news of a state or a treaty must find its feed.
	feed("all", "baseline")
	for _, m := range event.All {
		switch {
		case m.Treaty:
			for _, treaty := range schemas.TreatyCodes {
				feed("treaty-"+treaty, "baseline: "+message.Treaty(language, treaty))
			}
		case m.Network:
			for _, network := range subscription.Networks {
				feed("network-"+network, "baseline: "+message.Network(language, network))
			}
		default:
			feed("dataset-"+m.Dataset, "baseline: "+schemas.Named(m.Dataset).Title)
		}
	}
	for _, code := range places.Default().Group(subscription.Groups["coe-2021"]) {
		feed("state-"+code, "baseline: "+message.Place(language, code))
	}
	for _, t := range list {
		e := t.event
		names := []string{"all"}
		if e.Place != "" {
			feed("state-"+e.Place, "baseline: "+message.Place(language, e.Place))
			names = append(names, "state-"+e.Place)
		}
		switch {
		case e.Treaty != "":
			names = append(names, "treaty-"+e.Treaty)
		case e.Network != "":
			names = append(names, "network-"+e.Network)
		default:
			names = append(names, "dataset-"+e.Dataset)
		}
		for _, name := range names {
			f := byName[name]
			if f == nil {
				return fmt.Errorf("there is no feed %s for %s of %s", name, e.Kind, e.Key)
			}
			f.Entries = append(f.Entries, entry(e, t.at, language))
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

// public is an event with the day from which on it was to be told.
type public struct {
	event event.Event
	at    time.Time
}

// published are the events that subscribers were or would have been told of, in the order in
// which they were told, and the day on which the workspace began.
func (a *app) published() (list []public, began time.Time, err error) {
	steps, _, err := a.told()
	if err != nil {
		return nil, began, err
	}
	words, err := outbox.In(a.opened).Words()
	if err != nil {
		return nil, began, err
	}
	add := func(events []event.Event, at time.Time) {
		for _, e := range events {
			if !outbox.Acked(words, e.ID) { // what is acknowledged leaves the feeds that have it
				list = append(list, public{e, at})
			}
		}
	}
	for _, s := range steps {
		at, err := time.Parse("20060102", s.After[:8])
		if err != nil {
			return nil, began, err
		}
		if s.Number == 0 {
			began = at
		}
		switch burst := s.Burst(); {
		case burst == "":
			add(s.Events, at)
		case words[burst].Do == outbox.Release:
			add(s.Events, words[burst].At)
		}
		for at, events := range s.ToldDoubts(words) {
			add(events, at)
		}
	}
	return list, began, nil
}

func entry(e event.Event, at time.Time, language string) feeds.Entry {
	text, html := message.Body(language, e)
	out := feeds.Entry{
		ID: e.ID, Title: message.Heading(language, e), Text: text, HTML: html, Link: e.Address, Published: e.Seen, Updated: e.Seen, Publisher: e.Publisher, Tags: []string{string(e.Kind)},
	}
	if at.After(e.Seen) {
		out.Updated = at
	}
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
