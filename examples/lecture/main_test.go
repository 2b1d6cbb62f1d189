package main

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/examples/internal/command/commandtest"
)

// ticking returns a clock that advances by a millisecond whenever it is read, so
// that what is timed is the same in every run.
func ticking() func() time.Time {
	now := time.Unix(0, 0)
	return func() time.Time {
		now = now.Add(time.Millisecond)
		return now
	}
}

// lecture gives some sections on little generated data and returns what they
// print.
func lecture(t *testing.T, sections, out string) string {
	t.Helper()
	settings, err := parse([]string{"-small", "-data", "", "-out", out, "-section", sections}, io.Discard)
	require.NoError(t, err)
	var stdout, stderr bytes.Buffer
	require.NoError(t, give(context.Background(), settings, ticking(), &stdout, &stderr))
	return stdout.String()
}

// Every section runs, twice with the same numbers and pictures.
func TestSections(t *testing.T) {
	for _, section := range sections {
		t.Run(section.Title, func(t *testing.T) {
			t.Parallel()
			first, second, number := t.TempDir(), t.TempDir(), fmt.Sprint(section.Number)
			text := lecture(t, number, first)
			assert.Equal(t, text, lecture(t, number, second))
			for _, bad := range []string{"NaN", "Inf", "%!"} {
				assert.NotContains(t, text, bad)
			}
			sameFiles(t, first, second)
		})
	}
}

// sameFiles fails unless two folders hold the same files, the PNGs among them
// pictures.
func sameFiles(t *testing.T, first, second string) {
	t.Helper()
	entries, err := os.ReadDir(first)
	require.NoError(t, err)
	pictures := 0
	for _, e := range entries {
		a, err := os.ReadFile(filepath.Join(first, e.Name()))
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(second, e.Name()))
		require.NoError(t, err)
		assert.True(t, bytes.Equal(a, b), "%s differs", e.Name())
		if strings.HasSuffix(e.Name(), ".png") {
			_, err := png.DecodeConfig(bytes.NewReader(a))
			assert.NoError(t, err, e.Name())
			pictures++
		}
	}
	assert.Positive(t, pictures)
}

// The pictures of docs/lecture.md are those of the program: a section that takes
// no time is run in full. Other processors may round to another last digit.
func TestPicturesOfTheDocs(t *testing.T) {
	if testing.Short() || runtime.GOARCH != "amd64" {
		t.Skip("compares numbers of amd64, and runs a section in full")
	}
	out := t.TempDir()
	settings, err := parse([]string{"-data", "", "-out", out, "-section", "3"}, io.Discard)
	require.NoError(t, err)
	require.NoError(t, give(context.Background(), settings, ticking(), io.Discard, io.Discard))
	for _, name := range []string{"losses.svg", "losses-slopes.svg"} {
		want, err := os.ReadFile(filepath.Join("../../docs/lecture", name))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(out, name))
		require.NoError(t, err)
		assert.True(t, bytes.Equal(want, got), "%s differs; go run ./examples/lecture -section 3 makes it anew", name)
	}
}

func TestWrongFlags(t *testing.T) {
	for want, args := range map[string][]string{
		`"0" is no section, want 1`:              {"-section", "0"},
		`"two" is no section`:                    {"-section", "1,two"},
		"-out is empty":                          {"-out", ""},
		"-h lists the flags":                     {"-speed", "3"},
		`unexpected argument "now"`:              {"now"},
		"-out: mkdir main.go":                    {"-small", "-data", "", "-out", "main.go/out"},
		"in " + filepath.Join("none", "cifar10"): {"-data", "none"},
		"invalid value \"-1\" for flag":          {"-seed", "-1"},
	} {
		err := run(context.Background(), args, io.Discard, io.Discard)
		assert.ErrorContains(t, err, want)
	}
}

// An interrupt in the second section leaves a report of the first.
func TestInterruptKeepsWhatIsFinished(t *testing.T) {
	out := t.TempDir()
	settings, err := parse([]string{"-small", "-data", "", "-out", out, "-section", "2,9"}, io.Discard)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	stderr := writer(func(p []byte) {
		if bytes.Contains(p, []byte("section 9")) {
			cancel()
		}
	})
	err = give(ctx, settings, ticking(), io.Discard, stderr)
	assert.ErrorIs(t, err, context.Canceled)
	html, err := os.ReadFile(filepath.Join(out, "report.html"))
	require.NoError(t, err)
	assert.Contains(t, string(html), `id="section-2"`)
	assert.NotContains(t, string(html), `id="section-9"`)
}

// A writer calls itself with what is written.
type writer func(p []byte)

func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}

func TestChoiceOfSections(t *testing.T) {
	for list, want := range map[string][]int{"9, 1": {1, 9}, "2": {2}, "all": {1, 2, 3, 4, 5, 6, 7, 8, 9}} {
		s, err := parse([]string{"-section", list}, io.Discard)
		require.NoError(t, err)
		var got []int
		for _, section := range s.sections {
			got = append(got, section.Number)
		}
		assert.Equal(t, want, got, list)
	}
}

// CIFAR-10 in the folder of DECLIVE_DATA: the classifier gets what the lecture
// asks for.
func TestCIFAR10(t *testing.T) {
	folder := os.Getenv("DECLIVE_DATA")
	if folder == "" || testing.Short() {
		t.Skip("needs CIFAR-10 in the folder cifar10 of DECLIVE_DATA")
	}
	var stdout bytes.Buffer
	require.NoError(t, run(context.Background(), []string{"-out", t.TempDir(), "-section", "9"}, &stdout, io.Discard))
	match := regexp.MustCompile(`SGD gets ([0-9.]+) %`).FindStringSubmatch(stdout.String())
	require.NotNil(t, match, stdout.String())
	accuracy, err := strconv.ParseFloat(match[1], 64)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, accuracy, 39.0)
}

func TestHelp(t *testing.T) {
	var help bytes.Buffer
	err := run(context.Background(), []string{"-h"}, nil, &help)
	commandtest.Help(t, "lecture", err, help.String())
}
