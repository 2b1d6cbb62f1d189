package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/examples/internal/command/commandtest"
	"declive/predict"
)

// A network learns the digits in seconds.
func TestDigits(t *testing.T) {
	if testing.Short() {
		t.Skip("trains a network")
	}
	stdout, _, _ := output(t, "-json", "-examples", "1500", "-epochs", "3", "-batch", "50", "-widths", "8,16,16")
	var s summary
	require.NoError(t, json.Unmarshal([]byte(stdout), &s))
	assert.Greater(t, s.Accuracy, 0.99)
	assert.Greater(t, s.Views, 0.99)
}

// The same arguments give the same model, and leave all files; so does a data set in
// the form of CIFAR-10.
func TestTwice(t *testing.T) {
	for name, args := range map[string][]string{
		"digits":   nil,
		"CIFAR-10": {"-data", writeCIFAR10(t, 20)},
		"plain":    {"-data", writeCIFAR10(t, 20), "-preset", "94", "-without", "whitening,dirac,rates,smoothing,lookahead,alternation,translation,views"},
	} {
		t.Run(name, func(t *testing.T) {
			var models [2][]byte
			for i := range models {
				stdout, stderr, out := output(t, append(args, small...)...)
				assert.Contains(t, stdout, "60 images to train on")
				assert.Regexp(t, `epoch 2/2  loss \d+\.\d{4}  test \d+\.\d\d %  \d+s, 0s left\n`, stdout)
				assert.Regexp(t, `test:  accuracy \d+\.\d\d %(, with [36] views \d+\.\d\d %)?\n`, stdout)
				assert.Contains(t, stderr, "examples/s")
				var err error
				models[i], err = os.ReadFile(filepath.Join(out, "model.safetensors"))
				require.NoError(t, err)
				for _, name := range []string{"accuracy.png", "confusion.png", "filters.png", "mistakes.png"} {
					f, err := os.Open(filepath.Join(out, name))
					require.NoError(t, err)
					_, err = png.Decode(f)
					assert.NoError(t, err, name)
					f.Close()
				}
			}
			assert.True(t, bytes.Equal(models[0], models[1]))
		})
	}
}

// With -json standard output is one line, and the model in the file has the accuracy
// that it states.
func TestModelInTheFile(t *testing.T) {
	dir := writeCIFAR10(t, 20)
	args := append([]string{"-json", "-data", dir, "-seed", "4"}, small...)
	stdout, stderr, out := output(t, args...)
	var s summary
	require.NoError(t, json.Unmarshal([]byte(stdout), &s))
	assert.Contains(t, stderr, "seed 4")
	m, err := predict.Load(filepath.Join(out, "model.safetensors"))
	require.NoError(t, err)
	p, err := predict.New(m)
	require.NoError(t, err)
	data, err := load(t.Context(), settings{name: "quick", dir: dir})
	require.NoError(t, err)
	classes, err := p.ClassesOf(data.test)
	require.NoError(t, err)
	right := 0
	for i, label := range data.test.Labels() {
		if classes[i] == label {
			right++
		}
	}
	assert.InDelta(t, float64(right)/20, s.Accuracy, 1e-12)
	s.Loss, s.Accuracy, s.Views, s.Seconds, s.Judging = 0, 0, 0, 0, 0
	assert.Equal(t, summary{Preset: "quick", Data: "CIFAR-10", Examples: 60, Epochs: 2, Seed: 4}, s)
}

// interrupter is a progress line that ends the context when it is written to.
type interrupter struct{ cancel context.CancelFunc }

func (i interrupter) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("examples/s")) {
		i.cancel()
	}
	return len(line), nil
}

// A training that is interrupted saves and judges what there is, and ends with the same
// model as any other when it is started again.
func TestCheckpoint(t *testing.T) {
	_, _, whole := output(t, small...)
	want, err := os.ReadFile(filepath.Join(whole, "model.safetensors"))
	require.NoError(t, err)
	state, out := filepath.Join(t.TempDir(), "state"), t.TempDir()
	args := append([]string{"-checkpoint", state, "-out", out}, small...)
	ctx, cancel := context.WithCancel(t.Context())
	var stdout bytes.Buffer
	assert.ErrorIs(t, run(ctx, args, &stdout, interrupter{cancel}), context.Canceled)
	assert.Contains(t, stdout.String(), "for 0 epochs")
	for range 2 { // the second has nothing left to do
		stdout.Reset()
		require.NoError(t, run(t.Context(), args, &stdout, io.Discard))
		assert.Contains(t, stdout.String(), "going on from "+state)
		got, err := os.ReadFile(filepath.Join(out, "model.safetensors"))
		require.NoError(t, err)
		assert.True(t, bytes.Equal(want, got))
	}
	err = run(t.Context(), append(args, "-widths", "4,5,7"), &stdout, io.Discard)
	assert.ErrorContains(t, err, "has the shape")
}

func TestRefused(t *testing.T) {
	t.Setenv("DECLIVE_DATA", "")
	for want, args := range map[string][]string{
		`-preset is "93", want one of 94, 95, digits, quick`: {"-preset", "93"},
		"-preset 94 needs CIFAR-10":                          {"-preset", "94"},
		"have no meaning with -preset digits":                {"-preset", "digits", "-data", "x"},
		"-epochs is 0, want at least 1":                      {"-epochs", "0"},
		"-batch is 1, want at least 2":                       {"-batch", "1"},
		"-rate is -1, want a positive number":                {"-rate", "-1"},
		"-rate is 1e-300, want a positive number":            {"-rate", "1e-300"},
		"-examples is 0, want at least 2":                    {"-examples", "0"},
		"-out is empty":                                      {"-out", ""},
		`"1,2" are no three numbers`:                         {"-widths", "1,2"},
		`"4097" is no number of channels`:                    {"-widths", "1,2,4097"},
		`"momentum" is none of whitening`:                    {"-without", "momentum"},
		"-batch is 250, but there are only 60 images":        {"-examples", "60"},
		"unexpected argument":                                {"file"},
	} {
		commandtest.Refused(t, run(t.Context(), args, io.Discard, io.Discard), want)
	}
	empty := t.TempDir()
	assert.ErrorContains(t, run(t.Context(), []string{"-data", empty}, io.Discard, io.Discard), "in the folder "+empty)
}

// CIFAR-10 is found where tests and other programs look for it.
func TestDataOfTheEnvironment(t *testing.T) {
	root := t.TempDir()
	t.Setenv("DECLIVE_DATA", root)
	s, err := parse(nil, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, []string{"digits", ""}, []string{s.name, s.dir}, "there is no folder cifar10")
	require.NoError(t, os.Mkdir(filepath.Join(root, "cifar10"), 0o700))
	s, err = parse(nil, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, []string{"quick", filepath.Join(root, "cifar10")}, []string{s.name, s.dir})
	s, err = parse([]string{"-data", "elsewhere", "-preset", "95", "-epochs", "3"}, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, []string{"95", "elsewhere"}, []string{s.name, s.dir})
	assert.Equal(t, 3, s.epochs)
	assert.Equal(t, widths{128, 384, 384}, s.widths)
	s, err = parse([]string{"-data", root}, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(root, "cifar10"), s.dir, "as the lecture's -data has it")
	s, err = parse([]string{"-preset", "digits"}, io.Discard)
	require.NoError(t, err)
	assert.Empty(t, s.dir)
}

func TestHelp(t *testing.T) {
	var help bytes.Buffer
	err := run(t.Context(), []string{"-h"}, nil, &help)
	commandtest.Help(t, "cifar", err, help.String())
}
