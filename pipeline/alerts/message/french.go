package message

import (
	"cmp"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"baseline/pipeline/alerts/event"
)

var frenchRegions = display.French.Regions()

// frenchNames are those that CLDR, from which the others come, does not have, has in an older
// form, or words otherwise than the depositaries do.
var frenchNames = map[string]string{
	"EUE": "Union européenne", "XKX": "Kosovo", "MKD": "Macédoine du Nord", "CZE": "République tchèque", "MDA": "République de Moldova", "TUR": "Türkiye",
	"RUS": "Fédération de Russie", "SVK": "République slovaque", "SWZ": "Eswatini", "GBR": "Royaume-Uni", "USA": "États-Unis d’Amérique", "VAT": "Saint-Siège",
	"PSE": "État de Palestine", "COD": "République démocratique du Congo", "COG": "Congo", "CIV": "Côte d’Ivoire", "KOR": "République de Corée",
	"DDR": "République démocratique allemande", "YUG": "Yougoslavie", "SUN": "Union des Républiques socialistes soviétiques", "CSK": "Tchécoslovaquie", "SCG": "Serbie-et-Monténégro", "ANT": "Antilles néerlandaises",
	"PRK": "République populaire démocratique de Corée", "LAO": "République démocratique populaire lao", "SYR": "République arabe syrienne", "IRN": "République islamique d’Iran",
	"TZA": "République-Unie de Tanzanie", "CPV": "Cabo Verde", "TLS": "Timor-Leste", "MMR": "Myanmar", "BRN": "Brunéi Darussalam", "VNM": "Viet Nam",
}

func frenchPlace(code string) string {
	if name := frenchNames[code]; name != "" {
		return name
	}
	region, err := language.ParseRegion(code)
	if err != nil {
		return englishPlace(code)
	}
	return cmp.Or(frenchRegions.Name(region), englishPlace(code))
}

