// Package dist lets several processes, or goroutines, train one model together.
//
// A [Comm] is what each of them, a rank, holds of the others: its number, how many
// there are, sums over all of them, messages from one to all. Give it to the trainer,
//
//	trainer, err := optim.NewTrainer(loss, params, rule, optim.WithRanks(comm))
//
// and the ranks divide every batch among themselves; nothing else changes. [Single] is
// one process, [Goroutines] are ranks in one, for tests and for machines with several
// sockets, and package mpi joins the processes that mpirun or srun has started.
//
// Every rank makes the same calls in the same order. A rank that calls something else,
// or does not come in time, is an error that names it, a [*LostError], and the Comm
// is of no use from then on: the program ends, with [Comm.Abort]. The package prints
// nothing and ends no process of its own accord.
package dist
