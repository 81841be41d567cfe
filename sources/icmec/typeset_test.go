package icmec

import (
	"bytes"
	"fmt"
	"strings"

	"baseline/schemas/places"
)

// No original of ICMEC's reviews was to be had. The documents of these tests are made up: their
// marks, notes and columns are not ICMEC's, only the counts of the report's 47 states and the world
// totals are. They are set in the ways in which programs set marks and notes.

// typeface is a way to set the marks.
type typeface struct {
	name    string
	font    string // of the marks
	unicode string // ToUnicode map, if there is one
	yes, no string // codes, hexadecimal
	size    float64
	shift   float64 // of the marks' baseline, downwards
	legend  []string
}

const symbolic = "/FontDescriptor <</Type /FontDescriptor /FontName /ABCDEF+Signs /Flags 4>> /FirstChar 0 /LastChar 255 /Widths [%s]"

func simple(extra string) string {
	return "<</Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Signs " + fmt.Sprintf(symbolic, strings.Repeat("800 ", 256)) + extra + ">>"
}

const composite = "<</Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Signs /Encoding /Identity-H /DescendantFonts [<</Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Signs /DW 800>>]%s>>"

var bothOnALine = []string{"{yes} = Yes; {no} = No"}

// typefaces are those whose marks can be told apart.
var typefaces = []typeface{
	{"unicode", simple(" /ToUnicode %d 0 R"), "<01> <2713> <02> <2717>", "01", "02", 10, 0, []string{"{no} = No", "{yes} = Yes"}},
	{"private use", simple(" /ToUnicode %d 0 R"), "<FC> <F0FC> <FB> <F0FB>", "FC", "FB", 10, 0, bothOnALine},
	{"letters of a symbol font", simple(" /Encoding /WinAnsiEncoding"), "", "FC", "FB", 10, 0, []string{"Legend: Yes: {yes}, No: {no}"}},
	{"two-byte codes, larger and higher", fmt.Sprintf(composite, " /ToUnicode %d 0 R"), "<0003> <2714> <0004> <2718>", "0003", "0004", 13, -2.4, bothOnALine},
	{"plain letters, lower", simple(" /Encoding /WinAnsiEncoding"), "", "59", "4E", 10, 1.5, bothOnALine},
}

// country is a row of a made-up review.
type country struct {
	lines []string  // of its name
	marks [5]string // yes, no, or a text in the place of a mark
	notes [6]string // numbers of footnotes, on the name and on the marks
}

// review is a made-up document.
type review struct {
	cover, imprint []string
	prose          []string
	legend         []string
	columns        []int       // the criteria in the order of the table, or -1 for a further column
	heads          [6][]string // lines of the heads: of the name, then by criterion
	further        []string    // lines of the head of the further column
	rows           []country
	perPage        int
	pitch          float64
}

var (
	csamHeads = [6][]string{
		{"Country"}, {"Legislation", "Specific", "to CSAM"}, {"“CSAM”", "Defined"}, {"Technology-", "facilitated", "CSAM Offenses"}, {"Simple", "Possession"}, {"ISP", "Reporting"},
	}
	groomingHeads = [6][]string{
		{"Country"}, {"Legislation", "Specific to", "Online Grooming"}, {"Online", "Grooming", "Defined"}, {"With Intent", "to Meet", "Offline"},
		{"Regardless", "of Intent to", "Meet Offline"}, {"Showing", "Pornography", "to a Child"},
	}
)

// csam2018 is a made-up 9th edition. The criteria that each of the report's 47 states meets are made
// up, how many is not; the other countries make the world totals nearly the published ones.
func csam2018() *review {
	r := &review{
		cover:   []string{"Child Sexual Abuse Material:", "Model Legislation & Global Review", "2018 • 9th Edition"},
		imprint: []string{"Child Sexual Abuse Material: Model Legislation & Global Review", "Copyright © 2018, a made-up document.", "Ninth Edition"},
		prose:   []string{"Global Legislative Review", "The review looks at 196 countries, such as France and Sweden.", "Section 5 – No person shall be held."},
		columns: []int{0, 1, 2, 3, 4}, heads: csamHeads, perPage: 13, pitch: 24,
	}
	r.rows = rows("csam", map[int]int{0: 180, 1: 130, 2: 170, 3: 140, 4: 32})
	return r
}

