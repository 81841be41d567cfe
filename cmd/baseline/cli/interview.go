package cli

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"time"

	"baseline/pipeline/decisions"
	"baseline/schemas"
)

// interviewer asks a steward, on any reader and writer.
type interviewer struct {
	*app
	page
	desk             *desk
	in               *bufio.Reader
	by               string
	most             int // held rows to show
	decided, skipped int
}

// Ways out of a question: the steward stops; she goes back to the choice of decisions.
var (
	errStop = errors.New("stopped")
	errBack = errors.New("back")
)

// interview asks for a decision on each open finding. Every answer is written at once, so
// that a line that breaks off loses nothing.
func (a *app) interview(f reviewFlags) error {
	k, err := a.desk()
	if err != nil {
		return err
	}
	v := &interviewer{app: a, page: newPage(a.out), desk: k, in: bufio.NewReader(a.in), by: f.by, most: f.rows()}
	if !v.wrap {
		v.wrap, v.width = true, usualWidth
	}
	waiting, _, later := sorted(k.open(time.Now().UTC()), f.all)
	if len(waiting) == 0 {
		v.say(0, "", "nothing waits for a decision")
		return v.end(0, len(later))
	}
	v.say(0, "", fmt.Sprintf("%d open. Each answer is written at once: stop when you like, and begin again where you stopped.", len(waiting)))
	for i := range waiting {
		o := &waiting[i]
		if v.answered(o) {
			continue
		}
		fmt.Fprintln(v.to)
		v.say(0, fmt.Sprintf("%d of %d  ", i+1, len(waiting)), capital(queues[o.queue].title))
		v.say(2, "", o.Source+": "+o.sentence())
		v.show(4, *o, v.most)
		switch err := v.ask(o); {
		case errors.Is(err, errStop) || errors.Is(err, io.EOF):
			return v.end(len(waiting)-v.decided-v.skipped, len(later))
		case err != nil:
			return err
		}
	}
	return v.end(0, len(later))
}

// answered looks whether somebody else has decided in the meantime.
func (v *interviewer) answered(o *open) bool {
	if v.desk.p.LoadDecisions() != nil {
		return false // what is wrong with the files is told when the answer is written
	}
	d, done := v.desk.p.Decisions.Answer(o.Finding, time.Now().UTC())
	if done = done && (o.decided == nil || d.Do != decisions.Snooze); done {
		v.decided++
	}
	return done
}

// end sums up.
func (v *interviewer) end(left, later int) error {
	fmt.Fprintln(v.to)
	text := fmt.Sprintf("%d decided, %d skipped, %d left", v.decided, v.skipped, left)
	if later > 0 {
		text += fmt.Sprintf(", %d put off until their day", later)
	}
	if v.decided > 0 {
		text += "; the next refresh makes the decisions count: baseline refresh --offline"
	}
	v.say(0, "", text)
	return nil
}

// ask takes one decision, asking again until it can be written.
func (v *interviewer) ask(o *open) error {
	choices := o.choices()
	fmt.Fprintln(v.to)
	if len(o.near) > 0 {
		v.say(2, "1–"+strconv.Itoa(len(o.near))+"  ", "map it to that place")
	}
	for _, c := range choices {
		v.say(2, c.letter+"    ", c.text)
	}
	v.say(2, "s    ", "skip it; q  stop here")
	for {
		answer, err := v.read("> ")
		if err != nil {
			return err
		}
		switch answer {
		case "s":
			v.skipped++
			return nil
		case "q":
			return errStop
		}
		i := slices.IndexFunc(choices, func(c choice) bool { return c.letter == answer })
		near, _ := strconv.Atoi(answer)
		switch {
		case near >= 1 && near <= len(o.near):
			err = v.write(o, decisions.Map, o.near[near-1].Place.Code)
		case i >= 0:
			err = v.write(o, choices[i].do, "")
		default:
			v.say(2, "", fmt.Sprintf("%q is none of the answers above", shorten(answer, mostOfName)))
			continue
		}
		if err == nil {
			v.decided++
			return nil
		}
		if !errors.Is(err, errBack) {
			return err
		}
	}
}

// write asks for what the verb needs and writes the decision. It returns errBack if it
// cannot be written as given, and says why.
func (v *interviewer) write(o *open, do decisions.Verb, place string) (err error) {
	var until, of string
	switch {
	case do == decisions.Map && place == "":
		place, err = v.place()
	case do == decisions.Snooze:
		until, err = v.until()
	case do == decisions.Exclude && len(o.sides) > 1:
		of, err = v.whose(o)
	}
	if err != nil {
		return err
	}
	var made []decisions.Decision
	if do == decisions.Correct {
		made, err = v.correction(o)
	} else {
		made, err = o.decide(do, place, until, of)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, errBack) {
		return err
	}
	if err != nil {
		return v.back(err)
	}
	why, err := v.need("why: ", "a decision needs its reason: whoever reads it in five years was not here (. goes back)")
	if err != nil {
		return err
	}
	for v.by == "" {
		if v.by, err = v.who(); err != nil {
			return err
		}
	}
	if err := decisions.Append(v.desk.p.Workspace, reviewFile, signature{by: v.by, why: why}.sign(made)...); err != nil {
		return v.back(err)
	}
	v.say(2, "", fmt.Sprintf("written to %s/%s: %s", decisions.Folder, reviewFile, saidShort(made[0])))
	return nil
}

