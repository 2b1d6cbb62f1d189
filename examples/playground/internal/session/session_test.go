package session

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// settings are such that every view starts.
var settings = map[string]string{
	"surface":    `{"surface": "quadratic", "condition": 10, "methods": ["gd"], "rate": 0.1, "batch": 4, "momentum": 0.9, "seed": 1}`,
	"classifier": `{"data": "moons", "units": 3, "activation": "tanh", "loss": "hinge", "rule": "sgd", "rate": 0.1, "batch": 9, "seed": 1}`,
	"gradient":   `{"loss": "softmax", "h": 1e-5, "fault": "none", "rate": 0.1, "seed": 1}`,
	"digits":     `{"rule": "sgd", "rate": 0.1, "batch": 9, "seed": 1}`,
}

func ask(t *testing.T, s *Session, request string) (result map[string]any, failure string) {
	t.Helper()
	var reply struct {
		ID     int
		Error  string
		Result map[string]any
	}
	require.NoError(t, json.Unmarshal(s.Answer([]byte(request)), &reply))
	return reply.Result, reply.Error
}

func TestViews(t *testing.T) {
	var s Session
	for view, settings := range settings {
		about := `{"view": "` + view + `", "settings": ` + settings + `, "do": "`
		_, failure := ask(t, &s, about+`advance", "steps": 1}`)
		assert.Contains(t, failure, "has not been started")
		for range 2 { // what was begun before ends
			_, failure = ask(t, &s, about+`start"}`)
			require.Empty(t, failure, view)
			result, failure := ask(t, &s, about+`advance", "steps": 3}`)
			require.Empty(t, failure, view)
			assert.Equal(t, 3.0, result["steps"], view)
		}
		_, failure = ask(t, &s, about+`tune"}`)
		assert.Empty(t, failure, view)
		_, failure = ask(t, &s, about+`sing"}`)
		assert.Contains(t, failure, view+" cannot sing")
		_, failure = ask(t, &s, `{"view": "`+view+`", "do": "start", "settings": {"rate": -1}}`)
		assert.NotEmpty(t, failure, view)
		_, failure = ask(t, &s, `{"view": "`+view+`", "do": "start", "settings": []}`)
		assert.Contains(t, failure, "the settings of "+view)
	}
}

func TestOneViewAlone(t *testing.T) {
	var s Session
	for view, do := range map[string]string{"gradient": `"verdict"`, "digits": `"example", "number": 5`} {
		_, failure := ask(t, &s, `{"view": "`+view+`", "do": "start", "settings": `+settings[view]+`}`)
		require.Empty(t, failure)
		result, failure := ask(t, &s, `{"view": "`+view+`", "do": `+do+`}`)
		require.Empty(t, failure)
		assert.Contains(t, result, "frame")
	}
	_, failure := ask(t, &s, `{"view": "digits", "do": "draw", "pixels": "AAAA"}`)
	assert.Contains(t, failure, "3 bytes")
}

func TestRefused(t *testing.T) {
	var s Session
	for request, want := range map[string]string{
		`{"view": "opera"}`:                   `no view "opera"`,
		`{"view": "digits", "steps": -1}`:     "-1 steps",
		`{"view": "digits", "steps": 999999}`: "999999 steps",
		`not JSON`:                            "invalid character",
	} {
		_, failure := ask(t, &s, request)
		assert.Contains(t, failure, want)
	}
}
