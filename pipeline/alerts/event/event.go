// Package event says what happened, in the words of the field: a state signed, became a
// party, joined a network. It makes events of the changes between two snapshots, and only
// of those that the publisher's facts bear; what looks like an event and may be none goes
// to the steward as a finding.
package event

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"baseline/sources/source"
)

// Kind says what happened.
type Kind string

// The kinds of event.
const (
	Signed               Kind = "signed"
	Party                Kind = "party"    // became a party; Event.How says by what, where the source does
	InForce              Kind = "in-force" // the treaty entered into force, for Event.Place or, if that is "", at all
	Denounced            Kind = "denounced"
	Suspended            Kind = "suspended"
	ReservationMade      Kind = "reservation-made"
	ReservationWithdrawn Kind = "reservation-withdrawn"
	DeclarationMade      Kind = "declaration-made" // of the UN's treaties: a declaration or a reservation
	DeclarationWithdrawn Kind = "declaration-withdrawn"
	Joined               Kind = "joined"
	Left                 Kind = "left"
	ClassChanged         Kind = "class-changed"
	ReportYear           Kind = "report-year" // a publisher's report on a new year, or a new edition, as a whole
	RatingChanged        Kind = "rating-changed"
	SIDUpdated           Kind = "sid-updated" // a state's page on Safer Internet Day
)

// Kinds are all kinds, in the order in which events of one row stand.
var Kinds = []Kind{
	Signed, Party, InForce, Denounced, Suspended, ReservationMade, ReservationWithdrawn, DeclarationMade, DeclarationWithdrawn,
	Joined, Left, ClassChanged, ReportYear, RatingChanged, SIDUpdated,
}

// Made says which events a dataset can give, and what they are about.
type Made struct {
	Dataset string
	Kinds   []Kind
	// Treaty, Network and Place say whether such an event names a treaty, a network, a state.
	Treaty, Network, Place bool
}

// All lists what can happen. A subscription to anything else would never be told of anything.
var All = []Made{
	{Dataset: "treaties", Kinds: []Kind{InForce}, Treaty: true},
	{Dataset: "treaty_status", Kinds: []Kind{Signed, Party, InForce, Denounced, Suspended}, Treaty: true, Place: true},
	{Dataset: "treaty_declarations", Kinds: []Kind{ReservationMade, ReservationWithdrawn, DeclarationMade, DeclarationWithdrawn}, Treaty: true, Place: true},
	{Dataset: "memberships", Kinds: []Kind{Joined, Left, ClassChanged}, Network: true, Place: true},
	{Dataset: "legislation_ratings", Kinds: []Kind{RatingChanged}, Place: true},
	{Dataset: "legislation_ratings", Kinds: []Kind{ReportYear}},
	{Dataset: "cybertip_reports", Kinds: []Kind{ReportYear}},
	{Dataset: "safer_internet_day", Kinds: []Kind{SIDUpdated}, Place: true},
}

// Finding is what a steward should look at.
type Finding = source.Finding

// Event is one thing that happened. Its JSON form is described by Schema.
type Event struct {
	// ID is "ev-" and 32 hexadecimal digits of the SHA-256 of the facts: the same event has
	// the same id on every machine and at every repetition. Evidence, snapshot and the time
	// at which it was seen are no part of it.
	ID    string
	Kind  Kind
	Place string // ISO 3166-1 alpha-3; "" if it is about no place
	// Dataset and Key name the row, as explain takes them. For an event about more than one
	// row, Key is what they share, such as 2024.
	Dataset, Key string
	// Column is the one whose value makes the event.
	Column          string
	Treaty, Network string
	// Old and New are what was and what is, by column in the words of the dataset. Columns
	// without a value are left out.
	Old, New map[string]string
	How      string // ratification, acceptance, approval, accession, succession; "" if the source does not say
	// Correction says that the publisher corrected the day of something told or known before:
	// Column is that day, with its value in Old and New. It did not happen again.
	Correction bool
	On         time.Time // the source's own day, UTC; zero if it gives none
	// Seen is when the capture was taken that says so, UTC; of an entry into force on a day that
	// was named before it came, when the newest capture showed that it had come.
	Seen      time.Time
	Source    string // id
	Publisher string
	// Capture is the SHA-256 of the bytes that say so, and Locator and Quote where in them.
	// For what a list no longer has, that is the list, and there is nothing to quote.
	Capture, Locator, Quote string
	Address                 string // of the capture; "" for a table of this project
	// Origin is that of the capture, as package archive names it, if it is not the publisher's
	// own bytes: rebuilt, by hand, curated. Whoever tells of the event must show it. Cited is
	// where a table of this project knows it from.
	Origin, Cited string
	Snapshot      string // id of the first snapshot that has it
}

