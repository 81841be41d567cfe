package pipeline

import (
	"fmt"
	"slices"

	"baseline/pipeline/archive"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
	"baseline/sources/source"
)

// Replay reads the captures of a stored snapshot again, with today's readers and
// registry. What differs from the snapshot as written is our reading, not the world.
func (p *Pipeline) Replay(s *snapshot.Snapshot) (*snapshot.Snapshot, error) {
	again, lost := p.replay(s, nil)
	if len(lost) > 0 {
		return nil, lost[0].err
	}
	return again, nil
}

// lostSource is a source whose captures cannot be read again: it is not there any more, its
// bytes are damaged, or its reader refuses what it once read.
type lostSource struct {
	id  string
	err error
}

// replayAsHeld is Replay for what is told. What a check held back in the snapshot is held
// back again, whatever has been decided or mended since: that it may pass now is news. Of
// sources that cannot be read again, the rows are taken as they were written; why those
// differ from newer ones, nobody knows.
func (p *Pipeline) replayAsHeld(s *snapshot.Snapshot, held []snapshot.Held) (*snapshot.Snapshot, []lostSource) {
	return p.replay(s, func(captures []snapshot.Checked) { holdAgain(s, held, captures) })
}

func (p *Pipeline) replay(s *snapshot.Snapshot, hold func([]snapshot.Checked)) (*snapshot.Snapshot, []lostSource) {
	var list []snapshot.Input
	var lost []lostSource
	var jobs []func()
	records := map[string][]archive.Record{}
	var ids []string
	for _, rec := range s.Captures {
		if rec.Source == snapshot.Corrected {
			continue // today's decisions are applied
		}
		if records[rec.Source] == nil {
			ids = append(ids, rec.Source)
		}
		records[rec.Source] = append(records[rec.Source], rec)
	}
	for _, id := range ids {
		src, err := p.Source(id)
		if err != nil {
			lost = append(lost, lostSource{id, fmt.Errorf("read snapshot %s again: %w", s.ID, err)})
			continue
		}
		in := snapshot.Input{About: src.About(), Captures: make([]snapshot.Checked, len(records[id]))}
		list = append(list, in)
		for n, rec := range records[id] {
			jobs = append(jobs, func() { in.Captures[n] = p.readRecord(src, rec) })
		}
	}
	inParallel(p.Workers, jobs)
	for i := range list {
		if hold != nil {
			list[i].Captures = withoutRemembered(s, list[i].Captures)
		}
	}
	list = slices.DeleteFunc(list, func(in snapshot.Input) bool {
		i := slices.IndexFunc(in.Captures, func(c snapshot.Checked) bool { return c.Err != nil })
		if i < 0 {
			return false
		}
		lost = append(lost, lostSource{in.About.ID, fmt.Errorf("read snapshot %s again: %w", s.ID, in.Captures[i].Err)})
		return true
	})
	for i := range list {
		if hold != nil {
			hold(list[i].Captures)
		}
		list[i].Captures = foldOlder(s, list[i].Captures)
	}
	// What was too far from the last good rows then is so again.
	p.withLast(list, s, func(q snapshot.Part) bool { return q.Standing == schemas.Kept })
	for _, l := range lost {
		list = append(list, asWritten(s, l.id, records[l.id]))
	}
	// What its parts leave out was as confirmed then as it was.
	again := snapshot.Build(list, &snapshot.Snapshot{Parts: s.Parts}, p.Decisions.AsOf(s.AsOf()))
	again.ID = s.ID
	for i := range again.Parts {
		again.Parts[i].Confirmed = again.Parts[i].Complete // the bytes are the same: what is missing is our reading
	}
	return again, lost
}

// asWritten is a source as a snapshot has it.
func asWritten(s *snapshot.Snapshot, id string, records []archive.Record) snapshot.Input {
	in := snapshot.Input{About: source.About{ID: id}}
	for _, state := range s.Sources {
		if state.ID == id {
			in.About.Title, in.About.Publisher, in.About.Budget = state.Title, state.Publisher, state.Budget
		}
	}
	for _, q := range s.Parts {
		i := slices.IndexFunc(records, func(r archive.Record) bool { return r.Request.ID == q.Request })
		if q.Source != id || i < 0 {
			continue
		}
		rows := s.Said(id, q.Part)
		for _, o := range s.Others {
			if o.Row.Source == id && o.By != id && o.Dataset == q.Dataset && q.Holds(o.Row) {
				rows = append(rows, o.Row)
			}
		}
		in.Captures = append(in.Captures, snapshot.Checked{Record: records[i], Parts: []snapshot.CheckedPart{{Part: q.Part, Rows: rows}}})
	}
	return in
}

// heldThen is the reason for which rows are held in a replay because they were.
const heldThen = "held-then"

