package exchange

import (
	"bytes"
	"html"
	"net/url"

	"baseline/sources/source"
)

// withoutKeys blanks the keys in a page, which must not be stored, and says how many
// characters it blanked. What is a key the source knows: it is what it would send if the page
// were the answer that gives it one.
func withoutKeys(s source.Source, asks []source.Request, body []byte) (clean []byte, blanked int) {
	var plan source.Plan
	for _, r := range asks {
		if r.Private {
			plan.Answers = append(plan.Answers, source.Capture{Source: s.About().ID, Request: r.ID, Body: body})
		}
	}
	if plan.Answers == nil {
		return body, 0
	}
	clean = body
	for _, r := range s.Requests(plan) {
		for _, key := range r.Secret {
			for _, form := range []string{key, html.EscapeString(key), url.QueryEscape(key)} {
				if n := bytes.Count(clean, []byte(form)); form != "" && n > 0 {
					clean = bytes.ReplaceAll(clean, []byte(form), bytes.Repeat([]byte(" "), len(form)))
					blanked += n * len(form)
				}
			}
		}
	}
	return clean, blanked
}
