package subscription_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/subscription"
	"baseline/sources"
)

const good = `# who wants to know what
burst: 40
timezone: Europe/Paris
channels:
  post: {kind: mail, host: smtp.example.org, user: baseline, from: "Baseline <baseline@example.org>", secret: env:SMTP_PASSWORD, unsubscribe: "mailto:stop@example.org?subject=stop"}
  post-tls:
    kind: mail
    host: smtp.example.org
    tls: tls
    from: baseline@example.org
  hook: {kind: webhook, url: "https://example.org/hook", secret: file:hook.key}
  room: {kind: chat, secret: env:ROOM}
  log: {kind: file, path: alerts.txt}
  screen: {kind: stdout}
subscriptions:
  - id: ireland-budapest
    name: Ireland and the Budapest Convention
    channel: post
    to: officer@example.org
    match: {treaties: [ETS185], states: [Ireland, "SWE", Türkiye], kinds: [signed, party, in-force]}
  - id: networks
    channel: hook
    language: fr
    match: {networks: enoc, groups: [eu, focus]}
    how: daily 07:00
  - id: all
    channel: log
    how: weekly mon 18:30
    timezone: UTC
stewards:
  - {channel: post-tls, to: steward@example.org, language: fr, after: 5}
  - {channel: screen}
`

