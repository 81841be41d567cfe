package soft_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"baseline/pipeline/fetch/soft"
)

// fixture is a page made up for these tests, in the words that publishers and their
// guards use. None is a copy.
type fixture struct {
	name   string
	status int // 0: 200
	header http.Header
	body   string
}

func page(lang, title, body string) string {
	return fmt.Sprintf("<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><title>%s</title></head><body>%s</body></html>", lang, title, body)
}

func menu(words string) string {
	return `<header><a href="/">` + words + `</a><nav><ul>` + strings.Repeat(`<li><a href="/x">`+words+`</a></li>`, 40) + `</ul></nav></header>`
}

var foot = `<footer><p>© 2026 · Contact · Privacy policy · Cookies · Accessibility</p></footer>`

// madeUp are pages by the fault that they must be given.
var madeUp = map[string][]fixture{
	"challenge": {
		{"Cloudflare, managed", 403, http.Header{"Cf-Mitigated": {"challenge"}, "Server": {"cloudflare"}}, page("en-US", "Just a moment...", `<noscript>Enable JavaScript and cookies to continue</noscript><script>(function(){window._cf_chl_opt={cvId:'3'};})();</script>`)},
		{"Cloudflare, by its header alone", 0, http.Header{"Cf-Mitigated": {"challenge"}}, ""},
		{"Cloudflare, status 200", 0, nil, page("en-US", "Just a moment...", `<h1>www.example.org</h1><p>www.example.org needs to review the security of your connection before proceeding.</p><script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=1"></script>`)},
		{"Cloudflare, the old one", 503, nil, page("en", "Just a moment...", `<h1>Checking your browser before accessing example.org.</h1><p>This process is automatic.</p>`)},
		{"Cloudflare, a block", 403, nil, page("en-US", "Attention Required! | Cloudflare", `<h1>Sorry, you have been blocked</h1><h2>You are unable to access example.org</h2><p>This website is using a security service to protect itself from online attacks.</p><p>Cloudflare Ray ID: 7d</p>`)},
		{"Cloudflare, French", 403, http.Header{"Server": {"cloudflare"}}, page("fr", "Un instant…", `<h1>www.example.org</h1><p>Vérification que vous êtes bien un humain.</p><script>window._cf_chl_opt={}</script>`)},
		{"Cloudflare, German", 403, http.Header{"Server": {"cloudflare"}}, page("de", "Nur einen Moment…", `<h1>www.example.org</h1><p>Es wird überprüft, ob Sie ein Mensch sind.</p>`)},
		{"Akamai, a refusal", 403, nil, `<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don't have permission to access "http&#58;&#47;&#47;www&#46;example&#46;org&#47;" on this server.<P>Reference&#32;&#35;18&#46;5f&#46;17&#46;1a</BODY></HTML>`},
		{"Akamai, its new page", 403, nil, page("en", "Access Denied", `<h1>Access Denied</h1><p>https://errors.edgesuite.net/18.5f.17</p>`)},
		{"Akamai, behind a refresh", 0, nil, `<html><head><meta http-equiv="refresh" content="5; URL='/page?bm-verify=AAQAAAAJ'"></head><body><script>var i=1;</script></body></html>`},
		{"Imperva", 403, nil, `<html style="height:100%"><head><META NAME="ROBOTS" CONTENT="NOINDEX, NOFOLLOW"></head><body><iframe id="main-iframe" src="/_Incapsula_Resource?CWUDNSAI=23&xinfo=1&edet=12" width="100%">Request unsuccessful. Incapsula incident ID: 1-2</iframe></body></html>`},
		{"Imperva, in text", 0, nil, page("en", "", `<p>Request unsuccessful. Incapsula incident ID: 1234-5678</p>`)},
		{"Imperva, an interruption", 0, nil, page("en", "Pardon Our Interruption", `<h1>Pardon Our Interruption</h1><p>As you were browsing something about your browser made us think you were a bot.</p>`)},
		{"DataDome", 403, http.Header{"X-Datadome": {"protected"}}, `<html lang="en"><head><title>example.org</title></head><body><p id="cmsg">Please enable JS and disable any ad blocker</p><script>var dd={'rt':'c','host':'geo.captcha-delivery.com'}</script><script src="https://ct.captcha-delivery.com/c.js"></script></body></html>`},
		{"DataDome, for data", 403, nil, `{"url":"https://geo.captcha-delivery.com/captcha/?initialCid=1"}`},
		{"DataDome, in French", 0, nil, page("fr", "exemple.org", `<p>Merci d'activer JavaScript</p><iframe src="https://geo.captcha-delivery.com/captcha/?cid=1"></iframe>`)},
		{"AWS WAF", 202, http.Header{"X-Amzn-Waf-Action": {"challenge"}}, ""},
		{"AWS WAF, in the page", 0, nil, page("en", "", `<script>window.awsWafCookieDomainList = []; window.gokuProps = {"key":"x"};</script><script src="https://1.2.eu-west-1.token.awswaf.com/1/2/challenge.js"></script><div id="challenge-container"></div>`)},
		{"AWS WAF, a captcha", 405, http.Header{"X-Amzn-Waf-Action": {"captcha"}}, page("en", "Human Verification", `<div id="captcha-container"></div>`)},
		{"HUMAN", 403, nil, page("en", "Access to this page has been denied", `<h1>Press &amp; Hold to confirm you are a human</h1><div id="px-captcha"></div>`)},
		{"proof of work", 0, nil, page("en", "Making sure you’re not a bot!", `<main><h1>Making sure you’re not a bot!</h1><p>Loading…</p><script type="module" src="/.within.website/x/cmd/anubis/static/js/main.mjs"></script></main>`)},
		{"a firewall", 0, nil, `<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your administrator.<br><br>Your support ID is: 123</body></html>`},
		{"Radware", 0, nil, page("en", "Radware Bot Manager Captcha", `<h1>We apologize for the inconvenience...</h1><p>...but your activity and behavior on this site made us think that you are a bot.</p>`)},
		{"Wordfence", 503, nil, page("en", "Your access to this site has been limited", `<h1>Your access to this site has been limited by the site owner</h1><p>Generated by Wordfence</p>`)},
		{"Vercel", 429, nil, page("en", "Vercel Security Checkpoint", `<p>We're verifying your browser</p>`)},
		{"Azure WAF", 0, nil, page("en", "Azure WAF JS Challenge", `<p>Checking your connection</p>`)},
		{"SiteGround", 202, nil, `<html><head><link rel="icon" href="data:;"><meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F&y=ipc:1.2.3.4"></meta></head></html>`},
		{"HUMAN, a question", 0, nil, page("en", "Robot or human?", `<h1>Robot or human?</h1><p>Activate and hold the button to confirm that you are human.</p>`)},
		{"a captcha", 0, nil, page("en", "Security check", `<h1>Are you a robot?</h1><form method="post"><div class="g-recaptcha" data-sitekey="x"></div><input type="submit" value="Continue"></form>`)},
		{"a captcha, German", 0, nil, page("de", "Sicherheitsüberprüfung", `<h1>Bitte bestätigen Sie, dass Sie kein Roboter sind</h1><form><div class="h-captcha"></div></form>`)},
		{"a captcha, French", 0, nil, page("fr", "Vérification de sécurité | Exemple", `<h1>Confirmez que vous n'êtes pas un robot</h1><form><div class="cf-turnstile"></div></form>`)},
	},
	"consent-wall": {
		{"before you continue", 0, nil, page("en", "Before you continue to Example", `<h1>Before you continue</h1><p>We use cookies and data to deliver and maintain services. If you choose to accept all, we will also use cookies to show ads.</p><form><button>Reject all</button><button>Accept all</button></form>`)},
		{"a box and nothing else", 0, nil, page("en", "Example", `<header><a href="/">Example</a></header><div id="onetrust-consent-sdk"><h2>We value your privacy</h2><p>We and our 843 partners store and access information on a device, such as cookies, and process personal data.</p><button>I do not accept</button><button>Accept all cookies</button></div>`)},
		{"German", 0, nil, page("de", "Zustimmung erforderlich - Beispiel", `<h1>Zustimmung erforderlich</h1><p>Wir verwenden Cookies, um Ihnen die Seite zu zeigen. Bitte stimmen Sie der Verwendung zu.</p><button>Alle akzeptieren</button><button>Ablehnen</button>`)},
		{"German, ads", 0, nil, page("de", "Beispiel", `<h1>Mit Werbung weiterlesen</h1><p>Besuchen Sie uns wie gewohnt mit Werbung und Tracking. Details in der Datenschutzerklärung.</p><button>Akzeptieren und weiter</button>`)},
		{"French", 0, nil, page("fr", "Le respect de votre vie privée est notre priorité", `<p>Avec votre accord, nos partenaires et nous utilisons des cookies pour stocker des informations personnelles.</p><button>Continuer sans accepter</button><button>Accepter &amp; Fermer</button>`)},
		{"French, a box", 0, nil, page("fr", "Exemple", `<div class="tarteaucitron-root"><p>Ce site utilise des cookies et vous donne le contrôle sur ceux que vous souhaitez activer. Continuer sans accepter.</p><button>Tout accepter</button><button>Tout refuser</button></div>`)},
	},
	"login-wall": {
		{"English", 0, nil, page("en", "Log in | Example", `<main><h1>Log in</h1><form><label>User name <input type="text" name="u"></label><label>Password <input type="password"></label><button>Log in</button></form></main>`)},
		{"European", 0, nil, page("en", "EU Login", `<h1>Sign in to continue</h1><form><label>Enter your e-mail address <input type="email"></label><input type="submit" value="Next"></form>`)},
		{"single sign-on", 0, nil, page("en", "Sign in to your account", `<div><form><input type="email"><input type="password" name="p"></form><p>Can’t access your account?</p></div>`)},
		{"German", 0, nil, page("de", "Anmeldung", `<h1>Bitte melden Sie sich an</h1><form><input name="benutzer"><input type="password"><button>Anmelden</button></form>`)},
		{"French", 0, nil, page("fr", "Espace membres – Connexion", `<h1>Connexion</h1><form><input type="text"><input type="password"><button>Se connecter</button></form><p><a href="/x">Mot de passe oublié ?</a></p>`)},
		{"members alone", 0, nil, page("en", "Members area", menu("Example")+`<main><h1>Members area</h1><p>You must log in to see this page.</p></main>`)},
	},
	"javascript-shell": {
		{"React", 0, nil, page("en", "React App", `<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div><script src="/static/js/main.js"></script>`)},
		{"Vue", 0, nil, page("en", "Members", `<noscript><strong>We're sorry but members doesn't work properly without JavaScript enabled. Please enable it to continue.</strong></noscript><div id="app"></div><script src="/js/chunk.js"></script>`)},
		{"Angular", 0, nil, page("en", "Portal", `<app-root>Loading...</app-root><script src="main.js" type="module"></script>`)},
		{"hint in sight", 0, nil, page("en", "Report", `<div><p>Please enable JavaScript to view this page.</p></div><script src="a.js"></script>`)},
		{"French", 0, nil, page("fr", "Tableau de bord", `<noscript>Veuillez activer JavaScript pour utiliser cette application.</noscript><div id="__next"></div><script src="/_next/static/x.js"></script>`)},
		{"German", 0, nil, page("de", "Karte", `<header>Karte</header><noscript>Diese Anwendung benötigt JavaScript.</noscript><div id="__nuxt"><div class="spinner">Wird geladen</div></div><script src="/_nuxt/a.js"></script>`)},
		{"nothing but code", 0, nil, page("en", "", `<script>boot()</script>`)},
	},
	"error-page": {
		{"English", 0, nil, page("en", "Page not found - Council of Examples", menu("Example")+`<main><h1>Page not found</h1><p>The requested page could not be found.</p></main>`+foot)},
		{"English, a number", 0, nil, page("en", "404 Not Found", `<center><h1>404 Not Found</h1></center><hr><center>nginx</center>`)},
		{"English, in the heading", 0, nil, page("en", "Example network", menu("Example")+`<main><h1>Oops! That page can’t be found.</h1><p>It looks like nothing was found at this location. Maybe try a search?</p><form><input type="search"></form></main>`)},
		{"English, maintenance", 0, nil, page("en", "Site under maintenance | Example", `<h1>Site under maintenance</h1><p>Example is currently under maintenance. We should be back shortly. Thank you for your patience.</p>`)},
		{"maintenance alone", 0, nil, page("en", "Maintenance", `<h1>We’ll be back soon!</h1><p>Sorry for the inconvenience.</p>`)},
		{"ASP.NET", 0, nil, page("en", "Runtime Error", `<h1>Server Error in '/' Application.</h1><h2>Runtime Error</h2><p>`+strings.Repeat("Description: An application error occurred on the server. ", 5)+`</p>`)},
		{"WordPress", 0, nil, page("en-US", "Database Error", `<h1>Error establishing a database connection</h1>`)},
		{"a server", 0, nil, page("en", "503 Service Temporarily Unavailable", `<center><h1>503 Service Temporarily Unavailable</h1></center>`)},
		{"we are sorry", 0, nil, page("en", "Service unavailable", `<h1>We are sorry</h1><p>This page cannot be shown at the moment. Please try again later.</p>`)},
		{"with its menu in boxes", 0, nil, page("en", "Page Not Found | NCMEC", strings.Repeat(`<div><a href="/x">Help and support for families</a></div>`, 80)+`<h1>404</h1><p>Sorry, the page you were looking for does not exist.</p>`)},
		{"French", 0, nil, page("fr", "Page introuvable | Conseil", menu("Accueil")+`<main><h1>Page introuvable</h1><p>La page demandée n'existe pas ou a été déplacée.</p></main>`)},
		{"French, a number", 0, nil, page("fr", "Erreur 404", `<h1>Oups !</h1><p>Cette page n'existe plus.</p>`)},
		{"French, maintenance", 0, nil, page("fr", "Site en maintenance", `<h1>Maintenance en cours</h1><p>Le site est momentanément indisponible.</p>`)},
		{"German", 0, nil, page("de", "Seite nicht gefunden – Beispiel", menu("Start")+`<main><h1>Seite nicht gefunden</h1><p>Die gewünschte Seite existiert nicht mehr.</p></main>`)},
		{"German, a number", 0, nil, page("de", "Fehler 404 – Beispiel", `<h1>Die Seite wurde nicht gefunden</h1>`)},
		{"German, maintenance", 0, nil, page("de", "Wartungsarbeiten", `<h1>Unsere Website wird derzeit gewartet</h1>`)},
		{"Liferay", 0, nil, page("en", "Status - www.coe.int", `<main><h3>Not Found</h3><p>The requested resource could not be found. http://www.coe.int/x</p></main>`)},
		{"a framework", 0, nil, page("en", "UNTC", `<div>An error has occurred while processing your request. Please try later.</div>`)},
		{"a framework, in its frame", 0, nil, page("en", "UNTC", `<div id="header">United Nations Treaty Collection</div><span>Sorry, the page that you requested is temporarily unavailable</span>`)},
		{"PHP", 0, nil, "<br />\n<b>Fatal error</b>:  Uncaught Error: Call to undefined function in /var/www/x.php:12"},
		{"words alone", 0, nil, "Service Unavailable"},
		{"Varnish", 0, nil, page("en", "503 Backend fetch failed", `<h1>Error 503 Backend fetch failed</h1><p>Backend fetch failed</p><h3>Guru Meditation:</h3><p>XID: 1</p>`)},
		{"CloudFront", 0, nil, page("en", "ERROR: The request could not be satisfied", `<h1>403 ERROR</h1><h2>The request could not be satisfied.</h2>`)},
		{"IIS", 0, nil, page("en", "404 - File or directory not found.", `<div id="header"><h1>Server Error</h1></div><div><h2>404 - File or directory not found.</h2></div>`)},
		{"access denied", 0, nil, page("en", "Access denied | Example", menu("Example")+`<main><h1>Access denied</h1><p>You are not authorized to access this page.</p></main>`)},
	},
	"parked-domain": {
		{"for sale", 0, nil, page("en", "example.org is for sale", `<h1>example.org</h1><p>This domain is for sale. Make an offer.</p>`)},
		{"parked", 0, nil, page("en", "example.org", `<h1>example.org</h1><p>This domain is parked free, courtesy of a registrar.</p><p>Is this your domain?</p>`)},
		{"advertisements", 0, nil, page("en", "example.org", `<div>Related Searches</div><div>Child Care</div><div>Online Safety</div><script src="https://www.sedoparking.com/frmpark/example.org/x.js"></script>`)},
		{"a lander", 0, nil, `<!DOCTYPE html><html><head><script>window.onload=function(){window.location.href="/lander"}</script></head></html>`},
		{"suspended", 0, nil, page("en", "Account Suspended", `<h1>This Account has been suspended.</h1><p>Contact your hosting provider for more information.</p>`)},
		{"expired", 0, nil, page("en", "Domain expired", `<p>The domain has expired. If you own it, renew it with your registrar.</p>`)},
		{"German", 0, nil, page("de", "beispiel.org", `<h1>beispiel.org</h1><p>Diese Domain steht zum Verkauf. Domain kaufen.</p>`)},
		{"French", 0, nil, page("fr", "exemple.org", `<p>Ce nom de domaine est à vendre.</p><a href="/x">Acheter ce domaine</a>`)},
	},
	"default-page": {
		{"nginx", 0, nil, page("en", "Welcome to nginx!", `<h1>Welcome to nginx!</h1><p>If you see this page, the nginx web server is successfully installed and working.</p>`)},
		{"Apache", 0, nil, "<html><body><h1>It works!</h1></body></html>"},
		{"Apache of Debian", 0, nil, page("en", "Apache2 Debian Default Page: It works", `<p>This is the default welcome page used to test the correct operation of the Apache2 server after installation.</p>`)},
		{"IIS", 0, nil, page("en", "IIS Windows Server", `<div><img src="iisstart.png"></div>`)},
	},
	"another-language": {
		{"French", 0, nil, page("fr", "Accueil", `<main><h1>Bienvenue</h1><p>Cette page est disponible en français uniquement.</p></main>`)},
		{"German, of Austria", 0, nil, page("de-AT", "Mitglieder", `<h1>Mitglieder</h1><p>Das sind die Mitglieder des Netzes und ihre Seiten.</p><ul><li>Schweden</li></ul>`)},
		{"Romanian", 0, nil, page("ro_RO", "Membri", `<h1>Membri</h1><p>Aceștia sunt membrii rețelei și paginile lor din fiecare țară.</p><ul><li>Suedia</li></ul>`)},
		{"in three letters", 0, nil, page("fra", "Membres", `<h1>Liste des membres</h1><p>Voici les membres du réseau.</p><ul><li>Suède</li></ul>`)},
		{"XHTML", 0, nil, `<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" xml:lang="es"><head><title>Miembros</title></head><body><h1>Miembros</h1><p>Estos son los miembros de la red y sus páginas.</p><p>Suecia</p></body></html>`},
		{"a language whose small words are not known", 0, nil, page("hu", "Tagok", `<h1>A hálózat tagjai</h1><p>`+strings.Repeat("Ezek azok az országok, amelyek tagjai ennek az európai hálózatnak. ", 5)+`</p>`)},
		{"as the header says", 0, http.Header{"Content-Language": {"fr"}}, `<html><head><title>Membres</title></head><body><h1>Liste des membres</h1><p>Voici les membres du réseau et leurs pages.</p></body></html>`},
		{"as its words say", 0, nil, `<html><head><title>Membres</title></head><body><h1>Liste des membres</h1>` + strings.Repeat("<p>Le réseau regroupe les institutions indépendantes des États membres du Conseil de l'Europe.</p>", 10) + `</body></html>`},
	},
	"empty-template": {
		{"fields", 0, nil, page("en", "{{ page.title }}", menu("Example")+`<main><h1>{{ page.title }}</h1><div>{{ page.content }}</div></main>`)},
		{"fields in the text", 0, nil, page("en", "Members", menu("Example")+`<main><h1>Members</h1><ul><li>{{member.country}} – {{member.name}}</li></ul></main>`)},
		{"fields of a CMS", 0, nil, page("en", "Members", `<h1>###TITLE###</h1><div>###CONTENT_LEFT###</div>`)},
		{"fields of a script", 0, nil, page("fr", "${titre}", `<h1>${titre}</h1><p>${texte}</p>`)},
		{"an empty main part", 0, nil, page("en", "Members", menu("Example")+`<main><h1>Members</h1><div class="view-content"></div></main>`+foot)},
		{"an empty article", 0, nil, page("de", "Mitglieder", menu("Start")+`<article></article>`+foot)},
		{"an empty role", 0, nil, page("fr", "Membres", menu("Accueil")+`<div role="main"><h2>Membres</h2></div>`+foot)},
		{"nothing in its view", 0, nil, page("en", "Members", menu("Example")+`<main><h1>Members</h1><div class="view-empty"><p>There is no content to show.</p></div></main>`)},
		{"nothing found", 0, nil, page("en", "Members", menu("Example")+`<main><h1>Members</h1><p>No results found.</p></main>`)},
		{"nothing", 0, nil, page("en", "Members", "")},
	},
}

