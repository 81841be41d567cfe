package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// The committed captures are what the committed facts give: nobody edits them
// by hand, and the generator has no hidden input.
func TestCapturesAreWhatTheFactsGive(t *testing.T) {
	repository := filepath.Join("..", "..")
	made := t.TempDir()
	facts := filepath.Join("testdata", "facts")
	if err := os.CopyFS(filepath.Join(made, facts), os.DirFS(filepath.Join(repository, facts))); err != nil {
		t.Fatal(err)
	}
	if err := generate(made); err != nil {
		t.Fatal(err)
	}
	files := 0
	err := fs.WalkDir(os.DirFS(made), "testdata/captures", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		compareFiles(t, filepath.Join(made, path), filepath.Join(repository, path))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files != 40 {
		t.Errorf("%d files were made, want a capture and a record for each of twenty requests", files)
	}
}

func compareFiles(t *testing.T, made, committed string) {
	t.Helper()
	want, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(committed)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from what the facts give; run: go run ./testdata/generate", committed)
	}
}

func TestPrintedNumber(t *testing.T) {
	for fact, want := range map[string]string{
		"-": "-", "0": "0", "999": "999", "1000": "1,000", "36210368": "36,210,368",
	} {
		if got, err := printedNumber(fact); err != nil || got != want {
			t.Errorf("printedNumber(%q) = %q, %v; want %q", fact, got, err, want)
		}
	}
	if _, err := printedNumber("12 345"); err == nil {
		t.Error("a number with a blank must be an error")
	}
}
