package prose

import (
	"strings"
	"testing"

	"baseline/output/figures"
)

func TestStatementsRefuse(t *testing.T) {
	const head = "id,line,figures,about,kind,group,where,stated,note\n"
	for rows, want := range map[string]string{
		"a,845,5,x,mean,all,y,1,\na,845,5,x,mean,all,y,1,\n": "stands twice",
		"a,,5,x,mean,all,y,1,\n":                             "has no line",
		"a,84x,5,x,mean,all,y,1,\n":                          "is no line",
		"a,845,5,x,median,all,y,1,\n":                        `no computation "median"`,
		"a,845,5,x,unchecked,,,1,\n":                         "does not say why",
		"a,845,5\n":                                          "wrong number of fields",
	} {
		if _, err := readStatements([]byte(head + rows)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", rows, err, want)
		}
	}
}

// A mistake in what is to be computed never counts as a result.
func TestWhereRefuses(t *testing.T) {
	for _, s := range []Statement{
		{Kind: "count", Group: "all", Where: "score > 129.9", Stated: "none"},
		{Kind: "count", Group: "nato", Where: "justice_access: score > 129.9", Stated: "none"},
		{Kind: "count", Group: "SWE", Where: "justice_access: points > 129.9", Stated: "none"},
		{Kind: "count", Group: "SWE", Where: "justice_access: score > many", Stated: "none"},
		{Kind: "count", Group: "SWE", Where: "justice_access yaer=2020: score > 1", Stated: "none"},
		{Kind: "count", Group: "focus", Where: "states: coe_member = yes", Stated: "plenty"},
		{Kind: "arithmetic", Where: "40 x 16", Stated: "24"},
		{Kind: "wider", Group: "SWE", Where: "justice_access: score", Stated: "wider"},
		{Kind: "editions", Where: "states", Stated: "2019"},
		{Kind: "capability", Where: "22", Stated: "x"},
		{Kind: "mean", Group: "SWE", Where: "justice_access: score", Stated: "1"},
		{Kind: "value", Group: "SWE", Where: "justice_access: score", Stated: "1"},
		{Kind: "size", Group: "nowhere", Stated: "1"},
	} {
		if r := Compute(figures.Facts{}, s); r.Outcome != NotCheckable || r.Why == "" {
			t.Errorf("%s %q of %q: %s %s", s.Kind, s.Where, s.Group, r.Outcome, r.Computed)
		}
	}
}
