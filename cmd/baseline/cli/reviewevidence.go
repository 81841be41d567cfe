package cli

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"baseline/pipeline"
	"baseline/pipeline/decisions"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
)

// open is a finding that waits for a decision, with what a steward needs to see.
type open struct {
	id    string
	times int // rows that ask the same
	queue int // of queues
	source.Finding
	name    string              // the spelling that nobody knows, if it is about one
	near    []places.Suggestion // what it may mean, nearest first
	held    int                 // rows that the finding holds
	changes []difference        // of held rows beside the last good ones
	sides   []side              // of a disagreement, the row that is followed last
	gone    *schemas.Row        // the row that has gone, as it was last read
	row     string              // key of the one row of the snapshot that another question is about
	until   time.Time           // the day from which on the next capture may confirm that
	taken   time.Time           // when the finding's capture was taken
	decided *decisions.Decision // an answer that the next refresh follows, or that puts the question off
	entry   *decisions.Decision // the decision that applies to nothing
}

// difference is one held row beside the last good one.
type difference struct {
	dataset, key string
	kind         string // changed, gone, new; or held, where it has no key to find the last good one by
	cells        []cellChange
}

// cellChange is a column that differs. Of a new row the old value is null, and of one that
// would go the new one.
type cellChange struct {
	column   string
	old, new schemas.Value
}

// side is what one source says in a disagreement.
type side struct {
	source   string
	says     string
	keys     []string // of its rows; none if it leaves the row out
	followed bool
	schemas.Evidence
}

const suggestionsShown = 5

// desk is what lies before a steward: the snapshot in force and the decisions so far.
type desk struct {
	p        *pipeline.Pipeline
	snap     *snapshot.Snapshot
	findings []source.Finding
	held     []snapshot.Held
}

func (a *app) desk() (*desk, error) {
	p := a.pipeline()
	n, err := a.manifest(p, "")
	if err != nil {
		return nil, err
	}
	k := &desk{p: p}
	if err := p.LoadDecisions(); err != nil {
		return nil, &exitError{code: exitFailed, text: err.Error(), hint: "correct the files in the folder " + decisions.Folder + " of " + a.where() + " first"}
	}
	if k.snap, _, err = snapshot.Load(p.Workspace, n.man.ID); err != nil {
		return nil, err
	}
	if k.findings, err = snapshot.Findings(p.Workspace, n.man); err != nil {
		return nil, err
	}
	k.held, err = snapshot.HeldBack(p.Workspace, n.man)
	return k, err
}

// open returns the open findings, the most serious first. Those that a decision answers
// come with it.
func (k *desk) open(today time.Time) []open {
	var list []open
	for _, f := range k.findings {
		q := slices.IndexFunc(queues, func(q queue) bool { return q.takes(f) })
		if q < 0 {
			continue
		}
		id := decisions.ID(f)
		if i := slices.IndexFunc(list, func(o open) bool { return o.id == id }); i >= 0 {
			list[i].times++
			continue
		}
		o := open{id: id, times: 1, queue: q, Finding: f}
		o.decided, _ = k.p.Decisions.Answer(f, today)
		k.evidence(&o)
		list = append(list, o)
	}
	slices.SortStableFunc(list, func(x, y open) int { return x.queue - y.queue })
	return list
}

func (k *desk) evidence(o *open) {
	for _, c := range k.snap.Captures {
		if c.SHA256 == o.Capture {
			o.taken = c.RequestedAt
		}
	}
	switch o.Code {
	case "unknown-name", "not-a-state":
		o.name, _ = quotedName(o.Text)
		if o.Code == "unknown-name" {
			o.near = places.Default().Suggest(o.name, suggestionsShown)
		}
		k.heldNames(o)
	case "sources-disagree":
		k.disagreement(o)
	case "unconfirmed-withdrawal":
		k.withdrawal(o)
	case "decision-idle":
		o.entry, _ = k.p.Decisions.Idler(o.Finding)
	default:
		if o.Severity == source.Hold {
			k.heldRows(o)
		} else if d := schemas.Named(o.Dataset); d != nil {
			k.oneRow(o, d)
		}
	}
}

