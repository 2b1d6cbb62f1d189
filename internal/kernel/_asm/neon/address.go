package neon

import (
	"math/bits"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A sum is a base plus a scaled index, which few instructions of arm64 can use
// as an address together with an offset.
type sum struct {
	base, index g
	shift       int
}

// An addressCache knows which registers hold which sums: neighbouring vectors
// often have them in common.
type addressCache struct {
	sums [numSums]sum
	held [numSums]bool
	next int // to be replaced
}

// common keeps the sums that other knows, too, in the same registers.
func (c *addressCache) common(other addressCache) {
	for i := range c.sums {
		c.held[i] = c.held[i] && other.held[i] && c.sums[i] == other.sums[i]
	}
}

// forget drops the sums of a register that changes.
func (c *addressCache) forget(r g) {
	for i, s := range c.sums {
		if s.base == r || s.index == r {
			c.held[i] = false
		}
	}
}

// register returns the register that holds s, and whether it does so already.
func (c *addressCache) register(s sum) (r g, held bool) {
	for i := range c.sums {
		if c.held[i] && c.sums[i] == s {
			return firstSum + g(i), true
		}
	}
	i := c.next
	c.sums[i], c.held[i] = s, true
	c.next = (i + 1) % numSums
	return firstSum + g(i), false
}

// An address is a register and an offset.
type address struct {
	base   g
	offset int
}

// address returns the address of m, which is not a parameter.
func (l *lowering) address(m operand.Mem) address {
	if m.Base == reg.StaticBase {
		l.usesBlock = true
		return address{blockRegister, l.constants.offset(m)}
	}
	a := address{general(m.Base), m.Disp}
	if a.base == sp {
		a.offset += 8 // behind the link register
	}
	if m.Index != nil {
		a.base = l.sum(sum{a.base, general(m.Index), bits.TrailingZeros8(m.Scale)})
	}
	return a
}

func (c *constants) offset(m operand.Mem) int {
	at, ok := c.at[m.Symbol.Name]
	if !ok {
		panic("neon: unknown constant " + m.Symbol.Name)
	}
	return at + m.Disp
}

// sum returns a register that holds s.
func (l *lowering) sum(s sum) g {
	r, held := l.addresses.register(s)
	if !held {
		l.emit("ADD", "R%d<<%d, R%d, R%d", s.index, s.shift, s.base, r)
	}
	return r
}

// near returns an address equal to a, with an offset for which ok holds.
func (l *lowering) near(a address, ok func(offset int) bool) address {
	if ok(a.offset) {
		return a
	}
	l.add(temporary, a.base, a.offset)
	return address{temporary, 0}
}

// exact returns the register that holds a.
func (l *lowering) exact(a address) g {
	return l.near(a, func(offset int) bool { return offset == 0 }).base
}

// add sets a register to another one plus a number.
func (l *lowering) add(dst, src g, n int) {
	from := goName(src)
	if n < 0 {
		l.emit("SUB", "$%d, %s, R%d", -n, from, dst)
	} else {
		l.emit("ADD", "$%d, %s, R%d", n, from, dst)
	}
}

// loadBytes loads 2 to 16 bytes from m.
func (l *lowering) loadBytes(size int, x v, m operand.Mem) {
	if m.Index != nil && m.Scale == 1 && m.Disp == 0 {
		l.words(loadIndexed(size, x, general(m.Base), general(m.Index)))
		return
	}
	a := l.near(l.address(m), func(offset int) bool { return reaches(size, offset) })
	l.words(load(size, x, a.base, a.offset))
}

// storeBytes stores the first 4 to 16 bytes at m.
func (l *lowering) storeBytes(size int, x v, m operand.Mem) {
	a := l.near(l.address(m), func(offset int) bool { return reaches(size, offset) })
	l.words(store(size, x, a.base, a.offset))
}

// load loads as many whole registers from m.
func (l *lowering) load(x []v, m operand.Mem) {
	if len(x) == 1 {
		l.loadBytes(16, x[0], m)
		return
	}
	a := l.near(l.address(m), pairReaches)
	l.words(loadPair(x[0], x[1], a.base, a.offset))
}

// store stores as many whole registers at m.
func (l *lowering) store(x []v, m operand.Mem) {
	if len(x) == 1 {
		l.storeBytes(16, x[0], m)
		return
	}
	a := l.near(l.address(m), pairReaches)
	l.words(storePair(x[0], x[1], a.base, a.offset))
}
