package subscription

import (
	"fmt"
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	_ "time/tzdata" // the same zones on every machine

	"gopkg.in/yaml.v3"

	"baseline/pipeline/alerts/event"
	"baseline/schemas"
	"baseline/schemas/places"
)

// Networks are the networks whose memberships are followed.
var Networks = []string{"barnahus", "chi", "coe", "enoc", "inhope", "insafe", "iwf-portals", "weprotect"}

// Groups are the groups of states by their names here, with those of the registry.
var Groups = map[string]string{"coe": "coe46", "coe-2021": "coe47", "eu": "eu27", "focus": "focus"}

// Languages are those of messages.
var Languages = []string{"en", "fr"}

// Load reads the bytes of a file of subscriptions. Its error joins one *Fault for each
// thing that is wrong, in the order of the file. Where anything is wrong there is no book:
// whoever thinks that a message will come must not wait in vain. Faults never repeat what
// may be a secret.
func Load(data []byte, file string) (*Book, error) {
	l := &loader{reader: &reader{file: file}, book: &Book{Channels: map[string]Channel{}, Burst: Burst}}
	if root := l.document(data); root != nil {
		l.all(root)
	}
	if err := l.err(); err != nil {
		return nil, err
	}
	l.book.index = newIndex(l.book.Subscriptions)
	return l.book, nil
}

type loader struct {
	*reader
	book   *Book
	zone   *time.Location // of the file
	named  []string       // channels, also those with faults
	inFile map[string]int // lines of subscriptions, by id
}

func (l *loader) all(root *yaml.Node) {
	top := l.fields(root, "the file", "channels", "subscriptions", "stewards", "burst", "timezone")
	if n := top["burst"]; n != nil {
		l.book.Burst = l.number(n, "burst", 1, 1_000_000, Burst)
	}
	if n := top["timezone"]; n != nil {
		l.zone = l.timezone(n)
	}
	if n := top["channels"]; n != nil {
		for _, e := range l.entries(n, "channels") {
			l.channel(e)
		}
	}
	l.inFile = map[string]int{}
	if n := top["subscriptions"]; n != nil {
		for _, item := range l.items(n, "subscriptions") {
			l.subscription(item)
		}
	}
	switch n := top["stewards"]; {
	case n == nil:
	case n.Kind == yaml.MappingNode:
		l.steward(n)
	default:
		for _, item := range l.items(n, "stewards") {
			l.steward(item)
		}
	}
}

// reserved are the beginnings by which ack and mute know what an id is of.
var reserved = regexp.MustCompile(`^(msg|ev|issue|burst)-`)

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (l *loader) subscription(n *yaml.Node) {
	f := l.fields(n, "a subscription", "id", "name", "channel", "to", "language", "match", "how", "timezone")
	if n.Kind != yaml.MappingNode {
		return
	}
	s := &Subscription{Language: "en", How: How{Rhythm: AtOnce}}
	if id := f["id"]; id == nil {
		l.fault(n, "give it an id of its own, such as id: ireland-budapest", "a subscription has no id")
	} else if text, ok := l.text(id, "id"); ok {
		l.id(s, id, text)
	}
	s.Name = s.ID
	if v := f["name"]; v != nil {
		s.Name, _ = l.text(v, "name")
	}
	s.Channel, s.To = l.receiver(n, f)
	if v := f["language"]; v != nil {
		s.Language = l.word(v, "language", Languages)
	}
	if v := f["match"]; v != nil {
		l.match(&s.Match, v)
	}
	zone := l.zone
	if v := f["timezone"]; v != nil {
		zone = l.timezone(v)
	}
	if v := f["how"]; v != nil {
		s.How = l.how(v)
	} else if f["timezone"] != nil {
		l.fault(f["timezone"], "say when: how: daily 07:00", "a time zone without a time says nothing")
	}
	if s.How.Rhythm != AtOnce {
		s.How.Zone = zone
	}
	l.book.Subscriptions = append(l.book.Subscriptions, s)
}

func (l *loader) id(s *Subscription, n *yaml.Node, text string) {
	switch line, twice := l.inFile[text]; {
	case reserved.MatchString(text):
		l.fault(n, "begin it with another word", "id %q looks like that of a message, an event, an issue or a burst", text)
	case !idForm.MatchString(text) || len(text) > 64:
		l.fault(n, "use lower case letters and digits, with hyphens between them, 64 at most", "id %q cannot be part of an address", text)
	case twice:
		l.fault(n, "give each its own: what was sent is kept under the id", "id %q stands twice, first in line %d", text, line)
	default:
		s.ID, l.inFile[text] = text, n.Line
	}
}

