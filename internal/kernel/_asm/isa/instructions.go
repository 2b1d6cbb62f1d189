package isa

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"declive/internal/kernel/_asm/neon"
)

// Load loads a vector from memory of any alignment, or copies a register.
func (v Vector) Load(src, dst operand.Op) {
	if v.Double {
		build.VMOVUPD(src, dst)
	} else {
		build.VMOVUPS(src, dst)
	}
}

// Store stores a vector to memory of any alignment.
func (v Vector) Store(src, dst operand.Op) { v.Load(src, dst) }

// LoadMasked loads the lanes that mask selects and sets the others to 0; it does
// not touch memory behind them. See [Vector.LoadMask].
func (v Vector) LoadMasked(src, mask, dst operand.Op) {
	switch {
	case v.NEON:
		neon.LoadPart(src.(operand.Mem), mask, dst.(reg.Register), v.Size())
	case v.Wide && v.Double:
		build.VMOVUPD_Z(src, mask, dst)
	case v.Wide:
		build.VMOVUPS_Z(src, mask, dst)
	case v.Double:
		build.VMASKMOVPD(src, mask, dst)
	default:
		build.VMASKMOVPS(src, mask, dst)
	}
}

// LoadLanes is LoadMasked with a mask, Load with none.
func (v Vector) LoadLanes(src, mask, dst operand.Op) {
	if mask == nil {
		v.Load(src, dst)
	} else {
		v.LoadMasked(src, mask, dst)
	}
}

// StoreLanes is StoreMasked with a mask, Store with none.
func (v Vector) StoreLanes(src, mask, dst operand.Op) {
	if mask == nil {
		v.Store(src, dst)
	} else {
		v.StoreMasked(src, mask, dst)
	}
}

// StoreMasked stores the lanes that mask selects.
func (v Vector) StoreMasked(src, mask, dst operand.Op) {
	switch {
	case v.NEON:
		neon.StorePart(src.(reg.Register), mask, dst.(operand.Mem), v.Size())
	case v.Wide && v.Double:
		build.VMOVUPD(src, mask, dst)
	case v.Wide:
		build.VMOVUPS(src, mask, dst)
	case v.Double:
		build.VMASKMOVPD(src, mask, dst)
	default:
		build.VMASKMOVPS(src, mask, dst)
	}
}

// LoadMask sets a mask from a parameter in a general register: with AVX-512 dst
// is an opmask register and src holds a bit for each lane, with AVX2 dst is a
// vector register and src the address of a vector of lanes, all ones or zero, and
// with NEON both are general registers with the number of lanes.
func (v Vector) LoadMask(src reg.GPPhysical, dst operand.Op) {
	switch {
	case v.NEON:
		build.MOVQ(src, dst)
	case v.Wide:
		build.KMOVW(src.As32(), dst)
	default:
		build.VMOVDQU(operand.Mem{Base: src}, dst)
	}
}

// Broadcast sets all lanes to the element at src, in memory or in lane 0 of an
// X register.
func (v Vector) Broadcast(src, dst operand.Op) {
	switch {
	case v.Double && v.Width() == 16:
		build.VMOVDDUP(src, dst)
	case v.Double:
		build.VBROADCASTSD(src, dst)
	default:
		build.VBROADCASTSS(src, dst)
	}
}

// Zero clears a register.
func (v Vector) Zero(dst operand.Op) {
	if v.Wide {
		build.VPXORD(dst, dst, dst)
	} else {
		build.VXORPS(dst, dst, dst)
	}
}

// FMA computes acc += x·y; x may be in memory.
func (v Vector) FMA(x, y, acc operand.Op) {
	if v.Double {
		build.VFMADD231PD(x, y, acc)
	} else {
		build.VFMADD231PS(x, y, acc)
	}
}

// FMABroadcast computes acc += x·y with the element x of memory in all lanes, for
// AVX-512.
func (v Vector) FMABroadcast(x, y, acc operand.Op) {
	if v.Double {
		build.VFMADD231PD_BCST(x, y, acc)
	} else {
		build.VFMADD231PS_BCST(x, y, acc)
	}
}

// Add computes dst = x + y; x may be in memory.
func (v Vector) Add(x, y, dst operand.Op) {
	if v.Double {
		build.VADDPD(x, y, dst)
	} else {
		build.VADDPS(x, y, dst)
	}
}

// Mul computes dst = x·y; x may be in memory.
func (v Vector) Mul(x, y, dst operand.Op) {
	if v.Double {
		build.VMULPD(x, y, dst)
	} else {
		build.VMULPS(x, y, dst)
	}
}

// Max computes the larger of x and y, which is x where either is NaN; x may be
// in memory.
func (v Vector) Max(x, y, dst operand.Op) {
	if v.Double {
		build.VMAXPD(x, y, dst)
	} else {
		build.VMAXPS(x, y, dst)
	}
}
