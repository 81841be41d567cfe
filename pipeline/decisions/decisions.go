// Package decisions reads what a steward decided: files made to be read in a diff,
// each entry with who, when and why. The pipeline asks a Book and never the files.
package decisions

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"baseline/pipeline/workspace"
	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
)

// Folder is where decisions lie in a workspace.
const Folder = "decisions"

// Verb is what a decision does.
type Verb string

// The verbs.
const (
	Map     Verb = "map"     // a published spelling names this place
	Exclude Verb = "exclude" // this row of this source is not a fact
	Release Verb = "release" // the rows that this finding held may pass
	Reject  Verb = "reject"  // they may not; nobody needs to be asked again
	Correct Verb = "correct" // these values are the fact
	Accept  Verb = "accept"  // this question was looked at: it stays as it is
	Snooze  Verb = "snooze"  // ask again on that day
)

// Decision is one entry. Which fields it needs follows from its verb.
type Decision struct {
	Do       Verb              `yaml:"do"`
	Source   string            `yaml:"source,omitempty"`
	Dataset  string            `yaml:"dataset,omitempty"`
	Part     string            `yaml:"part,omitempty"`
	Capture  string            `yaml:"capture,omitempty"` // evidence: its SHA-256, or the first 12 digits or more
	Code     string            `yaml:"code,omitempty"`    // of the finding
	Finding  string            `yaml:"finding,omitempty"` // evidence: id of the finding that led to it
	Spelling string            `yaml:"spelling,omitempty"`
	Place    string            `yaml:"place,omitempty"`
	Key      string            `yaml:"key,omitempty"`  // of the row, as explain takes it
	Set      map[string]string `yaml:"set,omitempty"`  // columns and their right values
	From     string            `yaml:"from,omitempty"` // where the right values are known from
	AsOf     string            `yaml:"as_of,omitempty"`
	Until    string            `yaml:"until,omitempty"` // last day of a snooze
	By       string            `yaml:"by"`
	On       string            `yaml:"on"`
	Why      string            `yaml:"why"`

	File   string `yaml:"-"`
	Number int    `yaml:"-"` // in the file, from 1
	line   int    // in the file, where it begins
	sum    string // SHA-256 of the file
	used   bool
}

// Line is the line of its file on which it begins.
func (d *Decision) Line() int { return d.line }

// At says where a decision stands, for messages.
func (d *Decision) At() string { return fmt.Sprintf("%s, decision %d", d.File, d.Number) }

// Book is all decisions. A nil Book decides nothing. It is safe for use by several
// goroutines.
type Book struct {
	list  []*Decision
	files []File
	mu    sync.Mutex // guards Decision.used
}

// File is one file of decisions.
type File struct {
	Name, SHA256 string
	Body         []byte
	Newest       time.Time // newest day on which one of its decisions was made
}

// Read reads the decisions of a workspace. A file that cannot be read, an entry that
// lacks something, and two entries that contradict each other are errors: nobody can
// know what was meant.
func Read(ws *workspace.Workspace) (*Book, error) {
	names, err := ws.List(Folder)
	if err != nil {
		return nil, fmt.Errorf("read the decisions: %w", err)
	}
	b := &Book{}
	var faults []error
	for _, name := range names {
		if strings.HasSuffix(name, ".yml") {
			faults = append(faults, fmt.Errorf("decisions %s: files of decisions end in .yaml; rename it", name))
		}
		if !strings.HasSuffix(name, ".yaml") {
			continue
		}
		body, err := ws.Read(Folder + "/" + name)
		if err != nil {
			return nil, fmt.Errorf("read the decisions: %w", err)
		}
		faults = append(faults, b.add(name, body))
	}
	faults = append(faults, b.contradictions())
	return b, errors.Join(faults...)
}

// Parse reads one file's bytes.
func Parse(name string, body []byte) (*Book, error) {
	b := &Book{}
	return b, errors.Join(b.add(name, body), b.contradictions())
}

func (b *Book) add(name string, body []byte) error {
	f, err := decode(name, body)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	whole := File{Name: name, SHA256: hex.EncodeToString(sum[:]), Body: body}
	var faults []error
	for i, d := range f.Decisions {
		d.File, d.Number, d.sum = name, i+1, hex.EncodeToString(sum[:])
		if err := d.check(); err != nil {
			faults = append(faults, fmt.Errorf("decisions %s (line %d): %w", d.At(), d.line, err))
			continue
		}
		if day, err := time.Parse(time.DateOnly, d.On); err == nil && day.After(whole.Newest) {
			whole.Newest = day
		}
		b.list = append(b.list, d)
	}
	b.files = append(b.files, whole)
	return errors.Join(faults...)
}

