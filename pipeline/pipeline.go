// Package pipeline is the road from captures to a snapshot and its changes. Refresh
// is the list of its steps; each step is a package of its own.
package pipeline

import (
	"fmt"
	"io/fs"
	"time"

	"baseline/pipeline/alerts"
	"baseline/pipeline/decisions"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/schemas/places"
	"baseline/sources/source"
)

// Version is written into manifests.
const Version = "0.1.0"

// Pipeline is what the steps work with.
type Pipeline struct {
	Workspace *workspace.Workspace
	Sources   []source.Source
	Names     *places.Registry
	// Bundle holds captures compiled into the program, as SOURCE/NAME.json records
	// with their bytes beside them.
	Bundle fs.FS
	// Decisions is what the steward decided. Refresh and Load read it from the workspace.
	Decisions *decisions.Book
	// Holder names this run to others that want the workspace.
	Holder string
	// Workers is how many captures are read at a time; 0 means one for each core. The
	// result does not depend on it.
	Workers int
	// Doing is told which step of a refresh begins; nil: nobody.
	Doing func(step string)
	// Now tells the time; nil is the machine's clock. Nothing of it enters a snapshot.
	Now func() time.Time

	until time.Time // records of later requests are not read; zero: all are
}

func (p *Pipeline) now() time.Time {
	if p.Now != nil {
		return p.Now().UTC()
	}
	return time.Now().UTC()
}

// Outcome is what a refresh did.
type Outcome struct {
	Manifest snapshot.Manifest
	Snapshot *snapshot.Snapshot
	Same     bool   // the snapshot was in force already
	FactsOf  string // the snapshot in force before, if it has the same facts; empty if they differ
	Failed   []string
	Held     int
	// Queued is what was put into the outbox. AlertsFault says why nothing could be: the
	// snapshot is in force, and the next refresh makes the messages.
	Queued      alerts.Queued
	AlertsFault error
	// Recovered says what was done because the snapshot in force had lost files; "" if it had
	// not.
	Recovered string
}

// Refresh reads the newest captures of every source, checks what they say, and puts
// a new snapshot in force. It does not ask publishers: it works from the archive,
// seeded with the bundle. A source that fails, or whose rows are held, keeps its last
// good rows and its old clocks. A snapshot in force that has lost files is made whole, or
// replaced, as Outcome.Recovered says. After an error, the snapshot in force is the last one or, if
// only the records of the run could not be written, the new one; either is whole.
func (p *Pipeline) Refresh() (Outcome, error) {
	release, err := p.Workspace.Lock(p.Holder)
	if err != nil {
		return Outcome{}, err
	}
	defer release()

	steps := run{Pipeline: p, started: p.now()}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"sweep", steps.sweep},         // remove what a run that did not end has left
		{"seed", steps.seed},           // put the bundled captures into the archive
		{"editions", steps.freeze},     // the record of edition 2021, as a snapshot of its own
		{"decisions", steps.decisions}, // what the steward decided
		{"before", steps.before},       // the last snapshot, made whole if need be, for what must be kept
		{"read", steps.read},           // captures → rows, parts and findings; names → codes; checks
		{"build", steps.build},         // one set of datasets, with the last good rows where needed
		{"write", steps.write},         // Parquet and manifest
		{"announce", steps.announce},   // what this refresh tells, in force with the snapshot
		{"current", steps.current},     // from here on the new snapshot is in force
		{"describe", steps.describe},   // datapackage.json, for general tools
		{"record", steps.record},       // when this run was, and what came of it
		{"history", steps.history},     // what was known when
		{"outbox", steps.outbox},       // messages to those who asked
	} {
		if p.Doing != nil {
			p.Doing(step.name)
		}
		if err := step.do(); err != nil {
			return Outcome{}, fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return steps.outcome(), nil
}

// Source returns the source with that id, or an error that lists the ids there are.
func (p *Pipeline) Source(id string) (source.Source, error) {
	var ids []string
	for _, s := range p.Sources {
		if s.About().ID == id {
			return s, nil
		}
		ids = append(ids, s.About().ID)
	}
	return nil, fmt.Errorf("there is no source %q; there are %v", id, ids)
}
