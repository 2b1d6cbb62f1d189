package metric

import (
	"fmt"
	"math"

	"declive/autodiff"
)

// A Confusion counts how often each class was predicted for each.
type Confusion struct {
	classes int
	counts  []int // label·classes + prediction
}

const mostClasses = 1 << 12

// NewConfusion returns a matrix of zeros for some classes. It panics with an
// [*autodiff.Error] unless there are 1 to 4096, whose matrix has 128 MiB.
func NewConfusion(classes int) *Confusion {
	if classes < 1 || classes > mostClasses {
		autodiff.Fail("metric.NewConfusion", fmt.Sprintf("%d classes, want 1 to %d", classes, mostClasses))
	}
	return &Confusion{classes, make([]int, classes*classes)}
}

// Add counts a batch: predicted[i] for an example of class labels[i]. It is an error
// if their lengths differ or one of them is no class.
func (c *Confusion) Add(predicted, labels []int) error {
	if len(predicted) != len(labels) {
		return fmt.Errorf("metric: Confusion: %d predictions for %d labels", len(predicted), len(labels))
	}
	if err := inRange("prediction", predicted, c.size()); err != nil {
		return fmt.Errorf("metric: Confusion: %w", err)
	}
	if err := inRange("label", labels, c.size()); err != nil {
		return fmt.Errorf("metric: Confusion: %w", err)
	}
	for i, y := range labels {
		c.counts[y*c.classes+predicted[i]]++
	}
	return nil
}

func (c *Confusion) size() int {
	if c == nil {
		return 0
	}
	return c.classes
}

// Counts returns the matrix: a row for each label, with a column for each prediction.
func (c *Confusion) Counts() [][]int {
	var rows [][]int
	for k := range c.size() {
		rows = append(rows, append([]int(nil), c.counts[k*c.classes:(k+1)*c.classes]...))
	}
	return rows
}

// Accuracy returns the part of the examples whose prediction is right. It is also
// precision, recall and F₁ over all classes together, their micro-average.
func (c *Confusion) Accuracy() float64 {
	right, all := 0, 0
	for k := range c.size() {
		s := c.Class(k)
		right, all = right+c.counts[k*c.classes+k], all+s.Support
	}
	return ratio(right, all, math.NaN())
}

// A ClassScore says how well one class is told from the others.
type ClassScore struct {
	Precision float64 // part of the predictions of the class that are right; 0 if there are none
	Recall    float64 // part of the class's examples that are found; 0 if there are none
	F1        float64 // 2·precision·recall/(precision + recall); 0 if both are
	Support   int     // examples of the class
}

// Class returns the scores of one class; without any such class, zeros.
func (c *Confusion) Class(class int) ClassScore {
	if class < 0 || class >= c.size() {
		return ClassScore{}
	}
	right, support, predicted := c.counts[class*c.classes+class], 0, 0
	for k := range c.classes {
		support += c.counts[class*c.classes+k]
		predicted += c.counts[k*c.classes+class]
	}
	return ClassScore{ratio(right, predicted, 0), ratio(right, support, 0), ratio(2*right, predicted+support, 0), support}
}

// Macro returns the means over the classes that occur, as labels or predictions.
func (c *Confusion) Macro() ClassScore {
	return c.mean(func(ClassScore) float64 { return 1 })
}

// Weighted returns the means over the classes, each counted by its examples.
func (c *Confusion) Weighted() ClassScore {
	return c.mean(func(s ClassScore) float64 { return float64(s.Support) })
}

func (c *Confusion) mean(weight func(ClassScore) float64) ClassScore {
	var mean ClassScore
	sum := 0.0
	for k := range c.size() {
		if !c.occurs(k) {
			continue
		}
		s := c.Class(k)
		w := weight(s)
		mean.Precision, mean.Recall, mean.F1 = mean.Precision+w*s.Precision, mean.Recall+w*s.Recall, mean.F1+w*s.F1
		mean.Support, sum = mean.Support+s.Support, sum+w
	}
	mean.Precision, mean.Recall, mean.F1 = mean.Precision/sum, mean.Recall/sum, mean.F1/sum // NaN for 0/0
	return mean
}

// occurs reports whether a class has been a label or a prediction.
func (c *Confusion) occurs(class int) bool {
	for k := range c.classes {
		if c.counts[class*c.classes+k] > 0 || c.counts[k*c.classes+class] > 0 {
			return true
		}
	}
	return false
}

// ratio returns a/b, or none if b is 0.
func ratio(a, b int, none float64) float64 {
	if b == 0 {
		return none
	}
	return float64(a) / float64(b)
}
