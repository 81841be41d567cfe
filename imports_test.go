// Package baseline_test holds what must be true of the house as a whole.
package baseline_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// mayImport says which rooms a room may see into: imports run one way.
var mayImport = map[string][]string{
	"cmd":      {"cmd", "pipeline", "sources", "output", "schemas", "testdata"},
	"pipeline": {"pipeline", "sources", "output", "schemas"},
	"sources":  {"sources", "schemas"},
	"output":   {"output", "schemas"},
	"schemas":  {"schemas"},
}

func TestImportsRunOneWay(t *testing.T) {
	files := 0
	for room, rooms := range mayImport {
		err := filepath.WalkDir(room, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files++
			for _, name := range imports(t, path) {
				if inside, ok := strings.CutPrefix(name, "baseline/"); ok && !allowed(inside, rooms) {
					t.Errorf("%s imports %s", path, name)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 50 {
		t.Errorf("looked at %d files only", files)
	}
}

func allowed(path string, rooms []string) bool {
	for _, room := range rooms {
		if path == room || strings.HasPrefix(path, room+"/") {
			return true
		}
	}
	return false
}

func imports(t *testing.T, path string) (names []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, imp := range file.Imports {
		name, err := strconv.Unquote(imp.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}
