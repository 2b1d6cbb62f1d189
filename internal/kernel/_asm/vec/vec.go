package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"declive/internal/kernel/_asm/isa"
)

// A vec emits code for one instruction set and element type. Its methods read
// as expressions: each takes operands and returns the new register that holds
// the result. Only those ending in To overwrite an operand.
//
// The last operand of an arithmetic method may be memory or a [constant].
type vec struct {
	isa.Vector
	short bool // vectors of 16 bytes, for the end of a reduction
}

// instruction emits one instruction, sources first.
type instruction func(ops ...Op)

// A form is one operation in its four encodings: float32 and float64, and
// both again with the memory operand broadcast, as AVX-512 can.
type form struct{ s, d, sb, db instruction }

var (
	addF    = form{VADDPS, VADDPD, VADDPS_BCST, VADDPD_BCST}
	subF    = form{VSUBPS, VSUBPD, VSUBPS_BCST, VSUBPD_BCST}
	mulF    = form{VMULPS, VMULPD, VMULPS_BCST, VMULPD_BCST}
	divF    = form{VDIVPS, VDIVPD, VDIVPS_BCST, VDIVPD_BCST}
	maxF    = form{VMAXPS, VMAXPD, VMAXPS_BCST, VMAXPD_BCST}
	minF    = form{VMINPS, VMINPD, VMINPS_BCST, VMINPD_BCST}
	sqrtF   = form{VSQRTPS, VSQRTPD, VSQRTPS_BCST, VSQRTPD_BCST}
	andF    = form{VANDPS, VANDPD, VANDPS_BCST, VANDPD_BCST}
	orF     = form{VORPS, VORPD, VORPS_BCST, VORPD_BCST}
	xorF    = form{VXORPS, VXORPD, VXORPS_BCST, VXORPD_BCST}
	andNotF = form{VANDNPS, VANDNPD, VANDNPS_BCST, VANDNPD_BCST}
	cmpF    = form{VCMPPS, VCMPPD, VCMPPS_BCST, VCMPPD_BCST}
	scaleF  = form{VSCALEFPS, VSCALEFPD, VSCALEFPS_BCST, VSCALEFPD_BCST}
	fma213  = form{VFMADD213PS, VFMADD213PD, VFMADD213PS_BCST, VFMADD213PD_BCST}
	fma231  = form{VFMADD231PS, VFMADD231PD, VFMADD231PS_BCST, VFMADD231PD_BCST}
	fnma231 = form{VFNMADD231PS, VFNMADD231PD, VFNMADD231PS_BCST, VFNMADD231PD_BCST}
	addI    = form{VPADDD, VPADDQ, VPADDD_BCST, VPADDQ_BCST}
	subI    = form{VPSUBD, VPSUBQ, VPSUBD_BCST, VPSUBQ_BCST}
	shlI    = form{s: VPSLLD, d: VPSLLQ}
	shrI    = form{s: VPSRLD, d: VPSRLQ}
)

// emit emits f, broadcasting a constant among its operands if it has to.
func (v vec) emit(f form, ops ...Op) {
	i := f.s
	if v.Double {
		i = f.d
	}
	for n, o := range ops {
		c, ok := o.(constant)
		if !ok {
			continue
		}
		ops[n] = c.Mem
		if v.Wide {
			i = f.sb
			if v.Double {
				i = f.db
			}
		}
	}
	i(ops...)
}

// reg returns a new vector register.
func (v vec) reg() reg.VecVirtual {
	if v.short {
		return XMM()
	}
	return v.NewReg()
}

// do emits f into a new register.
func (v vec) do(f form, ops ...Op) Op {
	d := v.reg()
	v.emit(f, append(ops, d)...)
	return d
}

func (v vec) add(a, b Op) Op    { return v.do(addF, b, a) }
func (v vec) sub(a, b Op) Op    { return v.do(subF, b, a) }
func (v vec) mul(a, b Op) Op    { return v.do(mulF, b, a) }
func (v vec) div(a, b Op) Op    { return v.do(divF, b, a) }
func (v vec) sqrt(a Op) Op      { return v.do(sqrtF, a) }
func (v vec) and(a, b Op) Op    { return v.do(andF, b, a) }
func (v vec) or(a, b Op) Op     { return v.do(orF, b, a) }
func (v vec) xor(a, b Op) Op    { return v.do(xorF, b, a) }
func (v vec) andNot(a, b Op) Op { return v.do(andNotF, b, a) } // ¬a ∧ b
func (v vec) addInt(a, b Op) Op { return v.do(addI, b, a) }
func (v vec) subInt(a, b Op) Op { return v.do(subI, b, a) }
func (v vec) shl(a Op, n int) Op {
	return v.do(shlI, U8(n), a)
}
func (v vec) shr(a Op, n int) Op {
	return v.do(shrI, U8(n), a)
}

