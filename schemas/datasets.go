package schemas

// Words that columns share.
var (
	TreatyStatuses   = []string{"none", "signed", "party", "withdrawn", "unknown"}
	TreatyCodes      = []string{"CRC", "OPSC", "CETS201", "ETS185", "ETS189", "CETS224"}
	TreatyGroups     = []string{"member", "non-member", "organisation"}
	DeclarationKinds = []string{"declaration", "reservation", "objection", "authority", "territorial application", "communication", "denunciation", "other"}
	ConsentKinds     = []string{"ratification", "acceptance", "approval", "accession", "succession", "unspecified"}
	// MembershipClasses are ordered: where several institutions of one state belong to a
	// network, the first of their classes in this list is the state's.
	MembershipClasses = []string{"full / associate", "full", "founder", "member", "associate", "partner", "expert country", "consultation country", "reporting portal", "none", "unknown"}
	DatePrecisions    = []string{"day", "month", "year"}
	PlaceKinds        = []string{"state", "territory", "area", "organisation", "unknown", "total"}
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
	SinceOf: treatySince,
	Name:    "treaty_status", Title: "Treaty status", Key: []string{"treaty", "iso3"},
	Trust:    []string{"un-treaties", "coe-treaties", "curated"},
	Doc:      "Status of each state in each treaty, with the dates of the depositary.",
	Spelling: "published_name", Code: "iso3", Absent: Absence{"status", "none"},
	InOrder: [][2]string{{"signed", "consent"}, {"consent", "in_force"}, {"consent", "denounced"}, {"denounced", "denunciation_effect"}},
	Forward: Forward{"status", []string{"none", "signed", "party", "withdrawn"}},
	Columns: []Column{
		{Name: "treaty", Kind: Text, Required: true, Words: TreatyCodes, Doc: "CRC, OPSC (UN); CETS201, ETS185, ETS189, CETS224 (Council of Europe)."},
		{Name: "iso3", Kind: Text, Required: true, Doc: "ISO 3166-1 alpha-3 code; XKX for Kosovo."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name as the source prints it.", Aside: true},
		{Name: "status", Kind: Text, Required: true, Words: TreatyStatuses, Doc: "none, signed, party, withdrawn, or unknown."},
		{Name: "signed", Kind: Date, Doc: "Day of signature."},
		{Name: "consent", Kind: Date, Doc: "Day of the deposit by which the state became a party; null for a party whose date is not known."},
		{Name: "consent_kind", Kind: Text, Words: ConsentKinds, Doc: "How the state consented; unspecified where the source does not tell ratification, acceptance and approval apart."},
		{Name: "in_force", Kind: Date, Doc: "Day of entry into force for the state, where the source prints it."},
		{Name: "denounced", Kind: Date, Doc: "Day of denunciation."},
		{Name: "denunciation_effect", Kind: Date, Doc: "Day on which the denunciation took or takes effect."},
		{Name: "suspended", Kind: Date, Doc: "Day on which application was suspended."},
		{Name: "treaty_group", Kind: Text, Words: TreatyGroups, Doc: "Group of the depositary's chart in which the row stands, where it has groups.", Aside: true},
		{Name: "remarks", Kind: Text, Doc: "Letters of the chart's columns that are set for the row, separated by blanks: R reservations, D declarations, A authorities, T territorial application, C communication, O objection.", Aside: true},
		{Name: "references", Kind: Text, Doc: "Numbers of the publisher's footnotes on this row, separated by blanks.", Aside: true},
		{Name: "as_of", Kind: Date, Doc: "Day for which the source vouches.", Aside: true},
		{Name: "note", Kind: Text, Doc: "What a reader must know about this row.", Aside: true},
	},
}

// Treaties are the treaties themselves.
var Treaties = Dataset{
	Name: "treaties", Title: "Treaties", Key: []string{"treaty"},
	Doc:   "The treaties whose status is followed: opened for signature, and in force.",
	Since: "in_force",
	Columns: []Column{
		{Name: "treaty", Kind: Text, Required: true, Words: TreatyCodes, Doc: "Treaty, as in treaty_status."},
		{Name: "title", Kind: Text, Required: true, Doc: "Title in English, as the depositary prints it.", Aside: true},
		{Name: "opened", Kind: Date, Doc: "Day of opening for signature."},
		{Name: "in_force", Kind: Date, Doc: "Day of entry into force of the treaty; null if it is not in force."},
		{Name: "as_of", Kind: Date, Doc: "Day for which the source vouches.", Aside: true},
	},
}

// TreatyDeclarations says which states made declarations or reservations, or
// objected to those of others.
var TreatyDeclarations = Dataset{
	Trust: []string{"un-treaties", "coe-treaties"},
	Name:  "treaty_declarations", Title: "Treaty declarations and objections", Key: []string{"treaty", "iso3", "kind"},
	Refers:   []Reference{{[]string{"treaty", "iso3"}, "treaty_status"}},
	Doc:      "Which states made declarations or reservations to a treaty, and which objected to those of others. Not their texts.",
	Spelling: "published_name", Code: "iso3",
	Columns: []Column{
		{Name: "treaty", Kind: Text, Required: true, Words: TreatyCodes, Doc: "Treaty, as in treaty_status."},
		{Name: "iso3", Kind: Text, Required: true, Doc: "ISO 3166-1 alpha-3 code; codes of former states where the depositary still lists them."},
		{Name: "kind", Kind: Text, Required: true, Words: DeclarationKinds, Doc: "What was declared. The UN's pages do not tell declarations from reservations: both are declaration there."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name as the source prints it.", Aside: true},
		{Name: "count", Kind: Int, Unit: "declarations", Doc: "How many of this kind are in force; null where the source does not list them one by one."},
		{Name: "withdrawn", Kind: Int, Unit: "declarations", Doc: "How many of this kind were withdrawn; null where the source does not say."},
		{Name: "articles", Kind: Text, Doc: "Articles that they concern, separated by blanks.", Aside: true},
		{Name: "latest", Kind: Date, Doc: "Latest day of effect, or of the end of effect, among them."},
		{Name: "references", Kind: Text, Doc: "Numbers of the publisher's footnotes on the name, separated by blanks.", Aside: true},
	},
}

// Memberships are the memberships of networks.
var Memberships = Dataset{
	Name: "memberships", Title: "Memberships of networks", Key: []string{"network", "iso3", "organisation"},
	Trust:    []string{AnySource, "curated"},
	Doc:      "Which states, or which of their institutions, belong to which network.",
	Spelling: "published_name", Code: "iso3", Finer: "organisation", Absent: Absence{"class", "none"}, Since: "since",
	Columns: []Column{
		{Name: "network", Kind: Text, Required: true, Doc: "weprotect, enoc, inhope, chi, insafe, iwf-portals, barnahus, coe (the Council of Europe itself)."},
		{Name: "iso3", Kind: Text, Required: true, Doc: "ISO 3166-1 alpha-3 code."},
		{Name: "organisation", Kind: Text, Doc: "Institution that is the member, or the part of the state that the source names; null where the source names only the state."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name of the state as the source prints it.", Aside: true},
		{Name: "class", Kind: Text, Required: true, Words: MembershipClasses, Doc: "Class of membership; none where a complete list leaves the state out."},
		{Name: "since", Kind: Date, Doc: "Day on which the membership began, or reached this class, where the source says so."},
		{Name: "since_precision", Kind: Text, Words: DatePrecisions, Doc: "How precise since is; the first of the month or year stands where only that is known.", Aside: true},
		{Name: "joined_year", Kind: Int, Unit: "calendar year", Doc: "Year of joining, where the source prints only the year."},
		{Name: "address", Kind: Text, Doc: "Address that the source links the member with.", Aside: true},
		{Name: "as_of", Kind: Date, Doc: "Day for which the source vouches; null where the capture's day stands for it.", Aside: true},
		{Name: "note", Kind: Text, Doc: "What a reader must know about this row.", Aside: true},
	},
	RollUp: rollUpMembership,
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
		{Name: "as_of", Kind: Date, Doc: "Day for which the source vouches.", Aside: true},
	},
}

// LegislationRatings are the counts of ICMEC's criteria that a state's law meets.
var LegislationRatings = Dataset{
	Name: "legislation_ratings", Title: "Ratings of legislation", Key: []string{"review", "edition", "iso3"},
	Trust:    []string{"icmec", "curated"},
	Doc:      "How many of the five criteria of ICMEC's global reviews each state's law meets.",
	Spelling: "published_name", Code: "iso3", Series: "edition",
	Columns: []Column{
		{Name: "review", Kind: Text, Required: true, Words: []string{"csam", "grooming"}, Doc: "Which of ICMEC's two reviews."},
		{Name: "edition", Kind: Text, Required: true, Doc: "Edition of the review, by year."},
		{Name: "iso3", Kind: Text, Required: true, Doc: "ISO 3166-1 alpha-3 code."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name as the source prints it.", Aside: true},
		{Name: "criteria_met", Kind: Int, Unit: "criteria of 5", Required: true, Doc: "Count of the criteria met."},
		{Name: "specific_law", Kind: Bool, Doc: "There is legislation specifically on the subject."},
		{Name: "definition", Kind: Bool, Doc: "It defines CSAM; or it defines or describes grooming, in terms specific to computers and the internet."},
		{Name: "third", Kind: Bool, Doc: "CSAM: it criminalises technology-facilitated offences. Grooming: it criminalises online grooming with the intent to meet offline."},
		{Name: "fourth", Kind: Bool, Doc: "CSAM: it criminalises knowing possession, regardless of the intent to distribute. Grooming: it criminalises online grooming regardless of the intent to meet."},
		{Name: "fifth", Kind: Bool, Doc: "CSAM: it requires internet service providers to report. Grooming: it criminalises showing pornography to a child."},
		{Name: "references", Kind: Text, Doc: "Numbers of the publisher's footnotes on the row, separated by blanks.", Aside: true},
		{Name: "as_of", Kind: Date, Doc: "Day for which the source vouches.", Aside: true},
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
	Name: "justice_access", Title: "Access to justice for children", Key: []string{"iso3", "jurisdiction"},
	Trust:    []string{"crin", "curated"},
	Doc:      "CRIN's score of how far the law lets children enforce their rights. Law on paper, not practice.",
	Spelling: "published_name", Code: "iso3", Finer: "jurisdiction",
	Columns: []Column{
		{Name: "iso3", Kind: Text, Required: true, Doc: "ISO 3166-1 alpha-3 code."},
		{Name: "jurisdiction", Kind: Text, Doc: "Part of the state that is ranked by itself, such as Scotland; null for a whole state."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name as the source prints it.", Aside: true},
		{Name: "rank", Kind: Int, Doc: "Rank among the 197 jurisdictions; those of equal score share the first of their ranks."},
		{Name: "score", Kind: Float, Unit: "points of 261", Required: true, Doc: "Score as printed."},
		{Name: "percent", Kind: Float, Unit: "percent", Required: true, Doc: "Score as a share of 261, as printed."},
		{Name: "as_of", Kind: Date, Doc: "Day for which the source vouches.", Aside: true},
	},
	RollUp: rollUpJustice,
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
		{Name: "age", Kind: Int, Unit: "years", Required: true, Doc: "The one age that the report prints, or would print: the lowest that the source gives without exceptions in words."},
		{Name: "lowest_age", Kind: Int, Unit: "years", Doc: "Lowest age at which anybody may be held responsible, such as for listed grave offences; null where it is not known apart from age."},
		{Name: "general_age", Kind: Int, Unit: "years", Doc: "General age, for all other offences; null where it is not known apart from age."},
		{Name: "as_of", Kind: Date, Doc: "Day for which the source vouches.", Aside: true},
		{Name: "note", Kind: Text, Doc: "What a reader must know about this row.", Aside: true},
	},
}

// AgeTexts are the passages in which CRIN describes a state's ages, for a steward to
// read beside minimum_ages. The prose itself is not taken over.
var AgeTexts = Dataset{
	Name: "age_texts", Title: "Passages on ages of criminal responsibility", Key: []string{"iso3"},
	Doc:      "Where CRIN's pages describe the age of criminal responsibility of each state, and which ages the passage names. A passage names several ages; none of them is taken for the fact.",
	Spelling: "published_name", Code: "iso3",
	Columns: []Column{
		{Name: "iso3", Kind: Text, Required: true, Doc: "ISO 3166-1 alpha-3 code."},
		{Name: "published_name", Kind: Text, Required: true, Doc: "Name as the source prints it.", Aside: true},
		{Name: "ages_named", Kind: Text, Doc: "Numbers from 6 to 21 that the passage names, in ascending order, separated by blanks."},
		{Name: "characters", Kind: Int, Unit: "characters", Required: true, Doc: "Length of the passage.", Aside: true},
		{Name: "sha256", Kind: Text, Required: true, Doc: "SHA-256 of the passage with its blanks folded: another value means other words."},
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
		{Name: "updated", Kind: Date, Doc: "Day of the committee's update, or of the last look for one; the first of the month or year where only that is known."},
		{Name: "updated_precision", Kind: Text, Words: DatePrecisions, Doc: "How precise updated is.", Aside: true},
		{Name: "organiser", Kind: Text, Doc: "Organisation that the page names as the committee.", Aside: true},
		{Name: "address", Kind: Text, Doc: "Address of the committee's page or site.", Aside: true},
		{Name: "activity_characters", Kind: Int, Unit: "characters", Doc: "Length of the text on activities, which is not taken over.", Aside: true},
		{Name: "activity_sha256", Kind: Text, Doc: "SHA-256 of that text with its blanks folded.", Aside: true},
		{Name: "as_of", Kind: Date, Doc: "Day for which the source vouches; null where the capture's day stands for it.", Aside: true},
	},
}

// SaferInternetDayDates are the days themselves.
var SaferInternetDayDates = Dataset{
	Name: "safer_internet_day_dates", Title: "Dates of Safer Internet Day", Key: []string{"year"},
	Doc:    "On which day Safer Internet Day falls, and whether that was read or is predicted.",
	Series: "year",
	Columns: []Column{
		{Name: "year", Kind: Int, Unit: "calendar year", Required: true, Doc: "Year of the day."},
		{Name: "date", Kind: Date, Required: true, Doc: "The day."},
		{Name: "predicted", Kind: Bool, Required: true, Doc: "Not read from the organisers, but predicted as the Tuesday between 5 and 11 February."},
		{Name: "as_of", Kind: Date, Doc: "Day for which the source vouches.", Aside: true},
	},
}

// WatchedPages are pages that nobody can read into rows, watched so that a steward
// is told to look.
var WatchedPages = Dataset{
	Name: "watched_pages", Title: "Watched pages", Key: []string{"page"},
	Trust: []string{"sentinels", "icmec"},
	Doc:   "Pages that are watched for a new edition of something that is curated. A change here is no fact about a state: it asks a steward to look.",
	Columns: []Column{
		{Name: "page", Kind: Text, Required: true, Doc: "Short name of the page."},
		{Name: "address", Kind: Text, Required: true, Doc: "Its address.", Aside: true},
		{Name: "curated_edition", Kind: Text, Doc: "Edition from which the curated rows are.", Aside: true},
		{Name: "newest_edition", Kind: Text, Doc: "Newest edition that the page names."},
		{Name: "documents", Kind: Text, Doc: "Addresses of the documents that it links, in alphabetical order, separated by blanks."},
		{Name: "sha256", Kind: Text, Required: true, Doc: "SHA-256 of the page's visible text with its blanks folded.", Aside: true},
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
		{Name: "lanzarote", Kind: Text, Doc: "Articles of the Lanzarote Convention that the report ties to it, separated by blanks."},
		{Name: "budapest", Kind: Text, Doc: "Articles of the Budapest Convention that the report ties to it, separated by blanks."},
		{Name: "datasets", Kind: Text, Doc: "Datasets of this collection that bear on it, separated by blanks.", Aside: true},
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
	&States, &Treaties, &TreatyStatus, &TreatyDeclarations, &Memberships, &ReportedMechanisms, &LegislationRatings,
	&CybertipReports, &JusticeAccess, &MinimumAges, &AgeTexts, &SaferInternetDay, &SaferInternetDayDates, &ModelResponse,
	&WatchedPages, &ReportCells,
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

// treatySince is the day of the latest thing that makes a treaty's status what it is.
func treatySince(d *Dataset, r Row) Value {
	columns := map[string][]string{
		"party": {"consent"}, "signed": {"signed"}, "withdrawn": {"denunciation_effect", "denounced"},
	}[r.Values[d.Column("status")].Text()]
	for _, name := range columns {
		if v := r.Values[d.Column(name)]; !v.IsNull() {
			return v
		}
	}
	return Value{}
}
