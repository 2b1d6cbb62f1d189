package optim_test

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/optim"
)

// descend prints the two weights that a rule finds in three steps from (1, 1) down
//
//	L = ½·(w₁² + 100·w₂²)    dL/dw = (w₁, 100·w₂)
//
// a valley that is a hundred times steeper across than along.
func descend(rule optim.Rule) {
	w := autodiff.NewParam("w", vector(1, 1))
	loss := func(x, _ *autodiff.Node) *autodiff.Node {
		return x.Mul(x.Graph().Param(w).Square()).Sum().MulScalar(0.5)
	}
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, rule)
	if err != nil {
		fmt.Println(err)
		return
	}
	valley := autodiff.Batch{X: tensor.New(tensor.WithShape(1, 2), tensor.WithBacking([]float64{1, 100}))}
	for range 3 {
		if _, err := trainer.Step(valley); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%.3f ", w.Value().Data())
	}
	fmt.Println()
}

// A rate that suits the steep direction is slow along the valley.
func ExampleSGD() {
	descend(optim.SGD{LearningRate: 0.008})
	// Output: [0.992 0.200] [0.984 0.040] [0.976 0.008]
}

// With all examples in every minibatch, SGD is gradient descent.
func ExampleGradientDescent() {
	descend(optim.GradientDescent{LearningRate: 0.008})
	// Output: [0.992 0.200] [0.984 0.040] [0.976 0.008]
}

// A velocity swings through the steep direction and gathers speed along the
// valley.
func ExampleMomentum() {
	descend(optim.Momentum{LearningRate: 0.008})
	// Output: [0.992 0.200] [0.977 -0.680] [0.955 -0.928]
}

// The gradient is taken ahead, which damps the swing.
func ExampleNesterov() {
	descend(optim.Nesterov{LearningRate: 0.008})
	// Output: [0.985 -0.520] [0.963 -0.378] [0.936 -0.050]
}

// Steps in both directions are equal, and shrink.
func ExampleAdaGrad() {
	descend(optim.AdaGrad{LearningRate: 0.2})
	// Output: [0.800 0.800] [0.675 0.675] [0.582 0.582]
}

// Steps in both directions are equal, and go on.
func ExampleRMSProp() {
	descend(optim.RMSProp{LearningRate: 0.05})
	// Output: [0.842 0.842] [0.737 0.737] [0.654 0.654]
}

// The first steps have the length of the rate.
func ExampleAdam() {
	descend(optim.Adam{LearningRate: 0.2})
	// Output: [0.800 0.800] [0.602 0.602] [0.410 0.410]
}

// The decay is part of the gradient.
func ExampleWeightDecay() {
	descend(optim.WeightDecay(optim.SGD{LearningRate: 0.008}, 10))
	// Output: [0.912 0.120] [0.832 0.014] [0.759 0.002]
}

// Adam with decoupled weight decay is AdamW.
func ExampleDecoupledWeightDecay() {
	descend(optim.DecoupledWeightDecay(optim.Adam{LearningRate: 0.2}, 0.5))
	// Output: [0.700 0.700] [0.435 0.435] [0.206 0.206]
}

// A limit of 1 on the gradient makes the first steps equal.
func ExampleClipValue() {
	descend(optim.ClipValue(optim.SGD{LearningRate: 0.2}, 1))
	// Output: [0.800 0.800] [0.640 0.600] [0.512 0.400]
}

// factors prints a schedule's factor at some steps.
func factors(s optim.Schedule, steps ...int) {
	for _, t := range steps {
		fmt.Printf("%d: %.4g  ", t, s(t))
	}
	fmt.Println()
}

func ExampleConstant() {
	factors(optim.Constant(0.5), 1, 1000)
	// Output: 1: 0.5  1000: 0.5
}

// Half the rate after every 100 steps.
func ExampleStepDecay() {
	factors(optim.StepDecay(100, 0.5), 1, 100, 101, 201)
	// Output: 1: 1  100: 1  101: 0.5  201: 0.25
}

func ExampleExponential() {
	factors(optim.Exponential(0.99), 1, 2, 101)
	// Output: 1: 1  2: 0.99  101: 0.366
}

func ExampleInverseTime() {
	factors(optim.InverseTime(0.01), 1, 101, 901)
	// Output: 1: 1  101: 0.5  901: 0.1
}

// From 1 to a hundredth in 1000 steps.
func ExampleCosine() {
	factors(optim.Cosine(1000, 0.01), 1, 251, 501, 1001, 2000)
	// Output: 1: 1  251: 0.855  501: 0.505  1001: 0.01  2000: 0.01
}

func ExampleWarmUp() {
	factors(optim.WarmUp(100), 1, 50, 100, 101)
	// Output: 1: 0.01  50: 0.5  100: 1  101: 1
}

// Every weight moves by the rate, whatever the size of its gradient.
func ExampleLion() {
	descend(optim.Lion{LearningRate: 0.25})
	// Output: [0.750 0.750] [0.500 0.500] [0.250 0.250]
}

// Adam that looks ahead.
func ExampleNAdam() {
	descend(optim.NAdam{LearningRate: 0.25})
	// Output: [0.632 0.632] [0.380 0.380] [0.171 0.171]
}

// The first steps are those of momentum; the mean of squares is trusted later.
func ExampleRAdam() {
	descend(optim.RAdam{LearningRate: 0.02})
	// Output: [0.980 -1.000] [0.960 -0.895] [0.941 -0.168]
}

// The velocity adds up gradients, to be followed at the rate of each step.
func ExampleNesterov_ofGradients() {
	descend(optim.Nesterov{LearningRate: 0.008, Momentum: 0.5, OfGradients: true})
	// Output: [0.988 -0.200] [0.974 -0.160] [0.959 -0.028]
}

// The momentum falls while the rate rises.
func ExampleScheduledMomentum() {
	rule := optim.Scheduled(optim.Nesterov{LearningRate: 0.04, Momentum: 0.95}, optim.OneCycle(1000, 0.3, 0.01))
	descend(optim.ScheduledMomentum(rule, optim.OneCycleMomentum(1000, 0.3, 0.85/0.95)))
	// Output: [0.997 0.688] [0.992 0.328] [0.986 -0.012]
}

// From 1 to 0.9 and back.
func ExampleOneCycleMomentum() {
	factors(optim.OneCycleMomentum(1000, 0.3, 0.9), 1, 150, 300, 650, 1000)
	// Output: 1: 1  150: 0.95  300: 0.9  650: 0.95  1000: 1
}

// From 1/25 up to 1 and down to 1/100.
func ExampleOneCycle() {
	factors(optim.OneCycle(1000, 0.3, 0.01), 1, 150, 300, 650, 1000)
	// Output: 1: 0.04003  150: 0.52  300: 1  650: 0.505  1000: 0.01
}

// Two cosines, the second over twice as many steps.
func ExampleCosineRestarts() {
	factors(optim.CosineRestarts(100, 2, 0.1), 1, 51, 101, 201, 301)
	// Output: 1: 1  51: 0.55  101: 1  201: 0.55  301: 1
}

func ExampleLinear() {
	factors(optim.Linear(100, 0.1), 1, 51, 101, 200)
	// Output: 1: 1  51: 0.55  101: 0.1  200: 0.1
}

func ExamplePolynomial() {
	factors(optim.Polynomial(100, 2, 0.1), 1, 51, 101, 200)
	// Output: 1: 1  51: 0.325  101: 0.1  200: 0.1
}
