package robots_test

import (
	"strings"
	"testing"
	"time"

	"baseline/pipeline/fetch/robots"
)

const agent = "baseline"

// Each case names paths that are open and paths that are shut.
func TestRules(t *testing.T) {
	for name, c := range map[string]struct{ text, open, shut string }{
		"nothing":                             {"", "/ /x", ""},
		"everything":                          {"User-agent: *\nDisallow: /\n", "/robots.txt", "/ /x /x?q=1"},
		"nothing is shut":                     {"User-agent: *\nDisallow:\n", "/ /x", ""},
		"ours goes before the others":         {"User-agent: *\nDisallow: /\n\nUser-agent: baseline\nDisallow: /private\n", "/ /x", "/private /private/x"},
		"ours may stand first":                {"User-agent: baseline\nDisallow: /private\n\nUser-agent: *\nDisallow: /\n", "/x", "/private"},
		"ours has no rules":                   {"User-agent: *\nDisallow: /\n\nUser-agent: baseline\n", "/x", ""},
		"any case of letters":                 {"user-AGENT: BaseLine\nDISALLOW: /\n", "", "/x"},
		"with a version":                      {"User-agent: baseline/1.0\nDisallow: /\n", "", "/x"},
		"a name that begins as ours":          {"User-agent: baseline-research\nDisallow: /\n\nUser-agent: baselinebot\nDisallow: /\n", "/x", ""},
		"a name with which ours begins":       {"User-agent: base\nDisallow:\n\nUser-agent: *\nDisallow: /\n", "", "/x"},
		"several names":                       {"User-agent: googlebot\nUser-agent: *\nDisallow: /\n", "", "/x"},
		"groups of one name are one":          {"User-agent: *\nDisallow: /a\n\nUser-agent: foo\nDisallow: /c\n\nUser-agent: *\nDisallow: /b\n", "/c", "/a /b"},
		"a blank line does not end":           {"User-agent: *\n\nDisallow: /\n", "", "/x"},
		"other fields do not end":             {"User-agent: *\nSitemap: http://x/s.xml\nNoindex: /y\nHost: x\nDisallow: /\n", "", "/x"},
		"a delay ends the names":              {"User-agent: *\nCrawl-delay: 10\n\nUser-agent: bad\nDisallow: /\n", "/x", ""},
		"comments":                            {"# c\nUser-agent: * # all\nDisallow: / # all\n", "", "/x"},
		"a mark of the byte order":            {"\ufeffUser-agent: *\nDisallow: /\n", "", "/x"},
		"lines that end with CR":              {"User-agent: *\rDisallow: /\r", "", "/x"},
		"lines that end with CR LF":           {"User-agent: *\r\nDisallow: /\r\n", "", "/x"},
		"no end of the last line":             {"User-agent: *\nDisallow: /", "", "/x"},
		"blanks before the colon":             {"User-agent : *\nDisallow : /\n", "", "/x"},
		"no colon":                            {"User-agent *\nDisallow /\n", "", "/x"},
		"rules before the first name":         {"Disallow: /a\nCrawl-delay: 5\nUser-agent: *\nDisallow: /b\n", "/a", "/b"},
		"an odd delay":                        {"User-agent: *\nCrawl-delay: 1,5\nDisallow: /\n", "", "/x"},
		"a delay that is none":                {"User-agent: bot\nCrawl-delay: x\n\nUser-agent: *\nCrawl-delay:\nDisallow: /\n", "", "/x"},
		"a name that is none":                 {"User-agent:\nDisallow: /a\n\nUser-agent: *\nDisallow: /b\n", "/a", "/b"},
		"bytes that are no text":              {"User-agent: *\nDisallow: /\n\x00\xff\xfe: bla\n::::\n", "", "/x"},
		"a page in its place":                 {"<html><body>User-agent: *\nDisallow: /x</body></html>", "/x", ""},
		"a path without a slash":              {"User-agent: *\nDisallow: private\nAllow: x\n", "/x", "/private"},
		"the longest decides":                 {"User-agent: *\nAllow: /\nDisallow: /x\nAllow: /x/y\n", "/ /x/y", "/x /x/z"},
		"of two as long, the one that allows": {"User-agent: *\nDisallow: /x\nAllow: /x\n", "/x", ""},
		// RFC 9309, section 2.2.2
		"percent forms": {"User-agent: *\nDisallow: /foo/bar?baz=quz\nDisallow: /foo/bar?baz=https%3A%2F%2Ffoo.bar\nDisallow: /foo/bar/\U0001F602\nDisallow: /foo/bar/%E3%83%84\nDisallow: /foo/bar/%62%61%7A\n",
			"/foo/bar /foo/bar?baz=https://foo.bar", "/foo/bar?baz=quz /foo/bar?baz=https%3A%2F%2Ffoo.bar /foo/bar/%F0%9F%98%82 /foo/bar/%e3%83%84 /foo/bar/baz /foo/bar/%62az"},
		"a slash in percent form is another": {"User-agent: *\nDisallow: /a%2fb\n", "/a/b", "/a%2Fb"},
		// section 2.2.3
		"special characters": {"User-agent: *\nAllow: *.gif$\nDisallow: /\nAllow: /publications/\nDisallow: *.pdf$\n",
			"/x.gif /publications/x", "/x.gif?y /x"},
		"characters with a percent form are themselves": {"User-agent: *\nDisallow: /path/file-with-a-%2A.html\nDisallow: /path/foo-%24\n",
			"/path/file-with-a-x.html /path/foo-", "/path/file-with-a-%2A.html /path/foo-%24"},
		"a star within":       {"User-agent: *\nDisallow: /*?q=\nDisallow: /a*b*c$\n", "/x /abcd", "/x?q=1 /abc /a1b2c /abcbc"},
		"a star at the end":   {"User-agent: *\nDisallow: /x*\n", "/y", "/x /xy"},
		"everything by stars": {"User-agent: *\nDisallow: **\n", "", "/ /x"},
		"the end alone":       {"User-agent: *\nDisallow: /\nAllow: /$\n", "/", "/x"},
		// section 5.1
		"the RFC's example": {"User-agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\nUser-agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\nUser-agent: barbot\nUser-agent: bazbot\nDisallow: /example/page.html\n\nUser-agent: quxbot\n",
			"/x /publications/a /a.gif?x", "/a.gif /example/ /example/page.html"},
	} {
		r := robots.Read([]byte(c.text), agent)
		for _, path := range strings.Fields(c.open) {
			if !r.Allows(path) {
				t.Errorf("%s: %s is shut", name, path)
			}
		}
		for _, path := range strings.Fields(c.shut) {
			if r.Allows(path) {
				t.Errorf("%s: %s is open", name, path)
			}
		}
	}
}

