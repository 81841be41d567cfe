package channel

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// line is what a file channel writes for each message, on one line.
type line struct {
	ID       string          `json:"id"`
	Date     time.Time       `json:"date"`
	To       string          `json:"to,omitempty"`
	Language string          `json:"language,omitempty"`
	Subject  string          `json:"subject"`
	Text     string          `json:"text"`
	Message  json.RawMessage `json:"message,omitempty"` // as webhooks get it
}

// file appends messages to a file, one JSON object a line. It knows what the file has, so that
// nothing stands in it twice.
type file struct {
	base
	path string
	lock *flock.Flock
	f    *os.File
	has  map[string]bool
}

func newFile(b base, path string) (Sender, error) {
	if path == "" {
		return nil, b.whole("the channel has no path")
	}
	return &file{base: b, path: path}, nil
}

// open takes the file for this process and reads which messages it has. A last line that a
// crash has cut short is removed: its message is not noted as sent. What others wrote without
// a line end gets one.
func (c *file) open() error {
	if c.f != nil {
		return nil
	}
	lock := flock.New(c.path + ".lock")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if ok, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil || !ok {
		return errors.Join(errors.New("somebody else writes to it"), err)
	}
	f, err := os.OpenFile(filepath.Clean(c.path), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		_ = lock.Unlock()
		return err
	}
	has := map[string]bool{}
	var whole int64
	ended := true
	for r := bufio.NewReader(f); ; {
		text, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			if len(text) > 0 && !ours(text) {
				whole, ended = whole+int64(len(text)), false
			}
			break
		}
		if err != nil {
			return errors.Join(err, f.Close(), lock.Unlock())
		}
		whole += int64(len(text))
		var l struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(text, &l) == nil {
			has[l.ID] = true
		}
	}
	if err := f.Truncate(whole); err != nil {
		return errors.Join(err, f.Close(), lock.Unlock())
	}
	if _, err := f.Seek(whole, io.SeekStart); err != nil {
		return errors.Join(err, f.Close(), lock.Unlock())
	}
	if !ended {
		if _, err := f.WriteString("\n"); err != nil {
			return errors.Join(err, f.Close(), lock.Unlock())
		}
	}
	c.f, c.lock, c.has = f, lock, has
	return nil
}

// ours reports whether a line that does not end may be the beginning of one of ours.
func ours(text []byte) bool {
	const begin = `{"id":"msg-`
	return bytes.HasPrefix(text, []byte(begin)) || bytes.HasPrefix([]byte(begin), text)
}

// Send appends one line and waits until the disk has it.
func (c *file) Send(_ context.Context, m Rendered) error {
	if err := c.open(); err != nil {
		e := c.fault("open %s: %v", c.path, err)
		e.Whole = true
		return e
	}
	if c.has[m.ID] {
		return nil
	}
	date := m.Date
	if date.IsZero() {
		date = time.Now()
	}
	l := line{ID: m.ID, Date: date.UTC(), To: m.To, Language: m.Language, Subject: oneLine(m.Subject), Text: m.Text}
	if len(m.JSON) > 0 {
		var one bytes.Buffer
		if err := json.Compact(&one, m.JSON); err != nil {
			return c.permanent("the message has no JSON that can be read: %v", err)
		}
		l.Message = one.Bytes()
	}
	text, err := json.Marshal(l)
	if err != nil {
		return c.permanent("the message has no JSON form: %v", err)
	}
	if _, err = c.f.Write(append(text, '\n')); err == nil {
		err = c.f.Sync()
	}
	if err != nil {
		_ = c.Close() // the next open cuts off what was written of it
		e := c.fault("write to %s: %v", c.path, err)
		e.Whole = true
		return e
	}
	c.has[m.ID] = true
	return nil
}

// Close gives the file back.
func (c *file) Close() error {
	if c.f == nil {
		return nil
	}
	err := errors.Join(c.f.Close(), c.lock.Unlock())
	c.f, c.lock, c.has = nil, nil, nil
	return err
}
