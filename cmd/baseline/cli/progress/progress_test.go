package progress

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// screen plays the few sequences that the board uses, and wraps long lines as terminals do.
type screen struct {
	columns  int
	lines    []string
	row, col int
}

func (s *screen) Write(p []byte) (int, error) {
	text := []rune(string(p))
	for i := 0; i < len(text); i++ {
		switch r := text[i]; r {
		case '\r':
			s.col = 0
		case '\n':
			s.row, s.col = s.row+1, 0
		case 0x1b:
			i += 2
			n := ""
			for ; text[i] >= '0' && text[i] <= '9'; i++ {
				n += string(text[i])
			}
			s.does(text[i], n)
		default:
			if s.col == s.columns {
				s.row, s.col = s.row+1, 0
			}
			s.put(r)
		}
	}
	return len(p), nil
}

func (s *screen) at(row int) []rune {
	for len(s.lines) <= row {
		s.lines = append(s.lines, "")
	}
	return []rune(s.lines[row])
}

func (s *screen) put(r rune) {
	line := s.at(s.row)
	for len(line) <= s.col {
		line = append(line, ' ')
	}
	line[s.col] = r
	s.lines[s.row] = string(line)
	s.col++
}

func (s *screen) does(what rune, n string) {
	count, _ := strconv.Atoi(n)
	line := s.at(s.row)
	switch what {
	case 'A':
		s.row -= count
		if s.row < 0 {
			panic("the cursor left the screen")
		}
	case 'K':
		s.lines[s.row] = string(line[:min(s.col, len(line))])
	case 'J':
		s.lines[s.row] = string(line[:min(s.col, len(line))])
		s.lines = s.lines[:s.row+1]
	default:
		panic("unknown sequence " + string(what))
	}
}

func (s *screen) text() string { return strings.TrimRight(strings.Join(s.lines, "\n"), "\n ") }

func board(total, columns, rows int) (*Board, *screen) {
	s := &screen{columns: columns}
	b := On(s, func() (int, int) { return columns, rows }, total)
	clock := time.Unix(0, 0)
	b.now = func() time.Time { clock = clock.Add(time.Second); return clock }
	return b, s
}

func TestBoardIsDrawnInPlace(t *testing.T) {
	b, s := board(3, 60, 24)
	fmt.Fprint(s, "refreshing ./workspace\n")
	b.Doing("ncmec", "asks ncmec.org for landing")
	b.Doing("enoc", "waits 1 s for enoc.eu")
	if got, want := s.text(), "refreshing ./workspace\n  ncmec: asks ncmec.org for landing\n  enoc: waits 1 s for enoc.eu\n0 of 3 sources"; got != want {
		t.Errorf("screen\n%s\nwant\n%s", got, want)
	}
	b.Doing("ncmec", "reads 2024")
	b.Done("enoc", "the publisher answered with a Cloudflare challenge page and there is more to say on this", true)
	want := "refreshing ./workspace\nenoc: the publisher answered with a Cloudflare challenge pag\ne and there is more to say on this\n  ncmec: reads 2024\n1 of 3 sources, 1 failed"
	if got := s.text(); got != want {
		t.Errorf("screen\n%s\nwant\n%s", got, want)
	}
	b.Done("ncmec", "1 new", false)
	b.Close()
	b.Done("late", "after the end", true)
	if got := s.text(); !strings.HasSuffix(got, "more to say on this") || strings.Contains(got, "sources") {
		t.Errorf("after the end:\n%s", got)
	}
}

func TestBoardFitsTheTerminal(t *testing.T) {
	b, s := board(500, 30, 8)
	for i := range 40 {
		b.Doing(fmt.Sprintf("source-%02d", i), "asks\x1b[2J\u009b31m "+strings.Repeat("é", 50))
	}
	lines := strings.Split(s.text(), "\n")
	if len(lines) > 7 {
		t.Errorf("%d lines on a terminal of 8", len(lines))
	}
	for _, l := range lines {
		if len([]rune(l)) >= 30 {
			t.Errorf("line of %d columns on a terminal of 30: %q", len([]rune(l)), l)
		}
	}
	if !strings.Contains(s.text(), "and 35 more") {
		t.Errorf("screen\n%s", s.text())
	}
}

