package alerts_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"baseline/pipeline/alerts"
	"baseline/pipeline/alerts/channel"
	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/workspace"
	"baseline/sources/source"
)

// receiver is a webhook that answers as the test says; it counts what it was asked.
type receiver struct {
	mu     sync.Mutex
	calls  int
	taken  []string
	answer func(id string, w http.ResponseWriter) // nil: taken
	url    string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	t.Setenv("BASELINE_TEST_KEY", "a key")
	r := &receiver{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.calls++
		id := q.Header.Get("Idempotency-Key")
		if r.answer != nil {
			r.answer(id, w)
			return
		}
		r.taken = append(r.taken, id)
	}))
	t.Cleanup(s.Close)
	r.url = s.URL
	return r
}

func (r *receiver) says(answer func(id string, w http.ResponseWriter)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

func status(code int, headers ...string) func(string, http.ResponseWriter) {
	return func(_ string, w http.ResponseWriter) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
	}
}

// post is a workspace with a clock that the test moves.
type post struct {
	*testing.T
	ws  *workspace.Workspace
	box outbox.Box
	now time.Time
	out bytes.Buffer
	p   alerts.Post
}

func newPost(t *testing.T, file string, args ...any) *post {
	t.Helper()
	p := &post{T: t, ws: workspace.Open(filepath.Join(t.TempDir(), "ws")), now: began}
	p.box = outbox.In(p.ws)
	p.file(file, args...)
	return p
}

func (p *post) file(file string, args ...any) {
	p.Helper()
	if err := p.ws.Write("subscriptions.yaml", fmt.Appendf(nil, file, args...)); err != nil {
		p.Fatal(err)
	}
}

func (p *post) put(list ...outbox.Message) {
	p.Helper()
	for _, m := range list {
		if err := p.box.Put(m); err != nil {
			p.Fatal(err)
		}
	}
}

func (p *post) send() alerts.Report {
	p.Helper()
	b, err := alerts.LoadBook(p.ws)
	if err != nil {
		p.Fatal(err)
	}
	post := p.p
	post.Workspace, post.Book, post.Holder, post.Now, post.Options = p.ws, b, "the test", func() time.Time { return p.now }, channel.Options{Out: &p.out}
	r, err := post.Send(context.Background())
	if err != nil {
		p.Fatal(err)
	}
	return r
}

// notices are the messages to stewards that are sent or wait, as kind, receiver and issues.
func (p *post) notices() (list []string) {
	p.Helper()
	for _, m := range append(must(p.box.Done()), must(p.box.Waiting())...) {
		if m.Class != outbox.Steward {
			continue
		}
		text := fmt.Sprint(m.Kind, " ", strings.TrimSpace(m.Channel+" "+m.To))
		if m.Dropped != "" {
			text += " dropped"
		}
		for _, i := range m.Notice.Open {
			text += " " + i.ID
		}
		for _, i := range m.Notice.Resolved {
			text += " resolved:" + i.ID
		}
		list = append(list, text)
	}
	slices.Sort(list)
	return list
}