func load(t *testing.T, text string) *subscription.Book {
	t.Helper()
	b, err := subscription.Load([]byte(text), "folder/subscriptions.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLoad(t *testing.T) {
	b := load(t, good)
	var got []string
	for _, s := range b.Subscriptions {
		zone := ""
		if s.How.Zone != nil {
			zone = " " + s.How.Zone.String()
		}
		got = append(got, fmt.Sprintf("%s %q %s %s %s %s%s %v", s.ID, s.Name, s.Channel, s.To, s.Language, s.How, zone, s.Match.States))
	}
	want := []string{
		`ireland-budapest "Ireland and the Budapest Convention" post officer@example.org en at-once [IRL SWE TUR]`,
		`networks "networks" hook  fr daily 07:00 Europe/Paris []`,
		`all "all" log  en weekly mon 18:30 UTC []`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if b.Burst != 40 || len(b.Stewards) != 2 || b.Stewards[0] != (subscription.Steward{Channel: "post-tls", To: "steward@example.org", Language: "fr", After: 5}) || b.Stewards[1].After != 3 {
		t.Errorf("burst %d, stewards %+v", b.Burst, b.Stewards)
	}
	if c := b.Channels["post"]; c.Kind != "mail" || c.Fields["port"] != "587" || c.Fields["tls"] != "starttls" || c.Secret.String() != "env:SMTP_PASSWORD" {
		t.Errorf("channel %+v", c)
	}
	if c := b.Channels["post-tls"]; c.Fields["port"] != "465" || !c.Secret.IsZero() {
		t.Errorf("channel %+v", c)
	}
	if b.Subscription("all") != b.Subscriptions[2] || b.Subscription("none") != nil {
		t.Error("subscriptions are not found by their ids")
	}
	if b := load(t, "subscriptions: []"); b.Burst != subscription.Burst || len(b.Subscriptions) != 0 {
		t.Errorf("an empty list: %+v", b)
	}
	if b := load(t, strings.Replace(good, "stewards:\n  - {channel: post-tls", "stewards:\n  {channel: post-tls", 1)[:strings.Index(good, "  - {channel: screen}")-2]); len(b.Stewards) != 1 {
		t.Errorf("one steward, without a list: %+v", b.Stewards)
	}
}

const channels = "channels: {post: {kind: mail, host: h, from: a@b.org}, log: {kind: file, path: p}}\nsubscriptions:\n"

// What may be a secret in the wrong place stands in no fault; an address that is one may be
// kept elsewhere, and a server on this machine needs no encryption.
func TestSecretsInTheWrongPlace(t *testing.T) {
	for _, text := range []string{
		channels + "- {id: a, channel: hunter2hunter2hunter2hunter2hunter2hunter2hunter2}", channels + "- {id: a, channel: \"slack://hunter2@x\"}",
		channels + "- {id: a, channel: post, to: hunter2}", "channels: {hook: {kind: webhook, url: \"https://a.org/?token=hunter2\", secret: \"env:KEY\"}}",
	} {
		if _, err := subscription.Load([]byte(text), "s.yaml"); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", text, err)
		}
	}
	b := load(t, "channels:\n  hook: {kind: webhook, url: \"env:HOOK_URL\", secret: \"env:KEY\"}\n  relay: {kind: mail, host: localhost, tls: none, from: a@b.org}\nsubscriptions: []")
	if c := b.Channels["hook"]; c.Address.String() != "env:HOOK_URL" || c.Fields["url"] != "" {
		t.Errorf("%+v", c)
	}
	if c := b.Channels["relay"]; c.Fields["tls"] != "none" {
		t.Errorf("%+v", c)
	}
}

// Every fault has its place, says what and what to do. All are told at once.
func TestFaults(t *testing.T) {
	sub := func(fields string) string { return channels + "- {id: a, channel: log, " + fields + "}" }
	for _, c := range []struct{ text, want string }{
		{"", "1:1: the file says nothing; write subscriptions: []"},
		{"# only words\n", "1:1: the file says nothing"},
		{"---\n", "1:1: the file says nothing"},
		{"subscriptions: []\n---\nsubscriptions: []\n", "2:1: a second document begins after the first|3:1: a second document begins"},
		{"subscriptions: [\n", "1:16: [ is not closed"},
		{"a: b: c\n", "s.yaml: near line 1: this is no YAML"},
		{"burst: \xff\n", "1:8: there are bytes that are no text"},
		{"- a\n", "1:1: the file has no fields"},
		{"subscription: []\n", `1:1: the file has no field "subscription"; did you mean "subscriptions"?`},
		{"burst: 3\nburst: 4\n", `2:1: "burst" stands twice, first in line 1; remove one of them`},
		{"burst: many\n", "1:8: burst is no such number; write a whole number from 1 to"},
		{"burst: 0\n", "1:8: burst is no such number"},
		{"subscriptions: {id: a}\n", "1:16: subscriptions is no list"},
		{channels + "- a", "3:3: a subscription has no fields"},
		{channels + "- {channel: log}", "3:3: a subscription has no id; give it"},
		{channels + "- {id: A b, channel: log}", `3:8: id "A b" cannot be part of an address`},
		{channels + "- {id: a, channel: log}\n- {id: a, channel: log}", `4:8: id "a" stands twice, first in line 3`},
		{channels + "- {id: a}", "3:3: there is no channel to send through"},
		{channels + "- {id: a, channel: lgo}", `3:20: there is no channel "lgo"; did you mean "log"?`},
		{"subscriptions: [{id: a, channel: log}]", `1:34: there is no channel "log"; list it under channels`},
		{channels + "- {id: a, channel: post}", "3:3: mail needs an address"},
		{channels + "- {id: a, channel: post, to: officer}", "3:30: to is no mail address"},
		{channels + "- {id: a, channel: post, to: \"a@b.org, c@d.org\"}", "3:30: to is no mail address"},
		{channels + "- {id: a, channel: log, to: a@b.org}", "3:29: a channel of kind file takes no address; remove it"},
		{sub("langauge: fr"), `3:25: a subscription has no field "langauge"; did you mean "language"?`},
		{sub("language: de"), `3:35: language: there is no "de"; words are en, fr|3:35: language: there is no "de"; did you mean "en"`},
		{sub("match: "), "3:32: match is empty|3:31: match is empty|match is empty"},
		{sub("match: {treaty: ETS185}"), `3:33: match has no field "treaty"; did you mean "treaties"?`},
		{sub("match: {treaties: [ETS158]}"), `3:44: treaties: there is no "ETS158"; did you mean "ETS185"?`},
		{sub("match: {treaties: []}"), "3:43: treaties is an empty list"},
		{sub("match: {treaties: [CRC, CRC]}"), `3:49: treaties: "CRC" stands twice`},
		{sub("match: {treaties: [[CRC]]}"), "3:44: treaties holds more than one text"},
		{sub("match: {networks: [enco]}"), `did you mean "enoc"?`},
		{sub("match: {datasets: [membership]}"), `did you mean "memberships"?`},
		{sub("match: {datasets: [justice_access]}"), `dataset "justice_access" gives no events; take one of treaties, treaty_status`},
		{sub("match: {kinds: [ratified]}"), `kinds: there is no "ratified"; kinds are signed, party`},
		{sub("match: {kinds: [denonced]}"), `did you mean "denounced"?`},
		{sub("match: {groups: [EU]}"), `did you mean "eu"?`},
		{sub("match: {states: [Irland]}"), `3:42: there is no state "Irland"; did you mean Ireland (IRL)`},
		{sub("match: {states: [IRL, Ireland]}"), `states: "Ireland" stands twice`},
		{sub("match: {states: [EU]}"), `"EU" is no state: an international organisation; for all members`},
		{sub("match: {states: [TOTAL]}"), `there is no state "TOTAL"`},
		{sub("match: {states: [TUR, SWE], groups: [eu]}"), "no event can match for TUR, which no listed group has"},
		{sub("match: {treaties: [CRC], networks: [enoc]}"), "3:32: no event can match all of this"},
		{sub("match: {states: [SWE], kinds: [report-year]}"), "no event can match all of this"},
		{sub("match: {datasets: [memberships], kinds: [party]}"), "no event can match all of this"},
		{sub("how: dayly 07:00"), `3:30: how: there is no rhythm "dayly"; did you mean "daily"?`},
		{sub("how: daily"), `how: "daily" is not how it is written; write at-once`},
		{sub("how: daily 7:00"), `how: "7:00" is no time`},
		{sub("how: daily 24:00"), `how: "24:00" is no time`},
		{sub("how: weekly 07:00"), `is not how it is written`},
		{sub("how: weekly monday 07:00"), `there is no day "monday"; did you mean "mon"?|days are`},
		{sub("how: daily 07:00, timezone: Europe/Strasbourg"), `there is no time zone "Europe/Strasbourg"; Strasbourg has the clocks of "Europe/Paris"`},
		{sub("how: daily 07:00, timezone: Europe/Berln"), `did you mean "Europe/Berlin"?`},
		{sub("how: daily 07:00, timezone: Local"), `there is no time zone "Local"`},
		{sub("timezone: Europe/Paris"), "a time zone without a time says nothing"},
		{"stewards: {chanel: a}", `1:12: a steward has no field "chanel"; did you mean "channel"?`},
		{channels + "stewards: {channel: log, after: 0}", ""},
		{"channels: {Post: {kind: mail}}", "1:12: a channel cannot have this name"},
		{"channels: {post: {host: h}}", "1:12: channel post has no kind; write kind: chat"},
		{"channels: {post: {kind: mial}}", `1:25: there is no such kind of channel; did you mean "mail"?`},
		{"channels: {post: {kind: mail, from: a@b.org}}", "1:12: channel post has no host; write host: the server"},
		{"channels: {post: {kind: mail, host: h, from: a@b.org, prot: 25}}", `1:55: a channel of kind mail has no field "prot"; did you mean "port"?`},
		{"channels: {post: {kind: mail, host: h, from: a@b.org, port: 99999}}", "port of channel post is not right; write a number"},
		{"channels: {post: {kind: mail, host: h, from: a@b.org, user: u}}", "channel post has no secret"},
		{"channels: {post: {kind: mail, host: h, from: a@b.org, tls: off}}", "write starttls or tls or none"},
		{"channels: {post: {kind: mail, host: h, from: a@b.org, tls: none}}", "1:12: channel post sends without encryption, and its host is not this machine"},
		{"channels: {post: {kind: mail, host: h, from: a@b.org, unsubscribe: \"http://localhost/stop\"}}", "write an address that begins with https:// or mailto:"},
		{"channels: {post: {kind: mail, host: h, from: a@b.org, unsubscribe: \"https://a.org/1, https://a.org/2\"}}", "write one address, without blanks"},
		{"channels: {hook: {kind: webhook, url: \"env:\", secret: \"env:KEY\"}}", "or env:NAME or file:PATH"},
		{channels + "- {id: a, channel: \"https://hooks.example.org/T0/B0/hunter2\"}", "3:20: there is no such channel; channels are post, log"},
		{sub("match: {groups: [coe], kinds: [party, report-year]}"), "no event of kind report-year can match all of this; give it a subscription of its own"},
		{"channels:\n  a:\n    kind: stdout\nsubscriptions:\n\t- id: a\n", "s.yaml:5:1: a tab stands before"},
		{"channels: {a: {kind: stdout}}\nsubscriptions:\n- id: a\n  match: {states: [IRL}}\n", "s.yaml:4:23: } closes what [ in line 4 began"},
		{"channels: {a: {kind: stdout}}\nsubscriptions:\n- id: a\n  match: {states: [IRL\n", "s.yaml:4:19: [ is not closed"},
		{"channels: {a: {kind: stdout}}\nsubscriptions:\n- id: a\n  channel: *post\n", "s.yaml:4:12: what stands after the asterisk names nothing"},
		{"channels: {a: {kind: stdout}}\nsubscriptions:\n- id: \"a\n", "s.yaml: near line"},
		{channels + "- {id: issue-a, channel: log}", `3:8: id "issue-a" looks like that of a message`},
		{"channels: {hook: {kind: webhook, url: 'http://example.org', secret: env:A}}", "write an address that begins with https://"},
		{"channels: {hook: {kind: webhook, url: 'https://example.org'}}", "channel hook has no secret"},
		{"channels: {room: {kind: chat}}", "channel room has no secret"},
		{"channels: {out: {kind: stdout, path: a}}", `a channel of kind stdout has no field "path"; remove it`},
	} {
		_, err := subscription.Load([]byte(c.text), "s.yaml")
		if c.want == "" {
			if err == nil {
				t.Errorf("%q passes", c.text)
			}
			continue
		}
		said := fmt.Sprint(err)
		if err == nil || !slices.ContainsFunc(strings.Split(c.want, "|"), func(w string) bool { return strings.Contains(said, w) }) {
			t.Errorf("%q:\n got %v\nwant %s", c.text, err, c.want)
		}
		for line := range strings.SplitSeq(said, "\n") {
			if !regexp.MustCompile(`^s\.yaml(:[1-9][0-9]*:[1-9][0-9]*|: near line [1-9][0-9]*): [^;]+; .+`).MatchString(line) {
				t.Errorf("%q: not file:line:column: what; what to do: %s", c.text, line)
			}
		}
	}
	// All at once, in the order of the file.
	_, err := subscription.Load([]byte("burst: 0\n"+channels+"- {id: a, channel: lgo, language: de, how: now}\nstewards: {after: x}\n"), "s.yaml")
	var at []string
	for line := range strings.SplitSeq(fmt.Sprint(err), "\n") {
		at = append(at, strings.Join(strings.Split(line, ":")[1:3], ":"))
	}
	if want := []string{"1:8", "4:20", "4:35", "4:44", "5:11", "5:19"}; !slices.Equal(at, want) {
		t.Errorf("faults at %q, want %q: %v", at, want, err)
	}
}

// A secret that stands in the file is refused, wherever it stands, and no error repeats it.
func TestSecretsAreRefusedAndNeverRepeated(t *testing.T) {
	const secret = "hunter2-Tr0ub4dor"
	for _, text := range []string{
		"channels: {post: {kind: mail, host: h, from: a@b.org, user: u, secret: SECRET}}",
		"channels: {post: {kind: mail, host: h, from: a@b.org, user: u, password: SECRET}}",
		"channels: {post: {kind: mail, host: h, from: a@b.org, passwd: SECRET}}",
		"channels: {post: {kind: mail, host: 'u:SECRET@h', from: a@b.org}}",
		"channels: {post: {kind: mail, host: h, port: SECRET, from: a@b.org}}",
		"channels: {post: {kind: mail, host: h, from: SECRET}}",
		"channels: {post: {kind: SECRET}}",
		"channels: {post: SECRET}",
		"channels: {post: [SECRET]}",
		"channels: {hook: {kind: webhook, url: 'https://u:SECRET@example.org', secret: env:A}}",
		"channels: {hook: {kind: webhook, url: 'https://example.org/?token=SECRET', secret: env:A}}",
		"channels: {hook: {kind: webhook, url: 'https://example.org/', secret: {env: SECRET}}}",
		"channels: {hook: {kind: webhook, url: 'https://example.org/', secret: 'env:SECRET and more'}}",
		"channels: {room: {kind: chat, url: 'slack://SECRET'}}",
		"channels: {room: {kind: chat, secret: 'slack://SECRET'}}",
		"channels: {room: {kind: chat, secret: 'slack://SECRET}}",
		"channels: {room: {kind: chat, secret: *SECRET}}",
		"channels: {room: {kind: chat, secret: SECRET: x}}",
		"channels:\n  room:\n    kind: chat\n   secret: SECRET\n",
	} {
		_, err := subscription.Load([]byte(strings.ReplaceAll(text, "SECRET", secret)), "s.yaml")
		if err == nil {
			t.Errorf("%s passes", text)
		}
		if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), secret) {
			t.Errorf("the error repeats the secret: %v", err)
		}
	}
}

