package datapackage_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"baseline/output/datapackage"
	"baseline/schemas"
)

func TestWrite(t *testing.T) {
	text, err := datapackage.Write(datapackage.Snapshot{
		ID: "20260203-0123456789", AsOf: time.Date(2026, 2, 3, 14, 16, 18, 0, time.UTC), Version: "0.1.0",
		Sources: []datapackage.Source{{Title: "T", Publisher: "P", Homepage: "https://example.org/?a=1&b=2"}},
		Files:   []datapackage.File{{Dataset: &schemas.TreatyStatus, Path: "data/treaty_status/snapshot=x/part-0.parquet", Bytes: 7, SHA256: "ab"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Created   string
		Resources []struct {
			Name, Path, Hash string
			Schema           struct {
				PrimaryKey []string
				Fields     []struct {
					Name, Type  string
					Constraints struct{ Enum []string }
				}
			}
		}
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	r := d.Resources[0]
	if d.Created != "2026-02-03T14:16:18Z" || r.Name != "treaty_status" || r.Hash != "sha256:ab" || strings.Join(r.Schema.PrimaryKey, "/") != "treaty/iso3" {
		t.Errorf("%+v", d)
	}
	types := map[string]string{}
	for _, f := range r.Schema.Fields {
		types[f.Name] = f.Type
		if f.Name == "status" && len(f.Constraints.Enum) != len(schemas.TreatyStatuses) {
			t.Errorf("status may be %v", f.Constraints.Enum)
		}
	}
	if types["consent"] != "date" || types["observed_at"] != "datetime" || types["status"] != "string" {
		t.Errorf("types: %v", types)
	}
}
