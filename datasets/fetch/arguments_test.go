package fetch_test

import (
	"context"
	"net/http"
	"os"
	"testing"

	"declive/datasets/fetch"
	"declive/internal/exported"
)

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) {
	// The client asks nothing of the network.
	d := fetch.Download{Dir: t.TempDir(), Client: &http.Client{Transport: http.NewFileTransport(http.Dir(os.DevNull))}}
	var nowhere context.Context
	exported.Check(t, ".", []exported.Call{
		{Of: "Download.CIFAR10", With: "nil context", Do: func() error { _, err := d.CIFAR10(nowhere); return err }},
		{Of: "Download.MNIST", With: "nil context", Do: func() error { _, err := d.MNIST(nowhere); return err }},
	})
}
