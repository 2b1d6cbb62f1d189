package datasets

import (
	"fmt"
	"math"

	"declive/datasets/internal/picture"
)

// An Augmentation shows every image differently in every epoch, so that a model
// learns what stays the same. An image is moved, then mirrored, then changes its
// brightness and contrast, then is partly covered; each is left out where its field
// is zero. What is drawn for an image depends on Seed, on the number of the epoch
// and on which image it is, on nothing else.
type Augmentation struct {
	Seed uint64
	Flip Flip // whether images are mirrored, left for right

	// Translate is by how many pixels an image moves at most, up or down and to the
	// left or right, each evenly distributed.
	Translate int
	Padding   Padding // what comes in from outside

	// Cutout is the side of a square that is set to 0, after transforms, which is
	// the mean of data that has been standardised (DeVries and Taylor, Improved
	// Regularization of Convolutional Neural Networks with Cutout, arXiv
	// 1708.04552). Its centre is any pixel, so that a part may lie outside.
	Cutout int

	// After transforms a number x of an image becomes
	//
	//	x′ = (1 + u)·x + v    u from −Contrast to Contrast, v from −Brightness to Brightness
	//
	// with one u and one v for the image, evenly distributed.
	Brightness, Contrast float64
}

// A Flip says which images are mirrored.
type Flip int

const (
	NoFlip     Flip = iota
	RandomFlip      // each with probability ½ in every epoch

	// AlternatingFlip mirrors each with probability ½ in the first epoch and then in
	// every second one, so that two epochs in a row show both sides of all images
	// (Jordan, 94 % on CIFAR-10 in 3.29 Seconds on a Single GPU, arXiv 2404.00498).
	AlternatingFlip
)

// A Padding says what lies around an image.
type Padding int

const (
	ReflectPadding Padding = iota // the image mirrored about its outermost pixels, which are not repeated
	ZeroPadding                   // 0 after transforms, which is the mean of data that has been standardised
)

// A View is a way to look at all images alike: moved down and to the right by some
// pixels, then mirrored, left for right. Scores averaged over views of one image are
// better than those of one.
type View struct {
	Down, Right int
	Mirror      bool
	Padding     Padding
}

// Augmented returns d with images that [Dataset.Minibatches] and [Dataset.Sampled]
// show under a, in place of what d had from Augmented or Viewed. Each range over
// their sequences is an epoch; the first has number 0. Batch, All and Consecutive
// show the images as they are, so that a model is judged on those.
//
// It costs no pass of its own: an image is moved while it is converted.
//
// It is an error if the examples are no images, of shape (channels, height, width)
// or [Dataset.Interleaved], if Translate is not less than their height and width, or
// if a field has no meaning.
func (d *Dataset) Augmented(a Augmentation) (*Dataset, error) {
	f, err := d.frame()
	if err == nil {
		err = a.check(f)
	}
	if err != nil {
		return nil, fmt.Errorf("datasets: Augmented: %w", err)
	}
	v := *d
	v.augmentation, v.viewed = &a, nil
	return &v, nil
}

// Viewed returns d with all images as v shows them, in place of what d had from
// Augmented or Viewed.
//
// It is an error if the examples are no images, as for [Dataset.Augmented], if they
// are moved by their height or width or more, or if there is no such padding.
func (d *Dataset) Viewed(v View) (*Dataset, error) {
	f, err := d.frame()
	if err == nil {
		err = v.check(f)
	}
	if err != nil {
		return nil, fmt.Errorf("datasets: Viewed: %w", err)
	}
	seen := *d
	seen.augmentation, seen.viewed = nil, &v
	return &seen, nil
}

// frame returns how images lie in the stored rows.
func (d *Dataset) frame() (picture.Frame, error) {
	if unmade(d) {
		return picture.Frame{}, errUnmade
	}
	_, moves := d.store.(mover)
	switch s := d.shape; {
	case len(s) != 3 || !moves:
		return picture.Frame{}, fmt.Errorf("examples of shape %v are no images, want (channels, height, width)", s)
	case d.interleaved:
		return picture.Frame{Planes: 1, Height: s[0], Width: s[1], Depth: s[2]}, nil
	default:
		return picture.Frame{Planes: s[0], Height: s[1], Width: s[2], Depth: 1}, nil
	}
}

