package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baseline/cmd/baseline/cli"
)

// answers runs the interview with typed lines.
func (s steward) answers(typed string) string {
	s.Helper()
	var out, errs bytes.Buffer
	if code := cli.RunWith([]string{"review", "--interactive", "--workspace", s.root}, strings.NewReader(typed), &out, &errs); code != 0 {
		s.Fatalf("exit code %d\n%s%s", code, &out, &errs)
	}
	return out.String()
}

// A steward answers one question after the other, stops in the middle, and goes on where
// she stopped.
func TestInterview(t *testing.T) {
	t.Setenv("BASELINE_STEWARD", "")
	s := steward{t, t.TempDir()}
	s.run(0, "refresh", "--offline", "--quiet")
	s.says(s.answers(""), "nothing waits for a decision")
	s.alter("un-treaties", "CRC", 48, "Sweden", "Swedenia", "Ghana", "Ghanaland")
	s.run(4, "refresh", "--offline", "--quiet")

	// A wrong letter, a reason that is missing, a name asked once; then the line breaks off.
	out := s.answers("y\n1\n\nthe list has a new spelling\nA. Steward\nm\n")
	s.says(out, `"y" is none of the answers above`, `1  Sweden \(SWE\)`, "a decision needs its reason", "written to decisions/review.yaml: map to SWE", "1 decided, 0 skipped, 1 left")
	file := filepath.Join(s.root, "decisions", "review.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s.says(string(text), "do: map", "by: A. Steward", "why: the list has a new spelling", "finding: ", "capture: [0-9a-f]{64}")

	out = s.answers("m\nAtlantis\nm\nGHA\nlooked it up\nB. Steward\n")
	s.says(out, `there is no state "Atlantis"`, "map to GHA", "1 decided, 0 skipped, 0 left")
	s.says(s.run(0, "review"), "nothing is open", `Decided since the last refresh \(2\)`, "map to SWE, by A. Steward on .*: the list has a new spelling", "2 decided; the next refresh")
	s.says(s.answers(""), "nothing waits for a decision")
	s.run(0, "refresh", "--offline", "--quiet")
	s.says(s.run(0, "review"), "nothing is open")
}

func TestInterviewOnHeldRowsAndQuestions(t *testing.T) {
	t.Setenv("BASELINE_STEWARD", "A. Steward")
	s := steward{t, t.TempDir()}
	s.run(0, "refresh", "--offline", "--quiet")
	// A page has one state twice: it is held, and the screen says what it would change.
	s.alter("un-treaties", "CRC", 48, "Sweden", "France", "29 Jun 1990", "30 Jun 1990")
	s.run(4, "refresh", "--offline", "--quiet")
	s.says(s.run(0, "review"), "Rows held by a check", "[0-9]+ rows are held; beside the last good ones [0-9]+ differ, [0-9]+ would go, [0-9]+ are new", "treaty_status CRC/SWE  would go")
	s.says(s.answers("q\n"), "r    release", "j    reject", "0 decided, 0 skipped, [1-9] left")
	s.says(s.answers(strings.Repeat("s\n", 9)), "0 decided, [1-9] skipped, 0 left")
	s.says(s.answers(strings.Repeat("j\nthe page was altered\ny\n", 9)), "review.yaml: reject", "[1-9] decided, 0 skipped, 0 left")
	s.says(s.run(0, "refresh", "--offline", "--quiet"), `un-treaties +480 +47 +[1-9][0-9]* +0 `)
}

// What the publisher has said to be gone goes at once.
func TestInterviewOnARowThatHasGone(t *testing.T) {
	t.Setenv("BASELINE_STEWARD", "A. Steward")
	s := steward{t, t.TempDir()}
	s.run(0, "refresh", "--offline", "--quiet")
	s.alter("weprotect", "governments", 48, "Sweden", "France")
	s.run(0, "refresh", "--offline", "--quiet")
	s.says(s.run(0, "review"), "Rows that have gone, not confirmed yet")
	out := s.answers("z\ntomorrow\n2020-01-01\n.\na\nit left, says the network\n")
	s.says(out, "missing since: 2022-07-03; a capture of 2022-07-10 or later may confirm it", "it said: class member", `"tomorrow" is not a day like`, "2020-01-01 has passed",
		"written to decisions/review.yaml: accept", "1 decided, 0 skipped, 0 left")
	if out := s.run(0, "refresh", "--offline", "--quiet"); strings.Contains(out, "has gone from the list") {
		t.Errorf("the row still waits:\n%s", out)
	}
	s.says(s.run(0, "explain", "memberships", "weprotect/SWE"), "was withdrawn: weprotect has not had it since 2022-07-03", "last printed as")
}

func TestDecisionFilesThatCannotBeRead(t *testing.T) {
	s := steward{t, t.TempDir()}
	s.run(0, "refresh", "--offline", "--quiet")
	for body, want := range map[string]string{
		"decisions:\n\t- do: map\n": `decisions a.yaml, line 2: there is a tab before the text.*put blanks in its place`,
		"- do: map\n":               `decisions a.yaml, line 1: the file does not begin with the line "decisions:"; put it before the list`,
		"decisions: [{do: mop}]\n":  `there is no decision "mop"`,
		"decisions: {do: map}\n":    `decisions a.yaml, line 1: under "decisions:" there is no list`,
		"nonsense: 1\n":             `decisions a.yaml, line 1: "nonsense" is nothing that a file of decisions has`,
	} {
		if err := os.MkdirAll(filepath.Join(s.root, "decisions"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(s.root, "decisions", "a.yaml"), []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
		s.says(s.run(1, "refresh", "--offline", "--quiet"), want)
	}
	for body, want := range map[string]string{
		"":                "decisions a.yaml, line 1: the file is empty, so nothing is decided by it",
		"# nothing yet\n": "decisions a.yaml, line 1: the file has only comments, so nothing is decided by it",
		"decisions:\n":    "is now in force|still stands|its facts are those",
	} {
		if err := os.WriteFile(filepath.Join(s.root, "decisions", "a.yaml"), []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
		s.says(s.run(0, "refresh", "--offline", "--quiet"), want)
	}
}
