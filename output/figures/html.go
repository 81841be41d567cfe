package figures

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"
)

// Page is what stands around the tables of an HTML page.
type Page struct {
	Of     string // what the tables are of, such as "edition 2021 (as of 2021-04-20)"
	Source string // how to cite: snapshot, its day, and the program
}

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
)

// page is read when it is first needed, as few runs do.
var page = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"css":        func() template.CSS { return template.CSS(pageCSS) },
		"title":      title,
		"numeric":    Table.numeric,
		"kind":       kind,
		"body":       func(t Table) []Row { return t.rows(false) },
		"foot":       func(t Table) []Row { return t.rows(true) },
		"differs":    Table.differs,
		"anyChanged": func(t Table) bool { n, _ := t.Changed(); return n > 0 },
		"changed":    func(c Cell) bool { return c.Diff == Changed },
		"unclear":    func(c Cell) bool { return c.Diff == NotComparable },
		"pair":       func(t Table, r Row) map[string]any { return map[string]any{"Table": t, "Row": r} },
		"words":      words,
	}).Parse(pageHTML))
})

// HTML writes the tables as one page that needs nothing else: no script, no font, no
// picture. Everything from outside is escaped. It prints on paper, and follows the
// reader's choice of a dark or a light screen.
func HTML(w io.Writer, tables []Table, p Page) error {
	return page().Execute(w, map[string]any{"Tables": tables, "Page": p})
}

func title(tables []Table, p Page) string {
	if len(tables) == 1 {
		return tables[0].Label() + ", " + p.Of
	}
	return "Baseline mapping, " + p.Of
}

// kind is the class by which a cell is styled.
func kind(s string) string {
	switch {
	case s == "":
		return "none"
	case s == tick:
		return "yes"
	case strings.HasPrefix(s, Unknown):
		return "unknown"
	case strings.IndexAny(s, "0123456789-") == 0:
		return "number"
	}
	return "word"
}

// words is what a reader of the screen hears where the eye sees a sign.
func words(s string) string {
	switch s {
	case tick:
		return "yes"
	case Unknown:
		return "not known"
	case "–":
		return "a dash"
	}
	return ""
}

func (t Table) rows(total bool) []Row {
	return slices.DeleteFunc(slices.Clone(t.Rows), func(r Row) bool { return r.Total != total })
}