// Files returns the files in the order of their names.
func (b *Book) Files() []File {
	if b == nil {
		return nil
	}
	return b.files
}

// use marks a decision as one that something asked for.
func (b *Book) use(d *Decision) {
	b.mu.Lock()
	d.used = true
	b.mu.Unlock()
}

// needs are the fields that each verb cannot do without.
var needs = map[Verb][]string{
	Map: {"spelling", "place"}, Exclude: {"source", "dataset", "key"}, Release: {"source", "capture", "code"}, Reject: {"source", "capture", "code"},
	Correct: {"dataset", "key", "set", "from", "as_of"}, Accept: {"finding"}, Snooze: {"finding", "until"},
}

func (d *Decision) check() error {
	need, ok := needs[d.Do]
	switch {
	case d.Do == "":
		return errors.New("a decision needs the field do: map, exclude, release, reject, correct, accept or snooze")
	case !ok:
		return fmt.Errorf("there is no decision %q; there are map, exclude, release, reject, correct, accept, snooze", d.Do)
	}
	have := map[string]bool{
		"spelling": d.Spelling != "", "place": d.Place != "", "source": d.Source != "", "dataset": d.Dataset != "", "key": d.Key != "",
		"capture": d.Capture != "", "code": d.Code != "", "set": len(d.Set) > 0, "from": d.From != "", "as_of": d.AsOf != "",
		"finding": d.Finding != "", "until": d.Until != "", "by": d.By != "", "on": d.On != "", "why": d.Why != "",
	}
	for _, f := range append(slices.Clone(need), "by", "on", "why") {
		if !have[f] {
			return fmt.Errorf("%s needs the field %s", d.Do, f)
		}
	}
	for name, day := range map[string]string{"on": d.On, "until": d.Until, "as_of": d.AsOf} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return fmt.Errorf("%s: %q is not a day like 2026-11-24", name, day)
		}
	}
	if d.Do == Map {
		if _, ok := places.Default().Place(d.Place); !ok {
			return fmt.Errorf("there is no place with the code %q", d.Place)
		}
	}
	if len(d.Capture) > 0 && len(d.Capture) < 12 {
		return fmt.Errorf("capture %q: give at least the first 12 digits of its SHA-256", d.Capture)
	}
	if d.Dataset == "" {
		return nil
	}
	set := schemas.Named(d.Dataset)
	if set == nil || set.Record {
		return fmt.Errorf("there is no dataset of facts %q", d.Dataset)
	}
	_, err := d.values(set)
	return err
}

// values parses what a correction sets.
func (d *Decision) values(set *schemas.Dataset) (schemas.Cells, error) {
	cells := schemas.Cells{}
	for name, text := range d.Set {
		v, err := Cell(set, name, text)
		if err != nil {
			return nil, fmt.Errorf("set: %w", err)
		}
		cells[name] = v
	}
	return cells, nil
}

// Cell parses a value that a correction gives to a column. It fails if the column does not
// take it, or may not be corrected.
func Cell(set *schemas.Dataset, name, text string) (schemas.Value, error) {
	at := set.Column(name)
	if at < 0 || slices.Contains(set.Key, name) {
		return schemas.Value{}, fmt.Errorf("%s is no column of %s that can be corrected", name, set.Name)
	}
	c := set.Columns[at]
	v, err := schemas.Parse(c.Kind, text)
	switch {
	case err != nil:
		return v, fmt.Errorf("%s: %w", name, err)
	case v.IsNull() && c.Required:
		return v, fmt.Errorf("%s must not be empty", name)
	case c.Words != nil && !v.IsNull() && !slices.Contains(c.Words, text):
		return v, fmt.Errorf("%s: %q is none of %s", name, text, strings.Join(c.Words, ", "))
	}
	return v, nil
}

// subject is what a decision is about: two decisions on one subject must agree.
func (d *Decision) subject() string {
	switch d.Do {
	case Map:
		return "spelling " + d.Source + "/" + d.Spelling
	case Exclude, Correct:
		return "row " + d.Dataset + " " + d.Key
	case Release, Reject:
		return "rows " + strings.Join([]string{d.Source, d.Dataset, d.Part, short(d.Capture), d.Code}, "/")
	}
	return "finding " + d.Finding
}

// says is what it decides on its subject.
func (d *Decision) says() string {
	switch d.Do {
	case Map:
		return d.Place
	case Correct:
		return "correct " + fmt.Sprint(d.Set)
	case Snooze, Accept:
		return "no need to ask" // a later one prolongs or ends the earlier
	}
	return string(d.Do)
}

