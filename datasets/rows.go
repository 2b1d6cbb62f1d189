package datasets

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// A Value is what a data set can be stored as.
type Value interface {
	uint8 | float32 | float64
}

type float = kernel.Float

// A store holds rows of numbers.
type store interface {
	rows() int
	width() int
	// gather32 and gather64 write the transformed row index[i] to
	// dst[i·ld : i·ld + width].
	gather32(dst []float32, ld int, index []int, a *affine)
	gather64(dst []float64, ld int, index []int, a *affine)
	// moments returns mean and variance of every column over the rows of index.
	moments(index []int) (mean, variance []float64)
}

// A matrix is a store with all rows in one slice.
type matrix[T Value] struct {
	data []T
	cols int
}

func (m matrix[T]) rows() int  { return len(m.data) / m.cols }
func (m matrix[T]) width() int { return m.cols }

func (m matrix[T]) row(i int) []T { return m.data[i*m.cols : (i+1)*m.cols] }

// gather32 computes in float32, except on float64 rows: there the shift, which
// may cancel most digits, comes before the rounding.
func (m matrix[T]) gather32(dst []float32, ld int, index []int, a *affine) {
	switch m := any(m).(type) {
	case matrix[uint8]:
		a.single.bytes(dst, ld, m, index)
	case matrix[float32]:
		gather(dst, ld, m, index, &a.single)
	case matrix[float64]:
		gather(dst, ld, m, index, &a.double)
	}
}

func (m matrix[T]) gather64(dst []float64, ld int, index []int, a *affine) {
	switch m := any(m).(type) {
	case matrix[uint8]:
		a.double.bytes(dst, ld, m, index)
	case matrix[float32]:
		gather(dst, ld, m, index, &a.double)
	case matrix[float64]:
		gather(dst, ld, m, index, &a.double)
	}
}

// bytes is gather for stored bytes, which are so small that the shift may come
// last.
func (c *coefficients[F]) bytes(dst []F, ld int, m matrix[uint8], index []int) {
	row := func(s []F) kernel.Operand[F] { return kernel.Operand[F]{Data: s, Col: min(1, len(s)-1)} }
	vec.GatherBytes(dst, ld, m.data, m.cols, index, m.cols, row(c.scale), row(c.offset))
}

// gather is the loop
//
//	dst[i·ld + j] = (m(index[i], j) − shift(j))·scale(j)
//
// computed in precision A.
func gather[F, A float, T Value](dst []F, ld int, m matrix[T], index []int, c *coefficients[A]) {
	if same, ok := any(m.data).([]F); ok && c.identity {
		vec.Gather(dst, ld, same, m.cols, index, m.cols)
		return
	}
	for i, r := range index {
		out, row := dst[i*ld:i*ld+m.cols], m.row(r)
		switch {
		case c.identity:
			convert(out, row)
		case len(c.shift) == 1:
			shift, scale := c.shift[0], c.scale[0]
			for j, x := range row[:len(out)] {
				out[j] = F((A(x) - shift) * scale)
			}
		default:
			shift, scale := c.shift[:len(out)], c.scale[:len(out)]
			for j, x := range row[:len(out)] {
				out[j] = F((A(x) - shift[j]) * scale[j])
			}
		}
	}
}

// convert is dst[j] = src[j].
func convert[F float, T Value](dst []F, src []T) {
	if same, ok := any(src).([]F); ok {
		copy(dst, same)
		return
	}
	for j, x := range src[:len(dst)] {
		dst[j] = F(x)
	}
}

// moments takes the differences to the first row, so that a constant column
// has variance exactly 0, and the squares about the mean, in a second pass.
func (m matrix[T]) moments(index []int) (mean, variance []float64) {
	mean, variance = make([]float64, m.cols), make([]float64, m.cols)
	if len(index) == 0 {
		return mean, variance
	}
	first := m.row(index[0])
	for _, r := range index {
		for j, x := range m.row(r) {
			mean[j] += float64(x) - float64(first[j])
		}
	}
	n := float64(len(index))
	for j, x := range first {
		mean[j] = float64(x) + mean[j]/n
	}
	for _, r := range index {
		for j, x := range m.row(r) {
			d := float64(x) - mean[j]
			variance[j] += d * d
		}
	}
	for j := range variance {
		variance[j] /= n
	}
	return mean, variance
}
