package coetreaties

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// ErrChallenge says that the publisher's guard answered in place of the page.
var ErrChallenge = errors.New("a Cloudflare challenge stands in front of the page: ask later, or give the key by hand")

// The publisher has changed the quotes and the lines around the two values before.
var assigned = regexp.MustCompile(`window\s*\.\s*conventions_api_(url|key)\s*=\s*(?:'([^']*)'|"([^"]*)")`)

// Key reads the address of the service and its key from the publisher's page. It fails
// with ErrChallenge on a challenge, and on a page with no key, no address or several
// different ones. No error repeats a key.
func Key(body []byte) (api, key string, err error) {
	found := map[string]string{}
	for _, m := range assigned.FindAllSubmatch(body, -1) {
		name, value := string(m[1]), strings.TrimSpace(string(m[2])+string(m[3]))
		if old, ok := found[name]; ok && old != value {
			return "", "", fmt.Errorf("the page sets window.conventions_api_%s to two different values", name)
		}
		found[name] = value
	}
	if found["key"] == "" {
		if isChallenge(body) {
			return "", "", ErrChallenge
		}
		return "", "", errors.New("the page does not set window.conventions_api_key: see whether the publisher renamed it")
	}
	u, err := url.Parse(found["url"])
	if err != nil || u.Scheme != "https" || u.Host != "coe.int" && !strings.HasSuffix(u.Host, ".coe.int") {
		// The key is sent to this address, so it must be the publisher's own.
		return "", "", errors.New("the page sets window.conventions_api_url to no https address of coe.int")
	}
	return found["url"], found["key"], nil
}

// given finds whatever the page sets for its service, by whatever name.
var given = regexp.MustCompile(`conventions_api_?(\w*)["']?\]?\s*[=:]\s*(?:'([^']*)'|"([^"]*)")`)

// Keys returns what the page gives for its service, but for the address. It is not sure where
// the page speaks of the service and gives nothing that could be told apart.
func (s coetreaties) Keys(body []byte) (keys []string, sure bool) {
	for _, m := range given.FindAllSubmatch(body, -1) {
		if value := strings.TrimSpace(string(m[2]) + string(m[3])); value != "" && string(m[1]) != "url" {
			keys = append(keys, value)
		}
	}
	return keys, keys != nil || !bytes.Contains(bytes.ToLower(body), []byte("conventions_api"))
}

// isChallenge recognises the pages of Cloudflare. The publisher's own pages may load a
// script of it too, so look for the key first.
func isChallenge(body []byte) bool {
	lower := bytes.ToLower(body)
	for _, sign := range []string{"_cf_chl_opt", "cf-chl", "cf_chl", "challenge-platform", "<title>just a moment", "attention required! | cloudflare"} {
		if bytes.Contains(lower, []byte(sign)) {
			return true
		}
	}
	return false
}
