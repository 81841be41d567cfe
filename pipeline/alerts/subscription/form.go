package subscription

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Fault is one thing that is wrong with a file.
type Fault struct {
	File         string
	Line, Column int    // from 1; column 0: near that line, as far as can be told
	What, Do     string // what is wrong; what to do about it
}

// Error prints file:line:column: what; what to do. Without a column it is near that line.
func (f *Fault) Error() string {
	if f.Column == 0 {
		return fmt.Sprintf("%s: near line %d: %s; %s", f.File, f.Line, f.What, f.Do)
	}
	return fmt.Sprintf("%s:%d:%d: %s; %s", f.File, f.Line, f.Column, f.What, f.Do)
}

// reader reads nodes and collects faults.
type reader struct {
	file   string
	faults []*Fault
}

func (r *reader) fault(n *yaml.Node, do, what string, args ...any) {
	r.faults = append(r.faults, &Fault{r.file, max(n.Line, 1), max(n.Column, 1), fmt.Sprintf(what, args...), do})
}

// err joins the faults in the order of the file; nil if there are none.
func (r *reader) err() error {
	slices.SortStableFunc(r.faults, func(a, b *Fault) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) })
	var all []error
	for _, f := range r.faults {
		all = append(all, f)
	}
	return errors.Join(all...)
}

var nearLine = regexp.MustCompile(`line (\d+)`)

// document reads the one document of a file; nil if it has none to read. The YAML reader's
// own words are not passed on: they may hold a piece of the text, which may be a secret.
func (r *reader) document(data []byte) *yaml.Node {
	if at := bytes.IndexFunc(data, func(c rune) bool { return c == 0xfffd || c < ' ' && c != '\t' && c != '\n' && c != '\r' }); at >= 0 {
		line := 1 + bytes.Count(data[:at], []byte("\n"))
		r.fault(&yaml.Node{Line: line, Column: at - bytes.LastIndexByte(data[:at], '\n')}, "save the file as plain text in UTF-8", "there are bytes that are no text")
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var root, second yaml.Node
	err := dec.Decode(&root)
	if errors.Is(err, io.EOF) || err == nil && (len(root.Content) == 0 || empty(root.Content[0])) {
		r.fault(&yaml.Node{}, "write subscriptions: [] if nobody is to be told", "the file says nothing")
		return nil
	}
	if err == nil {
		if err = dec.Decode(&second); errors.Is(err, io.EOF) {
			return root.Content[0]
		}
		if err == nil {
			r.fault(&second, "put its subscriptions into the first", "a second document begins after the first")
			return nil
		}
	}
	r.faults = append(r.faults, r.broken(string(data), err))
	return nil
}

// broken finds where a text is no YAML. The YAML reader names the line at which it gave up,
// which often is another one, and no column.
func (r *reader) broken(text string, err error) *Fault {
	if m := noAnchor.FindStringSubmatch(err.Error()); m != nil {
		for n, line := range strings.Split(text, "\n") {
			if at := strings.Index(line, "*"+m[1]); at >= 0 {
				return &Fault{r.file, n + 1, at + 1, "what stands after the asterisk names nothing", "put the text into quotation marks, or give what it names an anchor before"}
			}
		}
	}
	if f := r.unclosed(text); f != nil {
		return f
	}
	line := 1
	if m := nearLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
	}
	return &Fault{r.file, line, 0, "this is no YAML", "look for a missing blank after a colon, a quote that is not closed, or a line that is indented otherwise than its neighbours"}
}

var noAnchor = regexp.MustCompile(`unknown anchor '([^']+)' referenced`)

// unclosed finds a tab among the blanks before a line, and a bracket that is closed by another
// or by none. It looks at no bracket within quotation marks, a comment or a plain text.
func (r *reader) unclosed(text string) *Fault {
	type open struct {
		bracket      rune
		line, column int
	}
	var stack []open
	closes := map[rune]rune{']': '[', '}': '{'}
	for n, line := range strings.Split(text, "\n") {
		if at := strings.IndexByte(line, '\t'); at >= 0 && strings.Trim(line[:at], " ") == "" && strings.TrimSpace(line) != "" {
			return &Fault{r.file, n + 1, at + 1, "a tab stands before the text of this line", "indent with blanks"}
		}
		quote, last := rune(0), ' '
		column := 0
		for _, c := range line {
			column++
			begins := strings.ContainsRune(" \t,[{:-", last)
			switch {
			case quote != 0:
				if c == quote && last != '\\' {
					quote = 0
				}
			case (c == '"' || c == '\'') && begins:
				quote = c
			case c == '#' && (last == ' ' || last == '\t'):
				line = ""
			case (c == '[' || c == '{') && (begins || len(stack) > 0):
				stack = append(stack, open{c, n + 1, column})
			case (c == ']' || c == '}') && len(stack) > 0:
				if top := stack[len(stack)-1]; top.bracket != closes[c] {
					return &Fault{r.file, n + 1, column, fmt.Sprintf("%c closes what %c in line %d began", c, top.bracket, top.line), "close each bracket with its like"}
				}
				stack = stack[:len(stack)-1]
			}
			if line == "" {
				break
			}
			last = c
		}
	}
	if len(stack) > 0 {
		top := stack[len(stack)-1]
		return &Fault{r.file, top.line, top.column, fmt.Sprintf("%c is not closed", top.bracket), "close it"}
	}
	return nil
}

