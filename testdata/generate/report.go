package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
)

// reportPage is the publisher's page of the project that the report belongs to. The
// report names no address of its own.
const reportPage = "https://www.coe.int/en/web/children/endocsea-europe"

// reportFacts are the tables of the report of 2021: file of facts, request, and what
// the file was transcribed from.
var reportFacts = []struct{ file, request, from string }{
	{"report_figures.csv", "figures", "figures 1 to 7, cell by cell"},
	{"report_capabilities.csv", "capabilities", "appendix 2, numbers, domains, titles and descriptions"},
	{"report_safer_internet_day.csv", "safer-internet-day", "appendix 3, states, days and statuses without the committees' texts"},
}

// generateReport makes the captures of source report. The publisher has no file of
// these tables, so the form is our own: the captures are the facts themselves.
func generateReport(root string) error {
	for _, f := range reportFacts {
		path := filepath.Join(root, "testdata", "facts", f.file)
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if _, err := csv.NewReader(bytes.NewReader(body)).ReadAll(); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		err = writeCapture(root, "report", f.request+".csv", body, captureRecord{
			Request:     captureRequest{ID: f.request, URL: reportPage},
			FinalURL:    reportPage,
			RequestedAt: "2021-04-20T00:00:00Z",
			Status:      200,
			Headers:     map[string]string{"Content-Type": "text/csv; charset=utf-8"},
			Origin:      originRebuilt,
			OriginNote: "transcribed from the text of the Council of Europe's baseline mapping, second edition, June 2021: " + f.from +
				"; the time is the last day on which the report says it looked (20/04/2021), the address is the project's page",
		})
		if err != nil {
			return err
		}
	}
	return nil
}
