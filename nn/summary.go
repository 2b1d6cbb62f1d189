package nn

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"declive/autodiff"
)

// Summary returns a table of parameters, one a line: name, shape, number of
// elements; and their total. It panics with an [*autodiff.Error] if
// [autodiff.Param.Check] fails for one.
func Summary(params []*autodiff.Param) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "name\tshape\tparameters")
	total := 0
	for _, p := range params {
		mustBeSound(p)
		size := p.Shape().Size()
		total += size
		fmt.Fprintf(w, "%s\t%v\t%d\n", p.Name(), p.Shape(), size)
	}
	fmt.Fprintf(w, "total\t\t%d\n", total)
	w.Flush()
	return b.String()
}
