package message

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain makes one line of what others wrote. Characters that nobody sees and that turn the
// order of those around them are shown by their numbers: a quote must not read otherwise
// than it is written.
func plain(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case unicode.Is(unicode.Bidi_Control, r):
			fmt.Fprintf(&b, "[U+%04X]", r)
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(fields(b.String()), " ")
}

// quoted puts a text in the quotation marks of the language. Those that are in it become
// the inner ones.
func (w *words) quoted(s string) string {
	inner := strings.NewReplacer(strings.TrimSpace(w.open), w.innerOpen, strings.TrimSpace(w.close), w.innerClose)
	if w.code == "fr" { // whose marks have blanks beside them
		inner = strings.NewReplacer("«\u00a0", w.innerOpen, "« ", w.innerOpen, "\u00a0»", w.innerClose, " »", w.innerClose, "«", w.innerOpen, "»", w.innerClose)
	}
	return w.open + inner.Replace(s) + w.close
}

// fields are the words of a text. Blanks that are not to be broken at stay in them.
func fields(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' })
}

// width is where lines of plain text end.
const width = 78

// wrap breaks a text into lines. What cannot be broken stands on a line of its own.
func wrap(indent, s string) string {
	var b strings.Builder
	line := indent
	for _, word := range fields(s) {
		if utf8.RuneCountInString(line)+utf8.RuneCountInString(word) > width && strings.TrimSpace(line) != "" {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = indent
			if indent != "" {
				line += "  "
			}
		}
		line += word + " "
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
	return b.String()
}

// upper begins a sentence.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// cut shortens a name for a heading, between words.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	short := string([]rune(s)[:most])
	if at := strings.LastIndex(short, " "); at > most/2 {
		short = short[:at]
	}
	return strings.TrimRight(short, " ,;-–") + "…"
}
