package source

import (
	"bytes"
	"fmt"
	"time"

	"gopkg.in/yaml.v3"
)

// About is what a source.yaml says. It holds whatever a steward may need to change
// without reading Go.
type About struct {
	ID        string    `yaml:"id"`
	Title     string    `yaml:"title"`
	Publisher string    `yaml:"publisher"`
	Homepage  string    `yaml:"homepage"`
	Licence   string    `yaml:"licence"`
	Terms     string    `yaml:"terms"`
	Schedule  string    `yaml:"schedule"`     // cron line, UTC
	Budget    int       `yaml:"budget_days"`  // how old a capture may be, in days
	Confirm   int       `yaml:"confirm_days"` // days after which a second capture confirms that a row has gone; 0: 7 days
	Frozen    bool      `yaml:"frozen"`       // the publisher will not change it: it never grows too old
	Edition   string    `yaml:"edition"`      // set for the record of an edition: read into that edition only
	Datasets  []string  `yaml:"datasets"`
	Figures   []string  `yaml:"figures"` // what the report uses it for
	Requests  []Address `yaml:"requests"`
	// Hosts may be asked and redirected to, besides those of the addresses.
	Hosts []string `yaml:"hosts"`
	// Gap is the least time between two requests to a host of this source, in seconds;
	// 0: the client's own.
	Gap     int      `yaml:"gap_seconds"`
	Bounds  []Bound  `yaml:"bounds"`
	Caveats []Caveat `yaml:"caveats"`
	Listing *Listing `yaml:"listing"` // set where the source is read by sources/read/listing
}

// Listing says how a list of members is read: which words mean what, and how sure the
// reader must be before its rows may pass.
type Listing struct {
	Network string        `yaml:"network"` // value of memberships.network
	Class   string        `yaml:"class"`   // class of an entry that the page gives no class; empty: such an entry is not understood
	Classes []ListedClass `yaml:"classes"`
	Under   []string      `yaml:"under"` // words of headings that the list stands under, if it needs one
	Not     []string      `yaml:"not"`   // words of headings over lists of something else
	Must    []string      `yaml:"must"`  // words of which one at least is on every right page, in any case of letters
	// MinUnderstood is the share of the list's texts, from 0 to 1, below which its rows
	// are held.
	MinUnderstood float64 `yaml:"min_understood"`
	// MinStates and MaxStates bound the number of different states. Outside them the rows
	// are held.
	MinStates int `yaml:"min_states"`
	MaxStates int `yaml:"max_states"`
	// Complete says that the publisher's page means to list every member. Then a page that
	// was read whole, within all bounds, makes a state that it leaves out no member.
	Complete bool `yaml:"complete"`
}

// ListedClass is a class of members and the words that stand for it on the page.
type ListedClass struct {
	Class string   `yaml:"class"` // one of schemas.MembershipClasses
	Words []string `yaml:"words"`
}

// Address is one request with its candidate addresses. Its fields are those of Request.
type Address struct {
	ID        string            `yaml:"id"`
	Addresses []string          `yaml:"addresses"`
	Media     string            `yaml:"media"`
	Method    string            `yaml:"method"`
	Body      string            `yaml:"body"`
	Header    map[string]string `yaml:"header"`
	After     string            `yaml:"after"`
	Needs     bool              `yaml:"needs"`
	Leads     bool              `yaml:"leads"`
	Private   bool              `yaml:"private"`
	Language  string            `yaml:"language"`
}

// Bound limits the number of rows in each part of a dataset. A violated bound is a
// question to the steward, not a number to move. Outside MinRows and MaxRows the rows are
// held; outside UsualMin and UsualMax they pass with a question.
type Bound struct {
	Dataset  string `yaml:"dataset"`
	MinRows  int    `yaml:"min_rows"`
	MaxRows  int    `yaml:"max_rows"`
	UsualMin int    `yaml:"usual_min"`
	UsualMax int    `yaml:"usual_max"`
	// MaxWithdrawn is the share of a part's last good rows, from 0 to 1, of which a newer
	// list may lack more without being held; 0 means 0.2.
	MaxWithdrawn float64 `yaml:"max_withdrawn"`
}

// Caveat is a sentence that must travel with the data.
type Caveat struct {
	Dataset string `yaml:"dataset"`
	Text    string `yaml:"text"`
}

// ReadAbout reads a source.yaml. An unknown field is an error, so that a misspelt
// one cannot be overlooked.
func ReadAbout(data []byte) (About, error) {
	var a About
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&a); err != nil {
		return About{}, fmt.Errorf("read source.yaml: %w", err)
	}
	for _, need := range []struct{ field, value string }{
		{"id", a.ID}, {"title", a.Title}, {"publisher", a.Publisher}, {"homepage", a.Homepage}, {"schedule", a.Schedule},
	} {
		if need.value == "" {
			return About{}, fmt.Errorf("read source.yaml: field %s is missing", need.field)
		}
	}
	if a.Budget <= 0 && !a.Frozen {
		return About{}, fmt.Errorf("read source.yaml of %s: budget_days must be above 0", a.ID)
	}
	if a.Confirm < 0 {
		return About{}, fmt.Errorf("read source.yaml of %s: confirm_days must not be below 0", a.ID)
	}
	return a, nil
}

// MustAbout is ReadAbout for files that are compiled into the program, where a
// mistake must stop the first test that runs.
func MustAbout(data []byte) About {
	a, err := ReadAbout(data)
	if err != nil {
		panic(err)
	}
	return a
}

// Ask returns the requests that the yaml lists, in its order.
func (a About) Ask() []Request {
	asks := make([]Request, len(a.Requests))
	for i, r := range a.Requests {
		asks[i] = Request{
			ID: r.ID, Addresses: r.Addresses, Media: r.Media, Method: r.Method, Body: r.Body, Header: r.Header,
			After: r.After, Needs: r.Needs, Leads: r.Leads, Private: r.Private, Language: r.Language,
		}
	}
	return asks
}

// Age returns the age budget as a duration; 0 for a frozen source.
func (a About) Age() time.Duration { return time.Duration(a.Budget) * 24 * time.Hour }

// ConfirmAfter is how much later a second capture must be to confirm that a row has
// gone: a list that was cut off or half updated for a day withdraws nothing.
func (a About) ConfirmAfter() time.Duration {
	if a.Confirm == 0 {
		return 7 * 24 * time.Hour
	}
	return time.Duration(a.Confirm) * 24 * time.Hour
}

// MaxWithdrawn is the share of the last good rows of a part of the dataset that may be
// gone at once.
func (a About) MaxWithdrawn(dataset string) float64 {
	if b, ok := a.Bound(dataset); ok && b.MaxWithdrawn > 0 {
		return b.MaxWithdrawn
	}
	return 0.2
}

// Bound returns the bound on parts of the dataset, if the yaml sets one.
func (a About) Bound(dataset string) (Bound, bool) {
	for _, b := range a.Bounds {
		if b.Dataset == dataset {
			return b, true
		}
	}
	return Bound{}, false
}
