// Package s3test starts a real S3 server on loopback for tests: versitygw over a folder.
package s3test

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Start starts a server with an empty bucket and returns the address of a workspace in it. It
// ends with the test. Where the program is not installed, by make tools or on the PATH, it
// says so and returns "".
func Start(t testing.TB) string {
	t.Helper()
	at, _ := StartOver(t, t.TempDir())
	return at
}

// StartOver is Start over a folder. objects is the folder in which the objects of the
// workspace lie as files.
func StartOver(t testing.TB, data string) (at, objects string) {
	t.Helper()
	program := find()
	if program == "" {
		t.Log("left out: the S3 server versitygw is not installed; make tools installs it")
		return "", ""
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	if err := os.MkdirAll(filepath.Join(data, "bucket"), 0o755); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command(program, "--access", "test", "--secret", "testsecret", "--port", address, "--quiet", "posix", data)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for range 500 {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			t.Setenv("AWS_ACCESS_KEY_ID", "test")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "testsecret")
			return "s3://bucket/pre/fix?region=us-east-1&use_path_style=true&disable_https=true&endpoint=http://" + address,
				filepath.Join(data, "bucket", "pre", "fix")
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("the S3 server did not start: %s", out.String())
	return "", ""
}

// find looks in ./bin of the project, from whatever folder the test runs in, then on the
// PATH.
func find() string {
	for dir, err := os.Getwd(); err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if program := filepath.Join(dir, "bin", "versitygw"); exists(program) {
			return program
		}
		if exists(filepath.Join(dir, "go.mod")) {
			break
		}
	}
	program, err := exec.LookPath("versitygw")
	if err != nil {
		return ""
	}
	return program
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
