package publishers

import (
	"io"
	"net/http"
	"strings"
)

// Soft failures: answers that are not what was asked for, in the words of publishers and
// of the services before them. All of them are made up.

func made(status int, header map[string]string, page string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", HTML)
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, page)
	})
}

// Challenge is Cloudflare's page that asks a browser to prove itself; status is 403 as a
// rule, and was seen as 503 and 200.
func Challenge(status int) http.Handler {
	header := map[string]string{"Server": "cloudflare"}
	if status == http.StatusForbidden {
		header["Cf-Mitigated"] = "challenge"
	}
	return made(status, header, `<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head><body>
<div class="main-wrapper"><noscript>Enable JavaScript and cookies to continue</noscript></div><script>(function(){window._cf_chl_opt={cvId:'3',cType:'managed'};})();</script></body></html>`)
}

// ConsentWall asks for consent to cookies in place of the page.
func ConsentWall() http.Handler {
	return made(200, nil, `<!DOCTYPE html><html lang="en"><head><title>Before you continue</title></head><body><h1>Before you continue</h1>
<p>We use cookies and data to run this site. If you choose to accept all, we will also use cookies to measure how it is used.</p>
<form method="post" action="/save"><button>Reject all</button> <button>Accept all</button></form></body></html>`)
}

// LoginWall asks to log in.
func LoginWall() http.Handler {
	return made(200, nil, `<!DOCTYPE html><html lang="en"><head><title>Log in | Members</title></head><body><main><h1>Log in</h1>
<form method="post"><label>User name <input type="text" name="user"></label> <label>Password <input type="password" name="pass"></label> <button>Log in</button></form></main></body></html>`)
}

// Shell is a page that JavaScript would fill.
func Shell() http.Handler {
	return made(200, nil, `<!DOCTYPE html><html lang="en"><head><title>Members</title><script defer src="/static/js/main.js"></script></head><body>
<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div></body></html>`)
}

// ErrorPage says that there is no such page, with status 200.
func ErrorPage() http.Handler {
	return made(200, nil, `<!DOCTYPE html><html lang="en"><head><title>Page not found | Network</title></head><body><nav><ul>`+strings.Repeat(`<li><a href="/">Members</a></li>`, 10)+`</ul></nav>
<main><h1>Page not found</h1><p>The page you requested could not be found.</p></main></body></html>`)
}

// Parked is the page of a registrar on a domain that nobody uses.
func Parked() http.Handler {
	return made(200, nil, `<!DOCTYPE html><html lang="en"><head><title>Domain for sale</title></head><body><h1>This domain is for sale</h1><p>Buy this domain. Related searches: members, hotline, children.</p></body></html>`)
}

// OtherLanguage is the page in French.
func OtherLanguage() http.Handler {
	return made(200, nil, `<!DOCTYPE html><html lang="fr-FR"><head><title>Nos membres</title></head><body><main><h1>Nos membres</h1><p>Le réseau a des membres dans de nombreux pays.</p><ul><li>Norvège</li><li>Suède</li><li>Islande</li></ul></main></body></html>`)
}

// EmptyTemplate is the frame of a page with nothing in it.
func EmptyTemplate() http.Handler {
	return made(200, nil, `<!DOCTYPE html><html lang="en"><head><title>Members</title></head><body><nav><a href="/">Home</a></nav><main><h1>Members</h1><div class="view-content"></div></main><footer><p>Contact</p></footer></body></html>`)
}

// HTMLAsPDF says that it is a PDF and is a page.
func HTMLAsPDF() http.Handler {
	return made(200, map[string]string{"Content-Type": "application/pdf"}, `<!DOCTYPE html><html lang="en"><head><title>Document not available</title></head><body><h1>Document not available</h1></body></html>`)
}
