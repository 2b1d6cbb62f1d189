// Command evaluate prints the tables of docs/gradcheck.md: what this checker and
// the rules of others find in the same gradients.
//
//	go run ./gradcheck/internal/evaluate -seed 1 -n 1000
//	go run ./gradcheck/internal/evaluate -seed 1 -alarms 1000000
package main

import (
	"context"
	"flag"
	"fmt"
	"log"

	"gorgonia.org/tensor"

	"declive/gradcheck"
	"declive/gradcheck/internal/trial"
)

func main() {
	seed := flag.Uint64("seed", 1, "of the random graphs")
	n := flag.Int("n", 1000, "number of random graphs")
	right := flag.Int("alarms", 0, "instead, check right gradients until `n` coordinates are compared in each precision")
	flag.Parse()
	if *right > 0 {
		alarms(*seed, *right, tensor.Float64)
		alarms(*seed, *right, tensor.Float32)
		return
	}
	mutants, err := trial.Mutants(*seed, *n)
	if err != nil {
		log.Fatal(err)
	}
	rules := append([]trial.Rival{{Name: "gradcheck"}}, trial.Rivals()...)
	fmt.Printf("Faults found, of those in %d random graphs (seed %d), by relative size of the error:\n\n", *n, *seed)
	head("error", "faults", rules)
	for _, bin := range []struct {
		name   string
		lo, hi float64
	}{{"≥ 0.1", 0.1, 1e300}, {"0.01 … 0.1", 1e-2, 1e-1}, {"1e-3 … 1e-2", 1e-3, 1e-2}, {"1e-4 … 1e-3", 1e-4, 1e-3}, {"1e-5 … 1e-4", 1e-5, 1e-4}, {"1e-6 … 1e-5", 1e-6, 1e-5}, {"< 1e-6", 0, 1e-6}} {
		var in []trial.Case
		for _, c := range mutants {
			if c.Size >= bin.lo && c.Size < bin.hi {
				in = append(in, c)
			}
		}
		row(bin.name, in, rules)
	}
	row("all", mutants, rules)
	fmt.Printf("\nCatalogue of wrong gradients found, and right gradients refused:\n\n")
	head("cases", "number", rules)
	row("catalogue, wrong: found", trial.Wrong(), rules)
	row("catalogue, awkward but right: refused", trial.Awkward(), rules)
	row("random graphs, right: refused", trial.Graphs(*seed, *n), rules)
	fmt.Println()
	causes("Catalogue", trial.Wrong())
	causes("Random graphs", mutants)
	unresolved(trial.Graphs(*seed, *n))
}

func head(first, second string, rules []trial.Rival) {
	fmt.Printf("| %s | %s |", first, second)
	for _, r := range rules {
		fmt.Printf(" %s |", r.Name)
	}
	fmt.Print("\n|---|---|")
	for range rules {
		fmt.Print("---|")
	}
	fmt.Println()
}

// row prints how many of the cases each rule refuses.
func row(name string, cases []trial.Case, rules []trial.Rival) {
	fmt.Printf("| %s | %d |", name, len(cases))
	for _, r := range rules {
		refused := 0
		for _, c := range cases {
			if !accepts(r, c) {
				refused++
			}
		}
		if len(cases) == 0 {
			fmt.Print(" |")
			continue
		}
		fmt.Printf(" %d (%.1f %%) |", refused, 100*float64(refused)/float64(len(cases)))
	}
	fmt.Println()
}

func accepts(r trial.Rival, c trial.Case) bool {
	if r.Accept != nil {
		return r.Accept(c.Problem())
	}
	return compute(c).OK()
}

func compute(c trial.Case) *gradcheck.Report {
	r, err := gradcheck.Compute(context.Background(), c.Problem(), c.Options...)
	if err != nil {
		log.Fatalf("%s: %v", c.Name, err)
	}
	return r
}

// causes prints how many mistakes the reports name, or at least place.
func causes(what string, cases []trial.Case) {
	found, named, placed := 0, 0, 0
	for _, c := range cases {
		r := compute(c)
		if r.OK() {
			continue
		}
		found++
		n, p := c.Named(r.String())
		if n {
			named++
		}
		if p {
			placed++
		}
	}
	fmt.Printf("%s: of %d mistakes found %d are named or localised to an operation or to elements (%.1f %%), %d at least to a tensor.\n",
		what, found, named, 100*float64(named)/float64(found), placed)
}

func unresolved(cases []trial.Case) {
	coords, open := 0, 0
	for _, c := range cases {
		for _, v := range compute(c).Vars {
			coords += len(v.Coords)
			open += v.Unresolved
		}
	}
	fmt.Printf("Unresolved: %d of %d coordinates of the right random graphs.\n", open, coords)
}
