package surface

import (
	"math"
	"math/rand/v2"
	"slices"

	"declive/autodiff"
	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/plane"
	"declive/losses"
	"declive/optim"
	"declive/optim/curvature"
	"declive/plot"
)

// A neuron is a model of two weights, f = tanh(w·x), with the points it learns.
type neuron struct {
	w         *autodiff.Param
	batch     autodiff.Batch
	objective *curvature.Objective
}

// newNeuron draws n points about (0.5, 0.3), to be answered by 1, and about
// (−0.5, −0.3), by −1.
func newNeuron(n int, rng *rand.Rand) (*neuron, error) {
	var x, y []float64
	for i := range n {
		sign := float64(2*(i%2) - 1)
		x = append(x, 0.5*sign+0.8*rng.NormFloat64(), 0.3*sign+0.4*rng.NormFloat64())
		y = append(y, sign)
	}
	u := &neuron{w: autodiff.NewParam("w", plane.Matrix(2, 1, 0, 0))}
	u.batch = autodiff.Batch{X: plane.Matrix(n, 2, x...), Y: plane.Matrix(n, 1, y...)}
	var err error
	u.objective, err = curvature.NewObjective(u.loss, []*autodiff.Param{u.w}, u.batch)
	return u, err
}

// loss is the mean squared error of the neuron's answers.
func (u *neuron) loss(x, y *autodiff.Node) *autodiff.Node {
	return losses.Squared(x.MatMul(x.Graph().Param(u.w)).Tanh(), y)
}

// descend takes steps of gradient descent from a start and returns the way.
func (u *neuron) descend(start []float64, rate float64, steps int) (plane.Way, error) {
	weights := u.w.Value().Float64s()
	copy(weights, start)
	trainer, err := optim.NewTrainer(u.loss, []*autodiff.Param{u.w}, optim.GradientDescent{LearningRate: rate})
	if err != nil {
		return nil, err
	}
	way := plane.Way{slices.Clone(weights)}
	for range steps {
		if _, err := trainer.Step(u.batch); err != nil {
			return nil, err
		}
		way = append(way, slices.Clone(weights))
	}
	return way, nil
}

// radius is that of the circle on which a level curve is looked for. The angle
// that it leads to is off by about its square.
const radius = 1e-4

// angles returns, for each step of a way, the angle in degrees between the step
// and the level curve that it starts on.
func (u *neuron) angles(way plane.Way) ([]float64, error) {
	var all []float64
	for i := range len(way) - 1 {
		step := []float64{way[i+1][0] - way[i][0], way[i+1][1] - way[i][1]}
		along, err := tangent(u.objective, way[i], step, radius)
		if err != nil {
			return nil, err
		}
		all = append(all, angle(step, along))
	}
	return all, nil
}

// angle returns the angle between two directions, 0 to 180 degrees. The
// arctangent keeps its digits where the arccosine would lose half of them.
func angle(a []float64, b [2]float64) float64 {
	dot, cross := a[0]*b[0]+a[1]*b[1], a[0]*b[1]-a[1]*b[0]
	return math.Atan2(math.Abs(cross), dot) * 180 / math.Pi
}

// slopes returns the gradient at n by n points inside a box, as arrows against it.
func (u *neuron) slopes(b plot.Box, n int) (plot.Arrows, error) {
	defer u.objective.Move(u.objective.Point())
	a := plot.Arrows{Name: "−gradient", Style: plot.Style{Color: plot.Blue, Width: 1}}
	g := make([]float64, 2)
	inset := 0.5 / float64(n)
	dx, dy := inset*(b.Right-b.Left), inset*(b.Top-b.Bottom)
	for _, x := range lesson.Between(b.Left+dx, b.Right-dx, n) {
		for _, y := range lesson.Between(b.Bottom+dy, b.Top-dy, n) {
			if err := u.objective.Move([]float64{x, y}); err != nil {
				return a, err
			}
			if _, err := u.objective.Gradient(g); err != nil {
				return a, err
			}
			a.X, a.Y = append(a.X, x), append(a.Y, y)
			a.DX, a.DY = append(a.DX, -g[0]), append(a.DY, -g[1])
		}
	}
	return a, nil
}
