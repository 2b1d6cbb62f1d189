// Package classify is what the examples linear and mlp share: everything about
// learning to classify, or to predict values, but the model, which a [Program]
// makes. [Parse] reads the flags into [Settings], [Load] the examples they name, and
// a [Job] checks the gradient, trains, evaluates, draws and saves.
package classify
