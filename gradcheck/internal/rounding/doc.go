// Package rounding says what the rounding of a function, and of its gradient, hides
// of its slopes.
//
// [Measure] looks at a [subject.Subject] once, before its slopes are measured:
//
//   - how far each output is off, from differences over a few units in the last place;
//   - how large the numbers are that the outputs are made of, which may be more than
//     the outputs, where terms cancel;
//   - from where on a gradient is nothing but rounding;
//   - how far a gradient that is computed in float32 is off.
//
// [Resolution.Grain] looks further away, the first time it is asked, and
// [Resolution.Slope] turns outputs along a ladder into a slope, with the thresholds
// below which it cannot be told from 0.
package rounding
