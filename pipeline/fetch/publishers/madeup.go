package publishers

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"baseline/schemas/places"
	"baseline/sources/membership/membertest"
	"baseline/sources/source"
)

// madeUp makes the answer to a request of which no capture is bundled. It reads without a
// question, and no row of it is a fact. What cannot be made up honestly is missing: the
// documents of ICMEC, CRIN's pages, committees of whom nobody has a page.
func madeUp(t testing.TB, src source.Source, r source.Request) (held, bool) {
	t.Helper()
	invent, ok := inventions[src.About().ID+"/"+r.ID]
	if !ok {
		return held{}, false
	}
	a := held{contentType: HTML, body: invent()}
	if r.Media == "json" {
		a.contentType = "application/json; charset=utf-8"
	}
	return a, true
}

var inventions = map[string]func() []byte{
	"enoc/members":        enoc,
	"inhope/members":      inhope,
	"chi/helplines":       chi,
	"insafe/centres":      insafe,
	"iwf-portals/portals": portals,
	"barnahus/map":        barnahus,
	"ncmec/landing":       ncmec,
	"icmec/csam-landing": func() []byte {
		return review("Child Sexual Abuse Material: Model Legislation &amp; Global Review", "9th")
	},
	"coe-treaties/key": func() []byte { return nil }, // its page is put there by treatyOffice
	"icmec/grooming-landing": func() []byte {
		return review("Online Grooming of Children for Sexual Purposes: Model Legislation &amp; Global Review", "1st")
	},
	"sentinels/crin-access-to-justice": func() []byte {
		return watched("CRIN: access to justice for children", "The 2016 ranking.", "https://archive.crin.org/sites/default/files/access_to_justice_scorecard.pdf")
	},
	"sentinels/fra-minimum-ages": func() []byte {
		return watched("Mapping minimum age requirements concerning the rights of the child", "Edition of 2017.", "")
	},
	"sentinels/baseline-mapping": func() []byte { return watched("Council of Europe: EndOCSEA@Europe", "The 2021 edition.", "") },
	"sentinels/model-national-response": func() []byte {
		return watched("WeProtect Model National Response", "Edition 2016.", "https://www.end-violence.org/sites/default/files/paragraphs/download/WePROTECT%20Global%20Alliance.pdf")
	},
	"coe-treaties/signatures-201":   func() []byte { return chart("201", "2010-09-14", "2011-01-01") },
	"coe-treaties/signatures-185":   func() []byte { return chart("185", "2010-09-14", "2011-01-01") },
	"coe-treaties/signatures-189":   func() []byte { return chart("189", "2010-09-14", "2011-01-01") },
	"coe-treaties/signatures-224":   func() []byte { return chart("224", "", "") },
	"coe-treaties/declarations-201": declarations,
	"coe-treaties/declarations-185": declarations,
	"coe-treaties/declarations-189": declarations,
	"coe-treaties/declarations-224": declarations,
}

// members of the Council of Europe, as the Treaty Office spells them.
var members = strings.Split("Albania|Andorra|Armenia|Austria|Azerbaijan|Belgium|Bosnia and Herzegovina|Bulgaria|Croatia|Cyprus|Czech Republic|Denmark|Estonia|"+
	"Finland|France|Georgia|Germany|Greece|Hungary|Iceland|Ireland|Italy|Latvia|Liechtenstein|Lithuania|Luxembourg|Malta|Monaco|Montenegro|"+
	"Netherlands|North Macedonia|Norway|Poland|Portugal|Republic of Moldova|Romania|San Marino|Serbia|Slovak Republic|Slovenia|Spain|Sweden|"+
	"Switzerland|Türkiye|Ukraine|United Kingdom", "|")

// states are the names of n states that exist.
func states(n int) []string {
	var names []string
	for _, p := range places.Default().Places() {
		if p.Kind == "state" && !p.Former && len(names) < n {
			names = append(names, p.Name)
		}
	}
	return names
}

func page(title, heading string, list []membertest.Member) membertest.Page {
	return membertest.Page{Title: title, Wrap: membertest.Table, Sections: []membertest.Section{{Heading: heading, Members: list}}}
}

func enoc() []byte {
	p := page("ENOC Members", "Full members", nil)
	for _, s := range members[5:42] {
		p.Sections[0].Members = append(p.Sections[0].Members, membertest.Member{State: s, Organisation: "Made-up Ombudsperson of " + s})
	}
	p.Sections = append(p.Sections, membertest.Section{Heading: "Associate members", Members: []membertest.Member{
		{State: "Albania", Organisation: "Made-up Commissioner"}, {State: "Azerbaijan", Organisation: "Made-up Defender"}, {State: "Ukraine", Organisation: "Made-up Advocate"},
	}})
	return p.HTML()
}

func inhope() []byte {
	var list []membertest.Member
	for i, s := range members {
		list = append(list, membertest.Member{State: s, Organisation: "Made-up Hotline of " + s, Link: fmt.Sprintf("https://hotlines.example/%d", i)})
	}
	for i, s := range []string{"Angola", "Belize", "Bolivia", "Dominican Republic", "El Salvador", "Ghana", "Honduras", "Indonesia", "Malawi", "Mongolia"} {
		list = append(list, membertest.Member{State: s, Organisation: "Reporting Portal", Link: fmt.Sprintf("https://report.iwf.org.uk/x%d", i)})
	}
	return page("INHOPE: our members", "Hotlines", list).HTML()
}

