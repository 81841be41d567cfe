package changes

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"baseline/schemas"
	"baseline/schemas/places"
)

// many is how many added rows of one edition of a series are told in one line.
const many = 5

// line is one change, or many of a kind, in words.
type line struct{ who, what, was, since, cause string }

// section is a dataset with its lines.
type section struct {
	title string
	lines []line
}

func sections(r Report) []section {
	var list []section
	for _, d := range schemas.Facts {
		s := section{title: d.Title}
		var own []schemas.Change
		for _, c := range r.Changes {
			if c.Dataset == d.Name {
				own = append(own, c)
			}
		}
		for len(own) > 0 {
			n := sameSeries(d, own)
			if n >= many {
				s.lines = append(s.lines, together(own[:n]))
			} else {
				n = 1
				s.lines = append(s.lines, single(d, own[0]))
			}
			own = own[n:]
		}
		if s.lines != nil {
			list = append(list, s)
		}
	}
	return list
}

// sameSeries counts how many changes at the head of the list are rows added to one
// new edition of a series.
func sameSeries(d *schemas.Dataset, list []schemas.Change) int {
	if d.Series == "" || d.Key[0] != d.Series {
		return 0
	}
	edition := func(c schemas.Change) string { e, _, _ := strings.Cut(c.Key, "/"); return e }
	n := slices.IndexFunc(list, func(c schemas.Change) bool {
		return c.Kind != schemas.Added || c.Cause != list[0].Cause || edition(c) != edition(list[0])
	})
	if n < 0 {
		n = len(list)
	}
	return n
}

// together tells of all rows of a new edition in one line. Totals and rows without a
// place are news too, but no states, and are left out of the sum.
func together(list []schemas.Change) line {
	edition, _, _ := strings.Cut(list[0].Key, "/")
	var sum int64
	counted := false
	states := map[string]bool{}
	for _, c := range list {
		if p, ok := places.Default().Place(c.Place); ok && (p.Kind == "total" || p.Kind == "unknown") {
			continue
		}
		states[c.Place] = true
		for _, diff := range c.Columns {
			if diff.Column == "reports" {
				sum, counted = sum+diff.New.Int(), true
			}
		}
	}
	l := line{who: edition, what: fmt.Sprintf("added for %d states", len(states)), cause: string(list[0].Cause)}
	if counted {
		l.was = Thousands(sum) + " reports in all of them"
	}
	return l
}

func single(d *schemas.Dataset, c schemas.Change) line {
	l := line{who: c.Name, what: keyWithout(d, c), cause: string(c.Cause)}
	if c.Name == "" {
		l.who = c.Key
	}
	if !c.Since.IsNull() {
		l.since = "since " + c.SinceText()
	}
	var diffs []string
	for _, diff := range c.Columns {
		// An added row tells its days in "since"; CSV and JSON have all of them.
		if c.Kind == schemas.Added && diff.New.Kind() == schemas.Date {
			continue
		}
		switch c.Kind {
		case schemas.Added:
			diffs = append(diffs, fmt.Sprintf("%s %s", words(diff.Column), diff.New))
		case schemas.Withdrawn:
			diffs = append(diffs, fmt.Sprintf("%s %s", words(diff.Column), diff.Old))
		default:
			diffs = append(diffs, fmt.Sprintf("%s: %s → %s", words(diff.Column), orNothing(diff.Old), orNothing(diff.New)))
		}
	}
	l.was = strings.Join(diffs, "; ")
	if c.Kind != schemas.Revised {
		l.was = strings.TrimSuffix(string(c.Kind)+": "+l.was, ": ")
	}
	return l
}

// keyWithout is the key without the place, which the name says already.
func keyWithout(d *schemas.Dataset, c schemas.Change) string {
	parts := strings.Split(c.Key, "/")
	var rest []string
	for i, column := range d.Key {
		if column != d.Code && i < len(parts) && parts[i] != "" {
			rest = append(rest, parts[i])
		}
	}
	return strings.Join(rest, " ")
}

func words(column string) string { return strings.ReplaceAll(column, "_", " ") }

func orNothing(v schemas.Value) string {
	if v.IsNull() {
		return "nothing"
	}
	return v.String()
}

