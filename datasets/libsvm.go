package datasets

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A LIBSVM describes a file of sparse examples and reads it: one example a
// line, its label and then index:value pairs, with indices that start at 1 and
// rise along the line. What follows a # is a comment. The zero value reads
// classes and as many features as the largest index; see C.-C. Chang, C.-J.
// Lin, "LIBSVM: a library for support vector machines", 2011.
type LIBSVM struct {
	Features int      // of an example; the largest index in the file if 0
	Real     bool     // labels are numbers to predict, not classes
	Classes  []string // numbers of the classes in their order, such as "-1", "1"; those found, rising, if nil
}

// maxDense bounds the values of the matrix that a sparse file unfolds to.
const maxDense = 1 << 27

// Read reads a file, gzipped or not. The matrix is dense: examples have shape
// (features), stored as float64, with 0 where the file says nothing. Give
// Features, and Classes, where a second file must have those of the first.
// Class −1 becomes label 0 and class +1 label 1; with Real, labels become
// targets of shape ().
//
// The error is a [*FormatError] with the line if a label, index or value is no
// finite number, an index does not rise, is below 1 or above Features, or the
// file has no examples; it has no line if the matrix would have more than 2²⁷
// values. A negative Features is another error, and so are Classes that are no
// numbers or one number twice, such as "1" and "1.0".
func (c LIBSVM) Read(r io.Reader) (*Dataset, error) { return c.read(r, maxDense) }

func (c LIBSVM) read(r io.Reader, limit int) (*Dataset, error) {
	if c.Features < 0 {
		return nil, fmt.Errorf("datasets: LIBSVM: %d features are asked for", c.Features)
	}
	class, err := c.vocabulary()
	if err != nil {
		return nil, fmt.Errorf("datasets: LIBSVM: %w", err)
	}
	s, err := newSource("LIBSVM", nameOf(r), r)
	if err != nil {
		return nil, err
	}
	p := &sparse{LIBSVM: c, class: class}
	if err := p.readAll(s); err != nil {
		return nil, err
	}
	if p.width > limit/len(p.ends) {
		return nil, s.failure(fmt.Errorf("%d examples of %d features are too large for a dense matrix of %d values", len(p.ends), p.width, limit))
	}
	d, err := New(p.dense(), p.width)
	switch {
	case err != nil:
		return nil, err
	case c.Real:
		return d.WithTargets(p.targets)
	}
	return d.WithLabels(p.labels, p.class.relabel(p.labels)...)
}

// vocabulary returns that of Classes.
func (c LIBSVM) vocabulary() (*vocabulary, error) {
	var names []string
	for _, name := range c.Classes {
		x, err := parseFinite(name)
		if err != nil {
			return nil, fmt.Errorf("class %w", err)
		}
		names = append(names, className(x))
	}
	return newVocabulary(names)
}

// className returns the name of a class: "+1", "1" and "1.0" are "1".
func className(x float64) string { return strconv.FormatFloat(x+0, 'g', -1, 64) }

// A sparse is a LIBSVM file being read.
type sparse struct {
	LIBSVM
	columns []int32 // of the pairs, from 0
	values  []float64
	ends    []int // of each example's pairs
	width   int

	labels  []int
	targets []float64
	class   *vocabulary
}

func (p *sparse) readAll(s *source) error {
	p.width = p.Features
	lines := bufio.NewScanner(s)
	lines.Buffer(nil, 1<<26)
	n := 0
	for lines.Scan() {
		n++
		text, _, _ := bytes.Cut(lines.Bytes(), []byte{'#'})
		fields := strings.Fields(string(text))
		if len(fields) == 0 {
			continue
		}
		if err := p.example(fields); err != nil {
			return s.failureOnLine(n, err)
		}
	}
	switch {
	case lines.Err() != nil:
		return s.failureOnLine(n+1, lines.Err())
	case len(p.ends) == 0:
		return s.failureOnLine(n+1, errors.New("the file has no examples"))
	case p.width == 0:
		return s.failureOnLine(n+1, errors.New("the examples have no features"))
	}
	return nil
}

// example takes the label and the pairs of one line.
func (p *sparse) example(fields []string) error {
	if err := p.label(fields[0]); err != nil {
		return err
	}
	last := 0
	for _, pair := range fields[1:] {
		index, value, err := parsePair(pair)
		switch {
		case err != nil:
			return err
		case index <= last:
			return fmt.Errorf("index %d after %d, want indices that start at 1 and rise", index, last)
		case p.Features > 0 && index > p.Features:
			return fmt.Errorf("index %d, want 1 to %d", index, p.Features)
		}
		last = index
		p.columns = append(p.columns, int32(index-1))
		p.values = append(p.values, value)
	}
	p.width = max(p.width, last)
	p.ends = append(p.ends, len(p.values))
	return nil
}

// label takes a label.
func (p *sparse) label(field string) error {
	x, err := parseFinite(field)
	if err != nil {
		return fmt.Errorf("label %w", err)
	}
	if p.Real {
		p.targets = append(p.targets, x)
		return nil
	}
	k, err := p.class.number(className(x))
	p.labels = append(p.labels, k)
	return err
}

func parsePair(pair string) (index int, value float64, err error) {
	before, after, found := strings.Cut(pair, ":")
	if !found {
		return 0, 0, fmt.Errorf("%q is not a pair index:value", pair)
	}
	i, err := strconv.ParseInt(before, 10, 32)
	if err != nil {
		return 0, 0, fmt.Errorf("index %q is not a number up to 2147483647", before)
	}
	value, err = parseFinite(after)
	return int(i), value, err
}

// dense returns the examples as rows.
func (p *sparse) dense() []float64 {
	rows := make([]float64, len(p.ends)*p.width)
	from := 0
	for i, to := range p.ends {
		for k := from; k < to; k++ {
			rows[i*p.width+int(p.columns[k])] = p.values[k]
		}
		from = to
	}
	return rows
}
