package message

import (
	"time"

	"baseline/pipeline/alerts/event"
)

func parseDay(s string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil
}

var english = words{
	code:      "en",
	months:    [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	thousands: ",", colon: ":", open: "“", close: "”",
	what: "What happened", was: "It was", is: "It is", since: "Since", means: "What it means", where: "Where it says so", seen: "Seen on",
	nothing: "nothing known", noDay: "the source gives no day; seen on %s", hint: "What to do", more: "And %d more of this kind.", openSince: "Open since %s.",
	bySteward: "a correction by the steward of this project", byProject: "a table of this project, which names its origin in each row",
	news: [2]string{"%d piece of news", "%d pieces of news"}, andMore: ", and %d more", andInForce: ", in force from %s", semicolon: ";",
	digestSubject: "%s: %s", digestLead: "What has happened since the last message, up to %s, newest first.",
	testSubject: "this channel works", testLead: "Somebody who runs this service asked for a test of your subscription. Nothing has happened that you need to know of.",
	testMark: "TEST. This message tells nothing new.", testPrefix: "[TEST] ",
	footWhy: "You get this because of the subscription “%s”.", footFacts: "It is told once. The facts are those of the publishers; please look there before you quote them.",
	footStop: "To stop these messages, use this address:", footStopFile: "To stop these messages, ask whoever runs this service to remove the subscription %s.",
	footSteward: "You get this as a steward of this workspace. baseline alerts mute ISSUE --until DAY --reason … puts an issue off; baseline alerts ack ISSUE --reason … ends it.",
	health:      "Baseline", healthLead: "What the last refreshes have found, and what can be done.", resolvedHead: "Resolved since you were told",
	openSubject: [2]string{"Baseline: %d thing to look at", "Baseline: %d things to look at"}, resolvedSubject: [2]string{"Baseline: %d thing resolved", "Baseline: %d things resolved"},
	doubtSubject:       [2]string{"Baseline: %d change that no subscriber was told of", "Baseline: %d changes that no subscriber was told of"},
	doubtLead:          "These changes look like events and may be none. Look at the page; where something has happened, a decision in baseline review says so.",
	undeliveredSubject: [2]string{"Baseline: %d message is not delivered", "Baseline: %d messages are not delivered"},
	undeliveredLead:    "These messages wait in the outbox. They are lost only if somebody drops them.",
	burstSubject:       [2]string{"Baseline: %d event waits for your release", "Baseline: %d events in one refresh wait for your release"},
	burstLead: "One refresh found %s, more than may go out unseen. A new layout of a page can look like that. %d messages to subscribers wait. " +
		"If the events are real: baseline alerts release %s --reason …. If not: baseline alerts ack %s --reason …, and none of it is ever sent.",
	summarySubject: "Baseline: this workspace has begun",
	summaryLead:    "The first refresh has read %d sources with %s rows. Since edition %[4]s: %[3]s; subscribers are told of what happens from now on, not of that.",
	summaryOpen:    "Open findings: %d; baseline review lists them.",
	from:           "from", fromLabel: "From", correction: "Correction: {state}, {treaty}: {column} {now}, not {before}",
	treaties: map[string]treaty{
		"CRC":     {"the Convention on the Rights of the Child", "the Convention on the Rights of the Child", "the Convention on the Rights of the Child", "the United Nations Convention on the Rights of the Child"},
		"OPSC":    {"the Optional Protocol on the sale of children", "the Optional Protocol on the sale of children", "the Optional Protocol on the sale of children", "the Optional Protocol to the Convention on the Rights of the Child on the sale of children, child prostitution and child pornography"},
		"CETS201": {"the Lanzarote Convention", "the Lanzarote Convention", "the Lanzarote Convention", "the Council of Europe Convention on the Protection of Children against Sexual Exploitation and Sexual Abuse (Lanzarote Convention, CETS No. 201)"},
		"ETS185":  {"the Budapest Convention", "the Budapest Convention", "the Budapest Convention", "the Convention on Cybercrime (Budapest Convention, ETS No. 185)"},
		"ETS189":  {"the First Protocol to the Budapest Convention", "the First Protocol to the Budapest Convention", "the First Protocol to the Budapest Convention", "the Additional Protocol to the Convention on Cybercrime, concerning the criminalisation of acts of a racist and xenophobic nature (ETS No. 189)"},
		"CETS224": {"the Second Protocol to the Budapest Convention", "the Second Protocol to the Budapest Convention", "the Second Protocol to the Budapest Convention", "the Second Additional Protocol to the Convention on Cybercrime on enhanced co-operation and disclosure of electronic evidence (CETS No. 224)"},
	},
	networks: map[string]string{
		"barnahus": "the Promise Barnahus Network", "chi": "Child Helpline International", "coe": "the Council of Europe", "enoc": "ENOC (European Network of Ombudspersons for Children)",
		"inhope": "INHOPE (hotlines)", "insafe": "Insafe (Safer Internet Centres)", "iwf-portals": "the IWF’s reporting portals", "weprotect": "the WeProtect Global Alliance",
	},
	columns: map[string]string{
		"status": "%s", "class": "%s", "signed": "signed on %s", "consent": "instrument deposited on %s", "consent_kind": "by %s", "in_force": "in force from %s",
		"denounced": "denounced on %s", "denunciation_effect": "denunciation takes effect on %s", "suspended": "suspended on %s", "opened": "opened for signature on %s",
		"criteria_met": "%s of 5 criteria met", "specific_law": "specific law: %s", "definition": "definition: %s", "third": "third criterion: %s", "fourth": "fourth criterion: %s", "fifth": "fifth criterion: %s",
		"kind": "%s", "count": "%s in force", "withdrawn": "%s withdrawn", "latest": "latest of %s", "year": "year %s", "edition": "edition %s", "review": "%s",
		"reports": "%s reports", "places": "%s places", "since": "since %s", "joined_year": "joined in %s", "updated": "updated %s", "missing_since": "not in the list since %s",
	},
	values: map[string]string{
		"since": "since", "since-month": "since", "since-year": "since",
		"status=none": "neither signatory nor party", "status=signed": "signatory", "status=party": "party", "status=withdrawn": "no longer a party", "status=unknown": "unknown",
		"class=none": "not a member", "class=full": "full member", "class=member": "member", "class=founder": "founding member", "class=associate": "associate member", "class=partner": "partner",
		"class=full / associate": "full and associate member", "class=expert country": "expert country", "class=consultation country": "consultation country", "class=reporting portal": "reporting portal", "class=unknown": "unknown",
		"review=csam": "child sexual abuse material", "review=grooming": "online grooming",
		"status=celebrated": "celebrated", "status=planned": "planned", "status=awaiting update": "awaiting an update", "status=no report": "no report",
		"yes": "yes", "no": "no", "true": "yes", "false": "no",
		"kind=declaration": "declaration", "kind=reservation": "reservation", "kind=objection": "objection", "kind=authority": "authority named", "kind=territorial application": "territorial application",
		"kind=communication": "communication", "kind=denunciation": "denunciation", "kind=other": "other",
	},
	how: map[string]string{"": "by %s", "ratification": "ratification", "acceptance": "acceptance", "approval": "approval", "accession": "accession", "succession": "succession"},
	headings: map[event.Kind]string{
		event.Signed: "{state}: signatory of {treaty}{day}", event.Party: "{state}: party to {treaty}{day}", event.InForce: "{state}: {treaty} in force{day}",
		"in-force-all": "In force{day}: {treaty}", event.Denounced: "{state}: has denounced {treaty}", event.Suspended: "{state}: {treaty} suspended{day}",
		event.ReservationMade: "{state}: new reservation to {treaty}", event.ReservationWithdrawn: "{state}: reservation to {treaty} withdrawn",
		event.DeclarationMade: "{state}: new declaration on {treaty}", event.DeclarationWithdrawn: "{state}: declaration on {treaty} withdrawn",
		"declaration-made-un": "{state}: new declaration or reservation on {treaty}", "declaration-withdrawn-un": "{state}: declaration or reservation on {treaty} withdrawn",
		event.Joined: "{state}: {new:class} of {network}{day}", event.Left: "{state}: no longer in {network}", event.ClassChanged: "{state}: {new:class} of {network}{day}, before: {old:class}",
		event.ReportYear: "CyberTipline reports by country for {new:year}", "report-edition": "New edition of ICMEC’s review of laws on {review}: {new:edition}",
		event.RatingChanged: "{state}: {new:criteria_met} of 5 criteria in ICMEC’s review on {review}, before: {old:criteria_met}",
		event.SIDUpdated:    "{state}: Safer Internet Day {new:year} {new:status}",
	},
	sentences: map[event.Kind]string{
		event.Signed: "{state} signed {full}.", event.Party: "{state} became a party to {full}{how}.", event.InForce: "{full} entered into force for {state}.", "in-force-later": "{full} will enter into force for {state}.",
		"in-force-all": "{full} entered into force.", event.Denounced: "{state} gave notice that it leaves {full}.", event.Suspended: "The application of {full} was suspended for {state}.",
		event.ReservationMade: "{state} made a reservation to {full}.", event.ReservationWithdrawn: "{state} withdrew a reservation to {full}.",
		event.DeclarationMade: "{state} made a declaration on {full}. The publisher’s page has its words.", event.DeclarationWithdrawn: "{state} withdrew a declaration on {full}.",
		event.Joined: "{state}, or an institution of it, is new in the list of {network}.", event.Left: "{state}, or an institution of it, is no longer in the list of {network}. A second look has confirmed it.",
		event.ClassChanged: "The class of {state} in {network} has changed.", event.ReportYear: "NCMEC published its reports by country for {new:year}.",
		"report-edition": "ICMEC published edition {new:edition} of its review of laws on {review}.", event.RatingChanged: "ICMEC rates the law of {state} on {review} otherwise than before.",
		event.SIDUpdated: "The page of {state} on Safer Internet Day says something new.", "correction": "The publisher has corrected a day. Nothing new has happened.",
	},
	meanings: map[string]string{
		"signed":                          "Signatory: the state has said that it means to join. It is not bound by the treaty until it becomes a party.",
		"party":                           "Party: the state has consented to be bound. The treaty binds it, with its reservations, from when it is in force for it.",
		"in-force":                        "From this day the treaty binds the state.",
		"in-force treaties":               "From this day the treaty binds those who are parties to it.",
		"denounced":                       "The state leaves the treaty. Until the denunciation takes effect it stays bound.",
		"suspended":                       "As long as that lasts, the treaty is not applied to the state.",
		"reservation-made":                "Reservation: the state leaves out or changes the effect of some of the treaty’s rules for itself.",
		"reservation-withdrawn":           "The treaty now binds the state where the reservation had left it out.",
		"declaration-made":                "Declaration: the state says how it understands or applies the treaty.",
		"declaration-withdrawn":           "What the state had declared no longer stands.",
		"joined":                          "Membership says who takes part in the network, and nothing about how well the work is done.",
		"left":                            "Absence from the list says that the network no longer counts it. It does not say why.",
		"class-changed":                   "The class says which part the member has in the network.",
		"report-year":                     "Counts of reports, not of children, offenders or cases. Volume is no measure of the level of abuse.",
		"report-year legislation_ratings": "The review counts which of five criteria the text of each law meets, not how the law is applied.",
		"rating-changed":                  "The rating counts which of five criteria the text of the law meets, not how the law is applied.",
		"sid-updated":                     "The page says how the national committee marked the day, or plans to.",
		"correction":                      "If you have quoted the day, please correct it.",
	},
	issues: map[string]string{
		"not-renewed": "the publisher gave no answer that can be read", "unreadable": "an answer cannot be read", "empty-answer": "an answer says nothing", "over-budget": "its facts are older than their budget",
		"unknown-name": "a name is not known", "too-many-withdrawn": "too many rows are gone at once", "unconfirmed-withdrawal": "a row has gone and nobody has confirmed it", "sources-disagree": "sources disagree",
		"undelivered": "not delivered", "events-not-made": "what changed could not be told", "member-renamed": "perhaps a new name, not a new member", "source-took-over": "another source says otherwise",
		"status-went-back": "a status moved back", "fact-gone": "a fact is no longer listed", "suspension-gone": "a suspension is no longer listed", "event-day-in-doubt": "a day cannot be right",
		"event-in-question": "an event waits for an answer", "member-in-doubt": "perhaps a new name", "status-event-vague": "a change of status that does not follow",
	},
	place: englishPlace,
}
