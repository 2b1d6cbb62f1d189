//go:build unix

// Job is a program for tests and measurements of package mpi, to be started by mpirun:
//
//	mpirun -n 4 job check       # sums and messages are right
//	mpirun -n 4 job hang 1      # rank 1 stops; the job must end
//	mpirun -n 2 job forever FILE # until it is ended; FILE gets the processes
//	mpirun -n 2 job time        # how long sums take
//
// Beside hang there are what else may happen to a rank: exit, kill, panic, other (it
// makes another call) and late (it is slow, which is none of the others' business).
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"syscall"
	"time"

	"gorgonia.org/tensor"

	"declive/dist"
	"declive/dist/mpi"
	"declive/internal/dense"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "job: want check, time, or what happens and the rank that it happens to")
		os.Exit(2)
	}
	c, err := mpi.Join()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := run(c, os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "job: rank %d: %v\n", c.Rank(), err)
		c.Abort(err)
	}
	if err := c.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(c dist.Comm, what string, args []string) error {
	switch what {
	case "check":
		return check(c)
	case "time":
		return measure(c)
	}
	if what == "forever" && len(args) == 1 {
		return forever(c, args[0])
	}
	if len(args) != 1 {
		return fmt.Errorf("%s needs a rank", what)
	}
	rank, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	return happen(c, what, rank)
}

// check compares sums and messages with what they must be.
func check(c dist.Comm) error {
	ctx := context.Background()
	k := c.Size()
	for _, precision := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for _, n := range []int{0, 1, 7, 1000, 1 << 20} {
			x := dense.Zeros(precision, n)
			sum, err := c.AllReduce(x)
			if err != nil {
				return err
			}
			for round := range 3 {
				for i := range n {
					dense.SetElement(x, i, float64(i%64+round*c.Rank()))
				}
				if err := errors.Join(sum.Start(), sum.Poll(), sum.Wait(ctx)); err != nil {
					return err
				}
				for i := range n {
					if want := float64(i%64*k + round*k*(k-1)/2); dense.Element(x, i) != want {
						return fmt.Errorf("element %d of %d is %v, want %v", i, n, dense.Element(x, i), want)
					}
				}
			}
			root := k - 1
			for i := range n {
				dense.SetElement(x, i, float64(c.Rank()))
			}
			if err := dist.BroadcastTensor(ctx, c, x, root); err != nil {
				return err
			}
			if n > 0 && dense.Element(x, n-1) != float64(root) {
				return fmt.Errorf("a broadcast brought %v, want %d", dense.Element(x, n-1), root)
			}
		}
	}
	if err := c.Broadcast(ctx, nil, k); err == nil {
		return fmt.Errorf("a broadcast from rank %d is no error", k)
	}
	places, err := dist.Places(ctx, c)
	if err != nil {
		return err
	}
	if len(places) != k || places[c.Rank()] != dist.Here() {
		return fmt.Errorf("the places are %v", places)
	}
	if err := c.Barrier(ctx); err != nil {
		return err
	}
	if c.Rank() == 0 {
		fmt.Printf("ok with %d ranks\n", k)
	}
	return nil
}

// happen lets all ranks sum, and something happen to one of them.
func happen(c dist.Comm, what string, rank int) error {
	x := dense.Zeros(tensor.Float32, 1000)
	for step := range 20 {
		if step == 10 && c.Rank() == rank {
			if err := strike(c, what); err != nil {
				return err
			}
		}
		if err := dist.Sum(context.Background(), c, x); err != nil {
			return err
		}
	}
	if c.Rank() == 0 {
		fmt.Println("all steps are done")
	}
	return nil
}

func strike(c dist.Comm, what string) error {
	switch what {
	case "exit":
		os.Exit(3)
	case "kill":
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "hang":
		return syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	case "panic":
		var none *int
		*none = 1
	case "other":
		return c.Barrier(context.Background())
	case "late":
		time.Sleep(dist.Patience / 4)
		return nil
	}
	return fmt.Errorf("nothing called %s can happen", what)
}

// forever sums until the process is ended, and notes that it is there.
func forever(c dist.Comm, path string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(f, os.Getpid()); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	x := dense.Zeros(tensor.Float32, 1000)
	for {
		if err := dist.Sum(context.Background(), c, x); err != nil {
			return err
		}
	}
}

// measure writes how long sums of some lengths take, in microseconds: the least and
// the median of many.
func measure(c dist.Comm) error {
	ctx := context.Background()
	for _, n := range []int{1, 1 << 8, 1 << 12, 30730, 1 << 16, 1 << 18, 1 << 20, 1 << 22} {
		x := dense.Zeros(tensor.Float32, n)
		sum, err := c.AllReduce(x)
		if err != nil {
			return err
		}
		rounds := min(2000, max(20, 1<<26/n))
		times := make([]float64, rounds)
		for i := range rounds {
			if err := c.Barrier(ctx); err != nil {
				return err
			}
			start := time.Now()
			if err := errors.Join(sum.Start(), sum.Wait(ctx)); err != nil {
				return err
			}
			times[i] = float64(time.Since(start).Nanoseconds()) / 1e3
		}
		slices.Sort(times)
		if c.Rank() == 0 {
			fmt.Printf("%9d bytes: least %8.1f µs, median %8.1f µs\n", 4*n, times[0], times[rounds/2])
		}
	}
	return nil
}
