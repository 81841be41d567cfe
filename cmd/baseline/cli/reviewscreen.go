package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"

	"baseline/pipeline/decisions"
	"baseline/schemas"
)

// page prints lines for a person, no wider than the screen.
type page struct {
	to    io.Writer
	width int  // of the screen
	wrap  bool // break longer lines; a file or a program gets them whole
}

// The width of a page where no terminal says how wide it is, and the widest that is read
// with ease.
const (
	usualWidth  = 80
	widest      = 110
	narrowest   = 40
	mostOfText  = 400 // letters of a finding's text that are shown
	mostOfName  = 60  // of a spelling
	mostOfQuote = 2   // lines of a quote
)

// newPage is a page on out. Where out is no terminal, lines are not broken.
func newPage(out io.Writer) page {
	p := page{to: out, width: widest}
	if f, ok := terminal(out); ok {
		p.wrap, p.width = true, usualWidth
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			p.width = min(max(w, narrowest), widest)
		}
	}
	return p
}

// terminal returns the terminal behind a reader or writer, if there is one.
func terminal(v any) (*os.File, bool) {
	if w, ok := v.(*writer); ok {
		v = w.to
	}
	f, ok := v.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// say prints a paragraph, each of its lines so far from the left; first begins the first.
func (p page) say(indent int, first, text string) {
	blank := strings.Repeat(" ", indent)
	line := blank + first
	room := false // a word stands after the beginning
	for _, word := range strings.Fields(clean(text)) {
		if p.wrap && room && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > p.width {
			fmt.Fprintln(p.to, line)
			line, room = blank+strings.Repeat(" ", utf8.RuneCountInString(first)), false
		}
		if room {
			line += " "
		}
		line += word
		room = true
	}
	fmt.Fprintln(p.to, strings.TrimRight(line, " "))
}

// cut prints one line, with an ellipsis where it does not fit into so many lines.
func (p page) cut(indent int, first, text string, lines int) {
	space := (p.width - indent - utf8.RuneCountInString(first)) * lines
	p.say(indent, first, shorten(strings.Join(strings.Fields(clean(text)), " "), max(space, 20)))
}

// clean takes out of foreign text what could move the cursor or turn the writing round.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError || unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsControl(r):
			return ' '
		}
		return r
	}, text)
}

// shorten cuts a text that is too long for a screen.
func shorten(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return strings.TrimRight(string(r[:most-1]), " ") + "…"
	}
	return text
}

// sentence is the text of the finding, cut to what can be read.
func (o *open) sentence() string {
	text := o.Text
	if o.name != "" {
		text = strings.Replace(text, strconv.Quote(o.name), strconv.Quote(shorten(clean(o.name), mostOfName)), 1)
	}
	return shorten(text, mostOfText)
}

// show prints what a steward needs to see of a finding, below its sentence. Of the rows it
// shows so many; all of them if most is 0.
func (p page) show(in int, o open, most int) {
	if o.times > 1 {
		p.say(in, "", fmt.Sprintf("%d rows ask this; the first:", o.times))
	}
	if o.sides == nil {
		p.evidence(in, schemas.Evidence{Capture: o.Capture, Locator: o.Locator, Quote: o.Quote, Observed: schemas.At(o.taken)}, o.gone != nil)
	}
	p.suggestions(in, o)
	p.beside(in, o, most)
	for _, s := range o.sides {
		mark := ""
		if s.followed {
			mark = " (followed)"
		}
		p.say(in, s.source+mark+": ", shorten(s.says, mostOfText))
		p.evidence(in+2, s.Evidence, false)
	}
	if o.gone != nil {
		p.say(in, "missing since: ", day(o.gone.MissingSince.Time())+"; a capture of "+day(o.until)+" or later may confirm it")
		p.cut(in, "it said: ", facts(cellsBeside(schemas.Named(o.Dataset), nil, o.gone)), 1)
		p.say(in, "last seen in: ", captureText(o.gone.Evidence.Capture, o.gone.Evidence.Observed))
	}
	if o.entry != nil {
		p.say(in, "it stands in: ", fmt.Sprintf("%s/%s, line %d", decisions.Folder, o.entry.File, o.entry.Line()))
		p.cut(in, "it says: ", decidedText(o.entry), mostOfQuote)
	}
	if o.Hint != "" && o.near == nil {
		p.say(in, "hint: ", o.Hint)
	}
}