func (b *Book) contradictions() error {
	first := map[string]*Decision{}
	var faults []error
	against := func(x, y *Decision) {
		faults = append(faults, fmt.Errorf("%s and %s contradict each other on %s (lines %d and %d); remove one", x.At(), y.At(), y.subject(), x.line, y.line))
	}
	for _, d := range b.list {
		other := first[d.subject()]
		switch {
		case other == nil:
			first[d.subject()] = d
		case other.says() != d.says():
			against(other, d)
		}
	}
	// A decision on all held rows of a capture also speaks of each part of it.
	held := b.of(Release, Reject)
	for i, x := range held {
		for _, y := range held[i+1:] {
			if x.Do != y.Do && x.subject() != y.subject() && x.Source == y.Source && x.Code == y.Code && overlap(x.Dataset, y.Dataset) && overlap(x.Part, y.Part) &&
				(strings.HasPrefix(x.Capture, y.Capture) || strings.HasPrefix(y.Capture, x.Capture)) {
				against(x, y)
			}
		}
	}
	return errors.Join(faults...)
}

// overlap reports whether two names, of which an empty one means all, have anything in common.
func overlap(x, y string) bool { return x == "" || y == "" || x == y }

func short(sum string) string { return sum[:min(12, len(sum))] }

// Place returns the place that a steward gave a spelling of the source.
func (b *Book) Place(src, spelling string) (places.Place, bool) {
	// What was decided for this source comes before what was decided for all.
	for _, of := range []string{src, ""} {
		for _, d := range b.of(Map) {
			if d.Spelling == spelling && d.Source == of {
				b.use(d)
				return places.Default().Place(d.Place)
			}
		}
	}
	return places.Place{}, false
}

// Excluded reports whether a steward took the row of that source out.
func (b *Book) Excluded(src, dataset, key string) (*Decision, bool) {
	for _, d := range b.of(Exclude) {
		if d.Source == src && d.Dataset == dataset && d.Key == key {
			b.use(d)
			return d, true
		}
	}
	return nil, false
}

// Held returns what a steward decided on rows that a finding holds.
func (b *Book) Held(f source.Finding) (verb Verb, by *Decision) {
	for _, d := range b.of(Release, Reject) {
		if d.holds(f) {
			b.use(d)
			return d.Do, d
		}
	}
	return "", nil
}

// holds reports whether a release or rejection is about the rows that the finding holds.
func (d *Decision) holds(f source.Finding) bool {
	return d.Source == f.Source && d.Code == f.Code && strings.HasPrefix(f.Capture, d.Capture) &&
		(d.Dataset == "" || d.Dataset == f.Dataset) && (d.Part == "" || d.Part == f.Part)
}

// Accepted returns the decision by which a steward has looked at the question and let it
// stand; nil if there is none.
func (b *Book) Accepted(f source.Finding) *Decision {
	for _, d := range b.of(Accept) {
		if d.Finding == ID(f) {
			b.use(d)
			return d
		}
	}
	return nil
}

// Asked tells the book that a finding is there, whatever it is about: a decision to put it
// off has its object.
func (b *Book) Asked(f source.Finding) {
	id := ""
	for _, d := range b.of(Snooze) {
		if id == "" {
			id = ID(f)
		}
		if d.Finding == id {
			b.use(d)
		}
	}
}

// Answer returns the decision that answers a finding of the snapshot in force, if there is
// one: it was made since, or puts the question off beyond that day. Nobody needs to be
// asked again.
func (b *Book) Answer(f source.Finding, day time.Time) (*Decision, bool) {
	if b == nil {
		return nil, false
	}
	id := ID(f)
	for _, d := range b.list {
		answers := d.Finding == id
		switch d.Do {
		case Exclude:
			answers = answers || d.names(f) && (d.Source == f.Source || f.Code == disagreement)
		case Correct:
			answers = answers || d.names(f) && f.Code == disagreement
		case Release, Reject: // one of an older capture answered another question
			answers = d.holds(f)
		case Map:
			answers = answers || f.Code == unknownName && d.Spelling != "" && (d.Source == "" || d.Source == f.Source) && strings.HasPrefix(f.Text, "the name "+strconv.Quote(d.Spelling)+" ")
		case Snooze:
			answers = answers && d.Until >= day.Format(time.DateOnly)
		}
		if answers {
			return d, true
		}
	}
	return nil, false
}

