package datasets

import (
	"fmt"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

func TestScratchDigits(t *testing.T) {
	if v := os.Getenv("DIG"); v != "" {
		fmt.Sscan(v, &minHeight, &maxHeight, &minAspect, &maxAspect, &maxSlant, &maxMove, &maxThickness, &minInk, &maxNoise)
	}
	start := time.Now()
	n := 6000
	if v := os.Getenv("N"); v != "" {
		fmt.Sscan(v, &n)
	}
	d, err := Digits(n, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("gen", time.Since(start))
	px := d.store.(matrix[uint8]).data
	img := image.NewGray(image.Rect(0, 0, 20*28, 10*28))
	for k := range 200 {
		for y := range 28 {
			for x := range 28 {
				img.Pix[(k/20*28+y)*img.Stride+k%20*28+x] = px[k*784+y*28+x]
			}
		}
	}
	f, _ := os.Create("/work/scratch/ds/d.png")
	png.Encode(f, img)
	f.Close()
	if os.Getenv("TRAIN") == "" {
		return
	}
	lab := d.Labels()
	X := make([]float32, len(px))
	for i, v := range px {
		X[i] = float32(v) / 255
	}
	nt := n - 1000
	hs := []int{0, 128}
	if os.Getenv("TRAIN") == "lin" {
		hs = hs[:1]
	}
	for _, h := range hs {
		for _, lr := range []float32{0.05, 0.2} {
			start = time.Now()
			fmt.Println("hidden", h, "lr", lr, train(X, lab, nt, h, lr, 20), time.Since(start))
		}
	}
}
func train(X []float32, lab []int, nt, h int, lr float32, epochs int) string {
	rng := rand.New(rand.NewPCG(5, 6))
	D := 784
	m := 32
	hh := h
	if h == 0 {
		hh = D
	}
	W1 := make([]float32, h*D)
	b1 := make([]float32, h)
	for i := range W1 {
		W1[i] = float32(rng.NormFloat64() * math.Sqrt(2.0/784))
	}
	W2 := make([]float32, 10*hh)
	b2 := make([]float32, 10)
	if h > 0 {
		for i := range W2 {
			W2[i] = float32(rng.NormFloat64() * math.Sqrt(2.0/float64(h)))
		}
	}
	g1 := make([]float32, len(W1))
	gb1 := make([]float32, h)
	g2 := make([]float32, len(W2))
	gb2 := make([]float32, 10)
	a := make([]float32, h)
	s := make([]float32, 10)
	da := make([]float32, h)
	dot := func(w, x []float32) float32 {
		var s0, s1, s2, s3 float32
		x = x[:len(w)]
		j := 0
		for ; j+3 < len(w); j += 4 {
			s0 += w[j] * x[j]
			s1 += w[j+1] * x[j+1]
			s2 += w[j+2] * x[j+2]
			s3 += w[j+3] * x[j+3]
		}
		for ; j < len(w); j++ {
			s0 += w[j] * x[j]
		}
		return s0 + s1 + s2 + s3
	}
	axpy := func(al float32, x, y []float32) {
		if al == 0 {
			return
		}
		x = x[:len(y)]
		for j := range y {
			y[j] += al * x[j]
		}
	}
	fwd := func(x []float32) []float32 {
		f := x
		if h > 0 {
			for j := range a {
				v := dot(W1[j*D:j*D+D], x) + b1[j]
				if v < 0 {
					v = 0
				}
				a[j] = v
			}
			f = a
		}
		for c := range s {
			s[c] = dot(W2[c*hh:c*hh+hh], f) + b2[c]
		}
		return f
	}
	acc := func(lo, hi int) float64 {
		ok := 0
		for i := lo; i < hi; i++ {
			fwd(X[i*D : i*D+D])
			best := 0
			for c := range s {
				if s[c] > s[best] {
					best = c
				}
			}
			if best == lab[i] {
				ok++
			}
		}
		return float64(ok) / float64(hi-lo)
	}
	out := ""
	for e := range epochs {
		p := rng.Perm(nt)
		for k := 0; k < nt; k += m {
			clear(g1)
			clear(g2)
			clear(gb1)
			clear(gb2)
			bt := p[k:min(nt, k+m)]
			for _, i := range bt {
				x := X[i*D : i*D+D]
				f := fwd(x)
				mx := s[0]
				for _, v := range s {
					mx = max(mx, v)
				}
				var z float32
				for c := range s {
					s[c] = float32(math.Exp(float64(s[c] - mx)))
					z += s[c]
				}
				for c := range s {
					s[c] /= z
				}
				s[lab[i]] -= 1
				if h > 0 {
					clear(da)
				}
				for c := range s {
					axpy(s[c], f, g2[c*hh:c*hh+hh])
					gb2[c] += s[c]
					if h > 0 {
						axpy(s[c], W2[c*hh:c*hh+hh], da)
					}
				}
				if h > 0 {
					for j := range a {
						if a[j] > 0 {
							axpy(da[j], x, g1[j*D:j*D+D])
							gb1[j] += da[j]
						}
					}
				}
			}
			sc := -lr / float32(len(bt))
			axpy(sc, g1, W1)
			axpy(sc, g2, W2)
			axpy(sc, gb1, b1)
			axpy(sc, gb2, b2)
		}
		if e%5 == 4 {
			out += fmt.Sprintf(" e%d %.3f/%.3f", e+1, acc(0, nt), acc(nt, len(lab)))
		}
	}
	return out
}