func text(w io.Writer, r Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "changes since %s\n     until %s\n", r.Since, r.Until)
	list := sections(r)
	for _, s := range list {
		fmt.Fprintf(&b, "\n%s\n", s.title)
		width := [4]int{}
		for _, l := range s.lines {
			for i, cell := range []string{l.who, l.what, l.was, l.since} {
				width[i] = max(width[i], utf8.RuneCountInString(cell))
			}
		}
		for _, l := range s.lines {
			row := "  "
			for i, cell := range []string{l.who, l.what, l.was, l.since} {
				if width[i] > 0 {
					row += cell + strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)+2)
				}
			}
			b.WriteString(strings.TrimRight(row+"cause: "+l.cause, " ") + "\n")
		}
	}
	if list == nil {
		b.WriteString("\nno changes\n")
	}
	for _, remark := range remarks(r) {
		b.WriteString("\n" + remark + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func markdown(w io.Writer, r Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Changes since %s\n\nUntil %s.\n", r.Since, r.Until)
	for _, s := range sections(r) {
		fmt.Fprintf(&b, "\n## %s\n\n| who | what | change | since | cause |\n|---|---|---|---|---|\n", s.title)
		for _, l := range s.lines {
			cells := []string{l.who, l.what, l.was, strings.TrimPrefix(l.since, "since "), l.cause}
			for i := range cells {
				cells[i] = strings.ReplaceAll(cells[i], "|", `\|`)
			}
			fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
		}
	}
	if len(r.Changes) == 0 {
		b.WriteString("\nNo changes.\n")
	}
	for _, remark := range remarks(r) {
		b.WriteString("\n" + remark + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// remarks say what the list of changes cannot say.
func remarks(r Report) []string {
	var list []string
	if len(r.Unknown) > 0 {
		list = append(list, "not known today: no newer source says, or its list is not complete:\n- "+
			strings.Join(gaps(r.Unknown), "\n- "))
	}
	if len(r.Unconfirmed) > 0 {
		list = append(list, "not confirmed: the newest list does not have them, and no second one has agreed yet:\n- "+
			strings.Join(gaps(r.Unconfirmed), "\n- "))
	}
	if len(r.NotRead) > 0 {
		list = append(list, "not compared, because no source reads it yet:\n- "+strings.Join(brief(r.NotRead), "\n- "))
	}
	if r.SameFacts > 0 {
		list = append(list, fmt.Sprintf("%s captures have other bytes and the same facts", Thousands(int64(r.SameFacts))))
	}
	if r.Outside > 0 || r.Widened > 0 {
		list = append(list, fmt.Sprintf("left out: %s rows on places that the older tables are not about, %s rows of instruments that they did not cover and that are not dated after them",
			Thousands(int64(r.Outside)), Thousands(int64(r.Widened))))
	}
	return list
}

// named is how many states of one list are named before they are only counted.
const named = 8

// gaps joins the states of one list: "treaty status ETS185: POLAND, SAN MARINO".
func gaps(unknown []schemas.Gap) []string {
	var order []string
	states := map[string][]string{}
	for _, g := range unknown {
		parts := slices.DeleteFunc(strings.Split(g.Key, "/"), func(p string) bool { return p == g.Place || p == "" })
		of := strings.TrimSpace(words(g.Dataset) + " " + strings.Join(parts, " "))
		if states[of] == nil {
			order = append(order, of)
		}
		states[of] = append(states[of], g.Name)
	}
	var list []string
	for _, of := range order {
		names := strings.Join(states[of], ", ")
		if n := len(states[of]); n > named {
			names = fmt.Sprintf("%d states", n)
		}
		list = append(list, of+": "+names)
	}
	return list
}

// brief joins the parts of one dataset: "memberships (network=chi, network=enoc)".
func brief(notRead []string) []string {
	var order []string
	parts := map[string][]string{}
	for _, n := range notRead {
		dataset, part, _ := strings.Cut(n, " ")
		if parts[dataset] == nil {
			order = append(order, dataset)
		}
		parts[dataset] = append(parts[dataset], part)
	}
	var list []string
	for _, dataset := range order {
		name := words(dataset)
		if p := parts[dataset]; len(p) > 1 || p[0] != "all" {
			name += " (" + strings.Join(p, ", ") + ")"
		}
		list = append(list, name)
	}
	return list
}
