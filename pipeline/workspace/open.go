package workspace

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // azblob://
	_ "gocloud.dev/blob/gcsblob"   // gs://
	_ "gocloud.dev/blob/memblob"   // mem://, for tests
	_ "gocloud.dev/blob/s3blob"    // s3://
)

// OpenURL uses a folder, or a bucket: a path or file:///PATH, s3://BUCKET/PREFIX,
// gs://BUCKET/PREFIX, azblob://CONTAINER/PREFIX, mem://. What stands behind a question mark is for
// the library that opens buckets, such as ?region=eu-central-1. The bucket must exist; it is
// not looked at before the first use.
func OpenURL(ctx context.Context, at string, options ...Option) (*Workspace, error) {
	scheme, _, ok := strings.Cut(at, "://")
	if !ok {
		return Open(at, options...), nil
	}
	u, err := url.Parse(at)
	if err != nil {
		return nil, fmt.Errorf("workspace %q is no address: %w", at, err)
	}
	if scheme == "file" {
		if u.Host != "" || u.RawQuery != "" || u.Path == "" {
			return nil, fmt.Errorf("workspace %q: write a folder as file:///path, or as a path alone", at)
		}
		path := u.Path
		if runtime.GOOS == "windows" {
			path = strings.TrimPrefix(path, "/")
		}
		return Open(filepath.FromSlash(path), options...), nil
	}
	if !blob.DefaultURLMux().ValidBucketScheme(scheme) {
		return nil, fmt.Errorf("workspace %q: %s:// is not known; there are s3://, gs://, azblob:// and file://, or a path", at, scheme)
	}
	prefix := strings.Trim(u.Path, "/")
	short := *u
	short.RawQuery, short.User = "", nil // it may hold what is not for messages
	u.Path = ""
	b, err := blob.OpenBucket(ctx, u.String())
	if err != nil {
		return nil, fmt.Errorf("open the bucket of workspace %s: %w", short.String(), err)
	}
	if prefix != "" {
		b = blob.PrefixedBucket(b, prefix+"/")
	}
	return OpenBucket(b, strings.TrimSuffix(short.String(), "/"), options...), nil
}

// OpenBucket uses a bucket that has been opened. root names it in messages.
func OpenBucket(b *blob.Bucket, root string, options ...Option) *Workspace {
	w := &Workspace{root: root, bucket: &bucket{b: b, root: root, ttl: leaseFor}}
	for _, o := range options {
		o(w)
	}
	return w
}

// Close gives back what an opened bucket holds. A folder holds nothing.
func (w *Workspace) Close() error {
	if w.bucket == nil {
		return nil
	}
	return w.bucket.b.Close()
}