func TestFaultsAreRecognised(t *testing.T) {
	for code, list := range madeUp {
		if len(list) < 3 {
			t.Errorf("%s: only %d pages", code, len(list))
		}
		for _, f := range list {
			status := f.status
			if status == 0 {
				status = 200
			}
			got, text := soft.Fault("html", "", status, f.header, []byte(f.body))
			if got != code || text == "" || strings.HasSuffix(text, ".") {
				t.Errorf("%s, %s: %q (%s)", code, f.name, got, text)
			}
			// With spaces, another case of the tags and comments about it, it is the same page.
			loud := "\r\n<!-- generated -->\r\n" + strings.NewReplacer("<div", "<DIV", "</div>", "</DIV>\n\n", "<h1>", "<H1 CLASS=x>\n", "</h1>", "\n</H1>").Replace(f.body)
			if strings.HasPrefix(f.body, "<") {
				if again, _ := soft.Fault("html", "", status, f.header, []byte(loud)); again != code {
					t.Errorf("%s, %s, in another dress: %q", code, f.name, again)
				}
			}
		}
	}
}

// A challenge or a wall is named also where a document or data were asked for.
func TestChallengesInPlaceOfOtherMedia(t *testing.T) {
	for _, f := range madeUp["challenge"] {
		status := max(f.status, 200)
		for _, media := range []string{"pdf", "json", "csv", "text"} {
			if code, _ := soft.Fault(media, "", status, f.header, []byte(f.body)); code != "challenge" {
				t.Errorf("%s as %s: %q", f.name, media, code)
			}
		}
	}
	for _, f := range madeUp["login-wall"] {
		if code, _ := soft.Fault("json", "", 200, nil, []byte(f.body)); code != "login-wall" {
			t.Errorf("%s as json: %q", f.name, code)
		}
		if code, _ := soft.Fault("pdf", "", 200, nil, []byte(f.body)); code != "html-instead-of-pdf" {
			t.Errorf("%s as pdf: %q", f.name, code)
		}
	}
}

