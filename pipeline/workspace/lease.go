package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// leaseFor is how long a lease stands without being renewed. A machine that died gives the
// workspace back after so long.
const leaseFor = 60 * time.Second

// LeaseFor sets how long a lease on a bucket stands without being renewed; tests make it
// short.
func LeaseFor(d time.Duration) Option {
	return func(w *Workspace) {
		if w.bucket != nil {
			w.bucket.ttl = d
		}
	}
}

// lease is the right to write, in a bucket. Each holder writes an object of its own, with a
// number that is one higher than the last; it is created only if it is not there, so of
// several that try one wins. The highest number holds. Its holder renews it by writing it
// anew. Ages are taken from the bucket's own clock, so that the clocks of machines need not
// agree.
//
// Numbers never come again: who creates one looks afterwards whether there is a higher one, and
// steps back, and the number before one's own stays until the next holder comes.
type lease struct {
	k      *bucket
	folder string
	number int
	holder string

	mu      sync.Mutex
	renewed time.Time // when the last renewal that succeeded began, by this machine
	lost    error
	stop    context.CancelFunc
	done    chan struct{}

	alive context.Context // ends when the lease is lost
	end   context.CancelFunc
}

// leaseBody is what a lease object says.
type leaseBody struct {
	Holder   string `json:"holder"`
	Nonce    string `json:"nonce"`
	Renewals int    `json:"renewals"`
	Released bool   `json:"released,omitempty"`
}

func (l *lease) name() string { return leaseName(l.folder, l.number) }

func leaseName(folder string, number int) string { return fmt.Sprintf("%s/%012d.json", folder, number) }

// highest is the number of the last lease; 0: there is none.
func (k *bucket) highest(folder string) (int, []int, error) {
	names, err := k.list(folder)
	if err != nil {
		return 0, nil, err
	}
	var all []int
	for _, name := range names {
		if len(name) != len("000000000000.json") {
			continue
		}
		if n, err := strconv.Atoi(name[:12]); err == nil {
			all = append(all, n)
		}
	}
	if len(all) == 0 {
		return 0, nil, nil
	}
	return all[len(all)-1], all, nil
}

// take takes the lease of a folder, or fails with a *HeldError.
func (k *bucket) take(folder, holder string) (*lease, error) {
	last, all, err := k.highest(folder)
	if err != nil {
		return nil, err
	}
	if last > 0 {
		who, free, err := k.free(folder, last)
		if err != nil {
			return nil, err
		}
		if !free {
			return nil, &HeldError{Root: k.root, Holder: who}
		}
	}
	l := &lease{k: k, folder: folder, number: last + 1, holder: holder, renewed: now(), done: make(chan struct{})}
	body := leaseBody{Holder: holder, Nonce: uuid.NewString()}
	err = k.claim(l.name(), body.bytes())
	if errors.Is(err, fs.ErrExist) {
		return nil, &HeldError{Root: k.root, Holder: "another run that was faster"}
	}
	if err != nil {
		return nil, err
	}
	// While this one was slow, others may have taken higher numbers, and tidied this one away.
	if top, _, err := k.highest(folder); err != nil || top != l.number {
		_ = k.drop(l.name())
		if err == nil {
			err = &HeldError{Root: k.root, Holder: "another run that was faster"}
		}
		return nil, err
	}
	for _, n := range all {
		if n != last {
			_ = k.drop(leaseName(folder, n)) // tidiness: the highest number counts
		}
	}
	l.alive, l.end = context.WithCancel(context.Background())
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	go l.keep(ctx, body)
	return l, nil
}

// claim creates the object of a lease. Unlike create it asks nobody for leave.
func (k *bucket) claim(name string, data []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), max(k.ttl/2, time.Second))
	defer cancel()
	err := k.upload(ctx, name, data, &blob.WriterOptions{IfNotExist: true})
	if gcerrors.Code(unwrap(err)) == gcerrors.FailedPrecondition {
		return fs.ErrExist
	}
	return err
}

// drop deletes the object of a lease that counts no more.
func (k *bucket) drop(name string) error {
	ctx, cancel := within()
	defer cancel()
	return k.b.Delete(ctx, name)
}

func (b leaseBody) bytes() []byte {
	data, err := json.Marshal(b)
	if err != nil {
		panic(err) // strings and numbers
	}
	return append(data, '\n')
}

