package neon

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// written holds the instructions that kernels have as words.
func written(t *testing.T) []code {
	files, err := filepath.Glob("../../*/*_arm64.s")
	require.NoError(t, err)
	var all []code
	for _, name := range files {
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`WORD *\$(0x[0-9a-f]{8}) // (.*)`).FindAllStringSubmatch(string(source), -1) {
			var c code
			_, err := fmt.Sscan(m[1], &c.word)
			require.NoError(t, err)
			c.text = m[2]
			all = append(all, c)
		}
	}
	require.NotEmpty(t, all)
	return all
}

// extremes holds instructions with the largest and smallest operands that kernels
// may come to have.
func extremes() []code {
	all := []code{
		zero(31), move(31, 30), not(31, 29), loadSpread(false, 31, 30), loadSpread(true, 30, sp),
		loadThird(31, 30), storeThird(30, sp), spread(false, 31, 30, 3), spread(true, 31, 30, 1),
		addScalar(false, 31, 30, 29), addScalar(true, 31, 30, 29),
		prefetch(1, 30, 32760), prefetch(2, sp, -256), prefetch(1, 3, 255),
	}
	for _, d := range []bool{false, true} {
		for name := range arithmetic {
			if d && name == "umaxp" { // of no doubles
				continue
			}
			all = append(all, three(name, d, 31, 30, 29), three(name, d, 0, 1, 2))
		}
		for name := range byElement {
			all = append(all, element(name, d, 31, 30, 29), element(name, d, 0, 1, 15))
		}
		for name := range converting {
			all = append(all, two(name, d, 31, 0))
		}
		for _, left := range []bool{false, true} {
			all = append(all, shift(left, d, 31, 0, 1), shift(left, d, 0, 31, map[bool]int{false: 31, true: 63}[d]))
		}
	}
	for name := range logical {
		all = append(all, bitwise(name, 31, 30, 29))
	}
	for _, bytes := range []int{1, 2, 4} {
		all = append(all, widen(bytes, 31, 0))
	}
	for _, offset := range []int{0, 16, -16, 1008, -1024} {
		all = append(all, loadPair(31, 30, sp, offset), storePair(0, 1, 30, offset))
	}
	for size := range loads {
		all = append(all, loadIndexed(size, 31, 30, 29))
		for _, offset := range []int{0, 1, -1, 255, -256, 4095 * size} {
			all = append(all, load(size, 31, 30, offset))
			if _, ok := stores[size]; ok {
				all = append(all, store(size, 0, sp, offset))
			}
		}
	}
	return all
}

// The words are what another assembler makes of the comments beside them.
func TestEncodings(t *testing.T) {
	assembler, err := exec.LookPath("llvm-mc")
	if err != nil {
		t.Skip("no llvm-mc, which Debian has in its package llvm")
	}
	all := append(written(t), extremes()...)
	slices.SortFunc(all, func(a, b code) int { return strings.Compare(a.text, b.text) })
	all = slices.Compact(all)
	var source strings.Builder
	for _, c := range all {
		fmt.Fprintln(&source, c.text)
	}
	c := exec.Command(assembler, "-triple=aarch64", "-show-encoding")
	c.Stdin = strings.NewReader(source.String())
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%.2000s", out)
	encodings := regexp.MustCompile(`encoding: \[0x(..),0x(..),0x(..),0x(..)\]`).FindAllStringSubmatch(string(out), -1)
	require.Len(t, encodings, len(all))
	for i, e := range encodings {
		assert.Equal(t, e[4]+e[3]+e[2]+e[1], fmt.Sprintf("%08x", all[i].word), "%s", all[i].text)
	}
}

// Registers of the platform, of Go and of its assembler are left alone.
func TestReservedRegisters(t *testing.T) {
	for _, c := range written(t) {
		assert.NotRegexp(t, `\bx(18|2[6-9]|30)\b`, c.text)
	}
	files, err := filepath.Glob("../../*/*_arm64.s")
	require.NoError(t, err)
	for _, name := range files {
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.Empty(t, regexp.MustCompile(`\bR(18|2[6-9]|30)\b`).FindString(string(source)), name)
	}
}

func TestSumsAreForgotten(t *testing.T) {
	var c addressCache
	s := sum{base: 1, index: 2, shift: 3}
	r, held := c.register(s)
	assert.False(t, held)
	again, held := c.register(s)
	assert.True(t, held)
	assert.Equal(t, r, again)
	for _, changed := range []g{1, 2} {
		c.register(s)
		c.forget(changed)
		_, held = c.register(s)
		assert.False(t, held, "R%d has changed", changed)
	}
	for i := range g(numSums) {
		c.register(sum{base: 5, index: 6 + i})
	}
	_, held = c.register(s)
	assert.False(t, held, "replaced")
}

func TestUnknownInstructionPanics(t *testing.T) {
	assert.PanicsWithValue(t, "neon: no encoding of fnmadd", func() { three("fnmadd", false, 0, 1, 2) })
}
