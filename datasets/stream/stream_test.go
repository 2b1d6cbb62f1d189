package stream_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/datasets"
	"declive/datasets/stream"
)

const many = 60_000 // about 1.3 MB: five blocks

// A stream has the numbers of the same table in memory, in their order, whatever the
// size of batches, packed or not.
func TestConsecutiveIsTheTable(t *testing.T) {
	text := rows(many)
	d, err := settings.Read(strings.NewReader(text))
	require.NoError(t, err)
	want, err := d.All()
	require.NoError(t, err)
	for _, text := range []string{text, "\xef\xbb\xbf" + text, gzipped(t, text)} {
		s := opened(t, text)
		assert.Equal(t, many, s.Len())
		for _, size := range []int{7, 4096, 0} {
			var x []float32
			var y []int
			for b := range s.Consecutive(size) {
				x, y = append(x, b.X.Float32s()...), append(y, b.Y.Ints()...)
			}
			require.NoError(t, s.Err())
			require.Equal(t, want.X.Float32s(), x)
			require.Equal(t, want.Y.Ints(), y)
		}
	}
}

func TestStandardiseIsThatOfTheDataset(t *testing.T) {
	text := rows(many)
	d, err := settings.Read(strings.NewReader(text))
	require.NoError(t, err)
	want, got := datasets.Standardise(d), opened(t, text).Standardise()
	// Sums of numbers that are not negative, in other orders: each is off by one
	// rounding of 2⁻⁵³ a term at most.
	const eps = 2 * many * 0x1p-53
	assert.InEpsilonSlice(t, want.Shift, got.Shift, eps)
	assert.InEpsilonSlice(t, want.Scale, got.Scale, eps)
}

// Every epoch has each example once, with its class, in another order, which the seed
// decides; and examples move as far as the window lets them.
func TestMinibatches(t *testing.T) {
	s, err := opened(t, rows(5000)).WithWindow(400)
	require.NoError(t, err)
	orders := map[string]bool{}
	for seed := range uint64(2) {
		first, second := s.Minibatches(64, rand.New(rand.NewPCG(seed, 1))), s.Minibatches(64, rand.New(rand.NewPCG(seed, 1)))
		for range 3 {
			order, seen, moved := "", make([]bool, 5000), 0
			for b := range first {
				assert.LessOrEqual(t, len(b.Y.Ints()), 64)
				for k, label := range b.Y.Ints() {
					i := int(b.X.Float32s()[4*k])
					require.False(t, seen[i], "example %d", i)
					require.Equal(t, i%3, label)
					seen[i] = true
					moved = max(moved, len(order)/5-i)
					order += fmt.Sprintf("%5d", i)
				}
			}
			assert.NotContains(t, seen, false)
			assert.Greater(t, moved, 400)
			orders[order] = true
			again := ""
			for b := range second {
				for k := range b.Y.Ints() {
					again += fmt.Sprintf("%5d", int(b.X.Float32s()[4*k]))
				}
			}
			assert.Equal(t, order, again)
		}
	}
	assert.Len(t, orders, 6)
	assert.NoError(t, s.Err())
}

func TestTargetsAndTransforms(t *testing.T) {
	c := datasets.CSV{Header: datasets.HeaderNo, Real: true}
	s, err := stream.Open(opener("1,10\n2,20\n3,30\n"), learnt(t, c, "1,10\n2,20\n"))
	require.NoError(t, err)
	s, err = s.With(datasets.Scale(2), datasets.Scale(5))
	require.NoError(t, err)
	for b := range s.Consecutive(0) {
		assert.Equal(t, []float32{10, 20, 30}, b.X.Float32s())
		assert.Equal(t, []float32{10, 20, 30}, b.Y.Float32s())
	}
}

