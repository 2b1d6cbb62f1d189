package vec

import "declive/internal/kernel"

// Axpby replaces y by alpha·x + beta·y. x has the same length and may be the
// same slice:
//
//	for i, v := range x {
//		y[i] = alpha*v + beta*y[i]
//	}
//
// Both products are rounded before the addition, and y is read also when beta
// is zero, so that its NaN is not lost.
func Axpby[F kernel.Float](alpha F, x []F, beta F, y []F) {
	y = y[:len(x)]
	if len(x) > 0 {
		axpby(alpha, x, beta, y)
	}
}

// axpbyGeneric is the reference of Axpby.
func axpbyGeneric[F kernel.Float](alpha F, x []F, beta F, y []F) {
	for i, v := range x {
		y[i] = F(alpha*v) + F(beta*y[i])
	}
}

// Dot returns the inner product of x and y, which have the same length. The
// products are rounded and then added in the order of [ReduceRows].
func Dot[F kernel.Float](x, y []F) F {
	y = y[:len(x)]
	switch {
	case len(x) == 0:
		return 0
	case len(x) <= piece:
		return dot(x, y)
	}
	middle := split(len(x))
	return Dot(x[:middle], y[:middle]) + Dot(x[middle:], y[middle:])
}

// dotGeneric is the reference of Dot.
func dotGeneric[F kernel.Float](x, y []F) F {
	var s [maxLanes]F
	n := usedLanes[F](len(x))
	for len(x) > n {
		mulTo(s[:n], x[:n], y[:n])
		x, y = x[n:], y[n:]
	}
	mulTo(s[:n], x, y)
	return foldSum(s[:n])
}

func mulTo[F kernel.Float](s, x, y []F) {
	s, y = s[:len(x)], y[:len(x)]
	for j, v := range x {
		s[j] += F(v * y[j])
	}
}

// AllFinite reports whether x holds neither NaN nor an infinity.
func AllFinite[F kernel.Float](x []F) bool {
	return len(x) == 0 || allFinite(x)
}

// allFiniteGeneric is the reference of AllFinite: 0·x is zero exactly for
// finite x, and a NaN stays in the sum.
func allFiniteGeneric[F kernel.Float](x []F) bool {
	var s F
	for _, v := range x {
		s += 0 * v
	}
	return s == 0
}
