package main

import (
	"fmt"
	"io"
)

// kernels emits all kernels of v and writes their table, a value of the type
// kernels of the package.
func (v vec) kernels(w io.Writer) {
	name := v.Name()
	fmt.Fprintf(w, "\nvar kernels%s = kernels[%s]{\n", name, v.Type())
	fmt.Fprintf(w, "\tunary: [numUnary]unaryKernel[%s]{\n", v.Type())
	for _, u := range unaries {
		v.unary("unary"+u.name, u.unroll, u.f)
		fmt.Fprintf(w, "\t\t%s: unary%s%s,\n", u.name, u.name, name)
	}
	fmt.Fprintf(w, "\t},\n\tbinary: [numBinary][4]binaryKernel[%s]{\n", v.Type())
	for _, b := range binaries {
		fmt.Fprintf(w, "\t\t%s: %s,\n", b.name, v.grids("binary"+b.name, 2, b.f))
	}
	fmt.Fprintf(w, "\t},\n\tchoose: %s,\n", "[8]chooseKernel["+v.Type()+"]"+v.grids("choose", 3, choose))
	v.reductions(w)
	v.deviations()
	v.bytesModes(w)
	v.axpby()
	v.dot()
	v.zeros()
	v.gather()
	fmt.Fprintf(w, "\tdeviations: deviations%[1]s,\n\taxpby: axpby%[1]s,\n\tdot: dot%[1]s,\n\tzeros: zeros%[1]s,\n\tgather: gather%[1]s,\n", name)
	if v.Wide {
		v.Wide = false // there is nothing to win
	} else {
		v.transpose()
	}
	fmt.Fprintf(w, "\ttranspose: transpose%s,\n}\n", v.Name())
}

// grids emits a kernel for every mode of the operands but that without any
// vector, and returns the composite literal of them all.
func (v vec) grids(name string, operands int, f function) string {
	s := "{"
	for i, mode := range modes(operands) {
		if i > 0 {
			v.grid(name+mode, vectors(mode), 4, f)
			s += fmt.Sprintf("%d: %s%s%s, ", i, name, mode, v.Name())
		}
	}
	return s[:len(s)-2] + "}"
}

func (v vec) reductions(w io.Writer) {
	fmt.Fprintf(w, "\treduceRows: [numReduction]reduceKernel[%s]{", v.Type())
	for _, op := range reductions {
		v.reduceRows(op)
		fmt.Fprintf(w, "Reduce%s: rows%[1]s%s, ", op.name, v.Name())
	}
	fmt.Fprintf(w, "},\n\treduceCols: [numReduction]reduceKernel[%s]{", v.Type())
	for _, op := range reductions {
		v.reduceCols(op)
		fmt.Fprintf(w, "Reduce%s: cols%[1]s%s, ", op.name, v.Name())
	}
	fmt.Fprint(w, "},\n")
}

func (v vec) bytesModes(w io.Writer) {
	fmt.Fprintf(w, "\tbytes: [4]bytesKernel[%s]{", v.Type())
	for _, mode := range modes(2) {
		v.bytes(mode)
		fmt.Fprintf(w, "bytes%s%s, ", mode, v.Name())
	}
	fmt.Fprintf(w, "},\n\tbytesMin: %d,\n", v.Lanes())
}
