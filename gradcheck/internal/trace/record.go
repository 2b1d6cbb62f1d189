package trace

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// A Source records a function as often as it is asked.
type Source struct {
	Precision tensor.Dtype // that the function's user computes in

	record func(dt tensor.Dtype) (*Function, error)
}

// Record records the function in a precision. Its code may refuse with an
// *autodiff.Error, which is returned.
func (s Source) Record(dt tensor.Dtype) (f *Function, err error) {
	defer autodiff.Catch(&err)
	return s.record(dt)
}

// Loss returns the source of a loss on one batch, whose variables are the
// parameters. Its precision is that of the first.
func Loss(loss autodiff.LossFunc, params []*autodiff.Param, batch autodiff.Batch) (Source, error) {
	if err := checkLoss(loss, params, batch); err != nil {
		return Source{}, err
	}
	return Source{params[0].Precision(), func(dt tensor.Dtype) (*Function, error) {
		return recordLoss(loss, params, batch, dt)
	}}, nil
}

// Op returns the source of any function of nodes. Its variables are the inputs of
// float32 or float64; those of int are labels. Its precision is float32 if an
// input is.
func Op(f func(in ...*autodiff.Node) *autodiff.Node, in []*tensor.Dense) (Source, error) {
	if err := checkOperands(f, in); err != nil {
		return Source{}, err
	}
	dt := tensor.Float64
	for _, v := range in {
		if v.Dtype() == tensor.Float32 {
			dt = tensor.Float32
		}
	}
	return Source{dt, func(dt tensor.Dtype) (*Function, error) { return recordOp(f, in, dt) }}, nil
}

// recordLoss records the loss with its parameters, then copies the graph with
// inputs in their place. Parameters of the loss that are not among params are
// fixed.
func recordLoss(loss autodiff.LossFunc, params []*autodiff.Param, batch autodiff.Batch, dt tensor.Dtype) (*Function, error) {
	g := autodiff.NewGraph(dt)
	x, y := dataNode(g, "batch.X", batch.X), dataNode(g, "batch.Y", batch.Y)
	more := make([]*autodiff.Node, len(batch.More))
	for i, m := range batch.More {
		more[i] = dataNode(g, m.Name, m.Value)
	}
	l, err := callLoss(loss, x, y)
	if err != nil {
		return nil, err
	}
	if err := checkNode("the loss", l, g); err != nil {
		return nil, err
	}
	f, r := &Function{loss: true}, NewReplay(autodiff.NewGraph(dt))
	if x != nil {
		f.fix(r, x, batch.X)
	}
	if y != nil {
		f.fix(r, y, batch.Y)
	}
	for i, n := range more {
		f.fix(r, n, batch.More[i].Value)
	}
	for _, p := range params {
		n := r.To.Input(p.Name(), p.Shape()...)
		r.Copies[g.Param(p)] = n
		f.Vars = append(f.Vars, n)
		f.Start = append(f.Start, dense.Floats(p.Value()))
	}
	for _, n := range Needed(l) {
		if p := n.Param(); p != nil && r.Copies[n] == nil {
			f.fix(r, n, p.Value())
		}
	}
	f.Output = r.Node(l)
	if len(l.Shape()) != 0 {
		return nil, fmt.Errorf("gradcheck: the loss has shape %v, not (); use Sum or Mean", l.Shape())
	}
	return f, nil
}

// callLoss records the loss. One that uses what the batch lacks, and so calls a
// method of a nil node, has the error that says so.
func callLoss(loss autodiff.LossFunc, x, y *autodiff.Node) (l *autodiff.Node, err error) {
	missing := ""
	switch {
	case x == nil:
		missing = "examples: X is nil"
	case y == nil:
		missing = "targets: Y is nil"
	default:
		return loss(x, y), nil
	}
	defer func() {
		r := recover()
		if e, ours := r.(*autodiff.Error); ours {
			err = e
		} else if r != nil {
			err = fmt.Errorf("gradcheck: the loss function panics for a batch without %s", missing)
		}
	}()
	return loss(x, y), nil
}

func recordOp(f func(in ...*autodiff.Node) *autodiff.Node, in []*tensor.Dense, dt tensor.Dtype) (*Function, error) {
	g := autodiff.NewGraph(dt)
	rec := &Function{}
	nodes := make([]*autodiff.Node, len(in))
	for i, v := range in {
		n := dataNode(g, fmt.Sprintf("in%d", i), v)
		nodes[i] = n
		if n.IsLabels() {
			rec.Fixed = append(rec.Fixed, Feed{n, v})
			continue
		}
		rec.Vars = append(rec.Vars, n)
		rec.Start = append(rec.Start, dense.Floats(v))
	}
	rec.Output = f(nodes...)
	return rec, checkNode("the function", rec.Output, g)
}
