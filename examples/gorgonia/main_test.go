package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff/bridge"
	"declive/examples/internal/command/commandtest"
)

// Both machines take the same steps: losses agree to rounding, in float64 and,
// for the networks, in float32.
func TestProgramsTrainAlike(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			steps := min(p.steps, 10)
			r, err := contest(p.build, "", 1, steps)
			require.NoError(t, err)
			eps := 1e-12
			if p.name == "mlp" || p.name == "mlp-step" {
				eps = 1e-5
			}
			assert.Less(t, r.difference, eps)
			assert.NotZero(t, r.ours)
		})
	}
}

// The losses of mlp-step's first and tenth step are those that every library in
// docs/performance.md gets for that case of examples/bench.
func TestNetworkStepIsTheBenchmark(t *testing.T) {
	p, err := networkStep("")
	require.NoError(t, err)
	p.machine = bridge.NewMachine(p.graph)
	losses, _, err := p.train(10)
	require.NoError(t, err)
	assert.InDelta(t, 2.542710, losses[0], 1e-5)
	assert.InDelta(t, 2.123217, losses[9], 1e-5)
}

func TestRun(t *testing.T) {
	var out, progress bytes.Buffer
	require.NoError(t, run([]string{"-program", "iris", "-rounds", "1"}, &out, &progress))
	assert.Contains(t, progress.String(), "iris: 200 steps on each machine")
	assert.Regexp(t, `iris +200 +2\.31452 +2\.31452`, out.String())
	assert.ErrorContains(t, run([]string{"-program", "iris", "-data", "nowhere"}, &out, nil), "iris: open nowhere")
}

func TestWrongFlags(t *testing.T) {
	for want, args := range map[string][]string{
		`"lstm" is none of linear, logistic, iris, mlp, mlp-step`: {"-program", "iris,lstm"},
		"-rounds is 0, want at least 1":                           {"-rounds", "0"},
		`unexpected argument "iris"; -h lists the flags`:          {"iris"},
	} {
		var out bytes.Buffer
		commandtest.Refused(t, run(args, &out, nil), want)
		assert.Empty(t, out.String())
	}
}

func TestHelp(t *testing.T) {
	var help bytes.Buffer
	err := run([]string{"-h"}, nil, &help)
	commandtest.Help(t, "gorgonia", err, help.String())
}
