package number

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestScanTakesANumberOffTheFront(t *testing.T) {
	for _, c := range []struct {
		text   string
		point  byte
		x      float64
		length int
	}{
		{"12,7", '.', 12, 2},
		{"-1.25;", '.', -1.25, 5},
		{"+.5 ", '.', 0.5, 3},
		{"7.", '.', 7, 2},
		{"3,5;1", ',', 3.5, 3},
		{"1e3x", '.', 1000, 3},
		{"25E-1", '.', 2.5, 5},
		{"0.000", '.', 0, 5},
		{"9007199254740991", '.', 1<<53 - 1, 16},
		{"", '.', 0, 0},
		{"-", '.', 0, 0},
		{".", '.', 0, 0},
		{"x1", '.', 0, 0},
		{"1e", '.', 0, 0},
		{"1e99999", '.', 0, 0},                // left to Parse
		{"9007199254740993", '.', 0, 0},       // 2⁵³ + 1
		{"1e23", '.', 0, 0},                   // two roundings
		{"0.00000000000000000001", '.', 0, 0}, // more digits than a uint64 holds
	} {
		x, n := Scan([]byte(c.text), c.point)
		assert.Equal(t, c.length, n, c.text)
		assert.Equal(t, c.x, x, c.text)
	}
	x, _ := Scan([]byte("-0"), '.')
	assert.True(t, math.Signbit(x), "-0 keeps its sign")
}

func TestParseWithADecimalComma(t *testing.T) {
	for text, want := range map[string]float64{"1,5": 1.5, "-3": -3, "1,2345678901234567": 1.2345678901234567} {
		x, err := Parse([]byte(text), ',')
		require.NoError(t, err, text)
		assert.Equal(t, want, x)
	}
	for _, text := range []string{"1.5", "1.234,5", "1,2,3", "", "inf"} {
		_, err := Parse([]byte(text), ',')
		assert.Error(t, err, text)
	}
}

func TestDescribe(t *testing.T) {
	for text, want := range map[string]string{
		"x1":    `"x1" is not a number`,
		"1e999": `"1e999" is not a number`,
		"-Inf":  `"-Inf" is not a finite number`,
	} {
		_, err := Parse([]byte(text), '.')
		assert.EqualError(t, Describe(text, err), want)
	}
}

// Printed in any form, a number comes back to the bit.
func TestParseReadsWhatIsPrinted(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		x := math.Float64frombits(rng.Uint64())
		if rng.IntN(2) == 0 {
			x = rng.NormFloat64() * math.Pow(10, float64(rng.IntN(12)-6))
		}
		if x-x != 0 {
			continue
		}
		text := strconv.FormatFloat(x, "efg"[rng.IntN(3)], rng.IntN(18)-1, 64)
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			continue
		}
		got, err := Parse([]byte(text), '.')
		require.NoError(t, err, text)
		require.Equal(t, math.Float64bits(want), math.Float64bits(got), text)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"1.5", "-0", "1e22", "0x1p-2", "1_0", "infinity", "..", "123456789012345678901e-3"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		want, err := strconv.ParseFloat(string(text), 64)
		got, errGot := Parse(text, '.')
		if err != nil || want-want != 0 {
			require.Error(t, errGot)
			return
		}
		require.NoError(t, errGot)
		require.Equal(t, math.Float64bits(want), math.Float64bits(got))
	})
}
