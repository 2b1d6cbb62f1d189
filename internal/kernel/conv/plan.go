package conv

import (
	"fmt"
	"math"

	"declive/internal/kernel"
	"declive/internal/kernel/gemm"
	"declive/internal/kernel/vec"
)

// A Plan is how to compute one role of convolutions of one shape.
//
// It holds the operands of a call while it runs: it serves one goroutine at a
// time.
type Plan[F kernel.Float] struct {
	Geometry
	role                      Role
	kernels                   *kernels[F]
	lenA, lenB, lenC, lenBias int

	stages []stage[F]
	cores  []core[F]
	shared memory // of the workspace: what all cores use,
	each   memory // and what each has for itself
	bias   piece  // of shared: the bias, or zeros, in whole vectors

	a, b, c []F
	alpha   F // of the gradient of the weights
	beta    F
	act     vec.UnaryOp
	floor   F   // the least result: 0 for ReLU, else −∞
	common  []F // the shared workspace
	stage   *stage[F]
	shares  *shares
	work    func(core, part int) // does a part of the stage
}

// A stage is a step of a plan: parts that do not depend on each other, which
// follow from the shape alone.
type stage[F kernel.Float] struct {
	parts int
	do    func(c *core[F], part int)
}

// A core is what one of those who share a stage has for itself.
type core[F kernel.Float] struct {
	workspace []F
	product   product[F]
	transform transform[F]
}

// New plans a role of convolutions of shape g. It panics if there are none.
func New[F kernel.Float](g Geometry, role Role) *Plan[F] {
	if reason := g.Reason(); reason != "" {
		panic("conv: " + reason)
	}
	return newPlan[F](g, role, choose[F](g, role))
}

// newPlan is New with the algorithm to use, which tests choose.
func newPlan[F kernel.Float](g Geometry, role Role, by algorithm) *Plan[F] {
	p := &Plan[F]{Geometry: g, role: role, kernels: kernelsInUse[F]()}
	p.lenA, p.lenB, p.lenC = g.operands(role)
	p.lenBias = g.channels(role)
	p.bias = p.shared.take(kernel.RoundUp(max(p.C, p.K), p.kernels.lanes))
	switch {
	case min(p.lenA, p.lenB, p.lenC) == 0:
		p.planEmpty()
	case by == winograd && role == Weights:
		planWinogradWeights(p)
	case by == winograd:
		planWinograd(p)
	case role == Weights:
		planWeights(p)
	default:
		planDirect(p)
	}
	p.shares = newShares(p.mostParts())
	p.cores = make([]core[F], p.shares.cores)
	p.work = func(core, part int) { p.stage.do(&p.cores[core], part) }
	return p
}

// alone is the number of multiplications and additions up to which one core is
// faster than several.
const alone = 1 << 18

// mostParts is the number of parts that can be done at once.
func (p *Plan[F]) mostParts() int {
	if p.Flops() <= alone {
		return 1
	}
	most := 1
	for _, s := range p.stages {
		most = max(most, s.parts)
	}
	return most
}

// Workspace returns the number of elements of the memory that Run computes with:
// what all cores share, and what each of GOMAXPROCS cores needs at the time of
// planning. Its contents between runs do not matter.
func (p *Plan[F]) Workspace() int {
	slack := kernel.Line / kernel.Size[F]()
	return p.shared.size + len(p.cores)*p.each.size + slack
}

// Run computes the role of the operands a and b into c, see [Role]. The bias, if
// there is one, is added to every pixel of the result, and the activation applied
// last; the gradient of the weights has neither. The workspace holds at least
// Workspace elements and none of the operands.
//
// Run does not allocate, and panics before it writes if a slice is too short.
func (p *Plan[F]) Run(a, b, c []F, ep gemm.Epilogue[F], workspace []F) {
	p.check(a, b, c, ep, workspace)
	p.alpha, p.beta = 1, 0
	p.run(a, b, c, ep, workspace)
}

