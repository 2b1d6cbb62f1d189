//go:build !mpi

package mpi_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/dist/mpi"
)

// Without the tag there is no MPI, and the error says what to do.
func TestAbsent(t *testing.T) {
	_, err := mpi.Join()
	assert.ErrorIs(t, err, mpi.ErrAbsent)
	assert.ErrorContains(t, err, "-tags mpi")
}
