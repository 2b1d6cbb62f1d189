package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/examples/internal/command/commandtest"
	"declive/nn"
)

type summary struct {
	Data      string
	Loss      string
	Examples  int
	Test      float64 `json:"test_accuracy"`
	Gradcheck string
	Epochs    int
	Seed      uint64
}

// train runs the program and returns its line of JSON.
func train(t *testing.T, args ...string) (summary, string) {
	t.Helper()
	out := t.TempDir()
	var stdout, stderr bytes.Buffer
	require.NoError(t, program.Run(context.Background(), append(args, "-out", out, "-json"), &stdout, &stderr))
	var s summary
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &s), stdout.String())
	return s, out
}

func TestDigits(t *testing.T) {
	for _, loss := range []string{"softmax", "svm"} {
		s, out := train(t, "-examples", "1200", "-epochs", "5", "-loss", loss, "-seed", "3")
		assert.Equal(t, 1000, s.Examples)
		assert.Equal(t, 5, s.Epochs)
		assert.Equal(t, "ok", s.Gradcheck)
		assert.Equal(t, uint64(3), s.Seed)
		assert.Greater(t, s.Test, 0.6, loss) // chance is 0.1
		for _, name := range []string{"loss.png", "templates.png"} {
			f, err := os.Open(filepath.Join(out, name))
			require.NoError(t, err)
			_, err = png.Decode(f)
			assert.NoError(t, err, name)
			f.Close()
		}
		assert.FileExists(t, filepath.Join(out, "weights.safetensors"))
	}
}

func TestGradientDescent(t *testing.T) {
	s, _ := train(t, "-examples", "600", "-epochs", "20", "-batch", "0")
	assert.Equal(t, 20, s.Epochs)
	assert.Greater(t, s.Test, 0.5)
}

// Two classes that a line separates.
func TestLogisticOnCSV(t *testing.T) {
	var table bytes.Buffer
	table.WriteString("height,width,kind\n")
	for i := range 50 {
		x := string(rune('0'+i%10)) + "." + string(rune('0'+i/10))
		table.WriteString(x + ",1" + x + ",low\n" + "2" + x + ",3" + x + ",high\n")
	}
	file := filepath.Join(t.TempDir(), "table.csv")
	require.NoError(t, os.WriteFile(file, table.Bytes(), 0o600))
	s, _ := train(t, "-data", "csv", "-file", file, "-label", "kind", "-loss", "logistic")
	assert.Equal(t, 80, s.Examples)
	assert.Equal(t, 1.0, s.Test)
}

// Logistic regression with the same penalty has 0.953 in the mean of five splits.
func TestIris(t *testing.T) {
	folder := os.Getenv("DECLIVE_DATA")
	if folder == "" {
		t.Skip("needs iris in the folder iris of DECLIVE_DATA")
	}
	mean := 0.0
	for _, seed := range []string{"1", "2", "3", "4", "5"} {
		s, _ := train(t, "-data", "csv", "-file", filepath.Join(folder, "iris", "iris.csv"), "-seed", seed)
		mean += s.Test / 5
	}
	assert.GreaterOrEqual(t, mean, 0.943)
}

// The published accuracy of a linear model on a9a is 85 %.
func TestA9A(t *testing.T) {
	folder := os.Getenv("DECLIVE_DATA")
	if folder == "" || testing.Short() {
		t.Skip("trains for long, and needs a9a in the folder a9a of DECLIVE_DATA")
	}
	s, _ := train(t, "-data", "libsvm", "-file", filepath.Join(folder, "a9a", "a9a"), "-test", filepath.Join(folder, "a9a", "a9a.t"))
	assert.InDelta(t, 0.85, s.Test, 0.002)
}

// watched is a buffer that calls seen when a word is written to it.
type watched struct {
	bytes.Buffer
	word string
	seen func()
}

func (w *watched) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(w.word)) {
		w.seen()
	}
	return w.Buffer.Write(p)
}

func TestInterruptedTrainingIsSaved(t *testing.T) {
	out := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stdout := &watched{word: "gradient check: ok", seen: cancel}
	err := program.Run(ctx, []string{"-examples", "600", "-epochs", "10000000", "-out", out}, stdout, io.Discard)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Contains(t, stdout.String(), "test:  accuracy")
	assert.FileExists(t, filepath.Join(out, "weights.safetensors"))
}

