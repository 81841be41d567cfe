package main

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// content is the content stream of one page. The first text that cannot be
// encoded is kept in err; what follows it is not drawn.
type content struct {
	out    bytes.Buffer
	tagged bool
	marked int // marked-content identifiers given out
	err    error
}

// pdf draws the sheets and puts the file together.
func (e *ncmecEdition) pdf(sheets []sheet) ([]byte, error) {
	file := &pdfFile{version: e.version}
	root, tree, parents := file.reserve(), file.reserve(), file.reserve()
	fonts := fmt.Sprintf("<</F1 %d 0 R /F2 %d 0 R>>", file.addFont(&regularFont), file.addFont(&boldFont))
	var pages []string
	var sections structTree
	for i, s := range sheets {
		c := &content{tagged: e.tagged}
		c.sheet(s)
		if c.err != nil {
			return nil, c.err
		}
		body := file.addStream(c.out.Bytes(), "")
		page := file.add("<</Type /Page /Parent %d 0 R /MediaBox [0 0 612 792] /Resources <</Font %s>> /Contents %d 0 R%s>>",
			tree, fonts, body, e.pageTags(i))
		pages = append(pages, fmt.Sprintf("%d 0 R", page))
		if e.tagged {
			sections.add(file, parents, page, c.marked)
		}
	}
	file.set(tree, "<</Type /Pages /Count %d /Kids [%s]>>", len(pages), strings.Join(pages, " "))
	sections.finish(file, parents)
	file.set(root, "<</Type /Catalog /Pages %d 0 R%s>>", tree, e.catalogTags(parents))
	return file.bytes(root, file.add("%s", e.info())), nil
}

func (e *ncmecEdition) info() string {
	return fmt.Sprintf("<</Title (%s CyberTipline Reports by Country) /CreationDate (D:%s)"+
		" /Subject (Rebuilt for tests from published facts. This is not the publisher's file.)>>",
		e.year, e.filed.Format("20060102150405Z"))
}

func (e *ncmecEdition) pageTags(i int) string {
	if !e.tagged {
		return ""
	}
	return fmt.Sprintf(" /StructParents %d", i)
}

func (e *ncmecEdition) catalogTags(structure int) string {
	if !e.tagged {
		return ""
	}
	return fmt.Sprintf(" /MarkInfo <</Marked true>> /StructTreeRoot %d 0 R", structure)
}

// structTree is the least that makes a file tagged: one section for each page.
type structTree struct {
	kids, numbers []string
}

func (t *structTree) add(file *pdfFile, root, page, marked int) {
	ids := make([]string, marked)
	for i := range ids {
		ids[i] = strconv.Itoa(i)
	}
	section := file.add("<</Type /StructElem /S /Sect /P %d 0 R /Pg %d 0 R /K [%s]>>", root, page, strings.Join(ids, " "))
	ref := fmt.Sprintf("%d 0 R", section)
	t.numbers = append(t.numbers, fmt.Sprintf("%d [%s]", len(t.kids), strings.TrimSpace(strings.Repeat(ref+" ", marked))))
	t.kids = append(t.kids, ref)
}

func (t *structTree) finish(file *pdfFile, root int) {
	if len(t.kids) == 0 {
		file.set(root, "null")
		return
	}
	file.set(root, "<</Type /StructTreeRoot /K [%s] /ParentTree <</Nums [%s]>>>>",
		strings.Join(t.kids, " "), strings.Join(t.numbers, " "))
}

func (c *content) sheet(s sheet) {
	c.each("P", s.before)
	for _, table := range s.tables {
		if c.tagged {
			c.each("TD", table)
		} else {
			c.chain(table)
		}
	}
	c.each("P", s.after)
}

// each draws every mark as a text object of its own, at an absolute place; in a
// tagged file as marked content.
func (c *content) each(tag string, marks []mark) {
	for _, m := range marks {
		if c.tagged {
			fmt.Fprintf(&c.out, "/%s <</MCID %d>>BDC\n", tag, c.marked)
			c.marked++
		}
		fmt.Fprintf(&c.out, "BT\n/%s 1 Tf\n%s 0 0 %s %s %s Tm\n", m.fontName(), num(m.size), num(m.size),
			num(c.left(m)), num(pageHeight-m.y))
		for i, line := range m.lines {
			if i > 0 {
				fmt.Fprintf(&c.out, "0 %s Td\n", num(-lineLeading/m.size))
			}
			c.show(line, false)
		}
		c.out.WriteString("ET\n")
		if c.tagged {
			c.out.WriteString("EMC\n")
		}
	}
}

// chain draws a whole table as one text object: only relative moves, in units
// of the font size, and kerned arrays.
func (c *content) chain(marks []mark) {
	c.out.WriteString("BT\n")
	var last mark
	var x, y float64 // where the line matrix is, as rounded in the file
	for i, m := range marks {
		if i == 0 || m.size != last.size {
			x, y = c.left(m), pageHeight-m.y
			fmt.Fprintf(&c.out, "/%s 1 Tf\n%s 0 0 %s %s %s Tm\n", m.fontName(), num(m.size), num(m.size), num(x), num(y))
		} else if m.bold != last.bold {
			fmt.Fprintf(&c.out, "/%s 1 Tf\n", m.fontName())
		}
		for j, line := range m.lines {
			dx, dy := thousandth((c.left(m)-x)/m.size), thousandth((pageHeight-m.y-float64(j)*lineLeading-y)/m.size)
			if dx != 0 || dy != 0 {
				fmt.Fprintf(&c.out, "%s %s Td\n", num(dx), num(dy))
			}
			x, y = x+dx*m.size, y+dy*m.size
			c.show(line, true)
		}
		last = m
	}
	c.out.WriteString("ET\n")
}

// show writes the operator that shows one line.
func (c *content) show(line string, kern bool) {
	code := c.encode(line)
	pieces, gaps := [][]byte{code}, []int(nil)
	if kern {
		pieces, gaps = kerned(code)
	}
	if len(pieces) == 1 {
		fmt.Fprintf(&c.out, "%sTj\n", pdfString(code))
		return
	}
	c.out.WriteByte('[')
	for i, piece := range pieces {
		c.out.WriteString(pdfString(piece))
		if i < len(gaps) {
			c.out.WriteString(strconv.Itoa(gaps[i]))
		}
	}
	c.out.WriteString("]TJ\n")
}

func (c *content) encode(line string) []byte {
	code, err := winAnsi(line)
	if err != nil && c.err == nil {
		c.err = err
	}
	return code
}

// left is the left edge of a mark. Blanks around a number are not part of what
// is aligned: the digits are. Only tables of the untagged style are kerned, and
// of their marks only those that stand flush right need it here.
func (c *content) left(m mark) float64 {
	if m.at == 'l' {
		return m.x
	}
	text := strings.TrimRight(m.lines[0], " ")
	code := c.encode(text)
	width := m.font().width(code)
	if _, gaps := kerned(code); !c.tagged && m.at == 'r' && m.size <= headSize {
		for _, g := range gaps {
			width -= g
		}
	}
	w := float64(width) * m.size / 1000
	if m.at == 'c' {
		return m.x - w/2
	}
	return m.x - w
}

func (m mark) font() *pdfFont {
	if m.bold {
		return &boldFont
	}
	return &regularFont
}

func (m mark) fontName() string {
	if m.bold {
		return "F2"
	}
	return "F1"
}

func thousandth(v float64) float64 { return math.Round(v*1000) / 1000 }

// num writes a number with at most three decimals.
func num(v float64) string { return strconv.FormatFloat(thousandth(v)+0, 'f', -1, 64) }
