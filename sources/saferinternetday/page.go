package saferinternetday

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	_ "embed"
)

//go:embed words.yaml
var wordsYAML []byte

// words are the labels and sentences by which pages are read.
type words struct {
	Updated    []string `yaml:"updated"`
	Activities string   `yaml:"activities"`
	Headings   []string `yaml:"headings"`
	Ends       []string `yaml:"ends"`
	Awaiting   []string `yaml:"awaiting"`
}

// page is what a committee's page says.
type page struct {
	title      title
	updated    time.Time // zero: the page does not say
	precision  string    // of updated: day or month
	years      []int     // that its first line, a heading or the sentence in place of activities names
	labelled   bool      // the heading over the activities is there
	activities string    // text below it, one line for each block
	awaiting   string    // sentence that the site prints in place of activities
}

var (
	firstLine  = regexp.MustCompile(`(?i)^Updated for SID (\d{4})\s*:\s*`)
	namedYear  = regexp.MustCompile(`(?i)\b(?:SID|Safer Internet Day)(?: \(SID\))? ?(\d{4})\b`)
	oldHeading = regexp.MustCompile(`(?i)^(?:SID|Safer Internet Day) \d{4}:?$`)
	oldEnd     = regexp.MustCompile(`^About the `)
)

// own reports whether a text is a label that stands by itself.
func (w words) own(text string) bool {
	return w.label(text) || w.heading(text) || w.end(text) || oldHeading.MatchString(text)
}

func (w words) label(line string) bool {
	return strings.EqualFold(strings.TrimSuffix(line, ":"), w.Activities)
}

func (w words) end(line string) bool {
	return slices.ContainsFunc(w.Ends, func(e string) bool { return strings.EqualFold(strings.TrimSuffix(line, ":"), e) })
}

// heading reports whether the line is a heading within the activities. A paragraph that
// begins like one is longer.
func (w words) heading(line string) bool {
	return len(line) <= 200 && slices.ContainsFunc(w.Headings, func(h string) bool { return hasPrefixFold(line, h) })
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// read makes a page of its lines. The Commission's lines before the title, and whatever
// follows the activities, are left out.
func (w words) read(lines []string, n names) (p page, err error) {
	lines = w.parted(lines)
	at := -1
	for i, line := range lines {
		m := firstLine.FindStringSubmatch(line)
		if m != nil {
			p.years = append(p.years, number(m[1]))
			lines[i] = line[len(m[0]):]
		}
		if t, ok := n.title(lines[i]); ok {
			p.title, at = t, i
			break
		}
	}
	if at < 0 {
		return p, errors.New("no line heads the page of a Safer Internet Day Committee or a Safer Internet Centre of a state in states.csv: it is another page, or an overlay alone, or has a new heading")
	}
	lines = lines[at+1:]
	label := slices.IndexFunc(lines, w.label)
	if p.labelled = label >= 0; !p.labelled {
		label = slices.IndexFunc(lines, func(l string) bool { return w.awaits(l) || oldHeading.MatchString(l) })
	}
	head, body := lines, []string(nil)
	if label >= 0 {
		head, body = lines[:label], lines[label:]
	}
	if err := p.readHead(head, w, n); err != nil {
		return p, err
	}
	waits := p.awaiting != "" || len(body) > 0 && w.awaits(body[0])
	if !p.labelled && !waits && (!p.updated.IsZero() || len(p.years) > 0) {
		return p, fmt.Errorf("the page headed %q has no heading %q: it has a new form", p.title.text, w.Activities)
	}
	if p.labelled && slices.ContainsFunc(body[1:], w.label) {
		return p, fmt.Errorf("the heading %q stands on the page twice: it has a new form", w.Activities)
	}
	p.readActivities(body, w)
	slices.Sort(p.years)
	p.years = slices.Compact(p.years)
	return p, nil
}

// parted divides the lines in which the pages of 2016 to 2019 run their labels together.
func (w words) parted(lines []string) []string {
	var out []string
	for _, line := range lines {
		if i := strings.Index(line, w.Activities); i > 0 && hasPrefixFold(line, "URL:") {
			out = append(out, strings.TrimSpace(line[:i]), w.Activities)
			if rest := strings.TrimSpace(line[i+len(w.Activities):]); rest != "" {
				out = append(out, rest)
			}
			continue
		}
		out = append(out, line)
	}
	return out
}

// readHead reads the lines between the title and the activities: the title again, the
// day of the update, and at times the sentence that the site prints in place of plans.
func (p *page) readHead(lines []string, w words, n names) error {
	for i, line := range lines {
		if t, ok := n.title(line); ok && t.text != p.title.text {
			return fmt.Errorf("the page is headed both %q and %q: it has a new form", p.title.text, t.text)
		}
		if w.awaits(line) {
			p.awaiting = line
			p.nameYears(line)
		}
		at := slices.IndexFunc(w.Updated, func(l string) bool { return hasPrefixFold(line, l) })
		if at < 0 {
			continue
		}
		if !p.updated.IsZero() {
			return fmt.Errorf("the page headed %q has two days of an update", p.title.text)
		}
		text := strings.TrimSpace(line[len(w.Updated[at]):])
		if text == "" && i+1 < len(lines) {
			text = lines[i+1] // label and date in blocks of their own
		}
		var err error
		if p.updated, p.precision, err = readDate(text); err != nil {
			return fmt.Errorf("the line %q of the page headed %q: %w", line, p.title.text, err)
		}
	}
	return nil
}

// readDate reads 2024-02-02, precise to the day, or March 2025, to the month.
func readDate(s string) (time.Time, string, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, "day", nil
	}
	if t, err := time.Parse("January 2006", s); err == nil {
		return t, "month", nil
	}
	return time.Time{}, "", fmt.Errorf("%q is neither a day like 2024-02-02 nor a month like March 2025", s)
}

func (w words) awaits(line string) bool {
	lower := strings.ToLower(line)
	return slices.ContainsFunc(w.Awaiting, func(a string) bool { return strings.Contains(lower, strings.ToLower(a)) })
}

// readActivities reads what follows the title's part of the page, up to the next
// section: years in headings, and the text.
func (p *page) readActivities(lines []string, w words) {
	var texts []string
	for _, line := range lines {
		switch {
		case w.end(line) || !p.labelled && oldEnd.MatchString(line):
			p.activities = strings.Join(texts, "\n")
			return
		case w.label(line):
		case w.heading(line), !p.labelled && oldHeading.MatchString(line):
			p.nameYears(line)
		case w.awaits(line):
			p.awaiting = cmp.Or(p.awaiting, line)
			p.nameYears(line)
		default:
			texts = append(texts, line)
		}
	}
	p.activities = strings.Join(texts, "\n")
}

func (p *page) nameYears(line string) {
	for _, m := range namedYear.FindAllStringSubmatch(line, -1) {
		p.years = append(p.years, number(m[1]))
	}
}

// number is the value of a text of a few digits.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		panic(err) // the patterns admit digits alone
	}
	return n
}
