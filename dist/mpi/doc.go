// Package mpi joins the processes that mpirun, srun or a Kubernetes MPIJob has started
// into ranks, by MPI. A program that has it is built with a C compiler, the headers of
// Open MPI or MPICH, and
//
//	go build -tags mpi ./cmd/program
//	mpirun -n 2 --map-by ppr:1:node --bind-to none ./program
//
// Call [Join] first, and give the Comm to the trainer. Without the tag Join is an
// error, so that a program need not know how it was built.
//
// A rank that dies ends the job through its launcher. One that hangs, or has called
// something else, is noticed by the others when their patience ends: they ask who is
// there, and their call returns a [*dist.LostError] that names it. A program that ends
// with that error, by [dist.Comm.Abort], ends the job.
package mpi
