package ncmec

import (
	"slices"
	"strings"
	"testing"

	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// page is made up; the names of its files are those that were seen.
const page = `<html lang="en"><body>
<a href="/content/dam/missingkids/pdfs/cybertiplinedata2025/2025-reports-by-country.pdf">2025 by country</a>
<a href="https://ncmec.org/content/dam/missingkids/pdfs/cybertiplinedata2024/2024-reports-by-country.pdf#page=2">2024</a>
<a href="https://ncmec.org/content/dam/missingkids/pdfs/cybertiplinedata2024/2024-reports-by-esp.pdf">2024 by provider</a>
<a href="/content/dam/missingkids/pdfs/2023-reports-by-country-v2.pdf">2023</a>
<a href="/content/dam/missingkids/pdfs/2019%20CyberTipline%20Reports%20by%20Country.pdf">2019</a>
<a href="/content/dam/missingkids/pdfs/2018-reports-by-country.pdf">2018</a>
<a href="http://www.missingkids.org/content/dam/missingkids/pdfs/2022-reports-by-country.pdf">not https</a>
</body></html>`

func requests(body string) []source.Request {
	c := sourcetest.Capture(New(), landing, []byte(body))
	return New().Requests(source.Plan{Answers: []source.Capture{c}})
}

func TestLandingPageLeadsToNewYears(t *testing.T) {
	asks := requests(page)
	var ids []string
	for _, r := range asks {
		ids = append(ids, r.ID)
	}
	if got, want := strings.Join(ids, " "), "landing 2025 2024 2023 2022 2021 2020 2019"; got != want {
		t.Fatalf("asks for %s, want %s", got, want)
	}
	first := func(id string) []string {
		return asks[slices.IndexFunc(asks, func(r source.Request) bool { return r.ID == id })].Addresses
	}
	for id, want := range map[string]string{
		"2025": "https://www.missingkids.org/content/dam/missingkids/pdfs/cybertiplinedata2025/2025-reports-by-country.pdf",
		"2024": "https://ncmec.org/content/dam/missingkids/pdfs/cybertiplinedata2024/2024-reports-by-country.pdf",
		"2023": "https://www.missingkids.org/content/dam/missingkids/pdfs/2023-reports-by-country-v2.pdf",
		"2022": "https://www.missingkids.org/content/dam/missingkids/pdfs/2022-reports-by-country.pdf",
		"2019": "https://www.missingkids.org/content/dam/missingkids/pdfs/2019%20CyberTipline%20Reports%20by%20Country.pdf",
	} {
		if got := first(id); got[0] != want {
			t.Errorf("%s is asked first at %s, want %s", id, got[0], want)
		}
		got := slices.Clone(first(id))
		if slices.Sort(got); len(slices.Compact(got)) != len(first(id)) {
			t.Errorf("%s: one address twice: %q", id, first(id))
		}
	}
	if n := len(first("2024")); n != 2 {
		t.Errorf("2024 has %d addresses; the one that is linked is one of the two known", n)
	}
}

func TestLandingPageWithoutLinksIsNotRead(t *testing.T) {
	for name, body := range map[string]string{
		"redesign":          `<html><body><a href="/data/2025">2025</a></body></html>`,
		"empty":             "",
		"by provider alone": `<a href="https://ncmec.org/2024-reports-by-esp.pdf">x</a>`,
	} {
		if asks := requests(body); len(asks) != 7 {
			t.Errorf("%s: %d requests, want the seven of the yaml", name, len(asks))
		}
		if _, err := source.Read(New(), sourcetest.Capture(New(), landing, []byte(body))); err == nil || !strings.Contains(err.Error(), "links no file") {
			t.Errorf("%s: %v", name, err)
		}
	}
	reading, err := source.Read(New(), sourcetest.Capture(New(), landing, []byte(page)))
	if err != nil || len(reading.Rows) != 0 || len(reading.Findings) != 1 || !strings.Contains(reading.Findings[0].Text, "2019 to 2025") {
		t.Errorf("%+v, %v", reading, err)
	}
}
