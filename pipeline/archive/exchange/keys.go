package exchange

import (
	"baseline/sources/source"
)

// withoutKeys blanks the keys in a page, which must not be stored. What is a key the source
// knows: what it finds in the page, and what it would send if the page were the answer that
// gives it one. sure is false where there may be another.
func withoutKeys(s source.Source, asks []source.Request, body []byte) (clean []byte, sure bool) {
	var plan source.Plan
	for _, r := range asks {
		if r.Private {
			plan.Answers = append(plan.Answers, source.Capture{Source: s.About().ID, Request: r.ID, Body: body})
		}
	}
	var keys []string
	sure = true
	if keyed, ok := s.(source.Keyed); ok {
		keys, sure = keyed.Keys(body)
	}
	if plan.Answers != nil {
		for _, r := range s.Requests(plan) {
			for _, key := range r.Secret {
				keys = append(keys, key)
			}
		}
	}
	return source.Blank(body, keys), sure
}