// receiver reads a channel and, where that needs one, an address.
func (l *loader) receiver(n *yaml.Node, f map[string]*yaml.Node) (channel, to string) {
	v := f["channel"]
	if v == nil {
		l.fault(n, "name one of the channels: channel: NAME", "there is no channel to send through")
		return "", ""
	}
	name, ok := l.text(v, "channel")
	if !ok {
		return "", ""
	}
	if !slices.Contains(l.named, name) {
		do := "list it under channels: first"
		if len(l.named) > 0 {
			do = near(name, l.named, "channels")
		}
		if idForm.MatchString(name) && len(name) <= 40 { // anything else may be an address that is a secret
			l.fault(v, do, "there is no channel %q", name)
		} else {
			l.fault(v, do, "there is no such channel")
		}
		return "", ""
	}
	c, sound := l.book.Channels[name]
	address := f["to"]
	switch {
	case !sound: // the channel's own fault is told of
	case c.Kind == "mail" && address == nil:
		l.fault(n, "write to: NAME@HOST", "mail needs an address")
	case c.Kind != "mail" && address != nil:
		l.fault(address, "remove it: the address of this channel stands with the channel", "a channel of kind %s takes no address", c.Kind)
	case address != nil:
		to = l.mail(address, "to")
	}
	return name, to
}

// mail reads a mail address.
func (l *loader) mail(n *yaml.Node, what string) string {
	s, ok := l.text(n, what)
	if !ok {
		return ""
	}
	a, err := mail.ParseAddress(s)
	if err != nil || !strings.Contains(a.Address, "@") {
		l.fault(n, "write one as name@example.org, or \"A Name <name@example.org>\"; for several people, several subscriptions", "%s is no mail address", what)
		return ""
	}
	return s
}

func (l *loader) steward(n *yaml.Node) {
	f := l.fields(n, "a steward", "channel", "to", "language", "after")
	if n.Kind != yaml.MappingNode {
		return
	}
	s := Steward{Language: "en", After: 3}
	s.Channel, s.To = l.receiver(n, f)
	if v := f["language"]; v != nil {
		s.Language = l.word(v, "language", Languages)
	}
	if v := f["after"]; v != nil {
		s.After = l.number(v, "after", 1, 1000, s.After)
	}
	l.book.Stewards = append(l.book.Stewards, s)
}

// sets are the datasets that give events.
func sets() (names []string) {
	for _, m := range event.All {
		if !slices.Contains(names, m.Dataset) {
			names = append(names, m.Dataset)
		}
	}
	return names
}

func (l *loader) match(m *Match, n *yaml.Node) {
	if empty(n) {
		l.fault(n, "fill it in, or remove the line to be told of all", "match is empty")
		return
	}
	before := len(l.faults)
	f := l.fields(n, "match", "datasets", "treaties", "networks", "states", "groups", "kinds")
	if v := f["datasets"]; v != nil {
		m.Datasets = l.each(v, "datasets", func(item *yaml.Node, s string) string {
			switch {
			case slices.Contains(sets(), s):
				return s
			case schemas.Named(s) != nil:
				l.fault(item, "take one of "+strings.Join(sets(), ", "), "dataset %q gives no events", s)
			default:
				l.fault(item, near(s, sets(), "datasets"), "datasets: there is no %q", s)
			}
			return ""
		})
	}
	if v := f["treaties"]; v != nil {
		m.Treaties = l.words(v, "treaties", schemas.TreatyCodes)
	}
	if v := f["networks"]; v != nil {
		m.Networks = l.words(v, "networks", Networks)
	}
	if v := f["kinds"]; v != nil {
		for _, k := range l.words(v, "kinds", words(event.Kinds)) {
			m.Kinds = append(m.Kinds, event.Kind(k))
		}
	}
	l.places(m, f["states"], f["groups"])
	if len(l.faults) == before {
		l.possible(m, n)
	}
}

// places reads the states and groups, and what both leave together.
func (l *loader) places(m *Match, states, groups *yaml.Node) {
	if groups != nil {
		m.Groups = l.words(groups, "groups", slices.Sorted(maps.Keys(Groups)))
		m.places = map[string]bool{}
		for _, g := range m.Groups {
			for _, code := range places.Default().Group(Groups[g]) {
				m.places[code] = true
			}
		}
	}
	if states == nil {
		return
	}
	var outside []string
	m.States = l.each(states, "states", func(item *yaml.Node, s string) string {
		code := l.state(item, s)
		if code != "" && len(m.Groups) > 0 && !m.places[code] {
			outside = append(outside, s)
		}
		return code
	})
	if outside != nil {
		l.fault(states, "states and groups must both agree; give these states a subscription of their own", "no event can match for %s, which no listed group has", strings.Join(outside, ", "))
	}
	m.places = map[string]bool{}
	for _, code := range m.States {
		m.places[code] = true
	}
}

// state reads a code or any published name.
func (l *loader) state(n *yaml.Node, s string) string {
	reg := places.Default()
	p, ok := reg.Place(strings.ToUpper(strings.TrimSpace(s)))
	if !ok {
		p, ok = reg.Lookup(s)
	}
	if ok && (p.Kind == "state" || p.Kind == "territory" || p.Kind == "organisation") {
		return p.Code // the European Union is a party to treaties too
	}
	if why, not := reg.NotState(s); not {
		l.fault(n, "for all members of the Council of Europe or the European Union, write groups: [coe] or groups: [eu]", "%q is no state: %s", s, why)
		return ""
	}
	var names []string
	for _, near := range reg.Suggest(s, 3) {
		names = append(names, fmt.Sprintf("%s (%s)", near.Place.Name, near.Place.Code))
	}
	l.fault(n, "did you mean "+strings.Join(names, ", ")+"?", "there is no state %q", s)
	return ""
}

