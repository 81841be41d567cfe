package alerts_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"baseline/pipeline/alerts"
	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/workspace"
)

// sender names the workspace whose outbox this process sends, until it is killed.
const sender = "BASELINE_TEST_SENDER"

func TestMain(m *testing.M) {
	if root := os.Getenv(sender); root != "" {
		fmt.Println()
		ws := workspace.Open(root)
		b, err := alerts.LoadBook(ws)
		if err == nil {
			p := alerts.Post{Workspace: ws, Book: b, Holder: "a sender that may be killed", Retry: true}
			_, err = p.Send(context.Background())
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// leftOut skips, except where everything must run.
func leftOut(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// python returns an interpreter that has a module of a Debian package.
func python(t testing.TB, module string) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(name, "-c", "import "+module).Run() == nil {
			return name
		}
	}
	leftOut(t, "python3-"+module+" is not installed: what needs it was left out")
	return ""
}

// inbox is what receivers got: how often each message, by its id, and in which messages each
// event of a digest came.
type inbox struct {
	sync.Mutex
	got         map[string]int
	connections int // to the mail server, ever
	open        map[string]int
	drained     map[string]func() // lets a receiver take all that was sent to it
	down        bool              // the receiver that is down
}

func newInbox() *inbox {
	return &inbox{got: map[string]int{}, open: map[string]int{}, drained: map[string]func(){}}
}

func (i *inbox) add(id string) {
	i.Lock()
	defer i.Unlock()
	i.got[id]++
}

func (i *inbox) all() map[string]int {
	i.Lock()
	defer i.Unlock()
	return maps.Clone(i.got)
}

// drain waits until the receivers have taken what a sender that is dead had sent to them.
// Connections are taken up in their order: once one of our own is answered, those of the
// sender were taken up, and they end because it is dead.
func (i *inbox) drain() {
	for _, answered := range i.drained {
		answered()
	}
	for {
		i.Lock()
		left := 0
		for _, n := range i.open {
			left += n
		}
		i.Unlock()
		if left == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// taken is how often a message came that is no message of the outbox; it is forgotten.
func (i *inbox) taken(own string) int {
	i.Lock()
	defer i.Unlock()
	n := i.got[own]
	delete(i.got, own)
	return n
}

func (i *inbox) opened(receiver string, n int) {
	i.Lock()
	defer i.Unlock()
	i.open[receiver] += n
	if receiver == "mail" && n > 0 {
		i.connections++
	}
}

// smtpd is a server for mail that prints the Message-ID of each that it has taken, before it
// says so to the sender, and when connections begin and end. Some mail it puts off at first,
// before its text and after.
const smtpd = `
import asyncio, email, sys
from aiosmtpd.smtp import SMTP
put_off, seen = sys.argv[1] == "some", {}
class Taker:
    async def handle_DATA(self, server, session, envelope):
        id = email.message_from_bytes(envelope.content)["Message-ID"]
        seen[id] = seen.get(id, 0) + 1
        if put_off and seen[id] == 1 and id[5] in "0123":
            return "451 4.7.1 come again"
        if sys.argv[1] == "headers":
            print("got", "<stop:" + str(email.message_from_bytes(envelope.content)["List-Unsubscribe"]), flush=True)
        print("got", id, flush=True)
        return "250 taken"
class Server(SMTP):
    def connection_made(self, transport):
        print("open", flush=True)
        super().connection_made(transport)
    def connection_lost(self, error):
        print("closed", flush=True)
        super().connection_lost(error)
async def main():
    server = await asyncio.get_running_loop().create_server(lambda: Server(Taker(), hostname="localhost"), "127.0.0.1", 0)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
`

// startMail runs an SMTP server and returns its port.
func startMail(t testing.TB, got *inbox, putOff string) string {
	t.Helper()
	cmd := exec.Command(python(t, "aiosmtpd"), "-W", "ignore", "-c", smtpd, putOff)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the mail server did not start")
	}
	port := strings.TrimPrefix(lines.Text(), "port ")
	done := make(chan bool)
	go func() {
		defer close(done)
		for lines.Scan() {
			switch word, id, _ := strings.Cut(lines.Text(), " "); word {
			case "open":
				got.opened("mail", 1)
			case "closed":
				got.opened("mail", -1)
			default:
				if !strings.HasPrefix(id, "<stop:") {
					id, _, _ = strings.Cut(strings.Trim(id, "<>"), "@")
				}
				got.add(strings.TrimPrefix(id, "<"))
			}
		}
	}()
	n := 0
	got.drained["mail"] = func() {
		n++
		own := fmt.Sprint("drain-", n)
		if err := smtp.SendMail("127.0.0.1:"+port, nil, "a@example.org", []string{"b@example.org"}, []byte("Message-ID: <"+own+"@x>\r\n\r\n")); err != nil {
			t.Errorf("the mail server: %v", err)
			return
		}
		for got.taken(own) == 0 { // what it printed before is read then
			time.Sleep(time.Millisecond)
		}
	}
	t.Cleanup(func() {
		_ = in.Close()
		<-done
		_ = cmd.Wait()
	})
	return port
}

// startHook runs a receiver of webhooks that checks the signature, and returns its address.
// Some messages it puts off at first; below /down it hangs up as long as got says so.
func startHook(t testing.TB, got *inbox) string {
	t.Helper()
	var mu sync.Mutex
	seen := map[string]int{}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the sender was killed in the middle
		}
		at, sum, _ := strings.Cut(r.Header.Get("Baseline-Signature"), ",v1=")
		mac := hmac.New(sha256.New, []byte("a key"))
		mac.Write([]byte(strings.TrimPrefix(at, "t=") + "."))
		mac.Write(body)
		id := r.Header.Get("Idempotency-Key")
		if hex.EncodeToString(mac.Sum(nil)) != sum || !bytes.Contains(body, []byte(id)) {
			t.Errorf("message %s is not signed as it should be", id)
		}
		got.Lock()
		down := got.down
		got.Unlock()
		if down && r.URL.Path == "/down" {
			panic(http.ErrAbortHandler)
		}
		mu.Lock()
		seen[id]++
		first := seen[id] == 1
		mu.Unlock()
		if first && id > "msg-c" && r.URL.Path == "/some" {
			w.WriteHeader(http.StatusRequestTimeout)
			return
		}
		got.add(id)
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			got.opened("hook", 1)
		case http.StateClosed:
			got.opened("hook", -1)
		}
	}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	got.drained["hook"] = func() {
		c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		res, err := c.Get(s.URL)
		if err != nil {
			t.Errorf("the webhook: %v", err)
			return
		}
		_ = res.Body.Close()
	}
	t.Cleanup(s.Close)
	return s.URL
}