func (p *post) want(what string, got []string, want ...string) {
	p.Helper()
	if !slices.Equal(got, want) {
		p.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// told is the nth message of a subscription about one event.
func told(sub string, n int) outbox.Message {
	return outbox.Message{
		ID: outbox.ID("told", sub, fmt.Sprint(n)), Class: outbox.Subscriber, Kind: outbox.Told, Subscription: sub, Thread: "CRC/SWE", Created: began, Due: began,
		Events: []event.Event{{ID: fmt.Sprintf("ev-%032d", n), Kind: event.Party, Place: "SWE", Dataset: "treaty_status", Key: "CRC/SWE", Column: "status", Treaty: "CRC",
			Old: map[string]string{"status": "signed"}, New: map[string]string{"status": "party"}, Seen: began, Source: "un-treaties", Snapshot: "20260105-0123456789"}},
	}
}

const hooked = `
channels:
  hook: {kind: webhook, url: "%s", secret: "env:BASELINE_TEST_KEY"}
  out: {kind: stdout}
subscriptions:
  - {id: a, channel: hook}
  - {id: b, channel: out}
stewards:
  - {channel: out}
`

// A channel that does not work is left alone for as long as it asks or its tries say, with all
// its messages and after a restart; stewards are told once, and once that it works again.
func TestChannelThatDoesNotWork(t *testing.T) {
	r := newReceiver(t)
	r.says(status(http.StatusServiceUnavailable))
	p := newPost(t, hooked, r.url)
	for n := range 20 {
		p.put(told("a", n))
	}
	for range 12 * 60 {
		p.send()
		p.now = p.now.Add(time.Minute)
	}
	if r.calls > 12 {
		t.Errorf("%d calls in twelve hours", r.calls)
	}
	p.want("down for twelve hours", p.notices(), "health out issue-channel.hook")
	p.now = p.now.Add(7 * time.Hour)
	r.says(nil)
	if got := p.send(); got.Sent < 20 || len(r.taken) != 20 {
		t.Errorf("%+v, %d taken", got, len(r.taken))
	}
	p.send()
	p.want("up again", p.notices(), "health out issue-channel.hook", "health out resolved:issue-channel.hook")

	r.says(status(http.StatusTooManyRequests, "Retry-After", "7200"))
	p.put(told("a", 300), told("a", 301))
	calls := r.calls
	for range 119 {
		p.send()
		p.now = p.now.Add(time.Minute)
	}
	if r.calls != calls+1 {
		t.Errorf("%d calls within the two hours that it asked for", r.calls-calls)
	}
	p.p.Only = told("a", 301).ID
	if p.send(); r.calls != calls+2 {
		t.Error("a message that somebody names waits for its channel")
	}
}

// One message that a receiver cannot bear holds up no other, and stewards are told of it.
func TestMessageThatAReceiverCannotBear(t *testing.T) {
	r := newReceiver(t)
	poison := told("a", 0)
	p := newPost(t, hooked, r.url)
	p.put(poison)
	r.says(func(id string, w http.ResponseWriter) {
		if id == poison.ID {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		r.taken = append(r.taken, id)
	})
	for n := 1; n < 100; n++ {
		p.put(told("a", n))
		p.send()
		p.now = p.now.Add(time.Hour)
	}
	if len(r.taken) < 98 {
		t.Errorf("%d messages were taken", len(r.taken))
	}
	p.want("told", p.notices(), "undelivered out "+poison.ID)
}

// What is refused for good is told once, also if the run that saw it told nobody; and a message
// to a steward is told to the others.
func TestRefusalsAreTold(t *testing.T) {
	r := newReceiver(t)
	r.says(status(http.StatusUnprocessableEntity))
	p := newPost(t, hooked+"  - {channel: hook}\n", r.url)
	refused := told("a", 1)
	refused.Failed, refused.Tries, refused.Refusals, refused.Fault = true, 1, 1, "no" // by a run that ended early
	notice := outbox.Message{ID: outbox.ID("notice"), Class: outbox.Steward, Kind: outbox.Doubt, Channel: "hook", Created: began, Due: began,
		Notice: &outbox.Notice{Open: []outbox.Issue{{ID: "issue-x.y", Code: "y", Text: "x", Count: 1}}}}
	p.put(refused, notice)
	for range 5 {
		p.send()
		p.now = p.now.Add(24 * time.Hour)
	}
	list := p.notices()
	count := func(s string) (n int) {
		for _, text := range list {
			n += strings.Count(text, s)
		}
		return n
	}
	if count(refused.ID) != 2 || count(notice.ID) != 1 || count("undelivered out") == 0 {
		t.Errorf("told: %q", list)
	}
	if len(list) > 4 { // the notice, one to each steward, and no word about those
		t.Errorf("told: %q", list)
	}
}

// What was for a steward who has left the file goes to those of today.
func TestStewardWhoHasLeft(t *testing.T) {
	p := newPost(t, "channels: {old: {kind: stdout}, new: {kind: stdout}}\nsubscriptions: [{id: a, channel: new}]\nstewards: [{channel: new}]\n")
	held := told("a", 1)
	held.Burst = "burst-1-20260105-0123456789"
	p.put(held, outbox.Message{ID: outbox.ID("burst"), Base: "burst 1", Class: outbox.Steward, Kind: outbox.Burst, Channel: "old", Created: began, Due: began, Notice: &outbox.Notice{Burst: held.Burst, Count: 30, Messages: 1}})
	p.send()
	p.send()
	p.want("told", p.notices(), "burst new", "burst old dropped", "health new burst-1-20260105-0123456789")
	var days []int
	before := len(p.notices())
	for day := range 20 {
		p.now = began.AddDate(0, 0, day).Add(time.Hour)
		p.send()
		if n := len(p.notices()); n > before {
			before, days = n, append(days, day)
		}
	}
	if !slices.Equal(days, []int{1, 3, 7, 15}) {
		t.Errorf("a burst that nobody releases is told again on days %v", days)
	}
	if err := p.box.Say(outbox.Word{About: held.Burst, Do: outbox.Release, Reason: "seen", At: p.now}); err != nil {
		t.Fatal(err)
	}
	if r := p.send(); r.Sent < 1 || r.Held != 0 {
		t.Errorf("%+v", r)
	}
	p.now = p.now.AddDate(1, 0, 0)
	p.send()
	if n := len(p.notices()); n != before {
		t.Errorf("told of a burst that was released: %q", p.notices())
	}
}

// A file that holds no message is told to stewards, and everything else goes on.
func TestFileThatHoldsNoMessage(t *testing.T) {
	r := newReceiver(t)
	p := newPost(t, hooked, r.url)
	if err := p.ws.Write("outbox/waiting/"+outbox.ID("bad")+".json", []byte("{")); err != nil {
		t.Fatal(err)
	}
	p.put(told("a", 1))
	if got := p.send(); got.Sent != 1 {
		t.Errorf("%+v", got)
	}
	p.want("told", p.notices(), "health out issue-outbox.unreadable-message")
}

// A receiver that does not answer holds up no other channel, and a lock that somebody has puts
// off the digests that need it and nothing else.
func TestOneHoldsUpNoOther(t *testing.T) {
	r := newReceiver(t)
	p := newPost(t, hooked, r.url)
	other := make(chan bool)
	p.p.Tell = func(m outbox.Message, err error) {
		if m.Subscription == "b" && err == nil {
			close(other)
		}
	}
	r.says(func(string, http.ResponseWriter) { <-other }) // answers once the other channel has sent
	p.put(told("a", 1), told("b", 2))
	if got := p.send(); got.Sent != 2 {
		t.Errorf("%+v", got)
	}
	p.p.Tell = nil
	r.says(nil)
	release, err := p.ws.Guard(outbox.Lock)
	if err != nil {
		t.Fatal(err)
	}
	digest := told("a", 3)
	digest.Kind = outbox.Digest
	p.put(digest, told("a", 4))
	if got := p.send(); got.Sent != 1 || got.Waiting != 1 || got.Failed != 0 {
		t.Errorf("%+v", got)
	}
	release()
	if got := p.send(); got.Sent != 1 {
		t.Errorf("%+v", got)
	}
}

// A message has the date of its first try, at each try and after a crash.
func TestDateIsThatOfTheFirstTry(t *testing.T) {
	r := newReceiver(t)
	r.says(status(http.StatusServiceUnavailable))
	p := newPost(t, hooked, r.url)
	digest := told("a", 1)
	digest.Kind, digest.Due = outbox.Digest, began.AddDate(0, 0, 6)
	p.put(digest)
	p.now = began.AddDate(0, 0, 6)
	p.send()
	p.now = p.now.AddDate(0, 0, 2)
	r.says(nil)
	p.send()
	m := must(p.box.Get(digest.ID))
	if !m.Date.Equal(digest.Due) || m.Sent.IsZero() {
		t.Errorf("date %s, sent %s", m.Date, m.Sent)
	}
}

// The address that ends a subscription is the same in the header and in the text, also where
// the file gives none.
func TestAddressThatEndsASubscription(t *testing.T) {
	for fields, want := range map[string]string{
		`from: "Us <us@example.org>"`: "mailto:us@example.org?subject=unsubscribe%20a", `from: us@example.org, reply_to: them@example.org`: "mailto:them@example.org?subject=unsubscribe%20a",
		`from: us@example.org, unsubscribe: "mailto:stop@example.org"`:                   "mailto:stop@example.org?subject=unsubscribe%20a",
		`from: us@example.org, unsubscribe: "https://example.org/stop?s={subscription}"`: "https://example.org/stop?s=a",
	} {
		b := book(t, "channels: {post: {kind: mail, host: h, "+fields+"}}\nsubscriptions: [{id: a, channel: post, to: x@example.org}]\n")
		if got := alerts.ReaderOf(b, b.Subscription("a")).Stop; got != want {
			t.Errorf("%s: %s, want %s", fields, got, want)
		}
	}
	got := newInbox()
	ws := workspace.Open(filepath.Join(t.TempDir(), "ws"))
	port := startMail(t, got, "headers")
	if err := ws.Write("subscriptions.yaml", []byte("channels: {post: {kind: mail, host: 127.0.0.1, port: \""+port+"\", from: us@example.org}}\nsubscriptions: [{id: a, channel: post, to: x@example.org}]\n")); err != nil {
		t.Fatal(err)
	}
	if err := outbox.In(ws).Put(told("a", 1)); err != nil {
		t.Fatal(err)
	}
	p := alerts.Post{Workspace: ws, Book: must(alerts.LoadBook(ws)), Holder: "the test"}
	if r, err := p.Send(context.Background()); err != nil || r.Sent != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	got.drain()
	if n := got.all()["stop:<mailto:us@example.org?subject=unsubscribe%20a>"]; n != 1 {
		t.Errorf("%v", got.all())
	}
}

// A file of subscriptions that was there and is gone is a mistake, and loses nothing.
func TestFileOfSubscriptionsThatIsGone(t *testing.T) {
	p := newPost(t, "channels: {out: {kind: stdout}}\nsubscriptions: [{id: a, channel: out}]\nstewards: [{channel: out}]\n")
	e := told("a", 1).Events
	step := alerts.Step{Number: 1, After: "20260105-0123456789", Events: e}
	if err := alerts.Write(p.ws, step, new(event.Chain)); err != nil {
		t.Fatal(err)
	}
	queue := func(head alerts.Step) {
		t.Helper()
		q := alerts.Queue{Workspace: p.ws, Book: must(alerts.LoadBook(p.ws)), Head: &head, Now: p.now}
		if _, err := q.Put(); err != nil {
			t.Fatal(err)
		}
	}
	queue(alerts.Step{Number: 0, After: "20260104-0123456789"})
	file := p.ws.Path("subscriptions.yaml")
	text := must(os.ReadFile(file))
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if b, err := alerts.LoadBook(p.ws); err == nil || b != nil || !strings.Contains(err.Error(), "is gone; put it back") {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	queue(step)
	if list := must(p.box.Waiting()); len(list) != 1 || list[0].Subscription != "a" {
		t.Errorf("%+v", list)
	}
	// Where the mark is gone, nothing is told twice, and stewards are told that.
	if err := p.ws.Remove("outbox/queued.json"); err != nil {
		t.Fatal(err)
	}
	p.now = p.now.AddDate(0, 0, 1)
	queue(step)
	queue(step)
	p.want("told", p.notices(), "doubt out issue-outbox.mark-gone")
	if list := must(p.box.Waiting()); len(list) != 2 {
		t.Errorf("%+v", list)
	}
	if _, err := alerts.LoadBook(workspace.Open(t.TempDir())); err != nil {
		t.Errorf("a workspace that never had any: %v", err)
	}
}

// What stewards get of the outbox itself can be worded, and its JSON counts from one.
func TestServiceIssuesCanBeWorded(t *testing.T) {
	r := newReceiver(t)
	r.says(status(http.StatusUnprocessableEntity))
	p := newPost(t, hooked, r.url)
	p.put(told("a", 1))
	p.send()
	for _, m := range must(p.box.Waiting()) {
		rendered, err := message.Render(m, message.Reader{Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(rendered.JSON), `"count":0`) {
			t.Errorf("%s", rendered.JSON)
		}
	}
}

// Of two that send at once, the second ends.
func TestSecondSenderEnds(t *testing.T) {
	p := newPost(t, hooked, "http://127.0.0.1:1")
	release, err := p.ws.TryGuard("alerts-send", "the first")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	_, err = (&alerts.Post{Workspace: p.ws, Book: must(alerts.LoadBook(p.ws)), Holder: "the second"}).Send(context.Background())
	var held *workspace.HeldError
	if !errors.As(err, &held) {
		t.Errorf("%v", err)
	}
}

// health runs a day of a workspace whose sources say these findings, and returns the ids of the
// issues that stewards are told of.
func (p *post) health(day int, findings ...source.Finding) (told []string) {
	p.Helper()
	p.now = began.AddDate(0, 0, day)
	head := &alerts.Step{Number: 0, After: "20260105-0123456789"}
	if err := alerts.Write(p.ws, *head, new(event.Chain)); err != nil {
		p.Fatal(err)
	}
	q := alerts.Queue{Workspace: p.ws, Book: must(alerts.LoadBook(p.ws)), Head: head, Issues: alerts.Issues(findings, nil), Asked: map[string]time.Time{"a": p.now}, Now: p.now}
	if _, err := q.Put(); err != nil {
		p.Fatal(err)
	}
	for _, m := range must(p.box.Waiting()) {
		for _, i := range m.Notice.Open {
			told = append(told, i.Text)
		}
		for _, i := range m.Notice.Resolved {
			told = append(told, "resolved "+i.Code)
		}
		m.Sent = p.now
		if err := p.box.Finish(m); err != nil {
			p.Fatal(err)
		}
	}
	return told
}

// A new row that is held is told at once, also where others of its source and code are open or
// acknowledged; the same one in other words of the day is not, nor a publisher that fails in
// another way each day.
func TestNewFindingInAnOpenIssue(t *testing.T) {
	held := func(row, day string) source.Finding {
		return source.Finding{Source: "a", Code: "total-differs", Severity: source.Hold, Dataset: "cybertip_reports", Part: row, Text: "the total of " + row + " differs as of " + day}
	}
	fails := func(day int) source.Finding {
		return source.Finding{Source: "b", Code: "not-renewed", Severity: source.Question, Unanswered: true, Text: fmt.Sprint("in another way each day: ", day)}
	}
	p := newPost(t, "channels: {out: {kind: stdout}}\nsubscriptions: []\nstewards: [{channel: out, after: 1}]\n")
	p.health(0)
	p.want("day 1", p.health(1, held("2023", "2026-01-06")), "the total of 2023 differs as of 2026-01-06")
	p.want("day 2", p.health(2, held("2023", "2026-01-07")), "the total of 2023 differs as of 2026-01-07")
	p.want("day 3", p.health(3, held("2023", "2026-01-08"), held("2024", "2026-01-08")), "the total of 2024 differs as of 2026-01-08")
	p.want("the gaps begin anew", p.health(4, held("2023", "2026-01-09"), held("2024", "2026-01-09")), "the total of 2023 differs as of 2026-01-09")
	p.want("and grow", p.health(5, held("2023", "2026-01-10"), held("2024", "2026-01-10")))
	if err := p.box.Say(outbox.Word{About: "issue-a.total-differs", Do: outbox.Ack, Reason: "known", At: p.now}); err != nil {
		t.Fatal(err)
	}
	p.want("acknowledged", p.health(9, held("2023", "2026-01-14"), held("2024", "2026-01-14")))
	p.want("a new one", p.health(10, held("2023", "2026-01-15"), held("2025", "2026-01-15")), "the total of 2025 differs as of 2026-01-15")
	question := held("2022", "2026-01-16")
	question.Severity = source.Question
	p.health(11, held("2025", "2026-01-16"), question)
	p.health(12, held("2025", "2026-01-17"), question)
	p.want("no graver", p.health(13, held("2025", "2026-01-18"), question))
	p.want("graver", p.health(13, held("2025", "2026-01-18"), held("2022", "2026-01-18")), "the total of 2022 differs as of 2026-01-18")
	if err := p.box.Say(outbox.Word{About: "issue-a.total-differs", Do: outbox.Ack, Reason: "known", At: p.now}); err != nil {
		t.Fatal(err)
	}
	p.want("acknowledged and resolved", p.health(14))
	var days []int
	for day := 20; day < 40; day++ {
		if len(p.health(day, fails(day))) > 0 {
			days = append(days, day)
		}
	}
	if !slices.Equal(days, []int{20, 21, 23, 27, 35}) {
		t.Errorf("a publisher that fails is told of on days %v", days)
	}
	p.want("it answers", p.health(41), "resolved not-renewed")
}
