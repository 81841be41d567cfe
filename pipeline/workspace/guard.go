package workspace

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/flock"
)

// guardFor is how long Guard waits: what it guards is written in an instant.
const guardFor = 10 * time.Second

// guards is the folder with the locks of Guard.
const guards = "locks/"

// Guard takes one thing of the workspace that people write while runs go on, such as the
// folder of decisions, and returns the function that gives it back. It waits for others
// that have it, in this process or another.
func (w *Workspace) Guard(name string) (release func(), err error) {
	if w.bucket != nil {
		return w.guardBucket(name)
	}
	file := guards + name
	if err := w.mkdir(w.Path(guards)); err != nil {
		return nil, w.unwritten(name, err)
	}
	l := flock.New(w.Path(file))
	ctx, cancel := context.WithTimeout(context.Background(), guardFor)
	defer cancel()
	got, err := l.TryLockContext(ctx, 10*time.Millisecond)
	if err != nil && ctx.Err() == nil {
		return nil, w.unwritten(file, err)
	}
	if !got {
		return nil, fmt.Errorf("somebody else has been writing %s for %s; try again, and if it lasts, end the program that holds %s", name, guardFor, w.Path(file))
	}
	return w.guarding(name, l), nil
}

// TryGuard is Guard that does not wait: it fails with a *HeldError at once if somebody else
// has the thing. holder says to others who has it.
func (w *Workspace) TryGuard(name, holder string) (release func(), err error) {
	if w.bucket != nil {
		return w.tryGuardBucket(name, holder)
	}
	file := guards + name
	if err := w.mkdir(w.Path(guards)); err != nil {
		return nil, w.unwritten(name, err)
	}
	l := flock.New(w.Path(file))
	got, err := l.TryLock()
	if err != nil {
		return nil, w.unwritten(file, err)
	}
	if !got {
		return nil, &HeldError{Root: w.root, Holder: "another run"}
	}
	return w.guarding(name, l), nil
}

// guarding notes that this value has the thing until it is given back.
func (w *Workspace) guarding(name string, l *flock.Flock) (release func()) {
	w.guarded.Store(name, l)
	return func() {
		w.guarded.CompareAndDelete(name, l)
		_ = l.Unlock()
	}
}

// StillHeld returns nil if what was taken with Guard or TryGuard, through this value, is still
// its own. In a bucket a machine that slept may have lost it to another: ask before each effect
// that cannot be taken back, such as a message that is sent.
func (w *Workspace) StillHeld(name string) error {
	if w.bucket != nil {
		return w.bucket.stillGuarded(name)
	}
	if _, ok := w.guarded.Load(name); !ok {
		return fmt.Errorf("%s in %s is not held by this run; take it first", name, w.root)
	}
	return nil
}
