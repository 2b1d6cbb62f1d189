package classify

import (
	"fmt"

	"declive/optim"
	"declive/plot"
)

// curves returns the loss on the training and on the test part by epochs.
func (j *Job) curves(epochs []optim.Epoch) plot.Picture {
	c := plot.Losses(fmt.Sprintf("%s, %s loss", j.Data, j.Loss), epochs)
	if j.minimises() {
		c.X.Name = "iteration"
	}
	for i, name := range []string{"training", "test"}[:len(c.Series)] {
		c.Series[i].Name = name
	}
	return c
}

// shown is the largest number of templates in a picture.
const shown = 50

// weights returns each row of the first layer as an image of the shape of the
// examples or, if these are no images, all rows as one table.
func (j *Job) weights() (plot.Picture, error) {
	rows, err := plot.Rows(j.Model.Weights()[0])
	if err != nil {
		return nil, err
	}
	titles := j.Classes
	if len(rows) != len(titles) { // hidden units, or the one score of two classes
		titles = nil
	}
	reading := "weights: red raises " + j.raised(len(rows)) + ", blue lowers it, grey is 0"
	if len(j.Shape) != 3 {
		return j.weightTable(reading, rows, titles), nil
	}
	n := min(len(rows), shown)
	images, err := plot.Templates(rows[:n], j.Shape, titles[:min(n, len(titles))])
	images.Title = reading
	if j.Shape[0] == 3 {
		images.Title = "weights: the colours that raise " + j.raised(len(rows)) + " most"
	}
	if n < len(rows) {
		images.Title += fmt.Sprintf(" (%d of %d)", n, len(rows))
	}
	return images, err
}

// raised names what positive weights of a layer with so many rows raise.
func (j *Job) raised(rows int) string {
	switch {
	case rows > 1 && rows != len(j.Classes):
		return "the hidden unit"
	case j.Classes == nil:
		return "the value"
	case rows == 1 && len(j.Classes) == 2:
		return "the score of " + j.Classes[1]
	}
	return "the score"
}

// named is the largest number of lines or columns that have room for a name.
const named = 20

// weightTable returns the weights as one table: a line for each feature if these
// have names that there is room for, else a column.
func (j *Job) weightTable(title string, rows [][]float64, titles []string) plot.Table {
	if n := len(rows[0]); n == len(j.Features) && n <= named && len(rows) <= named {
		axis := ""
		if titles != nil {
			axis = "class"
		}
		return plot.Table{Title: title, Values: transposed(rows), Rows: j.Features, Columns: titles, X: axis}
	}
	columns := numbered(len(rows[0]))
	if columns != nil && len(j.Features) == len(columns) {
		columns = j.Features
	}
	return plot.Table{Title: title, Values: rows, Rows: titles, Columns: columns, X: "feature"}
}

func transposed(rows [][]float64) [][]float64 {
	columns := make([][]float64, len(rows[0]))
	for _, row := range rows {
		for j, x := range row {
			columns[j] = append(columns[j], x)
		}
	}
	return columns
}

// numbered returns the numbers of so many features, or nil for too many.
func numbered(n int) []string {
	if n > named {
		return nil
	}
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint(i)
	}
	return all
}
