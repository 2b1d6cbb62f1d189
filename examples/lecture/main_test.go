package main

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
			_, err := png.Decode(bytes.NewReader(a))
			assert.NoError(t, err, e.Name())
			pictures++
		}
	}
	assert.Positive(t, pictures)
}

func TestWrongFlags(t *testing.T) {
	for want, args := range map[string][]string{
		`"0" is no section, want 1`:     {"-section", "0"},
		`"two" is no section`:           {"-section", "1,two"},
		"-out is empty":                 {"-out", ""},
		"-h lists the flags":            {"-speed", "3"},
		`unexpected argument "now"`:     {"now"},
		"in /none/cifar10":              {"-data", "/none"},
		"invalid value \"-1\" for flag": {"-seed", "-1"},
	} {
		err := run(context.Background(), args, io.Discard, io.Discard)
		assert.ErrorContains(t, err, want)
	}
}
