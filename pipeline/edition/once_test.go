package edition_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"baseline/pipeline/decisions"
	"baseline/pipeline/edition"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/pipeline/workspace/s3test"
)

var asOf = time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)

// stored is a snapshot without rows, but with one of its manifest's own.
func stored(t *testing.T, ws *workspace.Workspace, tool string) snapshot.Manifest {
	t.Helper()
	m, err := snapshot.Write(ws, &snapshot.Snapshot{}, tool)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// An edition of which it cannot be known whether it is there is not frozen.
func TestFreezeOverWhatCannotBeRead(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	m := stored(t, ws, "1")
	for _, there := range []string{"{", `{"name": "2021"`} {
		if err := ws.Write("editions/2021/manifest.json", []byte(there)); err != nil {
			t.Fatal(err)
		}
		if err := edition.Freeze(ws, "2021", m); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("frozen over %q: %v", there, err)
		}
		if text, err := ws.Read("editions/2021/manifest.json"); err != nil || string(text) != there {
			t.Errorf("%q was replaced: %q, %v", there, text, err)
		}
	}
}

// Of two machines that freeze one name at the same time, the second is refused, with whatever
// it has written by then; the edition of the first stands as it was signed.
func TestTwoMachinesFreezeOneName(t *testing.T) {
	address := s3test.Start(t)
	if address == "" {
		return
	}
	for n, at := range []string{"/schemas.json", "/manifest.json"} {
		name := fmt.Sprint("2027-", n)
		var armed atomic.Bool
		reached, goOn := make(chan int), make(chan int)
		open := func(at string) *workspace.Workspace {
			ws, err := workspace.OpenURL(context.Background(), at)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = ws.Close() })
			return ws
		}
		slow := open(s3test.Through(t, address, func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, name+at) && armed.CompareAndSwap(true, false) {
				reached <- 1
				<-goOn
			}
			return false
		}))
		fast := open(address)
		a, b := stored(t, fast, "1"), stored(t, fast, "2")
		sign := func(ws *workspace.Workspace, m snapshot.Manifest, by string) error {
			book, err := decisions.Of(nil)
			if err != nil {
				return err
			}
			_, _, err = edition.Sign(ws, m, book, edition.Wish{Name: name, By: by, At: asOf})
			return err
		}
		armed.Store(true)
		got := make(chan error)
		go func() { got <- sign(slow, a, "A") }()
		<-reached
		if err := sign(fast, b, "B"); err != nil {
			t.Fatal(err)
		}
		close(goOn)
		if err := <-got; err == nil || !strings.Contains(err.Error(), "somebody else") {
			t.Errorf("held at %s: the slow one is told %v", at, err)
		}
		e, err := edition.Read(fast, name)
		if err != nil || e.By != "B" || !e.Whole() {
			t.Errorf("held at %s: the edition is %+v, %v", at, e, err)
		}
	}
}

// What a freeze that did not end has left under the name does not stand in its way.
func TestFreezeAfterACrash(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	m := stored(t, ws, "1")
	if err := ws.Write(edition.SchemasPath("2027"), []byte("of another snapshot")); err != nil {
		t.Fatal(err)
	}
	book, err := decisions.Of(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := edition.Sign(ws, m, book, edition.Wish{Name: "2027", By: "A", At: asOf}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(ws.Path(edition.SchemasPath("2027"))); err != nil || !strings.HasPrefix(string(text), "[") {
		t.Errorf("schemas: %.40q, %v", text, err)
	}
}
