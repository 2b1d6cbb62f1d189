package optim

import (
	"fmt"

	"declive/internal/setting"
)

// A Plateau multiplies all learning rates by Factor when so many epochs in a row have
// not lowered the validation loss, or what the plan watches, by more than its MinDelta:
// after them, and again after as many more. Schedules go on meanwhile.
type Plateau struct {
	Patience int     // epochs; at least 1
	Factor   float64 // between 0 and 1
	Floor    float64 // the factors together do not fall below it; 0 for no floor
}

func (p Plateau) check() error {
	switch {
	case p == Plateau{}:
		return nil
	case p.Patience < 1:
		return fmt.Errorf("optim: Fit: Plateau: Patience is %d, want at least 1", p.Patience)
	case !(p.Floor >= 0 && p.Floor < 1):
		return fmt.Errorf("optim: Fit: Plateau: Floor is %v, want 0 or a number below 1", p.Floor)
	}
	return setting.Fraction("optim: Fit: Plateau: Factor", p.Factor)
}

// lowerRates multiplies the rates after an epoch, if it is time to.
func (f *fit) lowerRates(epoch int) {
	p := f.plan.Plateau
	if p.Patience == 0 || epoch-max(f.place.BestEpoch, f.place.Lowered) < p.Patience {
		return
	}
	f.place.Lowered = epoch
	f.place.RateFactor = max(f.place.RateFactor*p.Factor, p.Floor)
	f.factor = f.place.RateFactor
}
