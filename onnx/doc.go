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
// Layers of package nn but for nn.Func can be written. Nothing is read.
package onnx