// Add computes c = alpha·dw + beta·c for the gradient dw of the weights of x and dy:
// a sum over several batches, or a step of gradient descent. Otherwise it is Run.
func (p *Plan[F]) Add(alpha F, x, dy []F, beta F, c []F, workspace []F) {
	if p.role != Weights {
		panic(fmt.Sprintf("conv: the %v product adds to nothing, only that of the weights does", p.role))
	}
	p.check(x, dy, c, gemm.Epilogue[F]{}, workspace)
	p.alpha, p.beta = alpha, beta
	p.run(x, dy, c, gemm.Epilogue[F]{}, workspace)
}

func (p *Plan[F]) run(a, b, c []F, ep gemm.Epilogue[F], workspace []F) {
	p.a, p.b, p.c, p.act = a[:p.lenA], b[:p.lenB], c[:p.lenC], ep.Act
	p.floor = lowest[F]()
	if ep.Act == vec.ReLU {
		p.floor, p.act = 0, vec.Copy
	}
	p.divide(kernel.FromLine(workspace))
	bias := in(p.bias, p.common)
	clear(bias[copy(bias, ep.Bias[:min(len(ep.Bias), p.lenBias)]):])
	for i := range p.stages {
		p.stage = &p.stages[i]
		p.shares.run(p.stage.parts, p.work)
	}
	p.a, p.b, p.c, p.common = nil, nil, nil, nil
	for i := range p.cores {
		p.cores[i].release()
	}
}

// lowest is the floor of results that may be anything.
func lowest[F kernel.Float]() F { return F(math.Inf(-1)) }

// divide gives the workspace to the cores.
func (p *Plan[F]) divide(workspace []F) {
	p.common, workspace = workspace[:p.shared.size], workspace[p.shared.size:]
	for i := range p.cores {
		p.cores[i].workspace = workspace[:p.each.size]
		workspace = workspace[p.each.size:]
	}
}

// release forgets the memory of a call.
func (c *core[F]) release() {
	c.workspace = nil
	c.product.release()
	c.transform = transform[F]{}
}

// activate applies the activation to finished results, if no kernel has.
func (p *Plan[F]) activate(c []F) {
	if p.act != vec.Copy {
		vec.Unary(p.act, c, c)
	}
}

// finish stores gradients of the weights.
func (p *Plan[F]) finish(c, dw []F) {
	switch {
	case p.beta != 0:
		vec.Axpby(p.alpha, dw, p.beta, c)
	case p.alpha != 1:
		for i, v := range dw {
			c[i] = p.alpha * v
		}
	default:
		copy(c, dw)
	}
}

// planEmpty plans a role with an operand or a result without elements.
func (p *Plan[F]) planEmpty() {
	p.stages = []stage[F]{{1, func(*core[F], int) {
		if p.role == Weights && p.beta != 0 {
			for i := range p.c {
				p.c[i] *= p.beta
			}
			return
		}
		bias := in(p.bias, p.common)
		for i := range p.c {
			p.c[i] = max(bias[i%p.lenBias], p.floor)
		}
		p.activate(p.c)
	}}}
}

// check panics with the reason why Run cannot begin.
func (p *Plan[F]) check(a, b, c []F, ep gemm.Epilogue[F], workspace []F) {
	for _, x := range [...]struct {
		name      string
		got, want int
	}{{"A", len(a), p.lenA}, {"B", len(b), p.lenB}, {"C", len(c), p.lenC}, {"workspace", len(workspace), p.Workspace()}} {
		if x.got < x.want {
			panic(fmt.Sprintf("conv: %s of the %v product has %d elements, want %d", x.name, p.role, x.got, x.want))
		}
	}
	switch {
	case ep.Bias != nil && len(ep.Bias) < p.lenBias:
		panic(fmt.Sprintf("conv: bias has %d elements, want %d", len(ep.Bias), p.lenBias))
	case p.role == Weights && (ep.Bias != nil || ep.Act != vec.Copy):
		panic("conv: the gradient of the weights takes no bias and no activation")
	}
}
