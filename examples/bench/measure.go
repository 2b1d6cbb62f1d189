package main

import (
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// A job is one variant of a case, loaded and ready to be timed.
type job struct {
	// losses returns the loss of the first step from the initial weights and
	// that of the last step of a short trajectory; nil if it is not comparable.
	losses func() (first float64, last *float64, err error)

	reset  func()         // to the initial weights; may be nil
	step   func() error   // what is timed
	result func() float64 // of the last step, where it has one beside losses
	units  int            // of work in a step, by which times are divided

	samples int  // unless the command line says otherwise
	long    bool // a step lasts seconds: one step is a sample, without warm-up
}

const (
	warmUp     = 300 * time.Millisecond
	sampleTime = 80 * time.Millisecond
)

// measure times a job: after a warm-up, samples of as many steps as take about
// 80 ms, each from the initial weights, with the collector off inside.
func measure(j *job, samples int) (*Timing, error) {
	if samples == 0 {
		samples = j.samples
	}
	if j.reset == nil {
		j.reset = func() {}
	}
	inner, err := j.warm()
	if err != nil {
		return nil, err
	}
	m := &meter{}
	before, start := usage(), time.Now()
	for range samples {
		if err := m.sample(j, inner); err != nil {
			return nil, err
		}
	}
	seconds := time.Since(start).Seconds()
	after := usage()
	steps := float64(samples * inner * j.units)
	slices.Sort(m.times)
	return &Timing{
		Median:     (m.times[samples/2] + m.times[(samples-1)/2]) / 2,
		Min:        m.times[0],
		Samples:    samples,
		Inner:      inner,
		Allocs:     float64(m.allocs) / steps,
		Bytes:      float64(m.bytes) / steps,
		CPUPerWall: (after.cpu - before.cpu) / seconds,
		Preempted:  (after.switches - before.switches) / seconds,
	}, nil
}

// warm runs the job for a while and returns how many steps make a sample.
func (j *job) warm() (inner int, err error) {
	j.reset()
	if j.long {
		return 1, j.step()
	}
	best := time.Hour
	for start := time.Now(); time.Since(start) < warmUp; {
		t := time.Now()
		if err := j.step(); err != nil {
			return 0, err
		}
		best = min(best, time.Since(t))
	}
	return max(1, int(sampleTime/max(best, 100))), nil
}

// A meter collects samples.
type meter struct {
	times         []float64
	allocs, bytes uint64
	before, after runtime.MemStats
}

func (m *meter) sample(j *job, inner int) error {
	j.reset()
	runtime.GC()
	percent := debug.SetGCPercent(-1)
	defer debug.SetGCPercent(percent)
	runtime.ReadMemStats(&m.before)
	start := time.Now()
	for range inner {
		if err := j.step(); err != nil {
			return err
		}
	}
	elapsed := time.Since(start)
	runtime.ReadMemStats(&m.after)
	m.times = append(m.times, elapsed.Seconds()/float64(inner*j.units))
	m.allocs += m.after.Mallocs - m.before.Mallocs
	m.bytes += m.after.TotalAlloc - m.before.TotalAlloc
	return nil
}

// A consumption is what the process has used so far.
type consumption struct {
	cpu      float64 // seconds
	switches float64 // involuntary
}
