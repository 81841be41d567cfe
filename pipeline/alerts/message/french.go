package message

import "strings"

// french is written with plain blanks before colons, semicolons and inside quotation marks;
// typeset makes them ones at which no line is broken.
var french = typeset(words{
	code:   "fr",
	months: [12]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	first:  "1er", thousands: "\u202f", colon: " :", semicolon: " ;", open: "« ", close: " »", innerOpen: "“", innerClose: "”",
	labels: map[string]string{
		"what": "Ce qui s’est passé", "was": "Avant", "is": "Maintenant", "signed": "Signature le", "deposited": "Dépôt le", "in-force-since": "En vigueur depuis le", "in-force-from": "En vigueur à partir du",
		"notice": "Notification le", "effect": "Prise d’effet le", "suspended": "Suspension depuis le", "made": "Formulée le", "withdrawn": "Retrait le", "member-since": "Membre depuis", "class-since": "Dans cette catégorie depuis",
		"missing": "Absent de la liste depuis le", "still": "Toujours membres", "others": "Également membres", "report-before": "Le précédent", "report-now": "Le nouveau", "updated": "Mise à jour de la page", "day": "Date",
		"means": "Ce que cela signifie", "seen": "Constaté le", "where": "Source", "known": "Connu par", "origin": "Origine", "reference": "Référence",
		"hint": "Que faire", "issue": "Identifiant pour mute et ack", "resolved": "Résolu depuis le dernier message",
	},
	texts: map[string]string{
		"since-day": "depuis le %s", "since-month": "depuis %s", "since-year": "depuis %s", "from-day": "à partir du %s", "from-month": "à partir de %s", "from-year": "à partir de %s",
		"no-day": "la source n’en donne pas", "confirmed": "Un second examen l’a confirmé.", "nobody-else": "aucune autre institution de cet État", "not-listed": "ne figure plus sur la liste",
		"consented": "a consenti à être lié{ending}", "consented-only": "avait consenti à être lié{ending} ; le traité n’était pas encore en vigueur à son égard", "consented-until": "a consenti à être lié{ending} ; partie à partir du %s",
		"not-in-force": "pas encore en vigueur", "in-force": "en vigueur", "party-until": "partie jusqu’au %s", "party-for-now": "partie jusqu’à la prise d’effet de la dénonciation", "suspended": "partie, mais le traité ne lui est pas appliqué pour l’instant",
		"with-effect": "avec effet au %s", "and-in-force-since": ", en vigueur le %s", "and-in-force-from": ", en vigueur le %s", "and-more": ", et %d de plus",
		"by-steward": "une correction d’un responsable de ce projet", "by-project": "un tableau de ce projet",
		"rebuilt": "reconstitué à partir de faits publiés ; les données d’origine de la source n’ont pu être obtenues", "by-hand": "page enregistrée et remise par un responsable", "other-origin": "ce ne sont pas les données d’origine de la source",
		"class-was": " (avant : %s)", "kosovo": "* Toute référence au Kosovo, que ce soit le territoire, les institutions ou la population, doit se comprendre en pleine conformité avec la Résolution 1244 du Conseil de sécurité des Nations Unies et sans préjuger du statut du Kosovo.",
		"digest-lead":  "Ce qui s’est passé depuis le dernier message, jusqu’au %s, du plus récent au plus ancien.",
		"test-subject": "ce canal fonctionne", "test-lead": "Une personne qui gère ce service a demandé un essai de votre abonnement. Il ne s’est rien passé que vous deviez savoir.",
		"test-mark": "ESSAI. Ce message n’annonce rien de nouveau.", "test-prefix": "[ESSAI]",
		"foot-why": "Vous recevez ce message en raison de l’abonnement %s.", "foot-facts": "Chaque nouveauté n’est annoncée qu’une fois. Veuillez la vérifier à la source avant de la citer.",
		"foot-stop": "Pour ne plus recevoir ces messages, utilisez cette adresse", "foot-stop-file": "Pour ne plus recevoir ces messages, demandez au gestionnaire de ce service de retirer l’abonnement %s.",
		"foot-steward": "Vous recevez ce message en tant que responsable de cet espace de travail. « baseline alerts mute ID --until JOUR --reason … » reporte un point ; « baseline alerts ack ID --reason … » le clôt.",
		"baseline":     "Baseline", "health-lead": "Ce que les dernières mises à jour ont constaté, et ce qui peut être fait. Les détails techniques sont en anglais.",
		"resolved-subject": "Baseline : résolu : %s", "open-since": "Ouvert depuis le %s.", "was-open": "Était ouvert depuis le %s.", "found-on": "Constaté le %s.", "due-since": "Il devait partir le %s.",
		"doubt-lead":       "Ces changements ressemblent à des événements et n’en sont peut-être pas. Consultez la page ; s’il s’est passé quelque chose, vous pouvez le faire annoncer. Les détails techniques sont en anglais.",
		"undelivered-lead": "Ces messages attendent dans la boîte d’envoi. Ils ne sont perdus que si quelqu’un les écarte. Les détails techniques sont en anglais.",
		"burst-lead":       "Une seule mise à jour a trouvé %s, plus qu’il n’en peut partir sans contrôle. Une nouvelle présentation d’une page peut avoir cet effet. %s",
		"burst-release":    "Si les événements sont réels, pour les laisser partir", "burst-ack": "Sinon, pour les écarter définitivement", "reason": "POURQUOI",
		"summary-subject": "Baseline : cet espace de travail a commencé", "summary-lead": "La première mise à jour est faite. Cet espace de travail connaît %s et contient %s.",
		"summary-since": "Depuis l’édition %s, il trouve %s, dont personne n’est informé.", "summary-now": "Les abonnés seront informés de ce qui se passera désormais.",
	},
	plurals: map[string][3]string{
		"news": {"%s nouveauté", "%s nouveautés", ""}, "more": {"Et %s autre du même genre.", "Et %s autres du même genre.", ""}, "more-events": {"Et %s autre événement.", "Et %s autres événements.", ""},
		"open-subject": {"Baseline : %s point à examiner", "Baseline : %s points à examiner", ""}, "resolved-subject": {"Baseline : %s point résolu", "Baseline : %s points résolus", ""},
		"doubt-subject":       {"Baseline : %s changement qui n’a été annoncé à personne", "Baseline : %s changements qui n’ont été annoncés à personne", ""},
		"undelivered-subject": {"Baseline : %s message n’est pas remis", "Baseline : %s messages ne sont pas remis", ""},
		"burst-subject":       {"Baseline : %s événement attend votre accord", "Baseline : %s événements d’une seule mise à jour attendent votre accord", ""},
		"waiting":             {"%s message à un abonné attend.", "%s messages aux abonnés attendent.", "Aucun abonné ne les a demandés."},
		"sources":             {"%s source", "%s sources", ""}, "rows": {"%s ligne", "%s lignes", ""}, "findings": {"%s constat est ouvert ; baseline review le montre.", "%s constats sont ouverts ; baseline review en donne la liste.", ""},
		"runs": {"Un échec à ce jour.", "%s échecs de suite.", ""}, "tries": {"Un essai à ce jour.", "%s essais à ce jour.", ""}, "tells": {"Il annonce %s événement.", "Il annonce %s événements.", ""},
		"reservation": {"%s réserve en vigueur", "%s réserves en vigueur", "aucune réserve en vigueur"}, "declaration": {"%s déclaration en vigueur", "%s déclarations en vigueur", "aucune déclaration en vigueur"},
		"either":   {"%s déclaration ou réserve en vigueur", "%s déclarations ou réserves en vigueur", "aucune déclaration ni réserve en vigueur"},
		"criteria": {"%s critère sur 5", "%s critères sur 5", ""}, "withdrawn": {"%s retirée", "%s retirées", ""},
	},
	columns: map[string]string{
		"signed": "signature le %s", "consent": "dépôt le %s", "in_force": "entrée en vigueur le %s", "denounced": "dénonciation le %s", "suspended": "suspension le %s",
		"criteria_met": "critères remplis : %s sur 5", "specific_law": "loi spécifique : %s", "definition": "définition : %s", "third": "troisième critère : %s", "fourth": "quatrième critère : %s", "fifth": "cinquième critère : %s",
		"year": "%s", "edition": "édition %s", "reports": "%s signalements", "places": "%s lieux",
	},
	values: map[string]string{
		"status=none": "ni signataire ni partie", "status=signed": "signataire", "status=party": "partie", "status=withdrawn": "n’est plus partie",
		"class=none": "non membre", "class=full": "membre à part entière", "class=member": "membre", "class=founder": "membre fondateur", "class=associate": "membre associé", "class=partner": "partenaire",
		"class=full / associate": "membre à part entière et associé", "class=expert country": "pays expert", "class=consultation country": "pays consulté", "class=reporting portal": "portail de signalement", "class=unknown": "inconnu",
		"review=csam": "les contenus d’abus sexuels sur enfants", "review=grooming": "la sollicitation en ligne",
		"status=celebrated": "célébrée", "status=planned": "prévue", "status=awaiting update": "mise à jour attendue", "status=no report": "pas de compte rendu",
		"yes": "oui", "no": "non", "true": "oui", "false": "non",
	},
	treaties: map[string]treaty{
		"CRC":     french3("la Convention relative aux droits de l’enfant", "la Convention des Nations Unies relative aux droits de l’enfant"),
		"OPSC":    french3("le Protocole facultatif sur la vente d’enfants", "le Protocole facultatif à la Convention relative aux droits de l’enfant, concernant la vente d’enfants, la prostitution des enfants et la pornographie mettant en scène des enfants"),
		"CETS201": french3("la Convention de Lanzarote", "la Convention du Conseil de l’Europe sur la protection des enfants contre l’exploitation et les abus sexuels (Convention de Lanzarote, STCE n° 201)"),
		"ETS185":  french3("la Convention de Budapest", "la Convention sur la cybercriminalité (Convention de Budapest, STE n° 185)"),
		"ETS189":  french3("le Premier Protocole à la Convention de Budapest", "le Protocole additionnel à la Convention sur la cybercriminalité, relatif à l’incrimination d’actes de nature raciste et xénophobe (STE n° 189)"),
		"CETS224": french3("le Deuxième Protocole à la Convention de Budapest", "le Deuxième Protocole additionnel à la Convention sur la cybercriminalité relatif au renforcement de la coopération et de la divulgation de preuves électroniques (STCE n° 224)"),
	},
	networks: map[string]network{
		"barnahus":    {"le Promise Barnahus Network", "du Promise Barnahus Network", "parmi les membres du Promise Barnahus Network", "la liste des membres du Promise Barnahus Network"},
		"chi":         {"Child Helpline International", "de Child Helpline International", "parmi les membres de Child Helpline International", "la liste des membres de Child Helpline International"},
		"coe":         {"le Conseil de l’Europe", "du Conseil de l’Europe", "parmi les membres du Conseil de l’Europe", "la liste des États membres du Conseil de l’Europe"},
		"enoc":        {"ENOC (médiateurs des enfants)", "d’ENOC (médiateurs des enfants)", "parmi les membres d’ENOC (médiateurs des enfants)", "la liste des membres d’ENOC (réseau européen des médiateurs pour enfants)"},
		"inhope":      {"INHOPE (lignes de signalement)", "d’INHOPE (lignes de signalement)", "parmi les membres d’INHOPE (lignes de signalement)", "la liste des membres d’INHOPE (lignes de signalement)"},
		"insafe":      {"Insafe (centres pour un Internet plus sûr)", "d’Insafe (centres pour un Internet plus sûr)", "parmi les membres d’Insafe (centres pour un Internet plus sûr)", "la liste des membres d’Insafe (centres pour un Internet plus sûr)"},
		"iwf-portals": {"les portails de signalement de l’IWF", "de l’IWF", "parmi les portails de signalement de l’IWF", "la liste des portails de signalement de l’IWF (Internet Watch Foundation)"},
		"weprotect":   {"la WeProtect Global Alliance", "de la WeProtect Global Alliance", "parmi les membres de la WeProtect Global Alliance", "la liste des membres de la WeProtect Global Alliance"},
	},
	headings: map[string]string{
		"signed":             "{state} : signature {of}[{on}]",
		"party.ratification": "{state} : ratification {of}[{on}]", "party.acceptance": "{state} : acceptation {of}[{on}]", "party.approval": "{state} : approbation {of}[{on}]",
		"party.accession": "{state} : adhésion {to}[{on}]", "party.succession": "{state} : succession {to}[{on}]", "party": "{state} : consentement à être lié{ending} par {treaty}[{on}]",
		"in-force": "{state} : {bare} en vigueur[{since}]", "in-force.all": "En vigueur{since} : {treaty}",
		"denounced": "{state} : dénonciation {of}[{effect}]", "denounced.over": "{state} : n’est plus partie {to}[{effect}]", "suspended": "{state} : suspension {of}[{since}]",
		"reservation-made": "{state} : nouvelle réserve {to}[{on}]", "reservation-withdrawn": "{state} : retrait d’une réserve {to}[{on}]",
		"declaration-made": "{state} : nouvelle déclaration concernant {treaty}[{on}]", "declaration-withdrawn": "{state} : retrait d’une déclaration concernant {treaty}[{on}]",
		"declaration-made.un": "{state} : nouvelle déclaration ou réserve, {bare}[{on}]", "declaration-withdrawn.un": "{state} : déclaration ou réserve retirée, {bare}[{on}]",
		"joined": "{state} : nouveau {class} {ofnet}[,{since}]", "joined.named": "{state} : {short}, nouveau {class} {ofnet}[,{since}]",
		"joined.another": "{state} : {short}, un autre membre {ofnet}[,{since}]", "joined.more": "{state} : un autre membre {ofnet}[,{since}]", "joined.coe": "{state} : membre {ofnet}[,{since}]",
		"left": "{state} : ne figure plus {innet}", "left.named": "{state} : {short} ne figure plus {innet}", "left.last": "{state} : plus aucun membre {ofnet}, le dernier était {short}", "left.more": "{state} : une institution de moins {innet}",
		"left.coe":      "{state} : ne figure plus {innet}",
		"class-changed": "{state} : {class} {ofnet}[{since}{wasclass}|{since}]", "class-changed.named": "{state} : {short}, {class} {ofnet}[{since}{wasclass}|{since}]",
		"report-year": "Signalements à la CyberTipline par pays, année {year}", "report-year.edition": "Nouvelle édition de l’étude de l’ICMEC sur {review} : {edition}",
		"rating-changed": "{state} : autres critères remplis, étude de l’ICMEC sur {review}", "rating-changed.count": "{state} : {met} (avant : {wasmet}), étude de l’ICMEC sur {review}",
		"sid-updated": "{state} : Journée pour un Internet plus sûr {year}, {status}", "sid-updated.again": "{state} : Journée pour un Internet plus sûr {year}, page de nouveau mise à jour",
		"correction": "Correction : {state}, {bare} : {column} [{now}, et non le {before}|{nowfull}|{nowfull}]", "correction.all": "Correction : {bare} : {column} [{now}, et non le {before}|{nowfull}|{nowfull}]",
	},
	sentences: map[string]string{
		"signed":             "signature par {the} {offull}.",
		"party.ratification": "dépôt par {the} de l’instrument de ratification {offull}.", "party.acceptance": "dépôt par {the} de l’instrument d’acceptation {offull}.", "party.approval": "dépôt par {the} de l’instrument d’approbation {offull}.",
		"party.accession": "dépôt par {the} de l’instrument d’adhésion {tofull}.", "party.succession": "notification par {the} de la succession {tofull}.",
		"party":    "consentement à être lié{ending} par {full}, exprimé par {the} ; la source ne dit pas par quel acte.",
		"in-force": "entrée en vigueur {offull} à l’égard {from}.", "in-force.later": "entrée en vigueur à venir {offull} à l’égard {from}.", "in-force.all": "entrée en vigueur {offull}.",
		"denounced": "notification par {the} de la dénonciation {offull}.", "denounced.over": "prise d’effet de la dénonciation par {the} {offull}.",
		"suspended":        "suspension de l’application {offull} à l’égard {from}.",
		"reservation-made": "réserve {tofull} formulée par {the}.", "reservation-withdrawn": "retrait par {the} d’une réserve {tofull}.",
		"declaration-made": "déclaration concernant {full} faite par {the} ; son texte se trouve à la source.", "declaration-withdrawn": "retrait par {the} d’une déclaration concernant {full}.",
		"declaration-made.un":      "déclaration ou réserve concernant {full} formulée par {the} ; la liste des Nations Unies ne dit pas laquelle des deux.",
		"declaration-withdrawn.un": "retrait par {the} d’une déclaration ou réserve concernant {full} ; la liste des Nations Unies ne dit pas laquelle des deux.",
		"joined":                   "nouvelle inscription sur {list} : {state}.", "joined.named": "nouvelle inscription sur {list} : {organ} ({state}).",
		"left": "ne figure plus sur {list} : {state}.", "left.named": "ne figure plus sur {list} : {organ} ({state}).", "left.more": "une institution {from} ne figure plus sur {list}.",
		"class-changed": "changement de catégorie sur {list} : {state}.", "class-changed.named": "changement de catégorie sur {list} : {organ} ({state}).",
		"report-year": "publication par le NCMEC des signalements à la CyberTipline par pays pour {year}.", "report-year.edition": "publication par l’ICMEC de l’édition {edition} de son étude des lois sur {review}.",
		"rating-changed": "nouvelle évaluation par l’ICMEC de la législation {from} sur {review}.",
		"sid-updated":    "nouveau contenu sur la page {from} consacrée à la Journée pour un Internet plus sûr {year}.", "sid-updated.again": "nouvelle date de mise à jour sur la page {from} consacrée à la Journée pour un Internet plus sûr {year} ; ce qu’elle dit de la journée n’a pas changé.",
		"correction": "La source a corrigé une date ; il ne s’est rien passé de nouveau.", "correction.steward": "Un responsable de ce projet a corrigé une date ; il ne s’est rien passé de nouveau.",
	},
	meanings: map[string]string{
		"signed":                   "{who} a manifesté son intention de devenir partie ; sans être encore lié{ending}, {it} doit s’abstenir d’actes contraires à l’objet et au but du traité.",
		"party":                    "{who} a consenti à être lié{ending}, et sera partie dès l’entrée en vigueur du traité à son égard ; la source n’en donne pas la date.",
		"party.succession":         "{who} reprend le traité de son prédécesseur, et y est partie, en règle générale à partir du jour de la succession.",
		"party.later":              "{who} a consenti à être lié{ending}, et sera partie, sous ses éventuelles réserves, à partir du {inforce}.",
		"party.bound":              "{who} est partie, et lié{ending} par le traité, sous ses éventuelles réserves.",
		"in-force":                 "{who} est désormais partie, et lié{ending} par le traité, sous ses éventuelles réserves.",
		"in-force.later":           "À partir de ce jour, {who} sera partie, et lié{ending} par le traité, sous ses éventuelles réserves.",
		"in-force.all":             "À partir de ce jour, le traité lie ceux à l’égard desquels il est en vigueur.",
		"denounced":                "{who} quitte le traité, et reste lié{ending} jusqu’à la prise d’effet de la dénonciation.",
		"denounced.over":           "{who} n’est plus lié{ending} par le traité.",
		"suspended":                "Tant que cela dure, le traité n’est pas appliqué à son égard.",
		"reservation-made":         "{who} exclut ou modifie, pour ce qui concerne ses propres obligations, l’effet de certaines règles du traité.",
		"reservation-withdrawn":    "{who} est désormais lié{ending} là où cette réserve limitait ses obligations.",
		"declaration-made":         "{who} dit comment {it} comprend ou applique le traité.",
		"declaration-made.un":      "{who} dit comment {it} comprend le traité (une déclaration), ou en exclut certaines règles pour ce qui concerne ses obligations (une réserve).",
		"declaration-withdrawn":    "Ce que {who} avait déclaré ne vaut plus.",
		"declaration-withdrawn.un": "Ce que {who} avait déclaré ou réservé ne vaut plus.",
		"joined":                   "L’appartenance dit qui participe au réseau, et rien de la qualité du travail.",
		"joined.coe":               "{who} participe au Conseil de l’Europe et à ses conventions en qualité de membre.",
		"left":                     "L’absence de la liste dit que le réseau ne le compte plus ; elle ne dit pas pourquoi.",
		"left.coe":                 "{who} ne participe plus au Conseil de l’Europe en qualité de membre ; {it} peut rester partie à ses conventions.",
		"class-changed":            "La catégorie dit quelle part le membre prend au réseau.",
		"report-year":              "Ce sont des nombres de signalements, non d’enfants, d’auteurs ou d’affaires, et leur volume ne mesure pas l’ampleur des abus.",
		"report-year.edition":      "L’étude dit lesquels de cinq critères le texte de chaque loi remplit, non comment elle est appliquée.",
		"rating-changed":           "L’évaluation dit lesquels de cinq critères le texte de la loi remplit, non comment elle est appliquée.",
		"sid-updated":              "La page dit comment le comité national a marqué la journée, ou entend la marquer.",
		"correction":               "Si vous avez cité cette date, veuillez la corriger.",
	},
	issues:    frenchIssues,
	place:     frenchPlace,
	theName:   theFrench,
	ofName:    ofFrench,
	who:       whoFrench,
	offTreaty: ofTheFrench, toTreaty: toTheFrench,
})

// french3 is a treaty in French.
func french3(name, full string) treaty {
	return treaty{name, toTheFrench(name), ofTheFrench(name), full}
}

// typeset puts blanks at which no line is broken where French wants them.
func typeset(w words) words {
	fix := strings.NewReplacer(" :", "\u00a0:", " ;", "\u00a0;", "« ", "«\u00a0", " »", "\u00a0»", " n° ", "\u00a0n°\u00a0")
	for _, m := range []map[string]string{w.labels, w.texts, w.columns, w.values, w.headings, w.sentences, w.meanings, w.issues} {
		for k, v := range m {
			m[k] = fix.Replace(v)
		}
	}
	for k, forms := range w.plurals {
		for i := range forms {
			forms[i] = fix.Replace(forms[i])
		}
		w.plurals[k] = forms
	}
	for k, t := range w.treaties {
		t.full = fix.Replace(t.full)
		w.treaties[k] = t
	}
	for _, s := range []*string{&w.colon, &w.semicolon, &w.open, &w.close} {
		*s = fix.Replace(*s)
	}
	return w
}