func TestSecretsAreReadWhenTheyAreUsed(t *testing.T) {
	const value = "hunter2-Tr0ub4dor"
	folder := t.TempDir()
	file := filepath.Join(folder, "subscriptions.yaml")
	b, err := subscription.Load([]byte(good), file)
	if err != nil {
		t.Fatal(err)
	}
	post, hook := b.Channels["post"], b.Channels["hook"]
	t.Setenv("SMTP_PASSWORD", "")
	for _, s := range []subscription.Secret{post.Secret, hook.Secret, {}} {
		if v, err := s.Value(); err == nil || v != "" {
			t.Errorf("%s has the value %q", s, v)
		}
	}
	t.Setenv("SMTP_PASSWORD", value)
	if err := os.WriteFile(filepath.Join(folder, "hook.key"), []byte(value+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, s := range []subscription.Secret{post.Secret, hook.Secret} {
		if v, err := s.Value(); err != nil || v != value {
			t.Errorf("%s: %v", s, err)
		}
	}
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{fmt.Sprintf("%v %+v %#v %s", b, post, hook, hook.Secret), string(text)} {
		if strings.Contains(said, value) {
			t.Errorf("the secret is printed: %s", said)
		}
	}
	if !strings.Contains(string(text), "file:hook.key") {
		t.Errorf("the name of the secret is not in %s", text)
	}
	for name, body := range map[string][]byte{"empty": []byte("\n"), "large": make([]byte, 1<<20)} {
		if err := os.WriteFile(filepath.Join(folder, "hook.key"), body, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := hook.Secret.Value(); err == nil {
			t.Errorf("a file that is %s has a secret", name)
		}
	}
}

// The networks and groups that the file may name are the ones there are.
func TestNetworksAndGroups(t *testing.T) {
	var networks []string
	for _, s := range sources.All() {
		if l := s.About().Listing; l != nil && !slices.Contains(networks, l.Network) {
			networks = append(networks, l.Network)
		}
	}
	slices.Sort(networks)
	for _, n := range networks {
		if !slices.Contains(subscription.Networks, n) {
			t.Errorf("nobody can subscribe to network %s", n)
		}
	}
	if len(networks) < 6 {
		t.Errorf("networks of the sources: %q", networks)
	}
	for _, g := range slices.Sorted(maps.Keys(subscription.Groups)) {
		b := load(t, channels+"- {id: a, channel: log, match: {groups: ["+g+"]}}")
		for place, want := range map[string]map[string]bool{
			"SWE": {"coe": true, "coe-2021": true, "eu": true}, "RUS": {"coe-2021": true}, "TUR": {"coe": true, "coe-2021": true}, "JPN": {}, "": {},
		} {
			if got := len(b.For(event.Event{Place: place})) == 1; got != want[g] {
				t.Errorf("group %s has %q: %v", g, place, got)
			}
		}
	}
}

func at(t *testing.T, zone, text string) time.Time {
	t.Helper()
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	v, err := time.ParseInLocation("2006-01-02 15:04", text, z)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNextDue(t *testing.T) {
	for _, c := range []struct{ how, zone, from, want string }{ // from in the zone, want in UTC
		{"at-once", "UTC", "2026-11-24 12:00", "2026-11-24 12:00"},
		{"daily 07:00", "UTC", "2026-11-24 06:59", "2026-11-24 07:00"},
		{"daily 07:00", "UTC", "2026-11-24 07:00", "2026-11-25 07:00"},
		{"daily 07:00", "Europe/Paris", "2026-11-24 06:59", "2026-11-24 06:00"},
		{"daily 07:00", "Europe/Paris", "2026-07-24 08:00", "2026-07-25 05:00"},
		{"daily 00:00", "UTC", "2026-12-31 23:59", "2027-01-01 00:00"},
		{"weekly mon 07:00", "UTC", "2026-11-24 12:00", "2026-11-30 07:00"}, // a Tuesday
		{"weekly tue 12:30", "UTC", "2026-11-24 12:00", "2026-11-24 12:30"},
		{"weekly tue 12:00", "UTC", "2026-11-24 12:00", "2026-12-01 12:00"},
		{"weekly sun 07:00", "Europe/Paris", "2026-10-24 12:00", "2026-10-25 06:00"}, // the clocks go back that night
		// 2026-03-29 in Paris: clocks go from 02:00 to 03:00.
		{"daily 02:30", "Europe/Paris", "2026-03-28 12:00", "2026-03-29 01:00"},
		{"daily 02:30", "Europe/Paris", "2026-03-29 03:00", "2026-03-30 00:30"},
		{"daily 03:00", "Europe/Paris", "2026-03-28 12:00", "2026-03-29 01:00"},
		{"weekly sun 02:00", "Europe/Paris", "2026-03-28 12:00", "2026-03-29 01:00"},
		// 2026-10-25 in Paris: clocks go from 03:00 back to 02:00.
		{"daily 02:30", "Europe/Paris", "2026-10-24 12:00", "2026-10-25 00:30"},
		{"daily 02:30", "America/Toronto", "2026-03-08 00:00", "2026-03-08 07:00"},
		// Clocks that jump at midnight.
		{"daily 00:30", "America/Santiago", "2026-09-05 12:00", "2026-09-06 04:00"},
	} {
		text := channels + "- {id: a, channel: log, how: " + c.how + "}\n"
		how := load(t, text+"timezone: "+c.zone).Subscriptions[0].How
		if got := subscription.NextDue(how, at(t, c.zone, c.from)).UTC().Format("2006-01-02 15:04"); got != c.want {
			t.Errorf("%s in %s after %s: %s, want %s", c.how, c.zone, c.from, got, c.want)
		}
	}
}

// Over two years, in every zone of the hints, a daily digest is due once each day, also
// when clocks change, and each time is after the last.
func TestOneDigestEachDay(t *testing.T) {
	for _, zone := range []string{"UTC", "Europe/Paris", "Europe/London", "Atlantic/Azores", "America/Santiago", "Australia/Lord_Howe", "Asia/Tehran"} {
		for _, clock := range []string{"00:00", "00:30", "02:00", "02:30", "03:00", "23:59"} {
			how := subscription.How{Rhythm: subscription.Daily, Time: clock, Zone: at(t, zone, "2026-01-01 00:00").Location()}
			due := at(t, zone, "2025-12-31 12:00")
			last := ""
			for n := range 731 {
				next := subscription.NextDue(how, due)
				day := next.In(how.Zone).Format(time.DateOnly)
				if !next.After(due) || day == last || next.Sub(due) > 26*time.Hour {
					t.Fatalf("%s %s: digest %d is due at %s, after %s", zone, clock, n, next, due)
				}
				// A message that is ready in the second before is in it.
				if again := subscription.NextDue(how, next.Add(-time.Second)); !again.Equal(next) {
					t.Fatalf("%s %s: %s, a second before: %s", zone, clock, next, again)
				}
				due, last = next, day
			}
		}
	}
}
