package soft

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// guard is a service that publishers put before their pages. Pages that pass it load its
// scripts too, so a sign counts only where there is hardly anything else on the page.
type guard struct {
	name   string
	titles []string // beginnings of the title, in lower case
	words  []string // in the text, in lower case
	code   []string // in scripts, or in addresses of scripts and frames, in lower case
	leads  []string // in the address to which the page leads on by itself, in lower case
	most   int      // characters above which it is a page, whatever it loads
}

var guards = []guard{
	{name: "a Cloudflare challenge page", most: 2500,
		titles: []string{"attention required! | cloudflare", "just a moment...", "just a moment…"},
		words:  []string{"checking your browser before accessing", "enable javascript and cookies to continue", "needs to review the security of your connection before proceeding", "is using a security service to protect itself from online attacks"},
		code:   []string{"_cf_chl_opt", "/cdn-cgi/challenge-platform/h/b/orchestrate/", "/cdn-cgi/challenge-platform/h/g/orchestrate/", "cf-chl-widget"}},
	{name: "a block page of Akamai", most: 1500,
		words: []string{"errors.edgesuite.net", "you don't have permission to access \""},
		code:  []string{"/_sec/cp_challenge/", "/_sec/verify"}, leads: []string{"bm-verify="}},
	{name: "a challenge page of Imperva", most: 1500,
		titles: []string{"pardon our interruption"},
		words:  []string{"incapsula incident id", "powered by incapsula", "imperva incident id"},
		code:   []string{"/_incapsula_resource?cwudnsai", "/_incapsula_resource?swudnsai"}},
	{name: "a DataDome challenge page", most: 800,
		code: []string{"captcha-delivery.com"}},
	{name: "a challenge page of AWS WAF", most: 800,
		titles: []string{"human verification"},
		code:   []string{"gokuprops", "awswafcookiedomainlist"}},
	{name: "a challenge page of HUMAN", most: 1500,
		titles: []string{"access to this page has been denied"},
		code:   []string{"captcha.px-cdn.net", "captcha.px-cloud.net"}},
	{name: "a block page of Sucuri", most: 2500,
		titles: []string{"sucuri website firewall - access denied"},
		code:   []string{"sucuri_cloudproxy_js"}},
	{name: "a challenge page of DDoS-Guard", most: 1500,
		titles: []string{"ddos-guard"},
		code:   []string{"/.well-known/ddos-guard/js-challenge"}},
	{name: "a block page of a web application firewall", most: 1500,
		words: []string{"the requested url was rejected. please consult with your administrator", "web page blocked! the page cannot be displayed"}},
	{name: "a challenge page of Radware", most: 1500,
		titles: []string{"radware bot manager", "radware captcha"},
		words:  []string{"made us think that you are a bot"}},
	{name: "a block page of Wordfence", most: 2500,
		titles: []string{"your access to this site has been limited"},
		words:  []string{"your access to this site has been limited by the site owner"}},
	{name: "a challenge page of Vercel", most: 800,
		titles: []string{"vercel security checkpoint"}},
	{name: "a challenge page of Azure WAF", most: 800,
		titles: []string{"azure waf js challenge"}},
	{name: "a challenge page of SiteGround", most: 400,
		leads: []string{"/.well-known/sgcaptcha/"}},
	{name: "a challenge page that wants proof of work", most: 1500,
		titles: []string{"making sure you're not a bot", "making sure you're human"},
		code:   []string{"/.within.website/x/cmd/anubis/"}},
}

// robots are headings of pages that ask whether somebody is a robot.
var robots = regexp.MustCompile(`(?i)^(?:` + strings.Join([]string{
	`(?:are you|you are|i'?m|i am)(?: not)? a (?:robot|human)`, `robot or human`, `(?:please )?(?:verify|confirm|prove)(?: that)? you(?:'re| are)(?: a)? (?:human|not a robot)`, `(?:one more step|robot check|bot check|bot verification|security check(?: required)?|security verification|human verification|captcha(?: check)?)`,
	`checking (?:your browser|if the site connection is secure).*`, `verifying you are human.*`, `please wait while we (?:verify|check) your (?:browser|request).*`, `ddos protection.*`,
	`nur einen moment`, `sicherheits(?:überprüfung|prüfung|abfrage)`, `(?:bitte )?bestätigen sie,? dass sie (?:ein mensch|kein roboter) sind`, `sind sie (?:ein )?(?:mensch|roboter).*`, `ihr browser wird überprüft.*`,
	`un instant`, `(?:vérification|contrôle) de sécurité`, `(?:veuillez )?(?:vérifiez|confirmez|prouvez|confirmer) que vous (?:êtes (?:un )?humain|n'êtes pas un robot)`, `êtes-vous un (?:robot|humain)`, `vérification (?:humaine|de votre navigateur).*`,
	`un momento`, `verifique que es humano`, `verifica di sicurezza`,
}, "|") + `)\W*$`)