const members = `<h1>Our members</h1><p>The network has members in many countries.</p><ul><li>Norway</li><li>Sweden</li><li>Iceland</li><li>Finland</li><li>Denmark</li><li>Estonia</li></ul>`

// What looks like a fault at first sight and is none.
func TestNoFalseAlarm(t *testing.T) {
	tiny := `<main><h1>Safer Internet Centre Norway</h1><h2>About our SID activities</h2><p>In Norway it takes place.</p></main>`
	for name, body := range map[string]string{
		"loads a script of Cloudflare":      page("en", "Members", members+`<script>(function(){window['__CF$cv$params']={r:'8'};var a=document.createElement('script');a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js';})();</script><script src="https://static.cloudflareinsights.com/beacon.min.js"></script>`),
		"a tiny page with that script":      page("en", "Norway", tiny+`<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>`),
		"loads scripts of other guards":     page("en", "Norway", tiny+`<script src="https://js.datadome.co/tags.js"></script><script src="/_Incapsula_Resource?SWJIYLWA=71"></script><script src="/akam/13/1a2b"></script>`),
		"loads a script of AWS WAF":         page("en", "Norway", tiny+`<script src="https://x.token.awswaf.com/x/challenge.js"></script>`),
		"a text about Cloudflare":           page("en", "Members", members+`<p>Our site is protected by Cloudflare; a challenge may be shown: Just a moment...</p>`),
		"a banner on cookies":               page("en", "Members", `<div id="cookie-banner"><p>We use cookies. By clicking accept you agree to the use of cookies.</p><button>Accept all</button></div>`+members),
		"a banner over a tiny page":         page("en", "Norway", `<div class="cookie-consent"><h2>We value your privacy</h2><p>We use cookies and similar means. Consent can be withdrawn at any time. We and our partners process data.</p><button>Accept</button></div>`+tiny),
		"a box that holds the page":         page("en", "Norway", `<div id="site" class="has-cookie-bar">`+tiny+`<p>We use cookies.</p><button>Accept</button></div>`),
		"a page on consent":                 page("en", "Age of consent", `<main><h1>Age of consent</h1><p>The age of sexual consent is 16. Consent must be free.</p><button>Accept</button></main>`),
		"a hint for browsers without":       page("en", "Norway", `<noscript>Please enable JavaScript to see all of this page.</noscript>`+tiny+`<script src="a.js"></script>`),
		"an application that was drawn":     page("en", "Members", `<noscript>You need to enable JavaScript to run this app.</noscript><div id="root">`+members+`</div><script src="main.js"></script>`),
		"a place for a widget":              page("en", "Norway", tiny+`<div id="app"></div><script src="main.js"></script>`),
		"404 in a paragraph":                page("en", "Members", members+`<p>Error 404: page not found is what the old address says.</p>`),
		"404 in a small heading":            page("en", "Members", members+`<h2>404 Not Found</h2>`),
		"a number in the title":             page("en", "Resolution 404 (2019)", members),
		"a convention on maintenance":       page("en", "Maintenance: recovery abroad | Conventions", `<h1>Maintenance</h1><p>`+strings.Repeat("The obligation to pay maintenance is recognised. ", 20)+`</p>`),
		"a list of what is unavailable":     page("en", "Data not available", `<h1>Data not available by country</h1>`+members),
		"a document that is available":      page("en", "Document available", `<h1>Document available</h1><p>Read it.</p>`),
		"terror is no error":                page("en", "Terrorism", `<h1>Terrorism</h1><p>Errors and terrors.</p>`),
		"a log-in in the head":              page("en", "Members", `<header><form><input name="u"><input type="password"><button>Log in</button></form></header>`+members),
		"a link to log in":                  page("en", "Norway", `<a href="/login">Log in</a>`+tiny),
		"a members' list":                   page("en", "Members | Members area", menu("Example")+`<main>`+strings.Repeat(members, 4)+`</main>`),
		"a contact form with a captcha":     page("en", "Contact", `<h1>Contact</h1><form><input type="email"><textarea></textarea><div class="g-recaptcha"></div></form>`),
		"a form for letters on a page":      page("en", "Members", members+`<form><input type="email"><div class="cf-turnstile"></div></form>`),
		"a list that opens when clicked":    page("en", "Members", `<main><h1>Members</h1>`+strings.Repeat(`<div hidden><p>Norway: the Ombudsman for Children</p></div>`, 20)+`</main>`),
		"a main part that is shown later":   page("en", "Members", `<main style="display:none">`+members+`</main><script src="x.js"></script>`),
		"a list that is not read aloud":     page("en", "Members", `<main><h1>Members</h1><div aria-hidden="true"><ul><li>Norway</li><li>Sweden</li></ul></div></main>`),
		"a hidden word on an error":         page("en", "Members", members+`<div style="display: none"><h1>Page not found</h1></div>`),
		"the frame of a French site":        page("fr", "Members", `<main><h1>Members of the network</h1><p>The members of this network are the following states and their institutions.</p></main>`),
		"names in the frame of a site":      page("el", "ENOC", `<main><h1>ENOC</h1><ul><li>Norway</li><li>Sweden</li></ul></main>`),
		"a language of the header":          page("", "Members", members),
		"related searches":                  page("en", "Members", members+`<p>Related searches: hotlines</p><footer>Privacy policy</footer>`),
		"a word of Akamai in a script":      page("en", "Norway", tiny+`<script>var a='bm-verify=1'</script>`),
		"a field that was forgotten":        page("en", "Norway", `<main><h1>SID Norway</h1><p>Planned for 2026: a conference. {{ share }}</p></main>`),
		"a captcha under a small page":      page("en", "Norway", tiny+`<p>In 2026 the day is marked by a conference and by lessons in schools.</p><p>Write to us:</p><div class="g-recaptcha"></div>`),
		"a text on errors":                  page("en", "Report an error", `<h1>Report an error</h1><p>If an error has occurred on our page, tell us.</p>`),
		"a day without news":                page("en", "Georgia", `<main><h1>Georgia</h1><p>There are no results yet of the day, which takes place in February.</p></main>`),
		"domains in a text":                 page("en", "Members", strings.Repeat(members, 8)+`<p>The old domain is for sale.</p>`),
		"no language declared":              `<!DOCTYPE html><html><head><title>Membres</title></head><body><h1>Membres</h1><p>Suède</p></body></html>`,
		"an empty language":                 page("", "Members", members),
		"no language at all":                page("{{ lang }}", "Members", members),
		"undetermined":                      page("und", "Members", members),
		"English of Britain":                page("en-GB", "Members", members),
		"English in capitals":               page("EN_us", "Members", members),
		"English in three letters":          page("eng", "Members", members),
		"a field that was left in a corner": page("en", "Members", members+`<p>`+strings.Repeat("Each of them runs a hotline. ", 20)+`</p><span>{{ count }} visitors</span>`),
		"code on a page":                    page("en", "Norway", tiny+`<script type="text/template"><b>{{ name }}</b></script><template>{{ x }}</template>`),
		"an empty main beside the text":     page("en", "Members", `<main></main><div>`+members+`<p>`+strings.Repeat("Each of them runs a hotline. ", 5)+`</p></div>`),
		"a main part of pictures":           page("en", "Members", `<main><h1>Members</h1><img src="map.png" alt="map"></main>`),
		"a table in the main part":          page("en", "Members", `<main><h1>Members</h1><table><tr><td>Norway</td></tr></table></main>`),
		"a frame":                           `<html><head><title>Old chart</title></head><frameset cols="20%,80%"><frame src="a.htm"><frame src="b.htm"></frameset></html>`,
		"the page with the service's key":   page("en", "Full list - Treaty Office", `<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div><script>window.conventions_api_url = 'https://conventions-ws.coe.int/x/'; window.conventions_api_key = "made-up";</script><script src="main.js"></script>`),
		"that page, with the hint in sight": page("en", "Full list", `You need to enable JavaScript to run this app.<div id="root"></div><script>window.conventions_api_key = "made-up";</script>`),
		"a page of components":              page("en", "CyberTipline Data", `<div class="cmp-page"><div class="cmp-container"><h2>By country</h2><p class="cmp-text">Reports by country, in a file for each year. Accept.</p><a href="/x.pdf">2023</a></div></div>`),
	} {
		if code, text := soft.Fault("html", "", 200, nil, []byte(body)); code != "" {
			t.Errorf("%s: %s (%s)", name, code, text)
		}
	}
	if code, _ := soft.Fault("html", "ru", 200, nil, []byte(page("ru", "Рейтинг", `<h1>Глобальный рейтинг</h1><p>Бельгия</p>`))); code != "" {
		t.Errorf("the Russian page, where it is asked for: %s", code)
	}
	if code, _ := soft.Fault("html", "ru", 200, nil, []byte(page("en", "Ranking", members))); code != "another-language" {
		t.Errorf("the English page, where the Russian one is asked for: %s", code)
	}
}

// A page that is larger than what is looked at is judged by its first part.
func TestWorkIsCapped(t *testing.T) {
	big := page("en", "Members", members+strings.Repeat("<p>Norway and Sweden and Iceland.</p>\n", 400_000))
	if code, text := soft.Fault("html", "", 200, nil, []byte(big)); code != "" {
		t.Errorf("%s (%s)", code, text)
	}
	deep := strings.Repeat("<div>", 200_000)
	if code, _ := soft.Fault("html", "", 200, nil, []byte(deep)); code != "" {
		t.Errorf("what cannot be parsed is left to the reader: %s", code)
	}
	boxes := strings.Repeat(`<div id="app" class="cookie">`, 480) + strings.Repeat("<p>x</p>", 400_000)
	// Without a cap this would take hours, and the test run its limit.
	if code, text := soft.Fault("html", "", 200, nil, []byte(boxes)); code != "" {
		t.Errorf("boxes within boxes: %s (%s)", code, text)
	}
	long := "[" + strings.Repeat("1,", 5<<20) + "1]"
	if code, _ := soft.Fault("json", "", 200, nil, []byte(long)); code != "" {
		t.Errorf("%s", code)
	}
}
