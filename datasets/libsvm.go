package datasets

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"

	"declive/datasets/internal/blocks"
	"declive/datasets/internal/number"
	"declive/datasets/internal/words"
	"declive/datasets/sparse"
)

// A LIBSVM describes a file of sparse examples and reads it: one example a line,
// its label and then index:value pairs, with indices that rise along the line. What
// follows a # is a comment. The zero value reads classes and as many features as
// the largest index; see C.-C. Chang, C.-J. Lin, "LIBSVM: a library for support
// vector machines", 2011.
type LIBSVM struct {
	Features int        // of an example; the largest index in the file if 0
	Start    IndexStart // of the indices
	Real     bool       // labels are numbers to predict, not classes
	Classes  []string   // numbers of the classes in their order, such as "-1", "1"; those found, rising, if nil
}

// An IndexStart says which index the first feature has.
type IndexStart uint8

const (
	// IndexAuto finds out: 0 if that is an index in the file, which [Dataset.Notes]
	// then tells, and else 1. A second file need not have the first feature: give
	// what the first one had.
	IndexAuto IndexStart = iota
	IndexOne             // 1, as LIBSVM has it
	IndexZero            // 0
)

// maxDense bounds the values of the matrix that a sparse file unfolds to.
const maxDense = 1 << 27

// Read reads a file, which may be packed with gzip, bzip2, zstd or zip. The matrix
// is dense: examples have shape (features), stored as float64, with 0 where the file
// says nothing. Give Features, Start and Classes where a second file must have those
// of the first. Class −1 becomes label 0 and class +1 label 1; with Real, labels
// become targets of shape ().
//
// The error is a [*FormatError] with the line if a label, index or value is no
// finite number, an index does not rise, is below the first or above what Features
// allows, a line has several labels or a query (qid), or the file has no examples;
// it has line 1 if labels look like values to predict, as in [CSV.Table], and none
// if the matrix would have more than 2²⁷ values. A negative Features is another
// error, and so are Classes that are no numbers or one number twice, such as "1" and
// "1.0".
func (c LIBSVM) Read(r io.Reader) (*Dataset, error) { return c.read(r, maxDense) }

func (c LIBSVM) read(r io.Reader, limit int) (*Dataset, error) {
	p, s, err := c.parse(r)
	if err != nil {
		return nil, err
	}
	if p.columns > limit/p.rows {
		return nil, s.failure(fmt.Errorf("%d examples of %d features are too large for a dense matrix of %d values; ReadSparse keeps them sparse", p.rows, p.columns, limit))
	}
	return p.dataset(s)
}

// ReadSparse is [LIBSVM.Read] without the matrix: it holds what the file says and no
// zeros, so that there may be any number of examples and features. It also returns what
// reads another file with the same features and classes.
func (c LIBSVM) ReadSparse(r io.Reader) (*sparse.Examples, LIBSVM, error) {
	p, s, err := c.parse(r)
	if err != nil {
		return nil, c, err
	}
	x, err := p.examples(s)
	if err != nil {
		return nil, c, err
	}
	c.Features, c.Classes, c.Start = p.columns, x.Classes(), IndexOne
	if p.first() == 0 {
		c.Start = IndexZero
	}
	return x, c, nil
}

// parse reads a file, up to where its features are stored.
func (c LIBSVM) parse(r io.Reader) (*svmFile, *source, error) {
	class, err := c.check()
	if err != nil {
		return nil, nil, fmt.Errorf("datasets: LIBSVM: %w", err)
	}
	s, err := newTextSource("LIBSVM", nameOf(r), r)
	if err != nil {
		return nil, nil, err
	}
	p := &svmFile{LIBSVM: c, class: class, least: math.MaxInt32, most: -1}
	if err := p.readAll(s); err != nil {
		return nil, nil, err
	}
	if p.columns, err = p.width(); err != nil {
		return nil, nil, s.failureOnLine(1, err)
	}
	return p, s, nil
}

