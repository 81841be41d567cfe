// Package settings reads what an operator sets once for a machine: whom publishers may
// write to, and how patient the program is with them. Secrets are never in the file.
package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/mail"
	"net/url"
	"os"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Default is the name of the file that is read where no other is named, if it is there.
const Default = "baseline.yaml"

// Settings is what the file says.
type Settings struct {
	// Contact is a mail address or the https address of a page, which publishers see in
	// each request.
	Contact string `yaml:"contact"`
	Gap     int    `yaml:"gap_seconds"`     // least time between two requests to one host, in seconds; 0: 1
	Timeout int    `yaml:"timeout_seconds"` // for one answer, in seconds; 0: the client's own
	Workers int    `yaml:"sources_at_once"` // how many sources are asked at a time; 0: 8
}

// Load reads a file. With an empty name it reads Default, and no file is no fault.
// BASELINE_CONTACT in the environment goes before the file.
func Load(file string) (Settings, error) {
	name := file
	if name == "" {
		name = Default
	}
	var s Settings
	data, err := os.ReadFile(name)
	switch {
	case file == "" && errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return s, fmt.Errorf("read the settings: %w", err)
	default:
		dec := yaml.NewDecoder(bytes.NewReader(data))
		dec.KnownFields(true)
		if err := dec.Decode(&s); err != nil && !errors.Is(err, io.EOF) {
			return s, fmt.Errorf("read the settings in %s: %s; known are contact, gap_seconds, timeout_seconds and sources_at_once", name, strings.TrimPrefix(err.Error(), "yaml: "))
		}
	}
	if c := os.Getenv("BASELINE_CONTACT"); c != "" {
		s.Contact = c
	}
	for _, n := range []struct {
		field string
		value int
	}{{"gap_seconds", s.Gap}, {"timeout_seconds", s.Timeout}, {"sources_at_once", s.Workers}} {
		if n.value < 0 {
			return s, fmt.Errorf("the settings in %s: %s must not be below 0", name, n.field)
		}
	}
	if s.Contact != "" {
		if err := CheckContact(s.Contact); err != nil {
			return s, err
		}
	}
	return s, nil
}

// CheckContact says whether somebody can be reached there.
func CheckContact(contact string) error {
	if strings.ContainsAny(contact, "\r\n()") {
		return fmt.Errorf("contact %q must be a plain mail address or the https address of a page", contact)
	}
	if u, err := url.Parse(contact); err == nil && u.Scheme == "https" && u.Host != "" {
		return nil
	}
	if a, err := mail.ParseAddress(contact); err == nil && a.Address == contact {
		return nil
	}
	return fmt.Errorf("contact %q is neither a mail address nor the https address of a page", contact)
}

// GapTime is Gap as a duration; 0 where it is not set.
func (s Settings) GapTime() time.Duration { return time.Duration(s.Gap) * time.Second }

// TimeoutTime is Timeout as a duration; 0 where it is not set.
func (s Settings) TimeoutTime() time.Duration { return time.Duration(s.Timeout) * time.Second }

// keyPrefix begins the names of the variables that hold keys of sources.
const keyPrefix = "BASELINE_KEY_"

// KeyName is the environment variable in which the key for a source is looked for.
func KeyName(source string) string {
	return keyPrefix + strings.ToUpper(strings.ReplaceAll(source, "-", "_"))
}

// Keys are the keys that the environment holds for the sources, by their ids.
func Keys(sources []string) map[string]string {
	keys := map[string]string{}
	for _, id := range sources {
		if k := strings.TrimSpace(os.Getenv(KeyName(id))); k != "" {
			keys[id] = k
		}
	}
	return keys
}
