package exchange_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baseline/pipeline"
	"baseline/pipeline/archive"
	"baseline/pipeline/workspace"
	"baseline/schemas/places"
	"baseline/sources/source"
)

var (
	day = time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)
	now = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
)

const (
	listPage = `<!DOCTYPE html><html lang="en"><head><title>List of all the pages</title></head><body><h1>The list</h1><p>Here is the list of what there is to read, in some words so that it is a page.</p>` +
		`<a href="https://cdn.example.org/more/1">1</a></body></html>`
	aPage   = `<!DOCTYPE html><html lang="en"><head><title>A page of words</title></head><body><h1>Words</h1><p>These are the words of page a, enough of them to be a page that somebody might read.</p></body></html>`
	onePage = `<!DOCTYPE html><html lang="en"><head><title>The first of more</title></head><body><h1>One</h1><p>These are the words of page one, to which the list leads whoever reads it first.</p></body></html>`
	aPDF    = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 1\ntrailer\n<< /Root 1 0 R >>\nstartxref\n50\n%%EOF\n"
)

// demo is a made-up source: a list that leads to more, a page, a file with two addresses, a
// page with a key, and one that is asked with POST. It has no datasets.
type demo struct{ id string }

func (d demo) About() source.About {
	return source.About{ID: d.id, Hosts: []string{"cdn.example.org"}}
}

func (d demo) Requests(p source.Plan) []source.Request {
	asks := []source.Request{
		{ID: "list", Media: "html", Leads: true, Addresses: []string{"https://www.example.org/list"}},
		{ID: "a", Media: "html", Addresses: []string{"https://www.example.org/a?x=1&y=2"}},
		{ID: "file", Media: "pdf", Addresses: []string{"https://www.example.org/new.pdf", "https://www.example.org/old.pdf"}},
		{ID: "twin", Media: "pdf", Addresses: []string{"https://www.example.org/old.pdf"}},
		{ID: "key", Media: "html", Private: true, Addresses: []string{"https://www.example.org/key"}},
		{ID: "search", Media: "json", Method: "POST", Addresses: []string{"https://www.example.org/search"}},
	}
	c, _ := p.Answer("list")
	if _, rest, ok := strings.Cut(string(c.Body), `href="`); ok {
		address, _, _ := strings.Cut(rest, `"`)
		asks = append(asks, source.Request{ID: "one", Media: "html", After: "list", Addresses: []string{address}})
	}
	return asks
}

func (d demo) Parse(c source.Capture, _ source.Emit) error {
	if bytes.Contains(c.Body, []byte("unreadable to the reader")) {
		return errors.New("the table has gone.")
	}
	return nil
}

func open(t *testing.T) *pipeline.Pipeline {
	t.Helper()
	return &pipeline.Pipeline{
		Workspace: workspace.Open(t.TempDir()), Sources: []source.Source{demo{"demo"}, demo{"other"}}, Names: places.Default(),
		Now: func() time.Time { return now },
	}
}

func sum(body string) string {
	s := sha256.Sum256([]byte(body))
	return hex.EncodeToString(s[:])
}

func rec(id, body string, days, status int) archive.Record {
	r := archive.Record{
		Source: "demo", Request: archive.Asked{ID: id, URL: "https://www.example.org/" + id}, FinalURL: "https://www.example.org/" + id,
		RequestedAt: day.AddDate(0, 0, days), Status: status, SHA256: sum(body), Bytes: len(body), Origin: archive.Publisher,
		Headers: map[string]string{"Content-Type": "text/html", "Content-Encoding": "gzip", "Content-Length": "7", "Etag": `"` + id + `"`},
	}
	return r
}

func put(t *testing.T, p *pipeline.Pipeline, r archive.Record, body string) {
	t.Helper()
	store := archive.In(p.Workspace)
	var err error
	if body == "" && r.Bytes != 0 || r.SHA256 == "" {
		err = store.Note(r)
	} else {
		err = store.Put(r, []byte(body))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// tree is all files of a workspace's archive.
func tree(t *testing.T, p *pipeline.Pipeline) map[string]string {
	t.Helper()
	files := map[string]string{}
	root := filepath.Join(p.Workspace.Root(), "captures")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == root {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		files[filepath.ToSlash(name)] = string(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// full is an archive with everything that there may be.
func full(t *testing.T) *pipeline.Pipeline {
	t.Helper()
	p := open(t)
	put(t, p, rec("a", aPage, 0, 200), aPage)
	unchanged := rec("a", aPage, 1, 304)
	put(t, p, unchanged, "")
	put(t, p, rec("a", aPage, 2, 200), aPage)
	put(t, p, rec("a", aPage, 3, 304), "")
	gone := rec("a", "not found", 4, 404)
	gone.Fault, gone.FaultText = "not-found", "the publisher answered with status 404"
	put(t, p, gone, "not found")
	silent := rec("a", "", 5, 0)
	silent.SHA256, silent.Headers, silent.Fault, silent.FaultText = "", nil, "timeout", "there was no answer within 60 seconds"
	put(t, p, silent, "")
	bare := rec("a", "", 6, 503)
	bare.SHA256 = ""
	put(t, p, bare, "")
	put(t, p, rec("list", "", 0, 200), "")
	byHand := rec("file", aPDF, 0, 200)
	byHand.Origin, byHand.Headers, byHand.OriginNote = archive.ByHand, nil, "saved and handed in by A. Steward"
	put(t, p, byHand, aPDF)
	byHand.RequestedAt = day.AddDate(0, 0, 9)
	put(t, p, byHand, aPDF)
	rebuilt := rec("twin", "rebuilt", 0, 200)
	rebuilt.Origin, rebuilt.RequestedAt = archive.Rebuilt, day.Add(123456789)
	put(t, p, rebuilt, "rebuilt")
	table := rec("table/x", "a,b\n1,2\n", 0, 200)
	table.Source, table.Origin, table.FinalURL, table.Request.URL = "curated", archive.Curated, "sources/curated/table x.csv", "sources/curated/table x.csv"
	put(t, p, table, "a,b\n1,2\n")
	same := rec("a", aPage, 0, 200)
	same.Source = "other"
	put(t, p, same, aPage)
	return p
}