// possible finds a match that no event can ever be, as a whole or for one of its kinds.
func (l *loader) possible(m *Match, n *yaml.Node) {
	can := func(kinds ...event.Kind) bool {
		return slices.ContainsFunc(event.All, func(made event.Made) bool {
			return (len(m.Datasets) == 0 || slices.Contains(m.Datasets, made.Dataset)) &&
				(len(m.Treaties) == 0 || made.Treaty) && (len(m.Networks) == 0 || made.Network) && (m.places == nil || made.Place) &&
				(len(kinds) == 0 || slices.ContainsFunc(made.Kinds, func(k event.Kind) bool { return slices.Contains(kinds, k) }))
		})
	}
	if !can(m.Kinds...) {
		l.fault(n, "all fields must agree on one event; make a subscription for each, or remove a field", "no event can match all of this")
		return
	}
	for _, k := range m.Kinds {
		if !can(k) {
			l.fault(n, "give it a subscription of its own, without what it is not about, or remove it", "no event of kind %s can match all of this", k)
		}
	}
}

var timeForm = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

// how reads a rhythm.
func (l *loader) how(n *yaml.Node) How {
	none := How{Rhythm: AtOnce}
	const forms = "write at-once, daily 07:00, or weekly mon 07:00"
	s, ok := l.text(n, "how")
	if !ok {
		return none
	}
	w := strings.Fields(s)
	switch {
	case !slices.Contains([]string{AtOnce, Daily, Weekly}, w[0]):
		l.fault(n, near(w[0], []string{AtOnce, Daily, Weekly}, "rhythms")+" "+forms, "how: there is no rhythm %q", w[0])
		return none
	case len(w) != map[string]int{AtOnce: 1, Daily: 2, Weekly: 3}[w[0]]:
		l.fault(n, forms, "how: %q is not how it is written", s)
		return none
	case w[0] == AtOnce:
		return none
	}
	h := How{Rhythm: w[0], Time: w[len(w)-1]}
	if w[0] == Weekly {
		day := slices.Index(days, w[1])
		if day < 0 {
			l.fault(n, near(w[1], days, "days"), "how: there is no day %q", w[1])
			return none
		}
		h.Day = time.Weekday(day)
	}
	if !timeForm.MatchString(h.Time) {
		l.fault(n, "write the hour from 00 to 23 and the minutes, such as 07:00", "how: %q is no time", h.Time)
		return none
	}
	return h
}

// zones are those of the states that people here write from, for hints.
var zones = []string{
	"UTC", "Europe/Amsterdam", "Europe/Andorra", "Europe/Athens", "Europe/Belgrade", "Europe/Berlin", "Europe/Bratislava", "Europe/Brussels", "Europe/Bucharest",
	"Europe/Budapest", "Europe/Chisinau", "Europe/Copenhagen", "Europe/Dublin", "Europe/Helsinki", "Europe/Istanbul", "Europe/Kyiv", "Europe/Lisbon", "Europe/Ljubljana",
	"Europe/London", "Europe/Luxembourg", "Europe/Madrid", "Europe/Malta", "Europe/Monaco", "Europe/Oslo", "Europe/Paris", "Europe/Podgorica", "Europe/Prague", "Europe/Riga",
	"Europe/Rome", "Europe/San_Marino", "Europe/Sarajevo", "Europe/Skopje", "Europe/Sofia", "Europe/Stockholm", "Europe/Tallinn", "Europe/Tirane", "Europe/Vaduz",
	"Europe/Vienna", "Europe/Vilnius", "Europe/Warsaw", "Europe/Zagreb", "Europe/Zurich", "Asia/Nicosia", "Asia/Tbilisi", "Asia/Baku", "Asia/Yerevan", "Atlantic/Reykjavik",
}

// sameClock are cities that have no zone of their own.
var sameClock = map[string]string{"strasbourg": "Europe/Paris", "geneva": "Europe/Zurich", "the_hague": "Europe/Amsterdam", "barcelona": "Europe/Madrid", "munich": "Europe/Berlin"}

func (l *loader) timezone(n *yaml.Node) *time.Location {
	s, ok := l.text(n, "timezone")
	if !ok {
		return nil
	}
	zone, err := time.LoadLocation(s)
	if err == nil && s != "Local" {
		return zone
	}
	do := near(s, zones, "") // hints with no near one list too many
	city := strings.ToLower(strings.ReplaceAll(s[strings.LastIndex(s, "/")+1:], " ", "_"))
	switch {
	case sameClock[city] != "":
		do = fmt.Sprintf("%s has the clocks of %q", s[strings.LastIndex(s, "/")+1:], sameClock[city])
	case !strings.HasPrefix(do, "did"):
		do = "write a name of the IANA list, such as Europe/Paris, or UTC"
	}
	l.fault(n, do, "there is no time zone %q", s)
	return nil
}
