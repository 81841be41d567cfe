// Command generate rebuilds the bundled captures in testdata/captures from the
// facts in testdata/facts. Run it from the root of the repository:
//
//	go run ./testdata/generate
//
// The same facts give the same bytes; a test holds the committed files to that.
package main

import (
	"fmt"
	"os"
)

// step makes the captures of one source below root.
type step struct {
	name string
	run  func(root string) error
}

// steps is everything this command makes, in order.
var steps = []step{
	{"ncmec", generateNCMEC},
	{"un-treaties", generateUNTreaties},
	{"report", generateReport},
	{"memberships", generateMemberships},
	{"coe-treaties", generateCoETreaties},
	{"safer-internet-day", generateSaferInternetDay},
}

func main() {
	if err := generate("."); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate(root string) error {
	for _, s := range steps {
		if err := s.run(root); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}
