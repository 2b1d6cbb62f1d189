package main

import (
	"declive/internal/kernel/_asm/isa"
	"declive/internal/kernel/_asm/neon"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of windowArgs.
const (
	windowSrc      = 8 * iota // address of the source
	windowDst                 // address of the result
	windowAt                  // address of the positions
	windowTaps                // address of the taps: an offset in elements and a position, of four bytes each
	windowNTaps               // number of taps, which may be 0 but for the maximum
	windowPixels              // number of pixels, at least 1; counted down to 0
	windowVectors             // number of vectors of a pixel, at least 1
	windowApartSrc            // bytes from pixel to pixel of the source
	windowApartDst            // bytes from pixel to pixel of the result
	windowApartAt             // bytes from pixel to pixel of the positions
	windowMask                // spread: lanes of a pixel's last vector; 0 for all
)

// windows writes the kernels that go over windows of pixels for v, in float32.
func windows(v isa.Vector, d *declarations) {
	for _, w := range []window{
		{name: "max", start: window.startMax, tap: window.tapMax, end: window.endMax},
		{name: "pick", start: window.startPick, tap: window.tapPick, end: window.endPick},
		{name: "spread", start: window.startSpread, tap: window.tapSpread, end: window.endSpread},
	} {
		w.Vector = v
		w.write(d)
	}
}

// A window is a kernel that computes pixels of a result from taps of a source, one
// vector of channels after the other. Its steps are those before, at and after the
// taps of a vector.
type window struct {
	isa.Vector
	name            string
	start, tap, end func(w window)

	src, dst, at  reg.GPVirtual // of the vector
	vectors       reg.GPVirtual // left of the pixel
	next, rest    reg.GPVirtual // of the taps
	best, chosen  reg.VecVirtual
	position, use reg.VecVirtual
}

func (w window) write(d *declarations) {
	d.begin(w.Vector, w.name, "windowArgs", "window", w.name+"Kind")
	src, dst, at := GP64(), GP64(), GP64()
	w.vectors = GP64()
	w.src, w.dst, w.at, w.next, w.rest = GP64(), GP64(), GP64(), GP64(), GP64()
	w.best, w.chosen, w.position, w.use = w.NewReg(), w.NewReg(), w.NewReg(), w.NewReg()
	MOVQ(arg(windowSrc), src)
	MOVQ(arg(windowDst), dst)
	MOVQ(arg(windowAt), at)
	Label("pixel")
	MOVQ(src, w.src)
	MOVQ(dst, w.dst)
	MOVQ(at, w.at)
	MOVQ(arg(windowVectors), w.vectors)
	Label("vector")
	MOVQ(arg(windowTaps), w.next)
	MOVQ(arg(windowNTaps), w.rest)
	w.start(w)
	TESTQ(w.rest, w.rest)
	JZ(LabelRef("done"))
	Label("tap")
	w.tap(w)
	ADDQ(U8(8), w.next)
	DECQ(w.rest)
	JNZ(LabelRef("tap"))
	Label("done")
	w.end(w)
	ADDQ(U8(w.Width()), w.src)
	ADDQ(U8(w.Width()), w.dst)
	ADDQ(U8(w.Lanes()), w.at)
	DECQ(w.vectors)
	JNZ(LabelRef("vector"))
	ADDQ(arg(windowApartSrc), src)
	ADDQ(arg(windowApartDst), dst)
	ADDQ(arg(windowApartAt), at)
	DECQ(arg(windowPixels))
	JNZ(LabelRef("pixel"))
	VZEROUPPER()
	RET()
}

// offset loads the offset of the tap.
func (w window) offset() reg.GPVirtual {
	offset := GP64()
	MOVLQSX(Mem{Base: w.next}, offset)
	return offset
}

// value is the vector of the source at an offset.
func (w window) value(offset reg.GPVirtual) Mem {
	return Mem{Base: w.src, Index: offset, Scale: uint8(w.Size())}
}

// loadPosition sets all lanes to the position of the tap.
func (w window) loadPosition() { w.Broadcast(Mem{Base: w.next, Disp: 4}, w.position) }

// startMax takes the first tap.
func (w window) startMax() {
	w.Load(w.value(w.offset()), w.best)
	w.Broadcast(Mem{Base: w.next, Disp: 4}, w.chosen)
	ADDQ(U8(8), w.next)
	DECQ(w.rest)
}

// The predicates of comparisons.
const (
	greater   = 0x1e // not if either is NaN
	unordered = 0x03
)

// tapMax takes what is larger, or NaN.
func (w window) tapMax() {
	w.Load(w.value(w.offset()), w.use)
	w.loadPosition()
	if w.Wide {
		larger, nan := K(), K()
		VCMPPS(U8(greater), w.best, w.use, larger)
		VCMPPS(U8(unordered), w.use, w.use, nan)
		KORW(larger, nan, nan)
		VMOVAPS(w.use, nan, w.best)
		VMOVDQA32(w.position, nan, w.chosen)
		return
	}
	larger, nan := YMM(), YMM()
	VCMPPS(U8(greater), w.best, w.use, larger)
	VCMPPS(U8(unordered), w.use, w.use, nan)
	VORPS(larger, nan, nan)
	VBLENDVPS(nan, w.use, w.best, w.best)
	VBLENDVPS(nan, w.position, w.chosen, w.chosen)
}

// endMax stores the largest elements and, as bytes, their positions.
func (w window) endMax() {
	w.Store(w.best, Mem{Base: w.dst})
	switch {
	case w.Wide:
		VPMOVDB(w.chosen, Mem{Base: w.at})
		return
	case w.NEON:
		neon.StoreBytes(w.chosen, Mem{Base: w.at})
		return
	}
	high := XMM()
	low := w.chosen.AsX()
	VEXTRACTI128(U8(1), w.chosen, high)
	VPACKUSDW(high, low, low)
	VPACKUSWB(low, low, low)
	VMOVQ(low, Mem{Base: w.at})
}

// startPick loads the positions.
func (w window) startPick() {
	w.Zero(w.best)
	VPMOVZXBD(Mem{Base: w.at}, w.chosen)
}

// tapPick takes the elements whose position is that of the tap.
func (w window) tapPick() {
	value := w.value(w.offset())
	w.loadPosition()
	if w.Wide {
		k := K()
		VPCMPEQD(w.position, w.chosen, k)
		VMOVUPS(value, k, w.best)
		return
	}
	VPCMPEQD(w.position, w.chosen, w.use)
	VBLENDVPS(w.use, value, w.best, w.best)
}

func (w window) endPick() { w.Store(w.best, Mem{Base: w.dst}) }

func (w window) startSpread() { w.Zero(w.best) }

// endSpread stores the sums, of a pixel's last vector those that the mask selects:
// behind them lie pixels that others compute.
func (w window) endSpread() {
	mask := reg.RAX
	CMPQ(w.vectors, U8(1))
	JNE(LabelRef("whole"))
	MOVQ(arg(windowMask), mask)
	TESTQ(mask, mask)
	JZ(LabelRef("whole"))
	w.LoadMask(mask, w.MaskReg())
	w.StoreLanes(w.best, w.MaskReg(), Mem{Base: w.dst})
	JMP(LabelRef("stored"))
	Label("whole")
	w.Store(w.best, Mem{Base: w.dst})
	Label("stored")
}

// tapSpread adds the elements whose position is that of the tap.
func (w window) tapSpread() {
	offset := w.offset()
	VPMOVZXBD(Mem{Base: w.at, Index: offset, Scale: 1}, w.chosen)
	w.loadPosition()
	if w.Wide {
		k := K()
		VPCMPEQD(w.position, w.chosen, k)
		VADDPS(w.value(offset), w.best, k, w.best)
		return
	}
	VPCMPEQD(w.position, w.chosen, w.use)
	VANDPS(w.value(offset), w.use, w.use)
	VADDPS(w.use, w.best, w.best)
}