// holdAgain holds what a snapshot held of the newest captures: parts of which it kept the last
// good rows, parts that it did not have at all, and rows whose names nobody knew, as far as
// the last good row of the same key stood in for them.
func holdAgain(s *snapshot.Snapshot, held []snapshot.Held, captures []snapshot.Checked) {
	for n := range newestOf(captures) {
		c := &captures[n]
		kept := c.Parts[:0]
		for _, cp := range c.Parts {
			was := func(h snapshot.Held) bool {
				return h.Row.Source == c.Record.Source && h.Dataset == cp.Dataset && h.Part == cp.Name() && h.Row.Evidence.Capture == c.Record.SHA256
			}
			i := slices.IndexFunc(s.Parts, func(q snapshot.Part) bool {
				return q.Source == c.Record.Source && q.Dataset == cp.Dataset && q.Name() == cp.Name()
			})
			switch {
			case i < 0 && slices.ContainsFunc(held, was):
				continue
			case i >= 0 && s.Parts[i].Standing == schemas.Kept && !restsOn(s, cp, c.Record):
				cp.Reason, cp.Rows, cp.Aside = heldThen, nil, nil
			default:
				cp.Rows = slices.DeleteFunc(cp.Rows, func(r schemas.Row) bool {
					return !s.RestsOn(cp.Dataset, r, c.Record.SHA256) && s.Has(cp.Dataset, r) && slices.ContainsFunc(held, func(h snapshot.Held) bool {
						return was(h) && h.Row.Evidence.Locator == r.Evidence.Locator
					})
				})
			}
			kept = append(kept, cp)
		}
		c.Parts = kept
	}
}

// restsOn reports whether the snapshot has any row of the part from that capture, followed or
// not.
func restsOn(s *snapshot.Snapshot, cp snapshot.CheckedPart, rec archive.Record) bool {
	from := func(r schemas.Row) bool {
		return r.Source == rec.Source && r.Evidence.Capture == rec.SHA256 && cp.Holds(r)
	}
	return slices.ContainsFunc(s.Tables[cp.Dataset], from) || slices.ContainsFunc(s.Others, func(o snapshot.Other) bool {
		return o.Dataset == cp.Dataset && from(o.Row)
	})
}

// withoutRemembered leaves out captures that cannot be read again and on which no fact of the
// snapshot rests: they are there to remember what was said before.
func withoutRemembered(s *snapshot.Snapshot, captures []snapshot.Checked) []snapshot.Checked {
	newest := newestOf(captures)
	var out []snapshot.Checked
	for i, c := range captures {
		if c.Err == nil || newest[i] || s.Needs(c.Record) {
			out = append(out, c)
		}
	}
	return out
}

// newestOf are the newest captures of their requests, by where they stand.
func newestOf(captures []snapshot.Checked) map[int]bool {
	newest := map[string]int{}
	for i, c := range captures {
		if n, ok := newest[c.Record.Request.ID]; !ok || c.Record.RequestedAt.After(captures[n].Record.RequestedAt) {
			newest[c.Record.Request.ID] = i
		}
	}
	at := map[int]bool{}
	for _, i := range newest {
		at[i] = true
	}
	return at
}

// foldOlder leaves of the older captures of a request only the rows that the snapshot
// had from them: last good rows, and rows that wait for a second capture. They go into
// the part that the newest capture covers, if it passed.
func foldOlder(s *snapshot.Snapshot, captures []snapshot.Checked) []snapshot.Checked {
	newest := map[string]*snapshot.Checked{}
	for i := range newestOf(captures) {
		newest[captures[i].Record.Request.ID] = &captures[i]
	}
	var folded []snapshot.Checked
	for i := range captures {
		c := &captures[i]
		n := newest[c.Record.Request.ID]
		if n == c {
			continue
		}
		for k := range c.Parts {
			p := &c.Parts[k]
			p.Rows = slices.DeleteFunc(p.Rows, func(r schemas.Row) bool { return !s.RestsOn(p.Dataset, r, c.Record.SHA256) })
			into := slices.IndexFunc(n.Parts, func(q snapshot.CheckedPart) bool {
				return q.Reason == "" && q.Dataset == p.Dataset && q.Name() == p.Name()
			})
			if into >= 0 {
				n.Parts[into].Rows = append(n.Parts[into].Rows, p.Rows...)
				p.Rows = nil
			}
		}
		c.Parts = slices.DeleteFunc(c.Parts, func(p snapshot.CheckedPart) bool { return len(p.Rows) == 0 })
		c.Findings = nil
	}
	for i := range captures {
		if c := captures[i]; newest[c.Record.Request.ID] == &captures[i] || len(c.Parts) > 0 {
			folded = append(folded, c)
		}
	}
	return folded
}
