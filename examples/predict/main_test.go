package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/datasets"
	"declive/examples/internal/command/commandtest"
	"declive/nn"
	"declive/predict"
)

// brightness is a model of pictures of some pixels that are dark or bright: its score
// is their mean in units of 255, from −1 to 1, times 10.
func brightness(features int) predict.Model {
	l := nn.NewLinear("scores", features, 2, nn.Zeros(), nil)
	for j := range features {
		l.Weight.Value().Float32s()[features+j] = 20 / float32(features)
	}
	l.Bias.Value().Float32s()[1] = -10
	return predict.Model{Layer: l, Shape: []int{features}, Transform: datasets.Scale(1. / 255), Classes: []string{"dark", "bright"}}
}

func saved(t *testing.T, m predict.Model) string {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	require.NoError(t, predict.Save(path, m))
	return path
}

func output(t *testing.T, args ...string) string {
	var stdout, stderr bytes.Buffer
	require.NoError(t, run(context.Background(), args, &stdout, &stderr))
	return stdout.String()
}

func write(t *testing.T, name string, data []byte) string {
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, data, 0o666))
	return path
}

func TestHelp(t *testing.T) {
	var stdout, stderr bytes.Buffer
	err := run(context.Background(), []string{"-h"}, &stdout, &stderr)
	commandtest.Help(t, "predict", err, stdout.String())
}

func TestRefusedArguments(t *testing.T) {
	for want, args := range map[string][]string{
		"no -model":          {"a.csv"},
		"no files":           {"-model", "m"},
		"want one of them":   {"-model", "m", "-serve", "localhost:0", "a.csv"},
		"positive numbers":   {"-model", "m", "-max-examples", "0", "a.csv"},
		"flag provided but ": {"-modell", "m"},
	} {
		commandtest.Refused(t, run(context.Background(), args, io.Discard, io.Discard), want)
	}
	err := run(context.Background(), []string{"-model", saved(t, brightness(2)), write(t, "a.gif", nil)}, io.Discard, io.Discard)
	assert.ErrorContains(t, err, `a.gif: format "gif"; want -format csv, libsvm, cifar10, mnist or image`)
}

// A table of other rows and with the columns in another order.
func TestTable(t *testing.T) {
	table, err := datasets.CSV{Label: "kind"}.Table(strings.NewReader("size,weight,kind\n1,2,apple\n3,4,melon\n"))
	require.NoError(t, err)
	schema, err := table.Learn()
	require.NoError(t, err)
	m := brightness(2)
	m.Transform, m.Classes, m.Features, m.Schema = datasets.Transform{}, schema.Classes(), schema.FeatureNames(), schema
	path := write(t, "fruit.csv", []byte("weight,size\n0,0\n3,2\n"))
	assert.Equal(t, "apple 1.0000\nmelon 1.0000\n", output(t, "-model", saved(t, m), path))

	var a answer
	var stdout, stderr bytes.Buffer
	other := write(t, "more.csv", []byte("weight,size,price\n0,0,1\n"))
	require.NoError(t, run(context.Background(), []string{"-model", saved(t, m), other}, &stdout, &stderr))
	assert.Equal(t, "apple 1.0000\n", stdout.String())
	assert.Equal(t, "note: "+other+`: columns that the schema does not have are left out: ["price"]`+"\n", stderr.String())

	line, _, _ := strings.Cut(output(t, "-json", "-model", saved(t, m), path), "\n")
	require.NoError(t, json.Unmarshal([]byte(line), &a))
	assert.Equal(t, "apple", a.Class)
	assert.InDelta(t, 1/(1+4.539993e-05), a.Probabilities["apple"], 1e-6, "e⁻¹⁰ to one")
}

func TestRegression(t *testing.T) {
	m := predict.Model{Layer: nn.Flatten{}, Shape: []int{1}, Regression: true, Targets: datasets.Transform{Shift: []float64{100}, Scale: []float64{2}}}
	path := write(t, "numbers.csv", []byte("4\n6\n"))
	assert.Equal(t, "[102]\n[103]\n", output(t, "-model", saved(t, m), path))
}

