package exchange

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/archive/warc"
	"baseline/sources/source"
)

// metadata reads the archive's own record of the one that follows; one without is stored
// at once.
func (x *importing) metadata(rec *warc.Record) error {
	x.own, x.ownID = nil, rec.Get("WARC-Concurrent-To")
	if x.round > 0 {
		return nil
	}
	text, err := rec.Block(1 << 20)
	if err != nil {
		return x.refuse(rec.Number, archive.Record{}, err)
	}
	r, err := archive.ReadRecord(text)
	if err != nil {
		return x.refuse(rec.Number, r, err)
	}
	if x.Only != "" && x.Only != r.Source {
		return nil
	}
	if err := x.believe(rec, r); err != nil {
		return x.refuse(rec.Number, r, err)
	}
	if x.ownID != "" {
		x.own, x.text = &r, text
		return nil
	}
	if r.SHA256 != "" {
		return x.refuse(rec.Number, r, errors.New("the record of a capture names bytes, and the file has no answer with them"))
	}
	return x.put(rec.Number, r, text, nil)
}

// restore stores a record of another archive of this program with its bytes.
func (x *importing) restore(rec *warc.Record, r archive.Record) error {
	if err := fits(rec, r); err != nil {
		return x.refuse(rec.Number, r, err)
	}
	block, err := rec.Block(MaxBytes + 1<<20)
	if err != nil {
		return x.refuse(rec.Number, r, err)
	}
	body := block
	if rec.Type() != warc.Resource {
		m, err := warc.ReadMessage(block)
		if err == nil && m.Status != r.Status {
			err = fmt.Errorf("the record of a capture says that its status was %d, the answer has %d", r.Status, m.Status)
		}
		if err != nil {
			return x.refuse(rec.Number, r, err)
		}
		body = m.Raw
	}
	if rec.Type() == warc.Revisit || r.SHA256 == "" {
		body = nil
	} else if body == nil {
		body = []byte{}
	}
	if body != nil && len(body) != r.Bytes {
		return x.refuse(rec.Number, r, fmt.Errorf("the record of a capture says %d bytes, the answer has %d", r.Bytes, len(body)))
	}
	return x.put(rec.Number, r, x.text, body)
}

func (x *importing) put(number int, r archive.Record, text, body []byte) error {
	release, err := x.Pipeline.Workspace.Guard(Guarded)
	if err != nil {
		return err
	}
	defer release()
	isNew, err := x.store.Restore(text, body)
	var unfit *archive.UnfitError
	if errors.As(err, &unfit) {
		return x.refuse(number, r, err)
	}
	if err != nil {
		return err
	}
	x.took(Took{Number: number, Record: r, New: isNew, Own: true})
	return nil
}

// believe refuses what no archive of this program could have noted: a time to come, or an
// address off the hosts of its source. Of a source that this version does not have, nothing is
// ever read.
func (x *importing) believe(rec *warc.Record, r archive.Record) error {
	if r.RequestedAt.After(x.now) {
		return fmt.Errorf("the record of a capture has the time %s, which lies in the future", r.RequestedAt.UTC().Format(time.RFC3339))
	}
	if err := fits(rec, r); err != nil {
		return err
	}
	s, err := x.Pipeline.Source(r.Source)
	if err != nil {
		return nil
	}
	if _, ok := s.(source.Tabled); ok {
		if r.Origin != archive.Curated {
			return fmt.Errorf("the record of a capture has the origin %q, but %s is a table of this project", r.Origin, r.Source)
		}
		return nil
	}
	names := x.hosts[r.Source]
	if home := parsed(s.About().Homepage); home.Host != "" { // a source that is never asked has no other
		names = append(slices.Clone(names), strings.TrimPrefix(strings.ToLower(home.Hostname()), "www."))
	}
	for _, address := range []string{r.Request.URL, r.FinalURL} {
		u, err := parse(address)
		if err != nil {
			return fmt.Errorf("the record of a capture: %w", err)
		}
		if !onHost(u, names) {
			return fmt.Errorf("the record of a capture has the address %s, which is on no host of %s", address, r.Source)
		}
	}
	return nil
}

// fits refuses a record of a capture that is not of the WARC record that holds it, or to which it
// belongs.
func fits(rec *warc.Record, r archive.Record) error {
	at, err := rec.Date()
	switch {
	case err != nil:
		return err
	case !at.Truncate(time.Second).Equal(r.RequestedAt.Truncate(time.Second)): // some tools write no parts of a second
		return fmt.Errorf("the record of a capture has the time %s, its WARC record has %s", r.RequestedAt.UTC().Format(time.RFC3339), at.UTC().Format(time.RFC3339))
	case rec.Target() != "" && rec.Target() != target(r):
		return fmt.Errorf("the record of a capture has the address %s, its WARC record has %s", target(r), rec.Target())
	}
	sent := r.Origin == archive.Publisher && r.Status != 0
	switch rec.Type() {
	case warc.Resource:
		if sent || rec.Get(originField) != r.Origin {
			return fmt.Errorf("the record of a capture has the origin %q, but its bytes came without an answer of the publisher", r.Origin)
		}
	case warc.Response:
		if !sent {
			return fmt.Errorf("the record of a capture has the origin %q, but its bytes are an answer of the publisher", r.Origin)
		}
	case warc.Metadata:
	default:
		if rec.Target() == "" {
			return errors.New("its WARC record has no address")
		}
	}
	return nil
}
