package dist

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ranksHave names ranks as a subject: rank 2 has, ranks 1 and 3 have.
func ranksHave(ranks []int) string {
	if len(ranks) == 1 {
		return fmt.Sprintf("rank %d has", ranks[0])
	}
	names := make([]string, len(ranks))
	for i, r := range ranks {
		names[i] = fmt.Sprint(r)
	}
	last := len(names) - 1
	return "ranks " + strings.Join(names[:last], ", ") + " and " + names[last] + " have"
}

// sorted returns the keys of m in order.
func sorted[V any](m map[int]V) []int { return slices.Sorted(maps.Keys(m)) }

// several returns a number with what it counts: 1 core, 2 cores.
func several(n int, of string) string {
	if n != 1 {
		of += "s"
	}
	return fmt.Sprint(n, " ", of)
}
