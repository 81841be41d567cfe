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
	out := s.answers("y\nm\n1\n\nthe list has a new spelling\nA. Steward\nm\n")
	s.says(out, `"y" is none of the letters`, `1  Sweden \(SWE\)`, "a decision needs its reason", "written: map", "1 decided, 0 skipped, 1 left")
	file := filepath.Join(s.root, "decisions", "review.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s.says(string(text), "do: map", "by: A. Steward", "why: the list has a new spelling", "finding: ", "capture: [0-9a-f]{64}")

	out = s.answers("m\nAtlantis\nm\nGHA\nlooked it up\nB. Steward\n")
	s.says(out, `there is no state "Atlantis"`, "written: map", "1 decided, 0 skipped, 0 left")
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
	s.says(s.run(0, "review"), "Rows held by a check", "held: treaty_status|held: [0-9]+ rows")
	s.says(s.answers("q\n"), "r release", "j reject", "0 decided, 0 skipped, [1-9] left")
	s.says(s.answers(strings.Repeat("s\n", 9)), "0 decided, [1-9] skipped, 0 left")
	s.says(s.answers(strings.Repeat("j\nthe page was altered\n", 9)), "written: reject", "[1-9] decided, 0 skipped, 0 left")
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
	out := s.answers("z\ntomorrow\nwait\nx\nit left, says the network\n")
	s.says(out, "x exclude the row of weprotect", `not written: until: "tomorrow" is not a day`, "written: exclude", "1 decided, 0 skipped, 0 left")
	if out := s.run(0, "refresh", "--offline", "--quiet"); strings.Contains(out, "has gone from the list") {
		t.Errorf("the row still waits:\n%s", out)
	}
	s.says(s.run(0, "explain", "memberships", "weprotect/SWE"), "was withdrawn: weprotect has not had it since 2022-07-03", "last printed as")
}

func TestDecisionFilesThatCannotBeRead(t *testing.T) {
	s := steward{t, t.TempDir()}
	s.run(0, "refresh", "--offline", "--quiet")
	for body, want := range map[string]string{
		"decisions:\n\t- do: map\n": `decisions a.yaml cannot be read: line 2: a tab .*look at that line`,
		"- do: map\n":               `decisions a.yaml cannot be read: line 1: .*take the file away`,
		"decisions: [{do: mop}]\n":  `there is no decision "mop"`,
		"decisions: {do: map}\n":    `decisions a.yaml cannot be read: line 1`,
		"nonsense: 1\n":             `decisions a.yaml cannot be read: line 1: field nonsense not found`,
	} {
		if err := os.MkdirAll(filepath.Join(s.root, "decisions"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(s.root, "decisions", "a.yaml"), []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
		s.says(s.run(1, "refresh", "--offline", "--quiet"), want)
	}
	for _, body := range []string{"", "# nothing yet\n", "decisions:\n"} {
		if err := os.WriteFile(filepath.Join(s.root, "decisions", "a.yaml"), []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
		s.run(0, "refresh", "--offline", "--quiet")
	}
}
