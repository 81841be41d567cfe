package main

import "time"

// ncmecEdition says how the file of one year looks.
type ncmecEdition struct {
	year, url, version string
	filed              time.Time // date of the publisher's file
	twoUp              bool      // two tables side by side, page 1 without any
	tagged             bool      // each cell a marked-content text object of its own
	tableFirst         bool      // page 1 draws the table before the title
	padded             bool      // numbers have a blank on both sides
	emptyBeforeTotal   bool
	nameHead           string
	numberHead         []string
	firstSlots         int     // rows that fit on page 1
	firstHead          float64 // baseline of the header on page 1, from the top
	runningHead        string
	wraps              map[string][]string
	between            bool // the number of a wrapped name stands between its lines
	prose              []string
	leadIn             string
	note               []string
	copyright, site    string
}

// The sentences are ours; they say in short what the publisher's prose says.
var (
	prose2019 = []string{
		"This file counts the reports of suspected exploitation of children that came in during 2019, by country.",
		"",
		"A report is placed by its signs of where an upload was made. Proxies and similar services move such",
		"places, and the law differs from one country to the next.",
		"",
		"The figures are for information. They do not measure how much abuse there is in a country.",
	}
	proseLater = []string{
		"Most reports are about uploads made outside of the United States: companies there have to report what",
		"they learn of, and their users are everywhere. A report is placed by its signs of where an upload was",
		"made. Proxies and similar services move such places, and each country judges by its own law.",
		"",
		"The figures do not measure how much abuse there is in a country.",
	}
	note2019  = []string{"*Reports without a usable place, as when the address was missing or that of a proxy."}
	noteLater = []string{
		"*Reports without a usable place, as when the address was missing or that of a proxy.",
		"They go to federal police of the United States.",
	}
)

const (
	ncmecFolder  = "https://www.missingkids.org/content/dam/missingkids/pdfs/"
	ncmecLeadIn  = "The reports by country are listed below."
	ncmecSite    = "MissingKids.org/CyberTiplineData"
	saintHelena  = "Saint Helena, Ascension and Tristan da Cunha"
	centerOfYear = " National Center for Missing & Exploited Children"
)

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

// The files of 2019 to 2021 are a re-issue of one day; the copyright year is
// the year after the data.
var ncmecEditions = []ncmecEdition{
	{
		year: "2019", url: ncmecFolder + "2019-cybertipline-reports-by-country.pdf", version: "1.7",
		filed: day(2022, time.March, 17), twoUp: true,
		nameHead: "Country", numberHead: []string{"Total", "Reports"},
		runningHead: "2019 Reports by ESP", // the publisher's own slip
		wraps: map[string][]string{
			"Congo, The Democratic Republic of the": {"Congo, The Democratic", "Republic of the"},
			"Lao People’s Democratic Republic":      {"Lao People’s Democratic", "Republic"},
			saintHelena:                             {"Saint Helena, Ascension and", "Tristan da Cunha"},
			"Saint Vincent and the Grenadines":      {"Saint Vincent and the", "Grenadines"},
		},
		prose: prose2019, note: note2019, copyright: "© 2020" + centerOfYear, site: ncmecSite,
	},
	{
		year: "2020", url: ncmecFolder + "2020-reports-by-country.pdf", version: "1.7",
		filed: day(2022, time.March, 17), emptyBeforeTotal: true,
		nameHead: "Country", numberHead: []string{"Number of Reports"},
		firstSlots: 16, firstHead: 439.6,
		wraps: map[string][]string{saintHelena: {"Saint Helena, Ascension and Tristan da", "Cunha"}},
		prose: proseLater, leadIn: ncmecLeadIn, note: noteLater, copyright: "© 2021" + centerOfYear, site: ncmecSite,
	},
	{
		year: "2021", url: ncmecFolder + "2021-reports-by-country.pdf", version: "1.7",
		filed: day(2022, time.March, 17), emptyBeforeTotal: true,
		nameHead: "Country / Territory", numberHead: []string{"Number of Reports"},
		firstSlots: 16, firstHead: 439.6,
		prose: proseLater, leadIn: ncmecLeadIn, note: noteLater, copyright: "© 2022" + centerOfYear, site: ncmecSite,
	},
	{
		year: "2022", url: ncmecFolder + "2022-reports-by-country.pdf", version: "1.4",
		filed: day(2023, time.April, 27), tagged: true,
		nameHead: "Country / Territory", numberHead: []string{"Reports"},
		firstSlots: 16, firstHead: 439.6, between: true,
		wraps: map[string][]string{saintHelena: {"Saint Helena, Ascension", "and Tristan da Cunha"}},
		prose: proseLater, leadIn: ncmecLeadIn, note: noteLater, copyright: "© 2023" + centerOfYear, site: ncmecSite,
	},
	{
		year: "2023", url: ncmecFolder + "2023-reports-by-country.pdf", version: "1.4",
		filed: day(2024, time.April, 12), tagged: true, tableFirst: true, padded: true,
		nameHead: "Country / Territory", numberHead: []string{"Reports"},
		firstSlots: 17, firstHead: 430, runningHead: "2023 Reports by Country", between: true,
		wraps: map[string][]string{saintHelena: {"Saint Helena, Ascension", "and Tristan da Cunha"}},
		prose: proseLater, leadIn: ncmecLeadIn, note: noteLater, copyright: "© 2024" + centerOfYear,
		site: "NCMEC.org/CyberTiplineData",
	},
}
