package places

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"baseline/schemas"
)

// read makes a registry from its four files. It fails on the first contradiction
// and names the file and the spelling or code.
func read(placesCSV, spellingsCSV, notStatesCSV, groupsCSV []byte) (*Registry, error) {
	r := &Registry{
		places: map[string]Place{}, spellings: map[string]string{},
		notStates: map[string]string{}, groups: map[string][]string{},
	}
	for _, file := range []struct {
		name, header string
		data         []byte
		take         func(record []string) error
	}{
		{"places.csv", "code,name,kind,parent,former,note", placesCSV, r.takePlace},
		{"spellings.csv", "spelling,code,where", spellingsCSV, r.takeSpelling},
		{"not_states.csv", "spelling,why", notStatesCSV, r.takeNotState},
		{"groups.csv", "group,code", groupsCSV, r.takeGroup},
	} {
		if err := eachRecord(file.data, file.header, file.take); err != nil {
			return nil, fmt.Errorf("registry of places, %s: %w", file.name, err)
		}
	}
	slices.Sort(r.codes)
	for _, code := range r.codes {
		if p := r.places[code]; p.Parent != "" && r.places[p.Parent].Kind != "state" {
			return nil, fmt.Errorf("registry of places, places.csv: parent %q of %s is no state", p.Parent, code)
		}
		if got := r.spellings[fold(r.places[code].Name)]; got != code {
			return nil, fmt.Errorf("registry of places, spellings.csv: the name of %s stands for %q", code, got)
		}
	}
	for _, codes := range r.groups {
		slices.Sort(codes)
	}
	return r, nil
}

func eachRecord(data []byte, header string, take func([]string) error) error {
	in := csv.NewReader(bytes.NewReader(data))
	first, err := in.Read()
	if err != nil {
		return err
	}
	if got := strings.Join(first, ","); got != header {
		return fmt.Errorf("columns are %s, not %s", got, header)
	}
	records, err := in.ReadAll()
	if err != nil {
		return err
	}
	for _, record := range records {
		if err := take(record); err != nil {
			return err
		}
	}
	return nil
}

func (r *Registry) takePlace(record []string) error {
	p := Place{Code: record[0], Name: record[1], Kind: record[2], Parent: record[3], Former: record[4] == "yes"}
	switch {
	case p.Code == "" || p.Code != strings.ToUpper(p.Code):
		return fmt.Errorf("code %q is not upper case", p.Code)
	case r.places[p.Code].Code != "":
		return fmt.Errorf("code %s stands twice", p.Code)
	case !slices.Contains(schemas.PlaceKinds, p.Kind):
		return fmt.Errorf("kind %q of %s is none of %s", p.Kind, p.Code, strings.Join(schemas.PlaceKinds, ", "))
	case record[4] != "" && record[4] != "yes":
		return fmt.Errorf("former is %q for %s, neither yes nor empty", record[4], p.Code)
	}
	r.places[p.Code] = p
	r.codes = append(r.codes, p.Code)
	return nil
}

func (r *Registry) takeSpelling(record []string) error {
	text, code := record[0], record[1]
	folded := fold(text)
	if _, ok := r.places[code]; !ok {
		return fmt.Errorf("spelling %q stands for %q, which is no place", text, code)
	}
	if other, ok := r.spellings[folded]; ok {
		return fmt.Errorf("spelling %q stands twice, for %s and %s", text, other, code)
	}
	r.spellings[folded] = code
	r.listed = append(r.listed, spelling{text, code})
	return nil
}

func (r *Registry) takeNotState(record []string) error {
	text, why := record[0], record[1]
	folded := fold(text)
	if code, ok := r.spellings[folded]; ok {
		return fmt.Errorf("%q is listed as %s in spellings.csv", text, code)
	}
	if _, ok := r.notStates[folded]; ok || why == "" {
		return fmt.Errorf("%q stands twice or without a reason", text)
	}
	r.notStates[folded] = why
	return nil
}

func (r *Registry) takeGroup(record []string) error {
	group, code := record[0], record[1]
	if r.places[code].Kind != "state" {
		return fmt.Errorf("group %s names %q, which is no state", group, code)
	}
	if slices.Contains(r.groups[group], code) {
		return fmt.Errorf("group %s names %s twice", group, code)
	}
	r.groups[group] = append(r.groups[group], code)
	return nil
}
