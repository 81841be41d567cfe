package decisions

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// file is the form of a file.
type file struct {
	Decisions []*Decision `yaml:"decisions"`
}

// fields are the fields of a decision, for messages.
const fields = "do, source, dataset, part, capture, code, finding, spelling, place, key, set, from, as_of, until, by, on, why"

// decode reads the form of a file. Its error is one sentence for each thing that is wrong:
// file and line, what, and what to do.
func decode(name string, body []byte) (f file, err error) {
	dec := yaml.NewDecoder(bytes.NewReader(body))
	dec.KnownFields(true)
	err = dec.Decode(&f)
	if errors.Is(err, io.EOF) {
		return f, nil
	}
	if err != nil {
		return f, inWords(name, body, err)
	}
	if err := dec.Decode(&file{}); !errors.Is(err, io.EOF) {
		return f, fmt.Errorf("decisions %s, line %d: a second document begins after the first; put its decisions into the first", name, lineOf(body, "\n---")+1)
	}
	for i, d := range f.Decisions {
		if d == nil {
			f.Decisions[i] = &Decision{}
		}
	}
	var root yaml.Node
	if yaml.Unmarshal(body, &root) != nil || len(root.Content) == 0 {
		return f, nil
	}
	top := root.Content[0]
	for i := 0; i+1 < len(top.Content); i += 2 {
		for n, entry := range top.Content[i+1].Content {
			if n < len(f.Decisions) {
				f.Decisions[n].line = entry.Line
			}
		}
	}
	return f, nil
}

// blank says why nothing in a file counts: it is empty, or has only comments. It is "" for
// a file that has something to read, if only the line that begins the list.
func blank(body []byte) string {
	comments := false
	for line := range strings.Lines(string(body)) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		switch {
		case strings.HasPrefix(line, "#"):
			comments = true
		case line != "" && line != "---":
			return ""
		}
	}
	if comments {
		return "has only comments"
	}
	return "is empty"
}

// sayings are what the YAML reader says, and what a steward needs to know instead.
var sayings = []struct {
	of  *regexp.Regexp
	say string
}{
	{regexp.MustCompile(`field (\S+) not found in type decisions\.Decision`), `there is no field "$1" in a decision; its fields are ` + fields},
	{regexp.MustCompile(`field (\S+) not found in type decisions\.file`), `"$1" is nothing that a file of decisions has; its decisions stand in a list under the line "decisions:"`},
	{regexp.MustCompile(`mapping key "(.*)" already defined at line (\d+)`), `"$1" stands here for a second time, after line $2; remove one of them`},
	{regexp.MustCompile(`into decisions\.file`), `the file does not begin with the line "decisions:"; put it before the list`},
	{regexp.MustCompile(`into \[\]\*decisions\.Decision`), `under "decisions:" there is no list; begin each decision with "- do:"`},
	{regexp.MustCompile(`into decisions\.Decision`), `this entry is no decision; begin each with "- do:"`},
	{regexp.MustCompile(`into map\[string\]string`), `"set" needs columns and their values; write it as set: {status: party}`},
	{regexp.MustCompile(`into string`), `a field holds more than one text; put the text into quotes`},
	{regexp.MustCompile(`unknown anchor`), `a text begins with a *; put the text into quotes`},
	{regexp.MustCompile(``), `this is not how a file of decisions is written; look for a missing blank after a colon, a quote that is not closed, or a line that is indented otherwise than its neighbours`},
}

var (
	atLine = regexp.MustCompile(`line (\d+): `)
	anchor = regexp.MustCompile(`unknown anchor '(.*)' referenced`)
)

// inWords turns an error of the YAML reader into sentences.
func inWords(name string, body []byte, err error) error {
	var wrong *yaml.TypeError
	if errors.As(err, &wrong) {
		var faults []error
		for _, text := range wrong.Errors {
			line := "1"
			if m := atLine.FindStringSubmatch(text); m != nil {
				line = m[1]
			}
			faults = append(faults, fmt.Errorf("decisions %s, line %s: %s", name, line, saying(text)))
		}
		return errors.Join(faults...)
	}
	for i, line := range bytes.Split(body, []byte("\n")) {
		indent := line[:len(line)-len(bytes.TrimLeft(line, " \t-"))]
		switch {
		case bytes.ContainsRune(indent, '\t'):
			return fmt.Errorf("decisions %s, line %d: there is a tab before the text, which this format does not allow; put blanks in its place", name, i+1)
		case !utf8.Valid(line) || bytes.ContainsFunc(line, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' }):
			return fmt.Errorf("decisions %s, line %d: there are bytes that are no text; save the file as plain text in UTF-8", name, i+1)
		}
	}
	near := "1"
	if m := anchor.FindStringSubmatch(err.Error()); m != nil {
		near = strconv.Itoa(lineOf(body, "*"+m[1]))
	}
	if m := atLine.FindStringSubmatch(err.Error()); m != nil {
		near = m[1]
	}
	return fmt.Errorf("decisions %s, near line %s: %s", name, near, saying(err.Error()))
}

func saying(text string) string {
	for _, s := range sayings {
		if m := s.of.FindStringSubmatchIndex(text); m != nil {
			return string(s.of.ExpandString(nil, s.say, text, m))
		}
	}
	return text
}

// lineOf is the number of the line before the first place of a text.
func lineOf(body []byte, text string) int {
	at := max(0, strings.Index(string(body), text))
	return 1 + strings.Count(string(body[:at]), "\n")
}
