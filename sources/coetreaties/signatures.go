package coetreaties

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"baseline/sources/source"
)

// parseSignatures reads a chart of signatures in whichever of its forms it comes. All
// forms of one chart give the same rows.
func parseSignatures(t treaty, c source.Capture, emit source.Emit) error {
	body := bytes.TrimSpace(bytes.TrimPrefix(c.Body, []byte("\ufeff")))
	switch {
	case len(body) == 0:
		return errors.New("the answer is empty")
	case !utf8.Valid(body):
		return errors.New("the answer is not UTF-8: see how it was saved")
	}
	ch := newChart(t, c.Taken)
	var err error
	switch body[0] {
	case '[', '{', '"':
		err = ch.readJSON(body)
	case '<':
		err = ch.readHTML(body)
	default:
		err = ch.readText(body)
	}
	if err != nil {
		return fmt.Errorf("chart of treaty %s: %w", t.number, err)
	}
	if len(ch.rows) == 0 {
		return fmt.Errorf("chart of treaty %s: no row of a state was found", t.number)
	}
	ch.emit(emit)
	return nil
}
