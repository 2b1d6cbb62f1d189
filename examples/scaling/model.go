package main

import (
	"fmt"
	"math"

	"declive/plot"
)

// A calibration is what one rank takes for a step, in seconds and bytes.
type calibration struct {
	fixed   float64 // whatever the batch: the update, calls, the copies of sums
	example float64 // for each example
	apart   float64 // more on several ranks: the update is a program of its own
	bytes   float64 // of the gradient
	hidden  float64 // the part of the computation that runs after the first gradients are there
}

// A net is a network, as seen from one rank.
type net struct {
	name      string
	latency   float64 // seconds for a message
	bandwidth float64 // bytes a second, each way
}

// The first two are measured between two processes of one machine, by the messages of
// `job time` in dist/mpi; the others are what their kind is sold for.
var networks = []net{
	{"shared", 1.2e-6, 5.6e9},
	{"loopback", 9.5e-6, 2.0e9},
	{"ethernet1", 50e-6, 0.117e9},
	{"ethernet10", 20e-6, 1.17e9},
	{"ethernet100", 5e-6, 11.7e9},
	{"infiniband", 2e-6, 24e9},
}

func networkNames() (names []string) {
	for _, n := range networks {
		names = append(names, n.name)
	}
	return names
}

// ring is the time of an all-reduce in 2(k−1) messages of S/k bytes around a ring:
//
//	t = 2(k−1)·(α + S/(k·β))    latency α, bandwidth β
func (n net) ring(bytes float64, k int) float64 {
	return 2 * float64(k-1) * (n.latency + bytes/float64(k)/n.bandwidth)
}

// tree is that of halving and doubling, 2·log₂ k messages of S/2, S/4, … bytes:
//
//	t = 2·⌈log₂ k⌉·α + 2·(k−1)/k·S/β
func (n net) tree(bytes float64, k int) float64 {
	return 2*math.Ceil(math.Log2(float64(k)))*n.latency + 2*float64(k-1)/float64(k)*bytes/n.bandwidth
}

// sum is the time of the better of the two, 0 for one rank.
func (n net) sum(bytes float64, k int) float64 {
	if k == 1 {
		return 0
	}
	return min(n.ring(bytes, k), n.tree(bytes, k))
}

// step is the time of a step of k ranks on a batch of B:
//
//	T(1) = f + B·e    T(k) = f + a + ⌈B/k⌉·e + max(0, t − h·⌈B/k⌉·e)
//
// with f fixed, a apart, e an example, t the sum and h the hidden part.
func (c calibration) step(n net, batch, k int) float64 {
	compute := math.Ceil(float64(batch)/float64(k)) * c.example
	if k == 1 {
		return c.fixed + compute
	}
	return c.fixed + c.apart + compute + max(0, n.sum(c.bytes, k)-c.hidden*compute)
}

// efficiency is T(1)/(k·T(k)).
func (c calibration) efficiency(n net, batch, k int) float64 {
	return c.step(n, batch, 1) / (float64(k) * c.step(n, batch, k))
}

// largestBatch is where smallestBatch gives up.
const largestBatch = 1 << 26

// smallestBatch returns the least power of two, times k, that is as efficient as wanted
// on k ranks; 0 for none.
func (c calibration) smallestBatch(n net, k int, wanted float64) int {
	for batch := k; batch <= largestBatch; batch *= 2 {
		if c.efficiency(n, batch, k) >= wanted {
			return batch
		}
	}
	return 0
}

var rankCounts = []int{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024}

// picture draws the efficiency over the number of ranks.
func picture(c calibration, batch int, chosen []net) plot.Picture {
	chart := plot.Chart{
		Title: fmt.Sprintf("a model: batch %d, gradient %.3g MB", batch, c.bytes/1e6),
		X:     plot.Axis{Name: "ranks", Log: true},
		Y:     plot.Axis{Name: "parallel efficiency", Range: [2]float64{0, 1.05}},
	}
	for _, k := range rankCounts {
		chart.X.Ticks = append(chart.X.Ticks, plot.Tick{At: float64(k), Name: fmt.Sprint(k)})
	}
	for i, n := range chosen {
		s := plot.Series{Name: n.name, Mark: plot.LineAndDots, Style: plot.Look(i)}
		for _, k := range rankCounts {
			s.X, s.Y = append(s.X, float64(k)), append(s.Y, c.efficiency(n, batch, k))
		}
		chart.Series = append(chart.Series, s)
	}
	return chart
}
