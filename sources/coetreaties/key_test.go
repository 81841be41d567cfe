package coetreaties

import (
	"errors"
	"strings"
	"testing"

	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

const (
	madeAPI = "https://conventions-ws.coe.int/WS_LFRConventions/"
	madeKey = "made-up-4711"
)

func TestKey(t *testing.T) {
	api, key := "window.conventions_api_url = '"+madeAPI+"';", "window.conventions_api_key = '"+madeKey+"';"
	double := strings.ReplaceAll(api+key, "'", `"`)
	long := strings.Repeat("<p>You need to enable JavaScript to run this app.</p>", 2000)
	for name, page := range map[string]string{
		"single quotes":                  long + "<script>\n" + api + "\n" + key + "\n</script>" + long,
		"double quotes":                  double,
		"one line":                       long + api + key + long,
		"no blanks":                      strings.ReplaceAll(double, " ", ""),
		"many blanks and lines":          strings.NewReplacer("=", "\n\t=\r\n  ", "window.", "window .\n").Replace(api + key),
		"twice the same":                 api + key + double,
		"a script of the guard besides":  api + key + `<script src="/cdn-cgi/challenge-platform/x.js"></script>`,
		"the key first, and blanks held": `window.conventions_api_key=" ` + madeKey + ` ";` + api,
	} {
		if gotAPI, gotKey, err := Key([]byte(page)); err != nil || gotAPI != madeAPI || gotKey != madeKey {
			t.Errorf("%s: %q, %q, %v", name, gotAPI, gotKey, err)
		}
		reading, err := source.Read(New(), sourcetest.Capture(New(), "key", []byte(page)))
		if err != nil || len(reading.Rows)+len(reading.Parts)+len(reading.Findings) != 0 {
			t.Errorf("%s: %+v, %v: the key must leave no trace", name, reading, err)
		}
	}
	for name, c := range map[string]struct{ page, want string }{
		"empty":                {"", "does not set window.conventions_api_key"},
		"another page":         {"<html>You need to enable JavaScript to run this app.</html>", "does not set window.conventions_api_key"},
		"empty key":            {api + `window.conventions_api_key = "";`, "does not set window.conventions_api_key"},
		"quotes do not match":  {api + `window.conventions_api_key = '` + madeKey + `"`, "does not set window.conventions_api_key"},
		"another name":         {api + "window.conventions_api_keys = 'x'", "does not set window.conventions_api_key"},
		"no address":           {key, "to no https address of coe.int"},
		"address elsewhere":    {key + `window.conventions_api_url = "https://example.org/";`, "to no https address of coe.int"},
		"address like ours":    {key + `window.conventions_api_url = "https://notcoe.int/";`, "to no https address of coe.int"},
		"address without TLS":  {key + `window.conventions_api_url = "http://conventions-ws.coe.int/";`, "to no https address of coe.int"},
		"two different keys":   {api + key + `window.conventions_api_key = "other"`, "conventions_api_key to two different values"},
		"two addresses":        {api + key + `window.conventions_api_url = "https://x.coe.int/"`, "conventions_api_url to two different values"},
		"challenge":            {"<html><head><title>Just a moment...</title></head></html>", "Cloudflare challenge"},
		"challenge in a block": {"<html><title>Attention Required! | Cloudflare</title></html>", "Cloudflare challenge"},
	} {
		_, got, err := Key([]byte(c.page))
		if err == nil || !strings.Contains(err.Error(), c.want) || got != "" {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), madeKey) {
			t.Errorf("%s: the error repeats the key: %v", name, err)
		}
		if challenge := strings.HasPrefix(name, "challenge"); errors.Is(err, ErrChallenge) != challenge {
			t.Errorf("%s: %v: is it a challenge? %v", name, err, challenge)
		}
		if _, err := source.Read(New(), sourcetest.Capture(New(), "key", []byte(c.page))); err == nil {
			t.Errorf("%s: Parse takes it", name)
		}
	}
}
