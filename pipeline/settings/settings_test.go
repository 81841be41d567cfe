package settings_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/settings"
)

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "baseline.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestLoad(t *testing.T) {
	t.Setenv("BASELINE_CONTACT", "")
	s, err := settings.Load(file(t, "contact: team@example.org\ngap_seconds: 2\ntimeout_seconds: 30\n"))
	if err != nil || s.Contact != "team@example.org" || s.GapTime() != 2*time.Second || s.TimeoutTime() != 30*time.Second {
		t.Errorf("%+v, %v", s, err)
	}
	t.Setenv("BASELINE_CONTACT", "https://example.org/about")
	if s, err := settings.Load(file(t, "contact: team@example.org\n")); err != nil || s.Contact != "https://example.org/about" {
		t.Errorf("the environment goes first: %+v, %v", s, err)
	}
	t.Setenv("BASELINE_CONTACT", "")
	t.Chdir(t.TempDir())
	if s, err := settings.Load(""); err != nil || s.Contact != "" {
		t.Errorf("no file: %+v, %v", s, err)
	}
	if s, err := settings.Load(file(t, "# nothing set\n")); err != nil || s.Contact != "" {
		t.Errorf("an empty file: %+v, %v", s, err)
	}
	for text, want := range map[string]string{
		"contakt: x@example.org\n":       "line 1: field contakt not found",
		"contact: somebody\n":            "neither a mail address",
		"contact: http://example.org\n":  "neither a mail address",
		"gap_seconds: -1\n":              "gap_seconds must not be below 0",
		"contact: \"a@b.c\\r\\nX: y\"\n": "plain mail address",
	} {
		if _, err := settings.Load(file(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := settings.Load("nowhere.yaml"); err == nil {
		t.Error("a file that was named and is not there must be told")
	}
}

func TestKeys(t *testing.T) {
	t.Setenv("BASELINE_KEY_COE_TREATIES", " k \n")
	keys := settings.Keys([]string{"coe-treaties", "ncmec"})
	if len(keys) != 1 || keys["coe-treaties"] != "k" {
		t.Errorf("%d keys", len(keys))
	}
}
