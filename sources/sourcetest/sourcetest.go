// Package sourcetest holds what the tests of the sources share. Only tests import
// it.
package sourcetest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"baseline/sources/source"
)

// Taken is the instant at which Read says its captures were taken.
var Taken = time.Date(2026, 2, 3, 14, 16, 18, 0, time.UTC)

// Shared returns the path of a file that lies beside the repository in ../shared,
// such as Shared(t, "sources", "treaties.csv"): originals of publishers, which may
// not be kept in it. Without that folder the test is skipped, except where the
// environment says CI: there its absence is a failure.
func Shared(t testing.TB, elem ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{Root(t), "..", "shared"}, elem...)...)
	_, err := os.Stat(path)
	switch {
	case err == nil:
		return path
	case !errors.Is(err, fs.ErrNotExist):
		t.Fatalf("look for %s: %v", path, err)
	case os.Getenv("CI") != "":
		t.Fatalf("%s is not there, and CI is set: the originals must be beside the repository", path)
	default:
		t.Skipf("%s is not there: without the publishers' originals this cannot be tested", path)
	}
	return ""
}

// Root returns the root of the repository: the nearest folder above the test's
// package that holds go.mod.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = up
	}
}

// File returns the bytes of a file.
func File(t testing.TB, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// Capture makes a capture of body, as the pipeline would for that request of src.
func Capture(src source.Source, requestID string, body []byte) source.Capture {
	sum := sha256.Sum256(body)
	c := source.Capture{
		Source: src.About().ID, Request: requestID, SHA256: hex.EncodeToString(sum[:]),
		Taken: Taken, Origin: "publisher", Body: body,
	}
	for _, r := range src.Requests(source.Plan{Now: Taken}) {
		if r.ID == requestID && len(r.Addresses) > 0 {
			c.URL = r.Addresses[0]
		}
	}
	return c
}

// Read lets src read body and fails the test if it cannot.
func Read(t testing.TB, src source.Source, requestID string, body []byte) source.Reading {
	t.Helper()
	reading, err := source.Read(src, Capture(src, requestID, body))
	if err != nil {
		t.Fatal(err)
	}
	return reading
}
