#!/bin/bash
# compare.sh PEERS OUT: times Declive and the Python libraries alternately, one
# case at a time, and appends the lines that they print to the file OUT. PEERS is
# the folder with torch_bench.py and numpy_bench.py. A processor with AVX-512 is
# measured with it, and again with AVX2 alone, as most others are: all programs are
# told so, but for NumPy's own loops beside OpenBLAS. Then print the table with
#
#	go run ./examples/bench -ratios OUT
#
# From the environment:
#   ROUNDS=3      times that everything is gone through
#   THREADS="1 2" numbers of threads
#   CASES="..."   cases
#   ISAS="avx512 avx2" instruction sets
#   DTYPE=both    f32, f64 or both
#   REPEAT=0      samples of a case; 0 for the programs' own numbers
#   LOCK=FILE     held during each measurement, to keep other measurements away
#   PYTHON=...    the interpreter
set -euo pipefail
if [ $# -ne 2 ]; then
	sed -n '2,/^set/{/^#/p}' "$0" >&2
	exit 2
fi
peers=$1 out=$2
cases=${CASES:-svm-step softmax-step logistic-step linear-mse-step tiny-step mlp-small-step mlp-step hvp conv-step lenet-step resnet20-step airbench94-step full-gd random-search epoch gradcheck-small gradcheck}
isas=avx2
if grep -qw avx512f /proc/cpuinfo; then isas="avx512 avx2"; fi
bench=$(mktemp)
trap 'rm -f "$bench"' EXIT
go -C "$(dirname "$0")" build -o "$bench" .

alone() {
	if [ -n "${LOCK:-}" ]; then flock "$LOCK" "$@"; else "$@"; fi
}

# with ISA COMMAND...: runs a command with an instruction set, and names it in the
# lines that do not.
with() {
	local isa=$1 settings=()
	shift
	if [ "$isa" = avx2 ]; then
		settings=(GODEBUG=cpu.avx512f=off OPENBLAS_CORETYPE=Haswell ATEN_CPU_CAPABILITY=avx2 DNNL_MAX_CPU_ISA=AVX2)
	fi
	alone env "${settings[@]}" "$@" | sed "/\"isa\":/! s/^{/{\"isa\":\"$isa\",/" >>"$out"
}

for _ in $(seq "${ROUNDS:-3}"); do
	for isa in ${ISAS:-$isas}; do
		for threads in ${THREADS:-1 2}; do
			for name in $cases; do
				options=(--case "$name" --threads "$threads" --dtype "${DTYPE:-both}" --repeat "${REPEAT:-0}")
				for peer in torch numpy; do
					with "$isa" "${PYTHON:-/usr/bin/python3}" "$peers/${peer}_bench.py" "${options[@]}"
				done
				with "$isa" "$bench" "${options[@]}"
			done
		done
	done
done
