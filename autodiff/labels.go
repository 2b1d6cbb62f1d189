package autodiff

import "fmt"

// Pick returns from each row of a matrix the element that the row's label
// names: with scores s and labels y, the score of the right class.
//
//	pᵢ = s[i, yᵢ]    shape (n, 1) for s of shape (n, k) and y of shape (n)
//	ds[i, j] = dpᵢ where j = yᵢ, else 0
//
// It panics with an [*Error] if s is no matrix or y not as many labels as s has
// rows. A label outside 0 … k−1 is an error of the run that it is fed to.
func (s *Node) Pick(y *Node) *Node { return s.graph.apply(pick{}, s, y) }

type pick struct{}

func (pick) name() string   { return "Pick" }
func (pick) traits() Traits { return Traits{} }

func (pick) shape(in []*Node) (Shape, string) {
	s, y := in[0], in[1]
	switch {
	case s.IsLabels() || len(s.shape) != 2:
		return nil, "the first operand must be a matrix"
	case !y.IsLabels():
		return nil, "the second operand must be labels"
	case y.shape[0] != s.shape[0]:
		return nil, fmt.Sprintf("%d labels for %d rows", y.shape[0], s.shape[0])
	}
	return Shape{s.shape[0], 1}, ""
}

func (pick) vjp(n, dp *Node) []*Node {
	s, y := n.inputs[0], n.inputs[1]
	return []*Node{y.OneHot(s.shape[1]).Where(dp, n.graph.Scalar(0)), nil}
}

// below returns what the labels must stay below.
func (pick) below(n *Node, _ int) int { return n.inputs[0].shape[1] }

func (pick) reference(n *Node, in [][]float64, out []float64) {
	k := n.inputs[0].shape[1]
	for i := range out {
		out[i] = in[0][i*k+int(in[1][i])]
	}
}

// OneHot returns for labels of shape (n) a matrix of shape (n, classes) with 1
// in each row at the label's column and 0 elsewhere. It panics with an [*Error]
// if y is not labels or classes is negative. A label outside 0 … classes−1 is an
// error of the run that it is fed to.
func (y *Node) OneHot(classes int) *Node { return y.graph.apply(oneHot{classes: classes}, y) }

type oneHot struct {
	flat
	classes int
}

func (oneHot) name() string        { return "OneHot" }
func (oneHot) traits() Traits      { return Traits{Flat: true} }
func (o oneHot) attributes() []int { return []int{o.classes} }

func (o oneHot) shape(in []*Node) (Shape, string) {
	switch {
	case !in[0].IsLabels():
		return nil, "the operand must be labels"
	case o.classes < 0:
		return nil, fmt.Sprintf("%d classes", o.classes)
	}
	return Shape{in[0].shape[0], o.classes}, ""
}

func (o oneHot) below(*Node, int) int { return o.classes }

func (o oneHot) reference(_ *Node, in [][]float64, out []float64) {
	for i, y := range in[0] {
		out[i*o.classes+int(y)] = 1
	}
}
