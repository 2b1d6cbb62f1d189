package mpi

import "errors"

// ErrAbsent is the error of [Join] in a program that was built without MPI.
var ErrAbsent = errors.New("mpi: the program was built without MPI; build it with -tags mpi, a C compiler and the headers of Open MPI (Debian: libopenmpi-dev)")
