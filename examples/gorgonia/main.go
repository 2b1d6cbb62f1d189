// Command gorgonia trains small models that are written for Gorgonia on both of
// their machines: Gorgonia's tape machine, and Declive's, which takes its place
// by one changed line. Graph, gradients and solver are Gorgonia's in both.
//
//	go run ./examples/gorgonia
//	go run ./examples/gorgonia -program mlp,mlp-step -rounds 5 -data DIR
//
// Both machines start from the same weights and take turns. The table shows the
// loss after the last step, by how much the losses of any step differ, and the
// time of the fastest round for each.
//
//	linear     y = m·x + c on 10,000 points; m and c are scalars
//	logistic   cross entropy with L2 on 26,733 examples of 10 features
//	iris       the species, as a number, from four measurements
//	mlp        784-128-10 with Adam, minibatches of 64 images bound by Let
//	mlp-step   3072-512-256-10 on 256 examples: a case of examples/bench
//
// With -data, iris is read from DIR/iris/iris.csv and the images from
// DIR/fashion-mnist; else both are generated.
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	G "gorgonia.org/gorgonia"

	"declive/autodiff/bridge"
	"declive/examples/internal/command"
	"declive/internal/statusline"
)

func main() { command.Exit("gorgonia", run(os.Args[1:], os.Stdout, os.Stderr)) }

const about = `Gorgonia trains small models on Gorgonia's machine and on Declive's, and compares their losses and times.
Example: go run ./examples/gorgonia -program mlp,mlp-step -rounds 5`

func run(args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("gorgonia", flag.ContinueOnError)
	flags.SetOutput(progress)
	var wanted []string
	flags.Func("program", "`names` separated by commas, or all, the default; of "+strings.Join(names(), ", "), command.Names(&wanted, names()))
	rounds := flags.Int("rounds", 5, "turns of each machine")
	data := flags.String("data", "", "`folder` that holds iris and fashion-mnist; generated data if empty")
	if err := command.ParseFlags(flags, about, args); err != nil {
		return err
	}
	if *rounds < 1 {
		return command.Usage(fmt.Errorf("-rounds is %d, want at least 1", *rounds))
	}
	return contests(out, statusline.New(progress), wanted, *data, *rounds)
}

// names returns those of all programs.
func names() []string {
	var list []string
	for _, p := range programs {
		list = append(list, p.name)
	}
	return list
}

// contests runs the wanted programs, or all for nil, and prints the table; which
// one it is at stands on the line until then.
func contests(out io.Writer, line *statusline.Line, wanted []string, data string, rounds int) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "program\tsteps\tloss on tape\tloss on Declive\tdiffer by\ttape, ms/step\tDeclive, ms/step\tratio\t")
	for _, p := range programs {
		if wanted != nil && !slices.Contains(wanted, p.name) {
			continue
		}
		line.Show(fmt.Sprintf("%s: %d steps on each machine", p.name, rounds*p.steps))
		r, err := contest(p.build, data, rounds, p.steps)
		line.Clear()
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		fmt.Fprintf(table, "%s\t%d\t%.6g\t%.6g\t%.1g\t%.4g\t%.4g\t%.1f\t\n", p.name, rounds*p.steps,
			r.tape, r.ours, r.difference, 1e3*r.tapeTime, 1e3*r.ourTime, r.tapeTime/r.ourTime)
	}
	return table.Flush()
}

// A result compares two machines on one program.
type result struct {
	tape, ours        float64 // losses at the last step
	difference        float64 // largest of any step, relative to the loss
	tapeTime, ourTime float64 // seconds a step, of the fastest round
}

// contest trains two copies of a program in alternation, each on its machine.
func contest(build builder, data string, rounds, steps int) (result, error) {
	r := result{tapeTime: math.Inf(1), ourTime: math.Inf(1)}
	tape, err := build(data)
	if err != nil {
		return r, err
	}
	ours, err := build(data)
	if err != nil {
		return r, err
	}
	tape.machine = G.NewTapeMachine(tape.graph, G.BindDualValues(tape.params...))
	ours.machine = bridge.NewMachine(ours.graph, G.BindDualValues(ours.params...)) // the changed line
	for range rounds {
		want, seconds, err := tape.train(steps)
		if err != nil {
			return r, err
		}
		r.tapeTime = min(r.tapeTime, seconds)
		got, seconds, err := ours.train(steps)
		if err != nil {
			return r, err
		}
		r.ourTime = min(r.ourTime, seconds)
		for i := range want {
			r.difference = max(r.difference, math.Abs(got[i]-want[i])/math.Abs(want[i]))
		}
		r.tape, r.ours = want[steps-1], got[steps-1]
	}
	return r, nil
}

// A program is a Gorgonia graph with what a training loop needs.
type program struct {
	graph   *G.ExprGraph
	params  G.Nodes
	solver  G.Solver
	loss    G.Value      // by a Read
	feed    func() error // binds the next minibatch; nil if the data stays
	machine G.VM
}

// train takes steps and returns their losses and the seconds that one took.
func (p *program) train(steps int) (losses []float64, seconds float64, err error) {
	start := time.Now()
	for range steps {
		if p.feed != nil {
			if err := p.feed(); err != nil {
				return nil, 0, err
			}
		}
		if err := p.machine.RunAll(); err != nil {
			return nil, 0, err
		}
		if err := p.solver.Step(G.NodesToValueGrads(p.params)); err != nil {
			return nil, 0, err
		}
		p.machine.Reset()
		losses = append(losses, number(p.loss))
	}
	return losses, time.Since(start).Seconds() / float64(steps), nil
}

func number(v G.Value) float64 {
	if x, ok := v.Data().(float32); ok {
		return float64(x)
	}
	return v.Data().(float64)
}
