package dist

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gorgonia.org/tensor"

	"declive/internal/kernel/vec"
)

// Goroutines returns n ranks in this process, one for each of n goroutines. Sums are
// added in the order of the ranks. It is an error if n is less than 1.
func Goroutines(n int) ([]Comm, error) {
	if n < 1 {
		return nil, fmt.Errorf("dist: Goroutines: %d ranks, want at least 1", n)
	}
	h := &hub{size: n, calls: map[int]*meeting{}, broken: make(chan struct{})}
	ranks := make([]Comm, n)
	for i := range ranks {
		ranks[i] = &member{hub: h, rank: i}
	}
	return ranks, nil
}

// A hub is where goroutines meet.
type hub struct {
	size   int
	mu     sync.Mutex
	calls  map[int]*meeting // by number, those that somebody has come to
	broken chan struct{}    // closed when a call has failed
	reason error
}

// A meeting is a call that all ranks come to.
type meeting struct {
	call Call
	come []contribution // by rank
	left int            // that have not come
	done chan struct{}
}

// A contribution is the memory that a rank brings to a call.
type contribution struct {
	here   bool
	single []float32
	double []float64
	data   []byte
}

// A member is the Comm of a goroutine.
type member struct {
	*hub
	rank  int
	calls int // made so far
}

func (m *member) Rank() int { return m.rank }
func (m *member) Size() int { return m.size }

func (m *member) Abort(reason error) {
	if reason == nil {
		reason = errors.New("without a reason")
	}
	m.fail(fmt.Errorf("dist: rank %d has given up: %w", m.rank, reason))
}

func (m *member) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), Closing)
	defer cancel()
	return m.Barrier(ctx)
}

func (m *member) Barrier(ctx context.Context) error {
	_, err := m.meet(ctx, Call{Kind: Barriers}, contribution{})
	return err
}

func (m *member) Broadcast(ctx context.Context, data []byte, root int) error {
	if root < 0 || root >= m.size {
		return noRoot(root, m.size)
	}
	_, err := m.meet(ctx, Call{Kind: Broadcasts, Length: len(data), Root: root}, contribution{data: data})
	return err
}

func (m *member) AllReduce(x *tensor.Dense) (Reduction, error) {
	if reason := unusable(x); reason != "" {
		return nil, fmt.Errorf("dist: AllReduce: %s", reason)
	}
	r := &meetings{member: m, call: Call{Kind: Reduces, Length: x.Shape().TotalSize(), Double: x.Dtype() == tensor.Float64}}
	if r.call.Double {
		r.own.double = x.Float64s()
	} else {
		r.own.single = x.Float32s()
	}
	return r, nil
}

// meetings is a Reduction.
type meetings struct {
	*member
	call Call
	own  contribution
	now  *meeting // nil before the first
}

func (r *meetings) Poll() error { return nil }

func (r *meetings) Start() (err error) {
	r.now, err = r.come(r.call, r.own)
	return err
}

func (r *meetings) Wait(ctx context.Context) error {
	if r.now == nil {
		return errors.New("dist: Wait: the sum was not started")
	}
	return r.wait(ctx, r.now)
}

func (m *member) meet(ctx context.Context, c Call, own contribution) (*meeting, error) {
	at, err := m.come(c, own)
	if err != nil {
		return nil, err
	}
	return at, m.wait(ctx, at)
}

// come brings a rank's memory to its next call. Who comes last does the work.
func (m *member) come(c Call, own contribution) (*meeting, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.reason != nil {
		return nil, m.reason
	}
	m.calls++
	c.Number, own.here = m.calls, true
	at := m.hub.calls[c.Number]
	if at == nil {
		at = &meeting{call: c, come: make([]contribution, m.size), left: m.size, done: make(chan struct{})}
		m.hub.calls[c.Number] = at
	}
	if at.call != c {
		return nil, m.failLocked(&LostError{Call: at.call, Other: map[int]Call{m.rank: c}})
	}
	at.come[m.rank] = own
	if at.left--; at.left == 0 {
		delete(m.hub.calls, c.Number)
		at.finish()
		close(at.done)
	}
	return at, nil
}

// wait returns when all have come. A pause of the whole process counts as one tick.
func (m *member) wait(ctx context.Context, at *meeting) error {
	select {
	case <-at.done:
		return nil
	default:
	}
	limit := Limit(ctx)
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for waited := time.Duration(0); waited < limit; {
		select {
		case <-at.done:
			return nil
		case <-m.broken:
			return m.reason
		case <-ctx.Done():
			if ctx.Err() == context.DeadlineExceeded {
				return m.fail(&LostError{Ranks: m.missing(at), Call: at.call, After: limit})
			}
			return m.fail(fmt.Errorf("dist: %v of rank %d: %w", at.call, m.rank, ctx.Err()))
		case <-ticker.C:
			waited += tick
		}
	}
	return m.fail(&LostError{Ranks: m.missing(at), Call: at.call, After: limit})
}

const tick = 20 * time.Millisecond

// Limit returns how long a call of ctx waits: until its deadline, else [Patience].
func Limit(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return time.Until(deadline)
	}
	return Patience
}

func (h *hub) missing(at *meeting) []int {
	h.mu.Lock()
	defer h.mu.Unlock()
	var ranks []int
	for i, c := range at.come {
		if !c.here {
			ranks = append(ranks, i)
		}
	}
	return ranks
}

// fail ends the calls of all ranks, with the first reason.
func (h *hub) fail(reason error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.failLocked(reason)
}

func (h *hub) failLocked(reason error) error {
	if h.reason == nil {
		h.reason = reason
		close(h.broken)
	}
	return h.reason
}

// finish does what the call is for.
func (at *meeting) finish() {
	switch at.call.Kind {
	case Reduces:
		first := at.come[0]
		for _, c := range at.come[1:] {
			vec.Axpby(1, c.single, 1, first.single)
			vec.Axpby(1, c.double, 1, first.double)
		}
		for _, c := range at.come[1:] {
			copy(c.single, first.single)
			copy(c.double, first.double)
		}
	case Broadcasts:
		for _, c := range at.come {
			copy(c.data, at.come[at.call.Root].data)
		}
	}
}
