package datasets_test

import (
	"encoding/csv"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"declive/datasets"
)

// wideTable returns a table of 29 numbers and a class, as large as a program prints
// them.
func wideTable(rows int) string {
	rng := seeded(1)
	var b []byte
	for range rows {
		for range 29 {
			b = append(strconv.AppendFloat(b, rng.NormFloat64(), 'f', 6, 64), ',')
		}
		b = append(strconv.AppendInt(b, rng.Int64N(3), 10), '\n')
	}
	return string(b)
}

// plainly reads a table by encoding/csv and strconv, a number after another.
func plainly(text string) (features []float64, labels []string, err error) {
	r := csv.NewReader(strings.NewReader(text))
	r.ReuseRecord = true
	for {
		row, err := r.Read()
		if err == io.EOF {
			return features, labels, nil
		}
		if err != nil {
			return nil, nil, err
		}
		last := len(row) - 1
		for _, field := range row[:last] {
			x, err := strconv.ParseFloat(field, 64)
			if err != nil {
				return nil, nil, err
			}
			features = append(features, x)
		}
		labels = append(labels, row[last])
	}
}

// BenchmarkReadCSV compares the reader with encoding/csv; values= is what the
// allocated memory is in parts of that of the values.
func BenchmarkReadCSV(b *testing.B) {
	const rows = 50_000
	text := wideTable(rows)
	for impl, read := range map[string]func() error{
		"declive":     func() error { _, err := datasets.CSV{}.Read(strings.NewReader(text)); return err },
		"encodingcsv": func() error { _, _, err := plainly(text); return err },
	} {
		b.Run(fmt.Sprintf("impl=%s", impl), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for b.Loop() {
				if err := read(); err != nil {
					b.Fatal(err)
				}
			}
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/(rows*29*8), "values")
		})
	}
}

func BenchmarkReadLIBSVM(b *testing.B) {
	rng := seeded(1)
	var text strings.Builder
	for range 5000 {
		fmt.Fprint(&text, 2*rng.IntN(2)-1)
		for j := range 200 {
			if rng.IntN(3) == 0 {
				fmt.Fprintf(&text, " %d:%.6g", j+1, rng.NormFloat64())
			}
		}
		text.WriteByte('\n')
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if _, err := (datasets.LIBSVM{}).Read(strings.NewReader(text.String())); err != nil {
			b.Fatal(err)
		}
	}
}