// ofPictures is brightness for pictures of a size.
func ofPictures(channels, height, width int) predict.Model {
	m := brightness(channels * height * width)
	m.Shape, m.Layer = []int{channels, height, width}, nn.Sequential{nn.Flatten{}, m.Layer}
	return m
}

// Pictures of either format and any size become those of the model.
func TestPicture(t *testing.T) {
	grey := image.NewGray(image.Rect(0, 0, 3, 2))
	large := image.NewRGBA(image.Rect(0, 0, 60, 40))
	for i := range 6 {
		grey.Set(i%3, i/3, color.Gray{uint8(40 * i)})
	}
	for i := range 2400 {
		large.Set(i%60, i/60, color.RGBA{100, 100, 100, 255})
	}
	var small, photo bytes.Buffer
	require.NoError(t, png.Encode(&small, grey))
	require.NoError(t, jpeg.Encode(&photo, large, nil))
	for name, data := range map[string][]byte{"grey.png": small.Bytes(), "photo.JPG": photo.Bytes(), "photo.jpeg": photo.Bytes(), "grey.jpg": small.Bytes()} {
		for _, m := range []predict.Model{ofPictures(1, 2, 3), ofPictures(3, 2, 3), ofPictures(3, 2, 6)} {
			assert.Regexp(t, `^dark 0.8`, output(t, "-model", saved(t, m), write(t, name, data)), "a mean of 100 is a score of 100·20/255 − 10")
		}
	}
	for want, m := range map[string]predict.Model{
		"grey.png: the model is for examples of shape (6) and for no pictures": brightness(6),
		"Size.Channels is 2, want 3 for colours or 1 for grey":                 ofPictures(2, 1, 4),
	} {
		err := run(context.Background(), []string{"-model", saved(t, m), write(t, "grey.png", small.Bytes())}, io.Discard, io.Discard)
		assert.ErrorContains(t, err, want)
	}
}

// A model of images whose channels come last, as convolutions have them, sees files so.
func TestPictureOfChannelsLast(t *testing.T) {
	m := brightness(32 * 32 * 3)
	weights := m.Layer.(*nn.Linear).Weight.Value().Float32s()
	clear(weights)
	weights[32*32*3+(5*32+7)*3+1] = 20 // bright where row 5, column 7 is green
	m.Shape, m.Layer = []int{32, 32, 3}, nn.Sequential{nn.Flatten{}, m.Layer}
	model := saved(t, m)
	one := image.NewRGBA(image.Rect(0, 0, 32, 32))
	for i := range 32 * 32 {
		one.Set(i%32, i/32, color.RGBA{A: 255})
	}
	one.Set(7, 5, color.RGBA{G: 255, A: 255})
	var picture bytes.Buffer
	require.NoError(t, png.Encode(&picture, one))
	assert.Equal(t, "bright 1.0000\n", output(t, "-model", model, write(t, "one.png", picture.Bytes())))
	record := make([]byte, 3073)
	record[1+1024+5*32+7] = 255
	assert.Equal(t, "bright 1.0000\n", output(t, "-model", model, write(t, "batch.bin", record)))
}

// A sparse file has the features of the model, from the index that these begin with.
func TestLIBSVM(t *testing.T) {
	m := brightness(3)
	path := write(t, "a.svm", []byte("1 1:255 2:255 3:255\n-1 2:255\n"))
	assert.Equal(t, "bright 1.0000\ndark 0.9656\n", output(t, "-model", saved(t, m), path)) // 1/(1 + exp(20/3 − 10))
	m.Features = []string{"0", "1", "2"}
	err := run(context.Background(), []string{"-model", saved(t, m), path}, io.Discard, io.Discard)
	assert.ErrorContains(t, err, "index 3, want at most 2")
}

func TestCIFARAndMNIST(t *testing.T) {
	record := append([]byte{3}, bytes.Repeat([]byte{255}, 3072)...)
	assert.Equal(t, "bright 1.0000\n", output(t, "-model", saved(t, brightness(3072)), write(t, "batch.bin", record)))
	idx := []byte{0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 255, 255, 255}
	assert.Equal(t, "dark 1.0000\nbright 1.0000\n", output(t, "-model", saved(t, brightness(3)), write(t, "t10k-images-idx3-ubyte", idx)))
}

