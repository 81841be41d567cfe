package listing

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// treeOfText makes a tree of flat text: a block for lines without an empty one between
// them, in it a paragraph for each line, a table for lines
// between bars, a heading for lines that Markdown marks as one.
func treeOfText(s string) (*tree, error) {
	b := newBuilder(len(s) * 3)
	b.t.opened = true
	for _, tag := range []atom.Atom{atom.Html, atom.Body} {
		if _, err := b.push(tag); err != nil {
			return nil, err
		}
	}
	inTable, inBlock := false, false
	leave := func() {
		if inTable {
			b.pop()
			b.pop()
			inTable = false
		}
	}
	for raw := range strings.Lines(s) {
		l := strings.TrimSpace(raw)
		if l == "" || strings.Trim(l, "-=_*") == "" {
			leave()
			if inBlock {
				b.pop()
				inBlock = false
			}
			continue
		}
		if !inBlock {
			inBlock = true
			if _, err := b.push(atom.Div); err != nil {
				return nil, err
			}
		}
		if cells, ok := barred(l); ok {
			if isRule(cells) {
				continue
			}
			if !inTable {
				inTable = true
				for _, tag := range []atom.Atom{atom.Table, atom.Tbody} {
					if _, err := b.push(tag); err != nil {
						return nil, err
					}
				}
			}
			if err := b.textRow(cells); err != nil {
				return nil, err
			}
			continue
		}
		leave()
		tag := atom.P
		if trimmed := strings.TrimLeft(l, "#"); len(trimmed) < len(l) && strings.HasPrefix(trimmed, " ") {
			tag, l = atom.H2, strings.TrimSpace(trimmed)
		}
		if err := b.textElement(tag, l); err != nil {
			return nil, err
		}
	}
	return b.finish(), nil
}

func (b *builder) textRow(cells []string) error {
	if _, err := b.push(atom.Tr); err != nil {
		return err
	}
	for _, c := range cells {
		if err := b.textElement(atom.Td, c); err != nil {
			return err
		}
	}
	b.pop()
	return nil
}

func (b *builder) textElement(tag atom.Atom, s string) error {
	if _, err := b.push(tag); err != nil {
		return err
	}
	if err := b.appendText([]byte(s), false); err != nil {
		return err
	}
	b.pop()
	return nil
}

// barred splits "| a | b |".
func barred(l string) ([]string, bool) {
	if len(l) < 3 || l[0] != '|' || l[len(l)-1] != '|' {
		return nil, false
	}
	cells := strings.Split(l[1:len(l)-1], "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells, true
}

// isRule reports the line "|---|:--|" of a Markdown table.
func isRule(cells []string) bool {
	for _, c := range cells {
		if c == "" || strings.Trim(c, "-: ") != "" {
			return false
		}
	}
	return true
}
