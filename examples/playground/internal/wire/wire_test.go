package wire

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNumbers(t *testing.T) {
	text, err := json.Marshal(Numbers([]float64{0.1, math.Inf(1), -2e300, math.NaN()}))
	require.NoError(t, err)
	assert.JSONEq(t, `[0.1, null, -2e300, null]`, string(text))
}

func TestPicture(t *testing.T) {
	want := []float64{0, -1.5, 3e38, math.Inf(-1), 0.25}
	text, err := json.Marshal(Picture(want))
	require.NoError(t, err)
	var packed string
	require.NoError(t, json.Unmarshal(text, &packed))
	raw, err := base64.StdEncoding.DecodeString(packed)
	require.NoError(t, err)
	require.Len(t, raw, 4*len(want))
	for i, w := range want {
		assert.Equal(t, float32(w), math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:])))
	}
}
