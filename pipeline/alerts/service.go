package alerts

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/alerts/subscription"
	"baseline/pipeline/workspace"
)

// Out is a channel that does not work just now.
type Out struct {
	Fault     string    `json:"fault"`
	Permanent bool      `json:"permanent,omitempty"` // it will not pass by itself
	Tries     int       `json:"tries"`               // in a row
	Since     time.Time `json:"since"`
	Next      time.Time `json:"next"` // before then nothing is sent through it
}

const channelsFile = "outbox/channels.json"

// Outages returns the channels that do not work, by name. Only the sender changes them.
func Outages(ws *workspace.Workspace) (map[string]Out, error) {
	out := map[string]Out{}
	text, err := ws.Read(channelsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w; remove it, and each channel is tried at once", ws.Path(channelsFile), err)
	}
	return out, nil
}

func writeOutages(ws *workspace.Workspace, out map[string]Out) error {
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	return ws.Write(channelsFile, append(text, '\n'))
}

func isBurst(id string) bool { return strings.HasPrefix(id, "burst-") }

// ofService reports whether an issue is about the outbox itself, and not about a source: the
// sender knows of it, and a refresh too.
func ofService(id string) bool {
	return isBurst(id) || strings.HasPrefix(id, "issue-channel.") || strings.HasPrefix(id, "issue-outbox.")
}

// service are the issues about the outbox itself: channels that do not work, bursts that wait
// for a release, and files that cannot be read.
func service(ws *workspace.Workspace, book *subscription.Book, words map[string]outbox.Word, waiting []outbox.Message, bad []*outbox.BadError) ([]Found, error) {
	var list []Found
	add := func(i outbox.Issue) { list = append(list, Found{Issue: i}) }
	outages, err := Outages(ws)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(outages)) {
		o := outages[name]
		if _, ok := book.Channels[name]; ok && (o.Permanent || o.Tries >= patience) {
			add(outbox.Issue{
				ID: "issue-channel." + name, Source: "channel " + name, Code: "does-not-work", Text: o.Fault, Count: 1,
				Hint: "put it right, then: baseline alerts send --retry",
			})
		}
	}
	held := map[string]int{}
	for _, m := range waiting {
		if w := words[m.Burst].Do; m.Burst != "" && w != outbox.Release && w != outbox.Ack {
			held[m.Burst]++
		}
	}
	for _, burst := range slices.Sorted(maps.Keys(held)) {
		add(outbox.Issue{
			ID: burst, Code: "burst-waits", Count: held[burst],
			Text: fmt.Sprintf("one refresh found more events than go out unseen, and what they make waits: %d to send", held[burst]),
			Hint: fmt.Sprintf("baseline alerts release %s --reason … lets it go; baseline alerts ack %s --reason … drops it", burst, burst),
		})
	}
	if len(bad) > 0 {
		add(outbox.Issue{ID: "issue-outbox.unreadable-message", Source: "outbox", Code: "unreadable-message", Text: bad[0].Error(), Count: len(bad)})
	}
	return list, nil
}
