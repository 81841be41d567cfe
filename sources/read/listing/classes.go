package listing

import (
	"strings"
)

type classWord struct{ name, word string }

// classOf returns the class whose words s is, apart from marks around it.
func (n *names) classOf(s string) string {
	if len(n.classes) == 0 || len(s) > 80 {
		return ""
	}
	s = strings.ToLower(strings.Trim(s, " .,;:()[]*"))
	if _, after, ok := strings.Cut(s, ": "); ok {
		if label := s[:len(s)-len(after)-2]; classLabels[label] {
			s = after
		}
	}
	for _, c := range n.classes {
		if c.word == s {
			return c.name
		}
	}
	return ""
}

// classIn returns the one class that a heading names. Where a longer word holds a
// shorter one, the longer counts; a heading that names two classes has none.
func (n *names) classIn(heading string) string {
	if len(n.classes) == 0 || len(heading) > 200 {
		return ""
	}
	low := strings.ToLower(heading)
	type hit struct{ from, to int }
	var found []hit
	var class []string
	for _, c := range n.classes {
		if i := wordsIn(low, c.word); i >= 0 {
			found = append(found, hit{i, i + len(c.word)})
			class = append(class, c.name)
		}
	}
	one := ""
	for i, h := range found {
		covered := false
		for j, g := range found {
			if j != i && g.from <= h.from && g.to >= h.to && (g.to-g.from > h.to-h.from) {
				covered = true
			}
		}
		if covered {
			continue
		}
		if one != "" && one != class[i] {
			return ""
		}
		one = class[i]
	}
	return one
}

// classAtEnd splits words of a class from the end of s.
func (n *names) classAtEnd(s string) (before, class string) {
	t := strings.TrimRight(s, " .,;:)]*")
	cut := 0
	for _, c := range n.classes {
		at := len(t) - len(c.word)
		if len(c.word) > cut && at > 0 && strings.EqualFold(t[at:], c.word) && !letterBefore(t, at) {
			cut, class = len(c.word), c.name
		}
	}
	if class == "" {
		return s, ""
	}
	return strings.TrimRight(t[:len(t)-cut], " -–—:|,;(["), class
}
