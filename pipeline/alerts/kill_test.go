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
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
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

// inbox counts what receivers got, by the id of the message.
type inbox struct {
	sync.Mutex
	got map[string]int
}

func (i *inbox) add(id string) {
	i.Lock()
	defer i.Unlock()
	i.got[id]++
}

func (i *inbox) all() map[string]int {
	i.Lock()
	defer i.Unlock()
	all := map[string]int{}
	for id, n := range i.got {
		all[id] = n
	}
	return all
}

// smtpd is a server for mail that prints the Message-ID of each that it has taken, before it
// says so to the sender.
const smtpd = `
import asyncio, email, sys
from aiosmtpd.smtp import SMTP
class Taker:
    async def handle_DATA(self, server, session, envelope):
        print(email.message_from_bytes(envelope.content)["Message-ID"], flush=True)
        return "250 taken"
async def main():
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Taker(), hostname="localhost"), "127.0.0.1", 0)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
`

// startMail runs an SMTP server and returns its port.
func startMail(t testing.TB, got *inbox) string {
	t.Helper()
	cmd := exec.Command(python(t, "aiosmtpd"), "-c", smtpd)
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
			id, _, _ := strings.Cut(strings.Trim(lines.Text(), "<>"), "@")
			got.add(id)
		}
	}()
	t.Cleanup(func() {
		_ = in.Close()
		<-done
		_ = cmd.Wait()
	})
	return port
}

// startHook runs a receiver of webhooks that checks the signature, and returns its address.
func startHook(t testing.TB, got *inbox) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
		got.add(id)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// receivers is an outbox whose messages go to a mail server and a webhook.
func receivers(t testing.TB, got *inbox) *workspace.Workspace {
	t.Helper()
	t.Setenv("BASELINE_TEST_KEY", "a key")
	ws := workspace.Open(filepath.Join(t.TempDir(), "ws"))
	if err := ws.Write("subscriptions.yaml", []byte(fmt.Sprintf(`
channels:
  post: {kind: mail, host: 127.0.0.1, port: %s, from: baseline@example.org}
  hook: {kind: webhook, url: "%s/in", secret: "env:BASELINE_TEST_KEY"}
subscriptions:
  - {id: mail, channel: post, to: reader@example.org, language: en}
  - {id: hook, channel: hook, language: fr}
`, startMail(t, got), startHook(t, got)))); err != nil {
		t.Fatal(err)
	}
	return ws
}

// fill puts n messages into the outbox, half for each receiver.
func fill(t testing.TB, ws *workspace.Workspace, from, n int) {
	t.Helper()
	for i := range n {
		m := outbox.Message{
			ID: outbox.ID("kill", fmt.Sprint(from+i)), Class: outbox.Subscriber, Kind: outbox.Told, Subscription: []string{"mail", "hook"}[i%2], Thread: "CRC/SWE",
			Created: began, Due: began,
			Events: []event.Event{{
				ID: fmt.Sprintf("ev-%032d", from+i), Kind: event.Party, Place: "SWE", Dataset: "treaty_status", Key: "CRC/SWE", Column: "status", Treaty: "CRC",
				Old: map[string]string{"status": "signed"}, New: map[string]string{"status": "party"}, Seen: began, Source: "un-treaties", Snapshot: "20260105-0123456789",
			}},
		}
		if err := outbox.In(ws).Put(m); err != nil {
			t.Fatal(err)
		}
	}
}

// The sender is killed at 200 random instants. Nothing is lost; a message comes twice only
// if the kill fell between its receiver taking it and the outbox noting that, and then it has
// the same id.
func TestSenderKilledAtAnyInstant(t *testing.T) {
	times := 200
	if testing.Short() {
		times = 20
	}
	got := &inbox{got: map[string]int{}}
	ws := receivers(t, got)
	box := outbox.In(ws)
	r := rand.New(rand.NewPCG(3, 4))
	put, between, kills, idle := 0, 0, 0, 0
	unnoted := map[string]bool{} // taken by a receiver, and not noted when the sender was killed
	for kills < times {
		list, err := box.Waiting()
		if err != nil {
			t.Fatal(err)
		}
		if len(list) < 20 {
			fill(t, ws, put, 100)
			put += 100
		}
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
		before := len(list)
		time.Sleep(time.Duration(r.Int64N(int64(60 * time.Millisecond))))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if cmd.ProcessState.Exited() {
			if cmd.ProcessState.ExitCode() != 0 {
				t.Fatalf("the sender ended by itself: %s", said.String())
			}
			continue
		}
		kills++
		// What a receiver has and the outbox does not know of: one message at most.
		if list, err = box.Waiting(); err != nil {
			t.Fatal(err)
		}
		if len(list) == before {
			idle++
		}
		all := got.all()
		fresh := 0
		for _, m := range list {
			if all[m.ID] > 0 && !unnoted[m.ID] && !box.IsDone(m.ID) {
				unnoted[m.ID] = true
				fresh++
			}
		}
		if fresh > 1 {
			t.Fatalf("kill %d: %d messages were taken and are not noted", kills, fresh)
		}
		between += fresh
	}
	last := alerts.Post{Workspace: ws, Book: must(alerts.LoadBook(ws)), Holder: "the last sender", Retry: true}
	if _, err := last.Send(context.Background()); err != nil {
		t.Fatal(err)
	}
	if list, err := box.Waiting(); err != nil || len(list) > 0 {
		t.Errorf("%d messages still wait, %v", len(list), err)
	}
	all := got.all()
	twice := 0
	for i := range put {
		switch n := all[outbox.ID("kill", fmt.Sprint(i))]; {
		case n == 0:
			t.Errorf("message %d is lost", i)
		case n > 1:
			twice += n - 1
		}
	}
	if len(all) != put {
		t.Errorf("%d ids came of %d messages", len(all), put)
	}
	if twice > kills {
		t.Errorf("%d messages came twice with %d kills", twice, kills)
	}
	t.Logf("%d messages, %d kills (%d before anything was done), %d seen between taking and noting, %d came twice", put, kills, idle, between, twice)
	if idle == kills || between == 0 && times == 200 {
		t.Errorf("the kills did not hit the middle of the work: %d of %d before it, %d between taking and noting", idle, kills, between)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