func grooming2017() *review {
	r := csam2018()
	r.cover = []string{"Online Grooming of Children for Sexual Purposes:", "Model Legislation & Global Review", "2017 1st Edition"}
	r.imprint = []string{"Online Grooming of Children for Sexual Purposes: Model Legislation & Global Review", "Copyright © 2017, a made-up document.", "First Edition"}
	r.heads = groomingHeads
	r.rows = rows("grooming", map[int]int{0: 63, 1: 51, 2: 40, 3: 34, 4: 90})
	return r
}

// rows makes 196 countries whose criteria add up to the totals.
func rows(name string, totals map[int]int) (list []country) {
	counts := map[string]int{}
	for _, p := range published {
		if place, ok := places.Default().Lookup(p.name); ok && p.review == name {
			counts[place.Code] = int(p.met)
		}
	}
	var others []int
	notes := 0
	for _, p := range places.Default().Places() {
		if p.Kind != "state" || p.Former || p.Code == "NIU" {
			continue
		}
		c := country{lines: broken(p.Name)}
		n, member := counts[p.Code]
		for i := range c.marks {
			c.marks[i] = "no"
			if member && i < n {
				c.marks[i] = "yes"
				totals[i]--
			}
		}
		if !member {
			others = append(others, len(list))
		}
		for i := range c.notes {
			if (len(list)*5+i*3)%11 == 0 {
				notes++
				c.notes[i] = fmt.Sprint(notes)
			}
		}
		list = append(list, c)
	}
	for i, n := range totals {
		from := []int{0, 20, len(others) - 10, 0, 35}[i]
		for k := range max(n, 0) {
			list[others[(from+k)%len(others)]].marks[i] = "yes"
		}
	}
	return list
}

// broken sets a name into lines of no more than 22 letters.
func broken(name string) []string {
	lines := []string{""}
	for _, w := range strings.Fields(name) {
		last := &lines[len(lines)-1]
		if *last != "" && len(*last)+len(w) >= 22 {
			lines = append(lines, w)
			continue
		}
		*last = strings.TrimSpace(*last + " " + w)
	}
	return lines
}

// set makes the document's PDF.
func (r *review) set(face typeface) []byte {
	s := &setter{face: face}
	for i, l := range r.cover {
		s.text(100, 200+30*float64(i), 18, l)
	}
	s.page()
	for i, l := range r.imprint {
		s.text(60, 100+20*float64(i), 10, l)
	}
	s.page()
	legend := r.legend
	if legend == nil {
		legend = face.legend
	}
	for from := 0; from == 0 || from < len(r.rows); from += r.perPage {
		y := 60.0
		if from == 0 {
			for _, l := range r.prose {
				s.text(60, y, 10, l)
				y += 14
			}
			for _, l := range legend {
				s.legend(60, y, l)
				y += 16
			}
			y += 20
		}
		y = r.header(s, y)
		for _, c := range r.rows[min(from, len(r.rows)):min(from+r.perPage, len(r.rows))] {
			y = r.row(s, y, c)
		}
		y += 20
		for i := range 5 { // notes that name countries, longer than the table is wide
			s.raised(60, y, fmt.Sprint(from+i+1))
			s.text(66, y, 8, "Made-up note: the Penal Code of Germany, Article 163, as amended in 2015, is like that of Albania and of France; 14 of the")
			s.text(60, y+10, 8, "provisions apply.")
			s.text(60, y+20, 8, "Sweden")
			y += 30
		}
		s.text(300, 770, 9, fmt.Sprint("- ", s.count, " -"))
		s.page()
	}
	return s.file()
}

// middle is where the column at a place is centred.
func middle(place int) float64 { return 215 + 78*float64(place) }

func (r *review) header(s *setter, y float64) float64 {
	s.text(60, y+12, 10, strings.Join(r.heads[0], " "))
	for place, criterion := range r.columns {
		lines := r.further
		if criterion >= 0 {
			lines = r.heads[criterion+1]
		}
		for i, l := range lines {
			s.text(middle(place)-2.5*float64(len([]rune(l))), y+12*float64(i), 10, l)
		}
	}
	return y + 60
}

func (r *review) row(s *setter, y float64, c country) float64 {
	for i, l := range c.lines {
		note := ""
		if i == len(c.lines)-1 {
			note = c.notes[0]
		}
		s.noted(60, y+12*float64(i), "/F 10 Tf", literal(l), note)
	}
	for place, criterion := range r.columns {
		if criterion < 0 {
			s.mark(middle(place), y, s.face.yes, "")
			continue
		}
		switch mark := c.marks[criterion]; mark {
		case "yes":
			s.mark(middle(place), y, s.face.yes, c.notes[criterion+1])
		case "no":
			s.mark(middle(place), y, s.face.no, c.notes[criterion+1])
		default:
			s.text(middle(place)-12, y, 10, mark)
		}
	}
	return y + r.pitch + 12*float64(len(c.lines)-1)
}

