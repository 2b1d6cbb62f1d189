package declive_test

import (
	"go/build"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The floors of the house, from the ground up. A folder belongs to the room with
// the longest name that it begins with.
var floors = [][]string{
	{"internal"},
	{"autodiff"},
	{"internal/record", "internal/exported", "dist"},
	{"autodiff/bridge", "datasets", "gradcheck", "losses", "nn", "optim"},
	{"autodiff/bridge/graphcheck", "autodiff/bridge/internal", "gradcheck/internal/trial", "optim/curvature", "optim/search", "plot", "predict", "train"},
	{"examples", "gradcheck/internal/evaluate", "onnx"},
}

// Modules that only some rooms need.
var reserved = map[string][]string{
	"gorgonia.org/gorgonia": {"autodiff/bridge", "autodiff/bridge/graphcheck", "autodiff/bridge/internal", "internal/values", "examples"},
	"gonum.org/v1/plot":     {"plot", "examples"},
}

// TestImportsPointDown finds packages that import a room of their own floor or one
// above. Inside a room the compiler sees to it that there is no circle.
func TestImportsPointDown(t *testing.T) {
	for _, dir := range sourceFolders(t) {
		p, err := build.ImportDir(dir, 0)
		require.NoError(t, err)
		room, floor := roomOf(dir)
		require.NotEmpty(t, room, "%s has no room among the floors", dir)
		for _, path := range p.Imports {
			if to, ours := strings.CutPrefix(path, "declive/"); ours {
				other, below := roomOf(to)
				assert.True(t, other == room || below < floor, "%s imports %s, which is not below it", dir, path)
			}
			for module, rooms := range reserved {
				if path == module || strings.HasPrefix(path, module+"/") {
					assert.True(t, slices.ContainsFunc(rooms, func(r string) bool { return within(dir, r) }), "%s imports %s", dir, path)
				}
			}
		}
	}
}

func TestRoomOf(t *testing.T) {
	for dir, want := range map[string]string{
		"optim": "optim", "optim/search": "optim/search", "optim/internal/sample": "optim", "optimum": "", "gradcheck/internal/lanes": "gradcheck",
	} {
		room, _ := roomOf(dir)
		assert.Equal(t, want, room, dir)
	}
}

// roomOf returns the room and the floor of a folder.
func roomOf(dir string) (room string, floor int) {
	for i, rooms := range floors {
		for _, r := range rooms {
			if within(dir, r) && len(r) > len(room) {
				room, floor = r, i
			}
		}
	}
	return room, floor
}

func within(dir, room string) bool { return dir == room || strings.HasPrefix(dir, room+"/") }

// sourceFolders returns the folders with Go of this module but for its root, with
// slashes.
func sourceFolders(t *testing.T) []string {
	var dirs []string
	require.NoError(t, filepath.WalkDir(".", func(dir string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() || dir == "." {
			return err
		}
		if name := e.Name(); name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
			return fs.SkipDir
		}
		if names, err := filepath.Glob(filepath.Join(dir, "*.go")); err != nil || len(names) == 0 {
			return err
		}
		dirs = append(dirs, filepath.ToSlash(dir))
		return nil
	}))
	require.Contains(t, dirs, "autodiff")
	return dirs
}