// oneRow looks whether a question begins with the row that it is about.
func (k *desk) oneRow(o *open, d *schemas.Dataset) {
	for _, r := range k.snap.Tables[d.Name] {
		if key := d.KeyText(r); r.Source == o.Source && strings.HasPrefix(o.Text, "row "+key+" of "+d.Name+" ") {
			o.row = key
		}
	}
}

// heldNames shows the held rows with an unknown name. They have no key yet.
func (k *desk) heldNames(o *open) {
	for _, h := range k.held {
		d := schemas.Named(h.Dataset)
		if h.Row.Source != o.Source || d.Spelling == "" || h.Row.Values[d.Column(d.Spelling)].Text() != o.name {
			continue
		}
		o.held++
		o.changes = append(o.changes, difference{dataset: d.Name, key: keyShort(d, h.Row), kind: "held", cells: cellsBeside(d, nil, &h.Row)})
	}
}

// keyShort is as much of a row's key as is known.
func keyShort(d *schemas.Dataset, r schemas.Row) string {
	var known []string
	for _, at := range d.KeyColumns() {
		if v := r.Values[at]; !v.IsNull() {
			known = append(known, v.String())
		}
	}
	return strings.Join(known, "/")
}

// heldRows shows how the rows that a finding holds differ from the last good ones: first
// those that say something else, then those that would go, then new ones.
func (k *desk) heldRows(o *open) {
	type slice struct{ dataset, part string }
	rows := map[slice][]schemas.Row{}
	var order []slice
	for _, h := range k.held {
		at := slice{h.Dataset, h.Part}
		if h.Row.Source != o.Source || h.Reason == "unknown-name" || o.Dataset != "" && o.Dataset != h.Dataset || o.Part != "" && o.Part != h.Part {
			continue
		}
		if rows[at] == nil {
			order = append(order, at)
		}
		rows[at] = append(rows[at], h.Row)
		o.held++
	}
	for _, at := range order {
		d := schemas.Named(at.dataset)
		i := slices.IndexFunc(k.snap.Parts, func(p snapshot.Part) bool {
			return p.Source == o.Source && p.Dataset == at.dataset && p.Name() == at.part
		})
		var last []schemas.Row
		if i >= 0 {
			last = k.snap.Said(o.Source, k.snap.Parts[i].Part)
		}
		o.changes = append(o.changes, besideLast(d, rows[at], last)...)
	}
	kinds := []string{"changed", "gone", "new"}
	slices.SortStableFunc(o.changes, func(x, y difference) int { return slices.Index(kinds, x.kind) - slices.Index(kinds, y.kind) })
}

func besideLast(d *schemas.Dataset, held, last []schemas.Row) (list []difference) {
	good := map[string]*schemas.Row{}
	for i := range last {
		good[d.KeyText(last[i])] = &last[i]
	}
	seen := map[string]bool{}
	for i := range held {
		key := d.KeyText(held[i])
		seen[key] = true
		x := difference{dataset: d.Name, key: key, kind: "changed", cells: cellsBeside(d, good[key], &held[i])}
		if good[key] == nil {
			x.kind = "new"
		}
		if x.cells != nil {
			list = append(list, x)
		}
	}
	for i := range last {
		if key := d.KeyText(last[i]); !seen[key] {
			list = append(list, difference{dataset: d.Name, key: key, kind: "gone", cells: cellsBeside(d, &last[i], nil)})
		}
	}
	return list
}

// cellsBeside returns the facts in which two rows with one key differ; nil stands for no row.
func cellsBeside(d *schemas.Dataset, old, new *schemas.Row) (cells []cellChange) {
	value := func(r *schemas.Row, i int) schemas.Value {
		if r == nil {
			return schemas.Value{}
		}
		return r.Values[i]
	}
	for i, c := range d.Columns {
		if x, y := value(old, i), value(new, i); !c.Aside && !slices.Contains(d.Key, c.Name) && x != y {
			cells = append(cells, cellChange{c.Name, x, y})
		}
	}
	return cells
}

