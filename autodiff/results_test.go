package autodiff_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// Goroutines that share a program get the numbers of their own feeds or an error,
// never another's.
func TestResultsAreOfOneRun(t *testing.T) {
	const goroutines, calls = 8, 2000
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Input("x", 3, 50)
	p, err := autodiff.Compile(x.MulScalar(2).Sum(), x.AddScalar(1))
	require.NoError(t, err)
	var own, refused atomic.Int64
	read := func(k int, dst *tensor.Dense, way int) (err error) {
		defer autodiff.Catch(&err)
		out, err := p.Run(x.Feed(full(tensor.Float64, float64(k), 3, 50)))
		if err != nil {
			return err
		}
		switch way % 3 {
		case 0:
			assert.Equal(t, float64(300*k), out.Scalar(0))
		case 1:
			v := out.Value(1).Float64s()
			assert.Equal(t, []float64{float64(k + 1), float64(k + 1)}, []float64{v[0], v[149]})
		default:
			if err := out.Read(1, dst); err != nil {
				return err
			}
			v := dst.Float64s()
			assert.Equal(t, []float64{float64(k + 1), float64(k + 1)}, []float64{v[0], v[149]})
		}
		return nil
	}
	var wg sync.WaitGroup
	for k := range goroutines {
		wg.Go(func() {
			dst := zeros(tensor.Float64, 3, 50)
			for i := range calls {
				if read(k*calls+i, dst, i) == nil {
					own.Add(1)
				} else {
					refused.Add(1)
				}
			}
		})
	}
	wg.Wait()
	assert.Equal(t, int64(goroutines*calls), own.Load()+refused.Load())
	assert.Positive(t, own.Load())
}

// Results are refused when the program has run again, also if that run failed.
func TestResultsEnd(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float32)
	x := g.Input("x", 2)
	p, err := autodiff.Compile(x.Sum(), x.MulScalar(3))
	require.NoError(t, err)
	feed := x.Feed(full(tensor.Float32, 5, 2))
	first, err := p.Run(feed)
	require.NoError(t, err)
	assert.Equal(t, 10., first.Scalar(0))
	kept := first.Value(1)
	second, err := p.Run(x.Feed(full(tensor.Float32, 1, 2)))
	require.NoError(t, err)
	assert.Equal(t, []float32{15, 15}, kept.Float32s(), "a value is a copy")
	assert.Equal(t, []float32{3, 3}, p.Output(1).Float32s())
	for what, stale := range map[string]func(){
		"Scalar": func() { first.Scalar(0) },
		"Value":  func() { first.Value(1) },
	} {
		assert.Contains(t, recorded(t, stale).Error(), what+" at results_test.go")
		assert.Contains(t, recorded(t, stale).Error(), "the program has run again since; read the results before, or compile a program for each goroutine")
	}
	assert.ErrorContains(t, first.Read(1, zeros(tensor.Float32, 2)), "the program has run again since")
	_, err = p.Run()
	require.Error(t, err)
	assert.ErrorContains(t, second.Read(1, zeros(tensor.Float32, 2)), "the program has run again since")
	failed, _ := p.Run()
	assert.Contains(t, recorded(t, func() { failed.Scalar(0) }).Error(), "there are no results: the run returned an error")
}

// Reading results allocates only for a copy.
func TestReadingDoesNotAllocate(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Input("x", 2, 3)
	p, err := autodiff.Compile(x.Sum(), x.MulScalar(3))
	require.NoError(t, err)
	feed, dst := x.Feed(full(tensor.Float64, 5, 2, 3)), zeros(tensor.Float64, 2, 3)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		out, _ := p.Run(feed)
		_ = out.Scalar(0)
		_ = out.Read(1, dst)
	}))
	assert.Equal(t, 15., dst.Float64s()[5])
}
