package exec

func (m *machine[F]) Watch(f func(output int)) {
	m.watch = f
	if f == nil || m.complete != nil {
		return
	}
	m.complete = make([][]int, len(m.steps))
	for output, done := range m.program.Ready {
		if done > 0 {
			m.complete[done-1] = append(m.complete[done-1], output)
		}
	}
}

// runWatched is run for a program that is watched.
func (m *machine[F]) runWatched(from, to int) {
	for i, s := range m.steps[from:to] {
		s.run()
		outputs := m.complete[from+i]
		if len(outputs) == 0 {
			m.watch(-1)
		}
		for _, output := range outputs {
			m.watch(output)
		}
	}
}

// tellLeaves names the outputs that no instruction computes.
func (m *machine[F]) tellLeaves() {
	if m.watch == nil {
		return
	}
	for output, done := range m.program.Ready {
		if done == 0 {
			m.watch(output)
		}
	}
}
