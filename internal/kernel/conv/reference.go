package conv

import "declive/internal/kernel"

// Reference computes a role by its definition: dst receives the products of the
// elements of its operands a and b that belong together, one after the other. It
// is what the other ways are compared with.
func Reference[F kernel.Float](g Geometry, role Role, a, b, dst []F) {
	clear(dst)
	g.eachTap(func(x, w, y int) {
		for k := range g.K {
			for c := range g.C {
				x, w, y := x*g.C+c, (k*g.R*g.S+w)*g.C+c, y*g.K+k
				switch role {
				case Forward:
					dst[y] += a[x] * b[w]
				case Data:
					dst[x] += a[y] * b[w]
				case Weights:
					dst[w] += a[x] * b[y]
				}
			}
		}
	})
}

// eachTap calls f for every pixel of y and every position of the window that
// lies on the image: with the pixel of x, the position and the pixel of y,
// counted in order.
func (g Geometry) eachTap(f func(x, w, y int)) {
	oh, ow := g.Out()
	for y := range g.N * oh * ow {
		n, i, j := y/(oh*ow), y/ow%oh, y%ow
		for w := range g.R * g.S {
			u := i*g.Stride[0] + w/g.S - g.Before[0]
			v := j*g.Stride[1] + w%g.S - g.Before[1]
			if u >= 0 && u < g.H && v >= 0 && v < g.W {
				f((n*g.H+u)*g.W+v, w, y)
			}
		}
	}
}
