package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// damaged is the folder for bytes and records that are no longer what they were. Nothing
// in it is ever overwritten.
const damaged = "captures/damaged"

// DamagedError says that archived bytes are no longer what they were.
type DamagedError struct {
	SHA256 string
	Path   string // in the workspace, where the right bytes belong
	Aside  string // in the workspace, where the damaged ones are; "" if they still lie in Path
}

func (e *DamagedError) Error() string {
	if e.Aside != "" {
		return fmt.Sprintf("capture %.12s is damaged: its bytes were not those of its SHA-256 any more and are set aside as %s; restore %s from a backup, or fetch again", e.SHA256, e.Aside, e.Path)
	}
	return fmt.Sprintf("capture %.12s is damaged: the bytes in %s have another SHA-256; restore the file from a backup, or fetch again; a refresh sets it aside", e.SHA256, e.Path)
}

// DamagedRecord is a record that cannot be read any more, or that does not say what its
// name says. What it was about is known from its name alone.
type DamagedRecord struct {
	Path        string    // in the workspace, where the right record belongs
	Aside       string    // in the workspace, where the damaged one is; "" if it still lies in Path
	RequestedAt time.Time // UTC; zero if the name does not tell
	request     string    // id as it stands in the name
}

// Text names the record and says what to do, in one sentence.
func (d DamagedRecord) Text() string {
	if d.Aside != "" {
		return fmt.Sprintf("the record %s of a capture is damaged and was set aside as %s; restore it from a backup, or fetch again", d.Path, d.Aside)
	}
	return fmt.Sprintf("the record %s of a capture is damaged; restore it from a backup, or fetch again", d.Path)
}

// Concerns reports whether the record is of that request.
func (d DamagedRecord) Concerns(request string) bool { return d.request == inName(request) }

// DamagedRecords returns the records of a source that are damaged and have not been
// restored, in the order of their names.
func (a *Archive) DamagedRecords(source string) ([]DamagedRecord, error) {
	_, list, err := a.log(source)
	if err != nil {
		return nil, err
	}
	folder := damaged + "/log/" + source
	names, err := a.ws.List(folder)
	if err != nil {
		return nil, fmt.Errorf("list damaged records of %s: %w", source, err)
	}
	for _, aside := range names {
		name, _, _ := cutNumber(aside)
		d := recordNamed(logFolder(source) + "/" + name)
		d.Aside = folder + "/" + aside
		there, err := a.ws.Exists(d.Path)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(list, func(have DamagedRecord) bool { return have.Path == d.Path })
		switch {
		case i >= 0:
			// Damaged again, or an older damage of one record: the newest is told of.
			if list[i].Aside != "" {
				list[i] = d
			}
		case !there:
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(x, y DamagedRecord) int { return strings.Compare(x.Path, y.Path) })
	return list, nil
}

// SetAside moves the bytes of a damaged capture out of the way and returns the error that
// names them. Only the holder of the workspace may call it.
func (a *Archive) SetAside(sum string) error {
	e := &DamagedError{SHA256: sum, Path: BodyPath(sum)}
	if !a.ws.Held() {
		return e
	}
	aside, err := a.moveAside(e.Path, damaged+"/"+sum)
	if errors.Is(err, fs.ErrNotExist) {
		aside, err = a.asideOf(sum) // another request with these bytes was faster
	}
	if err != nil {
		return errors.Join(e, err)
	}
	e.Aside = aside
	return e
}

// SetRecordAside moves a damaged record out of the way and returns it with its new place.
// Only the holder of the workspace may call it.
func (a *Archive) SetRecordAside(d DamagedRecord) (DamagedRecord, error) {
	if !a.ws.Held() || d.Aside != "" {
		return d, nil
	}
	var err error
	d.Aside, err = a.moveAside(d.Path, damaged+"/log/"+strings.TrimPrefix(d.Path, "captures/log/"))
	return d, err
}

// moveAside gives the file the name to-N, with the smallest N that is free.
func (a *Archive) moveAside(from, to string) (string, error) {
	for n := 1; ; n++ {
		aside := to + "-" + strconv.Itoa(n)
		if err := a.ws.Move(from, aside); !errors.Is(err, fs.ErrExist) {
			return aside, err
		}
	}
}

// asideOf returns the place of the newest damaged bytes of a capture; "" if there are none.
func (a *Archive) asideOf(sum string) (string, error) {
	names, err := a.ws.List(damaged)
	if err != nil {
		return "", fmt.Errorf("list damaged captures: %w", err)
	}
	newest, aside := 0, ""
	for _, name := range names {
		if of, n, ok := cutNumber(name); ok && of == sum && n > newest {
			newest, aside = n, damaged+"/"+name
		}
	}
	return aside, nil
}

// cutNumber cuts the -N from a name in the folder of the damaged.
func cutNumber(name string) (of string, n int, ok bool) {
	at := strings.LastIndexByte(name, '-')
	if at < 0 {
		return name, 0, false
	}
	n, err := strconv.Atoi(name[at+1:])
	return name[:at], n, err == nil
}

// replace stores a body under its sum. Bytes that stand there and are others are damaged:
// they are set aside. Comparing costs less than the hash that Put has made.
func (a *Archive) replace(sum string, body []byte) error {
	name := BodyPath(sum)
	switch old, err := a.ws.Read(name); {
	case err == nil && bytes.Equal(old, body):
		return nil
	case err == nil:
		if _, err := a.moveAside(name, damaged+"/"+sum); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("read capture %.12s: %w", sum, err)
	}
	return a.ws.Write(name, body)
}

// note stores a record, unless one that can be read stands there. A damaged one is set
// aside.
func (a *Archive) note(r Record) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return a.noteText(logPath(r), append(text, '\n'))
}

