package datasets

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"declive/datasets/internal/blocks"
	"declive/datasets/internal/layout"
	"declive/datasets/internal/words"
)

// A reading is a table being read.
type reading struct {
	CSV
	schema  *Schema // whose columns it has, if any
	source  *source
	missing *words.Missing
	all     []column
	width   int // values stored of an example
	begin   layout.Line
	first   int // line of the first example, which may be a header, or 0

	values  rowHeap
	labels  []int32
	targets []float64
	lines   int // before the part that is taken next
	dropped int
}

// ErrNoExamples is what a [*FormatError] wraps where a table has a header at most, or
// where all examples are left out for missing values.
var ErrNoExamples = errors.New("the file has no examples")

// table reads the whole file.
func (r *reading) table() (*Table, error) {
	text := blocks.New(r.source, r.dialect().Boundary)
	l, err := r.open(text)
	if err != nil {
		return nil, err
	}
	if err := r.makeRoom(text); err != nil {
		return nil, err
	}
	err = blocks.Each(text, func(block []byte, p *part) { p.read(r, block) }, r.take)
	var format *FormatError
	switch {
	case errors.As(err, &format):
		return nil, err
	case err != nil:
		return nil, r.source.failureOnLine(r.lines+1, err)
	}
	if r.dropped > 0 {
		l.Note("%d examples with missing values are left out", r.dropped)
	}
	t := r.finish(l)
	if len(t.index) == 0 {
		return nil, r.source.failureOnLine(max(1, r.begin.Number), ErrNoExamples)
	}
	return t, nil
}

// open looks at the first lines and settles the columns.
func (r *reading) open(text *blocks.Source) (*layout.Layout, error) {
	block, err := text.First()
	if err != nil {
		return nil, r.source.failureOnLine(1, err)
	}
	most := layout.ToLearn
	if r.schema != nil {
		most = layout.ToFind
	}
	lines := layout.Lines(block, r.dialect(), most)
	if len(lines) == 0 {
		return nil, r.wrong(block)
	}
	rules := r.rules()
	if advice := rules.OtherComma(lines); advice != "" {
		return nil, r.source.failureOnLine(lines[0].Number, fmt.Errorf("the columns look divided by %s", advice))
	}
	l, err := layout.Of(lines, rules)
	if err != nil {
		return nil, r.source.failureOnLine(lines[0].Number, err)
	}
	r.begin = l.Begin
	if !l.Header && (r.Header == HeaderAuto || r.schema != nil) {
		r.first = l.Examples[0].Number
	}
	if r.schema != nil {
		err = r.schema.place(r, l)
	} else {
		r.all, err = r.columns(l)
	}
	if err != nil {
		return nil, r.source.failureOnLine(max(1, r.begin.Number), err)
	}
	text.Discard(l.Begin.End)
	r.lines = countLines(block[:l.Begin.End])
	return l, nil
}

// rules returns how the first lines are to be understood.
func (r *reading) rules() *layout.Rules {
	return &layout.Rules{
		Mode: layout.Mode(r.Header), Titles: r.Header == HeaderAuto || r.schema != nil, Comma: r.Comma != 0,
		Asked: slices.Concat([]string{r.Label}, r.OneHot, r.Drop), Point: r.point(), Missing: r.missing,
	}
}

// wrong says why a block has no line that could be read.
func (r *reading) wrong(block []byte) error {
	p := new(part)
	p.begin(r, block)
	for p.scanner.Next() {
		if _, err := p.scanner.Skip(); err != nil {
			return r.source.failureOnLine(p.scanner.At(), err)
		}
	}
	return r.source.failureOnLine(1, errors.New("the file has no lines"))
}

// makeRoom reserves memory for all examples, if their number can be known. A line
// of n columns has at least n bytes.
func (r *reading) makeRoom(text *blocks.Source) error {
	block, err := text.First()
	if err != nil {
		return err
	}
	e, err := r.source.extent()
	if err != nil || e == nil {
		return err
	}
	e.add(block)
	e.add(text.Rest())
	rows := min(e.lines+1, e.bytes/len(r.all)+1)
	if rows > maxValues/r.width {
		return nil // take refuses what is too much
	}
	r.values.data = make([]float64, 0, rows*r.width)
	switch {
	case slices.ContainsFunc(r.all, func(c column) bool { return c.role == RoleClass }):
		r.labels = make([]int32, 0, rows)
	case slices.ContainsFunc(r.all, func(c column) bool { return c.role == RoleTarget }):
		r.targets = make([]float64, 0, rows)
	}
	return nil
}

