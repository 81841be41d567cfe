// Package membership makes a source of a list of members from a source.yaml with a
// listing section. The list is found and read by sources/read/listing; here it becomes
// rows of the dataset memberships, and whatever the list does not prove holds them.
package membership

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"baseline/schemas"
	"baseline/sources/read/listing"
	"baseline/sources/source"
)

// Entry is one member as the list has it. A rule of a source may change it before it
// becomes a row.
type Entry struct {
	listing.Record        // Class is the page's word, or the class of the yaml where the page has none
	Address        string // first link to a page, absolute
	JoinedYear     int    // year of joining; 0 where the entry does not say
	Drop           bool   // set by a rule: understood, but no member
}

// Rule looks at one entry, and may change it or report what is odd about it. Severity,
// code, text and hint of a finding are the rule's; the rest is filled in.
type Rule func(e *Entry, report func(source.Finding))

// Option is what a list has beyond what a source.yaml can say.
type Option func(*list)

// Each applies a rule to every entry, in the order of the page.
func Each(rule Rule) Option { return func(l *list) { l.rules = append(l.rules, rule) } }

// States bounds the number of different states with an entry of the class. Outside the
// bounds all rows are held: headings were swapped, or one is missing.
func States(class string, from, to int) Option {
	return func(l *list) { l.limits = append(l.limits, limit{class, from, to}) }
}

// BareYears takes a year, or a date in digits, that makes up a whole note of an entry
// for the year of joining. Only for pages that print no other numbers.
func BareYears() Option { return func(l *list) { l.bareYears = true } }

// StatesOnly says that the list is one of states: an entry with an organisation holds
// all rows, because a name that is not known may have been taken for one.
func StatesOnly() Option { return func(l *list) { l.statesOnly = true } }

// YearsForAll says that the list prints a year of joining for every entry, or for none.
// A list that has it for some holds all rows.
func YearsForAll() Option { return func(l *list) { l.yearsForAll = true } }

type list struct {
	about  source.About
	hosts  []string // of the requests' addresses, without www.
	rules  []Rule
	limits []limit

	bareYears, statesOnly, yearsForAll bool
}

type limit struct {
	class    string
	from, to int
}

// New makes a source of a source.yaml that is compiled into the program. A mistake in
// it, such as a class that memberships does not have, panics, so that the first test
// that runs meets it.
func New(yaml []byte, options ...Option) source.Source {
	l := &list{about: source.MustAbout(yaml)}
	if err := l.check(); err != nil {
		panic(fmt.Errorf("source.yaml of %s: %w", l.about.ID, err))
	}
	for _, o := range options {
		o(l)
	}
	return l
}

func (l *list) check() error {
	set := l.about.Listing
	switch {
	case set == nil:
		return errors.New("it has no section listing")
	case set.Network == "":
		return errors.New("listing.network is missing")
	case len(set.Must) == 0:
		return errors.New("listing.must is missing: without it an error page could pass for an empty list")
	case !slices.Equal(l.about.Datasets, []string{"memberships"}):
		return errors.New("datasets must be [memberships]")
	case set.Class == "" && len(set.Classes) == 0:
		return errors.New("listing has neither class nor classes")
	case set.Class != "" && !slices.Contains(schemas.MembershipClasses, set.Class):
		return fmt.Errorf("class %q is none of %q", set.Class, schemas.MembershipClasses)
	}
	for _, c := range set.Classes {
		if !slices.Contains(schemas.MembershipClasses, c.Class) || len(c.Words) == 0 {
			return fmt.Errorf("class %q must be one of %q and have words", c.Class, schemas.MembershipClasses)
		}
	}
	for _, r := range l.about.Requests {
		for _, a := range r.Addresses {
			u, err := url.Parse(a)
			if err != nil || u.Host == "" {
				return fmt.Errorf("request %s: %q is no address", r.ID, a)
			}
			l.hosts = append(l.hosts, bareHost(u))
		}
	}
	if len(l.hosts) == 0 {
		return errors.New("it has no request with an address")
	}
	return nil
}

func bareHost(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") }

// About returns what the source.yaml says.
func (l *list) About() source.About { return l.about }

// Requests returns the requests of the source.yaml.
func (l *list) Requests(source.Plan) []source.Request { return l.about.Ask() }

// Parse reads one capture of the list, HTML or an answer of WordPress in JSON. It fails
// on an answer of another host, on a page without any of the words that every right
// page has, and where there is no list, or two. Whatever else is in doubt holds the
// rows.
func (l *list) Parse(c source.Capture, emit source.Emit) error {
	base, err := l.origin(c)
	if err != nil {
		return err
	}
	if !l.rightPage(c.Body) {
		return fmt.Errorf("the page has none of the words %q, so it is not the page that was asked for: look at it, and at the addresses in source.yaml", l.about.Listing.Must)
	}
	want := listing.Want{Under: l.about.Listing.Under, Not: l.about.Listing.Not}
	for _, class := range l.about.Listing.Classes {
		want.Classes = append(want.Classes, listing.Class{Name: class.Class, Words: class.Words})
	}
	result, err := listing.Read(c.Body, want)
	if err != nil {
		return fmt.Errorf("list of %s: %w", l.about.Listing.Network, err)
	}
	r := &reading{list: l, capture: c, base: base, result: result, emit: emit, asked: map[string]int{}}
	r.entries()
	r.merge()
	r.judge()
	r.more()
	r.rows()
	return nil
}

// origin checks that an address of the yaml answered: copies of such pages stand on
// hosts that are none of the publisher's.
func (l *list) origin(c source.Capture) (*url.URL, error) {
	if !slices.ContainsFunc(l.about.Requests, func(a source.Address) bool { return a.ID == c.Request }) {
		return nil, fmt.Errorf("request %q is none of those in source.yaml", c.Request)
	}
	base, err := url.Parse(c.URL)
	if err != nil {
		return nil, fmt.Errorf("the answer's address %q is none: %w", c.URL, err)
	}
	if host := bareHost(base); host != "" && !slices.Contains(l.hosts, host) {
		return nil, fmt.Errorf("%s answered, which is none of the publisher's hosts %q: if the publisher moved there, add the address to source.yaml",
			host, slices.Compact(slices.Sorted(slices.Values(l.hosts))))
	}
	return base, nil
}
