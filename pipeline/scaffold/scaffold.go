// Package scaffold writes the first files of a new source that is a list of members:
// its source.yaml, its code, a test with the facts of today's page, and its line in
// sources/sources.go.
package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"baseline/schemas/places"
	"baseline/sources/read/listing"
)

//go:embed templates
var templates embed.FS

// Spec says what the new source is.
type Spec struct {
	ID        string // such as missing-children-europe
	Title     string
	Publisher string
	Address   string // of the list, https
	Class     string // class of an entry where the page has no words for classes
	Page      []byte // the list as it is today
}

// Plan is what a new source needs: files below the repository's root, and what the
// page gave.
type Plan struct {
	Files  map[string][]byte // by path, slashes
	Result *listing.Result
	States int // different states
}

var idForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Package is the name of the source's folder and package.
func (s Spec) Package() string { return strings.ReplaceAll(s.ID, "-", "") }

// check refuses a spec that would not make a source.
func (s Spec) check() error {
	switch {
	case !idForm.MatchString(s.ID):
		return fmt.Errorf("the id %q must be lower case words joined by hyphens, such as missing-children-europe", s.ID)
	case s.Title == "" || s.Publisher == "":
		return errors.New("a source needs a title and a publisher")
	case !strings.HasPrefix(s.Address, "https://"):
		return fmt.Errorf("the address %q does not begin with https://", s.Address)
	}
	return nil
}

// Make plans the files of a new source. list is sources/sources.go as it is.
func Make(s Spec, list []byte) (*Plan, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	found, err := listing.Read(s.Page, listing.Want{})
	if err != nil {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	plan := &Plan{Result: found, Files: map[string][]byte{}}
	fill := fill(s, found)
	plan.States = fill.States
	folder := "sources/" + s.Package() + "/"
	for name, file := range map[string]string{
		"source.yaml.tmpl": "source.yaml", "source.go.tmpl": s.Package() + ".go",
		"test.go.tmpl": s.Package() + "_test.go",
	} {
		body, err := render(name, fill)
		if err != nil {
			return nil, err
		}
		plan.Files[folder+file] = body
	}
	plan.Files["sources/sources.go"], err = register(list, s)
	return plan, err
}

// values are what the templates print.
type values struct {
	Spec
	Package              string
	States, Rows         int
	MinStates, MaxStates int
	MinRows, MaxRows     int
	Entries              []entry
}

type entry struct{ Name, Organisation, Class string }

func fill(s Spec, found *listing.Result) values {
	v := values{Spec: s, Package: s.Package(), Rows: len(found.Records)}
	states := map[string]bool{}
	for _, r := range found.Records {
		states[r.Code] = true
		e := entry{Name: r.Name, Organisation: r.Organisation, Class: s.Class}
		if e.Organisation == "" {
			e.Organisation = r.Part
		}
		v.Entries = append(v.Entries, e)
	}
	v.States = len(states)
	// Room for a tenth to come or go before somebody is asked to look.
	v.MinStates, v.MaxStates = less(v.States), more(v.States)
	v.MinRows, v.MaxRows = less(v.Rows), more(v.Rows)
	return v
}

func less(n int) int { return n - (n+9)/10 }
func more(n int) int { return n + (n+9)/10 }

func render(name string, v values) ([]byte, error) {
	t, err := template.ParseFS(templates, "templates/"+name)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, v); err != nil {
		return nil, err
	}
	if strings.HasSuffix(name, ".go.tmpl") {
		return format.Source(out.Bytes())
	}
	return out.Bytes(), nil
}

// register adds the source to the list of all sources.
func register(list []byte, s Spec) ([]byte, error) {
	text := string(list)
	path := `"baseline/sources/` + s.Package() + `"`
	if strings.Contains(text, path) {
		return nil, fmt.Errorf("sources/sources.go has a source in sources/%s already", s.Package())
	}
	const imports, end = "import (\n", "\n\t}\n}"
	if !strings.Contains(text, imports) || strings.Count(text, end) != 1 {
		return nil, errors.New("sources/sources.go does not look as it should: no import block, or no end of the list of sources")
	}
	text = strings.Replace(text, imports, imports+"\t"+path+"\n", 1)
	text = strings.Replace(text, end, fmt.Sprintf("\n\t\t%s.New(), // %s%s", s.Package(), s.Title, end), 1)
	return format.Source([]byte(text))
}

// Write writes the plan below root. It never overwrites a file but the list of
// sources.
func (p *Plan) Write(root string) error {
	for name := range p.Files {
		if name == "sources/sources.go" {
			continue
		}
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(name))); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is there already; remove it, or choose another id", name)
		}
	}
	for name, body := range p.Files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, body, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Outside lists the codes found that are no member states of 2021.
func (p *Plan) Outside() []string {
	var codes []string
	for _, r := range p.Result.Records {
		if !slices.Contains(places.Default().Group("coe47"), r.Code) && !slices.Contains(codes, r.Code) {
			codes = append(codes, r.Code)
		}
	}
	return codes
}
