package listing

import (
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
)

// layout is a way to set entries that nobody designed: random elements around each
// entry, each text of it and the whole.
type layout struct {
	around, unit  []string // elements from the outside in
	name, org     string
	class         string // element of the badge; "" if headings tell the class
	classFirst    bool
	rowsOf        int // entries in a row of their own, 0 without rows
	link, comment bool
}

func randomLayout(rng *rand.Rand) layout {
	pick := func(tags ...string) string { return tags[rng.Intn(len(tags))] }
	l := layout{
		name: pick("h3", "p", "div", "strong", "span", "h4", "b"), org: pick("p", "div", "span", "em", "h5"),
		class: pick("", "span", "p", "div", "small"), link: rng.Intn(3) == 0, comment: rng.Intn(4) == 0,
	}
	for range rng.Intn(4) {
		l.around = append(l.around, pick("div", "section", "main", "article"))
	}
	l.unit = []string{pick("div", "li", "article", "section", "details")}
	for range rng.Intn(3) {
		l.unit = append(l.unit, pick("div", "section"))
	}
	if rng.Intn(4) == 0 && l.unit[0] == "div" {
		l.rowsOf = 2 + rng.Intn(4)
	}
	l.classFirst = rng.Intn(2) == 0
	return l
}

func in(tag, s string) string { return "<" + tag + ">" + s + "</" + tag + ">" }

func (l layout) entry(f fact) string {
	org := e(f.org)
	if l.link {
		org = "<a href='https://example.org/" + f.code + "'>" + org + "</a>"
	}
	s := in(l.name, e(f.printed()))
	class := ""
	if l.class != "" {
		class = in(l.class, classWords[f.class])
	}
	if l.classFirst {
		s += class + in(l.org, org)
	} else {
		s += in(l.org, org) + class
	}
	if l.comment {
		s = "<!-- entry -->\n" + s
	}
	for i := len(l.unit) - 1; i >= 0; i-- {
		s = in(l.unit[i], s)
	}
	return s
}

func (l layout) list(facts []fact) string {
	var b strings.Builder
	for i, f := range facts {
		if l.rowsOf > 0 && i%l.rowsOf == 0 {
			b.WriteString("<div>")
		}
		b.WriteString(l.entry(f) + "\n")
		if l.rowsOf > 0 && (i%l.rowsOf == l.rowsOf-1 || i == len(facts)-1) {
			b.WriteString("</div>")
		}
	}
	s := b.String()
	if l.unit[0] == "li" {
		s = in("ul", s)
	}
	for i := len(l.around) - 1; i >= 0; i-- {
		s = in(l.around[i], s)
	}
	return s
}

func (l layout) page(facts []fact) string {
	if l.class != "" {
		return pageOf(l.list(facts))
	}
	return pageOf(byClass(facts, "h2", l.list))
}

func TestRandomLayouts(t *testing.T) {
	rng := rand.New(rand.NewSource(6))
	facts := facts60(true)
	names := make([]string, 0, len(noise))
	for name := range noise {
		names = append(names, name)
	}
	slices.Sort(names)
	wrong := 0
	for i := range 400 {
		l := randomLayout(rng)
		some := slices.Clone(facts)
		rng.Shuffle(len(some), func(a, b int) { some[a], some[b] = some[b], some[a] })
		some = some[:20+rng.Intn(41)]
		page := l.page(some)
		for range rng.Intn(4) {
			page = withNoise(page, names[rng.Intn(len(names))])
		}
		r, err := Read([]byte(page), fullOrAssociate)
		what := fmt.Sprintf("layout %d %+v", i, l)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			wrong++
			continue
		}
		if missing, extra := diff(keysOfFacts(some), keysOf(r)); len(missing)+len(extra) > 0 {
			wrong++
			t.Errorf("%s:\nmissing %.300q\nextra %.300q\nleft %.300v", what, missing, extra, r.Left)
		}
		if wrong > 6 {
			t.Fatal("and so on")
		}
	}
}

// A bare list of few states holds its own against menus that are five times as long:
// it is read, or refused as one of two, and never taken for the menu.
func TestShortListBesideLongMenus(t *testing.T) {
	rng := rand.New(rand.NewSource(7))
	refused := 0
	var names []string
	for name := range noise {
		names = append(names, name)
	}
	slices.Sort(names)
	for i := range 300 {
		some := slices.Clone(menuStates)
		rng.Shuffle(len(some), func(a, b int) { some[a], some[b] = some[b], some[a] })
		some = some[:8+rng.Intn(8)]
		list := []string{
			"<ul>" + items(some, "<li>%s</li>") + "</ul>", "<div>" + items(some, "<div><p>%s</p></div>") + "</div>", "<table>" + items(some, "<tr><td>%s</td></tr>") + "</table>",
			"<p>" + strings.Join(some, ", ") + ".</p>", "<p>" + items(some, "%s<br>") + "</p>", "<div>" + items(some, "<a href=/m>%s</a>") + "</div>",
		}[i%6]
		page := pageOf(list)
		used := ""
		for range 1 + rng.Intn(3) {
			name := names[rng.Intn(len(names))]
			used += name + ", "
			page = withNoise(page, name)
		}
		r, err := Read([]byte(page), Want{})
		if errors.Is(err, ErrTwoLists) {
			refused++
			continue
		}
		if err != nil {
			t.Errorf("%d with %s: %v", i%6, used, err)
			continue
		}
		var got []string
		for _, x := range r.Records {
			got = append(got, x.Name)
		}
		if !slices.Equal(got, some) {
			t.Errorf("shape %d with %s: read %q, want %q", i%6, used, got, some)
		}
	}
	if refused > 15 {
		t.Errorf("%d of 300 pages refused", refused)
	}
}
