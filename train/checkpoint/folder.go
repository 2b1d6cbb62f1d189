package checkpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"declive/optim"
)

// Settings say when a [Folder] saves, and how much it keeps.
type Settings struct {
	Steps int           // between two files; 0 for no limit
	Every time.Duration // between two files; 0 for no limit, but a minute if Steps is 0 too
	Keep  int           // files; 0 means 3
}

// A Folder keeps the last states of one training, a file for each. It is an
// [optim.Saver], for one training at a time.
type Folder struct {
	dir      string
	settings Settings
	steps    int // at the last save or load
	at       time.Time
}

var _ optim.Saver = (*Folder)(nil)

// In returns the folder of that path, which is made if it is not there. It is an
// error if that is impossible or a setting is negative.
func In(dir string, s Settings) (*Folder, error) {
	switch {
	case dir == "":
		return nil, errors.New("checkpoint: the path of the folder is empty")
	case s.Steps < 0 || s.Every < 0 || s.Keep < 0:
		return nil, fmt.Errorf("checkpoint: Steps is %d, Every %v and Keep %d, want 0 or more", s.Steps, s.Every, s.Keep)
	}
	if s.Steps == 0 && s.Every == 0 {
		s.Every = time.Minute
	}
	if s.Keep == 0 {
		s.Keep = 3
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	return &Folder{dir: dir, settings: s, at: time.Now()}, nil
}

// errUnmade is the error of a folder that is no folder.
var errUnmade = errors.New("checkpoint: the folder is nil or empty; make it with In")

// Due reports whether so many steps, or so much time, have passed since the last
// state was saved or loaded.
func (f *Folder) Due(steps int) bool {
	if f == nil || f.dir == "" {
		return false
	}
	return f.settings.Steps > 0 && steps-f.steps >= f.settings.Steps ||
		f.settings.Every > 0 && time.Since(f.at) >= f.settings.Every
}

// Save writes a state and then removes the oldest files beyond those to keep.
func (f *Folder) Save(s *optim.State) error {
	if f == nil || f.dir == "" {
		return errUnmade
	}
	if s == nil {
		return errors.New("checkpoint: Save: the state is nil")
	}
	if err := Write(filepath.Join(f.dir, fmt.Sprintf(form, s.Steps)), s); err != nil {
		return err
	}
	f.steps, f.at = s.Steps, time.Now()
	names, err := f.names()
	if err != nil {
		return err
	}
	for _, name := range names[:max(len(names)-f.settings.Keep, 0)] {
		if err := os.Remove(filepath.Join(f.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("checkpoint: %w", err)
		}
	}
	return nil
}

// Latest returns the state after the most steps, nil if there is none. It is an
// error if its file is damaged: the one before it remains, if that is removed.
func (f *Folder) Latest() (*optim.State, error) {
	if f == nil || f.dir == "" {
		return nil, errUnmade
	}
	names, err := f.names()
	if err != nil || len(names) == 0 {
		return nil, err
	}
	s, err := Read(filepath.Join(f.dir, names[len(names)-1]))
	if err != nil {
		return nil, err
	}
	f.steps, f.at = s.Steps, time.Now()
	return s, nil
}

// form of the names of files, by the number of steps.
const form = "step-%012d.safetensors"

// names returns the names of the files, by steps.
func (f *Folder) names() ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	var names []string
	for _, e := range entries {
		var steps int
		if _, err := fmt.Sscanf(e.Name(), form, &steps); err == nil && e.Name() == fmt.Sprintf(form, steps) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}
