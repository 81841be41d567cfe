package cli_test

import (
	"bytes"
	"strings"
	"testing"

	"baseline/cmd/baseline/cli"
	"baseline/pipeline/workspace/s3test"
)

// Whatever is asked of a bucket that is not there, or that does not let one in, one sentence says
// so; no line on the screen has what stands behind the question mark of its address.
func TestBucketFaultsOnTheScreen(t *testing.T) {
	address := s3test.Start(t)
	if address == "" {
		return
	}
	run := func(args ...string) (code int, screen string) {
		var out bytes.Buffer
		code = cli.Run(args, &out, &out)
		return code, out.String()
	}
	none := strings.Replace(address, "s3://bucket/", "s3://none/", 1)
	for _, verb := range [][]string{{"status"}, {"refresh", "--offline"}, {"archive", "verify"}, {"edition", "list"}, {"changes"}} {
		code, screen := run(append([]string{"--quiet", "--workspace", none}, verb...)...)
		if code != 1 || !strings.Contains(screen, "does not exist or cannot be read") || strings.Contains(screen, "endpoint=") || strings.Contains(screen, "no snapshot yet") {
			t.Errorf("%s without its bucket: exit %d, %s", verb, code, screen)
		}
	}
	if code, screen := run("--workspace", address, "edition", "verify", "2099"); code != 1 || strings.Contains(screen, "endpoint=") || !strings.Contains(screen, "in s3://bucket/pre/fix") {
		t.Errorf("an edition that is not there: exit %d, %s", code, screen)
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong")
	for _, verb := range [][]string{{"status"}, {"refresh", "--offline"}} {
		code, screen := run(append([]string{"--workspace", address}, verb...)...)
		if code != 1 || !strings.Contains(screen, "does not take these credentials") || strings.Contains(screen, "endpoint=") || strings.Contains(screen, "operation error") {
			t.Errorf("%s with a wrong key: exit %d, %s", verb, code, screen)
		}
	}
}
