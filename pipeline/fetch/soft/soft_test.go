package soft_test

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baseline/pipeline/fetch/soft"
	"baseline/sources/sourcetest"
	"baseline/testdata"
)

// faulty are the originals beside the repository that are not what was asked for. None is.
var faulty = map[string]string{}

// Every original passes as what it is: the first rule is that nothing is refused that
// could be read.
func TestOriginalsPass(t *testing.T) {
	root := sourcetest.Shared(t, "captures")
	media := map[string]string{".html": "html", ".pdf": "pdf", ".json": "json", ".csv": "csv", ".tsv": "csv", ".txt": "text"}
	seen := map[string]int{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || media[filepath.Ext(path)] == "" {
			return err
		}
		kind, name := media[filepath.Ext(path)], strings.TrimPrefix(path, root+string(filepath.Separator))
		seen[kind]++
		if code, text := soft.Fault(kind, "", 200, nil, sourcetest.File(t, path)); code != faulty[name] {
			t.Errorf("%s as %s: %q (%s), want %q", name, kind, code, text, faulty[name])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"html", "pdf", "json", "csv", "text"} {
		if seen[kind] == 0 {
			t.Errorf("there is no original in %s to try: %v", kind, seen)
		}
	}
}

// The texts of pages that were stored without their markup pass as pages, too.
func TestTextsOfPagesPass(t *testing.T) {
	for _, dir := range []string{"memberships", "coe-treaty-office"} {
		files, err := os.ReadDir(sourcetest.Shared(t, "captures", dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if filepath.Ext(f.Name()) != ".txt" {
				continue
			}
			text := string(sourcetest.File(t, sourcetest.Shared(t, "captures", dir, f.Name())))
			page := "<!DOCTYPE html><html><head><title>" + strings.ReplaceAll(strings.SplitN(text, "\n", 2)[0], "<", "&lt;") + "</title></head><body><main><p>" + strings.ReplaceAll(strings.ReplaceAll(text, "<", "&lt;"), "\n", "</p>\n<p>") + "</p></main></body></html>"
			if code, why := soft.Fault("html", "", 200, nil, []byte(page)); code != "" {
				t.Errorf("%s: %s (%s)", f.Name(), code, why)
			}
		}
	}
}

func TestBundledCapturesPass(t *testing.T) {
	n := 0
	err := fs.WalkDir(testdata.Captures(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".json") {
			return err
		}
		text, err := fs.ReadFile(testdata.Captures(), name)
		if err != nil {
			return err
		}
		var record struct {
			File    string            `json:"file"`
			Status  int               `json:"status"`
			Headers map[string]string `json:"headers"`
		}
		if err := json.Unmarshal(text, &record); err != nil {
			return err
		}
		body, err := fs.ReadFile(testdata.Captures(), filepath.ToSlash(filepath.Join(filepath.Dir(name), record.File)))
		if err != nil {
			return err
		}
		header := http.Header{}
		media := ""
		for key, value := range record.Headers {
			header.Set(key, value)
		}
		for _, m := range []string{"html", "pdf", "json", "csv"} {
			if strings.Contains(header.Get("Content-Type"), m) {
				media = m
			}
		}
		n++
		if code, why := soft.Fault(media, "en", record.Status, header, body); code != "" || media == "" {
			t.Errorf("%s as %q: %s (%s)", name, media, code, why)
		}
		// Bytes that are cut off or are of another kind must not get through as a PDF.
		if media == "pdf" {
			for _, share := range []int{30, 60, 90} {
				if code, _ := soft.Fault(media, "", 200, nil, body[:len(body)*share/100]); code != "cut-off-pdf" {
					t.Errorf("%s cut at %d percent: %q", name, share, code)
				}
			}
		}
		return nil
	})
	if err != nil || n < 15 {
		t.Errorf("%d captures, %v", n, err)
	}
}

func TestOriginalPDFsCutOff(t *testing.T) {
	for _, year := range []string{"2019", "2020", "2021", "2023"} {
		body := sourcetest.File(t, sourcetest.Shared(t, "captures", "ncmec", "ncmec-by-country-"+year+".pdf"))
		for _, n := range []int{5000, len(body) / 2, len(body) - 3000, len(body) - 40, len(body) - 6} {
			if code, _ := soft.Fault("pdf", "", 200, nil, body[:n]); code != "cut-off-pdf" {
				t.Errorf("%s after %d of %d bytes: %q", year, n, len(body), code)
			}
		}
		junk := append(append([]byte{}, body...), []byte(strings.Repeat("<!-- appended by a server -->\n", 200))...)
		if code, _ := soft.Fault("pdf", "", 200, nil, junk); code != "" {
			t.Errorf("%s with something behind it: %q", year, code)
		}
		if code, _ := soft.Fault("html", "", 200, nil, body); code != "binary-instead-of-html" {
			t.Errorf("%s as a page: %q", year, code)
		}
	}
}

func TestStatuses(t *testing.T) {
	page := []byte("<!DOCTYPE html><html lang=en><title>A page</title><h1>A page</h1><p>Some text.</p>")
	for status, want := range map[int]string{
		200: "", 304: "", 204: "empty-answer", 206: "partial-answer", 301: "redirected", 400: "bad-request", 401: "unauthorised", 403: "forbidden", 404: "not-found", 410: "gone",
		418: "refused", 429: "too-many-requests", 451: "legally-unavailable", 500: "server-error", 502: "server-error", 503: "unavailable", 521: "server-error", 999: "odd-status", 0: "odd-status",
	} {
		for _, media := range []string{"html", "pdf", "json"} {
			if status == 200 && media != "html" {
				continue
			}
			code, text := soft.Fault(media, "", status, nil, page)
			if code != want || (text == "") != (want == "") || strings.HasSuffix(text, ".") {
				t.Errorf("%d as %s: %q (%s), want %q", status, media, code, text, want)
			}
		}
	}
	if code, _ := soft.Fault("html", "", 304, nil, nil); code != "" {
		t.Errorf("304 has no body, and that is right: %q", code)
	}
}

func TestKinds(t *testing.T) {
	html := "<!DOCTYPE html><html lang=\"en\"><head><title>Document not listed</title></head><body><h1>UN documents</h1><p>" + strings.Repeat("Something else. ", 40) + "</p></body></html>"
	for name, c := range map[string]struct{ media, body, want string }{
		"html for a pdf":          {"pdf", html, "html-instead-of-pdf"},
		"html for a pdf, blanks":  {"pdf", "\xef\xbb\xbf\r\n\r\n" + html, "html-instead-of-pdf"},
		"html for a pdf, comment": {"pdf", "<?xml version=\"1.0\"?><!-- x --> " + html, "html-instead-of-pdf"},
		"text for a pdf":          {"pdf", "File not available", "not-pdf"},
		"json for a pdf":          {"pdf", `{"error":"no such file"}`, "not-pdf"},
		"a pdf":                   {"pdf", "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF", ""},
		"a pdf behind bytes":      {"pdf", "\r\n\x00junk%PDF-1.4\n1 0 obj\nstartxref\n9\n%%EOF\r\n\r\n", ""},
		"a pdf without its end":   {"pdf", "%PDF-1.4\n1 0 obj\n<< /Length 99999 >>\nstream\nabc", "cut-off-pdf"},
		"a pdf's head alone":      {"pdf", "%PDF-1.7", "cut-off-pdf"},
		"an update broken off":    {"pdf", "%PDF-1.7\n%%EOF\n" + strings.Repeat("2 0 obj\nxxxxxxxxxxxxxxxxxxx\n", 200), "cut-off-pdf"},
		"json":                    {"json", `{"a":[1,2]}`, ""},
		"json with a mark":        {"json", "\xef\xbb\xbf[1]\n", ""},
		"an empty list":           {"json", "[]", "empty-answer"},
		"an empty object":         {"json", " {} ", "empty-answer"},
		"null":                    {"json", "null", "empty-answer"},
		"an error":                {"json", `{"error":"invalid token"}`, "error-answer"},
		"an error of ASP.NET":     {"json", `{"Message":"An error has occurred."}`, "error-answer"},
		"an error with details":   {"json", `{"type":"about:blank","title":"Not found","status":404,"errors":{"x":["y"]}}`, "error-answer"},
		"no error":                {"json", `{"error":null,"data":[{"a":1}]}`, ""},
		"an error beside data":    {"json", `{"error":"partial","items":[{"a":1}]}`, ""},
		"fields that tell of it":  {"json", `{"status":"ok","code":0}`, ""},
		"a list of errors":        {"json", `[{"error":"x"}]`, ""},
		"json breaks off":         {"json", `[{"a":1},{"a":`, "not-json"},
		"json and more":           {"json", `{"a":1}{"b":2}`, "not-json"},
		"html for json":           {"json", html, "not-json"},
		"words for json":          {"json", "Forbidden", "not-json"},
		"script for json":         {"json", `callback({"a":1})`, "not-json"},
		"csv":                     {"csv", "a,b\n1,2\n", ""},
		"csv in UTF-16":           {"csv", "\xff\xfea\x00,\x00b\x00\n\x00", ""},
		"html for csv":            {"csv", html, "html-instead-of-csv"},
		"json for csv":            {"csv", `{"status":"error"}`, "not-csv"},
		"a workbook for csv":      {"csv", "PK\x03\x04\x14\x00\x06\x00", "binary-instead-of-csv"},
		"html for text":           {"text", html, "html-instead-of-text"},
		"json for text":           {"text", `{"a":1}`, ""},
		"an image for text":       {"text", "\x89PNG\r\n\x1a\n", "binary-instead-of-text"},
		"gzip for html":           {"html", "\x1f\x8b\x08\x00abc", "binary-instead-of-html"},
		"a workbook for html":     {"html", "PK\x03\x04\x14\x00\x06\x00", "binary-instead-of-html"},
		"noise for html":          {"html", strings.Repeat("\x00\x01\x02abc", 99), "binary-instead-of-html"},
		"no bytes":                {"html", "", "empty-answer"},
		"blanks":                  {"html", " \r\n\t\xef\xbb\xbf ", "empty-answer"},
		"no bytes for a pdf":      {"pdf", "", "empty-answer"},
		"no bytes for json":       {"json", "\n", "empty-answer"},
		"nothing of WordPress":    {"html", "[]", "empty-answer"},
		"a page of WordPress":     {"html", `[{"id":8,"content":{"rendered":"<p>Norway</p>"}}]`, ""},
		"a page in UTF-16":        {"html", "\xff\xfe" + wide("<!DOCTYPE html><html><body><h1>Members</h1><p>Norway and Sweden</p></body></html>"), ""},
		"UTF-16 beyond ASCII":     {"html", "\xff\xfe\x3c\xd8\x0d\xdf\x3c\xd8\x0e\xdf\x01\x02\x03\x04\x05\x06", ""},
		"an error page in UTF-16": {"html", "\xff\xfe" + wide("<!DOCTYPE html><html><head><title>Page not found</title></head><body><h1>404</h1></body></html>"), "error-page"},
		"a fragment":              {"html", "<div><h2>Members</h2><ul><li>Norway</li></ul></div>", ""},
		"of no known kind":        {"xls", "\xd0\xcf\x11\xe0", ""},
		"nothing, of no kind":     {"", "", "empty-answer"},
	} {
		code, text := soft.Fault(c.media, "", 200, nil, []byte(c.body))
		if code != c.want {
			t.Errorf("%s: %q (%s), want %q", name, code, text, c.want)
		}
	}
}

func wide(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteByte(c)
		b.WriteByte(0)
	}
	return b.String()
}