// max is the larger of a and b, and b if either is NaN; a, for NEON, is a number.
func (v vec) max(a, b Op) Op { return v.do(maxF, b, a) }

// min is the smaller of a and b, and b if either is NaN; a, for NEON, is a number.
func (v vec) min(a, b Op) Op { return v.do(minF, b, a) }

// scale is a·2ᵇ for integral b, rounded once. AVX-512 only.
func (v vec) scale(a, b Op) Op { return v.do(scaleF, b, a) }

// horner is acc·x + c. It may overwrite acc.
func (v vec) horner(acc, x, c Op) Op {
	if v.NEON { // it only adds to a register
		return v.fma(acc, x, c)
	}
	v.emit(fma213, c, x, acc)
	return acc
}

// addMulTo replaces acc by acc + a·b.
func (v vec) addMulTo(acc, a, b Op) { v.emit(fma231, b, a, acc) }

// subMulTo replaces acc by acc − a·b.
func (v vec) subMulTo(acc, a, b Op) { v.emit(fnma231, b, a, acc) }

// fma is a·b + c.
func (v vec) fma(a, b, c Op) Op {
	d := v.copy(c)
	v.addMulTo(d, a, b)
	return d
}

// fnma is c − a·b.
func (v vec) fnma(a, b, c Op) Op {
	d := v.copy(c)
	v.subMulTo(d, a, b)
	return d
}

// copy copies a register or a constant, or loads from memory.
func (v vec) copy(a Op) Op {
	d := v.reg()
	if c, ok := a.(constant); ok {
		v.Broadcast(c.Mem, d)
	} else {
		v.Load(a, d)
	}
	return d
}

// zero returns a register of zeros.
func (v vec) zero() Op {
	d := v.reg()
	v.Zero(d)
	return d
}

// The predicates of cmp. All but unordered and notEqual are false for NaN.
const (
	equal        = 0x00
	less         = 0x11
	lessEqual    = 0x12
	unordered    = 0x03
	notEqual     = 0x04
	greaterEqual = 0x1d
	greater      = 0x1e
)

// cmp returns the mask of the lanes where a and b compare as asked: an opmask
// register with AVX-512, else a vector of ones and zeros.
func (v vec) cmp(predicate int, a, b Op) Op {
	var m Op = v.reg()
	if v.Wide {
		m = K()
	}
	v.emit(cmpF, U8(predicate), b, a, m)
	return m
}

// blend is yes where the mask holds, else no.
func (v vec) blend(mask, yes, no Op) Op {
	if v.Wide {
		return v.do(form{VBLENDMPS, VBLENDMPD, VBLENDMPS_BCST, VBLENDMPD_BCST}, yes, no, mask)
	}
	if c, ok := yes.(constant); ok {
		yes = c.Mem
	}
	d := v.reg()
	if v.Double {
		VBLENDVPD(mask, yes, no, d)
	} else {
		VBLENDVPS(mask, yes, no, d)
	}
	return d
}

// keep is a where the mask holds, else zero.
func (v vec) keep(mask, a Op) Op {
	if !v.Wide {
		return v.and(mask, a)
	}
	d := v.reg()
	if v.Double {
		VMOVAPD_Z(a, mask, d)
	} else {
		VMOVAPS_Z(a, mask, d)
	}
	return d
}

// nanMax is the larger of a and b, and NaN if either is, as the instruction of
// NEON has it.
func (v vec) nanMax(a, b Op) Op {
	if v.NEON {
		return v.max(a, b)
	}
	return v.blend(v.cmp(unordered, a, a), a, v.max(a, b))
}

// nanMin is the smaller of a and b, and NaN if either is.
func (v vec) nanMin(a, b Op) Op {
	if v.NEON {
		return v.min(a, b)
	}
	return v.blend(v.cmp(unordered, a, a), a, v.min(a, b))
}
