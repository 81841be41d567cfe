// Package feeds writes what happened as Atom (RFC 4287) and JSON Feed 1.1: all of it, by
// state, and by instrument.
package feeds

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"
	"time"
)

// Entry is one thing that happened.
type Entry struct {
	ID        string // permanent, such as ev-0123…
	Title     string
	Text      string    // plain
	HTML      string    // a fragment
	Link      string    // of the publisher; "" if there is none
	Published time.Time // when the publisher's page was seen to say so
	Updated   time.Time // when it was told; zero: the same
	Publisher string
	Tags      []string
}

// Feed is a list of entries.
type Feed struct {
	Name     string // file name without ending, such as state-SWE
	Title    string
	Language string
	// Base is the address of the folder in which the feeds will stand, with a slash at its
	// end; "" if nobody knows it, and then no feed says where it is.
	Base    string
	Began   time.Time // of a feed without entries
	Entries []Entry   // any order
}

// Largest is how many entries a feed has at most; older ones are left out.
const Largest = 500

// sorted returns the entries, those that were told last first, and the time of the newest.
func (f Feed) sorted() ([]Entry, time.Time) {
	list := slices.Clone(f.Entries)
	for i, e := range list {
		if e.Updated.Before(e.Published) {
			list[i].Updated = e.Published
		}
	}
	slices.SortStableFunc(list, func(a, b Entry) int {
		return cmp.Or(b.Updated.Compare(a.Updated), b.Published.Compare(a.Published), cmp.Compare(a.ID, b.ID))
	})
	list = list[:min(len(list), Largest)]
	newest := f.Began
	if len(list) > 0 {
		newest = list[0].Updated
	}
	return list, newest.UTC()
}

// urn is the permanent id of an entry.
func urn(id string) string { return "urn:baseline:" + id }

// id is the permanent id of a feed. Each language has feeds of its own.
func (f Feed) id() string {
	if f.Language == "en" {
		return urn("feed:" + f.Name)
	}
	return urn("feed:" + f.Language + ":" + f.Name)
}

type atomText struct {
	Type string `xml:"type,attr,omitempty"`
	Body string `xml:",chardata"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      atomText       `xml:"title"`
	Published  string         `xml:"published"`
	Updated    string         `xml:"updated"`
	Links      []atomLink     `xml:"link"`
	Author     *atomPerson    `xml:"author"`
	Categories []atomCategory `xml:"category"`
	Summary    atomText       `xml:"summary"`
	Content    atomText       `xml:"content"`
}

type atomFeed struct {
	XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang      string      `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Updated   string      `xml:"updated"`
	Author    atomPerson  `xml:"author"`
	Generator string      `xml:"generator"`
	Links     []atomLink  `xml:"link"`
	Entries   []atomEntry `xml:"entry"`
}

// Atom writes the feed as Atom.
func Atom(f Feed) ([]byte, error) {
	list, newest := f.sorted()
	out := atomFeed{
		Lang: f.Language, ID: f.id(), Title: clean(f.Title), Updated: newest.Format(time.RFC3339), Author: atomPerson{"baseline"}, Generator: "baseline",
	}
	if f.Base != "" {
		out.Links = []atomLink{{"self", "application/atom+xml", f.Base + f.Name + ".atom"}, {"alternate", "application/feed+json", f.Base + f.Name + ".json"}}
	}
	for _, e := range list {
		a := atomEntry{
			ID: urn("event:" + e.ID), Title: atomText{Body: clean(e.Title)},
			Published: e.Published.UTC().Format(time.RFC3339), Updated: e.Updated.UTC().Format(time.RFC3339),
			Summary: atomText{Type: "text", Body: clean(e.Text)}, Content: atomText{Type: "html", Body: clean(e.HTML)},
		}
		if e.Link != "" {
			a.Links = []atomLink{{Rel: "alternate", Href: e.Link}}
		}
		if e.Publisher != "" {
			a.Author = &atomPerson{clean(e.Publisher)}
		}
		for _, t := range e.Tags {
			a.Categories = append(a.Categories, atomCategory{clean(t)})
		}
		out.Entries = append(out.Entries, a)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	if err := enc.Encode(out); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// clean removes what XML cannot hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r >= 0x20 && r != 0xfffe && r != 0xffff {
			return r
		}
		return -1
	}, s)
}

type jsonAuthor struct {
	Name string `json:"name"`
}

type jsonItem struct {
	ID        string       `json:"id"`
	URL       string       `json:"url,omitempty"`
	Title     string       `json:"title"`
	HTML      string       `json:"content_html"`
	Text      string       `json:"content_text"`
	Published string       `json:"date_published"`
	Modified  string       `json:"date_modified,omitempty"`
	Authors   []jsonAuthor `json:"authors,omitempty"`
	Tags      []string     `json:"tags,omitempty"`
}

type jsonFeed struct {
	Version  string     `json:"version"`
	Title    string     `json:"title"`
	FeedURL  string     `json:"feed_url,omitempty"`
	Language string     `json:"language"`
	Items    []jsonItem `json:"items"`
}

// JSON writes the feed as JSON Feed.
func JSON(f Feed) ([]byte, error) {
	list, _ := f.sorted()
	out := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: f.Title, Language: f.Language, Items: []jsonItem{}}
	if f.Base != "" {
		out.FeedURL = f.Base + f.Name + ".json"
	}
	for _, e := range list {
		item := jsonItem{
			ID: urn("event:" + e.ID), URL: e.Link, Title: e.Title, HTML: e.HTML, Text: e.Text, Published: e.Published.UTC().Format(time.RFC3339), Tags: e.Tags,
		}
		if e.Updated.After(e.Published) {
			item.Modified = e.Updated.UTC().Format(time.RFC3339)
		}
		if e.Publisher != "" {
			item.Authors = []jsonAuthor{{e.Publisher}}
		}
		out.Items = append(out.Items, item)
	}
	text, err := json.MarshalIndent(out, "", "  ")
	return append(text, '\n'), err
}
