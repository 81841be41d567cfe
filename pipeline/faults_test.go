//go:build unix

package pipeline_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"baseline/cmd/baseline/cli"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/sources/source"
)

// What this test program does when it is run again, before any test: keep to a limit on
// the size of files; be the command line; refresh, and wait in the middle of it.
const (
	limited = "BASELINE_TEST_FILE_SIZE"
	command = "BASELINE_TEST_COMMAND" // arguments, one a line
	waiting = "BASELINE_TEST_WAIT"    // a workspace
)

func init() {
	if limit, err := strconv.ParseUint(os.Getenv(limited), 10, 64); err == nil {
		// With the signal ignored, a write beyond the limit fails as one on a full disk does.
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			panic(err)
		}
	}
	if args := os.Getenv(command); args != "" {
		os.Exit(cli.Run(strings.Split(args, "\n"), os.Stdout, os.Stderr))
	}
	if root := os.Getenv(waiting); root != "" {
		p := pipelineIn(root)
		p.Holder = fmt.Sprintf("process %d, which waits", os.Getpid())
		p.Sources = []source.Source{slow{fake{id: "a"}}, fake{id: "b"}}
		if _, err := p.Refresh(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// slow is a source that reads no further until its input is closed.
type slow struct{ fake }

func (s slow) Parse(c source.Capture, emit source.Emit) error {
	fmt.Println("reading")
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return s.fake.Parse(c, emit)
}

// ended is how a process ended.
type ended struct {
	code        int
	out, stderr string
}

// child runs program with the setting and waits for its end.
func child(t *testing.T, program string, attr *syscall.SysProcAttr, settings ...string) ended {
	t.Helper()
	cmd := exec.Command(program)
	cmd.Env, cmd.SysProcAttr, cmd.Dir = append(os.Environ(), settings...), attr, "/"
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return ended{cmd.ProcessState.ExitCode(), out.String(), stderr.String()}
}

func verb(workspace string, args ...string) string {
	return command + "=" + strings.Join(append(args, "--workspace", workspace), "\n")
}

// twoSources makes a workspace with a snapshot in force, and captures for another.
func twoSources(t *testing.T) (b bench, old string) {
	b = bench{t, pipelineIn(filepath.Join(t.TempDir(), "ws"))}
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	b.capture("b", "list", 0, "OPSC France party", "OPSC Sweden signed")
	old = b.refresh().Manifest.ID
	b.capture("a", "list", 1, "CRC France party", "CRC Sweden party", "ETS185 Malta party", "ETS185 Italy none")
	return b, old
}

// inForce loads the snapshot in force, and sees to it that nothing is half written.
func inForce(t *testing.T, root string) string {
	t.Helper()
	ws := workspace.Open(root)
	id, err := snapshot.CurrentID(ws)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := snapshot.Load(ws, id); err != nil {
		t.Fatalf("the snapshot in force is damaged: %v", err)
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "lock") {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		switch {
		case strings.HasPrefix(d.Name(), "."):
			t.Errorf("%s is left in the making", path)
		case filepath.Ext(path) == ".json" && !json.Valid(body):
			t.Errorf("%s is half written", path)
		case strings.HasPrefix(path, filepath.Join(root, "captures")) && filepath.Ext(path) == "" && hex.EncodeToString(sum[:]) != d.Name():
			t.Errorf("%s has other bytes than its name says", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// A process that may not write files beyond a size, at one limit after the other, leaves
// the last snapshot in force until the limit is high enough.
func TestFileSizeLimit(t *testing.T) {
	b, old := twoSources(t)
	failed := 0
	for limit := 0; ; limit += limit/4 + 1 {
		end := child(t, os.Args[0], nil, killed+"="+b.Workspace.Root(), limited+"="+strconv.Itoa(limit))
		now := inForce(t, b.Workspace.Root())
		if end.code == 0 {
			if now == old {
				t.Errorf("with a limit of %d bytes a refresh ended well and put no snapshot in force", limit)
			}
			break
		}
		failed++
		if end.code != 1 || !strings.Contains(end.stderr, "files may not grow that large here: ") || !strings.Contains(end.stderr, b.Workspace.Root()) || strings.Count(end.stderr, "\n") != 1 {
			t.Errorf("limit %d: exit code %d, %q", limit, end.code, end.stderr)
		}
		// The snapshot is in force before the files that describe it and the run.
		if now != old && !strings.Contains(end.stderr, "describe: ") && !strings.Contains(end.stderr, "record: ") {
			t.Fatalf("limit %d: snapshot %s is in force after %q", limit, now, end.stderr)
		}
	}
	if failed < 20 {
		t.Errorf("%d limits were too low", failed)
	}
	if again := b.refresh(); !again.Same {
		t.Error("the next run gives another snapshot")
	}
}

// disk is a disk that fails from the n-th operation on, or at that only.
type disk struct {
	sync.Mutex
	n, done int
	once    bool
	current bool // the new snapshot was put in force
}

func (d *disk) before(op, file string) error {
	d.Lock()
	defer d.Unlock()
	d.done++
	if d.done == d.n || d.done > d.n && !d.once {
		if op == "write" { // a full disk takes a part
			_ = os.WriteFile(file, []byte("hal"), 0o600)
		}
		return syscall.ENOSPC
	}
	d.current = d.current || op == "rename" && strings.HasSuffix(file, filepath.Join("snapshots", "current"))
	return nil
}

// Whichever operation on the disk fails first, and whether the ones after it fail too: the
// run says so, the last complete snapshot stands, and the next run gives what it would
// have given.
func TestEveryOperationMayFail(t *testing.T) {
	t.Parallel()
	b, old := twoSources(t)
	base := os.DirFS(b.Workspace.Root())
	copied := func() string {
		root := filepath.Join(t.TempDir(), "ws")
		if err := os.CopyFS(root, base); err != nil {
			t.Fatal(err)
		}
		return root
	}
	whole := pipelineIn(copied())
	out, err := whole.Refresh()
	if err != nil || out.Manifest.ID == old {
		t.Fatalf("without a fault: snapshot %s, %v", out.Manifest.ID, err)
	}
	want := files(t, whole.Workspace.Root())

	steps := map[bool]int{true: 1, false: 5}
	if testing.Short() {
		steps = map[bool]int{true: 7, false: 10}
	}
	operations := 0
	for once, step := range steps {
		for n := 1; ; n += step {
			d := &disk{n: n, once: once}
			p := pipelineIn(copied())
			root := p.Workspace.Root()
			p.Workspace = workspace.Open(root, workspace.Before(d.before))
			_, err := p.Refresh()
			if d.done < n {
				if err != nil {
					t.Errorf("no operation failed: %v", err)
				}
				break
			}
			operations = max(operations, n)
			wrong := func(format string, args ...any) {
				t.Helper()
				t.Errorf("operation %d (alone: %v): %s", n, once, fmt.Sprintf(format, args...))
			}
			var fault *workspace.NotWrittenError
			if !errors.As(err, &fault) || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "the disk is full: ") || !strings.Contains(err.Error(), filepath.Dir(root)) {
				wrong("the run says %v", err)
			}
			if now := inForce(t, root); (now == out.Manifest.ID) != d.current || (now == old) == d.current {
				wrong("snapshot %s is in force", now)
			}
			next := pipelineIn(root)
			if _, err := next.Refresh(); err != nil {
				wrong("the next run: %v", err)
			}
			if got := files(t, root); !maps.Equal(got, want) {
				wrong("the next run leaves %d files, want %d, or others", len(got), len(want))
			}
		}
	}
	if operations < 60 {
		t.Errorf("%d operations only", operations)
	}
}

// Two processes: the second says who has the workspace and leaves it alone; when the first
// has ended, or was killed, it works.
func TestTwoRunsAtOnce(t *testing.T) {
	for _, kill := range []bool{false, true} {
		b, old := twoSources(t)
		root := b.Workspace.Root()
		first := exec.Command(os.Args[0])
		first.Env = append(os.Environ(), waiting+"="+root)
		in, err := first.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := first.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := first.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		before := files(t, root)
		holder := fmt.Sprintf("is in use by process %d, which waits", first.Process.Pid)
		for _, second := range []string{killed + "=" + root, verb(root, "refresh", "--offline")} {
			if end := child(t, os.Args[0], nil, second); end.code != 1 || !strings.Contains(end.stderr, holder) || !strings.Contains(end.stderr, root) {
				t.Errorf("the second run: exit code %d, %q", end.code, end.stderr)
			}
		}
		if now := inForce(t, root); now != old || !maps.Equal(before, files(t, root)) {
			t.Errorf("the second run changed something; snapshot %s is in force", now)
		}
		if kill {
			_ = first.Process.Kill() // the test fails below if it cannot be
		} else if err := in.Close(); err != nil {
			t.Fatal(err)
		}
		if err := first.Wait(); (err != nil) != kill {
			t.Errorf("the first run ended with %v", err)
		}
		if now := inForce(t, root); (now == old) != kill {
			t.Errorf("after the first run, killed: %v, snapshot %s is in force", kill, now)
		}
		if end := child(t, os.Args[0], nil, killed+"="+root); end.code != 0 || inForce(t, root) == old {
			t.Errorf("the run after: exit code %d, %q", end.code, end.stderr)
		}
	}
}

// reader is this program, and a way to run it as somebody who may not write where the test
// does: for the superuser another user, else the same one.
func reader(t *testing.T) (program string, attr *syscall.SysProcAttr) {
	t.Helper()
	if os.Getuid() != 0 {
		return os.Args[0], nil
	}
	// The other user may not enter the folder in which go test has built the program.
	body, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	program = filepath.Join(open(t), "program")
	if err := os.WriteFile(program, body, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(program, 0o755); err != nil {
		t.Fatal(err)
	}
	return program, &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
}

// open makes a folder that every user may enter.
func open(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// readOnly takes the right to write from the folders below root, until the test ends.
func readOnly(t *testing.T, root string) {
	t.Helper()
	for _, mode := range []fs.FileMode{0o555, 0o755} {
		set := func() {
			err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
				if err == nil && d.IsDir() {
					err = os.Chmod(path, mode)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
		if mode == 0o555 {
			set()
		} else {
			t.Cleanup(set)
		}
	}
}

// In a folder that may not be written, a refresh says so and changes nothing.
func TestReadOnlyFolder(t *testing.T) {
	program, attr := reader(t)
	b, old := twoSources(t)
	root := filepath.Join(open(t), "ws")
	if err := os.CopyFS(root, os.DirFS(b.Workspace.Root())); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	readOnly(t, root)
	before := files(t, root)
	for name, c := range map[string]struct{ setting, folder string }{
		"a workspace":        {killed + "=" + root, root},
		"a new workspace":    {killed + "=" + filepath.Join(root, "new", "ws"), root},
		"from the shell":     {verb(root, "refresh", "--offline"), root},
		"new from the shell": {verb(filepath.Join(root, "new"), "refresh", "--offline"), root},
	} {
		end := child(t, program, attr, c.setting)
		if end.code != 1 || !strings.Contains(end.stderr, "the folder "+c.folder+" cannot be written: ") {
			t.Errorf("%s: exit code %d, %q", name, end.code, end.stderr)
		}
	}
	if now := inForce(t, root); now != old || !maps.Equal(before, files(t, root)) {
		t.Errorf("something changed; snapshot %s is in force", now)
	}
}

// The verbs that only read say the same in a folder that may not be written, and try to
// write nothing.
func TestReadingVerbsDoNotWrite(t *testing.T) {
	program, attr := reader(t)
	root := filepath.Join(open(t), "ws")
	if end := child(t, os.Args[0], nil, verb(root, "refresh", "--offline", "--quiet")); end.code == 1 {
		t.Fatal(end.stderr)
	}
	verbs := [][]string{
		{"status", "--now", "2026-11-24"}, {"changes"}, {"changes", "--json"}, {"figures", "1"}, {"figures", "1", "--edition", "2021"}, {"explain", "treaty_status", "SWE/ETS185"},
		{"review"}, {"edition", "list"}, {"edition", "verify", "2021"}, {"sources"}, {"timeline", "SWE"},
	}
	want := make([]ended, len(verbs))
	for i, v := range verbs {
		if want[i] = child(t, os.Args[0], nil, verb(root, v...)); want[i].out == "" || want[i].code == 1 {
			t.Errorf("%v: exit code %d, %q", v, want[i].code, want[i].stderr)
		}
	}
	readOnly(t, root)
	before := listing(t, root)
	for i, v := range verbs {
		if got := child(t, program, attr, verb(root, v...)); got != want[i] {
			t.Errorf("%v: exit code %d, was %d; %q, was %q", v, got.code, want[i].code, got.stderr, want[i].stderr)
		}
	}
	if after := listing(t, root); !slices.Equal(before, after) {
		t.Error("files were touched")
	}
}

// listing lists every file with the time at which it was written.
func listing(t *testing.T, root string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			list = append(list, fmt.Sprint(path, info.Size(), info.ModTime().UnixNano()))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
