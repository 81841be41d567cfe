package listing

import (
	"slices"
	"strings"
	"testing"

	"baseline/schemas/places"
	"baseline/sources/sourcetest"
)

func readCapture(t *testing.T, name string, want Want) *Result {
	t.Helper()
	r, err := ReadText(sourcetest.File(t, sourcetest.Shared(t, "captures", "memberships", name+".txt")), want)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func codesIn(r *Result) []string {
	var codes []string
	for _, x := range r.Records {
		codes = append(codes, x.Code)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func absent(r *Result, group string) string {
	var out []string
	codes := codesIn(r)
	for _, c := range places.Default().Group(group) {
		if !slices.Contains(codes, c) {
			out = append(out, c)
		}
	}
	return strings.Join(out, " ")
}

// The names stand in one flow, divided by single blanks; two hold a comma.
func TestWeProtectAsStored(t *testing.T) {
	r := readCapture(t, "weprotect_governments_list_after2022", Want{})
	if len(r.Records) != 102 || len(codesIn(r)) != 102 || r.Share() != 1 {
		t.Errorf("%d records, %d states, share %g, left %v; want 102", len(r.Records), len(codesIn(r)), r.Share(), r.Left)
	}
	if got := absent(r, "coe47"); got != "AND AZE ISL LIE MCO RUS" {
		t.Errorf("absent of the 47: %s", got)
	}
	for name, code := range map[string]string{"Korea, Republic Of": "KOR", "North Macedonia, Republic of": "MKD", "Guinea (Republic of)": "GIN", "Lesotho (The Kingdom of)": "LSO", "Ethopia": "ETH", "The Philippines": "PHL", "Dominican Republic": "DOM"} {
		if !slices.ContainsFunc(r.Records, func(x Record) bool { return x.Name == name && x.Code == code }) {
			t.Errorf("%s is not read as %s", name, code)
		}
	}
	if r.Ended {
		t.Error("the list runs to the end of the text, and yet counts as ended")
	}
}

func TestWeProtectLeavesWhatNobodyListed(t *testing.T) {
	body := sourcetest.File(t, sourcetest.Shared(t, "captures", "memberships", "weprotect_governments_list_after2022.txt"))
	r, err := ReadText([]byte(strings.Replace(string(body), "Ethopia", "Ethopiaa", 1)), Want{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Records) != 101 || r.Texts != 102 || r.Understood != 101 || len(r.Left) != 1 || r.Left[0].Text != "Ethopiaa" {
		t.Errorf("%d records, %d of %d understood, left %v", len(r.Records), r.Understood, r.Texts, r.Left)
	}
}

func TestGlobalAllianceAsStored(t *testing.T) {
	r := readCapture(t, "globalalliance_48_countries_2012-12-06", Want{})
	if len(r.Records) != 48 || len(codesIn(r)) != 48 || r.Shape != "prose" || r.Share() != 1 {
		t.Errorf("%d records, %d states, %s, left %v; want 48", len(r.Records), len(codesIn(r)), r.Shape, r.Left)
	}
	if n := 47 - len(strings.Fields(absent(r, "coe47"))); n != 37 {
		t.Errorf("%d of the 47, want 37", n)
	}
}

var barnahusClasses = Want{Classes: []Class{
	{"founder", []string{"Barnahus Network Founder"}}, {"member", []string{"Barnahus Network Member"}},
	{"consultation", []string{"Consultation country"}}, {"expert", []string{"Expert country"}},
}}

func TestBarnahusAsStored(t *testing.T) {
	r := readCapture(t, "barnahus_greater_network_map_2024", barnahusClasses)
	got := map[string][]string{}
	for _, x := range r.Records {
		name := x.Code
		if x.Part != "" {
			name = x.Part
		}
		got[x.Class] = append(got[x.Class], name)
	}
	for class, want := range map[string]string{
		"founder":      "BEL BGR HRV CYP England FIN ISL IRL",
		"member":       "ALB Catalonia CZE DNK EST GEO DEU HUN LVA MLT MDA",
		"consultation": "ARM EGY GRC ITA XKX LTU LUX MNE",
		"expert":       "FRO NLD",
	} {
		if s := strings.Join(got[class], " "); s != want {
			t.Errorf("%s: %s, want %s", class, s, want)
		}
	}
	if len(r.Records) != 29 || len(got) != 4 {
		t.Errorf("%d records in %d classes", len(r.Records), len(got))
	}
	for _, x := range r.Records {
		if x.Code == "EGY" && (x.Name != "Egypt" || x.Note != "not pictured") {
			t.Errorf("Egypt is %+v", x)
		}
	}
	if r.Ended || r.Texts == r.Understood || !slices.ContainsFunc(r.Left, func(l Left) bool { return strings.HasPrefix(l.Text, "North[") }) {
		t.Errorf("the cut list counts as whole: ended %v, %d of %d, left %v", r.Ended, r.Understood, r.Texts, r.Left)
	}
}

func TestCouncilOfEuropeAsStored(t *testing.T) {
	r := readCapture(t, "coe_member_states_sarajevo_and_tbilisi", Want{})
	if len(r.Records) != 46 || absent(r, "coe46") != "" || r.Share() != 1 {
		t.Errorf("%d records, absent %q, left %v; want the 46", len(r.Records), absent(r, "coe46"), r.Left)
	}
	for _, x := range r.Records {
		want := map[string]string{"BEL": "10.05.1949", "TUR": "09.08.1949", "AND": "1994", "SVN": "1993", "MNE": "2007", "MCO": "2004"}[x.Code]
		if want != "" && x.Note != want {
			t.Errorf("%s: %q, want %s", x.Name, x.Note, want)
		}
	}
}

func TestINHOPEAsRead(t *testing.T) {
	r := readCapture(t, "inhope_directory_as_read_2026-10-09", Want{})
	var got []string
	for _, x := range r.Records {
		got = append(got, x.Code+" "+x.Organisation)
	}
	want := []string{
		"USA Cybertipline", "GBR Internet Watch Foundation", "IRL Irish Internet Hotline", "AUS Cyber Report", "NZL Netsafe", "DEU eco", "DEU FSM",
		"DEU jugendschutz.net", "FRA Point de Contact", "ESP INCIBE", "ITA Save The Children Italy", "ITA Telefono Azzurro", "NLD ATKM", "NLD Offlimits",
		"MEX Fundacion Pas", "BRA Safernet", "IND Reporting Portal (an IWF portal)", "PHL ECPAT Philippines", "JPN Internet Hotline Center Japan (Pole to Win)",
		"ZAF Film Publication Board", "NGA ACSAI Nigeria",
	}
	if !slices.Equal(got, want) || r.Shape != "table" {
		t.Errorf("%s\n got %q\nwant %q", r.Shape, got, want)
	}
	if !slices.ContainsFunc(r.Left, func(l Left) bool { return strings.HasPrefix(l.Text, "Canada") }) {
		t.Errorf("Canada, which has no hotline, is not left with a reason: %v", r.Left)
	}
	links := map[string]string{}
	for _, x := range r.Records {
		for _, l := range x.Links {
			links[x.Organisation] = l.Address
		}
	}
	if links["Cybertipline"] != "https://report.cybertip.org/" || links["Reporting Portal (an IWF portal)"] != "https://report.iwf.org.uk/in" {
		t.Errorf("links %v", links)
	}
	if !r.Ended {
		t.Error("text follows the table, and yet it does not count as ended")
	}
}

func TestCHIAsStored(t *testing.T) {
	r := readCapture(t, "chi_misc", Want{})
	if len(r.Records) != 24 || absent(r, "eu27") != "BGR CYP EST MLT" {
		t.Errorf("%d records, absent of the 27 %q; want 24 without Bulgaria, Cyprus, Estonia and Malta", len(r.Records), absent(r, "eu27"))
	}
}

func TestIWFAsStored(t *testing.T) {
	r := readCapture(t, "iwf_portals_50", Want{})
	if got := strings.Join(codesIn(r), " "); len(r.Records) != 11 || got != "AIA BMU CYM GIB MSR PCN SHN TCA VGB" {
		t.Errorf("%d records: %s", len(r.Records), got)
	}
	if r.Texts != 12 || !slices.ContainsFunc(r.Left, func(l Left) bool { return l.Text == "Akrotiri and Dhekelia" }) {
		t.Errorf("%d texts, left %v; want 12 and Akrotiri and Dhekelia", r.Texts, r.Left)
	}
}
