package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Path returns the place of the record in the workspace. It follows from the source, the
// second of the request, the request and the bytes.
func (r Record) Path() string { return logPath(r) }

// Entry is one record as it lies in the archive.
type Entry struct {
	Path    string
	Text    []byte
	Record  Record
	Damaged bool // Record is empty: the text cannot be read, or is not what the name says
}

// Entry reads one record by its path. The error wraps fs.ErrNotExist if there is none.
func (a *Archive) Entry(name string) (Entry, error) {
	text, err := a.ws.Read(name)
	if err != nil {
		return Entry{}, fmt.Errorf("read record %s: %w", name, err)
	}
	r, ok := decode(name, text)
	return Entry{Path: name, Text: text, Record: r, Damaged: !ok}, nil
}

// Sources returns the names under which records are kept, sorted: ids of sources, and that
// of the steward's decisions.
func (a *Archive) Sources() ([]string, error) {
	names, err := a.ws.List("captures/log")
	if err != nil {
		return nil, fmt.Errorf("list the archive: %w", err)
	}
	return names, nil
}

// Named returns the first eight letters of each SHA-256 that the records name, by the names of
// their files alone.
func (a *Archive) Named() (map[string]bool, error) {
	sources, err := a.Sources()
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, source := range sources {
		names, err := a.ws.List(logFolder(source))
		if err != nil {
			return nil, fmt.Errorf("list captures of %s: %w", source, err)
		}
		for _, name := range names {
			if sum, ok := SumOfName(name); ok {
				named[sum] = true
			}
		}
	}
	return named, nil
}

// SumOfName returns the first eight letters of the SHA-256 that a record names, from the name of
// its file.
func SumOfName(name string) (string, bool) {
	stem := strings.TrimSuffix(path.Base(name), ".json")
	at := strings.LastIndexByte(stem, '-')
	return stem[at+1:], at >= 0 && len(stem)-at-1 == 8
}

// Each calls f with every record of a source, oldest first, one at a time. A record that
// goes meanwhile is passed over.
func (a *Archive) Each(source string, f func(Entry) error) error {
	folder := logFolder(source)
	names, err := a.ws.List(folder)
	if err != nil {
		return fmt.Errorf("list captures of %s: %w", source, err)
	}
	for _, n := range names {
		e, err := a.Entry(folder + "/" + n)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = f(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var (
	sumForm    = regexp.MustCompile(`^[0-9a-f]{64}$`)
	folderForm = regexp.MustCompile(`^[0-9a-f]{2}$`)
	sourceForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)
)

// Bodies returns the SHA-256 of all bytes that are stored, by their names, sorted, and
// files that have no such name.
func (a *Archive) Bodies() (sums, strays []string, err error) {
	folders, err := a.ws.List("captures")
	if err != nil {
		return nil, nil, fmt.Errorf("list the archive: %w", err)
	}
	for _, folder := range folders {
		if folder == "log" || folder == path.Base(damaged) {
			continue
		}
		if !folderForm.MatchString(folder) {
			strays = append(strays, "captures/"+folder)
			continue
		}
		names, err := a.ws.List("captures/" + folder)
		if err != nil {
			return nil, nil, fmt.Errorf("list the archive: %w", err)
		}
		for _, name := range names {
			if sumForm.MatchString(name) && strings.HasPrefix(name, folder) {
				sums = append(sums, name)
			} else {
				strays = append(strays, "captures/"+folder+"/"+name)
			}
		}
	}
	return sums, strays, nil
}

// Aside returns the paths of damaged bytes that were set aside, each with the SHA-256 that
// they were to have, sorted.
func (a *Archive) Aside() (paths, sums []string, err error) {
	names, err := a.ws.List(damaged)
	if err != nil {
		return nil, nil, fmt.Errorf("list damaged captures: %w", err)
	}
	for _, name := range names {
		if sum, _, ok := cutNumber(name); ok && sumForm.MatchString(sum) {
			paths, sums = append(paths, damaged+"/"+name), append(sums, sum)
		}
	}
	return paths, sums, nil
}

// AsideRecords returns the names of sources of which damaged records were set aside.
func (a *Archive) AsideRecords() ([]string, error) {
	names, err := a.ws.List(damaged + "/log")
	if err != nil {
		return nil, fmt.Errorf("list damaged records: %w", err)
	}
	return names, nil
}

// Has reports whether the record, whole, is in the archive.
func (a *Archive) Has(r Record) bool {
	e, err := a.Entry(logPath(r))
	return err == nil && !e.Damaged
}

// HasBody reports whether there are bytes under the sum. They are not hashed. An error means
// that nobody knows.
func (a *Archive) HasBody(sum string) (bool, error) {
	if !sumForm.MatchString(sum) {
		return false, nil
	}
	return a.ws.Exists(BodyPath(sum))
}

// UnfitError says why a record of another archive cannot be taken over.
type UnfitError struct{ Text string }

func (e *UnfitError) Error() string { return e.Text }

func unfit(format string, args ...any) error { return &UnfitError{fmt.Sprintf(format, args...)} }

// Restore stores a record of another archive, in its very text, with its bytes; body is nil
// for one that brought none. It reports whether the record was not there. It fails with an
// *UnfitError if no archive could have written the record, or its bytes are others or none.
func (a *Archive) Restore(text, body []byte) (isNew bool, err error) {
	r, err := ReadRecord(text)
	if err != nil {
		return false, err
	}
	there, err := a.HasBody(r.SHA256)
	if err != nil {
		return false, err
	}
	switch {
	case body == nil && r.SHA256 != "" && !there:
		return false, unfit("the record of %s %s names bytes that are not there (SHA-256 %.12s)", r.Source, r.Request.ID, r.SHA256)
	case body != nil:
		sum := sha256.Sum256(body)
		if got := hex.EncodeToString(sum[:]); got != r.SHA256 {
			return false, unfit("the record of %s %s says SHA-256 %.12s, the bytes have %.12s", r.Source, r.Request.ID, r.SHA256, got)
		}
		if err := a.replace(r.SHA256, body); err != nil {
			return false, err
		}
	}
	isNew = !a.Has(r)
	if isNew {
		err = a.noteText(logPath(r), text)
	}
	if err == nil && body != nil {
		err = a.still(r.SHA256, body)
	}
	return isNew, err
}

// ReadRecord reads a record that comes from outside: nothing in it may lead out of the
// archive, or claim what no archive keeps. The error is an *UnfitError.
func ReadRecord(text []byte) (Record, error) {
	var r Record
	if err := json.Unmarshal(text, &r); err != nil {
		return r, unfit("the record of a capture cannot be read: %v", err)
	}
	name := logPath(r)
	switch {
	case !sourceForm.MatchString(r.Source):
		return r, unfit("the record of a capture names the source %q, which can be none", r.Source)
	case r.Request.ID == "" || path.Dir(name) != logFolder(r.Source):
		return r, unfit("the record of a capture of %s names the request %q, which can be none", r.Source, r.Request.ID)
	case r.SHA256 != "" && !sumForm.MatchString(r.SHA256):
		return r, unfit("the record of %s %s names %q, which is no SHA-256", r.Source, r.Request.ID, r.SHA256)
	case !slices.Contains([]string{Publisher, Rebuilt, Curated, ByHand}, r.Origin):
		return r, unfit("the record of %s %s has the origin %q, which this version does not know", r.Source, r.Request.ID, r.Origin)
	}
	if _, ok := decode(name, text); !ok {
		return r, unfit("the record of %s %s is not what its name would say", r.Source, r.Request.ID)
	}
	return r, nil
}