// disagreement finds both sides of one, by the key with which its text begins.
func (k *desk) disagreement(o *open) {
	d := schemas.Named(o.Dataset)
	about := func(r schemas.Row) bool { return strings.HasPrefix(o.Text, d.Name+" "+d.KeyText(r)+": ") }
	var lost []schemas.Row
	followed := ""
	for i, x := range k.snap.Others {
		if x.Dataset != d.Name || x.Row.Source != o.Source || x.By == o.Source {
			continue
		}
		entry := []schemas.Row{x.Row} // of one state: one institution, or all of them
		for n, y := range k.snap.Others {
			if n != i && y.Dataset == d.Name && y.Row.Source == o.Source && y.By == x.By && d.CompareCoarse(x.Row, y.Row) == 0 {
				entry = append(entry, y.Row)
			}
		}
		if about(x.Row) {
			lost, followed = []schemas.Row{x.Row}, x.By
			break
		}
		if d.RollUp != nil && about(d.RollUp(d, entry)) {
			lost, followed = entry, x.By
			break
		}
	}
	for _, r := range k.snap.Tables[d.Name] {
		if lost == nil && r.Source == o.Source && r.Standing == schemas.Unconfirmed && about(r) {
			lost, followed = []schemas.Row{r}, o.Source
		}
	}
	if lost == nil {
		return
	}
	slices.SortFunc(lost, d.CompareKeys)
	o.sides = []side{sideOf(d, lost, followed == o.Source)}
	var won []schemas.Row
	for _, r := range k.snap.Tables[d.Name] {
		if r.Source == followed && r.Source != o.Source && d.CompareCoarse(r, lost[0]) == 0 {
			won = append(won, r)
		}
	}
	if won != nil {
		o.sides = append(o.sides, sideOf(d, won, true))
		return
	}
	for _, p := range k.snap.Parts {
		if p.Dataset == d.Name && p.Complete && strings.Contains(o.Text, "; "+p.Source+" leaves it out") && p.Holds(lost[0]) {
			s := side{source: p.Source, says: "leaves it out of a complete list", followed: followed == p.Source}
			for _, c := range k.snap.Captures {
				if c.Source == p.Source && c.Request.ID == p.Request {
					s.Evidence = schemas.Evidence{Capture: c.SHA256, Observed: schemas.At(c.RequestedAt)}
				}
			}
			o.sides = append(o.sides, s)
			return
		}
	}
}

func sideOf(d *schemas.Dataset, rows []schemas.Row, followed bool) side {
	s := side{source: rows[0].Source, followed: followed, Evidence: rows[0].Evidence}
	var said []string
	for _, r := range rows {
		s.keys = append(s.keys, d.KeyText(r))
		text := facts(cellsBeside(d, nil, &r))
		if len(rows) > 1 {
			text = d.KeyText(r) + ": " + text
		}
		said = append(said, text)
	}
	s.says = strings.Join(said, "; ")
	return s
}

// facts prints cells such as "status party, consent 2013-06-28".
func facts(cells []cellChange) string {
	var said []string
	for _, c := range cells {
		value := c.new
		if value.IsNull() {
			value = c.old
		}
		said = append(said, strings.ReplaceAll(c.column, "_", " ")+" "+value.String())
	}
	if said == nil {
		return "no facts beside its key"
	}
	return strings.Join(said, ", ")
}

// withdrawal finds the row that waits.
func (k *desk) withdrawal(o *open) {
	d := schemas.Named(o.Dataset)
	for _, r := range k.snap.Tables[d.Name] {
		if r.Source == o.Source && r.Standing == schemas.Unconfirmed && strings.HasPrefix(o.Text, "row "+d.KeyText(r)+" of "+d.Name+" has gone ") {
			o.gone = &r
			if s, err := k.p.Source(o.Source); err == nil {
				o.until = r.MissingSince.Time().Add(s.About().ConfirmAfter())
			}
		}
	}
}

// quotedName is the spelling in the text of a finding on an unknown name.
func quotedName(text string) (string, bool) {
	rest, ok := strings.CutPrefix(text, "the name ")
	if !ok {
		return "", false
	}
	quoted, err := strconv.QuotedPrefix(rest)
	if err != nil {
		return "", false
	}
	name, err := strconv.Unquote(quoted)
	return name, err == nil
}
