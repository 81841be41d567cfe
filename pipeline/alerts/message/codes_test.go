package message_test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"baseline/pipeline/alerts/message"
)

// codeNames are how fields, parameters, results and variables that hold the code of a finding
// or of a fetch that failed are named in this house.
var codeNames = []string{"Code", "code", "fault", "Fault", "robotsWord"}

// folder is the code of one package.
type folder struct {
	files  []*ast.File
	consts map[string]string
	all    map[string]string // the constants of all packages
	takes  map[string][]int  // functions and closures by name: which parameters are codes
	found  map[string]bool
}

var isCode = regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)*-?$`)

// literal takes what an expression may be worth. A word to which something is added is
// followed by the endings that package soft adds.
func (f *folder) literal(e ast.Expr) {
	var add func(string)
	add = func(s string) {
		if !isCode.MatchString(s) {
			return
		}
		if strings.HasSuffix(s, "-") {
			for _, media := range []string{"csv", "text"} {
				add(s + media)
			}
			return
		}
		f.found[s] = true
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(e.Value); err == nil {
			add(s)
		}
	case *ast.Ident:
		add(f.consts[e.Name])
	case *ast.SelectorExpr:
		add(cmp.Or(f.consts[e.Sel.Name], f.all[e.Sel.Name]))
	case *ast.BinaryExpr:
		f.literal(e.X)
	case *ast.CallExpr:
		if called(e.Fun) != "Or" { // of cmp
			return
		}
		for _, a := range e.Args {
			f.literal(a)
		}
	}
}

func names(list *ast.FieldList) (all []string) {
	if list == nil {
		return nil
	}
	for _, field := range list.List {
		if len(field.Names) == 0 {
			all = append(all, "")
		}
		for _, n := range field.Names {
			all = append(all, n.Name)
		}
	}
	return all
}

func positions(all []string) (at []int) {
	for i, n := range all {
		if slices.Contains(codeNames, n) {
			at = append(at, i)
		}
	}
	return at
}

func called(fun ast.Expr) string {
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// declare notes constants and which functions take codes.
func (f *folder) declare(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if i < len(n.Values) {
				if lit, ok := n.Values[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
					f.consts[name.Name], _ = strconv.Unquote(lit.Value)
				}
			}
		}
	case *ast.FuncDecl:
		f.takes[n.Name.Name] = append(f.takes[n.Name.Name], positions(names(n.Type.Params))...)
	case *ast.AssignStmt:
		for i, right := range n.Rhs {
			if lit, ok := right.(*ast.FuncLit); ok && i < len(n.Lhs) {
				name := called(n.Lhs[i])
				f.takes[name] = append(f.takes[name], positions(names(lit.Type.Params))...)
			}
		}
	}
	return true
}

// collect finds the codes that a piece of code gives.
func (f *folder) collect(n ast.Node) bool {
	returns := func(results *ast.FieldList, body *ast.BlockStmt) {
		at := positions(names(results))
		if len(at) == 0 || body == nil {
			return
		}
		ast.Inspect(body, func(n ast.Node) bool {
			if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) > at[0] {
				f.literal(r.Results[at[0]])
			}
			_, nested := n.(*ast.FuncLit)
			return !nested
		})
	}
	switch n := n.(type) {
	case *ast.FuncDecl:
		returns(n.Type.Results, n.Body)
	case *ast.FuncLit:
		returns(n.Type.Results, n.Body)
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && slices.Contains(codeNames, key.Name) {
			f.literal(n.Value)
		}
	case *ast.CallExpr:
		for _, at := range f.takes[called(n.Fun)] {
			if at < len(n.Args) {
				f.literal(n.Args[at])
			}
		}
	case *ast.IndexExpr: // what a chart counts by its code
		if called(n.X) == "tally" {
			f.literal(n.Index)
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if slices.Contains(codeNames, called(left)) && len(n.Lhs) == len(n.Rhs) {
				f.literal(n.Rhs[i])
			}
		}
	case *ast.CompositeLit: // tables of words, such as that of HTTP statuses
		if m, ok := n.Type.(*ast.MapType); ok {
			f.table(m.Value, n.Elts)
		}
		if a, ok := n.Type.(*ast.ArrayType); ok {
			f.table(a.Elt, n.Elts)
		}
	}
	return true
}

func (f *folder) table(of ast.Expr, elements []ast.Expr) {
	s, ok := of.(*ast.StructType)
	if !ok {
		return
	}
	for _, at := range positions(names(s.Fields)) {
		for _, e := range elements {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				e = kv.Value
			}
			if row, ok := e.(*ast.CompositeLit); ok && at < len(row.Elts) {
				f.literal(row.Elts[at])
			}
		}
	}
}

// codes reads the codes that this house can give out of its own source, with one place each.
func codes(t *testing.T) map[string]string {
	t.Helper()
	byFolder := map[string]*folder{}
	set := token.NewFileSet()
	for _, root := range []string{"../../../pipeline", "../../../sources"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && slices.Contains([]string{"testdata", "publishers", "sourcetest", "places", "message", "channel", "scaffold", "workspace"}, d.Name()):
				return filepath.SkipDir
			case d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			file, err := parser.ParseFile(set, path, nil, 0)
			if err != nil {
				return err
			}
			dir := filepath.Dir(path)
			if byFolder[dir] == nil {
				byFolder[dir] = &folder{consts: map[string]string{}, takes: map[string][]int{}, found: map[string]bool{}}
			}
			byFolder[dir].files = append(byFolder[dir].files, file)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	consts, all := map[string]string{}, map[string]string{}
	for _, f := range byFolder {
		f.all = consts
		for _, file := range f.files {
			ast.Inspect(file, f.declare)
		}
		maps.Copy(consts, f.consts)
	}
	for dir, f := range byFolder {
		for _, file := range f.files {
			ast.Inspect(file, f.collect)
		}
		for code := range f.found {
			all[code] = dir
		}
	}
	return all
}

// given are codes that review knows and no source gives today; a workspace may hold them.
var given = []string{"new-document", "page-moved"}

// Every code that a finding or a fetch that failed can have, in all of the source, has words
// in both languages, and there are words for no others.
func TestEveryCodeHasWords(t *testing.T) {
	all := codes(t)
	if len(all) < 150 || all["unknown-name"] == "" || all["newer-edition"] == "" || all["forbidden"] == "" || all["year-in-doubt"] == "" || all["not-renewed"] == "" {
		t.Fatalf("the source is not read as it should: %d codes found, such as %v", len(all), all)
	}
	for _, language := range []string{"en", "fr"} {
		words := message.IssueWords(language)
		for code, dir := range all {
			if words[code] == "" {
				t.Errorf("%s: %q of %s has no words", language, code, dir)
			}
		}
		for code := range words {
			if all[code] == "" && !slices.Contains(given, code) {
				t.Errorf("%s: there are words for %q, which nothing gives", language, code)
			}
		}
	}
}
