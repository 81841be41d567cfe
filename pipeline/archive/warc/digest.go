package warc

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/hex"
	"hash"
	"strings"
)

// algorithms are those that writers of WARC files use for digests. MD5 and SHA-1 show
// damage, not forgery.
var algorithms = map[string]func() hash.Hash{
	"sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New, "md5": md5.New,
}

// Digest is the labelled SHA-256 of the parts, as it is written.
func Digest(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// Fits reports whether a labelled digest, such as sha1:B32…, is that of the bytes. known is
// false for one that cannot be checked: of an unknown algorithm, or none.
func Fits(digest string, body []byte) (fits, known bool) {
	name, value, _ := strings.Cut(strings.TrimSpace(digest), ":")
	make := algorithms[strings.ReplaceAll(strings.ToLower(name), "-", "")]
	if make == nil {
		return false, false
	}
	h := make()
	want, ok := decodeDigest(value, h.Size())
	if !ok {
		return false, false
	}
	h.Write(body)
	return bytes.Equal(h.Sum(nil), want), true
}

// decodeDigest reads base32 or hexadecimal; which of the two follows from the length.
func decodeDigest(value string, size int) ([]byte, bool) {
	var sum []byte
	var err error
	if len(value) == size*2 {
		sum, err = hex.DecodeString(value)
	} else {
		sum, err = base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(strings.TrimRight(value, "=")))
	}
	return sum, err == nil && len(sum) == size
}
