// Package robots reads robots.txt as RFC 9309 has it. Whatever a line is that cannot be
// understood, the others count: a mistake in the file never opens what it closes.
package robots

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// MaxBytes is how much of a file is read; RFC 9309 wants at least as much.
const MaxBytes = 500 << 10

// Rules are what a file asks of one program. The zero value allows everything.
type Rules struct {
	rules []rule
	// CrawlDelay is how long the publisher wants to be left alone between two requests. It is
	// no part of the RFC, but many files have it. Zero: nothing is asked.
	CrawlDelay time.Duration
}

type rule struct {
	allow bool
	path  string // normalised, with * and $
}

// Read returns the rules for the program that calls itself agent, a name without a version:
// those of all groups with its name, or else those of all groups for *. It cannot fail.
func Read(text []byte, agent string) Rules {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if len(text) > MaxBytes {
		text = text[:MaxBytes]
		// The last line may have been cut, and half a path is another path.
		text = text[:bytes.LastIndexAny(text, "\r\n")+1]
	}
	var own, all Rules
	named := false                // some group is for agent
	forUs, forAll := false, false // whom the group is for
	open := false                 // names are still coming
	for line := range bytes.FieldsFuncSeq(text, func(c rune) bool { return c == '\n' || c == '\r' }) {
		key, value := field(line)
		switch key {
		case "user-agent":
			if !open {
				forUs, forAll, open = false, false, true
			}
			name := product(value)
			forAll = forAll || name == "*"
			if strings.EqualFold(name, agent) {
				forUs, named = true, true
			}
		case "allow", "disallow", "crawl-delay":
			open = false
			if forUs {
				own.add(key, value)
			}
			if forAll {
				all.add(key, value)
			}
		}
	}
	if named {
		return own
	}
	return all
}

// field takes a line apart. Blanks may stand before the colon, and some files leave it out.
func field(line []byte) (key, value string) {
	text, _, _ := strings.Cut(string(line), "#")
	key, value, ok := strings.Cut(text, ":")
	if !ok {
		words := strings.Fields(text)
		if len(words) != 2 {
			return "", ""
		}
		key, value = words[0], words[1]
	}
	return strings.ToLower(strings.TrimFunc(key, blank)), strings.TrimFunc(value, blank)
}

func blank(c rune) bool { return c == ' ' || c == '\t' || c == 0 || c == '\ufeff' }

// product is the name in a line without what follows it, such as a version.
func product(value string) string {
	if value == "*" || strings.HasPrefix(value, "* ") {
		return "*"
	}
	end := strings.IndexFunc(value, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_'
	})
	if end < 0 {
		return value
	}
	return value[:end]
}

func (r *Rules) add(key, value string) {
	switch {
	case value == "":
	case key == "crawl-delay":
		r.CrawlDelay = max(r.CrawlDelay, seconds(value))
	default:
		path := normal(value)
		// Without a slash a rule fits no address at all. Who closes something means something.
		if key == "disallow" && path[0] != '/' && path[0] != '*' {
			path = "/" + path
		}
		r.rules = append(r.rules, rule{allow: key == "allow", path: path})
	}
}

// seconds reads a number as people write it, such as 10, 1.5, 1,5 or 10s; zero if it is none.
func seconds(value string) time.Duration {
	value = strings.Replace(value, ",", ".", 1)
	if end := strings.IndexFunc(value, func(c rune) bool { return (c < '0' || c > '9') && c != '.' }); end >= 0 {
		value = value[:end]
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || n <= 0 {
		return 0
	}
	return time.Duration(min(n, math.MaxInt32) * float64(time.Second))
}

// normal writes a path the one way in which it is compared: what needs no percent form has
// none, what needs one has it in capitals.
func normal(path string) string {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == '%' && i+2 < len(path) {
			if n, err := strconv.ParseUint(path[i+1:i+3], 16, 8); err == nil {
				i += 2
				if unreserved(byte(n)) {
					b.WriteByte(byte(n))
				} else {
					fmt.Fprintf(&b, "%%%02X", n)
				}
				continue
			}
		}
		if c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// Allows reports whether a path, with its query, may be asked for: the longest rule that
// fits decides, of two as long as each other the one that allows.
func (r Rules) Allows(path string) bool {
	path = normal(path)
	if path == "/robots.txt" {
		return true
	}
	allowed, longest := true, -1
	for _, one := range r.rules {
		if n := len(one.path); (n > longest || n == longest && one.allow) && fits(one.path, path) {
			allowed, longest = one.allow, n
		}
	}
	return allowed
}

// fits reports whether path begins as pattern says, in which * stands for anything and a $
// at the end for the end.
func fits(pattern, path string) bool {
	pattern, whole := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	path, ok := strings.CutPrefix(path, parts[0])
	if !ok {
		return false
	}
	for i, part := range parts[1:] {
		if whole && i == len(parts)-2 {
			return strings.HasSuffix(path, part)
		}
		at := strings.Index(path, part)
		if at < 0 {
			return false
		}
		path = path[at+len(part):]
	}
	return !whole || path == ""
}
