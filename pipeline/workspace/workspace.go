// Package workspace keeps the folder in which everything that the pipeline knows
// is stored: captures, snapshots, editions. Paths are relative to it and use
// forward slashes. Every write is atomic: a reader sees the old file or the whole
// new one, and after a crash at any instant the old one still stands.
package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/gofrs/flock"
)

// writing begins the names of files in the making.
const writing = ".writing-"

// Workspace is an opened folder.
type Workspace struct{ root string }

// HeldError says that another process holds the workspace.
type HeldError struct{ Root, Holder string }

func (e *HeldError) Error() string {
	return fmt.Sprintf("workspace %s is in use by %s; wait until it has ended", e.Root, e.Holder)
}

// Open uses the folder root. It need not exist: the first write makes it.
func Open(root string) *Workspace { return &Workspace{root: root} }

// Root returns the folder as it was given.
func (w *Workspace) Root() string { return w.root }

// Path returns the place of a file on this machine, for messages to people.
func (w *Workspace) Path(name string) string { return filepath.Join(w.root, filepath.FromSlash(name)) }

// Lock takes the workspace for one writer and returns the function that gives it
// back. holder says to others who has it. It fails with a *HeldError if another
// process has it. A lock of a process that died is free.
func (w *Workspace) Lock(holder string) (release func(), err error) {
	if err := os.MkdirAll(w.root, 0o755); err != nil {
		return nil, fmt.Errorf("make workspace: %w", err)
	}
	l := flock.New(w.Path("lock"))
	got, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock workspace %s: %w", w.root, err)
	}
	if !got {
		who, _ := os.ReadFile(w.Path("lock.holder"))
		if len(who) == 0 {
			who = []byte("another run")
		}
		return nil, &HeldError{Root: w.root, Holder: strings.TrimSpace(string(who))}
	}
	if err := os.WriteFile(w.Path("lock.holder"), []byte(holder+"\n"), 0o644); err != nil {
		_ = l.Unlock()
		return nil, fmt.Errorf("write into workspace: %w", err)
	}
	return func() {
		_ = os.Remove(w.Path("lock.holder"))
		_ = l.Unlock()
	}, nil
}

// Write stores data under name, whole or not at all.
func (w *Workspace) Write(name string, data []byte) error {
	file := w.Path(name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), writing+"*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Chmod(0o644)
	}
	if err == nil {
		err = tmp.Sync()
	}
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return fmt.Errorf("write %s: %w", name, err)
	}
	return syncFolder(filepath.Dir(file))
}

// syncFolder makes a rename last through a power cut. Not every file system can;
// the rename itself is atomic on all of them.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	_ = d.Sync()
	return d.Close()
}

// Read returns the bytes stored under name; the error wraps fs.ErrNotExist if there
// are none.
func (w *Workspace) Read(name string) ([]byte, error) { return os.ReadFile(w.Path(name)) }

// Has reports whether something is stored under name.
func (w *Workspace) Has(name string) bool {
	_, err := os.Stat(w.Path(name))
	return err == nil
}

// List returns the names directly below folder, sorted; none if it does not exist.
// Files in the making are left out.
func (w *Workspace) List(folder string) ([]string, error) {
	entries, err := os.ReadDir(w.Path(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	sort.Strings(names)
	return names, nil
}

// Clean removes files in the making that a crash has left. Only the holder of the lock
// may call it.
func (w *Workspace) Clean() error {
	return filepath.WalkDir(w.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(d.Name(), writing) {
			return err
		}
		return os.Remove(path)
	})
}

// Remove deletes a file or a folder with everything in it.
func (w *Workspace) Remove(name string) error {
	if name = path.Clean(name); name == "." || strings.HasPrefix(name, "..") {
		return fmt.Errorf("remove %q: not a path inside the workspace", name)
	}
	return os.RemoveAll(w.Path(name))
}
