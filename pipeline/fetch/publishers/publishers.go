package publishers

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"baseline/sources"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// Where the bytes of an answer come from.
const (
	Bundled = "bundled" // the capture that is compiled into the program
	MadeUp  = "made up" // by this package: no page of that kind may be kept, or was ever seen
	Missing = "missing" // every address of the request answers with 404
)

// Token is the key that the world's Treaty Office hands out.
const Token = "made-up-4711"

// Stage is a world in which the publishers of all sources have their hosts.
type Stage struct {
	*World
	// Origin says of each request, as SOURCE/REQUEST, where the bytes of its answer come
	// from. Sources whose tables come with the program are not in it: nobody is asked for them.
	Origin map[string]string
	// Answering is the address that answers a request with 200, by SOURCE/REQUEST.
	Answering map[string]string
}

// Publishers starts a world that plays the publishers of every source. A request with a
// bundled capture is answered with its bytes at the address from which they were; newer
// candidates give 404, as the dossiers tell of pages that moved. Other requests have
// answers made up, or none. A robots.txt was seen of none of the hosts: all are permissive.
func Publishers(t testing.TB) *Stage {
	t.Helper()
	s := &Stage{World: Start(t), Origin: map[string]string{}, Answering: map[string]string{}}
	bundle := bundled(t)
	for _, src := range sources.All() {
		if _, ok := src.(source.Tabled); ok {
			continue
		}
		for _, r := range src.Requests(source.Plan{}) {
			if len(r.Addresses) == 0 {
				continue
			}
			id := src.About().ID + "/" + r.ID
			a, ok := bundle[id]
			switch {
			case ok:
				s.Origin[id] = Bundled
			default:
				if a, ok = madeUp(t, src, r); ok {
					s.Origin[id] = MadeUp
				} else {
					s.Origin[id] = Missing
				}
			}
			s.serve(t, id, r, a, ok)
		}
	}
	s.treatyOffice(t)
	s.oldFiles(t)
	return s
}

// held are the bytes of an answer, and where they were found.
type held struct {
	url, contentType string
	body             []byte
}

// newest are the requests whose newest candidate was seen to answer, although the bundled
// capture is from an older one.
var newest = []string{"weprotect/governments"}

func (s *Stage) serve(t testing.TB, id string, r source.Request, a held, ok bool) {
	t.Helper()
	at := max(0, slices.Index(r.Addresses, a.url))
	if slices.Contains(newest, id) {
		at = 0
	}
	for i, address := range r.Addresses {
		host, path := s.place(t, address)
		switch {
		case !ok || i < at:
			// 404, as every path without an answer.
		case i == at:
			host.Handle(path, Gzip(Static(a.contentType, a.body)))
			s.Answering[id] = address
		case !host.answers(path):
			host.Handle(path, Redirect(http.StatusMovedPermanently, r.Addresses[at]))
		}
	}
}

// place returns the host of an address, and the path with the query in it.
func (s *Stage) place(t testing.TB, address string) (*Host, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	host := s.Host(u.Hostname())
	path := u.RequestURI()
	return host, path
}

// treatyOffice puts the key before the Treaty Office's service, and makes it take a POST
// where it does.
func (s *Stage) treatyOffice(t testing.TB) {
	t.Helper()
	src := named(t, "coe-treaties")
	for _, r := range src.Requests(source.Plan{}) {
		host, path := s.place(t, r.Addresses[0])
		if r.ID == "key" {
			host.Handle(path, KeyPage("https://conventions-ws.coe.int/WS_LFRConventions/", Token))
			s.Origin["coe-treaties/key"], s.Answering["coe-treaties/key"] = MadeUp, r.Addresses[0]
			continue
		}
		host.mu.Lock()
		answer := host.paths[path]
		host.mu.Unlock()
		if answer == nil {
			answer = Status(http.StatusNotFound)
		}
		if r.Method == http.MethodPost {
			answer = Post(answer)
		}
		host.Handle(path, NeedsKey("token", Token, answer))
	}
}

// oldFiles lets the second host of the same publisher serve the same files.
func (s *Stage) oldFiles(t testing.TB) {
	t.Helper()
	from := s.Host("www.missingkids.org")
	for _, name := range []string{"missingkids.org", "ncmec.org", "www.ncmec.org"} {
		s.Host(name).Otherwise(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { from.route(r).ServeHTTP(w, r) }))
	}
}

func named(t testing.TB, id string) source.Source {
	t.Helper()
	for _, s := range sources.All() {
		if s.About().ID == id {
			return s
		}
	}
	t.Fatalf("there is no source %s", id)
	return nil
}

// bundled reads the bundled captures by SOURCE/REQUEST. The package that compiles them in
// is for the command line; tests find them in the repository.
func bundled(t testing.TB) map[string]held {
	t.Helper()
	all := map[string]held{}
	files := os.DirFS(filepath.Join(sourcetest.Root(t), "testdata", "captures"))
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".json") {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		var rec struct {
			Source  string `json:"source"`
			Request struct {
				ID string `json:"id"`
			} `json:"request"`
			URL     string            `json:"final_url"`
			Headers map[string]string `json:"headers"`
			File    string            `json:"file"`
		}
		if err := json.Unmarshal(text, &rec); err != nil {
			return err
		}
		body, err := fs.ReadFile(files, path.Join(path.Dir(name), rec.File))
		if err != nil {
			return err
		}
		all[rec.Source+"/"+rec.Request.ID] = held{rec.URL, rec.Headers["Content-Type"], body}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("there is no bundled capture in testdata/captures")
	}
	return all
}
