package main

import (
	"declive/datasets"
	"declive/predict"
	"declive/train/metric"
)

// A weighted view is one of those whose scores are added.
type weighted struct {
	datasets.View
	weight float64
}

// views returns those of the recipe: the image and two that are moved by a pixel, each
// also mirrored if that shows the same. The first is the image as it is.
func views(s settings) []weighted {
	if s.lacks("views") {
		return []weighted{{weight: 1}}
	}
	all := []weighted{{datasets.View{}, 0.5}, {datasets.View{Down: -1, Right: -1}, 0.25}, {datasets.View{Down: 1, Right: 1}, 0.25}}
	if !s.mirrored {
		return all
	}
	for i, v := range all {
		all[i].weight /= 2
		v.weight /= 2
		v.Mirror = true
		all = append(all, v)
	}
	return all
}

// A verdict is what a model says of images.
type verdict struct {
	scores    []float64 // a row for each
	classes   int
	labels    []int
	predicted []int
	confusion *metric.Confusion
}

// judge returns what a model says of images by the first view alone, and by all.
func judge(m predict.Model, d *datasets.Dataset, views []weighted) (one, all *verdict, err error) {
	p, err := predict.New(m)
	if err != nil {
		return nil, nil, err
	}
	var sum []float64
	for i, v := range views {
		seen, err := d.Viewed(v.View)
		if err != nil {
			return nil, nil, err
		}
		scores, err := p.ScoresOf(seen)
		if err != nil {
			return nil, nil, err
		}
		if i == 0 {
			if one, err = newVerdict(scores, d); err != nil {
				return nil, nil, err
			}
			sum = make([]float64, len(scores))
		}
		for k, s := range scores {
			sum[k] += v.weight * s
		}
	}
	all, err = newVerdict(sum, d)
	return one, all, err
}

// newVerdict decides for the highest score, the first of equal ones.
func newVerdict(scores []float64, d *datasets.Dataset) (*verdict, error) {
	v := &verdict{scores: scores, classes: len(d.Classes()), labels: d.Labels()}
	for i := range v.labels {
		best, row := 0, v.of(i)
		for class, s := range row {
			if s > row[best] {
				best = class
			}
		}
		v.predicted = append(v.predicted, best)
	}
	v.confusion = metric.NewConfusion(v.classes)
	return v, v.confusion.Add(v.predicted, v.labels)
}

// of returns the scores of image i.
func (v *verdict) of(i int) []float64 { return v.scores[i*v.classes : (i+1)*v.classes] }

func (v *verdict) accuracy() float64 { return v.confusion.Accuracy() }
