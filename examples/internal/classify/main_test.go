package classify

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		text   string
	}{
		{nil, 0, ""},
		{flag.ErrHelp, 0, ""},
		{errors.New("-rate is 0"), 1, "test: -rate is 0\n"},
		{fmt.Errorf("training: %w", context.Canceled), 130, "test: interrupted\n"},
		{context.DeadlineExceeded, 1, "test: context deadline exceeded\n"},
	} {
		var stderr bytes.Buffer
		assert.Equal(t, c.status, status("test", c.err, &stderr), "%v", c.err)
		assert.Equal(t, c.text, stderr.String())
	}
}
