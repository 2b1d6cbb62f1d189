package nn

import "declive/autodiff"

// ForwardSparse records S·Wᵀ + b for examples of which few features are not 0, in
// the time that those take. It panics with an [*autodiff.Error] if S does not go with
// W or W is nil.
//
// The first layer of a network on batches of [autodiff.SparseMore] is
//
//	l.ForwardSparse(x.Graph().GivenSparse())
func (l *Linear) ForwardSparse(s autodiff.Sparse) *autodiff.Node {
	made("nn.Linear", l)
	need("nn.Linear", s.Values)
	g := s.Values.Graph()
	y := s.MatMul(g.Param(l.Weight).T())
	if l.Bias == nil {
		return y
	}
	return y.Add(g.Param(l.Bias))
}
