package workspace_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gocloud.dev/blob/memblob"

	"baseline/pipeline/workspace"
	"baseline/pipeline/workspace/s3test"
)

// opener opens the same workspace again and again, as several machines would.
type opener func(t *testing.T, options ...workspace.Option) *workspace.Workspace

// stores are what the suite runs against.
func stores(t *testing.T) map[string]opener {
	t.Helper()
	folder := t.TempDir()
	memory := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = memory.Close() })
	all := map[string]opener{
		"folder": func(_ *testing.T, o ...workspace.Option) *workspace.Workspace { return workspace.Open(folder, o...) },
		"memory": func(_ *testing.T, o ...workspace.Option) *workspace.Workspace {
			return workspace.OpenBucket(memory, "mem://test", o...)
		},
	}
	if at := s3test.Start(t); at != "" {
		all["s3"] = func(t *testing.T, o ...workspace.Option) *workspace.Workspace {
			t.Helper()
			ws, err := workspace.OpenURL(context.Background(), at, o...)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = ws.Close() })
			return ws
		}
	}
	return all
}

func TestConformance(t *testing.T) {
	for store, open := range stores(t) {
		for name, test := range map[string]func(*testing.T, opener){
			"files": files, "readers see old or new": oldOrNew, "created once": createdOnce, "one holder": oneHolder, "guards": guards,
		} {
			t.Run(store+"/"+name, func(t *testing.T) { test(t, open) })
		}
		if store != "folder" {
			t.Run(store+"/a dead holder", func(t *testing.T) { deadHolder(t, open) })
			t.Run(store+"/a holder that slept", func(t *testing.T) { sleptHolder(t, open) })
			t.Run(store+"/a long run", func(t *testing.T) { longRun(t, open) })
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func files(t *testing.T, open opener) {
	ws := open(t)
	if names, err := ws.List("files"); err != nil || len(names) != 0 {
		t.Errorf("a folder that is not there lists %v, %v", names, err)
	}
	if _, err := ws.Read("files/a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading what is not there: %v", err)
	}
	for _, name := range []string{"files/b", "files/a", "files/folder/x", "files/folder=1/y", "filesystem/z", "files/.hidden"} {
		must(t, ws.Write(name, []byte("1 "+name)))
		must(t, ws.Write(name, []byte(name)))
	}
	if data, err := open(t).Read("files/folder=1/y"); err != nil || string(data) != "files/folder=1/y" {
		t.Errorf("%q, %v", data, err)
	}
	if names, err := ws.List("files"); err != nil || strings.Join(names, " ") != "a b folder folder=1" {
		t.Errorf("lists %q, %v", names, err)
	}
	if !ws.Has("files/a") || !ws.Has("files/folder") || ws.Has("files/c") || ws.Has("fil") {
		t.Error("Has does not tell what is there")
	}
	must(t, ws.Move("files/a", "files/moved/a"))
	if ws.Has("files/a") || !ws.Has("files/moved/a") {
		t.Error("a file that was moved is not where it should be")
	}
	if err := ws.Move("files/b", "files/moved/a"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a move over another file: %v", err)
	}
	must(t, ws.Remove("files/folder"))
	must(t, ws.Remove("files/nothing"))
	if ws.Has("files/folder/x") || !ws.Has("files/folder=1/y") || !ws.Has("filesystem/z") {
		t.Error("the wrong things were removed")
	}
	must(t, ws.Write("files/empty", nil))
	if data, err := ws.Read("files/empty"); err != nil || len(data) != 0 {
		t.Errorf("empty file: %q, %v", data, err)
	}
	must(t, ws.Clean())
}

func oldOrNew(t *testing.T, open opener) {
	ws := open(t)
	value := func(n int) []byte { return bytes.Repeat([]byte{byte('a' + n%26)}, 200_000) }
	must(t, ws.Write("torn/x", value(0)))
	var stop atomic.Bool
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			other := open(t)
			for !stop.Load() {
				data, err := other.Read("torn/x")
				if err != nil || len(data) != 200_000 || bytes.Count(data, data[:1]) != len(data) {
					t.Errorf("a reader saw a torn file of %d bytes, %v", len(data), err)
					return
				}
			}
		})
	}
	for n := range 20 {
		must(t, ws.Write("torn/x", value(n)))
	}
	stop.Store(true)
	readers.Wait()
}

