package publishers

import (
	"math"
	"net/http"
	"slices"
	"time"
)

// Request is one request as a host saw it.
type Request struct {
	Host   string
	At     time.Time // when it came, by the world's clock
	Method string
	Path   string // with the query
	Proto  string // such as HTTP/2.0
	TLS    bool
	Header http.Header
	Body   string
	Status int   // 0: not answered yet, or broken off before there was a status
	Bytes  int64 // of the answer's body, as they were sent
	Done   bool
}

// under is a request under way: gone is closed when its client has left, over when it was
// answered.
type under struct {
	gone  <-chan struct{}
	over  chan struct{}
	whole bool // when over: its answer was sent, not broken off
}

// grace is how long a host waits for an earlier request to end before it calls two of them
// simultaneous: a client that gave one up may ask again before its host has noticed.
const grace = 100 * time.Millisecond

func (w *World) begin(q *Request, gone <-chan struct{}) *under {
	at, u := w.Now(), &under{gone: gone, over: make(chan struct{})}
	w.mu.Lock()
	q.At = at
	w.log = append(w.log, q)
	others := slices.Clone(w.open[q.Host])
	w.open[q.Host] = append(w.open[q.Host], u)
	w.mu.Unlock()
	n, patience := 1, time.NewTimer(grace)
	defer patience.Stop()
	for _, o := range others {
		select {
		case <-o.gone:
		case <-o.over:
			if o.whole {
				n++
			}
		case <-patience.C:
			n++
			patience.Reset(0)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.most[q.Host] = max(w.most[q.Host], n)
	return u
}

func (w *World) end(q *Request, u *under, out *counted, whole bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	q.Status, q.Bytes, q.Done = out.status, out.sent+int64(len(out.held)), true
	if q.Status == 0 && whole {
		q.Status = http.StatusOK
	}
	u.whole = whole
	close(u.over)
	w.open[q.Host] = slices.DeleteFunc(w.open[q.Host], func(o *under) bool { return o == u })
}

// Requests are those to a host, in the order in which they came; to all hosts if the name
// is empty.
func (w *World) Requests(host string) []Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []Request
	for _, q := range w.log {
		if host == "" || q.Host == host {
			list = append(list, *q)
		}
	}
	return list
}

// Forget empties the log.
func (w *World) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log, w.strays, w.most = nil, nil, map[string]int{}
}

// times are those of the requests to a host, sorted.
func (w *World) times(host string) []time.Time {
	var all []time.Time
	for _, q := range w.Requests(host) {
		all = append(all, q.At)
	}
	slices.SortFunc(all, time.Time.Compare)
	return all
}

// MinGap is the least time between two requests to the host, robots.txt among them. With
// fewer than two it is the longest there is.
func (w *World) MinGap(host string) time.Duration {
	all, least := w.times(host), time.Duration(math.MaxInt64)
	for i := 1; i < len(all); i++ {
		least = min(least, all[i].Sub(all[i-1]))
	}
	return least
}

// MaxPerSecond is the greatest number of requests to the host within any second.
func (w *World) MaxPerSecond(host string) int {
	all, most, from := w.times(host), 0, 0
	for i, at := range all {
		for at.Sub(all[from]) >= time.Second {
			from++
		}
		most = max(most, i-from+1)
	}
	return most
}

// RobotsFirst reports whether the first request to the host was for its robots.txt. It is
// false if there was none.
func (w *World) RobotsFirst(host string) bool {
	all := w.Requests(host)
	return len(all) > 0 && all[0].Path == "/robots.txt" && all[0].Method == http.MethodGet
}

// BodyBytes is how many bytes of bodies the host sent for requests that came from one
// time on and before another.
func (w *World) BodyBytes(host string, from, to time.Time) int64 {
	var n int64
	for _, q := range w.Requests(host) {
		if !q.At.Before(from) && q.At.Before(to) {
			n += q.Bytes
		}
	}
	return n
}

// Concurrent is the greatest number of requests to the host that were under way at once.
func (w *World) Concurrent(host string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.most[host]
}
