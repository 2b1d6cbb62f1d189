package browser

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/examples/playground/internal/session"
)

// A run is a view with settings that differ from those at first, and its requests after
// the start.
type run struct {
	view     string
	settings map[string]any
	requests []session.Request
}

var runs = []run{
	{"surface", map[string]any{"methods": []string{"random", "numerical", "gd", "sgd", "momentum", "nesterov", "adam", "newton"}}, []session.Request{{Do: "advance", Steps: 60}}},
	{"surface", map[string]any{"surface": "rosenbrock"}, []session.Request{{Do: "advance", Steps: 60}}},
	{"surface", map[string]any{"surface": "saddle", "seed": 5}, []session.Request{{Do: "advance", Steps: 40}}},
	{"surface", map[string]any{"surface": "basins", "batch": 64}, []session.Request{{Do: "advance", Steps: 60}}},
	{"surface", map[string]any{"surface": "network", "rate": 0.02}, []session.Request{{Do: "advance", Steps: 60}}},
	{"classifier", nil, []session.Request{{Do: "advance", Steps: 100}, {Do: "advance", Steps: 1}}},
	{"classifier", map[string]any{"data": "blobs", "loss": "hinge", "layers": 0, "rule": "sgd", "rate": 0.1}, []session.Request{{Do: "advance", Steps: 100}}},
	{"classifier", map[string]any{"data": "circles", "loss": "softmax", "layers": 2}, []session.Request{{Do: "advance", Steps: 50}}},
	{"classifier", map[string]any{"data": "spirals", "loss": "squared", "rule": "momentum"}, []session.Request{{Do: "advance", Steps: 50}}},
	{"gradient", map[string]any{"h": 1e-3}, []session.Request{{Do: "advance", Steps: 20}}},
	{"digits", nil, []session.Request{{Do: "advance", Steps: 60}, {Do: "example", Number: 7}}},
}

// What the page computes equals what this machine does, but for rounding.
func TestNumbers(t *testing.T) {
	tab := open(t, 1280, true)
	tab.visit("surface")
	for _, r := range runs {
		settings := map[string]any{}
		require.NoError(t, json.Unmarshal([]byte(tab.text(`import('./`+r.view+`.js').then(m => JSON.stringify(m.defaults))`)), &settings))
		for k, v := range r.settings {
			settings[k] = v
		}
		var native session.Session
		for i, request := range append([]session.Request{{Do: "start"}}, r.requests...) {
			name := fmt.Sprintf("%s %v: %s", r.view, r.settings, request.Do)
			request.View, request.ID = r.view, i+1
			var err error
			request.Settings, err = json.Marshal(settings)
			require.NoError(t, err)
			text, err := json.Marshal(request)
			require.NoError(t, err)
			var reply struct {
				Error  string
				Result json.RawMessage
			}
			require.NoError(t, json.Unmarshal(native.Answer(text), &reply))
			require.Empty(t, reply.Error, name)
			inPage := tab.text(`import('./engine.js').then(m => m.ask('` + r.view + `', '` + request.Do + `', ` + string(text) + `)).then(JSON.stringify)`)
			same(t, name, decoded(t, reply.Result), decoded(t, []byte(inPage)))
		}
	}
}

func decoded(t *testing.T, text []byte) (v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(text, &v), "%s", text)
	return v
}

// tolerance is that of numbers, relative to those above 1. Templates are whole numbers
// and may be rounded to a neighbour.
const tolerance = 1e-6

// same fails unless two results have the same form, the same texts and almost the same
// numbers.
func same(t *testing.T, where string, want, got any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		require.True(t, ok && len(g) == len(w), "%s: %v", where, got)
		for k := range w {
			if k != "report" && k != "curves" { // where the error is rounding, it is another's
				same(t, where+" "+k, w[k], g[k])
			}
		}
	case []any:
		g, ok := got.([]any)
		require.True(t, ok && len(g) == len(w), "%s: %v", where, got)
		for i := range w {
			same(t, where+" "+strconv.Itoa(i), w[i], g[i])
		}
	case float64:
		g, ok := got.(float64)
		require.True(t, ok, "%s: %v", where, got)
		assert.InDelta(t, w, g, tolerance*max(1, math.Abs(w)), where)
	case string:
		g, ok := got.(string)
		require.True(t, ok, "%s: %v", where, got)
		sameText(t, where, w, g)
	default:
		assert.Equal(t, want, got, where)
	}
}

// sameText compares texts, or what is packed in them: pictures of float32, or bytes.
func sameText(t *testing.T, where, want, got string) {
	t.Helper()
	w, err := base64.StdEncoding.DecodeString(want)
	if err != nil || len(w) < 700 {
		assert.Equal(t, want, got, where)
		return
	}
	g, err := base64.StdEncoding.DecodeString(got)
	require.NoError(t, err, where)
	require.Len(t, g, len(w), where)
	if len(w) == 28*28 {
		for i := range w {
			assert.InDelta(t, w[i], g[i], 1, where)
		}
		return
	}
	for i := 0; i < len(w); i += 4 {
		a, b := math.Float32frombits(binary.LittleEndian.Uint32(w[i:])), math.Float32frombits(binary.LittleEndian.Uint32(g[i:]))
		assert.InDelta(t, a, b, tolerance*max(1, math.Abs(float64(a))), where)
	}
}

// The numbers that are read off the page are those of the run.
func TestShownNumbers(t *testing.T) {
	tab := open(t, 1280, true)
	tab.visit("surface")
	tab.press(12)
	settings := tab.text(`import('./surface.js').then(m => JSON.stringify(m.defaults))`)
	var native session.Session
	native.Answer([]byte(`{"view":"surface","do":"start","settings":` + settings + `}`))
	var reply struct {
		Result struct {
			Runners []struct {
				Method string
				Losses []float64
			}
		}
	}
	require.NoError(t, json.Unmarshal(native.Answer([]byte(`{"view":"surface","do":"advance","steps":12}`)), &reply))
	require.Len(t, reply.Result.Runners, 4)
	for _, r := range reply.Result.Runners {
		got, err := strconv.ParseFloat(tab.text(`document.querySelector('[data-of=`+r.Method+`]').value`), 64)
		require.NoError(t, err)
		assert.InDelta(t, r.Losses[len(r.Losses)-1], got, tolerance, r.Method)
	}
}