// receivers is an outbox whose messages go to a mail server and webhooks.
func receivers(t testing.TB, got *inbox, putOff string) *workspace.Workspace {
	t.Helper()
	t.Setenv("BASELINE_TEST_KEY", "a key")
	ws := workspace.Open(filepath.Join(t.TempDir(), "ws"))
	hook := startHook(t, got)
	if err := ws.Write("subscriptions.yaml", []byte(fmt.Sprintf(`
channels:
  post: {kind: mail, host: 127.0.0.1, port: %s, from: baseline@example.org}
  hook: {kind: webhook, url: "%s/%s", secret: "env:BASELINE_TEST_KEY"}
  down: {kind: webhook, url: "%s/down", secret: "env:BASELINE_TEST_KEY"}
subscriptions:
  - {id: mail, channel: post, to: reader@example.org, language: en}
  - {id: hook, channel: hook, language: fr}
  - {id: down, channel: down, language: en, how: daily 07:00}
`, startMail(t, got, putOff), hook, putOff, hook))); err != nil {
		t.Fatal(err)
	}
	return ws
}

// fill puts n messages into the outbox, half for each receiver, some of them digests.
func fill(t testing.TB, ws *workspace.Workspace, from, n int, subs ...string) (ids []string) {
	t.Helper()
	for i := range n {
		e := func(n int) event.Event {
			return event.Event{
				ID: fmt.Sprintf("ev-%032d", n), Kind: event.Party, Place: "SWE", Dataset: "treaty_status", Key: "CRC/SWE", Column: "status", Treaty: "CRC",
				Old: map[string]string{"status": "signed"}, New: map[string]string{"status": "party"}, Seen: began, Source: "un-treaties", Snapshot: "20260105-0123456789",
			}
		}
		m := outbox.Message{
			ID: outbox.ID("kill", fmt.Sprint(from+i)), Class: outbox.Subscriber, Kind: outbox.Told, Subscription: subs[i%len(subs)], Thread: "CRC/SWE",
			Created: began, Due: began, Events: []event.Event{e(2 * (from + i))},
		}
		if i/len(subs)%4 == 3 {
			m.Kind, m.Thread, m.Events = outbox.Digest, "", append(m.Events, e(2*(from+i)+1))
		}
		if err := outbox.In(ws).Put(m); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, m.ID)
	}
	return ids
}

