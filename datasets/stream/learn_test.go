package stream_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/datasets"
	"declive/datasets/stream"
)

// large has a header or not, more than the beginning that columns are learnt from, and
// at its end a word and a class of their own.
func large(header bool) string {
	var b strings.Builder
	if header {
		b.WriteString("id,size,colour,\"the,kind\"\n")
	}
	for i := range 500_000 {
		fmt.Fprintf(&b, "h%07d,%d.25,\"%s\",%d\n", i, i%1000, []string{"red", "light\nblue"}[i%2], 2+i%2)
	}
	b.WriteString("h1,3,green,10\n")
	return b.String()
}

// Words and classes are those of the whole file, in the order in which a table of it
// would have them.
func TestLearn(t *testing.T) {
	for _, header := range []bool{true, false} {
		text := large(header)
		c := datasets.CSV{Drop: []string{"0"}, OneHotAll: true}
		s, notes, err := stream.Learn(opener(text), c)
		require.NoError(t, err)
		assert.Equal(t, []string{"2", "3", "10"}, s.Classes())
		assert.Equal(t, []string{"green", "light\nblue", "red"}, s.Columns[2].Words)
		assert.Equal(t, header, s.Header)
		assert.Len(t, notes, 1)

		x, err := stream.Open(opener(text), s)
		require.NoError(t, err)
		assert.Equal(t, []int{500_001, 4}, []int{x.Len(), x.Features()})
		assert.Equal(t, s.Classes(), x.Classes())
	}
}

// A file that fits is read once, with all that a table would find.
func TestLearnAShortFile(t *testing.T) {
	s, _, err := stream.Learn(opener(rows(9)), settings)
	require.NoError(t, err)
	assert.Equal(t, learnt(t, settings, rows(9)), s)
	_, _, err = stream.Learn(opener("x,y\n1,2\n2,three\n"), datasets.CSV{Real: true})
	assert.EqualError(t, err, `datasets: CSV: at line 3: column y: "three" is not a number`)
}

// Both parts have each example once, always the same one, and moments of their own.
func TestSplit(t *testing.T) {
	s := opened(t, rows(5000))
	first, rest, err := s.Split(0.8, rand.New(rand.NewPCG(1, 2)))
	require.NoError(t, err)
	assert.Equal(t, 5000, first.Len()+rest.Len())
	assert.InDelta(t, 4000, first.Len(), 4*28.3, "four standard deviations")
	var all []float32
	for _, part := range []*stream.Table{first, rest} {
		var own []float64
		for range 2 {
			own = nil
			for b := range part.Minibatches(100, rand.New(rand.NewPCG(3, 4))) {
				for k := range b.Y.Ints() {
					own = append(own, float64(b.X.Float32s()[4*k]))
				}
			}
			assert.Len(t, own, part.Len())
		}
		mean := 0.0
		for _, x := range own {
			mean += x / float64(len(own))
			all = append(all, float32(x))
		}
		assert.InDelta(t, mean, part.Standardise().Shift[0], 1e-9)
	}
	slices.Sort(all)
	for i, x := range all {
		require.Equal(t, float32(i), x)
	}
	half, _, err := first.Split(0.5, rand.New(rand.NewPCG(5, 6)))
	require.NoError(t, err)
	assert.InDelta(t, 2000, half.Len(), 150)
}

// Blocks go through functions, in order, that may also change targets.
func TestMap(t *testing.T) {
	c := datasets.CSV{Header: datasets.HeaderNo, Real: true}
	s, err := stream.Open(opener("1,10\n2,20\n3,60\n"), learnt(t, c, "1,10\n2,20\n"))
	require.NoError(t, err)
	scale := s.StandardiseTargets()
	assert.InDelta(t, 30, scale.Shift[0], 1e-12)
	assert.InDelta(t, 1/21.602468994692867, scale.Scale[0], 1e-12) // √((400 + 100 + 900)/3)
	s, err = s.Map(func(d *datasets.Dataset) (*datasets.Dataset, error) {
		y := d.Targets()
		for i := range y {
			y[i] -= 30
		}
		return d.WithTargets(y)
	})
	require.NoError(t, err)
	for b := range s.Consecutive(0) {
		assert.Equal(t, []float32{-20, -10, 30}, b.Y.Float32s())
	}
	s, err = s.Map(func(d *datasets.Dataset) (*datasets.Dataset, error) { return nil, fmt.Errorf("no") })
	require.NoError(t, err)
	for range s.Consecutive(0) {
		t.Error("a batch after an error")
	}
	assert.EqualError(t, s.Err(), "no")
}
