package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"cloud.google.com/go/storage"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	azure "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/google/uuid"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// patience bounds one operation on a bucket. The libraries below try again within it.
const patience = 5 * time.Minute

// bucket is a workspace in a bucket. An object appears whole or not at all, so a write needs
// no file in the making.
type bucket struct {
	b    *blob.Bucket
	root string
	ttl  time.Duration

	mu     sync.Mutex
	lease  *lease // taken with Lock
	seen   pointer
	guards map[string]*lease // taken with Guard, by name
}

// pointer is what Current was when the workspace was taken.
type pointer struct {
	etag       string // empty: there was none
	generation int64  // of Google's, which compares numbers
}

func (k *bucket) place(name string) string { return k.root + "/" + name }

func within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), patience)
}

// holding bounds an operation that changes the bucket. One of a holder is given up when it
// loses the workspace: what hung in the network must not arrive after another has taken over.
// The error says that the workspace is lost already; asking is as in lease.still.
func (k *bucket) holding(asking bool) (context.Context, context.CancelFunc, error) {
	k.mu.Lock()
	l := k.lease
	k.mu.Unlock()
	if l == nil {
		ctx, cancel := within()
		return ctx, cancel, nil
	}
	if err := l.still(asking); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(l.alive, patience)
	return ctx, cancel, nil
}

func (k *bucket) read(name string) ([]byte, error) {
	ctx, cancel := within()
	defer cancel()
	var data []byte
	var err error
	for range 5 {
		// A store may hand out the checksum of one version with the bytes of the next.
		if data, err = k.b.ReadAll(ctx, name); err == nil || !strings.Contains(err.Error(), "checksum did not match") {
			break
		}
	}
	return data, k.why("read", name, err)
}

// exists reports whether there is an object, or a folder with objects. An error is never taken
// for an answer: who deletes what is not there relies on it.
func (k *bucket) exists(name string) (bool, error) {
	ctx, cancel := within()
	defer cancel()
	ok, err := k.b.Exists(ctx, name)
	if err != nil {
		return false, k.why("read", name, err)
	}
	if ok {
		return true, nil
	}
	names, err := k.list(name) // it may be a folder
	return len(names) > 0, err
}

// write stores an object. A holder that has lost the workspace writes nothing any more.
func (k *bucket) write(name string, data []byte) error {
	ctx, cancel, err := k.holding(name == Current)
	if err != nil {
		return err
	}
	defer cancel()
	k.mu.Lock()
	held, seen := k.lease != nil, k.seen
	k.mu.Unlock()
	if !held || name != Current {
		return k.upload(ctx, name, data, nil)
	}
	opts := &blob.WriterOptions{IfNotExist: seen.etag == ""}
	if seen.etag != "" {
		opts.BeforeWrite = seen.unchanged
	}
	err = k.upload(ctx, name, data, opts)
	if gcerrors.Code(unwrap(err)) == gcerrors.FailedPrecondition {
		return fmt.Errorf("%s has put a snapshot in force since this run took the workspace: nothing of it is lost, but this run must read it first; run again", k.root)
	}
	if err == nil {
		err = k.look(ctx)
	}
	return err
}

// unwrap is the error of the library in one of ours.
func unwrap(err error) error {
	if u := errors.Unwrap(err); u != nil {
		return u
	}
	return err
}

// unchanged makes a write one that fails if the object is not what it was. A store that cannot
// do so is asked for the lease right before, which is all that can be had there.
func (p pointer) unchanged(as func(any) bool) error {
	var s3 *transfermanager.UploadObjectInput
	var handle **storage.ObjectHandle
	var upload *azblob.UploadStreamOptions
	switch {
	case as(&s3):
		s3.IfMatch = &p.etag
	case as(&handle):
		*handle = (*handle).If(storage.Conditions{GenerationMatch: p.generation})
	case as(&upload):
		tag := azcore.ETag(p.etag)
		upload.AccessConditions = &azure.AccessConditions{ModifiedAccessConditions: &azure.ModifiedAccessConditions{IfMatch: &tag}}
	}
	return nil
}

// look remembers what Current is.
func (k *bucket) look(ctx context.Context) error {
	attrs, err := k.b.Attributes(ctx, Current)
	var p pointer
	switch {
	case gcerrors.Code(err) == gcerrors.NotFound:
	case err != nil:
		return k.why("read", Current, err)
	default:
		p.etag = attrs.ETag
		var google storage.ObjectAttrs
		if attrs.As(&google) {
			p.generation = google.Generation
		}
	}
	k.mu.Lock()
	k.seen = p
	k.mu.Unlock()
	return nil
}