func (a *Archive) noteText(name string, text []byte) error {
	switch old, err := a.ws.Read(name); {
	case err == nil && whole(name, old):
		return nil
	case err == nil:
		if _, err := a.moveAside(name, damaged+"/log/"+strings.TrimPrefix(name, "captures/log/")); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("read record %s: %w", name, err)
	}
	return a.ws.Write(name, text)
}

func whole(name string, text []byte) bool {
	_, ok := decode(name, text)
	return ok
}

// decode reads a record. One that names another source, request, time or sum than its
// name does is damaged, though it may be JSON.
func decode(name string, text []byte) (Record, bool) {
	var r Record
	if err := json.Unmarshal(text, &r); err != nil {
		return Record{}, false
	}
	return r, logPath(r) == name
}

// log reads all records of a source, oldest first, and names those that cannot be read.
func (a *Archive) log(source string) (records []Record, bad []DamagedRecord, err error) {
	folder := logFolder(source)
	names, err := a.ws.List(folder)
	if err != nil {
		return nil, nil, fmt.Errorf("list captures of %s: %w", source, err)
	}
	for _, n := range names {
		name := folder + "/" + n
		text, err := a.ws.Read(name)
		if err != nil {
			return nil, nil, fmt.Errorf("read record %s: %w", name, err)
		}
		if r, ok := decode(name, text); ok {
			records = append(records, r)
		} else {
			bad = append(bad, recordNamed(name))
		}
	}
	return records, bad, nil
}

// recordNamed tells from the name of a record, TIME-REQUEST-SUM.json, what it was about.
func recordNamed(name string) DamagedRecord {
	d := DamagedRecord{Path: name}
	stem := strings.TrimSuffix(path.Base(name), ".json")
	at, rest, _ := strings.Cut(stem, "-")
	end := strings.LastIndexByte(rest, '-')
	if t, err := time.Parse(stampForm, at); err == nil && end >= 0 {
		d.RequestedAt, d.request = t, rest[:end]
	}
	return d
}
