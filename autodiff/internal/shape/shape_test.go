package shape

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBroadcast(t *testing.T) {
	for _, tt := range []struct{ a, b, want Shape }{
		{Shape{}, Shape{}, Shape{}},
		{Shape{3, 5}, Shape{3, 5}, Shape{3, 5}},
		{Shape{3, 5}, Shape{5}, Shape{3, 5}},
		{Shape{3, 1}, Shape{2, 1, 4}, Shape{2, 3, 4}},
		{Shape{0, 4}, Shape{1, 4}, Shape{0, 4}},
		{Shape{3, 5}, Shape{4}, nil},
		{Shape{0}, Shape{2}, nil},
	} {
		for _, pair := range [][2]Shape{{tt.a, tt.b}, {tt.b, tt.a}} {
			got, ok := Broadcast(pair[0], pair[1])
			assert.Equal(t, tt.want != nil, ok, "%v and %v", pair[0], pair[1])
			assert.Equal(t, tt.want, got, "%v and %v", pair[0], pair[1])
		}
	}
}

func TestStrides(t *testing.T) {
	s := Shape{2, 1, 5}
	assert.Equal(t, []int{5, 5, 1}, s.Strides())
	assert.Equal(t, []int{0, 5, 0, 1}, s.Repeated(4), "an axis more in front, and one of length 1")
	assert.Equal(t, Shape{2, 1, 1}, s.Reduced(1, 3))
	assert.Equal(t, Shape{2, 1, 5}, s, "the shape itself stays")
	assert.Equal(t, 10, s.Size())
	assert.Equal(t, 1, Shape{}.Size())
	assert.Equal(t, []int{5, 1, 1}, []int{s.FromEnd(1), s.FromEnd(2), s.FromEnd(7)})
	assert.Equal(t, "(2, 1, 5)", s.String())
	assert.Equal(t, "()", Shape{}.String())
}

func TestRuns(t *testing.T) {
	var got [][2]int
	for from, to := range Runs([]int{0, 2, 3, 4, 6}) {
		got = append(got, [2]int{from, to})
	}
	assert.Equal(t, [][2]int{{0, 1}, {2, 5}, {6, 7}}, got)
	for range Runs(nil) {
		t.Fail()
	}
}
