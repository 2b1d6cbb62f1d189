#!/bin/bash
# compare.sh PEERS OUT: times Declive and the Python libraries alternately, one
# case at a time, and appends the lines that they print to the file OUT. PEERS is
# the folder with torch_bench.py and numpy_bench.py. Then print the table with
#
#	go run ./examples/bench -ratios OUT
#
# From the environment:
#   ROUNDS=3      times that everything is gone through
#   THREADS="1 2" numbers of threads
#   CASES="..."   cases
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
cases=${CASES:-svm-step softmax-step logistic-step linear-mse-step tiny-step mlp-small-step mlp-step hvp full-gd random-search epoch gradcheck-small gradcheck}
bench=$(mktemp)
trap 'rm -f "$bench"' EXIT
go build -o "$bench" "$(dirname "$0")"

alone() {
	if [ -n "${LOCK:-}" ]; then flock "$LOCK" "$@"; else "$@"; fi
}

for _ in $(seq "${ROUNDS:-3}"); do
	for threads in ${THREADS:-1 2}; do
		for name in $cases; do
			for peer in torch numpy; do
				alone "${PYTHON:-/usr/bin/python3}" "$peers/${peer}_bench.py" --case "$name" \
					--threads "$threads" --dtype "${DTYPE:-both}" --repeat "${REPEAT:-0}" >>"$out"
			done
			alone "$bench" -case "$name" -threads "$threads" -dtype "${DTYPE:-both}" -repeat "${REPEAT:-0}" >>"$out"
		done
	done
done
