// Package predict applies trained models to examples as they come: raw features
// in, scores, probabilities and classes out.
//
// A [Model] is all that a prediction needs, and [New] makes a [Predictor] of it:
//
//	p, err := predict.New(predict.Model{Layer: mlp, Shape: []int{784}, Transform: standardised})
//	classes, err := p.Classes(nil, pixels) // of one example, or of many one after another
//
// [Save] writes a whole model to a file and [Load] reads it, in a program that has
// never seen the training set. It can have every layer of package nn but for nn.Func;
// running statistics, as of an nn.BatchNorm, are kept with the weights.
//
// Layers do what they do outside of training: an nn.Dropout passes its input on, and
// an nn.BatchNorm uses its running statistics.
//
// Any number of goroutines may use one predictor. The weights are read where they
// are; nothing may train them meanwhile.
//
// A malformed model, an example of the wrong length and one with a NaN are errors.
package predict
