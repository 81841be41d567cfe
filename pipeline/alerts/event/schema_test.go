package event_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/alerts/event"
	"baseline/schemas"
)

// validate returns what is wrong with a text by event.Schema. It knows the keywords that
// the schema uses and fails the test on any other.
func validate(t *testing.T, text []byte) []string {
	t.Helper()
	var schema, value any
	for data, into := range map[*any][]byte{&schema: event.Schema, &value: text} {
		if err := json.Unmarshal(into, data); err != nil {
			t.Fatal(err)
		}
	}
	v := validator{t: t, root: schema.(map[string]any)}
	v.check("event", v.root, value)
	slices.Sort(v.faults)
	return v.faults
}

type validator struct {
	t      *testing.T
	root   map[string]any
	faults []string
}

func (v *validator) fault(format string, args ...any) {
	v.faults = append(v.faults, fmt.Sprintf(format, args...))
}

func (v *validator) check(at string, schema map[string]any, value any) {
	text, isText := value.(string)
	object, isObject := value.(map[string]any)
	for word, arg := range schema {
		switch word {
		case "$schema", "$id", "title", "description", "$defs", "properties":
		case "$ref":
			name := strings.TrimPrefix(arg.(string), "#/$defs/")
			v.check(at, v.root["$defs"].(map[string]any)[name].(map[string]any), value)
		case "type":
			if arg == "string" && !isText || arg == "object" && !isObject {
				v.fault("%s is no %s", at, arg)
			}
		case "const":
			if value != arg {
				v.fault("%s is not %v", at, arg)
			}
		case "enum":
			if !slices.Contains(arg.([]any), value) {
				v.fault("%s is %v, none of %v", at, value, arg)
			}
		case "minLength":
			if isText && float64(len([]rune(text))) < arg.(float64) {
				v.fault("%s is too short", at)
			}
		case "pattern":
			if isText && !regexp.MustCompile(arg.(string)).MatchString(text) {
				v.fault("%s is %q, not like %s", at, text, arg)
			}
		case "format":
			layout := map[any]string{"date": time.DateOnly, "date-time": time.RFC3339Nano}[arg]
			if _, err := time.Parse(layout, text); layout == "" || isText && err != nil {
				v.fault("%s is %q, no %s", at, text, arg)
			}
		case "required":
			for _, name := range arg.([]any) {
				if _, ok := object[name.(string)]; isObject && !ok {
					v.fault("%s lacks %s", at, name)
				}
			}
		case "propertyNames":
			for name := range object {
				v.check(at+"'s name "+name, arg.(map[string]any), name)
			}
		case "additionalProperties":
			v.others(at, schema, arg, object)
		default:
			v.t.Fatalf("the schema uses %q, which this test does not know", word)
		}
	}
	if known, ok := schema["properties"].(map[string]any); ok {
		for name, s := range known {
			if inner, ok := object[name]; ok {
				v.check(at+"."+name, s.(map[string]any), inner)
			}
		}
	}
}

func (v *validator) others(at string, schema map[string]any, arg any, object map[string]any) {
	known, _ := schema["properties"].(map[string]any)
	for name, inner := range object {
		if _, ok := known[name]; ok {
			continue
		}
		if allowed, ok := arg.(map[string]any); ok {
			v.check(at+"."+name, allowed, inner)
		} else if arg == false {
			v.fault("%s has %s, which nobody knows", at, name)
		}
	}
}

// The schema lists what the code knows, and refuses what is no event.
func TestSchema(t *testing.T) {
	good := event.Event{
		ID: "ev-" + strings.Repeat("0f", 16), Kind: event.Party, Place: "IRL", Dataset: "treaty_status", Key: "ETS185/IRL", Column: "status", Treaty: "ETS185",
		New: map[string]string{"status": "party"}, How: "ratification", On: today, Seen: today, Source: "coe-treaties", Snapshot: "20261124-0123456789",
	}
	text, err := json.Marshal(good)
	if err != nil {
		t.Fatal(err)
	}
	if faults := validate(t, text); faults != nil {
		t.Errorf("%q\n%s", faults, text)
	}
	if !strings.Contains(string(text), `"on":"2026-11-24"`) || !strings.Contains(string(text), `"seen":"2026-11-24T04:00:00Z"`) || !strings.Contains(string(text), `"old":{}`) {
		t.Errorf("%s", text)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"ev-0f`, `"ev-0F`, "event.id"},
		{`"kind":"party"`, `"kind":"married"`, "event.kind"},
		{`"place":"IRL"`, `"place":"Ireland"`, "event.place"},
		{`"on":"2026-11-24"`, `"on":"24.11.2026"`, "event.on"},
		{`"seen":"2026-11-24T04:00:00Z"`, `"seen":"today"`, "event.seen"},
		{`"status":"party"`, `"status":7`, "event.new.status"},
		{`"status":"party"`, `"Status":"party"`, "event.new's name Status"},
		{`"how":"ratification"`, `"how":"unspecified"`, "event.how"},
		{`"how":"ratification"`, `"secret":"x"`, "event has secret"},
		{`"source":"coe-treaties",`, ``, "event lacks source"},
		{`"old":{}`, `"old":[]`, "event.old is no object"},
		{`"how":"ratification"`, `"correction":false`, "event.correction"},
	} {
		damaged := strings.Replace(string(text), c.old, c.new, 1)
		if faults := strings.Join(validate(t, []byte(damaged)), "; "); damaged == string(text) || !strings.Contains(faults, c.want) {
			t.Errorf("%s instead of %s: %q, want %q", c.new, c.old, faults, c.want)
		}
	}
	var schema struct {
		Properties map[string]struct{ Enum []string }
	}
	if err := json.Unmarshal(event.Schema, &schema); err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, k := range event.Kinds {
		kinds = append(kinds, string(k))
	}
	same(t, "kinds", schema.Properties["kind"].Enum, kinds)
	same(t, "treaties", schema.Properties["treaty"].Enum, schemas.TreatyCodes)
	made, all := map[string]bool{}, map[event.Kind]bool{}
	for _, m := range event.All {
		made[m.Dataset] = true
		for _, k := range m.Kinds {
			all[k] = true
		}
	}
	same(t, "datasets", slices.Sorted(slices.Values(schema.Properties["dataset"].Enum)), slices.Sorted(maps.Keys(made)))
	if len(all) != len(event.Kinds) {
		t.Errorf("%d of the %d kinds can happen", len(all), len(event.Kinds))
	}
	for _, how := range schemas.ConsentKinds {
		if slices.Contains(schema.Properties["how"].Enum, how) == (how == "unspecified") {
			t.Errorf("how: %s", how)
		}
	}
}

func TestEventsThatCannotBeRead(t *testing.T) {
	for _, text := range []string{`{"kind":"married"}`, `{"kind":"party","on":"24.11.2026"}`, `[]`} {
		var e event.Event
		if err := json.Unmarshal([]byte(text), &e); err == nil {
			t.Errorf("%s is read as %+v", text, e)
		}
	}
}
