package command

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// programVariable makes the test binary the program that it names.
const programVariable = "COMMAND_PROGRAM"

// The programs say when they have begun, and return what main gets to see.
var programs = map[string]Program{
	"orderly": func(ctx context.Context, _ []string, stdout, _ io.Writer) error {
		fmt.Fprintln(stdout, "begun")
		<-ctx.Done()
		fmt.Fprintln(stdout, "saved")
		return fmt.Errorf("training: %w", ctx.Err())
	},
	"failing": func(ctx context.Context, _ []string, stdout, _ io.Writer) error {
		fmt.Fprintln(stdout, "begun")
		<-ctx.Done()
		return errors.Join(ctx.Err(), errors.New("disk full"))
	},
	"stuck": func(ctx context.Context, _ []string, stdout, _ io.Writer) error {
		fmt.Fprintln(stdout, "begun")
		<-ctx.Done()
		fmt.Fprintln(stdout, "stuck")
		select {}
	},
}

func TestMain(m *testing.M) {
	if program := programs[os.Getenv(programVariable)]; program != nil {
		Main("test", program)
	}
	os.Exit(m.Run())
}

// A process is one of the programs, which has begun.
type process struct {
	*exec.Cmd
	stdout *bufio.Reader
	stderr bytes.Buffer
}

func start(t *testing.T, program string) *process {
	t.Helper()
	if runtime.GOOS == "windows" || runtime.GOOS == "js" {
		t.Skip("a process cannot send these signals to another here")
	}
	binary, err := os.Executable()
	require.NoError(t, err)
	p := &process{Cmd: exec.Command(binary)}
	p.Env = append(os.Environ(), programVariable+"="+program)
	p.Stderr = &p.stderr
	out, err := p.StdoutPipe()
	require.NoError(t, err)
	p.stdout = bufio.NewReader(out)
	require.NoError(t, p.Start())
	t.Cleanup(func() { p.Process.Kill(); p.Wait() })
	p.expect(t, "begun")
	return p
}

func (p *process) expect(t *testing.T, want string) {
	t.Helper()
	line, err := p.stdout.ReadString('\n')
	require.NoError(t, err, p.stderr.String())
	require.Equal(t, want+"\n", line)
}

// ended waits for the end and returns the exit status, -1 if a signal was it.
func (p *process) ended() int {
	p.Wait()
	return p.ProcessState.ExitCode()
}

func TestSignals(t *testing.T) {
	for range 2 {
		for _, c := range []struct {
			program string
			signal  os.Signal
			status  int
			text    string
		}{
			{"orderly", os.Interrupt, 130, "test: interrupted\n"},
			{"orderly", syscall.SIGTERM, 143, "test: terminated\n"},
			{"failing", os.Interrupt, 1, "test: interrupted\ntest: disk full\n"},
			{"failing", syscall.SIGTERM, 1, "test: terminated\ntest: disk full\n"},
		} {
			p := start(t, c.program)
			require.NoError(t, p.Process.Signal(c.signal))
			if c.program == "orderly" {
				p.expect(t, "saved")
			}
			assert.Equal(t, c.status, p.ended(), "%s after %v", c.program, c.signal)
			assert.Equal(t, c.text, p.stderr.String())
		}
	}
}

// Whichever the two are, the second signal ends a program that does not end.
func TestSecondSignal(t *testing.T) {
	for range 2 {
		for _, signals := range [][2]os.Signal{{os.Interrupt, os.Interrupt}, {syscall.SIGTERM, syscall.SIGTERM}, {syscall.SIGTERM, os.Interrupt}} {
			p := start(t, "stuck")
			require.NoError(t, p.Process.Signal(signals[0]))
			p.expect(t, "stuck")
			require.NoError(t, p.Process.Signal(signals[1]))
			assert.Equal(t, -1, p.ended(), "%v", signals)
		}
	}
}
