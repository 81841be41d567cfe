package alerts_test

import (
	"context"
	"runtime"
	"testing"

	"baseline/pipeline/alerts"
)

// A thousand mails over one connection, and how much more memory is in use after them than
// after the first hundred.
func BenchmarkThousandMails(b *testing.B) {
	ws := receivers(b, newInbox(), "none")
	book := must(alerts.LoadBook(ws))
	use := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1e6
	}
	send := func(n, from int) {
		b.StopTimer()
		fill(b, ws, from, 2*n, "mail", "hook") // every second one is mail
		b.StartTimer()
		p := alerts.Post{Workspace: ws, Book: book, Holder: "the benchmark"}
		if r, err := p.Send(context.Background()); err != nil || r.Sent != 2*n {
			b.Fatalf("%+v, %v", r, err)
		}
	}
	from := 0
	var first, last float64
	for b.Loop() {
		send(100, from)
		first = use()
		send(900, from+200)
		last = use()
		from += 2000
	}
	b.ReportMetric(first, "MB-after-100")
	b.ReportMetric(last, "MB-after-1000")
}
