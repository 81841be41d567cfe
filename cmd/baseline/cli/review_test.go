package cli_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"time"

	"baseline/cmd/baseline/cli"
	"baseline/pipeline/archive"
	"baseline/pipeline/workspace"
	"baseline/testdata"
)

// steward runs commands in one workspace.
type steward struct {
	*testing.T
	root string
}

func (s steward) run(code int, args ...string) string {
	s.Helper()
	var out, errs bytes.Buffer
	if got := cli.Run(append(args, "--workspace", s.root), &out, &errs); got != code {
		s.Fatalf("%v: exit code %d, want %d\n%s%s", args, got, code, &out, &errs)
	}
	return out.String() + errs.String()
}

func (s steward) says(text string, wants ...string) {
	s.Helper()
	for _, want := range wants {
		if !regexp.MustCompile(want).MatchString(text) {
			s.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

// alter puts a newer capture of a bundled page into the archive, with some of its words
// replaced, taken so many hours later.
func (s steward) alter(src, request string, hours int, replace ...string) {
	s.Helper()
	var rec archive.Record
	text, err := fs.ReadFile(testdata.Captures(), src+"/"+request+".json")
	if err == nil {
		err = json.Unmarshal(text, &rec)
	}
	if err != nil {
		s.Fatal(err)
	}
	body, err := fs.ReadFile(testdata.Captures(), src+"/"+rec.File)
	if err != nil {
		s.Fatal(err)
	}
	body = []byte(strings.NewReplacer(replace...).Replace(string(body)))
	sum := sha256.Sum256(body)
	rec.SHA256, rec.Bytes, rec.RequestedAt = hex.EncodeToString(sum[:]), len(body), rec.RequestedAt.Add(time.Duration(hours)*time.Hour)
	if err := archive.In(workspace.Open(s.root)).Put(rec, body); err != nil {
		s.Fatal(err)
	}
}

var findingID = regexp.MustCompile(`(?m)^  ([0-9a-f]{10})  `)

// A page has a name that nobody knows; the steward says which state it is.
func TestReviewOfAName(t *testing.T) {
	s := steward{t, t.TempDir()}
	s.run(0, "refresh", "--offline", "--quiet")
	s.says(s.run(0, "review"), "nothing is open|open; a decision takes effect")
	s.alter("un-treaties", "CRC", 1, "Sweden", "Swedenland")
	s.says(s.run(4, "refresh", "--offline"), `the name "Swedenland" is not in the registry`)

	listed := s.run(0, "review")
	s.says(listed, `Names that are not in the registry \(1\)`, `"Swedenland"`, `nearest names, the likeliest first:\s+1  Sweden \(SWE\)\s+2  `, "held: treaty_status CRC: status party", "decide: baseline review decide ID map")
	id := findingID.FindStringSubmatch(listed)[1]
	if again := findingID.FindStringSubmatch(s.run(0, "review"))[1]; again != id {
		t.Errorf("the id moved from %s to %s", id, again)
	}
	s.says(s.run(2, "review", "decide", id, "map", "--place", "SWE", "--by", "A. Steward"), "map needs the field why")
	s.says(s.run(2, "review", "decide", id, "map", "--place", "SVE", "--by", "A. Steward", "--why", "a slip"), `no place with the code "SVE"`)
	s.says(s.run(2, "review", "decide", id, "exclude", "--by", "A. Steward", "--why", "a slip", "--file", "../x.yaml"), "not a name of a file")
	s.says(s.run(2, "review", "decide", id, "release", "--by", "A. Steward", "--why", "a slip"), `release does not fit finding [0-9a-f]{10} \(unknown-name\); what fits: map, exclude, snooze`)
	s.says(s.run(2, "review", "decide", "0000000000", "accept", "--by", "A. Steward", "--why", "x"), "no open finding has the id", "baseline review lists them")
	s.says(s.run(0, "review", "decide", id, "map", "--place", "SWE", "--by", "A. Steward", "--why", "a slip of the depositary"), "takes effect with the next refresh")

	s.run(0, "refresh", "--offline", "--quiet")
	s.says(s.run(0, "explain", "treaty_status", "CRC/SWE"), "Swedenland")
	// The page comes right, and the decision is told to be idle.
	s.alter("un-treaties", "CRC", 2, "Sweden", "Sweden ")
	s.says(s.run(0, "refresh", "--offline"), "applies to nothing any more")
	s.says(s.run(0, "review"), "Decisions that apply to nothing", `review.yaml, decision 1 \(spelling un-treaties/Swedenland, by A. Steward`)
}

// The depositary is late; the steward corrects the cell and can be traced.
func TestReviewCorrection(t *testing.T) {
	s := steward{t, t.TempDir()}
	s.run(0, "refresh", "--offline", "--quiet")
	s.says(s.run(2, "review", "correct", "treaty_status", "OPSC/IRL", "status=perhaps", "--from", "https://example.org/", "--as-of", "2026-11-01", "--by", "A", "--why", "B"),
		`"perhaps" is none of none, signed, party`)
	s.says(s.run(2, "review", "correct", "treaty_status", "OPSC/XXX", "status=party", "--from", "x", "--as-of", "2026-11-01", "--by", "A", "--why", "B"), "has no row OPSC/XXX")
	s.run(0, "review", "correct", "treaty_status", "OPSC/IRL", "status=party", "consent=2026-11-01", "--from", "https://example.org/news", "--as-of", "2026-11-01", "--by", "A. Steward", "--why", "deposited today")
	s.says(s.run(0, "refresh", "--offline"), `Ireland +OPSC +status: signed → party`)
	s.says(s.run(0, "explain", "treaty_status", "OPSC/IRL"), "party", "A. Steward, [0-9-]+: deposited today; from https://example.org/news", "decision 1")
}
