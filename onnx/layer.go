package onnx

import (
	"fmt"
	"math"

	"declive/autodiff"
	"declive/nn"
)

// layer adds a layer of x, and returns the name of what it computes.
func (g *graph) layer(l nn.Layer, x string) (string, error) {
	switch l := l.(type) {
	case nn.Sequential:
		return g.sequential(l, x)
	case nn.Residual:
		return g.residual(l, x)
	case *nn.Linear:
		return g.linear(l, x)
	case *nn.Conv2D:
		return g.convolution(l, x)
	case nn.MaxPool2D:
		return g.onImages("MaxPool", windows(besides(l.Window, l.Size), l.Size, l.Size), x), nil
	case nn.AvgPool2D:
		return g.average(l, x)
	case nn.GlobalPool:
		return g.global(l, x), nil
	case *nn.BatchNorm:
		return g.batchNorm(l, x)
	case *nn.LayerNorm:
		return g.affine(g.normalise(x, l.Epsilon, -1), l.Scale, l.Shift)
	case *nn.RMSNorm:
		return g.affine(g.overRoot(x, l.Epsilon, -1), l.Scale, nil)
	case *nn.GroupNorm:
		return g.groupNorm(l, x)
	case nn.Dropout:
		return x, nil // which it passes on outside of training
	case nn.Flatten:
		return g.node("Flatten", x), nil // its axis is 1 where none is given
	case nn.ReLU:
		return g.node("Relu", x), nil
	case nn.Tanh:
		return g.node("Tanh", x), nil
	case nn.Sigmoid:
		return g.node("Sigmoid", x), nil
	case nn.GELU:
		return g.gelu(l, x)
	case nn.Scale:
		return g.node("Mul", x, g.number(l.Factor)), nil
	case nn.SiLU:
		return g.node("Mul", g.node("Sigmoid", x), x), nil
	}
	return "", fmt.Errorf("a %T cannot be written", l)
}

func (g *graph) sequential(s nn.Sequential, x string) (string, error) {
	for i, inner := range s {
		var err error
		if x, err = g.layer(inner, x); err != nil {
			return "", fmt.Errorf("layer %d: %w", i, err)
		}
	}
	return x, nil
}

// residual adds Body(x) + Shortcut(x).
func (g *graph) residual(l nn.Residual, x string) (string, error) {
	body, err := g.layer(l.Body, x)
	if err != nil {
		return "", fmt.Errorf("body: %w", err)
	}
	shortcut := x
	if l.Shortcut != nil {
		if shortcut, err = g.layer(l.Shortcut, x); err != nil {
			return "", fmt.Errorf("shortcut: %w", err)
		}
	}
	return g.node("Add", body, shortcut), nil
}

// linear adds x·Wᵀ + b.
func (g *graph) linear(l *nn.Linear, x string) (string, error) {
	in, err := g.params(x, l.Weight, l.Bias)
	if err != nil {
		return "", err
	}
	return g.nodeWith("Gemm", []attribute{{name: "transB", value: 1}}, in...), nil
}

// gelu adds a GELU, for which this version has no operator:
//
//	x·(1 + erf(x/√2))/2,  x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2 or x·σ(1.702·x)
func (g *graph) gelu(l nn.GELU, x string) (string, error) {
	by := func(s string, factor float64) string { return g.node("Mul", s, g.number(factor)) }
	var odd string
	switch l.Form {
	case nn.GELUExact:
		odd = g.node("Erf", by(x, math.Sqrt2/2))
	case nn.GELUTanh:
		inner := g.node("Add", by(g.node("Mul", x, x), 0.044715), g.number(1))
		odd = g.node("Tanh", by(g.node("Mul", inner, x), math.Sqrt2/math.SqrtPi))
	case nn.GELUSigmoid:
		return g.node("Mul", x, g.node("Sigmoid", by(x, 1.702))), nil
	default:
		return "", fmt.Errorf("an nn.GELU of the form %q cannot be written", l.Form)
	}
	return g.node("Mul", by(x, 0.5), g.node("Add", odd, g.number(1))), nil
}

// params returns the operands x and the parameters that there are.
func (g *graph) params(x string, params ...*autodiff.Param) ([]string, error) {
	in := []string{x}
	for _, p := range params {
		if p == nil {
			continue
		}
		name, err := g.param(p)
		if err != nil {
			return nil, err
		}
		in = append(in, name)
	}
	return in, nil
}