// evidence prints where something was read.
func (p page) evidence(in int, e schemas.Evidence, without bool) {
	if e.Quote != "" {
		p.cut(in, "printed as: ", strconv.Quote(clean(e.Quote)), mostOfQuote)
	}
	if e.Capture == "" {
		return
	}
	text := captureText(e.Capture, e.Observed)
	if without {
		p.say(in, "not in: ", text)
		return
	}
	if e.Locator != "" {
		text += ", " + shorten(e.Locator, mostOfName)
	}
	p.say(in, "read in: ", text)
}

func captureText(sum string, taken schemas.Value) string {
	text := fmt.Sprintf("capture %.12s", sum)
	if !taken.IsNull() {
		text += " of " + day(taken.Time())
	}
	return text
}

func (p page) suggestions(in int, o open) {
	if o.near == nil {
		return
	}
	p.say(in, "", "nearest names, the likeliest first:")
	for i, s := range o.near {
		text := fmt.Sprintf("%s (%s)", s.Place.Name, s.Place.Code)
		if s.Spelling != s.Place.Name {
			text += ", listed as " + strconv.Quote(shorten(s.Spelling, mostOfName))
		}
		p.say(in+2, fmt.Sprintf("%d  ", i+1), text)
	}
}

// beside prints how held rows differ from the last good ones.
func (p page) beside(in int, o open, most int) {
	if o.held == 0 {
		return
	}
	if o.name != "" {
		for i, x := range o.changes {
			if most > 0 && i == most {
				p.say(in, "", left(len(o.changes)-i))
				return
			}
			p.cut(in, "held: ", x.dataset+" "+x.key+": "+facts(x.cells), 1)
		}
		return
	}
	count := map[string]int{}
	for _, x := range o.changes {
		count[x.kind]++
	}
	p.say(in, "", fmt.Sprintf("%s held; beside the last good ones %d differ, %d would go, %d are new", rows(o.held), count["changed"], count["gone"], count["new"]))
	for i, x := range o.changes {
		if most > 0 && i == most {
			p.say(in+2, "", left(len(o.changes)-i))
			return
		}
		p.cut(in+2, x.dataset+" "+x.key+"  ", x.text(), 1)
	}
}

func left(n int) string { return fmt.Sprintf("and %d more; --all-rows shows them", n) }

func rows(n int) string {
	if n == 1 {
		return "1 row is"
	}
	return fmt.Sprintf("%d rows are", n)
}

// text says what would happen to the row.
func (x difference) text() string {
	switch x.kind {
	case "gone":
		return "would go (" + facts(x.cells) + ")"
	case "new":
		return "is new (" + facts(x.cells) + ")"
	}
	var said []string
	for _, c := range x.cells {
		said = append(said, fmt.Sprintf("%s: %s → %s", strings.ReplaceAll(c.column, "_", " "), orDash(c.old), orDash(c.new)))
	}
	return strings.Join(said, "; ")
}

func orDash(v schemas.Value) string {
	if v.IsNull() {
		return "–"
	}
	return v.String()
}

// decidedText says what a decision is, in one line.
func decidedText(d *decisions.Decision) string {
	text := string(d.Do)
	switch d.Do {
	case decisions.Map:
		text += " to " + d.Place
	case decisions.Exclude:
		text += " " + d.Key + " of " + d.Source
	case decisions.Snooze:
		text = "put off until " + d.Until
	}
	return fmt.Sprintf("%s, by %s on %s: %s", text, d.By, d.On, d.Why)
}
