package sources_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What a source may import. Whatever could reach the network, the clock or the disk
// is missing on purpose: reading must give the same rows from the same bytes, for
// ever, or the cause of a change cannot be proven.
var allowed = []string{
	"bytes", "bufio", "cmp", "compress/zlib", "crypto/sha256", "embed", "encoding/binary", "encoding/csv", "encoding/hex", "encoding/json",
	"errors", "fmt", "hash/fnv", "html", "io", "iter", "maps", "math", "net/url", "regexp", "slices", "sort", "strconv", "strings", "sync", "time",
	"unicode", "unicode/utf16", "unicode/utf8",
	"github.com/PuerkitoBio/goquery", "github.com/andybalholm/cascadia", "github.com/ledongthuc/pdf",
	"golang.org/x/net/html", "golang.org/x/net/html/atom", "golang.org/x/text/language", "golang.org/x/text/unicode/norm", "gopkg.in/yaml.v3",
}

// What a source may not call, although the package is allowed: the clock, timers, and
// the functions of libraries that open a file or an address.
var forbidden = map[string][]string{
	"time":    {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"},
	"goquery": {"NewDocument", "NewDocumentFromResponse"},
	"pdf":     {"Open"},
}

func TestSourcesReachNothing(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "sourcetest" {
			return fs.SkipDir // read by tests only, which may open files
		}
		if d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files++
		for _, fault := range faults(t, path, nil) {
			t.Error(fault)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 {
		t.Fatalf("looked at %d files only: the test does not see the sources", files)
	}
}

// The check itself is checked: each of these must be refused.
func TestFaultsAreFound(t *testing.T) {
	for name, src := range map[string]string{
		"network":       `package x; import _ "net/http"`,
		"disk":          `package x; import "os"; var _, _ = os.ReadFile("x")`,
		"clock":         `package x; import "time"; var _ = time.Now()`,
		"clock renamed": `package x; import clock "time"; var _ = clock.Now()`,
		"library opens": `package x; import "github.com/ledongthuc/pdf"; var _, _, _ = pdf.Open("x")`,
		"test helper":   `package x; import _ "baseline/sources/sourcetest"`,
		"pipeline":      `package x; import _ "baseline/pipeline/archive"`,
		"dot import":    `package x; import . "time"; var _ = Now()`,
	} {
		if len(faults(t, "x.go", src)) == 0 {
			t.Errorf("%s: not refused", name)
		}
	}
	if f := faults(t, "x.go", `package x; import "time"; var _ = time.Parse`); len(f) != 0 {
		t.Errorf("harmless code refused: %v", f)
	}
}

func faults(t *testing.T, path string, src any) (found []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string][]string{} // forbidden functions by the name the file gives the package
	for _, imp := range file.Imports {
		name, err := strconv.Unquote(imp.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		ours := (strings.HasPrefix(name, "baseline/schemas") || strings.HasPrefix(name, "baseline/sources/")) && name != "baseline/sources/sourcetest"
		if !ours && !slices.Contains(allowed, name) {
			found = append(found, path+": imports "+name)
		}
		base := name[strings.LastIndex(name, "/")+1:]
		local := base
		if imp.Name != nil {
			local = imp.Name.Name
		}
		if local == "." {
			found = append(found, path+": imports "+name+" without its name")
		}
		names[local] = forbidden[base]
	}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := sel.X.(*ast.Ident); ok && slices.Contains(names[pkg.Name], sel.Sel.Name) {
			found = append(found, path+": calls "+pkg.Name+"."+sel.Sel.Name)
		}
		return true
	})
	return found
}