// Blocks of which nothing is left are passed over.
func TestBlocksWithoutExamples(t *testing.T) {
	c := settings
	c.Missing.Fill = datasets.DropRow
	gaps := strings.Repeat("1,,red,a\n", 60_000) + strings.Repeat("\n", 600_000)
	text := "i,square,colour,kind\n" + gaps + "5,25,red,b\n" + gaps
	s, err := stream.Open(opener(text), learnt(t, c, rows(9)))
	require.NoError(t, err)
	assert.Equal(t, 1, s.Len())
	_, err = stream.Open(opener("i,square,colour,kind\n"+gaps), learnt(t, c, rows(9)))
	assert.ErrorIs(t, err, datasets.ErrNoExamples)
}

func TestErrorsHaveTheirLine(t *testing.T) {
	text := rows(many)
	lines := strings.Count(text, "\n")
	for line, want := range map[string]string{
		"1,2,green,a\n":    `column colour: "green" is not one of the words`,
		"1,2,red,d\n":      `"d" is not one of the classes`,
		"1,two,red,a\n":    `column square: "two" is not a number`,
		"1,2,red\n":        "3 columns, want 4",
		"1,,\"red\",a\n":   `missing value ""`,
		"1,2,\"red\"x,a\n": "quote",
	} {
		_, err := stream.Open(opener(text+line), learnt(t, settings, rows(9)))
		var format *datasets.FormatError
		require.ErrorAs(t, err, &format, line)
		assert.Equal(t, lines+1, format.Line, "%q", line)
		assert.ErrorContains(t, err, want)
	}
	_, err := stream.Open(opener("i,square,colour\n1,2,red\n"), learnt(t, settings, rows(9)))
	assert.EqualError(t, err, "stream: Open: the table has no column of labels to learn from")
}

// A file that changes after Open ends the sequence.
func TestErrTellsWhyASequenceEnded(t *testing.T) {
	text, opens := rows(many), 0
	broken := errors.New("the disk is gone")
	s, err := stream.Open(func() (io.ReadCloser, error) {
		if opens++; opens == 1 {
			return io.NopCloser(strings.NewReader(text)), nil
		}
		return io.NopCloser(io.MultiReader(strings.NewReader(text[:500_000]), broke{broken})), nil
	}, learnt(t, settings, rows(9)))
	require.NoError(t, err)
	n := 0
	for b := range s.Consecutive(100) {
		n += b.X.Shape()[0]
	}
	assert.Less(t, n, many)
	assert.ErrorIs(t, s.Err(), broken)
	for range s.Consecutive(1) {
		break // is no error
	}
}

type broke struct{ err error }

func (b broke) Read([]byte) (int, error) { return 0, b.err }

// endless is a table of n equal lines that takes no memory.
type endless struct {
	head string
	n    int
	line string
}

func (e *endless) Read(p []byte) (int, error) {
	if e.head == "" {
		if e.n == 0 {
			return 0, io.EOF
		}
		e.n--
		e.head = e.line
	}
	n := copy(p, e.head)
	e.head = e.head[n:]
	return n, nil
}

// Memory does not grow with the file: of 40 MB, less than 24 are live at any time that
// is looked at.
func TestMemoryIsBounded(t *testing.T) {
	line := strings.Repeat("123456.5,", 50) + "a\n"
	schema := learnt(t, datasets.CSV{Header: datasets.HeaderNo}, line+strings.Replace(line, ",a", ",b", 1))
	open := func() (io.ReadCloser, error) {
		return io.NopCloser(&endless{n: 40_000_000 / len(line), line: line}), nil
	}
	s, err := stream.Open(open, schema)
	require.NoError(t, err)
	s, err = s.WithWindow(1000)
	require.NoError(t, err)
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, most, batches := m.HeapAlloc, uint64(0), 0
	for range s.Minibatches(100, rand.New(rand.NewPCG(1, 2))) {
		if batches++; batches%100 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc-min(before, m.HeapAlloc))
		}
	}
	require.NoError(t, s.Err())
	assert.Less(t, most, uint64(24<<20))
	assert.Greater(t, batches, 800)
}
