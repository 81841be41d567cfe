package cli_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
)

// started is this program as a process of its own, on a workspace of its own, behind a proxy
// that stands for a network in which publishers do not answer.
type started struct {
	dir   string
	out   bytes.Buffer
	cmd   *exec.Cmd
	mu    sync.Mutex
	pings []string
	asked chan struct{} // somebody was asked
}

// start starts baseline with the arguments. hang says that publishers never answer; they
// refuse otherwise.
func start(t *testing.T, hang bool, args ...string) *started {
	t.Helper()
	p := &started{dir: t.TempDir(), asked: make(chan struct{}, 1000)}
	proxy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Close() })
	go func() {
		for {
			c, err := proxy.Accept()
			if err != nil {
				return
			}
			p.asked <- struct{}{}
			if !hang {
				_ = c.Close()
			}
		}
	}()
	pings := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.pings = append(p.pings, r.URL.Path)
	}))
	t.Cleanup(pings.Close)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd = &exec.Cmd{
		Path: self, Args: append([]string{"baseline"}, args...), Dir: p.dir, Stdout: &p.out, Stderr: &p.out,
		Env: append(os.Environ(), "HTTPS_PROXY=http://"+proxy.Addr().String(), "NO_PROXY=127.0.0.1", "BASELINE_PING_URL="+pings.URL+"/life", "BASELINE_CONTACT=team@example.org"),
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

// stop sends SIGTERM and wants the program to end well.
func (p *started) stop(t *testing.T) (out string, pings string) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String(), fmt.Sprint(p.pings)
}

// A program that is told to end while it asks ends at once, has not failed, and has asked
// nobody as far as its notes go.
func TestSIGTERMInAsking(t *testing.T) {
	p := start(t, true, "schedule", "--only", "enoc", "--textfile", "m.prom")
	<-p.asked
	out, pings := p.stop(t)
	if !strings.Contains(out, "msg=stopped") || strings.Contains(out, "ERROR") || !strings.Contains(out, `msg="schedule begins" sources=1 due=[enoc]`) {
		t.Error(out)
	}
	if pings != "[/life]" {
		t.Errorf("pings %s", pings)
	}
	state, err := os.ReadFile(filepath.Join(p.dir, "workspace", "schedule", "enoc.json"))
	if err != nil || strings.Contains(string(state), "asked") || strings.Contains(string(state), "begun") || !strings.Contains(string(state), "stopped") {
		t.Errorf("the source counts as asked, or as begun: %v %s", err, state)
	}
	metrics, err := os.ReadFile(filepath.Join(p.dir, "m.prom"))
	if err != nil || !strings.Contains(string(metrics), `baseline_runs_total{outcome="failed"} 0`) {
		t.Errorf("%s %v", metrics, err)
	}
}

// A program that is told to end while it writes ends what it writes.
func TestSIGTERMInWriting(t *testing.T) {
	p := start(t, false, "schedule", "--only", "enoc")
	// The refresh begins with the captures that come with the program.
	seeded := filepath.Join(p.dir, "workspace", "captures", "log", "coe-members")
	for until := time.Now().Add(2 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(seeded); err == nil {
			break
		}
		if time.Now().After(until) {
			t.Fatal("no refresh began:\n" + p.out.String())
		}
	}
	out, pings := p.stop(t)
	if !strings.Contains(out, `msg="run ended"`) || strings.Contains(out, "ERROR") || pings != "[/life]" {
		t.Errorf("pings %s\n%s", pings, out)
	}
	ws := workspace.Open(filepath.Join(p.dir, "workspace"))
	id, err := snapshot.CurrentID(ws)
	if err == nil {
		_, err = snapshot.ReadManifest(ws, id)
	}
	if err != nil {
		t.Error(err)
	}
}
