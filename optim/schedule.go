package optim

import "math"

// A Schedule is a factor of the learning rate as a function of the step t = 1,
// 2, …; see [Scheduled]. Any function will do. A factor that is zero, negative
// or not a number makes a rate that the trainer refuses, naming the step and
// the value; so do arguments for which the formulas here have no meaning.
type Schedule func(step int) float64

// Constant returns the same factor for every step.
func Constant(factor float64) Schedule { return func(int) float64 { return factor } }

// StepDecay multiplies by factor after every so many steps:
//
//	factor^⌊(t − 1)/every⌋
func StepDecay(every int, factor float64) Schedule {
	return meaningful(every > 0, func(t int) float64 {
		return math.Pow(factor, float64((t-1)/every))
	})
}

// Exponential multiplies by decay at every step:
//
//	decay^(t − 1)
func Exponential(decay float64) Schedule {
	return func(t int) float64 { return math.Pow(decay, float64(t-1)) }
}

// InverseTime falls like 1/t, which meets the conditions of Robbins and Monro
// (A stochastic approximation method, 1951): the rates sum to infinity, their
// squares do not.
//
//	1/(1 + decay·(t − 1))
func InverseTime(decay float64) Schedule {
	return meaningful(decay >= 0, func(t int) float64 { return 1 / (1 + decay*float64(t-1)) })
}

// Cosine falls from 1 to floor along half a cosine over the given number of
// steps and stays there (Loshchilov and Hutter, SGDR: stochastic gradient
// descent with warm restarts, arXiv 1608.03983, without the restarts):
//
//	floor + (1 − floor)·½·(1 + cos(π·min((t − 1)/steps, 1)))
//
// With floor 0 the rate is positive for all of the steps and refused after.
func Cosine(steps int, floor float64) Schedule {
	return meaningful(steps > 0, func(t int) float64 {
		done := min(float64(t-1)/float64(steps), 1)
		return floor + (1-floor)*0.5*(1+math.Cos(math.Pi*done))
	})
}

// CosineRestarts is [Cosine] begun again each time that it is at its end, every time
// over grow times as many steps (the paper's Tᵢ and T_mult). Grow 1 keeps the
// length; less has no meaning.
func CosineRestarts(steps int, grow, floor float64) Schedule {
	return meaningful(steps > 0 && grow >= 1, func(t int) float64 {
		at, length := float64(t-1), float64(steps)
		if grow == 1 {
			at = math.Mod(at, length)
		}
		for at >= length {
			at, length = at-length, length*grow
		}
		return floor + (1-floor)*0.5*(1+math.Cos(math.Pi*at/length))
	})
}

// Polynomial falls from 1 to floor over the given number of steps and stays there:
//
//	floor + (1 − floor)·(1 − min((t − 1)/steps, 1))^power
func Polynomial(steps int, power, floor float64) Schedule {
	return meaningful(steps > 0 && power > 0, func(t int) float64 {
		return floor + (1-floor)*math.Pow(1-min(float64(t-1)/float64(steps), 1), power)
	})
}

// Linear falls in a straight line from 1 to floor over the given number of steps and
// stays there: [Polynomial] of power 1.
func Linear(steps int, floor float64) Schedule { return Polynomial(steps, 1, floor) }

// OneCycle rises along half a cosine from 1/25 to 1 over the given part of the steps,
// and falls along another to floor over the rest, where it stays (Smith and Topin,
// Super-convergence, arXiv 1708.07120):
//
//	1/25 + (1 − 1/25)·½·(1 − cos(π·t/rise))             t up to rise = part·steps
//	floor + (1 − floor)·½·(1 + cos(π·(t − rise)/(steps − rise)))
//
// Part is between 0 and 1. With floor 0 the last step has no rate and is refused.
func OneCycle(steps int, part, floor float64) Schedule {
	rise := part * float64(steps)
	return meaningful(steps > 0 && part > 0 && part < 1, func(t int) float64 {
		at := float64(t)
		if at <= rise {
			return 1.0/25 + (1-1.0/25)*0.5*(1-math.Cos(math.Pi*at/rise))
		}
		done := min((at-rise)/(float64(steps)-rise), 1)
		return floor + (1-floor)*0.5*(1+math.Cos(math.Pi*done))
	})
}

// OneCycleMomentum is the factor of the momentum that goes with [OneCycle]: it falls
// along half a cosine from 1 to floor while the rate rises, and rises to 1 again while
// that falls, for [ScheduledMomentum],
//
//	1 − (1 − floor)·½·(1 − cos(π·t/rise))                    t up to rise = part·steps
//	1 − (1 − floor)·½·(1 + cos(π·(t − rise)/(steps − rise)))
func OneCycleMomentum(steps int, part, floor float64) Schedule {
	rise := part * float64(steps)
	return meaningful(steps > 0 && part > 0 && part < 1, func(t int) float64 {
		at := float64(t)
		if at <= rise {
			return 1 - (1-floor)*0.5*(1-math.Cos(math.Pi*at/rise))
		}
		done := min((at-rise)/(float64(steps)-rise), 1)
		return 1 - (1-floor)*0.5*(1+math.Cos(math.Pi*done))
	})
}

// WarmUp rises in a straight line to 1 over the given number of steps, for use
// inside another schedule:
//
//	min(t/steps, 1)
func WarmUp(steps int) Schedule {
	return meaningful(steps > 0, func(t int) float64 {
		return min(float64(t)/float64(steps), 1)
	})
}

// meaningful returns f, or where its arguments have no meaning a schedule that
// is not a number and so is refused at the first step.
func meaningful(ok bool, f Schedule) Schedule {
	if ok {
		return f
	}
	return Constant(math.NaN())
}