func saidShort(d decisions.Decision) string {
	switch d.Do {
	case decisions.Map:
		return "map to " + d.Place
	case decisions.Exclude:
		return "exclude the row of " + d.Source
	case decisions.Snooze:
		return "put off until " + d.Until
	}
	return string(d.Do)
}

// back says why nothing was written and that the question stands.
func (v *interviewer) back(why error) error {
	v.say(2, "not written: ", why.Error())
	return errBack
}

// need asks until there is an answer; a point alone goes back.
func (v *interviewer) need(question, otherwise string) (string, error) {
	for {
		answer, err := v.read("  " + question)
		switch {
		case err != nil:
			return "", err
		case answer == ".":
			return "", errBack
		case answer != "":
			return answer, nil
		}
		v.say(2, "", otherwise)
	}
}

// who asks for the steward's name once; the name on this machine is offered.
func (v *interviewer) who() (string, error) {
	known := ""
	if u, err := user.Current(); err == nil {
		known = cmp.Or(u.Name, u.Username)
	}
	answer, err := v.read("  who decides [" + known + "]: ")
	return cmp.Or(answer, known), err
}

// place asks which place a name means, by its code or name.
func (v *interviewer) place() (string, error) {
	answer, err := v.need("code or name of the place: ", "give a code such as SWE, or a name that the registry has (. goes back)")
	if err != nil {
		return "", err
	}
	code, err := stateCode(answer)
	var e *exitError
	if errors.As(err, &e) {
		v.say(2, "", e.text+"; "+e.hint)
		return "", errBack
	}
	return code, err
}

// until asks for a day to come.
func (v *interviewer) until() (string, error) {
	today := time.Now().UTC()
	for {
		answer, err := v.need("until which day (such as "+today.AddDate(0, 1, 0).Format(time.DateOnly)+"): ", "give the last day on which not to ask (. goes back)")
		if err != nil {
			return "", err
		}
		switch day, err := time.Parse(time.DateOnly, answer); {
		case err != nil:
			v.say(2, "", fmt.Sprintf("%q is not a day like %s", shorten(answer, mostOfName), today.Format(time.DateOnly)))
		case day.AddDate(0, 0, 1).Before(today):
			v.say(2, "", answer+" has passed; give a day to come")
		default:
			return answer, nil
		}
	}
}

// whose asks which source of a disagreement is wrong.
func (v *interviewer) whose(o *open) (string, error) {
	var have []string
	for _, s := range o.sides {
		if s.keys != nil {
			have = append(have, s.source)
		}
	}
	if len(have) == 1 {
		return have[0], nil
	}
	for i, src := range have {
		v.say(4, fmt.Sprintf("%d  ", i+1), src)
	}
	for {
		answer, err := v.need("whose row is wrong (number): ", "give the number of the source (. goes back)")
		if err != nil {
			return "", err
		}
		if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(have) {
			return have[n-1], nil
		}
		v.say(2, "", fmt.Sprintf("%q is none of the numbers", shorten(answer, mostOfName)))
	}
}

// correction asks for the right values, and where they are known from.
func (v *interviewer) correction(o *open) ([]decisions.Decision, error) {
	d := schemas.Named(o.Dataset)
	var columns []string
	for _, c := range d.Columns {
		if !c.Aside && !slices.Contains(d.Key, c.Name) {
			columns = append(columns, c.Name)
		}
	}
	v.say(2, "columns: ", strings.Join(columns, ", "))
	set := map[string]string{}
	for {
		pair, err := v.read("  COLUMN=VALUE (an empty line ends): ")
		if err != nil {
			return nil, err
		}
		if pair == "." || pair == "" && len(set) == 0 {
			return nil, errBack
		}
		if pair == "" {
			break
		}
		column, value, err := setCell(d, pair)
		if err != nil {
			v.say(2, "", err.Error())
			continue
		}
		set[column] = value
	}
	made, err := v.desk.correction(d, o.correctable(), set)
	if err != nil {
		return nil, err
	}
	made.Finding = o.id
	if made.From, err = v.need("known from (an address or a document): ", "say where the values are known from (. goes back)"); err != nil {
		return nil, err
	}
	for {
		if made.AsOf, err = v.need("as of which day: ", "give the day for which that vouches, such as 2026-11-24 (. goes back)"); err != nil {
			return nil, err
		}
		if _, err := time.Parse(time.DateOnly, made.AsOf); err == nil {
			return []decisions.Decision{made}, nil
		}
		v.say(2, "", fmt.Sprintf("%q is not a day like 2026-11-24", shorten(made.AsOf, mostOfName)))
	}
}

// read asks and reads a line. io.EOF means that nobody answers any more.
func (v *interviewer) read(question string) (string, error) {
	fmt.Fprint(v.to, question)
	line, err := v.in.ReadString('\n')
	if err != nil && line == "" {
		fmt.Fprintln(v.to)
		return "", err
	}
	return strings.TrimSpace(line), nil
}
