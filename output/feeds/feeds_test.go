package feeds_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/output/feeds"
)

var at = time.Date(2026, 3, 4, 6, 0, 0, 0, time.UTC)

func feed(n int) feeds.Feed {
	f := feeds.Feed{Name: "state-SWE", Title: "baseline: Sweden & “friends”", Language: "en", Base: "https://example.org/feeds/", Began: at}
	for i := range n {
		f.Entries = append(f.Entries, feeds.Entry{
			ID: fmt.Sprintf("ev-%032d", i), Title: fmt.Sprintf("Türkiye: <party> no. %d\x01", i), Text: "It was: signatory & \x0b none\n", HTML: "<dl><dt>It was</dt><dd>signatory &amp; none</dd></dl>",
			Link: "https://example.org/list?a=1&b=2", Published: at.Add(time.Duration(i) * time.Hour), Publisher: "A “publisher”", Tags: []string{"party", "SWE"},
		})
	}
	return f
}

// Other readers of Atom take the feed, and see the same entries under the same ids.
func TestAtomIsReadByOthers(t *testing.T) {
	folder := t.TempDir()
	for name, f := range map[string]feeds.Feed{"full": feed(30), "empty": feed(0)} {
		text, err := feeds.Atom(f)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := feeds.Atom(f); !bytes.Equal(text, again) {
			t.Error("the same feed gives other bytes")
		}
		file := filepath.Join(folder, name+".atom")
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		var got struct {
			ID      string `xml:"id"`
			Updated string `xml:"updated"`
			Entries []struct {
				ID, Title string
			} `xml:"entry"`
		}
		if err := xml.Unmarshal(text, &got); err != nil || got.ID != "urn:baseline:feed:state-SWE" || got.Updated == "" || len(got.Entries) != len(f.Entries) {
			t.Errorf("%s: %v %+v", name, err, got)
		}
	}
	python := ""
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(name, "-c", "import feedparser, lxml.etree").Run() == nil {
			python = name
			break
		}
	}
	if python == "" {
		const why = "python3-feedparser or python3-lxml is not installed: the reading by others was left out"
		if os.Getenv("CI") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	out, err := exec.Command(python, "testdata/read.py", filepath.Join(folder, "full.atom"), filepath.Join(folder, "empty.atom")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != 31 || lines[0] != "urn:baseline:event:ev-00000000000000000000000000000029|Türkiye: <party> no. 29|https://example.org/list?a=1&b=2|2026-03-05T11:00:00Z|A “publisher”" || lines[30] != "empty: baseline: Sweden & “friends”" {
		t.Errorf("%d lines: %s\n%s", len(lines), lines[0], lines[len(lines)-1])
	}
}

// The JSON feed has what version 1.1 asks for.
func TestJSONFeed(t *testing.T) {
	text, err := feeds.JSON(feed(3))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Version, Title string
		FeedURL        string `json:"feed_url"`
		Items          []struct {
			ID, URL, Title string
			Text           string `json:"content_text"`
			HTML           string `json:"content_html"`
			Published      string `json:"date_published"`
		}
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Version != "https://jsonfeed.org/version/1.1" || got.Title == "" || got.FeedURL != "https://example.org/feeds/state-SWE.json" || len(got.Items) != 3 {
		t.Errorf("%+v", got)
	}
	for i, item := range got.Items {
		if item.ID != fmt.Sprintf("urn:baseline:event:ev-%032d", 2-i) || item.HTML == "" || item.Text == "" || item.URL == "" {
			t.Errorf("%+v", item)
		}
		if _, err := time.Parse(time.RFC3339, item.Published); err != nil {
			t.Error(err)
		}
	}
	if empty, err := feeds.JSON(feed(0)); err != nil || !strings.Contains(string(empty), `"items": []`) {
		t.Errorf("%v %s", err, empty)
	}
}

// Another reader of JSON feeds takes them, and sees the same entries under the same ids.
func TestJSONFeedIsReadByOthers(t *testing.T) {
	modules, err := filepath.Abs("../../bin/node")
	if err != nil {
		t.Fatal(err)
	}
	node, err := exec.LookPath("node")
	if _, missing := os.Stat(filepath.Join(modules, "node_modules", "feedsmith")); err != nil || missing != nil {
		const why = "feedsmith is not installed (make tools): the reading of JSON feeds by others was left out"
		if os.Getenv("CI") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	script, err := os.ReadFile("testdata/read.mjs")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.Symlink(filepath.Join(modules, "node_modules"), filepath.Join(folder, "node_modules")); err != nil {
		t.Fatal(err)
	}
	files := []string{filepath.Join(folder, "read.mjs")}
	if err := os.WriteFile(files[0], script, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]feeds.Feed{"full.json": feed(3), "none.json": feed(0)} {
		text, err := feeds.JSON(f)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, filepath.Join(folder, name))
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(files[1:])
	out, err := exec.Command(node, files...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := []string{"full.json baseline: Sweden & “friends” https://example.org/feeds/state-SWE.json 3"}
	for i := range 3 {
		want = append(want, fmt.Sprintf("urn:baseline:event:ev-%032d|https://example.org/list?a=1&b=2|%s", 2-i, at.Add(time.Duration(2-i)*time.Hour).Format(time.RFC3339)))
	}
	want = append(want, "none.json baseline: Sweden & “friends” https://example.org/feeds/state-SWE.json 0")
	if got := strings.Split(strings.TrimSpace(string(out)), "\n"); !slices.Equal(got, want) {
		t.Errorf("read\n%s\nwant\n%s", out, strings.Join(want, "\n"))
	}
}

// A feed does not grow without end: the newest entries are in it.
func TestLargest(t *testing.T) {
	text, err := feeds.JSON(feed(feeds.Largest + 50))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), `"content_html"`); n != feeds.Largest || !strings.Contains(string(text), "ev-00000000000000000000000000000549") {
		t.Errorf("%d entries", n)
	}
}
