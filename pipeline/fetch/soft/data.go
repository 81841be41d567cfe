package soft

import (
	"regexp"
	"slices"
	"strings"
)

// saysNo are fields of JSON that say that something went wrong, where no data are beside
// them. Names are in lower case.
var saysNo = []string{"error", "errors", "message", "messagedetail", "exceptionmessage", "exceptiontype", "stacktrace", "fault", "detail", "title", "type", "status", "statuscode", "code", "error_description", "success", "path", "timestamp", "traceid", "instance"}

// failed recognises JSON in which a service says that it could not answer, with status 200, and
// JSON without anything in it.
func failed(v any) (code, text string) {
	switch v := v.(type) {
	case nil:
		return "empty-answer", "the publisher answered with null in place of data"
	case []any:
		if len(v) == 0 {
			return "empty-answer", "the publisher answered with an empty list"
		}
	case map[string]any:
		if len(v) == 0 {
			return "empty-answer", "the publisher answered with an empty object"
		}
		said := ""
		for name, value := range v {
			if !slices.Contains(saysNo, strings.ToLower(name)) {
				return "", "" // there are data
			}
			if s, ok := value.(string); ok && len(s) > len(said) && slices.Contains([]string{"error", "message", "detail", "title", "error_description"}, strings.ToLower(name)) {
				said = s
			}
		}
		for name, value := range v {
			name = strings.ToLower(name)
			if (name == "error" || name == "errors" || name == "fault" || name == "message" || name == "exceptionmessage") && value != nil && value != false && value != "" {
				if said == "" {
					return "error-answer", "the service answered with an error, with status 200"
				}
				return "error-answer", "the service answered with an error, with status 200: " + shortened(folded(said))
			}
		}
	}
	return "", ""
}

func shortened(s string) string {
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}

// told are sentences of servers and frameworks that went wrong, on pages with hardly anything
// else; unset are those of a server that nobody has set up, and shut those of a host that has
// closed the account.
var (
	told = regexp.MustCompile(`(?i)` + strings.Join([]string{
		`\bthe requested resource could not be found\b`, `\ban (?:unexpected )?error (?:has )?occurred while processing (?:your|the) request\b`,
		`\bfatal error\s*: +(?:uncaught|allowed memory|maximum execution|require|call to)`, `\bparse error\s*: +syntax error\b`, `\bthe request could not be satisfied\b`, `\bguru meditation\b`,
		`\bfile or directory not found\b`, `\bthe page (?:that )?you (?:have )?requested (?:is|was) (?:temporarily unavailable|not found|removed)\b`,
		`^\W*(?:error\W+)?(?:service (?:temporarily )?unavailable|internal server error|bad gateway|gateway time-?out|an error (?:has )?occurred|application error|not found|no healthy upstream|upstream connect error.*|error)\W*$`,
	}, "|"))
	unset = regexp.MustCompile(`(?i)^\W*(?:welcome to (?:nginx|openresty|caddy|centos)\b|it works!\W*$|apache2? (?:ubuntu|debian|http server)?.{0,20}(?:default|test) page|iis windows server|test page for the (?:apache|nginx|http)|plesk (?:obsidian|default)|default web site page|index of /\W*$)`)
	shut  = regexp.MustCompile(`(?i)\bthis account has been suspended\b|^\W*account suspended\b`)
	none  = regexp.MustCompile(`(?i)^\W*(?:there (?:is|are) (?:currently |at present )?no (?:content|results|items|entries)(?: to (?:show|display)| (?:found|available))?(?: here| at the moment| yet)?|no (?:results|content|items|entries) (?:were |was )?found|aucun (?:résultat|contenu)(?: trouvé)?|keine (?:ergebnisse|inhalte)(?: gefunden)?)\W*$`)
)

// tells recognises pages of servers that went wrong by what they say, and those of servers
// that were not set up.
func (p *page) tells() (code, text string) {
	switch {
	case p.rows > 5 || p.things > 3:
		return "", ""
	case p.all < 1500 && (unset.MatchString(p.title) || len(p.headings) > 0 && unset.MatchString(p.headings[0]) || p.all < 60 && unset.MatchString(p.text)):
		return "default-page", "the publisher's address leads to a server that nobody has set up" + p.headed()
	case p.all < 600 && (shut.MatchString(p.title) || shut.MatchString(p.text)):
		return "parked-domain", "the host of the publisher's page has suspended it" + p.headed()
	case p.all < 500 && told.MatchString(p.text):
		return "error-page", "the publisher answered with an error page" + p.headed() + ", with status 200"
	}
	return "", ""
}
