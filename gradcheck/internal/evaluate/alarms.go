package main

import (
	"fmt"
	"log"

	"gorgonia.org/tensor"

	"declive/gradcheck"
	"declive/gradcheck/internal/trial"
)

// alarms checks right gradients of random graphs and random networks, in turn,
// until so many coordinates are compared in precision dt, and prints what was
// refused.
func alarms(seed uint64, coordinates int, dt tensor.Dtype) {
	type tally struct{ cases, refused, dim, coords, wrong, kinks, open int }
	var t tally
	for k := uint64(0); t.coords < coordinates; k++ {
		draw := trial.Graph
		if k%16 == 0 {
			draw = trial.Network
		}
		c, err := draw(seed, k, dt)
		if err != nil {
			log.Fatal(err)
		}
		r := compute(c)
		t.cases++
		switch {
		case r.OK():
		case r.Wrong() == 0 && onlyUnresolved(r):
			t.dim++
		default:
			t.refused++
			fmt.Printf("refused: %s: %v\n", c.Name, r)
		}
		for _, v := range r.Vars {
			t.coords += len(v.Coords)
			t.wrong += v.Disagree
			t.kinks += v.Kinks
			t.open += v.Unresolved
		}
	}
	fmt.Printf("Right gradients in %v (seed %d): %d of %d functions refused as wrong, %d as not to be resolved; "+
		"of %d coordinates %d disagree, %d are unresolved, %d at kinks.\n",
		dt, seed, t.refused, t.cases, t.dim, t.coords, t.wrong, t.open, t.kinks)
}

// onlyUnresolved reports whether nothing but unresolved coordinates made a check
// fail.
func onlyUnresolved(r *gradcheck.Report) bool {
	for _, v := range r.Vars {
		if len(v.Nearby) > 0 || len(v.Spread) > 0 {
			return false
		}
	}
	return len(r.Faults) == 0 && len(r.Ties) == 0
}
