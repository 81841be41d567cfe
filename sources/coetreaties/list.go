package coetreaties

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"baseline/schemas"
	"baseline/sources/source"
)

// records reads an answer that is one list of objects.
func records(body []byte) ([]record, error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	switch {
	case len(body) == 0:
		return nil, errors.New("the answer is empty")
	case !utf8.Valid(body):
		return nil, errors.New("the answer is not UTF-8: see how it was saved")
	}
	var list []record
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("the answer is not a list of objects: %w", err)
	}
	if list == nil {
		return nil, errors.New("the answer is null, not a list")
	}
	for i, r := range list {
		if r == nil {
			return nil, fmt.Errorf("record $[%d] is null", i)
		}
	}
	return list, nil
}

// Fields of a record of api/traites/search that are read, of 72.
const (
	fieldNumber, fieldMention, fieldTitle = "Numero_traite", "Mention", "Libelle_titre_ENG"
	fieldOpened, fieldInForce             = "Date_ste", "Date_vigueur_ste"
)

// parseTreaties reads the list of all treaties and emits ours.
func parseTreaties(c source.Capture, emit source.Emit) error {
	list, err := records(c.Body)
	if err != nil {
		return fmt.Errorf("list of treaties: %w", err)
	}
	at := map[string]int{}
	for i, r := range list {
		number, err := text(r[fieldNumber])
		if err != nil || number == "" {
			return fmt.Errorf("list of treaties: record $[%d] has no %s", i, fieldNumber)
		}
		if first, twice := at[number]; twice {
			return fmt.Errorf("list of treaties: treaty %s stands twice, at $[%d] and $[%d]", number, first, i)
		}
		at[number] = i
	}
	whole := true
	for _, t := range treaties {
		if _, ok := at[t.number]; !ok {
			whole = false
			emit.Finding(source.Finding{
				Code: "treaty-missing", Severity: source.Hold, Dataset: "treaties", Locator: "$",
				Text: fmt.Sprintf("the list of %d treaties does not have %s", len(list), t.code), Hint: "see whether the list was cut off",
			})
		}
	}
	for _, t := range treaties {
		i, ok := at[t.number]
		if !ok {
			continue
		}
		if err := t.emit(list[i], fmt.Sprintf("$[%d]", i), whole, c, emit); err != nil {
			return fmt.Errorf("list of treaties: %s at $[%d]: %w", t.code, i, err)
		}
	}
	return nil
}

// emit sends one treaty on, as a part of its own; whole says that the list has all of
// ours.
func (t treaty) emit(r record, at string, whole bool, c source.Capture, emit source.Emit) error {
	for _, f := range []string{fieldMention, fieldTitle, fieldOpened, fieldInForce} {
		if _, ok := r[f]; !ok {
			return fmt.Errorf("field %s is missing", f)
		}
	}
	mention, err1 := text(r[fieldMention])
	title, err2 := text(r[fieldTitle])
	opened, err3 := timestamp(r[fieldOpened])
	inForce, err4 := timestamp(r[fieldInForce])
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	if mention+t.number != t.code || !strings.Contains(title, mention+" No. "+t.number+")") {
		return fmt.Errorf("it is called %q in the series %q", title, mention)
	}
	quote := fmt.Sprintf("%s, %s %s, %s %s", title, fieldOpened, r[fieldOpened], fieldInForce, r[fieldInForce])
	part := source.Part{Dataset: "treaties", Key: t.key(), Complete: whole}
	find := func(severity source.Severity, code, hint, text string) {
		part.Complete = part.Complete && severity != source.Hold
		emit.Finding(source.Finding{
			Code: code, Severity: severity, Dataset: part.Dataset, Part: part.Name(), Text: text, Hint: hint, Locator: at, Quote: quote,
		})
	}
	switch {
	case !opened.Equal(t.opened) || !t.general.IsZero() && !inForce.Equal(t.general):
		find(source.Hold, "treaty-days-differ", "see whether the fields were renamed", t.code+" has other days of opening or entry into force than those that are known for good")
	case inForce.After(day(c.Taken)) || !inForce.IsZero() && inForce.Before(opened):
		find(source.Question, "in-force-unlikely", "compare with the publisher's page", t.code+" has an entry into force that has not come, or lies before its opening")
	case t.general.IsZero() && !inForce.IsZero():
		find(source.Question, "treaty-now-in-force", "enter the day and the rule of its entry into force in this source, so that charts are checked", t.code+" is in force now")
	}
	emit.Part(part)
	emit.Row(part.Dataset, schemas.Cells{
		"treaty": schemas.Str(t.code), "title": schemas.Str(title), "opened": schemas.Day(opened), "in_force": schemas.Day(inForce), "as_of": schemas.Day(day(c.Taken)),
	}, at, quote)
	return nil
}
