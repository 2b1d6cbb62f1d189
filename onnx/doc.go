// Package onnx writes models in the Open Neural Network Exchange format, which
// ONNX Runtime and most frameworks read, https://onnx.ai/onnx/.
//
//	err := onnx.Save("model.onnx", m) // a predict.Model
//
// The graph takes "x", raw features of shape (batch, shape of an example), any number
// of examples at a time, and gives "scores", as predict.Predictor.Scores does. The
// transform of features and that of a regression's targets are part of it. Operators
// are those of version 17; names of classes and features are in the metadata.
//
// Images keep our order (batch, height, width, channels): operators that want channels
// first stand between two of Transpose. Weights of nn.Conv2D are written in the order
// (out, in, rows, columns), all other parameters as they are. Layers do what they do
// outside of training: nn.Dropout is nothing, and nn.BatchNorm has its running mean,
// and a constant for its running variance and ε.
//
// Layers of package nn but for nn.Func can be written; an nn.AvgPool2D only with
// padding below its size. Programs need not have each operator for float64, so models
// to be shared are best of float32. Nothing is read.
package onnx
