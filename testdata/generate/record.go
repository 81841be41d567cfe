package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// originRebuilt marks a capture that was made from facts because no original
// bytes may be kept here. It must never be mistaken for the publisher's file.
const originRebuilt = "rebuilt"

// captureRequest says what was asked of the publisher.
type captureRequest struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

// captureRecord is the JSON file that lies beside each bundled capture. The
// order of the fields is the order in the file.
type captureRecord struct {
	Source      string            `json:"source"`
	Request     captureRequest    `json:"request"`
	FinalURL    string            `json:"final_url"`
	RequestedAt string            `json:"requested_at"`
	Status      int               `json:"status"`
	Headers     map[string]string `json:"headers"`
	File        string            `json:"file"`
	SHA256      string            `json:"sha256"`
	Bytes       int               `json:"bytes"`
	Origin      string            `json:"origin"`
	OriginNote  string            `json:"origin_note"`
}

// writeCapture writes body to testdata/captures/<source>/<name> below root, and
// rec beside it under the same name with the ending .json. It fills in what
// follows from the bytes, so that a record cannot contradict its capture.
func writeCapture(root, source, name string, body []byte, rec captureRecord) error {
	ext := filepath.Ext(name)
	if ext == "" || ext == ".json" {
		// A record named like its capture would overwrite it.
		name += ".body"
		ext = ".body"
	}
	sum := sha256.Sum256(body)
	rec.Source = source
	rec.File = name
	rec.SHA256 = hex.EncodeToString(sum[:])
	rec.Bytes = len(body)

	text, err := encodeRecord(rec)
	if err != nil {
		return fmt.Errorf("record of %s/%s: %w", source, name, err)
	}
	folder := filepath.Join(root, "testdata", "captures", source)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, name), body, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, strings.TrimSuffix(name, ext)+".json"), text, 0o644)
}

// encodeRecord keeps & in addresses readable, which json.MarshalIndent would
// write as \u0026.
func encodeRecord(rec captureRecord) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(rec)
	return out.Bytes(), err
}
