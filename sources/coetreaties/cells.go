package coetreaties

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// takeRow reads the row of one state.
func (r *reader) takeRow(l line) error {
	if l.odd != nil {
		return l.odd
	}
	if len(l.cells) != r.width {
		return fmt.Errorf("it has %d columns, the heading has %d", len(l.cells), r.width)
	}
	read := make([]bool, len(l.cells))
	cell := func(name string) string {
		at := r.head[name]
		for i := at[0]; i < at[1]; i++ {
			read[i] = true
		}
		return fold(strings.Join(l.cells[at[0]:at[1]], " "))
	}
	out := row{name: cell("name"), group: r.group, locator: l.locator, quote: l.quote()}
	if out.name == "" || dateCell.MatchString(out.name) {
		return fmt.Errorf("it has no name")
	}
	if err := out.dates(cell("signed"), cell("consent"), cell("in_force")); err != nil {
		return err
	}
	notes := cell("notes")
	if !notesCell.MatchString(notes) {
		return fmt.Errorf("the notes %q are no numbers", notes)
	}
	out.references = fold(strings.NewReplacer(",", " ", "(", " ", ")", " ").Replace(notes))
	var set []string
	for _, letter := range letters {
		switch c := strings.TrimRight(strings.ToUpper(cell(letter)), "."); c {
		case "":
		case "X", letter:
			set = append(set, letter)
		default:
			return fmt.Errorf("column %s. says %q", letter, c)
		}
	}
	out.remarks = strings.Join(set, " ")
	for i, c := range l.cells {
		if !read[i] && fold(c) != "" {
			return fmt.Errorf("its column %d has no heading and says %q", i+1, c)
		}
	}
	r.rows = append(r.rows, out)
	return nil
}

// dates reads the three cells with dates and their letters: a accession, su succession,
// s signature without reservation as to ratification, r signature ad referendum.
func (out *row) dates(signed, consent, inForce string) error {
	var signLetter, letter, none string
	var err error
	for _, d := range []struct {
		name, text string
		to         *time.Time
		letter     *string
		may        string
	}{
		{"signature", signed, &out.signed, &signLetter, "s r"},
		{"ratification", consent, &out.consent, &letter, "a su s r"},
		{"entry into force", inForce, &out.inForce, &none, ""},
	} {
		if d.text == "" {
			continue
		}
		m := dateCell.FindStringSubmatch(d.text)
		if m == nil {
			return fmt.Errorf("%s %q is no day/month/year", d.name, d.text)
		}
		if *d.to, err = time.Parse("2/1/2006", m[1]); err != nil {
			return fmt.Errorf("%s %q is no day of a calendar", d.name, d.text)
		}
		if m[2] != "" && !slices.Contains(strings.Fields(d.may), m[2]) {
			return fmt.Errorf("%s %q has a letter that does not belong there", d.name, d.text)
		}
		*d.letter = m[2]
	}
	out.accession, out.succession = letter == "a", letter == "su"
	out.definitiveSign = letter == "s" || signLetter == "s"
	switch {
	case out.definitiveSign:
		out.note = "signature without reservation as to ratification"
		if out.consent.IsZero() {
			out.consent = out.signed // such a signature is the consent
		}
	case letter == "r" || signLetter == "r":
		out.note = "signature ad referendum"
	}
	return nil
}