// maxCutout is far beyond any image; places beyond a hole are still numbers of 32 bits.
const maxCutout = 1 << 24

func (a Augmentation) check(f picture.Frame) error {
	switch {
	case a.Flip < NoFlip || a.Flip > AlternatingFlip:
		return fmt.Errorf("flip %d, want NoFlip, RandomFlip or AlternatingFlip", a.Flip)
	case a.Translate < 0 || a.Translate >= min(f.Height, f.Width):
		return fmt.Errorf("translation by %d pixels, want 0 to %d, less than height and width", a.Translate, min(f.Height, f.Width)-1)
	case a.Cutout < 0 || a.Cutout > maxCutout:
		return fmt.Errorf("cutout of side %d, want 0 for none or the side of a square in pixels", a.Cutout)
	case !(a.Contrast >= 0 && a.Contrast <= 1):
		return fmt.Errorf("contrast %v, want 0 to 1", a.Contrast)
	case !(a.Brightness >= 0) || math.IsInf(a.Brightness, 0):
		return fmt.Errorf("brightness %v, want 0 or a positive number", a.Brightness)
	}
	return a.Padding.check()
}

func (v View) check(f picture.Frame) error {
	if least := min(f.Height, f.Width); min(v.Down, v.Right) <= -least || max(v.Down, v.Right) >= least {
		return fmt.Errorf("moved by Down %d and Right %d, want from −%d to %[3]d, less than height and width", v.Down, v.Right, least-1)
	}
	return v.Padding.check()
}

func (p Padding) check() error {
	if p != ReflectPadding && p != ZeroPadding {
		return fmt.Errorf("padding %d, want ReflectPadding or ZeroPadding", p)
	}
	return nil
}

// A sight is what one image shows.
type sight struct {
	picture.Look
	contrast, brightness float64 // x′ = contrast·x + brightness
}

// sight returns what a view shows.
func (v View) sight() sight {
	return sight{Look: picture.Look{Down: v.Down, Right: v.Right, Mirror: v.Mirror, Bare: v.Padding == ZeroPadding}, contrast: 1}
}

// sight draws what an augmentation shows of the image in a stored row.
func (a *Augmentation) sight(f picture.Frame, epoch uint64, row int) sight {
	rng := draws(mix(mix(mix(a.Seed)+uint64(row)) + epoch))
	s := sight{contrast: 1 + float64(a.Contrast*rng.symmetric()), brightness: a.Brightness * rng.symmetric()} // not fused
	s.Down, s.Right = rng.upTo(2*a.Translate)-a.Translate, rng.upTo(2*a.Translate)-a.Translate
	s.Bare = a.Padding == ZeroPadding
	top, left := rng.upTo(f.Height-1)-a.Cutout/2, rng.upTo(f.Width-1)-a.Cutout/2
	s.Hole = picture.Box{Top: top, Bottom: top + a.Cutout, Left: left, Right: left + a.Cutout}
	switch a.Flip {
	case RandomFlip:
		s.Mirror = rng.upTo(1) == 1
	case AlternatingFlip:
		first := mix(mix(^a.Seed) + uint64(row))
		s.Mirror = (first+epoch)%2 == 1
	}
	return s
}

// draws is the generator SplitMix64 (Steele, Lea and Flood, Fast Splittable
// Pseudorandom Number Generators, 2014). It is a number, so that each image can have
// one of its own.
type draws uint64

func (d *draws) next() uint64 {
	*d += 0x9E3779B97F4A7C15 // 2⁶⁴ by the golden ratio
	return mix(uint64(*d))
}

// mix is the function of SplitMix64 that spreads a change of any bit over all.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// symmetric returns a number from −1 to 1.
func (d *draws) symmetric() float64 { return float64(int64(d.next())>>11) / (1 << 52) }

// upTo returns a number from 0 to n, evenly distributed as far as n + 1 is small
// against 2³².
func (d *draws) upTo(n int) int { return int(d.next() >> 32 * uint64(n+1) >> 32) }
