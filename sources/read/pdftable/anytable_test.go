package pdftable

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// A typesetter sets random tables as producers do.
type typesetter struct {
	*rand.Rand
	out       strings.Builder
	size      float64
	row, wrap float64 // distance of rows, of lines in a row, in points
	stance    stance
	width     float64 // of the name column
	align     int     // of the numbers: left, middle, right
	tall      bool    // the number's header has two lines
	tight     bool
}

func (s *typesetter) textWidth(text string) (w float64) {
	for _, r := range text {
		w += standardWidths("Helvetica")(r) * s.size
	}
	return w
}

// draw sets a text with its left end, its middle or its right end at x.
func (s *typesetter) draw(x, y float64, align int, text string) {
	x -= float64(align) / 2 * s.textWidth(text)
	fmt.Fprintf(&s.out, "BT /F %g Tf 1 0 0 1 %g %g Tm %s Tj ET\n", s.size, x, 800-y, literal(text))
}

// broken sets a name into lines no wider than the column.
func (s *typesetter) broken(name string) []string {
	lines := []string{""}
	for _, word := range strings.Fields(name) {
		last := lines[len(lines)-1]
		if last != "" && s.textWidth(last+" "+word) > s.width {
			lines = append(lines, word)
			continue
		}
		lines[len(lines)-1] = strings.TrimSpace(last + " " + word)
	}
	return lines
}

var syllables = strings.Fields("Bel gi um Lat vi a Nor way Is land Kor e a Ma li Pe ru Cha d Ser bi Ro ma ni")

func (s *typesetter) name() string {
	var words []string
	for range 1 + s.IntN(1+s.IntN(7)) {
		word := ""
		for range 1 + s.IntN(3) {
			word += syllables[s.IntN(len(syllables))]
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func (s *typesetter) number() string {
	if s.IntN(12) == 0 {
		return "-"
	}
	n := s.IntN(1 << (1 + s.IntN(24)))
	return thousands(fmt.Sprint(n))
}

// table sets one table from (x, y) down and gives its rows and where it ends.
func (s *typesetter) table(x, y, bottom float64) (rows [][2]string, end float64) {
	right := x + s.width + s.size*(4+float64(s.align)*2+2*s.Float64())
	s.draw(x, y, 0, "Country / Territory")
	if s.tall {
		s.draw(right, y-0.6*s.size, s.align, "Number of")
		s.draw(right, y+0.6*s.size, s.align, "Reports")
	} else {
		s.draw(right, y, s.align, "Reports")
	}
	y += s.row + s.size
	for y < bottom {
		name, number := s.name(), s.number()
		lines := s.broken(name)
		height := float64(len(lines)-1) * s.wrap
		for i, l := range lines {
			s.draw(x, y+float64(i)*s.wrap, 0, l)
		}
		s.draw(right, y+height*[]float64{0, 0.5, 1}[s.stance], s.align, number)
		rows = append(rows, [2]string{name, number})
		y += height + s.row
	}
	return rows, y
}

// TestAnyTable: a random table is read cell for cell; where all lines are equally far apart it may be refused, and is never
// read otherwise.
func TestAnyTable(t *testing.T) {
	refusals, wide := 0, 0
	for seed := range uint64(1500) {
		s := &typesetter{Rand: rand.New(rand.NewPCG(seed, 1)), size: 6 + 8*rand.New(rand.NewPCG(seed, 2)).Float64()}
		s.wrap = s.size * (1.1 + 0.15*s.Float64())
		s.tight = s.IntN(4) == 0
		if s.row = s.wrap + s.size*(0.15+0.6*s.Float64()); s.tight {
			s.row = s.wrap
		} else {
			wide++
		}
		s.stance, s.align, s.tall = stance(s.IntN(3)), s.IntN(3), s.IntN(3) == 0
		s.width = s.size * (9 + 4*s.Float64())
		s.draw(60, 30, 0, "Reports by country 2023")
		want, end := s.table(60, 80, 300+300*s.Float64())
		if s.size < 8.5 && s.IntN(2) == 0 {
			more, _ := s.table(60+s.width+s.size*18, 80, 300+300*s.Float64())
			want = append(want, more...)
		} else if s.IntN(2) == 0 {
			s.draw(60, end+s.size*1.3, 0, "*Reasons include 2 of 3")
		}
		s.draw(500, 790, 2, "Page 7")
		doc, err := Open(onePage(s.out.String()))
		if err != nil {
			t.Fatal(err)
		}
		tables, err := doc.Tables(byCountry)
		if errors.Is(err, ErrLayout) && s.tight {
			refusals++
			continue
		}
		if err != nil {
			t.Errorf("seed %d, %+v: %v", seed, s.stance, err)
			continue
		}
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { compare(t, pairs(tables), want) })
	}
	t.Logf("%d of 1500 refused", refusals)
}
