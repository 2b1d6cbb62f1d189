package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"declive/datasets"
)

// A preset is a network and how it is trained.
type preset struct {
	widths    widths
	epochs    int
	batch     int
	rate      float64       // the largest learning rate for the mean loss of a batch
	translate int           // most pixels that an image is moved by
	flip      datasets.Flip // of images while training
	mirrored  bool          // a mirrored image shows the same
	examples  int           // to train on; 0 for all there are
}

// presets are by name. The rates of 94 and 95 are those of the recipe, which has 11.5
// and 10 for the sum over a batch, over 1024·(1 + 1/(1 − momentum)). It has 9.9 and 15
// epochs; a few more leave room for seeds below the mean.
var presets = map[string]preset{
	"digits": {widths: widths{16, 32, 32}, epochs: 5, batch: 250, rate: 0.75, translate: 2, examples: 10000},
	"quick":  {widths: widths{32, 128, 128}, epochs: 8, batch: 500, rate: 1, translate: 2, flip: datasets.AlternatingFlip, mirrored: true},
	"94":     {widths: widths{64, 256, 256}, epochs: 12, batch: 1000, rate: 1.5, translate: 2, flip: datasets.AlternatingFlip, mirrored: true},
	"95":     {widths: widths{128, 384, 384}, epochs: 18, batch: 1000, rate: 1.3, translate: 2, flip: datasets.AlternatingFlip, mirrored: true},
}

func presetNames() string { return strings.Join(slices.Sorted(maps.Keys(presets)), ", ") }

// widest is the largest layer.
const widest = 1 << 12

// widths are the channels of the three blocks, and the value of -widths.
type widths [3]int

func (w *widths) String() string { return fmt.Sprintf("%d,%d,%d", w[0], w[1], w[2]) }

// Set parses three numbers separated by commas.
func (w *widths) Set(text string) error {
	parts := strings.Split(text, ",")
	if len(parts) != len(w) {
		return fmt.Errorf("%q are no three numbers separated by commas", text)
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 || n > widest {
			return fmt.Errorf("%q is no number of channels, want 1 to %d", part, widest)
		}
		w[i] = n
	}
	return nil
}
