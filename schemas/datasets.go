package schemas

// Words that columns share.
var (
	TreatyStatuses = []string{"none", "signed", "party", "withdrawn", "unknown"}
	ConsentKinds   = []string{"ratification", "acceptance", "approval", "accession", "succession", "unspecified"}
	PlaceKinds     = []string{"state", "territory", "area", "unknown", "total"}
)

// States is the list of states: names, Council of Europe membership, EU, focus.
var States = Dataset{
	Name: "states", Title: "States", Key: []string{"iso3"},
	Doc:   "The states of the baseline, with the Council of Europe's and the EU's membership.",
	Since: "coe_exit", Spelling: "published_name", Code: "iso3",
	Columns: []Column{
		{Name: "iso3", Kind: Text, Required: true, Doc: "ISO 3166-1 alpha-3 code."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name as the source prints it.", Aside: true},
		{Name: "coe_member", Kind: Bool, Required: true, Doc: "Member of the Council of Europe at the row's as_of."},
		{Name: "coe_accession_year", Kind: Int, Unit: "calendar year", Doc: "Year of accession to the Council of Europe."},
		{Name: "coe_exit", Kind: Date, Doc: "Day on which membership of the Council of Europe ended."},
		{Name: "eu_member", Kind: Bool, Doc: "Member of the European Union at the row's as_of."},
		{Name: "focus_state", Kind: Bool, Doc: "Focus country of the project EndOCSEA@Europe, by the report of 2021."},
		{Name: "as_of", Kind: Date, Doc: "Day for which the source vouches.", Aside: true},
		{Name: "note", Kind: Text, Doc: "What a reader must know about this row, with its source.", Aside: true},
	},
}

// TreatyStatus is the status of one state in one treaty.
var TreatyStatus = Dataset{
	Name: "treaty_status", Title: "Treaty status", Key: []string{"treaty", "iso3"},
	Doc:      "Status of each state in each treaty, with the dates of the depositary.",
	Spelling: "published_name", Code: "iso3", Since: "consent",
	Columns: []Column{
		{Name: "treaty", Kind: Text, Required: true, Doc: "CRC, OPSC (UN); CETS201, ETS185, ETS189, CETS224 (Council of Europe)."},
		{Name: "iso3", Kind: Text, Required: true, Doc: "ISO 3166-1 alpha-3 code; XKX for Kosovo."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name as the source prints it.", Aside: true},
		{Name: "status", Kind: Text, Required: true, Words: TreatyStatuses, Doc: "none, signed, party, withdrawn, or unknown."},
		{Name: "signed", Kind: Date, Doc: "Day of signature."},
		{Name: "consent", Kind: Date, Doc: "Day of the deposit by which the state became a party; null for a party whose date is not known."},
		{Name: "consent_kind", Kind: Text, Words: ConsentKinds, Doc: "How the state consented; unspecified where the source does not tell ratification, acceptance and approval apart."},
		{Name: "in_force", Kind: Date, Doc: "Day of entry into force for the state, where the source prints it."},
		{Name: "denounced", Kind: Date, Doc: "Day of denunciation."},
		{Name: "references", Kind: Text, Doc: "Numbers of the publisher's footnotes on this row, separated by blanks.", Aside: true},
		{Name: "as_of", Kind: Date, Doc: "Day for which the source vouches.", Aside: true},
		{Name: "note", Kind: Text, Doc: "What a reader must know about this row.", Aside: true},
	},
}

// TreatyDeclarations says which states made declarations or reservations, or
// objected to those of others.
var TreatyDeclarations = Dataset{
	Name: "treaty_declarations", Title: "Treaty declarations and objections", Key: []string{"treaty", "iso3", "kind"},
	Doc:      "Which states made declarations or reservations to a treaty, and which objected to those of others. Not their texts.",
	Spelling: "published_name", Code: "iso3",
	Columns: []Column{
		{Name: "treaty", Kind: Text, Required: true, Doc: "Treaty, as in treaty_status."},
		{Name: "iso3", Kind: Text, Required: true, Doc: "ISO 3166-1 alpha-3 code; codes of former states where the depositary still lists them."},
		{Name: "kind", Kind: Text, Required: true, Words: []string{"declaration", "objection"}, Doc: "declaration: a declaration or reservation; objection: an objection to another state's."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name as the source prints it.", Aside: true},
		{Name: "references", Kind: Text, Doc: "Numbers of the publisher's footnotes on the name, separated by blanks.", Aside: true},
	},
}

// Memberships are the memberships of networks.
var Memberships = Dataset{
	Name: "memberships", Title: "Memberships of networks", Key: []string{"network", "iso3", "organisation"},
	Doc:      "Which states, or which of their institutions, belong to which network.",
	Spelling: "published_name", Code: "iso3",
	Columns: []Column{
		{Name: "network", Kind: Text, Required: true, Doc: "weprotect, enoc, inhope, chi, insafe, …"},
		{Name: "iso3", Kind: Text, Required: true, Doc: "ISO 3166-1 alpha-3 code."},
		{Name: "organisation", Kind: Text, Doc: "Institution that is the member; null where the source names only the state."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name of the state as the source prints it.", Aside: true},
		{Name: "class", Kind: Text, Required: true, Words: []string{"member", "full", "associate", "full / associate", "reporting portal", "none", "unknown"}, Doc: "Class of membership; none where a complete list leaves the state out."},
		{Name: "note", Kind: Text, Doc: "What a reader must know about this row.", Aside: true},
	},
}

// ReportedMechanisms are what the report took from questionnaires.
var ReportedMechanisms = Dataset{
	Name: "reported_mechanisms", Title: "Reported mechanisms", Key: []string{"kind", "iso3"},
	Doc:      "Ombudspersons and hotlines outside the networks that states reported in questionnaires.",
	Spelling: "published_name", Code: "iso3",
	Columns: []Column{
		{Name: "kind", Kind: Text, Required: true, Words: []string{"other_ombudsperson", "other_hotline"}, Doc: "Kind of mechanism."},
		{Name: "iso3", Kind: Text, Required: true, Doc: "ISO 3166-1 alpha-3 code."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name as the source prints it.", Aside: true},
		{Name: "reported", Kind: Bool, Required: true, Doc: "Whether one was reported."},
	},
}

// LegislationRatings are the counts of ICMEC's criteria that a state's law meets.
var LegislationRatings = Dataset{
	Name: "legislation_ratings", Title: "Ratings of legislation", Key: []string{"review", "edition", "iso3"},
	Doc:      "How many of the five criteria of ICMEC's global reviews each state's law meets.",
	Spelling: "published_name", Code: "iso3", Series: "edition",
	Columns: []Column{
		{Name: "review", Kind: Text, Required: true, Words: []string{"csam", "grooming"}, Doc: "Which of ICMEC's two reviews."},
		{Name: "edition", Kind: Text, Required: true, Doc: "Edition of the review, by year."},
		{Name: "iso3", Kind: Text, Required: true, Doc: "ISO 3166-1 alpha-3 code."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name as the source prints it.", Aside: true},
		{Name: "criteria_met", Kind: Int, Unit: "criteria of 5", Required: true, Doc: "Count of the criteria met."},
	},
}

// CybertipReports are the counts of CyberTipline reports by place.
var CybertipReports = Dataset{
	Name: "cybertip_reports", Title: "CyberTipline reports by country", Key: []string{"year", "place", "line"},
	Doc:      "Reports received by NCMEC's CyberTipline, by the place they point to. Counts of reports, not of children, offenders, images or cases; volume is no measure of the level of abuse.",
	Spelling: "published_name", Code: "place", PlaceKind: "place_kind", Series: "year",
	Columns: []Column{
		{Name: "year", Kind: Int, Unit: "calendar year", Required: true, Doc: "Year in which the reports were received, from the title of the publication."},
		{Name: "place", Kind: Text, Required: true, Doc: "ISO 3166-1 alpha-3 code; XKX Kosovo, ANT Netherlands Antilles, EUR the row named Europe, UNKNOWN reports without a place, TOTAL the printed total."},
		{Name: "line", Kind: Int, Required: true, Doc: "1; 2 and up where the publisher prints further rows for the same place (French Guiana in 2020 and 2021)."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name as the source prints it.", Aside: true},
		{Name: "place_kind", Kind: Text, Required: true, Words: PlaceKinds, Doc: "state, territory (never contained in its state's count), area, unknown, or total."},
		{Name: "reports", Kind: Int, Unit: "reports", Doc: "Reports; null where the publisher prints a dash."},
		{Name: "referrals", Kind: Int, Unit: "reports", Doc: "Of these, referrals; published from 2024 on."},
		{Name: "informational", Kind: Int, Unit: "reports", Doc: "Of these, informational reports; published from 2024 on."},
		{Name: "series", Kind: Text, Required: true, Words: []string{"to-2023", "from-2024"}, Doc: "Counts of different series must not be compared: from 2024 on reports of one event are bundled."},
	},
}

// JusticeAccess is CRIN's ranking of children's access to justice.
var JusticeAccess = Dataset{
	Name: "justice_access", Title: "Access to justice for children", Key: []string{"iso3"},
	Doc:      "CRIN's score of how far the law lets children enforce their rights. Law on paper, not practice.",
	Spelling: "published_name", Code: "iso3",
	Columns: []Column{
		{Name: "iso3", Kind: Text, Required: true, Doc: "ISO 3166-1 alpha-3 code."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name as the source prints it.", Aside: true},
		{Name: "score", Kind: Float, Unit: "points of 261", Required: true, Doc: "Score as printed."},
		{Name: "percent", Kind: Float, Unit: "percent", Required: true, Doc: "Score as a share of 261, as printed."},
	},
}

// MinimumAges are ages in law.
var MinimumAges = Dataset{
	Name: "minimum_ages", Title: "Minimum ages in law", Key: []string{"kind", "iso3"},
	Doc:      "Minimum age of criminal responsibility and age of consent to sexual activity.",
	Spelling: "published_name", Code: "iso3",
	Columns: []Column{
		{Name: "kind", Kind: Text, Required: true, Words: []string{"criminal_responsibility", "consent"}, Doc: "Which age."},
		{Name: "iso3", Kind: Text, Required: true, Doc: "ISO 3166-1 alpha-3 code."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name as the source prints it.", Aside: true},
		{Name: "age", Kind: Int, Unit: "years", Required: true, Doc: "Age as printed."},
	},
}

// SaferInternetDay is how states marked Safer Internet Day.
var SaferInternetDay = Dataset{
	Name: "safer_internet_day", Title: "Safer Internet Day", Key: []string{"year", "iso3", "committee"},
	Doc:      "How each state's committee marked, or planned to mark, Safer Internet Day.",
	Spelling: "published_name", Code: "iso3", Since: "updated", Series: "year",
	Columns: []Column{
		{Name: "year", Kind: Int, Unit: "calendar year", Required: true, Doc: "Year of the day."},
		{Name: "iso3", Kind: Text, Required: true, Doc: "ISO 3166-1 alpha-3 code."},
		{Name: "committee", Kind: Text, Doc: "Committee, where a state has several; null otherwise."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name as the source prints it.", Aside: true},
		{Name: "status", Kind: Text, Required: true, Words: []string{"celebrated", "planned", "awaiting update", "no report", "none"}, Doc: "What the source says of the day."},
		{Name: "updated", Kind: Date, Doc: "Day of the committee's update, or of the last look for one."},
	},
}

// ModelResponse are the capabilities of the WeProtect Model National Response.
var ModelResponse = Dataset{
	Name: "model_response", Title: "WeProtect Model National Response", Key: []string{"capability"},
	Doc: "The 21 capabilities of the Model National Response, in six domains, as appendix 2 of the report prints them.",
	Columns: []Column{
		{Name: "capability", Kind: Int, Required: true, Doc: "Number of the capability, 1 to 21."},
		{Name: "domain", Kind: Text, Required: true, Doc: "Domain, such as Criminal Justice."},
		{Name: "title", Kind: Text, Required: true, Doc: "Name of the capability."},
		{Name: "description", Kind: Text, Doc: "What it consists of, as printed."},
	},
}

// ReportCells are the report's tables, cell by cell, as printed.
var ReportCells = Dataset{
	Name: "report_cells", Title: "Printed cells of the report", Verbatim: true, Key: []string{"figure", "row", "column_number"},
	Doc:      "Figures 1 to 7 of the report, one printed cell a row, in the report's order.",
	Spelling: "published_name", Code: "iso3",
	Columns: []Column{
		{Name: "figure", Kind: Int, Required: true, Doc: "Figure of the report, 1 to 7."},
		{Name: "row", Kind: Int, Required: true, Doc: "Position of the row in the figure, from 1."},
		{Name: "column_number", Kind: Int, Required: true, Doc: "Position of the column in the figure, from 1."},
		{Name: "iso3", Kind: Text, Doc: "ISO 3166-1 alpha-3 code; null for the rows of totals."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name as the report prints it.", Aside: true},
		{Name: "column", Kind: Text, Required: true, Doc: "Short name of the column."},
		{Name: "value", Kind: Text, Doc: "The cell as printed, without the number of its footnote; null where the report leaves it empty."},
		{Name: "footnote", Kind: Text, Doc: "Number of the footnote on the cell.", Aside: true},
		{Name: "line", Kind: Int, Required: true, Doc: "Line of the report's text in which the row stands."},
	},
}

// Facts lists the datasets that sources write, in the order in which they are
// documented and published.
var Facts = []*Dataset{
	&States, &TreatyStatus, &TreatyDeclarations, &Memberships, &ReportedMechanisms, &LegislationRatings,
	&CybertipReports, &JusticeAccess, &MinimumAges, &SaferInternetDay, &ModelResponse, &ReportCells,
}

// Named returns the dataset of facts or record with that name, or nil.
func Named(name string) *Dataset {
	for _, list := range [][]*Dataset{Facts, Records} {
		for _, d := range list {
			if d.Name == name {
				return d
			}
		}
	}
	return nil
}
