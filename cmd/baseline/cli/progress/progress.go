// Package progress shows what a long run is doing: on a terminal a line for each source at
// work and a total, drawn in place; elsewhere one plain line for each source that is done.
package progress

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/text/width"
)

// every is the least time between two drawings: fast enough to look alive, slow enough
// not to flicker over a remote shell.
const every = 100 * time.Millisecond

// Size returns the columns and rows of the terminal at this moment.
type Size func() (columns, rows int)

// Board is the display of one run. Its methods may be called from several goroutines.
type Board struct {
	mu    sync.Mutex
	out   io.Writer
	size  Size // nil: not a terminal
	now   func() time.Time
	total int
	done  int
	bad   int
	busy  []line
	drawn int // lines on the screen that are ours
	last  time.Time
	late  *time.Timer
	shut  bool
}

type line struct{ name, doing string }

// narrow is the least number of columns in which a board can be read. Where there are fewer,
// plain lines are better.
const narrow = 20

// On makes a board for total sources; 0 leaves the total out. size is nil where out is not a
// terminal.
func On(out io.Writer, size Size, total int) *Board {
	if size != nil {
		if columns, _ := known(size()); columns < narrow {
			size = nil
		}
	}
	return &Board{out: out, size: size, now: time.Now, total: total}
}

// known is a size of which something is known: some terminals over a serial line, and some
// programs that play one, say 0.
func known(columns, rows int) (int, int) {
	if columns <= 0 || rows <= 0 {
		return 80, 24
	}
	return columns, rows
}

// Doing says what a source is doing.
func (b *Board) Doing(name, doing string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.doing(name, doing)
}

// Say is Doing for what is worth a plain line, too, where there is no board.
func (b *Board) Say(name, what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.shut && b.size == nil {
		fmt.Fprintf(b.out, "%s: %s\n", name, clean(what))
	}
	b.doing(name, what)
}

func (b *Board) doing(name, doing string) {
	if b.shut || b.size == nil {
		return
	}
	if i := slices.IndexFunc(b.busy, func(l line) bool { return l.name == name }); i >= 0 {
		b.busy[i].doing = doing
	} else {
		b.busy = append(b.busy, line{name, doing})
	}
	b.soon()
}

// Done says that a source is done, and how it went.
func (b *Board) Done(name, how string, failed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shut {
		return
	}
	b.done++
	if failed {
		b.bad++
	}
	b.busy = slices.DeleteFunc(b.busy, func(l line) bool { return l.name == name })
	if b.size == nil {
		fmt.Fprintf(b.out, "%s: %s\n", name, clean(how))
		return
	}
	// What failed stays on the screen, above the board.
	above := ""
	if failed {
		above = clean(name + ": " + how)
	}
	b.draw(above)
}

// Close takes the board off the screen.
func (b *Board) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shut {
		return
	}
	b.shut = true
	if b.late != nil {
		b.late.Stop()
	}
	if b.size != nil {
		_, _ = io.WriteString(b.out, b.home()+"\x1b[J")
		b.drawn = 0
	}
}

// soon draws now, or a moment later if it was drawn just now.
func (b *Board) soon() {
	if wait := every - b.now().Sub(b.last); wait > 0 {
		if b.late == nil {
			b.late = time.AfterFunc(wait, func() {
				b.mu.Lock()
				defer b.mu.Unlock()
				if b.late = nil; !b.shut {
					b.draw("")
				}
			})
		}
		return
	}
	b.draw("")
}

// home moves the cursor to the first line of the board.
func (b *Board) home() string {
	if b.drawn == 0 {
		return "\r"
	}
	return fmt.Sprintf("\r\x1b[%dA", b.drawn)
}

// draw writes the whole board in one write, each line over the old one: nothing is
// cleared that is not written again at once, so nothing flickers.
func (b *Board) draw(above string) {
	columns, rows := known(b.size())
	columns, rows = max(columns, 3), max(rows, 4)
	lines := []string{}
	if above != "" {
		lines = append(lines, above) // may wrap: it is not drawn over
	}
	ours := len(lines)
	room := rows - 2
	for i, l := range b.busy {
		if i == room-1 && len(b.busy) > room {
			lines = append(lines, cut(fmt.Sprintf("  and %d more", len(b.busy)-i), columns-1))
			break
		}
		lines = append(lines, cut("  "+l.name+": "+l.doing, columns-1))
	}
	total := fmt.Sprintf("%d of %d sources", b.done, b.total)
	if b.bad > 0 {
		total += fmt.Sprintf(", %d failed", b.bad)
	}
	if b.total > 0 {
		lines = append(lines, cut(total, columns-1))
	}
	var s strings.Builder
	s.WriteString(b.home())
	for _, l := range lines {
		s.WriteString(l + "\x1b[K\n")
	}
	s.WriteString("\x1b[J")
	_, _ = io.WriteString(b.out, s.String())
	b.drawn, b.last = len(lines)-ours, b.now()
}

// clean takes out of a text what would steer the terminal: a publisher's words may hold it.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1 // such as marks that turn the direction of what follows
		}
		return r
	}, text)
}

// cut shortens a text to a number of columns.
func cut(text string, columns int) string {
	text = clean(text)
	used, fits := 0, 0 // fits: bytes that leave room for the mark that something is missing
	for i, r := range text {
		if used <= columns-1 {
			fits = i
		}
		if used += wide(r); used > columns {
			return text[:fits] + "…"
		}
	}
	return text
}

// wide is how many columns of a terminal a character takes.
func wide(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	switch k := width.LookupRune(r).Kind(); k {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
