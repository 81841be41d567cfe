package subscription_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/subscription"
	"baseline/schemas"
	"baseline/schemas/places"
)

func TestFor(t *testing.T) {
	b := load(t, good+`
`)
	for _, c := range []struct {
		e    event.Event
		want string
	}{
		{event.Event{Kind: event.Party, Place: "IRL", Dataset: "treaty_status", Treaty: "ETS185"}, "ireland-budapest all"},
		{event.Event{Kind: event.Denounced, Place: "IRL", Dataset: "treaty_status", Treaty: "ETS185"}, "all"},
		{event.Event{Kind: event.Party, Place: "IRL", Dataset: "treaty_status", Treaty: "ETS189"}, "all"},
		{event.Event{Kind: event.Party, Place: "FRA", Dataset: "treaty_status", Treaty: "ETS185"}, "all"},
		{event.Event{Kind: event.InForce, Dataset: "treaties", Treaty: "ETS185"}, "all"},
		{event.Event{Kind: event.Joined, Place: "IRL", Dataset: "memberships", Network: "enoc"}, "networks all"},
		{event.Event{Kind: event.Joined, Place: "ALB", Dataset: "memberships", Network: "enoc"}, "networks all"}, // of focus
		{event.Event{Kind: event.Joined, Place: "NOR", Dataset: "memberships", Network: "enoc"}, "all"},
		{event.Event{Kind: event.Joined, Place: "IRL", Dataset: "memberships", Network: "inhope"}, "all"},
		{event.Event{Kind: event.ReportYear, Dataset: "cybertip_reports"}, "all"},
	} {
		var got []string
		for _, s := range b.For(c.e) {
			got = append(got, s.ID)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %q, want %s", c.e, got, c.want)
		}
	}
}

// many makes a file of n subscriptions, of every sort.
func many(n int) string {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	coe := places.Default().Group("coe47")
	some := func(all []string, most int) string {
		var list []string
		for _, i := range r.Perm(len(all))[:1+r.IntN(most)] {
			list = append(list, all[i])
		}
		return "[" + strings.Join(list, ", ") + "]"
	}
	var b strings.Builder
	b.WriteString("channels: {log: {kind: file, path: p}}\nsubscriptions:\n")
	for i := range n {
		var match []string
		switch r.IntN(4) {
		case 0:
			match = append(match, "treaties: "+some(schemas.TreatyCodes, 2), "states: "+some(coe, 3))
		case 1:
			match = append(match, "networks: "+some(subscription.Networks, 3), "groups: "+some([]string{"coe", "eu", "focus"}, 1))
		case 2:
			match = append(match, "states: "+some(coe, 6))
		case 3:
			match = append(match, "datasets: [treaty_status]", "kinds: "+some([]string{"signed", "party", "in-force", "denounced"}, 2), "states: "+some(coe, 2))
		}
		if r.IntN(200) == 0 {
			match = nil
		}
		fmt.Fprintf(&b, "- {id: s-%d, channel: log, match: {%s}}\n", i, strings.Join(match, ", "))
	}
	return strings.ReplaceAll(b.String(), ", match: {}", "")
}

func happenings(n int) (events []event.Event) {
	r := rand.New(rand.NewPCG(2, uint64(n)))
	codes := places.Default().Places()
	for range n {
		m := event.All[r.IntN(len(event.All))]
		e := event.Event{Dataset: m.Dataset, Kind: m.Kinds[r.IntN(len(m.Kinds))]}
		if m.Place {
			e.Place = codes[r.IntN(len(codes))].Code
			if r.IntN(2) == 0 {
				e.Place = places.Default().Group("coe47")[r.IntN(47)]
			}
		}
		if m.Treaty {
			e.Treaty = schemas.TreatyCodes[r.IntN(6)]
		}
		if m.Network {
			e.Network = subscription.Networks[r.IntN(8)]
		}
		events = append(events, e)
	}
	return events
}

// naive asks every subscription.
func naive(b *subscription.Book, e event.Event) (found []*subscription.Subscription) {
	for _, s := range b.Subscriptions {
		if s.Match.Matches(e) {
			found = append(found, s)
		}
	}
	return found
}

func TestIndexFindsWhatAskingEveryoneFinds(t *testing.T) {
	for _, n := range []int{0, 1, 63, 64, 65, 1000} {
		text := many(n)
		if n == 0 {
			text = "subscriptions: []"
		}
		b, found := load(t, text), 0
		for _, e := range happenings(500) {
			got, want := b.For(e), naive(b, e)
			if !slices.Equal(got, want) {
				t.Fatalf("%d subscriptions, %+v: %d found, want %d", n, e, len(got), len(want))
			}
			found += len(got)
		}
		if n == 1000 && found < 5000 {
			t.Errorf("%d matches only", found)
		}
	}
}

// 10,000 subscriptions and 300 events are matched in less than 100 ms, and the index is
// small.
func TestSpeed(t *testing.T) {
	b := load(t, many(10_000))
	events := happenings(300)
	best := time.Hour
	for range 5 { // the machine may be busy with something else
		start := time.Now()
		for _, e := range events {
			b.For(e)
		}
		best = min(best, time.Since(start))
	}
	if best > 100*time.Millisecond {
		t.Errorf("300 events took %s", best)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for _, e := range events {
		b.For(e)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 20<<20 {
		t.Errorf("300 events took %d bytes of memory", used)
	}
}

func BenchmarkFor(b *testing.B) {
	book, err := subscription.Load([]byte(many(10_000)), "s.yaml")
	if err != nil {
		b.Fatal(err)
	}
	events := happenings(300)
	for name, match := range map[string]func(*subscription.Book, event.Event) []*subscription.Subscription{"index": (*subscription.Book).For, "naive": naive} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, e := range events {
					match(book, e)
				}
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	text := []byte(many(10_000))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := subscription.Load(text, "s.yaml"); err != nil {
			b.Fatal(err)
		}
	}
}
