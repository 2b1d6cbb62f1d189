// Package slope turns numbers along a line into a derivative with an estimated error.
//
// A [Ladder] says at which steps a function is evaluated. [Measure] makes of the
// outputs there the rungs, differences with their noise, and [Extrapolate] makes of
// the rungs a [Slope]: by Richardson's extrapolation, where every entry of the tableau
// is judged by its neighbours (Ridders 1982), and with the slopes of both sides, which
// differ at a kink. Nothing here evaluates a function.
package slope
