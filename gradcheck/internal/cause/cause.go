package cause

// rules guess the cause, in this order: a place first, then what happens there.
var rules = []func(*evidence) string{
	(*evidence).detached,
	(*evidence).remembered,
	(*evidence).branch,
	(*evidence).clipped,
	(*evidence).local,
	(*evidence).factor,
	(*evidence).partFactor,
	(*evidence).threshold,
	(*evidence).transposed,
	(*evidence).misplaced,
	(*evidence).signLost,
	(*evidence).regulariser,
	(*evidence).offset,
	func(e *evidence) string { return e.Inside() },
	(*evidence).power,
	(*evidence).reduced,
	(*evidence).imprecise,
	(*evidence).unrelated,
}

// Of returns what the likely cause is, in words: that of the first rule that fits.
func Of(e Evidence) string {
	sorted := newEvidence(e)
	for _, rule := range rules {
		if s := rule(sorted); s != "" {
			return s
		}
	}
	return ""
}
