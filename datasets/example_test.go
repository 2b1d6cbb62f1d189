package datasets_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"

	"declive/datasets"
)

// From a table to minibatches: what is learnt from the training part alone is
// applied to both.
func Example() {
	table := strings.NewReader(`length,width,kind
1,20,rose
3,10,iris
5,30,rose
7,20,iris
9,40,rose
`)
	flowers, err := datasets.CSV{Label: "kind"}.Read(table)
	if err != nil {
		fmt.Println(err)
		return
	}
	rng := rand.New(rand.NewPCG(1, 2))
	train, test, err := flowers.Split(0.8, rng)
	if err != nil {
		fmt.Println(err)
		return
	}
	standard := datasets.Standardise(train)
	if train, err = train.With(standard); err != nil {
		fmt.Println(err)
		return
	}
	if test, err = test.With(standard); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(train.Len(), "to train on,", test.Len(), "to test on, classes", train.Classes())
	for batch := range train.Minibatches(3, rng) {
		fmt.Println("X", batch.X.Shape(), "Y", batch.Y.Shape())
	}
	// Output:
	// 4 to train on, 1 to test on, classes [iris rose]
	// X (3, 2) Y (3)
	// X (1, 2) Y (1)
}

func ExampleNew() {
	pixels := []uint8{0, 51, 102, 153, 204, 255, 255, 0}
	d, err := datasets.New(pixels, 2, 2) // two images of 2×2
	if err != nil {
		fmt.Println(err)
		return
	}
	if d, err = d.WithLabels([]int{1, 0}, "cat", "dog"); err != nil {
		fmt.Println(err)
		return
	}
	if d, err = d.With(datasets.Scale(1.0 / 255)); err != nil {
		fmt.Println(err)
		return
	}
	batch, err := d.Batch(1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f %v\n", batch.X.Data(), batch.Y.Data())
	// Output: [0.8 1.0 1.0 0.0] [0]
}

func ExampleDataset_WithTargets() {
	d, err := datasets.New([]float64{1, 2, 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	if d, err = d.WithTargets([]float64{2, 4, 6}); err != nil {
		fmt.Println(err)
		return
	}
	batch, err := d.All()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("X", batch.X.Shape(), batch.X.Data(), "Y", batch.Y.Shape(), batch.Y.Data())
	// Output: X (3, 1) [1 2 3] Y (3) [2 4 6]
}

// With a bias column, W of shape (classes, 3) holds the biases too.
func ExampleDataset_WithBias() {
	d, err := datasets.New([]float32{4, 5, 6, 7}, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	batch, err := d.WithBias().All()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(batch.X.Shape(), batch.X.Data())
	// Output: (2, 3) [4 5 1 6 7 1]
}

func ExampleDataset_Signs() {
	d, err := datasets.LIBSVM{}.Read(strings.NewReader("+1 1:0.5 3:2\n-1 2:1\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	if d, err = d.Signs(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Shape(), d.Targets())
	// Output: (3) [1 -1]
}

func ExampleDataset_OneHot() {
	d, err := datasets.New([]float64{10, 20, 30})
	if err != nil {
		fmt.Println(err)
		return
	}
	if d, err = d.WithLabels([]int{2, 0, 1}); err != nil {
		fmt.Println(err)
		return
	}
	if d, err = d.OneHot(); err != nil {
		fmt.Println(err)
		return
	}
	batch, err := d.Batch(0, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(batch.Y.Shape(), batch.Y.Data())
	// Output: (2, 3) [0 0 1 1 0 0]
}

// A sequence can be ranged over again and again: every range is an epoch.
func ExampleDataset_Minibatches() {
	d, err := datasets.New([]float64{0, 1, 2, 3, 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	epoch := d.Minibatches(2, rand.New(rand.NewPCG(1, 2)))
	for range 2 {
		seen := 0
		for batch := range epoch {
			seen += batch.X.Shape()[0]
			fmt.Print(batch.X.Shape(), " ")
		}
		fmt.Println("makes", seen)
	}
	// Output:
	// (2, 1) (2, 1) (1, 1) makes 5
	// (2, 1) (2, 1) (1, 1) makes 5
}

func ExampleDataset_Consecutive() {
	d, err := datasets.New([]float64{0, 1, 2, 3, 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	for batch := range d.Consecutive(2) {
		fmt.Println(batch.X.Data())
	}
	// Output:
	// [0 1]
	// [2 3]
	// [4]
}

func ExampleDataset_Sampled() {
	d, err := datasets.New([]float64{0, 1, 2, 3, 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	n := 0
	for batch := range d.Sampled(2, rand.New(rand.NewPCG(1, 2))) {
		n += batch.X.Shape()[0]
	}
	fmt.Println(n, "draws")
	// Output: 5 draws
}

// The mean image is a transform; its shifts are the image.
func ExampleSubtractMean() {
	images, err := datasets.New([]uint8{0, 100, 200, 10, 120, 240}, 1, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	mean := datasets.SubtractMean(images)
	fmt.Println(mean.Shift)
	// Output: [5 110 220]
}

func ExampleStandardiseChannels() {
	d, err := datasets.New([]uint8{0, 2, 10, 30}, 2, 1, 2) // one image, two channels of two pixels
	if err != nil {
		fmt.Println(err)
		return
	}
	t := datasets.StandardiseChannels(d)
	fmt.Println(t.Shift, t.Scale)
	// Output: [1 1 20 20] [1 1 0.1 0.1]
}

func ExampleCSV_Read() {
	table := strings.NewReader("rooms,sea,value\n3,near,120\n5,far,99.5\n")
	homes, err := datasets.CSV{Label: "value", Real: true, OneHot: []string{"sea"}}.Read(table)
	if err != nil {
		fmt.Println(err)
		return
	}
	batch, err := homes.All()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(batch.X.Data(), batch.Y.Data()) // rooms, far, near
	_, err = datasets.CSV{}.Read(strings.NewReader("a,b\n1,0\n,1\n"))
	fmt.Println(err)
	// Output:
	// [3 0 1 5 1 0] [120 99.5]
	// datasets: CSV: at line 3: column a: missing value ""; Missing.Fill says what to do
}

// What is learnt from the training part fills the gaps of both parts, and is kept as
// JSON for the files to come.
func ExampleTable_Learn() {
	file := strings.NewReader("age,colour,kind\n1,red,a\nNA,blue,b\n3,red,a\n5,,b\n7,blue,a\n9,red,b\n")
	table, err := datasets.CSV{
		OneHot:  []string{"colour"},
		Missing: datasets.Missing{Fill: datasets.FillMedian, Indicator: true},
	}.Table(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	train, test, err := table.Split(0.8, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		fmt.Println(err)
		return
	}
	schema, err := train.Learn()
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := schema.Dataset(test)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Len(), "to test with:", d.FeatureNames())
	if err := json.NewEncoder(os.Stdout).Encode(schema.Columns[0]); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1 to test with: [age age missing colour=blue colour=red colour missing]
	// {"name":"age","role":"number","fill":4,"indicator":true}
}

// A second file may have its columns in another order, and no label.
func ExampleSchema_Read() {
	table, err := datasets.CSV{OneHot: []string{"colour"}}.Table(strings.NewReader("size,colour,kind\n1,red,a\n2,blue,b\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	schema, err := table.Learn()
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := schema.Read(strings.NewReader("colour,size\nblue,3\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	batch, err := d.All()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.FeatureNames(), batch.X.Data())
	_, err = schema.Read(strings.NewReader("colour,size\ngreen,3\n"))
	fmt.Println(err)
	// Output:
	// [size colour=blue colour=red] [3 1 0]
	// datasets: CSV: at line 2: column colour: "green" is not one of the words ["blue" "red"]; set Other to take new words
}

// Whatever had to be guessed is told.
func ExampleTable_Notes() {
	table, err := datasets.CSV{}.Table(strings.NewReader("0,1,kind\n5.1,3.5,a\n4.9,3,a\n6.4,3.2,b\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(table.Len(), "examples;", table.Notes()[0])
	// Output:
	// 3 examples; line 1 is taken for a header: ["0" "1" "kind"]; say with Header what it is
}

func ExampleLIBSVM_Read() {
	d, err := datasets.LIBSVM{}.Read(strings.NewReader("2 0:5.8 1:2.8 2:5.1\n0 0:5 2:1.4\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Features(), "features, classes", d.Classes())
	fmt.Println(d.Notes()[0])
	// Output:
	// 3 features, classes [0 2]
	// an index is 0: indices are taken to start at 0
}

// A million features, of which five are stored, and a second file with the same ones.
func ExampleLIBSVM_ReadSparse() {
	all, as, err := datasets.LIBSVM{}.ReadSparse(strings.NewReader("+1 7:0.5 1000000:2\n-1 7:1\n+1 3:1 9:1\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(all.Len(), "examples of", all.Features(), "features,", all.Stored(), "stored")
	test, _, err := as.ReadSparse(strings.NewReader("-1 2:1\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(test.Features(), test.Classes(), test.Labels())
	// Output:
	// 3 examples of 1000000 features, 5 stored
	// 1000000 [-1 1] [0]
}

// Two examples of shape (3) in numbers of 16 bits.
func ExampleReadIDX() {
	file := "\x00\x00\x0b\x02" + "\x00\x00\x00\x02" + "\x00\x00\x00\x03" + "\x00\x01\xff\xff\x01\x00" + "\x00\x02\x00\x03\x00\x04"
	d, err := datasets.ReadIDX(strings.NewReader(file))
	if err != nil {
		fmt.Println(err)
		return
	}
	batch, err := d.All()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Shape(), batch.X.Data())
	// Output: (3) [1 -1 256 2 3 4]
}

func ExampleReadCIFAR100() {
	record := make([]byte, 2+3072)
	record[0], record[1] = 14, 98
	d, err := datasets.ReadCIFAR100(bytes.NewReader(record), datasets.CIFAR100Coarse)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Classes()[d.Labels()[0]])
	// Output: people
}

func ExampleReadCIFAR10() {
	record := make([]byte, 1+3072)
	record[0] = 10
	_, err := datasets.ReadCIFAR10(strings.NewReader(string(record)))
	fmt.Println(err)
	// Output: datasets: CIFAR-10: at byte 0: label 10, want 0 to 9
}

func ExampleDigits() {
	d, err := datasets.Digits(100, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Len(), "images of shape", d.Shape(), "of", d.Classes())
	// Output: 100 images of shape (1, 28, 28) of [0 1 2 3 4 5 6 7 8 9]
}

func ExampleSpirals() {
	d, err := datasets.Spirals(300, 3, 0, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		fmt.Println(err)
		return
	}
	batch, err := d.Batch(0)
	if err != nil {
		fmt.Println(err)
		return
	}
	x := batch.X.Float32s()
	r := math.Hypot(float64(x[0]), float64(x[1]))
	fmt.Println(d.Len(), "points of", len(d.Classes()), "arms, this one inside the unit circle:", r <= 1)
	// Output: 300 points of 3 arms, this one inside the unit circle: true
}

func ExampleLinear() {
	d, err := datasets.Linear(4, []float64{2, -1}, 0.5, 0, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		fmt.Println(err)
		return
	}
	batch, err := d.Float64().All()
	if err != nil {
		fmt.Println(err)
		return
	}
	x, y := batch.X.Float64s(), batch.Y.Float64s()
	fmt.Printf("%.6f\n", y[3]-(2*x[6]-x[7]+0.5))
	// Output: 0.000000
}