var french = words{
	code:   "fr",
	months: [12]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	first:  "1er", thousands: "\u202f", colon: "\u00a0:", open: "«\u00a0", close: "\u00a0»",
	what: "Ce qui s’est passé", was: "Avant", is: "Maintenant", since: "Depuis", means: "Ce que cela signifie", where: "Source", seen: "Constaté le",
	nothing: "rien de connu", noDay: "la source ne donne pas de date ; constaté le %s", hint: "Que faire", more: "Et %d autres du même genre.", openSince: "Ouvert depuis le %s.",
	bySteward: "une correction du responsable de ce projet", byProject: "un tableau de ce projet, qui cite l’origine de chaque ligne",
	news: [2]string{"%d nouveauté", "%d nouveautés"}, andMore: ", et %d de plus", andInForce: ", en vigueur à partir du %s", semicolon: "\u00a0;",
	digestSubject: "%s\u00a0: %s", digestLead: "Ce qui s’est passé depuis le dernier message, jusqu’au %s, du plus récent au plus ancien.",
	testSubject: "ce canal fonctionne", testLead: "Une personne qui gère ce service a demandé un essai de votre abonnement. Il ne s’est rien passé que vous deviez savoir.",
	testMark: "ESSAI. Ce message n’annonce rien de nouveau.", testPrefix: "[ESSAI] ",
	footWhy: "Vous recevez ce message en raison de l’abonnement «\u00a0%s\u00a0».", footFacts: "Chaque nouveauté n’est annoncée qu’une fois. Les faits sont ceux des sources\u00a0; veuillez les vérifier avant de les citer.",
	footStop: "Pour ne plus recevoir ces messages, utilisez cette adresse\u00a0:", footStopFile: "Pour ne plus recevoir ces messages, demandez au gestionnaire de ce service de retirer l’abonnement %s.",
	footSteward: "Vous recevez ce message en tant que responsable de cet espace de travail. baseline alerts mute ISSUE --until JOUR --reason … reporte un point\u00a0; baseline alerts ack ISSUE --reason … le clôt.",
	health:      "Baseline", healthLead: "Ce que les dernières mises à jour ont constaté, et ce qui peut être fait. Les détails techniques sont en anglais.", resolvedHead: "Résolu depuis le dernier message",
	openSubject: [2]string{"Baseline\u00a0: %d point à examiner", "Baseline\u00a0: %d points à examiner"}, resolvedSubject: [2]string{"Baseline\u00a0: %d point résolu", "Baseline\u00a0: %d points résolus"},
	doubtSubject:       [2]string{"Baseline\u00a0: %d changement qui n’a été annoncé à personne", "Baseline\u00a0: %d changements qui n’ont été annoncés à personne"},
	doubtLead:          "Ces changements ressemblent à des événements et n’en sont peut-être pas. Consultez la page\u00a0; s’il s’est passé quelque chose, une décision dans baseline review le dira.",
	undeliveredSubject: [2]string{"Baseline\u00a0: %d message n’est pas remis", "Baseline\u00a0: %d messages ne sont pas remis"},
	undeliveredLead:    "Ces messages attendent dans la boîte d’envoi. Ils ne sont perdus que si quelqu’un les écarte.",
	burstSubject:       [2]string{"Baseline\u00a0: %d événement attend votre accord", "Baseline\u00a0: %d événements d’une seule mise à jour attendent votre accord"},
	burstLead: "Une seule mise à jour a trouvé %s, plus qu’il n’en peut partir sans contrôle. Une nouvelle présentation d’une page peut avoir cet effet. %d messages aux abonnés attendent. " +
		"Si les événements sont réels\u00a0: baseline alerts release %s --reason …. Sinon\u00a0: baseline alerts ack %s --reason …, et rien n’en sera jamais envoyé.",
	summarySubject: "Baseline\u00a0: cet espace de travail a commencé",
	summaryLead:    "La première mise à jour a lu %d sources et %s lignes. Depuis l’édition %[4]s\u00a0: %[3]s\u00a0; les abonnés seront informés de ce qui se passera désormais, et non de cela.",
	summaryOpen:    "Constats ouverts\u00a0: %d\u00a0; baseline review en donne la liste.",
	from:           "à partir du", fromLabel: "À partir du", correction: "Correction\u00a0: {state}, {treaty}\u00a0: {column} {now}, et non le {before}",
	treaties: map[string]treaty{
		"CRC":     {"Convention relative aux droits de l’enfant", "à la Convention relative aux droits de l’enfant", "de la Convention relative aux droits de l’enfant", "la Convention des Nations Unies relative aux droits de l’enfant"},
		"OPSC":    {"Protocole facultatif concernant la vente d’enfants", "au Protocole facultatif concernant la vente d’enfants", "du Protocole facultatif concernant la vente d’enfants", "le Protocole facultatif à la Convention relative aux droits de l’enfant, concernant la vente d’enfants, la prostitution des enfants et la pornographie mettant en scène des enfants"},
		"CETS201": {"Convention de Lanzarote", "à la Convention de Lanzarote", "de la Convention de Lanzarote", "la Convention du Conseil de l’Europe sur la protection des enfants contre l’exploitation et les abus sexuels (Convention de Lanzarote, STCE n°\u00a0201)"},
		"ETS185":  {"Convention de Budapest", "à la Convention de Budapest", "de la Convention de Budapest", "la Convention sur la cybercriminalité (Convention de Budapest, STE n°\u00a0185)"},
		"ETS189":  {"Premier Protocole à la Convention de Budapest", "au Premier Protocole à la Convention de Budapest", "du Premier Protocole à la Convention de Budapest", "le Protocole additionnel à la Convention sur la cybercriminalité, relatif à l’incrimination d’actes de nature raciste et xénophobe (STE n°\u00a0189)"},
		"CETS224": {"Deuxième Protocole à la Convention de Budapest", "au Deuxième Protocole à la Convention de Budapest", "du Deuxième Protocole à la Convention de Budapest", "le Deuxième Protocole additionnel à la Convention sur la cybercriminalité relatif au renforcement de la coopération et de la divulgation de preuves électroniques (STCE n°\u00a0224)"},
	},
	networks: map[string]string{
		"barnahus": "Promise Barnahus Network", "chi": "Child Helpline International", "coe": "Conseil de l’Europe", "enoc": "ENOC (réseau européen des médiateurs pour enfants)",
		"inhope": "INHOPE (lignes de signalement)", "insafe": "Insafe (centres pour un Internet plus sûr)", "iwf-portals": "portails de signalement de l’IWF", "weprotect": "WeProtect Global Alliance",
	},
	columns: map[string]string{
		"status": "%s", "class": "%s", "signed": "signature le %s", "consent": "dépôt de l’instrument le %s", "consent_kind": "par %s", "in_force": "entrée en vigueur le %s",
		"denounced": "dénonciation le %s", "denunciation_effect": "effet de la dénonciation le %s", "suspended": "suspension le %s", "opened": "ouverture à la signature le %s",
		"criteria_met": "%s critères remplis sur 5", "specific_law": "loi spécifique\u00a0: %s", "definition": "définition\u00a0: %s", "third": "troisième critère\u00a0: %s", "fourth": "quatrième critère\u00a0: %s", "fifth": "cinquième critère\u00a0: %s",
		"kind": "%s", "count": "%s en vigueur", "withdrawn": "%s retirées", "latest": "la plus récente du %s", "year": "année %s", "edition": "édition %s", "review": "%s",
		"reports": "%s signalements", "places": "%s lieux", "since": "depuis %s", "joined_year": "adhésion en %s", "updated": "mise à jour\u00a0: %s", "missing_since": "absent de la liste depuis le %s",
	},
	values: map[string]string{
		"since": "depuis le", "since-month": "depuis", "since-year": "depuis",
		"status=none": "ni signataire ni partie", "status=signed": "signataire", "status=party": "partie", "status=withdrawn": "n’est plus partie", "status=unknown": "inconnu",
		"class=none": "non membre", "class=full": "membre à part entière", "class=member": "membre", "class=founder": "membre fondateur", "class=associate": "membre associé", "class=partner": "partenaire",
		"class=full / associate": "membre à part entière et membre associé", "class=expert country": "pays expert", "class=consultation country": "pays consulté", "class=reporting portal": "portail de signalement", "class=unknown": "inconnu",
		"review=csam": "les contenus d’abus sexuels sur enfants", "review=grooming": "la sollicitation en ligne",
		"status=celebrated": "célébrée", "status=planned": "prévue", "status=awaiting update": "mise à jour attendue", "status=no report": "pas de compte rendu",
		"yes": "oui", "no": "non", "true": "oui", "false": "non",
		"kind=declaration": "déclaration", "kind=reservation": "réserve", "kind=objection": "objection", "kind=authority": "autorité désignée", "kind=territorial application": "application territoriale",
		"kind=communication": "communication", "kind=denunciation": "dénonciation", "kind=other": "autre",
		"ratification": "ratification", "acceptance": "acceptation", "approval": "approbation", "accession": "adhésion", "succession": "succession",
	},
	how: map[string]string{"": "(%s)", "ratification": "ratification", "acceptance": "acceptation", "approval": "approbation", "accession": "adhésion", "succession": "succession"},
	headings: map[event.Kind]string{
		event.Signed: "{state}\u00a0: signataire {of}{day}", event.Party: "{state}\u00a0: partie {to}{day}", event.InForce: "{state}\u00a0: {treaty}, en vigueur{day}",
		"in-force-all": "En vigueur{day}\u00a0: {treaty}", event.Denounced: "{state}\u00a0: dénonciation {of}", event.Suspended: "{state}\u00a0: suspension {of}{day}",
		event.ReservationMade: "{state}\u00a0: nouvelle réserve {to}", event.ReservationWithdrawn: "{state}\u00a0: retrait d’une réserve {to}",
		event.DeclarationMade: "{state}\u00a0: nouvelle déclaration relative {to}", event.DeclarationWithdrawn: "{state}\u00a0: retrait d’une déclaration relative {to}",
		"declaration-made-un": "{state}\u00a0: nouvelle déclaration ou réserve relative {to}", "declaration-withdrawn-un": "{state}\u00a0: retrait d’une déclaration ou réserve relative {to}",
		event.Joined: "{state}\u00a0: {new:class}, {network}{day}", event.Left: "{state}\u00a0: ne figure plus sur la liste, {network}", event.ClassChanged: "{state}\u00a0: {new:class}, {network}{day}, avant\u00a0: {old:class}",
		event.ReportYear: "Signalements à la CyberTipline par pays, année {new:year}", "report-edition": "Nouvelle édition de l’étude de l’ICMEC sur {review}\u00a0: {new:edition}",
		event.RatingChanged: "{state}\u00a0: {new:criteria_met} critères sur 5 dans l’étude de l’ICMEC sur {review}, avant\u00a0: {old:criteria_met}",
		event.SIDUpdated:    "{state}\u00a0: Journée pour un Internet plus sûr {new:year}, {new:status}",
	},
	sentences: map[event.Kind]string{
		event.Signed: "L’État a signé {full}.", event.Party: "L’État a consenti à être lié par {full}{how}.", event.InForce: "Est entré en vigueur pour cet État\u00a0: {full}.", "in-force-later": "Entrera en vigueur pour cet État\u00a0: {full}.",
		"in-force-all": "Entrée en vigueur\u00a0: {full}.", event.Denounced: "L’État a notifié qu’il dénonce {full}.", event.Suspended: "L’application est suspendue pour cet État\u00a0: {full}.",
		event.ReservationMade: "L’État a formulé une réserve concernant {full}.", event.ReservationWithdrawn: "L’État a retiré une réserve concernant {full}.",
		event.DeclarationMade: "L’État a fait une déclaration concernant {full}. Son texte se trouve à la source.", event.DeclarationWithdrawn: "L’État a retiré une déclaration concernant {full}.",
		event.Joined: "L’État, ou l’une de ses institutions, figure désormais sur la liste\u00a0: {network}.", event.Left: "L’État, ou l’une de ses institutions, ne figure plus sur la liste\u00a0: {network}. Un second examen l’a confirmé.",
		event.ClassChanged: "La catégorie de l’État a changé\u00a0: {network}.", event.ReportYear: "Le NCMEC a publié ses signalements par pays pour {new:year}.",
		"report-edition": "L’ICMEC a publié l’édition {new:edition} de son étude des lois sur {review}.", event.RatingChanged: "L’ICMEC évalue autrement qu’avant la loi de l’État sur {review}.",
		event.SIDUpdated: "La page de l’État sur la Journée pour un Internet plus sûr a changé.", "correction": "La source a corrigé une date. Il ne s’est rien passé de nouveau.",
	},
	meanings: map[string]string{
		"signed":                          "Signataire\u00a0: l’État a fait part de son intention d’adhérer. Il n’est pas lié par le traité avant d’en devenir partie.",
		"party":                           "Partie\u00a0: l’État a consenti à être lié. Le traité le lie, sous ses réserves, dès son entrée en vigueur à son égard.",
		"in-force":                        "À partir de ce jour, le traité lie l’État.",
		"in-force treaties":               "À partir de ce jour, le traité lie ceux qui y sont parties.",
		"denounced":                       "L’État quitte le traité. Il reste lié jusqu’à ce que la dénonciation prenne effet.",
		"suspended":                       "Tant que cela dure, le traité n’est pas appliqué à l’État.",
		"reservation-made":                "Réserve\u00a0: l’État exclut ou modifie pour lui-même l’effet de certaines règles du traité.",
		"reservation-withdrawn":           "Le traité lie désormais l’État là où la réserve l’en dispensait.",
		"declaration-made":                "Déclaration\u00a0: l’État dit comment il comprend ou applique le traité.",
		"declaration-withdrawn":           "Ce que l’État avait déclaré ne vaut plus.",
		"joined":                          "L’appartenance dit qui participe au réseau, et rien de la qualité du travail.",
		"left":                            "L’absence de la liste dit que le réseau ne le compte plus. Elle ne dit pas pourquoi.",
		"class-changed":                   "La catégorie dit quelle part le membre prend au réseau.",
		"report-year":                     "Des nombres de signalements, non d’enfants, d’auteurs ou d’affaires. Le volume ne mesure pas l’ampleur des abus.",
		"report-year legislation_ratings": "L’étude compte lesquels de cinq critères le texte de chaque loi remplit, non comment elle est appliquée.",
		"rating-changed":                  "L’évaluation compte lesquels de cinq critères le texte de la loi remplit, non comment elle est appliquée.",
		"sid-updated":                     "La page dit comment le comité national a marqué la journée, ou entend la marquer.",
		"correction":                      "Si vous avez cité cette date, veuillez la corriger.",
	},
	issues: map[string]string{
		"not-renewed": "la source n’a pas donné de réponse lisible", "unreadable": "une réponse est illisible", "empty-answer": "une réponse est vide", "over-budget": "ses faits sont plus anciens que prévu",
		"unknown-name": "un nom est inconnu", "too-many-withdrawn": "trop de lignes ont disparu à la fois", "unconfirmed-withdrawal": "une ligne a disparu, sans confirmation", "sources-disagree": "des sources se contredisent",
		"undelivered": "non remis", "events-not-made": "un changement n’a pas pu être annoncé", "member-renamed": "peut-être un nouveau nom, non un nouveau membre", "source-took-over": "une autre source dit autre chose",
		"status-went-back": "un statut a reculé", "fact-gone": "un fait ne figure plus sur la liste", "suspension-gone": "une suspension ne figure plus sur la liste", "event-day-in-doubt": "une date ne peut être juste",
		"event-in-question": "un événement attend une réponse", "member-in-doubt": "peut-être un nouveau nom", "status-event-vague": "un changement de statut inexpliqué",
	},
	place: frenchPlace,
}
