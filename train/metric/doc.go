// Package metric judges predictions.
//
// Each metric is an accumulator. Add takes a batch of predictions with the truth,
// and the methods with values may be asked at any time. Sums are over examples, so a
// short last batch counts by its size. The zero value of each is ready for use, but
// for [Confusion], which [NewConfusion] makes:
//
//	c := metric.NewConfusion(10)
//	for b := range test.Consecutive(256) {
//		…
//		err := c.Add(predicted, b.Y.Ints())
//	}
//	fmt.Println(c.Accuracy(), c.Macro().F1)
//
// Classes are numbered from 0. Scores and probabilities are rows one after another,
// one for each example, as predict.Predictor returns them. A batch that is refused
// leaves a metric as it was. Where no example has been added, and where a comment
// says so, a value is NaN.
package metric
