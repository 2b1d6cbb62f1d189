package autodiff

import (
	"flag"
	"os"
	"testing"
)

// Programs that tests compile are verified after every pass; benchmarks measure
// without that.
func TestMain(m *testing.M) {
	flag.Parse()
	allPasses.Verify = flag.Lookup("test.bench").Value.String() == ""
	os.Exit(m.Run())
}
