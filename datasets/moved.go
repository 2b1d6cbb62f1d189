package datasets

import (
	"fmt"

	"declive/autodiff"
	"declive/datasets/internal/picture"
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
	"declive/internal/pool"
)

// Interleaved returns d with images of shape (height, width, channels), as
// convolutions take them, in place of (channels, height, width). Everything else
// goes along: labels, transforms, names, augmentation. It is a copy of the examples
// of d, unlike other views. Of images that are interleaved it is d.
//
// It is an error if the examples are no images.
func (d *Dataset) Interleaved() (*Dataset, error) {
	f, err := d.frame()
	if err != nil {
		return nil, fmt.Errorf("datasets: Interleaved: %w", err)
	}
	if d.interleaved {
		return d, nil
	}
	order := make([]int, 0, f.Size())
	for pixel := range f.Height * f.Width {
		for c := range f.Planes {
			order = append(order, c*f.Height*f.Width+pixel)
		}
	}
	v := *d
	v.store, v.index = d.store.(mover).reordered(d.index, order), count(d.Len())
	v.shape, v.interleaved = autodiff.Shape{f.Height, f.Width, f.Planes}, true
	v.labels, v.targets = taken(d.labels, 1, d.index), taken(d.targets, d.targetShape.Size(), d.index)
	v.balance = taken(d.balance, 1, d.index)
	v.more = nil
	for _, f := range d.more {
		v.more = append(v.more, f.taken(d.index))
	}
	v.names = taken(d.names, 1, order)
	if t := d.affine.Transform; len(t.Shift) > 1 {
		v.affine = newAffine(Transform{taken(t.Shift, 1, order), taken(t.Scale, 1, order)})
	}
	return &v, nil
}

// taken returns the groups with some indices of equally large ones, or nil of nil.
func taken[T any](all []T, size int, index []int) []T {
	if all == nil {
		return nil
	}
	some := make([]T, 0, size*len(index))
	for _, i := range index {
		some = append(some, all[i*size:(i+1)*size]...)
	}
	return some
}

// A mover is a store that can show images otherwise than they are stored. move32 and
// move64 are gather32 and gather64 of a store under a scene; number j of a row that
// is reordered is number order[j] of what it was.
type mover interface {
	reordered(index, order []int) store
	move32(s *scene, dst []float32, ld int, index []int, a *affine)
	move64(s *scene, dst []float64, ld int, index []int, a *affine)
}

// A scene says what is seen of the images in an epoch.
type scene struct {
	*picture.Mover
	augmentation *Augmentation // or nil: all show the view
	view         sight
	epoch        uint64
}

// newScene returns the scene of d's batches, which may be those that an augmentation
// is for, or nil if they show the images as they are.
func newScene(d *Dataset, augmented bool) *scene {
	s, reach := &scene{}, 0
	switch a, v := d.augmentation, d.viewed; {
	case a != nil && augmented:
		s.augmentation, reach = a, a.Translate
	case v != nil:
		s.view, reach = v.sight(), max(v.Down, -v.Down, v.Right, -v.Right)
	default:
		return nil
	}
	f, _ := d.frame() // which Augmented and Viewed have checked
	s.Mover = picture.NewMover(f, reach)
	return s
}

// of returns what is seen of the image in a stored row.
func (s *scene) of(row int) sight {
	if s.augmentation != nil {
		return s.augmentation.sight(s.Frame, s.epoch, row)
	}
	return s.view
}

func (m matrix[T]) move32(s *scene, dst []float32, ld int, index []int, a *affine) {
	for i, r := range index {
		move(s.Mover, dst[i*ld:][:m.cols], m.row(r), s.of(r), a)
	}
}

func (m matrix[T]) move64(s *scene, dst []float64, ld int, index []int, a *affine) {
	for i, r := range index {
		move(s.Mover, dst[i*ld:][:m.cols], m.row(r), s.of(r), a)
	}
}

func (m matrix[T]) reordered(index, order []int) store {
	to := matrix[T]{make([]T, len(index)*m.cols), m.cols}
	pool.DoRuns(len(index), func(first, end int) {
		for i := first; i < end; i++ {
			row, out := m.row(index[i]), to.row(i)
			for j, k := range order {
				out[j] = row[k]
			}
		}
	})
	return to
}

// piece is the number of elements that are moved before they are converted, few
// enough to stay in the first level of cache with what they become.
const piece = 1024

// move writes one image to dst, moved, transformed and covered.
func move[F float, T Value](m *picture.Mover, dst []F, image []T, s sight, a *affine) {
	var room [piece]T
	for from := 0; from < len(dst); from += piece {
		part := dst[from:min(from+piece, len(dst))]
		moved := room[:len(part)]
		picture.Move(m, moved, image, from, &s.Look)
		transform(part, moved, a.from(from))
		if s.contrast != 1 || s.brightness != 0 {
			light(part, F(s.contrast), F(s.brightness))
		}
	}
	picture.Blank(m.Frame, dst, &s.Look)
}

// transform is the gathering of one row, so that an image that is shown as it is has
// the bits of one that is not moved.
func transform[F float, T Value](dst []F, row []T, a affine) {
	m, only := matrix[T]{row, len(row)}, [1]int{}
	switch dst := any(dst).(type) {
	case []float32:
		m.gather32(dst, len(dst), only[:], &a)
	case []float64:
		m.gather64(dst, len(dst), only[:], &a)
	}
}

// light is x[j] = contrast·x[j] + brightness, with a product that is rounded.
func light[F float](x []F, contrast, brightness F) {
	factor, term := [1]F{contrast}, [1]F{brightness}
	row := kernel.Operand[F]{Data: x, Col: 1}
	vec.Binary(vec.Mul, 1, len(x), x, len(x), row, kernel.Operand[F]{Data: factor[:]})
	vec.Binary(vec.Add, 1, len(x), x, len(x), row, kernel.Operand[F]{Data: term[:]})
}
