package workspace_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gocloud.dev/blob/memblob"

	"baseline/pipeline/workspace"
	"baseline/pipeline/workspace/s3test"
)

func at(t *testing.T, address string, options ...workspace.Option) *workspace.Workspace {
	t.Helper()
	ws, err := workspace.OpenURL(context.Background(), address, options...)
	must(t, err)
	t.Cleanup(func() { _ = ws.Close() })
	return ws
}

// A holder that slept while another took over deletes and moves nothing.
func TestSleeperDeletesNothing(t *testing.T) {
	memory := memblob.OpenBucket(nil)
	open := func() *workspace.Workspace {
		return workspace.OpenBucket(memory, "mem://x", workspace.LeaseFor(short))
	}
	slept := open()
	_, err := slept.Lock("the sleeper")
	must(t, err)
	workspace.Kill(slept)
	next := open()
	release, err := eventually(next, "the next")
	must(t, err)
	defer release()
	for _, name := range []string{"data/d/snapshot=x/part-0.parquet", "captures/log/s/r.json"} {
		must(t, next.Write(name, []byte("of the next")))
	}
	for what, err := range map[string]error{
		"removes a folder": slept.Remove("data/d/snapshot=x"),
		"removes a file":   slept.Remove("captures/log/s/r.json"),
		"moves a file":     slept.Move("captures/log/s/r.json", "captures/damaged/r.json-1"),
	} {
		if err == nil {
			t.Errorf("the sleeper %s", what)
		}
	}
	for _, name := range []string{"data/d/snapshot=x/part-0.parquet", "captures/log/s/r.json"} {
		if data, err := next.Read(name); err != nil || string(data) != "of the next" {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
}

// A run whose answer on who is last came long ago takes nothing that others had meanwhile.
func TestSlowTakerStepsBack(t *testing.T) {
	address := s3test.Start(t)
	if address == "" {
		return
	}
	for name, take := range map[string]func(*workspace.Workspace) (func(), error){
		"guard/outbox/": func(ws *workspace.Workspace) (func(), error) { return ws.TryGuard("outbox", "x") },
		"/lease/":       func(ws *workspace.Workspace) (func(), error) { return ws.Lock("x") },
	} {
		for others := range 3 { // holders before the one that has it
			var slow atomic.Bool
			reached, goOn := make(chan int), make(chan int)
			a := at(t, s3test.Through(t, address, func(_ http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPut && strings.Contains(r.URL.Path, name) && slow.CompareAndSwap(true, false) {
					reached <- 1
					<-goOn
				}
				return false
			}))
			first := at(t, address)
			release, err := take(first)
			must(t, err)
			release()
			slow.Store(true)
			got := make(chan error)
			go func() { _, err := take(a); got <- err }()
			<-reached
			for range others {
				release, err := take(first)
				must(t, err)
				release()
			}
			holder := at(t, address)
			release, err = take(holder)
			must(t, err)
			close(goOn)
			var held *workspace.HeldError
			if err := <-got; !errors.As(err, &held) {
				t.Errorf("%s, %d holders between: the slow one is told %v", name, others, err)
			}
			if _, err := take(first); !errors.As(err, &held) {
				t.Errorf("%s, %d holders between: afterwards it can be taken: %v", name, others, err)
			}
			release()
		}
	}
}

// Who holds a guard can ask before each effect whether it is still its own.
func TestGuardIsAskedForAgain(t *testing.T) {
	memory := memblob.OpenBucket(nil)
	bucket := func() *workspace.Workspace {
		return workspace.OpenBucket(memory, "mem://x", workspace.LeaseFor(short))
	}
	for _, ws := range []*workspace.Workspace{bucket(), workspace.Open(t.TempDir())} {
		if err := ws.StillHeld("outbox"); err == nil {
			t.Error("held before it was taken")
		}
		release, err := ws.TryGuard("outbox", "x")
		must(t, err)
		must(t, ws.StillHeld("outbox"))
		release()
		if err := ws.StillHeld("outbox"); err == nil {
			t.Error("held after it was given back")
		}
	}
	slept, next := bucket(), bucket()
	_, err := slept.TryGuard("outbox", "the sleeper")
	must(t, err)
	workspace.KillGuard(slept, "outbox")
	for range 200 {
		if _, err = next.TryGuard("outbox", "the next"); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	must(t, err)
	if err := slept.StillHeld("outbox"); err == nil {
		t.Error("the sleeper still holds it")
	}
	must(t, next.StillHeld("outbox"))
}

// One renewal that hangs does not cost the right to write.
func TestHangingRenewal(t *testing.T) {
	address := s3test.Start(t)
	if address == "" {
		return
	}
	var hang atomic.Bool
	renewals := make(chan int, 100)
	over := make(chan int)
	defer close(over)
	ws := at(t, s3test.Through(t, address, func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPut || !strings.Contains(r.URL.Path, "/lease/") {
			return false
		}
		renewals <- 1
		if hang.CompareAndSwap(true, false) {
			select {
			case <-over:
			case <-r.Context().Done():
			}
		}
		return false
	}), workspace.LeaseFor(4*time.Second))
	release, err := ws.Lock("x")
	must(t, err)
	defer release()
	hang.Store(true)
	for range 4 { // the taking, the one that hangs, and two that come after it
		select {
		case <-renewals:
		case <-time.After(30 * time.Second):
			t.Fatal("nothing was renewed after the one that hangs")
		}
	}
}

// That nobody knows whether something is there is told, and is no no.
func TestExistsTellsErrors(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	must(t, ws.Write("folder/x", nil))
	for name, want := range map[string]bool{"folder": true, "folder/x": true, "folder/y": false, "folder/x/y": false} {
		if there, err := ws.Exists(name); err != nil || there != want {
			t.Errorf("%s: %v, %v", name, there, err)
		}
	}
	if there, err := ws.Exists(strings.Repeat("x", 5000)); err == nil || there {
		t.Errorf("what the disk cannot look up: %v, %v", there, err)
	}
	address := s3test.Start(t)
	if address == "" {
		return
	}
	sick := at(t, s3test.Through(t, address, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		return r.Method == http.MethodHead
	}))
	must(t, sick.Write("x", nil))
	if there, err := sick.Exists("x"); err == nil || there {
		t.Errorf("a bucket that is out of order: %v, %v", there, err)
	}
}

// Times are those of the disk or bucket, and the newest file of a folder counts.
func TestWritten(t *testing.T) {
	for _, ws := range []*workspace.Workspace{workspace.Open(t.TempDir()), workspace.OpenBucket(memblob.OpenBucket(nil), "mem://x")} {
		if _, err := ws.Written("data"); err == nil {
			t.Error("nothing was written at some time")
		}
		must(t, ws.Write("data/a/x", nil))
		must(t, ws.Write("data/a/y", nil))
		now, err := ws.Clock()
		must(t, err)
		x, err := ws.Written("data/a/x")
		must(t, err)
		folder, err := ws.Written("data/a")
		must(t, err)
		if folder.Before(x) || now.Before(folder.Add(-time.Second)) || now.Sub(x) > time.Minute {
			t.Errorf("file %s, folder %s, now %s", x, folder, now)
		}
		if names, err := ws.List(""); err != nil || strings.Join(names, " ") != "data" {
			t.Errorf("left behind: %v, %v", names, err)
		}
	}
}

// A bucket that is not there, and credentials that are wrong or none, are told in one sentence
// with what to do, whatever is done first.
func TestBucketsThatCannotBeUsed(t *testing.T) {
	address := s3test.Start(t)
	if address == "" {
		return
	}
	for want, c := range map[string]struct{ address, key, secret string }{
		"does not exist or cannot be read":                        {strings.Replace(address, "s3://bucket/", "s3://none/", 1), "test", "testsecret"},
		"does not take these credentials (SignatureDoesNotMatch)": {address, "test", "wrong"},
		"does not take these credentials (XAdminUserNotFound)":    {address, "nobody", "testsecret"},
		"there are no credentials for the bucket":                 {address, "", ""},
	} {
		t.Setenv("AWS_ACCESS_KEY_ID", c.key)
		t.Setenv("AWS_SECRET_ACCESS_KEY", c.secret)
		t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
		t.Setenv("HOME", t.TempDir())
		ws := at(t, c.address)
		_, readErr := ws.Read(workspace.Current)
		_, lockErr := ws.Lock("x")
		for what, err := range map[string]error{"read": readErr, "lock": lockErr, "write": ws.Write("x", nil)} {
			if err == nil || errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), want) || strings.ContainsAny(err.Error(), "\n?") || len(err.Error()) > 250 {
				t.Errorf("%s: %v, want %q", what, err, want)
			}
		}
	}
}

