package gradcheck

// graphProblem is what a problem built from a graph knows besides its values.
type graphProblem struct{}

func (g *graphProblem) lengths() []int { return nil }

func (g *graphProblem) probers(c *checker, b, chunks int) ([]prober, error) { return nil, nil }

func (c *checker) fromGraph(b int, e *evidence) string { return "" }