// take adds the examples of a part.
func (r *reading) take(p *part) error {
	if p.err != nil {
		if p.named && r.lines+p.at == r.first {
			p.err = fmt.Errorf("%w; %s", p.err, r.headerAdvice())
		}
		return r.source.failureOnLine(r.lines+p.at, p.err)
	}
	if r.values.size+len(p.values) > maxValues {
		return r.source.failureOnLine(r.lines+1, fmt.Errorf("more than %d values", maxValues))
	}
	r.lines += p.lines
	r.dropped += p.dropped
	for j := range r.all {
		c := &r.all[j]
		if c.words == nil || c.words.Fixed {
			continue
		}
		code, err := p.translate(j, c.words)
		switch {
		case err != nil:
			return r.source.failureOnLine(r.lines, err)
		case c.role == RoleClass:
			for i, k := range p.labels {
				p.labels[i] = int32(code[k])
			}
			continue
		}
		for i := c.place; i < len(p.values); i += r.width {
			if !isMissing(p.values[i]) {
				p.values[i] = float64(code[int(p.values[i])])
			}
		}
	}
	r.values.append(p.values)
	r.labels = append(r.labels, p.labels...)
	r.targets = append(r.targets, p.targets...)
	return nil
}

// headerAdvice says what to do if a first line that is no example is a header.
func (r *reading) headerAdvice() string {
	if r.schema != nil {
		return "if the line is a header, remove it: the table that the schema was learnt from had none"
	}
	return "if the line is a header, say so with Header"
}

// finish puts words in order.
func (r *reading) finish(l *layout.Layout) *Table {
	t := &Table{
		csv: r.CSV, header: l.Header, notes: l.Notes, file: r.source.file,
		values: r.values.join(), width: r.width, labels: r.labels, targets: r.targets,
	}
	if t.index = count(len(t.values) / r.width); r.schema != nil {
		t.columns = r.schema.tableColumns(r.all)
	} else {
		for _, c := range r.all {
			t.columns = append(t.columns, tableColumn{name: c.name, role: c.role, place: c.place})
		}
	}
	for j := range r.all {
		c := &r.all[j]
		if c.words == nil {
			continue
		}
		words := r.sort(t, c)
		for k := range t.columns {
			if to := &t.columns[k]; to.role == c.role && to.place == c.place {
				to.words = words
			}
		}
	}
	return t
}

// sort replaces the numbers of a column's words by their places in order, and
// returns the words.
func (r *reading) sort(t *Table, c *column) []string {
	used := make([]bool, len(c.words.Words))
	if c.role == RoleClass {
		for _, k := range t.labels {
			used[k] = true
		}
		words, place := c.words.Sorted(used)
		for i, k := range t.labels {
			t.labels[i] = int32(place[k])
		}
		return words
	}
	for i := c.place; i < len(t.values); i += t.width {
		if k := t.values[i]; k >= 0 {
			used[int(k)] = true
		}
	}
	words, place := c.words.Sorted(used)
	for i := c.place; i < len(t.values); i += t.width {
		if k := t.values[i]; k >= 0 {
			t.values[i] = float64(place[int(k)])
		}
	}
	return words
}

// A rowHeap is numbers that grow without being copied, until they are joined.
type rowHeap struct {
	full [][]float64
	data []float64
	size int
}

func (h *rowHeap) append(values []float64) {
	if len(h.data)+len(values) > cap(h.data) && cap(h.data) > 0 {
		h.full = append(h.full, h.data)
		h.data = make([]float64, 0, max(len(values), min(h.size, 1<<21)))
	}
	h.data = append(h.data, values...)
	h.size += len(values)
}

// join returns all numbers. What is copied is given back at once.
func (h *rowHeap) join() []float64 {
	if len(h.full) == 0 {
		return h.data
	}
	all := make([]float64, 0, h.size)
	for i, some := range h.full {
		all = append(all, some...)
		h.full[i] = nil
	}
	return append(all, h.data...)
}

// noWord is stored for a word that is not known.
const noWord = -1

// noValue is stored where a value is missing.
var noValue = math.NaN()
