package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"baseline/pipeline/decisions"
	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
)

// choice is a decision that a letter stands for.
type choice struct {
	letter string
	do     decisions.Verb
	text   string
}

// choices are the decisions that fit a finding.
func choices(f open) []choice {
	snooze := choice{"z", decisions.Snooze, "put off until a day"}
	accept := choice{"a", decisions.Accept, "accept: it was looked at and stays as it is"}
	_, oneRow := keyOf(f)
	switch {
	case f.Code == "unknown-name" || f.Code == "not-a-state":
		return []choice{{"m", decisions.Map, "map it to a place"}, {"x", decisions.Exclude, "exclude the row: it is no fact"}}
	case f.Severity == source.Hold && f.Code != "unreadable" && f.Code != "damaged-capture":
		return []choice{{"r", decisions.Release, "release: the held rows may pass"}, {"j", decisions.Reject, "reject: the last good rows stay"}}
	case f.Severity == source.Hold:
		return nil
	case oneRow:
		return []choice{accept, {"x", decisions.Exclude, "exclude the row of " + f.Source}, {"c", decisions.Correct, "correct it"}, snooze}
	}
	return []choice{accept, snooze}
}

// interviewer asks a steward.
type interviewer struct {
	*app
	in                      *bufio.Reader
	by                      string
	decided, skipped, asked int
}

// errStop says that the steward stopped.
var errStop = errors.New("stopped")

// interview asks for a decision on each open finding. Every answer is written at once.
func (a *app) interview(all bool, by string) error {
	_, found, held, err := a.openFindings(all)
	if err != nil {
		return err
	}
	p := a.pipeline()
	if err := p.LoadDecisions(); err != nil {
		return err
	}
	v := &interviewer{app: a, in: bufio.NewReader(a.in), by: by}
	left, stopped := 0, false
	for i, q := range queues {
		for _, f := range found[i] {
			switch {
			case p.Decisions.Has(f.id):
				continue // decided since the last refresh
			case stopped:
				left++
				continue
			}
			if v.asked == 0 {
				fmt.Fprintln(a.out, "Each answer is written at once. s skips, q stops.")
			}
			v.asked++
			fmt.Fprintf(a.out, "\n%s\n", strings.ToUpper(q.title[:1])+q.title[1:])
			a.printOpen(f, held)
			switch err := v.ask(f); {
			case errors.Is(err, errStop) || errors.Is(err, io.EOF):
				stopped, left = true, left+1
			case err != nil:
				return err
			}
		}
	}
	if v.asked == 0 {
		fmt.Fprintln(a.out, "nothing waits for a decision")
		return nil
	}
	fmt.Fprintf(a.out, "\n%d decided, %d skipped, %d left; decisions take effect with the next refresh\n", v.decided, v.skipped, left)
	return nil
}

// ask takes one decision, asking again until it can be written.
func (v *interviewer) ask(f open) error {
	list := choices(f)
	if list == nil {
		fmt.Fprintln(v.out, "  nothing can be decided here: the address or the reader must change, or the file be restored")
		v.skipped++
		return nil
	}
	for {
		var offered []string
		for _, c := range list {
			offered = append(offered, c.letter+" "+c.text)
		}
		answer, err := v.read("  " + strings.Join(offered, "; ") + "; s skip; q stop: ")
		if err != nil {
			return err
		}
		switch answer {
		case "s", "":
			v.skipped++
			return nil
		case "q":
			return errStop
		}
		done := false
		for _, c := range list {
			if c.letter == answer {
				if done, err = v.decide(f, c.do); err != nil {
					return err
				}
				answer = ""
			}
		}
		if done {
			v.decided++
			return nil
		}
		if answer != "" {
			fmt.Fprintf(v.out, "  %q is none of the letters\n", answer)
		}
	}
}

// decide asks for what the verb needs and writes the decision. It returns false if it
// cannot be written as given.
func (v *interviewer) decide(f open, do decisions.Verb) (done bool, err error) {
	var place, until string
	var d decisions.Decision
	switch do {
	case decisions.Map:
		if place, err = v.place(f); err != nil || place == "" {
			return false, err
		}
	case decisions.Snooze:
		if until, err = v.read("  until which day (such as " + time.Now().UTC().AddDate(0, 1, 0).Format(time.DateOnly) + "): "); err != nil {
			return false, err
		}
	}
	if do == decisions.Correct {
		if d, err = v.correction(f); err != nil {
			return false, err
		}
	} else if d, err = decisionOn(f, do, place, until); err != nil {
		fmt.Fprintf(v.out, "  %v\n", err)
		return false, nil
	}
	why := ""
	for why == "" {
		if why, err = v.read("  why: "); err != nil {
			return false, err
		}
		if why == "" {
			fmt.Fprintln(v.out, "  a decision needs its reason: whoever reads it in five years was not here")
		}
	}
	for v.by == "" {
		if v.by, err = v.read("  your name: "); err != nil {
			return false, err
		}
	}
	if err := decisions.Append(v.pipeline().Workspace, "review.yaml", signature{by: v.by, why: why}.sign(d)); err != nil {
		fmt.Fprintf(v.out, "  not written: %v\n", err)
		return false, nil
	}
	fmt.Fprintf(v.out, "  written: %s\n", do)
	return true, nil
}

// place asks which place a name means: by the number of a suggestion, a code or a name.
func (v *interviewer) place(f open) (string, error) {
	name, _ := quotedName(f.Text)
	near := places.Default().Suggest(name, 5)
	for i, s := range near {
		fmt.Fprintf(v.out, "    %d  %s (%s)\n", i+1, s.Place.Name, s.Place.Code)
	}
	answer, err := v.read("  number, code or name: ")
	if err != nil {
		return "", err
	}
	if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(near) {
		return near[n-1].Place.Code, nil
	}
	code, err := stateCode(answer)
	if err != nil {
		fmt.Fprintf(v.out, "  %v\n", err)
		return "", nil
	}
	return code, nil
}

func (v *interviewer) correction(f open) (d decisions.Decision, err error) {
	key, _ := keyOf(f)
	d = decisions.Decision{Do: decisions.Correct, Dataset: f.Dataset, Key: key, Set: map[string]string{}, Finding: f.id, Capture: f.Capture}
	fmt.Fprintf(v.out, "  columns of %s: %s\n", f.Dataset, strings.Join(columnNames(schemas.Named(f.Dataset)), ", "))
	for {
		pair, err := v.read("  COLUMN=VALUE, an empty line ends: ")
		if err != nil {
			return d, err
		}
		if pair == "" {
			break
		}
		column, value, ok := strings.Cut(pair, "=")
		if !ok {
			fmt.Fprintf(v.out, "  %q is not of the form COLUMN=VALUE\n", pair)
			continue
		}
		d.Set[strings.TrimSpace(column)] = strings.TrimSpace(value)
	}
	if d.From, err = v.read("  known from: "); err != nil {
		return d, err
	}
	d.AsOf, err = v.read("  for which day does that vouch: ")
	return d, err
}

// read asks and reads a line. io.EOF means that nobody answers any more.
func (v *interviewer) read(question string) (string, error) {
	fmt.Fprint(v.out, question)
	line, err := v.in.ReadString('\n')
	if err != nil && line == "" {
		fmt.Fprintln(v.out)
		return "", err
	}
	return strings.TrimSpace(line), nil
}
