package soft

import (
	"regexp"
	"strings"
)

// failing are titles and main headings that no page has but one that says that something
// went wrong. They must be the whole of a title's part or of a heading.
var failing = phrase(
	// English
	`(?:error )?(?:http )?(?:status )?(?:error )?(?:code )?404[^a-z0-9]*(?:error|page not found|not found|file not found|file or directory not found|page)?`,
	`(?:the |this |your |sorry,? )*(?:requested |web)?(?:page|resource|content|url|document|file|item)(?: you(?:'re| are| were)? (?:looking for|requested|trying to (?:find|reach|access|view)))?(?: requested)?,? (?:(?:was |is |could )?not (?:be )?(?:found|available)|(?:cannot|can't|couldn't|can not) be found|(?:wasn't|isn't) (?:found|available)|(?:does not|doesn't|no longer) exists?|(?:is )?no longer available|has been (?:re)?moved(?: or deleted)?)`,
	`we (?:can't|cannot|couldn't|could not) find (?:the|that|this|your) page.*`, `(?:oops\W*)?(?:that|this) page can(?:'t|not) be found`, `nothing (?:was )?found(?: here)?`, `page (?:doesn't|does not) exist`,
	`(?:http )?(?:error )?(?:400|403|410|5\d\d)[^a-z0-9]*(?:error|bad request|forbidden|gone|access (?:denied|forbidden)|internal (?:server )?error|bad gateway|(?:service )?(?:temporarily )?unavailable|gateway time-?out|web server is down|(?:web server|unknown) .*error.*)`,
	`error (?:400|401|403|404|410|5\d\d)(?:\W.*)?`,
	`(?:the |this )?(?:service|server|(?:web)?site|page|system|application)(?: is)?(?: currently| temporarily)* (?:unavailable|offline|off-line|down)(?: (?:for (?:scheduled )?maintenance|due to maintenance).*)?`, `temporarily unavailable`,
	`(?:internal )?server error(?: in .*)?`, `runtime error`, `bad gateway`, `gateway time-?out`, `application error`, `(?:an )?(?:unexpected |unknown |internal )?error (?:has )?occur+ed`, `something went wrong`, `proxy error`, `fatal error`,
	`error establishing a database connection`, `database (?:connection )?error`, `too many connections`,
	`(?:the |this |our )?(?:web)?site(?: is)?(?: currently| temporarily)?(?: down| closed| off-?line)?(?: under| undergoing| for| in)? (?:scheduled |planned |routine )?maintenance(?: mode)?`, `(?:down|closed) for (?:scheduled |planned )?maintenance`, `(?:scheduled|planned|under|site) maintenance`, `maintenance (?:mode|in progress|page|break)`, `we(?:'ll| will) be (?:right )?back (?:soon|shortly)`, `briefly unavailable for scheduled maintenance.*`,
	// French
	`(?:oups\W*)?(?:la |cette |désolé,? )*(?:page|ressource)(?: (?:demandée|recherchée|que vous (?:cherchez|recherchez|demandez)))?(?: (?:est|a été))? (?:introuvable|non trouvée|inexistante|indisponible|supprimée|n'a pas été trouvée|n'a pas pu être trouvée|n'est (?:pas|plus) disponible|n'existe (?:pas|plus))`,
	`(?:cette |la )?page n'existe (?:pas|plus)`, `erreur (?:http )?(?:n° ?)?(?:400|401|403|404|410|5\d\d)(?:\W.*)?`, `(?:404|403|5\d\d)[^a-z0-9]*(?:page introuvable|page non trouvée|erreur|introuvable|accès (?:refusé|interdit)|service indisponible)`,
	`(?:le |ce )?(?:site|service|serveur)(?: web)?(?: est)?(?: actuellement| temporairement| momentanément)* (?:indisponible|inaccessible|en maintenance|hors service)`, `(?:site en )?maintenance (?:en cours|programmée)`, `erreur (?:interne )?du serveur`, `une erreur (?:est survenue|s'est produite)`,
	// German
	`(?:die |diese |leider )*(?:angeforderte |gewünschte |gesuchte )?(?:seite|datei|inhalt)(?: (?:wurde|konnte|kann|ist|existiert|leider))* ?(?:nicht (?:gefunden|vorhanden|verfügbar|erreichbar|mehr verfügbar)|nicht)(?: werden)?`, `seite existiert nicht(?: mehr)?`, `fehler (?:400|401|403|404|410|5\d\d)(?:\W.*)?`, `(?:404|403|5\d\d)[^a-zäöü0-9]*(?:fehler|seite nicht gefunden|nicht gefunden|zugriff verweigert|dienst nicht verfügbar)`,
	`(?:wegen )?wartungs(?:arbeiten|modus)(?: an (?:der|unserer) (?:web)?seite)?`, `(?:die |diese |unsere )?(?:web)?(?:seite|site)(?: (?:wird|ist|befindet sich))?(?: (?:derzeit|gerade|zurzeit|momentan|vorübergehend))* ?(?:gewartet|im wartungsmodus|in wartung|nicht (?:erreichbar|verfügbar))`, `(?:der )?(?:dienst|server|service)(?: ist)?(?: (?:derzeit|vorübergehend|zurzeit))* nicht (?:verfügbar|erreichbar)`, `interner server-?fehler`, `(?:es ist )?ein (?:unerwarteter )?fehler (?:ist )?aufgetreten`,
	// Spanish, Italian, Dutch, Russian
	`página no (?:encontrada|disponible)`, `pagina non trovata`, `pagina niet gevonden`, `errore 404`, `(?:sitio )?en mantenimiento`, `страница не найдена`, `ошибка 404`,
)

