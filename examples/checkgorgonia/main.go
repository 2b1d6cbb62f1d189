// Command checkgorgonia checks the gradients of Gorgonia's own ops: each op is
// differentiated by gorgonia.Grad, run on Gorgonia's tape machine, and compared
// with slopes of its value by package gradcheck.
//
//	go run ./examples/checkgorgonia
//	go run ./examples/checkgorgonia -op 'Conv|Pool' -faults
//
// A row of the table is an op on operands of the given shapes. Its verdicts are
//
//	right       the gradient agrees with the slopes wherever they exist
//	wrong       it does not, or the value is wrong
//	unresolved  rounding hides too much to tell
//	refused     Gorgonia returns an error
//	panics      Gorgonia panics
//
// for the gradient in float64 and in float32, both compared with the op's value
// in float64. The error is the largest difference from the slopes, and ± what
// gradcheck estimates their own error to be, both relative to the operand's
// largest derivative; they are those of float64 unless only float32 is wrong.
// Where the shapes of operands are many, they are called a, b, ….
//
// The exit status is 0 if the table was printed, whatever it says: a wrong
// gradient is a result. It is 1 for a wrong flag, and if nothing matches.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"regexp"
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"declive/examples/internal/command"
	"declive/internal/statusline"
)

func main() {
	log.SetOutput(io.Discard) // Gorgonia logs the operands of some ops
	command.Exit("checkgorgonia", run(os.Args[1:], os.Stdout, os.Stderr))
}

const about = `Checkgorgonia compares the gradients of Gorgonia's own ops with numerical ones, and tells which are wrong.
Example: go run ./examples/checkgorgonia -op Mul -faults`

func run(args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("checkgorgonia", flag.ContinueOnError)
	flags.SetOutput(progress)
	pattern := flags.String("op", "", "only ops whose names match this regular `expression`")
	faults := flags.Bool("faults", false, "print only what is not right")
	seed := flags.Uint64("seed", 1, "of the operands")
	if err := command.ParseFlags(flags, about, args); err != nil {
		return err
	}
	expression, err := regexp.Compile(*pattern)
	if err != nil {
		return command.Usage(fmt.Errorf("-op: %w", err))
	}
	wanted := slices.DeleteFunc(subjects(), func(s subject) bool { return !expression.MatchString(s.op) })
	if len(wanted) == 0 {
		return command.Usage(fmt.Errorf("no op matches %q", *pattern))
	}
	return printTable(out, examineAll(wanted, *seed, statusline.New(progress)), *faults)
}

// examineAll returns the rows of the table; the line shows how far it is.
func examineAll(wanted []subject, seed uint64, line *statusline.Line) []row {
	defer line.Clear()
	var rows []row
	for i, s := range wanted {
		line.Show(fmt.Sprintf("%d of %d: %s", i+1, len(wanted), s.title()))
		rows = append(rows, row{s, examine(s, tensor.Float64, seed), examine(s, tensor.Float32, seed)})
	}
	return rows
}

func subjects() []subject {
	return slices.Concat(unaries(), binaries, products, reductions, moves, networks)
}

// A row of the table.
type row struct {
	subject
	double, single verdict
}

func (r row) right() bool { return r.double.word == "right" && r.single.word == "right" }

// shown returns the verdict that the row gives figures of.
func (r row) shown() verdict {
	if r.double.word == "right" && r.single.word != "right" {
		return r.single
	}
	return r.double
}

func printTable(out io.Writer, rows []row, faults bool) error {
	text := [][]string{{"op", "float64", "float32", "error", "±", "what is wrong"}}
	count := 0
	for _, r := range rows {
		if r.right() {
			count++
			if faults {
				continue
			}
		}
		v := r.shown()
		text = append(text, []string{r.title(), r.double.word, r.single.word, figure(v.error, v), figure(v.sure, v), v.why})
	}
	if _, err := io.WriteString(out, align(text)); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\n%d of %d are right in both precisions.\n", count, len(rows))
	return err
}

// figure prints a number that was measured.
func figure(x float64, v verdict) string {
	if v.word == "refused" || v.word == "panics" {
		return ""
	}
	return fmt.Sprintf("%.1e", x)
}

// align returns a table of Markdown with columns of equal width.
func align(text [][]string) string {
	widths := make([]int, len(text[0]))
	for _, r := range text {
		for i, cell := range r {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for k, r := range text {
		for i, cell := range r {
			fmt.Fprintf(&b, "| %s%s ", cell, strings.Repeat(" ", widths[i]-len([]rune(cell))))
		}
		b.WriteString("|\n")
		if k == 0 {
			for _, w := range widths {
				b.WriteString("|" + strings.Repeat("-", w+2))
			}
			b.WriteString("|\n")
		}
	}
	return b.String()
}
