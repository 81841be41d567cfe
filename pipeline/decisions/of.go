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
