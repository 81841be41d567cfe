package cli

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"baseline/pipeline/alerts"
	"baseline/pipeline/workspace"
)

// sendEvery sends what is due each minute until the context ends, and returns a function that
// waits for the last of it.
func (a *app) sendEvery(ctx context.Context, log *slog.Logger) (done func()) {
	var wg sync.WaitGroup
	wg.Go(func() {
		said := "" // of subscriptions.yaml, as the log has it
		tick := time.NewTicker(time.Minute)
		defer tick.Stop()
		for {
			said = a.sendDue(ctx, log, said)
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
	return wg.Wait
}

// sendDue sends what is due in the outbox and says in the log what came of it. What does not
// work here must not stop the sources from being asked. It returns what is wrong with
// subscriptions.yaml, which is looked at each minute and logged when it is not what was said.
func (a *app) sendDue(ctx context.Context, log *slog.Logger, said string) (fault string) {
	book, err := alerts.LoadBook(a.opened)
	if err != nil {
		if said != err.Error() {
			log.Error("for the steward: nobody can be told", "why", err)
		}
		return err.Error()
	}
	if book == nil {
		return ""
	}
	r, err := a.post(book).Send(ctx)
	var held *workspace.HeldError
	switch {
	case errors.As(err, &held) || ctx.Err() != nil:
	case err != nil:
		log.Error("for the steward: the outbox cannot be sent", "why", err)
	case r.Failed > 0:
		log.Warn("messages could not be sent and stay in the outbox", "sent", r.Sent, "not_taken", r.Failed, "why", r.Faults)
	case r.Sent > 0:
		log.Info("messages sent", "sent", r.Sent, "waiting", r.Waiting)
	}
	return ""
}
