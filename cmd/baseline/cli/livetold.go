package cli

import (
	"fmt"
	"slices"

	"baseline/pipeline"
	"baseline/pipeline/archive"
	"baseline/pipeline/fetch"
	"baseline/sources/source"
)

// asked prints what became of the requests.
func (a *app) asked(reports []fetch.Report) error {
	if a.json {
		for _, r := range reports {
			for _, x := range r.Answers {
				if err := a.object(map[string]any{
					"type": "answer", "source": r.Source, "request": x.Request, "url": x.URL, "outcome": x.Outcome, "status": x.Status,
					"bytes": x.Bytes, "fault": x.Fault, "text": x.Text, "tries": x.Tries, "seconds": x.Took.Seconds(),
				}); err != nil {
					return err
				}
			}
		}
		return nil
	}
	count := map[string]int{}
	var bytes int64
	for _, r := range reports {
		for _, x := range r.Answers {
			count[x.Outcome]++
			bytes += x.Bytes
		}
	}
	fmt.Fprintf(a.out, "asked %d sources: %d new answers, %d unchanged, %d failed, %d not asked; %s received\n\n", len(reports),
		count[fetch.OutcomeNew], count[fetch.OutcomeSame]+count[fetch.OutcomeNotModified], count[fetch.OutcomeFailed], count[fetch.OutcomeNotAsked], volume(bytes))
	return nil
}

// volume prints a number of bytes for people.
func volume(n int64) string {
	switch {
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d bytes", n)
}

// dryRun prints what would be asked of whom.
func (a *app) dryRun(p *pipeline.Pipeline, list []source.Source, how asking) error {
	c, _, err := a.client(p, how, true)
	if err != nil {
		return err
	}
	defer c.Close()
	n, hosts := 0, map[string]bool{}
	for _, s := range list {
		asks, err := c.Plan(archive.In(p.Workspace), s)
		if err != nil {
			return err
		}
		if !a.json {
			fmt.Fprintf(a.out, "%s: %s\n", s.About().ID, s.About().Title)
		}
		gap := 0
		for _, q := range asks {
			gap = max(gap, q.Gap)
			n++
			for _, h := range q.Hosts {
				hosts[h] = true
			}
			if err := a.dryLine(q); err != nil {
				return err
			}
		}
		if !a.json && gap > 0 {
			fmt.Fprintf(a.out, "  gap between two requests to one host: %d s, or what its robots.txt asks for if that is longer\n", gap)
		}
	}
	if !a.json {
		fmt.Fprintf(a.out, "\n%d requests to at most %d hosts, robots.txt of each before; of several addresses the next one is tried only if there is nothing at the one above it, or never was.\nNothing was asked.\n", n, len(hosts))
	}
	return nil
}

func (a *app) dryLine(q fetch.Ask) error {
	if a.json {
		return a.object(map[string]any{
			"type": "ask", "source": q.Source, "request": q.Request, "method": q.Method, "addresses": q.Addresses, "hosts": q.Hosts,
			"conditional": q.Conditional, "after": q.After, "leads": q.Follows, "gap_seconds": q.Gap,
			"elsewhere": q.Elsewhere,
		})
	}
	note := ""
	if q.After != "" {
		note = ", after " + q.After
	}
	if q.Follows {
		note += ", may lead to more"
	}
	if q.Conditional {
		note += ", only if it has changed"
	}
	fmt.Fprintf(a.out, "  %s%s\n", q.Request, note)
	for _, address := range q.Addresses {
		note := ""
		if slices.Contains(q.Elsewhere, address) {
			note = " (not asked: its host is not on the list of this source)"
		}
		fmt.Fprintf(a.out, "    %s %s%s\n", q.Method, address, note)
	}
	return nil
}