// mainVariable makes the test binary the program.
const mainVariable = "LINEAR_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(mainVariable) != "" {
		main()
	}
	os.Exit(m.Run())
}

// A process that is asked to end in either way leaves weights, pictures and results.
func TestSignals(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "js" {
		t.Skip("a process cannot send these signals to another here")
	}
	binary, err := os.Executable()
	require.NoError(t, err)
	out := t.TempDir()
	for signal, status := range map[os.Signal]int{os.Interrupt: 130, syscall.SIGTERM: 143} {
		p := exec.Command(binary, "-examples", "600", "-epochs", "10000000", "-out", out)
		p.Env = append(os.Environ(), mainVariable+"=1")
		stdout, err := p.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, p.Start())
		t.Cleanup(func() { p.Process.Kill() })
		lines := bufio.NewScanner(stdout)
		for lines.Scan() && !strings.HasPrefix(lines.Text(), "gradient check: ok") {
		}
		require.NoError(t, p.Process.Signal(signal))
		rest, err := io.ReadAll(stdout)
		require.NoError(t, err)
		assert.Contains(t, string(rest), "test:  accuracy")
		assert.Error(t, p.Wait())
		assert.Equal(t, status, p.ProcessState.ExitCode())
		files, err := os.ReadDir(out)
		require.NoError(t, err)
		assert.Len(t, files, 5) // the weights and four pictures
		weights := nn.NewLinear("scores", 784, 10, nn.Zeros(), nil)
		require.NoError(t, nn.Load(filepath.Join(out, "weights.safetensors"), weights.Params()))
		require.NoError(t, os.RemoveAll(out))
	}
}

// A process that is called in a wrong way says so, and its status is 2.
func TestStatusOfWrongFlags(t *testing.T) {
	binary, err := os.Executable()
	require.NoError(t, err)
	for want, args := range map[string][]string{
		"linear: flag provided but not defined: -speed; -h lists the flags\n": {"-speed", "3"},
		"linear: -epochs is 0, want at least 1\n":                             {"-epochs", "0"},
	} {
		p := exec.Command(binary, args...)
		p.Env = append(os.Environ(), mainVariable+"=1")
		var stderr bytes.Buffer
		p.Stderr = &stderr
		assert.Error(t, p.Run())
		assert.Equal(t, 2, p.ProcessState.ExitCode())
		assert.Equal(t, want, stderr.String())
	}
}

func TestWrongFlags(t *testing.T) {
	for want, args := range map[string][]string{
		`-data is "digit", want one of`:                     {"-data", "digit"},
		`-loss is "hinge", want one of`:                     {"-loss", "hinge"},
		"-data cifar10 needs -dir":                          {"-data", "cifar10"},
		"-dir has no meaning with -data digits":             {"-dir", "/"},
		"-data csv needs -file":                             {"-data", "csv"},
		"-label has no meaning":                             {"-label", "3"},
		"-batch is -1":                                      {"-batch", "-1"},
		"-epochs is 0":                                      {"-epochs", "0"},
		"-rate is 0":                                        {"-rate", "0"},
		"-rate is NaN":                                      {"-rate", "NaN"},
		"-lambda is -1":                                     {"-lambda", "-1"},
		"-h lists the flags":                                {"-speed", "3"},
		`unexpected argument "now"`:                         {"now"},
		"-loss logistic needs two classes, the data has 10": {"-loss", "logistic"},
		"no such file":                                      {"-data", "csv", "-file", "/none.csv"},
	} {
		err := program.Run(context.Background(), args, &bytes.Buffer{}, &bytes.Buffer{})
		assert.ErrorContains(t, err, want)
	}
}

func TestCIFAR10(t *testing.T) {
	folder := os.Getenv("DECLIVE_DATA")
	if folder == "" || testing.Short() {
		t.Skip("trains for long, and needs CIFAR-10 in the folder cifar10 of DECLIVE_DATA")
	}
	for _, loss := range []string{"svm", "softmax"} {
		s, _ := train(t, "-data", "cifar10", "-dir", filepath.Join(folder, "cifar10"), "-loss", loss)
		assert.GreaterOrEqual(t, s.Test, 0.38, loss)
	}
}

func TestHelp(t *testing.T) {
	var help bytes.Buffer
	err := program.Run(context.Background(), []string{"-h"}, nil, &help)
	commandtest.Help(t, "linear", err, help.String())
}