// A setter writes small PDFs by hand: no compression, one font for text and one for marks.
type setter struct {
	face  typeface
	out   strings.Builder
	pages []string
	count int
}

func (s *setter) text(x, y, size float64, text string) {
	fmt.Fprintf(&s.out, "BT /F %g Tf 1 0 0 1 %.2f %.2f Tm %s Tj ET\n", size, x, 792-y, literal(text))
}

// noted sets a text and, raised and smaller, the number of its footnote.
func (s *setter) noted(x, y float64, font, text, note string) {
	fmt.Fprintf(&s.out, "BT %s 1 0 0 1 %.2f %.2f Tm %s Tj", font, x, 792-y, text)
	if note != "" {
		fmt.Fprintf(&s.out, " /F 6 Tf 4 Ts %s Tj 0 Ts", literal(note))
	}
	s.out.WriteString(" ET\n")
}

func (s *setter) raised(x, y float64, note string) {
	fmt.Fprintf(&s.out, "BT /F 5 Tf 1 0 0 1 %.2f %.2f Tm 3 Ts %s Tj 0 Ts ET\n", x, 792-y, literal(note))
}

func (s *setter) mark(x, y float64, code, note string) {
	s.noted(x-0.4*s.face.size, y+s.face.shift, fmt.Sprintf("/S %g Tf", s.face.size), "<"+code+">", note)
}

// legend sets a line in which {yes} and {no} stand for marks.
func (s *setter) legend(x, y float64, line string) {
	fmt.Fprintf(&s.out, "BT 1 0 0 1 %.2f %.2f Tm", x, 792-y)
	for line != "" {
		before, after, found := strings.Cut(line, "{")
		fmt.Fprintf(&s.out, " /F 10 Tf %s Tj", literal(before))
		if line = ""; found {
			name, rest, _ := strings.Cut(after, "}")
			fmt.Fprintf(&s.out, " /S %g Tf <%s> Tj", s.face.size, map[string]string{"yes": s.face.yes, "no": s.face.no}[name])
			line = rest
		}
	}
	s.out.WriteString(" ET\n")
}

func (s *setter) page() {
	s.pages = append(s.pages, s.out.String())
	s.out.Reset()
	s.count++
}

var winAnsi = strings.NewReplacer("’", "\x92", "“", "\x93", "”", "\x94", "•", "\x95", "–", "\x96")

// literal writes a text in WinAnsi as a hexadecimal string.
func literal(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch code := winAnsi.Replace(string(r)); {
		case len(code) == 1:
			fmt.Fprintf(&out, "%02x", code[0])
		case r < 256:
			fmt.Fprintf(&out, "%02x", r)
		default:
			panic(fmt.Sprintf("the test's own text %q has the character %q, which WinAnsi does not have", text, r))
		}
	}
	return "<" + out.String() + ">"
}

func (s *setter) file() []byte {
	objects := []string{"", "", "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>", ""}
	stream := func(data string) int {
		objects = append(objects, fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(data), data))
		return len(objects)
	}
	objects[3] = s.face.font
	if s.face.unicode != "" {
		lines := strings.NewReplacer("> <", "><").Replace(s.face.unicode)
		pairs := strings.Fields(lines)
		wide := strings.Repeat("F", len(s.face.yes))
		cmap := fmt.Sprintf("1 begincodespacerange <%s> <%s> endcodespacerange %d beginbfchar %s endbfchar", strings.ReplaceAll(wide, "F", "0"), wide, len(pairs), s.face.unicode)
		objects[3] = fmt.Sprintf(s.face.font, stream(cmap))
	}
	var kids []string
	for _, content := range s.pages {
		objects = append(objects, fmt.Sprintf("<</Type /Page /Parent 2 0 R /Contents %d 0 R>>", stream(content)))
		kids = append(kids, fmt.Sprintf("%d 0 R", len(objects)))
	}
	objects[0] = "<</Type /Catalog /Pages 2 0 R>>"
	objects[1] = fmt.Sprintf("<</Type /Pages /Count %d /Kids [%s] /MediaBox [0 0 792 792] /Resources <</Font <</F 3 0 R /S 4 0 R>>>>>>", len(kids), strings.Join(kids, " "))
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n")
	table := fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for i, o := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	fmt.Fprintf(&out, "%strailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", table, len(objects)+1, out.Len())
	return out.Bytes()
}
