// Package prose holds the report of 2021 against its own figures. What the report says
// in its sentences about the seven figures is data, in statements.csv, in our own words:
// where it stands, how it is computed, and what the report states. Check computes each
// statement from the typed datasets of an edition. A statement that does not follow is
// a finding about the report; nothing is corrected.
package prose

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"baseline/output/figures"
)

// Statement is one statement of the report.
type Statement struct {
	ID      string
	Lines   []int  // of the report's text, from 1
	Figures string // that it is about, separated by blanks; may be empty
	About   string // what is stated, in our words
	Kind    string // of computation, a key of kinds
	Group   string // of states that it is about
	Where   string // what is computed of them
	Stated  string // by the report
	Note    string // what a reader must know; why it cannot be computed, if so
}

// Outcome says whether a statement follows from the datasets.
type Outcome string

// A statement follows, does not follow, or cannot be computed from the datasets.
const (
	Follows      Outcome = "follows"
	Misfit       Outcome = "does not follow"
	NotCheckable Outcome = "not checkable here"
)

// Result is a statement with what the datasets say of it.
type Result struct {
	Statement
	Outcome  Outcome
	Computed string // in the form of the stated value; empty if not checkable
	Why      string // not checkable: the reason
}

//go:embed statements.csv
var statementsCSV []byte

// Statements returns all statements in the order of the figures. They are read once; a
// mistake in the file panics, so that the first test that runs finds it.
var Statements = sync.OnceValue(func() []Statement {
	list, err := readStatements(statementsCSV)
	if err != nil {
		panic(fmt.Errorf("statements.csv: %w", err))
	}
	return list
})

func readStatements(data []byte) ([]Statement, error) {
	records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return nil, err
	}
	var list []Statement
	seen := map[string]bool{}
	for _, r := range records[1:] {
		s := Statement{ID: r[0], Figures: r[2], About: r[3], Kind: r[4], Group: r[5], Where: r[6], Stated: r[7], Note: r[8]}
		for _, n := range strings.Fields(r[1]) {
			line, err := strconv.Atoi(n)
			if err != nil {
				return nil, fmt.Errorf("statement %s: %q is no line", s.ID, n)
			}
			s.Lines = append(s.Lines, line)
		}
		switch {
		case seen[s.ID]:
			return nil, fmt.Errorf("statement %s stands twice", s.ID)
		case len(s.Lines) == 0:
			return nil, fmt.Errorf("statement %s has no line", s.ID)
		case kinds[s.Kind] == nil && s.Kind != unchecked:
			return nil, fmt.Errorf("statement %s: there is no computation %q", s.ID, s.Kind)
		case s.Kind == unchecked && s.Note == "":
			return nil, fmt.Errorf("statement %s cannot be computed, but does not say why", s.ID)
		}
		seen[s.ID] = true
		list = append(list, s)
	}
	return list, nil
}

// unchecked is the kind of the statements on what the datasets do not hold.
const unchecked = "unchecked"

// Check computes every statement from the facts of the edition of 2021.
func Check(f figures.Facts) []Result {
	var results []Result
	for _, s := range Statements() {
		results = append(results, Compute(f, s))
	}
	return results
}

// Compute computes one statement.
func Compute(f figures.Facts, s Statement) Result {
	if s.Kind == unchecked {
		return Result{Statement: s, Outcome: NotCheckable, Why: s.Note}
	}
	computed, follows, err := kinds[s.Kind](facts{f}, s)
	switch {
	case err != nil:
		return Result{Statement: s, Outcome: NotCheckable, Why: err.Error()}
	case follows:
		return Result{Statement: s, Outcome: Follows, Computed: computed}
	}
	return Result{Statement: s, Outcome: Misfit, Computed: computed}
}

// Of returns the results with that outcome.
func Of(results []Result, o Outcome) []Result {
	var some []Result
	for _, r := range results {
		if r.Outcome == o {
			some = append(some, r)
		}
	}
	return some
}

// Says prints the stated value: codes as names.
func (s Statement) Says() string {
	switch s.Kind {
	case "list", "includes", "named":
		return Names(strings.Fields(s.Stated))
	}
	return s.Stated
}

// At prints where a statement stands.
func (s Statement) At() string {
	var lines []string
	for _, n := range s.Lines {
		lines = append(lines, strconv.Itoa(n))
	}
	if len(lines) == 1 {
		return "line " + lines[0]
	}
	return "lines " + strings.Join(lines, ", ")
}
