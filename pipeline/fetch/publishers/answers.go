package publishers

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
)

// HTML is the content type of pages.
const HTML = "text/html; charset=utf-8"

// modified is when static answers were last changed.
var modified = time.Date(2026, 1, 5, 8, 30, 0, 0, time.UTC)

// Static answers with the same bytes always, with ETag and Last-Modified, and with 304
// where the client has them.
func Static(contentType string, body []byte) http.Handler {
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("ETag", tag)
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			_, _ = w.Write(body)
			return
		}
		http.ServeContent(w, r, "", modified, bytes.NewReader(body))
	})
}

// Fresh answers with the same bytes always, and nothing by which a client could tell.
func Fresh(contentType string, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	})
}

// Status answers with a status and nothing else.
func Status(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

// StatusPage answers with a status and a page.
func StatusPage(status int, page string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", HTML)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, page)
	})
}

// Redirect leads to another address, which may be relative.
func Redirect(status int, to string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	})
}

// Gzip compresses another answer for clients that take it.
func Gzip(answer http.Handler) http.Handler {
	return packed(answer, "gzip", func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
}

// Brotli does the same with Brotli.
func Brotli(answer http.Handler) http.Handler {
	return packed(answer, "br", func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) })
}

func packed(answer http.Handler, encoding string, pack func(io.Writer) io.WriteCloser) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !accepts(r, encoding) {
			answer.ServeHTTP(w, r)
			return
		}
		rec := record(answer, r)
		body := rec.Body.Bytes()
		if len(body) > 0 {
			var b bytes.Buffer
			z := pack(&b)
			_, _ = z.Write(body)
			_ = z.Close()
			body = b.Bytes()
			rec.Header().Set("Content-Encoding", encoding)
			rec.Header().Add("Vary", "Accept-Encoding")
			rec.Header().Set("Content-Length", strconv.Itoa(len(body)))
		}
		replay(w, rec, body)
	})
}

func accepts(r *http.Request, encoding string) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == encoding && strings.ReplaceAll(q, " ", "") != "q=0" {
			return true
		}
	}
	return false
}

func record(answer http.Handler, r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	answer.ServeHTTP(rec, r)
	return rec
}

// replay sends the head of a recorded answer, then body.
func replay(w http.ResponseWriter, rec *httptest.ResponseRecorder, body []byte) {
	for name, values := range rec.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(rec.Code)
	if len(body) > 0 {
		_, _ = w.Write(body)
	}
}

// pieces sends another answer in n pieces, without its length, and calls between before
// each but the first.
func pieces(answer http.Handler, n int, between func(http.ResponseWriter, *http.Request, int) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := record(answer, r)
		rec.Header().Del("Content-Length")
		body := rec.Body.Bytes()
		replay(w, rec, nil)
		size := max(1, (len(body)+n-1)/n)
		i := 0
		for piece := range slices.Chunk(body, size) {
			if i > 0 && !between(w, r, i) {
				return
			}
			i++
			_, _ = w.Write(piece)
			flush(w)
		}
	})
}

func flush(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }

// Chunked sends another answer without saying how long it is.
func Chunked(answer http.Handler) http.Handler {
	return pieces(answer, 5, func(http.ResponseWriter, *http.Request, int) bool { return true })
}

// Slow sends another answer in n pieces with a pause before each but the first.
func Slow(answer http.Handler, n int, pause time.Duration) http.Handler {
	return pieces(answer, n, func(_ http.ResponseWriter, r *http.Request, _ int) bool { return wait(r, pause) })
}

// wait returns false if the client went away, or the world ended, before the time was over.
func wait(r *http.Request, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// Hang never answers.
func Hang() http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	})
}

// HangMidway sends the first half of another answer and no more.
func HangMidway(answer http.Handler) http.Handler {
	return pieces(answer, 2, func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	})
}

// Reset breaks the connection after the first half of another answer.
func Reset(answer http.Handler) http.Handler {
	return pieces(answer, 2, func(http.ResponseWriter, *http.Request, int) bool { panic(http.ErrAbortHandler) })
}

// CutOff says the whole length of another answer and sends the first half of it.
func CutOff(answer http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := record(answer, r)
		body := rec.Body.Bytes()
		rec.Header().Set("Content-Length", strconv.Itoa(len(body)))
		replay(w, rec, body[:len(body)/2])
	})
}

// After answers the first n requests with one answer and all later ones with another.
func After(n int, first, then http.Handler) http.Handler {
	var mu sync.Mutex
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		answer := then
		if n > 0 {
			n--
			answer = first
		}
		mu.Unlock()
		answer.ServeHTTP(w, r)
	})
}

// Later answers with a status and Retry-After, which is in seconds or a date; without one
// if it is empty.
func Later(status int, retryAfter string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(status)
	})
}

