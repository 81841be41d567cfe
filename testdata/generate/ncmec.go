package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// ncmecRow is one line of the published table; number is as printed.
type ncmecRow struct {
	name, number string
}

// generateNCMEC rebuilds the reports by country of 2019 to 2023 in the form of
// the publisher's files: same pages, same rows on each, same places, same style
// of content stream. The prose around the table is our own.
func generateNCMEC(root string) error {
	facts, err := readNCMECFacts(filepath.Join(root, "testdata", "facts", "ncmec_by_country.csv"))
	if err != nil {
		return err
	}
	for i := range ncmecEditions {
		if err := writeNCMEC(root, &ncmecEditions[i], facts[ncmecEditions[i].year]); err != nil {
			return fmt.Errorf("edition %s: %w", ncmecEditions[i].year, err)
		}
	}
	return nil
}

func writeNCMEC(root string, e *ncmecEdition, rows []ncmecRow) error {
	if len(rows) < 3 {
		return fmt.Errorf("%d rows in the facts, want the countries, the unknown row and the total", len(rows))
	}
	body, err := e.pdf(e.sheets(rows))
	if err != nil {
		return err
	}
	return writeCapture(root, "ncmec", e.year+".pdf", body, captureRecord{
		Request:     captureRequest{ID: e.year, URL: e.url},
		FinalURL:    e.url,
		RequestedAt: e.filed.Format("2006-01-02T15:04:05Z"),
		Status:      200,
		Headers:     map[string]string{"Content-Type": "application/pdf"},
		Origin:      originRebuilt,
		OriginNote: "rebuilt from testdata/facts/ncmec_by_country.csv in the form of the publisher's file of " +
			e.filed.Format("2 January 2006") + "; the time is that file's date",
	})
}

// readNCMECFacts gives the rows by year, in the order of publication.
func readNCMECFacts(path string) (map[string][]ncmecRow, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	rows := map[string][]ncmecRow{}
	for i, r := range records {
		if i == 0 {
			continue
		}
		number, err := printedNumber(r[3])
		if err != nil {
			return nil, fmt.Errorf("%s, record %d: %w", path, i+1, err)
		}
		rows[r[0]] = append(rows[r[0]], ncmecRow{r[1], number})
	}
	return rows, nil
}

// printedNumber puts in the thousands commas. A dash is printed as it is: the
// publisher writes it where there is no number.
func printedNumber(fact string) (string, error) {
	if fact == "-" {
		return fact, nil
	}
	if _, err := strconv.ParseUint(fact, 10, 64); err != nil {
		return "", err
	}
	for i := len(fact) - 3; i > 0; i -= 3 {
		fact = fact[:i] + "," + fact[i:]
	}
	return fact, nil
}
