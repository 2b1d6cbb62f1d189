// Command mca says how fast the inner loops of the kernels for arm64 would be, by
// the models that LLVM has of some processors. It needs llvm-mca and llvm-objdump,
// which Debian has in its package llvm.
//
//	go run ./mca
//
// A row is a loop: the multiply-adds in it, and for each processor the cycles that
// one turn takes and, of loops that multiply, the part of the time in which the
// model could not do more multiply-adds. A loop is the innermost one with the
// most arithmetic among its instructions. It is simulated with all data in the
// first level of cache. llvm-mca takes a load of 4 bytes for a change of part of a
// register: what it says of bytesVV is a chain that processors do not have. It follows
// no branches, so that kernels for parts of vectors have no row.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("mca: ")
	processors := flag.String("mcpu", "apple-m1,neoverse-n1,cortex-a76", "`processors` as llvm-mca calls them")
	suffix := flag.String("llvm", "", "`suffix` of the names of LLVM's commands, such as -16")
	flag.Parse()
	dir, err := os.MkdirTemp("", "mca")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	m := &machines{suffix: *suffix, names: strings.Split(*processors, ","), peaks: map[string]float64{}}
	if err := m.table(dir); err != nil {
		log.Fatal(err)
	}
}

// kernels are the functions of each package that have a row.
var kernels = []struct {
	pkg   string
	names []string
}{
	{"gemm", []string{
		"full6x2", "full5x2", "full4x2", "full2x4", // tiles
		"dot2x5", "dot1x5", "dot8x1", "axpy8x1", // narrow products, matrix·vector
	}},
	{"conv", []string{"tile6x2"}},
	{"vec", []string{
		"binaryAddVV", "binaryMulVS", "binaryDivVV", "binaryGreaterVV", "chooseVVV", "unaryReLU", "unarySqrt",
		"unaryExp", "unaryExpm1", "unaryLog", "unaryLog1p", "unaryTanh", "unarySigmoid", "unarySoftplus",
		"rowsSum", "rowsMax", "colsSum", "dot", "axpby", "bytesVV", "gather", "transpose",
	}},
}

// table prints the rows of all kernels.
func (m *machines) table(dir string) error {
	fmt.Printf("| loop | FMA | %s |\n|---|---|%s\n", strings.Join(m.names, " | "), strings.Repeat("---|", len(m.names)))
	for _, k := range kernels {
		binary, err := build(dir, k.pkg)
		if err != nil {
			return err
		}
		for _, name := range k.names {
			for _, typ := range []string{"F32", "F64"} {
				l, err := m.innerLoop(binary, k.pkg, name+"NEON"+typ)
				if err != nil {
					return err
				}
				if err := m.row(name+" "+strings.ToLower(typ), l); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// build links the tests of a package, which call all of its kernels.
func build(dir, pkg string) (binary string, err error) {
	binary = filepath.Join(dir, pkg)
	c := exec.Command("go", "test", "-c", "-o", binary, "./internal/kernel/"+pkg)
	c.Dir = "../../.."
	c.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go test -c: %w\n%s", err, out)
	}
	return binary, nil
}

// row prints what a loop costs on each processor.
func (m *machines) row(name string, l loop) error {
	fmt.Printf("| %s | %d |", name, len(l.products()))
	for _, cpu := range m.names {
		cycles, err := m.cycles(cpu, l)
		if err != nil {
			return err
		}
		fmt.Printf(" %.1f", cycles)
		if len(l.products()) >= 8 && l.arithmetic() == len(l.products()) {
			peak, err := m.peak(cpu, l)
			if err != nil {
				return err
			}
			fmt.Printf(" (%.0f %%)", 100*peak/cycles)
		}
		fmt.Print(" |")
	}
	fmt.Println()
	return nil
}