// The RFC's example of a longest match, section 5.2, and its programs by name.
func TestPrograms(t *testing.T) {
	text := "User-agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n\nUser-agent: barbot\nUser-agent: bazbot\nDisallow: /example/page.html\n\nUser-agent: quxbot\n"
	for _, c := range []struct {
		agent, path string
		open        bool
	}{
		{"foobot", "/example/page/x", true}, {"foobot", "/example/page/disallowed.gif", false},
		{"barbot", "/example/page.html", false}, {"bazbot", "/example/page.html", false}, {"BazBot", "/x", true}, {"quxbot", "/example/page.html", true},
	} {
		if got := robots.Read([]byte(text), c.agent).Allows(c.path); got != c.open {
			t.Errorf("%s may ask for %s: %v", c.agent, c.path, got)
		}
	}
}

func TestCrawlDelay(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"7": 7 * time.Second, "1.5": 1500 * time.Millisecond, "1,5": 1500 * time.Millisecond, "10s": 10 * time.Second, "10 # seconds": 10 * time.Second,
		"": 0, "x": 0, "-1": 0, "NaN": 0, "1e9": time.Second, "99999999999999": (1<<31 - 1) * time.Second,
	} {
		if got := robots.Read([]byte("User-agent: *\nCrawl-delay: "+value+"\n"), agent).CrawlDelay; got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
	twice := robots.Read([]byte("User-agent: *\nCrawl-delay: 2\n\nUser-agent: baseline\nCrawl-delay: 9\nCrawl-delay: 3\n"), agent)
	if twice.CrawlDelay != 9*time.Second {
		t.Errorf("%s, want the longest of our own groups", twice.CrawlDelay)
	}
}

func TestOfALargeFileTheBeginningCounts(t *testing.T) {
	full := strings.Repeat("# x\n", robots.MaxBytes/4-8)
	r := robots.Read([]byte("User-agent: *\n"+full+"Disallow: /a\n"+strings.Repeat("Disallow: /bbbbbbbbbbbbbbbbbbbb\n", 9)+"Disallow: /c\n"), agent)
	if r.Allows("/a") || !r.Allows("/c") {
		t.Errorf("/a open: %v, /c open: %v", r.Allows("/a"), r.Allows("/c"))
	}
	if cut := robots.Read([]byte("User-agent: *\n"+strings.Repeat("#", robots.MaxBytes-len("User-agent: *\n\nDisallow: /"))+"\nDisallow: /x\n"), agent); !cut.Allows("/y") {
		t.Error("half a line counts")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("User-agent: *\nDisallow: /a*b$\nCrawl-delay: 1,5\n"), "/x")
	f.Add([]byte("User-agent: *\nDisallow: %\nAllow: %4\n"), "/%")
	f.Fuzz(func(t *testing.T, text []byte, path string) {
		r := robots.Read(text, agent)
		r.Allows(path)
		if r.CrawlDelay < 0 {
			t.Error(r.CrawlDelay)
		}
	})
}