func (k *bucket) upload(ctx context.Context, name string, data []byte, opts *blob.WriterOptions) error {
	if opts == nil {
		opts = &blob.WriterOptions{}
	}
	opts.ContentType = contentType(name)
	return k.why("write", name, k.b.WriteAll(ctx, name, data, opts))
}

// contentType is what browsers and engines are told of an object.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".json":
		return "application/json"
	case ".parquet":
		return "application/vnd.apache.parquet"
	case ".yaml":
		return "application/yaml"
	}
	return "application/octet-stream"
}

func (k *bucket) create(name string, data []byte) error {
	ctx, cancel, err := k.holding(false)
	if err != nil {
		return err
	}
	defer cancel()
	err = k.upload(ctx, name, data, &blob.WriterOptions{IfNotExist: true})
	if gcerrors.Code(unwrap(err)) == gcerrors.FailedPrecondition {
		return fmt.Errorf("create %s: %w", k.place(name), fs.ErrExist)
	}
	return err
}

// list returns the names directly below a folder.
func (k *bucket) list(folder string) ([]string, error) {
	ctx, cancel := within()
	defer cancel()
	prefix := strings.Trim(folder, "/") + "/"
	if prefix == "/" || prefix == "./" {
		prefix = ""
	}
	var names []string
	for it := k.b.List(&blob.ListOptions{Prefix: prefix, Delimiter: "/"}); ; {
		o, err := it.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, k.why("list", folder, err)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(o.Key, prefix), "/")
		if name != "" && !strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// move copies and then deletes: after a crash between the two both are there.
func (k *bucket) move(from, to string) error {
	data, err := k.read(from)
	if err != nil {
		return fmt.Errorf("move %s to %s: %w", from, to, err)
	}
	if err := k.create(to, data); err != nil {
		if old, fault := k.read(to); !errors.Is(err, fs.ErrExist) || fault != nil || !bytes.Equal(old, data) {
			return fmt.Errorf("move %s to %s: %w", from, to, err)
		}
		// The same bytes: a move that was cut short is ended.
	}
	return k.remove(from)
}

// remove deletes an object, or all objects of a folder. Nothing brings an object back: a
// holder asks before each whether the workspace is still its own.
func (k *bucket) remove(name string) error {
	if err := k.delete(name); err != nil {
		return err
	}
	ctx, cancel := within()
	defer cancel()
	for it := k.b.List(&blob.ListOptions{Prefix: name + "/"}); ; {
		o, err := it.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return k.why("remove", name, err)
		}
		if err := k.delete(o.Key); err != nil {
			return err
		}
	}
}

// delete deletes one object, if it is there.
func (k *bucket) delete(name string) error {
	ctx, cancel, err := k.holding(true)
	if err != nil {
		return err
	}
	defer cancel()
	if err := k.b.Delete(ctx, name); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return k.why("remove", name, err)
	}
	return nil
}

// written is when an object was written, or the newest of a folder, by the clock of the bucket.
func (k *bucket) written(name string) (newest time.Time, err error) {
	ctx, cancel := within()
	defer cancel()
	attrs, err := k.b.Attributes(ctx, name)
	if err == nil {
		return attrs.ModTime.UTC(), nil
	}
	if gcerrors.Code(err) != gcerrors.NotFound {
		return newest, k.why("read", name, err)
	}
	for it := k.b.List(&blob.ListOptions{Prefix: name + "/"}); ; {
		o, err := it.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return newest, k.why("list", name, err)
		}
		if o.ModTime.After(newest) {
			newest = o.ModTime.UTC()
		}
	}
	if newest.IsZero() {
		return newest, fmt.Errorf("read %s: %w", k.place(name), fs.ErrNotExist)
	}
	return newest, nil
}

// clock is what the clock of the bucket says: an object written now tells it.
func (k *bucket) clock(folder string) (time.Time, error) {
	ctx, cancel := within()
	defer cancel()
	probe := folder + "-probe/" + uuid.NewString()
	if err := k.upload(ctx, probe, []byte("now\n"), nil); err != nil {
		return time.Time{}, err
	}
	defer func() { _ = k.b.Delete(ctx, probe) }()
	attrs, err := k.b.Attributes(ctx, probe)
	if err != nil {
		return time.Time{}, k.why("read", probe, err)
	}
	return attrs.ModTime.UTC(), nil
}
