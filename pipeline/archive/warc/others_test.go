package warc_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"baseline/pipeline/archive/warc"
)

// leftOut skips a test with a sentence, and fails it in continuous integration, where
// nothing may be left out.
func leftOut(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// warcio is the folder into which npm installed warcio.js, another program's reader and
// writer of WARC files: make tools does, into bin/node.
func warcio(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("BASELINE_WARCIO")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "bin", "node")
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("node"); err != nil {
		leftOut(t, "node is not installed: the comparison with warcio.js was left out")
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "warcio")); err != nil {
		leftOut(t, "warcio.js is not installed (make tools): the comparison with it was left out")
	}
	return folder
}

func node(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("node", args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node %s: %v\n%s", strings.Join(args, " "), err, said.String())
	}
	return out
}

// What is written is read by warcio.js, which finds the same records; the digests are
// checked with node's own hashes.
func TestWarcioReadsOurs(t *testing.T) {
	folder := warcio(t)
	for _, name := range []string{"ours.warc", "ours.warc.gz"} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, written(t, strings.HasSuffix(name, ".gz"), sample()...), 0o600); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(node(t, "testdata/read.mjs", folder, file))), "\n")
		if len(lines) != len(sample()) {
			t.Fatalf("%s: %d records, want %d", name, len(lines), len(sample()))
		}
		for i, want := range sample() {
			var got struct {
				Type, ID, Target, Profile, ContentType, Payload string
				Status, Length                                  int
			}
			if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
				t.Fatal(err)
			}
			status := map[int]int{1: 200, 3: 304, 4: 500}[i]
			if got.Type != want.Type || got.ID != "<"+want.ID+">" || got.Target != want.Target || got.Profile != want.More.Get("WARC-Profile") || got.Status != status || got.Length != len(want.Payload) {
				t.Errorf("%s: record %d: %s", name, i, lines[i])
			}
			if len(want.Payload) > 0 && got.Payload != warc.Digest(want.Payload) {
				t.Errorf("%s: record %d: payload %s", name, i, got.Payload)
			}
		}
	}
}

// payloads reads the answers of a file by their addresses.
func payloads(t *testing.T, file string) (map[string]string, string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r, err := warc.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	got, version := map[string]string{}, ""
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return got, version
		}
		if err != nil {
			t.Fatal(err)
		}
		version = rec.Version
		block, err := rec.Block(1 << 20)
		if err != nil {
			t.Fatalf("record %d: %v", rec.Number, err)
		}
		if _, known := warc.Fits(rec.Get("WARC-Block-Digest"), block); !known && rec.Type() != warc.Info {
			t.Errorf("record %d: its digest %q was not checked", rec.Number, rec.Get("WARC-Block-Digest"))
		}
		switch rec.Type() {
		case warc.Resource:
			got[rec.Target()] = string(block)
		case warc.Response:
			m, err := warc.ReadMessage(block)
			if err != nil {
				t.Fatal(err)
			}
			body, err := m.Payload(rec.Get("WARC-Payload-Digest"), 1<<20)
			if err != nil {
				t.Errorf("%s: %v", rec.Target(), err)
			}
			got[rec.Target()] = string(body)
		}
	}
}

// What warcio.js writes is read, in both versions, with gzip and without, with both
// digests.
func TestWarcioWrites(t *testing.T) {
	folder := warcio(t)
	for _, how := range [][]string{{"1.0", "plain", "sha-1"}, {"1.0", "gzip", "sha-256"}, {"1.1", "gzip", "sha-1"}, {"1.1", "plain", "sha-256"}} {
		file := filepath.Join(t.TempDir(), "theirs.warc")
		node(t, append([]string{"testdata/write.mjs", folder, file}, how...)...)
		got, version := payloads(t, file)
		for _, name := range []string{"plain", "gzip", "br", "chunked", "unpacked", "resource"} {
			if got["https://www.example.org/"+name] != page {
				t.Errorf("%v: %s: %q", how, name, got["https://www.example.org/"+name])
			}
		}
		if len(got) != 6 || version != "WARC/"+how[0] {
			t.Errorf("%v: %d answers, %s", how, len(got), version)
		}
	}
}

// What GNU Wget writes, version 1.0 with the address in angle brackets, is read.
func TestWgetWrites(t *testing.T) {
	if _, err := exec.LookPath("wget"); err != nil {
		leftOut(t, "wget is not installed: the test on its WARC files was left out")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/length" {
			w.Header().Set("Content-Length", fmt.Sprint(len(page)))
		} else {
			_, _ = io.WriteString(w, page[:10])
			w.(http.Flusher).Flush() // in chunks
			_, _ = io.WriteString(w, page[10:])
			return
		}
		_, _ = io.WriteString(w, page)
	}))
	defer server.Close()
	for _, zip := range []string{"--warc-compression", "--no-warc-compression"} {
		folder := t.TempDir()
		cmd := exec.Command("wget", "--quiet", "--no-config", "--no-proxy", "--warc-file=w", zip, "-O", "saved", server.URL+"/length", server.URL+"/chunks")
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("wget: %v\n%s", err, out)
		}
		names, err := filepath.Glob(filepath.Join(folder, "w.warc*"))
		if err != nil || len(names) != 1 {
			t.Fatalf("wget wrote %v, %v", names, err)
		}
		got, version := payloads(t, names[0])
		if version != "WARC/1.0" || got[server.URL+"/length"] != page || got[server.URL+"/chunks"] != page {
			t.Errorf("%s: %s, %q", zip, version, got)
		}
	}
}
