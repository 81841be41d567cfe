package subscription_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"baseline/pipeline/alerts/subscription"
)

var faultForm = regexp.MustCompile(`^s\.yaml(:[1-9][0-9]*:[1-9][0-9]*|: near line [1-9][0-9]*): `)

// Whatever stands in the file, Load gives a book or places in it, and never breaks.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(channels + "- &a {id: a, channel: log, match: {states: [*a]}}\n"))
	f.Add([]byte("a: &a [*a]\n<<: *a\n? [x]: y\n"))
	f.Add([]byte("channels: {log: !!binary x}\nsubscriptions: [~, {}, [], {id: {}}]\nburst: 1e9"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := subscription.Load(data, "s.yaml")
		if (b == nil) == (err == nil) {
			t.Fatalf("book %v, error %v", b, err)
		}
		if err != nil {
			if first, _, _ := strings.Cut(fmt.Sprint(err), "\n"); !faultForm.MatchString(first) {
				t.Errorf("no place in %q", first)
			}
		}
	})
}
