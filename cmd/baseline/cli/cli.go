// Package cli is the command line: one file for each verb.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"baseline/pipeline"
	"baseline/pipeline/fetch"
	"baseline/pipeline/workspace"
	"baseline/schemas/places"
	"baseline/sources"
	"baseline/testdata"
)

// Exit codes, the same for every verb.
const (
	exitDone   = 0 // done
	exitFailed = 1 // failed
	exitUsage  = 2 // wrong usage
	exitSource = 3 // some source failed and its last good rows were kept
	exitHeld   = 4 // rows are held
	exitBudget = 5 // a source is older than its budget
)

const exitHelp = `
Exit codes:
  0  done
  1  failed
  2  wrong usage
  3  some source failed, and its last good rows were kept
  4  rows are held
  5  a source is older than its budget`

// exitError ends the program with a code of its own. The message may be empty where
// the screen has said everything.
type exitError struct {
	code int
	text string
	hint string
}

func (e *exitError) Error() string { return e.text }

func usage(format string, args ...any) error {
	return &exitError{code: exitUsage, text: fmt.Sprintf(format, args...)}
}

// app is what the verbs share.
type app struct {
	workspace string
	json      bool
	quiet     bool
	in        io.Reader
	out, err  io.Writer
	opened    *workspace.Workspace
	// onLoopback lets tests stand in for the publishers; nil outside of them.
	onLoopback func(*fetch.Config)
}

// Run runs the program with its arguments and returns the exit code. Results go to
// out; errors and progress to err.
func Run(args []string, out, err io.Writer) (code int) { return RunWith(args, os.Stdin, out, err) }

// RunWith is Run with answers read from in.
func RunWith(args []string, in io.Reader, out, err io.Writer) (code int) {
	written := &writer{to: out}
	a := &app{in: in, out: written, err: err, onLoopback: loopback}
	// A mistake of ours must not end in a page of Go.
	defer func() {
		if fault := recover(); fault != nil {
			fmt.Fprintf(err, "error: a mistake in this program: %v\nhint: the workspace stands as it was; please report the command and this line\n", fault)
			code = exitFailed
		}
	}()
	root := a.root()
	root.SetArgs(args)
	root.SetOut(written)
	root.SetErr(err)
	fault := root.Execute()
	if a.opened != nil {
		fault = errors.Join(fault, a.opened.Close())
	}
	if fault == nil && written.fault != nil {
		fault = fmt.Errorf("write the result: %w", written.fault)
	}
	if fault == nil {
		return exitDone
	}
	var e *exitError
	if !errors.As(fault, &e) {
		e = &exitError{code: exitFailed, text: fault.Error()}
	}
	if e.text != "" {
		fmt.Fprintf(err, "error: %s\n", e.text)
	}
	if e.hint != "" {
		fmt.Fprintf(err, "hint: %s\n", e.hint)
	}
	return e.code
}

// writer remembers the first write that failed, so that a full disk behind a
// redirection does not end in exit code 0.
type writer struct {
	to    io.Writer
	fault error
}

func (w *writer) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	if err != nil && w.fault == nil {
		w.fault = err
	}
	return n, err
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "baseline",
		Short: "Keeps the tables of the Council of Europe's baseline mapping alive",
		Long: `baseline reads the public sources behind the Council of Europe's baseline mapping
of member state responses to online child sexual exploitation and abuse, keeps every
byte it saw, and says what changed since an edition, and why.

Everything is kept in a workspace: a folder with captures, snapshots in Parquet and
editions, by default ./workspace.` + "\n" + exitHelp,
		SilenceUsage: true, SilenceErrors: true,
		Version: pipeline.Version,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &exitError{code: exitUsage, text: fmt.Sprintf("there is no verb %q", args[0]), hint: "baseline --help lists the verbs"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := root.PersistentFlags()
	flags.StringVarP(&a.workspace, "workspace", "w", "./workspace", "folder with captures, snapshots and editions, or a bucket such as s3://bucket/prefix")
	root.PersistentPreRunE = func(*cobra.Command, []string) (err error) {
		if a.opened, err = workspace.OpenURL(context.Background(), a.workspace); err != nil {
			return &exitError{code: exitUsage, text: err.Error(), hint: "docs/scale.md tells how buckets are named"}
		}
		return nil
	}
	flags.BoolVar(&a.json, "json", false, "one JSON object a line, each with a type")
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "no progress, only results and errors")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &exitError{code: exitUsage, text: err.Error(), hint: cmd.CommandPath() + " --help lists the flags"}
	})
	root.AddCommand(a.refresh(), a.changes(), a.figures(), a.edition(), a.timeline(), a.explain(), a.status(), a.review(), a.alerts(), a.schedule(), a.capture(), a.archive(), a.sources())
	return root
}

// verb adds what all verbs have in common to a command: its exit codes, and wrong
// arguments as wrong usage.
func verb(c *cobra.Command, args cobra.PositionalArgs) *cobra.Command {
	c.Long = strings.TrimSpace(c.Long) + "\n" + exitHelp
	c.Args = func(cmd *cobra.Command, given []string) error {
		if err := args(cmd, given); err != nil {
			return &exitError{code: exitUsage, text: err.Error(), hint: cmd.UseLine()}
		}
		return nil
	}
	return c
}

func (a *app) pipeline() *pipeline.Pipeline {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	return &pipeline.Pipeline{
		Workspace: a.opened,
		Sources:   sources.All(),
		Names:     places.Default(),
		Bundle:    testdata.Captures(),
		Holder:    fmt.Sprintf("process %d on %s", os.Getpid(), host),
	}
}
