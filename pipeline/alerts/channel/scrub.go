package channel

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// mask stands where a secret stood.
const mask = "[secret]"

// scrub takes the secrets, and the forms in which they travel, out of a text that libraries
// or servers wrote.
func (b base) scrub(text string) string {
	for _, secret := range b.hidden {
		text = scrub(text, secret)
	}
	return text
}

// token is what may be base64: a server that repeats a command repeats the password in it
// together with the name of the user.
var token = regexp.MustCompile(`[A-Za-z0-9+/_-]{4,}`)

func scrub(text, secret string) string {
	if secret == "" {
		return text
	}
	for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(fmt.Sprintf("%q", secret), `"`), hex.EncodeToString([]byte(secret))} {
		text = strings.ReplaceAll(text, form, mask)
	}
	return token.ReplaceAllStringFunc(text, func(s string) string {
		if encodes(s, secret) {
			return mask
		}
		return s
	})
}

// encodes reports whether a token is base64 of something with the secret in it, wherever in
// the token that begins.
func encodes(s, secret string) bool {
	s = strings.NewReplacer("-", "+", "_", "/").Replace(s)
	for from := 0; from < 4 && from < len(s); from++ {
		part := s[from:]
		if len(part)%4 == 1 {
			part = part[:len(part)-1]
		}
		// What is over at the end need not be zero: the token may be a piece of a longer one.
		if plain, err := base64.RawStdEncoding.DecodeString(part); err == nil && strings.Contains(string(plain), secret) {
			return true
		}
	}
	return false
}
