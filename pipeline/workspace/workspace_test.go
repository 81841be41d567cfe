package workspace_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baseline/pipeline/workspace"
)

func TestWriteReadList(t *testing.T) {
	ws := workspace.Open(filepath.Join(t.TempDir(), "new", "folder"))
	if names, err := ws.List("data"); err != nil || names != nil {
		t.Errorf("a workspace that does not exist lists %v, %v", names, err)
	}
	if _, err := ws.Read("data/x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading what is not there: %v", err)
	}
	for _, text := range []string{"first", "second"} {
		if err := ws.Write("data/x", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := ws.Read("data/x"); err != nil || string(got) != text {
			t.Errorf("read %q, %v; wrote %q", got, err, text)
		}
	}
	if names, err := ws.List("data"); err != nil || len(names) != 1 || names[0] != "x" {
		t.Errorf("list: %v, %v", names, err)
	}
}

func TestFailedWriteLeavesTheOldFile(t *testing.T) {
	root := t.TempDir()
	ws := workspace.Open(root)
	if err := ws.Write("data/x", []byte("old")); err != nil {
		t.Fatal(err)
	}
	// A folder in the place of the file lets the rename fail, for root too.
	if err := os.MkdirAll(filepath.Join(root, "data", "y", "z"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := ws.Write("data/y", []byte("new")); err == nil || !strings.Contains(err.Error(), "data/y") {
		t.Errorf("error does not name the file: %v", err)
	}
	names, err := ws.List("data")
	if err != nil || strings.Join(names, " ") != "x y" {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

func TestSecondRunIsToldWhoHasTheWorkspace(t *testing.T) {
	root := t.TempDir()
	release, err := workspace.Open(root).Lock("process 1 on here")
	if err != nil {
		t.Fatal(err)
	}
	_, err = workspace.Open(root).Lock("process 2 on here")
	var held *workspace.HeldError
	if !errors.As(err, &held) || held.Holder != "process 1 on here" {
		t.Fatalf("second lock: %v", err)
	}
	release()
	again, err := workspace.Open(root).Lock("process 2 on here")
	if err != nil {
		t.Fatalf("lock after release: %v", err)
	}
	again()
}

func TestRemoveStaysInside(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	for _, name := range []string{".", "..", "../x", "a/../.."} {
		if err := ws.Remove(name); err == nil {
			t.Errorf("removed %q", name)
		}
	}
}
