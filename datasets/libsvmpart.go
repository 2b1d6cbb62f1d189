package datasets

import (
	"bytes"
	"fmt"
	"math"
	"strconv"

	"declive/datasets/internal/brief"
	"declive/datasets/internal/number"
	"declive/datasets/internal/words"
	"declive/datasets/sparse"
)

// pairs are those of some examples.
type pairs struct {
	index []int32
	value []float64
	ends  []int // of each example's pairs
}

// A svmPart is a block of lines of a LIBSVM file, read by one goroutine.
type svmPart struct {
	of          *svmFile
	pairs       pairs
	least, most int // index
	labels      []int32
	targets     []float64
	class       *words.Vocabulary // of this part alone where classes are not known beforehand
	lines       int               // before the one with the error, or of the block
	err         error
}

// read reads the examples of a block.
func (p *svmPart) read(of *svmFile, block []byte) {
	p.of, p.class = of, of.class
	if !p.class.Fixed {
		p.class = words.New('.')
	}
	p.pairs.index, p.pairs.value, p.pairs.ends = p.pairs.index[:0], p.pairs.value[:0], p.pairs.ends[:0]
	p.labels, p.targets = p.labels[:0], p.targets[:0]
	p.least, p.most, p.lines = math.MaxInt32, -1, 0
	for len(block) > 0 {
		line := block
		if i := bytes.IndexByte(block, '\n'); i >= 0 {
			line, block = block[:i], block[i+1:]
		} else {
			block = nil
		}
		if i := bytes.IndexByte(line, '#'); i >= 0 {
			line = line[:i]
		}
		if p.err = p.example(line); p.err != nil {
			return
		}
		p.lines++
	}
}

// example takes the label and the pairs of one line, which may be blank.
func (p *svmPart) example(line []byte) error {
	field, rest := nextField(line)
	if len(field) == 0 {
		return nil
	}
	if err := p.label(field); err != nil {
		return err
	}
	for last := -1; ; {
		rest = trimBlanks(rest)
		if len(rest) == 0 {
			break
		}
		index, value, n, err := pair(rest)
		if err != nil {
			return err
		}
		if err := p.checkIndex(index, last); err != nil {
			return err
		}
		last, rest = index, rest[n:]
		p.least, p.most = min(p.least, index), max(p.most, index)
		p.pairs.index = append(p.pairs.index, int32(index))
		p.pairs.value = append(p.pairs.value, value)
	}
	p.pairs.ends = append(p.pairs.ends, len(p.pairs.value))
	return nil
}

// checkIndex refuses an index that does not rise or is none of a feature.
func (p *svmPart) checkIndex(index, last int) error {
	first, features := 0, p.of.Features
	if p.of.Start == IndexOne {
		first = 1
	}
	most := features
	if p.of.Start == IndexZero {
		most--
	}
	switch {
	case index <= last:
		return fmt.Errorf("index %d after %d, want indices that rise", index, last)
	case index < first:
		return fmt.Errorf("index %d, want 1 or more; IndexZero, as Start, begins with 0", index)
	case features > 0 && index > most:
		return fmt.Errorf("index %d, want at most %d", index, most)
	}
	return nil
}

// label takes a label.
func (p *svmPart) label(field []byte) error {
	if !p.of.Real {
		if k, ok := p.class.Find(field); ok {
			p.labels = append(p.labels, int32(k))
			return nil
		}
	}
	x, err := number.Parse(field, '.')
	switch {
	case err == nil && p.of.Real:
		p.targets = append(p.targets, x)
		return nil
	case err == nil:
		k, err := p.class.Number(field)
		p.labels = append(p.labels, int32(k))
		return err
	case bytes.IndexByte(field, ':') >= 0:
		return fmt.Errorf("no label before %s", brief.Quoted(string(field)))
	case bytes.IndexByte(field, ',') >= 0:
		return fmt.Errorf("%s are several labels, want one; examples with several are not read", brief.Quoted(string(field)))
	}
	return fmt.Errorf("label %w", number.Describe(string(field), err))
}

// pair returns the pair that s begins with, and its length.
func pair(s []byte) (index int, value float64, length int, err error) {
	i := 0
	for i < len(s) && s[i]-'0' < 10 && i < 9 {
		index = index*10 + int(s[i]-'0')
		i++
	}
	if i > 0 && i < len(s) && s[i] == ':' {
		x, n := number.Scan(s[i+1:], '.')
		if end := i + 1 + n; n > 0 && (end == len(s) || isBlank(s[end])) {
			return index, x, end, nil
		}
	}
	field, _ := nextField(s)
	index, value, err = parsePair(field)
	return index, value, len(field), err
}

// parsePair is pair for what is written in an unusual way, or wrong.
func parsePair(field []byte) (index int, value float64, err error) {
	before, after, found := bytes.Cut(field, []byte{':'})
	switch {
	case !found:
		return 0, 0, fmt.Errorf("%s is not a pair index:value", brief.Quoted(string(field)))
	case string(before) == "qid":
		return 0, 0, fmt.Errorf("%s is the query of a ranking; remove it to read the examples without their queries", brief.Quoted(string(field)))
	}
	i, err := strconv.ParseInt(string(before), 10, 32)
	if err != nil || i < 0 {
		return 0, 0, fmt.Errorf("index %s is not a whole number up to %d", brief.Quoted(string(before)), math.MaxInt32)
	}
	if value, err = number.Parse(after, '.'); err != nil {
		err = number.Describe(string(after), err)
	}
	return int(i), value, err
}

// nextField returns what stands between the first blanks, and the rest.
func nextField(s []byte) (field, rest []byte) {
	s = trimBlanks(s)
	i := 0
	for i < len(s) && !isBlank(s[i]) {
		i++
	}
	return s[:i], s[i:]
}

func trimBlanks(s []byte) []byte {
	for len(s) > 0 && isBlank(s[0]) {
		s = s[1:]
	}
	return s
}

func isBlank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// dense returns the examples as rows.
func (p *svmFile) dense() []float64 {
	all := make([]float64, p.rows*p.columns)
	rows, first := all, p.first()
	for i := range p.parts {
		part := &p.parts[i]
		from := 0
		for _, to := range part.ends {
			for k := from; k < to; k++ {
				rows[int(part.index[k])-first] = part.value[k]
			}
			from, rows = to, rows[p.columns:]
		}
		*part = pairs{}
	}
	return all
}

// joined returns the pairs of all parts. What is copied is given back at once.
func (p *svmFile) joined() sparse.Rows {
	n := 0
	for _, part := range p.parts {
		n += len(part.value)
	}
	r := sparse.Rows{Values: make([]float64, 0, n), Columns: make([]int32, 0, n), Ends: make([]int, 0, p.rows), Width: p.columns}
	first := int32(p.first())
	for i := range p.parts {
		part, before := &p.parts[i], len(r.Values)
		r.Values = append(r.Values, part.value...)
		for _, c := range part.index {
			r.Columns = append(r.Columns, c-first)
		}
		for _, end := range part.ends {
			r.Ends = append(r.Ends, before+end)
		}
		*part = pairs{}
	}
	return r
}
