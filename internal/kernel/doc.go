// Package kernel holds what the inner loops of Declive have in common: the
// element types, the form of a two-dimensional operand, aligned memory, and the
// instruction set that all of them use. The loops themselves lie in the packages
// below,
//
//	vec    elementwise functions, reductions, transposes and gathers
//	gemm   matrix products
//	conv   convolutions, their gradients, and max pools
//
// Every loop has a plain Go version, which is its definition, and may have
// assembly for some of the instruction sets of [ISA]. The best that the machine
// has is chosen once, at start. GODEBUG turns features of the processor off, so
// that the same program can be tested and measured as on a lesser one:
//
//	GODEBUG=cpu.avx512f=off    AVX2 at best
//	GODEBUG=cpu.avx2=off       plain Go
//
// Every processor of arm64 has NEON, and nothing turns that off.
//
// The result of a call depends on the instruction set and on the shape of the
// work, never on the number of cores: the same call returns the same bits under
// any GOMAXPROCS.
//
// Lengths and strides are the caller's promise. A slice too short for its shape
// is a mistake in the program and panics before anything is written; values are
// never checked, NaN and infinities travel through the arithmetic.
//
// The packages know nothing of tensors, graphs or broadcasting beyond the
// strides of an [Operand], and they support no other element types.
//
// A family of loops is a package with the same few files: the reference in plain
// Go beside the documentation; files for amd64 and arm64 that call the assembly;
// what differs between the two, in isa_amd64.go and isa_arm64.go; the assembly with
// its declarations and tables, which a generator in _asm writes; and noasm.go for
// processors without. The build tag purego leaves all assembly out.
//
// A kernel is written once, for AVX2 and AVX-512. That for AVX2 is lowered to NEON,
// instruction by instruction (_asm/neon). What llvm-mca makes of the inner loops on
// some processors is printed by _asm/mca.
package kernel
