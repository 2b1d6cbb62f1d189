package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/examples/internal/command/commandtest"
)

func TestHelp(t *testing.T) {
	var help bytes.Buffer
	err := run(t.Context(), []string{"-h"}, io.Discard, &help)
	commandtest.Help(t, "playground", err, help.String())
}

func TestRefused(t *testing.T) {
	commandtest.Refused(t, run(t.Context(), []string{"-port", "1"}, io.Discard, io.Discard), "-port")
	commandtest.Refused(t, run(t.Context(), []string{"file"}, io.Discard, io.Discard), "unexpected argument")
}

// An address that is taken is an error before anything is built.
func TestAddressTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	defer taken.Close()
	err = run(t.Context(), []string{"-address", taken.Addr().String()}, io.Discard, io.Discard)
	assert.ErrorContains(t, err, "-address localhost:0 takes a free port")
}

// Both languages of the page have the same texts.
func TestTexts(t *testing.T) {
	keys := func(name string) (all []string) {
		text, err := page.ReadFile("page/" + name)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`(?:^|[ {])'?([\w.]+)'?: '`).FindAllStringSubmatch(string(text), -1) {
			all = append(all, m[1])
		}
		return all
	}
	assert.Equal(t, keys("text.en.js"), keys("text.pt.js"))
	assert.Greater(t, len(keys("text.en.js")), 100)
}

// output is what a program has printed so far.
type output struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.String()
}

// The page is built, served with the types that browsers ask for, and gone after the
// end.
func TestServe(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles to WebAssembly")
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stdout output
	done := make(chan error, 1)
	go func() { done <- run(ctx, []string{"-address", "localhost:0"}, &stdout, io.Discard) }()
	var address string
	for address == "" {
		select {
		case err := <-done:
			require.Fail(t, "ended", "%v", err)
		case <-time.After(50 * time.Millisecond):
			address = regexp.MustCompile(`http://\S+/`).FindString(stdout.String())
		}
	}
	for name, kind := range map[string]string{"": "text/html", "style.css": "text/css", "app.js": "javascript", "wasm_exec.js": "javascript", "playground.wasm.gz": ""} {
		got, err := http.Get(address + name)
		require.NoError(t, err)
		body, err := io.ReadAll(got.Body)
		require.NoError(t, err)
		require.NoError(t, got.Body.Close())
		assert.Equal(t, http.StatusOK, got.StatusCode, name)
		assert.Contains(t, got.Header.Get("Content-Type"), kind)
		assert.NotEmpty(t, body, name)
	}
	cancel()
	assert.NoError(t, <-done)
}

// What the page loads is there.
func TestFilesAreThere(t *testing.T) {
	folder := t.TempDir()
	entries, err := page.ReadDir("page")
	require.NoError(t, err)
	for _, e := range entries {
		text, err := page.ReadFile("page/" + e.Name())
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, e.Name()), text, 0o600))
	}
	loaded := regexp.MustCompile(`(?:from|src=|href=|Worker\() ?['"](?:\./)?([\w.]+)['"]`)
	for _, e := range entries {
		text, err := page.ReadFile("page/" + e.Name())
		require.NoError(t, err)
		for _, m := range loaded.FindAllStringSubmatch(string(text), -1) {
			if !strings.HasPrefix(m[1], "#") {
				assert.FileExists(t, filepath.Join(folder, m[1]), "of %s", e.Name())
			}
		}
	}
}

// The lecture's links name views and settings that there are.
func TestLinks(t *testing.T) {
	for _, name := range []string{"lecture.md", "aula.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
		require.NoError(t, err)
		links := regexp.MustCompile(`http://localhost:8080/#(\w+)\??([^)]*)\)`).FindAllStringSubmatch(string(text), -1)
		assert.Len(t, links, 9, "one a section")
		for _, link := range links {
			view, err := page.ReadFile("page/" + link[1] + ".js")
			require.NoError(t, err)
			settings, err := url.ParseQuery(link[2])
			require.NoError(t, err)
			for key := range settings {
				if key != "lang" {
					assert.Regexp(t, `\b`+key+`: `, string(view), "the link %s", link[0])
				}
			}
		}
	}
}

// A Go without its part for browsers is told from a bug.
func TestGoWithoutWebAssembly(t *testing.T) {
	_, err := glueIn(t.TempDir())
	assert.ErrorContains(t, err, "this Go has no WebAssembly")
}
