package images

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"path"
	"slices"
	"strings"

	"declive/datasets/internal/brief"
)

// A Folder is a list of pictures with their classes. It holds names, no pixels, and
// never changes.
type Folder struct {
	fsys    fs.FS
	files   []file
	classes []string
	notes   []string
}

// A file is a picture that has not been read.
type file struct {
	name  string
	class int
}

// Find lists the pictures in the folders of fsys. Every folder in its root is a
// class, in the order of names, and has its pictures in itself or in folders of its
// own; what begins with a dot, and __MACOSX, is left out. Files with other endings
// than .png, .jpg and .jpeg are left out, too, and noted.
//
// It is an error if there are no such folders, or if one has no pictures.
func Find(fsys fs.FS) (*Folder, error) {
	if fsys == nil {
		return nil, errors.New("images: Find: the file system is nil")
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("images: Find: %w", err)
	}
	f, others := &Folder{fsys: fsys}, 0
	for _, e := range entries {
		switch {
		case hidden(e.Name()):
		case !e.IsDir():
			others++
		default:
			n, err := f.add(e.Name())
			if err != nil {
				return nil, err
			}
			others += n
		}
	}
	if len(f.classes) == 0 {
		return nil, errors.New("images: Find: there are no folders; put the pictures of each class into a folder with its name")
	}
	if others > 0 {
		f.notes = []string{fmt.Sprintf("%d files that are not named as PNG or JPEG, or are in no class's folder, are left out", others)}
	}
	return f, nil
}

// add lists the pictures of a class, and returns how many other files there are.
func (f *Folder) add(class string) (others int, err error) {
	before := len(f.files)
	err = fs.WalkDir(f.fsys, class, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case hidden(e.Name()) && e.IsDir():
			return fs.SkipDir
		case e.IsDir() || hidden(e.Name()):
		case slices.Contains([]string{".png", ".jpg", ".jpeg"}, strings.ToLower(path.Ext(name))):
			f.files = append(f.files, file{name, len(f.classes)})
		default:
			others++
		}
		return nil
	})
	switch {
	case err != nil:
		return 0, fmt.Errorf("images: Find: %w", err)
	case len(f.files) == before:
		return 0, fmt.Errorf("images: Find: the folder %s has no PNG or JPEG files; remove it, or put the pictures of a class into it", brief.Text(class, 60))
	}
	f.classes = append(f.classes, class)
	return others, nil
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") || name == "__MACOSX" }

// Len returns the number of pictures.
func (f *Folder) Len() int {
	if f == nil {
		return 0
	}
	return len(f.files)
}

// Classes returns the names of the classes, which are those of their folders.
func (f *Folder) Classes() []string {
	if f == nil {
		return nil
	}
	return slices.Clone(f.classes)
}

// Notes returns what was left out, a sentence each.
func (f *Folder) Notes() []string {
	if f == nil {
		return nil
	}
	return slices.Clone(f.notes)
}

// Split returns two parts of the pictures, in random order: the first has the
// fraction, rounded, and both know all classes. It is an error if the fraction is not
// between 0 and 1, if a part would be empty, or if rng is nil.
func (f *Folder) Split(fraction float64, rng *rand.Rand) (first, second *Folder, err error) {
	n := int(math.Round(fraction * float64(f.Len())))
	switch {
	case !(fraction > 0 && fraction < 1):
		return nil, nil, fmt.Errorf("images: Split: fraction %v is not between 0 and 1", fraction)
	case n == 0 || n == f.Len():
		return nil, nil, fmt.Errorf("images: Split: a fraction of %v leaves a part of %d pictures empty", fraction, f.Len())
	case rng == nil:
		return nil, nil, errors.New("images: Split: the generator of random numbers is nil; make one with rand.New")
	}
	files := slices.Clone(f.files)
	rng.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	part := func(files []file) *Folder {
		return &Folder{fsys: f.fsys, files: files, classes: f.classes, notes: f.notes}
	}
	return part(files[:n]), part(files[n:]), nil
}