func answering(t testing.TB, l limits) *httptest.Server {
	p, err := newPredictor(brightness(3))
	require.NoError(t, err)
	s := httptest.NewServer(handler(p, l))
	t.Cleanup(s.Close)
	return s
}

func post(t testing.TB, url, body string) (status int, text string) {
	r, err := http.Post(url+"/predict", "application/json", strings.NewReader(body))
	require.NoError(t, err)
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return r.StatusCode, string(b)
}

func TestServer(t *testing.T) {
	s := answering(t, limits{body: 200, examples: 2})
	var clients sync.WaitGroup
	for k := range 8 {
		clients.Go(func() {
			v, want := 0, "dark"
			if k%2 == 1 {
				v, want = 255, "bright"
			}
			for range 20 {
				status, text := post(t, s.URL, fmt.Sprintf(`{"examples": [[%d, %d, %d]]}`, v, v, v))
				assert.Equal(t, 200, status)
				assert.Contains(t, text, `{"predictions":[{"class":"`+want+`","probabilities":{"bright":`)
			}
		})
	}
	clients.Wait()
	for body, want := range map[string]string{
		`{"examples": []}`:                           "0 examples, want 1 to 2",
		`{"examples": [[1,2,3],[1,2,3],[1,2,3]]}`:    "3 examples, want 1 to 2",
		`{"examples": [[1,2]]}`:                      "example 0 has 2 numbers, the model has 3 features",
		`{"example": [[1,2,3]]}`:                     "unknown field",
		`{"examples": [[1,null,3]]}`:                 "null where a number is wanted",
		`{"examples": [[1,2,3]]} {"examples": []}`:   "more than one value",
		`{"examples": [[1,2,3]]}]`:                   "after the examples: invalid character",
		`[1]`:                                        "want {",
		`{"examples": [[1,2,1e300]]}`:                "feature 2 is 1e+300",
		`{"examples": [[` + strings.Repeat(" ", 200): "request body too large",
	} {
		status, text := post(t, s.URL, body)
		if strings.Contains(want, "large") {
			assert.Equal(t, http.StatusRequestEntityTooLarge, status, body)
		} else {
			assert.Equal(t, http.StatusBadRequest, status, body)
		}
		var e struct{ Error string }
		require.NoError(t, json.Unmarshal([]byte(text), &e))
		assert.Contains(t, e.Error, want, body)
	}
	r, err := http.Get(s.URL + "/predict")
	require.NoError(t, err)
	r.Body.Close()
	assert.Equal(t, http.StatusMethodNotAllowed, r.StatusCode)
}

// A request that has come before the end is answered.
func TestShutdown(t *testing.T) {
	ctx, end := context.WithCancel(context.Background())
	log, lines := io.Pipe()
	started, release := make(chan bool), make(chan bool)
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		started <- true
		<-release
		fmt.Fprint(w, "late")
	})
	served := make(chan error, 1)
	go func() { served <- serve(ctx, "localhost:0", h, time.Minute, lines) }()
	line, err := bufio.NewReader(log).ReadString('\n')
	require.NoError(t, err)
	url := strings.TrimSuffix(strings.TrimSpace(strings.TrimPrefix(line, "serving on ")), "/predict")
	answered := make(chan string, 1)
	go func() {
		_, text := post(t, url, "{}")
		answered <- text
	}()
	<-started
	end()
	release <- true
	assert.Equal(t, "late", <-answered)
	assert.NoError(t, <-served)
	_, err = http.Get(url)
	assert.Error(t, err, "nobody listens any more")
}

// One request at a time for an example of 784 features.
func BenchmarkRequest(b *testing.B) {
	p, err := newPredictor(brightness(784))
	require.NoError(b, err)
	s := httptest.NewServer(handler(p, limits{body: 1 << 20, examples: 1}))
	defer s.Close()
	body := `{"examples": [[` + strings.Repeat("128,", 783) + `7]]}`
	for b.Loop() {
		post(b, s.URL, body)
	}
}
