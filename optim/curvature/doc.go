// Package curvature looks at a loss as a function of all weights together: its
// slope, its second derivatives, and what they say about where to go.
//
// An [Objective] is that function on one batch, with gradient, products with the
// Hessian and, for small models, the Hessian itself:
//
//	o, err := curvature.NewObjective(loss, model.Params(), batch)
//	loss, err := o.Gradient(g)
//	err = o.HessianProduct(hv, v)
//	point, err := curvature.Classify(o, curvature.Criteria{})
//
// [Classify] says whether a point is a minimum, a saddle or neither, from the
// eigenvalues that [Objective.ExtremeEigenpairs] approximates where the Hessian
// is too large. A [Descent] lowers a loss by a [Method]: [Newton],
// [SaddleFreeNewton] or one of the caller's, such as the numerical gradient of its
// Example. [Objective.Minimise] hands the objective to gonum's optimize.
//
// All is computed in float64. Everything that can go wrong is an error; a descent
// whose loss or step is not finite returns an [*optim.DivergedError] and has
// changed nothing. An objective is used from one goroutine.
package curvature
