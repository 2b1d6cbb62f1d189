package main

import (
	"compress/gzip"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed page
var page embed.FS

// program is the package that runs in the browser.
const program = "declive/examples/playground/worker"

// build writes the page to a folder and returns its size in bytes: the files of page,
// what Go brings to run in a browser, and the program, packed.
func build(ctx context.Context, folder string, stdout io.Writer) (size int64, err error) {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return 0, err
	}
	glue, err := glueOfGo(ctx)
	if err != nil {
		return 0, err
	}
	files, err := fs.Sub(page, "page")
	if err != nil {
		return 0, err
	}
	if err := copyAll(folder, files); err != nil {
		return 0, err
	}
	if err := os.WriteFile(filepath.Join(folder, "wasm_exec.js"), glue, 0o666); err != nil {
		return 0, err
	}
	fmt.Fprintln(stdout, "compiling to WebAssembly; the first time takes a minute")
	if err := compile(ctx, filepath.Join(folder, "playground.wasm.gz")); err != nil {
		return 0, err
	}
	return sizeOf(folder)
}

// copyAll writes files over those that are there.
func copyAll(folder string, files fs.FS) error {
	return fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(folder, name), text, 0o666)
	})
}

func sizeOf(folder string) (size int64, err error) {
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		info, failed := e.Info()
		if failed != nil {
			return 0, failed
		}
		size += info.Size()
	}
	return size, err
}

// glueOfGo returns the JavaScript that the toolchain has for its programs.
func glueOfGo(ctx context.Context) ([]byte, error) {
	root, err := goCommand(ctx, nil, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	return glueIn(strings.TrimSpace(root))
}

func glueIn(root string) ([]byte, error) {
	path := filepath.Join(root, "lib", "wasm", "wasm_exec.js")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("this Go has no WebAssembly: there is no %s; install Go from https://go.dev/dl", path)
	}
	return text, err
}

// compile builds the program and packs it. A server needs to know nothing of that: the
// page unpacks it.
func compile(ctx context.Context, path string) (err error) {
	folder, err := os.MkdirTemp("", "declive-wasm-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	plain := filepath.Join(folder, "playground.wasm")
	browser := []string{"GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0"}
	if _, err := goCommand(ctx, browser, "build", "-trimpath", "-ldflags=-s -w", "-o", plain, program); err != nil {
		return err
	}
	from, err := os.Open(plain)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	packed, err := gzip.NewWriterLevel(to, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := io.Copy(packed, from); err != nil {
		return err
	}
	return packed.Close()
}

// goCommand runs the go command, which has to see this module's source, and returns
// what it prints.
func goCommand(ctx context.Context, env []string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "go", args...)
	command.Env = append(os.Environ(), env...)
	var errors strings.Builder
	command.Stderr = &errors
	out, err := command.Output()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, strings.TrimSpace(errors.String()))
	}
	return string(out), nil
}
