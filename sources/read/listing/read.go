package listing

import (
	"bytes"
	"fmt"
	"strings"
)

// Read finds the list of states in a page of HTML, or in the HTML within an answer of
// WordPress (JSON with content.rendered), and reads it. The same bytes give the same
// result.
//
// Which list is meant follows from how many states it names, the words of the headings
// over it, the landmarks of HTML around it (navigation, header, footer, …) and what
// else its entries say. The same list twice on a page is read once, from where it says
// most, and where the copies differ is said in Result.Left.
//
// A name of a state counts if the registry lists it as printed, apart from marks of
// footnotes, or with what stands in brackets moved to where it belongs:
// "Lesotho (The Kingdom of)" is the Kingdom of Lesotho. Nothing is guessed. A region
// behind a name becomes Record.Part if it is in parts.csv beside this package; a region
// that stands alone, such as Catalonia, is both Name and Part.
//
// Result.Ended is true if the bytes end outside of tags, comments and scripts, and the
// page closes its body or html element. A page that writes neither of their start tags,
// such as a fragment, has ended if it closed every element that must be closed. A page
// that opens body or html and never closes either counts as cut off, although HTML
// allows it, because nothing tells it from one whose end is missing.
//
// It returns an error that wraps ErrNotHTML, ErrLimit, ErrNoList or ErrTwoLists.
func Read(body []byte, want Want) (*Result, error) {
	body, err := decode(body)
	if err != nil {
		return nil, err
	}
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
		return readJSON(trimmed, want)
	}
	if !hasTags(body) {
		return nil, fmt.Errorf("the text holds no tag: %w", ErrNotHTML)
	}
	t, err := parse(body)
	if err != nil {
		return nil, err
	}
	return readTree(t, want)
}

// ReadText finds the list of states in flat text and reads it: one entry a line
// ("Albania", "Albania: rest", "Albania Network Member"), rows between bars
// ("| Albania | rest |"), or names in a flow, divided by commas or only by blanks.
//
// Flat text has no mark of its end. Result.Ended is true if something follows the list,
// and false if the list runs to the end of the text, for then more may be missing.
func ReadText(text []byte, want Want) (*Result, error) {
	body, err := decode(text)
	if err != nil {
		return nil, err
	}
	t, err := treeOfText(string(body))
	if err != nil {
		return nil, err
	}
	r, err := readTree(t, want)
	if err != nil {
		return nil, err
	}
	r.Ended = endsBefore(t, r)
	return r, nil
}

// endsBefore reports whether text follows the last record of r.
func endsBefore(t *tree, r *Result) bool {
	last := r.Records[len(r.Records)-1]
	for i := len(t.lines) - 1; i >= 0; i-- {
		path := t.path(t.lines[i].block)
		if path == last.Path || strings.HasPrefix(path, last.Path+" > ") {
			return false
		}
		for _, l := range r.Left {
			if l.Path == path && l.Why == "names no state that is known" {
				return false
			}
		}
		if i < len(t.lines)-50 {
			return true
		}
		if t.lineText(&t.lines[i]) != "" {
			return true
		}
	}
	return false
}

func readTree(t *tree, want Want) (*Result, error) {
	p := &page{t: t, n: newNames(want), want: want}
	p.scan()
	all := p.candidates()
	scripts, err := p.scripts(len(all))
	if err != nil {
		return nil, err
	}
	return p.choose(append(all, scripts...))
}
