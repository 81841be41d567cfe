package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"baseline/pipeline"
	"baseline/pipeline/alerts"
	"baseline/pipeline/alerts/channel"
	"baseline/pipeline/alerts/subscription"
	"baseline/pipeline/runs"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/pipeline/workspace/s3test"
	"baseline/schemas"
)

// free waits until another run has given the workspace back, or has lost it.
func (b bench) free() pipeline.Outcome {
	b.Helper()
	var held *workspace.HeldError
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		out, err := b.Refresh()
		if err == nil {
			return out
		}
		if !errors.As(err, &held) && !strings.Contains(err.Error(), "run again") {
			b.Fatal(err)
		}
	}
	b.Fatalf("the workspace stays held: %v", held)
	return pipeline.Outcome{}
}

// A refresh of a bucket that is killed at any instant leaves a whole snapshot in force, and
// the next run works as soon as the right to write of the dead one has run out.
func TestBucketKilledAtAnyInstant(t *testing.T) {
	at := s3test.Start(t)
	if at == "" {
		return
	}
	times := 12
	if testing.Short() {
		times = 3
	}
	b := bench{t, pipelineIn(at)}
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	b.capture("b", "list", 0, "OPSC France party", "OPSC Sweden signed")
	b.refresh()
	took := b.startIn(t, at, 0)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range times {
		status := []string{"signed", "party"}[i%2]
		b.capture("a", "list", i+1, "CRC France party", "CRC Sweden "+status)
		b.startIn(t, at, time.Duration(r.Int64N(int64(took)*5/4)+1))
		b.whole(t)
		b.free()
		b.whole(t)
		if rows := b.rows(); !slices.Contains(rows, "CRC/SWE "+status+" read") {
			t.Fatalf("after kill %d the next run has %q", i, rows)
		}
	}
}

// post sends what is due, as far as no other machine does so just now.
func (b bench) post(out *bytes.Buffer) {
	b.Helper()
	book, err := alerts.LoadBook(b.Workspace)
	if err != nil {
		b.Fatal(err)
	}
	p := alerts.Post{Workspace: b.Workspace, Book: book, Holder: "a sender", Options: channel.Options{Out: out}}
	var held *workspace.HeldError
	if _, err := p.Send(context.Background()); err != nil && !errors.As(err, &held) {
		b.Error(err)
	}
}

// Two machines, each with a source of its own, refresh one bucket at once and send what is due,
// and readers look on. Every change is in the end known, and known once; whoever asked is told
// of each, once.
func TestTwoMachinesOneBucket(t *testing.T) {
	at := s3test.Start(t)
	if at == "" {
		return
	}
	rounds := 4
	if testing.Short() {
		rounds = 2
	}
	machines := []bench{{t, pipelineIn(at)}, {t, pipelineIn(at)}}
	machines[0].capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	machines[0].capture("b", "list", 0, "OPSC France party", "OPSC Sweden signed")
	const asked = "channels: {out: {kind: stdout}}\nsubscriptions: [{id: all, channel: out, language: en, how: at-once}]\n"
	if err := machines[0].Workspace.Write(subscription.File, []byte(asked)); err != nil {
		t.Fatal(err)
	}
	machines[0].free()

	ctx, stop := context.WithCancel(context.Background())
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			ws := pipelineIn(at).Workspace
			for ctx.Err() == nil {
				id, err := snapshot.CurrentID(ws)
				if err == nil {
					_, _, err = snapshot.Load(ws, id)
				}
				if err != nil {
					t.Errorf("a reader saw a snapshot that is not whole: %v", err)
					return
				}
			}
		})
	}
	var sent [2]bytes.Buffer
	var writers sync.WaitGroup
	for n, m := range machines {
		writers.Go(func() {
			treaty := []string{"CRC", "OPSC"}[n]
			lines := []string{treaty + " France party", treaty + " Sweden signed"}
			for round := range rounds {
				lines = append(lines, treaty+" "+joining[round].name+" party")
				m.capture([]string{"a", "b"}[n], "list", round+1, lines...)
				m.free()
				m.post(&sent[n])
			}
		})
	}
	writers.Wait()
	stop()
	readers.Wait()
	machines[0].post(&sent[0])
	told := sent[0].String() + sent[1].String()
	for round := range rounds {
		for _, treaty := range []string{"the Convention on the Rights of the Child", "the Optional Protocol on the sale of children"} {
			if line := joining[round].name + " has joined " + treaty; strings.Count(told, "\n"+line+"\n\n") != 1 {
				t.Errorf("%q is told %d times", line, strings.Count(told, "\n"+line+"\n\n"))
			}
		}
	}

	rows := machines[1].rows()
	for round := range rounds {
		for _, treaty := range []string{"CRC", "OPSC"} {
			if want := treaty + "/" + joining[round].code + " party"; !slices.ContainsFunc(rows, func(r string) bool { return strings.HasPrefix(r, want) }) {
				t.Errorf("lost: %s; there are %q", want, rows)
			}
		}
	}
	// Along the runs, each row appears once and never goes.
	list, err := runs.List(machines[0].Workspace)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 3 {
		t.Fatalf("%d runs are recorded", len(list))
	}
	came, had := map[string]int{}, map[string]bool{}
	for _, run := range list {
		s, _, err := snapshot.Load(machines[0].Workspace, run.Snapshot)
		if err != nil {
			t.Fatal(err)
		}
		now := map[string]bool{}
		for _, r := range s.Tables[schemas.TreatyStatus.Name] {
			now[schemas.TreatyStatus.KeyText(r)] = true
		}
		for key := range had {
			if !now[key] {
				t.Errorf("%s went in run of %s", key, run.Started)
			}
		}
		for key := range now {
			if !had[key] {
				came[key]++
			}
		}
		had = now
	}
	for key, n := range came {
		if n != 1 {
			t.Errorf("%s was added %d times", key, n)
		}
	}
	if len(came) != 4+2*rounds {
		t.Errorf("%s", fmt.Sprint(came))
	}
}