// challenge names the guard that answered in the publisher's place; empty if none did.
func (a *answer) challenge() string {
	if strings.EqualFold(a.header.Get("Cf-Mitigated"), "challenge") {
		return guards[0].name
	}
	switch strings.ToLower(a.header.Get("X-Amzn-Waf-Action")) {
	case "challenge", "captcha":
		return guards[4].name
	}
	if !a.isHTML && len(a.trimmed) < 2000 && strings.HasPrefix(string(a.trimmed), `{"url":"https://geo.captcha-delivery.com/`) {
		return guards[3].name
	}
	if a.page == nil {
		return ""
	}
	return a.page.challenge(a.header)
}

func (p *page) challenge(header http.Header) string {
	title, text := strings.ToLower(p.title), strings.ToLower(p.text+" "+p.noscript)
	for _, g := range guards {
		if p.all > g.most || p.rows > 15 {
			continue
		}
		in := func(list []string, s string) bool {
			return slices.ContainsFunc(list, func(sign string) bool { return strings.Contains(s, sign) })
		}
		if slices.ContainsFunc(g.titles, func(t string) bool { return strings.HasPrefix(title, t) }) || in(g.words, text) || in(g.code, p.scripts) || in(g.code, p.refresh) || in(g.leads, p.refresh) ||
			slices.ContainsFunc(p.loads, func(l string) bool { return in(g.code, l) }) {
			return g.name
		}
	}
	// Akamai's page is nothing but these two lines.
	if title == "access denied" && p.all < 600 && strings.Contains(text, "reference #") {
		return "a block page of Akamai"
	}
	if p.all > 1200 || p.rows > 15 {
		return ""
	}
	heads := append([]string{p.title}, p.headings...)
	asked := slices.ContainsFunc(heads, func(h string) bool {
		return slices.ContainsFunc(segments(h), robots.MatchString)
	})
	switch {
	case asked && strings.EqualFold(header.Get("Server"), "cloudflare"):
		return guards[0].name
	case asked, p.captcha && len(p.content) < 120 && p.inputs == 0 && !p.password && p.rows < 3:
		return "a page that asks to prove that one is no robot"
	}
	return ""
}

// phrase makes a pattern that must be the whole of a title's part or of a heading.
func phrase(alternatives ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)^\W*(?:` + strings.Join(alternatives, "|") + `)\W*$`)
}

var (
	logIns = phrase(
		`(?:please )?(?:log|sign)[ -]?(?:in|on)(?: (?:to|with|here|required|page|form|to your account|to continue)\b.*)?`, `login(?: (?:page|form|required))?`, `eu login`, `authentication(?: required)?`, `members? (?:log[ -]?in|area|only)`,
		`you (?:must|need to) (?:be logged in|log in|sign in).*`, `(?:single|central) (?:sign[ -]on|authentication service).*`, `restricted area`,
		`(?:bitte )?anmelden`, `anmeldung(?: erforderlich)?`, `einloggen`, `bitte (?:melden sie sich an|loggen sie sich ein).*`, `benutzeranmeldung`, `mitgliederbereich`,
		`(?:se )?connecter`, `connexion(?: requise)?`, `identification`, `identifiez-vous.*`, `connectez-vous.*`, `veuillez vous (?:connecter|identifier).*`, `espace (?:membres?|réservé)`, `authentification(?: requise)?`,
		`iniciar sesión`, `acceso`, `accedi`, `inloggen`, `logga in`,
	)
	consents = phrase(
		`before you continue(?: to .*)?`, `(?:we|your) (?:value|care about|respect) your privacy`, `your privacy(?: choices| matters| is important to us| settings)?`, `(?:cookie|privacy|data) (?:consent|preferences|settings|choices|notice)`, `(?:we use|this (?:web)?site uses) cookies`, `(?:manage|accept) (?:your )?(?:cookies|consent|privacy).*`, `cookies?(?: wall)?`,
		`bevor (?:sie|du) (?:fortfahren|fortfährst|zu .* weitergehen).*`, `(?:wir|diese (?:web)?site) (?:verwende[nt]|nutz(?:t|en)) cookies.*`, `(?:datenschutz|cookie)[ -]?(?:einstellungen|hinweise?|zustimmung|einwilligung)`, `(?:ihre|deine) (?:privatsphäre|daten|zustimmung).*`, `zustimmung(?: erforderlich)?`, `mit werbung weiterlesen`,
		`avant (?:d'accéder|de continuer|de poursuivre).*`, `(?:nous|ce site) utilis(?:ons|e) des cookies`, `(?:le )?respect de (?:votre|la) vie privée.*`, `(?:votre|vos) (?:vie privée|données|confidentialité|choix).*`, `(?:gestion|paramètres) (?:des|de vos) cookies`, `consentement.*`, `continuer sans accepter`,
		`valoramos tu privacidad`, `rispettiamo la tua privacy`,
	)
	accepts = regexp.MustCompile(`(?i)\b(?:accept|agree|allow|reject|decline|consent|accepter|j'accepte|tout accepter|refuser|zustimmen|akzeptieren|einverstanden|ablehnen|aceptar|accetta)`)
	cookies = regexp.MustCompile(`(?i)cookie|consent|privacy|vie privée|datenschutz|einwilligung|zustimm|consentement|traceurs|tracking`)
	parked  = regexp.MustCompile(`(?i)(?:` + strings.Join([]string{
		`\bth(?:is|e) (?:web page|domain|domain name|site|website)(?: name)?(?: [a-z0-9.-]+\.[a-z]{2,})? (?:is|has been|may be|might be) (?:parked|for sale|available for (?:sale|purchase)|registered (?:at|with|by|but)|expired|suspended)`,
		`\b(?:buy|purchase|acquire|own) this domain\b`, `\bdomain (?:is )?(?:parked|parking)\b`, `\bparked (?:free|domain|for free)\b`, `\b[a-z0-9-]+\.[a-z]{2,10} is (?:for sale|parked)`, `\bdomain (?:has )?expired\b`, `\bmake an offer on this domain\b`, `\binquire about this domain\b`,
		`\bdiese (?:domain|webseite|internetseite)(?: [a-z0-9.-]+)? (?:steht zum verkauf|ist geparkt|ist zu verkaufen|wurde registriert|könnte zum verkauf stehen)`, `\bdomain (?:kaufen|zu verkaufen)\b`, `\bhier entsteht (?:eine neue|in kürze)`,
		`\b(?:ce|le) (?:nom de )?domaine(?: [a-z0-9.-]+)? (?:est|peut être|a été) (?:à vendre|en vente|en parking|parqué|réservé|enregistré|expiré)`, `\b(?:acheter|achetez) ce (?:nom de )?domaine\b`,
		`\beste dominio (?:está|puede estar) (?:en venta|aparcado)`, `\bquesto dominio è in vendita`,
	}, "|") + `)`)
	parkers = []string{"sedoparking.com", "parkingcrew.net", "bodis.com", "above.com/", "hugedomains.com", "dan.com/", "afternic.com", "parklogic.com", "img1.wsimg.com/parking-lander", "parking.domain", "cashparking.com", "domainmarket.com", "skenzo.com", "uniregistry.com", "d38psrni17bvxu.cloudfront.net"}
)

