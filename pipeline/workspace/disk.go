package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// NotWrittenError says in one sentence why the disk did not take a file, and what to do.
// It wraps the error of the operating system.
type NotWrittenError struct {
	Text string
	Err  error
}

func (e *NotWrittenError) Error() string { return e.Text }

// Unwrap returns the error of the operating system.
func (e *NotWrittenError) Unwrap() error { return e.Err }

// diskFaults are the answers of a disk that a person can do something about. Windows has
// numbers of its own for a full disk.
var diskFaults = []struct {
	is   []error
	text string // of the name of the file, and its folder
}{
	{full(), "the disk is full: %[1]s could not be written in %[2]s; make room there, then run again"},
	{[]error{syscall.EDQUOT}, "the disk quota is used up: %[1]s could not be written in %[2]s; make room there or raise the quota, then run again"},
	{[]error{syscall.EFBIG}, "files may not grow that large here: %[1]s could not be written in %[2]s; raise the limit (ulimit -f) or use another disk, then run again"},
	{[]error{syscall.EROFS}, "the folder %[2]s cannot be written: its disk is read-only, so %[1]s was not stored; use another workspace, or make the disk writable"},
	{[]error{syscall.EIO}, "the disk failed: %[1]s could not be written in %[2]s; check the disk, then run again"},
	{[]error{fs.ErrPermission}, "the folder %[2]s cannot be written: this user has no right to, so %[1]s was not stored; use another workspace, or give the right"},
}

// full are the errors of a full disk.
func full() []error {
	if runtime.GOOS == "windows" {
		return []error{syscall.Errno(39), syscall.Errno(112)} // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
	}
	return []error{syscall.ENOSPC}
}

// unwritten tells why name was not stored.
func (w *Workspace) unwritten(name string, err error) error {
	for _, f := range diskFaults {
		for _, is := range f.is {
			if errors.Is(err, is) {
				return &NotWrittenError{Text: fmt.Sprintf(f.text, name, w.folderOf(err)), Err: err}
			}
		}
	}
	return fmt.Errorf("write %s: %w", name, err)
}

// folderOf is the folder in which the operation failed.
func (w *Workspace) folderOf(err error) string {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		return filepath.Dir(at.Path)
	case errors.As(err, &link):
		return filepath.Dir(link.New)
	}
	return w.root
}

// do is one operation on the disk.
func (w *Workspace) do(op, file string, f func() error) error {
	if w.before != nil {
		if err := w.before(op, file); err != nil {
			return &fs.PathError{Op: op, Path: file, Err: err}
		}
	}
	return f()
}

// mkdir makes a folder with those above it. Each new one is entered in its own parent for
// good: without that, a power cut takes away a file that was synced in it.
func (w *Workspace) mkdir(folder string) error {
	var parents []string // of new folders, innermost first
	for at := filepath.Clean(folder); ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at) {
			break
		}
		parents = append(parents, filepath.Dir(at))
	}
	if err := w.do("mkdir", folder, func() error { return os.MkdirAll(folder, 0o755) }); err != nil {
		return err
	}
	for _, at := range parents {
		if err := w.syncFolder(at); err != nil {
			return err
		}
	}
	return nil
}

func (w *Workspace) rename(from, to string) error {
	return w.do("rename", to, func() error { return os.Rename(from, to) })
}

// syncFolder makes a rename last through a power cut. Not every file system can; the
// rename itself is atomic on all of them.
func (w *Workspace) syncFolder(folder string) error {
	return w.do("sync-folder", folder, func() error {
		d, err := os.Open(folder)
		if err != nil {
			return err
		}
		err = d.Sync()
		if runtime.GOOS == "windows" || errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
			err = nil
		}
		return errors.Join(err, d.Close())
	})
}
