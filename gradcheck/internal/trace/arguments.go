package trace

import (
	"errors"
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/record"
)

// checkLoss refuses what a loss's gradient cannot be checked with.
func checkLoss(loss autodiff.LossFunc, params []*autodiff.Param, batch autodiff.Batch) error {
	switch {
	case loss == nil:
		return errors.New("gradcheck: the loss function is nil")
	case len(params) == 0:
		return errors.New("gradcheck: there are no parameters")
	case batch.X == nil && batch.Y == nil:
		return errors.New("gradcheck: the batch is empty: X and Y are nil")
	}
	seen := map[*autodiff.Param]bool{}
	for i, p := range params {
		if err := p.Check(); err != nil {
			return fmt.Errorf("gradcheck: parameter %d: %w", i, err)
		}
		if seen[p] {
			return fmt.Errorf("gradcheck: parameter %s is given twice", p.Name())
		}
		seen[p] = true
	}
	if err := record.Check(batch); err != nil {
		return fmt.Errorf("gradcheck: %w", err)
	}
	return nil
}

// checkOperands refuses what a function of nodes cannot be checked with.
func checkOperands(f func(in ...*autodiff.Node) *autodiff.Node, in []*tensor.Dense) error {
	if f == nil {
		return errors.New("gradcheck: the function is nil")
	}
	variables := 0
	for i, v := range in {
		reason := ""
		if v != nil && v.Dtype() == tensor.Int {
			reason = dense.Labels(v)
		} else {
			variables++
			reason = dense.Numbers(v)
		}
		if reason != "" {
			return fmt.Errorf("gradcheck: operand %d: %s", i, reason)
		}
	}
	if variables == 0 {
		return errors.New("gradcheck: no operand is of float32 or float64: there is nothing to differentiate with respect to")
	}
	return nil
}

// checkNode refuses what a function returned that is no node of the graph of its
// arguments.
func checkNode(what string, n *autodiff.Node, g *autodiff.Graph) error {
	switch {
	case n == nil:
		return fmt.Errorf("gradcheck: %s returned nil, want a node", what)
	case n.Graph() != g:
		return fmt.Errorf("gradcheck: %s returned a node of another graph; record it from the arguments", what)
	case n.IsLabels():
		return fmt.Errorf("gradcheck: %s returned labels, want numbers", what)
	}
	return nil
}