// Schema is the JSON Schema (2020-12) of the JSON form of an Event.
//
//go:embed schema.json
var Schema []byte

// form is the JSON form of an Event.
type form struct {
	ID         string            `json:"id"`
	Kind       Kind              `json:"kind"`
	Place      string            `json:"place,omitempty"`
	Dataset    string            `json:"dataset"`
	Key        string            `json:"key"`
	Column     string            `json:"column"`
	Treaty     string            `json:"treaty,omitempty"`
	Network    string            `json:"network,omitempty"`
	Old        map[string]string `json:"old"`
	New        map[string]string `json:"new"`
	How        string            `json:"how,omitempty"`
	Correction bool              `json:"correction,omitempty"`
	On         string            `json:"on,omitempty"` // a day
	Seen       time.Time         `json:"seen"`
	Source     string            `json:"source"`
	Publisher  string            `json:"publisher,omitempty"`
	Capture    string            `json:"capture,omitempty"`
	Locator    string            `json:"locator,omitempty"`
	Quote      string            `json:"quote,omitempty"`
	Address    string            `json:"address,omitempty"`
	Origin     string            `json:"origin,omitempty"`
	Cited      string            `json:"cited,omitempty"`
	Snapshot   string            `json:"snapshot"`
}

// MarshalJSON writes the form that Schema describes.
func (e Event) MarshalJSON() ([]byte, error) {
	f := form{
		ID: e.ID, Kind: e.Kind, Place: e.Place, Dataset: e.Dataset, Key: e.Key, Column: e.Column, Treaty: e.Treaty, Network: e.Network,
		Old: e.Old, New: e.New, How: e.How, Correction: e.Correction, Seen: e.Seen.UTC(), Source: e.Source, Publisher: e.Publisher,
		Capture: e.Capture, Locator: e.Locator, Quote: e.Quote, Address: e.Address, Origin: e.Origin, Cited: e.Cited, Snapshot: e.Snapshot,
	}
	if f.Old == nil {
		f.Old = map[string]string{}
	}
	if f.New == nil {
		f.New = map[string]string{}
	}
	if !e.On.IsZero() {
		f.On = e.On.UTC().Format(time.DateOnly)
	}
	return json.Marshal(f)
}

// UnmarshalJSON reads what MarshalJSON wrote. It fails on a kind that this version does
// not know and on a day that is none.
func (e *Event) UnmarshalJSON(data []byte) error {
	var f form
	if err := json.Unmarshal(data, &f); err != nil {
		return fmt.Errorf("read an event: %w", err)
	}
	if !slices.Contains(Kinds, f.Kind) {
		return fmt.Errorf("read event %s: there is no kind %q", f.ID, f.Kind)
	}
	*e = Event{
		ID: f.ID, Kind: f.Kind, Place: f.Place, Dataset: f.Dataset, Key: f.Key, Column: f.Column, Treaty: f.Treaty, Network: f.Network,
		Old: f.Old, New: f.New, How: f.How, Correction: f.Correction, Seen: f.Seen, Source: f.Source, Publisher: f.Publisher,
		Capture: f.Capture, Locator: f.Locator, Quote: f.Quote, Address: f.Address, Origin: f.Origin, Cited: f.Cited, Snapshot: f.Snapshot,
	}
	if f.On != "" {
		day, err := time.Parse(time.DateOnly, f.On)
		if err != nil {
			return fmt.Errorf("read event %s: on %q is not a day like 2021-04-28", f.ID, f.On)
		}
		e.On = day
	}
	return nil
}
