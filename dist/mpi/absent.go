//go:build !mpi

package mpi

import (
	"declive/dist"
)

// Join is an error, [ErrAbsent], in a program that was built without the tag mpi.
func Join() (dist.Comm, error) { return nil, ErrAbsent }
