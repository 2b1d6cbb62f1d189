package datasets

import (
	"fmt"
	"math"
)

// A Transform maps feature j of every example to
//
//	x′ⱼ = (xⱼ − Shift[j])·Scale[j]
//
// A slice of length 1 serves every feature. The numbers are all there is to a
// transform: keep them with a model that was trained under it.
type Transform struct {
	Shift, Scale []float64
}

// Scale returns the transform that multiplies by factor: Scale(1.0/255) takes
// bytes to [0, 1].
func Scale(factor float64) Transform {
	return Transform{Shift: []float64{0}, Scale: []float64{factor}}
}

// SubtractMean returns the transform that subtracts the mean of each feature
// over d, the mean image, which is its Shift. Fit it on the training part and
// give it to every part. Of a nil or empty Dataset struct it is the empty
// transform, which [Dataset.With] refuses; so for the two below.
func SubtractMean(d *Dataset) Transform {
	if unmade(d) {
		return Transform{}
	}
	mean, _ := d.moments()
	return Transform{Shift: mean, Scale: []float64{1}}
}

// Standardise returns the transform that gives each feature of d mean 0 and
// standard deviation 1, σ² = 1/n Σ (x − μ)². A feature that is constant over d
// becomes 0. Fit it on the training part and give it to every part.
func Standardise(d *Dataset) Transform {
	if unmade(d) {
		return Transform{}
	}
	mean, variance := d.moments()
	return Transform{Shift: mean, Scale: reciprocalRoots(variance)}
}

// StandardiseChannels is Standardise with one mean and deviation for all
// positions of a channel, the first axis of the examples or, of images that are
// [Dataset.Interleaved], the last: three for a colour image of shape (3, 32, 32).
// An example without axes is one channel.
func StandardiseChannels(d *Dataset) Transform {
	if unmade(d) {
		return Transform{}
	}
	mean, variance := d.moments()
	channels := 1
	switch axes := len(d.shape); {
	case d.interleaved:
		channels = d.shape[axes-1]
	case axes > 0:
		channels = d.shape[0]
	}
	for c := range channels {
		if d.interleaved {
			pooled(mean[c:], variance[c:], channels)
		} else {
			size := len(mean) / channels
			pooled(mean[c*size:][:size], variance[c*size:][:size], 1)
		}
	}
	return Transform{Shift: mean, Scale: reciprocalRoots(variance)}
}

// pooled replaces means and variances of equally large groups, step apart, by those
// of their union: μ = mean of the μⱼ, σ² = mean of σⱼ² + (μⱼ − μ)².
func pooled(mean, variance []float64, step int) {
	n := float64((len(mean) + step - 1) / step)
	var mu, v float64
	for j := 0; j < len(mean); j += step {
		mu += mean[j] - mean[0]
	}
	mu = mean[0] + mu/n
	for j := 0; j < len(mean); j += step {
		v += variance[j] + (mean[j]-mu)*(mean[j]-mu)
	}
	for j := 0; j < len(mean); j += step {
		mean[j], variance[j] = mu, v/n
	}
}

// reciprocalRoots turns variances into factors 1/σ, and 1 where σ is 0.
func reciprocalRoots(variance []float64) []float64 {
	for j, v := range variance {
		variance[j] = 1
		if v > 0 {
			variance[j] = 1 / math.Sqrt(v)
		}
	}
	return variance
}

// moments returns mean and variance of the features as d's batches show them,
// the bias feature aside.
func (d *Dataset) moments() (mean, variance []float64) {
	mean, variance = d.store.moments(d.index)
	for j := range mean {
		shift, scale := d.affine.at(j)
		mean[j] = (mean[j] - shift) * scale
		variance[j] *= scale * scale
	}
	return mean, variance
}

// With returns d under further transforms, applied in the order given after
// those that d has already. They cost nothing beside the gathering of a batch.
//
// It is an error if a transform is for another number of features or holds a
// scale of 0 or a number that is not finite, also after those before it.
func (d *Dataset) With(transforms ...Transform) (*Dataset, error) {
	if err := d.made("With"); err != nil {
		return nil, err
	}
	composed := d.affine.Transform
	for i, t := range transforms {
		if err := t.reason(d.store.width()); err != nil {
			return nil, fmt.Errorf("datasets: With: transform %d for examples of shape %v: %w", i, d.shape, err)
		}
		composed = composed.then(t)
		if err := composed.reason(d.store.width()); err != nil {
			return nil, fmt.Errorf("datasets: With: transform %d after those before it: %w", i, err)
		}
	}
	v := *d
	v.affine = newAffine(composed)
	return &v, nil
}

// Check refuses a transform that is for another number of features or holds a scale of
// 0 or a number that is not finite.
func (t Transform) Check(features int) error {
	if err := t.reason(features); err != nil {
		return fmt.Errorf("datasets: Transform: %w", err)
	}
	return nil
}

func (t Transform) reason(features int) error {
	for _, s := range [][]float64{t.Shift, t.Scale} {
		if len(s) != 1 && len(s) != features {
			return fmt.Errorf("it has %d shifts and %d scales, want 1 or %d", len(t.Shift), len(t.Scale), features)
		}
		for j, v := range s {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("feature %d has a number that is not finite, %v", j, v)
			}
		}
	}
	for j, v := range t.Scale {
		if v == 0 {
			return fmt.Errorf("feature %d has scale 0", j)
		}
	}
	return nil
}

// at returns shift and scale of feature j.
func (t Transform) at(j int) (shift, scale float64) {
	return t.Shift[min(j, len(t.Shift)-1)], t.Scale[min(j, len(t.Scale)-1)]
}

// An affine is a Transform ready for use in both precisions.
type affine struct {
	Transform
	single coefficients[float32]
	double coefficients[float64]
}

// coefficients are those of x′ = (x − shift)·scale = x·scale + offset: three
// slices with one number for every feature, or one number for all.
type coefficients[F float] struct {
	shift, scale, offset []F
	identity             bool
}

func newAffine(t Transform) affine {
	return affine{Transform: t, single: newCoefficients[float32](t), double: newCoefficients[float64](t)}
}

// from returns a without its first j features.
func (a *affine) from(j int) affine {
	return affine{single: a.single.from(j), double: a.double.from(j)}
}

func (c coefficients[F]) from(j int) coefficients[F] {
	if len(c.shift) > 1 {
		c.shift, c.scale, c.offset = c.shift[j:], c.scale[j:], c.offset[j:]
	}
	return c
}

func newCoefficients[F float](t Transform) coefficients[F] {
	n := len(t.Shift)
	c := coefficients[F]{shift: make([]F, n), scale: make([]F, n), offset: make([]F, n), identity: true}
	for j := range n {
		shift, scale := t.at(j)
		c.shift[j], c.scale[j], c.offset[j] = F(shift), F(scale), F(-shift*scale)
		c.identity = c.identity && shift == 0 && scale == 1
	}
	return c
}

// then returns t followed by u, with as many shifts as scales:
//
//	((x − m)·s − μ)·σ = (x − (m + μ/s))·(s·σ)
func (t Transform) then(u Transform) Transform {
	n := max(len(t.Shift), len(u.Shift), len(u.Scale))
	v := Transform{Shift: make([]float64, n), Scale: make([]float64, n)}
	for j := range n {
		m, s := t.at(j)
		mu, sigma := u.at(j)
		v.Shift[j], v.Scale[j] = m+mu/s, s*sigma
	}
	return v
}
