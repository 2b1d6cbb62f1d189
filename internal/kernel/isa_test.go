package kernel

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUse(t *testing.T) {
	best := InUse()
	defer Use(best)
	assert.Equal(t, Generic, Available()[0])
	assert.Equal(t, best, Available()[len(Available())-1])
	assert.IsIncreasing(t, append([]ISA{}, Available()...))
	assert.Equal(t, best, Use(Generic))
	assert.Equal(t, Generic, InUse())
	Available()[0] = AVX512
	assert.Equal(t, Generic, Available()[0], "a copy")
}

func TestISAString(t *testing.T) {
	assert.Equal(t, "generic", Generic.String())
	assert.Equal(t, "avx512", AVX512.String())
}

// printISA makes this test print the instruction sets and end.
const printISA = "DECLIVE_PRINT_ISA"

// GODEBUG turns features of the processor off, so that a program or a benchmark
// can be run as on a lesser machine.
func TestGODEBUGLowersTheInstructionSet(t *testing.T) {
	if os.Getenv(printISA) != "" {
		fmt.Println("ISA:", Available(), InUse())
		return
	}
	all := Available()
	if len(all) == 1 || all[1] == NEON {
		t.Skip("nothing to turn off")
	}
	run := func(settings string) string {
		c := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		c.Env = append(os.Environ(), printISA+"=1", "GODEBUG="+os.Getenv("GODEBUG")+","+settings)
		out, err := c.Output()
		require.NoError(t, err)
		_, line, _ := strings.Cut(string(out), "ISA: ")
		line, _, _ = strings.Cut(line, "\n")
		return line
	}
	for settings, below := range map[string]ISA{
		"":                numISA,
		"cpu.avx512f=off": AVX512,
		"cpu.avx2=off":    AVX2,
		"cpu.fma=off":     AVX2,
		"cpu.all=off":     AVX2,
	} {
		var want []ISA
		for _, s := range all {
			if s < below {
				want = append(want, s)
			}
		}
		assert.Equal(t, fmt.Sprint(want, " ", want[len(want)-1]), run(settings), "GODEBUG=%s", settings)
	}
}
