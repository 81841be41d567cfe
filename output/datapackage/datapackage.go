// Package datapackage describes a snapshot as a Frictionless Data Package, so that
// general tools find its files, columns and sources.
package datapackage

import (
	"encoding/json"
	"time"

	"baseline/output/parquet"
	"baseline/schemas"
)

// Snapshot is what a package says of a snapshot.
type Snapshot struct {
	ID      string
	AsOf    time.Time // newest capture
	Version string    // of the program
	Sources []Source
	Files   []File
}

// Source is a publisher whose captures the snapshot rests on.
type Source struct{ Title, Publisher, Homepage string }

// File is one dataset's file. Path is relative to the package's descriptor.
type File struct {
	Dataset *schemas.Dataset
	Path    string
	Bytes   int
	SHA256  string
}

type descriptor struct {
	Profile   string        `json:"profile"`
	Name      string        `json:"name"`
	ID        string        `json:"id"`
	Title     string        `json:"title"`
	Version   string        `json:"version"`
	Created   string        `json:"created"`
	Sources   []sourceEntry `json:"sources"`
	Resources []resource    `json:"resources"`
}

type sourceEntry struct {
	Title string `json:"title"`
	Path  string `json:"path"`
}

type resource struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Path        string `json:"path"`
	Format      string `json:"format"`
	Mediatype   string `json:"mediatype"`
	Bytes       int    `json:"bytes"`
	Hash        string `json:"hash"`
	Schema      schema `json:"schema"`
}

type schema struct {
	Fields     []field  `json:"fields"`
	PrimaryKey []string `json:"primaryKey"`
}

type field struct {
	Name        string       `json:"name"`
	Type        string       `json:"type"`
	Description string       `json:"description"`
	Unit        string       `json:"unit,omitempty"`
	Constraints *constraints `json:"constraints,omitempty"`
}

type constraints struct {
	Required bool     `json:"required,omitempty"`
	Enum     []string `json:"enum,omitempty"`
}

var types = map[schemas.Kind]string{
	schemas.Text: "string", schemas.Int: "integer", schemas.Float: "number", schemas.Bool: "boolean", schemas.Date: "date", schemas.Time: "datetime",
}

// Write returns the descriptor, datapackage.json. The same snapshot gives the same
// bytes.
func Write(s Snapshot) ([]byte, error) {
	d := descriptor{
		Profile: "data-package", Name: "baseline", ID: s.ID, Version: s.Version, Created: s.AsOf.UTC().Format(time.RFC3339),
		Title: "Baseline of member state responses to online child sexual exploitation and abuse, snapshot " + s.ID,
	}
	for _, src := range s.Sources {
		d.Sources = append(d.Sources, sourceEntry{src.Publisher + ": " + src.Title, src.Homepage})
	}
	for _, f := range s.Files {
		d.Resources = append(d.Resources, describe(f))
	}
	text, err := json.MarshalIndent(d, "", "  ")
	return append(text, '\n'), err
}

func describe(f File) resource {
	r := resource{
		Name: f.Dataset.Name, Title: f.Dataset.Title, Description: f.Dataset.Doc, Path: f.Path,
		Format: "parquet", Mediatype: "application/vnd.apache.parquet", Bytes: f.Bytes, Hash: "sha256:" + f.SHA256,
		Schema: schema{PrimaryKey: f.Dataset.Key},
	}
	for _, c := range parquet.Columns(f.Dataset) {
		entry := field{Name: c.Name, Type: types[c.Kind], Description: c.Doc, Unit: c.Unit}
		if c.Required || c.Words != nil {
			entry.Constraints = &constraints{Required: c.Required, Enum: c.Words}
		}
		r.Schema.Fields = append(r.Schema.Fields, entry)
	}
	return r
}
