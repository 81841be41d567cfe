package decisions

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"gopkg.in/yaml.v3"

	"baseline/pipeline/workspace"
)

// heading begins a new file.
const heading = `# What stewards decided on findings. Each entry says who, when and why; remove one when its
# time has passed. Keep this folder under version control.
decisions:
`

// Append writes a decision to the end of a file of the workspace, which is made if it
// is not there. What stands in the file stays as it is, with its comments. It refuses a
// decision that lacks something or contradicts another.
func Append(ws *workspace.Workspace, name string, d Decision) error {
	if err := d.check(); err != nil {
		return err
	}
	if strings.ContainsAny(name, `/\`) || strings.HasPrefix(name, ".") || !strings.HasSuffix(name, ".yaml") {
		return fmt.Errorf("%q is not a name of a file of decisions, such as review.yaml", name)
	}
	path := Folder + "/" + name
	old, err := ws.Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		old = []byte(heading)
	case err != nil:
		return fmt.Errorf("read %s: %w", path, err)
	}
	entry, err := yaml.Marshal([]Decision{d})
	if err != nil {
		return err
	}
	text := strings.TrimRight(string(old), "\n") + "\n" + indent(string(old), string(entry))
	// The whole book is read with the new entry before anything is written.
	book, err := Read(ws)
	if err != nil {
		return err
	}
	book.drop(name)
	if err := errors.Join(book.add(name, []byte(text)), book.contradictions()); err != nil {
		return fmt.Errorf("the decision was not written: %w", err)
	}
	return ws.Write(path, []byte(text))
}

// indent sets the entry in as far as the entries that are there.
func indent(old, entry string) string {
	for line := range strings.Lines(old) {
		if rest := strings.TrimLeft(line, " "); strings.HasPrefix(rest, "- ") {
			pad := line[:len(line)-len(rest)]
			return pad + strings.TrimSuffix(strings.ReplaceAll(entry, "\n", "\n"+pad), pad)
		}
	}
	return entry
}

func (b *Book) drop(name string) {
	var rest []*Decision
	for _, d := range b.list {
		if d.File != name {
			rest = append(rest, d)
		}
	}
	b.list = rest
}
