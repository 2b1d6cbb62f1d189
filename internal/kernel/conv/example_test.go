package conv_test

import (
	"fmt"

	"declive/internal/kernel/conv"
	"declive/internal/kernel/gemm"
	"declive/internal/kernel/vec"
)

// The differences of neighbours in a row find the vertical edges of an image.
func ExamplePlan() {
	g := conv.Geometry{
		Windows: conv.Windows{N: 1, H: 2, W: 5, C: 1, R: 1, S: 2, Stride: [2]int{1, 1}},
		K:       1,
	}
	x := []float32{
		1, 1, 4, 4, 4,
		2, 2, 2, 5, 5,
	}
	oh, ow := g.Out()
	y := make([]float32, oh*ow)
	p := conv.New[float32](g, conv.Forward)
	p.Run(x, []float32{-1, 1}, y, gemm.Epilogue[float32]{Act: vec.ReLU}, make([]float32, p.Workspace()))
	fmt.Println(y[:ow])
	fmt.Println(y[ow:])
	// Output:
	// [0 3 0 0]
	// [0 0 3 0]
}

func ExampleMaxPool() {
	p := conv.NewMaxPool[float32](conv.Windows{N: 1, H: 2, W: 5, C: 1, R: 2, S: 2, Stride: [2]int{2, 2}})
	x := []float32{
		1, 7, 4, 4, 9, // the last column fills no window
		2, 3, 2, 5, 9,
	}
	y, at := make([]float32, 2), make([]byte, 2)
	p.Max(x, y, at)
	fmt.Println(y, at)
	dx := make([]float32, len(x))
	p.Spread(at, []float32{10, 20}, dx)
	fmt.Println(dx[:5])
	fmt.Println(dx[5:])
	// Output:
	// [7 5] [1 3]
	// [0 10 0 0 0]
	// [0 0 0 20 0]
}