// separators stand between the parts of a title, of which one is the site's name.
var separators = regexp.MustCompile(`\s+[-–—]+\s+|\s*[|·•»«›‹]\s*|\s*::\s*|:\s+`)

// segments are the parts of a title or heading, and the whole.
func segments(s string) []string {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil
	}
	list := []string{s}
	for _, part := range separators.Split(s, 20) {
		if part = strings.TrimSpace(part); part != "" && part != s {
			list = append(list, part)
		}
	}
	return list
}

// says reports whether a part of the title, or a main heading, is one of the phrases.
func (p *page) says(re *regexp.Regexp) bool {
	return slices.ContainsFunc(segments(p.title), re.MatchString) || slices.ContainsFunc(p.headings, re.MatchString)
}

// wall looks for a page that stands in the way of the one that was asked for.
func (p *page) wall() (code, text string) {
	switch {
	case p.parked():
		return "parked-domain", "the publisher's address leads to a parked domain" + p.headed()
	case p.errs():
		return "error-page", "the publisher answered with an error page" + p.headed() + ", with status 200"
	case p.logIn():
		return "login-wall", "the publisher answered with a page" + p.headed() + " that asks to log in"
	case p.asksConsent():
		return "consent-wall", "the publisher answered with a page" + p.headed() + " that asks for consent in place of the one that was asked for"
	}
	return p.tells()
}

// logIn recognises a page that is about logging in and nothing else. Many a page has a
// form for it at its head.
func (p *page) logIn() bool {
	if p.all > 2000 || p.rows > 12 || !p.says(logIns) {
		return false
	}
	return p.password || p.inputs > 0 && len(p.content) < 600 || len(p.content) < 250
}

// asksConsent recognises a page of which hardly anything is left without the box that
// asks for consent.
func (p *page) asksConsent() bool {
	if p.all > 8000 || !accepts.MatchString(p.buttons+" "+p.consent) || !cookies.MatchString(p.text) {
		return false
	}
	if p.says(consents) && len(p.content) < 1500 && p.rows < 12 && p.all < 4000 {
		return true
	}
	return len(p.content) < 60 && len(p.consent) > 60 && p.things == 0
}

func (p *page) parked() bool {
	if p.all > 3000 || p.rows > 20 {
		return false
	}
	for _, l := range append(p.loads, p.scripts) {
		if slices.ContainsFunc(parkers, func(host string) bool { return strings.Contains(l, host) }) && p.all < 1500 {
			return true
		}
	}
	if p.all < 40 && strings.Contains(p.scripts, `location.href="/lander"`) {
		return true
	}
	if parked.MatchString(p.title) {
		return true
	}
	return p.all < 1200 && parked.MatchString(p.text)
}
