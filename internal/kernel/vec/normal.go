package vec

import "math"

// The normal distribution has the density φ(t) = e^(−t²/2)/√(2π). Mills' ratio,
// m(t) = (1 − Φ(t))/φ(t), satisfies m′ = t·m − 1.

// normalFarthest is a number beyond which φ(t) and t·φ(t) round to 0.
const normalFarthest = 39

// gaussian is e^(−x²).
func gaussian(x float64) float64 {
	if math.Abs(x) > 28 {
		return 0
	}
	return timesBell(1, x, 1)
}

// timesBell is y·e^(−c·x²), for c = 1 or ½. The rounding error of the square would be
// one of the result, as large as the square.
func timesBell(y, x, c float64) float64 {
	square := float64(c * x * x)
	lost := math.FMA(c*x, x, -square)
	if square < 700 {
		return y * (1 - lost) * math.Exp(-square)
	}
	return math.Ldexp(y*expTwice(twice{-square, -lost}, 64), -64) // rounded once
}

// gelu is x·Φ(x) = max(x, 0) − |x|·(1 − Φ(|x|)).
func gelu(x float64) float64 {
	t := math.Abs(x)
	switch {
	case t > normalFarthest:
		return max(x, 0)
	case t > millsLarge:
		return max(x, 0) - timesBell(t*mills(t)*inverseRoot2Pi, t, 0.5)
	}
	return max(x, 0) - t*normalTail(t)
}

// geluSlope is Φ(x) + x·φ(x) = 1 − (1 − Φ(x) − x·φ(x)).
func geluSlope(x float64) float64 {
	y := geluSlopeTail(math.Abs(x))
	if x < 0 {
		return y
	}
	return 1 - y
}

// geluSlopeTail is 1 − Φ(t) − t·φ(t) = φ(t)·(m(t) − t) for t ≥ 0. Around its zero the
// difference is a series in the distance d from there.
func geluSlopeTail(t float64) float64 {
	switch {
	case t > normalFarthest:
		return math.Copysign(0, -1)
	case t > millsLarge:
		return timesBell((mills(t)-t)*inverseRoot2Pi, t, 0.5)
	case t > 2*millsFixed:
		return normalTail(t) - timesBell(t*inverseRoot2Pi, t, 0.5)
	}
	d := (t - millsFixed) - millsFixedLow
	sum := 0.0
	for k := len(millsAtFixed) - 1; k > 0; k-- {
		sum = d * (sum + millsAtFixed[k])
	}
	return timesBell(sum*inverseRoot2Pi, t, 0.5)
}

// normalTail is 1 − Φ(t) = erfc(t/√2)/2, with a correction for what the quotient loses.
func normalTail(t float64) float64 {
	const high, low = math.Sqrt2 / 2, -4.833646656726457e-17 // √½
	z := float64(t * high)
	lost := math.FMA(t, high, -z) + t*low
	return math.Erfc(z)/2 - lost*gaussian(z)/math.SqrtPi
}

// millsLarge is where eight terms of the continued fraction of Mills' ratio are enough.
const millsLarge = 30

// mills is m(t) = 1/(t + 1/(t + 2/(t + 3/…))) for t above millsLarge.
func mills(t float64) float64 {
	y := t
	for k := 8.0; k > 0; k-- {
		y = t + k/y
	}
	return 1 / y
}

const inverseRoot2Pi = 1 / (math.Sqrt2 * math.SqrtPi)

// The t at which m(t) = t, in two parts.
const (
	millsFixed    = 0x1.80ead197f00b4p-1
	millsFixedLow = -1.4956759177009883e-17
)

// millsAtFixed are the coefficients of m(t) − t in powers of t − millsFixed.
var millsAtFixed = func() (c [40]float64) {
	c[0], c[1] = millsFixed, millsFixed*millsFixed-1
	for k := 1.0; int(k) < len(c)-1; k++ {
		c[int(k)+1] = (millsFixed*c[int(k)] + c[int(k)-1]) / (k + 1)
	}
	c[0], c[1] = 0, c[1]-1
	return c
}()
