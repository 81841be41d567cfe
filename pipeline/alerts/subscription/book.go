// Package subscription reads who wants to know what, through which channel and when, from
// one YAML file, and finds the subscriptions that an event matches.
package subscription

import (
	"time"

	"baseline/pipeline/alerts/event"
)

// File is the name of the file in a workspace.
const File = "subscriptions.yaml"

// Burst is how many events of one run go to subscribers without a steward's release, unless
// the file says otherwise.
const Burst = 25

// Book is what a file says. It does not change after Load and is safe for use by several
// goroutines.
type Book struct {
	Subscriptions []*Subscription // in the file's order
	Stewards      []Steward
	Channels      map[string]Channel // by name
	Burst         int                // more events than this in one run wait for a steward
	index         index
}

// Subscription is one wish to be told.
type Subscription struct {
	ID       string // lower case letters, digits and hyphens; unique
	Name     string // for people; the id if the file gives none
	Channel  string // name of a channel of the book
	To       string // mail address; "" for channels that are an address themselves
	Language string // en or fr
	Match    Match
	How      How
}

// Match says which events are meant. Within a list any value will do, all lists must agree,
// and an empty list asks for nothing. An event that is about no place matches no list of
// states or groups.
type Match struct {
	Datasets, Treaties, Networks []string
	States                       []string // ISO 3166-1 alpha-3; EUE for the European Union as a party
	Groups                       []string // coe, eu, focus, coe-2021: as the registry has them today
	Kinds                        []event.Kind
	places                       map[string]bool // that states and groups leave; nil: any, and none
}

// Steward is one who is told how the sources fare.
type Steward struct {
	Channel, To, Language string
	After                 int // failures in a row before the first message
}

// Channel is a way to send.
type Channel struct {
	Name, Kind string            // kind: mail, webhook, chat, file or stdout
	Fields     map[string]string // as documented for the kind in Forms, with defaults filled in
	Secret     Secret            // zero if the channel needs none
	Address    Secret            // of a webhook whose address is a secret itself; else zero
}

// Rhythms.
const (
	AtOnce = "at-once"
	Daily  = "daily"
	Weekly = "weekly"
)

// How says when messages go out.
type How struct {
	Rhythm string         // AtOnce, Daily or Weekly
	Day    time.Weekday   // of a weekly digest
	Time   string         // HH:MM of a digest, by the clocks of Zone
	Zone   *time.Location // nil: UTC
}

// String prints the rhythm as the file gives it, such as "weekly mon 07:00".
func (h How) String() string {
	switch h.Rhythm {
	case Daily:
		return Daily + " " + h.Time
	case Weekly:
		return Weekly + " " + days[h.Day] + " " + h.Time
	}
	return h.Rhythm
}

var days = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // by time.Weekday

// Subscription returns the subscription with that id, or nil.
func (b *Book) Subscription(id string) *Subscription {
	for _, s := range b.Subscriptions {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// NextDue returns when a message that is ready at from goes out: at once, or at the next
// time of the digest after from. In the hour that clocks leave out in spring it is the
// moment they are put forward; in the hour that they show twice in autumn, the first time.
func NextDue(how How, from time.Time) time.Time {
	if how.Rhythm != Daily && how.Rhythm != Weekly {
		return from
	}
	zone := how.Zone
	if zone == nil {
		zone = time.UTC
	}
	clock, err := time.Parse("15:04", how.Time)
	if err != nil {
		return from // Load lets no such time in: better at once than never
	}
	local := from.In(zone)
	for n := range 9 { // today, and up to a week more
		year, month, day := local.Date()
		date := time.Date(year, month, day+n, 0, 0, 0, 0, time.UTC)
		if how.Rhythm == Weekly && date.Weekday() != how.Day {
			continue
		}
		if due := onTheClock(date.Add(time.Duration(clock.Hour())*time.Hour+time.Duration(clock.Minute())*time.Minute), zone); due.After(from) {
			return due
		}
	}
	return from
}

// onTheClock returns the first instant at which the clocks of a zone show a time, which is
// given as if it were UTC; or if they leave it out, the instant at which they jump.
func onTheClock(shown time.Time, zone *time.Location) time.Time {
	var first, late time.Time
	for _, near := range []time.Time{shown.Add(-24 * time.Hour), shown.Add(24 * time.Hour)} {
		_, offset := near.In(zone).Zone()
		at := shown.Add(-time.Duration(offset) * time.Second).In(zone)
		_, now := at.Zone()
		if now == offset && (first.IsZero() || at.Before(first)) {
			first = at
		}
		if late.IsZero() {
			late = at // by the clocks of the day before
		}
	}
	if !first.IsZero() {
		return first
	}
	jump, _ := late.ZoneBounds()
	return jump
}
