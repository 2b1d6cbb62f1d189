// Scaling measures how fast ranks train together, and tells by a model from which batch
// and network on more of them pay.
//
//	go run ./examples/scaling                                # the model, with a picture
//	go build -tags mpi -o scaling ./examples/scaling
//	mpirun -n 2 ./scaling -measure mlp -dist mpi             # a step of two ranks
//	./scaling -measure mlp -batch 128                        # what each does of it
//
// The model is no measurement: it computes the time of a step on k ranks from what was
// measured on one and on two, and from the latency and the bandwidth of a network. The
// flags have what this library's perceptron takes on one core of a shared Xeon.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"declive/examples/internal/command"
	"declive/examples/internal/ranks"
	"declive/plot"
)

func main() { command.Main("scaling", run) }

const about = `Scaling measures a training step on several ranks, or tells by a model what more of them bring.
Example: go run ./examples/scaling -batch 4096`

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	m := measurement{batch: 256, seconds: 3}
	c := calibration{fixed: 1.13e-3, example: 47.9e-6, apart: 1.0e-3, bytes: 6.83e6}
	how, out, network := "", "out/scaling", "all"
	flags := flag.NewFlagSet("scaling", flag.ContinueOnError)
	flags.SetOutput(stdout)
	flags.StringVar(&m.name, "measure", "", "measure a step instead: "+strings.Join(caseNames(), ", "))
	flags.IntVar(&m.batch, "batch", m.batch, "examples in a step, of all ranks together")
	flags.Float64Var(&m.seconds, "seconds", m.seconds, "to measure for")
	flags.StringVar(&how, "dist", "", ranks.Help)
	flags.Float64Var(&c.fixed, "fixed", c.fixed, "model: seconds of a step that do not depend on the batch, such as the update")
	flags.Float64Var(&c.example, "example", c.example, "model: seconds for an example, on one rank")
	flags.Float64Var(&c.apart, "apart", c.apart, "model: seconds of a step that several ranks take and one does not, besides the sum")
	flags.Float64Var(&c.bytes, "bytes", c.bytes, "model: of the gradient")
	flags.Float64Var(&c.hidden, "hidden", c.hidden, "model: part of the computation beside which gradients are sent, 0 to 1; the largest of a perceptron is the last to be there")
	flags.StringVar(&network, "network", network, "model: "+strings.Join(networkNames(), ", ")+", or all")
	flags.StringVar(&out, "out", out, "`folder` for the picture of the model")
	if err := command.ParseFlags(flags, about, args); err != nil {
		return err
	}
	if err := check(m, c, network); err != nil {
		return command.Usage(err)
	}
	if m.name == "" {
		return tell(c, m.batch, network, out, stdout)
	}
	comm, err := ranks.Join(how)
	if err != nil {
		return err
	}
	return ranks.Leave(ctx, comm, m.run(ctx, comm, stdout))
}

func check(m measurement, c calibration, network string) error {
	switch {
	case m.name != "" && cases[m.name] == nil:
		return fmt.Errorf("-measure is %q, want one of %s", m.name, strings.Join(caseNames(), ", "))
	case m.batch < 1:
		return fmt.Errorf("-batch is %d, want at least 1", m.batch)
	case !(m.seconds > 0 && m.seconds < 3600):
		return fmt.Errorf("-seconds is %v, want more than 0, up to an hour", m.seconds)
	case !(c.fixed >= 0 && c.example > 0 && c.apart >= 0 && c.bytes > 0 && c.hidden >= 0 && c.hidden <= 1):
		return fmt.Errorf("-fixed, -example, -apart, -bytes and -hidden are %v, %v, %v, %v and %v, want times, a size and a part", c.fixed, c.example, c.apart, c.bytes, c.hidden)
	case network != "all" && !slices.Contains(networkNames(), network):
		return fmt.Errorf("-network is %q, want one of %s, or all", network, strings.Join(networkNames(), ", "))
	}
	return nil
}

// tell writes and draws what the model says.
func tell(c calibration, batch int, network, out string, w io.Writer) error {
	if err := os.MkdirAll(out, 0o777); err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	chosen := slices.Clone(networks)
	if network != "all" {
		chosen = slices.DeleteFunc(chosen, func(n net) bool { return n.name != network })
	}
	fmt.Fprintf(w, "A model, no measurement: batch %d, gradient of %.3g MB, %.3g ms + %.3g µs an example, %.3g ms more on several ranks.\n",
		batch, c.bytes/1e6, 1e3*c.fixed, 1e6*c.example, 1e3*c.apart)
	for _, n := range chosen {
		fmt.Fprintf(w, "\n%s: %.3g µs, %.3g GB/s\n", n.name, 1e6*n.latency, n.bandwidth/1e9)
		fmt.Fprintf(w, "%6s  %12s  %12s  %s\n", "ranks", "step", "efficiency", "90 % from a batch of")
		for _, k := range rankCounts {
			fmt.Fprintf(w, "%6d  %9.3f ms  %10.0f %%  %s\n", k, 1e3*c.step(n, batch, k), 100*c.efficiency(n, batch, k), enough(c.smallestBatch(n, k, 0.9)))
		}
	}
	path := filepath.Join(out, "scaling.png")
	if err := plot.Save(path, picture(c, batch, chosen)); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\nwrote %s\n", path)
	return err
}

// enough writes a batch, or that there is none.
func enough(batch int) string {
	if batch == 0 {
		return "none"
	}
	return fmt.Sprint(batch)
}