// PDFs from five makers pass, and none of them does when its end is missing.
func TestPDFsOfManyMakers(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(sourcetest.Root(t), "testdata", "pdf", "*.pdf"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%q, %v", files, err)
	}
	for _, name := range files {
		body := sourcetest.File(t, name)
		if code, text := soft.Fault("pdf", "", 200, nil, body); code != "" {
			t.Errorf("%s: %s (%s)", filepath.Base(name), code, text)
		}
		if code, _ := soft.Fault("pdf", "", 200, nil, body[:len(body)*2/3]); code != "cut-off-pdf" {
			t.Errorf("%s, two thirds of it: %q", filepath.Base(name), code)
		}
	}
}

// A PDF that is a web page tells its title, so that a steward knows what it was.
func TestTextsSayWhatWasSeen(t *testing.T) {
	for _, c := range []struct {
		media, body, want string
	}{
		{"pdf", "<html><head><title>Terms of use</title></head><body>x</body></html>", `an HTML page headed "Terms of use" in place of a PDF`},
		{"html", `<html lang="de"><head><title>Mitglieder</title></head><body><h1>Mitglieder</h1><p>Das sind die Mitglieder: Norwegen</p></body></html>`, "another language (de) than the one asked for (en)"},
		{"html", "<html><head><title>Seite nicht gefunden</title></head><body><h1>404</h1></body></html>", `an error page headed "Seite nicht gefunden", with status 200`},
		{"html", "<html><head><title>Just a moment...</title></head><body></body></html>", "the publisher answered with a Cloudflare challenge page"},
	} {
		if _, text := soft.Fault(c.media, "", 200, nil, []byte(c.body)); !strings.Contains(text, c.want) {
			t.Errorf("%s, want %s", text, c.want)
		}
	}
}

func FuzzFault(f *testing.F) {
	for kind, pages := range madeUp {
		_ = kind
		for _, p := range pages {
			f.Add("html", "en", 200, p.body)
		}
	}
	f.Add("pdf", "", 200, "%PDF-1.4\n%%EOF")
	f.Add("json", "fr", 403, `{"a":`)
	f.Add("csv", "", 304, "a,b")
	f.Add("html", "x-klingon", 200, `<svg><title><math><mi><table><title>404</svg><html lang="{{lang}}"><noscript><p>`)
	f.Fuzz(func(t *testing.T, media, language string, status int, body string) {
		code, text := soft.Fault(media, language, status, http.Header{"Content-Type": {"text/html; charset=" + language}}, []byte(body))
		if (code == "") != (text == "") || strings.HasSuffix(text, ".") {
			t.Errorf("code %q, text %q", code, text)
		}
		if status != 200 && status != 304 && code == "" {
			t.Errorf("status %d passes", status)
		}
		again, _ := soft.Fault(media, language, status, http.Header{"Content-Type": {"text/html; charset=" + language}}, []byte(body))
		if again != code {
			t.Errorf("%q, then %q", code, again)
		}
	})
}
