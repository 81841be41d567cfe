package outbox_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/workspace"
)

var began = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func digest(events ...int) outbox.Message {
	m := outbox.Message{ID: outbox.ID("digest"), Class: outbox.Subscriber, Kind: outbox.Digest, Subscription: "a", Created: began, Due: began}
	for _, n := range events {
		m.Events = append(m.Events, event.Event{ID: fmt.Sprintf("ev-%032d", n), Kind: event.Party, Dataset: "treaty_status", Key: "CRC/SWE", Column: "status", Seen: began, Source: "a", Snapshot: "x"})
	}
	return m
}

func events(m outbox.Message) (list []string) {
	for _, e := range m.Events {
		list = append(list, strings.TrimLeft(e.ID, "ev-0"))
	}
	return list
}

// muted says of which events a digest is told later, by the ends of their ids.
func muted(until time.Time, ends ...string) func(event.Event) time.Time {
	return func(e event.Event) time.Time {
		if slices.Contains(ends, strings.TrimLeft(e.ID, "ev-0")) {
			return until
		}
		return time.Time{}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Whichever operation on the disk is the last before a crash, and whatever is muted when the
// sender begins again: each event is in one digest, and no muted one in a digest that goes out.
func TestCrashWhileADigestIsSealed(t *testing.T) {
	until := began.AddDate(0, 0, 9)
	for _, still := range []bool{true, false} {
		for n := 1; ; n++ {
			root := filepath.Join(t.TempDir(), "ws")
			if err := outbox.In(workspace.Open(root)).Put(digest(1, 2, 3)); err != nil {
				t.Fatal(err)
			}
			done := 0
			dying := outbox.In(workspace.Open(root, workspace.Before(func(string, string) error {
				if done++; done >= n {
					return syscall.EIO
				}
				return nil
			})))
			_, err := dying.Seal(digest().ID, began, muted(until, "2"))
			box := outbox.In(workspace.Open(root))
			if err == nil {
				if done < 8 {
					t.Fatalf("%d operations only", done)
				}
				break
			}
			split := muted(until)
			if still {
				split = muted(until, "2")
			}
			m, err := box.Seal(digest().ID, began.Add(time.Hour), split)
			if err != nil {
				t.Fatal(err)
			}
			all := events(m)
			if later, err := box.Get(outbox.Later(m.ID)); err == nil {
				all = append(all, events(later)...)
				if !later.Due.Equal(until) || later.Sealed {
					t.Errorf("operation %d: %+v", n, later)
				}
			}
			if still && slices.Contains(events(m), "2") {
				t.Errorf("operation %d: what is muted is told", n)
			}
			slices.Sort(all)
			if !slices.Equal(all, []string{"1", "2", "3"}) || m.Date.IsZero() {
				t.Errorf("operation %d, still muted %v: events %v", n, still, all)
			}
		}
	}
}

// A sender may note a digest as sent at any instant while a refresh puts an event into it: the
// event is in what was sent, or Put says that the next digest must take it.
func TestPutWhileADigestIsFinished(t *testing.T) {
	for n := 1; n < 30; n++ {
		root := filepath.Join(t.TempDir(), "ws")
		sender := outbox.In(workspace.Open(root))
		if err := sender.Put(digest(1)); err != nil {
			t.Fatal(err)
		}
		m := must(sender.Seal(digest().ID, began, muted(began)))
		done := 0
		refresh := outbox.In(workspace.Open(root, workspace.Before(func(string, string) error {
			if done++; done == n {
				return sender.Finish(m)
			}
			return nil
		})))
		err := refresh.Put(digest(2))
		if done < n {
			if err := sender.Finish(m); err != nil {
				t.Fatal(err)
			}
		}
		if !errors.Is(err, outbox.ErrSealed) {
			t.Errorf("operation %d: %v", n, err)
		}
	}
	// It was done and gone from what waits between two looks of Put.
	root := filepath.Join(t.TempDir(), "ws")
	sender := outbox.In(workspace.Open(root))
	once := false
	refresh := outbox.In(workspace.Open(root, workspace.Before(func(op, _ string) error {
		if !once {
			once = true
			m := digest(1)
			m.Sealed = true
			return sender.Finish(m)
		}
		return nil
	})))
	if err := refresh.Put(digest(2)); !errors.Is(err, outbox.ErrSealed) {
		t.Errorf("%v", err)
	}
	if list := must(sender.Waiting()); len(list) > 0 {
		t.Errorf("%d messages wait that the sender would remove unread", len(list))
	}
}

// A file that holds no message, or that of another, harms no other message.
func TestBadFiles(t *testing.T) {
	ws := workspace.Open(filepath.Join(t.TempDir(), "ws"))
	box := outbox.In(ws)
	good := digest(1)
	if err := box.Put(good); err != nil {
		t.Fatal(err)
	}
	bad := outbox.ID("bad")
	for name, text := range map[string]string{bad + ".json": "{", outbox.ID("copy") + ".json": `{"id":"` + good.ID + `"}`, "notes.txt": "x", good.ID + ".json~": "x", "msg-1.json": "{"} {
		if err := ws.Write("outbox/waiting/"+name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if list := must(box.Waiting()); len(list) != 1 || list[0].ID != good.ID {
		t.Errorf("%+v", list)
	}
	_, faults, err := box.Look()
	if err != nil || len(faults) != 2 || !strings.Contains(faults[0].Error()+faults[1].Error(), bad) || !strings.Contains(faults[0].Error(), "repair the file") {
		t.Errorf("%v", faults)
	}
	m := digest(2)
	m.ID = bad
	if err := box.Put(m); !errors.Is(err, outbox.ErrSealed) {
		t.Errorf("a digest that cannot be read: %v", err)
	}
	m.Kind = outbox.Told
	if err := box.Put(m); err != nil {
		t.Errorf("a message that cannot be read: %v", err)
	}
}

// A message is put in once, finished once, and what a crash left of it is tidied away.
func TestPutAndFinish(t *testing.T) {
	ws := workspace.Open(filepath.Join(t.TempDir(), "ws"))
	box := outbox.In(ws)
	if empty := must(box.Empty()); !empty {
		t.Error("a new outbox is not empty")
	}
	m := digest(1)
	m.Kind = outbox.Told
	for range 2 {
		if err := box.Put(m); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := box.Get("../subscriptions"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	m.Sent = began
	for range 2 {
		if err := box.Finish(m); err != nil {
			t.Fatal(err)
		}
	}
	if err := box.Put(m); err != nil || !must(box.IsDone(m.ID)) {
		t.Errorf("%v", err)
	}
	if got := must(box.Get(m.ID)); !got.Sent.Equal(began) || len(must(box.Waiting())) != 0 || len(must(box.Done())) != 1 || must(box.Empty()) {
		t.Errorf("%+v", got)
	}
	if err := box.Tried(m); err != nil { // as a crash between the two steps of Finish leaves it
		t.Fatal(err)
	}
	if err := box.Tidy(m); err != nil || len(must(box.Waiting())) != 0 {
		t.Errorf("%v", err)
	}
}

// What is acknowledged cannot be muted: that would tell it one day. Unmute ends both.
func TestWords(t *testing.T) {
	box := outbox.In(workspace.Open(filepath.Join(t.TempDir(), "ws")))
	say := func(about string, do outbox.Do, until time.Time) error {
		return box.Say(outbox.Word{About: about, Do: do, Reason: "because", Until: until, At: began})
	}
	for _, about := range []string{"ev-1", "Ünlike any/name", strings.Repeat("x", 300)} {
		if err := say(about, outbox.Mute, began.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		words := must(box.Words())
		if !outbox.Muted(words, about, began) || outbox.Muted(words, about, began.Add(time.Hour)) {
			t.Errorf("%s: %+v", about, words[about])
		}
		if err := say(about, outbox.Ack, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if err := say(about, outbox.Mute, began.Add(time.Hour)); err == nil || !strings.Contains(err.Error(), "is acknowledged") || !outbox.Acked(must(box.Words()), about) {
			t.Errorf("muted after it was acknowledged: %v", err)
		}
		if err := say(about, outbox.Unmute, time.Time{}); err != nil || outbox.Acked(must(box.Words()), about) {
			t.Errorf("%v", err)
		}
	}
	if err := say("burst-1", outbox.Release, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if say("burst-1", outbox.Mute, began.Add(time.Hour)) == nil {
		t.Error("a burst was muted after its release")
	}
	if say("a", outbox.Mute, began) == nil || box.Say(outbox.Word{About: "a", Do: outbox.Ack, At: began}) == nil {
		t.Error("muted until the past, or without a reason")
	}
}
