package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// run does what is due and notes what came of it.
func (s *Scheduler) run(ctx context.Context, w work) Result {
	log := s.log()
	ids, err := s.begin(w.due)
	if err != nil {
		return s.ended(w.run, Result{Err: err})
	}
	if w.run.Holder != s.Holder {
		w.run.Holder = s.Holder
		if err := w.run.save(s.Workspace); err != nil {
			return s.ended(w.run, Result{Err: fmt.Errorf("note that a run begins: %w", err)})
		}
	}
	if len(ids) == 0 {
		log.Info("run begins: it reads what was asked before")
	} else {
		log.Info("run begins", "sources", ids)
	}
	r := s.Run(ctx, ids)
	r.Stopped = r.Err != nil && ctx.Err() != nil
	r.Asked = r.Asked || len(w.due) == 0 // what was to be read had been asked before
	asked := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(r.Skipped, id) })
	for _, id := range r.Skipped {
		// What is noted of its beginning stays: it is looked at again an hour later, unless the
		// other process has noted by then how it went.
		log.Info("another process is asking the source", "source", id)
	}
	failed := 0
	for _, id := range asked {
		if r.Err != nil && !r.Asked {
			if err := forget(s.Workspace, id, s.now()); err != nil {
				r.Err = errors.Join(r.Err, fmt.Errorf("note that %s was not asked: %w", id, err))
			}
			continue
		}
		st, err := Note(s.Workspace, id, s.now(), r.Failed[id])
		if err == nil {
			err = s.tell(id, st)
		}
		if err != nil {
			r.Err = errors.Join(r.Err, fmt.Errorf("note how asking %s went: %w", id, err))
		}
		if r.Failed[id] != "" {
			failed++
			log.Warn("source failed", "source", id, "why", r.Failed[id], "in_a_row", st.Failures)
		}
	}
	if r.Err == nil {
		log.Info("run ended", "sources", asked, "failed", failed, "snapshot", r.Snapshot, "held", r.Held)
	}
	return s.ended(w.run, r)
}

// begin notes which sources are about to be asked. One of which that cannot be noted is not
// asked: it would be asked again and again.
func (s *Scheduler) begin(due []string) (ids []string, err error) {
	now := s.now()
	for _, id := range due {
		if fault := Begin(s.Workspace, id, now); fault != nil {
			fault = fmt.Errorf("note that %s is asked: %w", id, fault)
			s.log().Error("source is not asked", "source", id, "error", fault)
			err = errors.Join(err, fault)
			s.putOff(id, now.Add(afterCrash))
			continue
		}
		s.putOff(id, time.Time{})
		ids = append(ids, id)
	}
	if len(ids) > 0 || len(due) == 0 {
		err = nil
	}
	return ids, err
}

// ended notes how a run went as a whole.
func (s *Scheduler) ended(run RunState, r Result) Result {
	log := s.log()
	was, told := run, false
	switch {
	case r.Stopped:
		run.Unread = run.Unread || r.Asked
		log.Info("stopped", "asked", r.Asked, "why", r.Err)
	case r.Err != nil:
		run.Failures, run.Why, run.Ended = run.Failures+1, r.Err.Error(), s.now()
		run.Unread, run.Unasked = run.Unread || r.Asked, !r.Asked
		told = due(run.Failures, run.Told, s.Patience)
		log.Error("run failed", "error", r.Err, "in_a_row", run.Failures, "asked", r.Asked, "again", run.again(s.now()))
	default:
		told = run.Told > 0
		run = RunState{Holder: run.Holder}
	}
	if told {
		run.Told = run.Failures
		if s.Tell != nil {
			s.Tell(Notice{Failures: run.Failures, Why: run.Why})
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if run != was || s.unsaid != (RunState{}) { // as a rule nothing is new
		err = run.save(s.Workspace)
	}
	s.unsaid = RunState{}
	if err != nil {
		log.Error("how the run went cannot be noted", "error", err)
		s.unsaid = run // at least as long as this process lives
	}
	return r
}

// putOff keeps in memory that a source is not to be asked before a time, where that cannot be
// noted on disk.
func (s *Scheduler) putOff(id string, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.later == nil {
		s.later = map[string]time.Time{}
	}
	s.later[id] = until
}

// due reports whether a steward is told of so many failures in a row: after the first few,
// then each time their number has doubled.
func due(failures, told, patience int) bool {
	if patience <= 0 {
		patience = Patience
	}
	return failures >= patience && failures >= 2*told
}

// tell tells a steward of a source that keeps failing, and once when it has come back.
func (s *Scheduler) tell(id string, st State) error {
	if !due(st.Failures, st.Told, s.Patience) && (st.Failures > 0 || st.Told == 0) {
		return nil
	}
	st.Told = st.Failures
	if err := st.save(s.Workspace, id); err != nil {
		return err
	}
	if s.Tell != nil {
		s.Tell(Notice{Source: id, Failures: st.Failures, Why: st.Why})
	}
	return nil
}
