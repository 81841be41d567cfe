package subscription

import (
	"math/bits"
	"slices"

	"baseline/pipeline/alerts/event"
)

// Matches reports whether the event is meant.
func (m *Match) Matches(e event.Event) bool {
	in := func(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }
	return in(m.Datasets, e.Dataset) && in(m.Treaties, e.Treaty) && in(m.Networks, e.Network) &&
		(len(m.Kinds) == 0 || slices.Contains(m.Kinds, e.Kind)) && (m.places == nil || m.places[e.Place])
}

// set is a set of subscriptions, one bit each.
type set []uint64

func (s set) add(n int) { s[n/64] |= 1 << (n % 64) }

// dimension is one thing that subscriptions ask of events.
type dimension struct {
	any   set            // who does not ask
	value map[string]set // who asks for this value
}

// index answers which subscriptions match: an intersection of one set for each dimension.
// It takes one bit for each subscription and each value that anybody asks for.
type index struct {
	words      int
	dimensions []dimension
}

// aspects are the dimensions: what a match asks for, and what an event has. nil asks for
// nothing.
var aspects = []struct {
	asks func(*Match) []string
	has  func(event.Event) string
}{
	{func(m *Match) []string { return m.Datasets }, func(e event.Event) string { return e.Dataset }},
	{func(m *Match) []string { return m.Treaties }, func(e event.Event) string { return e.Treaty }},
	{func(m *Match) []string { return m.Networks }, func(e event.Event) string { return e.Network }},
	{func(m *Match) []string { return words(m.Kinds) }, func(e event.Event) string { return string(e.Kind) }},
	{func(m *Match) []string {
		var codes []string
		for code := range m.places {
			codes = append(codes, code)
		}
		return codes
	}, func(e event.Event) string { return e.Place }},
}

func words(kinds []event.Kind) (list []string) {
	for _, k := range kinds {
		list = append(list, string(k))
	}
	return list
}

func newIndex(subs []*Subscription) index {
	x := index{words: (len(subs) + 63) / 64}
	for _, a := range aspects {
		d := dimension{any: make(set, x.words), value: map[string]set{}}
		for n, s := range subs {
			asked := a.asks(&s.Match)
			if len(asked) == 0 {
				d.any.add(n)
			}
			for _, value := range asked {
				if d.value[value] == nil {
					d.value[value] = make(set, x.words)
				}
				d.value[value].add(n)
			}
		}
		x.dimensions = append(x.dimensions, d)
	}
	return x
}

// For returns the subscriptions that the event matches, in the file's order.
func (b *Book) For(e event.Event) []*Subscription {
	left := make(set, b.index.words)
	for i, d := range b.index.dimensions {
		with := d.value[aspects[i].has(e)]
		for w := range left {
			asked := d.any[w]
			if with != nil {
				asked |= with[w]
			}
			if i == 0 {
				left[w] = asked
			} else {
				left[w] &= asked
			}
		}
	}
	n := 0
	for _, word := range left {
		n += bits.OnesCount64(word)
	}
	if n == 0 {
		return nil
	}
	found := make([]*Subscription, 0, n)
	for w, word := range left {
		for ; word != 0; word &= word - 1 {
			found = append(found, b.Subscriptions[w*64+bits.TrailingZeros64(word)])
		}
	}
	return found
}