// check refuses settings without meaning and returns the vocabulary of Classes.
func (c LIBSVM) check() (*words.Vocabulary, error) {
	switch {
	case c.Features < 0:
		return nil, fmt.Errorf("%d features are asked for", c.Features)
	case c.Start > IndexZero:
		return nil, fmt.Errorf("start %d, want IndexAuto, IndexOne or IndexZero", c.Start)
	case c.Real && c.Classes != nil:
		return nil, errors.New("labels are Real or have Classes, not both")
	case c.Classes == nil:
		return words.New('.'), nil
	}
	var names []string
	for _, name := range c.Classes {
		x, err := number.Parse([]byte(name), '.')
		if err != nil {
			return nil, fmt.Errorf("class %w", number.Describe(name, err))
		}
		names = append(names, words.NumberName(x))
	}
	v, err := words.Fixed(names, '.')
	if err != nil {
		return nil, fmt.Errorf("class %w", err)
	}
	v.Classes = true
	return v, nil
}

// A svmFile is a LIBSVM file being read.
type svmFile struct {
	LIBSVM
	class       *words.Vocabulary
	parts       []pairs
	rows        int
	columns     int // features
	least, most int // index
	labels      []int
	targets     []float64
	lines       int
}

func (p *svmFile) readAll(s *source) error {
	boundary := func(text []byte) int { return bytes.LastIndexByte(text, '\n') + 1 }
	err := blocks.Each(blocks.New(s, boundary),
		func(block []byte, part *svmPart) { part.read(p, block) },
		func(part *svmPart) error { return p.take(s, part) })
	var format *FormatError
	switch {
	case errors.As(err, &format):
		return err
	case err != nil:
		return s.failureOnLine(p.lines+1, err)
	case p.rows == 0:
		return s.failureOnLine(p.lines+1, errors.New("the file has no examples"))
	}
	return nil
}

// take adds the examples of a part.
func (p *svmFile) take(s *source, part *svmPart) error {
	if part.err != nil {
		return s.failureOnLine(p.lines+part.lines+1, part.err)
	}
	p.lines += part.lines
	p.rows += len(part.pairs.ends)
	p.least, p.most = min(p.least, part.least), max(p.most, part.most)
	p.targets = append(p.targets, part.targets...)
	for _, k := range part.labels {
		label := int(k)
		if !p.class.Fixed {
			label, _ = p.class.Number([]byte(part.class.Words[k])) // one that grows has no error
		}
		p.labels = append(p.labels, label)
	}
	p.parts = append(p.parts, pairs{
		index: append([]int32(nil), part.pairs.index...),
		value: append([]float64(nil), part.pairs.value...),
		ends:  append([]int(nil), part.pairs.ends...),
	})
	return nil
}

// first returns the index of the first feature.
func (p *svmFile) first() int {
	if p.Start == IndexZero || p.Start == IndexAuto && p.least == 0 {
		return 0
	}
	return 1
}

// width returns the number of features.
func (p *svmFile) width() (int, error) {
	width := p.most + 1 - p.first()
	switch {
	case p.Features > 0 && width > p.Features:
		return 0, fmt.Errorf("an index is %d, want %d to %d", p.most, p.first(), p.Features-1+p.first())
	case p.Features > 0:
		return p.Features, nil
	case p.most < 0:
		return 0, errors.New("the examples have no features")
	}
	return width, nil
}

// dataset returns what was read as a matrix.
func (p *svmFile) dataset(s *source) (*Dataset, error) {
	d, err := New(p.dense(), p.columns)
	if err != nil {
		return nil, err
	}
	if p.Start == IndexAuto && p.least == 0 {
		d.notes = []string{"an index is 0: indices are taken to start at 0"}
	}
	if p.Real {
		return d.WithTargets(p.targets)
	}
	names, err := p.names(s)
	if err != nil {
		return nil, err
	}
	return d.WithLabels(p.labels, names...)
}

// examples returns what was read as rows of few features.
func (p *svmFile) examples(s *source) (*sparse.Examples, error) {
	x, err := sparse.New(p.joined())
	if err != nil {
		return nil, err
	}
	if p.Real {
		return x.WithTargets(p.targets)
	}
	names, err := p.names(s)
	if err != nil {
		return nil, err
	}
	return x.WithLabels(p.labels, names...)
}

// names returns the classes in order, and makes the labels their places.
func (p *svmFile) names(s *source) ([]string, error) {
	used := make([]bool, len(p.class.Words))
	for _, k := range p.labels {
		used[k] = true
	}
	names, place := p.class.Sorted(used)
	for i, k := range p.labels {
		p.labels[i] = place[k]
	}
	if p.Classes == nil && manyNumbers(names, p.rows) {
		return nil, s.failureOnLine(1, &NumericLabelsError{Different: len(names), Examples: p.rows})
	}
	return names, nil
}