// names reports whether the finding is about the row with the decision's key.
func (d *Decision) names(f source.Finding) bool {
	if d.Dataset != f.Dataset {
		return false
	}
	return f.Code == unknownName && strings.HasPrefix(f.Text, "the name "+strconv.Quote(d.Key)+" ") ||
		f.Code == withdrawal && strings.HasPrefix(f.Text, "row "+d.Key+" of "+d.Dataset+" has gone ") ||
		f.Code == disagreement && strings.HasPrefix(f.Text, d.Dataset+" "+d.Key+": ")
}

// Idler returns the decision of which a finding says that it applies to nothing; none if
// the decision is no longer there.
func (b *Book) Idler(f source.Finding) (*Decision, bool) {
	if b == nil || f.Code != idle {
		return nil, false
	}
	for _, d := range b.list {
		if d.idle().Text == f.Text {
			return d, true
		}
	}
	return nil, false
}

// Correction is a row that a steward corrected.
type Correction struct {
	*Decision
	Cells schemas.Cells
	book  *Book
}

// Corrections returns the corrections of a dataset.
func (b *Book) Corrections(d *schemas.Dataset) []Correction {
	var list []Correction
	for _, x := range b.of(Correct) {
		if cells, err := x.values(d); err == nil && x.Dataset == d.Name {
			list = append(list, Correction{x, cells, b})
		}
	}
	return list
}

// AsOf returns the book as far as it speaks of facts up to that day: what a steward
// corrected for a later day says nothing about an older snapshot.
func (b *Book) AsOf(day time.Time) *Book {
	if b == nil {
		return nil
	}
	old := &Book{files: b.files}
	for _, d := range b.list {
		if d.Do != Correct || d.AsOf <= day.Format(time.DateOnly) {
			old.list = append(old.list, d)
		}
	}
	return old
}

// Applied marks a correction as one that met its row.
func (c Correction) Applied() { c.book.use(c.Decision) }

// Evidence is what a corrected row rests on: the decision's file.
func (c Correction) Evidence() schemas.Evidence {
	day, _ := time.Parse(time.DateOnly, c.AsOf)
	return schemas.Evidence{
		Capture: c.sum, Locator: fmt.Sprintf("decision %d", c.Number), Observed: schemas.At(day),
		Quote: fmt.Sprintf("%s, %s: %s; from %s", c.By, c.On, c.Why, c.From),
	}
}

func (b *Book) of(verbs ...Verb) []*Decision {
	if b == nil {
		return nil
	}
	var list []*Decision
	for _, d := range b.list {
		if slices.Contains(verbs, d.Do) {
			list = append(list, d)
		}
	}
	return list
}

// Codes of the findings that this package makes or knows.
const (
	idle         = "decision-idle"
	empty        = "decisions-empty"
	unknownName  = "unknown-name"
	withdrawal   = "unconfirmed-withdrawal"
	disagreement = "sources-disagree"
)

// Idle returns a finding for each decision that nothing asked for, because what it was
// about has gone or it was mistyped, and for each file that has no decisions to read.
func (b *Book) Idle() []source.Finding {
	if b == nil {
		return nil
	}
	var found []source.Finding
	for _, f := range b.files {
		if why := blank(f.Body); why != "" {
			found = append(found, source.Finding{
				Code: empty, Severity: source.Question, Source: Folder,
				Text: fmt.Sprintf("decisions %s, line 1: the file %s, so nothing is decided by it", f.Name, why),
				Hint: "if there were decisions in it, put them back; if not, remove it, or write the line decisions: as its first",
			})
		}
	}
	for _, d := range b.list {
		if !d.used {
			found = append(found, d.idle())
		}
	}
	return found
}

func (d *Decision) idle() source.Finding {
	return source.Finding{
		Code: idle, Severity: source.Question, Source: Folder, Dataset: d.Dataset,
		Text: fmt.Sprintf("%s (%s, by %s on %s) applies to nothing any more", d.At(), d.subject(), d.By, d.On),
		Hint: "look whether its words still fit; if its time has passed, remove it",
	}
}

// ID is the stable name of a finding: the same question on another capture, or on
// another row with the same unknown name, has the same one.
func ID(f source.Finding) string {
	about := []string{f.Source, f.Code, f.Dataset, f.Part, f.Quote}
	switch f.Code {
	case unknownName, "not-a-state", disagreement, "correction-agrees", idle, empty:
		// Their text says all that is asked, such as what each of two sources says.
		about = []string{f.Source, f.Code, f.Text}
	case withdrawal:
		// Which row, and since when: a row that comes back and goes again is another question.
		what, _, _ := strings.Cut(f.Text, ";")
		about = []string{f.Source, f.Code, what}
	}
	sum := sha256.Sum256([]byte(strings.Join(about, "\x00")))
	return hex.EncodeToString(sum[:])[:10]
}
