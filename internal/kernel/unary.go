package kernel

import "math"

// Unary sets dst[i] = op(x[i]) for every element of x. The slices have the same
// length and may be the same.
func Unary[F Float](op UnaryOp, dst, x []F) {
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] = unary(op, v)
	}
}

func unary[F Float](op UnaryOp, v F) F {
	x := float64(v)
	switch op {
	case Copy:
		return v
	case Neg:
		return -v
	case Exp:
		return F(math.Exp(x))
	case Log:
		return F(math.Log(x))
	case Log1p:
		return F(math.Log1p(x))
	case Expm1:
		return F(math.Expm1(x))
	case Sqrt:
		return F(math.Sqrt(x))
	case Square:
		return v * v
	case Abs:
		return F(math.Abs(x))
	case Sign:
		return sign(v)
	case Tanh:
		return F(math.Tanh(x))
	case Sigmoid:
		return F(1 / (1 + math.Exp(-x)))
	case Softplus:
		return F(max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))))
	case ReLU:
		return max(v, 0)
	case Reciprocal:
		return 1 / v
	case Step:
		if v > 0 {
			return 1
		}
		return 0
	}
	panic("kernel: Unary: unknown function")
}

// sign is −1, 0 or 1, and NaN for NaN.
func sign[F Float](v F) F {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	case v == 0:
		return 0
	}
	return v
}
