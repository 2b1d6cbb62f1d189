package main

import (
	"runtime/debug"

	"gorgonia.org/tensor"

	"declive/internal/kernel"
)

// A record is a line of output.
type record struct {
	Peer    string `json:"peer"`
	Version string `json:"version"`
	ISA     string `json:"isa,omitempty"` // the instruction set that the program used
	Variant string `json:"variant"`
	Threads int    `json:"threads"`
	Case    string `json:"case"`
	Dtype   string `json:"dtype"`
	*Timing
	LossFirst float64  `json:"loss_first"`       // of the first step, before its update
	LossLast  *float64 `json:"loss_last"`        // of the last step that is compared
	Result    any      `json:"result,omitempty"` // of a gradient check: the largest relative difference
}

// A Timing is what was measured; there is none with -check-only.
type Timing struct {
	Median     float64 `json:"median_s"` // of a step, over the samples
	Min        float64 `json:"min_s"`
	Samples    int     `json:"n"`
	Inner      int     `json:"inner"` // steps in a sample
	Allocs     float64 `json:"allocs_per_step"`
	Bytes      float64 `json:"bytes_per_step"` // allocated
	CPUPerWall float64 `json:"cpu_per_wall"`   // processor seconds a second
	Preempted  float64 `json:"preempted"`      // involuntary switches to another process a second
}

func newRecord(name, variant string, dt tensor.Dtype, threads int) record {
	short := "f32"
	if dt == tensor.Float64 {
		short = "f64"
	}
	isa := kernel.InUse().String()
	return record{Peer: "declive", Version: version(), ISA: isa, Variant: variant, Threads: threads, Case: name, Dtype: short}
}

// version names the commit that the program was built from, as far as known.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return info.Main.Version
}