func TestPlainLinesWhereThereIsNoTerminal(t *testing.T) {
	var out bytes.Buffer
	b := On(&out, nil, 2)
	b.Doing("enoc", "asks")
	b.Done("enoc", "1 answer, new", false)
	b.Done("chi", "the server answered 500", true)
	b.Close()
	if got, want := out.String(), "enoc: 1 answer, new\nchi: the server answered 500\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestBoardFromManySides(t *testing.T) {
	var out bytes.Buffer
	b := On(&out, func() (int, int) { return 80, 24 }, 50)
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			for range 20 {
				b.Doing(fmt.Sprint(i), "works")
			}
			b.Done(fmt.Sprint(i), "done", false)
		})
	}
	wg.Wait()
	b.Close()
	// Fifty endings are drawn at once; the thousand words between are drawn ten times a second.
	if n := strings.Count(out.String(), "\x1b[J"); n > 150 {
		t.Errorf("drawn %d times", n)
	}
	if !strings.Contains(out.String(), "50 of 50 sources") {
		t.Error("the total never came to its end")
	}
}

func TestPlainLinesWhereTheTerminalIsTooNarrow(t *testing.T) {
	var out bytes.Buffer
	b := On(&out, func() (int, int) { return 19, 24 }, 1)
	b.Doing("enoc", "asks")
	b.Say("workspace", "waits for process 7")
	b.Done("enoc", "the server said \x1b[2J\r\nnonsense", true)
	b.Close()
	if got, want := out.String(), "workspace: waits for process 7\nenoc: the server said  [2J  nonsense\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestATerminalOfNoSize(t *testing.T) {
	s := &screen{columns: 80}
	b := On(s, func() (int, int) { return 0, 0 }, 1)
	clock := time.Unix(0, 0)
	b.now = func() time.Time { clock = clock.Add(time.Second); return clock }
	for i := range 30 {
		b.Doing(fmt.Sprintf("source-%02d", i), strings.Repeat("asks ", 20))
	}
	lines := strings.Split(s.text(), "\n")
	if len(lines) != 23 || len(lines[0]) < 70 || len([]rune(lines[0])) >= 80 {
		t.Errorf("%d lines:\n%s", len(lines), s.text())
	}
}

// What failed stays on the screen, and must not steer it either.
func TestAFailingLineIsCleaned(t *testing.T) {
	var out bytes.Buffer
	b := On(&out, func() (int, int) { return 60, 24 }, 1)
	b.Done("enoc", "said \x1b]0;title\a\u009b31m\u202egnihton", true)
	if strings.Contains(out.String(), "\x1b]") || strings.ContainsAny(out.String(), "\a\u009b\u202e") {
		t.Errorf("%q", out.String())
	}
}

// Some characters take two columns, and some none.
func TestCutCountsColumns(t *testing.T) {
	for _, c := range []struct {
		text    string
		columns int
		want    string
	}{
		{"東京都", 6, "東京都"},
		{"東京都", 5, "東京…"},
		{"東京都", 4, "東…"},
		{"e\u0301e\u0301", 2, "e\u0301e\u0301"},
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
	} {
		if got := cut(c.text, c.columns); got != c.want {
			t.Errorf("cut(%q, %d) = %q, want %q", c.text, c.columns, got, c.want)
		}
	}
}

// The board of the workspace has no sources to count.
func TestSayOnABoard(t *testing.T) {
	b, s := board(0, 60, 24)
	b.Say("workspace", "waits for process 7, up to 10m0s")
	b.Doing("workspace", "reads what is in the archive")
	if got, want := s.text(), "  workspace: reads what is in the archive"; got != want {
		t.Errorf("screen\n%s\nwant\n%s", got, want)
	}
}
