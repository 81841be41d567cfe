package workspace_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
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

// What a disk answers becomes a sentence that says what happened, where, and what to do;
// the old file stands.
func TestDiskFaultsAreTold(t *testing.T) {
	for _, c := range []struct {
		fault error
		want  string
		do    string
	}{
		{syscall.ENOSPC, "the disk is full: data/x could not be written in FOLDER; ", "make room"},
		{syscall.EDQUOT, "the disk quota is used up: data/x could not be written in FOLDER; ", "make room"},
		{syscall.EFBIG, "files may not grow that large here: data/x could not be written in FOLDER; ", "raise the limit"},
		{syscall.EROFS, "the folder FOLDER cannot be written: its disk is read-only", "make the disk writable"},
		{syscall.EACCES, "the folder FOLDER cannot be written: this user has no right to", "give the right"},
		{syscall.EPERM, "the folder FOLDER cannot be written: this user has no right to", "give the right"},
		{syscall.EIO, "the disk failed: data/x could not be written in FOLDER; ", "check the disk"},
		{syscall.ELOOP, "write data/x: ", "too many"},
	} {
		for _, at := range []string{"create", "write", "sync", "rename"} {
			root := t.TempDir()
			if err := workspace.Open(root).Write("data/x", []byte("old")); err != nil {
				t.Fatal(err)
			}
			ws := workspace.Open(root, workspace.Before(func(op, _ string) error {
				if op == at {
					return c.fault
				}
				return nil
			}))
			err := ws.Write("data/x", []byte("new"))
			want := strings.ReplaceAll(c.want, "FOLDER", filepath.Join(root, "data"))
			if err == nil || !errors.Is(err, c.fault) || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), c.do) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v at %s: %v, want %s", c.fault, at, err, want)
			}
			if got, err := ws.Read("data/x"); err != nil || string(got) != "old" {
				t.Errorf("%v at %s: the file reads %q, %v", c.fault, at, got, err)
			}
			if names, err := os.ReadDir(filepath.Join(root, "data")); err != nil || len(names) != 1 {
				t.Errorf("%v at %s: left behind: %v, %v", c.fault, at, names, err)
			}
		}
	}
}

func TestMoveNeverOverwrites(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	for _, name := range []string{"a", "b"} {
		if err := ws.Write(name, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := ws.Move("a", "b"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("moved over another file: %v", err)
	}
	if err := ws.Move("a", "new/folder/a"); err != nil || ws.Has("a") {
		t.Errorf("moved: %v", err)
	}
	if got, err := ws.Read("new/folder/a"); err != nil || string(got) != "a" {
		t.Errorf("moved file reads %q, %v", got, err)
	}
	if err := ws.Move("a", "c"); !errors.Is(err, fs.ErrNotExist) || ws.Has("c") {
		t.Errorf("moved what is not there: %v", err)
	}
}

func TestHeld(t *testing.T) {
	root := t.TempDir()
	ws := workspace.Open(root)
	release, err := ws.Lock("me")
	if err != nil || !ws.Held() || workspace.Open(root).Held() {
		t.Errorf("held %v, %v", ws.Held(), err)
	}
	if release(); ws.Held() {
		t.Error("held after it was given back")
	}
}