// doubtful are titles and headings that may be those of a page on just that, such as a
// convention on maintenance. They count where the page says hardly anything else.
var doubtful = phrase(
	`error|erreur|fehler|errore`, `maintenance|wartung`, `40[034]|410|5\d\d`, `not found|introuvable|nicht gefunden`, `forbidden|interdit|verboten`,
	`access (?:denied|forbidden)|unauthorized|unauthorised|zugriff verweigert|kein zugriff|accès (?:refusé|interdit)`, `oops|oups|hoppla|ups|sorry|(?:we are|we're) sorry|désolé|entschuldigung|es tut uns leid`, `unavailable|indisponible|nicht verfügbar`, `coming soon|under construction|bientôt disponible|demnächst`,
)

// errs recognises an error page that came with status 200. A heading counts for less than
// a title, since a page on something else may have it too.
func (p *page) errs() bool {
	in := func(re *regexp.Regexp, list []string) bool {
		for _, s := range list {
			if len(s) < 200 && re.MatchString(s) {
				return true
			}
		}
		return false
	}
	title := segments(p.title)
	little := len(p.content) < 1500 && p.rows < 15
	switch {
	case in(failing, title) && (little || in(failing, p.headings) || in(doubtful, p.headings)):
		return true
	case len(p.headings) > 0 && in(failing, p.headings[:1]) && little:
		return true
	case len(p.content) > 500 || p.rows > 5 || p.password:
		return false
	}
	return in(doubtful, title) || len(p.headings) > 0 && in(doubtful, p.headings[:1])
}

var (
	needsScript = regexp.MustCompile(`(?i)(?:` + strings.Join([]string{
		`(?:enable|activate|turn on|allow|requires?|needs?|without|have) (?:the )?java ?script`, `java ?script (?:is|must be|needs to be|has been) (?:required|enabled|disabled|turned|not|switched)`, `doesn't work properly without java ?script`,
		`(?:activer|activez|activé|nécessite|requiert|sans)(?: le| l'utilisation de)? java ?script`, `java ?script (?:est|doit être) (?:requis|désactivé|activé|nécessaire)`,
		`java ?script (?:ist|muss|wird|aktivieren|einschalten|benötigt)`, `(?:aktivieren sie|benötigt|erfordert|ohne)(?: bitte)? java ?script`, `(?:active|habilite) java ?script`,
	}, "|") + `)[^.!]*[.!]?`)
	// A page that hands over a key to its own scripts is what a source asks for that needs
	// the key; nothing else of it is read.
	handsOver = regexp.MustCompile(`\bwindow\s*\.\s*conventions_api_key\s*=`)
	unfilled  = regexp.MustCompile(`\{\{\{?\s*[A-Za-z_$][\w$.\-\[\]'"()| :,+]{0,80}\s*\}?\}\}|\{%-?\s*\w+[^%{}]{0,80}-?%\}|\$\{\s*[A-Za-z_][\w.]{0,60}\s*\}|<%=?\s*[\w.]{1,60}\s*%>|\[\[\s*\+?[a-z_][\w.]{1,60}\s*\]\]|%%[A-Z_]{3,40}%%|###[A-Z_]{3,40}###|@@[a-z_]{3,40}@@`)
)

// hollow looks for a page that has its frame and nothing in it.
func (p *page) hollow() (code, text string) {
	if handsOver.MatchString(p.scripts) {
		return "", ""
	}
	if p.shell() {
		return "javascript-shell", "the page holds no text of its own: it is filled by JavaScript in a browser"
	}
	if p.template() {
		return "empty-template", "the publisher answered with an empty template: the page" + p.headed() + " has its frame and nothing in it"
	}
	return "", ""
}

func (p *page) shell() bool {
	if p.all > 1500 || p.scripts == "" && len(p.loads) == 0 || p.rows > 5 || p.things > 2 {
		return false
	}
	rest := needsScript.ReplaceAllString(p.text, "")
	hint := rest != p.text || needsScript.MatchString(p.noscript)
	left := needsScript.ReplaceAllString(p.content, "")
	switch {
	case p.emptyApp:
		return short(left, 200) && p.body == 0
	case hint && rest != p.text:
		return short(left, 60)
	}
	return hint && short(left, 20) || short(p.text, 5) && p.mains == 0 && p.things == 0
}

// template recognises names of fields where their values should be, and a page whose main
// part is empty of text.
func (p *page) template() bool {
	heads := unfilled.MatchString(p.title)
	for _, h := range p.headings {
		heads = heads || unfilled.MatchString(h)
	}
	left := unfilled.ReplaceAllString(p.content, "")
	// One field that was forgotten, such as a button to share the page, empties no page.
	if fields := len(unfilled.FindAllString(p.content, 3)); fields > 0 && (short(left, 30) || fields > 1 && short(left, 60) || fields > 2 && short(left, 300)) || heads && short(left, 1000) {
		return true
	}
	if p.rows == 0 && p.things == 0 && none.MatchString(p.outside()) {
		return true
	}
	if p.all == 0 && len(p.frames) == 0 {
		return true
	}
	return p.mains > 0 && p.body == 0 && p.things == 0 && p.rows == 0 && short(p.outside(), 80)
}

// outside is what the page says besides its main headings.
func (p *page) outside() string {
	rest := p.content
	for _, h := range p.headings {
		rest = strings.Replace(rest, h, "", 1)
	}
	return rest
}
