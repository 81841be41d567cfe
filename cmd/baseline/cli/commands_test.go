package cli_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"baseline/pipeline/archive"
	"baseline/pipeline/workspace"
)

// exits runs a command and wants an exit code: exits 4 baseline status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGS…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var e *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &e):
		got = e.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// capture puts a file into the archive, as the answer of a publisher: capture SOURCE
// REQUEST DAY FILE.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: capture SOURCE REQUEST DAY FILE")
	}
	at, err := time.Parse(time.DateOnly, args[2])
	ts.Check(err)
	body := []byte(ts.ReadFile(args[3]))
	sum := sha256.Sum256(body)
	ts.Check(archive.In(workspace.Open(ts.MkAbs("workspace"))).Put(archive.Record{
		Source: args[0], Request: archive.Asked{ID: args[1], URL: "https://example.org/"}, FinalURL: "https://example.org/", RequestedAt: at,
		Status: 200, SHA256: hex.EncodeToString(sum[:]), Bytes: len(body), Origin: archive.Publisher,
	}, body))
}

// lines wants the last command's output to have so many lines: lines 1139.
func lines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: lines NUMBER")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := strings.Count(ts.ReadFile("stdout"), "\n"); got != want {
		ts.Fatalf("%d lines, want %d", got, want)
	}
}
