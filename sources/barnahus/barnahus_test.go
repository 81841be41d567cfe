package barnahus_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"baseline/schemas/places"
	"baseline/sources/barnahus"
	"baseline/sources/membership/membertest"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// lines are those of the map page of April 2024 as far as they are known, and from
// North Macedonia on made up, with what must become of each: name, part of a state,
// class, note.
var lines = [][2]string{
	{"Albania Barnahus Network Member", "Albania||member||"},
	{"Armenia Consultation country", "Armenia||consultation country||"},
	{"Belgium Barnahus Network Founder", "Belgium||founder||"},
	{"Bulgaria Barnahus Network Founder", "Bulgaria||founder||"},
	{"Catalonia Barnahus Network Member", "Catalonia|Catalonia|member||"},
	{"Croatia Barnahus Network Founder", "Croatia||founder||"},
	{"Cyprus Barnahus Network Founder", "Cyprus||founder||"},
	{"Czechia Barnahus Network Member", "Czechia||member||"},
	{"Denmark Barnahus Network Member", "Denmark||member||"},
	{"Egypt (not pictured) Consultation country", "Egypt||consultation country||not pictured"},
	{"England Barnahus Network Founder", "England|England|founder||"},
	{"Estonia Barnahus Network Member", "Estonia||member||"},
	{"Faroe Islands Expert country", "Faroe Islands||expert country||"},
	{"Finland Barnahus Network Founder", "Finland||founder||"},
	{"Georgia Barnahus Network Member", "Georgia||member||"},
	{"Germany Barnahus Network member", "Germany||member||"},
	{"Greece Consultation country", "Greece||consultation country||"},
	{"Hungary Barnahus Network Member", "Hungary||member||"},
	{"Iceland Barnahus Network Founder", "Iceland||founder||"},
	{"Ireland Barnahus Network Founder", "Ireland||founder||"},
	{"Italy Consultation country", "Italy||consultation country||"},
	{"Kosovo Consultation country", "Kosovo||consultation country||"},
	{"Latvia Barnahus Network Member", "Latvia||member||"},
	{"Lithuania Consultation country", "Lithuania||consultation country||"},
	{"Luxembourg Consultation country", "Luxembourg||consultation country||"},
	{"Malta Barnahus Network Member", "Malta||member||"},
	{"Moldova Barnahus Network Member", "Moldova||member||"},
	{"Montenegro Consultation country", "Montenegro||consultation country||"},
	{"Netherlands Expert country", "Netherlands||expert country||"},
	{"North Macedonia Consultation country", "North Macedonia||consultation country||"},
	{"Northern Ireland Consultation country", "Northern Ireland|Northern Ireland|consultation country||"},
	{"Norway Expert country", "Norway||expert country||"},
	{"Poland Barnahus Network Member", "Poland||member||"},
	{"Romania Barnahus Network Founder", "Romania||founder||"},
	{"Scotland Barnahus Network Member", "Scotland|Scotland|member||"},
	{"Slovenia Barnahus Network Member", "Slovenia||member||"},
	{"Spain Barnahus Network Member", "Spain||member||"},
	{"Sweden Expert country", "Sweden||expert country||"},
	{"Ukraine Consultation country", "Ukraine||consultation country||"},
}

const intro = "<h1>Greater network map</h1><p>The Barnahus network has grown to represent 43 organisations and individuals in 27 countries (as of April 2024).</p>\n"

func frame(s string) []byte {
	return []byte("<!DOCTYPE html><html lang=\"en\"><head><title>Greater network map</title></head><body><nav><a href=\"/\">Home</a></nav>\n<main>" + s + "</main>\n<footer>Barnahus Network</footer></body></html>\n")
}

// drawn wraps each line; class gives the wrapping of the class at its end, %s for none.
func drawn(open, close, class string, all [][2]string) string {
	var b strings.Builder
	for _, l := range all {
		text := l[0]
		for _, word := range []string{"Barnahus Network Founder", "Barnahus Network Member", "Barnahus Network member", "Consultation country", "Expert country"} {
			if name, ok := strings.CutSuffix(text, " "+word); ok {
				text = name + " " + strings.Replace(class, "%s", word, 1)
				break
			}
		}
		b.WriteString(open + text + close + "\n")
	}
	return b.String()
}

func check(t *testing.T, what string, body []byte) {
	t.Helper()
	reading := sourcetest.Read(t, barnahus.New(), "map", body)
	var want []string
	for _, l := range lines {
		want = append(want, l[1])
	}
	if got := membertest.Rows(reading); !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := membertest.Findings(reading); len(got) > 0 || !reading.Parts[0].Complete {
		t.Errorf("%s: complete %v, findings %q", what, reading.Parts[0].Complete, got)
	}
}

