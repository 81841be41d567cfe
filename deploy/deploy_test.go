// Package deploy_test reads the examples of a deployment for what would go wrong quietly.
package deploy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"baseline/cmd/baseline/cli"
)

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// known wants the program to know a command: with --list it asks nobody.
func known(t *testing.T, args []string) {
	t.Helper()
	args = slices.Clone(args)
	at := slices.Index(args, "--workspace")
	if at < 0 || at+1 == len(args) {
		t.Fatalf("no workspace in %q", args)
	}
	args[at+1] = t.TempDir()
	var out, errs bytes.Buffer
	if code := cli.Run(append(args, "--list"), &out, &errs); code != 0 || !strings.Contains(out.String(), "\nncmec ") {
		t.Errorf("%q ends with %d\n%s%s", args, code, out.String(), errs.String())
	}
}

// cronJob are the fields that the example uses. What it has beyond them is a misspelling, or
// wants a place here.
type cronJob struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   struct{ Name string }
	Spec       struct {
		Schedule                   string
		ConcurrencyPolicy          string `yaml:"concurrencyPolicy"`
		Zone                       string `yaml:"timeZone"`
		StartingDeadlineSeconds    int    `yaml:"startingDeadlineSeconds"`
		SuccessfulJobsHistoryLimit int    `yaml:"successfulJobsHistoryLimit"`
		FailedJobsHistoryLimit     int    `yaml:"failedJobsHistoryLimit"`
		JobTemplate                struct {
			Spec struct {
				BackoffLimit          *int `yaml:"backoffLimit"`
				ActiveDeadlineSeconds int  `yaml:"activeDeadlineSeconds"`
				Template              struct{ Spec pod }
			}
		} `yaml:"jobTemplate"`
	}
}

type pod struct {
	RestartPolicy                string         `yaml:"restartPolicy"`
	TerminationGrace             int            `yaml:"terminationGracePeriodSeconds"`
	AutomountServiceAccountToken *bool          `yaml:"automountServiceAccountToken"`
	SecurityContext              map[string]any `yaml:"securityContext"`
	Containers                   []struct {
		Name, Image     string
		Args            []string
		EnvFrom         []map[string]any `yaml:"envFrom"`
		Resources       map[string]any
		SecurityContext map[string]any `yaml:"securityContext"`
		VolumeMounts    []struct {
			Name string
			Path string `yaml:"mountPath"`
		} `yaml:"volumeMounts"`
	}
	Volumes []struct {
		Name  string
		Claim *struct {
			Name string `yaml:"claimName"`
		} `yaml:"persistentVolumeClaim"`
		EmptyDir map[string]any `yaml:"emptyDir"`
	}
}

func TestCronJob(t *testing.T) {
	docs := yaml.NewDecoder(strings.NewReader(read(t, "kubernetes/cronjob.yaml")))
	docs.KnownFields(true)
	kinds := map[string]map[string]any{}
	for {
		var doc yaml.Node
		err := docs.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var any map[string]any
		if err := doc.Decode(&any); err != nil {
			t.Fatal(err)
		}
		kinds[any["kind"].(string)] = any
	}
	if kinds["ConfigMap"] == nil || kinds["PersistentVolumeClaim"] == nil || kinds["CronJob"] == nil {
		t.Fatalf("%v", kinds)
	}
	text, err := yaml.Marshal(kinds["CronJob"])
	if err != nil {
		t.Fatal(err)
	}
	var job cronJob
	strict := yaml.NewDecoder(bytes.NewReader(text))
	strict.KnownFields(true)
	if err := strict.Decode(&job); err != nil {
		t.Fatal(err)
	}
	tries, spec := job.Spec.JobTemplate.Spec, job.Spec.JobTemplate.Spec.Template.Spec
	if len(spec.Containers) != 1 {
		t.Fatalf("%d containers", len(spec.Containers))
	}
	c := spec.Containers[0]
	known(t, c.Args)
	for what, ok := range map[string]bool{
		"batch/v1":                              job.APIVersion == "batch/v1",
		"UTC, as the lines of the sources are":  job.Spec.Zone == "Etc/UTC",
		"one job at a time":                     job.Spec.ConcurrencyPolicy == "Forbid",
		"the next hour is the next try":         tries.BackoffLimit != nil && *tries.BackoffLimit == 0 && spec.RestartPolicy == "Never",
		"a run may take two hours":              tries.ActiveDeadlineSeconds >= 7200,
		"a write may end":                       spec.TerminationGrace >= 600,
		"no rights in the cluster":              spec.AutomountServiceAccountToken != nil && !*spec.AutomountServiceAccountToken,
		"not as root":                           spec.SecurityContext["runAsNonRoot"] == true && spec.SecurityContext["runAsUser"] == spec.SecurityContext["fsGroup"],
		"nothing is written to the image":       c.SecurityContext["readOnlyRootFilesystem"] == true,
		"one look, then the end":                slices.Contains(c.Args, "--once"),
		"what is no fault of the cluster is ok": strings.Contains(strings.Join(c.Args, " "), "--ok 3,4"),
	} {
		if !ok {
			t.Errorf("the CronJob does not say: %s", what)
		}
	}
	// The workspace is on the volume that stays.
	at := slices.Index(c.Args, "--workspace")
	mounted := ""
	for _, m := range c.VolumeMounts {
		for _, v := range spec.Volumes {
			if v.Name == m.Name && m.Path == c.Args[at+1] && v.Claim != nil {
				mounted = v.Claim.Name
			}
		}
	}
	if claim := kinds["PersistentVolumeClaim"]["metadata"].(map[string]any)["name"]; mounted != claim {
		t.Errorf("the workspace is on the claim %q, not on %q", mounted, claim)
	}
}

func TestDockerfile(t *testing.T) {
	cmd := regexp.MustCompile(`(?m)^CMD (\[.*\])$`).FindStringSubmatch(read(t, "Dockerfile"))
	if cmd == nil {
		t.Fatal("no CMD")
	}
	var args []string
	if err := json.Unmarshal([]byte(cmd[1]), &args); err != nil {
		t.Fatal(err)
	}
	known(t, args)
}

func TestUnits(t *testing.T) {
	for file, wants := range map[string][]string{
		"systemd/baseline.service":      {"RestartPreventExitStatus=2", "TimeoutStopSec=10min", "Restart=on-failure"},
		"systemd/baseline-once.service": {"SuccessExitStatus=3 4", "TimeoutStopSec=10min", "Type=oneshot"},
	} {
		text := read(t, file)
		for _, want := range wants {
			if !strings.Contains(text, "\n"+want+"\n") {
				t.Errorf("%s lacks %s", file, want)
			}
		}
		command := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/baseline (.*)$`).FindStringSubmatch(text)
		if command == nil {
			t.Fatalf("%s has no command", file)
		}
		args := strings.Fields(command[1])
		known(t, args)
		// With ProtectSystem=strict nothing else can be written to.
		for i, arg := range args {
			if arg != "--textfile" {
				continue
			}
			folder := args[i+1][:strings.LastIndex(args[i+1], "/")]
			if !strings.Contains(text, "\nReadWritePaths=-"+folder+"\n") {
				t.Errorf("%s writes to %s, and may not", file, folder)
			}
		}
	}
}
