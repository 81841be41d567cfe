package subscription

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Secret names where a secret is kept. It holds the name and never the secret itself, so
// that nothing that prints, logs or stores it can give the secret away.
type Secret struct{ from, folder string }

// String is the name, such as env:SMTP_PASSWORD; "" if there is no secret.
func (s Secret) String() string { return s.from }

// GoString is String.
func (s Secret) GoString() string { return s.from }

// MarshalText is String.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.from), nil }

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.from == "" }

// largest is how many bytes a file with a secret may have.
const largest = 64 << 10

// Value reads the secret, each time anew: from the environment, or from a file without the
// line ends that follow it. A path that is not absolute begins at the folder of the
// subscriptions. Its errors name where the secret is kept, and nothing of it.
func (s Secret) Value() (string, error) {
	kind, name, _ := strings.Cut(s.from, ":")
	switch kind {
	case "":
		return "", errors.New("the channel has no secret; give it one: secret: env:NAME or file:PATH")
	case "env":
		value := os.Getenv(name)
		if value == "" {
			return "", fmt.Errorf("the environment has no %s, or it is empty; set it before the run", name)
		}
		return value, nil
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(s.folder, name)
	}
	info, err := os.Stat(name)
	if err != nil {
		return "", fmt.Errorf("read a secret: %w; put it into that file, readable for this program alone", err)
	}
	if info.IsDir() || info.Size() > largest {
		return "", fmt.Errorf("read a secret: %s is no file with a secret", name)
	}
	body, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	value := strings.TrimRight(string(body), "\r\n")
	if value == "" {
		return "", fmt.Errorf("read a secret: %s is empty", name)
	}
	return value, nil
}
