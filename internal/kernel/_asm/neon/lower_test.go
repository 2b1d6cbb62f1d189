package neon

import (
	"strings"
	"testing"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lowered returns the text of a function after lowering, an instruction a line.
func lowered(t *testing.T, write func(c *build.Context)) string {
	c := build.NewContext()
	c.Function("f")
	write(c)
	c.RET()
	file, err := c.Result()
	require.NoError(t, err)
	require.NoError(t, lower(file))
	var b strings.Builder
	for _, n := range file.Functions()[0].Nodes {
		switch n := n.(type) {
		case ir.Label:
			b.WriteString(string(n) + ":\n")
		case *ir.Instruction:
			b.WriteString(n.Opcode)
			for _, o := range n.Operands {
				b.WriteString(" " + o.Asm())
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// indexed is a vector at a sum of two registers.
func indexed(disp int) operand.Mem {
	return operand.Mem{Base: reg.RAX, Index: reg.RCX, Scale: 4, Disp: disp}
}

func TestLowerArithmetic(t *testing.T) {
	text := lowered(t, func(c *build.Context) {
		c.VADDPS(reg.Y1, reg.Y0, reg.Y2)
		c.VANDNPD(reg.Y1, reg.Y0, reg.Y2)
		c.VSUBPD(operand.Mem{Base: reg.RDX, Disp: 32}, reg.Y0, reg.Y2)
	})
	assert.Equal(t, []string{
		"fadd v4.4s, v0.4s, v2.4s", "fadd v5.4s, v1.4s, v3.4s",
		"bic v4.16b, v2.16b, v0.16b", "bic v5.16b, v3.16b, v1.16b",
		"ldp q30, q31, [x2, #32]",
		"fsub v4.2d, v0.2d, v30.2d", "fsub v5.2d, v1.2d, v31.2d",
	}, comments(text))
}

// comments are the instructions that are words.
func comments(text string) (c []string) {
	for _, line := range strings.Split(text, "\n") {
		if _, comment, ok := strings.Cut(line, " // "); ok {
			c = append(c, comment)
		}
	}
	return c
}

// A register that holds nothing but factors from memory is a single one, used by
// element; one that is anything else as well is not.
func TestLowerFactors(t *testing.T) {
	write := func(more func(c *build.Context)) []string {
		return comments(lowered(t, func(c *build.Context) {
			c.VBROADCASTSS(operand.Mem{Base: reg.RAX}, reg.Y0)
			c.VMOVUPS(operand.Mem{Base: reg.RDX}, reg.Y1)
			c.VFMADD231PS(reg.Y1, reg.Y0, reg.Y2)
			more(c)
		}))
	}
	assert.Equal(t, []string{"ldr s0, [x0]", "ldp q1, q2, [x2]", "fmla v3.4s, v1.4s, v0.s[0]", "fmla v4.4s, v2.4s, v0.s[0]"},
		write(func(*build.Context) {}))
	assert.Equal(t, []string{"ld1r {v0.4s}, [x0]", "ld1r {v1.4s}, [x0]", "ldp q2, q3, [x2]", "fmla v4.4s, v0.4s, v2.4s", "fmla v5.4s, v1.4s, v3.4s",
		"fadd v4.4s, v0.4s, v2.4s", "fadd v5.4s, v1.4s, v3.4s"},
		write(func(c *build.Context) { c.VADDPS(reg.Y1, reg.Y0, reg.Y2) }))
}

// A sum of addresses is found again as long as it is the same on every way.
func TestLowerSums(t *testing.T) {
	load := func(c *build.Context) { c.VMOVUPS(indexed(16), reg.X0) }
	for name, f := range map[string]struct {
		between func(c *build.Context)
		sums    int
	}{
		"nothing":        {func(*build.Context) {}, 1},
		"other register": {func(c *build.Context) { c.ADDQ(operand.U8(1), reg.RDX) }, 1},
		"base changes":   {func(c *build.Context) { c.ADDQ(operand.U8(1), reg.RAX) }, 2},
		"index changes":  {func(c *build.Context) { c.MOVQ(reg.RDX, reg.RCX) }, 2},
		"branch ahead": {func(c *build.Context) {
			c.TESTQ(reg.RDX, reg.RDX)
			c.JZ(operand.LabelRef("on"))
			c.NEGQ(reg.RDX)
			c.Label("on")
		}, 1},
		"changed on one way": {func(c *build.Context) {
			c.TESTQ(reg.RDX, reg.RDX)
			c.JZ(operand.LabelRef("on"))
			c.NEGQ(reg.RAX)
			c.Label("on")
		}, 2},
		"changed on the other": {func(c *build.Context) {
			c.TESTQ(reg.RDX, reg.RDX)
			c.JZ(operand.LabelRef("else"))
			c.JMP(operand.LabelRef("on"))
			c.Label("else")
			c.NEGQ(reg.RCX)
			c.Label("on")
		}, 2},
	} {
		text := lowered(t, func(c *build.Context) { load(c); f.between(c); load(c) })
		assert.Equal(t, f.sums, strings.Count(text, "ADD R1<<2, R0"), "%s:\n%s", name, text)
	}
	loop := lowered(t, func(c *build.Context) {
		load(c)
		c.Label("loop")
		load(c)
		c.DECQ(reg.RCX)
		c.JNZ(operand.LabelRef("loop"))
	})
	assert.Equal(t, 2, strings.Count(loop, "ADD R1<<2, R0"), "reached from behind:\n%s", loop)
}

// Only an instruction before a conditional branch sets flags.
func TestLowerFlags(t *testing.T) {
	text := lowered(t, func(c *build.Context) {
		c.Label("loop")
		c.ADDQ(operand.U8(8), reg.RAX)
		c.DECQ(reg.RCX)
		c.JNZ(operand.LabelRef("loop"))
	})
	assert.Contains(t, text, "ADD $8, R0, R0\nSUBS $1, R1, R1\nBNE loop\n")
}

func TestLowerRefuses(t *testing.T) {
	assert.PanicsWithValue(t, "neon: f: a product of two factors", func() {
		lowered(t, func(c *build.Context) { c.VFMADD231PD(reg.Y0, reg.Y1, reg.Y2) })
	})
	assert.PanicsWithValue(t, "neon: f: no lowering of VPSADBW", func() {
		lowered(t, func(c *build.Context) { c.VPSADBW(reg.Y0, reg.Y1, reg.Y2) })
	})
	assert.PanicsWithValue(t, "neon: f: 34 vector registers", func() {
		lowered(t, func(c *build.Context) {
			for i := range 17 {
				y := reg.Vector.Lookup(reg.Index(i), reg.S256).(reg.VecPhysical)
				c.VADDPS(y, y, y)
			}
		})
	})
}
