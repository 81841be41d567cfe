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
	"unicode/utf8"
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

// On makes a board for total sources. size is nil where out is not a terminal.
func On(out io.Writer, size Size, total int) *Board {
	return &Board{out: out, size: size, now: time.Now, total: total}
}

// Doing says what a source is doing.
func (b *Board) Doing(name, doing string) {
	b.mu.Lock()
	defer b.mu.Unlock()
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
	how = harmless(how)
	if b.size == nil {
		fmt.Fprintf(b.out, "%s: %s\n", name, how)
		return
	}
	// What failed stays on the screen, above the board.
	above := ""
	if failed {
		above = name + ": " + how
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
	columns, rows := b.size()
	columns, rows = max(columns, 20), max(rows, 4)
	lines := []string{}
	if above != "" {
		lines = append(lines, above) // may wrap: it is not drawn over
	}
	ours := len(lines)
	room := rows - 2
	for i, l := range b.busy {
		if i == room-1 && len(b.busy) > room {
			lines = append(lines, fmt.Sprintf("  and %d more", len(b.busy)-i))
			break
		}
		lines = append(lines, cut("  "+l.name+": "+l.doing, columns-1))
	}
	total := fmt.Sprintf("%d of %d sources", b.done, b.total)
	if b.bad > 0 {
		total += fmt.Sprintf(", %d failed", b.bad)
	}
	lines = append(lines, cut(total, columns-1))
	var s strings.Builder
	s.WriteString(b.home())
	for _, l := range lines {
		s.WriteString(l + "\x1b[K\n")
	}
	s.WriteString("\x1b[J")
	_, _ = io.WriteString(b.out, s.String())
	b.drawn, b.last = len(lines)-ours, b.now()
}

// cut shortens a text to a number of columns, counted as characters.
func cut(text string, columns int) string {
	text = harmless(text)
	if utf8.RuneCountInString(text) <= columns {
		return text
	}
	return string([]rune(text)[:columns-1]) + "…"
}

// harmless has blanks for control characters: a publisher's words must not steer the
// terminal, nor begin a line of their own in a log.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
}
