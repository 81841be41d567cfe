package scaffold_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"baseline/pipeline/scaffold"
	"baseline/sources/sourcetest"
)

// page is a made list of members, with menus and a footer that name states too.
func page() []byte {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html lang="en"><head><title>Our members</title></head><body><nav><ul><li>Home</li><li>News from France</li></ul></nav>
<main><h1>Our members</h1><div>`)
	for i, s := range []string{"Albania", "Austria", "Belgium", "Bulgaria", "Croatia", "Cyprus", "Czech Republic", "Denmark", "Estonia", "Finland", "France", "Germany", "Greece", "Japan"} {
		fmt.Fprintf(&b, `<div class="card"><h3>%s</h3><p><a href="https://example.org/%d">Organisation %c</a></p></div>`, s, i, 'A'+i)
	}
	b.WriteString(`</div></main><footer>Offices in Belgium</footer></body></html>`)
	return []byte(b.String())
}

func spec() scaffold.Spec {
	return scaffold.Spec{
		ID: "made-up-network", Title: `Made up: "members"`, Publisher: "Nobody", Address: "https://example.org/members", Class: "member", Page: page(),
	}
}

// The whole tree with the new source in it is compiled, and the source's own test, made
// from the page, passes.
func TestNewSourceWorks(t *testing.T) {
	root := t.TempDir()
	for _, folder := range []string{"schemas", "sources"} {
		if err := os.CopyFS(filepath.Join(root, folder), os.DirFS(filepath.Join(sourcetest.Root(t), folder))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := os.WriteFile(filepath.Join(root, name), sourcetest.File(t, filepath.Join(sourcetest.Root(t), name)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := scaffold.Make(spec(), sourcetest.File(t, filepath.Join(root, "sources", "sources.go")))
	if err != nil {
		t.Fatal(err)
	}
	if plan.States != 14 || len(plan.Result.Records) != 14 || strings.Join(plan.Outside(), " ") != "JPN" {
		t.Errorf("%d states, %d entries, outside %q", plan.States, len(plan.Result.Records), plan.Outside())
	}
	if err := plan.Write(root); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "test", "./sources/madeupnetwork", "./sources", "-run", "Members|Damage|Sources")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("the new source does not work: %v\n%s", err, out)
	}
	// Nothing is overwritten.
	if err := plan.Write(root); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("a second time: %v", err)
	}
}

func TestMakeRefuses(t *testing.T) {
	list := sourcetest.File(t, filepath.Join(sourcetest.Root(t), "sources", "sources.go"))
	for name, c := range map[string]struct {
		change func(*scaffold.Spec)
		want   string
	}{
		"bad id":       {func(s *scaffold.Spec) { s.ID = "Made Up" }, "must be lower case words"},
		"no title":     {func(s *scaffold.Spec) { s.Title = "" }, "needs a title"},
		"not https":    {func(s *scaffold.Spec) { s.Address = "example.org" }, "does not begin with https://"},
		"no list":      {func(s *scaffold.Spec) { s.Page = []byte("<html><body><p>Nothing</p></body></html>") }, "no list of states"},
		"there is one": {func(s *scaffold.Spec) { s.ID = "enoc" }, "has a source in sources/enoc already"},
	} {
		s := spec()
		c.change(&s)
		if _, err := scaffold.Make(s, list); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	if _, err := scaffold.Make(spec(), []byte("package sources")); err == nil || !strings.Contains(err.Error(), "does not look as it should") {
		t.Errorf("another list of sources: %v", err)
	}
}
