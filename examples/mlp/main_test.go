package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/examples/internal/command/commandtest"
)

// The network passes 97 % with half of the default data, which the linear model
// does not with all of it.
func TestDigits(t *testing.T) {
	if testing.Short() {
		t.Skip("trains a network")
	}
	var stdout, stderr bytes.Buffer
	require.NoError(t, run(context.Background(), []string{"-out", t.TempDir(), "-json", "-examples", "6000", "-epochs", "5"}, &stdout, &stderr))
	assert.Regexp(t, `"test_accuracy":(0\.9[789]|1,)`, stdout.String())
	assert.Contains(t, stdout.String(), `"gradcheck":"ok"`)
}

func TestHiddenLayers(t *testing.T) {
	var stdout, stderr bytes.Buffer
	args := []string{"-out", t.TempDir(), "-examples", "120", "-epochs", "1", "-hidden", "7,5"}
	require.NoError(t, run(context.Background(), args, &stdout, &stderr))
	assert.Regexp(t, `mlp/2/W +\(5, 7\)`, stdout.String())
	for _, bad := range []string{"", "7,", "0", "seven", "16385", "99999999999"} {
		err := run(context.Background(), []string{"-hidden", bad}, &stdout, &stderr)
		assert.ErrorContains(t, err, "is no width of a layer")
	}
}

func TestHelp(t *testing.T) {
	var help bytes.Buffer
	err := run(context.Background(), []string{"-h"}, nil, &help)
	commandtest.Help(t, "mlp", err, help.String())
}