func TestWrappings(t *testing.T) {
	for what, s := range map[string]string{
		"items":           "<ul>" + drawn("<li>", "</li>", "%s", lines) + "</ul>",
		"paragraphs":      drawn("<p>", "</p>", "%s", lines),
		"lines in one":    "<p>" + drawn("", "<br>", "%s", lines) + "</p>",
		"boxes":           "<div>" + drawn("<div>", "</div>", "<span>%s</span>", lines) + "</div>",
		"strong classes":  "<ul>" + drawn("<li>", "</li>", "<strong>%s</strong>", lines) + "</ul>",
		"cards":           "<div>" + drawn("<div><h3>", "</div>", "</h3><p>%s</p>", lines) + "</div>",
		"cells":           "<table>" + drawn("<tr><td>", "</td></tr>", "</td><td>%s", lines) + "</table>",
		"hard blanks":     strings.ReplaceAll(drawn("<p>", "</p>", "%s", lines), " ", "&nbsp;"),
		"definitions":     "<dl>" + drawn("<dt>", "</dd>", "</dt><dd>%s", lines) + "</dl>",
		"blocks of theme": `<div class="wp-block-columns">` + drawn(`<div class="wp-block-column"><p>`, "</p></div>", "%s", lines) + "</div>",
	} {
		check(t, what, frame(intro+s))
	}
}

// The REST route of WordPress gives the same page, with escapes as in the stored answer.
func TestJSON(t *testing.T) {
	content, err := json.Marshal(`<div class="wp-block-group alignwide">` + strings.ReplaceAll(intro, " network", "&nbsp;network") + drawn("<p>", "</p>", "%s", lines) + "</div>")
	if err != nil {
		t.Fatal(err)
	}
	one := `{"id":8,"date":"2024-12-05T12:03:06","guid":{"rendered":"https:\/\/barnahus.eu\/?page_id=8"},"modified":"2025-01-22T21:38:31","slug":"greater-network-map",` +
		`"link":"https:\/\/barnahus.eu\/map\/","title":{"rendered":"Greater\u00a0network map"},"content":{"rendered":` + string(content) + `}}`
	check(t, "one page", []byte(one))
	check(t, "answer to a search", []byte("["+one+"]"))
	// What there is of the real answer is about another page, and cut off.
	stored := string(sourcetest.File(t, sourcetest.Shared(t, "captures", "memberships", "barnahus_wp_json_page8_fragment.json.txt")))
	_, stored, _ = strings.Cut(stored, "---\n")
	if _, err := source.Read(barnahus.New(), sourcetest.Capture(barnahus.New(), "map", []byte(stored))); err == nil {
		t.Error("the fragment of another page was read")
	}
}

// The stored text breaks off at "North": its rows are right, and held.
func TestStoredText(t *testing.T) {
	stored := string(sourcetest.File(t, sourcetest.Shared(t, "captures", "memberships", "barnahus_greater_network_map_2024.txt")))
	_, stored, _ = strings.Cut(stored, "---\n")
	html := frame("<p>Barnahus</p><p>" + strings.ReplaceAll(strings.TrimSpace(stored), "\n", "</p>\n<p>") + "</p>")
	reading := sourcetest.Read(t, barnahus.New(), "map", html)
	got := membertest.Rows(reading)
	for i, row := range got {
		if i >= 29 || row != lines[i][1] {
			t.Errorf("row %d: %s", i, row)
		}
	}
	codes := membertest.Findings(reading)
	if len(got) != 29 || reading.Parts[0].Complete || !slices.Contains(codes, "hold too-few-states") || !slices.Contains(codes, "question text-not-understood") {
		t.Errorf("%d rows, complete %v, findings %q", len(got), reading.Parts[0].Complete, codes)
	}
}

func TestEveryNameResolves(t *testing.T) {
	for _, l := range lines {
		name, _, _ := strings.Cut(l[1], "|")
		if _, ok := places.Default().Lookup(name); !ok {
			t.Errorf("%q is not in the registry", name)
		}
	}
}

func TestDamage(t *testing.T) {
	for what, w := range map[string][3]string{"items": {"<li>", "</li>", "%s"}, "cells": {"<tr><td>", "</td></tr>", "</td><td>%s"}, "cards": {"<div><h3>", "</div>", "</h3><p>%s</p>"}} {
		box := map[string][2]string{"items": {"<ul>", "</ul>"}, "cells": {"<table>", "</table>"}, "cards": {"<div>", "</div>"}}[what]
		draw := func(all [][2]string) []byte { return frame(intro + box[0] + drawn(w[0], w[1], w[2], all) + box[1]) }
		good := draw(lines)
		change := func(old, new string) []byte { return []byte(strings.ReplaceAll(string(good), old, new)) }
		swapped := slices.Clone(lines)
		for i, l := range swapped {
			for _, class := range []string{"Barnahus Network Founder", "Barnahus Network Member", "Barnahus Network member", "Consultation country", "Expert country"} {
				if name, ok := strings.CutSuffix(l[0], " "+class); ok {
					swapped[i][0] = class + ": " + name
				}
			}
		}
		t.Run(what, func(t *testing.T) {
			sourcetest.Survives(t, barnahus.New(), "map", good, map[string][]byte{
				"label missing":        []byte(strings.ReplaceAll(strings.ReplaceAll(string(good), "Barnahus", ""), "Greater network map", "")),
				"columns swapped":      draw(swapped),
				"one more column":      []byte(strings.ReplaceAll(string(good), w[0]+"A", w[0]+"1. A")),
				"half the list":        draw(lines[:len(lines)/2]),
				"empty list":           draw(nil),
				"classes gone":         change("Consultation country", ""),
				"a class of its own":   change("Expert country", "Observer country"),
				"a class renamed":      change("Barnahus Network Founder", "Founding country"),
				"a name not known":     change("Malta", "Maltesia"),
				"names and no classes": change("Barnahus Network", "Barnahus"),
			})
		})
	}
}
