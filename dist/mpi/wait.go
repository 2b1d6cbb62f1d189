//go:build mpi

package mpi

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"declive/dist"
)

// How a rank waits: it looks again and again for some time, then it gives its core
// away between two looks, then it sleeps, and answers those who ask where it is.
const (
	eager   = 200 * time.Microsecond
	gentle  = 20 * time.Millisecond
	nap     = 200 * time.Microsecond
	counted = 50 * time.Millisecond  // that counts of the time between two looks: the whole job may have been stopped
	replies = 300 * time.Millisecond // that ranks have to say where they are
)

// A tester is what can be waited for.
type tester interface{ test() (done bool, err error) }

// wait returns when a call is done, or with an error when its time is over.
func (c *comm) wait(ctx context.Context, call dist.Call, r tester) error {
	limit := dist.Limit(ctx)
	waited, last := time.Duration(0), time.Now()
	for {
		for range 16 {
			if done, err := r.test(); done || err != nil {
				return err
			}
		}
		now := time.Now()
		waited += min(now.Sub(last), counted)
		last = now
		switch {
		case ctx.Err() == context.Canceled:
			c.broken = fmt.Errorf("mpi: %v: %w", call, ctx.Err())
			return c.broken
		case waited > limit, ctx.Err() != nil:
			c.broken = c.callRoll(call, waited)
			return c.broken
		case waited > gentle:
			if err := c.reply(call); err != nil {
				return err
			}
			time.Sleep(nap)
		case waited > eager:
			runtime.Gosched()
			yield()
		}
	}
}

// callRoll asks the others where they are, and returns who does not say that it waits
// for the same.
func (c *comm) callRoll(call dist.Call, waited time.Duration) error {
	lost := &dist.LostError{Call: call, Other: map[int]dist.Call{}, After: waited}
	heard := make([]bool, c.size)
	heard[c.rank] = true
	here := encode(call)
	for rank := range c.size {
		if rank != c.rank {
			if err := here.send(rank, ask); err != nil {
				return err
			}
		}
	}
	for start := time.Now(); time.Since(start) < replies; time.Sleep(nap) {
		if err := c.reply(call); err != nil {
			return err
		}
		var m message
		from, err := m.receive(answer)
		if err != nil {
			return err
		}
		if from < 0 {
			continue
		}
		heard[from] = true
		if other := m.decode(); other != call {
			lost.Other[from] = other
		}
	}
	for rank, here := range heard {
		if !here {
			lost.Ranks = append(lost.Ranks, rank)
		}
	}
	return lost
}

// reply tells those who ask at which call this rank is.
func (c *comm) reply(call dist.Call) error {
	for {
		var m message
		from, err := m.receive(ask)
		if err != nil || from < 0 {
			return err
		}
		here := encode(call)
		if err := here.send(from, answer); err != nil {
			return err
		}
	}
}

var kinds = []string{dist.Reduces, dist.Broadcasts, dist.Barriers}

func encode(c dist.Call) (m message) {
	m[0], m[2], m[4] = number(c.Number), number(c.Length), number(c.Root)
	for i, kind := range kinds {
		if kind == c.Kind {
			m[1] = number(i)
		}
	}
	if c.Double {
		m[3] = 1
	}
	return m
}

func (m *message) decode() dist.Call {
	return dist.Call{Number: int(m[0]), Kind: kinds[m[1]], Length: int(m[2]), Double: m[3] != 0, Root: int(m[4])}
}