func chi() []byte {
	var list []membertest.Member
	for _, s := range states(135) {
		list = append(list, membertest.Member{State: s, Organisation: "Made-up Helpline of " + s, Note: "Tel. 116 111"})
	}
	return page("Helplines | Child Helpline International", "Our members", list).HTML()
}

func insafe() []byte {
	centre := func(s string) membertest.Member {
		return membertest.Member{State: s, Link: "/en/sic/" + strings.ToLower(strings.ReplaceAll(s, " ", "-"))}
	}
	p := page("Find your Safer Internet Centre", "EU co-funded Safer Internet Centres", nil)
	for _, code := range append(places.Default().Group("eu27"), "ISL", "NOR") {
		place, _ := places.Default().Place(code)
		p.Sections[0].Members = append(p.Sections[0].Members, centre(place.Name))
	}
	p.Sections = append(p.Sections, membertest.Section{Heading: "SIC+ partners outside the EU", Members: []membertest.Member{centre("Albania"), centre("Armenia"), centre("Moldova")}})
	return p.HTML()
}

// portal are states with the letters that ISO 3166-1 gives them, as far as the list of
// portals needs them to be believed.
var portal = strings.Fields("Angola=ao Belize=bz Bolivia=bo Gambia=gm Ghana=gh Guatemala=gt Haiti=ht Honduras=hn India=in Indonesia=id Kenya=ke Liberia=lr " +
	"Madagascar=mg Malawi=mw Mauritius=mu Mongolia=mn Morocco=ma Mozambique=mz Namibia=na Nicaragua=ni Pakistan=pk Senegal=sn Tanzania=tz Uganda=ug Ukraine=ua " +
	"Zambia=zm Zimbabwe=zw Peru=pe Chile=cl Nepal=np Botswana=bw Lesotho=ls Rwanda=rw Togo=tg Benin=bj Mali=ml Niger=ne Chad=td")

func portals() []byte {
	var b strings.Builder
	for _, p := range portal {
		state, letters, _ := strings.Cut(p, "=")
		fmt.Fprintf(&b, "<li><a href=\"https://report.iwf.org.uk/%s\">%s</a></li>\n", letters, state)
	}
	return document("IWF Reporting Portals", "<h2>Our portals</h2>\n<ul>\n"+b.String()+"</ul>\n")
}

func barnahus() []byte {
	var b strings.Builder
	for i, s := range members[:42] {
		fmt.Fprintf(&b, "<p>%s %s</p>\n", s, []string{"Barnahus Network Founder", "Barnahus Network Member", "Consultation country", "Expert country"}[i%4])
	}
	return document("Barnahus: greater network map", b.String())
}

func ncmec() []byte {
	var b strings.Builder
	for year := 2023; year >= 2019; year-- {
		name := fmt.Sprintf("%d-reports-by-country.pdf", year)
		if year == 2019 {
			name = "2019-cybertipline-reports-by-country.pdf"
		}
		fmt.Fprintf(&b, "<li><a href=\"/content/dam/missingkids/pdfs/%s\">%d by country</a> <a href=\"/content/dam/missingkids/pdfs/%d-reports-by-esp.pdf\">%d by provider</a></li>\n", name, year, year, year)
	}
	return document("CyberTipline Data", "<p>Reports by country, in a file for each year.</p>\n<ul>\n"+b.String()+"</ul>\n")
}

func review(title, edition string) []byte {
	return document(title, fmt.Sprintf("<p>This is the %s edition. It covers 196 countries.</p>\n<p><a href=\"/wp-content/uploads/review.pdf\">English</a></p>\n", edition))
}

func watched(title, text, link string) []byte {
	if link != "" {
		text += fmt.Sprintf(" <a href=\"%s\">Download</a>", link)
	}
	return document(title, "<p>Access to justice for children; endocsea; "+text+"</p>\n")
}

// chart is an answer of the Treaty Office's service in which every member signed on one
// day and became a party on another.
func chart(number, consent, inForce string) []byte {
	stamp := func(day string) any {
		if day == "" {
			return nil
		}
		return day + "T00:00:00"
	}
	signed := "2007-11-12"
	if number == "224" {
		signed = "2022-11-14"
	}
	var list []map[string]any
	for i, s := range members {
		list = append(list, map[string]any{
			"CodePays": fmt.Sprintf("X%02d", i), "LibPaysOrga": s, "NumSTE": number, "DateSignature": stamp(signed), "DateConsentement": stamp(consent), "DateEntreeVigueur": stamp(inForce),
			"DateDenonciation": nil, "DateEffetDenonciation": nil, "DateSuspension": nil,
			"Reserves": false, "Declarations": i%3 == 0, "Territoires": false, "Communications": false, "Objections": false,
		})
	}
	none := []map[string]any{}
	union := map[string]any{"LibPaysOrga": "European Union"}
	for field := range list[0] {
		if field != "LibPaysOrga" {
			union[field] = nil
		}
	}
	union["NumSTE"], union["CodePays"] = number, "UE"
	outside := map[string]any{}
	for field, value := range list[1] {
		outside[field] = value
	}
	outside["LibPaysOrga"], outside["DateSignature"] = "Tunisia", nil
	body, err := json.Marshal([]any{list, append(none, outside), []any{union}})
	if err != nil {
		panic(err) // these are strings and truths
	}
	return body
}

func declarations() []byte {
	return []byte(`[{"code_Pays":{"Value":"Albania"},"code_Organisation":{"Libelle":"Null"},"nature_Dec":"Declaration","numero_Article":"24","date_Effet":"2012-03-01T00:00:00","date_Effet_Retrait":null,"texte_Decl":"<p>Made up.</p>"}]`)
}
