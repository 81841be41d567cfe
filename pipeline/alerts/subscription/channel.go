package subscription

import (
	"fmt"
	"maps"
	"net"
	"net/mail"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Form says which fields a kind of channel has.
type Form struct {
	Doc    string
	Fields []Field
	// Secret says what the secret is, and whether there must be one.
	Secret     string
	NeedSecret bool
}

// Field is a field of a channel.
type Field struct {
	Name, Doc, Default string
	Need               bool
	check              func(string) string // says what is wrong; "" if nothing is
}

// Forms are the kinds of channels.
var Forms = map[string]Form{
	"mail": {
		Doc: "mail through an SMTP server", Secret: "password of the user",
		Fields: []Field{
			{Name: "host", Doc: "the server", Need: true, check: isHost},
			{Name: "port", Doc: "its port: 587 for starttls, 465 for tls", Default: "587", check: isPort},
			{Name: "tls", Doc: "starttls, tls from the first byte, or none for a server on this machine", Default: "starttls", check: oneOf("starttls", "tls", "none")},
			{Name: "user", Doc: "name at the server; without one, nobody signs in"},
			{Name: "from", Doc: "address of the sender", Need: true, check: isMail},
			{Name: "reply_to", Doc: "address for answers", check: isMail},
			{Name: "unsubscribe", Doc: "address that ends a subscription: mailto:… or https://…", check: WrongStop},
		},
	},
	"webhook": {
		Doc: "JSON to an address, signed", Secret: "key of the signature (HMAC)", NeedSecret: true,
		Fields: []Field{{Name: "url", Doc: "the address, https; or env:NAME or file:PATH, where that is a secret itself", Need: true, check: isWeb}},
	},
	"chat":   {Doc: "a chat service, by an address that holds its key", Secret: "address of the service, such as slack://…", NeedSecret: true},
	"file":   {Doc: "a file to which messages are appended", Fields: []Field{{Name: "path", Doc: "the file", Need: true}}},
	"stdout": {Doc: "standard output"},
}

// channel reads one channel. Nothing of its values is repeated in a fault: one of them may
// be a secret in the wrong place.
func (l *loader) channel(e entry) {
	name := e.name.Value
	if !idForm.MatchString(name) {
		l.fault(e.name, "use lower case letters and digits, with hyphens between them", "a channel cannot have this name")
		return
	}
	l.named = append(l.named, name)
	before := len(l.faults)
	fields := l.entries(e.value, "channel "+name)
	c := Channel{Name: name, Fields: map[string]string{}}
	kinds := slices.Sorted(maps.Keys(Forms))
	if i := slices.IndexFunc(fields, func(f entry) bool { return f.name.Value == "kind" }); i >= 0 {
		if s, ok := l.text(fields[i].value, "kind"); ok && !slices.Contains(kinds, s) {
			l.fault(fields[i].value, near(s, kinds, "kinds"), "there is no such kind of channel")
		} else {
			c.Kind = s
		}
		fields = slices.Delete(fields, i, i+1)
	} else if e.value.Kind == yaml.MappingNode {
		l.fault(e.name, "write kind: "+strings.Join(kinds, ", or kind: "), "channel %s has no kind", name)
	}
	if c.Kind == "" {
		return
	}
	form := Forms[c.Kind]
	l.channelFields(&c, form, e, fields)
	if len(l.faults) == before {
		l.book.Channels[name] = c
	}
}

func (l *loader) channelFields(c *Channel, form Form, e entry, fields []entry) {
	var names []string
	for _, f := range form.Fields {
		names = append(names, f.Name)
	}
	if form.Secret != "" {
		names = append(names, "secret")
	}
	for _, f := range fields {
		at := slices.IndexFunc(form.Fields, func(x Field) bool { return x.Name == f.name.Value })
		switch {
		case f.name.Value == "secret" && form.Secret != "":
			c.Secret = l.secret(f.value)
		case f.name.Value == "url" && at >= 0 && keptElsewhere(f.value):
			c.Address = l.secret(f.value)
		case at >= 0:
			if s, ok := l.text(f.value, f.name.Value); ok {
				if wrong := form.Fields[at].wrong(s); wrong != "" {
					l.fault(f.value, wrong, "%s of channel %s is not right", f.name.Value, c.Name)
				}
				c.Fields[f.name.Value] = s
			}
		case secretName.MatchString(f.name.Value) && form.Secret != "":
			l.fault(f.name, "write secret: env:NAME or secret: file:PATH, and take the value out of this file", "a channel has no field %q; secrets do not stand in this file", f.name.Value)
		default:
			do := near(f.name.Value, names, "fields")
			if names == nil {
				do = "remove it"
			}
			l.fault(f.name, do, "a channel of kind %s has no field %q", c.Kind, f.name.Value)
		}
	}
	has := func(name string) bool {
		return slices.ContainsFunc(fields, func(f entry) bool { return f.name.Value == name })
	}
	for _, f := range form.Fields {
		if f.Need && !has(f.Name) {
			l.fault(e.name, fmt.Sprintf("write %s: %s", f.Name, f.Doc), "channel %s has no %s", c.Name, f.Name)
		}
		if _, ok := c.Fields[f.Name]; !ok && f.Default != "" {
			c.Fields[f.Name] = f.Default
		}
	}
	if c.Kind == "mail" && c.Fields["tls"] == "tls" && !has("port") {
		c.Fields["port"] = "465"
	}
	if c.Kind == "mail" && c.Fields["tls"] == "none" && !IsLoopback(c.Fields["host"]) {
		l.fault(e.name, "write tls: starttls or tls: tls: on the way to another machine anybody could read along", "channel %s sends without encryption, and its host is not this machine", c.Name)
	}
	if (form.NeedSecret || has("user")) && !has("secret") {
		l.fault(e.name, "write secret: env:NAME or secret: file:PATH ("+form.Secret+")", "channel %s has no secret", c.Name)
	}
}

var (
	secretName = regexp.MustCompile(`(?i)pass|secret|token|key|credential|auth`)
	envForm    = regexp.MustCompile(`^env:[A-Za-z_][A-Za-z0-9_]*$`)
	pathForm   = regexp.MustCompile(`^file:.+$`)
)

// keptElsewhere reports whether a value names where an address is kept.
func keptElsewhere(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (envForm.MatchString(n.Value) || pathForm.MatchString(n.Value))
}

// secret reads where a secret is kept, and refuses the secret itself.
func (l *loader) secret(n *yaml.Node) Secret {
	s, ok := l.text(n, "secret")
	if ok && !envForm.MatchString(s) && !pathForm.MatchString(s) {
		l.fault(n, "write env:NAME or file:PATH, take the value out of this file, and change it where it has been in version control or a backup", "this is no name of a secret; secrets do not stand in this file")
		return Secret{}
	}
	if !ok {
		return Secret{}
	}
	return Secret{from: s, folder: filepath.Dir(l.file)}
}

func (f Field) wrong(s string) string {
	if f.check == nil {
		return ""
	}
	return f.check(s)
}

func oneOf(words ...string) func(string) string {
	return func(s string) string {
		if slices.Contains(words, s) {
			return ""
		}
		return "write " + strings.Join(words, " or ")
	}
}

var hostForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9a-fA-F:]+$`)

func isHost(s string) string {
	if hostForm.MatchString(s) {
		return ""
	}
	return "write the name of a host alone, such as smtp.example.org"
}

func isPort(s string) string {
	n := 0
	if _, err := fmt.Sscanf(s, "%d", &n); err == nil && fmt.Sprint(n) == s && n > 0 && n < 65536 {
		return ""
	}
	return "write a number from 1 to 65535"
}

func isMail(s string) string {
	if _, err := mail.ParseAddress(s); err == nil {
		return ""
	}
	return "write an address as name@example.org"
}

// WrongStop says what is wrong with an address that ends a subscription; "" if nothing is. It
// is mailto:… or https://…, and may hold {subscription} for the id.
func WrongStop(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("<>,", r) }) {
		return "write one address, without blanks, commas and angle brackets"
	}
	if to, ok := strings.CutPrefix(s, "mailto:"); ok {
		address, _, _ := strings.Cut(to, "?")
		return isMail(address)
	}
	if u, err := url.Parse(s); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "write an address that begins with https:// or mailto:"
	}
	return ""
}

// IsLoopback reports whether a host is this machine.
func IsLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// isWeb takes addresses of https, and of http on this machine alone.
func isWeb(s string) string {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !IsLoopback(u.Hostname())):
		return "write an address that begins with https://, or env:NAME or file:PATH if it is a secret itself"
	case u.User != nil:
		return "take the name and password out of the address: secrets do not stand in this file; write env:NAME or file:PATH for all of it"
	}
	for name := range u.Query() {
		if secretName.MatchString(name) || name == "sig" {
			return "take the key out of the address: secrets do not stand in this file; write env:NAME or file:PATH for all of it"
		}
	}
	return ""
}