func createdOnce(t *testing.T, open opener) {
	for round := range 3 {
		name := fmt.Sprintf("once/%d", round)
		var won atomic.Int32
		var winner atomic.Value
		var racers sync.WaitGroup
		for n := range 16 {
			ws := open(t)
			racers.Go(func() {
				text := fmt.Sprintf("racer %d", n)
				err := ws.Create(name, []byte(text))
				switch {
				case err == nil:
					won.Add(1)
					winner.Store(text)
				case !errors.Is(err, fs.ErrExist):
					t.Errorf("racer %d: %v", n, err)
				}
			})
		}
		racers.Wait()
		data, err := open(t).Read(name)
		if won.Load() != 1 || err != nil || string(data) != winner.Load() {
			t.Errorf("%d racers won; %q is stored, %v", won.Load(), data, err)
		}
	}
}

func oneHolder(t *testing.T, open opener) {
	first, second := open(t), open(t)
	release, err := first.Lock("the first")
	must(t, err)
	var held *workspace.HeldError
	if _, err := second.Lock("the second"); !errors.As(err, &held) || held.Holder != "the first" {
		t.Fatalf("%v", err)
	}
	if !first.Held() || second.Held() {
		t.Error("Held is wrong")
	}
	must(t, first.Write(workspace.Current, []byte("one\n")))
	must(t, first.Write(workspace.Current, []byte("two\n")))
	release()
	release, err = second.Lock("the second")
	must(t, err)
	must(t, second.Write(workspace.Current, []byte("three\n")))
	release()
	var most, now atomic.Int32
	var all sync.WaitGroup
	for n := range 6 {
		ws := open(t)
		all.Go(func() {
			for tries := 0; tries < 2000; tries++ {
				release, err := ws.Lock(fmt.Sprint("run ", n))
				if errors.As(err, &held) {
					time.Sleep(2 * time.Millisecond)
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if h := now.Add(1); h > most.Load() {
					most.Store(h)
				}
				time.Sleep(2 * time.Millisecond)
				now.Add(-1)
				release()
				return
			}
			t.Errorf("run %d never got its turn", n)
		})
	}
	all.Wait()
	if most.Load() != 1 {
		t.Errorf("%d holders at once", most.Load())
	}
}

func guards(t *testing.T, open opener) {
	first, second := open(t), open(t)
	release, err := first.TryGuard("thing", "the first")
	must(t, err)
	var held *workspace.HeldError
	if _, err := second.TryGuard("thing", "the second"); !errors.As(err, &held) {
		t.Fatalf("%v", err)
	}
	other, err := second.TryGuard("another", "the second")
	must(t, err)
	other()
	time.AfterFunc(60*time.Millisecond, release)
	waited, err := second.Guard("thing")
	must(t, err)
	waited()
}

const short = 400 * time.Millisecond

// deadHolder: a machine dies while it holds the workspace.
func deadHolder(t *testing.T, open opener) {
	dead := open(t, workspace.LeaseFor(short))
	_, err := dead.Lock("the dead one")
	must(t, err)
	workspace.Kill(dead)
	next := open(t, workspace.LeaseFor(short))
	var held *workspace.HeldError
	if _, err := next.Lock("the next"); !errors.As(err, &held) || held.Holder != "the dead one" {
		t.Fatalf("taken over at once: %v", err)
	}
	release, err := eventually(next, "the next")
	must(t, err)
	must(t, next.Write("after/death", []byte("x")))
	release()
}

func eventually(ws *workspace.Workspace, holder string) (release func(), err error) {
	for range 200 {
		if release, err = ws.Lock(holder); err == nil {
			return release, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, err
}

// sleptHolder: a machine sleeps while it holds the workspace, another one takes over, and the
// first wakes and goes on writing.
func sleptHolder(t *testing.T, open opener) {
	slept := open(t, workspace.LeaseFor(short))
	_, err := slept.Lock("the sleeper")
	must(t, err)
	must(t, slept.Write(workspace.Current, []byte("before\n")))
	workspace.Kill(slept)
	next := open(t, workspace.LeaseFor(short))
	release, err := eventually(next, "the next")
	must(t, err)
	defer release()
	must(t, next.Write(workspace.Current, []byte("of the next\n")))
	for _, name := range []string{workspace.Current, "data/x"} {
		if err := slept.Write(name, []byte("of the sleeper\n")); err == nil {
			t.Errorf("the sleeper wrote %s", name)
		}
	}
	if err := slept.Create("editions/x", []byte("of the sleeper\n")); err == nil {
		t.Error("the sleeper froze an edition")
	}
	if data, err := next.Read(workspace.Current); err != nil || string(data) != "of the next\n" {
		t.Errorf("%q, %v", data, err)
	}
}

// longRun: a run that takes longer than a lease stands keeps it.
func longRun(t *testing.T, open opener) {
	const steady = 1500 * time.Millisecond // long enough for renewals on a busy machine
	long := open(t, workspace.LeaseFor(steady))
	release, err := long.Lock("the long one")
	must(t, err)
	other := open(t, workspace.LeaseFor(steady))
	for end := time.Now().Add(2 * steady); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var held *workspace.HeldError
		if _, err := other.Lock("the other"); !errors.As(err, &held) {
			t.Fatalf("taken from a holder that is at work: %v", err)
		}
	}
	must(t, long.Write(workspace.Current, []byte("long\n")))
	release()
	again, err := other.Lock("the other")
	must(t, err)
	again()
}

// A write that reaches the store although its lease is gone meets what the store itself checks.
func TestS3RefusesAnOverwriteOfWhatAnotherPutInForce(t *testing.T) {
	at := s3test.Start(t)
	if at == "" {
		return
	}
	open := func() *workspace.Workspace {
		ws, err := workspace.OpenURL(context.Background(), at)
		must(t, err)
		t.Cleanup(func() { _ = ws.Close() })
		return ws
	}
	holder, outside := open(), open()
	must(t, outside.Write(workspace.Current, []byte("zero\n")))
	release, err := holder.Lock("the holder")
	must(t, err)
	defer release()
	must(t, outside.Write(workspace.Current, []byte("one\n"))) // as if it had the lease
	if err := holder.Write(workspace.Current, []byte("two\n")); err == nil || !strings.Contains(err.Error(), "run again") {
		t.Errorf("%v", err)
	}
	if data, err := outside.Read(workspace.Current); err != nil || string(data) != "one\n" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestOpenURL(t *testing.T) {
	dir := t.TempDir()
	for _, at := range []string{dir, "file://" + dir} {
		ws, err := workspace.OpenURL(context.Background(), at)
		must(t, err)
		must(t, ws.Write("x", []byte(at)))
		if data, err := os.ReadFile(filepath.Join(dir, "x")); err != nil || string(data) != at {
			t.Errorf("%q, %v", data, err)
		}
	}
	for at, want := range map[string]string{"ftp://x/y": "ftp:// is not known", "file://host/x": "write a folder as", "s3://": "open the bucket"} {
		if _, err := workspace.OpenURL(context.Background(), at); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", at, err)
		}
	}
	ws, err := workspace.OpenURL(context.Background(), "mem://")
	must(t, err)
	must(t, ws.Write("a/b", []byte("x")))
	if got := ws.Path("a/b"); !strings.HasSuffix(got, "/a/b") {
		t.Errorf("place %s", got)
	}
	must(t, ws.Close())
}
