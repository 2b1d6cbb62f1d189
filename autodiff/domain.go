package autodiff

// A domain is the two-dimensional loop that an instruction runs over: rows
// times columns, the last axis of its arrays being the columns and all others
// together the rows.
type domain struct{ rows, cols int }

// domainOf returns the loop over all elements of an array.
func domainOf(s Shape) domain {
	if len(s) == 0 {
		return domain{1, 1}
	}
	last := len(s) - 1
	return domain{s[:last].Size(), s[last]}
}

func (d domain) size() int { return d.rows * d.cols }

// A place says how the elements of an array lie in a domain.
type place uint8

const (
	full    place = iota // one for each row and column
	perRow               // one for each row
	perCol               // one for each column
	perLoop              // a scalar
)

// place returns how an array of shape s lies in d, and false if it lies there in
// none of the four ways.
func (d domain) place(s Shape) (place, bool) {
	e := domainOf(s)
	switch {
	case e == d && d.cols == 1:
		return perRow, true
	case e == d:
		return full, true
	case e.size() == 1:
		return perLoop, true
	case e == domain{d.rows, 1}:
		return perRow, true
	case e == domain{1, d.cols}:
		return perCol, true
	}
	return 0, false
}

// join returns a domain in which both d's and e's arrays lie, if there is one:
// they are equal, or one is a column of the other.
func (d domain) join(e domain) (domain, bool) {
	if d.cols == 1 {
		d, e = e, d
	}
	switch {
	case d == e:
		return d, true
	case e == domain{d.rows, 1} && (d.rows > 1 || d.cols <= tile):
		return d, true
	}
	return domain{}, false
}

// tile is how many elements of an array a fused loop works on at a time: with
// a handful of arrays they stay in the nearest cache.
const tile = 4096
