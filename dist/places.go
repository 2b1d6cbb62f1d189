package dist

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// A Place is where a rank runs.
type Place struct {
	Host  string
	Cores int // that Go uses: GOMAXPROCS, unless set those that the launcher leaves to the process
	Of    int // cores of the host; 0 if unknown
}

// Here returns the place of this process.
func Here() Place {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return Place{Host: host, Cores: runtime.GOMAXPROCS(0), Of: online()}
}

// online returns the number of cores of the machine, those included that the process
// may not use; 0 where that cannot be told.
func online() int {
	text, err := os.ReadFile("/sys/devices/system/cpu/online")
	if err != nil {
		return 0
	}
	n := 0
	for part := range strings.SplitSeq(strings.TrimSpace(string(text)), ",") {
		first, last := 0, 0
		switch fields, _ := fmt.Sscanf(part, "%d-%d", &first, &last); fields {
		case 1:
			n++
		case 2:
			n += last - first + 1
		}
	}
	return n
}

// longestPlace is the room for the text of a place.
const longestPlace = 256

// Places returns the places of all ranks, in their order, on every rank.
func Places(ctx context.Context, c Comm) ([]Place, error) {
	places := make([]Place, c.Size())
	for rank := range places {
		data := make([]byte, longestPlace)
		if rank == c.Rank() {
			here := Here()
			here.Host = here.Host[:min(len(here.Host), longestPlace/4)] // JSON may take more bytes
			text, err := json.Marshal(here)
			if err != nil {
				return nil, err
			}
			copy(data, text)
		}
		if err := c.Broadcast(ctx, data, rank); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(bytes.TrimRight(data, "\x00"), &places[rank]); err != nil {
			return nil, fmt.Errorf("dist: Places: rank %d: %w", rank, err)
		}
	}
	return places, nil
}

// Describe says in a line where ranks run, and warns of cores that lie idle or have
// more than one rank.
func Describe(places []Place) (line string, warnings []string) {
	type host struct {
		name             string
		ranks, cores, of int
	}
	var hosts []*host
	byName := map[string]*host{}
	least, most := 0, 0
	for i, p := range places {
		h := byName[p.Host]
		if h == nil {
			h = &host{name: p.Host, of: p.Of}
			byName[p.Host], hosts = h, append(hosts, h)
		}
		h.ranks++
		h.cores += p.Cores
		if i == 0 || p.Cores < least {
			least = p.Cores
		}
		most = max(most, p.Cores)
	}
	for _, h := range hosts {
		switch {
		case h.of == 0:
		case h.cores > h.of:
			warnings = append(warnings, fmt.Sprintf("%s has %d cores for %d ranks that use %d: they wait for each other; start fewer, or set GOMAXPROCS", h.name, h.of, h.ranks, h.cores))
		case h.cores < h.of && h.cores == h.ranks:
			warnings = append(warnings, fmt.Sprintf("%s: %d of %d cores are used, one by each rank, to which mpirun binds it; for one rank with all cores of a node: mpirun --map-by ppr:1:node --bind-to none", h.name, h.cores, h.of))
		}
	}
	if most > least {
		warnings = append(warnings, fmt.Sprintf("ranks have %d to %d cores, but parts of the same size: all wait for the slowest", least, most))
	}
	cores := several(least, "core")
	if most > least {
		cores = fmt.Sprintf("%d to %d cores", least, most)
	}
	return fmt.Sprintf("%s on %s, %s each", several(len(places), "rank"), several(len(hosts), "host"), cores), warnings
}