// The sender is killed at 200 random instants. After each kill the receivers take what was on
// its way. A message may come once more than it should for each kill that fell between its
// receiver taking it and the outbox noting that, which is one message for each channel at most,
// and then it has the same id; and at no instant is a message neither waiting nor done.
func TestSenderKilledAtAnyInstant(t *testing.T) {
	times := 200
	if testing.Short() {
		times = 20
	}
	got := newInbox()
	got.down = true
	ws := receivers(t, got, "some")
	box := outbox.In(ws)
	r := rand.New(rand.NewPCG(3, 4))
	var put []string
	kills, idle, between := 0, 0, 0
	copies := map[string]int{} // how often each may have come
	before := map[string]int{}
	for kills < times {
		list, err := box.Waiting()
		if err != nil {
			t.Fatal(err)
		}
		if len(list) < 60 {
			put = append(put, fill(t, ws, len(put), 120, "mail", "hook", "down")...)
		}
		if kills == times/2 {
			got.Lock()
			got.down = false
			got.Unlock()
		}
		done := map[string]bool{}
		for _, id := range put {
			done[id] = must(box.IsDone(id))
		}
		if !killed(t, ws, time.Duration(r.Int64N(int64(80*time.Millisecond)))) {
			got.drain() // it had sent all that was due
			before = got.all()
			continue
		}
		kills++
		got.drain()
		now := got.all()
		unnoted := 0
		for _, id := range put {
			came := now[id] - before[id]
			switch noted := must(box.IsDone(id)); {
			case came > 1:
				t.Errorf("kill %d: message %s came %d times in one life of the sender", kills, id, came)
			case came > 0 && done[id]:
				t.Errorf("kill %d: message %s came though it was noted as sent", kills, id)
			case came > 0 && !noted:
				unnoted++
				copies[id]++
			case noted && !done[id] && now[id] == 0:
				t.Errorf("kill %d: message %s is noted as sent, and nobody has it", kills, id)
			case !noted:
				if _, err := box.Get(id); err != nil {
					t.Errorf("kill %d: message %s is neither waiting nor done: %v", kills, id, err)
				}
			}
		}
		if unnoted > 3 {
			t.Fatalf("kill %d: %d messages were taken and are not noted, with three channels", kills, unnoted)
		}
		if maps.Equal(before, now) {
			idle++
		}
		before, between = now, between+unnoted
	}
	for range 3 { // some are put off once more
		last := alerts.Post{Workspace: ws, Book: must(alerts.LoadBook(ws)), Holder: "the last sender", Retry: true}
		if _, err := last.Send(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	got.drain()
	if list, err := box.Waiting(); err != nil || len(list) > 0 {
		t.Errorf("%d messages still wait, %v", len(list), err)
	}
	all := got.all()
	digests := 0
	for _, id := range put {
		if all[id] != 1+copies[id] {
			t.Errorf("message %s came %d times, and %d kills may have doubled it", id, all[id], copies[id])
		}
		m, err := box.Get(id)
		if err != nil || m.Sent.IsZero() || m.Dropped != "" {
			t.Errorf("message %s is not noted as sent: %v %+v", id, err, m)
		}
		if m.Kind == outbox.Digest {
			digests++
		}
	}
	if list, err := box.Done(); err != nil || len(list) != len(put) || len(all) != len(put) {
		t.Errorf("%d messages are done and %d ids came of %d, %v", len(list), len(all), len(put), err)
	}
	t.Logf("%d messages, %d of them digests; %d kills, %d before anything came, %d between taking and noting", len(put), digests, kills, idle, between)
	if idle == kills || between == 0 && times == 200 || digests == 0 {
		t.Errorf("the kills did not hit the middle of the work: %d of %d before it, %d between taking and noting", idle, kills, between)
	}
}

// killed runs a sender and kills it after a while. It reports false if the sender had ended.
func killed(t *testing.T, ws *workspace.Workspace, after time.Duration) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), sender+"="+ws.Root())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if cmd.ProcessState.Exited() && cmd.ProcessState.ExitCode() != 0 {
		t.Fatalf("the sender ended by itself: %s", said.String())
	}
	return !cmd.ProcessState.Exited()
}

// A thousand mails go over one connection, and the memory in use does not grow with them.
func TestThousandMailsOverOneConnection(t *testing.T) {
	if testing.Short() {
		t.Skip("a thousand mails take a while")
	}
	got := newInbox()
	ws := receivers(t, got, "none")
	book := must(alerts.LoadBook(ws))
	use := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	fill(t, ws, 0, 1000, "mail")
	var first, last uint64
	n := 0
	p := alerts.Post{Workspace: ws, Book: book, Holder: "the test", Tell: func(outbox.Message, error) {
		switch n++; n {
		case 100:
			first = use()
		case 1000:
			last = use()
		}
	}}
	if r, err := p.Send(context.Background()); err != nil || r.Sent != 1000 {
		t.Fatalf("%+v, %v", r, err)
	}
	got.drain()
	got.Lock()
	connections := got.connections - 1 // drain makes one
	got.Unlock()
	if connections != 1 {
		t.Errorf("%d connections", connections)
	}
	if last > first+2<<20 {
		t.Errorf("%d bytes are in use after 100 mails and %d after 1000", first, last)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
