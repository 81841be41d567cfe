package sourcetest

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"baseline/schemas"
	"baseline/sources/source"
)

// lines is a source of lines "state;class", as careful as its fields say.
type lines struct {
	whole  int  // number of lines that make a whole list; 0: it does not count
	says   bool // it says when lines are missing
	guards bool // it refuses a page without its title
}

func (l lines) About() source.About                   { return source.About{ID: "lines"} }
func (l lines) Requests(source.Plan) []source.Request { return nil }

func (l lines) Parse(c source.Capture, emit source.Emit) error {
	title, list, _ := strings.Cut(string(c.Body), "\n")
	if l.guards && title != "members" {
		return errors.New("no title")
	}
	n := 0
	for line := range strings.Lines(list) {
		name, class, ok := strings.Cut(strings.TrimSpace(line), ";")
		if !ok || class != "full" && class != "associate" {
			continue
		}
		n++
		emit.Row("memberships", schemas.Cells{"network": schemas.Str("enoc"), "published_name": schemas.Str(name), "class": schemas.Str(class)}, "", line)
	}
	emit.Part(source.Part{Dataset: "memberships", Complete: n == l.whole || l.whole == 0})
	if l.says && n < l.whole {
		emit.Finding(source.Finding{Code: "lines-missing", Severity: source.Question})
	}
	return nil
}

func TestJudge(t *testing.T) {
	good := []byte("members\nSweden;full\nNorway;associate\nFrance;full\n")
	careful := lines{whole: 3, says: true, guards: true}
	cut := good[:30]
	for name, c := range map[string]struct {
		src   source.Source
		body  []byte
		fault string // "" if the damage must be survived
	}{
		"refused":               {careful, []byte("shop\nSweden;full\n"), ""},
		"part, and said":        {careful, cut, ""},
		"all facts in new form": {lines{whole: 3, says: true}, bytes.ReplaceAll(good, []byte("\n"), []byte("  \n")), ""},
		"part, and silent":      {lines{whole: 3}, cut, "nothing says why"},
		"part called complete":  {lines{says: true}, cut, "nothing says why"},
		"wrong class":           {careful, bytes.Replace(good, []byte("associate"), []byte("full"), 1), "a wrong row passes"},
		"another list":          {lines{}, []byte("shop\nJapan;full\n"), "a wrong row passes"},
	} {
		whole, err := pass(c.src, "", good)
		if err != nil {
			t.Fatal(err)
		}
		err = judge(c.src, "", whole, c.body)
		switch {
		case c.fault == "":
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case err == nil || !strings.Contains(err.Error(), c.fault):
			t.Errorf("%s: got %v, want %q", name, err, c.fault)
		}
	}
}

// A part that lost rows, says so, and still claims to be complete would withdraw them.
func TestJudgeCompleteness(t *testing.T) {
	good := []byte("members\nSweden;full\nNorway;associate\nFrance;full\n")
	src := claims{lines{whole: 3, says: true}}
	whole, err := pass(src, "", good)
	if err != nil {
		t.Fatal(err)
	}
	if err := judge(src, "", whole, good[:30]); err == nil || !strings.Contains(err.Error(), "called complete") {
		t.Errorf("got %v", err)
	}
}

// claims calls every list complete.
type claims struct{ lines }

func (c claims) Parse(capture source.Capture, emit source.Emit) error {
	return c.lines.Parse(capture, claiming{emit})
}

type claiming struct{ source.Emit }

func (c claiming) Part(p source.Part) {
	p.Complete = true
	c.Emit.Part(p)
}
