// Package trace holds functions that are recorded as graphs, for a checker that
// evaluates them, differentiates them, looks inside and changes them.
//
// [Loss] and [Op] take what is to be recorded, and [Source.Record] records it in
// either precision. A [Function] has its variables as inputs; [Function.Eval] and
// [Function.VJP] turn it and its gradient into Go functions, [Function.Values]
// computes what every node holds at a point, and [Function.Open] copies it with
// something changed.
//
// Arguments that cannot be recorded are errors, which name the public function's
// package.
package trace