// Bomb is a page of size bytes in MB that is tiny when compressed.
func Bomb(megabytes int) http.Handler {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = z.Write(bytes.Repeat([]byte(" "), 1<<20))
	_ = z.Close()
	// Members of a gzip file stand one after the other and are one text.
	body := bytes.Repeat(b.Bytes(), megabytes)
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", HTML)
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(body)
	})
}

// Endless sends a page that has no end.
func Endless() http.Handler {
	line := []byte(strings.Repeat("<p>Norway and Sweden and Iceland.</p>\n", 800))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", HTML)
		for r.Context().Err() == nil {
			if _, err := w.Write(line); err != nil {
				return
			}
		}
	})
}

// NeedsKey gives its answer only to requests with the key in that header, else 401.
func NeedsKey(header, key string, answer http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(header) != key {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"Message":"Authorization has been denied for this request."}`)
			return
		}
		answer.ServeHTTP(w, r)
	})
}

// KeyPage is the page of the Treaty Office that names its service and the key for it. It
// holds no data, and looks like a shell that JavaScript fills.
func KeyPage(api, key string) http.Handler {
	menu := strings.Repeat(`<li><a href="/en/web/conventions/full-list">Conventions</a></li>`, 20)
	return Gzip(Fresh(HTML, fmt.Appendf(nil, `<!DOCTYPE html>
<html lang="en-GB"><head><title>Full list - Treaty Office</title></head><body><nav><ul>%s</ul></nav>
<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>
<script>window.conventions_api_url = "%s"; window.conventions_api_key = "%s";</script></body></html>
`, menu, api, key)))
}

// Post gives its answer only to a POST whose body is JSON and says so.
func Post(answer http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		body, err := io.ReadAll(r.Body)
		switch {
		case r.Method != http.MethodPost:
			w.Header().Set("Allow", "POST")
			w.WriteHeader(http.StatusMethodNotAllowed)
		case kind != "application/json":
			w.WriteHeader(http.StatusUnsupportedMediaType)
		case err != nil || !json.Valid(body):
			w.WriteHeader(http.StatusBadRequest)
		default:
			answer.ServeHTTP(w, r)
		}
	})
}

// Daily is a page that has the day and its number of visitors in the menu and the footer,
// and the same facts always. Whatever it says of itself changes with the day.
func (w *World) Daily(title, facts string) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		now := w.Now().UTC()
		body := fmt.Sprintf(`<!DOCTYPE html><html lang="en"><head><title>%[1]s</title><meta name="generated" content="%[2]s"></head><body>
<nav><ul><li><a href="/">Home</a></li><li>%[3]s</li></ul></nav><main><h1>%[1]s</h1>%[4]s</main>
<footer><p>%[3]s. Visitors: %[5]d.</p></footer></body></html>
`, title, now.Format("2006-01-02T15"), now.Format("2 January 2006"), facts, now.Unix()/86400%9973)
		Static(HTML, []byte(body)).ServeHTTP(rw, r)
	})
}

// Links is a landing page that links documents, each with its own text.
func Links(title string, links ...[2]string) http.Handler {
	var b strings.Builder
	for _, l := range links {
		fmt.Fprintf(&b, "<li><a href=\"%s\">%s</a></li>\n", l[0], l[1])
	}
	return Static(HTML, document(title, "<ul>\n"+b.String()+"</ul>"))
}

func document(title, main string) []byte {
	return fmt.Appendf(nil, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%[1]s</title></head><body>\n<nav><a href=\"/\">Home</a></nav>\n<main><h1>%[1]s</h1>\n%[2]s</main>\n<footer><p>Made up for tests</p></footer></body></html>\n", title, main)
}

// Paged gives a path several pages, of which each leads to the next: by rel=next in the
// page and in the header Link.
func (h *Host) Paged(path, title string, pages ...string) *Host {
	at := func(n int) string {
		if n == 0 {
			return path
		}
		return path + "?page=" + strconv.Itoa(n+1)
	}
	for i, page := range pages {
		next := ""
		if i+1 < len(pages) {
			next = at(i + 1)
			page += fmt.Sprintf("\n<p><a rel=\"next\" href=\"%s\">Next</a></p>", next)
		}
		answer := Static(HTML, document(title, page))
		h.HandleFunc(at(i), func(w http.ResponseWriter, r *http.Request) {
			if next != "" {
				w.Header().Set("Link", "<"+next+`>; rel="next"`)
			}
			answer.ServeHTTP(w, r)
		})
	}
	return h
}

// Countries gives each country a page of its own below a path, and the path a page that
// links them. Pages are by their slugs.
func (h *Host) Countries(path, title string, pages map[string]string) *Host {
	var links [][2]string
	for slug, page := range pages {
		h.Handle(path+"/"+slug, Static(HTML, document(slug, page)))
		links = append(links, [2]string{path + "/" + slug, slug})
	}
	slices.SortFunc(links, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return h.Handle(path, Links(title, links...))
}
