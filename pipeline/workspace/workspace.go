// Package workspace keeps the folder, or the bucket, in which everything that the
// pipeline knows is stored: captures, snapshots, editions. Paths are relative to it and use
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
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// writing begins the names of files in the making.
const writing = ".writing-"

// Current is the file whose write puts a snapshot in force. In a bucket that takes it, it is
// written only if nobody else has written it since the workspace was taken with Lock.
const Current = "snapshots/current"

// Workspace is an opened folder or bucket.
type Workspace struct {
	root   string
	bucket *bucket // nil: a folder
	before func(op, file string) error
	held   atomic.Bool

	guarded sync.Map // names taken with Guard in a folder
}

// Option changes how a workspace is opened.
type Option func(*Workspace)

// Before calls hook before each operation that changes the disk: op is mkdir, lock,
// create, write, sync, rename, sync-folder or remove, file its path on this machine. An
// error stands for one of the operation itself. It is how tests let a disk be full.
func Before(hook func(op, file string) error) Option {
	return func(w *Workspace) { w.before = hook }
}

// HeldError says that another process holds the workspace.
type HeldError struct{ Root, Holder string }

func (e *HeldError) Error() string {
	return fmt.Sprintf("workspace %s is in use by %s; wait until it has ended", e.Root, e.Holder)
}

// Open uses the folder root. It need not exist: the first write makes it.
func Open(root string, options ...Option) *Workspace {
	w := &Workspace{root: root}
	for _, o := range options {
		o(w)
	}
	return w
}

// Root returns the folder as it was given.
func (w *Workspace) Root() string { return w.root }

// Path returns the place of a file on this machine, for messages to people.
func (w *Workspace) Path(name string) string {
	if w.bucket != nil {
		return w.bucket.place(name)
	}
	return filepath.Join(w.root, filepath.FromSlash(name))
}

// Lock takes the workspace for one writer and returns the function that gives it
// back. holder says to others who has it. It fails with a *HeldError if another
// process has it. A lock of a process that died is free.
func (w *Workspace) Lock(holder string) (release func(), err error) {
	if w.bucket != nil {
		return w.lockBucket(holder)
	}
	if err := w.mkdir(w.root); err != nil {
		return nil, w.unwritten("the workspace", err)
	}
	l := flock.New(w.Path("lock"))
	got := false
	if err := w.do("lock", w.Path("lock"), func() (err error) { got, err = l.TryLock(); return err }); err != nil {
		return nil, w.unwritten("lock", err)
	}
	if !got {
		who, _ := os.ReadFile(w.Path("lock.holder"))
		if len(who) == 0 {
			who = []byte("another run")
		}
		return nil, &HeldError{Root: w.root, Holder: strings.TrimSpace(string(who))}
	}
	if err := w.do("write", w.Path("lock.holder"), func() error { return os.WriteFile(w.Path("lock.holder"), []byte(holder+"\n"), 0o644) }); err != nil {
		_ = os.Remove(w.Path("lock.holder"))
		_ = l.Unlock()
		return nil, w.unwritten("lock.holder", err)
	}
	w.held.Store(true)
	return func() {
		w.held.Store(false)
		_ = os.Remove(w.Path("lock.holder"))
		_ = l.Unlock()
	}, nil
}

// Held reports whether this process has taken the workspace with Lock, through this value.
func (w *Workspace) Held() bool { return w.held.Load() }

// Write stores data under name, whole or not at all. A disk or folder that does not let
// it is told as a *NotWrittenError.
func (w *Workspace) Write(name string, data []byte) error {
	if w.bucket != nil {
		return w.bucket.write(name, data)
	}
	if err := w.write(w.Path(name), data, os.Rename); err != nil {
		return w.unwritten(name, err)
	}
	return nil
}

// write puts data into a file in the making and gives it its name by means of place, which
// is os.Rename, or os.Link where the name must be free.
func (w *Workspace) write(file string, data []byte, place func(from, to string) error) error {
	folder := filepath.Dir(file)
	if err := w.mkdir(folder); err != nil {
		return err
	}
	var tmp *os.File
	if err := w.do("create", file, func() (err error) { tmp, err = os.CreateTemp(folder, writing+"*"); return err }); err != nil {
		return err
	}
	err := w.do("write", tmp.Name(), func() error { _, err := tmp.Write(data); return err })
	if err == nil {
		err = tmp.Chmod(0o644)
	}
	if err == nil {
		err = w.do("sync", tmp.Name(), tmp.Sync)
	}
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = w.do("rename", file, func() error { return place(tmp.Name(), file) })
	}
	_ = os.Remove(tmp.Name()) // gone already if it was renamed
	if err != nil {
		return err
	}
	return w.syncFolder(folder)
}

// Create stores data under a name that must be free, whole or not at all. Of several that try at
// once, one wins; the others fail with an error that wraps fs.ErrExist.
func (w *Workspace) Create(name string, data []byte) error {
	if w.bucket != nil {
		return w.bucket.create(name, data)
	}
	file := w.Path(name)
	err := w.write(file, data, placeNew)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("create %s: %w", name, fs.ErrExist)
	}
	if err != nil {
		return w.unwritten(name, err)
	}
	return nil
}