func empty(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// entry is a field with its name.
type entry struct{ name, value *yaml.Node }

// fields reads a mapping with these names. Others, and names that stand twice, are faults.
func (r *reader) fields(n *yaml.Node, what string, names ...string) map[string]*yaml.Node {
	found := map[string]*yaml.Node{}
	for _, e := range r.entries(n, what) {
		if !slices.Contains(names, e.name.Value) {
			r.fault(e.name, near(e.name.Value, names, "fields"), "%s has no field %q", what, e.name.Value)
			continue
		}
		found[e.name.Value] = e.value
	}
	return found
}

// entries reads a mapping with any names.
func (r *reader) entries(n *yaml.Node, what string) []entry {
	if n.Kind != yaml.MappingNode {
		r.fault(n, "write fields, one a line, as name: value", "%s has no fields", what)
		return nil
	}
	var list []entry
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i]
		if name.Kind != yaml.ScalarNode {
			r.fault(name, "write it as name: value", "%s has a field whose name is no text", what)
			continue
		}
		if old := slices.IndexFunc(list, func(e entry) bool { return e.name.Value == name.Value }); old >= 0 {
			r.fault(name, "remove one of them", "%q stands twice, first in line %d", name.Value, list[old].name.Line)
			continue
		}
		list = append(list, entry{name, r.plain(n.Content[i+1])})
	}
	return list
}

// plain follows a YAML alias to what it stands for.
func (r *reader) plain(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// items reads a list.
func (r *reader) items(n *yaml.Node, what string) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		r.fault(n, "begin each entry with a hyphen", "%s is no list", what)
		return nil
	}
	var list []*yaml.Node
	for _, item := range n.Content {
		list = append(list, r.plain(item))
	}
	return list
}

// text reads a text that is not empty. Its faults do not repeat it.
func (r *reader) text(n *yaml.Node, what string) (string, bool) {
	switch {
	case n.Kind != yaml.ScalarNode:
		r.fault(n, "write one text", "%s holds more than one text", what)
	case empty(n) || strings.TrimSpace(n.Value) == "":
		r.fault(n, "fill it in, or remove the line", "%s is empty", what)
	case strings.ContainsAny(n.Value, "\r\n"):
		r.fault(n, "write it on one line", "%s goes over more than one line", what)
	default:
		return n.Value, true
	}
	return "", false
}

// word reads one of some words.
func (r *reader) word(n *yaml.Node, what string, words []string) string {
	s, ok := r.text(n, what)
	if !ok {
		return ""
	}
	if !slices.Contains(words, s) {
		r.fault(n, near(s, words, "words"), "%s: there is no %q", what, s)
		return ""
	}
	return s
}

// each reads a list of texts, or one text for a list of one. take returns what a text
// stands for, "" after a fault; what stands twice is a fault.
func (r *reader) each(n *yaml.Node, what string, take func(*yaml.Node, string) string) []string {
	list := []*yaml.Node{n}
	if n.Kind != yaml.ScalarNode {
		list = r.items(n, what)
		if n.Kind == yaml.SequenceNode && len(list) == 0 {
			r.fault(n, "fill it in, or remove the line to ask for all", "%s is an empty list", what)
		}
	}
	var values []string
	for _, item := range list {
		s, ok := r.text(item, what)
		if !ok {
			continue
		}
		value := take(item, s)
		if value == "" {
			continue
		}
		if slices.Contains(values, value) {
			r.fault(item, "remove one of them", "%s: %q stands twice", what, s)
			continue
		}
		values = append(values, value)
	}
	return values
}

// words reads a list of words of a complete list.
func (r *reader) words(n *yaml.Node, what string, all []string) []string {
	return r.each(n, what, func(item *yaml.Node, s string) string {
		if slices.Contains(all, s) {
			return s
		}
		r.fault(item, near(s, all, what), "%s: there is no %q", what, s)
		return ""
	})
}

// number reads a whole number in a range.
func (r *reader) number(n *yaml.Node, what string, from, to, otherwise int) int {
	s, ok := r.text(n, what)
	if !ok {
		return otherwise
	}
	v, err := strconv.Atoi(s)
	if err != nil || v < from || v > to {
		r.fault(n, fmt.Sprintf("write a whole number from %d to %d", from, to), "%s is no such number", what)
		return otherwise
	}
	return v
}

// near says which word was probably meant, or else which there are.
func near(s string, words []string, what string) string {
	best, least := "", len(s)/3+2
	for _, w := range words {
		if d := distance([]rune(strings.ToLower(s)), []rune(strings.ToLower(w))); d < least {
			best, least = w, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return what + " are " + strings.Join(words, ", ")
}

// distance is how many letters differ, with a swap of two neighbours as one.
func distance(a, b []rune) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			next[j] = min(last[j]+1, next[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, last = last, next
	}
	return last[len(b)]
}
