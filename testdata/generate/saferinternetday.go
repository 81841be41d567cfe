package main

import (
	"errors"
	"fmt"
	"html"
	"strings"
	"time"
)

const saferInternetDayHeader = "request,address,as_of,title,updated,heading,about_us,first_words"

// generateSaferInternetDay rebuilds committees' pages of Safer Internet Day in neutral
// markup. Titles, lines and headings are the pages' own; in place of the texts on
// activities stands a mark that something is left out.
func generateSaferInternetDay(root string) error {
	lines, err := readUNFacts(root, "safer_internet_day.csv", saferInternetDayHeader)
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return errors.New("safer_internet_day.csv has no page")
	}
	for _, f := range lines {
		request, address, asOf := f[0], f[1], f[2]
		day, err := firstDay(asOf)
		if err != nil {
			return fmt.Errorf("safer_internet_day.csv, %s: %w", request, err)
		}
		note := "rebuilt from testdata/facts/safer_internet_day.csv in neutral markup: title, day of update and headings; the text on activities is left out"
		if asOf != day {
			note += "; of the day only " + asOf + " is known, the time is its beginning"
		}
		if err := writeCapture(root, "safer-internet-day", request+".html", drawCommittee(f), captureRecord{
			Request: captureRequest{ID: request, URL: address}, FinalURL: address,
			RequestedAt: day + "T00:00:00Z", Status: 200,
			Headers: map[string]string{"Content-Type": "text/html; charset=utf-8"},
			Origin:  originRebuilt, OriginNote: note,
		}); err != nil {
			return err
		}
	}
	return nil
}

// firstDay is the first day of a day, month or year in figures.
func firstDay(asOf string) (string, error) {
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		if t, err := time.Parse(layout, asOf); err == nil {
			return t.Format(time.DateOnly), nil
		}
	}
	return "", fmt.Errorf("as_of %q is no day, month or year", asOf)
}

func drawCommittee(f []string) []byte {
	title, updated, heading, aboutUs, words := html.EscapeString(f[3]), f[4], f[5], f[6], f[7]
	var w strings.Builder
	fmt.Fprintf(&w, "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>%[1]s</title></head>\n<body>\n"+
		"<!-- rebuilt from facts: not the publisher's page -->\n<main>\n<h1>%[1]s</h1>\n", title)
	draw := func(tag, text string) {
		if text != "" {
			fmt.Fprintf(&w, "<%[1]s>%[2]s</%[1]s>\n", tag, html.EscapeString(text))
		}
	}
	const leftOut = "[...]"
	draw("p", updated)
	draw("h2", "About our SID activities")
	draw("p", strings.TrimSpace(words+" "+leftOut))
	if heading != "" {
		draw("h2", heading)
		draw("p", leftOut)
	}
	if aboutUs == "yes" {
		draw("h2", "About us")
		draw("p", leftOut)
	}
	w.WriteString("</main>\n</body>\n</html>\n")
	return []byte(w.String())
}
