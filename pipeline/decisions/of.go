package decisions

import "errors"

// Of reads decisions from the bytes of files, as Read does from a workspace.
func Of(files []File) (*Book, error) {
	b := &Book{}
	var faults []error
	for _, f := range files {
		faults = append(faults, b.add(f.Name, f.Body))
	}
	return b, errors.Join(append(faults, b.contradictions())...)
}

// Has reports whether a decision names the finding.
func (b *Book) Has(finding string) bool {
	for _, d := range b.list {
		if d.Finding == finding && d.Do != Snooze {
			return true
		}
	}
	return false
}
