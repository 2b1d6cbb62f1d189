// Package mpijob starts real MPI jobs in tests, which are skipped where there is no
// MPI.
package mpijob

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Build compiles a command with MPI and returns its path. It skips the test where no
// MPI, no C compiler or no launcher is installed, and in short mode.
func Build(t *testing.T, path string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds and starts MPI jobs")
	}
	for _, tool := range []string{"mpirun", "pkg-config", "cc"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s: Debian has it in openmpi-bin, libopenmpi-dev, pkg-config and gcc", tool)
		}
	}
	if exec.Command("pkg-config", "--exists", "ompi-c").Run() != nil {
		t.Skip("there are no headers of Open MPI: Debian has them in libopenmpi-dev")
	}
	program := filepath.Join(t.TempDir(), "program")
	build := exec.Command("go", "build", "-tags", "mpi", "-o", program, path)
	build.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build -tags mpi %s: %v\n%s", path, err, out)
	}
	return program
}

// Command returns a job of so many ranks on this machine, more than it has cores if
// need be.
func Command(ctx context.Context, ranks int, program string, args ...string) *exec.Cmd {
	all := append([]string{"--oversubscribe", "--bind-to", "none", "-n", fmt.Sprint(ranks), program}, args...)
	cmd := exec.CommandContext(ctx, "mpirun", all...)
	cmd.Env = append(os.Environ(), "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1", "GOMAXPROCS=1")
	return cmd
}

// Run runs a job and returns what it writes.
func Run(t *testing.T, ranks int, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	out, err := Command(ctx, ranks, program, args...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}
