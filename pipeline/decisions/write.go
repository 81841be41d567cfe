package decisions

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"baseline/pipeline/workspace"
)

// heading begins a new file.
const heading = `# What stewards decided on findings. Each entry says who, when and why; remove one when its
# time has passed. Keep this folder under version control.
decisions:
`

// Append writes decisions to the end of a file of the workspace, which is made if it is not
// there. What stands in the file stays as it is, with its comments. It writes all of them
// or none: it refuses one that lacks something or contradicts another. Two that write at
// the same time wait for each other.
func Append(ws *workspace.Workspace, name string, list ...Decision) error {
	for _, d := range list {
		if err := d.check(); err != nil {
			return err
		}
	}
	if strings.ContainsAny(name, `/\`) || strings.HasPrefix(name, ".") || !strings.HasSuffix(name, ".yaml") {
		return fmt.Errorf("%q is not a name of a file of decisions, such as review.yaml", name)
	}
	release, err := ws.Guard(Folder)
	if err != nil {
		return err
	}
	defer release()
	path := Folder + "/" + name
	old, err := ws.Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		old = []byte(heading)
	case err != nil:
		return fmt.Errorf("read %s: %w", path, err)
	}
	book, err := Read(ws)
	if err != nil {
		return err
	}
	text, err := joined(name, old, list)
	if err != nil {
		return err
	}
	// The whole book is read with the new entries before anything is written.
	book.drop(name)
	if err := errors.Join(book.add(name, text), book.contradictions()); err != nil {
		return fmt.Errorf("the decision was not written: %w", err)
	}
	return ws.Write(path, text)
}

// bare is a list with nothing in it, in one of the ways in which that is written.
var bare = regexp.MustCompile(`(?m)^decisions:[ \t]*(\[[ \t]*\]|\{[ \t]*\}|~|null)[ \t]*\r?$`)

// joined is the text of a file with the entries after its last.
func joined(name string, old []byte, list []Decision) ([]byte, error) {
	entries, err := yaml.Marshal(list)
	if err != nil {
		return nil, err
	}
	was, err := decode(name, old)
	if err != nil {
		return nil, err
	}
	before := strings.TrimRight(string(old), "\n")
	switch {
	case blank(old) != "":
		before = strings.TrimLeft(before+"\ndecisions:", "\n")
	case len(was.Decisions) == 0:
		before = bare.ReplaceAllString(before, "decisions:")
	}
	text := []byte(before + "\n" + indent(string(old), string(entries)))
	now, err := decode(name, text)
	if err != nil || len(now.Decisions) != len(was.Decisions)+len(list) {
		return nil, fmt.Errorf("the decision was not written: nothing can be added to the end of %s as it is written; put each of its decisions on lines of its own, beginning with \"- do:\", or name another file", name)
	}
	return text, nil
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
