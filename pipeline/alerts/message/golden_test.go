package message_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"baseline/pipeline/alerts/channel"
	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
)

var update = flag.Bool("update", false, "write the golden files anew; then read each of them, aloud")

func render(t *testing.T, m outbox.Message, language string) channel.Rendered {
	t.Helper()
	r, err := message.Render(m, message.Reader{Language: language, Subscription: m.Subscription, Name: "Ireland & “friends”", Stop: message.Stop("https://example.org/stop?s={subscription}", m.Subscription)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Each kind of message reads, in both languages, as somebody has read and approved it.
func TestGolden(t *testing.T) {
	known := map[string]bool{}
	for _, one := range examples() {
		for _, language := range []string{"en", "fr"} {
			r := render(t, one.message, language)
			name := filepath.Join("testdata", one.name+"."+language+".txt")
			known[name] = true
			got := "Subject: " + r.Subject + "\n\n" + r.Text
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs: -update writes it anew\n--- is\n%s\n--- should be\n%s", name, got, want)
			}
		}
	}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if !known[name] {
			t.Errorf("%s belongs to no message", name)
		}
	}
}

var leftover = regexp.MustCompile(`[{}\[\]|]|%!|%[a-z]|<no value>|:\s*[,)]|;\s*;|\(\)| ,|  \S`)

// Every kind of event has its words in both languages, for every treaty, network, value and
// day that there is: nothing is left of a field that is empty, no line is too long, and no
// subject is cut off by a mail reader.
func TestNothingIsLeftOver(t *testing.T) {
	for _, language := range []string{"en", "fr"} {
		for _, e := range variants() {
			r := render(t, about(e), language)
			what := language + ", " + string(e.Kind) + ", " + e.Treaty + e.Network
			if leftover.MatchString(r.Subject) || strings.HasSuffix(strings.TrimSpace(r.Subject), ":") || strings.HasSuffix(r.Subject, ",") || r.Subject == "" {
				t.Errorf("%s: subject %q", what, r.Subject)
			}
			if n := len([]rune(r.Subject)); n > 105 {
				t.Errorf("%s: a subject of %d characters: %s", what, n, r.Subject)
			}
			for _, line := range strings.Split(r.Text, "\n") {
				body := strings.TrimPrefix(strings.TrimPrefix(line, "  "), "  ")
				if leftover.MatchString(body) && !strings.Contains(line, "://") {
					t.Errorf("%s: %q in\n%s", what, line, r.Text)
				}
				if len([]rune(line)) > 79 && !strings.Contains(line, "://") {
					t.Errorf("%s: a line of %d characters: %s", what, len([]rune(line)), line)
				}
			}
			for _, label := range map[string][]string{"en": {"What happened:", "What it means:", "Where it says so:", "Reference:"}, "fr": {"Ce qui s’est passé\u00a0:", "Ce que cela signifie\u00a0:", "Source\u00a0:", "Référence\u00a0:"}}[language] {
				if !strings.Contains(r.Text, "\n  "+label) {
					t.Errorf("%s: it does not say %q:\n%s", what, label, r.Text)
				}
			}
		}
	}
}

// variants are the events of the golden files with every treaty or network, and without what
// sources leave out.
func variants() (list []event.Event) {
	for _, one := range told {
		e := one.event
		list = append(list, e)
		for _, code := range []string{"CRC", "OPSC", "CETS201", "ETS185", "ETS189", "CETS224"} {
			if e.Treaty != "" {
				list = append(list, like(e, func(e *event.Event) { e.Treaty = code }))
			}
		}
		for _, id := range []string{"barnahus", "chi", "coe", "enoc", "inhope", "insafe", "iwf-portals", "weprotect"} {
			if e.Network != "" {
				list = append(list, like(e, func(e *event.Event) { e.Network = id }))
			}
		}
		if !e.Correction {
			list = append(list, like(e, func(e *event.Event) { e.On = day(2027, 12, 1) }), like(e, func(e *event.Event) { e.Old = nil }))
			if e.Kind != event.ReportYear && e.Kind != event.SIDUpdated {
				bare := cells{"class": e.New["class"], "status": e.New["status"]}
				list = append(list, like(e, func(e *event.Event) { e.Quote, e.New = "", bare }))
			}
		}
	}
	return list
}
