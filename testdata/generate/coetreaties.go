package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// coeTreaty is a record of the Treaty Office's api/traites/search, with the fields
// whose facts are kept.
type coeTreaty struct {
	Number  string  `json:"Numero_traite"`
	Title   string  `json:"Libelle_titre_ENG"`
	Opened  *string `json:"Date_ste"`
	InForce *string `json:"Date_vigueur_ste"`
	Parent  *string `json:"Numero_traite_parent"`
	Mention string  `json:"Mention"`
}

const (
	coeTreatiesURL   = "https://conventions-ws.coe.int/WS_LFRConventions/api/traites/search"
	coeTreatiesAsked = "2026-05-09"
)

// generateCoETreaties rebuilds the list of treaties as at 9 May 2026, cut down to the
// four treaties that are followed.
func generateCoETreaties(root string) error {
	records, err := readCoETreaties(root)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(records); err != nil {
		return err
	}
	return writeCapture(root, "coe-treaties", "treaties.body", body.Bytes(), captureRecord{
		Request: captureRequest{ID: "treaties", URL: coeTreatiesURL}, FinalURL: coeTreatiesURL,
		RequestedAt: coeTreatiesAsked + "T00:00:00Z", Status: 200,
		Headers: map[string]string{"Content-Type": "application/json; charset=utf-8"},
		Origin:  originRebuilt,
		OriginNote: "rebuilt from testdata/facts/coe_treaties.csv in the form of the publisher's answer, which had 232 treaties with 72 fields each: " +
			"four treaties and six fields are carried over. The hour is not known",
	})
}

func readCoETreaties(root string) ([]coeTreaty, error) {
	data, err := os.ReadFile(filepath.Join(root, "testdata", "facts", "coe_treaties.csv"))
	if err != nil {
		return nil, err
	}
	lines, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("coe_treaties.csv: %w", err)
	}
	if len(lines) < 2 || strings.Join(lines[0], ",") != "number,series,title,opened,in_force,parent,as_of,source" {
		return nil, fmt.Errorf("coe_treaties.csv: its columns are others, or it has no row")
	}
	var records []coeTreaty
	for _, f := range lines[1:] {
		if f[6] != coeTreatiesAsked {
			return nil, fmt.Errorf("coe_treaties.csv: %s is of %s, not of %s", f[0], f[6], coeTreatiesAsked)
		}
		r := coeTreaty{Number: f[0], Mention: f[1], Title: f[2]}
		if r.Opened, err = coeDay(f[3]); err == nil {
			r.InForce, err = coeDay(f[4])
		}
		if err != nil {
			return nil, fmt.Errorf("coe_treaties.csv: %s: %w", f[0], err)
		}
		if f[5] != "" {
			r.Parent = &f[5]
		}
		records = append(records, r)
	}
	return records, nil
}

// coeDay writes a day as the service does; null where there is none.
func coeDay(day string) (*string, error) {
	if day == "" {
		return nil, nil
	}
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil, err
	}
	text := t.Format("2006-01-02T15:04:05")
	return &text, nil
}