// free reports whether a lease has been given back or has run out.
func (k *bucket) free(folder string, number int) (holder string, free bool, err error) {
	name := leaseName(folder, number)
	data, err := k.read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", true, nil
	}
	if err != nil {
		return "", false, err
	}
	var body leaseBody
	if err := json.Unmarshal(data, &body); err != nil {
		body.Holder = "another run" // until it runs out
	}
	if body.Released {
		return "", true, nil
	}
	age, err := k.age(folder, name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", true, nil
	}
	if err != nil {
		return "", false, err
	}
	// Two seconds more, because some stores count whole seconds.
	return body.Holder, age > k.ttl+2*time.Second, nil
}

// age is how long ago an object was written, by the clock of the bucket.
func (k *bucket) age(folder, name string) (time.Duration, error) {
	here, err := k.clock(folder)
	if err != nil {
		return 0, err
	}
	there, err := k.written(name)
	if err != nil {
		return 0, err
	}
	return here.Sub(there), nil
}

// now is the wall clock without its monotonic part, which stands still while a machine
// sleeps.
func now() time.Time { return time.Now().Round(0) }

// keep renews the lease until it is given back.
func (l *lease) keep(ctx context.Context, body leaseBody) {
	defer close(l.done)
	defer l.end()
	tick := time.NewTicker(l.k.ttl / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if l.still(true) != nil {
			return
		}
		begun := now()
		body.Renewals++
		// One that hangs must not cost the lease: there is time for two more. It ends before the
		// lease is given back, lest it arrive after that.
		once, cancel := context.WithTimeout(context.Background(), l.k.ttl/4)
		err := l.k.upload(once, l.name(), body.bytes(), nil)
		cancel()
		if err == nil {
			l.mu.Lock()
			l.renewed = begun
			l.mu.Unlock()
		}
	}
}

// still says whether the holder may write. asking looks into the bucket too whether another one
// has taken over.
func (l *lease) still(asking bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost == nil {
		if age := now().Sub(l.renewed); age > l.k.ttl*3/4 || age < -l.k.ttl {
			l.lost = fmt.Errorf("the right to write to %s could not be renewed for %s, so this run stops before it does harm; the snapshot in force stands; run again", l.k.root, age.Round(time.Second))
		}
	}
	if l.lost == nil && asking {
		if last, _, err := l.k.highest(l.folder); err == nil && last != l.number {
			l.lost = fmt.Errorf("another run has taken %s, because this one did not renew its right to write in time; the snapshot in force stands; run again", l.k.root)
		}
	}
	return l.lost
}

// release gives the lease back.
func (l *lease) release() {
	l.stop()
	<-l.done
	if l.still(true) != nil {
		return // it is another one's now
	}
	ctx, cancel := within()
	defer cancel()
	_ = l.k.upload(ctx, l.name(), leaseBody{Holder: l.holder, Released: true}.bytes(), nil)
}

func (w *Workspace) lockBucket(holder string) (func(), error) {
	k := w.bucket
	if w.held.Load() {
		return nil, &HeldError{Root: w.root, Holder: holder}
	}
	l, err := k.take("lease", holder)
	if err != nil {
		return nil, err
	}
	ctx, cancel := within()
	defer cancel()
	if err := k.look(ctx); err != nil {
		l.release()
		return nil, err
	}
	k.mu.Lock()
	k.lease = l
	k.mu.Unlock()
	w.held.Store(true)
	return func() {
		w.held.Store(false)
		k.mu.Lock()
		k.lease = nil
		k.mu.Unlock()
		l.release()
	}, nil
}

func (w *Workspace) tryGuardBucket(name, holder string) (func(), error) {
	l, err := w.bucket.take("guard/"+name, holder)
	if err != nil {
		return nil, err
	}
	k := w.bucket
	k.mu.Lock()
	if k.guards == nil {
		k.guards = map[string]*lease{}
	}
	k.guards[name] = l
	k.mu.Unlock()
	return func() {
		k.mu.Lock()
		if k.guards[name] == l {
			delete(k.guards, name)
		}
		k.mu.Unlock()
		l.release()
	}, nil
}

func (k *bucket) stillGuarded(name string) error {
	k.mu.Lock()
	l := k.guards[name]
	k.mu.Unlock()
	if l == nil {
		return fmt.Errorf("%s in %s is not held by this run; take it first", name, k.root)
	}
	return l.still(true)
}

func (w *Workspace) guardBucket(name string) (func(), error) {
	for until := time.Now().Add(guardFor); ; time.Sleep(50 * time.Millisecond) {
		release, err := w.tryGuardBucket(name, "another run")
		var held *HeldError
		if !errors.As(err, &held) {
			return release, err
		}
		if time.Now().After(until) {
			return nil, fmt.Errorf("somebody else has been writing %s in %s for %s; try again", name, w.root, guardFor)
		}
	}
}
