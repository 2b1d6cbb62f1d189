//go:build mpi

package mpi

/*
#cgo !mpich pkg-config: ompi-c
#cgo mpich pkg-config: mpich
#include <mpi.h>
#include <sched.h>
#include <stdlib.h>

// Calls of the ranks, and their talk about who is there, go separate ways.
static MPI_Comm work, talk;

enum { ask = 1, answer = 2, words = 5 };

static int start(int *rank, int *size) {
	int got, rc = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &got);
	if (rc) return rc;
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
	if ((rc = MPI_Comm_dup(MPI_COMM_WORLD, &work))) return rc;
	if ((rc = MPI_Comm_dup(MPI_COMM_WORLD, &talk))) return rc;
	if ((rc = MPI_Comm_rank(work, rank))) return rc;
	if ((rc = MPI_Comm_size(work, size))) return rc;
	return got < MPI_THREAD_SERIALIZED ? MPI_ERR_OTHER : 0;
}

static MPI_Request *requests(int n) { return malloc(n * sizeof(MPI_Request)); }
static void *memory(size_t n) { return malloc(n); }

static int sum(void *x, int n, int twice, MPI_Request *r) {
	return MPI_Iallreduce(MPI_IN_PLACE, x, n, twice ? MPI_DOUBLE : MPI_FLOAT, MPI_SUM, work, r);
}
static int broadcast(void *x, int n, int root, MPI_Request *r) { return MPI_Ibcast(x, n, MPI_BYTE, root, work, r); }
static int barrier(MPI_Request *r) { return MPI_Ibarrier(work, r); }
static int give(void *x, int n, int to, int tag, MPI_Request *r) { return MPI_Isend(x, n, MPI_BYTE, to, tag, work, r); }
static int take(void *x, int n, int from, int tag, MPI_Request *r) { return MPI_Irecv(x, n, MPI_BYTE, from, tag, work, r); }
static int test(MPI_Request *r, int n, int *done) { return MPI_Testall(n, r, done, MPI_STATUSES_IGNORE); }
static void yield(void) { sched_yield(); }

static int tell(int to, int tag, long long *what) { return MPI_Send(what, words, MPI_LONG_LONG, to, tag, talk); }

// heard takes a message if there is one, and says from whom.
static int heard(int tag, int *from, long long *what) {
	int there;
	MPI_Status s;
	int rc = MPI_Iprobe(MPI_ANY_SOURCE, tag, talk, &there, &s);
	*from = -1;
	if (rc || !there) return rc;
	*from = s.MPI_SOURCE;
	return MPI_Recv(what, words, MPI_LONG_LONG, *from, tag, talk, MPI_STATUS_IGNORE);
}

static void end(int status) { MPI_Abort(MPI_COMM_WORLD, status); }
static int finish(void) { return MPI_Finalize(); }
static void text(int rc, char *to, int *n) { MPI_Error_string(rc, to, n); }
*/
import "C"

import (
	"fmt"
	"runtime"
	"unsafe"
)

// check turns the status of an MPI call into an error.
func check(what string, status C.int) error {
	if status == C.MPI_SUCCESS {
		return nil
	}
	text, n := make([]byte, C.MPI_MAX_ERROR_STRING), C.int(0)
	C.text(status, (*C.char)(unsafe.Pointer(&text[0])), &n)
	return fmt.Errorf("mpi: %s: %s", what, text[:n])
}

// An engine runs MPI. One thread starts and ends it; others call it in turn.
type engine struct {
	rank, size int
	ending     chan struct{}
	ended      chan error
}

func newEngine() (*engine, error) {
	e := &engine{ending: make(chan struct{}), ended: make(chan error)}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		var rank, size C.int
		err := check("MPI_Init_thread", C.start(&rank, &size))
		e.rank, e.size = int(rank), int(size)
		started <- err
		<-e.ending
		e.ended <- check("MPI_Finalize", C.finish())
	}()
	return e, <-started
}

func (e *engine) finish() error {
	close(e.ending)
	return <-e.ended
}

func (e *engine) abort(status int) { C.end(C.int(status)) }

// A request is some MPI calls under way, which are done together.
type request struct {
	r *C.MPI_Request
	n int
}

// newRequest returns room for n calls, which lasts as long as the process.
func newRequest(n int) request { return request{C.requests(C.int(max(n, 1))), n} }

// room returns memory that does not move, for as long as the process lasts.
func room(bytes int) unsafe.Pointer { return C.memory(C.size_t(max(bytes, 1))) }

// at returns the i-th of the calls.
func (r request) at(i int) *C.MPI_Request { return &unsafe.Slice(r.r, r.n)[i] }

// send begins to send memory to a rank, as the i-th call.
func (r request) send(i int, x unsafe.Pointer, bytes, to, tag int) error {
	return check("MPI_Isend", C.give(x, C.int(bytes), C.int(to), C.int(tag), r.at(i)))
}

// receive begins to receive memory from a rank, as the i-th call.
func (r request) receive(i int, x unsafe.Pointer, bytes, from, tag int) error {
	return check("MPI_Irecv", C.take(x, C.int(bytes), C.int(from), C.int(tag), r.at(i)))
}

// sum begins an all-reduce of pinned memory.
func (r request) sum(x unsafe.Pointer, n int, double bool) error {
	twice := C.int(0)
	if double {
		twice = 1
	}
	return check("MPI_Iallreduce", C.sum(x, C.int(n), twice, r.r))
}

func (r request) broadcast(x unsafe.Pointer, n, root int) error {
	return check("MPI_Ibcast", C.broadcast(x, C.int(n), C.int(root), r.r))
}

func (r request) barrier() error { return check("MPI_Ibarrier", C.barrier(r.r)) }

// test moves on what can go on, and reports whether all calls are done.
func (r request) test() (bool, error) {
	var done C.int
	status := C.test(r.r, C.int(r.n), &done)
	return done != 0, check("MPI_Testall", status)
}

func yield() { C.yield() }

// What ranks tell each other of the call that they are at.
type message [C.words]C.longlong

func number(i int) C.longlong { return C.longlong(i) }

const (
	ask    = C.ask
	answer = C.answer
)

func (m *message) send(to, tag int) error {
	return check("MPI_Send", C.tell(C.int(to), C.int(tag), &m[0]))
}

// receive takes a message if there is one; from is −1 if there is none.
func (m *message) receive(tag int) (from int, err error) {
	var source C.int
	status := C.heard(C.int(tag), &source, &m[0])
	return int(source), check("MPI_Iprobe", status)
}