// placeNew gives a file a name that must be free. Disks that know no hard links, such as those of
// cameras and some of networks, take the name first and the file after it: there, a crash between
// the two leaves an empty file.
func placeNew(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) ||
		!errors.Is(err, syscall.EPERM) && !errors.Is(err, syscall.ENOTSUP) && !errors.Is(err, syscall.ENOSYS) && !errors.Is(err, syscall.EMLINK) {
		return err
	}
	claim, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(claim.Close(), os.Rename(from, to))
}

// Move gives a file another name. It never writes over one that is there.
func (w *Workspace) Move(from, to string) error {
	if w.bucket != nil {
		return w.bucket.move(from, to)
	}
	there, err := w.Exists(to)
	if err != nil {
		return fmt.Errorf("move %s to %s: %w", from, to, err)
	}
	if there {
		return fmt.Errorf("move %s to %s: %w", from, to, fs.ErrExist)
	}
	err = w.mkdir(filepath.Dir(w.Path(to)))
	if err == nil {
		err = w.rename(w.Path(from), w.Path(to))
	}
	if err == nil {
		err = w.syncFolder(filepath.Dir(w.Path(to)))
	}
	if err == nil {
		err = w.syncFolder(filepath.Dir(w.Path(from)))
	}
	if err != nil {
		return w.unwritten(to, err)
	}
	return nil
}

// Read returns the bytes stored under name; the error wraps fs.ErrNotExist if there
// are none.
func (w *Workspace) Read(name string) ([]byte, error) {
	if w.bucket != nil {
		return w.bucket.read(name)
	}
	return os.ReadFile(w.Path(name))
}

// Has reports whether something is stored under name. What cannot be read counts as not
// there: where a wrong no does harm, use Exists.
func (w *Workspace) Has(name string) bool {
	there, err := w.Exists(name)
	return err == nil && there
}

// Exists reports whether a file or folder is stored under name. An error means that nobody
// knows.
func (w *Workspace) Exists(name string) (bool, error) {
	if w.bucket != nil {
		return w.bucket.exists(name)
	}
	_, err := os.Stat(w.Path(name))
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return false, nil
	}
	return false, fmt.Errorf("read %s: %w", name, err)
}

// Written returns when the file was written, or the newest one of a folder, by the clock of
// the disk or bucket, in UTC. The error wraps fs.ErrNotExist if there is none.
func (w *Workspace) Written(name string) (newest time.Time, err error) {
	if w.bucket != nil {
		return w.bucket.written(name)
	}
	var empty time.Time // of folders, where there is no file
	err = filepath.WalkDir(w.Path(name), func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		at := &newest
		if d.IsDir() {
			at = &empty
		}
		if err == nil && info.ModTime().After(*at) {
			*at = info.ModTime().UTC()
		}
		return err
	})
	if newest.IsZero() {
		newest = empty
	}
	return newest, err
}

// Clock returns what the clock of the disk or bucket says, in UTC: what Written must be
// compared with, because the clocks of machines need not agree.
func (w *Workspace) Clock() (time.Time, error) {
	if w.bucket != nil {
		return w.bucket.clock("clock")
	}
	tmp, err := os.CreateTemp(w.root, writing+"*")
	if err != nil {
		return time.Time{}, w.unwritten("a probe of its clock", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	info, err := tmp.Stat()
	if err := errors.Join(err, tmp.Close()); err != nil {
		return time.Time{}, w.unwritten("a probe of its clock", err)
	}
	return info.ModTime().UTC(), nil
}

// List returns the names directly below folder, sorted; none if it does not exist.
// Files in the making are left out.
func (w *Workspace) List(folder string) ([]string, error) {
	if w.bucket != nil {
		return w.bucket.list(folder)
	}
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
	if w.bucket != nil {
		return nil // an upload that did not end leaves nothing to see
	}
	err := filepath.WalkDir(w.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(d.Name(), writing) {
			return err
		}
		if err := w.do("remove", path, func() error { return os.Remove(path) }); err != nil {
			return w.unwritten(d.Name(), err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.cleanFolders(path.Dir(Current))
}

// cleanFolders removes empty folders directly below folder: a crash between the making of one
// and its first file leaves them, and a listing would take them for something.
func (w *Workspace) cleanFolders(folder string) error {
	names, err := w.List(folder)
	if err != nil {
		return err
	}
	for _, name := range names {
		below, err := os.ReadDir(w.Path(folder + "/" + name))
		if err != nil || len(below) > 0 {
			continue // a file, or in use
		}
		if err := w.do("remove", w.Path(folder+"/"+name), func() error { return os.Remove(w.Path(folder + "/" + name)) }); err != nil {
			return w.unwritten(name, err)
		}
	}
	return nil
}

// Remove deletes a file or a folder with everything in it.
func (w *Workspace) Remove(name string) error {
	if name = path.Clean(name); name == "." || strings.HasPrefix(name, "..") {
		return fmt.Errorf("remove %q: not a path inside the workspace", name)
	}
	if w.bucket != nil {
		return w.bucket.remove(name)
	}
	if err := w.do("remove", w.Path(name), func() error { return os.RemoveAll(w.Path(name)) }); err != nil {
		return w.unwritten(name, err)
	}
	return nil
}