// A new folder is entered in the folder above it for good, each level.
func TestNewFoldersLastThroughAPowerCut(t *testing.T) {
	root := filepath.Join(t.TempDir(), "ws")
	var synced []string
	ws := workspace.Open(root, workspace.Before(func(op, file string) error {
		if op == "sync-folder" {
			rel, _ := filepath.Rel(filepath.Dir(root), file)
			synced = append(synced, filepath.ToSlash(rel))
		}
		return nil
	}))
	must(t, ws.Write("data/d/x", nil))
	if got := strings.Join(synced, " "); got != "ws/data ws . ws/data/d" {
		t.Errorf("synced: %s", got)
	}
	synced = nil
	must(t, ws.Write("data/d/y", nil))
	if got := strings.Join(synced, " "); got != "ws/data/d" {
		t.Errorf("synced for a second file: %s", got)
	}
}

// A folder without a file in it, as a crash leaves it, is gone after the next sweep.
func TestCleanRemovesEmptyFoldersOfSnapshots(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	must(t, ws.Write("snapshots/whole/manifest.json", nil))
	must(t, os.MkdirAll(ws.Path("snapshots/empty"), 0o755))
	must(t, os.MkdirAll(ws.Path("decisions"), 0o755))
	must(t, ws.Clean())
	if ws.Has("snapshots/empty") || !ws.Has("snapshots/whole/manifest.json") || !ws.Has("decisions") {
		t.Error("the wrong folders were removed")
	}
}
