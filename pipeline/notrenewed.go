package pipeline

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/settings"
	"baseline/sources/source"
)

// NotRenewed is the code of the finding for a request that brought nothing to read.
const NotRenewed = "not-renewed"

// notRenewed tells of requests that brought nothing to read: those that failed on one day
// for one reason in one sentence.
func notRenewed(s source.Source, a asked) []source.Finding {
	faults := a.faults
	type reason struct{ code, said, day string }
	of := map[reason][]archive.Record{}
	var order []reason
	for _, req := range slices.Sorted(maps.Keys(faults)) {
		if req == archive.Robots {
			continue // evidence for what is told of the request itself
		}
		rec := faults[req]
		r := reason{cmp.Or(rec.Fault, NotRenewed), rec.FaultText, rec.RequestedAt.UTC().Format(time.DateOnly)}
		switch {
		case r.said != "":
		case rec.Status != 0:
			r.said = fmt.Sprintf("the publisher answered with status %d", rec.Status)
		default:
			r.said = "there was no answer"
		}
		if of[r] == nil {
			order = append(order, r)
		}
		of[r] = append(of[r], rec)
	}
	var found []source.Finding
	for _, r := range order {
		first := of[r][0]
		var ids []string
		for _, rec := range of[r] {
			ids = append(ids, rec.Request.ID)
		}
		was, one := "was", ""
		if len(ids) > 1 {
			was, one = "were", ", for one"
		}
		found = append(found, source.Finding{
			Code: r.code, Severity: source.Question, Source: first.Source, Part: strings.Join(ids, ", "), Capture: first.SHA256, Unanswered: true,
			Text: fmt.Sprintf("%s %s asked on %s and did not let us read: %s (%s%s)", strings.Join(ids, ", "), was, r.day, r.said, first.Request.URL, one),
			Hint: "the last good rows stay with their old clocks; " + a.wayOut(s, first),
		})
	}
	return found
}

// wayOut says how a steward puts in what a request did not bring. The addresses stand in
// quotation marks, because they hold what a shell takes for its own.
func (a asked) wayOut(s source.Source, failed archive.Record) string {
	// What the source asks for with a key shows which requests need one, and how it is sent.
	variable := settings.KeyName(failed.Source)
	keyed := s.Requests(source.Plan{Key: "$" + variable})
	find := func(asks []source.Request, fits func(source.Request) bool) *source.Request {
		if i := slices.IndexFunc(asks, fits); i >= 0 {
			return &asks[i]
		}
		return nil
	}
	same := func(q source.Request) bool { return q.ID == failed.Request.ID }
	if req := find(a.asks, same); req != nil && req.Private {
		// Its answer is never stored; what it opens is what is read.
		opened := find(keyed, func(q source.Request) bool { return len(q.Secret) > 0 && len(q.Addresses) > 0 && q.Method == "" })
		if opened == nil {
			return "if it lasts, see whether a browser still opens the address"
		}
		return fmt.Sprintf("if it lasts, open the address in a browser, look in the source of the page for the key, and give it as %s in the environment of the program; or ask for each thing by hand, for one: %s", variable, byCurl(failed.Source, *opened, opened.Addresses[0], false))
	}
	if req := find(keyed, same); req != nil && (len(req.Secret) > 0 || req.Method == http.MethodPost) {
		return fmt.Sprintf("if it lasts, ask for it by hand, with %s as the page that gives the key shows it: %s", variable, byCurl(failed.Source, *req, failed.Request.URL, failed.Fault == "tls-failed"))
	}
	return fmt.Sprintf("if it lasts, open the address in a browser, save the page and put it in: baseline capture add %s --url \"%s\" FILE", failed.Source, failed.Request.URL)
}

// byCurl is a line for a shell that asks what the program would and puts the answer in.
// OpenSSL does a short Diffie-Hellman group when it is told to, and checks the certificate
// all the same.
func byCurl(id string, req source.Request, address string, old bool) string {
	var b strings.Builder
	b.WriteString("curl -fsS")
	if old {
		b.WriteString(" --ciphers DEFAULT@SECLEVEL=1")
	}
	for _, name := range slices.Sorted(maps.Keys(req.Secret)) {
		fmt.Fprintf(&b, " -H \"%s: %s\"", name, req.Secret[name])
	}
	for _, name := range slices.Sorted(maps.Keys(req.Header)) {
		fmt.Fprintf(&b, " -H \"%s: %s\"", name, req.Header[name])
	}
	if req.Body != "" {
		fmt.Fprintf(&b, " --data '%s'", strings.ReplaceAll(req.Body, "'", `'\''`))
	}
	fmt.Fprintf(&b, " -o FILE \"%s\" && baseline capture add %s --request %s --url \"%s\" FILE", address, id, req.ID, address)
	return b.String()
}

// FromElsewhere is the code of the finding for an answer that came from another address
// than the one before.
const FromElsewhere = "from-another-address"

// fromElsewhere tells of answers that come from another address than the one that answered
// before, until that one answers again: facts may be those of an older page.
func fromElsewhere(a asked) []source.Finding {
	var found []source.Finding
	for _, rec := range a.records {
		i := slices.IndexFunc(a.asks, func(q source.Request) bool { return q.ID == rec.Request.ID })
		if rec.Before == "" || i >= 0 && len(a.asks[i].Addresses) > 0 && !slices.Contains(a.asks[i].Addresses, rec.Before) {
			continue // it is listed no more: the steward has answered
		}
		found = append(found, source.Finding{
			Code: FromElsewhere, Severity: source.Question, Source: rec.Source, Part: rec.Request.ID, Capture: rec.SHA256,
			Text: fmt.Sprintf("%s is read from %s since %s does not answer with it any more: it may be an older page", rec.Request.ID, rec.Request.URL, rec.Before),
			Hint: "look at both; if the page has moved for good, set the addresses in the source's source.yaml right, newest first, or accept it",
		})
	}
	return found
}
