package saferinternetday

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"regexp"
	"strings"
)

//go:embed states.csv
var statesCSV []byte

// state is what a request asks for: one committee of one state.
type state struct{ request, code, committee, name string }

// names are the states by request, and by the words that head their pages.
type names struct {
	asked   map[string]state
	country map[string]state // names, nationalities and other words for a state, in lower case
}

func readNames(data []byte) (names, error) {
	records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return names{}, fmt.Errorf("states.csv: %w", err)
	}
	n := names{asked: map[string]state{}, country: map[string]state{}}
	for _, r := range records[1:] {
		countries := strings.Split(r[3], "|")
		s := state{request: r[0], code: r[1], committee: r[2], name: countries[0]}
		if _, twice := n.asked[s.request]; twice {
			return names{}, fmt.Errorf("states.csv: request %s stands there twice", s.request)
		}
		n.asked[s.request] = s
		for _, c := range countries {
			printed := s
			printed.name = c
			n.country[strings.ToLower(c)] = printed
		}
		for _, other := range strings.Split(r[4], "|") {
			n.country[strings.ToLower(other)] = s
		}
	}
	delete(n.country, "")
	return n, nil
}

// title is the heading of a committee's page.
type title struct {
	code      string // of the state that it names
	name      string // of the state; as printed, unless a nationality is printed
	committee string // such as #3; empty where a state has one committee
	organiser string // empty where the page names none
	text      string
}

var (
	committeeTitle = regexp.MustCompile(`(?i)^(.+?) Safer Internet Day Committee(?:\s*[-–](?:\s+(.*?))?)??(?:\s*\((#\d+)\))?$`)
	centreOf       = regexp.MustCompile(`(?i)^(.+?) Safer Internet Cent(?:re|er)$`)
	centreIn       = regexp.MustCompile(`(?i)^Safer Internet Cent(?:re|er) (.+?)(?: \([^()]*\))?$`)
)

// title reads a line that heads a page. ok is false if it is no title, or of no state
// of states.csv.
func (n names) title(line string) (t title, ok bool) {
	line = once(line)
	t = title{text: line, organiser: line}
	name := ""
	if m := committeeTitle.FindStringSubmatch(line); m != nil {
		name, t.organiser, t.committee = m[1], m[2], m[3]
	} else if m := centreOf.FindStringSubmatch(line); m != nil {
		name = m[1]
	} else if m := centreIn.FindStringSubmatch(line); m != nil {
		name = m[1]
	}
	s, ok := n.country[strings.ToLower(name)]
	t.code, t.name = s.code, s.name
	return t, ok
}

// once undoes the oldest pages' habit of printing their title twice in a line.
func once(line string) string {
	if half := len(line) / 2; len(line)%2 == 1 && line[half] == ' ' && line[:half] == line[half+1:] {
		return line[:half]
	}
	return line
}

// check refuses the page of another state or committee than the one asked for.
func (t title) check(s state) error {
	if t.code != s.code {
		return fmt.Errorf("the page is headed %q: that is %s, not %s; see where its address leads", t.text, t.code, s.code)
	}
	if t.committee != s.committee {
		return fmt.Errorf("the page is headed %q: that is committee %q, not %q, of %s; see where its address leads", t.text, t.committee, s.committee, s.code)
	}
	return nil
}
